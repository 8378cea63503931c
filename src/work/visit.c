/* Visits: who may, what counts, what goes into the child's file, what is to be done next. */
#include "work/visit.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/duty.h"
#include "work/task.h"

#define FOLLOW_DAYS 15 /* to talk about care that is lacking, to find a child that moved away */

static const char *id_text(void *ctx, uint64_t id)
{
    return text_printf(ctx, "%llu", (unsigned long long)id);
}

static bool is(const struct rec *rec, const char *field, const char *value)
{
    return rec_same(rec_get(rec, field), value);
}

static void set_day(struct rec *rec, const char *field, struct date day)
{
    char text[11];

    rec_set(rec, field, date_format(day, text));
}

/* --- answers that are matters of urgency (R-053, R-118) --- */

static bool under_16(const struct rec *child, struct date today)
{
    const char *birth = rec_get(child, "birth_date");
    struct date d;

    return !birth || date_parse(birth, &d) || date_age(d, today) < 16;
}

static bool urgent(const struct rec *visit, const struct rec *child, struct date today)
{
    return rec_get(visit, "urgent") || is(visit, "guard", "4") || is(visit, "mind", "4") ||
           (is(visit, "live_with", "9") && under_16(child, today));
}

/* --- into the file --- */

static void carry_home(struct family *f, const struct rec *child, const char *parent)
{
    const char *stay = rec_get(f->rec, "home_stay"), *until = rec_get(f->rec, "home_until");

    if (!rec_ref(child, parent) || !stay)
        return;
    carry_put(f, text_printf(f, "%s.home_stay", parent), stay);
    if (*stay == '0')
        return;
    carry_put(f, text_printf(f, "%s.home_since", parent), rec_get(f->rec, "visited_on"));
    if (*stay == '1' && until)
        carry_put(f, text_printf(f, "%s.home_until", parent), until);
    if (*stay == '2')
        carry_put(f, text_printf(f, "%s.out_working", parent), "0");
}

static void carry_contact(struct family *f, const struct rec *child, const char *parent)
{
    const char *on = rec_get(f->rec, "contact_last");

    if (on && rec_ref(child, parent))
        carry_put(f, text_printf(f, "%s.last_contact", parent), on);
}

static void carry_parents(struct family *f, const struct rec *child)
{
    static const char *const parents[] = {"father", "mother"};

    for (size_t i = 0; i < NELEM(parents); i++) {
        const char *home = rec_get(f->rec, "home_parent"), *who = rec_get(f->rec, "contact_parent");
        char code = (char)('1' + i);

        if (is(f->rec, "contact", "5") && home && (*home == code || *home == '3'))
            carry_home(f, child, parents[i]);
        if (who && (*who == code || *who == '3'))
            carry_contact(f, child, parents[i]);
    }
}

/* Another person takes over: the old one keeps his own record. */
static void carry_caregiver(struct family *f)
{
    const char *name = rec_get(f->rec, "new_caregiver");

    if (!is(f->rec, "guard", "5") || !name)
        return;
    carry_put(f, "caregiver", NULL);
    carry_put(f, "caregiver.name", name);
    if (rec_get(f->rec, "new_caregiver_phone"))
        carry_put(f, "caregiver.phone", rec_get(f->rec, "new_caregiver_phone"));
    carry_put(f, "caregiver_relation", rec_get(f->rec, "new_caregiver_relation"));
    carry_put(f, "has_caregiver", "1");
}

static void carry_all(struct family *f, const struct rec *child)
{
    const char *with = rec_get(f->rec, "live_with"), *flags = rec_get(child, "special_situation");

    if (with && *with != '0' && !is(child, "live_with", with))
        carry_put(f, "live_with", with);
    if (is(f->rec, "guard", "3"))
        carry_put(f, "guard_grade", "3");
    if (is(f->rec, "key_child", "1") && (!flags || !type_codes_has(flags, "30")))
        carry_put(f, "special_situation",
                  flags ? text_printf(f, "%s,30", flags) : talloc_strdup(f, "30"));
    carry_parents(f, child);
    carry_caregiver(f);
}

