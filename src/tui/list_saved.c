/*
 * A list as one likes it, kept under a name (forms/saved_view.form): view, condition, division, filter
 * words, order and columns. The server keeps it for its owner alone; whatever it names that is gone
 * or not allowed any more is left out when it is chosen again.
 */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/list.h"
#include "tui/popup.h"

enum { NAME_CHARS = 30, COLUMNS_MAX = 64, SAVED_MAX = 50 };

#define SAVED "saved_view"

bool list_may_save(const struct list *l)
{
    return !l->cell && dict_form(l->dict, SAVED) && session_may_do(l->s, SAVED, "add");
}

/* --- as text: "word value" a line --- */

static char *columns_text(void *ctx, const struct list *l)
{
    char *s = talloc_strdup(ctx, "");
    for (size_t i = 0; l->chosen && l->chosen[i]; i++)
        s = talloc_asprintf_append(s, "%s%s", i ? "," : "", l->chosen[i]);
    return s;
}

char *list_spec(void *ctx, const char *const line[][2], size_t n)
{
    char *s = talloc_strdup(ctx, "");
    for (size_t i = 0; i < n; i++)
        if (line[i][1] && *line[i][1])
            s = talloc_asprintf_append(s, "%s %s\n", line[i][0], line[i][1]);
    MUST(s);
    return s;
}

static char *spec_of(void *ctx, const struct list *l)
{
    const char *const line[][2] = {{"view", l->view ? l->view->name : NULL},
                                   {"where", l->where},
                                   {"area", l->area},
                                   {"words", l->words},
                                   {"sort", l->sort},
                                   {"columns", columns_text(ctx, l)}};
    return list_spec(ctx, line, NELEM(line));
}

static void take_columns(struct list *l, char *names)
{
    char *save = NULL;
    size_t n = 0;
    l->chosen = talloc_zero_array(l, const char *, COLUMNS_MAX + 1);
    MUST(l->chosen);
    for (char *s = strtok_r(names, ",", &save); s && n < COLUMNS_MAX;
         s = strtok_r(NULL, ",", &save)) {
        struct form_path p;
        if (form_path_parse(l->form, s, &p) == 0)
            l->chosen[n++] = talloc_strdup(l->chosen, s);
    }
    if (!n)
        l->chosen = NULL;
}

static void take_line(struct app *app, struct list *l, const char *word, char *value)
{
    const struct form_view *view;
    if (strcmp(word, "view") == 0) {
        if ((view = form_view(l->form, value)) && session_has_role(l->s, view->roles))
            l->view = view;
    } else if (strcmp(word, "where") == 0) {
        l->where = talloc_strdup(l, value);
    } else if (strcmp(word, "area") == 0) {
        list_set_area(app, l, value);
    } else if (strcmp(word, "words") == 0) {
        edit_set(l->filter, value);
        l->words = talloc_strdup(l, value);
    } else if (strcmp(word, "sort") == 0) {
        l->sort = talloc_strdup(l, value);
    } else if (strcmp(word, "columns") == 0) {
        take_columns(l, value);
    }
}

void list_saved_take(struct app *app, struct list *l, const struct saved *v)
{
    char *copy = talloc_strdup(l, v->spec), *save = NULL;
    l->view = NULL;
    l->where = l->sort = l->area = l->area_name = NULL;
    l->where_label = talloc_strdup(l, v->name);
    l->chosen = NULL;
    l->words = talloc_strdup(l, "");
    l->nmark = 0;
    edit_set(l->filter, "");
    for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *blank = strchr(line, ' ');
        if (!blank)
            continue;
        *blank = '\0';
        take_line(app, l, line, blank + 1);
    }
    talloc_free(copy);
    list_restart(app, l);
}

/* --- at the server --- */

size_t list_saved(struct app *app, struct list *l, void *ctx, struct saved **out)
{
    struct node *body = node_map(ctx), *answer;
    size_t n = 0;
    *out = NULL;
    if (!list_may_save(l))
        return 0;
    node_str(body, "type", SAVED);
    node_str(
        body, "where",
        text_printf(ctx, "kind = '1' and type = '%s' and (gone is empty or gone = 0)", l->type));
    node_bool(body, "raw", true);
    node_int(body, "limit", SAVED_MAX);
    struct node *fields = node_add_list(body, "fields");
    node_str(fields, NULL, "name");
    node_str(fields, NULL, "spec");
    if (session_call_quiet(app, l->s, ctx, OP_REC_LIST, body, &answer, NULL) < 0)
        return 0;
    const struct node *rows = node_get(answer, "rows");
    *out = talloc_zero_array(ctx, struct saved, (rows ? rows->n : 0) + 1);
    MUST(*out);
    for (const struct node *e = node_first(rows); e; e = e->next) {
        const struct node *v = node_get(e, "v");
        (*out)[n++] = (struct saved){(uint64_t)node_num(e, "id", 0), node_text_or(v, "name", ""),
                                     node_text_or(v, "spec", "")};
    }
    return n;
}

static const struct saved *named(const struct saved *v, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(v[i].name, name) == 0)
            return &v[i];
    return NULL;
}

static bool put(struct app *app, struct list *l, void *ctx, uint64_t id, const char *const v[][2],
                size_t n)
{
    struct node *body = node_map(ctx), *values, *answer;
    node_str(body, "type", SAVED);
    if (id)
        node_int(body, "id", (int64_t)id);
    node_bool(body, "confirm_all", true);
    values = node_add_map(body, "v");
    for (size_t i = 0; i < n; i++)
        node_str(values, v[i][0], v[i][1]);
    return session_call(app, l->s, ctx, id ? OP_REC_SET : OP_REC_ADD, body, &answer) == 0;
}

/* --- on the menu --- */

void list_saved_add(struct app *app, struct list *l)
{
    static const struct edit_opts opts = {.cols = NAME_CHARS, .max_chars = NAME_CHARS};
    void *ctx = talloc_new(l);
    struct saved *all;
    size_t n = list_saved(app, l, ctx, &all);
    char *name = popup_ask(app, ctx, _("存成我的名单"), _("起个名称，只有自己看得到："),
                           l->where_label ? l->where_label : "", &opts);
    const struct saved *old = name ? named(all, n, name) : NULL;
    const char *const v[][2] = {
        {"spec", spec_of(ctx, l)}, {"name", name}, {"kind", "1"}, {"type", l->type}};
    bool go = name && *name;
    if (old)
        go = popup_confirm(app, name, _("已经有这个名称的名单，换成现在的样子吗？"),
                           _("换成现在的"));
    if (go && put(app, l, ctx, old ? old->id : 0, v, old ? 1 : NELEM(v))) {
        l->where_label = talloc_strdup(l, name);
        app_message(app, _("已存成【%s】，以后按 F9 在【名单】里选。"), name);
    }
    talloc_free(ctx);
}

void list_saved_drop(struct app *app, struct list *l)
{
    void *ctx = talloc_new(l);
    struct saved *all;
    size_t n = list_saved(app, l, ctx, &all);
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, n + 1);
    MUST(items);
    for (size_t i = 0; i < n; i++)
        items[i].label = all[i].name;
    struct pick p = {.title = _("删去哪一个"), .items = items, .n = n};
    int i = n ? popup_pick(app, &p) : HE_CANCELLED;
    const char *const v[][2] = {{"gone", "1"}};
    if (!n)
        app_message(app, _("还没有存过名单。"));
    else if (i >= 0 && put(app, l, ctx, all[i].id, v, NELEM(v)))
        app_message(app, _("已删去【%s】。"), all[i].name);
    talloc_free(ctx);
}
