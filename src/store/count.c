/*
 * Counters: next id and number of records of each form; form 0 counts jobs. Every new record changes one,
 * so the writer keeps them in memory for the batch and writes each once, before it commits.
 */
#include <string.h>

#include "store/store_int.h"

static void count_key(struct key *k, int form)
{
    key_init(k);
    key_u16(k, (unsigned)form);
}

static int count_read(struct txn *t, int form, uint64_t *next, uint64_t *n)
{
    unsigned char b[16];
    struct key k;
    size_t len;
    count_key(&k, form);
    int err = kv_get(t, t->s->sys[SYS_COUNT], &k, b, sizeof b, &len);
    *next = !err ? key_get(b, 8) : 1;
    *n = !err && len == 16 ? key_get(b + 8, 8) : 0;
    return err == HE_NOTFOUND ? 0 : err;
}

static int count_write(struct txn *t, int form, uint64_t next, uint64_t n)
{
    struct key k, v = {0};
    count_key(&k, form);
    key_u64(&v, next);
    key_u64(&v, n);
    return kv_put(t, t->s->sys[SYS_COUNT], &k, v.b, v.len);
}

/* The writer's; NULL for readers and when there are too many. */
static struct count *count_of(struct txn *t, int form)
{
    struct store *s = t->s;
    size_t i = 0;
    while (i < s->ncount && s->count[i].form != form)
        i++;
    if (!t->writes || i == COUNT_MAX)
        return NULL;
    if (i == s->ncount)
        s->count[s->ncount++] = (struct count){.form = form};
    return &s->count[i];
}

int count_get(struct txn *t, int form, uint64_t *next, uint64_t *n)
{
    struct count *c = count_of(t, form);
    if (!c || !c->known) {
        int err = count_read(t, form, next, n);
        if (err || !c)
            return err;
        *c = (struct count){.form = form, .next = *next, .n = *n, .known = true};
    }
    *next = c->next;
    *n = c->n;
    return 0;
}

int count_put(struct txn *t, int form, uint64_t next, uint64_t n)
{
    struct count *c = count_of(t, form);
    if (!c)
        return count_write(t, form, next, n);
    *c = (struct count){.form = form, .next = next, .n = n, .known = true, .changed = true};
    t->wrote = true;
    return 0;
}

/* Before the transaction commits. */
int count_flush(struct txn *t)
{
    struct store *s = t->s;
    int err = 0;
    for (size_t i = 0; i < s->ncount && !err; i++)
        if (s->count[i].changed) {
            err = count_write(t, s->count[i].form, s->count[i].next, s->count[i].n);
            s->count[i].changed = false;
        }
    return err;
}

/* What was written is undone, or may be written otherwise. */
void count_forget(struct store *s)
{
    s->ncount = 0;
}

int txn_count(struct txn *t, const struct form *form, uint64_t *n)
{
    uint64_t next;
    seen_form(t, store_table(t->s, form));
    seen_begin(t);
    int err = count_get(t, form->number, &next, n);
    seen_end(t);
    return err;
}
