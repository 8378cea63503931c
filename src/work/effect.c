/*
 * What follows from the values of a change: defaults, the definition test, completeness, the
 * responsible director, the standing and the number of a file. Fields that rules write are written
 * here only.
 */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/text.h"
#include "form/type.h"
#include "work/agreement.h"
#include "work/duty.h"

bool form_is(const struct form *form, const char *name)
{
    return !strcmp(form->name, name);
}

static void set_date(struct rec *rec, const char *field, struct date d)
{
    char text[11];

    rec_set(rec, field, date_format(d, text));
}

/* --- defaults --- */

/* The village of the actor's only village post: with several the form asks (decision 12). */
static const char *actor_village(const struct actor *actor)
{
    const char *village = NULL;

    for (size_t i = 0; i < actor->npost; i++) {
        const struct actor_post *post = &actor->post[i];

        if (area_level(post->area) != AREA_VILLAGE)
            continue;
        if (village && strcmp(village, post->area) != 0)
            return NULL;
        village = post->area;
    }
    return village;
}

static void default_field(const struct family *f, struct rec *rec, const struct form_field *field)
{
    char day[11];
    const char *v = field->dflt;

    if (!strcmp(v, "today"))
        v = date_format(f->actor->today, day);
    else if (!strcmp(v, "user"))
        v = f->env.me;
    else if (!strcmp(v, "user.village"))
        v = actor_village(f->actor);
    rec_set_at(rec, field, v);
}

static void default_rec(const struct family *f, struct rec *rec)
{
    for (size_t i = 0; i < rec->form->nfield; i++)
        if (rec->form->field[i].dflt && !rec->val[i] && !rec->form->field[i].retired)
            default_field(f, rec, &rec->form->field[i]);
}

/* The own field with the division; shared records say which village registered them. */
static const struct form_field *area_field(const struct form *form)
{
    const char *division = form_is_shared(form) ? "village" : form_division(form);

    return division && !strchr(division, '.') ? form_field(form, division) : NULL;
}

/* Why a child was registered, when nobody said (domain.md 2.21). */
static const char *default_reason(const struct family *f)
{
    const char *source = f->s->source ? f->s->source : "";

    return !strncmp(source, "import", 6) ? "07" : !strncmp(source, "sweep", 5) ? "03" : "99";
}

void effect_defaults(struct family *f)
{
    const struct form_field *root = area_field(f->rec->form);

    if (!f->old) {
        default_rec(f, f->rec);
        if (form_is(f->rec->form, "child") && !rec_get(f->rec, "add_reason"))
            rec_set(f->rec, "add_reason", default_reason(f));
    }
    for (size_t i = 0; i < f->n; i++) {
        struct rec *rec = f->m[i]->rec;
        const struct form_field *area = area_field(rec->form);

        if (area && root && !rec_at(rec, area) && member_changed(f->m[i]))
            rec_set_at(rec, area, rec_at(f->rec, root));
        if (!f->m[i]->old)
            default_rec(f, rec);
    }
}

/* --- the definition and what is missing --- */

static void effect_definition(struct family *f, struct rec *child)
{
    static const char *const codes[] = {[DEF_YES] = "1", [DEF_NO] = "2", [DEF_OPEN] = "3"};
    const char *kinds = rec_get(child, "child_kinds");
    struct definition_result d;

    definition_test(f, &f->county->conf, child, &f->env, &d);
    rec_set(child, "lbc_result", codes[d.result]);
    rec_set(child, "lbc_reason", d.reason);
    rec_set(child, "lbc_inputs", d.inputs);
    set_date(child, "lbc_on", f->actor->today);
    if (d.entrust && kinds && type_codes_has(kinds, "10") && !rec_get(child, "reason_entrust"))
        rec_set(child, "reason_entrust", text_printf(child, "%d", d.entrust));
}

/* What is missing in the file: the child and the people and household it is listed by. */
static void effect_complete(struct family *f, struct rec *child)
{
    struct findings *missing = findings_new(f->ctx);
    char count[16];

    rec_check_complete(child, &f->env, missing);
    for (size_t i = 0; i < child->form->nfield; i++) {
        const struct form_field *via = &child->form->field[i];
        struct findings *of;
        const struct rec *rec;

        if (!via->ref || !via->index || !via->ref->area || !child->val[i])
            continue;
        rec = f->env.linked(f->env.arg, child, via);
        if (!rec)
            continue;
        of = findings_new(missing);
        rec_check_complete(rec, &f->env, of);
        findings_merge(missing, of, text_printf(missing, "%s.", via->name));
    }
    snprintf(count, sizeof count, "%zu", missing->n);
    rec_set(child, "missing_count", count);
    rec_set(child, "complete", missing->n ? "0" : "1");
    if (child == f->rec)
        f->s->missing = missing;
}

/* --- who is responsible --- */

