/*
 * List indexes (division first), reference indexes, and the job that builds them. An entry has no
 * value: list:  division(5) sort key … 0 id(8)    (without the division when the form has none)
 *   ref:   id of the other(8) id(8)
 * Every record is in every list index, unanswered fields first, so that a list by any of them is
 * whole; those with a field's usual value are so without an entry (rest.c).
 */
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "store/store_int.h"

bool index_key(void *ctx, const struct table *tb, const struct ix *ix, const struct rec *rec,
               const char *area, struct key *k)
{
    key_init(k);
    if (ix->ref) {
        uint64_t other = rec_ref(rec, ix->field->name);
        key_u64(k, other);
        key_u64(k, rec->id);
        return other != 0;
    }
    const char *v = ix->field ? rec_at(rec, ix->field) : NULL;
    if (ix->usual && (!ix->db || strcmp(v ? v : "", ix->usual) == 0))
        return false;
    if (tb->area.field)
        key_area(k, area_num(area));
    if (v) {
        char *sort = type_sortkey(ctx, ix->field, v);
        size_t len = strlen(sort);
        key_bytes(k, sort, len < SORTKEY_MAX ? len : SORTKEY_MAX);
        talloc_free(sort);
    }
    key_u8(k, 0);
    key_u64(k, rec->id);
    return true;
}

static int entry_del(struct txn *t, DB *db, const struct key *k, bool ready)
{
    int err = kv_del(t, db, k);
    if (err == HE_NOTFOUND && ready)
        log_error("index", "text=an entry was missing; run a verification");
    return err == HE_NOTFOUND ? 0 : err;
}

int index_update(struct txn *t, void *ctx, const struct table *tb, const struct rec *old,
                 const char *old_area, const struct rec *rec, const char *area)
{
    int err = 0;
    for (size_t i = 0; i < tb->nix && !err; i++) {
        const struct ix *ix = &tb->ix[i];
        struct key was, now;
        bool del = old && index_key(ctx, tb, ix, old, old_area, &was);
        bool put = rec && index_key(ctx, tb, ix, rec, area, &now);
        if (del && put && key_cmp(&was, &now) == 0)
            continue;
        if (del)
            err = entry_del(t, ix->db, &was, atomic_load(&ix->ready));
        if (put && !err)
            err = kv_put(t, ix->db, &now, "", 0);
    }
    return err;
}

/* --- dependents follow the division of the record they belong to --- */

static int rekey_one(struct txn *t, const struct table *tb, uint64_t id, const char *old_area,
                     const char *area)
{
    void *ctx = talloc_new(t->ctx);
    struct stored st;
    struct rec *rec;
    int err = rec_load(t, ctx, tb, id, &st);
    if (!err && !(err = rec_from_stored(ctx, tb, id, &st, &rec)))
        err = index_update(t, ctx, tb, rec, old_area, rec, area);
    talloc_free(ctx);
    return err;
}

static int rekey_dep(struct txn *t, const struct dep *dep, uint64_t id, const char *old_area,
                     const char *area)
{
    struct key from = {0}, to, *k = talloc_array(t->ctx, struct key, WALK_CHUNK);
    size_t n = 0;
    int err;
    key_u64(&from, id);
    to = from;
    key_next(&to);
    do {
        err = kv_range(t, dep->ix->db, &from, &to, false, k, WALK_CHUNK, &n);
        for (size_t i = 0; i < n && !err; i++)
            err = rekey_one(t, dep->table, key_get(k[i].b + 8, 8), old_area, area);
        if (n) {
            from = k[n - 1];
            key_u8(&from, 0);
        }
    } while (!err && n == WALK_CHUNK);
    talloc_free(k);
    return err;
}

int index_rekey_deps(struct txn *t, const struct table *tb, uint64_t id, const char *old_area,
                     const char *area)
{
    int err = 0;
    for (size_t i = 0; i < tb->ndep && !err; i++)
        err = rekey_dep(t, &tb->dep[i], id, old_area, area);
    return err;
}

/* --- building --- */

struct build {
    struct job *job;
    struct table *tb;
    struct ix *ix; /* NULL: tokens */
    uint64_t last;
};

static int build_rec(struct txn *t, struct build *b, void *ctx, const struct rec *rec)
{
    struct key k;
    if (!b->ix)
        return token_update(t, ctx, b->tb, NULL, rec);
    if (!index_key(ctx, b->tb, b->ix, rec, rec_area(t, ctx, b->tb, rec), &k))
        return 0;
    return kv_put(t, b->ix->db, &k, "", 0);
}

static int build_one(struct txn *t, const struct key *k, void *arg)
{
    struct build *b = arg;
    void *ctx = talloc_new(t->ctx);
    struct stored st;
    struct rec *rec;
    uint64_t id = key_get(k->b, 8);
    int err = rec_load(t, ctx, b->tb, id, &st);
    if (!err && st.kind == 'R') {
        if (!(err = rec_from_stored(ctx, b->tb, id, &st, &rec)))
            err = build_rec(t, b, ctx, rec);
        b->job->done++;
    }
    talloc_free(ctx);
    b->last = id;
    return err ? err : job_time_up(b->job);
}

static bool build_find(struct store *s, struct build *b, int form, int what)
{
    for (size_t i = 0; i < s->dict->nform; i++)
        if (s->dict->form[i].number == form)
            b->tb = &s->table[i];
    if (!b->tb || what == WHAT_TOKENS)
        return b->tb && b->tb->tok;
    for (size_t i = 0; i < b->tb->nix; i++)
        if (what == (b->tb->ix[i].field ? b->tb->ix[i].field->number : 0))
            b->ix = &b->tb->ix[i];
    return b->ix != NULL;
}

/* Job "store.index": puts the records behind the mark into the index; changes made meanwhile put
 * themselves in. */
int index_build_step(struct txn *t, struct job *job, void *arg)
{
    struct build b = {.job = job};
    struct key from = {0};
    int what = (int)node_num(job->param, "what", 0);
    (void)arg;
    if (!build_find(t->s, &b, (int)node_num(job->param, "form", 0), what))
        return 0; /* the field is gone: nothing to build */
    key_u64(&from, (uint64_t)node_num(job->mark, "id", 0) + 1);
    int err = blob_each(t, b.tb->rec, &from, NULL, false, build_one, &b);
    if (err)
        return err;
    if (b.last)
        node_int(job->mark, "id", (int64_t)b.last);
    if (b.last && job_time_up(job))
        return 1;
    if ((err = schema_ready(t, b.tb->form, what, "ix")))
        return err;
    atomic_store(b.ix ? &b.ix->ready : &b.tb->tok_ready, true);
    return 0;
}
