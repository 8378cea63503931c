/*
 * How far a sweep is: townships with bars in plain characters, those that lag first; Enter goes down to
 * villages and to their rows; F9 has what one may do with it: submit, accept, return, spot checks,
 * dispatch table, freeze, bulletin, close.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/form.h"
#include "tui/box.h"
#include "tui/jump.h"
#include "tui/review.h"
#include "tui/sweep.h"
#include "tui/tui.h"

enum {
    NAME_COL = 3,
    NAME_COLS = 15,
    NUM_COL = 19,
    BAR_COL = 30,
    BAR = 12,
    FIGURE_COL = 43,
    FIGURE = 7,
    STATE_COLS = 8,
    PAGE = 200,
    ROWS_MAX = 2000,
    HEADS = 2
};

/* The figures beside the bar. */
static const struct {
    const char *name, *label;
} figures[] = {{"updated", N_("更新")},
               {"unchanged", N_("无变化")},
               {"back", N_("被退回")},
               {"zeros", N_("零更新")}};

struct unit {
    const struct node *row;
    int64_t total, done;
    bool mark;
};

struct run {
    struct session *s;
    uint64_t sweep;
    const char *title;
    const char *area, *area_title; /* a township: its villages; NULL: townships */
    struct node *mem;
    struct unit *unit;
    size_t n, at, top, fit;
    int64_t total, done;
    bool by_code;
};

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
        u->unit[u->n++] = (struct unit){
            .row = e, .total = node_num(e, "total", 0), .done = node_num(e, "done", 0)};
    u->total = node_num(total, "total", 0);
    u->done = node_num(total, "done", 0);
}

static int load(struct app *app, struct run *u)
{
    const char *after = NULL;
    TALLOC_FREE(u->mem);
    u->mem = node_map(u);
    u->unit = NULL;
    u->n = 0;
    do {
        struct node *body = node_map(u->mem), *answer;
        node_int(body, "sweep", (int64_t)u->sweep);
        node_str(body, "level", u->area ? "village" : "town");
        if (u->area)
            node_str(body, "area", u->area);
        if (after)
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

static void draw_number_at(const struct region *r, int line, int col, int cols, int64_t v)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)v);
    draw_cols(r, line, col, cols, ATTR_NORMAL, ALIGN_RIGHT, text);
}

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

static const char *state_of(const struct run *u, const struct node *row)
{
    const struct form *f = dict_form(u->s->dict, "sweep_unit");
    const struct form_field *field = f ? form_field(f, "state") : NULL;
    const char *code = node_text_or(row, "state", "");
    return *code && field && field->codes ? _(codes_label(field->codes, code)) : "";
}

static void draw_unit(const struct run *u, const struct region *r, int line, size_t i)
{
    const struct unit *unit = &u->unit[i];
    draw_text(r, line, 0, ATTR_NORMAL, i == u->at ? ">" : " ");
    draw_text(r, line, 1, ATTR_NORMAL, unit->mark ? "*" : " ");
    draw_cols(r, line, NAME_COL, NAME_COLS, ATTR_NORMAL, ALIGN_LEFT,
              node_text_or(unit->row, "title", ""));
    draw_number_at(r, line, NUM_COL, 5, unit->done);
    draw_text(r, line, NUM_COL + 5, ATTR_NORMAL, "/");
    draw_number_at(r, line, NUM_COL + 5, 5, unit->total);
    draw_text(r, line, NUM_COL + 5, ATTR_NORMAL, "/");
    draw_progress(r, line, BAR_COL, unit->done, unit->total);
    for (size_t k = 0; k < NELEM(figures); k++)
        draw_number_at(r, line, FIGURE_COL + (int)k * FIGURE - 1, FIGURE,
                       node_num(unit->row, figures[k].name, 0));
    draw_cols(r, line, r->cols - STATE_COLS, STATE_COLS, ATTR_NORMAL, ALIGN_LEFT,
              state_of(u, unit->row));
}

static void draw_heads(const struct run *u, const struct region *r)
{
    draw_text(r, 0, NAME_COL, ATTR_NORMAL, u->area ? _("村(居)") : _("乡镇"));
    draw_text(r, 0, NUM_COL, ATTR_NORMAL, _("已查/名单"));
    for (size_t k = 0; k < NELEM(figures); k++)
        draw_cols(r, 0, FIGURE_COL + (int)k * FIGURE - 1, FIGURE, ATTR_NORMAL, ALIGN_RIGHT,
                  _(figures[k].label));
    draw_text(r, 0, r->cols - STATE_COLS, ATTR_NORMAL, _("报送"));
    draw_fill(r, 1, 0, r->cols, ATTR_NORMAL, '-');
}

