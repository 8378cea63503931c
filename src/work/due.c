/* Days that pass: birthdays and months away that are full (decisions 1 and 3). */
#include "work/due.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/agreement.h"
#include "work/sweep.h"
#include "work/duty.h"

static bool on_register(const struct rec *child)
{
    const char *state = rec_get(child, "state");

    return state && (*state == '1' || *state == '3');
}

int due_start(struct txn *txn, struct date today, uint64_t *id)
{
    void *ctx = talloc_new(NULL);
    struct job *job = talloc_zero(ctx, struct job);
    struct node *last;
    char day[11];
    int err = txn_meta_get(txn, ctx, "due/last", &last);

    *id = 0;
    date_format(today, day);
    if ((!err && strcmp(node_text_or(last, "day", ""), day) >= 0) || (err && err != HE_NOTFOUND)) {
        talloc_free(ctx);
        return err;
    }
    job->kind = DUE_JOB;
    job->owner = "";
    job->state = JOB_WAITING;
    job->today = today;
    last = node_map(ctx);
    node_str(last, "day", day);
    if (!(err = txn_meta_put(txn, "due/last", last)) && !(err = txn_job_new(txn, job)))
        *id = job->id;
    talloc_free(ctx);
    return err;
}

struct retest {
    const struct county *county;
    struct actor actor;
    struct job *job;
    bool more;
};

/* What the passing of days changes; the day of the test alone is no change. */
static const char *const results[] = {"visit_next", "lbc_result", "lbc_reason",    "missing_count",
                                      "quality",    "quality_rules", "quality_note",
                                      "agr_state",  "agr_until"};

/* The result of a file as of the job's day; what did not change is not written. */
static int retest_child(struct txn *txn, void *ctx, struct retest *r, const struct rec *old)
{
    struct save s = {.form = old->form, .id = old->id, .source = "due"};
    struct save_more more = {.trusted = true};
    struct family *f = family_new(txn, ctx, r->county, &r->actor, &s, &more);
    struct rec *rec = rec_copy(ctx, old);
    bool same = true;
    int err;

    f->rec = rec;
    if ((err = agreement_daily(txn, ctx, r->county, &f->who, old)) || (err = effect_test(f, rec)))
        return err;
    duty_set(&r->county->conf, r->job->today, rec);
    for (size_t i = 0; i < NELEM(results) && same; i++)
        same = rec_same(rec_get(old, results[i]), rec_get(rec, results[i]));
    if (same)
        return 0;
    node_int(r->job->result, "changed", node_num(r->job->result, "changed", 0) + 1);
    err = txn_put(txn, &f->who, old, rec, NULL, NULL);
    return err ? err : sweep_follow(txn, ctx, r->county, &f->who, rec, false);
}

static int retest_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct retest *r = arg;
    void *ctx = talloc_new(NULL);
    struct rec *old;
    int err = txn_get(txn, ctx, dict_form(r->county->dict, "child"), id, &old);

    if (!err && old->id == id && on_register(old))
        err = retest_child(txn, ctx, r, old);
    talloc_free(ctx);
    if (err && err != HE_NOTFOUND)
        return err;
    node_str(r->job->mark, "after", mark);
    r->job->done++;
    r->more = job_time_up(r->job);
    return r->more;
}

int due_step(struct txn *txn, struct job *job, void *county)
{
    struct retest r = {.county = county, .job = job};
    char *after = talloc_strdup(job, node_text_or(job->mark, "after", ""));
    struct walk walk = {.form = dict_form(r.county->dict, "child"), .after = *after ? after : NULL};
    int err;

    r.actor.login = r.actor.name = "";
    r.actor.today = job->today;
    r.actor.who = (struct store_who){.user = "", .from = "", .op = DUE_JOB, .today = job->today};
    err = txn_walk(txn, &walk, retest_one, &r);
    return err < 0 ? err : r.more;
}
