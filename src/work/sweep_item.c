/*
 * An answer: what it must say, who said it, what it changes in the child's file (carried, decision 5),
 * and the leaving that it proposes. The record of the sweep itself, too.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/sweep_in.h"

static struct swept swept_of(struct family *f)
{
    struct swept s = {.txn = f->txn, .ctx = f, .county = f->county, .who = f->who};
    const struct form_field *via = form_field(f->rec->form, "sweep");

    s.sweep = f->env.linked(f->env.arg, f->rec, via);
    return s;
}

static bool became(const struct family *f, const char *field)
{
    return !rec_same(f->old ? rec_get(f->old, field) : NULL, rec_get(f->rec, field));
}

/* --- who, when --- */

/* 代录 names who went there; he must be one who answers for this village. */
static void typed_for(struct family *f)
{
    struct actor *a;
    const char *text;

    if (!actor_load(f->txn, f, f->county, f->s->typed_for, ACTOR_ANY_UID, f->actor->today, &a,
                    &text) &&
        actor_sees(f->txn, f->county, a, "sweep_item.change", f->rec)) {
        rec_set(f->rec, "typed_for", sweep_id(f, a->id));
        return;
    }
    findings_add(f->s->findings, 'E', "", "typed_for", _("没有找到代录的儿童主任，请重新选择"));
}

static void who_and_when(struct family *f)
{
    char day[11];

    rec_set(f->rec, "typist", sweep_id(f, f->actor->id));
    if (f->s->typed_for)
        typed_for(f);
    if (!rec_get(f->rec, "checker"))
        rec_set(f->rec, "checker", rec_get(f->rec, f->s->typed_for ? "typed_for" : "typist"));
    if (!rec_get(f->rec, "checked_on"))
        rec_set(f->rec, "checked_on", date_format(f->actor->today, day));
    if (!rec_get(f->rec, "answered_on"))
        rec_set(f->rec, "answered_on", sweep_time(f, f->actor->today, 0));
}

/* --- the answer --- */

static bool answered(const struct rec *item)
{
    char found = sweep_code(item, "found");

    return rec_get(item, "result") || (found && strchr("2345", found));
}

/* The questions that the sweep's own checklist insists on. */
static int needed(struct family *f, struct swept *s)
{
    struct node *list;
    int err = sweep_kept(s, "checklist", &list);

    for (const struct node *n = node_first(node_get(list, "need")); !err && n; n = n->next) {
        const struct form_field *field = form_field(f->rec->form, n->str);

        if (field && !rec_at(f->rec, field) && rec_get(f->rec, "result") &&
            rec_ref(f->rec, "child"))
            findings_add(f->s->findings, 'E', field->name, "need", _("这次排查要填“%s”"),
                         _(field->label));
    }
    return err;
}

static void next_state(struct family *f)
{
    char was = sweep_code(f->old, "state");

    if (was == '1' && answered(f->rec))
        rec_set(f->rec, "state", "2");
    if (was == '2' && !answered(f->rec)) {
        rec_set(f->rec, "state", "1");
        rec_set(f->rec, "answered_on", NULL);
    }
    if (was == '4' && answered(f->rec)) {
        rec_set(f->rec, "state", "5");
        rec_set(f->rec, "spot", "3");
        rec_set(f->rec, "fixed_on", sweep_time(f, f->actor->today, 0));
    }
}

/* A new number of a parent or caregiver goes into the file with the answer. */
static void carry_phones(struct family *f)
{
    static const char *const ways[][2] = {{"caregiver_phone", "caregiver.phone"},
                                          {"father_phone", "father.phone"},
                                          {"mother_phone", "mother.phone"}};

    for (size_t i = 0; i < NELEM(ways); i++)
        if (rec_get(f->rec, ways[i][0]) && became(f, ways[i][0]))
            carry_put(f, ways[i][1], rec_get(f->rec, ways[i][0]));
}