/* Given when nobody is responsible, and anew when the child moves; a hand-over changes it
 * otherwise. */
static int effect_director(struct family *f, struct rec *child, const struct rec *old)
{
    bool moved = old && !rec_same(rec_get(old, "village"), rec_get(child, "village"));
    uint64_t user;
    int err;

    if (rec_get(child, "director") && !moved)
        return 0;
    err = village_director(f->txn, f->county, rec_get(child, "village"), f->actor->today, &user);
    if (!err)
        rec_set(child, "director",
                user ? text_printf(child, "%llu", (unsigned long long)user) : NULL);
    return err;
}

/* --- standing --- */

bool effect_suspected(const struct rec *child)
{
    const char *kinds = rec_get(child, "child_kinds");

    return kinds && !strcmp(kinds, "90");
}

static bool effective(const struct rec *child)
{
    const char *state = rec_get(child, "state");

    return state && (*state == '1' || *state == '3');
}

static void effect_state(struct family *f, struct rec *child, const struct rec *old)
{
    if (f->state && child == f->rec)
        rec_set(child, "state", *f->state == '3' && effect_suspected(child) ? "1" : f->state);
    else if (!rec_get(child, "state") || effective(child))
        rec_set(child, "state", effect_suspected(child) ? "1" : "3");
    if (!rec_get(child, "review_state"))
        rec_set(child, "review_state", "0");
    if (old && rec_get(old, "state") && *rec_get(old, "state") == '1' && effective(child) &&
        !effect_suspected(child))
        rec_set(child, "add_reason", "04");
}

int effect_test(struct family *f, struct rec *child)
{
    struct findings *own = findings_new(f);
    int err;

    effect_definition(f, child);
    if ((err = agreement_standing(f->txn, f->county, f->actor->today, child)))
        return err;
    effect_complete(f, child);
    rec_check(child, &f->env, own);
    if (child == f->rec)
        f->own = own;
    return effect_quality(f, child, own);
}

int effect_child(struct family *f, struct rec *child, const struct rec *old)
{
    int err = effect_director(f, child, old);

    effect_state(f, child, old);
    effect_national(child, old);
    duty_set(&f->county->conf, f->actor->today, child);
    set_date(child, "updated_on", f->actor->today);
    return err ? err : effect_test(f, child);
}

/* --- the number of a file: village code and a running number, kept for life (R-015) --- */

int effect_file_no(struct family *f, struct rec *child)
{
    const struct form_field *field = form_field(child->form, "file_no");
    char *key, *no;
    struct node *count = NULL;
    int64_t n = 0;
    uint64_t id;
    int err;

    if (rec_at(child, field) || !effective(child) || !rec_get(child, "village"))
        return 0;
    if (f->more->file_no && txn_unique(f->txn, field, f->more->file_no, &id) == HE_NOTFOUND) {
        rec_set_at(child, field, f->more->file_no);
        return 0;
    }
    key = text_printf(f, "file_no/%s", rec_get(child, "village"));
    err = txn_meta_get(f->txn, f, key, &count);
    if (!err)
        n = node_num(count, "n", 0);
    else if (err != HE_NOTFOUND)
        return err;
    do {
        no = text_printf(f, "%s%04lld", rec_get(child, "village"), (long long)++n);
    } while (!(err = txn_unique(f->txn, field, no, &id)));
    if (err != HE_NOTFOUND)
        return err;
    rec_set_at(child, field, no);
    count = node_map(f);
    node_int(count, "n", n);
    return txn_meta_put(f->txn, key, count);
}

/* --- findings of the family --- */

/* A value that was refused while it was taken is not missing besides. */
static bool told(const struct findings *fs, const char *field)
{
    for (size_t i = 0; i < fs->n; i++)
        if (fs->f[i].level == 'E' && !strcmp(fs->f[i].field, field))
            return true;
    return false;
}

static void check_one(struct family *f, const struct rec *rec, const char *prefix)
{
    struct findings *got = rec == f->rec && f->own ? f->own : findings_new(f);
    struct findings *kept = f->s->findings;
    size_t before = kept->n;

    if (got != f->own)
        rec_check(rec, &f->env, got);
    for (size_t i = 0; i < got->n; i++) {
        const struct finding *x = &got->f[i];
        char *field = text_printf(got, "%s%s", prefix, x->field);

        if (strncmp(x->code, "missing_", 8) != 0 || !before || !told(kept, field))
            findings_add(kept, x->level, field, x->code, "%s", x->text);
    }
    if (got != f->own)
        talloc_free(got);
}

void effect_check(struct family *f)
{
    check_one(f, f->rec, "");
    for (size_t i = 0; i < f->n; i++)
        if (member_changed(f->m[i]))
            check_one(f, f->m[i]->rec, text_printf(f, "%s.", f->m[i]->path.via->name));
}
