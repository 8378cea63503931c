/*
 * Two files of one child become one: what the file that stays does not know is taken from the
 * other, whatever points at the other points at it, and the other's id is found as its own from
 * then on.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "work/agreement.h"
#include "work/sweep.h"
#include "work/task.h"

struct merge {
    struct txn *txn;
    void *ctx;
    struct store_who who;
    const struct form *form; /* of the records that point at the child */
    const struct form_field *field;
    const char *to;
    uint64_t *id;
    size_t n;
};

static int merge_id(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct merge *m = arg;

    (void)txn;
    (void)mark;
    m->id = talloc_realloc(m->ctx, m->id, uint64_t, m->n + 1);
    m->id[m->n++] = id;
    return 0;
}

/* Ids first: the index changes under the walk otherwise. */
static int repoint_field(struct merge *m, uint64_t from)
{
    char *key = text_printf(m->ctx, "%llu", (unsigned long long)from);
    struct walk walk = {.form = m->form, .field = m->field, .lo = key, .hi = key};
    int err;

    m->id = NULL;
    m->n = 0;
    err = txn_walk(m->txn, &walk, merge_id, m);
    for (size_t i = 0; i < m->n && !err; i++) {
        struct rec *old, *rec;

        if ((err = txn_get(m->txn, m->ctx, m->form, m->id[i], &old)))
            break;
        rec = rec_copy(m->ctx, old);
        rec_set_at(rec, m->field, m->to);
        err = txn_put(m->txn, &m->who, old, rec, NULL, NULL);
    }
    return err;
}

static int repoint(struct merge *m, const struct county *county, const struct rec *from)
{
    int err = 0;

    for (size_t i = 0; i < county->dict->nform && !err; i++) {
        m->form = &county->dict->form[i];
        for (size_t j = 0; j < m->form->nfield && !err; j++) {
            m->field = &m->form->field[j];
            if (m->field->ref == from->form && m->field->index)
                err = repoint_field(m, from->id);
        }
    }
    return err;
}

static void fill(struct rec *to, const struct rec *from)
{
    for (size_t i = 0; i < to->form->nfield; i++)
        if (!to->form->field[i].system && !to->val[i] && from->val[i])
            rec_set_at(to, &to->form->field[i], from->val[i]);
}

/* The rules run over the file as it is now; a finding of level E undoes the merge. */
static int settle(struct merge *m, const struct county *county, const struct actor *actor,
                  const struct rec *old, struct rec *rec, const struct rec *from)
{
    struct save s = {.form = rec->form, .id = rec->id, .findings = findings_new(m->ctx)};
    struct save_more more = {.trusted = true};
    struct family *f = family_new(m->txn, m->ctx, county, actor, &s, &more);
    struct node *note = node_map(m->ctx);
    char state[2];
    int err;

    f->rec = rec;
    if ((err = effect_child(f, rec, old)) ||
        (err = review_mirror(m->txn, m->ctx, county, rec->id, state)))
        return err;
    rec_set(rec, "review_state", state);
    effect_check(f);
    if (findings_count(s.findings, 'E'))
        return HE_RULE;
    node_int(note, "merged", (int64_t)from->id);
    node_str(note, "file_no", rec_get(from, "file_no"));
    if ((err = txn_put(m->txn, &m->who, old, rec, NULL, NULL)) ||
        (err = task_follow(m->txn, m->ctx, county, &m->who, from, rec)))
        return err;
    return txn_note(m->txn, &m->who, rec->form, rec->id, note);
}

int child_merge(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                uint64_t from_id, uint64_t to_id, const char *why)
{
    const struct form *form = dict_form(county->dict, "child");
    struct merge m = {.txn = txn, .ctx = ctx, .who = actor->who};
    struct rec *from, *to, *rec;
    bool clash;
    int err = txn_get(txn, ctx, form, from_id, &from);

    if (err || (err = txn_get(txn, ctx, form, to_id, &to)))
        return err;
    if (from->id == to->id)
        return HE_CONFLICT;
    if (!actor_sees(txn, county, actor, "child.merge", from) ||
        !actor_sees(txn, county, actor, "child.merge", to))
        return HE_DENIED;
    if ((err = agreement_clash(txn, ctx, county, from->id, to->id, &clash)))
        return err;
    if (clash)
        return HE_EXISTS;
    if (why)
        m.who.why = why;
    m.who.today = actor->today;
    m.to = text_printf(ctx, "%llu", (unsigned long long)to->id);
    rec = rec_copy(ctx, to);
    fill(rec, from);
    if ((err = repoint(&m, county, from)) ||
        (err = txn_forward(txn, &m.who, form, from->id, to->id)))
        return err;
    err = settle(&m, county, actor, to, rec, from);
    if (!err)
        err = sweep_follow(txn, ctx, county, &m.who, rec, true);
    return err ? err : sweep_merged(txn, ctx, county, &m.who, rec->id);
}
