/*
 * What must be reviewed waits in a `change` record; the file keeps its last effective values
 * meanwhile (decision 5). decide.c is the other half: approving, returning, recalling.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "work/save_in.h"

enum level review_level(struct txn *txn, const struct county *county, const struct actor *actor,
                        const struct rec *child)
{
    if (actor_sees(txn, county, actor, "child.approve", child))
        return LEVEL_COUNTY;
    return actor_sees(txn, county, actor, "child.review", child) ? LEVEL_TOWN : LEVEL_VILLAGE;
}

const char *review_first(const struct family *f)
{
    return f->level == LEVEL_TOWN && !f->s->typed_for ? "2" : "1";
}

/* --- what waits --- */

/* Restricted values never lie in a change that others review: who may enter them is named. */
static bool restricted(const struct form_field *field, const char *value)
{
    if (field->class == CLASS_D)
        return true;
    for (size_t i = 0; value && field->codes && i < field->codes->n; i++)
        if (field->codes->code[i].class == CLASS_D &&
            type_codes_has(value, field->codes->code[i].code))
            return true;
    return false;
}

static bool waits(const struct family *f, const struct form_field *field, const char *was,
                  const char *now)
{
    if (field->review_town && f->level == LEVEL_TOWN && !f->s->typed_for)
        return f->more->whole && !rec_same(was, now);
    if (rec_same(was, now) || field->system || restricted(field, was) || restricted(field, now))
        return false;
    return field->review || f->more->whole;
}

static void propose(struct family *f, const char *path, const char *value)
{
    if (!f->proposed)
        f->proposed = node_map(f);
    node_str(f->proposed, path, value);
}

/* A person that is linked by the change waits whole, as it was typed. */
static void propose_group(struct family *f, const struct form_field *via)
{
    size_t len = strlen(via->name);

    if (!f->proposed)
        f->proposed = node_map(f);
    for (const struct node *n = node_first(f->value); n; n = n->next)
        if (!strncmp(n->key, via->name, len) && (!n->key[len] || n->key[len] == '.'))
            node_copy(f->proposed, n->key, n);
}

/* Was anything of the linked record typed ("father.name"), not only which record it is? */
static bool group_typed(const struct node *value, const char *via)
{
    size_t len = strlen(via);

    for (const struct node *n = node_first(value); n; n = n->next)
        if (!strncmp(n->key, via, len) && n->key[len] == '.')
            return true;
    return false;
}

static void split_root(struct family *f)
{
    for (size_t i = 0; i < f->rec->form->nfield; i++) {
        const struct form_field *field = &f->rec->form->field[i];
        const char *was = f->old->val[i], *now = f->typed->val[i];
        const struct member *m = NULL;

        if (!waits(f, field, was, now))
            continue;
        for (size_t j = 0; field->ref && now && j < f->n; j++)
            if (f->m[j]->rec->form == field->ref &&
                f->m[j]->rec->id == rec_ref(f->typed, field->name))
                m = f->m[j];
        if (m && group_typed(f->value, field->name))
            propose_group(f, field);
        else
            propose(f, field->name, now);
        rec_set_at(f->rec, field, was);
    }
}

static bool still_linked(const struct family *f, const struct member *m)
{
    for (size_t i = 0; i < f->rec->form->nfield; i++)
        if (f->rec->form->field[i].ref == m->rec->form && f->rec->val[i] &&
            rec_ref(f->rec, f->rec->form->field[i].name) == m->rec->id)
            return true;
    return false;
}

static void split_member(struct family *f, struct rec *rec, const struct rec *old, const char *via)
{
    for (size_t i = 0; i < rec->form->nfield; i++) {
        const struct form_field *field = &rec->form->field[i];

        if (!waits(f, field, old->val[i], rec->val[i]))
            continue;
        propose(f, text_printf(f, "%s.%s", via, field->name), rec->val[i]);
        rec_set_at(rec, field, old->val[i]);
    }
}

/* Somebody else's file would change with the person. */
static int shared(struct family *f, const struct member *m, bool *yes)
{
    uint64_t *ids;
    size_t n;
    int err = touch_children(f->txn, f, f->county, m->old, &ids, &n);

    *yes = n > 1 || (n == 1 && ids[0] != f->rec->id);
    return err;
}

