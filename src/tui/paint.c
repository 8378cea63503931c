/*
 * From the wanted grid to bytes. Each row is walked from left to right; equal cells are skipped,
 * cheap gaps are written again rather than jumped, the blank end of a row is cleared at once.
 */
#include "tui/term_priv.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"

void term_send(struct terminal *t, const char *bytes, size_t n)
{
    while (n > 0 && !term_hung_up()) {
        ssize_t w = write(t->fd, bytes, n);
        if (w > 0) {
            bytes += w;
            n -= (size_t)w;
        } else if (w < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = t->fd, .events = POLLOUT};
            poll(&p, 1, -1);
        } else if (w < 0 && errno != EINTR) {
            return; /* the reading side learns that the line is gone */
        }
    }
}

static void out_bytes(struct terminal *t, const char *s, size_t n)
{
    if (t->out_len + n > t->out_room) {
        t->out_room = (t->out_len + n) * 2 + 1024;
        t->out = talloc_realloc(t, t->out, char, t->out_room);
        MUST(t->out);
    }
    memcpy(t->out + t->out_len, s, n);
    t->out_len += n;
}

static void out(struct terminal *t, const char *s)
{
    out_bytes(t, s, strlen(s));
}

static void out_flush(struct terminal *t)
{
    term_send(t, t->out, t->out_len);
    t->out_len = 0;
}

/* One cluster in the terminal's encoding. */
static void out_text(struct terminal *t, const char *s)
{
    char *gb;
    size_t n = strlen(s);
    if (t->enc != CONV_GB18030 || (n == 1 && (unsigned char)*s < 0x80)) {
        out_bytes(t, s, n);
        return;
    }
    if (conv_from_utf8(t, s, n, CONV_GB18030, NULL, &gb, &n) != 0)
        gb = talloc_strdup(t, "?"), n = 1;
    if (t->two_byte && (n > 2 || (n == 2 && (unsigned char)gb[0] < 0x80)))
        out_bytes(t, "\xa1\xfe", 2); /* 〓 */
    else
        out_bytes(t, gb, n);
    talloc_free(gb);
}

static void set_attr(struct terminal *t, unsigned attr)
{
    if (t->attr & ~attr) {
        out(t, t->attr_off);
        t->attr = 0;
    }
    for (unsigned i = 0; i < 3; i++)
        if ((attr & ~t->attr) >> i & 1 && t->attr_on[i])
            out(t, t->attr_on[i]);
    t->attr = attr;
}

/* The shortest way there: backspaces, forward, return and line feeds, or the absolute address. */
static void move_to(struct terminal *t, int row, int col)
{
    if (t->at_row == row && t->at_col == col)
        return;
    char cup[48] = "", near[48] = "";
    strncpy(cup, term_cup(t, row, col), sizeof(cup) - 1); /* terminfo has one buffer for all */
    size_t best = strlen(cup);
    int down = row - t->at_row;
    if (t->at_row >= 0 && down == 0 && col < t->at_col && (size_t)(t->at_col - col) < best &&
        t->at_col < t->cols) {
        memset(near, '\b', (size_t)(t->at_col - col));
        near[t->at_col - col] = '\0';
    } else if (t->at_row >= 0 && down >= 0 && down < 4) {
        bool back = down > 0 || col < t->at_col || t->at_col >= t->cols;
        int right = back ? col : col - t->at_col;
        char *w = near;
        if (back)
            *w++ = '\r';
        for (int i = 0; i < down; i++)
            *w++ = '\n';
        *w = '\0';
        const char *cuf = right > 0 ? term_cuf(t, right) : "";
        if ((right == 0 || *cuf) && strlen(near) + strlen(cuf) < best)
            strcpy(w, cuf);
        else
            near[0] = '\0';
    }
    out(t, *near ? near : cup);
    t->at_row = row;
    t->at_col = col;
}

/* Writes one cell where the cursor stands. */
static void draw_cell(struct terminal *t, const struct cell *c)
{
    const char *p = c->text;
    uint32_t cp = text_next(&p);
    set_attr(t, c->attr);
    bool ambiguous = cp >= 0x80 && text_cp_ambiguous(cp);
    if (ambiguous && c->width == 2)
        out(t, "  \b\b");
    out_text(t, c->text);
    t->at_col += c->width;
    if (ambiguous || t->at_col >= t->cols)
        t->at_row = -1; /* either width, or a wrap that waits: nobody knows */
}

