/*
 * History: form(2) id(8) audit sequence(8) → who, when, why and the old values by field number. The
 * sequence ties each entry to its audit row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

#include "base/text.h"
#include "store/store_int.h"

void history_key(struct key *k, const struct form *form, uint64_t id, uint64_t seq)
{
    key_init(k);
    key_u16(k, (unsigned)form->number);
    key_u64(k, id);
    key_u64(k, seq);
}

void who_to_node(struct node *n, const struct store_who *who, int64_t now)
{
    char day[11] = "";
    if (who->today.y)
        date_format(who->today, day);
    node_int(n, "time", now);
    node_str(n, "user", who->user);
    node_int(n, "uid", (int64_t)who->user_id);
    node_str(n, "from", who->from);
    node_str(n, "op", who->op);
    if (who->why)
        node_str(n, "why", who->why);
    if (who->source)
        node_str(n, "source", who->source);
    if (*day)
        node_str(n, "day", day);
}

/* What the values were, for the fields that changed: number → text or nil. */
static void old_values(struct node *n, const struct history_new *h)
{
    struct node *m = node_add_map(n, "old");
    for (size_t i = 0; i < h->form->nfield; i++) {
        const char *was = h->old ? h->old->val[i] : NULL, *now = h->rec ? h->rec->val[i] : NULL;
        char number[16];
        if (rec_same(was, now))
            continue;
        snprintf(number, sizeof number, "%d", h->form->field[i].number);
        node_str(m, number, was);
    }
}

int history_add(struct txn *t, const struct store_who *who, const struct history_new *h,
                uint64_t seq)
{
    struct node *n = node_map(t->ctx);
    struct key k;
    node_int(n, "version", h->version);
    who_to_node(n, who, store_now(t->s));
    if (h->old)
        old_values(n, h);
    else if (h->rec)
        node_add_map(n, "old"); /* a new record: nothing was answered */
    if (h->note)
        node_copy(n, "note", h->note);
    history_key(&k, h->form, h->id, seq);
    int err = blob_add_node(t, t->s->sys[SYS_HISTORY], &k, n);
    talloc_free(n);
    return err;
}

static const char *field_by_number(void *ctx, const struct form *form, const char *number)
{
    int n = atoi(number);
    for (size_t i = 0; i < form->nfield; i++)
        if (form->field[i].number == n)
            return form->field[i].name;
    return text_printf(ctx, "#%s", number);
}

/* As people read it: fields by the names they have today. */
static struct node *history_named(void *ctx, const struct form *form, const struct node *n)
{
    struct node *out = node_map(ctx);
    for (const struct node *e = node_first(n); e; e = e->next) {
        if (e->type != NODE_MAP || !node_get(n, "old") || e != node_get(n, "old")) {
            node_copy(out, e->key, e);
            continue;
        }
        struct node *old = node_add_map(out, "old");
        for (const struct node *v = node_first(e); v; v = v->next)
            node_copy(old, field_by_number(ctx, form, v->key), v);
    }
    return out;
}

struct date history_day(const struct node *entry)
{
    struct date d;
    const char *day = node_text(entry, "day");
    return day && date_parse(day, &d) == 0 ? d : date_of_time(node_num(entry, "time", 0));
}

struct reading {
    const struct form *form;
    const struct date *since;
    void *ctx;
    history_fn fn;
    void *arg;
};

static int history_one(struct txn *t, const struct key *k, void *arg)
{
    struct reading *r = arg;
    struct node *n;
    int err = blob_get_node(t, t->ctx, t->s->sys[SYS_HISTORY], k, &n);
    if (err)
        return err;
    if (r->since && date_cmp(history_day(n), *r->since) <= 0)
        err = r->fn(n, r->arg) < 0 ? HE_CANCELLED : 1;
    else
        err = r->fn(history_named(r->ctx, r->form, n), r->arg);
    talloc_free(n);
    return err;
}

static int history_read(struct txn *t, uint64_t id, struct reading *r)
{
    struct key from = {0}, to;
    key_u16(&from, (unsigned)r->form->number);
    key_u64(&from, id);
    to = from;
    key_next(&to);
    return blob_each(t, t->s->sys[SYS_HISTORY], &from, &to, true, history_one, r);
}

int txn_history(struct txn *t, void *ctx, const struct form *form, uint64_t id, history_fn fn,
                void *arg)
{
    struct reading r = {.form = form, .ctx = ctx, .fn = fn, .arg = arg};
    return history_read(t, id, &r);
}

int txn_history_since(struct txn *t, void *ctx, const struct form *form, uint64_t id,
                      struct date day, history_fn fn, void *arg)
{
    struct reading r = {.form = form, .since = &day, .ctx = ctx, .fn = fn, .arg = arg};
    return history_read(t, id, &r);
}
