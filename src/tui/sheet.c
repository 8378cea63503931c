/* 统计报表: choosing one, walking over it, and what can be done with it. */
#include "tui/sheet.h"

#include <poll.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/jump.h"
#include "tui/list.h"
#include "tui/popup.h"

enum { JOB_LOOKS = 20, JOB_LOOK_MS = 50 };

/* ---- moving ---- */

static void move_row(struct sheet *t, long by)
{
    long to = (long)t->at + by;
    to = to >= (long)t->nrow ? (long)t->nrow - 1 : to;
    t->at = to < 0 ? 0 : (size_t)to;
}

static void move_col(struct sheet *t, long by)
{
    long to = (long)t->c + by;
    to = to >= (long)t->ncol ? (long)t->ncol - 1 : to;
    t->c = to < 0 ? 0 : (size_t)to;
}

static long page_rows(struct app *app)
{
    struct frame f;
    draw_frame(app_term(app), &f);
    return sheet_fit(&f);
}

/* ---- the children behind a figure ---- */

static void open_cell(struct app *app, struct sheet *t)
{
    const struct sheet_row *row = &t->row[t->at];
    const struct sheet_col *col = &t->col[t->c];
    if (t->at >= t->nrow || t->c >= t->ncol)
        return;
    if (t->cross) {
        cross_cell(app, t);
        return;
    }
    if (t->frozen || !col->opens) {
        app_message(app, t->frozen ? _("冻结的数字照当时的存，打开名单请看现在的报表（F2）。")
                                   : _("这一列是算出来的，没有名单。"));
        return;
    }
    struct node *cell = node_map(t);
    node_str(cell, "report", t->report);
    node_str(cell, "period", node_text_or(t->head, "period", ""));
    if (*t->division)
        node_str(cell, "division", t->division);
    node_bool(cell, "deep", t->deep);
    node_str(cell, "column", col->name);
    node_str(cell, "row", row->code);
    node_bool(cell, "total", row->total);
    if (row->director)
        node_int(cell, "director", row->director);
    char *head = sheet_heading(cell, col);
    list_open_cell(app, t->s, col->of, cell, text_printf(cell, "%s %s", row->name, head));
    talloc_free(cell);
}

/* ---- another period, another place ---- */

static void reload(struct app *app, struct sheet *t, const char *period, const char *division)
{
    struct sheet was = *t;
    t->period = period;
    memcpy(t->division, division, 13);
    if (sheet_load(app, t) < 0) {
        t->period = was.period;
        memcpy(t->division, was.division, 13);
    }
}

static void ask_period(struct app *app, struct sheet *t)
{
    const struct edit_opts opts = {.cols = 14, .max_chars = 14, .flags = EDIT_HALFWIDTH};
    char *word = popup_ask(app, t, _("时间"), _("如 2026-11-22、2026-11 或 2026Q4："), "", &opts);
    if (!word || !*word)
        return;
    t->frozen = 0;
    reload(app, t, word, t->division);
}

static void ask_division(struct app *app, struct sheet *t)
{
    char code[13];
    if (!pick_area(app, t->s, NULL, code))
        return;
    t->frozen = 0;
    t->at = 0;
    reload(app, t, t->period, code);
}

static void toggle_deep(struct app *app, struct sheet *t)
{
    t->deep = !t->deep;
    if (sheet_load(app, t) < 0)
        t->deep = !t->deep;
    else
        app_message(app, t->deep ? _("列到每个村(居)。") : _("只列下一级。"));
}

/* ---- frozen ones ---- */

/* Small ones are done in a moment; nobody waits long for a large one. */
static bool job_over(struct app *app, struct sheet *t, int64_t id)
{
    for (int i = 0; i < JOB_LOOKS; i++) {
        void *ctx = talloc_new(t);
        struct node *answer;
        bool over = false;
        if (session_call_quiet(app, t->s, ctx, OP_JOB_LIST, NULL, &answer, NULL) == 0)
            for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
                over = over || (node_num(e, "id", 0) == id && node_num(e, "ended", 0));
        talloc_free(ctx);
        if (over)
            return true;
        poll(NULL, 0, JOB_LOOK_MS);
    }
    return false;
}

