/*
 * The minimums of paired helpers (R-056 … R-060): how often each was in touch with each child in the
 * week, the month, the two months and the term, beside what codes/helper_minimum.csv wants. Asked are
 * the contacts and visits that the actor sees.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "form/codes.h"
#include "work/query.h"

#define PAIRS_MAX 2000

struct touch { /* one contact or visit */
    uint64_t child, by;
    const char *name, *role, *with, *on;
};

struct touches {
    void *ctx;
    struct touch *t;
    size_t n;
};

struct minimum {
    const struct code *code;
    char role[8], with[8], period[8];
    int wanted;
};

/* Terms begin on 1 September and 1 February. */
static struct date period_start(const char *period, struct date today)
{
    struct date d = {today.y, today.m, 1};

    if (!strcmp(period, "week"))
        return date_add_days(today, -((date_weekday(today) + 6) % 7));
    if (!strcmp(period, "months2"))
        return date_add_months(d, -1);
    if (!strcmp(period, "term"))
        return (struct date){today.m == 1 ? today.y - 1 : today.y,
                             today.m == 1 || today.m >= 9 ? 9 : 2, 1};
    return d;
}

static int take_one(struct query *q, const struct rec *rec, void *arg)
{
    struct touches *l = arg;
    bool visit = !strcmp(q->ask->form->name, "visit");
    const char *kind = rec_get(rec, visit ? "kind" : "role");
    struct touch t = {.child = rec_ref(rec, "child"), .by = rec_ref(rec, visit ? "visitor" : "by")};

    if (visit && !rec_same(rec_get(rec, "counted"), "1") && !rec_same(rec_get(rec, "seen"), "1"))
        return 0;
    t.role = visit ? text_printf(l->ctx, "v%s", kind ? kind : "") : talloc_strdup(l->ctx, kind);
    t.with = visit ? "-" : talloc_strdup(l->ctx, rec_get(rec, "with"));
    t.on = talloc_strdup(l->ctx, rec_get(rec, visit ? "visited_on" : "on"));
    t.name = visit || !rec_get(rec, "name") ? "" : talloc_strdup(l->ctx, rec_get(rec, "name"));
    if (l->n % 256 == 0)
        l->t = talloc_realloc(l->ctx, l->t, struct touch, l->n + 256);
    l->t[l->n++] = t;
    return 0;
}

static int gather(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const char *form, const char *where, struct touches *l)
{
    struct list_ask *ask = talloc_zero(ctx, struct list_ask);
    struct query *q;
    char *problem;
    int err;

    *ask = (struct list_ask){.form = dict_form(county->dict, form), .where = where};
    err = query_open(txn, ctx, county, actor, ask, &q, &problem);
    if (err == HE_DENIED || err == HE_USAGE)
        return 0;
    return err ? err : query_each(q, take_one, l);
}

static bool minimum_read(const struct code *code, struct minimum *m)
{
    m->code = code;
    return code->map && sscanf(code->map, "%7[^/]/%7[^/]/%7[^/]/%d", m->role, m->with, m->period,
                               &m->wanted) == 4;
}

static bool fits(const struct touch *t, const struct minimum *m)
{
    return !strcmp(t->role, m->role) && strstr(m->with, t->with) != NULL;
}

static bool same_pair(const struct touch *a, const struct touch *b)
{
    return a->child == b->child && a->by == b->by && !strcmp(a->name, b->name) &&
           !strcmp(a->role, b->role);
}

/* Touches of one pair stand together: a county has too many to look for them among all. */
static int touch_cmp(const void *a, const void *b)
{
    const struct touch *x = a, *y = b;
    int c = (x->child > y->child) - (x->child < y->child);

    c = c ? c : (x->by > y->by) - (x->by < y->by);
    c = c ? c : strcmp(x->name, y->name);
    return c ? c : strcmp(x->role, y->role);
}

static const char *title_of(struct txn *txn, void *ctx, const struct form *form, uint64_t id)
{
    struct rec *rec;

    return id && txn_get(txn, ctx, form, id, &rec) == 0 ? rec_title(ctx, rec) : "";
}

static void row_out(struct txn *txn, void *ctx, const struct county *county, struct node *rows,
                    const struct touch *pair, size_t n, const struct minimum *m, struct date today)
{
    struct node *row = node_add_map(rows, NULL);
    const struct form *user = dict_form(county->dict, "user");
    char from[11];
    int done = 0;

    date_format(period_start(m->period, today), from);
    for (size_t i = 0; i < n; i++)
        done += fits(&pair[i], m) && strcmp(pair[i].on, from) >= 0;
    node_int(row, "child", (int64_t)pair->child);
    node_str(row, "title", title_of(txn, ctx, dict_form(county->dict, "child"), pair->child));
    node_str(row, "helper", *pair->name ? pair->name : title_of(txn, ctx, user, pair->by));
    node_str(row, "what", m->code->label);
    node_str(row, "from", from);
    node_int(row, "done", done);
    node_int(row, "wanted", m->wanted);
}

int helper_count(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                 struct node *out)
{
    const struct codes *table = dict_codes(county->dict, "helper_minimum");
    struct node *rows = node_add_list(out, "rows");
    struct touches l = {.ctx = ctx};
    char since[11];
    int err;

    date_format(period_start("term", actor->today), since);
    err = gather(txn, ctx, county, actor, "contact", text_printf(ctx, "on >= %s", since), &l);
    if (!err)
        err = gather(txn, ctx, county, actor, "visit",
                     text_printf(ctx, "visited_on >= %s and kind = '6'", since), &l);
    if (l.n > 1)
        qsort(l.t, l.n, sizeof *l.t, touch_cmp);
    for (size_t i = 0, end; i < l.n && !err && rows->n < PAIRS_MAX; i = end) {
        for (end = i + 1; end < l.n && same_pair(&l.t[end], &l.t[i]);)
            end++;
        for (size_t c = 0; table && c < table->n; c++) {
            struct minimum m;

            if (minimum_read(&table->code[c], &m) && !strcmp(m.role, l.t[i].role))
                row_out(txn, ctx, county, rows, &l.t[i], end - i, &m, actor->today);
        }
    }
    return err;
}
