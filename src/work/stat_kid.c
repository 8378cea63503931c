/* The conditions of the reports, and which of them hold for one child as of a day. */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "form/type.h"
#include "work/stat_in.h"

/* --- the conditions of a day --- */

static struct date first_day(enum report_period kind, struct date day)
{
    if (kind != PERIOD_DAY)
        day.d = 1;
    if (kind == PERIOD_QUARTER)
        day.m = (day.m - 1) / 3 * 3 + 1;
    return day;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* What a column asks for, with the days filled in; *own: something besides the report's where. */
static struct stat_pred wanted(void *ctx, const struct report_column *c, const char *where,
                               struct date from, struct date to)
{
    struct stat_pred p = {.base = -1, .sum_at = -1};
    char a[11], b[11];

    if (where)
        p.text = report_text(ctx, where, date_format(from, a), date_format(to, b));
    if (c && c->kind == REPORT_CHECK)
        p.check = c->check;
    if (c && c->kind == REPORT_SUM)
        p.sum = c->sum;
    return p;
}

static int pred_find(const struct stat_table *t, const struct stat_pred *want)
{
    for (size_t i = 0; i < t->npred; i++)
        if (t->pred[i].base == want->base && same_text(t->pred[i].text, want->text) &&
            same_text(t->pred[i].check, want->check) && t->pred[i].sum == want->sum)
            return (int)i;
    return -1;
}

static int pred_add(struct stat_table *t, struct stat_pred want)
{
    int at = pred_find(t, &want);
    char *problem;

    if (at >= 0)
        return at;
    if (want.text) /* checked when the reports were loaded */
        MUST(expr_parse(t, t->key.form, want.text, NULL, &want.where, &problem) == 0);
    if (want.sum)
        want.sum_at = (int)t->nsum++;
    t->pred = talloc_realloc(t, t->pred, struct stat_pred, t->npred + 1);
    t->pred[t->npred] = want;
    return (int)t->npred++;
}

/* Is the column counted from this table? */
static bool counts(const struct stat_table *t, const struct report_column *c)
{
    if (t->key.on || c->kind == REPORT_OF)
        return t->key.on && t->key.on == c->on;
    return c->kind != REPORT_FORMULA && !(c->kind == REPORT_MOVE && !c->where_text);
}

/* What it asks of the records of this table. */
static const char *text_of(const struct stat_table *t, const struct report_column *c)
{
    return t->key.on && c->kind == REPORT_WITH ? c->with_text : c->where_text;
}

static struct stat_pred wrong(int base)
{
    return (struct stat_pred){.base = base, .sum_at = -1, .text = "quality = '3'"};
}

/* Every change of a file sets the one, every return to the register the other. */
static struct stat_pred touched(void *ctx, bool in, struct date from, struct date to)
{
    return wanted(ctx, NULL, in ? "add_date >= {from}" : "updated_on >= {from}", from, to);
}

static void report_preds(struct stat_table *t, const struct report *r, struct date from)
{
    int base = pred_add(t, wanted(t, NULL, r->where_text, from, t->day));

    pred_add(t, wrong(base));
    for (size_t i = 0; i < r->ncolumn; i++) {
        const struct report_column *c = &r->column[i];
        struct stat_pred p = wanted(t, c, c->where_text, from, t->day);

        p.base = c->kind == REPORT_MOVE ? -1 : base; /* who left is in the report no more */
        if (counts(t, c))
            pred_add(t, p);
        for (int in = 0; in < 2 && c->kind == REPORT_MOVE; in++)
            pred_add(t, touched(t, in, from, t->day));
    }
}

struct stat_key stat_of_key(const struct report *r, const struct stat_period *p)
{
    return (struct stat_key){
        .day = p->to, .from = first_day(p->kind, p->to), .form = r->of, .on = r->on};
}

static void of_preds(struct stat_table *t, const struct report *r)
{
    for (size_t i = 0; i < r->ncolumn; i++)
        if (counts(t, &r->column[i]))
            pred_add(t, wanted(t, &r->column[i], text_of(t, &r->column[i]), t->key.from, t->day));
}

static struct stat_pred viewed(const struct form_view *view)
{
    return (struct stat_pred){.base = -1, .sum_at = -1, .text = view->where_text};
}

static void view_preds(struct stat_table *t)
{
    const struct form *form = t->key.form;

    for (size_t i = 0; i < form->nview; i++)
        if (form->view[i].todo)
            pred_add(t, viewed(&form->view[i]));
}

int stat_view_pred(const struct stat_table *t, const struct form_view *view)
{
    struct stat_pred want = viewed(view);

    return pred_find(t, &want);
}

void stat_preds(struct stat_table *t, const struct county *county)
{
    const struct form *child = dict_form(county->dict, "child");

    for (size_t i = 0; i < county->reports->n && t->key.on; i++)
        of_preds(t, &county->reports->report[i]);

    for (size_t i = 0; i < county->reports->n && !t->key.on; i++)
        for (int kind = 0; kind < PERIOD_KINDS; kind++)
            if (county->reports->report[i].periods >> kind & 1 &&
                county->reports->report[i].form == child)
                report_preds(t, &county->reports->report[i],
                             first_day((enum report_period)kind, t->day));
    if (!t->key.on && !t->past)
        view_preds(t);
    t->nword = (t->npred + 63) / 64;
}

int stat_base_of(const struct stat_table *t, const struct report *r, const struct stat_period *p)
{
    void *tmp = talloc_new(NULL);
    struct stat_pred want = wanted(tmp, NULL, r->where_text, first_day(p->kind, t->day), t->day);
    int at = pred_find(t, &want);

    talloc_free(tmp);
    return at;
}

int stat_wrong_of(const struct stat_table *t, const struct report *r, const struct stat_period *p)
{
    struct stat_pred want = wrong(stat_base_of(t, r, p));

    return pred_find(t, &want);
}

int stat_touched_of(const struct stat_table *t, const struct stat_period *p, bool in)
{
    void *tmp = talloc_new(NULL);
    struct stat_pred want = touched(tmp, in, first_day(p->kind, t->day), t->day);
    int at = pred_find(t, &want);

    talloc_free(tmp);
    return at;
}

int stat_pred_of(const struct stat_table *t, const struct report *r, const struct report_column *c,
                 const struct stat_period *p)
{
    void *tmp = talloc_new(NULL);
    struct stat_pred want = wanted(tmp, c, text_of(t, c), first_day(p->kind, t->day), t->day);
    int at;

    want.base = c->kind == REPORT_MOVE || t->key.on ? -1 : stat_base_of(t, r, p);
    at = counts(t, c) ? pred_find(t, &want) : -1;
    talloc_free(tmp);
    return at;
}

/* --- a child --- */

struct world { /* as of the table's day */
    struct rec_env env;
    struct txn *txn;
    struct stat_kid *kid;
    bool past;
};

static const struct rec *world_linked(void *arg, const struct rec *rec,
                                      const struct form_field *field)
{
    struct world *w = arg;
    struct stat_kid *kid = w->kid;
    uint64_t id = rec_ref(rec, field->name);
    struct rec *got;

    if (!id || !field->ref)
        return NULL;
    for (size_t i = 0; i < kid->nseen; i++)
        if (kid->seen[i]->form == field->ref && kid->seen[i]->id == id)
            return kid->seen[i];
    MUST(kid->nseen < STAT_SEEN);
    if (stat_rec_at(w->txn, kid->ctx, field->ref, id, w->env.today, w->past, &got) || !got)
        return NULL;
    return kid->seen[kid->nseen++] = got;
}

static bool lacks(struct world *w, const struct rec *rec)
{
    for (size_t i = 0; i < rec->form->nfield; i++) {
        const struct form_field *f = &rec->form->field[i];

        if (f->complete_text && !rec->val[i] && !f->retired &&
            (!f->complete || expr_eval(f->complete, rec, &w->env) == TRI_TRUE))
            return true;
    }
    return false;
}

static bool speaks(struct world *w, const struct rec *rec, char level)
{
    for (size_t i = 0; i < rec->form->nrule; i++) {
        const struct form_rule *r = &rec->form->rule[i];

        if (r->level == level && (!r->when || expr_eval(r->when, rec, &w->env) == TRI_TRUE) &&
            (!r->require || expr_eval(r->require, rec, &w->env) == TRI_FALSE))
            return true;
    }
    return false;
}

static bool checked(struct world *w, const struct rec *rec, const char *check)
{
    const struct form_field *via;
    const struct rec *other;

    if (!check)
        return true;
    if (*check != 'M')
        return speaks(w, rec, *check);
    if (!check[1])
        return lacks(w, rec);
    via = form_field(rec->form, check + 2);
    other = via ? world_linked(w, rec, via) : NULL;
    return other && lacks(w, other);
}

static void eval_all(struct world *w, const struct stat_table *t, const struct rec *rec,
                     struct stat_kid *out)
{
    for (size_t i = 0; i < t->npred; i++) {
        const struct stat_pred *p = &t->pred[i];

        if (p->base >= 0 && !(out->bits[p->base / 64] >> (p->base % 64) & 1))
            continue;
        if ((p->where && expr_eval(p->where, rec, &w->env) != TRI_TRUE) ||
            !checked(w, rec, p->check))
            continue;
        out->bits[i / 64] |= UINT64_C(1) << (i % 64);
        if (p->sum && rec_at(rec, p->sum))
            out->sum[p->sum_at] = atoi(rec_at(rec, p->sum));
    }
}

/* A record that hangs on a child: in the division of its own day when it says so. */
static void of_one(struct world *w, const struct stat_table *t, const struct rec *rec,
                   struct stat_kid *out)
{
    const struct form_field *link = form_link(rec->form, dict_form(txn_dict(w->txn), "child"));
    const char *code = rec_get(rec, "village"), *on = rec_at(rec, t->key.on);
    const struct rec *child = code || !link ? NULL : world_linked(w, rec, link);
    struct date day;

