/*
 * 今日工作: what is due, as numbered counts that open their lists, what hurts most first; below it, for
 * who looks after several, villages or townships ranked by the work they owe; beside them every screen
 * one may use. Views with nothing in them fold into one line; each keeps its number whatever is folded,
 * so hands learn it. Read on entering only.
 */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/encoding.h"
#include "tui/home_draft.h"
#include "tui/home_places.h"
#include "tui/home_sweep.h"
#include "tui/jump.h"
#include "tui/keytest.h"
#include "tui/list.h"
#include "tui/popup.h"
#include "tui/sweep.h"

enum { SCREENS_COL = 46, COUNT_COL = 30 };

enum line_kind { LINE_TODO, LINE_FOLDED, LINE_SWEEP, LINE_HEAD, LINE_PLACE };

struct line {
    enum line_kind kind;
    size_t i; /* of the row of todo, of the place */
};

struct home {
    struct session *s;
    const struct node **row; /* of todo, by rank */
    struct node *mem;
    size_t n; /* todo rows */
    struct line *line;
    size_t nline;
    struct home_places places;
    struct home_sweeps sweeps;
    bool unfolded;
    struct jump *jump;
    size_t njump;
    size_t at;  /* below nline: a line, else a screen */
    size_t top; /* first line shown */
    int typed;  /* number typed so far, 0 none */
    bool begun; /* drafts were offered */
};

/* One that was too long to count may hold something. */
static bool is_due(const struct node *e)
{
    const struct node *count = node_get(e, "count");
    return node_num(e, "count", 0) > 0 || (count && count->type == NODE_NIL);
}

static bool any_due(const struct home *h)
{
    for (size_t i = 0; i < h->n; i++)
        if (is_due(h->row[i]))
            return true;
    return false;
}

static void add_line(struct home *h, enum line_kind kind, size_t i)
{
    h->line = talloc_realloc(h, h->line, struct line, (unsigned)h->nline + 1);
    MUST(h->line);
    h->line[h->nline++] = (struct line){kind, i};
}

static void lay_lines(struct home *h)
{
    size_t due = 0;
    bool screen = h->at >= h->nline; /* where the cursor is stays where it is */
    struct line at = screen ? (struct line){LINE_TODO, h->at - h->nline} : h->line[h->at];
    h->nline = 0;
    for (size_t i = 0; i < h->n; i++)
        if (h->unfolded || is_due(h->row[i]))
            add_line(h, LINE_TODO, i);
    due = h->nline;
    if (due < h->n)
        add_line(h, LINE_FOLDED, h->n - due);
    for (size_t i = 0; i < home_sweeps_n(&h->sweeps); i++)
        add_line(h, LINE_SWEEP, i);
    if (home_places_any(&h->places))
        add_line(h, LINE_HEAD, 0);
    for (size_t i = 0; i < home_places_n(&h->places); i++)
        add_line(h, LINE_PLACE, i);
    h->at = screen ? h->nline + at.i : 0;
    for (size_t i = 0; !screen && i < h->nline; i++)
        if (h->line[i].kind < at.kind || (h->line[i].kind == at.kind && h->line[i].i <= at.i))
            h->at = i;
    h->top = 0;
}

static int rank_of(const struct home *h, const struct node *e)
{
    const struct form *f = dict_form(h->s->dict, node_text_or(e, "type", ""));
    const struct form_view *v = f ? form_view(f, node_text_or(e, "view", "")) : NULL;
    return v ? v->rank : VIEW_RANK;
}

/* Sorted by rank; equal ones stay as they came. */
static void sort_rows(struct home *h, const struct node *rows)
{
    h->row = talloc_realloc(h, h->row, const struct node *, (rows ? (unsigned)rows->n : 0) + 1);
    MUST(h->row);
    h->n = 0;
    for (const struct node *e = node_first(rows); e; e = e->next) {
        size_t i = h->n++;
        for (; i > 0 && rank_of(h, h->row[i - 1]) > rank_of(h, e); i--)
            h->row[i] = h->row[i - 1];
        h->row[i] = e;
    }
}

/* What takes longer than the counts: nobody waits for it. */
static void later(struct app *app, void *arg)
{
    struct home *h = arg;
    home_sweeps_load(app, h->s, h, &h->sweeps);
    if (home_places_wanted(h->s))
        home_places_load(app, h->s, h, &h->places, false);
    lay_lines(h);
}

static void load(struct app *app, struct home *h)
{
    struct node *answer;
    if (session_call(app, h->s, h, OP_TODO, NULL, &answer) < 0)
        return;
    talloc_free(h->mem);
    h->mem = answer;
    sort_rows(h, node_get(answer, "rows"));
    lay_lines(h);
    app_after(app, 0, later, h);
}

