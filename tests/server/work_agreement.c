/*
 * Entrusted-care agreements: the law's conditions one by one, the life from draft to end, what follows
 * for the child's file and the caregiver's record, and what nobody without the right may learn.
 */
#include "server/work_box.h"

#include "work/agreement.h"
#include "work/due.h"
#include "work/list.h"

static const struct form *agr(struct box *b)
{
    return dict_form(b->dict, "agreement");
}

static uint64_t ref(struct box *b, const struct form *form, uint64_t id, const char *field)
{
    return strtoull(box_val(b, form, id, field), NULL, 10);
}

#define CHILD                                                                                      \
    "name=王小雨|id_no=320681201608154021|hukou_type=1|village=" VILLAGE_A "|child_kinds=10|"      \
    "father.name=王强|father.phone=13800000001|father.out_working=1|father.out_since=2026-01|"   \
    "father.work_area=广东省东莞市|father.id_no=320681198803125010|mother.name=李梅|"      \
    "mother.out_working=1|mother.out_since=2025-03|mother.work_area=浙江省温州市瓯海区|"  \
    "caregiver.name=赵桂兰|caregiver.birth_date=1962-05-01|caregiver_relation=62|"              \
    "caregiver.phone=13800000003|live_with=4"

/* Whatever the law asks besides what the file knows. */
#define LAWFUL                                                                                     \
    "capacity=1|prohibit_harm=1|prohibit_habit=1|prohibit_neglect=1|prohibit_other=1|"             \
    "prohibit_how=1,2|prohibit_by=高主任|prohibit_on=2026-11-20|capability_grade=1|"            \
    "assessed_by=高主任|assessed_on=2026-11-20|child_opinion=1|opinion_date=2026-11-20|"        \
    "consent_by=陈书记|consent_date=2026-11-20|village_host=高主任|witness=陈书记|"       \
    "contact_freq=2"

#define SIGNED                                                                                     \
    "sign_a_date=2026-11-21|sign_way=1|sign_a2_date=2026-11-21|sign_way_a2=2|"                     \
    "sign_b_date=2026-11-21|sign_way_b=1"

static uint64_t child_new(struct box *b, const char *pairs)
{
    struct save s = {.confirm_all = true};

    int err = box_save(b, "xu", &s, pairs);

    if (err)
        box_log(&s);
    cr_assert_eq(err, 0);
    return s.rec->id;
}

static const char *id_pair(struct box *b, uint64_t child, const char *pairs)
{
    return text_printf(b->ctx, "child=%llu|%s", (unsigned long long)child, pairs);
}

static int add(struct box *b, const char *login, struct save *s, uint64_t child, const char *pairs)
{
    int err;

    *s = (struct save){.form = agr(b), .confirm_all = true};
    err = box_save(b, login, s, id_pair(b, child, pairs));
    box_log(s);
    return err;
}

static int set(struct box *b, const char *login, struct save *s, uint64_t id, const char *pairs)
{
    int err;

    *s = (struct save){.form = agr(b), .id = id, .confirm_all = true};
    err = box_save(b, login, s, pairs);
    box_log(s);
    return err;
}

struct act {
    char verb; /* s r e v */
    uint64_t id;
    const char *pairs;
    struct save *s;
};

static int act_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct act *act = arg;
    struct node *v = act->verb == 'v' ? NULL : box_pairs(b->ctx, act->pairs);

    switch (act->verb) {
    case 's':
        return agreement_sign(t, b->ctx, b->county, a, act->id, v, act->s);
    case 'r':
        return agreement_renew(t, b->ctx, b->county, a, act->id, v, act->s);
    case 'e':
        return agreement_end(t, b->ctx, b->county, a, act->id, v, act->s);
    default:
        return agreement_void(t, b->ctx, b->county, a, act->id, act->pairs, act->s);
    }
}

static int act(struct box *b, const char *login, char verb, uint64_t id, const char *pairs,
               struct save *s)
{
    struct act call = {verb, id, pairs, s};
    int err;

    *s = (struct save){.confirm_all = true, .source = "form"};
    err = box_do(b, login, act_fn, &call);
    box_log(s);
    return err;
}

/* What a finding said, "" when there is none. */
static const char *said(const struct save *s, const char *code)
{
    const struct finding *f = box_finding(s, code);

    return f ? f->text : "";
}

static const char *state(struct box *b, uint64_t id)
{
    return box_val(b, agr(b), id, "state");
}

static const char *standing(struct box *b, uint64_t child)
{
    return text_printf(b->ctx, "%s %s", box_val(b, b->child, child, "agr_state"),
                       box_val(b, b->child, child, "agr_until"));
}

struct wait {
    struct box *b;
    uint64_t id;
};

static int job_fn(struct txn *t, void *arg)
{
    struct wait *w = arg;

    return due_start(t, w->b->today, &w->id);
}

/* The day comes and its job runs. */
static void day(struct box *b, int y, int m, int d)
{
    struct wait w = {b, 0};

    b->today = (struct date){y, m, d};
    cr_assert_eq(store_write(b->store, b->ctx, NULL, job_fn, &w, NULL), 0);
    cr_assert_neq(w.id, 0u);
    store_job_start(b->store);
    cr_assert_eq(store_job_wait(b->store, w.id, 20000), 0);
}

