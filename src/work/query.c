/* A question to a list: names checked, the index chosen, records judged; see query.h. */
#include "work/query.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/stat_in.h"

/* --- opening --- */

static int open_view(struct query *q, const struct county *county, const struct actor *actor,
                     struct txn *txn, char **problem)
{
    const struct list_ask *ask = q->ask;
    const char *const *roles;

    if (ask->view && !(q->view = form_view(ask->form, ask->view)))
        goto unknown;
    roles = q->view ? (const char *const *)q->view->roles : NULL;
    q->a = access_new(txn, q->ctx, county, actor, ask->form, roles);
    if (q->a)
        return 0;
    if (!access_new(txn, q->ctx, county, actor, ask->form, NULL))
        return HE_DENIED;
unknown:
    *problem = access_unknown(q->ctx, ask->view);
    return HE_USAGE;
}

/* A view may name what this actor may not: then there is no such view for him. */
static int open_where(struct query *q, char **problem)
{
    struct expr_access access = access_expr(q->a);
    const char *text[2] = {q->view ? q->view->where_text : NULL, q->ask->where};

    for (int i = 0; i < 2; i++) {
        int err =
            text[i] ? expr_parse(q->ctx, q->ask->form, text[i], &access, &q->where[i], problem) : 0;

        if (err && i == 0)
            *problem = access_unknown(q->ctx, q->ask->view);
        if (err)
            return err;
    }
    return 0;
}

static int open_sort(struct query *q, char **problem)
{
    const struct form *form = q->ask->form;
    const char *sort = q->ask->sort;
    char *unused;

    if (sort && *sort) {
        q->reverse = *sort == '-';
        return access_path(q->a, q->ctx, sort + q->reverse, true, &q->sort, problem);
    }
    sort = q->view && q->view->sort ? q->view->sort : form->title;
    if (!sort)
        return 0;
    q->reverse = *sort == '-';
    if (access_path(q->a, q->ctx, sort + q->reverse, true, &q->sort, &unused))
        q->sort = (struct form_path){0};
    for (const char **t = q->view && q->sort.field ? q->view->then : NULL; t && *t; t++)
        q->nthen += access_path(q->a, q->ctx, *t, true, &q->then[q->nthen], &unused) == 0;
    return 0;
}

static int open_columns(struct query *q, char **problem)
{
    const struct form *form = q->ask->form;
    const struct form_column *col = q->view && q->view->column ? q->view->column : form->column;
    size_t n = q->view && q->view->column ? q->view->ncolumn : form->ncolumn, asked = 0;
    int err = 0;

    while (q->ask->fields && q->ask->fields[asked])
        asked++;
    q->column = talloc_array(q->ctx, struct form_path, (q->ask->fields ? asked : n) + 1);
    for (size_t i = 0; i < asked && !err; i++)
        err =
            access_path(q->a, q->ctx, q->ask->fields[i], false, &q->column[q->ncolumn++], problem);
    for (size_t i = 0; i < n && !q->ask->fields; i++) {
        const char *text = form_path_text(q->ctx, col[i].path);
        char *unused;

        if (access_path(q->a, q->ctx, text, false, &q->column[q->ncolumn], &unused) == 0)
            q->ncolumn++;
    }
    return err;
}

/* The stronger index of both expressions; a division asked for in words narrows the scope instead. */
static const char *open_index(struct query *q, const char *within)
{
    const char *area = form_division(q->ask->form);

    for (int i = 0; i < 2; i++) {
        struct expr_index ix;

        if (!expr_index(q->where[i], &ix))
            continue;
        if (area && strcmp(ix.field->name, area) == 0) {
            if (!within && ix.lo && (ix.within || (ix.hi && strcmp(ix.lo, ix.hi) == 0)))
                within = ix.lo;
        } else if (!q->index.field || (ix.lo && ix.hi)) {
            q->index = ix;
            q->exact = ix.exact && !q->where[!i];
        }
    }
    return within;
}

