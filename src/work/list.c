/*
 * A page of a list. Where one list index gives the order, it is walked and the page ends with the mark
 * of its last row; else what is in scope is gathered and ordered by what the actor sees of it, and the
 * mark is the order and id of the last row. Never by offset: rows come and go between two pages.
 */
#include "work/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "work/query.h"

#define FEW 2000 /* so many are gathered and ordered faster than a longer index is walked */
#define FAR                                                                                        \
    3000 /* so many in vain, and the answer is rare: gathering reads them in a better order */

/* --- streaming --- */

struct page {
    struct query *q;
    struct node *rows;
    char *last; /* mark of the last row taken */
    bool more;
    size_t vain; /* records read that were not wanted */
    bool grouped;
};

static int page_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct page *p = arg;
    struct rec *rec;
    int err =
        query_only(p->q, id) ? txn_get(txn, p->q->ctx, p->q->ask->form, id, &rec) : HE_NOTFOUND;

    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    if (!query_takes(p->q, rec)) {
        if (++p->vain > FAR && p->grouped) { /* the next page goes on behind it */
            p->more = true;
            talloc_free(p->last);
            p->last = talloc_strdup(p->q->ctx, mark);
        }
    } else {
        if (p->rows->n == (size_t)p->q->limit) {
            p->more = true;
            talloc_free(rec);
            return 1;
        }
        query_row(p->q, p->rows, rec);
        talloc_free(p->last);
        p->last = talloc_strdup(p->q->ctx, mark);
    }
    talloc_free(rec);
    access_forget(p->q->a);
    return p->vain > FAR && (p->grouped || !p->q->ask->after);
}

/* Would the order of the index tell of codes that may not be named? */
static bool order_tells(const struct query *q)
{
    const struct form_field *field = q->sort.field;

    for (size_t i = 0; field->codes && i < field->codes->n; i++)
        if (!access_names_code(q->a, field, field->codes->code[i].code))
            return true;
    return false;
}

static bool can_stream(const struct query *q)
{
    const struct form_field *field = q->sort.field;

    return q->scope.streams && q->scope.by_area && !q->nthen && /* an index has ties by number */
           (!field || (!q->sort.via && field->index && !field->ref && !order_tells(q)));
}

static int page_stream(struct page *p)
{
    struct query *q = p->q;
    struct walk walk = scope_walk(&q->scope, q->sort.field);

    walk.grouped = p->grouped;
    walk.reverse = q->reverse;
    walk.after = q->ask->after;
    if (q->sort.field && q->index.field == q->sort.field) {
        walk.lo = q->index.lo;
        walk.hi = q->index.hi;
    }
    return txn_walk(q->a->txn, &walk, page_one, p);
}

/* --- gathering --- */

struct hit {
    uint64_t id;
    const char *key; /* bytes of the order */
};

struct hits {
    struct hit *hit;
    size_t n;
};

static const char *path_key(struct query *q, void *ctx, const struct rec *rec, struct form_path p)
{
    const char *value = p.field ? query_value(q, ctx, rec, p) : NULL;

    if (!value)
        return "";
    if (p.field->ref && !type_is_unknown(value))
        return pinyin_sortkey(ctx, access_text(q->a, ctx, q->a->actor, p.field, value));
    return type_sortkey(ctx, p.field, value);
}

/* "2组" before "10组": a run of digits begins with its length. */
static const char *by_number(void *ctx, const char *key)
{
    char *out = talloc_array(ctx, char, (unsigned)strlen(key) * 2 + 1), *to = out;

    MUST(out);
    while (*key) {
        size_t n = strspn(key, "0123456789");

        if (n > 0)
            *to++ = (char)('0' + (n < 9 ? n : 9));
        n = n > 0 ? n : 1;
        memcpy(to, key, n);
        to += n;
        key += n;
    }
    *to = '\0';
    return out;
}

static const char *hit_key(struct query *q, void *ctx, const struct rec *rec)
{
    const char *key = path_key(q, ctx, rec, q->sort);

    for (size_t i = 0; i < q->nthen; i++) /* \x01 is before every other byte of a key */
        key = text_printf(ctx, "%s\x01%s", key, by_number(ctx, path_key(q, ctx, rec, q->then[i])));
    return key;
}

static int hit_add(struct query *q, const struct rec *rec, void *arg)
{
    struct hits *h = arg;

    if (h->n % 1024 == 0)
        h->hit = talloc_realloc(q->ctx, h->hit, struct hit, h->n + 1024);
    h->hit[h->n++] = (struct hit){rec->id, hit_key(q, q->ctx, rec)};
    return 0;
}

static int hit_cmp(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    int c = strcmp(x->key, y->key);

    return c ? c : (x->id > y->id) - (x->id < y->id);
}

