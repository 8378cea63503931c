/*
 * Writes tables that open well in WPS and Excel: UTF-8 with a byte order mark and RFC 4180 quoting,
 * or XLSX with text as text, numbers as numbers and a frozen heading. The file appears whole or not
 * at all and only its owner reads it.
 *
 * Safe to open (OWASP CSV injection; research/reliability.md P28): a CSV cell that begins with
 * = + - @ TAB or CR gets an apostrophe before it. Digits that a spreadsheet would shorten (12 and
 * more, or a leading zero) get a tab in files. table_read takes both away again, so what is written
 * comes back as it was.
 */
#ifndef HUTONG_TABLE_WRITE_H
#define HUTONG_TABLE_WRITE_H

#include <stdio.h>

#include "report/report.h"

struct table_column {
    const char *heading;
    bool number;       /* whole or decimal numbers, kept as numbers in XLSX */
    int width;         /* columns on the screen; 0: by the heading */
    const char *group; /* heading above this and its neighbours of the same group; or NULL */
};

enum table_format { TABLE_CSV, TABLE_XLSX };

struct table_file;

/* Begins path.tmp; freed without table_close nothing is left of it. HE_IO with *problem. */
int table_create(void *ctx, enum table_format, const char *path, const struct table_column *,
                 size_t n, struct table_file **, char **problem);
/* The same with a line above the headings: a report. Groups make two lines of headings, with merged
 * cells in XLSX. */
int table_create_titled(void *ctx, enum table_format, const char *path, const char *title,
                        const struct table_column *, size_t n, struct table_file **,
                        char **problem);
/* cell[n]; NULL is empty. HE_LIMIT beyond the rows of a sheet, HE_IO. */
int table_add(struct table_file *, const char *const *cell);
/* Syncs and gives the file its name. HE_IO, HE_FULL with *problem; freed in any case. */
int table_close(struct table_file *, char **problem);

/* One CSV row with LF (for pipes); digits: protect them as in files. */
void table_csv_row(FILE *, const char *const *cell, size_t n, bool digits);

#endif
