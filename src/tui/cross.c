/*
 * 临时统计: rows, columns, filter, division and day are chosen from one short menu that stays open; the
 * result is a sheet, each figure opens its list, and the whole is kept under a name (saved_view, kind 2).
 */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "tui/list.h"
#include "tui/pick_find.h"
#include "tui/popup.h"
#include "tui/sheet.h"

#define TYPE  "child"
#define SAVED "saved_view"
#define KIND  "2" /* forms/codes/saved_view_kind.csv */

enum { NAME_CHARS = 30, FIELDS_MAX = 200 };

struct cross {
    struct session *s;
    const struct form *form;
    const char *rows, *columns, *where, *where_label, *area, *area_name, *day, *name;
};

/* ---- words for people ---- */

static const char *by_label(const struct cross *c, const char *by)
{
    const struct form_field *f;
    if (!by || !*by)
        return _("不分");
    if (strcmp(by, FORM_TOWN) == 0)
        return _("乡镇");
    f = form_field(c->form, by);
    return f ? _(f->label) : by;
}

/* ---- choosing ---- */

/* Fields with few values: choices, yes or no, places, people. */
static bool can_divide(const struct form_field *f)
{
    const char *t = f->type->name;
    return !f->retired &&
           (strcmp(t, "code") == 0 || strcmp(t, "codes") == 0 || strcmp(t, "yesno") == 0 ||
            strcmp(t, "area") == 0 || strcmp(t, "user") == 0);
}

static const char *pick_by(struct app *app, struct cross *c, const char *title, bool none)
{
    void *ctx = talloc_new(c);
    struct pick_item items[FIELDS_MAX + 2] = {{0}};
    const char *by[FIELDS_MAX + 2], *got = NULL;
    size_t n = 0;
    if (none) {
        by[n] = "";
        items[n++].label = _("不分列，只要合计");
    }
    by[n] = FORM_TOWN;
    items[n++].label = _("乡镇");
    for (size_t i = 0; i < c->form->nfield && n < NELEM(items); i++)
        if (can_divide(&c->form->field[i])) {
            by[n] = c->form->field[i].name;
            items[n++].label = _(c->form->field[i].label);
        }
    struct pick p = {.title = title, .items = items, .n = n};
    int i = popup_pick(app, &p);
    if (i >= 0)
        got = by[i];
    talloc_free(ctx);
    return got;
}

static void pick_where(struct app *app, struct cross *c)
{
    static const struct edit_opts opts = {.cols = 50, .max_chars = 300};
    size_t n = 0, room = c->form->nview + 2;
    const struct form_view **view = talloc_zero_array(c, const struct form_view *, (unsigned)room);
    struct pick_item *items = talloc_zero_array(view, struct pick_item, (unsigned)room);
    MUST(view && items);
    for (size_t i = 0; i < c->form->nview; i++)
        if (session_has_role(c->s, c->form->view[i].roles)) {
            view[n] = &c->form->view[i];
            items[n++].label = _(c->form->view[i].label);
        }
    items[n].label = _("自己写条件");
    items[n].hint = "sex = '2' and age(birth_date) < 6";
    items[n + 1].label = _("不筛选");
    struct pick p = {.title = _("统计哪些"), .items = items, .n = n + 2};
    int i = popup_pick(app, &p);
    if (i >= 0 && (size_t)i == n) {
        char *text =
            popup_ask(app, c, _("自己写条件"), _("条件："), c->where ? c->where : "", &opts);
        c->where = text ? text : c->where;
        c->where_label = c->where;
    } else if (i >= 0) {
        c->where = view[i] ? view[i]->where_text : NULL;
        c->where_label = view[i] ? _(view[i]->label) : NULL;
    }
    talloc_free(view);
}

static void pick_place(struct app *app, struct cross *c)
{
    struct find_row to;
    if (!find_area(app, c->s, c, NULL, &to))
        return;
    c->area = talloc_strdup(c, to.code);
    c->area_name = talloc_strdup(c, to.label);
}

static void pick_day(struct app *app, struct cross *c)
{
    static const struct edit_opts opts = {.cols = 12, .max_chars = 12, .flags = EDIT_HALFWIDTH};
    char *word = popup_ask(app, c, _("日期"), _("截至哪一天（空着是今天）："), "", &opts), day[11];
    struct date d;
    if (!word)
        return;
    if (!*word)
        c->day = NULL;
    else if (date_parse_loose(word, c->s->today, &d) || d.d == 0)
        app_message(app, _("日期写成 2026-11-22 这样。"));
    else
        c->day = talloc_strdup(c, date_format(d, day));
}

/* ---- kept under a name ---- */

static char *spec_of(void *ctx, const struct cross *c)
{
    const char *const line[][2] = {{"rows", c->rows},   {"columns", c->columns},
                                   {"where", c->where}, {"label", c->where_label},
                                   {"area", c->area},   {"area_name", c->area_name},
                                   {"day", c->day}};
    return list_spec(ctx, line, NELEM(line));
}

