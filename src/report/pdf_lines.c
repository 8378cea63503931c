/* Text on a grid: every run of letters starts at its own column, so nothing drifts. */
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "report/pdf.h"
#include "report/pdf_draw.h"

enum { AMB = 2, RULE = 4 };

#define SIDE     45.0 /* margins */
#define TOP      45.0
#define BOTTOM   48.0
#define CELL_MAX 6.0 /* letters of 12 points */

struct line {
    const char *text;  /* without PDF_STRONG */
    bool strong, last; /* last: of its page */
};

struct paper {
    struct line *line;
    size_t n;
    int width, rows, pages;
    double cell, height, left;
};

static void split(struct paper *d, char *s, int rows)
{
    int row = 0;
    while (*s) {
        size_t len = strcspn(s, "\n\f");
        char end = s[len];
        if (len || end == '\n') {
            struct line *l = &d->line[d->n++];
            s[len] = '\0';
            l->strong = *s == PDF_STRONG;
            l->text = s + l->strong;
            int w = text_width(l->text, AMB);
            d->width = w > d->width ? w : d->width;
            row++;
        }
        bool full = rows > 0 && row == rows && end && s[len + 1] != '\f';
        if ((end == '\f' || full) && d->n)
            d->line[d->n - 1].last = true;
        d->rows = row > d->rows ? row : d->rows;
        row = end == '\f' || full ? 0 : row;
        s += len + (end != '\0');
    }
    if (d->n)
        d->line[d->n - 1].last = true;
    for (size_t i = 0; i < d->n; i++)
        d->pages += d->line[i].last;
}

static void measure(struct paper *d)
{
    double across = (A4_SHORT - 2 * SIDE) / d->width;
    double down = (A4_LONG - TOP - BOTTOM) / d->rows;
    d->cell = across < CELL_MAX ? across : CELL_MAX;
    d->cell = down / 2.35 < d->cell ? down / 2.35 : d->cell;
    d->height = down < d->cell * 3.2 ? down : d->cell * 3.2;
    d->left = (A4_SHORT - d->width * d->cell) / 2;
}

/* The character in a column of the line, for lines made of + - |. */
static char art_at(const struct paper *d, size_t i, int col)
{
    int used;
    if (i >= d->n || col < 0)
        return ' ';
    size_t n = text_fit(d->line[i].text, col, AMB, &used);
    char c = d->line[i].text[n];
    return used == col && (c == '+' || c == '-' || c == '|') ? c : ' ';
}

static bool joins(char c)
{
    return c == '+' || c == '|';
}

/* | and + as lines of the whole height, where they meet others. */
static void draw_upright(struct pdf *p, const struct paper *d, size_t i, int col, char c, double y)
{
    double x = d->left + (col + 0.5) * d->cell, half = d->height / 2;
    bool up = i > 0 && !d->line[i - 1].last && joins(art_at(d, i - 1, col));
    bool down = !d->line[i].last && joins(art_at(d, i + 1, col));
    cairo_move_to(p->cr, x, up || c == '|' ? y : y + half);
    cairo_line_to(p->cr, x, down || c == '|' ? y + d->height : y + half);
    if (c == '+') {
        bool before = joins(art_at(d, i, col - 1)) || art_at(d, i, col - 1) == '-';
        bool after = joins(art_at(d, i, col + 1)) || art_at(d, i, col + 1) == '-';
        cairo_move_to(p->cr, before ? x - d->cell / 2 : x, y + half);
        cairo_line_to(p->cr, after ? x + d->cell / 2 : x, y + half);
    }
    cairo_stroke(p->cr);
}

static void draw_rule(struct pdf *p, const struct paper *d, int col, size_t n, double y)
{
    double x = d->left + col * d->cell;
    cairo_move_to(p->cr, x, y + d->height / 2);
    cairo_line_to(p->cr, x + (double)n * d->cell, y + d->height / 2);
    cairo_stroke(p->cr);
}

static void draw_run(struct pdf *p, const struct paper *d, const char *s, size_t n, int col,
                     double y)
{
    pango_layout_set_text(p->layout, s, (int)n);
    PangoLayoutLine *l = pango_layout_get_line_readonly(p->layout, 0);
    cairo_move_to(p->cr, d->left + col * d->cell, y + d->height / 2 + d->cell * 0.72);
    pango_cairo_show_layout_line(p->cr, l);
}

/* Bytes of letters whose widths the font surely shares with us; the rest go one by one. */
static size_t run_length(const char *s)
{
    size_t n = 0;
    while (s[n] && s[n] != '|' && s[n] != '+' && strspn(s + n, "-") < RULE) {
        const char *q = s + n;
        uint32_t cp = text_next(&q);
        if (cp >= 0x80 && (text_cp_ambiguous(cp) || text_cp_width(cp, AMB) != 2 || cp > 0xffff))
            break;
        n = (size_t)(q - s);
    }
    return n;
}

static bool is_art(const struct paper *d, size_t i, int col, char c)
{
    char l = art_at(d, i, col - 1), r = art_at(d, i, col + 1);
    return c == '|' || (c == '+' && (l == '-' || r == '-' || joins(l) || joins(r)));
}

static void draw_line(struct pdf *p, const struct paper *d, size_t i, double y)
{
    const char *s = d->line[i].text;
    for (int col = 0; *s;) {
        size_t n = run_length(s), rule = strspn(s, "-");
        int used = 1;
        if (n) {
            draw_run(p, d, s, n, col, y);
            char *run = talloc_strndup(NULL, s, n);
            used = text_width(run, AMB);
            talloc_free(run);
        } else if (rule >= RULE) {
            draw_rule(p, d, col, rule, y);
            n = rule;
            used = (int)rule;
        } else if (is_art(d, i, col, *s)) {
            draw_upright(p, d, i, col, *s, y);
            n = 1;
        } else {
            n = text_cluster_next(s, 0);
            char *one = talloc_strndup(NULL, s, n);
            used = text_width(one, AMB);
            draw_run(p, d, s, n, col, y);
            talloc_free(one);
        }
        s += n;
        col += used;
    }
}

void pdf_draw_lines(struct pdf *p, const struct node *in)
{
    char *text = talloc_strdup(NULL, node_text_or(in, "text", ""));
    struct paper d = {.width = (int)node_num(in, "width", 0)};
    int row = 0, page = 1, rows = (int)node_num(in, "rows", 0);
    d.rows = rows > 20 ? rows : 20;
    d.width = d.width < 20 ? 20 : d.width;
    d.line = talloc_zero_array(text, struct line, (unsigned)strlen(text) + 1);
    MUST(d.line);
    split(&d, text, rows);
    measure(&d);
    cairo_set_line_width(p->cr, 0.6);
    for (size_t i = 0; i < d.n; i++) {
        pdf_font(p, FONT_GRID, d.cell * 2, d.line[i].strong);
        draw_line(p, &d, i, TOP + row++ * d.height);
        if (!d.line[i].last)
            continue;
        if (d.pages > 1)
            pdf_page_number(p, A4_SHORT, A4_LONG, page, d.pages);
        cairo_show_page(p->cr);
        row = 0;
        page++;
    }
    talloc_free(text);
}
