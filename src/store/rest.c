/*
 * Records whose field has its usual value have no entry in the index of the field: they are those of
 * the division that have no entry of another value. Here they get the keys that their entries would
 * have: division(5) sort key of the usual value, 0, id(8).
 */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "store/store_int.h"

#define FEW 32

struct rest {
    struct key head; /* what an id is put behind */
    uint64_t area;
    uint64_t *seen; /* open hash of the ids with an entry of their own; NULL: not learnt yet */
    size_t slots, n;
};

/* Where a bound of keys lies: in front of all that begin with head (-1), behind them (1), or among
 * them (0): then *tail of its bytes are those of an id. */
static int bound_at(const struct key *bound, const struct key *head, size_t *tail)
{
    size_t n = bound->len < head->len ? bound->len : head->len;
    int c = memcmp(bound->b, head->b, n);
    *tail = bound->len > head->len ? bound->len - head->len : 0;
    return c ? c : *tail ? 0 : -1;
}

/* from and to, of the field's index, become those of the index by division and id. NULL: none of
 * them has the usual value. */
struct rest *rest_new(void *ctx, const struct ix *ix, uint64_t area, struct key *from,
                      struct key *to)
{
    struct rest *r = talloc_zero(ctx, struct rest);
    struct key lo = {0}, hi;
    size_t tail;
    char code[24];
    snprintf(code, sizeof code, "%012llu", (unsigned long long)area);
    const char *usual = ix->db ? ix->usual : area ? code : "";
    const char *sort = *usual ? type_sortkey(r, ix->field, usual) : "";
    r->area = area;
    key_area(&r->head, area);
    key_bytes(&r->head, sort, strnlen(sort, SORTKEY_MAX));
    key_u8(&r->head, 0);
    key_area(&lo, area);
    key_u8(&lo, 0);
    hi = lo;
    key_next(&hi);
    int at = bound_at(from, &r->head, &tail);
    if (at > 0)
        return NULL;
    if (at == 0)
        key_bytes(&lo, from->b + r->head.len, tail);
    at = to->len ? bound_at(to, &r->head, &tail) : 1;
    if (at < 0)
        return NULL;
    if (at == 0) {
        key_init(&hi);
        key_area(&hi, area);
        key_u8(&hi, 0);
        key_bytes(&hi, to->b + r->head.len, tail);
    }
    *from = lo;
    *to = hi;
    return r;
}

/* Stands for all of them until the first is asked for. */
size_t rest_begin(const struct rest *r, bool reverse, struct key *first)
{
    *first = r->head;
    key_u64(first, reverse ? UINT64_MAX : 0);
    return 1;
}

/* --- who has an entry --- */

static size_t slot_of(const struct rest *r, uint64_t id)
{
    size_t at = (size_t)(id * 0x9e3779b97f4a7c15u) & (r->slots - 1);
    while (r->seen[at] && r->seen[at] != id)
        at = (at + 1) & (r->slots - 1);
    return at;
}

bool rest_knows(const struct rest *r, uint64_t id)
{
    return r->seen[slot_of(r, id)] == id;
}

static void rest_add(void *ctx, struct rest *r, uint64_t id)
{
    if (2 * ++r->n > r->slots) {
        uint64_t *old = r->seen;
        size_t n = r->slots;
        r->slots *= 4;
        r->seen = talloc_zero_array(ctx, uint64_t, r->slots);
        for (size_t i = 0; i < n; i++)
            if (old[i])
                r->seen[slot_of(r, old[i])] = old[i];
        talloc_free(old);
    }
    r->seen[slot_of(r, id)] = id;
}

/* Reads the entries of the division, once: few as a rule, else by bulk. */
int rest_learn(struct txn *t, void *ctx, const struct ix *ix, struct rest *r)
{
    struct key from = {0}, to, k[FEW];
    size_t n = 0;
    int err = 0;
    if (r->seen)
        return 0;
    r->slots = 4 * FEW;
    r->seen = talloc_zero_array(ctx, uint64_t, r->slots);
    key_area(&from, r->area);
    to = from;
    key_next(&to);
    if (ix->db)
        err = kv_range(t, ix->db, &from, &to, false, k, FEW, &n);
    for (size_t i = 0; i < n && !err; i++)
        rest_add(ctx, r, key_get(k[i].b + k[i].len - 8, 8));
    struct kv_bulk *b = n == FEW ? talloc_size(ctx, sizeof *b) : NULL;
    for (*k = k[n == FEW ? n - 1 : 0]; b && n && !err;) {
        from = *k;
        key_u8(&from, 0);
        err = kv_bulk(t, ix->db, &from, b);
        for (n = 0; !err && kv_bulk_next(b, k) && key_cmp(k, &to) < 0; n++)
            rest_add(ctx, r, key_get(k->b + k->len - 8, 8));
        if (key_cmp(k, &to) >= 0)
            break;
    }
    talloc_free(b);
    return err;
}

/* Of keys of the index by division and id, those without an entry, as the entries they would have. */
size_t rest_keep(const struct rest *r, struct key *k, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t id = key_get(k[i].b + k[i].len - 8, 8);
        if (rest_knows(r, id))
            continue;
        k[kept] = r->head;
        key_u64(&k[kept++], id);
    }
    return kept;
}