Test(work_agreement, life)
{
    struct box b;
    struct save s;
    uint64_t child, id, next, grandma;

    box_new(&b);
    child = child_new(&b, CHILD);
    grandma = ref(&b, b.child, child, "caregiver");
    cr_assert_str_eq(standing(&b, child), "1 ");

    /* A draft knows what the file knows. */
    cr_assert_eq(add(&b, "gao", &s, child, "copies=4"), 0);
    id = s.rec->id;
    cr_assert_str_eq(state(&b, id), "1");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "agr_no"), VILLAGE_A "-2026-001");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "edition"), "1");
    cr_assert_eq(ref(&b, agr(&b), id, "caregiver"), grandma);
    cr_assert_eq(ref(&b, agr(&b), id, "party_a"), ref(&b, b.child, child, "father"));
    cr_assert_eq(ref(&b, agr(&b), id, "party_a2"), ref(&b, b.child, child, "mother"));
    cr_assert_str_eq(box_val(&b, agr(&b), id, "reason"), "1");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "kind"), "1");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "start"), "2026-11-22");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "end"), "2027-11-21");
    cr_assert(box_finding(&s, "before_signing") != NULL);
    cr_assert_str_eq(standing(&b, child), "2 ");

    cr_assert_eq(set(&b, "gao", &s, id, LAWFUL), 0);
    cr_assert_str_eq(state(&b, id), "2");
    cr_assert_str_eq(box_val(&b, b.person, grandma, "prohibit_harm"), "1");
    cr_assert_str_eq(box_val(&b, b.person, grandma, "capability_grade"), "1");

    /* The caregiver signs today, the parents by post later; then it is in force. */
    cr_assert_eq(set(&b, "gao", &s, id, "sign_b_date=2026-11-22|sign_way_b=1"), 0);
    cr_assert_str_eq(state(&b, id), "2");
    cr_assert_eq(act(&b, "gao", 's', id, "sign_a_date=2026-11-22|sign_way=2", &s), HE_RULE);
    cr_assert(box_finding(&s, "not_signed") != NULL);
    cr_assert_eq(act(&b, "gao", 's', id, SIGNED, &s), 0);
    cr_assert_str_eq(state(&b, id), "3");
    cr_assert_str_eq(standing(&b, child), "3 2027-11-21");
    cr_assert_str_eq(box_val(&b, b.child, child, "care_until"), "2027-11-21");
    cr_assert_str_eq(box_val(&b, b.child, child, "care_consent_by"), "陈书记");
    cr_assert_eq(act(&b, "gao", 's', id, SIGNED, &s), HE_RULE);
    cr_assert(box_finding(&s, "is_signed") != NULL);

    /* What was signed stays; what comes later is noted. */
    cr_assert_eq(set(&b, "gao", &s, id, "end=2028-01-01"), HE_RULE);
    cr_assert(box_finding(&s, "signed") != NULL);
    cr_assert_eq(set(&b, "gao", &s, id, "end_reason=9"), HE_RULE);
    cr_assert(box_finding(&s, "use_end") != NULL);
    cr_assert_eq(set(&b, "gao", &s, id, "told_village_date=2026-11-22|paper_at=村部"), 0);

    /* Renewal moves the dates; the old one runs on to its last day. */
    b.today = (struct date){2027, 11, 1};
    cr_assert_eq(act(&b, "gao", 'r', id, "end=+1y", &s), 0);
    next = s.rec->id;
    cr_assert_str_eq(box_val(&b, agr(&b), next, "start"), "2027-11-22");
    cr_assert_str_eq(box_val(&b, agr(&b), next, "end"), "2028-11-21");
    cr_assert_str_eq(box_val(&b, agr(&b), next, "edition"), "2");
    cr_assert_str_eq(box_val(&b, agr(&b), next, "village_host"), "高主任");
    cr_assert_str_eq(box_val(&b, agr(&b), next, "sign_a_date"), "");
    cr_assert_str_eq(state(&b, next), "2");
    cr_assert_str_eq(standing(&b, child), "3 2027-11-21");
    cr_assert_eq(act(&b, "gao", 'r', id, "end=+1y", &s), HE_RULE);
    cr_assert(box_finding(&s, "draft_exists") != NULL);
    cr_assert_eq(set(&b, "gao", &s, next,
                     "sign_a_date=2027-11-01|sign_way=3|sign_a2_date=2027-11-01|sign_way_a2=4|"
                     "sign_b_date=2027-11-01|sign_way_b=1"),
                 0);
    cr_assert_str_eq(state(&b, next), "3");
    cr_assert_str_eq(state(&b, id), "3");
    cr_assert_eq(ref(&b, agr(&b), id, "next"), next);
    cr_assert_str_eq(standing(&b, child), "3 2028-11-21");

    day(&b, 2027, 11, 22);
    cr_assert_str_eq(state(&b, id), "7");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "end_reason"), "1");
    cr_assert_str_eq(standing(&b, child), "3 2028-11-21");
    day(&b, 2028, 11, 22);
    cr_assert_str_eq(state(&b, next), "7");
    cr_assert_str_eq(standing(&b, child), "5 2028-11-21");
    box_free(&b);
}