/* --- before it is stored --- */

static int new_visit(struct family *f)
{
    struct rec *child, *visit = f->rec;
    const char *state;
    bool counts, answers; /* is the child his to keep */
    int err = owner_load(f, &child);

    rec_set(visit, "state", "1");
    rec_set(visit, "typist", id_text(visit, f->actor->id));
    set_day(visit, "typed_on", f->actor->today);
    if (rec_get(visit, "void_reason")) /* it could never be made void again */
        findings_add(f->s->findings, 'E', "void_reason", "new_void",
                     _("新的走访不填作废原因，填错了保存以后再作废"));
    if (err || !child)
        return err;
    rec_set(visit, "village", rec_get(child, "village"));
    state = rec_get(child, "state");
    if (state && *state == '4')
        findings_add(f->s->findings, 'E', "child", "exited",
                     _("这个孩子已经退出，不能再记走访；又回来的先办理“恢复在册”"));
    answers = f->more->trusted || actor_sees(f->txn, f->county, f->actor, "child.change", child);
    if (!answers && is(visit, "kind", "1"))
        findings_add(f->s->findings, 'E', "kind", "not_yours",
                     _("“儿童主任月访”由儿童主任记，请选您自己的走访种类，如教师家访、卫生院巡诊"));
    if ((err = duty_counts(f, child, visit, &counts)))
        return err;
    rec_set(visit, "counted", counts && answers ? "1" : "0");
    rec_set(visit, "abnormal", urgent(visit, child, f->actor->today) ? "1" : "0");
    /* Who may not change files still records what he saw; the director takes it over. */
    if (answers)
        carry_all(f, child);
    return visit_copy(f, child);
}

static bool may_void(const struct family *f)
{
    return f->more->trusted || rec_ref(f->old, "visitor") == f->actor->id ||
           rec_ref(f->old, "typist") == f->actor->id || actor_may(f->reader, "visit.review");
}

static void void_visit(struct family *f)
{
    if (!may_void(f))
        findings_add(f->s->findings, 'E', "void_reason", "denied",
                     _("作废由走访人、录入人或乡镇办理；您可以写一条补充说明"));
    rec_set(f->rec, "state", "2");
    rec_set(f->rec, "counted", "0");
    rec_set(f->rec, "voided_by", id_text(f->rec, f->actor->id));
    set_day(f->rec, "voided_on", f->actor->today);
}

int visit_values(struct family *f)
{
    if (!f->old)
        return new_visit(f);
    if (rec_get(f->rec, "void_reason") && !rec_get(f->old, "void_reason"))
        void_visit(f);
    return 0;
}

/* --- what is to be done next --- */

static int follow_up(struct family *f, const char *kind, const char *what, const char *due,
                     int after)
{
    struct task_new t = {
        .child = rec_ref(f->rec, "child"), .kind = kind, .what = what, .source = follow_source(f)};
    const char *on = rec_get(f->rec, "visited_on");
    struct date d = f->actor->today;

    if (due ? date_parse(due, &t.due) : on && date_parse(on, &d))
        return 0;
    if (!due)
        t.due = date_add_days(d, after);
    return task_open(f->txn, f, f->county, f->actor, &t, NULL);
}