static void spec_take(struct cross *c, const char *spec)
{
    const struct {
        const char *word, **value;
    } line[] = {{"rows", &c->rows},          {"columns", &c->columns},   {"where", &c->where},
                {"area", &c->area},          {"label", &c->where_label}, {"day", &c->day},
                {"area_name", &c->area_name}};
    char *copy = talloc_strdup(c, spec), *save = NULL;
    for (size_t i = 0; i < NELEM(line); i++)
        *line[i].value = NULL;
    for (char *p = strtok_r(copy, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
        char *blank = strchr(p, ' ');
        for (size_t i = 0; blank && i < NELEM(line); i++)
            if ((size_t)(blank - p) == strlen(line[i].word) &&
                strncmp(p, line[i].word, (size_t)(blank - p)) == 0)
                *line[i].value = blank + 1;
    }
    c->rows = c->rows ? c->rows : FORM_TOWN;
}

static void keep(struct app *app, struct cross *c)
{
    static const struct edit_opts opts = {.cols = NAME_CHARS, .max_chars = NAME_CHARS};
    void *ctx = talloc_new(c);
    char *name = popup_ask(app, ctx, _("存下这张统计"), _("起个名称，只有自己看得到："),
                           c->name ? c->name : "", &opts);
    struct node *body = node_map(ctx), *v, *answer;
    node_str(body, "type", SAVED);
    node_bool(body, "confirm_all", true);
    v = node_add_map(body, "v");
    node_str(v, "name", name);
    node_str(v, "kind", KIND);
    node_str(v, "type", TYPE);
    node_str(v, "spec", spec_of(ctx, c));
    if (name && *name && session_call(app, c->s, ctx, OP_REC_ADD, body, &answer) == 0) {
        c->name = talloc_strdup(c, name);
        app_message(app, _("已存成【%s】。"), name);
    }
    talloc_free(ctx);
}

static void open_kept(struct app *app, struct cross *c)
{
    void *ctx = talloc_new(c);
    struct node *body = node_map(ctx), *fields, *answer;
    node_str(body, "type", SAVED);
    node_str(body, "where",
             "kind = '" KIND "' and type = '" TYPE "' and (gone is empty or gone = 0)");
    node_bool(body, "raw", true);
    node_int(body, "limit", 100);
    fields = node_add_list(body, "fields");
    node_str(fields, NULL, "name");
    node_str(fields, NULL, "spec");
    if (session_call(app, c->s, ctx, OP_REC_LIST, body, &answer) == 0) {
        const struct node *rows = node_get(answer, "rows"), *e = node_first(rows);
        struct pick_item *items = talloc_zero_array(ctx, struct pick_item, (unsigned)rows->n + 1);
        size_t n = 0;
        MUST(items);
        for (; e; e = e->next)
            items[n++].label = node_text_or(node_get(e, "v"), "name", "");
        struct pick p = {.title = _("存下的统计"), .items = items, .n = n};
        int i = n ? popup_pick(app, &p) : HE_CANCELLED;
        if (!n)
            app_message(app, _("还没有存过统计。"));
        for (e = node_first(rows); i > 0; i--)
            e = e->next;
        if (i == 0) {
            c->name = talloc_strdup(c, node_text_or(node_get(e, "v"), "name", ""));
            spec_take(c, node_text_or(node_get(e, "v"), "spec", ""));
        }
    }
    talloc_free(ctx);
}

/* ---- the menu ---- */

static void result(struct app *app, struct cross *c)
{
    struct node *spec = node_map(c);
    node_str(spec, "type", TYPE);
    node_str(spec, "rows", c->rows);
    if (c->columns && *c->columns)
        node_str(spec, "columns", c->columns);
    if (c->where)
        node_str(spec, "where", c->where);
    if (c->area)
        node_str(spec, "area", c->area);
    if (c->day)
        node_str(spec, "day", c->day);
    sheet_open_cross(app, c->s, spec);
    talloc_free(spec);
}

static int ask(struct app *app, struct cross *c, int at)
{
    struct pick_item items[] = {
        {.label = _("看结果"), .hint = _("列表，取 XLSX，打开名单")},
        {.label = _("分行"), .hint = by_label(c, c->rows)},
        {.label = _("分列"), .hint = by_label(c, c->columns)},
        {.label = _("统计哪些"), .hint = c->where_label ? c->where_label : _("不筛选")},
        {.label = _("区划"), .hint = c->area_name ? c->area_name : _("全部")},
        {.label = _("日期"), .hint = c->day ? c->day : _("今天")},
        {.label = _("存下"), .hint = _("起个名称，以后再用")},
        {.label = _("打开存下的"), .hint = c->name ? c->name : ""},
    };
    struct pick p = {
        .title = _("63 临时统计"), .items = items, .n = NELEM(items), .at = (size_t)at};
    return popup_pick(app, &p);
}

static void set_by(struct app *app, struct cross *c, bool columns)
{
    const char *by = pick_by(app, c, columns ? _("按什么分列") : _("按什么分行"), columns);
    if (by && columns)
        c->columns = by;
    else if (by)
        c->rows = by;
}

/* The sheet is closed again before the menu comes back: popups do not stay above screens. */
void cross_open(struct app *app, struct session *s)
{
    struct cross *c = talloc_zero(app, struct cross);
    int i = 1;
    MUST(c);
    c->s = s;
    c->form = dict_form(s->dict, TYPE);
    c->rows = FORM_TOWN;
    c->columns = "school_state";
    c->where = "state = '3'";
    c->where_label = _("在册儿童");
    while ((i = ask(app, c, i)) > 0) {
        if (i == 1 || i == 2)
            set_by(app, c, i == 2);
        else if (i == 3)
            pick_where(app, c);
        else if (i == 4)
            pick_place(app, c);
        else if (i == 5)
            pick_day(app, c);
        else if (i == 6)
            keep(app, c);
        else
            open_kept(app, c);
        i = 0;
    }
    if (i == 0)
        result(app, c);
    talloc_free(c);
}
