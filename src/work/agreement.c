/*
 * The life of an agreement: 草稿 → 待签 → 生效 or 待补签 → 变更, 解除, 到期 or 作废. What was typed and which
 * act it came with decide the state; what is signed, ended or found about the caregiver reaches the
 * child's file, the caregiver's record, the agreement before it and the list of tasks in the same
 * transaction.
 */
#include "work/agreement.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/task.h"

static void wrong(struct agreement *a, const char *field, const char *code, const char *text)
{
    findings_add(a->f->s->findings, 'E', field, code, "%s", text);
}

static bool act_is(const struct agreement *a, const char *act)
{
    return a->f->state && !strcmp(a->f->state, act);
}

static int load(struct family *f, struct agreement *a)
{
    int err;

    *a = (struct agreement){.f = f, .rec = f->rec, .old = f->old};
    a->was = a->now = f->old ? agreement_state(f->old) : AGR_DRAFT;
    if ((err = owner_load(f, &a->child)) || !a->child)
        return err;
    carry_overlay(f, a->child);
    err = agreement_list(f->txn, f, f->county, a->child->id, &a->other, &a->n);
    for (size_t i = 0; i < a->n && f->old; i++)
        if (a->other[i]->id == f->old->id)
            a->other[i--] = a->other[--a->n];
    a->caregiver = agreement_linked(f, f->rec, "caregiver");
    return err;
}

/* --- signing --- */

struct signature {
    const char *party, *date, *way;
};
static const struct signature signatures[] = {
    {"party_a", "sign_a_date", "sign_way"},
    {"party_a2", "sign_a2_date", "sign_way_a2"},
    {"caregiver", "sign_b_date", "sign_way_b"},
};

/* The parent who does not sign is excused by why one is enough. */
static bool signs(const struct agreement *a, const struct signature *s)
{
    return rec_get(a->rec, s->party) && (strcmp(s->party, "party_a2") != 0 ||
                                         rec_get(a->rec, s->date) || !rec_get(a->rec, "one_why"));
}

static bool all_signed(const struct agreement *a)
{
    for (size_t i = 0; i < NELEM(signatures); i++)
        if (signs(a, &signatures[i]) && !rec_get(a->rec, signatures[i].date))
            return false;
    return rec_get(a->rec, "sign_a_date") && rec_get(a->rec, "sign_b_date");
}

static bool by_phone(const struct agreement *a)
{
    for (size_t i = 0; i < NELEM(signatures); i++)
        if (rec_same(rec_get(a->rec, signatures[i].way), "5"))
            return true;
    return false;
}

static void need_ways(struct agreement *a)
{
    for (size_t i = 0; i < NELEM(signatures); i++) {
        const struct signature *s = &signatures[i];

        if (act_is(a, AGR_ACT_SIGN) && signs(a, s) && !rec_get(a->rec, s->date))
            wrong(a, s->date, "not_signed",
                  strcmp(s->party, "party_a2") != 0
                      ? _("写上签字日期；还没有签的，等签了再办")
                      : _("另一委托人还没有签字：补上日期，或说明一方签字的理由"));
        if (rec_get(a->rec, s->date) && !rec_get(a->rec, s->way))
            wrong(a, s->way, "need_way",
                  _("选一下是怎样签的：当面、邮寄、微信照片、视频见证还是电话确认"));
    }
}

/* 电话确认 waits for a signature until a day (decision 8). */
static void signed_now(struct agreement *a)
{
    struct family *f = a->f;
    struct date until;

    if (by_phone(a)) {
        a->now = AGR_MAKE_UP;
        if (!rec_get(a->rec, "make_up_due"))
            agreement_set_day(a->rec, "make_up_due",
                              date_add_days(f->actor->today, f->county->conf.makeup_days));
        return;
    }
    a->now = AGR_IN_FORCE;
    if (a->was == AGR_MAKE_UP)
        agreement_set_day(a->rec, "made_up_on", f->actor->today);
    if (agreement_until(a->rec, &until) && date_cmp(until, f->actor->today) < 0) {
        a->now = AGR_EXPIRED; /* an old paper typed in late */
        rec_set(a->rec, "end_reason", "1");
        agreement_set_day(a->rec, "ended_on", until);
    }
}

