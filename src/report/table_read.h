/*
 * Reads a table row by row, whatever program wrote it: CSV separated by commas, tabs or semicolons
 * in any encoding of base/conv.h, or the first visible sheet of an XLSX workbook. Memory stays
 * bounded: files are read in pieces, and zip bombs, endless lines and quotes never closed are
 * answered with a sentence.
 *
 * Cells come as a person sees them: dates as 2016-03-12 (when the sheet formats them so), long
 * numbers in full. A cell that can be trusted no more (digits lost by a spreadsheet, #N/A) is in
 * `bad` as well. The apostrophe and tab with which table_write guards cells are taken away again.
 */
#ifndef HUTONG_TABLE_READ_H
#define HUTONG_TABLE_READ_H

#include "base/conv.h"
#include "report/report.h"

struct table;

struct table_bad {
    size_t column;
    const char *code; /* lost_digits, cell_error */
    const char *text; /* Chinese, says what to do */
};

struct table_row {
    long number; /* in the file, from 1; rows without any text are left out */
    size_t n;
    const char **cell; /* UTF-8 texts, "" when empty */
    struct table_bad *bad;
    size_t nbad;
};

struct table_opt {
    enum conv_enc enc;  /* CONV_AUTO: see conv_detect; of no meaning for XLSX */
    uint64_t max_bytes; /* of the file; 0: 64 MiB */
};

/* HE_NOTFOUND, HE_IO, HE_TOOBIG, HE_FORMAT with *problem a Chinese sentence under ctx. Freed with
 * ctx, or alone. opt may be NULL. */
int table_open(void *ctx, const char *path, const struct table_opt *opt, struct table **out,
               char **problem);
/* 1 with *row (borrowed until the next call), 0 at the end, HE_FORMAT or HE_IO with *problem. */
int table_next(struct table *, const struct table_row **row, char **problem);

#endif
