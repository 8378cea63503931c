/*
 * What a new agreement need not ask: the child's file knows the parents and who cares for it, the
 * caregiver's record knows the checks, and a renewal knows everything. Nothing that was typed, be it
 * nothing, is filled in.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "form/type.h"
#include "work/agreement.h"

const struct rec *agreement_linked(const struct family *f, const struct rec *rec, const char *field)
{
    const struct form_field *via = form_field(rec->form, field);

    return rec_at(rec, via) ? f->env.linked(f->env.arg, rec, via) : NULL;
}

bool agreement_typed(const struct family *f, const char *field)
{
    size_t len = strlen(field);

    for (const struct node *n = node_first(f->s->value); n; n = n->next)
        if (!strncmp(n->key, field, len) && (!n->key[len] || n->key[len] == '.'))
            return true;
    return false;
}

static void fill(struct agreement *a, const char *field, const char *value)
{
    if (value && !type_is_unknown(value) && !rec_get(a->rec, field) &&
        !agreement_typed(a->f, field))
        rec_set(a->rec, field, value);
}

static void fill_day(struct agreement *a, const char *field, struct date d)
{
    char text[11];

    fill(a, field, date_format(d, text));
}

/* --- who entrusts --- */

/* Why a parent cannot sign, as agr_one_why; NULL when he can. */
static const char *cannot_sign(const struct rec *parent)
{
    const char *life = parent ? rec_get(parent, "life_state") : NULL;
    const char *special = parent ? rec_get(parent, "special_state") : NULL;

    if (life && strchr("23", *life))
        return "2";
    if (life && strchr("456", *life))
        return "3";
    if (special && (type_codes_has(special, "3") || type_codes_has(special, "4")))
        return "4";
    if (parent && rec_same(rec_get(parent, "guardian_ability"), "2"))
        return "5";
    return NULL;
}

static void fill_party(struct agreement *a, const char *field, const char *from, const char *kind)
{
    fill(a, field, rec_get(a->child, from));
    if (rec_same(rec_get(a->rec, field), rec_get(a->child, from)))
        fill(a, text_printf(a->f, "%s_kind", field), kind);
}

/* Parents who live apart: the one with whom the child lives, else nobody is guessed. */
static void fill_divorced(struct agreement *a)
{
    const char *with = rec_get(a->child, "live_with");

    if (with && *with == '2')
        fill_party(a, "party_a", "father", "1");
    else if (with && *with == '3')
        fill_party(a, "party_a", "mother", "2");
    else
        return;
    fill(a, "one_why", "1");
}

static void fill_parents(struct agreement *a)
{
    const struct rec *father = agreement_linked(a->f, a->child, "father");
    const struct rec *mother = agreement_linked(a->f, a->child, "mother");
    const char *no_father = father ? cannot_sign(father) : NULL;
    const char *no_mother = mother ? cannot_sign(mother) : NULL;

    if (!father && !mother && rec_get(a->child, "guardian")) {
        fill_party(a, "party_a", "guardian", "3");
        fill(a, "one_why", "9");
    } else if (rec_same(rec_get(a->child, "parents_state"), "3")) {
        fill_divorced(a);
    } else if (father && !no_father) {
        fill_party(a, "party_a", "father", "1");
        if (mother && !no_mother)
            fill_party(a, "party_a2", "mother", "2");
        fill(a, "one_why", no_mother);
    } else if (mother && !no_mother) {
        fill_party(a, "party_a", "mother", "2");
        fill(a, "one_why", no_father);
    }
}

static void fill_reason(struct agreement *a)
{
    static const char *const names[] = {"father", "mother"};

    for (size_t i = 0; i < NELEM(names); i++) {
        const struct rec *parent = agreement_linked(a->f, a->child, names[i]);

        if (parent && rec_same(rec_get(parent, "out_working"), "1"))
            fill(a, "reason", "1");
    }
}

/* --- who cares --- */

/* By GB/T 4761 and our own additions to it. */
static const char *kind_of(const char *relation)
{
    int code = relation ? atoi(relation) : 0;

    if (code == 986)
        return "4";
    if (code == 983)
        return "3";
    if (code == 99 || code > 980)
        return "2";
    return code >= 57 && code != 80 ? "1" : NULL;
}

static void fill_caregiver(struct agreement *a)
{
    static const char *const names[] = {
        "capability_grade", "assessed_by",    "assessed_on",  "prohibit_harm", "prohibit_habit",
        "prohibit_neglect", "prohibit_other", "prohibit_how", "prohibit_by",   "prohibit_on"};

    if (rec_same(rec_get(a->rec, "caregiver"), rec_get(a->child, "caregiver"))) {
        fill(a, "caregiver_relation", rec_get(a->child, "caregiver_relation"));
        fill(a, "consent_by", rec_get(a->child, "care_consent_by"));
        fill(a, "consent_date", rec_get(a->child, "care_consent_on"));
    }
    fill(a, "kind", kind_of(rec_get(a->rec, "caregiver_relation")));
    for (size_t i = 0; a->caregiver && i < NELEM(names); i++)
        fill(a, names[i], rec_get(a->caregiver, names[i]));
}