static void freeze(struct app *app, struct sheet *t)
{
    const struct edit_opts opts = {.cols = 44, .max_chars = 100};
    void *ctx = talloc_new(t);
    char *note =
        popup_ask(app, ctx, _("冻结"), _("第一次冻结直接回车；出更正版写原因："), "", &opts);
    char *text =
        text_printf(ctx, _("%s %s，冻结以后数字不再变，上报和通报用它。"),
                    _(node_text_or(t->head, "label", "")), node_text_or(t->head, "period", ""));
    struct node *body = node_map(ctx), *answer;
    node_str(body, "report", t->report);
    node_str(body, "period", node_text_or(t->head, "period", ""));
    if (*t->division)
        node_str(body, "division", t->division);
    if (note && *note)
        node_str(body, "note", note);
    if (note && popup_confirm(app, _("冻结"), text, _("冻结")) &&
        session_call(app, t->s, ctx, OP_STAT_FREEZE, body, &answer) == 0)
        app_message(app,
                    job_over(app, t, node_num(answer, "job", 0))
                        ? _("已冻结，第 %lld 版；按 F2 看各版。")
                        : _("正在冻结，第 %lld 版；按 F2 看各版。"),
                    (long long)node_num(answer, "edition", 0));
    talloc_free(ctx);
}

/* The live figures, and each frozen edition of this report. */
static void editions(struct app *app, struct sheet *t)
{
    void *ctx = talloc_new(t);
    struct node *body = node_map(ctx), *answer;
    node_str(body, "report", t->report);
    if (session_call(app, t->s, ctx, OP_STAT_FROZEN, body, &answer) < 0) {
        talloc_free(ctx);
        return;
    }
    const struct node *rows = node_get(answer, "rows"), *e = node_first(rows);
    size_t n = 1;
    struct pick_item *item = talloc_zero_array(ctx, struct pick_item, (unsigned)rows->n + 1);
    int64_t *id = talloc_zero_array(ctx, int64_t, (unsigned)rows->n + 1);
    MUST(item && id);
    item[0].label = _("现在的数字");
    for (; e; e = e->next, n++) {
        id[n] = node_num(e, "id", 0);
        item[n].label = text_printf(ctx, _("%s %s 第 %s 版"), node_text_or(e, "period", ""),
                                    node_text_or(e, "title", ""), node_text_or(e, "edition", ""));
        item[n].hint = text_printf(ctx, "%s %.16s %s", _(node_text_or(e, "state_text", "")),
                                   node_text_or(e, "cutoff", ""), node_text_or(e, "by", ""));
    }
    struct pick pick = {.title = _("冻结的报表"), .items = item, .n = n};
    int i = popup_pick(app, &pick);
    int64_t was = t->frozen;
    if (i >= 0) {
        t->frozen = id[i];
        if (sheet_load(app, t) < 0)
            t->frozen = was;
    }
    talloc_free(ctx);
}

/* What an edition corrects, and the exceptions listed on it. */
static char *about_text(const struct sheet *t, void *ctx)
{
    char *s = text_printf(ctx, "%s\n", _(node_text_or(t->head, "definition", "")));
    const struct node *d = node_first(node_get(t->head, "differences"));
    if (*node_text_or(t->head, "note", ""))
        s = talloc_asprintf_append(s, _("\n说明：%s\n"), node_text(t->head, "note"));
    if (*node_text_or(t->head, "exceptions", ""))
        s = talloc_asprintf_append(s, _("\n例外说明：\n%s\n"), node_text(t->head, "exceptions"));
    if (d)
        s = talloc_asprintf_append(s, _("\n和上一版不同的：\n"));
    for (; d; d = d->next)
        s = talloc_asprintf_append(s, _("%s %s %s：原来 %s，现在 %s\n"),
                                   node_text_or(d, "name", ""), node_text_or(d, "group", ""),
                                   node_text_or(d, "label", ""), node_text_or(d, "was", ""),
                                   node_text_or(d, "is", ""));
    for (const struct node *b = node_first(node_get(t->head, "broken")); b; b = b->next)
        s = talloc_asprintf_append(s, _("检验不通过：%s\n"), b->str);
    MUST(s);
    return s;
}