/* One more value in a draft that is lawful otherwise, and what becomes of signing it. */
static const struct {
    const char *more, *code; /* NULL: signed */
    const char *state;
} conditions[] = {
    {"", NULL, "3"},
    {"sign_way=2|sign_way_a2=3|sign_way_b=4", NULL, "3"},
    {"sign_way=5", NULL, "4"},
    {"sign_way=-", "need_way", NULL},
    {"sign_a_date=2026-11-23", "sign_a_future", NULL},
    {"end=2026-11-22", "end_order", NULL},
    {"end=2026-01-22", "end_order", NULL},
    {"end=2034-08-15|start=2034-01-01", "ends_at_18", NULL},
    {"end=2034-08-14|start=2034-01-01", NULL, "3"},
    {"start=-|end=-", "need_dates", NULL},
    {"reason=-", "need_reason", NULL},
    {"reason=8", "need_reason", NULL},
    {"reason=8|reason_note=外地就医陪护", NULL, "3"},
    {"reason=9", "proper_reason", NULL},
    {"kind=4", "need_unit", NULL},
    {"kind=3", NULL, "3"},
    {"party_a2=-|sign_a2_date=-|sign_way_a2=-", "one_enough", NULL},
    {"party_a2=-|sign_a2_date=-|sign_way_a2=-|one_why=1", NULL, "3"},
    {"sign_a2_date=-|sign_way_a2=-|one_why=8", NULL, "3"},
    {"party_a=-", "need_party", NULL},
    {"caregiver=-", "need_caregiver", NULL},
    {"caregiver_relation=52", "relation_parent", NULL},
    {"caregiver_relation=01", "relation_parent", NULL},
    {"capacity=0", "need_capacity", NULL},
    {"capacity=-", "need_capacity", NULL},
    {"prohibit_harm=-", "check_open", NULL},
    {"prohibit_habit=2", "check_open", NULL},
    {"prohibit_how=-", "check_sourced", NULL},
    {"prohibit_by=-", "check_sourced", NULL},
    {"prohibit_on=-", "check_sourced", NULL},
    {"capability_grade=2", NULL, "3"},
    {"capability_grade=3", "need_assessment", NULL},
    {"capability_grade=9", "need_assessment", NULL},
    {"assessed_on=-", "need_assessment", NULL},
    {"child_opinion=-", "child_heard", NULL},
    {"child_opinion=9", "child_heard", NULL},
    {"opinion_date=-", "child_heard", NULL},
    {"child_opinion=2|child_words=想跟外婆", NULL, "3"},
    {"consent_by=-", "need_consent", NULL},
    {"consent_date=-", "need_consent", NULL},
    {"village_host=-", "need_host", NULL},
    {"witness=-", "need_host", NULL},
    {"contact_freq=3", "weekly_contact", NULL},
    {"contact_freq=-", "weekly_contact", NULL},
    {"fee=500", "need_payer", NULL},
    {"fee=500|fee_payer=1|fee_cycle=1", NULL, "3"},
    {"fee=0", NULL, "3"},
    {"child.live_with=9", "not_alone", NULL},
    {"child.live_with=4", NULL, "3"},
};

/* Values of the second list replace those of the first. */
static const char *over(struct box *b, const char *base, const char *more)
{
    struct node *v = box_pairs(b->ctx, base), *w = box_pairs(b->ctx, more);
    char *out = talloc_strdup(b->ctx, "");

    for (const struct node *n = node_first(w); n; n = n->next)
        node_remove(v, n->key);
    for (const struct node *n = node_first(v); n; n = n->next)
        out = talloc_asprintf_append(out, "%s=%s|", n->key, n->type == NODE_STR ? n->str : "-");
    return text_printf(b->ctx, "%s%s", out, more);
}

Test(work_agreement, conditions)
{
    struct box b;
    struct save s;
    uint64_t child, id;

    box_new(&b);
    child = child_new(&b, CHILD);
    for (size_t i = 0; i < NELEM(conditions); i++) {
        const char *code = conditions[i].code;
        int err = add(&b, "gao", &s, child, over(&b, LAWFUL "|" SIGNED, conditions[i].more));

        cr_assert_eq(err, code ? HE_RULE : 0, "%s: %s", conditions[i].more, err_name(err));
        if (code) {
            cr_assert(box_finding(&s, code) != NULL, "%s: no %s", conditions[i].more, code);
            continue;
        }
        id = s.rec->id;
        cr_assert_str_eq(state(&b, id), conditions[i].state, "%s", conditions[i].more);
        cr_assert_eq(act(&b, "sun", 'v', id, "试一试", &s), 0);
        cr_assert_str_eq(state(&b, id), "8");
        cr_assert_str_eq(standing(&b, child), "1 ");
    }
    box_free(&b);
}

