/* A shared person and the children linked to it: one edit, every file knows (decision 4). */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/save_in.h"
#include "work/sweep.h"

struct id_list {
    void *ctx;
    uint64_t *id;
    size_t n;
};

static void id_add(struct id_list *l, uint64_t id)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->id[i] == id)
            return;
    l->id = talloc_realloc(l->ctx, l->id, uint64_t, l->n + 1);
    l->id[l->n++] = id;
}

static int id_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    (void)txn;
    (void)mark;
    id_add(arg, id);
    return 0;
}

static int children_of(struct txn *txn, const struct county *county, const struct rec *rec,
                       struct id_list *l)
{
    const struct form *child = dict_form(county->dict, "child");
    char *key = text_printf(l->ctx, "%llu", (unsigned long long)rec->id);

    for (size_t i = 0; i < child->nfield; i++) {
        struct walk walk = {.form = child, .field = &child->field[i], .lo = key, .hi = key};
        int err;

        if (child->field[i].ref == rec->form && child->field[i].index &&
            (err = txn_walk(txn, &walk, id_one, l)))
            return err;
    }
    return 0;
}

int touch_children(struct txn *txn, void *ctx, const struct county *county, const struct rec *rec,
                   uint64_t **ids, size_t *n)
{
    struct id_list l = {.ctx = ctx};
    int err = children_of(txn, county, rec, &l);

    *ids = l.id;
    *n = l.n;
    return err;
}

/* Every child but the root that a changed, stored person or household is linked to. */
static int touched(struct family *f, struct id_list *l)
{
    int err = 0;

    l->ctx = f;
    if (f->old && !form_is(f->s->form, "child"))
        err = children_of(f->txn, f->county, f->old, l);
    for (size_t i = 0; i < f->n && !err; i++)
        if (f->m[i]->old && f->m[i]->rec->form->area && member_changed(f->m[i]))
            err = children_of(f->txn, f->county, f->m[i]->old, l);
    for (size_t i = 0; i < l->n; i++)
        if (form_is(f->s->form, "child") && l->id[i] == f->rec->id)
            l->id[i--] = l->id[--l->n];
    return err;
}

/* Children of villages the actor does not see are counted, not named. */
int touch_preview(struct family *f)
{
    const struct form *form = dict_form(f->county->dict, "child");
    struct id_list l = {0};
    size_t hidden = 0;
    struct node *row;
    int err = touched(f, &l);

    for (size_t i = 0; i < l.n && !err; i++) {
        struct rec *child;

        if ((err = txn_get(f->txn, f, form, l.id[i], &child)))
            break;
        if (!f->s->touched)
            f->s->touched = node_list(f->ctx);
        if (!actor_sees(f->txn, f->county, f->actor, "child.read", child)) {
            hidden++;
            continue;
        }
        row = node_add_map(f->s->touched, NULL);
        node_int(row, "id", (int64_t)child->id);
        node_str(row, "title", rec_title(f, child));
    }
    if (hidden) {
        row = node_add_map(f->s->touched, NULL);
        node_str(row, "title", text_printf(f, _("其他村的孩子 %zu 名"), hidden));
    }
    return err;
}

/* --- after storing --- */

/* Which record changed and in which fields; the values stand in its own history. */
static struct node *note_of(struct family *f, const struct rec *old, const struct rec *rec)
{
    struct node *note = node_map(f), *fields;

    node_str(note, "type", rec->form->name);
    node_int(note, "id", (int64_t)rec->id);
    fields = node_add_list(note, "fields");
    for (size_t i = 0; i < rec->form->nfield; i++)
        if (!rec_same(old->val[i], rec->val[i]))
            node_str(fields, NULL, rec->form->field[i].name);
    return note;
}

static int note_children(struct family *f, const struct rec *old, const struct rec *rec)
{
    struct id_list l = {.ctx = f};
    struct node *note;
    int err = children_of(f->txn, f->county, rec, &l);

    note = note_of(f, old, rec);
    for (size_t i = 0; i < l.n && !err && node_first(node_get(note, "fields")); i++)
        err = txn_note(f->txn, &f->who, dict_form(f->county->dict, "child"), l.id[i], note);
    return err;
}

