/* Which stretches of an index a walk reads: one for each division that has entries, and one for those of
 * its records that have none (rest.c). */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "store/walk_in.h"

#define FIRST_CHUNK 8
#define AREA_END    0x10000000000u /* behind every division */

static void source_range(struct merge *m, const struct key *prefix, struct source *s)
{
    s->from = s->to = *prefix;
    key_bytes(&s->from, m->lo.b, m->lo.len);
    if (m->has_hi)
        key_bytes(&s->to, m->hi.b, m->hi.len);
    else if (!key_next(&s->to))
        key_init(&s->to);
    if (!m->has_after)
        return;
    struct key *end = m->w->reverse ? &s->to : &s->from;
    *end = *prefix;
    key_bytes(end, m->after.b, m->after.len);
    if (!m->w->reverse)
        key_u8(end, m->pieces ? 0xff : 0);
}

struct area_list {
    uint64_t *code;
    size_t n;
};

static void area_add(struct merge *m, struct area_list *l, uint64_t code)
{
    l->code = talloc_realloc(m->ctx, l->code, uint64_t, l->n + 1);
    l->code[l->n++] = code;
}

/* The divisions in [from, end) that have entries. */
static int areas_present(struct merge *m, uint64_t from, uint64_t end, struct area_list *l)
{
    while (from < end) {
        struct key lo = {0}, hi = {0}, k;
        size_t n;
        key_area(&lo, from);
        if (end < AREA_END)
            key_area(&hi, end);
        int err = kv_range(m->t, m->all ? m->all->db : m->db, &lo, &hi, false, &k, 1, &n);
        if (err || !n)
            return err;
        from = key_get(k.b, AREA_LEN);
        area_add(m, l, from++);
    }
    return 0;
}

static int area_cmp(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t area_span(const char *code)
{
    uint64_t span = 1;
    for (int i = area_prefix_len(code); i < 12; i++)
        span *= 10;
    return span;
}

static int areas_collect(struct merge *m, struct area_list *l)
{
    int err = 0;
    if (!m->w->areas)
        return areas_present(m, 0, AREA_END, l);
    for (const char *const *a = m->w->areas; *a && !err; a++) {
        uint64_t code = area_num(*a), span = area_span(*a);
        if (span == 1)
            area_add(m, l, code);
        else
            err = areas_present(m, code, code + span, l);
    }
    if (l->n > 1)
        qsort(l->code, l->n, sizeof *l->code, area_cmp);
    return err;
}

/* All of a division and those below it in one stretch. */
static void source_whole(struct merge *m, uint64_t from, uint64_t span)
{
    struct source *s = &m->src[m->nsrc++];
    if (from)
        key_area(&s->from, from);
    if (from + span < AREA_END)
        key_area(&s->to, from + span);
}

static int source_cmp(const void *a, const void *b)
{
    const struct source *x = a, *y = b;
    return key_cmp(&x->from, &y->from);
}

/* Divisions of posts do not contain each other (actor_areas), but a caller may name one twice. */
static void sources_whole(struct merge *m)
{
    size_t n = 0;
    while (m->w->areas && m->w->areas[n])
        n++;
    m->src = talloc_zero_array(m->ctx, struct source, n + 1);
    if (!m->w->areas)
        source_whole(m, 0, AREA_END);
    for (size_t i = 0; i < n; i++) {
        bool again = false;
        for (size_t j = 0; j < n && !again; j++)
            again = j != i && area_within(m->w->areas[i], m->w->areas[j]) &&
                    (j < i || strcmp(m->w->areas[i], m->w->areas[j]));
        if (!again)
            source_whole(m, area_num(m->w->areas[i]), area_span(m->w->areas[i]));
    }
    if (m->marks && m->nsrc > 1) /* a page goes on where the one before ended */
        qsort(m->src, m->nsrc, sizeof *m->src, source_cmp);
}

/* The entries of a division and the records that have none. */
static void source_area(struct merge *m, uint64_t code)
{
    struct source range = {0};
    struct key prefix = {0};
    key_area(&prefix, code);
    source_range(m, &prefix, &range);
    m->nstretch++;
    if (m->db)
        m->src[m->nsrc++] = range;
    if (m->all && (range.rest = rest_new(m->ctx, m->ix, code, &range.from, &range.to)))
        m->src[m->nsrc++] = range;
}

int sources(struct merge *m)
{
    struct area_list l = {0};
    struct key prefix = {0};
    if (m->marks || (m->by_area && m->straight && !m->lo.len && !m->has_hi)) {
        sources_whole(m);
        return 0;
    }
    int err = m->by_area ? areas_collect(m, &l) : 0;
    if (err)
        return err;
    if (!m->by_area && m->prefix)
        key_u64(&prefix, strtoull(m->w->lo, NULL, 10));
    m->src = talloc_zero_array(m->ctx, struct source, 2 * l.n + 1);
    if (!m->by_area) {
        source_range(m, &prefix, &m->src[m->nsrc++]);
        m->nstretch = 1;
    }
    for (size_t i = 0; i < l.n; i++)
        if (!i || l.code[i] != l.code[i - 1])
            source_area(m, l.code[i]);
    /* a single stretch begins small: most are the few links of one record */
    m->portion = m->nstretch > 128 ? 4 : m->nstretch > 1 ? 512 / m->nstretch : FIRST_CHUNK;
    return 0;
}