/* What a record was is known once it is read: all are walked, and its division then decides. */
static int open_past(struct query *q, const char *within, char **problem)
{
    const struct form *form = q->ask->form;
    const char *area = form_division(form);

    if (date_cmp(q->ask->day, q->a->actor->today) > 0 || !area || strchr(area, '.')) {
        *problem = text_printf(q, "%s", _("请选今天或以前的日期"));
        return HE_USAGE;
    }
    q->past = true;
    q->within = within;
    q->areas = actor_areas(q, q->a->actor, text_printf(q, "%s.read", form->name));
    q->a->env.today = q->ask->day;
    q->index.field = NULL;
    q->exact = false;
    q->scope = (struct scope){.a = q->a, .by_area = true, .streams = true};
    return q->areas[0] ? 0 : HE_DENIED;
}

int query_open(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct list_ask *ask, struct query **out, char **problem)
{
    struct query *q = talloc_zero(ctx, struct query);
    char *within = NULL;
    int err;

    *problem = NULL;
    q->ctx = q;
    q->ask = ask;
    q->limit = ask->limit > 0 ? ask->limit : 20;
    if (q->limit > county->conf.page_max)
        q->limit = county->conf.page_max;
    if ((err = open_view(q, county, actor, txn, problem)) || (err = open_where(q, problem)) ||
        (err = open_sort(q, problem)) || (err = open_columns(q, problem)))
        return err;
    if (ask->area && *ask->area) {
        within = talloc_array(q, char, 13);
        if (area_parse(ask->area, within)) {
            *problem = text_printf(q, _("区划代码应是12位数字，请核对"));
            return HE_USAGE;
        }
    }
    scope_init(&q->scope, q, q->a, open_index(q, within));
    *out = q;
    return ask->day.y && date_cmp(ask->day, actor->today) != 0 ? open_past(q, within, problem) : 0;
}

/* --- judging --- */

static int id_cmp(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

bool query_only(const struct query *q, uint64_t id)
{
    const struct list_ask *ask = q->ask;

    return !ask->only || bsearch(&id, ask->only, ask->nonly, sizeof id, id_cmp);
}

/* One of ask->only that no walk of the scope found: is it in it? */
static bool reached(struct query *q, const struct rec *rec)
{
    void *tmp = talloc_new(q->ctx);
    bool in = access_narrow(q->a, tmp, rec) &&
              (!q->scope.within || area_within(txn_area(q->a->txn, tmp, rec), q->scope.within));

    talloc_free(tmp);
    return in;
}

bool query_takes(struct query *q, const struct rec *rec)
{
    for (int i = 0; i < 2; i++)
        if (q->where[i] && expr_eval(q->where[i], rec, &q->a->env) != TRI_TRUE)
            return false;
    return true;
}

static const char *nameable_codes(struct query *q, void *ctx, const struct form_field *field,
                                  const char *value)
{
    char *left, *copy, *save = NULL;

    if (!field->codes || type_is_unknown(value))
        return value;
    left = talloc_strdup(ctx, "");
    copy = talloc_strdup(ctx, value);
    for (char *code = strtok_r(copy, ",", &save); code; code = strtok_r(NULL, ",", &save))
        if (access_names_code(q->a, field, code))
            left = talloc_asprintf_append(left, "%s%s", *left ? "," : "", code);
    return *left ? left : NULL;
}

const char *query_value(struct query *q, void *ctx, const struct rec *rec, struct form_path path)
{
    const char *value;

    if (path.via)
        rec = q->a->env.linked(q->a, rec, path.via);
    value = rec ? rec_at(rec, path.field) : NULL;
    return value ? nameable_codes(q, ctx, path.field, value) : NULL;
}

/* --- every record --- */

struct each {
    struct query *q;
    query_fn fn;
    void *arg;
};

static bool reached_then(const struct query *q, const struct rec *rec)
{
    const char *code = rec_get(rec, form_division(rec->form));

    if (!code || (q->within && !area_within(code, q->within)))
        return false;
    for (size_t i = 0; q->areas[i]; i++)
        if (!*q->areas[i] || area_within(code, q->areas[i]))
            return true;
    return false;
}

static int each_then(struct txn *txn, struct each *e, uint64_t id)
{
    struct query *q = e->q;
    struct rec *rec;
    int err = stat_rec_at(txn, q->ctx, q->ask->form, id, q->ask->day, true, &rec);

    if (err || !rec)
        return err;
    if (reached_then(q, rec) && query_takes(q, rec))
        err = e->fn(q, rec, e->arg);
    talloc_free(rec);
    access_forget(q->a);
    return err;
}

static int each_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct each *e = arg;
    struct query *q = e->q;
    struct rec *rec;
    int err;

    (void)mark;
    if (q->past)
        return each_then(txn, e, id);
    err = txn_get(txn, q->ctx, q->ask->form, id, &rec);
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    err = query_takes(q, rec) && (!q->ask->only || reached(q, rec)) ? e->fn(q, rec, e->arg) : 0;
    talloc_free(rec);
    access_forget(q->a);
    return err;
}