static int retest(struct family *f, uint64_t id)
{
    struct rec *old, *rec;
    char state[2];
    int err = txn_get(f->txn, f, dict_form(f->county->dict, "child"), id, &old);

    if (err)
        return err;
    rec = rec_copy(f, old);
    if ((err = effect_child(f, rec, old)) || (err = review_mirror(f->txn, f, f->county, id, state)))
        return err;
    rec_set(rec, "review_state", state);
    err = txn_put(f->txn, &f->who, old, rec, NULL, NULL);
    return err ? err : sweep_follow(f->txn, f, f->county, &f->who, rec, true);
}

int touch_retest(struct family *f, uint64_t id)
{
    struct rec *old, *rec;
    int err = txn_get(f->txn, f, dict_form(f->county->dict, "child"), id, &old);

    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    rec = rec_copy(f, old);
    if ((err = effect_test(f, rec)))
        return err;
    err = txn_put(f->txn, &f->who, old, rec, NULL, NULL);
    return err ? err : sweep_follow(f->txn, f, f->county, &f->who, rec, false);
}

int touch_all(struct family *f)
{
    struct id_list l = {0};
    int err = touched(f, &l);

    for (size_t i = 0; i < l.n && !err; i++)
        err = retest(f, l.id[i]);
    for (size_t i = 0; i < f->n && !err; i++)
        if (f->m[i]->old && f->m[i]->rec->form->area && member_changed(f->m[i]))
            err = note_children(f, f->m[i]->old, f->m[i]->rec);
    if (!err && f->old && !form_is(f->s->form, "child") && f->s->form->area)
        err = note_children(f, f->old, f->rec);
    return err;
}

/* --- a child that moved --- */

static int stays_behind(struct family *f, const struct rec *person, const char *village, bool *yes)
{
    struct id_list l = {.ctx = f};
    int err = children_of(f->txn, f->county, person, &l);

    *yes = false;
    for (size_t i = 0; i < l.n && !err && !*yes; i++) {
        struct rec *child;

        err = txn_get(f->txn, f, dict_form(f->county->dict, "child"), l.id[i], &child);
        *yes = !err && rec_same(rec_get(child, "village"), village);
    }
    return err;
}

/* Parents and caregivers go with the child, unless a child of the old village needs them there. */
int touch_moved(struct family *f)
{
    const char *was = f->old ? rec_get(f->old, "village") : NULL;
    const char *now = was ? rec_get(f->rec, "village") : NULL;
    int err = 0;

    if (!now || rec_same(was, now))
        return 0;
    for (size_t i = 0; i < f->rec->form->nfield && !err; i++) {
        const struct form_field *via = &f->rec->form->field[i];
        struct rec *old, *rec;
        bool stays;

        if (!via->ref || !via->index || !f->rec->val[i] || !form_is(via->ref, "person"))
            continue;
        if ((err = txn_get(f->txn, f, via->ref, rec_ref(f->rec, via->name), &old)) ||
            (err = stays_behind(f, old, was, &stays)))
            break;
        if (stays || !rec_same(rec_get(old, "village"), was))
            continue;
        rec = rec_copy(f, old);
        rec_set(rec, "village", now);
        err = txn_put(f->txn, &f->who, old, rec, NULL, NULL);
    }
    return err;
}

/* --- what names a record --- */

struct linked {
    void *ctx;
    const struct form *form;
    struct rec **rec;
    size_t n;
};

static int linked_one(struct rec *rec, void *arg)
{
    struct linked *l = arg;

    l->rec = talloc_realloc(l->ctx, l->rec, struct rec *, l->n + 1);
    l->rec[l->n++] = rec;
    return 0;
}

int linked_all(struct txn *txn, void *ctx, const struct form *form, const char *field, uint64_t id,
               struct rec ***rec, size_t *n)
{
    const char *key = text_printf(ctx, "%llu", (unsigned long long)id);
    struct walk walk = {.form = form, .field = form_field(form, field), .lo = key, .hi = key};
    struct linked l = {.ctx = ctx, .form = form};
    int err = txn_each(txn, ctx, &walk, linked_one, &l);

    *rec = l.rec;
    *n = l.n;
    return err;
}
