/* F9 of a list: everything that can be done with it, numbered; views, columns, sort, division. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/list.h"
#include "tui/matter.h"
#include "tui/print.h"
#include "tui/review.h"
#include "tui/sweep.h"

enum { SORTS = 32 };

const struct form_view *list_first_view(const struct session *s, const struct form *form)
{
    for (size_t i = 0; i < form->nview; i++)
        if (session_has_role(s, form->view[i].roles))
            return &form->view[i];
    return NULL;
}

void list_set_view(struct app *app, struct list *l, const struct form_view *view)
{
    l->view = view;
    l->where = l->where_label = l->sort = NULL;
    l->chosen = NULL;
    l->nmark = 0;
    list_restart(app, l);
}

/* ---- views ---- */

static void menu_view(struct app *app, struct list *l)
{
    void *ctx = talloc_new(l);
    struct saved *mine;
    size_t own = list_saved(app, l, ctx, &mine), n = own, at = 0;
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, own + l->form->nview + 1);
    const struct form_view **view =
        talloc_zero_array(ctx, const struct form_view *, own + l->form->nview + 1);
    MUST(items && view);
    for (size_t i = 0; i < own; i++)
        items[i] = (struct pick_item){.label = mine[i].name, .hint = _("我的名单")};
    for (size_t i = 0; i < l->form->nview; i++)
        if (session_has_role(l->s, l->form->view[i].roles)) {
            at = l->view == &l->form->view[i] ? n : at;
            items[n].label = _(l->form->view[i].label);
            view[n++] = &l->form->view[i];
        }
    if (!l->view)
        at = n;
    items[n++].label = _("全部（含已退出）");
    for (size_t i = 0; i < own; i++)
        at = l->where_label && strcmp(l->where_label, mine[i].name) == 0 ? i : at;
    struct pick p = {.title = _("名单"), .items = items, .n = n, .at = at};
    int i = popup_pick(app, &p);
    if (i >= (int)own)
        list_set_view(app, l, view[i]);
    else if (i >= 0)
        list_saved_take(app, l, &mine[i]);
    talloc_free(ctx);
}

/* ---- sort ---- */

/* What the server sorts quickly: the view's own order, then indexed fields, both ways. */
static size_t sorts(const struct list *l, const char *out[SORTS], void *ctx)
{
    size_t n = 0;
    out[n++] = NULL;
    for (size_t i = 0; i < l->form->nfield && n + 2 <= SORTS; i++) {
        const struct form_field *f = &l->form->field[i];
        if (!f->index || f->retired || f->class > CLASS_B)
            continue;
        const char *own = l->view && l->view->sort ? l->view->sort : "";
        if (strcmp(own, f->name) != 0)
            out[n++] = f->name;
        out[n++] = text_printf(ctx, "-%s", f->name);
    }
    return n;
}

static void set_sort(struct app *app, struct list *l, const char *sort)
{
    l->sort = sort ? talloc_strdup(l, sort) : NULL;
    list_restart(app, l);
}

/* The next one of those that are columns here. */
void list_sort_next(struct app *app, struct list *l)
{
    const char *order[SORTS];
    void *ctx = talloc_new(l);
    size_t n = sorts(l, order, ctx), at = 0;
    while (at < n && !(l->sort ? order[at] && strcmp(order[at], l->sort) == 0 : !order[at]))
        at++;
    for (size_t k = 0; k < n; k++) {
        const char *s = order[++at % n];
        bool shown = !s;
        for (size_t c = 0; s && c < l->ncol; c++)
            shown = shown || strcmp(l->col[c].name, s + (*s == '-')) == 0;
        if (!shown)
            continue;
        set_sort(app, l, s);
        break;
    }
    char *label = list_sort_label(ctx, l);
    app_message(app, _("现在%s排列。"), *label ? label : _("按登记先后"));
    talloc_free(ctx);
}

static void menu_sort(struct app *app, struct list *l)
{
    const char *order[SORTS];
    void *ctx = talloc_new(l);
    size_t n = sorts(l, order, ctx);
    struct pick_item items[SORTS] = {{.label = _("名单原来的顺序")}};
    for (size_t i = 1; i < n; i++) {
        const struct form_field *f = form_field(l->form, order[i] + (*order[i] == '-'));
        items[i].label = text_printf(ctx, "%s%s", _(f->label), *order[i] == '-' ? _("倒序") : "");
    }
    struct pick p = {.title = _("按什么排列"), .items = items, .n = n};
    int i = popup_pick(app, &p);
    if (i >= 0)
        set_sort(app, l, order[i]);
    talloc_free(ctx);
}

/* ---- division ---- */

void list_set_area(struct app *app, struct list *l, const char *code)
{
    l->area = talloc_strdup(l, code);
    l->area_name = talloc_strdup(l, code);
    struct node *body = node_map(l), *answer;
    node_str(body, "below", "");
    node_str(body, "words", code);
    node_int(body, "limit", 1);
    if (session_call_quiet(app, l->s, body, OP_AREA_LIST, body, &answer, NULL) == 0)
        l->area_name =
            talloc_strdup(l, node_text_or(node_first(node_get(answer, "rows")), "title", l->area));
    talloc_free(body);
}

