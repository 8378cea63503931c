#include "tui/urgent.h"

#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"

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

static struct node *urgent_phones(struct app *app, struct session *s, const char *area)
{
    static const char *const keys[] = {"police", "supervisor", "centre"};
    const struct conf_item *list = conf_get(s->place->root, "phones");
    struct node *out = node_map(app), *body = node_map(out), *contacts = NULL;
    for (size_t i = 0; area && *area && i < NELEM(keys); i++)
        phone_put(out, list, area, keys[i]);
    if (!node_get(out, "phone_police"))
        node_str(out, "phone_police", "110");
    node_str(body, "division", area);
    if (area && *area)
        session_call_quiet(app, s, out, OP_AREA_CONTACTS, body, &contacts, NULL);
    phone_of_post(out, contacts, "supervisor", "phone_supervisor");
    phone_of_post(out, contacts, "protect_centre", "phone_centre");
    return out;
}

/* The place of the first post: a director's village, a supervisor's township. */
static const char *own_area(const struct session *s)
{
    const struct node *post = node_first(node_get(s->me, "posts"));
    return post ? node_text_or(post, "area", "") : "";
}

static void open_with(struct app *app, struct session *s, struct form_ask *ask,
                      const struct node *set)
{
    struct node *all = urgent_phones(app, s, own_area(s));
    for (const struct node *n = node_first(set); n; n = n->next)
        node_copy(all, n->key, n);
    ask->set = all;
    form_open(app, s, ask, NULL);
    talloc_free(all);
}

void urgent_open(struct app *app, struct session *s)
{
    if (session_may(s, "urgent_report.add"))
        open_with(app, s, &(struct form_ask){.type = "urgent_report"}, NULL);
    else
        app_message(app, _("先打110。紧急报告由村、乡镇和县里填写，请打电话告诉他们。"));
}

void urgent_next(struct app *app, struct session *s, const struct node *next)
{
    struct form_ask ask = {.type = node_text(next, "type"),
                           .of = node_text(next, "of"),
                           .of_id = (uint64_t)node_num(next, "of_id", 0)};
    if (!ask.type)
        return;
    app_message(app, _("有紧急情形：危急先打110，再填这份报告；保存不会通知任何人。"));
    open_with(app, s, &ask, node_get(next, "set"));
}
