/*
 * One table: the log of what changed, building it, refreshing it. The watcher of the store only appends
 * to the log, under a lock of its own; building holds no lock at all, the log says afterwards what
 * changed meanwhile.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/area.h"
#include "base/err.h"
#include "base/log.h"
#include "work/save_in.h"
#include "work/stat_in.h"

#define PIECE   200     /* children of one reading */
#define LOG_MAX 1000000 /* changes kept; more, and the tables are made anew */

/* --- the log --- */

void stat_log_change(const struct form *form, uint64_t id, struct date day, void *arg)
{
    struct statistics *s = arg;

    pthread_mutex_lock(&s->log_lock);
    if (date_cmp(day, s->latest) > 0)
        s->latest = day;
    if (s->n - s->base == LOG_MAX)
        s->base = s->n; /* every table is behind it now */
    if (s->n - s->base == s->room) {
        s->room = s->room ? 2 * s->room : 1024;
        s->log = talloc_realloc(s, s->log, struct stat_change, s->room);
        MUST(s->log);
    }
    s->log[s->n++ - s->base] = (struct stat_change){form, id, day};
    pthread_mutex_unlock(&s->log_lock);
}

/* A copy of what came behind `from`; HE_LIMIT when it is gone. */
static int log_read(struct statistics *s, void *ctx, size_t from, struct stat_change **out,
                    size_t *n)
{
    int err = 0;

    pthread_mutex_lock(&s->log_lock);
    *n = s->n - from;
    if (from < s->base)
        err = HE_LIMIT;
    else if (*n)
        *out = talloc_memdup(ctx, s->log + (from - s->base), *n * sizeof **out);
    pthread_mutex_unlock(&s->log_lock);
    return err;
}

/* What every table has seen is forgotten. */
void stat_log_trim(struct statistics *s)
{
    size_t seen = SIZE_MAX;

    for (int i = 0; i < STAT_TABLES; i++)
        if (s->table[i] && s->table[i]->log < seen)
            seen = s->table[i]->log;
    pthread_mutex_lock(&s->log_lock);
    if (seen > s->n)
        seen = s->n;
    if (seen > s->base) {
        memmove(s->log, s->log + (seen - s->base), (s->n - seen) * sizeof *s->log);
        s->base = seen;
    }
    pthread_mutex_unlock(&s->log_lock);
}

/* --- a table --- */

static uint32_t place_of(struct stat_table *t, const char *code)
{
    if (t->ncode && strcmp(t->code[t->ncode - 1], code) == 0)
        return (uint32_t)t->ncode - 1;
    for (size_t i = 0; i < t->ncode; i++)
        if (memcmp(t->code[i], code, 12) == 0)
            return (uint32_t)i;
    t->code = talloc_realloc_size(t, t->code, (t->ncode + 1) * sizeof *t->code);
    t->count = talloc_realloc(t, t->count, int64_t, (t->ncode + 1) * t->npred);
    memset(t->count + t->ncode * t->npred, 0, t->npred * sizeof *t->count);
    snprintf(t->code[t->ncode], sizeof *t->code, "%s", code);
    return (uint32_t)t->ncode++;
}

static void table_room(struct stat_table *t, uint64_t id)
{
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 1024;
        t->id = talloc_realloc(t, t->id, uint64_t, t->room);
        t->place = talloc_realloc(t, t->place, uint32_t, t->room);
        t->director = talloc_realloc(t, t->director, uint64_t, t->room);
        t->bits = talloc_realloc(t, t->bits, uint64_t, t->room * t->nword);
        t->sum = talloc_realloc(t, t->sum, int32_t, t->room * t->nsum + 1);
    }
    if (id >= t->slots) {
        size_t old = t->slots;

        t->slots = 2 * id + 1024;
        t->slot = talloc_realloc(t, t->slot, uint32_t, t->slots);
        memset(t->slot + old, 0, (t->slots - old) * sizeof *t->slot);
    }
    MUST(t->bits && t->slot);
}

long stat_find(const struct stat_table *t, uint64_t id)
{
    return id < t->slots ? (long)t->slot[id] - 1 : -1;
}

/* Adds (or takes away) a child's conditions to those of its place. */
static void table_count(struct stat_table *t, size_t at, int64_t sign)
{
    int64_t *count = t->count + t->place[at] * t->npred;

    for (size_t i = 0; i < t->npred; i++) {
        if (!stat_has(t, at, (int)i))
            continue;
        count[i] += t->pred[i].sum ? sign * t->sum[at * t->nsum + (size_t)t->pred[i].sum_at] : sign;
    }
}

static void table_set(struct stat_table *t, uint64_t id, const struct stat_kid *kid)
{
    long at = stat_find(t, id);

    if (at < 0 && !kid->code[0])
        return;
    if (at < 0) {
        table_room(t, id);
        at = (long)t->n++;
        t->id[at] = id;
        t->slot[id] = (uint32_t)t->n;
    } else {
        table_count(t, (size_t)at, -1);
    }
    if (kid->code[0])
        t->place[at] = place_of(t, kid->code);
    t->director[at] = kid->director;
    memcpy(t->bits + (size_t)at * t->nword, kid->bits, t->nword * sizeof *t->bits);
    memcpy(t->sum + (size_t)at * t->nsum, kid->sum, t->nsum * sizeof *t->sum);
    table_count(t, (size_t)at, 1);
}

static int table_take(struct txn *txn, struct stat_table *t, struct stat_kid *kid, uint64_t id)
{
    int err = stat_kid(txn, t, id, kid);

    if (!err)
        table_set(t, id, kid);
    return err;
}