    code = child ? rec_get(child, "village") : code;
    if (!code || !link || !on || date_parse(on, &day) || date_cmp(day, t->key.from) < 0 ||
        date_cmp(day, t->day) > 0)
        return;
    snprintf(out->code, sizeof out->code, "%s", code);
    out->director = rec_ref(rec, link->name);
    eval_all(w, t, rec, out);
}

void stat_kid_new(void *ctx, const struct stat_table *t, struct stat_kid *kid)
{
    *kid = (struct stat_kid){.bits = talloc_zero_array(ctx, uint64_t, t->nword + 1),
                             .sum = talloc_zero_array(ctx, int32_t, t->nsum + 1),
                             .ctx = talloc_new(ctx)};
}

int stat_kid(struct txn *txn, const struct stat_table *t, uint64_t id, struct stat_kid *out)
{
    struct world w = {.txn = txn, .kid = out, .past = t->past};
    struct rec *rec = NULL;
    int err;

    if (out->nseen > STAT_SEEN / 2 || date_cmp(out->day, t->day)) {
        talloc_free_children(out->ctx);
        out->nseen = 0;
    }
    out->day = t->day;
    err = stat_rec_at(txn, out->ctx, t->key.form, id, t->day, t->past, &rec);

    w.env = (struct rec_env){.today = t->day, .arg = &w, .linked = world_linked};
    memset(out->bits, 0, t->nword * sizeof *out->bits);
    memset(out->sum, 0, t->nsum * sizeof *out->sum);
    out->code[0] = '\0';
    out->director = 0;
    if (!err && rec && t->key.on) {
        of_one(&w, t, rec, out);
    } else if (!err && rec && rec_get(rec, "village")) {
        snprintf(out->code, sizeof out->code, "%s", rec_get(rec, "village"));
        out->director = rec_ref(rec, "director");
        eval_all(&w, t, rec, out);
    }
    talloc_free(rec);
    return err;
}