Test(work_agreement, who)
{
    /* Who is named as caregiver, in a draft already. */
    static const struct {
        const char *more, *code;
    } cases[] = {
        {"caregiver=FATHER", "caregiver_is_parent"},
        {"caregiver=-|caregiver.name=王强|caregiver.id_no=320681198803125010",
         "caregiver_is_parent"},
        {"caregiver=-|caregiver.name=王强|caregiver.phone=13800000001", "caregiver_is_parent"},
        {"caregiver=-|caregiver.name=王小雨|caregiver.birth_date=2016-08-15", "caregiver_is_child"},
        {"caregiver=-|caregiver.name=王大川|caregiver.birth_date=2009-01-01", "caregiver_minor"},
        {"caregiver=-|caregiver.name=王大川|caregiver.birth_date=2008-11-22", NULL},
        {"party_a2=FATHER", "same_party"},
        {"child=99", "bad_ref"},
        {"state=3", "system_field"},
        {"agr_no=1", "system_field"},
    };
    struct box b;
    struct save s;
    uint64_t child;

    box_new(&b);
    child = child_new(&b, CHILD);
    for (size_t i = 0; i < NELEM(cases); i++) {
        const char *at = strstr(cases[i].more, "FATHER");
        const char *more = cases[i].more;
        int err;

        if (at)
            more = text_printf(b.ctx, "%.*s%llu", (int)(at - more), more,
                               (unsigned long long)ref(&b, b.child, child, "father"));
        if (!strncmp(more, "child=", 6)) {
            s = (struct save){.form = agr(&b), .confirm_all = true};
            err = box_save(&b, "gao", &s, more);
        } else {
            err = add(&b, "gao", &s, child, more);
        }
        cr_assert_eq(err, cases[i].code ? HE_RULE : 0, "%s: %s", cases[i].more, err_name(err));
        if (cases[i].code)
            cr_assert(box_finding(&s, cases[i].code) != NULL, "%s", cases[i].more);
    }
    box_free(&b);
}

Test(work_agreement, one_at_a_time)
{
    struct box b;
    struct save s;
    uint64_t child, id, other;

    box_new(&b);
    child = child_new(&b, CHILD);
    cr_assert_eq(add(&b, "gao", &s, child, LAWFUL "|" SIGNED), 0);
    id = s.rec->id;
    cr_assert_eq(add(&b, "gao", &s, child, LAWFUL), HE_RULE);
    cr_assert(box_finding(&s, "overlap") != NULL);
    cr_assert(strstr(said(&s, "overlap"), "2027-11-21") != NULL);
    cr_assert_eq(add(&b, "gao", &s, child, "start=2027-11-22|end=2028-01-01"), 0);
    other = s.rec->id;
    cr_assert_eq(add(&b, "gao", &s, child, "start=2029-11-22|end=2030-01-01"), HE_RULE);
    cr_assert(box_finding(&s, "draft_exists") != NULL);
    cr_assert_eq(set(&b, "gao", &s, other, "start=2027-11-21"), HE_RULE);
    cr_assert(box_finding(&s, "overlap") != NULL);
    /* Another village's director learns nothing of it. */
    cr_assert_eq(add(&b, "hu", &s, child, LAWFUL), HE_RULE);
    cr_assert(!box_finding(&s, "overlap") && !box_finding(&s, "draft_exists"));
    cr_assert_eq(act(&b, "hu", 'e', id, "end_reason=2", &s), HE_DENIED);
    /* A child stays its agreement's child. */
    cr_assert_eq(
        set(&b, "gao", &s, other,
            text_printf(b.ctx, "child=%llu",
                        (unsigned long long)child_new(&b, "name=王小川|village=" VILLAGE_A))),
        HE_RULE);
    cr_assert(box_finding(&s, "owner_fixed") != NULL);
    box_free(&b);
}

Test(work_agreement, change_end_void)
{
    struct box b;
    struct save s;
    uint64_t child, id, next;

    box_new(&b);
    child = child_new(&b, CHILD);
    cr_assert_eq(add(&b, "gao", &s, child, "start=2026-06-01|end=2027-05-31|" LAWFUL "|" SIGNED),
                 0);
    id = s.rec->id;

    /* Another caregiver: checked anew; signing ends the old one and the file follows. */
    cr_assert_eq(act(&b, "gao", 'r', id,
                     "end=+1y|caregiver.name=钱外婆|caregiver.birth_date=1960-01-01|"
                     "caregiver_relation=64",
                     &s),
                 0);
    next = s.rec->id;
    cr_assert_str_eq(state(&b, next), "1");
    cr_assert_str_eq(box_val(&b, agr(&b), next, "start"), "2026-11-22");
    cr_assert_str_eq(box_val(&b, agr(&b), next, "end"), "2028-05-31");
    cr_assert_str_eq(box_val(&b, agr(&b), next, "prohibit_harm"), "");
    cr_assert_str_eq(box_val(&b, agr(&b), next, "contact_freq"), "2");
    cr_assert_str_eq(state(&b, id), "3");
    cr_assert_eq(set(&b, "gao", &s, next, LAWFUL "|" SIGNED), 0);
    cr_assert_str_eq(state(&b, next), "3");
    cr_assert_str_eq(state(&b, id), "5");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "ended_on"), "2026-11-21");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "end_reason"), "3");
    cr_assert_eq(ref(&b, b.child, child, "caregiver"), ref(&b, agr(&b), next, "caregiver"));
    cr_assert_str_eq(box_val(&b, b.child, child, "caregiver_relation"), "64");
    cr_assert_str_eq(standing(&b, child), "3 2028-05-31");

    /* Ending it. */
    cr_assert_eq(act(&b, "gao", 'e', next, "end_note=x", &s), HE_RULE);
    cr_assert(box_finding(&s, "need_end_reason") != NULL);
    cr_assert_eq(act(&b, "gao", 'e', next, "end_reason=2|ended_on=2026-11-23", &s), HE_RULE);
    cr_assert(box_finding(&s, "end_day") != NULL);
    cr_assert_eq(act(&b, "gao", 'e', next, "end_reason=2|capacity=0", &s), HE_RULE);
    cr_assert_eq(act(&b, "gao", 'e', next, "end_reason=2", &s), 0);
    cr_assert_str_eq(state(&b, next), "6");
    cr_assert_str_eq(standing(&b, child), "1 ");
    cr_assert_str_eq(box_val(&b, b.child, child, "care_until"), "2026-11-22");
    cr_assert_eq(act(&b, "gao", 'e', next, "end_reason=2", &s), HE_RULE);
    cr_assert(box_finding(&s, "not_in_force") != NULL);

    /* One made by mistake: a draft by the village, one in force by the township, with a reason. */
    cr_assert_eq(add(&b, "gao", &s, child, LAWFUL), 0);
    id = s.rec->id;
    cr_assert_eq(act(&b, "gao", 'v', id, NULL, &s), HE_RULE);
    cr_assert(box_finding(&s, "need_void_why") != NULL);
    cr_assert_eq(act(&b, "gao", 'v', id, "写错了孩子", &s), 0);
    cr_assert_str_eq(box_val(&b, agr(&b), id, "void_why"), "写错了孩子");
    cr_assert_eq(add(&b, "gao", &s, child, LAWFUL "|" SIGNED), 0);
    id = s.rec->id;
    cr_assert_eq(act(&b, "gao", 'v', id, "写错了", &s), HE_RULE);
    cr_assert(box_finding(&s, "void_by_town") != NULL);
    cr_assert_eq(act(&b, "sun", 'v', id, "写错了", &s), 0);
    cr_assert_eq(act(&b, "sun", 'v', id, "写错了", &s), HE_RULE);
    cr_assert_eq(act(&b, "gao", 'r', id, "end=+1y", &s), HE_RULE);
    cr_assert(box_finding(&s, "not_signed_yet") != NULL);
    box_free(&b);
}

