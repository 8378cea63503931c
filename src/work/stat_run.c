/*
 * A report for people. Rows are the divisions right below the one asked for, as far as the posts with
 * report.read reach, then what stands in none of them, then the total. A column that names what the
 * actor may not name does not exist for him; report.figures shows the figures (never those of class D)
 * down to the townships, where no single child can be told.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/stat_in.h"

#define ROWS_MAX 2000

struct run {
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const struct stat_ask *ask;
    const struct report *r;
    struct stat_answer *out;
    const char **areas; /* of the actor */
    char **problem;
    const struct stat_table *kids; /* the children on the last day */
    struct stat_rows rows;
};

static int wrong(struct run *run, const char *text)
{
    *run->problem = text_printf(run->ctx, "%s", text);
    return HE_USAGE;
}

/* --- which columns --- */

/* Are all rows townships or larger? Then a figure tells of no single child. */
static bool wide(const struct run *run)
{
    enum area_level level = area_level(run->out->division);

    return !run->r->by_director && !run->ask->deep && level != AREA_NONE && level < AREA_TOWN;
}

static int columns(struct run *run)
{
    run->out->seen = talloc_zero_array(run->out, bool, run->r->ncolumn);
    return stat_columns(run->ctx, run->county, run->actor, run->r,
                        actor_may(run->actor, "report.figures") && wide(run), run->out->seen);
}

/* --- which rows --- */

static struct stat_row *row_add(struct run *run, const char *code, const char *name)
{
    struct stat_answer *a = run->out;
    struct stat_row *row;

    a->row = talloc_realloc(a, a->row, struct stat_row, a->n + 1);
    row = &a->row[a->n++];
    *row = (struct stat_row){.name = talloc_strdup(a, name)};
    snprintf(row->code, sizeof row->code, "%s", code);
    row->v = talloc_zero_array(a, int64_t, run->r->ncolumn);
    return row;
}

static bool overlaps(const char *const *areas, const char *code)
{
    for (; *areas; areas++)
        if (!**areas || area_within(code, *areas) || area_within(*areas, code))
            return true;
    return false;
}

static const char *name_of(struct run *run, const char *code)
{
    const struct area_info *info = area_find(run->county, code);

    return info ? info->name : code;
}

static void rows_below(struct run *run, const char *division)
{
    struct node *out = node_map(run->ctx);

    area_list(run->ctx, run->county, division, NULL, ROWS_MAX, out);
    for (const struct node *e = node_first(node_get(out, "rows")); e; e = e->next) {
        const char *code = node_text(e, "code");

        if (!overlaps(run->areas, code))
            continue;
        row_add(run, code, node_text_or(e, "name", code));
        if (run->ask->deep)
            rows_below(run, code);
    }
    talloc_free(out);
}

/* The division asked for; without a wish the actor's own, when he has one. */
static int division(struct run *run)
{
    const char *asked = run->ask->division;
    struct node *out = node_map(run->ctx);
    const struct node *top;

    run->areas = actor_areas(run->ctx, run->actor, "report.read");
    if (!run->areas[0])
        return HE_DENIED;
    if (asked && *asked) {
        if (area_parse(asked, run->out->division) || !area_find(run->county, run->out->division))
            return wrong(run, _("没有这个区划，请核对代码"));
        return overlaps(run->areas, run->out->division) ? 0 : HE_DENIED;
    }
    if (*run->areas[0] && !run->areas[1]) {
        memcpy(run->out->division, run->areas[0], 13);
    } else if (!*run->areas[0]) {
        area_list(run->ctx, run->county, "", NULL, 2, out);
        top = node_first(node_get(out, "rows"));
        if (top && !top->next)
            memcpy(run->out->division, node_text(top, "code"), 13);
    }
    talloc_free(out);
    return 0;
}

static void rows(struct run *run)
{
    const char *in = run->out->division;

    if (*in || !*run->areas[0])
        rows_below(run, in);
    else
        for (size_t i = 0; run->areas[i]; i++)
            row_add(run, run->areas[i], name_of(run, run->areas[i]));
    if (run->out->n)
        row_add(run, "", _("本级和其他")); /* dropped when nothing is left for it */
    else
        row_add(run, in, name_of(run, in));
    row_add(run, in, _("合计"))->total = true;
}

