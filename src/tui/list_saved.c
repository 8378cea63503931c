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

enum { COLUMNS_MAX = 64 };

bool list_may_save(const struct list *l)
{
    return !l->cell && saved_may(l->s);
}

/* --- as text: "word value" a line --- */

static char *columns_text(void *ctx, const struct list *l)
{
    char *s = talloc_strdup(ctx, "");
    for (size_t i = 0; l->chosen && l->chosen[i]; i++)
        s = talloc_asprintf_append(s, "%s%s", i ? "," : "", l->chosen[i]);
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
    return saved_spec(ctx, line, NELEM(line));
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

/* --- on the menu --- */

static struct saved_kind kind_of(const struct list *l)
{
    return (struct saved_kind){"1",
                               l->type,
                               N_("存成我的名单"),
                               N_("我的名单"),
                               N_("还没有存过名单。"),
                               N_("已经有这个名称的名单，换成现在的样子吗？")};
}

size_t list_saved(struct app *app, struct list *l, void *ctx, struct saved **out)
{
    struct saved_kind k = kind_of(l);
    return saved_all(app, l->s, ctx, &k, out);
}

void list_saved_add(struct app *app, struct list *l)
{
    struct saved_kind k = kind_of(l);
    void *ctx = talloc_new(l);
    char *name =
        saved_keep(app, l->s, ctx, &k, l->where_label ? l->where_label : "", spec_of(ctx, l));
    if (name) {
        l->where_label = talloc_strdup(l, name);
        app_message(app, _("已存成【%s】，以后按 F9 在【名单】里选。"), name);
    }
    talloc_free(ctx);
}

void list_saved_drop(struct app *app, struct list *l)
{
    struct saved_kind k = kind_of(l);
    saved_drop(app, l->s, &k);
}
