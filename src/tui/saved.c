/* Lists and tables of one's own, at the server. */
#include "tui/saved.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"

#define SAVED "saved_view"

enum { NAME_CHARS = 30, SAVED_MAX = 100 };

static const struct edit_opts name_opts = {.cols = NAME_CHARS, .max_chars = NAME_CHARS};

bool saved_may(const struct session *s)
{
    return dict_form(s->dict, SAVED) && session_may_do(s, SAVED, "add");
}

char *saved_spec(void *ctx, const char *const line[][2], size_t n)
{
    char *s = talloc_strdup(ctx, "");
    for (size_t i = 0; i < n; i++)
        if (line[i][1] && *line[i][1])
            s = talloc_asprintf_append(s, "%s %s\n", line[i][0], line[i][1]);
    MUST(s);
    return s;
}

size_t saved_all(struct app *app, struct session *s, void *ctx, const struct saved_kind *k,
                 struct saved **out)
{
    struct node *body = node_map(ctx), *answer, *fields;
    size_t n = 0;
    *out = NULL;
    if (!saved_may(s))
        return 0;
    node_str(body, "type", SAVED);
    node_str(body, "where",
             text_printf(ctx, "kind = '%s' and type = '%s' and (gone is empty or gone = 0)",
                         k->kind, k->type));
    node_bool(body, "raw", true);
    node_int(body, "limit", SAVED_MAX);
    fields = node_add_list(body, "fields");
    node_str(fields, NULL, "name");
    node_str(fields, NULL, "spec");
    if (session_call_quiet(app, s, ctx, OP_REC_LIST, body, &answer, NULL) < 0)
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

const struct saved *saved_pick(struct app *app, struct session *s, void *ctx,
                               const struct saved_kind *k, const char *title)
{
    struct saved *all;
    size_t n = saved_all(app, s, ctx, k, &all);
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, n + 1);
    MUST(items);
    for (size_t i = 0; i < n; i++)
        items[i].label = all[i].name;
    struct pick p = {.title = title ? title : _(k->open), .items = items, .n = n};
    int i = n ? popup_pick(app, &p) : HE_CANCELLED;
    if (!n)
        app_message(app, "%s", _(k->none));
    return i >= 0 ? &all[i] : NULL;
}

static bool put(struct app *app, struct session *s, void *ctx, uint64_t id,
                const char *const v[][2], size_t n)
{
    struct node *body = node_map(ctx), *values, *answer;
    node_str(body, "type", SAVED);
    if (id)
        node_int(body, "id", (int64_t)id);
    node_bool(body, "confirm_all", true);
    values = node_add_map(body, "v");
    for (size_t i = 0; i < n; i++)
        node_str(values, v[i][0], v[i][1]);
    return session_call(app, s, ctx, id ? OP_REC_SET : OP_REC_ADD, body, &answer) == 0;
}

static const struct saved *named(const struct saved *v, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(v[i].name, name) == 0)
            return &v[i];
    return NULL;
}

char *saved_keep(struct app *app, struct session *s, void *ctx, const struct saved_kind *k,
                 const char *name, const char *spec)
{
    struct saved *all;
    size_t n = saved_all(app, s, ctx, k, &all);
    const struct saved *old;
    name = popup_ask(app, ctx, _(k->keep), _("起个名称，只有自己看得到："), name, &name_opts);
    if (!name || !*name)
        return NULL;
    old = named(all, n, name);
    const char *const v[][2] = {
        {"spec", spec}, {"name", name}, {"kind", k->kind}, {"type", k->type}};
    if ((old && !popup_confirm(app, name, _(k->again), _("换成现在的"))) ||
        !put(app, s, ctx, old ? old->id : 0, v, old ? 1 : NELEM(v)))
        return NULL;
    return base_unconst(name);
}

bool saved_rename(struct app *app, struct session *s, const struct saved_kind *k)
{
    void *ctx = talloc_new(app);
    const struct saved *v = saved_pick(app, s, ctx, k, _("改哪一个的名称"));
    char *name = v ? popup_ask(app, ctx, _("改名称"), _("新的名称："), v->name, &name_opts) : NULL;
    const char *const to[][2] = {{"name", name}};
    bool done = name && *name && put(app, s, ctx, v->id, to, NELEM(to));
    if (done)
        app_message(app, _("已改名为【%s】。"), name);
    talloc_free(ctx);
    return done;
}

bool saved_drop(struct app *app, struct session *s, const struct saved_kind *k)
{
    static const char *const gone[][2] = {{"gone", "1"}};
    void *ctx = talloc_new(app);
    const struct saved *v = saved_pick(app, s, ctx, k, _("删去哪一个"));
    bool done = v && put(app, s, ctx, v->id, gone, NELEM(gone));
    if (done)
        app_message(app, _("已删去【%s】。"), v->name);
    talloc_free(ctx);
    return done;
}
