/*
 * Drawing in regions of the screen, and the anatomy that all screens share (research/ux.md 2):
 * title, view line, body, message, field hint, key bar. Everything clips to its region.
 */
#ifndef HUTONG_TUI_DRAW_H
#define HUTONG_TUI_DRAW_H

#include "tui/term.h"

struct region {
    struct terminal *term;
    int row, col, rows, cols;
};

/* Rows of the screen. A missing row (hint below 24 rows) has rows == 0 and takes no drawing. */
struct frame {
    struct terminal *term;
    struct region title, view, body, message, hint, bar;
    bool compact; /* below 22 rows: lists leave out the rule under their headings */
};
void draw_frame(struct terminal *, struct frame *out);

enum align { ALIGN_LEFT, ALIGN_RIGHT };

struct region draw_sub(const struct region *, int row, int col, int rows, int cols);
/* Text at a place, clipped; returns columns used. */
int draw_text(const struct region *, int row, int col, unsigned attr, const char *text);
/* Text in exactly cols columns: padded, or cut with a ~ in the last column. */
void draw_cols(const struct region *, int row, int col, int cols, unsigned attr, enum align,
               const char *text);
/* n columns of one ASCII character. */
void draw_fill(const struct region *, int row, int col, int n, unsigned attr, char ch);
/* Blanks the region. */
void draw_blank(const struct region *);
/* A frame of + - | with a title; returns the region inside it. */
struct region draw_box(const struct region *, const char *title);
void draw_caret(const struct region *, int row, int col);

/* Row 1: left (screen code and path) in bold, right (place, person, role). Right is cut first. */
void draw_title(const struct frame *, const char *left, const char *right);
/* Row 24: ten labels; NULL leaves a place blank. */
void draw_keybar(const struct frame *, const char *const labels[10]);
/* value of max as a bar of reverse blanks in cols columns; any value above 0 shows one column. */
void draw_bar(const struct region *, int row, int col, int cols, double value, double max);

/* Lines of at most cols columns; breaks between Han, at blanks between words, at line feeds. */
struct lines {
    size_t n;
    const char **line;
};
struct lines draw_wrap(void *ctx, const char *text, int cols, int amb_width);

#endif
