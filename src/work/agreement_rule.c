/*
 * Rules of an agreement that a form file cannot say: who may not be the caregiver (Law art. 22), what of
 * a checked person nobody may answer differently, one agreement at a time, what stays as it was signed.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/agreement.h"

static void wrong(struct agreement *a, const char *field, const char *code, const char *text)
{
    findings_add(a->f->s->findings, 'E', field, code, "%s", text);
}

/* --- who the caregiver is --- */

static bool both_same(const struct rec *a, const struct rec *b, const char *field)
{
    return rec_get(a, field) && rec_same(rec_get(a, field), rec_get(b, field));
}

/* The same human being, as far as two records tell. */
static bool same_person(const struct rec *a, const struct rec *b)
{
    if (!a || !b)
        return false;
    if (a->form == b->form && a->id == b->id)
        return true;
    if (both_same(a, b, "id_no"))
        return true;
    return both_same(a, b, "name") &&
           (both_same(a, b, "birth_date") ||
            (a->form == b->form && (both_same(a, b, "phone") || both_same(a, b, "phone2"))));
}

static void not_a_parent(struct agreement *a)
{
    static const char *const parents[] = {"father", "mother", "guardian"};
    static const char *const parties[] = {"party_a", "party_a2"};
    bool is = false;

    for (size_t i = 0; i < NELEM(parents); i++)
        is |= same_person(a->caregiver, agreement_linked(a->f, a->child, parents[i]));
    for (size_t i = 0; i < NELEM(parties); i++)
        is |= same_person(a->caregiver, agreement_linked(a->f, a->rec, parties[i]));
    if (is)
        wrong(a, "caregiver", "caregiver_is_parent",
              _("父母和监护人不能做自己孩子的受托照护人。换一位成年人；能自己照料的不用签协议"));
    if (same_person(a->caregiver, a->child))
        wrong(a, "caregiver", "caregiver_is_child", _("照护人不能是孩子自己，换一位成年人"));
}

static void two_parties(struct agreement *a)
{
    if (same_person(agreement_linked(a->f, a->rec, "party_a"),
                    agreement_linked(a->f, a->rec, "party_a2")))
        wrong(a, "party_a2", "same_party",
              _("两位委托人是同一个人。另一方不签的留空，选一方签字的理由"));
}

/* 有, found by who may read it, is answered anew only by such a one; nobody else learns of it. */
static void keep_found(struct agreement *a)
{
    static const char *const names[] = {"prohibit_harm", "prohibit_habit", "prohibit_neglect",
                                        "prohibit_other"};

    for (size_t i = 0; i < NELEM(names) && a->caregiver; i++)
        if (rec_same(rec_get(a->caregiver, names[i]), "3") &&
            (!a->f->reader ||
             !actor_reads_code(a->f->reader, form_field(a->rec->form, names[i]), "3")))
            rec_set(a->rec, names[i], "3");
}

/* --- one at a time --- */

static bool overlap(const struct rec *a, const struct rec *b)
{
    struct date from_a, to_a, from_b, to_b;

    return agreement_day(a, "start", &from_a) && agreement_until(a, &to_a) &&
           agreement_day(b, "start", &from_b) && agreement_until(b, &to_b) &&
           date_cmp(from_a, to_b) <= 0 && date_cmp(from_b, to_a) <= 0;
}

static void alone(struct agreement *a)
{
    uint64_t prev = rec_ref(a->rec, "prev");
    struct date start, since;

    for (size_t i = 0; i < a->n; i++) {
        const struct rec *o = a->other[i];
        char state = agreement_state(o);
        const char *no = rec_get(o, "agr_no");

        if (!a->old && (state == AGR_DRAFT || state == AGR_TO_SIGN))
            findings_add(a->f->s->findings, 'E', "child", "draft_exists",
                         _("这个孩子已有一份在办的协议（%s），请在那一份上接着办"), no ? no : "");
        else if (agreement_running(o) && o->id != prev && overlap(a->rec, o))
            findings_add(
                a->f->s->findings, 'E', "start", "overlap",
                _("这个孩子已有一份有效的协议（%s，到 %s），同一时间只能有一份。到期接着照护"
                  "的用“续签”，换人的先解除那一份"),
                no ? no : "", rec_get(o, "end") ? rec_get(o, "end") : "");
        else if (o->id == prev && agreement_day(o, "start", &since) &&
                 agreement_day(a->rec, "start", &start) && date_cmp(start, since) <= 0)
            wrong(a, "start", "before_prev", _("开始日期要晚于上一份协议的开始日期"));
    }
}

