/*
 * The counts of the first screen. Views that an index counts are counted by it; the others
 * of a form share one walk of the scope. A director's village takes milliseconds; where the walk would
 * keep a person waiting it is given up, and the screen shows the view without a number.
 */
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/area.h"
#include "base/err.h"
#include "work/query.h"
#include "work/stat.h"

#define FEW       2000
#define FAR       20000
#define WAIT_MS   800 /* once, while today's table is not there yet */
#define VIEWS_MAX 64

struct due {
    struct query *q;
    uint64_t n;
    bool known;
};

struct dues {
    struct due due[VIEWS_MAX];
    size_t n;
    const struct actor *posts; /* of the shared walk */
    struct timespec begun;
    bool given_up;
};

static bool late(const struct dues *d)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - d->begun.tv_sec) * 1000 + (now.tv_nsec - d->begun.tv_nsec) / 1000000 >
           WAIT_MS;
}

static bool same_posts(const struct actor *a, const struct actor *b)
{
    if (a->npost != b->npost)
        return false;
    for (size_t i = 0; i < a->npost; i++)
        if (a->post[i].id != b->post[i].id)
            return false;
    return true;
}

static int take(struct query *q, const struct rec *rec, void *arg)
{
    struct dues *d = arg;

    (void)q;
    for (size_t i = 0; i < d->n; i++) {
        struct due *due = &d->due[i];

        if (due->known || !same_posts(due->q->a->actor, d->posts))
            continue;
        due->n += query_takes(due->q, rec);
        access_forget(due->q->a);
    }
    d->given_up = late(d);
    return d->given_up;
}

/* People are in reach by the records that name them: in a whole county these cannot be gathered while
 * somebody waits. */
static bool out_of_reach(const struct query *q)
{
    uint64_t n;

    if (!form_is_shared(q->ask->form) || txn_count(q->a->txn, q->ask->form, &n) || n < FAR)
        return false;
    for (size_t i = 0; i < q->a->actor->npost; i++)
        if (q->a->actor->post[i].area && area_level(q->a->actor->post[i].area) < AREA_TOWN)
            return true;
    return false;
}

/* Everything that the posts of this view reach, once, for all views of the same posts. */
static int walk_for(struct dues *d, struct due *first)
{
    struct query all = *first->q;
    int err = 0;

    d->posts = first->q->a->actor;
    all.where[0] = all.where[1] = NULL;
    all.index.field = NULL;
    d->given_up = late(d) /* of a form before */ || out_of_reach(first->q);
    if (!d->given_up && (err = query_each(&all, take, d)))
        return err;
    for (size_t i = 0; i < d->n; i++)
        if (same_posts(d->due[i].q->a->actor, d->posts) && !d->due[i].known) {
            d->due[i].known = true;
            if (d->given_up)
                d->due[i].n = UINT64_MAX;
        }
    return 0;
}

static int count_small(struct due *due)
{
    uint64_t *ids;
    size_t n;
    int err = 0;

    if (due->q->exact) {
        due->known = true;
        return query_count(due->q, &due->n);
    }
    if (due->q->index.field &&
        !(err = scope_ids(&due->q->scope, due->q, &due->q->index, FEW, &ids, &n)) && n < FEW) {
        due->known = true;
        return query_count(due->q, &due->n);
    }
    return err;
}

/* --- of children: from the table of today --- */

struct table_ask {
    struct due *due[VIEWS_MAX];
    size_t n;
};

static void table_one(const char *division, const int64_t *count, void *arg)
{
    struct table_ask *a = arg;

    for (size_t i = 0; i < a->n; i++)
        if (scope_holds(&a->due[i]->q->scope, division))
            a->due[i]->n += (uint64_t)count[i];
}

static void count_by_table(struct dues *d, const struct county *county, const struct form *form)
{
    struct table_ask a = {.n = 0};
    const struct form_view *view[VIEWS_MAX];
    int err = HE_NOTFOUND;

    for (size_t i = 0; i < d->n && !strcmp(form->name, "child"); i++)
        if (d->due[i].q->scope.streams && d->due[i].q->scope.by_area) {
            view[a.n] = d->due[i].q->view;
            a.due[a.n++] = &d->due[i];
        }
    if (a.n)
        err = stat_view_counts(county, d->due[0].q->a->actor->today, view, a.n, table_one, &a);
    for (size_t i = 0; i < a.n && !err; i++)
        a.due[i]->known = true;
}

static void due_out(struct node *rows, const struct due *due)
{
    const struct form *form = due->q->ask->form;
    struct node *row = node_add_map(rows, NULL);

    node_str(row, "view", due->q->view->name);
    node_str(row, "type", form->name);
    node_str(row, "label", due->q->view->label);
    node_str(row, "en", due->q->view->en);
    if (due->n == UINT64_MAX)
        node_nil(row, "count");
    else
        node_int(row, "count", (int64_t)due->n);
    node_str(row, "code", form->code);
}

static int due_form(struct txn *txn, void *ctx, const struct county *county,
                    const struct actor *actor, const struct form *form, struct timespec begun,
                    struct node *rows)
{
    struct dues *d = talloc_zero(ctx, struct dues);
    int err = 0;

    d->begun = begun;
    for (size_t i = 0; i < form->nview && d->n < VIEWS_MAX; i++) {
        struct list_ask *ask = talloc_zero(d, struct list_ask);
        char *problem;

        *ask = (struct list_ask){.form = form, .view = form->view[i].name};
        if (form->view[i].todo &&
            query_open(txn, d, county, actor, ask, &d->due[d->n].q, &problem) == 0)
            d->n++;
    }
    count_by_table(d, county, form);
    for (size_t i = 0; i < d->n && !err; i++)
        if (!d->due[i].known)
            err = count_small(&d->due[i]);
    for (size_t i = 0; i < d->n && !err; i++)
        if (!d->due[i].known)
            err = walk_for(d, &d->due[i]);
    for (size_t i = 0; i < d->n && !err; i++)
        due_out(rows, &d->due[i]);
    talloc_free(d);
    return err;
}

int todo_list(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
              struct node *out)
{
    struct node *rows = node_add_list(out, "rows");
    struct timespec begun;
    int err = 0;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    for (size_t i = 0; i < county->dict->nform && !err; i++)
        err = due_form(txn, ctx, county, actor, &county->dict->form[i], begun, rows);
    return err;
}
