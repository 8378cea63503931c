/*
 * The urgent report (decision 11, R-081 … R-083) and the log of contacts (R-055 … ). A
 * report may be about a child that is not registered; it informs nobody, and stays as it was written.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/duty.h"
#include "work/visit.h"

static const char *id_text(void *ctx, uint64_t id)
{
    return text_printf(ctx, "%llu", (unsigned long long)id);
}

/* Where it is filed: with the child, when it is a registered one the writer may report of. */
static int place_report(struct family *f)
{
    uint64_t id = rec_ref(f->rec, "child");
    struct rec *child;
    int err = id ? txn_get(f->txn, f, dict_form(f->county->dict, "child"), id, &child) : 0;

    if (err || !id)
        return err == HE_NOTFOUND ? 0 : err; /* a finding of the reference says so */
    rec_set(f->rec, "village", rec_get(child, "village"));
    if (!f->more->trusted && !actor_sees(f->txn, f->county, f->actor, "urgent_report.add", child))
        findings_add(f->s->findings, 'E', "child", "out_of_scope",
                     _("这个孩子不在您负责的范围，请选择您负责的孩子"));
    return 0;
}

static void take_on(struct family *f, const char *now)
{
    if (!f->more->trusted && !actor_may(f->reader, "urgent_report.review"))
        findings_add(f->s->findings, 'E', "received", "denied",
                     _("接报由乡镇或县里填写；您打电话告诉他们，填上告诉的时间"));
    rec_set(f->rec, "received_by", id_text(f->rec, f->actor->id));
    rec_set(f->rec, "received_on", now);
}

/* What became known later is told by who wrote the report and by those above who took it on; who told of
 * the child, by those who may read that as well. */
static void check_later(struct family *f)
{
    bool own =
        f->actor->id == rec_ref(f->old, "by") || actor_may(f->reader, "urgent_report.review");

    for (size_t i = 0; i < f->rec->form->nfield && !own; i++) {
        const struct form_field *field = &f->rec->form->field[i];

        if (!field->later || rec_same(f->old->val[i], f->rec->val[i]) ||
            (field->blind && actor_reads(f->reader, field) == 2))
            continue;
        findings_add(f->s->findings, 'E', field->name, "denied",
                     _("“%s”由填报人自己或乡镇、县里补填；您知道的情况请告诉他们"),
                     _(field->label));
    }
}

int urgent_values(struct family *f)
{
    const char *received = rec_get(f->rec, "received");
    char now[20];

    date_time_format(date_now(), now);
    if (received && *received != '1') /* "not yet" is nothing: it must stay open for an answer */
        rec_set(f->rec, "received", NULL);
    if (received && *received == '1' && !(f->old && rec_get(f->old, "received")))
        take_on(f, now);
    if (f->old) {
        if (!f->more->trusted)
            check_later(f);
        return 0;
    }
    rec_set(f->rec, "by", id_text(f->rec, f->actor->id));
    rec_set(f->rec, "saved_on", now);
    return place_report(f);
}

/* --- contacts --- */

/* A parent and the child that the village helped to talk with each other. */
int contact_values(struct family *f)
{
    const char *with = rec_get(f->rec, "with"), *helped = rec_get(f->rec, "helped");

    rec_set(f->rec, "with_parent",
            with && strchr("23", *with) && helped && *helped == '1' ? "1" : "0");
    return 0;
}

int contact_stored(struct family *f)
{
    return duty_recount(f, rec_ref(f->rec, "child"));
}