/* One information instead of a dozen: which items stand before the signature. */
static void before_signing(struct agreement *a, const struct findings *open)
{
    char *text = talloc_strdup(a->f, "");

    for (size_t i = 0; i < open->n; i++) {
        struct form_path path;
        const char *label = form_path_parse(a->rec->form, open->f[i].field, &path)
                                ? ""
                                : form_path_label(a->f, path);

        if (*label && !strstr(text, label))
            text = talloc_asprintf_append(text, "%s%s", *text ? "、" : "", label);
    }
    if (*text)
        findings_add(a->f->s->findings, 'I', "", "before_signing", _("签订之前还要办好：%s"), text);
}

static void before_signed(struct agreement *a)
{
    struct family *f = a->f;
    struct findings *open = findings_new(f);
    bool wants = act_is(a, AGR_ACT_SIGN) || all_signed(a), ready = agreement_ready(a, open);

    need_ways(a);
    if (!wants) {
        a->now = ready ? AGR_TO_SIGN : AGR_DRAFT;
        if (!ready)
            before_signing(a, open);
        return;
    }
    findings_merge(f->s->findings, open, "");
    if (!f->more->trusted && !actor_sees(f->txn, f->county, f->actor, "agreement.sign", a->child))
        wrong(a, "sign_a_date", "no_sign_right",
              _("您没有签订协议的权限。签字日期先空着，由儿童主任或乡镇督导员办理"));
    signed_now(a);
}

/* --- ending --- */

static void end_now(struct agreement *a)
{
    struct date on, start, until;

    if (!agreement_running(a->old)) {
        wrong(a, "", "not_in_force", _("这份协议没有在生效，不用解除；写错了的用“作废”"));
        return;
    }
    if (!rec_get(a->rec, "end_reason"))
        wrong(a, "end_reason", "need_end_reason", _("请选择终止原因"));
    if (!agreement_typed(a->f, "ended_on"))
        agreement_set_day(a->rec, "ended_on", a->f->actor->today);
    if (agreement_day(a->rec, "ended_on", &on) && agreement_day(a->rec, "start", &start) &&
        agreement_day(a->rec, "end", &until) &&
        (date_cmp(on, start) < 0 || date_cmp(on, until) > 0 ||
         date_cmp(on, a->f->actor->today) > 0))
        wrong(a, "ended_on", "end_day",
              _("终止日期要在协议开始以后、结束以前，也不晚于今天，改正"));
    a->now = AGR_ENDED;
}

static void void_now(struct agreement *a)
{
    struct family *f = a->f;

    if (a->was > AGR_MAKE_UP)
        wrong(a, "", "is_over", _("这份协议已经结束，不用作废"));
    else if (!f->s->why || !*f->s->why)
        wrong(a, "", "need_void_why", _("写一下为什么作废"));
    else if (agreement_running(a->old) &&
             review_level(f->txn, f->county, f->actor, a->child) == LEVEL_VILLAGE)
        wrong(a, "", "void_by_town", _("生效的协议由乡镇督导员作废；只是不再照护的，用“解除”办理"));
    rec_set(a->rec, "void_why", f->s->why);
    a->now = AGR_VOID;
}

/* --- the values --- */

static int give_number(struct agreement *a)
{
    struct family *f = a->f;
    const struct form_field *field = form_field(a->rec->form, "agr_no");
    const char *village = rec_get(a->rec, "village");
    struct node *count = NULL;
    char *key, *no;
    int64_t n = 0;
    uint64_t id;
    int err;

    if (f->s->dry || !village || rec_at(a->rec, field))
        return 0;
    key = text_printf(f, "agr_no/%s/%04d", village, f->actor->today.y);
    err = txn_meta_get(f->txn, f, key, &count);
    if (err && err != HE_NOTFOUND)
        return err;
    n = err ? 0 : node_num(count, "n", 0);
    do {
        no = text_printf(f, "%s-%04d-%03lld", village, f->actor->today.y, (long long)++n);
    } while (!(err = txn_unique(f->txn, field, no, &id)));
    if (err != HE_NOTFOUND)
        return err;
    rec_set_at(a->rec, field, no);
    count = node_map(f);
    node_int(count, "n", n);
    return txn_meta_put(f->txn, key, count);
}

