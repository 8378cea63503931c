/*
 * Ordered reading. An index begins with the division, so several villages are several stretches of
 * it; a heap merges them to one order of (sort key, id). Where a larger division is asked for, the
 * villages that have entries are found by jumping from one to the next. Keys are copied in small
 * portions and no lock is held while the caller's function runs.
 *
 * Records with the usual value of a field have no entry: a second stretch of each division gives them
 * as if they had (rest.c).
 *
 * The mark of an entry is its bytes behind the division, in hex: sort key, 0, id; of a grouped walk all
 * of its bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "store/walk_in.h"

/* --- portions --- */

static void keep_first_pieces(struct source *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->k[i].b[--s->k[i].len] == 0)
            s->k[n++] = s->k[i];
    s->n = n;
}

static DB *source_db(const struct merge *m, const struct source *s)
{
    return s->rest ? m->all->db : m->db;
}

static int source_fill(struct merge *m, struct source *s)
{
    int err = s->rest ? rest_learn(m->t, m->ctx, m->ix, s->rest) : 0;
    if (s->n && m->nstretch == 1 && s->room < WALK_CHUNK) {
        s->room = WALK_CHUNK;
        s->k = talloc_realloc(m->ctx, s->k, struct key, s->room);
    }
    for (s->i = s->n = 0; !err && !s->end && s->n == 0;) {
        err =
            kv_range(m->t, source_db(m, s), &s->from, &s->to, m->w->reverse, s->k, s->room, &s->n);
        if (err)
            return err;
        s->end = s->n < s->room;
        if (s->n && m->w->reverse) {
            s->to = s->k[s->n - 1];
        } else if (s->n) {
            s->from = s->k[s->n - 1];
            key_u8(&s->from, 0);
        }
        if (m->pieces)
            keep_first_pieces(s);
        else if (s->rest)
            s->n = rest_keep(s->rest, s->k, s->n);
    }
    return err;
}

/* What the caller's function reads is noted by itself. */
static int walk_tell(struct merge *m, walk_fn fn, uint64_t id, const char *mark, void *arg)
{
    seen_end(m->t);
    int err = fn(m->t, id, mark, arg);
    seen_begin(m->t);
    return err;
}

/* --- in no order --- */

static void hex(const unsigned char *b, size_t n, char *out)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *out++ = digit[b[i] >> 4];
        *out++ = digit[b[i] & 15];
    }
    *out = '\0';
}

static int source_read(struct merge *m, const struct source *s, struct kv_bulk *b, walk_fn fn,
                       void *arg)
{
    struct key from = s->from, k;
    char mark[2 * KEY_MAX + 1];
    int err = s->rest ? rest_learn(m->t, m->ctx, m->ix, s->rest) : 0;
    if (m->after.len && key_cmp(&m->after, &from) >= 0) {
        from = m->after;
        key_u8(&from, 0);
    }
    for (bool any = true; any && !err;) {
        err = kv_bulk(m->t, source_db(m, s), &from, b);
        for (any = false; !err && kv_bulk_next(b, &k); any = true) {
            uint64_t id = key_get(k.b + k.len - 8, 8);
            if (s->to.len && key_cmp(&k, &s->to) >= 0)
                return 0;
            if (m->marks)
                hex(k.b, k.len, mark);
            if (!s->rest || !rest_knows(s->rest, id))
                err = walk_tell(m, fn, id, m->marks ? mark : NULL, arg);
            from = k;
        }
        key_u8(&from, 0);
    }
    return err;
}

static int read_all(struct merge *m, walk_fn fn, void *arg)
{
    struct kv_bulk *b = talloc_size(m->ctx, sizeof *b);
    int err = 0;
    MUST(b);
    for (size_t i = 0; i < m->nsrc && !err; i++)
        err = source_read(m, &m->src[i], b, fn, arg);
    return err > 0 ? 0 : err;
}

/* --- the heap --- */

