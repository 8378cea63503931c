/*
 * Scopes. Posts of divisions are walked by the list indexes, which begin with the division; posts of a
 * school or of assignment by the index of the field that binds the child to them; shared records by
 * the records that link to them.
 */
#include "work/scope.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/text.h"

static const char *right_of(void *ctx, const struct form *form)
{
    return text_printf(ctx, "%s.read", form->name);
}

/* The areas of the posts, cut to the division asked for. */
static void cut_areas(struct scope *s, void *ctx)
{
    const char **own = actor_areas(ctx, s->a->actor, right_of(ctx, s->a->form));
    size_t n = 0;

    s->by_area = own[0] != NULL;
    if (own[0] && !*own[0]) {
        s->areas = NULL;
        if (!s->within)
            return;
        own[n++] = s->within;
    } else {
        for (size_t i = 0; own[i]; i++) {
            if (!s->within || area_within(own[i], s->within))
                own[n++] = own[i];
            else if (area_within(s->within, own[i]))
                own[n++] = s->within;
        }
    }
    own[n] = NULL;
    s->areas = own;
    s->by_area = n > 0;
}

/* By which a dependent record (a visit) belongs to another (a child). */
static const struct form_field *owner_of(const struct form *form)
{
    const char *division = form_division(form);
    struct form_path p;

    return division && !form_path_parse(form, division, &p) ? p.via : NULL;
}

void scope_init(struct scope *s, void *ctx, struct access *a, const char *within)
{
    const struct actor *actor = a->actor;
    const struct form_field *via = owner_of(a->form);
    const struct form_field *school = form_field(via ? via->ref : a->form, "school");
    const struct form_field *worker = form_field(via ? via->ref : a->form, "worker");

    *s = (struct scope){.a = a, .within = within, .via = via};
    s->school = talloc_array(ctx, uint64_t, actor->npost);
    s->owned = a->form->owner != NULL;
    if (s->owned)
        return;
    if (!a->form->area) {
        s->by_area = s->streams = true;
        return;
    }
    if (form_is_shared(a->form))
        return;
    cut_areas(s, ctx);
    for (size_t i = 0; i < actor->npost; i++) {
        const struct actor_post *post = &actor->post[i];

        if (post->role->scope == SCOPE_SCHOOL && post->school && school && school->ref)
            s->school[s->nschool++] = post->school;
        if (post->role->scope == SCOPE_ASSIGNED && worker && worker->index && worker->ref)
            s->assigned = true;
    }
    s->streams = !s->nschool && !s->assigned;
}

struct walk scope_walk(const struct scope *s, const struct form_field *field)
{
    bool bound = form_division(s->a->form) != NULL;

    return (struct walk){.form = s->a->form, .field = field, .areas = bound ? s->areas : NULL};
}

bool scope_holds(const struct scope *s, const char *division)
{
    for (size_t i = 0; s->areas && s->areas[i]; i++)
        if (area_within(division, s->areas[i]))
            return true;
    return !s->areas;
}

/* --- ids --- */

struct gather {
    void *ctx;
    uint64_t *id;
    size_t n, max;
};

static int gather_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct gather *g = arg;

    (void)txn, (void)mark;
    if (g->n % 1024 == 0)
        g->id = talloc_realloc(g->ctx, g->id, uint64_t, g->n + 1024);
    g->id[g->n++] = id;
    return g->n >= g->max;
}