static void menu_area(struct app *app, struct list *l)
{
    char code[13];
    if (!pick_area(app, l->s, NULL, code))
        return;
    list_set_area(app, l, code);
    list_restart(app, l);
}

/* ---- the rest ---- */

static void decide(struct app *app, struct list *l, bool approve)
{
    if (!l->nmark && l->at < l->nrow)
        list_mark(l, l->row[l->at].id, true);
    if (review_bulk(app, l->s, l->mark, l->nmark, approve) > 0)
        l->nmark = 0;
    l->total = -1;
    l->npage = 1;
    list_reload(app, l);
}

static void menu_approve(struct app *app, struct list *l)
{
    decide(app, l, true);
}

static void menu_return(struct app *app, struct list *l)
{
    decide(app, l, false);
}

/*
 * Done with the current child; the list may have lost it then. Read anew before: what others changed
 * is marked, and only what is done here is no news.
 */
static void matter(struct app *app, struct list *l,
                   int (*ask)(struct app *, struct session *, uint64_t))
{
    uint64_t id = l->at < l->nrow ? l->row[l->at].id : 0;
    if (!id || list_reload(app, l) < 0 || l->at >= l->nrow || l->row[l->at].id != id) {
        app_message(app, id ? _("这一行已经不在名单里了。") : _("先把光标移到要办的那一行。"));
        return;
    }
    if (ask(app, l->s, id) > 0)
        l->row[l->at].version = 0;
    l->total = -1;
    list_reload(app, l);
}

static void menu_move(struct app *app, struct list *l)
{
    matter(app, l, matter_move);
}

static void menu_comeback(struct app *app, struct list *l)
{
    matter(app, l, matter_comeback);
}

static void menu_merge(struct app *app, struct list *l)
{
    matter(app, l, matter_merge);
}

static void menu_watch(struct app *app, struct list *l)
{
    matter(app, l, matter_watch);
}

static void menu_recall(struct app *app, struct list *l)
{
    matter(app, l, matter_recall);
}

static void menu_handover(struct app *app, struct list *l)
{
    if (!l->nmark && l->at < l->nrow)
        list_mark(l, l->row[l->at].id, true);
    if (matter_handover(app, l->s, l->mark, l->nmark) > 0)
        l->nmark = 0;
    l->total = -1;
    list_reload(app, l);
}

static void menu_checked(struct app *app, struct list *l)
{
    if (!l->nmark && l->at < l->nrow)
        list_mark(l, l->row[l->at].id, true);
    if (matter_checked(app, l->s, l->mark, l->nmark) > 0)
        l->nmark = 0;
    l->total = -1;
    l->npage = 1;
    list_reload(app, l);
}

/* Marked rows, or the one at the cursor, stand in the national system now. */
static void menu_synced(struct app *app, struct list *l)
{
    if (!l->nmark && l->at < l->nrow)
        list_mark(l, l->row[l->at].id, true);
    if (matter_synced(app, l->s, l->mark, l->mark_version, l->nmark) > 0)
        l->nmark = 0;
    l->total = -1;
    l->npage = 1;
    list_reload(app, l);
}

static void menu_book(struct app *app, struct list *l)
{
    print_book(app, l);
}

static void menu_roster(struct app *app, struct list *l)
{
    print_roster(app, l);
}

/* The doubts of the current file are as they are, for now: why. */
static void menu_excuse(struct app *app, struct list *l)
{
    uint64_t id = l->at < l->nrow ? l->row[l->at].id : 0;
    if (!id)
        return;
    form_open(app, l->s, &(struct form_ask){.type = "exception", .of = l->type, .of_id = id}, NULL);
    list_reload(app, l);
}

/* What is exported is what the list shows, but for the words of the filter. */
static void menu_export(struct app *app, struct list *l)
{
    const char *where = l->where;
    if (l->area && l->form->area)
        where = text_printf(l, "%s%s%s%s within '%s'", where ? "(" : "", where ? where : "",
                            where ? ") and " : "", l->form->area, l->area);
    export_open(app, l->s, l->type, l->view ? l->view->name : NULL, where, l->cell);
}

static void menu_unmark(struct app *app, struct list *l)
{
    (void)app;
    l->nmark = 0;
}

/* Behind a figure stands what it counts: it is narrowed, never exchanged for another list. */
static bool whole(const struct list *l)
{
    return !l->cell;
}

static bool always(const struct list *l)
{
    (void)l;
    return true;
}

static bool has_area(const struct list *l)
{
    return l->form->area != NULL;
}

static bool reviews(const struct list *l)
{
    return strcmp(l->type, "change") == 0 && session_may(l->s, "child.review");
}

static bool of_child(const struct list *l, const char *verb)
{
    return strcmp(l->type, "child") == 0 && session_may_do(l->s, "child", verb);
}

static bool moves(const struct list *l)
{
    return of_child(l, "transfer");
}

static bool leaves(const struct list *l)
{
    return of_child(l, "exit");
}

static bool merges(const struct list *l)
{
    return of_child(l, "merge");
}

static bool watches(const struct list *l)
{
    return of_child(l, "change");
}