static void home_leave(struct app *app, struct screen *scr)
{
    app_after(app, -1, later, scr->state);
}

static void home_enter(struct app *app, struct screen *scr)
{
    struct home *h = scr->state;
    load(app, h);
    if (h->begun)
        return;
    h->begun = true;
    h->at = 0;
    home_draft_offer(app, h->s);
}

/* ---- drawing ---- */

static const char *const weekdays[] = {N_("星期日"), N_("星期一"), N_("星期二"), N_("星期三"),
                                       N_("星期四"), N_("星期五"), N_("星期六")};

static void draw_view(struct home *h, const struct frame *f)
{
    char day[11];
    const struct node *last = node_get(h->s->me, "last");
    char *s = text_printf(h, "%s %s", date_format(h->s->today, day),
                          _(weekdays[date_weekday(h->s->today)]));
    draw_text(&f->view, 0, 0, ATTR_NORMAL, s);
    talloc_free(s);
    if (h->typed > 0) {
        s = text_printf(h, _("第 %d 项，按回车打开"), h->typed);
        draw_text(&f->view, 0, SCREENS_COL, ATTR_BOLD, s);
        talloc_free(s);
    } else if (last) {
        char when[20] = "";
        date_time_format(node_num(last, "time", 0), when);
        s = text_printf(h, _("上次登录 %.16s %s"), when, node_text_or(last, "from", ""));
        draw_text(&f->view, 0, 22, ATTR_NORMAL, s);
        talloc_free(s);
    }
}

/* Views of two types may have the same name: then the type is said too. */
static char *todo_label(const struct home *h, void *ctx, const struct node *e)
{
    const char *label = node_text_or(e, "label", "");
    const struct form *f = dict_form(h->s->dict, node_text_or(e, "type", ""));
    size_t same = 0;
    for (size_t i = 0; i < h->n; i++)
        same += strcmp(node_text_or(h->row[i], "label", ""), label) == 0;
    return same > 1 && f ? text_printf(ctx, "%s（%s）", _(label), _(f->label))
                         : talloc_strdup(ctx, _(label));
}

static void draw_due(struct home *h, const struct region *r, int row, int end, size_t i)
{
    char no[24], count[24];
    const struct node *e = h->row[i];
    enum attr attr = is_due(e) ? ATTR_BOLD : ATTR_NORMAL;
    bool unknown = node_get(e, "count") && node_get(e, "count")->type == NODE_NIL;
    snprintf(no, sizeof(no), "%2zu", i + 1);
    snprintf(count, sizeof(count), "%lld", (long long)node_num(e, "count", 0));
    char *label = todo_label(h, h, e);
    draw_text(r, row, 2, ATTR_NORMAL, no);
    draw_cols(r, row, 5, end - 5, attr, ALIGN_LEFT, label);
    draw_cols(r, row, end, 7, attr, ALIGN_RIGHT, unknown ? _("未计数") : count);
    talloc_free(label);
}

static void draw_line(struct home *h, const struct region *r, size_t line, bool wide)
{
    int row = (int)(line - h->top) + 1, end = wide ? COUNT_COL : r->cols - 8;
    struct line l = h->line[line];
    draw_text(r, row, 0, ATTR_NORMAL, h->at == line ? ">" : " ");
    if (l.kind == LINE_TODO) {
        draw_due(h, r, row, end, l.i);
    } else if (l.kind == LINE_FOLDED) {
        char *folded = text_printf(h, _("其余 %zu 项现在没有，回车看"), l.i);
        draw_cols(r, row, 5, end + 7 - 5, ATTR_NORMAL, ALIGN_LEFT, folded);
        talloc_free(folded);
    } else {
        struct region part = draw_sub(r, row, 2, 1, wide ? SCREENS_COL - 4 : r->cols - 2);
        if (l.kind == LINE_SWEEP)
            home_sweeps_draw(&h->sweeps, &part, l.i);
        else if (l.kind == LINE_HEAD)
            home_places_draw_head(&h->places, &part);
        else
            home_places_draw(&h->places, &part, l.i);
    }
}

static int wider(int w, const char *text)
{
    int n = text_width(text, 1);
    return n > w ? n : w;
}

/* Code, label and initials stand below each other, however long the labels are. */
static void draw_screens(struct home *h, const struct region *r, int col)
{
    int code = 2, label = 9, alias = 4, at;
    for (size_t i = 0; i < h->njump; i++) {
        code = wider(code, h->jump[i].code);
        label = wider(label, h->jump[i].label);
        alias = wider(alias, h->jump[i].alias);
    }
    at = col + 2 + code + 1;
    if (at + label + 1 + alias > r->cols)
        label = r->cols - alias - 1 - at;
    draw_text(r, 0, col, ATTR_BOLD, _("功能（按 = 再输代码）"));
    for (size_t i = 0; i < h->njump && (int)i + 1 < r->rows; i++) {
        int row = (int)i + 1;
        draw_text(r, row, col, ATTR_NORMAL, h->at == h->nline + i ? ">" : " ");
        draw_text(r, row, col + 2, ATTR_NORMAL, h->jump[i].code);
        draw_cols(r, row, at, label, ATTR_NORMAL, ALIGN_LEFT, h->jump[i].label);
        draw_text(r, row, at + label + 1, ATTR_NORMAL, h->jump[i].alias);
    }
}

