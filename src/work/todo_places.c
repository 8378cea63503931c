/*
 * Villages (townships for the county) ranked by the work they owe: how many records of the views of
 * rank 1 to 3 lie in each. Views of children are counted from the table of today, every other one is
 * walked once; where that would keep a person waiting it is given up, unless he asked for it.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/area.h"
#include "work/query.h"
#include "work/stat.h"

#define VIEWS_MAX 32
#define WAIT_MS   150

struct place {
    char code[13];
    uint64_t n, of[VIEWS_MAX];
};

struct places {
    void *ctx;
    const struct county *county;
    enum area_level level; /* of the places */
    struct place *place;
    size_t n;
    struct {
        const struct form *form;
        const struct form_view *view;
    } view[VIEWS_MAX];
    size_t nview;
    struct form_path area; /* of the form that is walked */
    struct query *judge;   /* the view that is walked */
    struct timespec begun;
    bool patient, late;
};

/* What the widest post looks down on: AREA_NONE for who has one village only. */
static enum area_level level_of(const struct actor *actor)
{
    enum area_level level = AREA_NONE;

    for (size_t i = 0; i < actor->npost; i++) {
        const char *area = actor->post[i].area;
        enum area_level own = area && *area ? area_level(area) : AREA_COUNTY;

        if (!area || actor->post[i].role->scope != SCOPE_AREA)
            continue;
        if (own < AREA_TOWN)
            return AREA_TOWN;
        level = own == AREA_TOWN ? AREA_VILLAGE : level;
    }
    return level;
}

static struct place *place_of(struct places *p, const char *code)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->place[i].code, code) == 0)
            return &p->place[i];
    p->place = talloc_realloc(p->ctx, p->place, struct place, (unsigned)p->n + 1);
    MUST(p->place);
    p->place[p->n] = (struct place){.n = 0};
    strcpy(p->place[p->n].code, code);
    return &p->place[p->n++];
}

static bool too_long(const struct places *p)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return !p->patient &&
           (now.tv_sec - p->begun.tv_sec) * 1000 + (now.tv_nsec - p->begun.tv_nsec) / 1000000 >
               WAIT_MS;
}

static void place_add(struct places *p, const char *area, size_t view, uint64_t n)
{
    struct place *place;
    char code[13];

    if (!area || area_level(area) < p->level || !n)
        return;
    area_truncate(area, p->level, code);
    place = place_of(p, code);
    place->n += n;
    place->of[view] += n;
}

static int take(struct query *q, const struct rec *rec, void *arg)
{
    struct places *p = arg;
    void *tmp = talloc_new(p->ctx);

    if (query_takes(p->judge, rec))
        place_add(p, query_value(q, tmp, rec, p->area), p->nview, 1);
    talloc_free(tmp);
    return p->late = too_long(p);
}

/* Every record that the index of the view leaves is looked at here, so that the time is. */
static int walk_view(struct places *p, struct query *q)
{
    struct query all = *q;

    all.where[0] = all.where[1] = NULL;
    p->judge = q;
    return query_each(&all, take, p);
}

/* --- children: from the table of today --- */

struct table_ask {
    struct places *p;
    struct query *q[VIEWS_MAX];
    const struct form_view *view[VIEWS_MAX];
    size_t n;
};

static void table_one(const char *division, const int64_t *count, void *arg)
{
    struct table_ask *a = arg;

    for (size_t i = 0; i < a->n; i++)
        if (scope_holds(&a->q[i]->scope, division))
            place_add(a->p, division, a->p->nview + i, (uint64_t)count[i]);
}

static bool by_table(struct table_ask *a, const struct form *form, const struct actor *actor)
{
    for (size_t i = 0; i < a->n; i++)
        if (!a->q[i]->scope.streams || !a->q[i]->scope.by_area)
            return false;
    return a->n && !strcmp(form->name, "child") &&
           stat_view_counts(a->p->county, actor->today, a->view, a->n, table_one, a) == 0;
}

static int each_view(struct txn *txn, struct places *p, const struct actor *actor,
                     const struct form *form)
{
    const char *path = form_division(form);
    struct table_ask a = {.p = p};
    bool table;
    int err = 0;

    if (!path || form_path_parse(form, path, &p->area) < 0)
        return 0;
    for (size_t i = 0; i < form->nview && p->nview + a.n < VIEWS_MAX; i++) {
        const struct form_view *v = &form->view[i];
        struct list_ask *ask = talloc_zero(p->ctx, struct list_ask);
        char *problem;

        *ask = (struct list_ask){.form = form, .view = v->name};
        if (v->todo && v->rank <= VIEW_RANK_OWED &&
            !query_open(txn, p->ctx, p->county, actor, ask, &a.q[a.n], &problem))
            a.view[a.n++] = v;
    }
    table = by_table(&a, form, actor);
    for (size_t i = 0; i < a.n && !p->late && !err; i++) {
        err = table ? 0 : walk_view(p, a.q[i]);
        p->view[p->nview].form = form;
        p->view[p->nview++].view = a.view[i];
    }
    return err;
}

static int by_number(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->code, y->code);
}

static void put_out(struct places *p, struct node *out)
{
    struct node *views = node_add_list(out, "views"), *rows = node_add_list(out, "places");

    if (p->n)
        qsort(p->place, p->n, sizeof *p->place, by_number);
    for (size_t i = 0; i < p->nview; i++) {
        struct node *v = node_add_map(views, NULL);

        node_str(v, "type", p->view[i].form->name);
        node_str(v, "view", p->view[i].view->name);
    }
    for (size_t i = 0; i < p->n; i++) {
        struct node *row = node_add_map(rows, NULL), *of;
        const struct area_info *info = area_find(p->county, p->place[i].code);

        node_str(row, "area", p->place[i].code);
        node_str(row, "name", info ? info->name : p->place[i].code);
        node_int(row, "n", (int64_t)p->place[i].n);
        of = node_add_list(row, "of");
        for (size_t k = 0; k < p->nview; k++)
            node_int(of, NULL, (int64_t)p->place[i].of[k]);
    }
}

int todo_places(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                bool patient, struct node *out)
{
    struct places *p = talloc_zero(ctx, struct places);
    int err = 0;

    MUST(p);
    p->ctx = p;
    p->county = county;
    p->patient = patient;
    p->level = level_of(actor);
    clock_gettime(CLOCK_MONOTONIC, &p->begun);
    for (size_t i = 0; i < county->dict->nform && p->level != AREA_NONE && !p->late && !err; i++)
        err = each_view(txn, p, actor, &county->dict->form[i]);
    if (p->level != AREA_NONE)
        node_str(out, "level", p->level == AREA_TOWN ? "town" : "village");
    if (p->late)
        node_bool(out, "late", true);
    else if (!err)
        put_out(p, out);
    talloc_free(p);
    return err;
}
