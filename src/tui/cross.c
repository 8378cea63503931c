/*
 * 临时统计: rows, columns, filter, division and day are chosen from one short menu that stays open; the
 * result is a sheet that says them and leads back to them, each figure opens its list, and the whole is
 * kept under a name (saved.h).
 */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "tui/pick_find.h"
#include "tui/popup.h"
#include "tui/saved.h"
#include "tui/sheet.h"

#define TYPE "child"

enum { FIELDS_MAX = 200 };

static const struct saved_kind kind = {"2",
                                       TYPE,
                                       N_("存下这张统计"),
                                       N_("存下的统计"),
                                       N_("还没有存过统计。"),
                                       N_("已经有这个名称的统计，换成现在的样子吗？")};

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

/* Everything that was chosen: kept as lines, carried by the sheet as a map. */
struct part {
    const char *word, **value;
};

enum { PARTS = 8 };

static void parts(struct cross *c, struct part out[PARTS])
{
    const struct part all[PARTS] = {{"rows", &c->rows},   {"columns", &c->columns},
                                    {"where", &c->where}, {"label", &c->where_label},
                                    {"area", &c->area},   {"area_name", &c->area_name},
                                    {"day", &c->day},     {"name", &c->name}};
    memcpy(out, all, sizeof all);
}

static char *spec_of(void *ctx, struct cross *c)
{
    struct part part[PARTS];
    const char *line[PARTS][2];
    parts(c, part);
    for (size_t i = 0; i + 1 < PARTS; i++) { /* its name stands beside it */
        line[i][0] = part[i].word;
        line[i][1] = *part[i].value;
    }
    return saved_spec(ctx, (const char *const(*)[2])line, PARTS - 1);
}

static void spec_take(struct cross *c, const char *spec)
{
    struct part part[PARTS];
    char *copy = talloc_strdup(c, spec), *save = NULL;
    parts(c, part);
    for (size_t i = 0; i + 1 < PARTS; i++)
        *part[i].value = NULL;
    for (char *p = strtok_r(copy, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
        char *blank = strchr(p, ' ');
        for (size_t i = 0; blank && i + 1 < PARTS; i++)
            if ((size_t)(blank - p) == strlen(part[i].word) &&
                strncmp(p, part[i].word, (size_t)(blank - p)) == 0)
                *part[i].value = blank + 1;
    }
    c->rows = c->rows ? c->rows : FORM_TOWN;
}

static void keep(struct app *app, struct cross *c)
{
    char *name = saved_keep(app, c->s, c, &kind, c->name ? c->name : "", spec_of(c, c));
    if (name) {
        c->name = name;
        app_message(app, _("已存成【%s】。"), name);
    }
}

static void open_kept(struct app *app, struct cross *c)
{
    const struct saved *v = saved_pick(app, c->s, c, &kind, NULL);
    if (v) {
        c->name = v->name;
        spec_take(c, v->spec);
    }
}

static void change_kept(struct app *app, struct cross *c)
{
    const char *const what[] = {_("改名称"), _("删去")};
    int i = popup_choose(app, _("存下的统计"), "", what, NELEM(what), 0);
    if (i == 0)
        saved_rename(app, c->s, &kind);
    else if (i == 1)
        saved_drop(app, c->s, &kind);
}

/* ---- the menu ---- */

/* "按乡镇、性别，在册儿童，全部，今天" */
static char *about(void *ctx, const struct cross *c)
{
    bool two = c->columns && *c->columns;
    return text_printf(ctx, _("分行 %s%s%s；%s；%s；%s"), by_label(c, c->rows),
                       two ? _("，分列 ") : "", two ? by_label(c, c->columns) : "",
                       c->where_label ? c->where_label : _("不筛选"),
                       c->area_name ? c->area_name : _("全部"), c->day ? c->day : _("今天"));
}

static struct node *map_of(void *ctx, struct cross *c)
{
    struct node *spec = node_map(ctx);
    struct part part[PARTS];
    parts(c, part);
    node_str(spec, "type", TYPE);
    for (size_t i = 0; i < PARTS; i++)
        if (*part[i].value && **part[i].value)
            node_str(spec, part[i].word, *part[i].value);
    node_str(spec, "about", about(ctx, c));
    return spec;
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
        {.label = _("存下的改名、删去")},
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

/* Until the result is wanted; false: cancelled. */
static bool menu(struct app *app, struct cross *c, int i)
{
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
        else if (i == 7)
            open_kept(app, c);
        else
            change_kept(app, c);
        i = 0;
    }
    return i == 0;
}

static struct cross *cross_new(struct app *app, struct session *s)
{
    struct cross *c = talloc_zero(app, struct cross);
    MUST(c);
    c->s = s;
    c->form = dict_form(s->dict, TYPE);
    return c;
}

/* The menu is closed before its result is shown: popups do not stay above screens. */
void cross_open(struct app *app, struct session *s)
{
    struct cross *c = cross_new(app, s);
    c->rows = FORM_TOWN;
    c->columns = "school_state";
    c->where = "state = '3'";
    c->where_label = _("在册儿童");
    if (menu(app, c, 1))
        sheet_open_cross(app, s, map_of(c, c));
    talloc_free(c);
}

void cross_again(struct app *app, struct sheet *t)
{
    struct cross *c = cross_new(app, t->s);
    const struct node *was = t->cross;
    struct part part[PARTS];
    parts(c, part);
    for (size_t i = 0; i < PARTS; i++)
        *part[i].value = node_text(was, part[i].word);
    if (menu(app, c, 1)) {
        t->cross = node_copy(node_list(t), NULL, map_of(c, c));
        if (sheet_load(app, t) < 0)
            t->cross = was;
    }
    talloc_free(c);
}
