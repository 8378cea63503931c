/* The grid: two heading rows of at most four columns a question, one digit a cell, words behind. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/sweep_grid.h"

enum {
    NO_COL = 1,
    NAME_COL = 6,
    NAME_COLS = 10,
    GROUP_COL = 17,
    CELL_COL = 24,
    CELL = 5,
    HEADS = 3,
    BAR = 12,
    RIGHT_COL = 30
};

static size_t count_done(const struct grid *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++)
        n += !grid_waits(&g->row[i]);
    return n;
}

static void draw_view(const struct grid *g, const struct frame *f)
{
    char bar[BAR + 1] = "";
    size_t done = count_done(g), part = g->n ? done * BAR / g->n : 0;
    void *ctx = talloc_new(NULL);
    memset(bar, '-', BAR);
    memset(bar, '#', done && !part ? 1 : part);
    char *left = text_printf(ctx, _("已查 %zu/%zu [%s]"), done, g->n, bar);
    const struct grid_row *row = g->at < g->n ? &g->row[g->at] : NULL;
    bool cut = row && *row->group && text_width(row->name, 2) > NAME_COLS;
    bool plain = !g->open_only && !*g->checked_on && !g->for_name && !cut;
    const char *name = cut ? row->name : "";
    char *right = row && row->back ? text_printf(ctx, "%s", row->back)
                  : plain          ? text_printf(ctx, "%s", g->due)
                          : text_printf(ctx, "%s%s%s%s%s %s", g->open_only ? _("只看待查的 ") : "",
                                        *g->checked_on ? _("排查日期 ") : "", g->checked_on,
                                        g->for_name ? _(" 代录：") : "",
                                        g->for_name ? g->for_name : "", name);
    draw_text(&f->view, 0, 0, ATTR_NORMAL, left);
    draw_cols(&f->view, 0, RIGHT_COL, f->view.cols - RIGHT_COL, ATTR_NORMAL, ALIGN_RIGHT, right);
    talloc_free(ctx);
}

/* The label in two lines of four columns. */
static void draw_head(const struct region *r, int col, const char *label, bool now)
{
    int used;
    size_t n = text_fit(label, 4, 2, &used);
    char *first = talloc_strndup(NULL, label, n);
    draw_text(r, 0, col, now ? ATTR_BOLD : ATTR_NORMAL, first);
    draw_text(r, 1, col, now ? ATTR_BOLD : ATTR_NORMAL,
              talloc_strndup(first, label + n, text_fit(label + n, 4, 2, &used)));
    talloc_free(first);
}

static void draw_heads(const struct grid *g, const struct region *r)
{
    const struct grid_row *row = g->at < g->n ? &g->row[g->at] : NULL;
    size_t n;
    const struct grid_q *q = grid_questions(g, row, &n);
    draw_text(r, 1, NO_COL, ATTR_NORMAL, _("行号"));
    draw_text(r, 1, NAME_COL, ATTR_NORMAL, _("姓名"));
    draw_text(r, 1, GROUP_COL, ATTR_NORMAL, _("村民组"));
    for (size_t i = 0; i < n && CELL_COL + (int)(i + 1) * CELL <= r->cols - 8; i++)
        draw_head(r, CELL_COL + (int)i * CELL, q[i].label, false);
    draw_text(r, 1, r->cols - 8, ATTR_NORMAL, _("情况"));
    draw_fill(r, 2, 0, r->cols, ATTR_NORMAL, '-');
}

static const char *state_word(const struct grid *g, const struct grid_row *r)
{
    if (r->conflict)
        return _("冲突");
    if (r->bad)
        return _("要改");
    if (grid_typed(r))
        return grid_lacks(g, r) == SIZE_MAX ? _("没有存") : _("没填完");
    switch (r->state) {
    case '1':
        return r->explained ? _("已说明") : r->origin == '2' ? _("疑似待查") : _("待查");
    case '4':
        return _("被退回");
    case '6':
        return _("已报送");
    case '7':
        return _("县已收");
    default:
        return _("已查");
    }
}

static void draw_row(const struct grid *g, const struct region *r, int line, size_t i)
{
    const struct grid_row *row = &g->row[i];
    char no[16];
    size_t n;
    const struct grid_q *q = grid_questions(g, row, &n);
    snprintf(no, sizeof(no), "%3lld", (long long)row->no);
    draw_text(r, line, 0, ATTR_NORMAL, i == g->at ? ">" : " ");
    draw_text(r, line, NO_COL, ATTR_NORMAL, no);
    bool wide = !*row->group; /* places have long names, and seldom a group */
    draw_cols(r, line, NAME_COL, wide ? CELL_COL - NAME_COL - 1 : NAME_COLS, ATTR_NORMAL,
              ALIGN_LEFT, row->name);
    if (!wide)
        draw_cols(r, line, GROUP_COL, CELL_COL - GROUP_COL - 1, ATTR_NORMAL, ALIGN_LEFT,
                  row->group);
    for (size_t k = 0; k < n && CELL_COL + (int)(k + 1) * CELL <= r->cols - 8; k++) {
        const struct grid_cell *c = &row->cell[k];
        const char shown[2] = {grid_value(c) ? grid_value(c) : q[k].need ? '_' : '.', '\0'};
        bool fresh = c->typed && c->typed != c->stored;
        draw_text(r, line, CELL_COL + (int)k * CELL + 1, fresh ? ATTR_BOLD : ATTR_NORMAL, shown);
    }
    draw_cols(r, line, r->cols - 8, 8, ATTR_NORMAL, ALIGN_LEFT, state_word(g, row));
}

/* "住处安全：1 是  0 否  空格跳过" */
static void draw_hint(const struct grid *g, const struct frame *f)
{
    size_t n;
    if (g->at >= g->n) {
        draw_text(&f->hint, 0, 0, ATTR_NORMAL, _("这里没有要查的。F6 新增疑似孩子或场所。"));
        return;
    }
    const struct grid_row *row = &g->row[g->at];
    const struct grid_q *q = grid_questions(g, row, &n);
    q += g->q;
    char *s = text_printf(NULL, "%s：", q->label);
    for (const char *d = q->digits ? q->digits : ""; *d; d++)
        if (grid_takes(row, q, *d))
            s = talloc_asprintf_append(s, "%c%s ", *d, q->what[*d - '0']);
    s = talloc_strdup_append(s, _(" 空格跳过"));
    draw_text(&f->hint, 0, 0, ATTR_NORMAL, s);
    talloc_free(s);
}

void grid_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct grid *g = scr->state;
    char *title = text_printf(NULL, "50 %s > %s", g->title, g->place_name);
    (void)app;
    g->fit = f->body.rows > HEADS ? (size_t)(f->body.rows - HEADS) : 1;
    if (g->at < g->top)
        g->top = g->at;
    if (g->at >= g->top + g->fit)
        g->top = g->at - g->at % g->fit;
    draw_title(f, title, session_badge(g->s));
    draw_view(g, f);
    draw_heads(g, &f->body);
    for (size_t i = g->top; i < g->n && i < g->top + g->fit; i++)
        draw_row(g, &f->body, HEADS + (int)(i - g->top), i);
    draw_hint(g, f);
    draw_caret(&f->body, HEADS + (int)(g->at - g->top), CELL_COL + (int)g->q * CELL + 1);
    talloc_free(title);
}