static void run_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct run *u = scr->state;
    void *ctx = talloc_new(NULL);
    (void)app;
    u->fit = f->body.rows > HEADS ? (size_t)(f->body.rows - HEADS) : 1;
    u->top = u->at < u->top ? u->at : u->at >= u->top + u->fit ? u->at - u->at % u->fit : u->top;
    draw_title(
        f,
        text_printf(ctx, "57 %s%s%s", u->title, u->area ? " > " : "", u->area ? u->area_title : ""),
        session_badge(u->s));
    draw_text(&f->view, 0, 0, ATTR_NORMAL,
              text_printf(ctx, _("已查 %lld/%lld"), (long long)u->done, (long long)u->total));
    draw_progress(&f->view, 0, 24, u->done, u->total);
    draw_cols(&f->view, 0, f->view.cols - 24, 24, ATTR_NORMAL, ALIGN_RIGHT,
              u->by_code ? _("按区划") : _("慢的在前"));
    draw_heads(u, &f->body);
    for (size_t i = u->top; i < u->n && i < u->top + u->fit; i++)
        draw_unit(u, &f->body, HEADS + (int)(i - u->top), i);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              u->area ? _("回车看这个村的名单；F9 看能办的事。")
                      : _("回车看各村；空格选上，F9 报送、接收、退回、抽查、通报。"));
    draw_caret(&f->body, HEADS + (int)(u->at - u->top), 1);
    talloc_free(ctx);
}

/* --- what is done --- */

static void push(struct app *app, struct session *s, uint64_t sweep, const char *title,
                 const char *area, const char *area_title);

static const char *current(struct app *app, const struct run *u)
{
    if (u->at < u->n)
        return node_text_or(u->unit[u->at].row, "area", "");
    app_message(app, _("先把光标移到要办的那一行。"));
    return NULL;
}

static void go_down(struct app *app, struct run *u)
{
    const char *area = current(app, u);
    if (!area)
        return;
    const char *title = node_text_or(u->unit[u->at].row, "title", "");
    struct sweep_one one = {.id = u->sweep, .title = u->title};
    if (!u->area)
        push(app, u->s, u->sweep, u->title, area, title);
    else if (session_may(u->s, "sweep_item.change"))
        sweep_grid_show(app, u->s, &one, area, title);
    else
        list_open(app, u->s, "sweep_item", NULL, area,
                  text_printf(u->mem, "sweep = %" PRIu64, u->sweep));
}

/* The township that is shown, or the one under the cursor. */
static const char *town_of(struct app *app, const struct run *u)
{
    return u->area ? u->area : current(app, u);
}

/* What holds a township up, by village. */
static void show_held(struct app *app, void *ctx, const struct node *answer, const char *why)
{
    char *text = text_printf(ctx, "%s\n\n", why);
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
        text = talloc_asprintf_append(
            text, _("%s：待查 %lld，抽查退回没改 %lld\n"), node_text_or(e, "title", ""),
            (long long)node_num(e, "todo", 0), (long long)node_num(e, "back", 0));
    MUST(text);
    popup_pager(app, _("还不能报送"), text);
}

static void menu_submit(struct app *app, struct run *u)
{
    void *ctx = talloc_new(app);
    const char *town = town_of(app, u), *text = NULL;
    struct node *body = node_map(ctx), *answer = NULL;
    node_int(body, "sweep", (int64_t)u->sweep);
    node_str(body, "area", town);
    if (town && popup_confirm(app, _("报送"), _("报送以后各村不能再改，等县里接收或退回。"),
                              _("报送本镇"))) {
        int r = session_call_quiet(app, u->s, ctx, OP_SWEEP_SUBMIT, body, &answer, &text);
        if (r == HE_RULE && node_first(node_get(answer, "rows")))
            show_held(app, ctx, answer, text ? text : "");
        else
            app_message(app, "%s",
                        r == 0 ? _("已报送，等县里接收。")
                        : text ? text
                               : _(err_text(r)));
        load(app, u);
    }
    talloc_free(ctx);
}

static size_t marked(const struct run *u)
{
    size_t n = 0;
    for (size_t i = 0; i < u->n; i++)
        n += u->unit[i].mark;
    return n;
}

static void send_accept(struct app *app, struct run *u, bool ok, const char *why)
{
    size_t n = marked(u);
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *areas = node_add_list(body, "areas"), *answer;
    node_int(body, "sweep", (int64_t)u->sweep);
    node_bool(body, "ok", ok);
    if (why)
        node_str(body, "why", why);
    for (size_t i = 0; i < u->n; i++)
        if (n ? u->unit[i].mark : i == u->at)
            node_str(areas, NULL, node_text_or(u->unit[i].row, "area", ""));
    if (session_call(app, u->s, ctx, OP_SWEEP_ACCEPT, body, &answer) == 0) {
        const struct node *skipped = node_get(answer, "skipped"), *first = node_first(skipped);
        app_message(app,
                    ok ? _("接收了 %lld 个乡镇，%zu 个没有办。%s")
                       : _("退回了 %lld 个乡镇，%zu 个没有办。%s"),
                    (long long)node_num(answer, "done", 0), skipped ? skipped->n : 0,
                    node_text_or(first, "text", ""));
    }
    talloc_free(ctx);
    load(app, u);
}

