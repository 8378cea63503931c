/* Counts, and counts by fields: what is counted by is only what the actor may name. */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/query.h"

#define BY_MAX     4
#define GROUPS_MAX 20000

struct group {
    char *key; /* values, each ended by \x1f */
    uint64_t n;
};

struct groups {
    struct form_path by[BY_MAX];
    bool town[BY_MAX]; /* the township of this division */
    size_t nby;
    struct group *slot; /* open hash */
    size_t slots, n;
    void *ctx;
};

static size_t hash(const char *s)
{
    size_t h = 5381;

    for (; *s; s++)
        h = h * 33 + (unsigned char)*s;
    return h;
}

static struct group *group_slot(struct groups *g, const char *key)
{
    size_t i = hash(key) & (g->slots - 1);

    while (g->slot[i].key && strcmp(g->slot[i].key, key) != 0)
        i = (i + 1) & (g->slots - 1);
    return &g->slot[i];
}

static void groups_grow(struct groups *g)
{
    struct group *old = g->slot;
    size_t n = g->slots;

    g->slots = n ? 2 * n : 256;
    g->slot = talloc_zero_array(g->ctx, struct group, g->slots);
    for (size_t i = 0; i < n; i++)
        if (old[i].key)
            *group_slot(g, old[i].key) = old[i];
    talloc_free(old);
}

static int group_add(struct groups *g, const char *key)
{
    struct group *slot;

    if (2 * (g->n + 1) > g->slots)
        groups_grow(g);
    slot = group_slot(g, key);
    if (!slot->key) {
        if (g->n == GROUPS_MAX)
            return HE_LIMIT;
        slot->key = talloc_strdup(g->ctx, key);
        g->n++;
    }
    slot->n++;
    return 0;
}

/* A multiple choice counts under each of its codes. */
static int group_values(struct query *q, struct groups *g, void *tmp, const struct rec *rec,
                        size_t at, const char *key)
{
    const char *value;
    char *copy, *save = NULL, town[13];
    int err = 0;

    if (at == g->nby)
        return group_add(g, key);
    value = query_value(q, tmp, rec, g->by[at]);
    if (value && g->town[at]) {
        area_truncate(value, AREA_TOWN, town);
        value = town;
    }
    if (!value || type_is_unknown(value) || strcmp(g->by[at].field->type->name, "codes") != 0)
        return group_values(q, g, tmp, rec, at + 1,
                            text_printf(tmp, "%s%s\x1f", key, value ? value : ""));
    copy = talloc_strdup(tmp, value);
    for (char *c = strtok_r(copy, ",", &save); c && !err; c = strtok_r(NULL, ",", &save))
        err = group_values(q, g, tmp, rec, at + 1, text_printf(tmp, "%s%s\x1f", key, c));
    return err;
}

static int group_one(struct query *q, const struct rec *rec, void *arg)
{
    struct groups *g = arg;
    void *tmp = talloc_new(g->ctx);
    int err = group_values(q, g, tmp, rec, 0, "");

    talloc_free(tmp);
    return err;
}

static int group_cmp(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    if (!x->key || !y->key)
        return (x->key == NULL) - (y->key == NULL);
    return strcmp(x->key, y->key);
}

static void groups_out(struct query *q, struct groups *g, struct node *out)
{
    struct node *rows = node_add_list(out, "rows");

    if (g->slots > 1)
        qsort(g->slot, g->slots, sizeof *g->slot, group_cmp);
    for (size_t i = 0; i < g->n; i++) {
        struct node *row = node_add_map(rows, NULL), *v = node_add_list(row, "v");
        struct node *k = node_add_list(row, "k");
        char *at = g->slot[i].key;

        for (size_t f = 0; f < g->nby; f++) {
            char *end = strchr(at, '\x1f');

            *end = '\0';
            node_str(k, NULL, at);
            node_str(v, NULL,
                     access_text(q->a, g->ctx, q->a->actor, g->by[f].field, *at ? at : NULL));
            at = end + 1;
        }
        node_int(row, "n", (int64_t)g->slot[i].n);
    }
}

int list_count(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct list_ask *ask, const char **by, struct node *out, char **problem)
{
    struct groups g = {.ctx = ctx};
    struct query *q;
    uint64_t total;
    int err = query_open(txn, ctx, county, actor, ask, &q, problem);

    if (err)
        return err;
    for (; by && by[g.nby]; g.nby++) {
        if (g.nby == BY_MAX) {
            *problem = text_printf(ctx, _("最多按%d项分组"), BY_MAX);
            return HE_USAGE;
        }
        const char *division = form_town(ask->form, by[g.nby]);

        g.town[g.nby] = division != NULL;
        if ((err = access_path(q->a, ctx, division ? division : by[g.nby], true, &g.by[g.nby],
                               problem)))
            return err;
    }
    if (!g.nby) {
        if (!(err = query_count(q, &total)))
            node_int(out, "total", (int64_t)total);
        return err;
    }
    if (!(err = query_each(q, group_one, &g)))
        groups_out(q, &g, out);
    return err;
}
