#include "tui/draw.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

static struct region row_region(struct terminal *t, int row, int rows)
{
    return (struct region){.term = t, .row = row, .rows = rows, .cols = term_cols(t)};
}

void draw_frame(struct terminal *t, struct frame *f)
{
    int rows = term_rows(t), hint = rows >= 24 ? 1 : 0;
    f->term = t;
    f->title = row_region(t, 0, 1);
    f->view = row_region(t, 1, 1);
    f->body = row_region(t, 2, rows - 4 - hint);
    f->message = row_region(t, rows - 2 - hint, 1);
    f->hint = row_region(t, rows - 2, hint);
    f->bar = row_region(t, rows - 1, 1);
    f->compact = rows < 22;
}

struct region draw_sub(const struct region *r, int row, int col, int rows, int cols)
{
    struct region s = {r->term, r->row + row, r->col + col, rows, cols};
    if (s.rows > r->rows - row)
        s.rows = r->rows - row;
    if (s.cols > r->cols - col)
        s.cols = r->cols - col;
    if (s.rows < 0)
        s.rows = 0;
    if (s.cols < 0)
        s.cols = 0;
    return s;
}

int draw_text(const struct region *r, int row, int col, unsigned attr, const char *text)
{
    if (row < 0 || row >= r->rows || col < 0 || col >= r->cols)
        return 0;
    return term_put(r->term, r->row + row, r->col + col, r->cols - col, attr, text);
}

void draw_fill(const struct region *r, int row, int col, int n, unsigned attr, char ch)
{
    char s[2] = {ch, '\0'};
    for (int i = 0; i < n; i++)
        draw_text(r, row, col + i, attr, s);
}

void draw_cols(const struct region *r, int row, int col, int cols, unsigned attr, enum align align,
               const char *text)
{
    int amb = term_amb_width(r->term), used = text_width(text, amb);
    if (cols <= 0)
        return;
    struct region cut = draw_sub(r, 0, 0, r->rows, col + cols);
    if (used > cols) {
        cut.cols--;
        used = draw_text(&cut, row, col, attr, text);
        draw_fill(r, row, col + used, cols - 1 - used, attr, ' ');
        draw_text(r, row, col + cols - 1, attr, "~");
        return;
    }
    int before = align == ALIGN_RIGHT ? cols - used : 0;
    draw_fill(r, row, col, before, attr, ' ');
    draw_text(&cut, row, col + before, attr, text);
    draw_fill(r, row, col + before + used, cols - before - used, attr, ' ');
}

void draw_blank(const struct region *r)
{
    for (int row = 0; row < r->rows; row++)
        draw_fill(r, row, 0, r->cols, ATTR_NORMAL, ' ');
}

struct region draw_box(const struct region *r, const char *title)
{
    draw_blank(r);
    for (int row = 0; row < r->rows; row++) {
        bool edge = row == 0 || row == r->rows - 1;
        if (edge)
            draw_fill(r, row, 1, r->cols - 2, ATTR_NORMAL, '-');
        draw_text(r, row, 0, ATTR_NORMAL, edge ? "+" : "|");
        draw_text(r, row, r->cols - 1, ATTR_NORMAL, edge ? "+" : "|");
    }
    if (title && *title) {
        struct region top = draw_sub(r, 0, 2, 1, r->cols - 4);
        int used = draw_text(&top, 0, 0, ATTR_NORMAL, " ");
        used += draw_text(&top, 0, used, ATTR_BOLD, title);
        draw_text(&top, 0, used, ATTR_NORMAL, " ");
    }
    return draw_sub(r, 1, 1, r->rows - 2, r->cols - 2);
}

void draw_caret(const struct region *r, int row, int col)
{
    term_caret(r->term, r->row + row, r->col + (col < r->cols ? col : r->cols - 1));
}

void draw_title(const struct frame *f, const char *left, const char *right)
{
    int used = draw_text(&f->title, 0, 0, ATTR_BOLD, left);
    int room = f->title.cols - used - 2;
    int want = text_width(right, term_amb_width(f->term));
    if (want > room)
        want = room;
    draw_cols(&f->title, 0, f->title.cols - want, want, ATTR_NORMAL, ALIGN_RIGHT, right);
}

void draw_keybar(const struct frame *f, const char *const labels[10])
{
    int each = f->bar.cols / 10;
    if (each > 10)
        each = 10;
    for (int i = 0; i < 10; i++) {
        char digit[2] = {(char)('0' + (i + 1) % 10), '\0'};
        if (!labels[i])
            continue;
        struct region slot = draw_sub(&f->bar, 0, i * each, 1, each - 1);
        draw_text(&slot, 0, 0, ATTR_NORMAL, digit);
        draw_text(&slot, 0, 1, ATTR_REVERSE, labels[i]);
    }
}

void draw_bar(const struct region *r, int row, int col, int cols, double value, double max)
{
    int n = max > 0 && value > 0 ? (int)(value / max * cols + 0.5) : 0;
    if (n > cols)
        n = cols;
    if (n == 0 && value > 0)
        n = 1;
    draw_fill(r, row, col, n, ATTR_REVERSE, ' ');
}

/* No line begins with one of these: the character before goes along. */
static size_t keep_closing(const char *s, size_t at)
{
    static const char *const closing[] = {"。", "，", "、", "；", "：",
                                          "？", "！", "）", "》", "】"};
    for (size_t i = 0; i < NELEM(closing); i++)
        if (strncmp(s + at, closing[i], strlen(closing[i])) == 0) {
            size_t before = text_cluster_prev(s, at);
            return before > 0 ? keep_closing(s, before) : at;
        }
    return at;
}

/* Bytes of s that make one line; *skip the blank or line feed behind that is not shown. */
static size_t line_len(const char *s, int cols, int amb, size_t *skip)
{
    size_t para = strcspn(s, "\n");
    int used;
    size_t fit = text_fit(s, cols, amb, &used);
    *skip = 0;
    if (fit >= para) {
        *skip = s[para] == '\n';
        return para;
    }
    if (fit == 0) /* not even one character fits: never loop */
        return text_cluster_next(s, 0);
    if (s[fit] == ' ') {
        *skip = 1;
        return fit;
    }
    fit = keep_closing(s, fit);
    size_t back = fit;
    while (back > 0 && (unsigned char)s[back] < 0x80 && s[back] != ' ' &&
           (unsigned char)s[back - 1] < 0x80 && s[back - 1] != ' ')
        back--;
    return back > 0 ? back : fit;
}

struct lines draw_wrap(void *ctx, const char *text, int cols, int amb_width)
{
    struct lines l = {0};
    size_t room = 0;
    for (const char *s = text; *s;) {
        size_t skip, n = line_len(s, cols, amb_width, &skip);
        if (l.n == room) {
            room = room ? room * 2 : 32;
            l.line = talloc_realloc(ctx, l.line, const char *, (unsigned)room);
            MUST(l.line);
        }
        size_t shown = n;
        while (shown > 0 && shown < strlen(s) && s[shown - 1] == ' ' && s[shown] != '\n')
            shown--; /* the blank a line was broken at */
        l.line[l.n] = talloc_strndup(l.line, s, shown);
        MUST(l.line[l.n]);
        l.n++;
        s += n + skip;
    }
    return l;
}
