/*
 * PDF with embedded Chinese fonts. The pages are drawn by hutong-pdf, a program that lives as long as
 * one file: pango and its fonts take 50 MB, which no session pays for (research/feasibility.md 8).
 */
#ifndef HUTONG_PDF_H
#define HUTONG_PDF_H

#include "report/table_write.h"

/* A line of a text document that begins with this character is a heading: printed bold, without it. */
#define PDF_STRONG '\001'

/* Text on a grid of columns, A4 upright, as the print engine lays it out (tui/print_doc.h). */
struct pdf_doc {
    const char *title; /* of the file, for viewers; not printed */
    const char *text;  /* lines end with line feeds, pages with form feeds */
    int width;         /* columns of the paper; a wider line makes all letters smaller */
    int rows;          /* lines of a page; 0: those of the longest page */
};

enum pdf_paper { PDF_FITTING, PDF_A4, PDF_A3 }; /* fitting: A3 when A4 is too narrow to read */

/* A table, lying paper, headings on every page. Columns with .number stand to the right; .width is
 * the least width in letters. */
struct pdf_table {
    const char *title;
    const char *left, *right; /* one line under the title: who, when, unit; may be NULL */
    const struct table_column *column;
    size_t n;
    const char *const *cell; /* nrow * n; NULL is empty */
    size_t nrow;
    const bool *strong;       /* [nrow] bold rows: totals; may be NULL */
    const char *const *below; /* NULL-terminated lines under the table; may be NULL */
    int row_height;           /* points at least, for writing by hand; 0: by the text */
    enum pdf_paper paper;
};

/* The file appears whole, readable by its owner only, or not at all: HE_IO, HE_FULL, HE_TOOBIG with
 * *problem under ctx, one sentence: no program, no Chinese font, no room. */
int pdf_text(void *ctx, const char *path, const struct pdf_doc *, char **problem);
int pdf_table(void *ctx, const char *path, const struct pdf_table *, char **problem);

/* Where hutong-pdf is, in place of beside this program and in pkglibexecdir: for tests. */
void pdf_program(const char *path);

#endif
