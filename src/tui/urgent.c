#include "tui/urgent.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "tui/form_priv.h"

/* A phone of the narrowest row that has it: the village's, the township's, the county's. */
static void phone_put(struct node *out, const struct conf_item *list, const char *area,
                      const char *key)
{
    const char *best = NULL, *field = text_printf(out, "phone_%s", key);
    struct conf_errors *errs = conf_errors_new(out);
    int level = -1;
    for (size_t i = 0; list && i < conf_count(list); i++) {
        const struct conf_item *row = conf_at(list, i);
        const char *of = conf_text(row, "area", "", errs), *phone = conf_text(row, key, NULL, errs);
        if (phone && (!*of || area_within(area, of)) && (int)area_level(of) > level) {
            level = (int)area_level(of);
            best = phone;
        }
    }
    if (best)
        node_str(out, field, best);
}

/* Whoever holds such a post above the division and left a phone. */
static void phone_of_post(struct node *out, const struct node *contacts, const char *role,
                          const char *field)
{
    for (const struct node *n = node_first(node_get(contacts, "rows")); n; n = n->next) {
        const char *phone = node_text_or(n, "phone", "");
        if (node_get(out, field) || !*phone || strcmp(node_text_or(n, "role", ""), role) != 0)
            continue;
        node_str(out, field, text_printf(out, "%s %s", node_text_or(n, "name", ""), phone));
    }
    if (!node_get(out, field))
        node_str(out, field, _("没有登记，先打110，再问镇里"));
}

static struct node *phones_of(struct app *app, struct session *s, void *ctx, const char *area)
{
    static const char *const keys[] = {"police", "supervisor", "centre"};
    const struct conf_item *list = conf_get(s->place->root, "phones");
    struct node *out = node_map(ctx), *body = node_map(ctx), *contacts = NULL;
    for (size_t i = 0; *area && i < NELEM(keys); i++)
        phone_put(out, list, area, keys[i]);
    if (!node_get(out, "phone_police"))
        node_str(out, "phone_police", "110");
    node_str(body, "division", area);
    if (*area)
        session_call_quiet(app, s, ctx, OP_AREA_CONTACTS, body, &contacts, NULL);
    phone_of_post(out, contacts, "supervisor", "phone_supervisor");
    phone_of_post(out, contacts, "protect_centre", "phone_centre");
    return out;
}

static const char *answer(const struct model *m, const char *name)
{
    size_t i = model_find(m, name);
    const struct entry *p = i == NO_PLACE ? NULL : &m->place[i];
    return p && p->a.value && !p->a.problem ? p->a.value : NULL;
}

/* A registered child brings its village with it: to a report, a task, a hazard. */
static void take_village(struct app *app, struct session *s, struct model *m, void *ctx)
{
    const char *child = answer(m, "child");
    size_t at = model_find(m, "village");
    struct node *body = node_map(ctx), *view = NULL;
    if (!child || at == NO_PLACE || m->id || m->place[at].fixed)
        return;
    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)strtoull(child, NULL, 10));
    if (session_call_quiet(app, s, ctx, OP_REC_GET, body, &view, NULL) < 0)
        return;
    const char *village = node_text(node_get(view, "v"), "village");
    if (village && !rec_same(village, m->place[at].a.value))
        model_put(m, at,
                  (struct answer){.value = village,
                                  .show = node_text(node_get(view, "show"), "village")});
}

/* Of the village of the report; until there is one, of the place of the first post. */
void urgent_follow(struct app *app, struct session *s, struct model *m)
{
    void *ctx = talloc_new(NULL);
    take_village(app, s, m, ctx);
    if (strcmp(m->form->name, "urgent_report") != 0) {
        talloc_free(ctx);
        return;
    }
    const char *area = answer(m, "village");
    const struct node *post = node_first(node_get(s->me, "posts"));
    const struct node *phones =
        phones_of(app, s, ctx, area ? area : node_text_or(post, "area", ""));
    for (const struct node *n = node_first(phones); n; n = n->next) {
        size_t i = model_find(m, n->key);
        if (i != NO_PLACE) /* nobody's answer: nothing to undo */
            m->place[i].a = (struct answer){.value = talloc_strdup(m, n->str)};
    }
    talloc_free(ctx);
}

void urgent_open(struct app *app, struct session *s)
{
    if (session_may(s, "urgent_report.add"))
        form_open(app, s, &(struct form_ask){.type = "urgent_report"}, NULL);
    else
        app_message(app, _("先打110。紧急报告由村、乡镇和县里填写，请打电话告诉他们。"));
}

void urgent_next(struct app *app, struct session *s, const struct node *next)
{
    struct form_ask ask = {.type = node_text(next, "type"),
                           .of = node_text(next, "of"),
                           .of_id = (uint64_t)node_num(next, "of_id", 0),
                           .set = node_get(next, "set")};
    if (!ask.type)
        return;
    app_message(app, _("有紧急情形：危急先打110，再填这份报告；保存不会通知任何人。"));
    form_open(app, s, &ask, NULL);
}
