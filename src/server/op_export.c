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

typedef int (*list_fn)(struct txn *, void *ctx, const struct county *, const struct actor *,
                       const struct list_ask *, struct node *out, char **problem);

static int page(struct call *c, struct txn *t, list_fn list, struct list_ask *a, struct node *out)
{
    char *problem = NULL;
    /* Only what the posts reach that may export. */
    const struct actor *takes = actor_with(c->ctx, c->actor, "export.run", NULL);
    int r = takes ? list(t, c->ctx, c->county, takes, a, out, &problem) : HE_DENIED;
    return call_said(c, r, problem);
}

static int leave_row(struct call *c, struct txn *t, int64_t number, const char *purpose)
{
    struct node *detail = node_map(c->ctx);
    node_int(detail, "export", number);
    node_str(detail, "purpose", purpose);
    call_digest(detail, "where", node_text(c->body, "where"));
    static const char *const kept[] = {"fields", "cell"};
    for (size_t i = 0; i < NELEM(kept); i++)
        if (node_get(c->body, kept[i]))
            node_copy(detail, kept[i], node_get(c->body, kept[i]));
    return txn_audit(t, &c->actor->who, c->form, 0, detail);
}

/* {type, view, where, area, sort, fields, cell, purpose} → {export: number, total: 0 when it is not
 * known}; cell: of the children behind a figure alone (stat.cell) */
int op_export_begin(struct call *c, struct txn *t)
{
    static const char *const kept[] = {"type", "view", "where", "area", "sort", "fields", "cell"};
    const char *purpose = node_text(c->body, "purpose");
    int64_t number = 0;
    if (!purpose || !*purpose)
        return call_wrong(c, "请写明导出的用途 (--purpose)");
    if (strlen(purpose) > PURPOSE_MAX)
        return call_wrong(c, "导出的用途太长，请写在100字以内");
    if (!actor_may(c->actor, call_right(c, c->form->name, "read")))
        return HE_DENIED;
    struct node *first = node_map(c->ctx);
    struct list_ask a = call_list(c, c->body, c->form, 1);
    int r = page(c, t, list_sound, &a, first); /* says now what is wrong with fields or where */
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
    node_int(c->out, "total", node_get(c->body, "cell") ? 0 : node_num(first, "total", 0));
    return r;
}

struct ticket {
    struct call *c;
    struct node *said; /* what was asked for */
};

static int ticket_step(struct txn *t, void *arg)
{
    struct ticket *k = arg;
    int64_t number = node_num(k->c->body, "export", 0);
    return number > 0 ? txn_meta_get(t, k->c->ctx, ticket_key(k->c, number), &k->said)
                      : HE_PROTOCOL;
}

static struct list_ask ticket_ask(struct ticket *k)
{
    const struct form *f = dict_form(k->c->srv->dict, node_text_or(k->said, "type", ""));
    struct list_ask a = call_list(k->c, k->said, f, call_limit(k->c, PAGE_ROWS));
    a.raw = true;
    a.after = node_text(k->c->body, "after");
    a.grouped = !a.sort;
    return a;
}

static int rows_step(struct txn *t, void *arg)
{
    struct ticket *k = arg;
    struct list_ask a = ticket_ask(k);
    k->c->out = node_map(k->c->ctx); /* not of a run before this one */
    return page(k->c, t, list_page, &a, k->c->out);
}

/* {export, after, limit} → {rows, next} with canonical values; a page may have few rows or none and yet a
 * next */
int op_export_rows(struct call *c, struct txn *t)
{
    struct ticket k = {.c = c};
    (void)t;
    int r = store_read(c->srv->store, ticket_step, &k);
    if (r < 0)
        return r;
    if (node_num(k.said, "until", 0) < date_now())
        return call_wrong(c, "这次导出已过期，请重新导出");
    const struct form *f = dict_form(c->srv->dict, node_text_or(k.said, "type", ""));
    if (!f || !actor_may(c->actor, call_right(c, f->name, "read")))
        return HE_DENIED;
    if (!node_get(k.said, "cell"))
        return store_read(c->srv->store, rows_step, &k);
    const struct actor *takes = actor_with(c->ctx, c->actor, "export.run", NULL);
    struct list_ask a = ticket_ask(&k);
    return takes ? call_cell(c, node_get(k.said, "cell"), takes, &a, NULL, NULL, c->out)
                 : HE_DENIED;
}
