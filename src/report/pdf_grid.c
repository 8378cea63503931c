/* Tables on lying paper: columns as wide as what they hold, headings on every page. */
#include <cairo-pdf.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "report/pdf.h"
#include "report/pdf_draw.h"

#define SIDE       36.0
#define TOP        36.0
#define BOTTOM     40.0
#define FONT_MAX   10.0
#define FONT_MIN   7.0
#define WIDE_MAX   22 /* letters of a column before its text goes on below */
#define HEAD_WIDE  4  /* Han of a heading beside each other */
#define TITLE_SIZE 15.0
#define LETTER     0.62 /* of the size: half a Han and a little, bold figures are that wide */
#define GAP        0.7  /* of the size: both sides of a column */

struct grid {
    struct pdf *p;
    const struct node *in, *columns;
    size_t n;
    const struct node **column, **row;
    size_t nrow;
    double *width, *height;    /* of columns and rows */
    double font, pad, w, h;    /* paper */
    double title, group, head; /* heights */
};

/* --- measuring --- */

static double text_height(struct grid *g, const char *s, double width)
{
    int w, h;
    pango_layout_set_width(g->p->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_text(g->p->layout, s, -1);
    pango_layout_get_size(g->p->layout, &w, &h);
    return (double)h / PANGO_SCALE;
}

static const struct node *cell_at(const struct grid *g, size_t r, size_t c)
{
    const struct node *e = node_first(node_get(g->row[r], "cells"));
    while (e && c-- > 0)
        e = e->next;
    return e;
}

static const char *cell_text(const struct grid *g, size_t r, size_t c)
{
    const struct node *e = cell_at(g, r, c);
    return e && e->type == NODE_STR ? e->str : "";
}

/* What each column wants, in letters (half a Han): no shaping, so a million cells are quick. */
static double wanted(struct grid *g)
{
    double all = 0;
    for (size_t c = 0; c < g->n; c++) {
        int heading = text_width(node_text_or(g->column[c], "heading", ""), 2);
        int wide = heading < 2 * HEAD_WIDE ? heading : 2 * HEAD_WIDE;
        int least = (int)node_num(g->column[c], "width", 2);
        g->width[c] = wide < least ? least : wide;
    }
    for (size_t r = 0; r < g->nrow; r++) {
        size_t c = 0;
        for (const struct node *e = node_first(node_get(g->row[r], "cells")); e && c < g->n;
             e = e->next, c++) {
            int wide = text_width(e->type == NODE_STR ? e->str : "", 2);
            wide = wide > WIDE_MAX * 2 ? WIDE_MAX * 2 : wide;
            g->width[c] = wide > g->width[c] ? wide : g->width[c];
        }
    }
    for (size_t c = 0; c < g->n; c++)
        all += g->width[c];
    return all;
}

/* Letters as large as the paper allows; A3 when they would be too small to read on A4. */
static void choose_paper(struct grid *g)
{
    int paper = (int)node_num(g->in, "paper", PDF_FITTING);
    double letters = wanted(g), room = A4_LONG - 2 * SIDE;
    double each = letters * LETTER + (double)g->n * GAP;
    bool a3 = paper == PDF_A3 || (paper == PDF_FITTING && room / each < FONT_MIN);
    g->w = a3 ? A3_LONG : A4_LONG;
    g->h = a3 ? A4_LONG : A4_SHORT;
    room = g->w - 2 * SIDE;
    g->font = room / each > FONT_MAX ? FONT_MAX : room / each < FONT_MIN ? FONT_MIN : room / each;
    g->pad = g->font * GAP * 0.45;
    for (size_t c = 0; c < g->n; c++)
        g->width[c] = room * (g->width[c] * LETTER + GAP) / each;
}

static const char *group_of(const struct grid *g, size_t c)
{
    return node_text_or(g->column[c], "group", "");
}

/* Columns from c on that share a group; 1 where there is none. */
static size_t group_size(const struct grid *g, size_t c, double *width)
{
    const char *name = group_of(g, c);
    size_t n = 0;
    *width = 0;
    do
        *width += g->width[c + n++];
    while (*name && c + n < g->n && strcmp(group_of(g, c + n), name) == 0);
    return n;
}

static void measure_heads(struct grid *g)
{
    double w;
    pdf_font(g->p, FONT_TEXT, g->font, true);
    for (size_t c = 0; c < g->n; c += group_size(g, c, &w)) {
        const char *name = group_of(g, c);
        group_size(g, c, &w);
        double h = *name ? text_height(g, name, w - 2 * g->pad) + 2 * g->pad : 0;
        g->group = h > g->group ? h : g->group;
    }
    for (size_t c = 0; c < g->n; c++) {
        double h =
            text_height(g, node_text_or(g->column[c], "heading", ""), g->width[c] - 2 * g->pad) +
            2 * g->pad - (*group_of(g, c) ? 0 : g->group);
        g->head = h > g->head ? h : g->head;
    }
    pdf_font(g->p, FONT_TEXT, TITLE_SIZE, true);
    g->title = text_height(g, node_text_or(g->in, "title", ""), g->w - 2 * SIDE) + 6;
    pdf_font(g->p, FONT_TEXT, FONT_MAX - 1, false);
    g->title += text_height(g, HAN_("护"), -1) + 4;
}

static void measure_rows(struct grid *g)
{
    for (size_t r = 0; r < g->nrow; r++) {
        pdf_font(g->p, FONT_TEXT, g->font, node_flag(g->row[r], "strong"));
        g->height[r] = g->font * 1.45;
        size_t c = 0;
        for (const struct node *e = node_first(node_get(g->row[r], "cells")); e && c < g->n;
             e = e->next, c++) {
            bool number = node_flag(g->column[c], "number");
            double h = text_height(g, e->type == NODE_STR && !number ? e->str : "护",
                                   g->width[c] - 2 * g->pad);
            g->height[r] = h > g->height[r] ? h : g->height[r];
        }
        g->height[r] += 1.2 * g->pad;
        double least = (double)node_num(g->in, "row", 0);
        g->height[r] = g->height[r] < least ? least : g->height[r];
    }
}

/* --- drawing --- */

static void put(struct grid *g, const char *s, double x, double y, double w, double h,
                PangoAlignment align)
{
    double th = text_height(g, s, w);
    pango_layout_set_alignment(g->p->layout, align);
    cairo_move_to(g->p->cr, x, y + (h - th) / 2);
    pango_cairo_show_layout(g->p->cr, g->p->layout);
    pango_layout_set_alignment(g->p->layout, PANGO_ALIGN_LEFT);
}

/* A number is never broken; should it not fit, it stands out to the left. */
static void put_number(struct grid *g, const char *s, double x, double y, double w, double h)
{
    int tw, th;
    pango_layout_set_width(g->p->layout, -1);
    pango_layout_set_text(g->p->layout, s, -1);
    pango_layout_get_size(g->p->layout, &tw, &th);
    cairo_move_to(g->p->cr, x + w - (double)tw / PANGO_SCALE,
                  y + (h - (double)th / PANGO_SCALE) / 2);
    pango_cairo_show_layout(g->p->cr, g->p->layout);
}

static void box(struct grid *g, double x, double y, double w, double h, bool filled)
{
    cairo_rectangle(g->p->cr, x, y, w, h);
    if (filled) {
        cairo_set_source_rgb(g->p->cr, 0.93, 0.93, 0.93);
        cairo_fill_preserve(g->p->cr);
    }
    cairo_set_source_rgb(g->p->cr, 0, 0, 0);
    cairo_stroke(g->p->cr);
}

static void head_box(struct grid *g, const char *s, double x, double y, double w, double h)
{
    box(g, x, y, w, h, true);
    put(g, s, x + g->pad, y, w - 2 * g->pad, h, PANGO_ALIGN_CENTER);
}

static double draw_title(struct grid *g, double y)
{
    double room = g->w - 2 * SIDE;
    pdf_font(g->p, FONT_TEXT, TITLE_SIZE, true);
    const char *title = node_text_or(g->in, "title", "");
    double h = text_height(g, title, room);
    put(g, title, SIDE, y, room, h, PANGO_ALIGN_CENTER);
    pdf_font(g->p, FONT_TEXT, FONT_MAX - 1, false);
    double line = text_height(g, HAN_("护"), -1);
    put(g, node_text_or(g->in, "left", ""), SIDE, y + h + 6, room, line, PANGO_ALIGN_LEFT);
    put(g, node_text_or(g->in, "right", ""), SIDE, y + h + 6, room, line, PANGO_ALIGN_RIGHT);
    return y + g->title;
}

static double draw_heads(struct grid *g, double y)
{
    double x = SIDE, w;
    pdf_font(g->p, FONT_TEXT, g->font, true);
    for (size_t c = 0; c < g->n;) {
        size_t n = group_size(g, c, &w);
        bool grouped = *group_of(g, c) != '\0';
        if (grouped)
            head_box(g, group_of(g, c), x, y, w, g->group);
        for (size_t i = 0; i < n; i++, c++) {
            head_box(g, node_text_or(g->column[c], "heading", ""), x, grouped ? y + g->group : y,
                     g->width[c], grouped ? g->head : g->group + g->head);
            x += g->width[c];
        }
    }
    return y + g->group + g->head;
}

static double draw_row(struct grid *g, size_t r, double y)
{
    double x = SIDE;
    pdf_font(g->p, FONT_TEXT, g->font, node_flag(g->row[r], "strong"));
    for (size_t c = 0; c < g->n; c++) {
        bool number = node_flag(g->column[c], "number");
        double w = g->width[c] - 2 * g->pad;
        box(g, x, y, g->width[c], g->height[r], false);
        if (number)
            put_number(g, cell_text(g, r, c), x + g->pad, y, w, g->height[r]);
        else
            put(g, cell_text(g, r, c), x + g->pad, y, w, g->height[r], PANGO_ALIGN_LEFT);
        x += g->width[c];
    }
    return y + g->height[r];
}

static double below_height(struct grid *g)
{
    double h = 0;
    pdf_font(g->p, FONT_TEXT, FONT_MAX - 1, false);
    for (const struct node *e = node_first(node_get(g->in, "below")); e; e = e->next)
        h += text_height(g, e->type == NODE_STR ? e->str : "", g->w - 2 * SIDE) + 3;
    return h + 4;
}

static void draw_below(struct grid *g, double y)
{
    pdf_font(g->p, FONT_TEXT, FONT_MAX - 1, false);
    y += 4;
    for (const struct node *e = node_first(node_get(g->in, "below")); e; e = e->next) {
        const char *s = e->type == NODE_STR ? e->str : "";
        double h = text_height(g, s, g->w - 2 * SIDE);
        put(g, s, SIDE, y, g->w - 2 * SIDE, h, PANGO_ALIGN_LEFT);
        y += h + 3;
    }
}

/* Rows that fit on the page from row r on; always at least one. The last page has lines below. */
static size_t page_end(struct grid *g, size_t r, double below)
{
    double y = TOP + g->title + g->group + g->head, end = g->h - BOTTOM;
    size_t first = r;
    while (r < g->nrow && (r == first || y + g->height[r] <= end))
        y += g->height[r++];
    if (r == g->nrow && y + below > end && r > first + 1)
        r--; /* some row goes with what stands below the table */
    return r;
}

static void draw_pages(struct grid *g)
{
    double below = below_height(g);
    int pages = 0, page = 0;
    size_t r = 0;
    do {
        r = page_end(g, r, below);
        pages++;
    } while (r < g->nrow);
    r = 0;
    do {
        size_t end = page_end(g, r, below);
        double y = draw_heads(g, draw_title(g, TOP));
        while (r < end)
            y = draw_row(g, r++, y);
        if (r == g->nrow)
            draw_below(g, y);
        if (pages > 1)
            pdf_page_number(g->p, g->w, g->h, ++page, pages);
        cairo_show_page(g->p->cr);
    } while (r < g->nrow);
}

void pdf_draw_table(struct pdf *p, const struct node *in)
{
    struct grid *g = talloc_zero(NULL, struct grid);
    MUST(g);
    *g = (struct grid){.p = p, .in = in, .columns = node_get(in, "columns")};
    const struct node *rows = node_get(in, "rows");
    size_t n = g->columns ? g->columns->n : 0;
    g->nrow = rows ? rows->n : 0;
    g->column = talloc_zero_array(g, const struct node *, (unsigned)n + 1);
    g->row = talloc_zero_array(g, const struct node *, (unsigned)g->nrow + 1);
    g->width = talloc_zero_array(g, double, (unsigned)n + 1);
    g->height = talloc_zero_array(g, double, (unsigned)g->nrow + 1);
    MUST(g->column && g->row && g->width && g->height);
    for (const struct node *e = node_first(g->columns); e; e = e->next)
        g->column[g->n++] = e;
    size_t r = 0;
    for (const struct node *e = node_first(rows); e; e = e->next)
        g->row[r++] = e;
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    choose_paper(g);
    cairo_pdf_surface_set_size(p->surface, g->w, g->h);
    cairo_set_line_width(p->cr, 0.5);
    measure_heads(g);
    measure_rows(g);
    draw_pages(g);
    talloc_free(g);
}
