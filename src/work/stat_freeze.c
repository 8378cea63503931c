/*
 * Freezing a report (decision 9): the figures are read at one moment, and a durable job stores them row by
 * row; its last step makes them visible. Nothing of a frozen report is worked out again, a correction is
 * another edition beside it. Figures stand in the order of the columns kept with them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/stat_in.h"

#define PIECE 50 /* rows kept together */

struct freeze {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const struct stat_answer *a;
    const struct report *r;
    struct rec *last; /* the newest edition so far */
};

static const struct form *frozen_form(const struct county *county)
{
    return dict_form(county->dict, "frozen");
}

static bool has_text(const struct rec *rec, const char *field, const char *want)
{
    const char *v = rec_get(rec, field);

    return v && strcmp(v, want) == 0;
}

/* --- editions --- */

static int edition_of(const struct rec *rec)
{
    return rec && rec_get(rec, "edition") ? atoi(rec_get(rec, "edition")) : 0;
}

/* Is a job still making this edition? One that failed or was cancelled left it unfinished. */
static bool being_made(struct freeze *f, uint64_t frozen)
{
    struct node *list;

    if (txn_job_list(f->txn, f->ctx, &list))
        return true;
    for (const struct node *e = node_first(list); e; e = e->next)
        if (strcmp(node_text_or(e, "kind", ""), STAT_JOB) == 0 && !node_num(e, "ended", 0) &&
            (uint64_t)node_num(node_get(e, "param"), "frozen", 0) == frozen)
            return true;
    return false;
}

static int last_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct freeze *f = arg;
    struct rec *rec;
    int err = txn_get(txn, f->ctx, frozen_form(f->county), id, &rec);

    (void)mark;
    if (!err && has_text(rec, "report", f->r->name) && has_text(rec, "division", f->a->division) &&
        edition_of(rec) > edition_of(f->last) &&
        (!has_text(rec, "state", "1") || being_made(f, id)))
        f->last = rec;
    return err == HE_NOTFOUND ? 0 : err;
}

static int last_edition(struct freeze *f)
{
    const struct form *form = frozen_form(f->county);
    const char *areas[] = {f->a->division, NULL}, *period = f->a->period.text;
    struct walk walk = {.form = form,
                        .field = form_field(form, "period"),
                        .areas = areas,
                        .lo = period,
                        .hi = period};

    return txn_walk(f->txn, &walk, last_one, f);
}

/* "2026-10" before "2026-11"; the day before a day. */
static void period_before(struct stat_period *p)
{
    struct date d = date_add_days(p->from, -1);

    if (p->kind == PERIOD_DAY)
        date_format(d, p->text);
    else if (p->kind == PERIOD_MONTH)
        snprintf(p->text, sizeof p->text, "%04d-%02d", d.y % 10000, d.m % 100);
    else
        snprintf(p->text, sizeof p->text, "%04dQ%d", d.y % 10000, (d.m + 2) / 3 % 10);
}

/* A line for each figure that the frozen report of the period before has otherwise. */
static int links_before(struct freeze *f, char **lines)
{
    for (size_t i = 0; i < f->r->nlink; i++) {
        const struct report_link *link = &f->r->link[i];
        struct stat_answer then = *f->a;
        struct freeze g = *f;
        int64_t mine = stat_total(f->a, link->column), other;
        int err;

        if (!link->before)
            continue;
        period_before(&then.period);
        g.a = &then;
        g.r = reports_find(f->county->reports, link->report);
        g.last = NULL;
        if ((err = last_edition(&g)))
            return err;
        err = g.last ? stat_frozen_total(f->txn, f->ctx, f->county, g.last->id, link->other, &other)
                     : HE_NOTFOUND;
        if (err && err != HE_NOTFOUND)
            return err;
        if (!err && other != mine)
            *lines = talloc_asprintf_append(*lines, _("%s%s %lld，上期冻结的是 %lld"),
                                            **lines ? "\n" : "", f->r->column[link->column].label,
                                            (long long)mine, (long long)other);
    }
    return 0;
}

/* --- storing --- */

static char *columns_text(void *ctx, const struct report *r, const struct stat_answer *a)
{
    char *s = talloc_strdup(ctx, "");

    for (size_t i = 0; i < r->ncolumn; i++)
        if (a->seen[i])
            s = talloc_asprintf_append(s, "%s|%s|%s|%d\n", r->column[i].name, r->column[i].label,
                                       r->column[i].group ? r->column[i].group : "",
                                       r->column[i].kind != REPORT_FORMULA ? 0
                                       : r->column[i].down.n               ? 2
                                                                           : 1);
    return s;
}

