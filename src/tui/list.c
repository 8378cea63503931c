/* The list screen: opening it, keys. */
#include "tui/list.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/jump.h"

enum { FILTER_COLS = 16, FILTER_CHARS = 40, TYPING_MS = 150, MARK_MAX = 5000 };

/* ---- marks ---- */

bool list_marked(const struct list *l, uint64_t id)
{
    for (size_t i = 0; i < l->nmark; i++)
        if (l->mark[i] == id)
            return true;
    return false;
}

static uint32_t row_version(const struct list *l, uint64_t id)
{
    for (size_t i = 0; i < l->nrow; i++)
        if (l->row[i].id == id)
            return l->row[i].version;
    return 0;
}

static void mark_add(struct list *l, uint64_t id, uint32_t version)
{
    l->mark = talloc_realloc(l, l->mark, uint64_t, l->nmark + 1);
    l->mark_version = talloc_realloc(l, l->mark_version, uint32_t, l->nmark + 1);
    MUST(l->mark && l->mark_version);
    l->mark[l->nmark] = id;
    l->mark_version[l->nmark++] = version;
}

void list_mark(struct list *l, uint64_t id, bool on)
{
    if (on == list_marked(l, id))
        return;
    if (on) {
        mark_add(l, id, row_version(l, id));
        return;
    }
    for (size_t i = 0; i < l->nmark; i++)
        if (l->mark[i] == id) {
            l->mark[i] = l->mark[--l->nmark];
            l->mark_version[i] = l->mark_version[l->nmark];
        }
}

/* Every row of the list, read anew. */
static void mark_list(struct app *app, struct list *l)
{
    void *ctx = talloc_new(l);
    size_t n;
    if (l->total > MARK_MAX) {
        app_message(app, _("一次最多选 %d 条，这个名单有 %lld 条：先按 / 筛选，或换一个区划。"),
                    MARK_MAX, (long long)l->total);
    } else {
        const struct node **row = list_rows(app, l, ctx, &n);
        l->nmark = 0;
        for (size_t i = 0; row && i < n; i++)
            mark_add(l, (uint64_t)node_num(row[i], "id", 0),
                     (uint32_t)node_num(row[i], "version", 0));
        if (row)
            app_message(app, _("选上了名单里的全部 %zu 条；再按 * 去掉。"), n);
    }
    talloc_free(ctx);
}

/* First the page, then the whole list, then none any more. */
static void mark_more(struct app *app, struct list *l)
{
    bool page = false, pages = l->next || l->npage > 1;
    for (size_t i = 0; i < l->nrow; i++)
        page = page || !list_marked(l, l->row[i].id);
    if (!page && pages && (int64_t)l->nmark < l->total) {
        mark_list(app, l);
        return;
    }
    for (size_t i = 0; i < l->nrow; i++)
        list_mark(l, l->row[i].id, page);
    if (!page)
        l->nmark = 0;
    if (page && pages)
        app_message(app, _("选上了这一页的 %zu 条；再按 * 选上全部 %lld 条。"), l->nrow,
                    (long long)l->total);
}

/* ---- the filter ---- */

static void filter_now(struct app *app, void *arg)
{
    struct list *l = arg;
    char *words = text_clean(l, edit_text(l->filter), TEXT_HALFWIDTH, NULL);
    if (strcmp(words, l->words) == 0 && l->loaded) {
        talloc_free(words);
        return;
    }
    talloc_free(l->words);
    l->words = words;
    list_restart(app, l);
}

static void filter_end(struct app *app, struct list *l, bool clear)
{
    app_after(app, -1, filter_now, l);
    if (clear)
        edit_set(l->filter, "");
    filter_now(app, l);
    l->typing = false;
}

static enum handled filter_key(struct app *app, struct list *l, const struct key *key,
                               enum action act)
{
    if (act == ACT_CANCEL)
        return filter_end(app, l, true), KEY_TAKEN;
    enum handled h = edit_key(l->filter, key);
    if (edit_problem(l->filter))
        app_message(app, "%s", edit_problem(l->filter));
    if (h == KEY_TAKEN)
        return app_after(app, TYPING_MS, filter_now, l), h;
    if (act == ACT_NEXT || act == ACT_PREV || h == KEY_NEXT)
        return filter_end(app, l, false), KEY_TAKEN;
    if (act == ACT_BACK || act == ACT_MENU || act == ACT_NEW)
        filter_end(app, l, false);
    return KEY_IGNORED;
}

/* Letters and Han mean the filter: no command of a list is a bare letter. */
static bool begins_filter(const struct key *key)
{
    uint32_t c = key->kind == K_CHAR ? keys_plain(key->code) : 0;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x2E80;
}