/* A suspicion that is confirmed: the file says what the child is, under review as any category. */
static int carry_confirmed(struct family *f)
{
    struct rec *child;
    int err;

    if (sweep_code(f->rec, "origin") != '2' || sweep_code(f->rec, "result") != '3' ||
        !became(f, "result") || node_get(f->carry, "child_kinds"))
        return 0;
    if ((err = owner_load(f, &child)) || !child)
        return err;
    if (effect_suspected(child))
        carry_put(f, "child_kinds", "10");
    return 0;
}

static void stands_in_the_way(struct family *f, const struct rec *sweep)
{
    char state = sweep ? sweep_code(sweep, "state") : '\0', own = sweep_code(f->old, "state");

    if (state != SWEEP_RUNNING)
        findings_add(f->s->findings, 'E', "", "sweep_closed",
                     state == SWEEP_OPENING ? _("名单还在建立，请稍等片刻再填")
                                            : _("这次排查已经结束，不能再改"));
    else if (own == '6' || own == '7')
        findings_add(f->s->findings, 'E', "", "submitted",
                     _("这一行已经报送，要改请县里先退回乡镇"));
}

int sweep_item_values(struct family *f)
{
    struct swept s = swept_of(f);
    int err;

    if (!f->old)
        return 0; /* made by rules only */
    stands_in_the_way(f, s.sweep);
    if (findings_count(f->s->findings, 'E') || !s.sweep)
        return 0;
    if (rec_get(f->rec, "result") && !rec_get(f->rec, "found"))
        rec_set(f->rec, "found", rec_ref(f->rec, "place") ? "6" : "1");
    if (sweep_code(f->rec, "result") == '1' && sweep_code(f->rec, "updated") == '1')
        rec_set(f->rec, "result", "2");
    if (sweep_code(f->rec, "result") == '2' && became(f, "result") && !f->carry &&
        sweep_code(f->rec, "updated") != '1' && rec_ref(f->rec, "child"))
        findings_add(f->s->findings, 'W', "result", "nothing_updated",
                     _("排查以来这份档案没有改过。没有变化选“核实无变化”，有变化先改档案"));
    if (answered(f->rec)) {
        who_and_when(f);
        rec_set(f->rec, "explain", NULL);
    }
    next_state(f);
    carry_phones(f);
    if ((err = carry_confirmed(f)))
        return err;
    return needed(f, &s);
}

/* --- what follows --- */

/* Is leaving proposed already? */
static int leaving(struct family *f, uint64_t child, bool *yes)
{
    struct rec **open;
    size_t n;
    int err = review_open(f->txn, f, f->county, child, &open, &n);

    *yes = false;
    for (size_t i = 0; i < n && !err; i++)
        *yes |= strchr("46", sweep_code(open[i], "kind")) != NULL;
    return err;
}

/* The result "leaves" or "is none" proposes it, through township and county. */
static int propose_exit(struct family *f)
{
    char result = sweep_code(f->rec, "result");
    struct save out = {.source = follow_source(f),
                       .why = f->s->why ? f->s->why : rec_get(f->rec, "reason"),
                       .typed_for = f->s->typed_for,
                       .confirm_all = true};
    struct node *v = node_map(f);
    struct rec *child;
    bool yes;
    int err;

    if ((result != '4' && result != '5') || !(became(f, "result") || became(f, "exit_reason")))
        return 0;
    if ((err = owner_load(f, &child)) || !child)
        return err;
    if (!strchr("123", sweep_code(child, "state")) || (err = leaving(f, child->id, &yes)) || yes)
        return err;
    node_str(v, "exit_reason", result == '5' ? "06" : rec_get(f->rec, "exit_reason"));
    node_str(v, "exit_date", rec_get(f->rec, "checked_on"));
    err = child_exit(f->txn, f->ctx, f->county, f->actor, child->id, v, &out);
    if (err == HE_RULE && out.findings)
        findings_merge(f->s->findings, out.findings, "child.");
    f->s->change = out.change ? out.change : f->s->change;
    return err;
}