/* --- rows of directors --- */

static int director_cmp(const void *a, const void *b)
{
    const struct stat_row *x = a, *y = b;
    int c = strcmp(x->code, y->code);

    return c ? c : (x->director > y->director) - (x->director < y->director);
}

static int director_names(struct txn *txn, void *arg)
{
    struct run *run = arg;
    const struct form *user = dict_form(run->county->dict, "user");

    for (size_t i = 0; i < run->out->n; i++) {
        struct stat_row *row = &run->out->row[i];
        struct rec *rec;

        if (!row->director)
            row->name = row->total ? row->name : _("没有责任人");
        else if (txn_get(txn, run->ctx, user, row->director, &rec) == 0)
            row->name = talloc_strdup(run->out, rec_get(rec, "name") ? rec_get(rec, "name") : "");
    }
    return 0;
}

static bool in_scope(const struct run *run, const char *code)
{
    const char *in = run->out->division;

    if (*in && !area_within(code, in))
        return false;
    for (const char *const *a = (const char *const *)run->areas; *a; a++)
        if (!**a || area_within(code, *a))
            return true;
    return false;
}

/* A row for each director who has children of the report, in the order of villages. */
static int rows_by_director(struct run *run, const struct stat_table *t)
{
    int base = stat_base_of(t, run->r, &run->out->period);

    for (size_t i = 0; i < t->n; i++) {
        const char *code = t->code[t->place[i]];
        size_t k = 0;

        if (!stat_has(t, i, base) || !in_scope(run, code))
            continue;
        while (k < run->out->n && run->out->row[k].director != t->director[i])
            k++;
        if (k == run->out->n && k < ROWS_MAX)
            row_add(run, code, "")->director = t->director[i];
    }
    if (run->out->n)
        qsort(run->out->row, run->out->n, sizeof *run->out->row, director_cmp);
    row_add(run, run->out->division, _("合计"))->total = true;
    return 0;
}

/* --- figures --- */

/* The rows that a child counts in: every one that holds its division, the rest or the director, the
 * total. */
static size_t rows_of(const struct stat_rows *rows, const char *code, uint64_t director, size_t *at)
{
    const struct run *run = (const struct run *)((const char *)rows - offsetof(struct run, rows));
    const struct stat_answer *a = run->out;
    size_t n = 0, rest = SIZE_MAX;

    if (!in_scope(run, code))
        return 0;
    for (size_t i = 0; i + 1 < a->n; i++) {
        if (run->r->by_director ? a->row[i].director == director
                                : *a->row[i].code && area_within(code, a->row[i].code))
            at[n++] = i;
        else if (!run->r->by_director && !*a->row[i].code)
            rest = i;
    }
    if (!n && rest != SIZE_MAX)
        at[n++] = rest;
    at[n++] = a->n - 1;
    return n;
}

static void add(struct run *run, const int *pred, const int64_t *count, const size_t *at, size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < run->r->ncolumn; c++)
            if (pred[c] >= 0)
                run->out->row[at[k]].v[c] += count[pred[c]];
}

/* The director of a child, or of the child that a record hangs on. */
static uint64_t director_of(const struct stat_table *children, const struct stat_table *t, size_t i)
{
    long at = t == children ? (long)i : stat_find(children, t->director[i]);

    return at < 0 ? 0 : children->director[at];
}

static void add_directors(struct run *run, const struct stat_table *t, const int *pred, size_t *at)
{
    int64_t *one = talloc_array(run->ctx, int64_t, t->npred + 1);

    for (size_t i = 0; i < t->n; i++) {
        size_t n = rows_of(&run->rows, t->code[t->place[i]], director_of(run->kids, t, i), at);

        for (size_t p = 0; n && p < t->npred; p++)
            one[p] = !stat_has(t, i, (int)p) ? 0
                     : t->pred[p].sum        ? t->sum[i * t->nsum + (size_t)t->pred[p].sum_at]
                                             : 1;
        if (n)
            add(run, pred, one, at, n);
    }
}

