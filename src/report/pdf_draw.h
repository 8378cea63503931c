/*
 * hutong-pdf: reads what pdf.c sends on standard input, writes a PDF to standard output.
 *
 *   pdf_main.c  the program: input, surface, fonts, errors
 *   pdf_lines.c text on a grid of columns
 *   pdf_grid.c  tables: widths, headings, pages
 *
 * Lengths are points (1/72 inch).
 */
#ifndef HUTONG_PDF_DRAW_H
#define HUTONG_PDF_DRAW_H

#include <pango/pangocairo.h>

#include "base/pack.h"

#define A4_SHORT 595.28
#define A4_LONG  841.89
#define A3_LONG  1190.55

/* Families in order: the first one holds nearly all Han, the others rare ones. */
#define FONT_GRID "Noto Sans Mono CJK SC,WenQuanYi Zen Hei Mono,HanaMinA,HanaMinB"
#define FONT_TEXT "Noto Sans CJK SC,WenQuanYi Zen Hei,HanaMinA,HanaMinB"

struct pdf {
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoLayout *layout; /* one for all texts */
};

/* The font of what is drawn next. */
void pdf_font(struct pdf *, const char *family, double size, bool bold);
/* "第 2 页，共 5 页", in the middle of the lower edge of a page w by h. */
void pdf_page_number(struct pdf *, double w, double h, int page, int pages);

void pdf_draw_lines(struct pdf *, const struct node *);
void pdf_draw_table(struct pdf *, const struct node *);

#endif
