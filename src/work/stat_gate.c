/* What stands in the way of freezing a report (decision 9), and the exceptions it is let out with. */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/stat_in.h"

struct gate {
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const struct report *r;
    const struct stat_answer *a;
};

static bool has_text(const struct rec *rec, const char *field, const char *want)
{
    return rec_same(rec_get(rec, field), want);
}

int stat_refuse(struct node *out, const char *text)
{
    node_str(out, "text", text);
    return HE_RULE;
}

/* The named exceptions in force for children of the report, as lines. */
struct excuses {
    void *ctx;
    const struct county *county;
    const struct stat_answer *a;
    char *lines;
    size_t n;
};

/* Approved, not over before the period is, and of a child that is on the register. */
static int excuse_holds(struct txn *txn, void *tmp, struct excuses *x, const struct rec *rec,
                        struct rec **child, bool *holds)
{
    struct date due;
    int err;

    *holds = has_text(rec, "state", "2") && rec_get(rec, "due") &&
             date_parse(rec_get(rec, "due"), &due) == 0 && date_cmp(due, x->a->period.to) >= 0;
    if (!*holds)
        return 0;
    err = txn_get(txn, tmp, dict_form(x->county->dict, "child"), rec_ref(rec, "child"), child);
    *holds = !err && has_text(*child, "state", "3");
    return err == HE_NOTFOUND ? 0 : err;
}

static int excuse_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct excuses *x = arg;
    struct rec *rec, *child, *user = NULL;
    bool holds = false;
    void *tmp = talloc_new(x->ctx);
    int err = txn_get(txn, tmp, dict_form(x->county->dict, "exception"), id, &rec);

    (void)mark;
    if (!err)
        err = excuse_holds(txn, tmp, x, rec, &child, &holds);
    if (!err && holds && rec_ref(rec, "approver"))
        err =
            txn_get(txn, tmp, dict_form(x->county->dict, "user"), rec_ref(rec, "approver"), &user);
    if (holds && (!err || err == HE_NOTFOUND)) {
        x->lines =
            talloc_asprintf_append(x->lines, _("%s%s：%s，期限 %s，批准 %s"), *x->lines ? "\n" : "",
                                   rec_get(child, "file_no") ? rec_get(child, "file_no") : "",
                                   rec_get(rec, "reason") ? rec_get(rec, "reason") : "",
                                   rec_get(rec, "due"), user ? rec_title(tmp, user) : "");
        x->n++;
    }
    talloc_free(tmp);
    return err == HE_NOTFOUND ? 0 : err;
}

static int excuses(struct txn *txn, void *arg)
{
    struct excuses *x = arg;
    const char *areas[] = {x->a->division, NULL};
    const struct form *form = dict_form(x->county->dict, "exception");
    struct walk walk = {.form = form,
                        .field = form ? form_field(form, "due") : NULL,
                        .areas = *x->a->division ? areas : NULL};

    x->lines = talloc_strdup(x->ctx, "");
    x->n = 0;
    return form ? txn_walk(txn, &walk, excuse_one, x) : 0;
}

/* Files that had to be corrected on the last day and still have to: what was corrected or excused since
 * stands in the way no more. */
struct doubts {
    void *ctx;
    const struct county *county;
    const struct stat_answer *a;
    size_t n;
};

static int doubts(struct txn *txn, void *arg)
{
    struct doubts *d = arg;
    const struct form *child = dict_form(d->county->dict, "child");
    void *tmp = talloc_new(d->ctx);
    int err = 0;

    d->n = 0;
    for (size_t i = 0; i < d->a->nwrong && !err; i++) {
        struct rec *rec;

        err = txn_get(txn, tmp, child, d->a->wrong[i], &rec);
        d->n += !err && has_text(rec, "quality", "3");
        err = err == HE_NOTFOUND ? 0 : err;
        talloc_free_children(tmp);
    }
    talloc_free(tmp);
    return err;
}

/* A month that is not over, an identity that does not hold, a file that has to be corrected first. */
static int stop(struct gate *g, struct node *out)
{
    const struct stat_period *p = &g->a->period;
    struct doubts d = {.ctx = g->ctx, .county = g->county, .a = g->a};
    int err;

    if (p->partial)
        return stat_refuse(out, text_printf(g->ctx, _("%s 还没有结束，结束以后才能冻结"), p->text));
    if (g->a->nbroken)
        return stat_refuse(out,
                           text_printf(g->ctx, _("检验不通过，不能冻结：%s"), g->a->broken[0]));
    if ((err = store_read(g->county->store, doubts, &d)))
        return err;
    if (d.n)
        return stat_refuse(
            out, text_printf(g->ctx,
                             _("有 %lld 份档案的疑点要改正。请先改正；情况属实的写例外说明，"
                               "批准以后再冻结"),
                             (long long)d.n));
    if (!*g->a->division)
        return stat_refuse(out, _("请选一个区划再冻结"));
    return 0;
}

/* --- what other reports say --- */

int64_t stat_total(const struct stat_answer *a, int column)
{
    return a->n && column >= 0 ? a->row[a->n - 1].v[column] : 0;
}

/* The same column of another report for the same period and division. */
static int linked_now(struct gate *g, const struct report_link *link, int64_t *v, char **problem)
{
    struct stat_ask ask = {.report = reports_find(g->county->reports, link->report),
                           .period = g->a->period.text,
                           .division = g->a->division};
    struct stat_answer *a;
    int err = stat_run(g->ctx, g->county, g->actor, &ask, &a, problem);

    if (!err)
        *v = stat_total(a, report_column_find(ask.report, link->other));
    return err;
}

/* Figures that have to be the same in two reports: another one of now stands in the way when it is not,
 * the frozen one of the period before is said on the report. */
static int links(struct gate *g, struct node *out, char **problem)
{
    for (size_t i = 0; i < g->r->nlink; i++) {
        const struct report_link *link = &g->r->link[i];
        int64_t mine = stat_total(g->a, link->column), other = 0;
        int err = link->before ? 0 : linked_now(g, link, &other, problem);

        if (err)
            return err;
        if (!link->before && mine != other)
            return stat_refuse(out,
                               text_printf(g->ctx, _("%s 是 %lld，%s 里是 %lld，不能冻结"),
                                           g->r->column[link->column].label, (long long)mine,
                                           reports_find(g->county->reports, link->report)->label,
                                           (long long)other));
    }
    return 0;
}

int stat_gate(void *ctx, const struct county *county, const struct actor *actor,
              const struct report *r, const struct stat_answer *a, struct node *out, char **excused,
              char **problem)
{
    struct gate g = {ctx, county, actor, r, a};
    struct excuses x = {.ctx = ctx, .county = county, .a = a};
    int err;

    if ((err = stop(&g, out)) || (err = links(&g, out, problem)) ||
        (err = store_read(county->store, excuses, &x)))
        return err;
    *excused = *x.lines ? x.lines : NULL;
    return 0;
}
