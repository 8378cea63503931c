/*
 * How far a sweep is: townships with bars in plain characters, those that lag first; Enter goes down to
 * villages and to their rows; F9 has what one may do with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "tui/jump.h"
#include "tui/sweep_run.h"

enum {
    NAME_COL = 2,
    NAME_COLS = 22,
    NUM_COL = 24,
    NUM_COLS = 10,
    BAR_COL = 35,
    BAR = 8,
    FIGURE_COL = 43,
    STATE_COLS = 8,
    DUE_COL = 32,
    PAGE = 200,
    ROWS_MAX = 2000,
    HEADS = 2
};

/* The figures beside the bar; of villages the last is yes or no. */
static const struct {
    const char *name, *label, *village;
    int cols;
} figures[] = {{"updated", N_("更新"), N_("更新"), 5},
               {"unchanged", N_("无变化"), N_("无变化"), 7},
               {"back", N_("被退回"), N_("被退回"), 7},
               {"zeros", N_("零更新村"), N_("零更新"), 9}};

/* --- reading --- */

static int by_lag(const void *a, const void *b)
{
    const struct unit *x = a, *y = b;
    /* x->done / x->total against y->done / y->total; nothing to do is done */
    int64_t l = x->total ? x->done * (y->total ? y->total : 1) : (y->total ? y->total : 1);
    int64_t r = y->total ? y->done * (x->total ? x->total : 1) : (x->total ? x->total : 1);
    if (l != r)
        return l < r ? -1 : 1;
    return strcmp(node_text_or(x->row, "area", ""), node_text_or(y->row, "area", ""));
}

static void sort_units(struct run *u)
{
    if (!u->by_code && u->n)
        qsort(u->unit, u->n, sizeof(*u->unit), by_lag);
}

static void take(struct run *u, const struct node *answer)
{
    const struct node *rows = node_get(answer, "rows"), *total = node_get(answer, "total");
    u->unit =
        talloc_realloc(u->mem, u->unit, struct unit, (unsigned)(u->n + (rows ? rows->n : 0)) + 1);
    MUST(u->unit);
    for (const struct node *e = node_first(rows); e; e = e->next)
        u->unit[u->n++] = (struct unit){.row = e,
                                        .title = sweep_short_title(e, u->area),
                                        .total = node_num(e, "total", 0),
                                        .done = node_num(e, "done", 0)};
    u->total = node_num(total, "total", 0);
    u->done = node_num(total, "done", 0);
}

int run_load(struct app *app, struct run *u)
{
    const char *after = NULL;
    TALLOC_FREE(u->mem);
    u->mem = node_map(u);
    u->unit = NULL;
    u->n = 0;
    do {
        struct node *body = node_map(u->mem), *answer;
        node_int(body, "sweep", (int64_t)u->one.id);
        node_str(body, "freeze", u->one.closed ? "close" : NULL);
        node_str(body, "level", u->area ? "village" : "town");
        node_str(body, "area", u->area);
        node_str(body, "after", after);
        node_int(body, "limit", PAGE);
        int r = session_call(app, u->s, u->mem, OP_SWEEP_FIGURES, body, &answer);
        if (r < 0)
            return r;
        take(u, answer);
        after = node_text(answer, "next");
    } while (after && u->n < ROWS_MAX);
    sort_units(u);
    u->at = u->at < u->n ? u->at : 0;
    return 0;
}

/* --- drawing --- */

/* "[####------]": filled only when it is all done. */
static void draw_progress(const struct region *r, int line, int col, int64_t done, int64_t total)
{
    char bar[BAR + 1] = "[";
    int64_t part = total > 0 ? done * (BAR - 2) / total : 0;
    part = done > 0 && part == 0 ? 1 : part;
    for (int i = 0; i < BAR - 2; i++)
        bar[1 + i] = i < part ? '#' : '-';
    bar[BAR - 1] = ']';
    draw_text(r, line, col, ATTR_NORMAL, bar);
}

char run_state(const struct unit *unit)
{
    return *node_text_or(unit->row, "state", "");
}

static const char *state_of(const struct run *u, const struct unit *unit)
{
    const struct form_field *f = form_field(dict_form(u->s->dict, "sweep_unit"), "state");
    const char code[2] = {run_state(unit), '\0'};
    return *code && f && f->codes ? _(codes_label(f->codes, code)) : "";
}