static int order_cmp(const struct merge *m, size_t a, size_t b)
{
    const struct key *x = &m->src[a].k[m->src[a].i], *y = &m->src[b].k[m->src[b].i];
    size_t n = x->len < y->len ? x->len : y->len;
    int c = memcmp(x->b + m->prefix, y->b + m->prefix, n - m->prefix);
    if (!c)
        c = (x->len > y->len) - (x->len < y->len);
    return m->w->reverse ? -c : c;
}

static void heap_down(struct merge *m, size_t i)
{
    for (;;) {
        size_t min = i, l = 2 * i + 1;
        for (size_t c = l; c < l + 2 && c < m->nheap; c++)
            if (order_cmp(m, m->heap[c], m->heap[min]) < 0)
                min = c;
        if (min == i)
            return;
        size_t x = m->heap[i];
        m->heap[i] = m->heap[min];
        m->heap[min] = x;
        i = min;
    }
}

static int heap_build(struct merge *m)
{
    m->heap = talloc_array(m->ctx, size_t, m->nsrc + 1);
    m->nheap = 0;
    for (size_t i = 0; i < m->nsrc; i++) {
        struct source *s = &m->src[i];
        int err;
        s->room = m->portion;
        s->k = talloc_array(m->ctx, struct key, s->room);
        s->waits = s->rest != NULL; /* many a list ends before it comes to them */
        if (s->waits)
            s->n = rest_begin(s->rest, m->w->reverse, s->k);
        else if ((err = source_fill(m, s)))
            return err;
        if (s->n)
            m->heap[m->nheap++] = i;
    }
    for (size_t i = m->nheap; i-- > 0;)
        heap_down(m, i);
    return 0;
}

static int heap_next(struct merge *m)
{
    struct source *s = &m->src[m->heap[0]];
    if (s->waits || ++s->i == s->n) {
        s->waits = false;
        int err = source_fill(m, s);
        if (err)
            return err;
        if (s->n == 0)
            m->heap[0] = m->heap[--m->nheap];
    }
    heap_down(m, 0);
    return 0;
}

/* --- what is asked --- */

static const struct ix *walk_index(const struct table *tb, const struct form_field *f)
{
    for (size_t i = 0; i < tb->nix; i++)
        if (tb->ix[i].field == f)
            return &tb->ix[i];
    return NULL;
}

static int unhex(const char *s, struct key *k)
{
    for (; *s; s += 2) {
        unsigned b;
        if (strspn(s, "0123456789abcdef") < 2 || sscanf(s, "%2x", &b) != 1 || k->len == KEY_MAX)
            return HE_PROTOCOL;
        key_u8(k, b);
    }
    return 0;
}

static void order_bounds(struct merge *m, const struct form_field *f)
{
    const char *v[2] = {m->w->lo, m->w->hi};
    struct key *k[2] = {&m->lo, &m->hi};
    for (int i = 0; i < 2; i++) {
        if (!v[i] || !*v[i])
            continue;
        const char *sort = type_sortkey(m->ctx, f, v[i]);
        key_bytes(k[i], sort, strnlen(sort, SORTKEY_MAX));
        m->has_hi = i == 1;
    }
    if (m->has_hi)
        key_u8(&m->hi, 1); /* behind the 0 that ends an equal sort key */
    if (m->has_hi && !m->lo.len)
        key_u8(&m->lo, 1); /* behind the unanswered */
}

static int merge_begin(struct merge *m)
{
    const struct table *tb = store_table(m->t->s, m->w->form);
    m->marks = m->w->grouped && tb->area.field;
    const struct form_field *f = m->marks ? NULL : m->w->field;
    bool by_area = tb->area.field && (f ? !f->ref : m->marks || m->w->areas);
    const struct ix *ix = f || by_area ? walk_index(tb, f) : NULL;
    if (f && !ix)
        return HE_USAGE;
    m->has_after = m->w->after && *m->w->after;
    m->straight = m->marks || (m->w->any_order && ix && !m->has_after && !m->w->reverse);
    if (f && !f->ref)
        order_bounds(m, f);
    if (ix && ix->usual) {
        m->all = walk_index(tb, NULL);
        if (m->straight && !m->lo.len && !m->has_hi) { /* every record, in no order */
            ix = m->all;
            m->all = NULL;
        }
    }
    if ((ix && !atomic_load(&ix->ready)) || (m->all && !atomic_load(&m->all->ready)))
        return HE_BUSY;
    m->ix = ix;
    m->by_area = by_area;
    m->db = ix ? ix->db : tb->rec;
    m->pieces = !ix;
    m->prefix = by_area ? AREA_LEN : ix && ix->ref && m->w->lo ? 8 : 0;
    int err = m->has_after ? unhex(m->w->after, &m->after) : 0;
    return err ? err : sources(m);
}