static void about(struct app *app, struct sheet *t)
{
    void *ctx = talloc_new(t);
    popup_pager(app, _("口径和说明"), about_text(t, ctx));
    talloc_free(ctx);
}

/* ---- keys ---- */

static void menu(struct app *app, struct sheet *t)
{
    enum { REPORT = 1, CROSS = 2, BOTH = 3 };
    static const struct {
        const char *label, *hint;
        void (*run)(struct app *, struct sheet *);
        const char *right;
        int of;
    } entries[] = {
        {N_("时间"), N_("看另一天、另一个月或季度（F5）"), ask_period, NULL, REPORT},
        {N_("区划"), N_("看一个乡镇或村（F4）"), ask_division, NULL, REPORT},
        {N_("到村"), N_("列到每个村(居)，或只列下一级（*）"), toggle_deep, NULL, REPORT},
        {N_("冻结的报表"), N_("以前冻结的各版（F2）"), editions, NULL, REPORT},
        {N_("冻结"), N_("数字照存不再变，上报用（F6）"), freeze, "report.freeze", REPORT},
        {N_("换条件"), N_("换分行、分列、条件，存下，打开存下的（F2）"), cross_again, NULL, CROSS},
        {N_("做成表格"), N_("XLSX、PDF、CSV，放进取件箱（F10）"), sheet_take_out, NULL, BOTH},
        {N_("口径和说明"), N_("数的是什么，例外，更正了什么"), about, NULL, REPORT},
    };
    struct pick_item items[NELEM(entries)] = {{0}};
    size_t which[NELEM(entries)], n = 0;
    for (size_t i = 0; i < NELEM(entries); i++)
        if ((!entries[i].right || session_may(t->s, entries[i].right)) &&
            (entries[i].of & (t->cross ? CROSS : REPORT))) {
            which[n] = i;
            items[n++] =
                (struct pick_item){.label = _(entries[i].label), .hint = _(entries[i].hint)};
        }
    int i = popup_menu(app, items, n, NULL, 0);
    if (i >= 0)
        entries[which[i]].run(app, t);
}

/* What is asked of reports only. */
static bool of_reports(enum action act)
{
    return act == ACT_REFRESH || act == ACT_PICK || act == ACT_NEW || act == ACT_MARK_ALL;
}

static enum handled sheet_act(struct app *app, struct sheet *t, enum action act)
{
    if (t->cross && of_reports(act))
        return KEY_IGNORED;
    switch (act) {
    case ACT_UP:
        return move_row(t, -1), KEY_TAKEN;
    case ACT_DOWN:
        return move_row(t, 1), KEY_TAKEN;
    case ACT_PGUP:
        return move_row(t, -page_rows(app)), KEY_TAKEN;
    case ACT_PGDN:
        return move_row(t, page_rows(app)), KEY_TAKEN;
    case ACT_NEXT:
        return move_col(t, 1), KEY_TAKEN;
    case ACT_PREV:
        return move_col(t, -1), KEY_TAKEN;
    case ACT_FIRST:
        return t->c = 0, KEY_TAKEN;
    case ACT_LAST:
        return move_col(t, (long)t->ncol), KEY_TAKEN;
    case ACT_OPEN:
        return open_cell(app, t), KEY_TAKEN;
    case ACT_REFRESH:
        return ask_period(app, t), KEY_TAKEN;
    case ACT_PICK:
        return ask_division(app, t), KEY_TAKEN;
    case ACT_EDIT:
        return t->cross ? cross_again(app, t) : editions(app, t), KEY_TAKEN;
    case ACT_MARK_ALL:
        return toggle_deep(app, t), KEY_TAKEN;
    case ACT_SAVE:
        return sheet_take_out(app, t), KEY_TAKEN;
    case ACT_MENU:
        return menu(app, t), KEY_TAKEN;
    case ACT_NEW:
        if (session_may(t->s, "report.freeze"))
            return freeze(app, t), KEY_TAKEN;
        return KEY_IGNORED;
    default:
        return KEY_IGNORED;
    }
}