static int split_members(struct family *f, bool waiting)
{
    for (size_t i = 0; i < f->n; i++) {
        struct member *m = f->m[i];
        bool yes = true;
        int err;

        if (!still_linked(f, m)) {
            f->m[i--] = f->m[--f->n];
            continue;
        }
        if (m->old && waiting && (err = shared(f, m, &yes)))
            return err;
        if (m->old && yes)
            split_member(f, m->rec, m->old, m->path.via->name);
    }
    return 0;
}

/* A person edited by itself: the change lies with the child it was found by. */
static int split_person(struct family *f)
{
    const struct form *form = dict_form(f->county->dict, "child");
    const struct form_field *via = NULL;
    struct rec *child;
    int err = txn_get(f->txn, f, form, f->child, &child);

    for (size_t i = 0; i < form->nfield && !err && !via; i++)
        if (form->field[i].ref == f->rec->form && form->field[i].index && child->val[i] &&
            rec_ref(child, form->field[i].name) == f->rec->id)
            via = &form->field[i];
    if (via)
        split_member(f, f->rec, f->old, via->name);
    return err;
}

int review_split(struct family *f)
{
    const char *state = f->old && form_is(f->s->form, "child") ? rec_get(f->old, "state") : NULL;
    bool waiting = !f->old || (state && *state == '2');
    bool lead = (!f->old || (state && *state == '1')) && !f->more->kind;
    int err;

    f->kind = f->more->kind ? f->more->kind : "2";
    if (f->level == LEVEL_COUNTY)
        return 0;
    if (f->child)
        return split_person(f);
    if (!form_is(f->s->form, "child"))
        return 0;
    if (lead && effect_suspected(f->typed)) { /* what it changes in other files is reviewed */
        err = split_members(f, true);
        if (!f->old && f->proposed)
            rec_set(f->rec, "review_state", review_first(f));
        return err;
    }
    if (waiting && !f->more->kind) {
        f->kind = "1";
        f->proposed = node_map(f);
        if (!f->old)
            rec_set(f->rec, "review_state", review_first(f));
        return split_members(f, true);
    }
    f->rec = rec_copy(f->ctx, f->typed);
    f->state = NULL;
    split_root(f);
    if ((err = split_members(f, false)))
        return err;
    if (f->more->kind && !f->proposed)
        f->proposed = node_map(f);
    return 0;
}

/* --- the change record --- */

int review_open(struct txn *txn, void *ctx, const struct county *county, uint64_t child,
                struct rec ***out, size_t *n)
{
    struct rec **all;
    size_t nall;
    int err = linked_all(txn, ctx, dict_form(county->dict, "change"), "child", child, &all, &nall);

    *n = 0;
    *out = err ? NULL : talloc_array(ctx, struct rec *, nall);
    for (size_t i = nall; !err && i-- > 0;) /* newest first */
        if (strchr("123", *(rec_get(all[i], "state") ? rec_get(all[i], "state") : "x")))
            (*out)[(*n)++] = all[i];
    return err;
}

/* Returned before waiting for the township before waiting for the county. */
int review_mirror(struct txn *txn, void *ctx, const struct county *county, uint64_t child,
                  char out[2])
{
    static const char order[] = "312";
    struct rec **open;
    size_t n, best = 3;
    int err = review_open(txn, ctx, county, child, &open, &n);

    for (size_t i = 0; i < n && !err; i++) {
        size_t at = (size_t)(strchr(order, *rec_get(open[i], "state")) - order);

        best = at < best ? at : best;
    }
    out[0] = best < 3 ? order[best] : '0';
    out[1] = '\0';
    return err;
}

/* At most limit characters. */
static const char *shorten(void *ctx, const char *s, size_t limit)
{
    char *out = talloc_strdup(ctx, s ? s : "");
    size_t at = 0;

    for (size_t i = 0; i < limit && out[at]; i++)
        at = text_cluster_next(out, at);
    out[at] = '\0';
    return out;
}

static const char *summary(struct family *f)
{
    const struct form *form = dict_form(f->county->dict, "child");
    const struct codes *kinds = dict_codes(f->county->dict, "change_kind");
    char *out = talloc_strdup(f, codes_label(kinds, f->kind));
    const char *mark = " ";

    for (const struct node *n = node_first(f->proposed); n; n = n->next) {
        struct form_path path;

        if (form_path_parse(form, n->key, &path) || path.field->class >= CLASS_C)
            continue;
        out = talloc_asprintf_append(out, "%s%s", mark, form_path_label(f, path));
        mark = "、";
    }
    return shorten(f, out, 100);
}

