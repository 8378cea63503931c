/*
 * Exports. What is taken out, by whom and for what is written down before the first row leaves;
 * rows are given for that ticket only, to the same user, for a day.
 */
#include "server/call.h"

#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "work/list.h"

#define TICKET_S    (24 * 3600)
#define PAGE_ROWS   100
#define PURPOSE_MAX 300 /* bytes */

static char *ticket_key(struct call *c, int64_t number)
{
    return text_printf(c->ctx, "export/%llu/%lld", (unsigned long long)c->actor->id,
                       (long long)number);
}

static int next_number(struct call *c, struct txn *t, int64_t *number)
{
    struct node *last = NULL;
    int r = txn_meta_get(t, c->ctx, "export", &last);
    if (r < 0 && r != HE_NOTFOUND)
        return r;
    *number = node_num(r == 0 ? last : NULL, "last", 0) + 1;
    struct node *n = node_map(c->ctx);
    node_int(n, "last", *number);
    return txn_meta_put(t, "export", n);
}

static void ask_from(struct call *c, const struct node *b, const struct form *f, int limit,
                     struct list_ask *a)
{
    const struct node *fields = node_get(b, "fields");
    const char **list = NULL;
    if (fields) {
        size_t n = 0;
        list = talloc_zero_array(c->ctx, const char *, fields->n + 1);
        MUST(list);
        for (const struct node *e = node_first(fields); e; e = e->next)
            if (e->type == NODE_STR)
                list[n++] = e->str;
    }
    *a = (struct list_ask){.form = f,
                           .view = node_text(b, "view"),
                           .where = node_text(b, "where"),
                           .area = node_text(b, "area"),
                           .sort = node_text(b, "sort"),
                           .fields = list,
                           .raw = true,
                           .limit = limit};
}

static int page(struct call *c, struct txn *t, struct list_ask *a, struct node *out)
{
    char *problem = NULL;
    /* Only what the posts reach that may export. */
    const struct actor *takes = actor_with(c->ctx, c->actor, "export.run", NULL);
    int r = takes ? list_page(t, c->ctx, c->county, takes, a, out, &problem) : HE_DENIED;
    if (problem)
        c->text = problem;
    return r;
}

static int leave_row(struct call *c, struct txn *t, int64_t number, const char *purpose)
{
    struct node *detail = node_map(c->ctx);
    node_int(detail, "export", number);
    node_str(detail, "purpose", purpose);
    call_digest(detail, "where", node_text(c->body, "where"));
    const struct node *list = node_get(c->body, "fields");
    if (list)
        node_copy(detail, "fields", list);
    return txn_audit(t, &c->actor->who, c->form, 0, detail);
}

/* {type, view, where, area, sort, fields, purpose} → {export: number, total} */
int op_export_begin(struct call *c, struct txn *t)
{
    static const char *const kept[] = {"type", "view", "where", "area", "sort", "fields"};
    const char *purpose = node_text(c->body, "purpose");
    struct list_ask a;
    int64_t number = 0;
    if (!purpose || !*purpose)
        return call_wrong(c, "请写明导出的用途 (--purpose)");
    if (strlen(purpose) > PURPOSE_MAX)
        return call_wrong(c, "导出的用途太长，请写在100字以内");
    if (!actor_may(c->actor, call_right(c, c->form->name, "read")))
        return HE_DENIED;
    struct node *first = node_map(c->ctx);
    ask_from(c, c->body, c->form, 1, &a);
    a.count = true;
    int r = page(c, t, &a, first); /* says now what is wrong with fields or where */
    if (r == 0)
        r = next_number(c, t, &number);
    if (r < 0)
        return r;
    struct node *ticket = node_map(c->ctx);
    for (size_t i = 0; i < NELEM(kept); i++)
        if (node_get(c->body, kept[i]))
            node_copy(ticket, kept[i], node_get(c->body, kept[i]));
    node_int(ticket, "until", date_now() + TICKET_S);
    r = txn_meta_put(t, ticket_key(c, number), ticket);
    if (r == 0)
        r = leave_row(c, t, number, purpose);
    node_int(c->out, "export", number);
    node_int(c->out, "total", node_num(first, "total", 0));
    return r;
}

/* {export, after, limit} → {rows, next} with canonical values */
int op_export_rows(struct call *c, struct txn *t)
{
    int64_t number = node_num(c->body, "export", 0);
    struct node *ticket;
    struct list_ask a;
    int r = number > 0 ? txn_meta_get(t, c->ctx, ticket_key(c, number), &ticket) : HE_PROTOCOL;
    if (r < 0)
        return r;
    if (node_num(ticket, "until", 0) < date_now())
        return call_wrong(c, "这次导出已过期，请重新导出");
    const struct form *f = dict_form(c->srv->dict, node_text_or(ticket, "type", ""));
    if (!f || !actor_may(c->actor, call_right(c, f->name, "read")))
        return HE_DENIED;
    ask_from(c, ticket, f, call_limit(c, PAGE_ROWS), &a);
    a.after = node_text(c->body, "after");
    return page(c, t, &a, c->out);
}