static enum handled sheet_key(struct app *app, struct screen *scr, const struct key *key,
                              enum action act)
{
    struct sheet *t = scr->state;
    bool left = key->kind == K_FUNC && key->code == KF_LEFT;
    if (key->kind == K_FUNC && key->code == KF_RIGHT)
        return move_col(t, 1), KEY_TAKEN;
    if (left && t->c > 0)
        return move_col(t, -1), KEY_TAKEN;
    if (jump_key(key))
        return jump_ask(app, t->s), KEY_TAKEN;
    return sheet_act(app, t, act);
}

static const char *sheet_enabled(struct app *app, struct screen *scr, enum action a)
{
    const struct sheet *t = scr->state;
    (void)app;
    if (t->cross && of_reports(a))
        return NULL;
    switch (a) {
    case ACT_REFRESH:
        return _("时间");
    case ACT_PICK:
        return _("区划");
    case ACT_EDIT:
        return t->cross ? _("换条件") : _("各版");
    case ACT_SAVE:
        return _("取表");
    case ACT_NEW:
        return session_may(t->s, "report.freeze") ? _("冻结") : NULL;
    case ACT_OPEN:
    case ACT_PGUP:
    case ACT_PGDN:
    case ACT_MARK_ALL:
        return "";
    default:
        return NULL;
    }
}

static const char *sheet_help(struct app *app, struct screen *scr)
{
    const struct sheet *t = scr->state;
    (void)app;
    if (t->cross)
        return _(
            "箭头键走到一个数字，回车看名单；F2 换分行、分列、条件，存下或打开存下的；F10 取表。");
    return text_printf(
        t->mem,
        _("箭头键走到一个数字，回车看是哪些孩子；Tab 到下一列，右边还有列就往右走。\n"
          "F5 换时间，F4 换区划，* 列到每个村，F2 看冻结过的各版，F6 冻结，F10 取表。\n"
          "未满期的数字截至今天，期满以后才能冻结。\n\n%s"),
        _(node_text_or(t->head, "definition", "")));
}

static const struct screen_ops sheet_ops = {
    .draw = sheet_draw, .key = sheet_key, .enabled = sheet_enabled, .help = sheet_help};

/* ---- opening ---- */

/* A monthly report is of the month that is over; what has no months is of today. */
static char *first_period(void *ctx, const struct session *s, const struct node *report)
{
    struct date d = s->today;
    bool month = false;
    for (const struct node *p = node_first(node_get(report, "periods")); p; p = p->next)
        month = month || strcmp(p->str, "month") == 0;
    d.d = 1;
    d = date_add_days(d, -1);
    return month ? text_printf(ctx, "%04d-%02d", d.y, d.m) : talloc_strdup(ctx, "");
}

static void sheet_open(struct app *app, struct session *s, const struct node *report)
{
    struct sheet *t = talloc_zero(NULL, struct sheet);
    MUST(t);
    t->s = s;
    t->report = talloc_strdup(t, node_text_or(report, "name", ""));
    t->period = first_period(t, s, report);
    if (sheet_load(app, t) == 0)
        app_push(app, &sheet_ops, t);
    else
        talloc_free(t);
}

void sheet_open_cross(struct app *app, struct session *s, const struct node *spec)
{
    struct sheet *t = talloc_zero(NULL, struct sheet);
    MUST(t);
    t->s = s;
    t->report = "count";
    t->period = "";
    t->cross = node_copy(node_list(t), NULL, spec);
    if (sheet_load(app, t) == 0)
        app_push(app, &sheet_ops, t);
    else
        talloc_free(t);
}

void sheet_choose(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct node *answer;
    if (session_call(app, s, ctx, OP_STAT_LIST, node_map(ctx), &answer) == 0) {
        const struct node *rows = node_get(answer, "rows"), *e = node_first(rows);
        size_t n = 0;
        struct pick_item *item = talloc_zero_array(ctx, struct pick_item, (unsigned)rows->n + 1);
        MUST(item);
        for (; e; e = e->next)
            item[n++].label = _(node_text_or(e, "label", ""));
        struct pick pick = {.title = _("统计报表"), .items = item, .n = n};
        int i = n ? popup_pick(app, &pick) : HE_CANCELLED;
        for (e = node_first(rows); i > 0; i--)
            e = e->next;
        if (i == 0)
            sheet_open(app, s, e);
    }
    talloc_free(ctx);
}