static int open_tasks(struct family *f)
{
    const struct rec *visit = f->rec;
    const struct {
        bool on;
        const char *kind, *what, *due;
    } tasks[] = {
        {rec_get(visit, "follow_what"), TASK_FOLLOW, rec_get(visit, "follow_what"),
         rec_get(visit, "follow_due")},
        {rec_get(visit, "promise"), TASK_PROMISE, N_("核实约谈时答应的事做到没有"),
         rec_get(visit, "promise_due")},
        {rec_get(visit, "next_try"), TASK_REVISIT, N_("上次没见到人，再去一次"),
         rec_get(visit, "next_try")},
        {rec_get(visit, "hazard_due"), TASK_HAZARD, N_("消除走访时看到的居家隐患"),
         rec_get(visit, "hazard_due")},
        {is(visit, "guard", "3"), TASK_OTHER, N_("和父母商量，把照护做好"), NULL},
        {is(visit, "seen", "6"), TASK_OTHER, N_("核实孩子去向，办理转移或退出"), NULL},
    };

    for (size_t i = 0; i < NELEM(tasks); i++) {
        int err =
            tasks[i].on ? follow_up(f, tasks[i].kind, tasks[i].what, tasks[i].due, FOLLOW_DAYS) : 0;
        if (err)
            return err;
    }
    return 0;
}

/* The answers that are matters of urgency, and what each of them is called in a report. */
static const struct {
    const char *field, *value, *trigger;
} alarms[] = {{"live_with", "9", "1"}, {"guard", "4", "4"}, {"mind", "4", "6"}};

static const char *report_triggers(struct family *f)
{
    char *out = NULL;

    if (rec_get(f->rec, "urgent"))
        return rec_get(f->rec, "urgent");
    for (size_t i = 0; i < NELEM(alarms); i++)
        if (is(f->rec, alarms[i].field, alarms[i].value))
            out = text_printf(f, "%s%s%s", out ? out : "", out ? "," : "", alarms[i].trigger);
    return out;
}

/* "2026-11-22 走访看到：现与谁一起生活：独自居住。" and what was written of it. */
static const char *report_facts(struct family *f)
{
    static const char *const notes[] = {"guard_note", "mind_note", "living_note"};
    char *out = text_printf(f, HAN_("%s走访看到："), rec_get(f->rec, "visited_on"));

    for (size_t i = 0; i < NELEM(alarms); i++) {
        const struct form_field *field = form_field(f->rec->form, alarms[i].field);

        if (is(f->rec, alarms[i].field, alarms[i].value))
            out = talloc_asprintf_append(out, HAN_("%s：%s。"), field->label,
                                         type_show(f, field, alarms[i].value));
    }
    for (size_t i = 0; i < NELEM(notes); i++)
        if (rec_get(f->rec, notes[i]))
            out = talloc_asprintf_append(out, "%s\n", rec_get(f->rec, notes[i]));
    MUST(out);
    return out;
}

/* The urgent report opens with what was seen; nothing of it is sent to anybody. */
static void offer_report(struct family *f)
{
    const struct form *report = dict_form(f->county->dict, "urgent_report");
    struct node *set;

    if (!report || !is(f->rec, "abnormal", "1") || !actor_may(f->actor, "urgent_report.add"))
        return;
    f->s->next = node_map(f->ctx);
    node_str(f->s->next, "type", report->name);
    node_str(f->s->next, "of", "child");
    node_int(f->s->next, "of_id", (int64_t)rec_ref(f->rec, "child"));
    set = node_add_map(f->s->next, "set");
    node_str(set, "triggers", report_triggers(f));
    node_str(set, "facts", report_facts(f));
    node_str(set, "found_on", rec_get(f->rec, "started"));
    node_str(set, "place", rec_get(f->rec, "place"));
    node_str(set, "measures", rec_get(f->rec, "action"));
    node_str(set, "injuries", rec_get(f->rec, "injury"));
    node_str(set, "found_how", "1");
    node_str(set, "visit", id_text(f, f->rec->id));
}

int visit_stored(struct family *f)
{
    bool voided = f->old && is(f->rec, "state", "2") && !is(f->old, "state", "2");
    int err = 0;

    if (!f->old) {
        err = open_tasks(f);
        offer_report(f);
    } else if (voided) {
        struct rec *child;

        if (!(err = owner_load(f, &child)) && child)
            err = task_drop(f->txn, f, f->county, f->actor, rec_get(child, "village"),
                            follow_source(f), NULL, N_("走访记录已作废"));
    }
    return err ? err : duty_recount(f, rec_ref(f->rec, "child"));
}