/* The child is with us still. */
static void on_register(struct agreement *a)
{
    const char *state = rec_get(a->child, "state");

    if (!a->old && state && strchr("45", *state))
        wrong(a, "child", "not_registered", _("这个孩子已经退出名册，不用再签协议"));
}

void agreement_rules(struct agreement *a)
{
    keep_found(a);
    if (a->was != AGR_DRAFT && a->was != AGR_TO_SIGN)
        return;
    on_register(a);
    not_a_parent(a);
    two_parties(a);
    if (a->now != AGR_VOID)
        alone(a);
}

/* --- ready to sign --- */

/* A child under sixteen with a parent who is unable: recorded, never "arranged". */
static bool with_unable(struct agreement *a)
{
    const char *with = rec_get(a->child, "live_with");
    const struct rec *parent = NULL;
    struct date birth;

    if (!with || !agreement_day(a->child, "birth_date", &birth) ||
        date_age(birth, a->f->actor->today) >= 16)
        return false;
    if (*with == '2' || *with == '3')
        parent = agreement_linked(a->f, a->child, *with == '2' ? "father" : "mother");
    return parent && rec_same(rec_get(parent, "guardian_ability"), "2");
}

bool agreement_ready(struct agreement *a, struct findings *fs)
{
    struct rec *trial = rec_copy(a->f, a->rec);
    struct findings *got = findings_new(a->f);
    size_t before = findings_count(fs, 'E');

    rec_set(trial, "state", "2");
    rec_check(trial, &a->f->env, got);
    for (size_t i = 0; i < got->n; i++)
        if (got->f[i].level == 'E')
            findings_add(fs, 'E', got->f[i].field, got->f[i].code, "%s", got->f[i].text);
    if (with_unable(a))
        findings_add(
            fs, 'E', "child.live_with", "not_arranged", "%s",
            _("孩子现在跟照料有困难的一方生活，照护没有落实，先不签。商量好孩子住到哪里，再"
              "改“现与谁一起生活”"));
    return findings_count(fs, 'E') == before;
}

/* --- what was signed stays --- */

static bool follows(const char *name, char state)
{
    static const char *const always[] = {"paper_at", "remark", NULL};
    static const char *const running[] = {"told_school_date",
                                          "told_village_date",
                                          "copies",
                                          "subsidy_by_town",
                                          "subsidy",
                                          "subsidy_doc",
                                          "prohibit_harm",
                                          "prohibit_habit",
                                          "prohibit_neglect",
                                          "prohibit_other",
                                          "prohibit_how",
                                          "prohibit_by",
                                          "prohibit_on",
                                          "capability_grade",
                                          "assessed_by",
                                          "assessed_on",
                                          "emergency_name",
                                          "emergency_phone",
                                          NULL};
    static const char *const make_up[] = {"sign_a_date", "sign_way",    "sign_a2_date",
                                          "sign_way_a2", "sign_b_date", "sign_way_b",
                                          "make_up_due", NULL};
    const char *const *lists[] = {always, running, make_up};
    size_t n = state == AGR_MAKE_UP ? 3 : state == AGR_IN_FORCE ? 2 : 1;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; lists[i][k]; k++)
            if (!strcmp(name, lists[i][k]))
                return true;
    return false;
}

static bool of_end(const char *name)
{
    return !strcmp(name, "end_reason") || !strcmp(name, "ended_on") || !strcmp(name, "end_note");
}

void agreement_frozen(struct agreement *a)
{
    const char *act = a->f->state;
    bool signing = a->was == AGR_DRAFT || a->was == AGR_TO_SIGN;
    bool ending = act && !strcmp(act, AGR_ACT_END);

    for (size_t i = 0; i < a->rec->form->nfield; i++) {
        const struct form_field *field = &a->rec->form->field[i];
        const char *was = a->old ? a->old->val[i] : NULL;

        if (field->system || rec_same(was, a->rec->val[i]))
            continue;
        if (of_end(field->name) ? ending : signing || follows(field->name, a->was))
            continue;
        findings_add(a->f->s->findings, 'E', field->name,
                     of_end(field->name) ? "use_end" : "signed", "%s",
                     of_end(field->name)
                         ? _("终止协议请用“解除”办理")
                         : _("协议签订后内容不再改。要改期限或条件请用“续签”，写错了的作废重签"));
    }
}