/* Files of the report that had to be corrected on its last day. */
static void wrong_files(struct run *run, const struct stat_table *t)
{
    int pred = stat_wrong_of(t, run->r, &run->out->period);
    struct stat_answer *a = run->out;

    for (size_t i = 0; i < t->n && pred >= 0; i++)
        if (stat_has(t, i, pred) && in_scope(run, t->code[t->place[i]])) {
            if (a->nwrong % 256 == 0)
                a->wrong = talloc_realloc(a, a->wrong, uint64_t, a->nwrong + 256);
            a->wrong[a->nwrong++] = t->id[i];
        }
}

static void figures(struct run *run, const struct stat_table *t)
{
    int *pred = talloc_array(run->ctx, int, run->r->ncolumn);
    size_t *at = talloc_array(run->ctx, size_t, run->out->n + 1);

    for (size_t c = 0; c < run->r->ncolumn; c++)
        pred[c] = run->r->column[c].kind == REPORT_MOVE || run->r->column[c].kind == REPORT_WITH
                      ? -1
                      : stat_pred_of(t, run->r, &run->r->column[c], &run->out->period);
    if (t == run->kids && run->ask->wrong)
        wrong_files(run, t);
    if (run->r->by_director) {
        add_directors(run, t, pred, at);
        return;
    }
    for (size_t i = 0; i < t->ncode; i++) {
        size_t n = rows_of(&run->rows, t->code[i], 0, at);

        add(run, pred, t->count + i * t->npred, at, n);
    }
}

/* Children of the column that have one of the records: each once. */
static void with_column(struct run *run, const struct stat_table *of, size_t column)
{
    const struct report_column *c = &run->r->column[column];
    const struct stat_table *kids = run->kids;
    int kid = stat_pred_of(kids, run->r, c, &run->out->period);
    int pred = stat_pred_of(of, run->r, c, &run->out->period);
    bool *seen = talloc_zero_array(run->ctx, bool, kids->n + 1);
    size_t *rows = talloc_array(run->ctx, size_t, run->out->n + 1);
    struct stat_pick *pick = run->rows.pick;

    for (size_t i = 0; kid >= 0 && pred >= 0 && i < of->n; i++) {
        long at = stat_has(of, i, pred) ? stat_find(kids, of->director[i]) : -1;
        size_t n;

        if (at < 0 || seen[at] || !stat_has(kids, (size_t)at, kid))
            continue;
        seen[at] = true;
        n = rows_of(&run->rows, kids->code[kids->place[at]], kids->director[at], rows);
        for (size_t k = 0; k < n; k++) {
            run->out->row[rows[k]].v[column]++;
            if (pick && (size_t)pick->column == column && rows[k] == run->rows.picked)
                stat_pick_add(pick, kids->id[at]);
        }
    }
    talloc_free(seen);
}

/* --- the children behind a figure --- */

void stat_pick_add(struct stat_pick *pick, uint64_t id)
{
    if (pick->n % 256 == 0)
        pick->ids = talloc_realloc(NULL, pick->ids, uint64_t, pick->n + 256);
    pick->ids[pick->n++] = id;
}

static bool pick_row(struct run *run)
{
    const struct stat_answer *a = run->out;
    const struct stat_pick *pick = run->ask->pick;

    for (size_t i = 0; i < a->n; i++) {
        bool same = a->row[i].total == pick->total;

        if (same && !pick->total)
            same = run->r->by_director ? a->row[i].director == pick->director
                                       : strcmp(a->row[i].code, pick->code) == 0;
        run->rows.picked = i;
        if (same)
            return true;
    }
    return false;
}

static void pick_ids(struct run *run, const struct stat_table *t)
{
    struct stat_pick *pick = run->ask->pick;
    int pred = stat_pred_of(t, run->r, &run->r->column[pick->column], &run->out->period);
    size_t *at = talloc_array(run->ctx, size_t, run->out->n + 1);

    for (size_t i = 0; pred >= 0 && i < t->n; i++) {
        size_t n = stat_has(t, i, pred)
                       ? rows_of(&run->rows, t->code[t->place[i]], director_of(run->kids, t, i), at)
                       : 0;

        for (size_t k = 0; k < n; k++)
            if (at[k] == run->rows.picked)
                stat_pick_add(pick, t->id[i]);
    }
}