static int submitter(struct family *f, uint64_t *id)
{
    *id = f->actor->id;
    if (!f->s->typed_for)
        return 0;
    return txn_unique(f->txn, form_field(dict_form(f->county->dict, "user"), "login"),
                      f->s->typed_for, id);
}

static void set_id(struct rec *rec, const char *field, uint64_t id)
{
    rec_set(rec, field, id ? text_printf(rec, "%llu", (unsigned long long)id) : NULL);
}

/* The version the child gets by what of this change takes effect at once. */
static uint32_t version_to_be(const struct family *f)
{
    int *at = talloc_array(f->value, int, f->rec->form->nfield);

    return f->old->version + (rec_diff(f->old, f->rec, at) ? 1 : 0);
}

static int change_fill(struct family *f, struct rec *change)
{
    const struct rec *root = f->old ? f->old : f->rec;
    struct rec *child = base_unconst(root);
    char now[20];
    uint64_t who;
    int err = submitter(f, &who);

    if (!err && f->child)
        err = txn_get(f->txn, f, dict_form(f->county->dict, "child"), f->child, &child);
    if (err)
        return err;
    set_id(change, "child", child->id);
    set_id(change, "person", f->child ? root->id : 0);
    rec_set(change, "kind", f->kind);
    rec_set(change, "state", review_first(f));
    rec_set(change, "summary", summary(f));
    rec_set(change, "village", rec_get(child, "village"));
    if (*f->kind == '3')
        rec_set(change, "to_village", node_text(f->proposed, "village"));
    set_id(change, "base_version", f->old && !f->child ? version_to_be(f) : child->version);
    rec_set(change, "proposed", node_json(f, f->proposed));
    rec_set(change, "reason", shorten(f, f->s->why, 200));
    rec_set(change, "source", shorten(f, f->s->source, 40));
    set_id(change, "submitted_by", who);
    set_id(change, "typed_by", f->s->typed_for ? f->actor->id : 0);
    rec_set(change, "submitted_on", date_time_format(date_now(), now));
    return 0;
}

static int end_change(struct family *f, const struct rec *old)
{
    struct rec *rec = rec_copy(f, old);

    rec_set(rec, "state", "5");
    return txn_put(f->txn, &f->who, old, rec, NULL, NULL);
}

/* What the replaced change asked for and this one does not speak of goes on with it. */
static int merge_proposed(struct family *f, const struct rec *old)
{
    struct node *was;
    int err = review_proposed(f, old, &was);

    for (const struct node *n = node_first(was); n && !err; n = n->next)
        if (!node_get(f->proposed, n->key) && !node_get(f->value, n->key))
            node_copy(f->proposed, n->key, n);
    return err;
}

/* Ends the open changes of the same kind; *same is one that need not be sent anew. */
static int replace_open(struct family *f, const struct rec **same)
{
    struct rec **open;
    size_t n;
    int err = review_open(f->txn, f, f->county, f->child ? f->child : f->rec->id, &open, &n);

    *same = NULL;
    for (size_t i = 0; i < n && !err; i++) {
        if (strcmp(rec_get(open[i], "kind"), f->kind) != 0)
            continue;
        if (*f->kind == '1' && !node_first(f->proposed) &&
            !strcmp(rec_get(open[i], "state"), review_first(f))) {
            *same = open[i];
            continue;
        }
        if (strchr("12", *f->kind))
            err = merge_proposed(f, open[i]);
        if (!err)
            err = end_change(f, open[i]);
    }
    return err;
}

/* review_state as it will be with the new change; a person's children follow by touch_all. */
static int mirror_new(struct family *f)
{
    char state[2];
    int err;

    if (!f->old || f->child)
        return 0;
    if ((err = review_mirror(f->txn, f, f->county, f->rec->id, state)))
        return err;
    rec_set(f->rec, "review_state", *state == '3' || *state == '1' ? state : review_first(f));
    return 0;
}

int review_submit(struct family *f)
{
    struct rec *change = rec_new(f, dict_form(f->county->dict, "change"));
    const struct rec *same = NULL;
    int err = f->old ? replace_open(f, &same) : 0;

    if (!err && same)
        f->s->change = same->id;
    if (err || same || (err = mirror_new(f)) || (err = change_fill(f, change)) ||
        (err = txn_put(f->txn, &f->who, NULL, change, NULL, NULL)))
        return err;
    f->s->change = change->id;
    return 0;
}