static bool hands_over(const struct list *l)
{
    return of_child(l, "review");
}

static bool syncs(const struct list *l)
{
    return of_child(l, "sync");
}

static bool recalls(const struct list *l)
{
    return strcmp(l->type, "change") == 0 && session_may(l->s, "child.change");
}

static bool prints(const struct list *l)
{
    return session_may_do(l->s, l->type, "print");
}

static bool books(const struct list *l)
{
    return prints(l) && print_any(l->s, l->type);
}

static bool exports(const struct list *l)
{
    return session_may(l->s, "export.run");
}

static bool excuses(const struct list *l)
{
    return strcmp(l->type, "child") == 0 && session_may_do(l->s, "exception", "add");
}

static bool marked(const struct list *l)
{
    return l->nmark > 0;
}

static void menu_start(struct app *app, struct list *l)
{
    if (l->at < l->nrow && sweep_start(app, l->s, l->row[l->at].id) > 0)
        list_reload(app, l);
}

static void menu_progress(struct app *app, struct list *l)
{
    if (l->at < l->nrow)
        sweep_run_of(app, l->s, l->row[l->at].id);
}

static void menu_sign(struct app *app, struct list *l)
{
    if (l->at < l->nrow && sweep_sign_ask(app, l->s, l->row[l->at].id) > 0)
        list_reload(app, l);
}

static bool starts(const struct list *l)
{
    return strcmp(l->type, "sweep") == 0 && session_may(l->s, "sweep.open");
}

static bool sweeps(const struct list *l)
{
    return strcmp(l->type, "sweep") == 0;
}

static bool signs(const struct list *l)
{
    return strcmp(l->type, "bulletin") == 0 && session_may(l->s, "bulletin.approve");
}

static const struct entry {
    const char *label, *hint;
    bool (*ok)(const struct list *);
    void (*run)(struct app *, struct list *);
} entries[] = {
    {N_("审核通过"), N_("选上的各条，没有选时是当前这一条"), reviews, menu_approve},
    {N_("退回"), N_("写明原因，退给上报人修改"), reviews, menu_return},
    {N_("撤回"), N_("自己上报的，还没有生效"), recalls, menu_recall},
    {N_("开启排查"), N_("当前这一次：冻结名单，各村开始填"), starts, menu_start},
    {N_("排查进度"), N_("当前这一次：各镇各村，结束了的看结束时"), sweeps, menu_progress},
    {N_("签批"), N_("当前这一份：可以印发，或作废"), signs, menu_sign},
    {N_("名单"), N_("换一个名单"), whole, menu_view},
    {N_("区划"), N_("只看一个乡镇或村"), has_area, menu_area},
    {N_("计数"), N_("按一项分类，各有多少"), always, list_count_open},
    {N_("排序"), N_("换一种排列（Ctrl-T）"), always, menu_sort},
    {N_("列"), N_("选择显示哪些列"), always, list_pick_columns},
    {N_("存成我的名单"), N_("现在的筛选、排序和列，下次再选"), list_may_save, list_saved_add},
    {N_("删去我的名单"), N_("自己存过的"), list_may_save, list_saved_drop},
    {N_("转移到外村"), N_("当前这个孩子搬走了，档案跟着走"), moves, menu_move},
    {N_("恢复在册"), N_("退出过的孩子重新纳入"), leaves, menu_comeback},
    {N_("关注名单"), N_("列入或移出，不计入报表"), watches, menu_watch},
    {N_("核实无变化"), N_("选上的孩子本月都看过，档案没有变化"), watches, menu_checked},
    {N_("交接"), N_("选上的孩子换一位儿童主任负责"), hands_over, menu_handover},
    {N_("合并重复档案"), N_("当前这份和另一份是同一个孩子"), merges, menu_merge},
    {N_("标为已同步"), N_("选上的各份已经录入全国系统"), syncs, menu_synced},
    {N_("打印名册"), N_("把这个名单打印出来"), prints, menu_roster},
    {N_("打印整册"), N_("统计表和每人一份，印成一册"), books, menu_book},
    {N_("导出"), N_("做成表格放进取件箱"), exports, menu_export},
    {N_("写例外说明"), N_("当前这份的疑点情况属实，等上级批"), excuses, menu_excuse},
    {N_("去掉选择"), N_("选上的全部去掉"), marked, menu_unmark},
};

static const enum action common[] = {ACT_REFRESH, ACT_URGENT, ACT_MARK_ALL, ACT_HELP,
                                     ACT_LOG,     ACT_HIDE,   ACT_REPAINT};

void list_menu(struct app *app, struct list *l)
{
    struct pick_item items[NELEM(entries)];
    const struct entry *entry[NELEM(items)] = {0};
    size_t n = 0;
    for (size_t i = 0; i < NELEM(entries); i++)
        if (entries[i].ok(l)) {
            entry[n] = &entries[i];
            items[n++] =
                (struct pick_item){.label = _(entries[i].label), .hint = _(entries[i].hint)};
        }
    int i = popup_menu(app, items, n, common, NELEM(common));
    if (i >= 0)
        entry[i]->run(app, l);
}