Test(work_agreement, make_up)
{
    struct box b;
    struct save s;
    uint64_t child, id;

    box_new(&b);
    child = child_new(&b, CHILD);
    cr_assert_eq(add(&b, "gao", &s, child, over(&b, LAWFUL "|" SIGNED, "sign_way=5")), 0);
    id = s.rec->id;
    cr_assert_str_eq(state(&b, id), "4");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "make_up_due"), "2026-12-22");
    cr_assert_str_eq(standing(&b, child), "4 2027-11-21");
    cr_assert_eq(set(&b, "gao", &s, id, "sign_way=2|sign_a_date=2026-11-22"), 0);
    cr_assert_str_eq(state(&b, id), "3");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "made_up_on"), "2026-11-22");
    cr_assert_eq(set(&b, "gao", &s, id, "sign_way=5"), HE_RULE);
    box_free(&b);
}

/* Who needs one, and when it ends by itself. */
Test(work_agreement, standing)
{
    struct box b;
    struct save s;
    uint64_t small, teen, other, id;

    box_new(&b);
    small = child_new(&b, CHILD);
    teen = child_new(&b, over(&b, CHILD,
                              "name=王大雨|id_no=-|birth_date=2011-01-10|sex=1|"
                              "father.id_no=-"));
    other = child_new(&b, "name=李小川|birth_date=2018-02-03|village=" VILLAGE_A "|child_kinds=32");
    cr_assert_str_eq(standing(&b, small), "1 ");
    cr_assert_str_eq(standing(&b, teen), "1 ");
    cr_assert_str_eq(standing(&b, other), "0 ");
    cr_assert_eq(add(&b, "gao", &s, teen, LAWFUL "|" SIGNED), 0);
    id = s.rec->id;
    cr_assert_str_eq(box_val(&b, agr(&b), id, "end"), "2027-11-21");
    day(&b, 2027, 1, 10); /* sixteen: out of the statistics, the agreement goes on */
    cr_assert_str_eq(box_val(&b, b.child, teen, "lbc_result"), "2");
    cr_assert_str_eq(standing(&b, teen), "3 2027-11-21");
    day(&b, 2027, 11, 22);
    cr_assert_str_eq(standing(&b, teen), "5 2027-11-21");
    b.today = (struct date){2028, 6, 1};
    cr_assert_eq(act(&b, "gao", 'r', id, "prohibit_on=2028-05-01|end=2029-01-10", &s), HE_RULE);
    cr_assert(box_finding(&s, "ends_at_18") != NULL);
    cr_assert_eq(act(&b, "gao", 'r', id,
                     "prohibit_on=2028-05-01|sign_a_date=2028-06-01|sign_way=1|"
                     "sign_a2_date=2028-06-01|sign_way_a2=2|sign_b_date=2028-06-01|sign_way_b=1",
                     &s),
                 0);
    id = s.rec->id;
    cr_assert_str_eq(box_val(&b, agr(&b), id, "start"), "2028-06-01");
    cr_assert_str_eq(box_val(&b, agr(&b), id, "end"), "2029-01-09"); /* eighteen the day after */
    cr_assert_str_eq(standing(&b, teen), "3 2029-01-09");
    day(&b, 2029, 1, 10);
    cr_assert_str_eq(state(&b, id), "7");
    cr_assert_str_eq(standing(&b, teen), "0 ");

    /* A short visit home changes nothing; the child leaving takes it off every list. */
    cr_assert_eq(add(&b, "gao", &s, small, LAWFUL "|" SIGNED), 0);
    id = s.rec->id;
    s = (struct save){.id = small, .confirm_all = true, .why = "短期"};
    cr_assert_eq(box_save(&b, "xu", &s, "father.home_stay=1"), 0);
    cr_assert_str_eq(standing(&b, small), "3 2030-01-09");
    cr_assert_str_eq(state(&b, id), "3");
    box_free(&b);
}

