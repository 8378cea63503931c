/* Additions to what is final: corrections, news, annotations and spot checks, each dated and signed. */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/task.h"
#include "work/visit.h"

#define CORRECT_DAYS 7

static const char *const about[] = {"visit", "urgent_report"};

/* Nobody spot-checks what he did or typed himself. */
static bool own_work(const struct family *f, const struct rec *of)
{
    static const char *const whose[] = {"typist", "visitor"};

    for (size_t i = 0; i < NELEM(whose); i++)
        if (form_field(of->form, whose[i]) && rec_ref(of, whose[i]) == f->actor->id)
            return true;
    return false;
}

/* Child and village follow from what it is about; that must be within reach of the writer. */
static int follow_subject(struct family *f, const struct form_field *field)
{
    struct rec *of, *child;
    uint64_t id;
    int err = txn_get(f->txn, f, field->ref, rec_ref(f->rec, field->name), &of);

    if (err)
        return err == HE_NOTFOUND ? 0 : err; /* bad_ref says so */
    if (!f->more->trusted && !actor_sees(f->txn, f->county, f->actor, "addition.add", of))
        findings_add(f->s->findings, 'E', field->name, "out_of_scope",
                     _("这条记录不在您负责的范围"));
    if (rec_get(f->rec, "result") && !f->more->trusted && own_work(f, of))
        findings_add(f->s->findings, 'E', "result", "own_work",
                     _("这次走访是您自己做的或录入的，不能自己抽查，请换一个人抽查"));
    rec_set(f->rec, "village", txn_area(f->txn, f, of));
    id = rec_ref(of, "child");
    if (!id)
        return 0;
    if ((err = txn_get(f->txn, f, dict_form(f->county->dict, "child"), id, &child)))
        return err == HE_NOTFOUND ? 0 : err;
    rec_set(f->rec, "child", text_printf(f, "%llu", (unsigned long long)child->id));
    return 0;
}

int addition_values(struct family *f)
{
    const char *kind = rec_get(f->rec, "kind");
    char day[11];
    bool any = false;

    if (f->old)
        return 0;
    rec_set(f->rec, "by", text_printf(f, "%llu", (unsigned long long)f->actor->id));
    rec_set(f->rec, "on", date_format(f->actor->today, day));
    rec_set(f->rec, "child", NULL);
    for (size_t i = 0; i < NELEM(about); i++) {
        const struct form_field *field = form_field(f->rec->form, about[i]);
        int err;

        if (!field || !rec_at(f->rec, field))
            continue;
        any = true;
        if ((err = follow_subject(f, field)))
            return err;
    }
    if (!any)
        findings_add(f->s->findings, 'E', "visit", "missing_subject",
                     _("补充说明要从一次走访或一份紧急报告开始写"));
    if (((kind && strchr("34", *kind)) || rec_get(f->rec, "result")) && !f->more->trusted &&
        !actor_may(f->reader, "addition.review"))
        findings_add(f->s->findings, 'E', "kind", "denied",
                     _("批注和抽查由乡镇或县里写，您选“更正”或“新情况”"));
    return 0;
}

/* What was found untrue is put right by the village. */
int addition_stored(struct family *f)
{
    const char *result = rec_get(f->rec, "result");
    struct task_new t = {.child = rec_ref(f->rec, "child"),
                         .village = rec_get(f->rec, "village"),
                         .kind = TASK_CHECK,
                         .what = N_("走访抽查和记录不一致，核实后写一条更正"),
                         .due = date_add_days(f->actor->today, CORRECT_DAYS),
                         .source = follow_source(f)};

    return !f->old && result && *result == '3' ? task_open(f->txn, f, f->county, f->actor, &t, NULL)
                                               : 0;
}
