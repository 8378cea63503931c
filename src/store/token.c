/* Search tokens: token 0 id(8), one tree a form; a whole number that is a unique key has none. A query is a
 * prefix of tokens. */
#include <string.h>
#include <talloc.h>

#include "store/store_int.h"

void token_key(struct key *k, const char *token, uint64_t id)
{
    size_t len = strlen(token);
    key_init(k);
    key_bytes(k, token, len < SORTKEY_MAX ? len : SORTKEY_MAX);
    key_u8(k, 0);
    key_u64(k, id);
}

static bool token_in(const char *const *list, const char *token)
{
    for (; list && *list; list++)
        if (strcmp(*list, token) == 0)
            return true;
    return false;
}

static bool search_same(const struct rec *a, const struct rec *b)
{
    if (!a || !b)
        return false;
    for (size_t i = 0; i < a->form->nfield; i++)
        if (a->form->field[i].search != SEARCH_NONE && !rec_same(a->val[i], b->val[i]))
            return false;
    return true;
}

/* The whole number of a unique field is found by its unique key. */
static bool token_needless(const struct table *tb, const struct rec *rec, const char *token)
{
    for (size_t i = 0; i < tb->nuni && *token == 'd'; i++) {
        const struct form_field *f = tb->uni[i].field;
        const char *v = rec_at(rec, f);
        if (f->search == SEARCH_DIGITS && unique_whole(v) && strcmp(v, token + 1) == 0)
            return true;
    }
    return false;
}

const char **token_list(void *ctx, const struct table *tb, const struct rec *rec)
{
    const char **all = rec_tokens(ctx, rec);
    size_t n = 0;
    for (const char **w = all; w && *w; w++)
        if (!token_needless(tb, rec, *w))
            all[n++] = *w;
    if (all)
        all[n] = NULL;
    return all;
}

int token_update(struct txn *t, void *ctx, const struct table *tb, const struct rec *old,
                 const struct rec *rec)
{
    struct key k;
    int err = 0;
    if (!tb->tok || search_same(old, rec))
        return 0;
    const char **was = old ? token_list(ctx, tb, old) : NULL;
    const char **now = rec ? token_list(ctx, tb, rec) : NULL;
    for (const char **w = was; w && *w && !err; w++) {
        if (token_in(now, *w))
            continue;
        token_key(&k, *w, old->id);
        err = kv_del(t, tb->tok, &k);
        err = err == HE_NOTFOUND ? 0 : err;
    }
    for (const char **w = now; w && *w && !err; w++) {
        if (token_in(was, *w))
            continue;
        token_key(&k, *w, rec->id);
        err = kv_put(t, tb->tok, &k, "", 0);
    }
    return err;
}

/* --- searching --- */

#define FOUND_FEW 16

struct found {
    uint64_t *ids;
    size_t n, max;
    uint64_t *seen; /* open hash of ids, twice as many slots */
    size_t slots;
    const uint64_t *among; /* NULL: any */
    size_t namong, keys;   /* so many keys may still be read */
};

static bool found_wanted(const struct found *f, uint64_t id)
{
    size_t low = 0, high = f->namong;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (f->among[mid] == id)
            return true;
        if (f->among[mid] < id)
            low = mid + 1;
        else
            high = mid;
    }
    return !f->among;
}

static bool found_full(const struct found *f)
{
    return f->n == f->max || !f->keys;
}

/* If it was not there yet. Ids are never 0. */
static void found_id(struct found *f, uint64_t id)
{
    size_t at = (size_t)(id * 0x9e3779b97f4a7c15u) & (f->slots - 1);
    f->keys--;
    if (!found_wanted(f, id))
        return;
    while (f->seen[at] && f->seen[at] != id)
        at = (at + 1) & (f->slots - 1);
    if (f->seen[at] || !id)
        return;
    f->seen[at] = id;
    f->ids[f->n++] = id;
}

/* The id at the end of a key. */
static void found_add(struct found *f, const struct key *k)
{
    found_id(f, k->len > 8 ? key_get(k->b + k->len - 8, 8) : 0);
}