static void draw_figures(const struct run *u, const struct region *r, int line,
                         const struct unit *unit)
{
    for (size_t k = 0, col = FIGURE_COL; k < NELEM(figures); col += (size_t)figures[k++].cols) {
        bool yes = u->area && k + 1 == NELEM(figures);
        int64_t v = unit ? node_num(unit->row, figures[k].name, 0) : 0;
        char text[24];
        snprintf(text, sizeof(text), "%lld", (long long)v);
        draw_cols(r, line, (int)col, figures[k].cols, ATTR_NORMAL, ALIGN_RIGHT,
                  !unit && u->area ? _(figures[k].village)
                  : !unit          ? _(figures[k].label)
                  : !yes           ? text
                  : v              ? _("是")
                                   : "");
    }
}

static void draw_unit(const struct run *u, const struct region *r, int line, size_t i)
{
    const struct unit *unit = &u->unit[i];
    char count[48];
    draw_text(r, line, 0, ATTR_NORMAL, i == u->at ? ">" : " ");
    draw_text(r, line, 1, ATTR_NORMAL, unit->mark ? "*" : " ");
    draw_cols(r, line, NAME_COL, NAME_COLS, ATTR_NORMAL, ALIGN_LEFT, unit->title);
    snprintf(count, sizeof(count), "%lld/%lld", (long long)unit->done, (long long)unit->total);
    draw_cols(r, line, NUM_COL, NUM_COLS, ATTR_NORMAL, ALIGN_RIGHT, count);
    draw_progress(r, line, BAR_COL, unit->done, unit->total);
    draw_figures(u, r, line, unit);
    draw_cols(r, line, r->cols - STATE_COLS, STATE_COLS, ATTR_NORMAL, ALIGN_LEFT,
              state_of(u, unit));
}

static void draw_heads(const struct run *u, const struct region *r)
{
    draw_text(r, 0, NAME_COL, ATTR_NORMAL, u->area ? _("村(居)") : _("乡镇"));
    draw_cols(r, 0, NUM_COL, NUM_COLS, ATTR_NORMAL, ALIGN_RIGHT, _("已查/名单"));
    draw_figures(u, r, 0, NULL);
    draw_text(r, 0, r->cols - STATE_COLS, ATTR_NORMAL, u->one.closed ? "" : _("报送"));
    draw_fill(r, 1, 0, r->cols, ATTR_NORMAL, '-');
}

/* Why it came back, who watches it, else what one can do. */
static char *hint_of(void *ctx, const struct run *u)
{
    const struct node *row = u->at < u->n ? u->unit[u->at].row : NULL;
    const char *why = node_text(row, "return_reason"), *watcher = node_text(row, "watcher");
    if (why)
        return text_printf(ctx, _("县里退回：%s"), why);
    const char *next = u->area ? _("回车看这个村的名单；F9 看能办的事。")
                       : u->one.closed
                           ? _("回车看各村；F9 调度表、和上一次比较、结束报告。")
                           : _("回车看各村；空格选上，F9 报送、接收、退回、抽查、通报。");
    return watcher ? text_printf(ctx, _("盯办人 %s。%s"), watcher, next)
                   : text_printf(ctx, "%s", next);
}

static void run_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct run *u = scr->state;
    void *ctx = talloc_new(NULL);
    (void)app;
    u->fit = f->body.rows > HEADS ? (size_t)(f->body.rows - HEADS) : 1;
    u->top = u->at < u->top ? u->at : u->at >= u->top + u->fit ? u->at - u->at % u->fit : u->top;
    draw_title(f,
               text_printf(ctx, "57 %s%s%s%s", u->one.title, u->one.closed ? _("（已结束）") : "",
                           u->area ? " > " : "", u->area ? u->area_title : ""),
               session_badge(u->s));
    draw_text(&f->view, 0, 0, ATTR_NORMAL,
              text_printf(ctx, _("已查 %lld/%lld"), (long long)u->done, (long long)u->total));
    draw_progress(&f->view, 0, DUE_COL - BAR - 2, u->done, u->total);
    draw_cols(&f->view, 0, DUE_COL, f->view.cols - DUE_COL - 10, ATTR_NORMAL, ALIGN_LEFT,
              u->one.due);
    draw_cols(&f->view, 0, f->view.cols - 9, 9, ATTR_NORMAL, ALIGN_RIGHT,
              u->by_code ? _("按区划") : _("慢的在前"));
    draw_heads(u, &f->body);
    for (size_t i = u->top; i < u->n && i < u->top + u->fit; i++)
        draw_unit(u, &f->body, HEADS + (int)(i - u->top), i);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL, hint_of(ctx, u));
    draw_caret(&f->body, HEADS + (int)(u->at - u->top), 1);
    talloc_free(ctx);
}