/* "<id>:<order in hex>" */
static char *hit_mark(void *ctx, const struct hit *hit)
{
    size_t n = strlen(hit->key);
    char *mark = talloc_asprintf(ctx, "%llu:", (unsigned long long)hit->id);
    char *out = talloc_realloc(ctx, mark, char, strlen(mark) + 2 * n + 1);
    char *p = out + strlen(out);

    for (size_t i = 0; i < n; i++, p += 2)
        snprintf(p, 3, "%02x", (unsigned char)hit->key[i]);
    return out;
}

static int mark_hit(void *ctx, const char *mark, struct hit *out)
{
    char *end, *key;
    size_t n;

    out->id = strtoull(mark, &end, 10);
    n = *end == ':' ? strlen(end + 1) : 1;
    if (n % 2 || strspn(end + 1, "0123456789abcdef") != n)
        return HE_PROTOCOL;
    out->key = key = talloc_zero_array(ctx, char, n / 2 + 1);
    for (size_t i = 0; i < n / 2; i++) {
        unsigned b;

        sscanf(end + 1 + 2 * i, "%2x", &b);
        key[i] = (char)b;
    }
    return 0;
}

static int page_rows(struct page *p, const struct hits *h)
{
    struct query *q = p->q;
    struct hit after = {0};
    size_t last = 0;
    int err;

    if (q->ask->after && (err = mark_hit(q->ctx, q->ask->after, &after)))
        return err;
    for (size_t i = 0; i < h->n; i++) {
        size_t at = q->reverse ? h->n - 1 - i : i;
        int c = q->ask->after ? hit_cmp(&h->hit[at], &after) : 0;
        struct rec *rec;

        if (q->ask->after && (q->reverse ? c >= 0 : c <= 0))
            continue;
        if (p->rows->n == (size_t)q->limit) {
            p->more = true;
            break;
        }
        last = at;
        if ((err = txn_get(q->a->txn, q->ctx, q->ask->form, h->hit[at].id, &rec)))
            return err;
        query_row(q, p->rows, rec);
        talloc_free(rec);
    }
    if (p->more)
        p->last = hit_mark(q->ctx, &h->hit[last]);
    return 0;
}

static int page_gather(struct page *p)
{
    struct hits h = {0};
    int err = query_each(p->q, hit_add, &h);

    if (err)
        return err;
    if (h.n > 1)
        qsort(h.hit, h.n, sizeof *h.hit, hit_cmp);
    return page_rows(p, &h);
}

/* Can the rows come as the index lies? A range of the order itself is better read alone. */
static bool can_group(const struct query *q)
{
    return q->ask->grouped && can_stream(q) && !q->reverse && form_division(q->ask->form) &&
           !(q->sort.field && q->index.field == q->sort.field);
}

/* A rare answer by its own index beats a walk of everything in order. The choice must be the same for
 * each page of a list: marks of both kinds look different and decide. */
static bool gather_better(struct query *q)
{
    uint64_t *ids;
    size_t n;

    if (q->ask->after)
        return strchr(q->ask->after, ':') != NULL;
    if (q->ask->only)
        return q->ask->nonly < FEW;
    if (!q->index.field || q->index.field == q->sort.field)
        return false;
    return scope_ids(&q->scope, q->ctx, &q->index, FEW, &ids, &n) == 0 && n < FEW;
}

int list_sound(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct list_ask *ask, struct node *out, char **problem)
{
    const char **areas;
    struct query *q;
    uint64_t total;
    int err = query_open(txn, ctx, county, actor, ask, &q, problem);

    if (err)
        return err;
    areas = q->scope.areas;
    if (!q->where[0] && !q->where[1] && q->scope.streams && q->scope.by_area &&
        (areas ? areas[0] && !areas[1] && txn_count_in(txn, ask->form, areas[0], &total) == 0
               : txn_count(txn, ask->form, &total) == 0))
        node_int(out, "total", (int64_t)total);
    talloc_free(q);
    return 0;
}

int list_page(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
              const struct list_ask *ask, struct node *out, char **problem)
{
    struct page p = {0};
    uint64_t total;
    int err = query_open(txn, ctx, county, actor, ask, &p.q, problem);

    if (err)
        return err;
    p.rows = node_add_list(out, "rows");
    p.vain = can_stream(p.q) && !gather_better(p.q) ? 0 : SIZE_MAX;
    p.grouped = !p.vain && can_group(p.q);
    if (!p.vain)
        err = page_stream(&p);
    if (!err && p.vain > FAR && !p.more && (!ask->after || p.vain == SIZE_MAX)) {
        p.rows = node_add_list(out, "rows");
        err = page_gather(&p);
    }
    if (err)
        return err;
    node_str(out, "next", p.more ? p.last : NULL);
    if (ask->count && !(err = query_count(p.q, &total)))
        node_int(out, "total", (int64_t)total);
    talloc_free(p.q);
    return err;
}