static char *figures_text(void *ctx, const struct report *r, const struct stat_answer *a,
                          const struct stat_row *row)
{
    char *s = talloc_strdup(ctx, "");

    for (size_t i = 0; i < r->ncolumn; i++)
        if (a->seen[i]) {
            const char *v = stat_show(s, &r->column[i], row->v[i]);
            s = talloc_asprintf_append(s, "%s%s", *s ? " " : "", *v ? v : "-");
        }
    return s;
}

static const char *piece_key(void *ctx, uint64_t frozen, size_t piece)
{
    return text_printf(ctx, "frozen/%llu/%zu", (unsigned long long)frozen, piece);
}

/* The rows wait beside the job, which everybody lists, in pieces. */
static int put_pieces(struct freeze *f, uint64_t frozen)
{
    const struct stat_answer *a = f->a;
    int err = 0;

    for (size_t i = 0; i < a->n && !err; i += PIECE) {
        struct node *piece = node_map(f->ctx), *rows = node_add_list(piece, "rows");

        for (size_t k = i; k < a->n && k < i + PIECE; k++) {
            struct node *row = node_add_map(rows, NULL);

            node_str(row, "c", a->row[k].code);
            node_str(row, "n", a->row[k].name);
            node_bool(row, "t", a->row[k].total);
            node_str(row, "v", figures_text(f->ctx, f->r, a, &a->row[k]));
        }
        err = txn_meta_put(f->txn, piece_key(f->ctx, frozen, i / PIECE), piece);
    }
    return err;
}

static void set_num(struct rec *rec, const char *field, uint64_t n)
{
    rec_set(rec, field, text_printf(rec, "%llu", (unsigned long long)n));
}

static int put_head(struct freeze *f, const char *note, const char *excused, struct rec **out)
{
    struct rec *rec = *out = rec_new(f->ctx, frozen_form(f->county));
    char day[11], time[20];

    rec_set(rec, "report", f->r->name);
    rec_set(rec, "label", f->r->label);
    rec_set(rec, "period", f->a->period.text);
    rec_set(rec, "from", date_format(f->a->period.from, day));
    rec_set(rec, "to", date_format(f->a->period.to, day));
    rec_set(rec, "division", f->a->division);
    rec_set(rec, "title", area_title(f->ctx, f->county, f->a->division));
    set_num(rec, "edition", (uint64_t)edition_of(f->last) + 1);
    rec_set(rec, "cutoff", date_time_format(date_now(), time));
    rec_set(rec, "definition", f->r->definition);
    rec_set(rec, "columns", columns_text(f->ctx, f->r, f->a));
    rec_set(rec, "state", "1");
    rec_set(rec, "note", note);
    rec_set(rec, "exceptions", excused);
    set_num(rec, "by", f->actor->id);
    if (f->last)
        set_num(rec, "before", f->last->id);
    return txn_put(f->txn, &f->actor->who, NULL, rec, NULL, NULL);
}

struct request {
    struct freeze f;
    const char *note;
    char *excused;
    struct node *out;
};

static int start(struct txn *txn, void *arg)
{
    struct request *q = arg;
    struct job *job = actor_job(q->f.ctx, q->f.actor, STAT_JOB);
    struct rec *rec;
    int err;

    q->f.txn = txn;
    q->f.last = NULL;
    if ((err = last_edition(&q->f)))
        return err;
    if (q->f.last && has_text(q->f.last, "state", "1"))
        return stat_refuse(q->out, _("这张报表正在冻结，请稍后再看"));
    if (q->f.last && !(q->note && *q->note))
        return stat_refuse(q->out, _("这张报表已经冻结过。要出更正版，请写明更正的原因"));
    char *lines = talloc_strdup(q->f.ctx, q->excused ? q->excused : "");
    if ((err = links_before(&q->f, &lines)) ||
        (err = put_head(&q->f, q->note, *lines ? lines : NULL, &rec)))
        return err;
    job->total = q->f.a->n;
    node_int(job->param, "frozen", (int64_t)rec->id);
    if ((err = put_pieces(&q->f, rec->id)) || (err = txn_job_new(txn, job)))
        return err;
    node_int(q->out, "job", (int64_t)job->id);
    node_int(q->out, "frozen", (int64_t)rec->id);
    node_int(q->out, "edition", edition_of(rec));
    return txn_answer(txn, q->out);
}