static void home_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct home *h = scr->state;
    bool wide = f->body.cols >= SCREENS_COL + 24;
    (void)app;
    draw_title(f, _("10 今日工作"), session_badge(h->s));
    draw_view(h, f);
    draw_text(&f->body, 0, 0, ATTR_BOLD,
              !h->n                              ? ""
              : h->nline >= (size_t)f->body.rows ? _("今天要办的事（往下还有）")
                                                 : _("今天要办的事"));
    size_t fit = (size_t)f->body.rows - 1;
    if (h->at < h->nline && h->at < h->top)
        h->top = h->at;
    if (h->at < h->nline && h->at >= h->top + fit)
        h->top = h->at - fit + 1;
    for (size_t i = h->top; i < h->nline && i < h->top + fit; i++)
        draw_line(h, &f->body, i, wide);
    if (wide || h->n == 0)
        draw_screens(h, &f->body, h->n ? SCREENS_COL : 0);
    bool none = h->n > 0 && !any_due(h);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              none ? _("今天没有要办的事。按 / 找孩子，F6 登记，F9 看全部功能。")
                   : _("输入编号再按回车打开名单；/ 找孩子，F9 看全部功能。"));
    bool left = h->at < h->nline;
    draw_caret(&f->body, (int)(left ? h->at - h->top : h->at - h->nline) + 1,
               left || !h->n ? 1
               : wide        ? SCREENS_COL + 1
                             : 1);
}

/* ---- keys ---- */

static void unfold(struct home *h)
{
    h->unfolded = true;
    lay_lines(h);
}

static void open_todo(struct app *app, struct home *h, const struct node *e)
{
    const char *type = node_text_or(e, "type", ""), *view = node_text_or(e, "view", "");
    /* rows of a sweep are answered in its grid */
    if (strcmp(type, "sweep_item") == 0 && strcmp(view, "todo") == 0)
        sweep_grid_open(app, h->s);
    else
        list_open(app, h->s, type, view, NULL, NULL);
}

static void open_line(struct app *app, struct home *h, struct line l)
{
    if (l.kind == LINE_TODO) {
        open_todo(app, h, h->row[l.i]);
    } else if (l.kind == LINE_FOLDED) {
        unfold(h);
    } else if (l.kind == LINE_SWEEP) {
        home_sweeps_open(app, h->s, &h->sweeps, l.i);
    } else if (l.kind == LINE_PLACE) {
        home_places_open(app, h->s, &h->places, l.i);
    } else {
        home_places_load(app, h->s, h, &h->places, true);
        lay_lines(h);
    }
}

static void open_at(struct app *app, struct home *h)
{
    h->typed = 0;
    if (h->at < h->nline)
        open_line(app, h, h->line[h->at]);
    else if (h->at - h->nline < h->njump)
        jump_go(app, h->s, &h->jump[h->at - h->nline]);
}

static void move(struct home *h, int by)
{
    size_t all = h->nline + h->njump;
    h->typed = 0;
    if (by > 0 ? h->at + 1 < all : h->at > 0)
        h->at = by > 0 ? h->at + 1 : h->at - 1;
}

static bool to_row(struct home *h, size_t i)
{
    for (size_t k = 0; k < h->nline; k++)
        if (h->line[k].kind == LINE_TODO && h->line[k].i == i)
            return h->at = k, true;
    return false;
}

/* A number is always followed by Enter, as everywhere: an Enter too many would open a record. */
static void number(struct app *app, struct home *h, int digit)
{
    size_t n = (size_t)h->typed * 10 + (size_t)digit;
    if (n == 0 || n > h->n) {
        app_message(app, _("没有第 %zu 项。"), n);
        h->typed = 0;
        return;
    }
    if (!to_row(h, n - 1)) {
        unfold(h);
        to_row(h, n - 1);
    }
    h->typed = (int)n;
}

static void new_child(struct app *app, struct home *h)
{
    if (session_may(h->s, "child.add"))
        form_open(app, h->s, &(struct form_ask){.type = "child"}, NULL);
    else
        app_message(app, _("您没有登记儿童的权限。"));
    load(app, h);
}

