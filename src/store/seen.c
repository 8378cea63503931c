/*
 * What a reading rests on: the records it got, with their versions, the unique values it asked for and
 * the forms it walked, searched or counted. Who changes something by what was read can so be sure, in
 * the transaction of the change, that it is still as it was. Anything else that was read (a history, a
 * named value) is not kept, and such a reading is never still so.
 */
#include <string.h>
#include <talloc.h>

#include "store/store_int.h"

#define SEEN_MAX 32

struct seen {
    bool lost;  /* something was read that is not kept here */
    int inside; /* of a reading that is */
    struct seen_record {
        const struct table *table;
        uint64_t id;
        uint32_t version; /* 0: there was none */
    } record[SEEN_MAX];
    struct seen_unique {
        const struct form_field *field;
        const char *value;
        uint64_t id; /* 0: nobody's */
    } unique[SEEN_MAX];
    struct seen_form {
        const struct table *table;
        uint64_t changes;
    } form[SEEN_MAX];
    size_t nrecord, nunique, nform;
};

/* Some keys are read; those of a reading that is kept come between begin and end. */
void seen_key(struct txn *t)
{
    if (t->seen && !t->seen->inside)
        t->seen->lost = true;
}

void seen_begin(struct txn *t)
{
    if (t->seen)
        t->seen->inside++;
}

void seen_end(struct txn *t)
{
    if (t->seen)
        t->seen->inside--;
}

static bool seen_room(struct txn *t, size_t n)
{
    if (t->seen && n == SEEN_MAX)
        t->seen->lost = true;
    return t->seen && !t->seen->lost;
}

void seen_record(struct txn *t, const struct table *tb, uint64_t id, uint32_t version)
{
    struct seen *s = t->seen;
    if (s && seen_room(t, s->nrecord))
        s->record[s->nrecord++] = (struct seen_record){tb, id, version};
}

void seen_unique(struct txn *t, const struct form_field *f, const char *value, uint64_t id)
{
    struct seen *s = t->seen;
    if (s && seen_room(t, s->nunique))
        s->unique[s->nunique++] = (struct seen_unique){f, talloc_strdup(s, value), id};
}

/* Before the form is read. */
void seen_form(struct txn *t, const struct table *tb)
{
    struct seen *s = t->seen;
    if (!s || !seen_room(t, s->nform))
        return;
    for (size_t i = 0; i < s->nform; i++)
        if (s->form[i].table == tb)
            return;
    s->form[s->nform] = (struct seen_form){tb, atomic_load(&tb->changes)};
    s->lost = s->lost || s->form[s->nform++].changes % 2;
}

/* As store_read, but what it saw may not be durable yet. */
int store_look(struct store *s, void *ctx, store_fn fn, void *arg, struct seen **out)
{
    struct txn t;
    txn_reader(&t, s, base_pool(LOOK_POOL));
    *out = t.seen = talloc_zero(ctx, struct seen);
    MUST(*out);
    int err = fn(&t, arg);
    talloc_free(t.ctx);
    return err < 0 ? err : t.broken;
}

bool txn_as_seen(struct txn *t, const struct seen *s)
{
    bool same = !s->lost;
    for (size_t i = 0; i < s->nform && same; i++)
        same = atomic_load(&s->form[i].table->changes) == s->form[i].changes;
    for (size_t i = 0; i < s->nrecord && same; i++) {
        const struct seen_record *r = &s->record[i];
        struct stored st = {.version = 0};
        int err = rec_load(t, t->ctx, r->table, r->id, &st);
        same = (!err || err == HE_NOTFOUND) && st.version == r->version;
        talloc_free(st.raw);
    }
    for (size_t i = 0; i < s->nunique && same; i++) {
        uint64_t id;
        int err = txn_unique(t, s->unique[i].field, s->unique[i].value, &id);
        same = (err ? 0 : id) == s->unique[i].id && (!err || err == HE_NOTFOUND);
    }
    return same;
}