/* --- keys --- */

static void to(struct run *u, size_t at)
{
    u->at = at < u->n ? at : u->n ? u->n - 1 : 0;
}

static enum handled run_key(struct app *app, struct screen *scr, const struct key *key,
                            enum action act)
{
    struct run *u = scr->state;
    if (jump_key(key))
        return jump_ask(app, u->s), KEY_TAKEN;
    switch (act) {
    case ACT_UP:
        return to(u, u->at ? u->at - 1 : 0), KEY_TAKEN;
    case ACT_DOWN:
        return to(u, u->at + 1), KEY_TAKEN;
    case ACT_PGUP:
        return to(u, u->at > u->fit ? u->at - u->fit : 0), KEY_TAKEN;
    case ACT_PGDN:
        return to(u, u->at + u->fit), KEY_TAKEN;
    case ACT_FIRST:
        return to(u, 0), KEY_TAKEN;
    case ACT_LAST:
        return to(u, u->n), KEY_TAKEN;
    case ACT_MARK:
        if (u->at < u->n)
            u->unit[u->at].mark = !u->unit[u->at].mark;
        return to(u, u->at + 1), KEY_TAKEN;
    case ACT_MARK_ALL:
        return run_mark_all(u), KEY_TAKEN;
    case ACT_OPEN:
        return run_down(app, u), KEY_TAKEN;
    case ACT_SORT:
        return run_sort(app, u), KEY_TAKEN;
    case ACT_REFRESH:
        return run_load(app, u), KEY_TAKEN;
    case ACT_MENU:
        return run_menu(app, u), KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static const char *run_enabled(struct app *app, struct screen *scr, enum action a)
{
    (void)app;
    (void)scr;
    return a == ACT_REFRESH || a == ACT_OPEN || a == ACT_PGUP || a == ACT_PGDN || a == ACT_MARK ||
                   a == ACT_SORT
               ? ""
               : NULL;
}

static const struct screen_ops run_ops = {.draw = run_draw, .key = run_key, .enabled = run_enabled};

void run_push(struct app *app, struct session *s, const struct sweep_one *one, const char *area,
              const char *area_title)
{
    struct run *u = talloc_zero(NULL, struct run);
    MUST(u);
    u->s = s;
    u->fit = 1;
    u->one = *one;
    u->one.title = talloc_strdup(u, one->title);
    u->one.due = talloc_strdup(u, one->due ? one->due : "");
    u->area = area ? talloc_strdup(u, area) : NULL;
    u->area_title = area ? talloc_strdup(u, area_title) : NULL;
    if (run_load(app, u) < 0)
        talloc_free(u);
    else
        app_push(app, &run_ops, u);
}

void sweep_run_show(struct app *app, struct session *s, const struct sweep_one *one)
{
    run_push(app, s, one, NULL, NULL);
}

void sweep_run_of(struct app *app, struct session *s, uint64_t sweep)
{
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *answer;
    node_str(body, "type", "sweep");
    node_int(body, "id", (int64_t)sweep);
    if (session_call(app, s, ctx, OP_REC_GET, body, &answer) == 0) {
        const struct node *v = node_get(answer, "v");
        char state = *node_text_or(v, "state", "");
        if (state == '3' || state == '4')
            sweep_run_show(app, s,
                           &(struct sweep_one){.id = sweep,
                                               .title = node_text_or(v, "title", ""),
                                               .due = state == '3' ? sweep_due(ctx, s, v) : "",
                                               .closed = state == '4'});
        else
            app_message(app, state == '1' ? _("还没有开启：F9 开启排查，名单冻结以后才有进度。")
                                          : _("名单还在建立或已经作废，没有进度。"));
    }
    talloc_free(ctx);
}

void sweep_run_open(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct sweep_one one;
    if (sweep_which(app, s, ctx, &one))
        sweep_run_show(app, s, &one);
    talloc_free(ctx);
}