/* The answer was corrected: what it proposed is taken back, unless it is decided. */
static int take_back_exit(struct family *f)
{
    char was = sweep_code(f->old, "result"), now = sweep_code(f->rec, "result");
    const char *source = follow_source(f);
    struct rec **open;
    size_t n;
    int err;

    if ((was != '4' && was != '5') || now == '4' || now == '5' || !rec_ref(f->rec, "child"))
        return 0;
    err = review_open(f->txn, f, f->county, rec_ref(f->rec, "child"), &open, &n);
    for (size_t i = 0; i < n && !err; i++)
        if (strchr("46", sweep_code(open[i], "kind")) &&
            rec_same(rec_get(open[i], "source"), source))
            err = review_recall(f->txn, f->ctx, f->county, f->actor, open[i]->id);
    return err == HE_DENIED || err == HE_CONFLICT || err == HE_NOTFOUND ? 0 : err;
}

/* What was seen at a place stands with the place. */
static int tell_place(struct family *f)
{
    static const char *const ways[][2] = {{"place_sign", "sign"}, {"place_gear", "gear"}};
    struct store_who who = f->who;
    struct rec *old, *rec;
    int err;

    if (!rec_ref(f->rec, "place") || !answered(f->rec))
        return 0;
    err = txn_get(f->txn, f, sweep_form(f->county, "place"), rec_ref(f->rec, "place"), &old);
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    rec = rec_copy(f, old);
    for (size_t i = 0; i < NELEM(ways); i++)
        if (rec_get(f->rec, ways[i][0]))
            rec_set(rec, ways[i][1], rec_get(f->rec, ways[i][0]));
    if (sweep_code(f->rec, "place_patrol") == '1')
        rec_set(rec, "patrolled_on", rec_get(f->rec, "checked_on"));
    who.source = follow_source(f);
    return txn_put(f->txn, &who, old, rec, NULL, NULL);
}

/* The item as it is now: what was carried into the file may have changed it once more. */
static int renew(struct family *f)
{
    struct rec *now;
    int err = txn_get(f->txn, f, f->rec->form, f->rec->id, &now);

    for (size_t i = 0; !err && i < now->form->nfield; i++)
        rec_set_at(f->rec, &now->form->field[i], now->val[i]);
    if (!err)
        f->rec->version = now->version;
    return err;
}

int sweep_item_stored(struct family *f)
{
    struct swept s = swept_of(f);
    int64_t *delta = sweep_tally(f);
    int err;

    if (!f->old || !s.sweep)
        return 0;
    sweep_tally_add(delta, f->old, -1);
    sweep_tally_add(delta, f->rec, 1);
    if ((err = sweep_count_add(&s, rec_get(f->rec, "village"), delta)) || (err = propose_exit(f)) ||
        (err = take_back_exit(f)) || (err = tell_place(f)) || (err = sweep_spot_fixed(f)))
        return err;
    return renew(f);
}

/* --- the sweep itself --- */

int sweep_values(struct family *f)
{
    static const char *const fixed[] = {"kind",   "start",  "areas",    "categories",
                                        "groups", "places", "checklist"};
    static const char *const days[] = {"end",        "survey_due",   "entry_due",
                                       "accept_due", "bulletin_due", "summary_due"};
    char state = f->old ? sweep_code(f->old, "state") : SWEEP_DRAFT;
    struct date d;

    if (!f->old)
        rec_set(f->rec, "state", "1");
    for (size_t i = 0; i < NELEM(fixed); i++)
        if (state != SWEEP_DRAFT && became(f, fixed[i]))
            findings_add(f->s->findings, 'E', fixed[i], "sweep_running",
                         _("排查已经开启，“%s”不能再改"),
                         _(form_field(f->rec->form, fixed[i])->label));
    for (size_t i = 0; i < NELEM(days); i++) {
        const char *day = rec_get(f->rec, days[i]);

        if (day && became(f, days[i]) && !date_parse(day, &d) && date_cmp(d, f->actor->today) < 0)
            findings_add(f->s->findings, 'E', days[i], "milestone_past",
                         _("“%s”已经过去，请改成今天或以后的日期"),
                         _(form_field(f->rec->form, days[i])->label));
    }
    if (state >= SWEEP_CLOSED)
        findings_add(f->s->findings, 'E', "", "sweep_closed", _("这次排查已经结束，不能再改"));
    return sweep_names_check(f, "good_practice", rec_get(f->rec, "good_practice"),
                             f->old ? rec_get(f->old, "good_practice") : NULL);
}