/* --- dates --- */

/* A year, but not beyond the day before the child is eighteen. */
static void fill_end(struct agreement *a)
{
    struct date start, end, limit;

    if (!agreement_day(a->rec, "start", &start))
        return;
    end = date_add_days(date_add_months(start, 12), -1);
    if (agreement_limit(a->child, &limit) && date_cmp(limit, end) < 0)
        end = limit;
    fill_day(a, "end", end);
}

/* --- the one before --- */

/* What belongs to the old caregiver, or to the paper and the day it was signed on. */
static bool taken_over(const struct form_field *field, bool same_caregiver)
{
    static const char *const person[] = {
        "caregiver",     "caregiver_relation", "caregiver_unit",   "kind",
        "capacity",      "capability_grade",   "assessed_by",      "assessed_on",
        "prohibit_harm", "prohibit_habit",     "prohibit_neglect", "prohibit_other",
        "prohibit_how",  "prohibit_by",        "prohibit_on",      "consent_by",
        "consent_date",  "child_opinion",      "child_words",      "opinion_date"};
    static const char *const paper[] = {"child",
                                        "start",
                                        "end",
                                        "sign_a_date",
                                        "sign_way",
                                        "sign_a2_date",
                                        "sign_way_a2",
                                        "sign_b_date",
                                        "sign_way_b",
                                        "make_up_due",
                                        "told_school_date",
                                        "told_village_date",
                                        "paper_at",
                                        "end_reason",
                                        "ended_on",
                                        "end_note",
                                        "remark",
                                        "subsidy_doc"};

    for (size_t i = 0; i < NELEM(paper); i++)
        if (!strcmp(field->name, paper[i]))
            return false;
    for (size_t i = 0; i < NELEM(person) && !same_caregiver; i++)
        if (!strcmp(field->name, person[i]))
            return false;
    return !field->system && !field->retired;
}

static int fill_prev(struct agreement *a)
{
    struct family *f = a->f;
    struct date until, start = f->actor->today;
    bool same;
    struct rec *prev;
    int err = txn_get(f->txn, f, a->rec->form, f->more->prev, &prev);

    if (err)
        return err;
    same = !agreement_typed(f, "caregiver") ||
           rec_same(rec_get(a->rec, "caregiver"), rec_get(prev, "caregiver"));
    for (size_t i = 0; i < prev->form->nfield; i++)
        if (taken_over(&prev->form->field[i], same))
            fill(a, prev->form->field[i].name, prev->val[i]);
    rec_set(a->rec, "prev", text_printf(f, "%llu", (unsigned long long)prev->id));
    rec_set(
        a->rec, "edition",
        text_printf(f, "%d", atoi(rec_get(prev, "edition") ? rec_get(prev, "edition") : "1") + 1));
    if (same && agreement_until(prev, &until) && date_cmp(until, start) >= 0)
        start = date_add_days(until, 1);
    fill_day(a, "start", start);
    return 0;
}

/* Something of a linked person was typed, but neither who nor a name: it is the one known. */
static void same_link(struct family *f, const struct rec *from, const char *field)
{
    char *name = text_printf(f, "%s.name", field);

    if (from && agreement_typed(f, field) && !node_get(f->s->value, field) &&
        !node_get(f->s->value, name))
        rec_set(f->rec, field, rec_get(from, field));
}

int agreement_begin(struct family *f)
{
    static const char *const links[] = {"party_a", "party_a2", "caregiver"};
    const char *child = node_text(f->s->value, "child");
    uint64_t id = f->more->prev ? f->more->prev : child ? strtoull(child, NULL, 10) : 0;
    const struct form *form = f->more->prev ? f->s->form : dict_form(f->county->dict, "child");
    struct rec *from;
    int err = id ? txn_get(f->txn, f, form, id, &from) : HE_NOTFOUND;

    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    if (!f->more->prev && !f->more->trusted &&
        !actor_sees(f->txn, f->county, f->actor, "agreement.add", from))
        return 0; /* of another's child nothing is known */
    for (size_t i = f->more->prev ? 0 : NELEM(links) - 1; i < NELEM(links); i++)
        same_link(f, from, links[i]);
    return 0;
}

int agreement_known(struct agreement *a)
{
    int err;

    if (a->f->more->prev) {
        if ((err = fill_prev(a)))
            return err;
    } else {
        rec_set(a->rec, "edition", "1");
        fill(a, "caregiver", rec_get(a->child, "caregiver"));
        fill_parents(a);
        fill_reason(a);
        fill(a, "contact_freq", "2");
        fill_day(a, "start", a->f->actor->today);
    }
    a->caregiver = agreement_linked(a->f, a->rec, "caregiver");
    fill_caregiver(a);
    fill_end(a);
    rec_set(a->rec, "village", rec_get(a->child, "village"));
    return 0;
}