int stat_freeze(void *ctx, const struct county *county, const struct actor *actor,
                const struct stat_ask *ask, const char *note, const struct store_reqno *no,
                struct node *out, char **problem)
{
    struct stat_ask deep = *ask;
    struct stat_answer *a;
    struct request q = {.f = {.ctx = ctx, .county = county, .actor = actor, .r = ask->report},
                        .note = note,
                        .out = out};
    struct node *again;
    int err;

    deep.deep = !ask->report->by_director;
    deep.wrong = true;
    if ((err = stat_run(ctx, county, actor, &deep, &a, problem)))
        return err;
    q.f.a = a;
    if (!actor_covers(actor, "report.freeze", a->division) ||
        !actor_covers(actor, "child.read", a->division))
        return HE_DENIED;
    if ((err = stat_gate(ctx, county, actor, ask->report, a, out, &q.excused, problem)))
        return err;
    err = store_write(county->store, ctx, no, start, &q, &again);
    for (const struct node *e = err ? NULL : node_first(again); e; e = e->next)
        node_copy(out, e->key, e);
    return err;
}

/* --- the job --- */

static int put_row(struct txn *txn, const struct store_who *who, const struct form *form,
                   const struct job *job, const struct node *row)
{
    void *tmp = talloc_new(NULL);
    struct rec *rec = rec_new(tmp, form);
    int err;

    set_num(rec, "frozen", (uint64_t)node_num(job->param, "frozen", 0));
    set_num(rec, "place", job->done + 1);
    rec_set(rec, "code", node_text(row, "c"));
    rec_set(rec, "name", node_text(row, "n"));
    rec_set(rec, "total", node_flag(row, "t") ? "1" : "0");
    rec_set(rec, "figures", node_text(row, "v"));
    err = txn_put(txn, who, NULL, rec, NULL, NULL);
    talloc_free(tmp);
    return err;
}

static int set_state(struct txn *txn, const struct store_who *who, const struct form *form,
                     uint64_t id, const char *state)
{
    struct rec *old, *rec;
    void *tmp = talloc_new(NULL);
    int err = txn_get(txn, tmp, form, id, &old);

    if (!err) {
        rec = rec_copy(tmp, old);
        rec_set(rec, "state", state);
        err = txn_put(txn, who, old, rec, NULL, NULL);
    }
    talloc_free(tmp);
    return err;
}

/* The last change: the new edition is there, the one before is corrected. */
static int show(struct txn *txn, const struct store_who *who, const struct form *form, uint64_t id)
{
    struct rec *rec;
    void *tmp = talloc_new(NULL);
    int err = txn_get(txn, tmp, form, id, &rec);

    if (!err && rec_ref(rec, "before"))
        err = set_state(txn, who, form, rec_ref(rec, "before"), "3");
    talloc_free(tmp);
    return err ? err : set_state(txn, who, form, id, "2");
}

/* The rows of a piece that are not stored yet; the last one empties it. */
static int put_piece(struct txn *txn, struct job *job, const struct store_who *who,
                     const struct form *form, uint64_t frozen)
{
    const char *key = piece_key(job, frozen, job->done / PIECE);
    const struct node *row;
    struct node *piece;
    size_t skip = job->done % PIECE;
    int err = txn_meta_get(txn, job, key, &piece);

    if (err)
        return err;
    for (row = node_first(node_get(piece, "rows")); row && skip; skip--)
        row = row->next;
    for (; row && !err; row = row->next) {
        err = put_row(txn, who, form, job, row);
        job->done++;
        if (job_time_up(job))
            break;
    }
    if (!err && (job->done % PIECE == 0 || job->done == job->total))
        err = txn_meta_put(txn, key, node_map(job));
    return err;
}

int stat_freeze_step(struct txn *txn, struct job *job, void *arg)
{
    const struct county *county = arg;
    const struct form *rows = dict_form(county->dict, "frozen_row");
    struct store_who who = {.user = job->owner,
                            .user_id = job->owner_id,
                            .from = "",
                            .op = STAT_JOB,
                            .today = job->today};
    uint64_t frozen = (uint64_t)node_num(job->param, "frozen", 0);
    int err = 0;

    while (job->done < job->total && !err && !job_time_up(job))
        err = put_piece(txn, job, &who, rows, frozen);
    if (err || job->done < job->total)
        return err ? err : 1;
    return show(txn, &who, frozen_form(county), frozen);
}
