/* Between the files of the reader: rows waiting to be handed out, and the two sources of them. */
#ifndef HUTONG_TABLE_IN_H
#define HUTONG_TABLE_IN_H

#include "base/err.h"
#include "report/table_read.h"

struct table {
    const char *path;
    int fd;
    uint64_t size;
    enum conv_enc enc;
    /* Reads on and appends rows: 1 go on, 0 the end, negative with table_fail. */
    int (*fill)(struct table *);
    void *from; /* struct csv_source or xlsx_source, under the table */
    bool ended;
    char *problem;
    /* rows waiting; all of their memory is under hold, renewed when they are gone */
    void *hold;
    struct table_row *row;
    size_t nrow, at;
    struct table_row *now; /* the one being built, or NULL */
    bool filled;           /* it has a cell with text */
};

/* Sets the sentence and returns err. */
int table_fail(struct table *, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

void table_row_begin(struct table *, long number);
/* Takes over text (under t->hold). HE_FORMAT beyond REPORT_COLUMNS_MAX. */
int table_row_cell(struct table *, size_t column, char *text);
void table_row_bad(struct table *, size_t column, const char *code, char *text);
void table_row_end(struct table *); /* a row without text is dropped */

int table_csv_open(struct table *);
int table_xlsx_open(struct table *);

/* --- table_cell.c --- */

/* Takes one guard of table_write away, in place. */
void table_cell_unguard(char *s);
/* Does s look like a number that a spreadsheet shortened for show, 3.20681E+17? */
bool table_cell_short(const char *s);
/*
 * A number as a spreadsheet stores it, in full: 1.3990484329E10 is 13990484329. NULL when digits
 * are lost: beyond 15 in scientific notation. shown: only the digits that are written count (CSV).
 */
char *table_cell_number(void *ctx, const char *raw, bool shown);
/* The serial of a day (and time) as "2016-03-12", "2016-03-12 08:30:00" or "08:30"; NULL: none. */
char *table_cell_date(void *ctx, const char *raw, bool from_1904);
/* Is this number format one of dates or times? */
bool table_cell_date_format(int id, const char *code);
char *table_cell_lost(void *ctx, const char *raw); /* the sentence */

#endif
