/*
 * Draws a dump of the screen (text with SGR attributes, the cursor at the end) as PNG, so that
 * people can look at a screen. Every cell has its exact place; wide characters take two. screen_png
 * OUT.png < dump
 */
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { CELL_W = 10, CELL_H = 22, MAX_DUMP = 1 << 20 };

struct pen {
    cairo_t *cr;
    PangoLayout *layout;
    int row, col, attr;
};

static void draw_cluster(struct pen *p, const char *s, size_t n)
{
    char one[64] = "";
    memcpy(one, s, n < sizeof(one) - 1 ? n : sizeof(one) - 1);
    int width = text_width(one, 1), w, h;
    double x = p->col * CELL_W, y = p->row * CELL_H;
    bool reverse = p->attr == 7;
    cairo_set_source_rgb(p->cr, reverse ? 0.85 : 0.08, reverse ? 0.85 : 0.08,
                         reverse ? 0.85 : 0.08);
    cairo_rectangle(p->cr, x, y, width * CELL_W, CELL_H);
    cairo_fill(p->cr);
    double ink = reverse ? 0.05 : p->attr == 1 ? 1.0 : 0.82;
    cairo_set_source_rgb(p->cr, ink, ink, ink);
    if (p->attr == 4) {
        cairo_rectangle(p->cr, x, y + CELL_H - 3, width * CELL_W, 1);
        cairo_fill(p->cr);
    }
    pango_layout_set_text(p->layout, one, -1);
    pango_layout_get_pixel_size(p->layout, &w, &h);
    cairo_move_to(p->cr, x + (width * CELL_W - w) / 2.0, y + (CELL_H - h) / 2.0);
    pango_cairo_show_layout(p->cr, p->layout);
    if (p->attr == 1) { /* bold without another width */
        cairo_move_to(p->cr, x + (width * CELL_W - w) / 2.0 + 0.6, y + (CELL_H - h) / 2.0);
        pango_cairo_show_layout(p->cr, p->layout);
    }
    p->col += width;
}

/* One ESC [ … sequence of the dump; returns its length. */
static size_t escape(struct pen *p, const char *s)
{
    char *end;
    int a = (int)strtol(s + 2, &end, 10), b = 0;
    if (*end == ';')
        b = (int)strtol(end + 1, &end, 10);
    if (*end == 'm')
        p->attr = a;
    if (*end == 'H') { /* the caret */
        cairo_set_source_rgba(p->cr, 1, 0.8, 0.2, 0.6);
        cairo_rectangle(p->cr, (b - 1) * CELL_W, (a - 1) * CELL_H, CELL_W, CELL_H);
        cairo_fill(p->cr);
    }
    return (size_t)(end - s) + (*end != '\0');
}

static void draw_dump(struct pen *p, const char *s)
{
    for (size_t at = 0; s[at];) {
        if (s[at] == '\033') {
            at += escape(p, s + at);
        } else if (s[at] == '\n') {
            p->row++;
            p->col = 0;
            at++;
        } else {
            size_t next = text_cluster_next(s, at);
            draw_cluster(p, s + at, next - at);
            at = next;
        }
    }
}

/* Columns and rows of the dump. */
static void measure(const char *s, int *rows, int *cols)
{
    int col = 0;
    *rows = *cols = 0;
    for (size_t at = 0; s[at];) {
        if (s[at] == '\033') {
            at += strcspn(s + at, "mH") + 1;
            continue;
        }
        size_t next = text_cluster_next(s, at);
        char one[64] = "";
        memcpy(one, s + at, next - at < 63 ? next - at : 63);
        col = *one == '\n' ? 0 : col + text_width(one, 1);
        *rows += *one == '\n';
        *cols = col > *cols ? col : *cols;
        at = next;
    }
}

int main(int argc, char **argv)
{
    static char dump[MAX_DUMP];
    int rows, cols;
    size_t n = fread(dump, 1, sizeof(dump) - 1, stdin);
    if (argc != 2 || n == 0) {
        fputs("usage: screen_png OUT.png < dump\n", stderr);
        return 2;
    }
    measure(dump, &rows, &cols);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, cols * CELL_W, rows * CELL_H);
    struct pen p = {.cr = cairo_create(surface)};
    p.layout = pango_cairo_create_layout(p.cr);
    PangoFontDescription *font =
        pango_font_description_from_string("DejaVu Sans Mono,Noto Sans Mono CJK SC 12");
    pango_layout_set_font_description(p.layout, font);
    pango_font_description_free(font);
    draw_dump(&p, dump);
    cairo_status_t st = cairo_surface_write_to_png(surface, argv[1]);
    g_object_unref(p.layout);
    cairo_destroy(p.cr);
    cairo_surface_destroy(surface);
    if (st != CAIRO_STATUS_SUCCESS)
        fprintf(stderr, "screen_png: %s: %s\n", argv[1], cairo_status_to_string(st));
    return st != CAIRO_STATUS_SUCCESS;
}
