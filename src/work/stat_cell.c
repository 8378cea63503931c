/* The records behind a figure: a list like every other one, of these alone. */
#include <stdlib.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/stat_in.h"

struct cell {
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    struct list_ask list;
    const char *words, **by;
    struct node *out; /* of this run */
    char **problem;
};

static int list(struct txn *txn, void *arg)
{
    struct cell *c = arg;

    c->out = node_map(c->ctx);
    if (c->by)
        return list_count(txn, c->ctx, c->county, c->actor, &c->list, c->by, c->out, c->problem);
    if (c->words)
        return list_find(txn, c->ctx, c->county, c->actor, &c->list, c->words, c->out, c->problem);
    return list_page(txn, c->ctx, c->county, c->actor, &c->list, c->out, c->problem);
}

struct here {
    const struct form *form;
    uint64_t *id;
    size_t n;
};

/* Files that were merged since are the file they went to. */
static int forward(struct txn *txn, void *arg)
{
    struct here *h = arg;
    void *tmp = talloc_new(NULL);

    for (size_t i = 0; i < h->n; i++) {
        struct rec *rec;

        if (txn_get(txn, tmp, h->form, h->id[i], &rec) == 0)
            h->id[i] = rec->id;
        talloc_free_children(tmp);
    }
    talloc_free(tmp);
    return 0;
}

static int id_cmp(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* In order, each once. */
static size_t set_of(uint64_t *id, size_t n)
{
    size_t k = 0;

    if (n)
        qsort(id, n, sizeof *id, id_cmp);
    for (size_t i = 0; i < n; i++)
        if (k == 0 || id[k - 1] != id[i])
            id[k++] = id[i];
    return k;
}

int stat_cell(void *ctx, const struct county *county, const struct actor *actor,
              const struct stat_ask *ask, const struct list_ask *list_ask, const char *words,
              const char **by, struct node *out, char **problem)
{
    static const uint64_t none = 0;
    struct cell c = {.ctx = ctx,
                     .county = county,
                     .actor = actor,
                     .list = *list_ask,
                     .words = words,
                     .by = by,
                     .problem = problem};
    struct stat_pick *pick = ask->pick;
    struct here here;
    struct stat_answer *a;
    int err;

    *problem = NULL;
    pick->ids = NULL;
    pick->n = 0;
    if (!stat_nameable(ctx, county, actor, ask->report, pick->column)) {
        *problem = text_printf(ctx, _("这个数字没有可以打开的名单"));
        return HE_DENIED;
    }
    err = stat_run(ctx, county, actor, ask, &a, problem);
    c.list.form = report_column_form(ask->report, &ask->report->column[pick->column]);
    here = (struct here){c.list.form, pick->ids, pick->n};
    if (!err && !(err = store_read(county->store, forward, &here))) {
        c.list.nonly = set_of(pick->ids, pick->n);
        c.list.only = pick->n ? pick->ids : &none;
        err = store_read(county->store, list, &c);
    }
    for (const struct node *e = err ? NULL : node_first(c.out); e; e = e->next)
        node_copy(out, e->key, e);
    talloc_free(pick->ids);
    return err;
}