/* --- a caregiver who should not be --- */

struct ask {
    const char *type, *view, *where, *words;
    struct node *out;
    char *problem;
    int64_t total;
};

static int ask_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct ask *q = arg;
    struct list_ask ask = {.form = dict_form(b->dict, q->type), .view = q->view, .where = q->where};
    int err;

    ask.limit = 50;
    q->out = node_map(b->ctx);
    if (q->words)
        return list_find(t, b->ctx, b->county, a, &ask, q->words, q->out, &q->problem);
    err = list_count(t, b->ctx, b->county, a, &ask, NULL, q->out, &q->problem);
    q->total = node_num(q->out, "total", -1);
    return err ? err : list_page(t, b->ctx, b->county, a, &ask, q->out, &q->problem);
}

static int64_t count(struct box *b, const char *login, const char *type, const char *view,
                     const char *where)
{
    struct ask q = {.type = type, .view = view, .where = where};
    int err = box_look(b, login, ask_fn, &q);

    return err ? err : q.total;
}

static int view_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct ask *q = arg;
    struct rec *rec;
    int err = txn_get(t, b->ctx, dict_form(b->dict, q->type), (uint64_t)q->total, &rec);

    q->out = node_map(b->ctx);
    return err ? err : rec_view(t, b->ctx, b->county, a, rec, q->out);
}

static const char *shown(struct box *b, const char *login, const char *type, uint64_t id,
                         const char *field)
{
    struct ask q = {.type = type, .total = (int64_t)id};
    const char *v;

    cr_assert_eq(box_look(b, login, view_fn, &q), 0);
    v = node_text(node_get(q.out, "v"), field);
    return v ? v : "";
}

Test(work_agreement, not_cleared)
{
    struct box b;
    struct save s;
    const char *blank, *found;
    uint64_t child, id, again, grandma;

    box_new(&b);
    child = child_new(&b, CHILD);
    grandma = ref(&b, b.child, child, "caregiver");
    cr_assert_eq(add(&b, "gao", &s, child, over(&b, LAWFUL, "prohibit_habit=-")), 0);
    id = s.rec->id;
    cr_assert_eq(act(&b, "gao", 's', id, SIGNED, &s), HE_RULE);
    blank = said(&s, "check_open");
    cr_assert(*blank != '\0');
    /* A director cannot say 有 himself; the keeper of restricted items can. */
    cr_assert_eq(set(&b, "gao", &s, id, "prohibit_habit=3"), HE_RULE);
    cr_assert(box_finding(&s, "bad_code") != NULL);
    cr_assert_eq(count(&b, "gao", "task", NULL, "kind = '1'"), 0);
    cr_assert_eq(set(&b, "kong", &s, id, "prohibit_habit=3"), 0);
    cr_assert_str_eq(state(&b, id), "1");
    cr_assert_str_eq(box_val(&b, b.person, grandma, "prohibit_habit"), "3");
    cr_assert_str_eq(shown(&b, "kong", "agreement", id, "prohibit_habit"), "3");

    /* To the director it is as if nobody had answered, by every way of asking. */
    cr_assert_str_eq(shown(&b, "gao", "agreement", id, "prohibit_habit"), "");
    cr_assert_str_eq(shown(&b, "gao", "person", grandma, "prohibit_habit"), "");
    cr_assert_eq(count(&b, "gao", "agreement", NULL, "prohibit_habit is empty"), 1);
    cr_assert_eq(count(&b, "gao", "agreement", NULL, "prohibit_habit is not empty"), 0);
    cr_assert_eq(count(&b, "gao", "agreement", NULL, "prohibit_habit = '3'"), HE_USAGE);
    cr_assert_eq(count(&b, "gao", "agreement", "not_cleared", NULL), HE_USAGE);
    cr_assert_eq(count(&b, "kong", "agreement", "not_cleared", NULL), 1);
    cr_assert_eq(act(&b, "gao", 's', id, SIGNED, &s), HE_RULE);
    found = said(&s, "check_open");
    cr_assert_str_eq(blank, found);
    cr_assert_eq(set(&b, "gao", &s, id, "prohibit_habit=1"), 0);
    cr_assert_str_eq(shown(&b, "kong", "agreement", id, "prohibit_habit"), "3");
    /* Nor does another agreement with the same person get round it. */
    cr_assert_eq(act(&b, "gao", 'v', id, "重来", &s), 0);
    cr_assert_eq(add(&b, "gao", &s, child, LAWFUL "|" SIGNED), HE_RULE);
    cr_assert(box_finding(&s, "check_open") != NULL);
    cr_assert_str_eq(said(&s, "check_open"), blank);
    cr_assert_eq(add(&b, "gao", &s, child, LAWFUL), 0);
    again = s.rec->id;
    cr_assert_str_eq(state(&b, again), "1");
    cr_assert_str_eq(box_val(&b, agr(&b), again, "prohibit_habit"), "3");

    /* The task says what to do and by when, not why; voiding the first closed its own. */
    cr_assert_eq(count(&b, "gao", "task", NULL, "kind = '1' and state = '1' and due = 2026-12-07"),
                 1);
    cr_assert_eq(count(&b, "gao", "task", NULL, "kind = '1'"), 2);
    box_free(&b);
}