int query_each(struct query *q, query_fn fn, void *arg)
{
    const struct expr_index *ix = q->index.field ? &q->index : NULL;
    struct each e = {q, fn, arg};
    struct txn *txn = q->a->txn;
    uint64_t *ids;
    size_t n;
    int err = 0;

    if (q->ask->only) {
        for (size_t i = 0; i < q->ask->nonly && !err; i++)
            err = each_one(txn, q->ask->only[i], NULL, &e);
        return err < 0 ? err : 0;
    }
    if (q->scope.streams && q->scope.by_area) {
        struct walk walk = scope_walk(&q->scope, ix ? ix->field : NULL);

        walk.lo = ix ? ix->lo : NULL;
        walk.hi = ix ? ix->hi : NULL;
        walk.any_order = true;
        return txn_walk(txn, &walk, each_one, &e);
    }
    err = scope_ids(&q->scope, q->ctx, ix, SIZE_MAX, &ids, &n);
    for (size_t i = 0; i < n && !err; i++)
        err = each_one(txn, ids[i], NULL, &e);
    return err < 0 ? err : 0;
}

static int count_one(struct query *q, const struct rec *rec, void *arg)
{
    (void)q, (void)rec;
    ++*(uint64_t *)arg;
    return 0;
}

static int count_entry(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    (void)txn, (void)id, (void)mark;
    ++*(uint64_t *)arg;
    return 0;
}

/* When the index says all, its entries are counted and no record is read. */
int query_count(struct query *q, uint64_t *n)
{
    bool all = !q->where[0] && !q->where[1];
    uint64_t *ids;
    size_t found;
    int err;

    *n = 0;
    if (q->past || q->ask->only || (!all && !q->exact))
        return query_each(q, count_one, n);
    if (q->scope.streams && q->scope.by_area) {
        struct walk walk = scope_walk(&q->scope, all ? NULL : q->index.field);

        walk.lo = all ? NULL : q->index.lo;
        walk.hi = all ? NULL : q->index.hi;
        walk.any_order = true;
        if (all && !form_division(q->ask->form))
            return txn_count(q->a->txn, q->ask->form, n);
        if (all && walk.areas && walk.areas[0] && !walk.areas[1] &&
            (err = txn_count_in(q->a->txn, q->ask->form, walk.areas[0], n)) != HE_NOTFOUND)
            return err;
        return txn_walk(q->a->txn, &walk, count_entry, n);
    }
    if (!all)
        return query_each(q, count_one, n);
    err = scope_ids(&q->scope, q->ctx, NULL, SIZE_MAX, &ids, &found);
    *n = found;
    return err;
}

/* --- rows --- */

void query_row(struct query *q, struct node *rows, const struct rec *rec)
{
    void *tmp = talloc_new(q->ctx);
    const struct actor *narrow = access_narrow(q->a, tmp, rec);
    struct node *row = node_add_map(rows, NULL), *values, *mask;

    node_int(row, "id", (int64_t)rec->id);
    node_int(row, "version", rec->version);
    values = node_add_map(row, "v");
    mask = node_add_list(row, "mask");
    for (size_t i = 0; i < q->ncolumn && narrow; i++) {
        const char *path = form_path_text(tmp, q->column[i]), *text;
        bool masked;

        if (q->ask->raw) {
            struct seen seen = access_value(q->a, tmp, narrow, rec, q->column[i]);

            text = seen.value;
            masked = seen.masked;
        } else {
            text = access_show(q->a, tmp, narrow, rec, q->column[i], true, &masked);
        }
        if (text && *text)
            node_str(values, path, text);
        if (masked)
            node_str(mask, NULL, path);
    }
    talloc_free(tmp);
}