static int id_cmp(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void gather_distinct(struct gather *g)
{
    size_t n = 0;

    if (g->n > 1)
        qsort(g->id, g->n, sizeof *g->id, id_cmp);
    for (size_t i = 0; i < g->n; i++)
        if (n == 0 || g->id[n - 1] != g->id[i])
            g->id[n++] = g->id[i];
    g->n = n;
}

static int gather_by(struct scope *s, struct gather *g, const struct form_field *field, uint64_t to)
{
    const char *key = text_printf(g->ctx, "%llu", (unsigned long long)to);
    struct walk walk = {.form = field->form, .field = field, .lo = key, .hi = key};

    return txn_walk(s->a->txn, &walk, gather_one, g);
}

/* Bound to a school or a worker; of a dependent record its owner is, and it is found by that. */
static int gather_ref(struct scope *s, struct gather *g, const char *name, uint64_t to)
{
    struct gather owners = {.ctx = g->ctx, .max = SIZE_MAX};
    int err;

    if (!s->via)
        return gather_by(s, g, form_field(s->a->form, name), to);
    err = gather_by(s, &owners, form_field(s->via->ref, name), to);
    for (size_t i = 0; i < owners.n && !err && g->n < g->max; i++)
        err = gather_by(s, g, s->via, owners.id[i]);
    return err;
}

/* Records of a school or assigned, outside of the division asked for, fall away. */
static int gather_cut(struct scope *s, struct gather *g, size_t from)
{
    size_t n = from;

    for (size_t i = from; s->within && i < g->n; i++) {
        void *tmp = talloc_new(g->ctx);
        struct rec *rec;

        if (txn_get(s->a->txn, tmp, s->a->form, g->id[i], &rec) == 0 &&
            area_within(txn_area(s->a->txn, tmp, rec), s->within))
            g->id[n++] = g->id[i];
        talloc_free(tmp);
    }
    if (s->within)
        g->n = n;
    return 0;
}

static int gather_direct(struct scope *s, struct gather *g, const struct expr_index *index)
{
    int err = 0;
    size_t from;

    if (s->by_area) {
        struct walk walk = scope_walk(s, index ? index->field : NULL);

        if (index && !index->within) {
            walk.lo = index->lo;
            walk.hi = index->hi;
        } else if (index) {
            walk.field = NULL;
        }
        walk.any_order = true;
        err = txn_walk(s->a->txn, &walk, gather_one, g);
    }
    if (s->owned)
        return gather_ref(s, g, s->a->form->owner, s->a->actor->id);
    from = g->n;
    for (size_t i = 0; i < s->nschool && !err && g->n < g->max; i++)
        err = gather_ref(s, g, "school", s->school[i]);
    if (s->assigned && !err && g->n < g->max)
        err = gather_ref(s, g, "worker", s->a->actor->id);
    return err ? err : gather_cut(s, g, from);
}

/* --- shared records --- */

/* Links that this single post follows from form: it reads the field. */
static int gather_links(struct access *from, const struct form *shared, const char *within,
                        struct gather *g)
{
    const struct form *form = from->form;
    struct gather ids = {.ctx = talloc_new(g->ctx), .max = SIZE_MAX};
    struct scope s;
    int err;

    scope_init(&s, ids.ctx, from, within);
    err = gather_direct(&s, &ids, NULL);
    for (size_t i = 0; i < ids.n && !err && g->n < g->max; i++) {
        void *tmp = talloc_new(ids.ctx);
        struct rec *rec;

        if (txn_get(from->txn, tmp, form, ids.id[i], &rec) == 0)
            for (size_t f = 0; f < form->nfield; f++)
                if (form->field[f].ref == shared && rec->val[f] &&
                    actor_reads(from->actor, &form->field[f]))
                    gather_one(from->txn, rec_ref(rec, form->field[f].name), NULL, g);
        talloc_free(tmp);
    }
    talloc_free(ids.ctx);
    return err;
}

static bool links_to(const struct form *form, const struct form *shared)
{
    for (size_t f = 0; f < form->nfield; f++)
        if (form->field[f].ref == shared)
            return true;
    return false;
}

static int gather_shared(struct scope *s, struct gather *g)
{
    const struct dict *dict = s->a->county->dict;
    int err = 0;

    for (size_t p = 0; p < s->a->actor->npost; p++)
        for (size_t f = 0; f < dict->nform && !err; f++) {
            const struct form *form = &dict->form[f];
            struct actor one = *s->a->actor;
            struct access *from;

            if (!form_division(form) || form->system || !links_to(form, s->a->form))
                continue;
            one.post = &s->a->actor->post[p];
            one.npost = 1;
            from = access_new(s->a->txn, g->ctx, s->a->county, &one, form, NULL);
            if (from)
                err = gather_links(from, s->a->form, s->within, g);
        }
    return err;
}

int scope_ids(const struct scope *scope, void *ctx, const struct expr_index *index, size_t max,
              uint64_t **ids, size_t *n)
{
    struct scope s = *scope;
    struct gather g = {.ctx = ctx, .max = max};
    int err = form_is_shared(s.a->form) ? gather_shared(&s, &g) : gather_direct(&s, &g, index);

    gather_distinct(&g);
    *ids = g.id;
    *n = g.n;
    return err;
}