/* Unable grandparents are found by the village itself: the township sees the task. */
Test(work_agreement, unable)
{
    struct box b;
    struct save s;
    uint64_t child, id;

    box_new(&b);
    child = child_new(&b, CHILD);
    cr_assert_eq(add(&b, "gao", &s, child, LAWFUL "|" SIGNED), 0);
    id = s.rec->id;
    cr_assert_eq(set(&b, "gao", &s, id, "capability_grade=3|assessed_on=2026-11-22"), 0);
    cr_assert_str_eq(state(&b, id), "3");
    cr_assert_eq(count(&b, "sun", "task", NULL, "kind = '1' and state = '1'"), 1);
    cr_assert_eq(count(&b, "gao", "agreement", "end_reason", NULL), 1);
    /* Alone, or with a parent who is unable: first of all. */
    s = (struct save){.id = child, .confirm_all = true, .why = "独居"};
    cr_assert_eq(box_save(&b, "xu", &s, "live_with=9"), 0);
    cr_assert_eq(count(&b, "gao", "child", "arrange_now", NULL), 1);
    s = (struct save){.id = child, .confirm_all = true, .why = "同住"};
    cr_assert_eq(box_save(&b, "xu", &s, "live_with=2|father.guardian_ability=2"), 0);
    cr_assert_eq(count(&b, "sun", "child", "arrange_now", NULL), 1);
    box_free(&b);
}

/* End reasons and coverage show by themselves. */
Test(work_agreement, lists)
{
    static const struct {
        const char *type, *view;
        int64_t n;
    } before[] = {{"child", "agr_none", 1},       {"child", "agr_should", 2},
                  {"child", "agr_signed", 1},     {"child", "agr_expiring", 0},
                  {"child", "agr_expired", 0},    {"agreement", "current", 1},
                  {"agreement", "end_reason", 0}, {"agreement", "to_tell", 1}};
    struct box b;
    struct save s;
    uint64_t child;

    box_new(&b);
    child = child_new(&b, CHILD);
    child_new(&b, over(&b, CHILD,
                       "name=王小雪|id_no=-|birth_date=2017-08-15|sex=2|"
                       "father.id_no=-|mother.name=李红"));
    cr_assert_eq(add(&b, "gao", &s, child, "end=2027-01-31|" LAWFUL "|" SIGNED), 0);
    for (size_t i = 0; i < NELEM(before); i++)
        cr_assert_eq(count(&b, "gao", before[i].type, before[i].view, NULL), before[i].n, "%s",
                     before[i].view);
    for (size_t i = 0; i < 3; i++) { /* by the child, by the caregiver; by nobody elsewhere */
        struct ask find = {.type = "agreement", .words = i == 1 ? "zgl" : "wxy"};

        cr_assert_eq(box_look(&b, i == 2 ? "hu" : "gao", ask_fn, &find), 0);
        cr_assert_eq(node_get(find.out, "rows")->n, i == 2 ? 0u : 1u);
    }
    s = (struct save){.id = child, .confirm_all = true, .why = "长期"};
    cr_assert_eq(box_save(&b, "xu", &s, "father.home_stay=2|father.out_working=0"), 0);
    cr_assert_eq(count(&b, "gao", "agreement", "end_reason", NULL), 1);
    day(&b, 2027, 1, 2);
    cr_assert_eq(count(&b, "gao", "child", "agr_expiring", NULL), 1);
    day(&b, 2027, 2, 1);
    cr_assert_eq(count(&b, "gao", "child", "agr_expiring", NULL), 0);
    box_free(&b);
}

/* One parent can sign, the other cannot: the draft says so already. */
Test(work_agreement, one_parent)
{
    static const struct {
        const char *more, *party, *kind, *why;
    } cases[] = {
        {"father.life_state=2", "mother", "2", "2"},
        {"mother.life_state=6", "father", "1", "3"},
        {"mother.special_state=3", "father", "1", "4"},
        {"mother.guardian_ability=2", "father", "1", "5"},
        {"parents_state=3|live_with=3", "mother", "2", "1"},
        {"parents_state=3|live_with=4", NULL, "", ""},
    };
    struct box b;
    struct save s;

    box_new(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        char *name =
            text_printf(b.ctx, "name=王小雨|id_no=-|birth_date=2016-03-0%zu|father.id_no=-", i + 1);
        uint64_t child = child_new(&b, over(&b, over(&b, CHILD, name), cases[i].more));

        cr_assert_eq(add(&b, "gao", &s, child, "copies=3"), 0);
        cr_assert_str_eq(box_val(&b, agr(&b), s.rec->id, "party_a_kind"), cases[i].kind, "%s",
                         cases[i].more);
        cr_assert_str_eq(box_val(&b, agr(&b), s.rec->id, "one_why"), cases[i].why, "%s",
                         cases[i].more);
        if (cases[i].party)
            cr_assert_eq(ref(&b, agr(&b), s.rec->id, "party_a"),
                         ref(&b, b.child, child, cases[i].party));
        cr_assert_str_eq(box_val(&b, agr(&b), s.rec->id, "party_a2"), "");
    }
    box_free(&b);
}