static void find_child(struct app *app, struct home *h)
{
    if (session_may(h->s, "child.read"))
        list_open_filter(app, h->s, "child");
    else
        app_message(app, _("您没有查看儿童档案的权限。"));
}

/* What F9 offers here: every screen, and the matters of the program itself. */
static void home_menu(struct app *app, struct home *h)
{
    enum { DRAFTS, ENCODING, KEYTEST, HELP, OWN };
    size_t n = h->njump;
    struct pick_item *items = talloc_zero_array(h, struct pick_item, n + OWN);
    MUST(items);
    for (size_t i = 0; i < n; i++)
        items[OWN + i] = (struct pick_item){
            .code = h->jump[i].code, .label = h->jump[i].label, .hint = h->jump[i].help};
    items[DRAFTS] = (struct pick_item){
        .code = "11", .label = _("草稿"), .hint = _("没有录完的内容，接着录或丢弃")};
    items[ENCODING] = (struct pick_item){
        .code = "12", .label = _("汉字编码"), .hint = _("屏幕是乱码时，下次登录重新问一次")};
    items[KEYTEST] =
        (struct pick_item){.code = "13", .label = _("按键测试"), .hint = _("看每个按键送来了什么")};
    items[HELP] =
        (struct pick_item){.code = "19", .label = _("帮助"), .hint = _("全部按键和本屏说明")};
    struct pick p = {.title = _("菜单"), .items = items, .n = n + OWN};
    int i = popup_pick(app, &p);
    if (i >= OWN)
        jump_go(app, h->s, &h->jump[i - OWN]);
    else if (i == DRAFTS)
        home_draft_list(app, h->s);
    else if (i == ENCODING)
        encoding_forget(app);
    else if (i == KEYTEST)
        keytest_show(app);
    else if (i == HELP)
        app_send_action(app, ACT_HELP);
    talloc_free(items);
}

static bool leave_sure(struct app *app)
{
    return popup_confirm(app, _("退出"), _("现在退出护童吗？"), _("退出"));
}

static enum handled home_key(struct app *app, struct screen *scr, const struct key *key,
                             enum action act)
{
    struct home *h = scr->state;
    int digit = keys_digit(key);
    if (digit >= 0)
        return number(app, h, digit), KEY_TAKEN;
    if (jump_key(key))
        return jump_ask(app, h->s), KEY_TAKEN;
    switch (act) {
    case ACT_UP:
    case ACT_PREV:
        return move(h, -1), KEY_TAKEN;
    case ACT_DOWN:
    case ACT_NEXT:
        return move(h, 1), KEY_TAKEN;
    case ACT_FIRST:
        return h->at = 0, KEY_TAKEN;
    case ACT_OPEN:
        return open_at(app, h), KEY_TAKEN;
    case ACT_REFRESH:
        return load(app, h), KEY_TAKEN;
    case ACT_NEW:
        return new_child(app, h), KEY_TAKEN;
    case ACT_FILTER:
        return find_child(app, h), KEY_TAKEN;
    case ACT_MENU:
        return home_menu(app, h), KEY_TAKEN;
    case ACT_BACK:
        if (leave_sure(app))
            app_close(app, scr, 0);
        return KEY_TAKEN;
    default:
        h->typed = 0;
        return KEY_IGNORED;
    }
}

static const char *home_enabled(struct app *app, struct screen *scr, enum action a)
{
    struct home *h = scr->state;
    (void)app;
    if (a == ACT_BACK)
        return _("退出");
    if (a == ACT_NEW)
        return session_may(h->s, "child.add") ? _("登记") : NULL;
    return a == ACT_REFRESH || a == ACT_OPEN || a == ACT_FILTER ? "" : NULL;
}

static const char *home_help(struct app *app, struct screen *scr)
{
    (void)app;
    (void)scr;
    return _("左边是今天要办的事，数字是还有几件，输入编号再按回车打开名单。\n"
             "现在没有的几项收在一行里，在那一行按回车就展开。\n"
             "下面按欠办的多少排各村（县里排各镇），回车看是哪几项。\n"
             "右边是可以用的功能，按 = 再输入代码或拼音首字母（如 =31 或 =etdj）就到。\n"
             "按 / 找孩子：输入姓名、拼音首字母、身份证号或电话的几位。\n"
             "旁边有人时按 Ctrl-\\ 或 Esc 空格，屏幕马上遮住，回车恢复。");
}

static const struct screen_ops home_ops = {
    .enter = home_enter,
    .leave = home_leave,
    .draw = home_draw,
    .key = home_key,
    .enabled = home_enabled,
    .help = home_help,
};

void home_open(struct app *app, struct session *s)
{
    struct home *h = talloc_zero(NULL, struct home);
    MUST(h);
    h->s = s;
    h->jump = jump_list(h, s, &h->njump);
    app_push(app, &home_ops, h);
}