/* A merged duplicate is found by its id, but is no row of its own. */
static int is_forward(struct merge *m, uint64_t id, bool *yes)
{
    struct stored st = {.kind = 'R'};
    int err = m->pieces ? rec_load(m->t, m->ctx, store_table(m->t->s, m->w->form), id, &st) : 0;
    *yes = err == HE_NOTFOUND || st.kind == 'F';
    talloc_free(st.raw);
    return err == HE_NOTFOUND ? 0 : err;
}

static int merge_run(struct merge *m, walk_fn fn, void *arg)
{
    int err = merge_begin(m);
    if (!err && m->straight)
        return read_all(m, fn, arg);
    if (!err)
        err = heap_build(m);
    while (!err && m->nheap) {
        const struct source *s = &m->src[m->heap[0]];
        const struct key *k = &s->k[s->i];
        uint64_t id = key_get(k->b + k->len - 8, 8);
        char mark[2 * KEY_MAX + 1];
        bool skip;
        if (s->waits) {
            err = heap_next(m);
            continue;
        }
        hex(k->b + m->prefix, k->len - m->prefix, mark);
        err = is_forward(m, id, &skip);
        if (!err && !skip)
            err = walk_tell(m, fn, id, mark, arg);
        if (!err)
            err = heap_next(m);
    }
    return err > 0 ? 0 : err;
}

int txn_walk(struct txn *t, const struct walk *w, walk_fn fn, void *arg)
{
    struct merge m = {.t = t, .w = w, .ctx = talloc_new(t->ctx)};
    seen_form(t, store_table(t->s, w->form));
    seen_begin(t);
    int err = merge_run(&m, fn, arg);
    seen_end(t);
    talloc_free(m.ctx);
    return err;
}

struct each {
    void *ctx;
    const struct form *form;
    record_fn fn;
    void *arg;
};

static int each_one(struct txn *t, uint64_t id, const char *mark, void *arg)
{
    struct each *e = arg;
    struct rec *rec;
    int err = txn_get(t, e->ctx, e->form, id, &rec);
    (void)mark;
    if (err == HE_NOTFOUND) /* an entry of the index that a reader sees longer than its record */
        return 0;
    return err ? err : e->fn(rec, e->arg);
}

int txn_each(struct txn *t, void *ctx, const struct walk *w, record_fn fn, void *arg)
{
    struct each e = {.ctx = ctx, .form = w->form, .fn = fn, .arg = arg};
    return txn_walk(t, w, each_one, &e);
}

int txn_count_in(struct txn *t, const struct form *form, const char *area, uint64_t *n)
{
    const struct table *tb = store_table(t->s, form);
    const struct ix *ix = walk_index(tb, NULL);
    uint64_t lo = area_num(area), hi = lo + area_span(area);
    if (!ix || !tb->area.field || !atomic_load(&ix->ready))
        return HE_NOTFOUND;
    for (int end = 0; end < 2; end++) { /* the first and the last of the index by division */
        const struct key all = {0};
        struct key k;
        size_t found;
        int err = kv_range(t, ix->db, &all, &all, end, &k, 1, &found);
        if (err)
            return err;
        if (found && (key_get(k.b, AREA_LEN) < lo || key_get(k.b, AREA_LEN) >= hi))
            return HE_NOTFOUND;
    }
    return txn_count(t, form, n);
}