/* Asks by the name of the one township, or by how many they are. */
static void menu_accept(struct app *app, struct run *u)
{
    void *ctx = talloc_new(app);
    size_t n = marked(u), i = 0;
    while (n ? !u->unit[i].mark : i < u->at)
        i++;
    const char *ask = n > 1 ? text_printf(ctx, _("接收选上的 %zu 个乡镇报来的排查？"), n)
                      : current(app, u) ? text_printf(ctx, _("接收%s报来的排查？"),
                                                      node_text_or(u->unit[i].row, "title", ""))
                                        : NULL;
    if (ask && popup_confirm(app, _("接收"), ask, _("接收")))
        send_accept(app, u, true, NULL);
    talloc_free(ctx);
}

static void menu_return(struct app *app, struct run *u)
{
    void *ctx = talloc_new(app);
    char *why = current(app, u) ? review_reason(app, ctx) : NULL;
    if (why)
        send_accept(app, u, false, why);
    talloc_free(ctx);
}

static void menu_spot(struct app *app, struct run *u)
{
    const char *town = town_of(app, u);
    if (town)
        sweep_spot(app, u->s, u->sweep, town,
                   u->area ? u->area_title : node_text_or(u->unit[u->at].row, "title", ""));
    load(app, u);
}

static void menu_dispatch(struct app *app, struct run *u)
{
    sweep_dispatch(app, u->s, u->sweep, u->title, u->area);
}

static void menu_freeze(struct app *app, struct run *u)
{
    sweep_freeze_ask(app, u->s, u->sweep);
}

static void menu_bulletin(struct app *app, struct run *u)
{
    sweep_bulletin_ask(app, u->s, u->sweep);
}

static void menu_close(struct app *app, struct run *u)
{
    sweep_close_ask(app, u->s, u->sweep);
}

static void menu_sort(struct app *app, struct run *u)
{
    u->by_code = !u->by_code;
    load(app, u);
}

static void run_menu(struct app *app, struct run *u)
{
    static const struct {
        const char *label, *hint, *right;
        bool towns; /* of townships only */
        void (*run)(struct app *, struct run *);
    } entries[] = {
        {N_("报送"), N_("本镇查完了，报给县里"), "sweep.submit", false, menu_submit},
        {N_("接收"), N_("选上的乡镇；没有选时是当前这一个"), "sweep.accept", true, menu_accept},
        {N_("退回"), N_("写明原因，退给乡镇补"), "sweep.accept", true, menu_return},
        {N_("抽查"), N_("按比例抽，记下查到的错"), "sweep.check", false, menu_spot},
        {N_("调度表"), N_("缺失、错误、更新、无变化、零更新，打印"), "sweep_unit.print", false,
         menu_dispatch},
        {N_("冻结"), N_("节点到了，留下那天的数字"), "sweep.open", true, menu_freeze},
        {N_("通报"), N_("由冻结的数字起草"), "sweep.open", true, menu_bulletin},
        {N_("结束排查"), N_("全部接收以后"), "sweep.open", true, menu_close},
        {N_("排列"), N_("慢的在前，或按区划"), "sweep_unit.read", false, menu_sort},
    };
    struct pick_item items[NELEM(entries)];
    size_t which[NELEM(entries)], n = 0;
    for (size_t i = 0; i < NELEM(entries); i++)
        if (session_may(u->s, entries[i].right) && (!entries[i].towns || !u->area)) {
            which[n] = i;
            items[n++] =
                (struct pick_item){.label = _(entries[i].label), .hint = _(entries[i].hint)};
        }
    int i = popup_menu(app, items, n, NULL, 0);
    if (i >= 0)
        entries[which[i]].run(app, u);
}

/* --- keys --- */

static void mark_all(struct run *u)
{
    bool on = false;
    for (size_t i = 0; i < u->n; i++)
        on = on || !u->unit[i].mark;
    for (size_t i = 0; i < u->n; i++)
        u->unit[i].mark = on;
}

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
        return mark_all(u), KEY_TAKEN;
    case ACT_OPEN:
        return go_down(app, u), KEY_TAKEN;
    case ACT_SORT:
        return menu_sort(app, u), KEY_TAKEN;
    case ACT_REFRESH:
        return load(app, u), KEY_TAKEN;
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

static void push(struct app *app, struct session *s, uint64_t sweep, const char *title,
                 const char *area, const char *area_title)
{
    struct run *u = talloc_zero(NULL, struct run);
    MUST(u);
    u->s = s;
    u->fit = 1;
    u->sweep = sweep;
    u->title = talloc_strdup(u, title);
    u->area = area ? talloc_strdup(u, area) : NULL;
    u->area_title = area ? talloc_strdup(u, area_title) : NULL;
    if (load(app, u) < 0)
        talloc_free(u);
    else
        app_push(app, &run_ops, u);
}

void sweep_run_show(struct app *app, struct session *s, const struct sweep_one *one)
{
    push(app, s, one->id, one->title, NULL, NULL);
}

void sweep_run_open(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct sweep_one one;
    if (sweep_which(app, s, ctx, &one))
        sweep_run_show(app, s, &one);
    talloc_free(ctx);
}