/* The rest goes when it is empty, so do closed divisions. */
static void rows_drop(struct run *run)
{
    struct stat_answer *a = run->out;
    size_t n = 0;

    for (size_t i = 0; i < a->n; i++) {
        const struct area_info *info = area_find(run->county, a->row[i].code);
        bool rest = !run->r->by_director && !*a->row[i].code && !a->row[i].total && i + 2 == a->n;
        bool empty = true;

        for (size_t c = 0; c < run->r->ncolumn; c++)
            empty = empty && (a->row[i].v[c] == 0 || a->row[i].v[c] == STAT_NONE);
        if (!(empty && (rest || (info && info->to.y && !a->row[i].total))))
            a->row[n++] = a->row[i];
    }
    a->n = n;
}

/* --- the whole --- */

static bool moves(const struct report *r)
{
    for (size_t i = 0; i < r->ncolumn; i++)
        if (r->column[i].kind == REPORT_MOVE)
            return true;
    return false;
}

/* The tables it is counted from: the children of the last day, what hangs on them, the day before. */
static size_t tables(const struct run *run, struct stat_key key[3])
{
    const struct stat_period *p = &run->out->period;
    size_t n = 0;

    key[n++] = stat_day_key(run->county, p->to);
    if (run->r->on)
        key[n++] = stat_of_key(run->r, p);
    if (moves(run->r))
        key[n++] = stat_day_key(run->county, date_add_days(p->from, -1));
    return n;
}

static int count(struct run *run, struct stat_table **t)
{
    struct stat_answer *a = run->out;
    struct stat_pick *pick = run->ask->pick;
    size_t n = run->r->on ? 2 : 1;
    const struct report_column *c = pick ? &run->r->column[pick->column] : NULL;

    run->kids = t[0];
    if (run->r->by_director)
        rows_by_director(run, t[0]);
    else
        rows(run);
    run->rows =
        (struct stat_rows){.county = run->county, .row = a->row, .n = a->n, .rows_of = rows_of};
    if (pick && pick_row(run)) {
        run->rows.pick = pick;
        if (c->kind != REPORT_MOVE && c->kind != REPORT_WITH)
            pick_ids(run, t[c->of ? 1 : 0]);
    }
    for (size_t i = 0; i < n; i++)
        figures(run, t[i]);
    for (size_t i = 0; i < run->r->ncolumn; i++)
        if (run->r->column[i].kind == REPORT_WITH)
            with_column(run, t[1], i);
    return moves(run->r) ? stat_moves(&run->rows, run->r, &a->period, t[n], t[0]) : 0;
}

static int compute(struct run *run)
{
    struct stat_answer *a = run->out;
    struct stat_key key[3];
    struct stat_table *t[3];
    int err = stat_take(run->county, run->actor->today, key, tables(run, key), t);

    if (err)
        return err;
    err = count(run, t);
    stat_release(t[0]);
    if (err)
        return err;
    stat_formulas(a, run->r);
    rows_drop(run);
    stat_identities(a, run->r);
    stat_merge(a, run->r, &run->ask->out);
    return run->r->by_director ? store_read(run->county->store, director_names, run) : 0;
}

int stat_run(void *ctx, const struct county *county, const struct actor *actor,
             const struct stat_ask *ask, struct stat_answer **out, char **problem)
{
    struct stat_answer *a = talloc_zero(ctx, struct stat_answer);
    struct run run = {.ctx = talloc_new(a),
                      .county = county,
                      .actor = actor_with(a, actor, "report.read", NULL),
                      .ask = ask,
                      .r = ask->report,
                      .out = a,
                      .problem = problem};
    int err;

    *problem = NULL;
    if (!run.actor)
        return HE_DENIED;
    if (!(err = stat_period(ctx, ask->period, run.r->periods, actor->today, &a->period, problem)) &&
        !(err = division(&run)) && !(err = columns(&run)))
        err = compute(&run);
    *out = a;
    return err;
}