/* --- building --- */

struct build {
    struct stat_table *t;
    void *ctx;
    uint64_t *id;
    size_t n, at;
    struct stat_kid kid;
};

static int gather_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct build *b = arg;

    (void)txn, (void)mark;
    if (b->n % 4096 == 0)
        b->id = talloc_realloc(b->ctx, b->id, uint64_t, b->n + 4096);
    b->id[b->n++] = id;
    return 0;
}

/* The index by standing begins with the village: every child once, those of a place together; of other
 * records those of the days. */
static int gather(struct txn *txn, void *arg)
{
    struct build *b = arg;
    const struct stat_key *key = &b->t->key;
    struct walk walk = {.form = key->form,
                        .field = key->on ? key->on : form_field(key->form, "state"),
                        .any_order = true};
    char lo[11], hi[11];

    if (key->on) {
        walk.lo = date_format(key->from, lo);
        walk.hi = date_format(key->day, hi);
    }
    b->n = 0;
    return txn_walk(txn, &walk, gather_one, b);
}

/* Merged files stand in no index: their numbers are the gaps. */
static void gather_gaps(struct build *b)
{
    uint64_t max = 0;
    size_t n = b->n;
    char *seen;

    for (size_t i = 0; i < n; i++)
        max = b->id[i] > max ? b->id[i] : max;
    seen = talloc_zero_size(b->ctx, max + 1);
    for (size_t i = 0; i < n; i++)
        seen[b->id[i]] = 1;
    for (uint64_t id = 1; id <= max; id++)
        if (!seen[id])
            gather_one(NULL, id, NULL, b);
    for (uint64_t id = max + 1; id < max + PIECE; id++) /* merged last */
        gather_one(NULL, id, NULL, b);
    talloc_free(seen);
}

static int build_piece(struct txn *txn, void *arg)
{
    struct build *b = arg;
    int err = 0;

    for (size_t end = b->at + PIECE; b->at < b->n && b->at < end && !err; b->at++)
        err = table_take(txn, b->t, &b->kid, b->id[b->at]);
    return err;
}

int stat_build(struct stat_table *t)
{
    struct statistics *s = t->stat;
    struct build b = {.t = t, .ctx = talloc_new(NULL)};
    struct timespec begun, now;
    int err;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    stat_preds(t, s->county);
    stat_kid_new(b.ctx, t, &b.kid);
    err = store_read(s->county->store, gather, &b);
    if (!err && t->past)
        gather_gaps(&b);
    while (!err && b.at < b.n && !t->dropped)
        err = store_read(s->county->store, build_piece, &b);
    if (!err && t->dropped)
        err = HE_CANCELLED;
    talloc_free(b.ctx);
    clock_gettime(CLOCK_MONOTONIC, &now);
    log_info("stat.built", "day=%d-%02d-%02d children=%zu ms=%ld", t->day.y, t->day.m, t->day.d,
             t->n, (now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000);
    return err;
}

/* --- refreshing --- */

struct refresh {
    struct stat_table *t;
    const struct stat_change *c;
    size_t n;
    void *ctx;
};

static int refresh_children(struct txn *txn, struct refresh *r, const struct stat_change *c,
                            struct stat_kid *kid)
{
    const struct county *county = r->t->stat->county;
    struct rec linked = {.form = c->form, .id = c->id};
    uint64_t *ids;
    size_t n;
    int err = touch_children(txn, r->ctx, county, &linked, &ids, &n);

    for (size_t i = 0; i < n && !err; i++)
        err = table_take(txn, r->t, kid, ids[i]);
    return err;
}

static bool links(const struct form *child, const struct form *form)
{
    for (size_t i = 0; i < child->nfield; i++)
        if (child->field[i].ref == form && child->field[i].index)
            return true;
    return false;
}

static int refresh_run(struct txn *txn, void *arg)
{
    struct refresh *r = arg;
    const struct form *child = dict_form(txn_dict(txn), "child");
    struct stat_kid kid;
    int err = 0;

    stat_kid_new(r->ctx, r->t, &kid);
    for (size_t i = 0; i < r->n && !err; i++) {
        const struct stat_change *c = &r->c[i];

        if (date_cmp(c->day, r->t->day) > 0 && !r->t->key.on)
            continue;
        if (i && r->c[i - 1].form == c->form && r->c[i - 1].id == c->id)
            continue;
        if (c->form == r->t->key.form)
            err = table_take(txn, r->t, &kid, c->id);
        else if (!r->t->key.on && links(child, c->form))
            err = refresh_children(txn, r, c, &kid);
    }
    return err;
}

static int change_cmp(const void *a, const void *b)
{
    const struct stat_change *x = a, *y = b;

    if (x->form != y->form)
        return x->form < y->form ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return date_cmp(x->day, y->day); /* the earliest decides: it is not passed over */
}

/* Under the lock. HE_LIMIT: too far behind, to be built anew. */
int stat_refresh(struct stat_table *t)
{
    struct refresh r = {.t = t, .ctx = talloc_new(NULL)};
    struct stat_change *c = NULL;
    int err = log_read(t->stat, r.ctx, t->log, &c, &r.n);

    if (!err && r.n) {
        qsort(c, r.n, sizeof *c, change_cmp);
        r.c = c;
        err = store_read(t->stat->county->store, refresh_run, &r);
        if (!err)
            t->log += r.n;
    }
    talloc_free(r.ctx);
    return err;
}
