#include <string.h>
#include <talloc.h>

#include "form/load.h"
#include "form/type.h"

static int view_width(const struct form_field *f, int asked)
{
    if (asked != 0)
        return asked;
    if (f->width != 0 || f->type == NULL)
        return f->width;
    return f->type->width;
}

/* A column is a group, or just the path when width and priority are the usual ones. */
static void view_load_column(struct load *l, const struct conf_item *item, const char *path,
                             struct form_column *c)
{
    static const char *const keys[] = {"field", "label", "en", "width", "priority", NULL};
    int width = 0;

    c->priority = 1;
    c->line = conf_line(item);
    if (path == NULL) {
        conf_only(item, keys, l->errs);
        path = load_need(l, item, "field");
        width = load_int(l, item, "width", 1, 80);
        if (conf_get(item, "label") != NULL)
            c->label = load_text(l, item, "label");
        if (conf_get(item, "en") != NULL)
            c->en = load_text(l, item, "en");
        if (conf_get(item, "priority") != NULL)
            c->priority = load_int(l, item, "priority", 1, 9);
        if (*path == '\0')
            return;
        item = load_at(item, "field");
    }
    if (load_path(l, item, path, &c->path))
        c->width = view_width(c->path.field, width);
}

static struct form_column *view_load_columns(struct load *l, const struct conf_item *group,
                                             size_t *count)
{
    const struct conf_item *list = conf_get(group, "columns");
    const char **paths = NULL;
    struct form_column *column;

    *count = 0;
    if (list == NULL || (conf_is_list(list) && conf_count(list) == 0))
        return NULL;
    if (!conf_is_list(list) || !conf_is_group(conf_at(list, 0))) {
        paths = conf_texts(l->tmp, group, "columns", l->errs);
        if (paths == NULL)
            return NULL;
    }
    *count = conf_is_list(list) ? conf_count(list) : 1;
    column = talloc_zero_array(l->dict, struct form_column, *count);
    MUST(column != NULL);
    for (size_t i = 0; i < *count; i++) {
        const struct conf_item *item = conf_is_list(list) ? conf_at(list, i) : list;

        if (paths != NULL ? paths[i] != NULL : conf_is_group(item))
            view_load_column(l, item, paths != NULL ? paths[i] : NULL, &column[i]);
        else if (paths == NULL)
            conf_error_at(l->errs, item, "每一列应是字段名，或用花括号括起来的一组");
    }
    return column;
}

static void view_load_sort(struct load *l, const struct conf_item *g, struct form_view *v)
{
    v->sort = load_text(l, g, "sort");
    if (v->sort != NULL)
        load_own_field(l, load_at(g, "sort"), v->sort + (v->sort[0] == '-'));
}

/* Borrowed texts become the dictionary's own. */
static const char **view_load_texts(struct load *l, const struct conf_item *g, const char *key)
{
    const char **text = conf_texts(l->dict, g, key, l->errs);

    for (size_t i = 0; text != NULL && text[i] != NULL; i++)
        text[i] = load_pool_text(l->pool, text[i]);
    return text;
}

static void view_load_then(struct load *l, const struct conf_item *g, struct form_view *v)
{
    const struct conf_item *item = load_at(g, "then");
    size_t n = 0;

    v->then = view_load_texts(l, g, "then");
    while (v->then != NULL && v->then[n] != NULL)
        load_own_field(l, item, v->then[n++]);
    if (n > VIEW_THEN)
        conf_error_at(l->errs, item, "then 最多写 %d 个字段", VIEW_THEN);
}

static void view_load_one(struct load *l, const struct conf_item *g, struct form_view *v)
{
    static const char *const keys[] = {"name",   "label",   "en",   "where", "sort",
                                       "then",   "roles",   "todo", "rank",  "print",
                                       "notice", "columns", NULL};

    conf_only(g, keys, l->errs);
    v->name = load_name(l, g);
    for (const struct form_view *o = l->form->view; o < v; o++)
        if (*v->name != '\0' && strcmp(o->name, v->name) == 0)
            conf_error_at(l->errs, load_at(g, "name"), "列表“%s”重复，第 %d 行已有", v->name,
                          o->line);
    v->label = load_need(l, g, "label");
    v->en = load_need(l, g, "en");
    v->where_text = load_text(l, g, "where");
    view_load_sort(l, g, v);
    view_load_then(l, g, v);
    v->roles = view_load_texts(l, g, "roles");
    v->todo = conf_bool(g, "todo", false, l->errs);
    v->rank = conf_get(g, "rank") != NULL ? load_int(l, g, "rank", 1, 9) : VIEW_RANK;
    v->print = load_text(l, g, "print");
    v->notice = load_text(l, g, "notice");
    v->column = view_load_columns(l, g, &v->ncolumn);
}

/* A form without columns lists what names its records. */
static void view_default_column(struct load *l)
{
    struct form *form = l->form;
    const struct form_field *f = form->title != NULL ? form_field(form, form->title) : NULL;

    if (f == NULL)
        return;
    form->column = talloc_zero(l->dict, struct form_column);
    MUST(form->column != NULL);
    *form->column =
        (struct form_column){.path = {NULL, f}, .width = view_width(f, 0), .priority = 1};
    form->ncolumn = 1;
}

void view_load(struct load *l)
{
    const struct conf_item *root = conf_root(l->conf[l->form->pos]);
    const struct conf_item *list = load_list(l, "views");
    struct form *form = l->form;
    size_t n = list != NULL ? conf_count(list) : 0;

    form->column = view_load_columns(l, root, &form->ncolumn);
    if (form->column == NULL)
        view_default_column(l);
    form->view = talloc_zero_array(l->dict, struct form_view, n);
    MUST(form->view != NULL);
    for (size_t i = 0; i < n; i++) {
        const struct conf_item *g = conf_at(list, i);
        struct form_view *v = &form->view[i];

        v->line = conf_line(g);
        v->name = "";
        if (conf_is_group(g))
            view_load_one(l, g, v);
        else
            conf_error_at(l->errs, g, "每个列表应是用花括号括起来的一组");
    }
    form->nview = n;
}
