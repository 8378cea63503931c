/* The shown lines of a field: sideways scrolling of one line, wrapping of a note. */
#include "tui/edit_priv.h"

#include <string.h>
#include <talloc.h>

#include "base/text.h"

/* Columns of the n bytes at s. */
static int width_of(const struct edit *e, const char *s, size_t n)
{
    char *part = talloc_strndup(NULL, s, n);
    MUST(part);
    int w = text_width(part, e->amb);
    talloc_free(part);
    return w;
}

/* End of the shown line of a note that starts at start, without its line feed. */
static size_t line_end(const struct edit *e, size_t start)
{
    int used;
    size_t fit = text_fit(e->text + start, e->o.cols - 1, e->amb, &used);
    size_t para = strcspn(e->text + start, "\n");
    if (fit == 0 && para > 0)
        fit = text_cluster_next(e->text, start) - start;
    return start + (fit < para ? fit : para);
}

/* Start of the line behind the one that ends at end; SIZE_MAX when that was the last. */
static size_t next_line(const struct edit *e, size_t end)
{
    if (e->text[end] == '\0')
        return SIZE_MAX;
    return e->text[end] == '\n' ? end + 1 : end;
}

/* Number of the line that holds the caret; its start and end. A caret at a soft break belongs to
 * the line behind it. */
static int caret_line(const struct edit *e, size_t *start, size_t *end)
{
    int line = 0;
    *start = 0;
    for (;; line++) {
        *end = line_end(e, *start);
        size_t next = next_line(e, *end);
        if (next == SIZE_MAX || e->at < next)
            return line;
        *start = next;
    }
}

void edit_line_at(struct edit *e, size_t *start, size_t *end)
{
    if (e->o.rows > 1) {
        caret_line(e, start, end);
        size_t next = next_line(e, *end);
        if (next == *end && *end > *start) /* soft break: the end is the next line's start */
            *end = text_cluster_prev(e->text, *end);
    } else {
        *start = 0;
        *end = strlen(e->text);
    }
}

bool edit_vertical(struct edit *e, int by)
{
    size_t start, end, to = 0;
    int line = caret_line(e, &start, &end) + by, used;
    if (line < 0)
        return false;
    for (int i = 0; i < line && to != SIZE_MAX; i++)
        to = next_line(e, line_end(e, to));
    if (to == SIZE_MAX)
        return false;
    if (e->goal < 0)
        e->goal = width_of(e, e->text + start, e->at - start);
    size_t max = line_end(e, to) - to;
    size_t fit = text_fit(e->text + to, e->goal, e->amb, &used);
    e->at = to + (fit < max ? fit : max);
    return true;
}

static void draw_note(struct edit *e, const struct region *r, int row, int col, bool focus)
{
    size_t start, end;
    int line = caret_line(e, &start, &end);
    if (line < e->top)
        e->top = line;
    if (line >= e->top + e->o.rows)
        e->top = line - e->o.rows + 1;
    size_t at = 0;
    for (int i = 0; at != SIZE_MAX || i < e->top + e->o.rows; i++) {
        if (i >= e->top + e->o.rows)
            break;
        size_t stop = at == SIZE_MAX ? 0 : line_end(e, at);
        if (i >= e->top) {
            char *s = talloc_strndup(e, at == SIZE_MAX ? "" : e->text + at,
                                     at == SIZE_MAX ? 0 : stop - at);
            draw_cols(r, row + i - e->top, col, e->o.cols, ATTR_UNDERLINE, ALIGN_LEFT, s);
            talloc_free(s);
        }
        if (at != SIZE_MAX)
            at = next_line(e, stop);
    }
    if (focus)
        draw_caret(r, row + line - e->top, col + width_of(e, e->text + start, e->at - start));
}

/* Scrolls so that the caret and, where there is room, the text before it are seen. */
static void scroll_line(struct edit *e, const char *shown, size_t at)
{
    size_t len = strlen(shown);
    if (e->left > at || e->left > len)
        e->left = at;
    while (e->left < at && width_of(e, shown + e->left, at - e->left) > e->o.cols - 1)
        e->left = text_cluster_next(shown, e->left);
    while (e->left > 0) { /* no blank tail while text hides at the left */
        size_t prev = text_cluster_prev(shown, e->left);
        if (width_of(e, shown + prev, len - prev) > e->o.cols - 1)
            break;
        e->left = prev;
    }
}

static void draw_line(struct edit *e, const struct region *r, int row, int col, bool focus)
{
    char *stars = NULL;
    const char *shown = e->text;
    size_t at = e->at;
    if (e->o.flags & EDIT_SECRET) {
        char *head = talloc_strndup(e, e->text, e->at);
        at = text_chars(head);
        talloc_free(head);
        stars = talloc_array(e, char, text_chars(e->text) + 1);
        MUST(stars);
        memset(stars, '*', text_chars(e->text));
        stars[text_chars(e->text)] = '\0';
        shown = stars;
    }
    if (!focus)
        e->left = 0;
    else
        scroll_line(e, shown, at);
    struct region cut = draw_sub(r, 0, 0, r->rows, col + e->o.cols);
    if (focus) {
        draw_fill(&cut, row, col, e->o.cols, ATTR_UNDERLINE, ' ');
        draw_text(&cut, row, col, ATTR_UNDERLINE, shown + e->left);
        draw_caret(r, row, col + width_of(e, shown + e->left, at - e->left));
    } else {
        draw_cols(r, row, col, e->o.cols, ATTR_UNDERLINE, ALIGN_LEFT, shown);
    }
    talloc_free(stars);
}

void edit_draw(struct edit *e, const struct region *r, int row, int col, bool focus)
{
    e->amb = term_amb_width(r->term);
    if (e->o.rows > 1)
        draw_note(e, r, row, col, focus);
    else
        draw_line(e, r, row, col, focus);
}