/* Who cannot pay is told of the township's subsidy, and is found by it. */
Test(work_agreement, subsidy)
{
    struct box b;
    struct save s;
    uint64_t child;

    box_new(&b);
    child = child_new(&b, CHILD "|relief=02");
    cr_assert_eq(add(&b, "gao", &s, child, "fee=500|subsidy_by_town=1|subsidy=100"), 0);
    cr_assert_eq(count(&b, "sun", "agreement", "subsidy_open", NULL), 1);
    cr_assert_eq(set(&b, "gao", &s, s.rec->id, "subsidy_by_town=-|subsidy=-"), 0);
    cr_assert(box_finding(&s, "low_income_fee") != NULL);
    cr_assert_eq(set(&b, "gao", &s, s.rec->id,
                     "fee_cycle=1|fee_payer=3|subsidy_by_town=1|subsidy=200|subsidy_doc="
                     "汇政〔2026〕7号|" LAWFUL "|" SIGNED),
                 0);
    cr_assert(!box_finding(&s, "low_income_fee") && !box_finding(&s, "payer_subsidy"));
    cr_assert_eq(count(&b, "sun", "agreement", "subsidised", NULL), 1);
    cr_assert_eq(count(&b, "sun", "agreement", "subsidy_open", NULL), 0);
    box_free(&b);
}

/* Forty papers typed in one evening: each a line of what the file does not know. */
Test(work_agreement, forty_papers)
{
    struct box b;
    struct save s;
    char want[32];

    box_new(&b);
    for (int i = 0; i < 40; i++) {
        uint64_t child = child_new(
            &b, over(&b, CHILD,
                     text_printf(b.ctx,
                                 "name=王小雨|id_no=-|birth_date=20%d-%02d-11|sex=2|father.id_no=-",
                                 12 + i / 12, i % 12 + 1)));

        cr_assert_eq(add(&b, "gao", &s, child, LAWFUL "|" SIGNED), 0, "paper %d", i);
        snprintf(want, sizeof want, VILLAGE_A "-2026-%03d", i + 1);
        cr_assert_str_eq(box_val(&b, agr(&b), s.rec->id, "agr_no"), want);
    }
    cr_assert_eq(count(&b, "gao", "agreement", "current", NULL), 40);
    cr_assert_eq(count(&b, "gao", "child", "agr_signed", NULL), 40);
    cr_assert_eq(count(&b, "gao", "child", "agr_none", NULL), 0);
    box_free(&b);
}

/*
 * The township orders a parent back or a caregiver named and reprimands him: until a day, with a result;
 * what was ordered is not rewritten, the village fills in what came of it.
 */
Test(work_agreement, order)
{
    static const struct {
        const char *login, *pairs;
        int err;
    } cases[] = {
        {"sun", "due=2026-12-06", HE_RULE},
        {"gao", "result=1", HE_RULE},
        {"gao", "served_on=2026-11-23", 0},
        {"gao", "result=1|result_on=2026-12-03|reprimand_on=2026-11-23", 0},
        {"gao", "result=3", HE_RULE},
    };
    struct box b;
    struct save s = {.confirm_all = true};
    uint64_t child, order;

    box_new(&b);
    child = child_new(&b, CHILD);
    s.form = dict_form(b.dict, "order");
    cr_assert_eq(box_save(&b, "sun", &s,
                          id_pair(&b, child, "kinds=1,3|parent=3|by=镇人民政府|due=2026-11-21")),
                 HE_RULE);
    cr_assert(box_finding(&s, "due_order") != NULL);
    s = (struct save){.form = s.form, .confirm_all = true};
    cr_assert_eq(
        box_save(&b, "sun", &s,
                 id_pair(&b, child,
                         "kinds=1,3|parent=3|by=镇人民政府|ordered_on=2026-11-22|due=2026-11-29")),
        0);
    order = s.rec->id;
    cr_assert_eq(count(&b, "gao", "order", "open", NULL), 1);
    for (size_t i = 0; i < NELEM(cases); i++) {
        s = (struct save){.form = s.form, .id = order, .confirm_all = true};
        cr_assert_eq(box_save(&b, cases[i].login, &s, cases[i].pairs), cases[i].err, "%s",
                     cases[i].pairs);
    }
    cr_assert_eq(count(&b, "sun", "order", "open", NULL), 0);
    cr_assert_str_eq(box_val(&b, s.form, order, "result"), "1");
    box_free(&b);
}

/* Two files of one child, each with an agreement in force, do not become one. */
static int merge_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    const uint64_t *id = arg;

    return child_merge(t, b->ctx, b->county, a, id[0], id[1], "重复");
}

Test(work_agreement, merge)
{
    struct box b;
    struct save s;
    uint64_t id[2];

    box_new(&b);
    id[0] = child_new(
        &b, over(&b, CHILD, "name=王小羽|id_no=-|birth_date=2016-08-15|sex=2|father.id_no=-"));
    id[1] = child_new(&b, CHILD);
    cr_assert_eq(add(&b, "gao", &s, id[1], LAWFUL "|" SIGNED), 0);
    cr_assert_eq(add(&b, "gao", &s, id[0], LAWFUL "|" SIGNED), 0);
    cr_assert_eq(box_do(&b, "xu", merge_fn, id), HE_EXISTS);
    cr_assert_eq(act(&b, "sun", 'v', s.rec->id, "重复", &s), 0);
    cr_assert_eq(box_do(&b, "xu", merge_fn, id), 0);
    cr_assert_str_eq(standing(&b, id[1]), "3 2027-11-21");
    box_free(&b);
}