/* A linked person's reviewed items go their way from the child's file only (decision 5). */
static void only_plain(struct family *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct member *m = f->m[i];

        for (size_t k = 0; m->old && k < m->rec->form->nfield; k++)
            if (m->rec->form->field[k].review && !rec_same(m->old->val[k], m->rec->val[k]))
                findings_add(
                    f->s->findings, 'E',
                    text_printf(f, "%s.%s", m->path.via->name, m->rec->form->field[k].name),
                    "use_child", _("“%s”请在儿童档案里改"), m->rec->form->field[k].label);
    }
}

int agreement_values(struct family *f)
{
    struct agreement a;
    int err = load(f, &a);

    if (err || !a.child)
        return err;
    if (!f->old && !f->more->trusted &&
        !actor_sees(f->txn, f->county, f->actor, "agreement.add", a.child))
        return 0; /* a finding says so; nothing of the child may speak through others */
    if (!f->old && (err = agreement_known(&a)))
        return err;
    if (f->old)
        agreement_frozen(&a);
    only_plain(f);
    if (act_is(&a, AGR_ACT_VOID))
        a.now = AGR_VOID;
    agreement_rules(&a);
    if (a.now == AGR_VOID)
        void_now(&a);
    else if (act_is(&a, AGR_ACT_END))
        end_now(&a);
    else if (a.was == AGR_DRAFT || a.was == AGR_TO_SIGN)
        before_signed(&a);
    else if (a.was == AGR_MAKE_UP && !by_phone(&a))
        signed_now(&a);
    else if (act_is(&a, AGR_ACT_SIGN) && a.was != AGR_MAKE_UP)
        wrong(&a, "", "is_signed", _("这份协议已经签过了"));
    rec_set(f->rec, "state", (char[]){a.now, '\0'});
    return give_number(&a);
}

/* --- what follows --- */

static bool newly_running(const struct agreement *a)
{
    return agreement_running(a->rec) && !(a->old && agreement_running(a->old));
}

/* The one before goes no further than the day before this one begins. */
static int supersede(struct agreement *a)
{
    struct family *f = a->f;
    uint64_t id = rec_ref(a->rec, "prev");
    struct date start, until;
    struct rec *old, *rec;
    int err;

    if (!newly_running(a) || !id || !agreement_day(a->rec, "start", &start))
        return 0;
    if ((err = txn_get(f->txn, f, a->rec->form, id, &old)))
        return err == HE_NOTFOUND ? 0 : err;
    rec = rec_copy(f, old);
    rec_set(rec, "next", text_printf(f, "%llu", (unsigned long long)a->rec->id));
    if (agreement_running(old) && agreement_until(old, &until) && date_cmp(until, start) >= 0) {
        bool changed = !rec_same(rec_get(old, "caregiver"), rec_get(a->rec, "caregiver"));

        agreement_set_day(rec, "ended_on", date_add_days(start, -1));
        rec_set(rec, "end_reason", changed ? "3" : "10");
        if (date_cmp(start, f->actor->today) <= 0)
            rec_set(rec, "state", "5");
    }
    return txn_put(f->txn, &f->who, old, rec, NULL, NULL);
}

/* What was signed is how the child is cared for: the same change, its file, this agreement the source. */
static int tell_child(struct agreement *a)
{
    struct family *f = a->f;
    struct node *v = node_map(f);
    struct save_more more = {.trusted = true};
    struct save s = {.form = a->child->form,
                     .id = a->child->id,
                     .value = v,
                     .source = follow_source(f),
                     .why = f->s->why,
                     .confirm_all = true};
    int err;

    if (newly_running(a)) {
        node_str(v, "caregiver", rec_get(a->rec, "caregiver"));
        node_str(v, "caregiver_relation", rec_get(a->rec, "caregiver_relation"));
        node_str(v, "has_caregiver", "1");
        node_str(v, "care_since", rec_get(a->rec, "start"));
        node_str(v, "care_until", rec_get(a->rec, "end"));
        node_str(v, "care_consent_by", rec_get(a->rec, "consent_by"));
        node_str(v, "care_consent_on", rec_get(a->rec, "consent_date"));
    } else if (a->now == AGR_ENDED && a->was != AGR_ENDED &&
               rec_same(rec_get(a->child, "caregiver"), rec_get(a->rec, "caregiver"))) {
        node_str(v, "care_until", rec_get(a->rec, "ended_on"));
    } else {
        return 0;
    }
    err = save_run(f->txn, f->ctx, f->county, f->actor, &s, &more);
    if (err == HE_RULE)
        findings_merge(f->s->findings, s.findings, "child.");
    return err;
}