/* ---- keys ---- */

/* Digits typed before rows are not to be lost by one arrow too many: another page waits for them. */
static bool page_waits(struct app *app, const struct list *l)
{
    for (size_t i = 0; i < l->nrow; i++)
        if (l->row[i].option) {
            app_message(app, _("这一页输入的编号还没有办：先按回车办完再翻页，退格去掉编号。"));
            return true;
        }
    return false;
}

static void move(struct app *app, struct list *l, int by)
{
    if (by < 0 && l->at > 0)
        l->at--;
    else if (by > 0 && l->at + 1 < l->nrow)
        l->at++;
    else if (by > 0 && l->next && !page_waits(app, l))
        list_page_move(app, l, 1);
    else if (by < 0 && l->npage > 1 && !page_waits(app, l)) {
        list_page_move(app, l, -1);
        l->at = l->nrow ? l->nrow - 1 : 0;
    }
}

static void option_key(struct app *app, struct list *l, int digit)
{
    if (l->at >= l->nrow)
        return;
    if (digit == 0 || list_option_ok(l, digit))
        l->row[l->at].option = digit;
    else {
        char *options = list_options(l, l);
        app_message(app, _("%d 在这里不能用。%s"), digit, options);
        talloc_free(options);
    }
}

static enum handled list_act(struct app *app, struct list *l, enum action act)
{
    switch (act) {
    case ACT_UP:
        return move(app, l, -1), KEY_TAKEN;
    case ACT_DOWN:
    case ACT_NEXT:
        return move(app, l, 1), KEY_TAKEN;
    case ACT_PGUP:
    case ACT_PGDN:
        if (!page_waits(app, l))
            list_page_move(app, l, act == ACT_PGDN ? 1 : -1);
        return KEY_TAKEN;
    case ACT_FIRST:
    case ACT_LAST:
        if (!page_waits(app, l))
            (void)(act == ACT_FIRST ? list_restart(app, l) : (list_last(app, l), 0));
        return KEY_TAKEN;
    case ACT_OPEN:
        return list_run(app, l), KEY_TAKEN;
    case ACT_EDIT:
        return list_do(app, l, 2), KEY_TAKEN;
    case ACT_NEW:
        return list_new(app, l), KEY_TAKEN;
    case ACT_RELATED:
        return list_do(app, l, 1), KEY_TAKEN;
    case ACT_REFRESH:
        l->total = -1;
        return list_reload(app, l), KEY_TAKEN;
    case ACT_SORT:
        return list_sort_next(app, l), KEY_TAKEN;
    case ACT_MENU:
        return list_menu(app, l), KEY_TAKEN;
    case ACT_FILTER:
        return l->typing = true, KEY_TAKEN;
    case ACT_MARK_ALL:
        return mark_more(app, l), KEY_TAKEN;
    case ACT_MARK:
        if (l->at < l->nrow) {
            list_mark(l, l->row[l->at].id, !list_marked(l, l->row[l->at].id));
            move(app, l, 1);
        }
        return KEY_TAKEN;
    case ACT_CANCEL:
        if (*l->words || *edit_text(l->filter))
            filter_end(app, l, true);
        return KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static enum handled list_key(struct app *app, struct screen *scr, const struct key *key,
                             enum action act)
{
    struct list *l = scr->state;
    int digit = keys_digit(key);
    if (l->typing) {
        enum handled h = filter_key(app, l, key, act);
        if (h != KEY_IGNORED)
            return h;
    } else if (digit >= 0) {
        return option_key(app, l, digit), KEY_TAKEN;
    } else if (key->kind == K_FUNC && (key->code == KF_BACKSPACE || key->code == KF_DEL)) {
        return option_key(app, l, 0), KEY_TAKEN;
    } else if (jump_key(key)) {
        l->stale = true;
        return jump_ask(app, l->s), KEY_TAKEN;
    } else if (act == ACT_NONE && begins_filter(key)) {
        l->typing = true;
        return filter_key(app, l, key, act);
    }
    return list_act(app, l, act);
}

static bool list_typing(struct app *app, struct screen *scr)
{
    (void)app;
    return ((struct list *)scr->state)->typing;
}

static const char *list_enabled(struct app *app, struct screen *scr, enum action a)
{
    const struct list *l = scr->state;
    (void)app;
    switch (a) {
    case ACT_EDIT:
        return list_option_ok(l, 2) ? "" : NULL;
    case ACT_RELATED:
        return list_option_ok(l, 1) ? "" : NULL;
    case ACT_NEW:
        return !l->form->system && session_may_do(l->s, l->type, "add") ? "" : NULL;
    case ACT_FILTER:
    case ACT_SORT:
    case ACT_REFRESH:
    case ACT_MARK:
    case ACT_MARK_ALL:
    case ACT_OPEN:
    case ACT_PGUP:
    case ACT_PGDN:
        return "";
    default:
        return NULL;
    }
}

static const char *list_help(struct app *app, struct screen *scr)
{
    const struct list *l = scr->state;
    char *options = list_options(scr->state, l);
    (void)app;
    return text_printf(
        scr->state,
        _("直接输入姓名、拼音首字母，或按 / 再输入号码的几位，名单随着变短；Esc Esc 清除。\n"
          "在一行前面输入数字，再按回车办理；可以先在几行前面都输入，一起办。\n"
          "%s\n"
          "空格选上一行，* 选上整页，再按一次选上整个名单，F9 "
          "里是对选上的行能办的事，还有名单、列、计数、打印、导出。\n"
          "行首的 ~ 表示这一条刚被别人改过。"),
        options);
}

static void list_enter(struct app *app, struct screen *scr)
{
    struct list *l = scr->state;
    if (!l->loaded)
        list_restart(app, l);
    else if (l->stale)
        list_reload(app, l);
}

static void list_leave(struct app *app, struct screen *scr)
{
    app_after(app, -1, filter_now, scr->state);
}

static const struct screen_ops list_ops = {
    .enter = list_enter,
    .draw = list_draw,
    .key = list_key,
    .leave = list_leave,
    .typing = list_typing,
    .enabled = list_enabled,
    .help = list_help,
};

/* ---- opening ---- */

static struct list *list_make(struct app *app, struct session *s, const char *type)
{
    const struct form *form = dict_form(s->dict, type);
    if (!form) {
        app_message(app, _("没有这种记录：%s"), type);
        return NULL;
    }
    struct list *l = talloc_zero(NULL, struct list);
    MUST(l);
    l->s = s;
    l->dict = s->dict;
    l->form = form;
    l->type = talloc_strdup(l, type);
    l->words = talloc_strdup(l, "");
    l->total = -1;
    l->page = talloc_zero_array(l, struct list_page, 1);
    l->npage = 1;
    l->filter = edit_new(l, &(struct edit_opts){.cols = FILTER_COLS, .max_chars = FILTER_CHARS});
    return l;
}

void list_open(struct app *app, struct session *s, const char *type, const char *view,
               const char *area, const char *where)
{
    struct list *l = list_make(app, s, type);
    if (!l)
        return;
    l->view = view ? form_view(l->form, view) : where ? NULL : list_first_view(s, l->form);
    l->area = area ? talloc_strdup(l, area) : NULL;
    l->where = where ? talloc_strdup(l, where) : NULL;
    app_push(app, &list_ops, l);
}

void list_open_of(struct app *app, struct session *s, const char *type, const char *of, uint64_t id,
                  const char *title)
{
    struct list *l = list_make(app, s, type);
    if (!l)
        return;
    l->of = talloc_strdup(l, of);
    l->of_id = id;
    l->where = text_printf(l, "%s = %llu", of, (unsigned long long)id);
    l->where_label = talloc_strdup(l, title);
    app_push(app, &list_ops, l);
}

void list_open_cell(struct app *app, struct session *s, const char *type, const struct node *cell,
                    const char *label)
{
    struct list *l = list_make(app, s, type);
    if (!l)
        return;
    l->cell = node_copy(node_list(l), NULL, cell);
    l->where_label = talloc_strdup(l, label);
    app_push(app, &list_ops, l);
}

void list_open_filter(struct app *app, struct session *s, const char *type)
{
    struct list *l = list_make(app, s, type);
    if (!l)
        return;
    l->view = list_first_view(s, l->form);
    l->typing = true;
    app_push(app, &list_ops, l);
}

void list_open_where(struct app *app, const struct list *like, const char *where, const char *label)
{
    struct list *l = list_make(app, like->s, like->type);
    if (!l)
        return;
    l->view = like->view;
    l->area = like->area ? talloc_strdup(l, like->area) : NULL;
    l->area_name = like->area_name ? talloc_strdup(l, like->area_name) : NULL;
    l->cell = like->cell ? node_copy(node_list(l), NULL, like->cell) : NULL;
    l->where =
        like->where ? text_printf(l, "(%s) and (%s)", like->where, where) : talloc_strdup(l, where);
    l->where_label = talloc_strdup(l, label);
    app_push(app, &list_ops, l);
}