/* Unique values that begin so: their ids are no part of the keys. */
static int found_unique(struct txn *t, const struct uni *u, const char *digits, struct found *f)
{
    struct key from = {0}, to, k[FOUND_FEW];
    struct kv_bulk *b = NULL;
    unsigned char id[8];
    const void *v;
    size_t n = 0, len;
    if (u->field->search != SEARCH_DIGITS)
        return 0;
    key_bytes(&from, digits, strnlen(digits, SORTKEY_MAX));
    to = from;
    if (!key_next(&to))
        key_init(&to);
    int err = kv_range(t, u->db, &from, &to, false, k, FOUND_FEW, &n);
    for (size_t i = 0; i < n && n < FOUND_FEW && !err && !found_full(f); i++)
        if (!(err = kv_get(t, u->db, &k[i], id, sizeof id, &len)))
            found_id(f, key_get(id, 8));
    for (bool more = n == FOUND_FEW; more && !err && !found_full(f); key_u8(&from, 0)) {
        b = b ? b : talloc_size(t->ctx, sizeof *b);
        err = kv_bulk(t, u->db, &from, b);
        for (more = false; !err && !found_full(f) && kv_bulk_pair(b, &from, &v, &len);) {
            more = !to.len || key_cmp(&from, &to) < 0;
            if (!more)
                break;
            found_id(f, key_get(v, 8));
        }
    }
    talloc_free(b);
    return err == HE_NOTFOUND ? 0 : err; /* it went between both looks */
}

/* A word finds few as a rule: those are read one by one, and a common word's many by bulk. */
static int found_range(struct txn *t, DB *db, const char *prefix, struct found *f)
{
    struct key from = {0}, to, k[FOUND_FEW];
    struct kv_bulk *b = NULL;
    size_t n = 0;
    key_bytes(&from, prefix, strnlen(prefix, SORTKEY_MAX));
    to = from;
    if (!key_next(&to))
        key_init(&to);
    int err = kv_range(t, db, &from, &to, false, k, FOUND_FEW, &n);
    for (size_t i = 0; i < n && !err && !found_full(f); i++)
        found_add(f, &k[i]);
    while (!err && n && (b || n == FOUND_FEW) && !found_full(f)) {
        from = k[b ? 0 : n - 1];
        key_u8(&from, 0);
        b = b ? b : talloc_size(t->ctx, sizeof *b);
        err = kv_bulk(t, db, &from, b);
        for (n = 0; !err && !found_full(f) && kv_bulk_next(b, &k[0]); n++) {
            if (to.len && key_cmp(&k[0], &to) >= 0)
                break;
            found_add(f, &k[0]);
        }
        if (to.len && key_cmp(&k[0], &to) >= 0)
            break;
    }
    talloc_free(b);
    return err;
}

static int search(struct txn *t, void *ctx, const struct form *form, const char *prefix,
                  struct found *f)
{
    const struct table *tb = store_table(t->s, form);
    if (!tb->tok || !*prefix || !f->max)
        return 0;
    if (!atomic_load(&tb->tok_ready))
        return HE_BUSY;
    for (f->slots = 16; f->slots < 2 * f->max; f->slots *= 2)
        ;
    f->ids = talloc_array(ctx, uint64_t, f->max);
    f->seen = talloc_zero_array(t->ctx, uint64_t, f->slots);
    seen_form(t, tb);
    seen_begin(t);
    int err = found_range(t, tb->tok, prefix, f);
    for (size_t i = 0; i < tb->nuni && *prefix == 'd' && !err && !found_full(f); i++)
        err = found_unique(t, &tb->uni[i], prefix + 1, f);
    seen_end(t);
    talloc_free(f->seen);
    return err;
}

int txn_search(struct txn *t, void *ctx, const struct form *form, const char *prefix, size_t max,
               uint64_t **ids, size_t *n)
{
    struct found f = {.max = max, .keys = SIZE_MAX};
    int err = search(t, ctx, form, prefix, &f);
    *ids = f.ids;
    *n = f.n;
    return err;
}

int txn_search_among(struct txn *t, void *ctx, const struct form *form, const char *prefix,
                     const uint64_t *among, size_t namong, size_t *keys, size_t max, uint64_t **ids,
                     size_t *n)
{
    struct found f = {
        .max = max < namong ? max : namong, .among = among, .namong = namong, .keys = *keys};
    int err = search(t, ctx, form, prefix, &f);
    *keys = f.keys;
    *ids = f.ids;
    *n = f.n;
    return err;
}