/* The caregiver's record keeps the latest answers, the agreement those of its day. */
static bool later(const struct rec *a, const struct rec *person, const char *on)
{
    struct date mine, his;

    return agreement_day(a, on, &mine) &&
           (!agreement_day(person, on, &his) || date_cmp(his, mine) <= 0);
}

static int tell_caregiver(struct agreement *a)
{
    static const char *const checks[] = {"prohibit_harm",  "prohibit_habit", "prohibit_neglect",
                                         "prohibit_other", "prohibit_how",   "prohibit_by",
                                         "prohibit_on"};
    static const char *const grades[] = {"capability_grade", "assessed_by", "assessed_on"};
    struct family *f = a->f;
    uint64_t id = rec_ref(a->rec, "caregiver");
    struct rec *old, *rec;
    int err = id ? txn_get(f->txn, f, dict_form(f->county->dict, "person"), id, &old) : HE_NOTFOUND;
    struct store_who who = f->who;

    if (err || a->now == AGR_VOID)
        return err == HE_NOTFOUND ? 0 : err;
    rec = rec_copy(f, old);
    for (size_t i = 0; i < NELEM(checks) && later(a->rec, old, "prohibit_on"); i++)
        if (rec_get(a->rec, checks[i]))
            rec_set(rec, checks[i], rec_get(a->rec, checks[i]));
    for (size_t i = 0; i < NELEM(grades) && later(a->rec, old, "assessed_on"); i++)
        if (rec_get(a->rec, grades[i]))
            rec_set(rec, grades[i], rec_get(a->rec, grades[i]));
    who.source = follow_source(f);
    return txn_put(f->txn, &who, old, rec, NULL, NULL);
}

/* --- a caregiver who should not be --- */

static bool unsuitable(const struct rec *rec)
{
    static const char *const names[] = {"prohibit_harm", "prohibit_habit", "prohibit_neglect",
                                        "prohibit_other", "capability_grade"};
    bool found = false;

    for (size_t i = 0; i < NELEM(names); i++)
        found |= rec_same(rec_get(rec, names[i]), "3");
    return found;
}

/* 有 or 建议更换 opens a task with a deadline that says nothing of why; what is over closes it. */
static int tell_task(struct agreement *a)
{
    struct family *f = a->f;
    struct task_new task = {.child = a->child->id,
                            .kind = TASK_CAREGIVER,
                            .what = N_("这个孩子要换一位照护人，请和父母商量"),
                            .source = follow_source(f)};

    if (a->now > AGR_MAKE_UP && a->was <= AGR_MAKE_UP)
        return task_drop(f->txn, f, f->county, f->actor, rec_get(a->child, "village"), task.source,
                         task.kind, N_("协议已经结束"));
    if (a->now > AGR_MAKE_UP || !unsuitable(a->rec) || (a->old && unsuitable(a->old)))
        return 0;
    task.due = date_add_days(f->actor->today, f->county->conf.change_days);
    return task_open(f->txn, f, f->county, f->actor, &task, NULL);
}

int agreement_stored(struct family *f)
{
    struct agreement a;
    int err = load(f, &a);

    if (err || !a.child)
        return err;
    a.now = agreement_state(f->rec);
    if ((err = supersede(&a)) || (err = tell_child(&a)) || (err = tell_caregiver(&a)) ||
        (err = tell_task(&a)))
        return err;
    return touch_retest(f, a.child->id);
}