static bool same(const struct cell *a, const struct cell *b)
{
    return a->width == b->width && a->attr == b->attr && strcmp(a->text, b->text) == 0;
}

static bool is_blank(const struct cell *c)
{
    return c->attr == 0 && c->text[0] == ' ' && c->text[1] == '\0';
}

/* The column from which both is all blank wanted; cols when it does not pay to clear. */
static int clear_from(struct terminal *t, const struct cell *want, const struct cell *have)
{
    int from = t->cols, changed = 0;
    while (from > 0 && is_blank(&want[from - 1]))
        from--;
    for (int c = from; c < t->cols; c++)
        changed += !same(&want[c], &have[c]);
    return t->el && changed > 3 ? from : t->cols;
}

/* Equal cells between the cursor and col are drawn again when that is shorter than a jump. */
static bool fill_gap(struct terminal *t, const struct cell *want, int row, int col)
{
    size_t cost = 0;
    if (t->at_row != row || t->at_col > col || col - t->at_col > 4)
        return false;
    for (int c = t->at_col; c < col; c++) {
        cost += strlen(want[c].text);
        if (want[c].attr != t->attr || want[c].width == 0 || (unsigned char)want[c].text[0] >= 0x80)
            return false;
    }
    if (cost > 4)
        return false;
    while (t->at_row == row && t->at_col < col)
        draw_cell(t, &want[t->at_col]);
    return t->at_row == row;
}

static void paint_row(struct terminal *t, int row)
{
    struct cell *want = &t->want[row * t->cols], *have = &t->have[row * t->cols];
    int end = clear_from(t, want, have);
    bool last_row = row == t->rows - 1;
    for (int c = 0; c < end; c++) {
        if (same(&want[c], &have[c]) || want[c].width == 0)
            continue;
        if (last_row && t->wraps && c + want[c].width >= t->cols)
            continue;
        if (!fill_gap(t, want, row, c))
            move_to(t, row, c);
        draw_cell(t, &want[c]);
    }
    if (end < t->cols) {
        move_to(t, row, end);
        set_attr(t, 0);
        out(t, t->el);
    }
    memcpy(have, want, (size_t)t->cols * sizeof(*have));
}

static void start_blank(struct terminal *t)
{
    set_attr(t, 0);
    out(t, t->attr_off);
    out(t, t->clear);
    t->at_row = t->at_col = 0;
    static const struct cell blank = {.text = " ", .width = 1};
    for (int i = 0; i < t->rows * t->cols; i++)
        t->have[i] = blank;
    t->known = true;
}

size_t term_paint(struct terminal *t)
{
    if (!t->known)
        start_blank(t);
    for (int row = 0; row < t->rows; row++)
        paint_row(t, row);
    set_attr(t, 0);
    move_to(t, t->caret_row, t->caret_col);
    size_t n = t->out_len;
    if (n > 0)
        out_flush(t);
    return n;
}

void term_forget(struct terminal *t)
{
    t->known = false;
    t->at_row = -1;
}

void term_probe(struct terminal *t)
{
    out(t, term_cup(t, 1, 0)); /* never row 1: its answers look like a modified F3 */
    out_text(t, "·");
    out(t, "\033[6n\033[?2004$p");
    out_flush(t);
    term_forget(t);
}

bool term_probe_answer(struct terminal *t, int row, int col)
{
    int amb = row == 2 && col == 2 ? 1 : 2;
    if (amb == t->amb)
        return false;
    t->amb = amb;
    return true;
}

void term_print(struct terminal *t, const char *text)
{
    char cluster[64];
    out(t, "\033[5i");
    for (size_t at = 0, next; text[at]; at = next) {
        next = text_cluster_next(text, at);
        size_t n = next - at < sizeof(cluster) ? next - at : sizeof(cluster) - 1;
        memcpy(cluster, text + at, n);
        cluster[n] = '\0';
        if (*cluster == '\n')
            out(t, "\r\n");
        else if (*cluster == '\f' || (unsigned char)*cluster >= ' ')
            out_text(t, cluster);
    }
    out(t, "\033[4i");
    out_flush(t);
}
