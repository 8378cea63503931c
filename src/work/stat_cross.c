/*
 * 临时统计: a table of counts that somebody made up: rows and columns are fields (or the township), the
 * rest a filter, a division and a day. Counted by list_count, so what may not be named does not exist.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/stat_in.h"

#define COLUMNS_MAX 60

struct head {
    const char *key, *label;
};

struct cross {
    void *ctx;
    const struct county *county;
    struct head *row, *col;
    size_t nrow, ncol;
    int64_t *v; /* [nrow + 1][ncol + 1]: the last are totals */
    bool two;
    const struct form *form;
    const char *by[2], *area;
    const struct stat_out *out;
};

/* Does a row or column of this key tell of less than a township? */
static bool fine(const struct cross *x, const char *by, const char *key)
{
    const struct form_field *f = by && *key ? form_field(x->form, by) : NULL;
    const char *type = f ? f->type->name : "";

    if (strcmp(type, "area") == 0)
        return area_level(key) >= AREA_VILLAGE;
    return strcmp(type, "user") == 0 || strcmp(type, "ref") == 0;
}

static bool small_at(const struct cross *x, size_t row, size_t col)
{
    const char *key[2] = {row < x->nrow ? x->row[row].key : "",
                          col < x->ncol ? x->col[col].key : ""};

    if (!stat_is_small(x->v[row * (x->ncol + 1) + col]))
        return false;
    for (int i = 0; i < 2; i++)
        if (fine(x, x->by[i], key[i]) &&
            (x->out->outside || stat_merges(x->out, key[i], false, "")))
            return true;
    return stat_merges(x->out, "", true, x->area ? x->area : "");
}

static const char *text_at(const struct node *list, size_t i)
{
    const struct node *e = node_first(list);

    while (e && i-- > 0)
        e = e->next;
    return e && e->type == NODE_STR ? e->str : "";
}

/* Position of a key; a new one is added. */
static size_t head_at(struct cross *x, struct head **head, size_t *n, const char *key,
                      const char *label)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp((*head)[i].key, key) == 0)
            return i;
    *head = talloc_realloc(x->ctx, *head, struct head, *n + 1);
    (*head)[*n] = (struct head){key, *label ? label : _("（空）")};
    return (*n)++;
}

static int head_cmp(const void *a, const void *b)
{
    return strcmp(((const struct head *)a)->key, ((const struct head *)b)->key);
}

static int fill(struct cross *x, const struct node *counted)
{
    for (const struct node *e = node_first(counted); e; e = e->next) {
        const struct node *k = node_get(e, "k"), *v = node_get(e, "v");

        head_at(x, &x->row, &x->nrow, text_at(k, 0), text_at(v, 0));
        if (x->two)
            head_at(x, &x->col, &x->ncol, text_at(k, 1), text_at(v, 1));
    }
    if (x->ncol > COLUMNS_MAX)
        return HE_LIMIT;
    if (x->nrow)
        qsort(x->row, x->nrow, sizeof *x->row, head_cmp);
    if (x->ncol)
        qsort(x->col, x->ncol, sizeof *x->col, head_cmp);
    x->v = talloc_zero_array(x->ctx, int64_t, (x->nrow + 1) * (x->ncol + 1));
    for (const struct node *e = node_first(counted); e; e = e->next) {
        const struct node *k = node_get(e, "k");
        size_t r = head_at(x, &x->row, &x->nrow, text_at(k, 0), "");
        size_t c = x->two ? head_at(x, &x->col, &x->ncol, text_at(k, 1), "") : 0;
        int64_t n = node_num(e, "n", 0), *row = x->v + r * (x->ncol + 1);
        int64_t *total = x->v + x->nrow * (x->ncol + 1);

        if (x->two) {
            row[c] += n;
            total[c] += n;
        }
        row[x->ncol] += n;
        total[x->ncol] += n;
    }
    return 0;
}

static void columns_out(const struct cross *x, struct node *out)
{
    struct node *list = node_add_list(out, "columns");

    for (size_t i = 0; i <= x->ncol; i++) {
        struct node *n = node_add_map(list, NULL);
        bool total = i == x->ncol;

        node_str(n, "name", total ? "n" : *x->col[i].key ? x->col[i].key : "-");
        node_str(n, "label", total ? _("合计") : x->col[i].label);
        node_bool(n, "opens", true);
    }
}

static void rows_out(const struct cross *x, struct node *out, size_t from, size_t bytes)
{
    struct node *list = node_add_list(out, "rows");
    size_t used = 0, i = from;

    for (; i <= x->nrow && used < bytes; i++) {
        struct node *n = node_add_map(list, NULL), *v;
        bool total = i == x->nrow;

        node_str(n, "code", total ? "" : x->row[i].key);
        node_str(n, "name", total ? _("合计") : x->row[i].label);
        node_bool(n, "total", total);
        v = node_add_list(n, "v");
        for (size_t c = 0; c <= x->ncol; c++)
            if (small_at(x, i, c))
                node_str(v, NULL, STAT_SMALL_TEXT);
            else
                node_int(v, NULL, x->v[i * (x->ncol + 1) + c]);
        used += 80 + 6 * x->ncol;
    }
    if (i <= x->nrow)
        node_str(out, "next", text_printf(x->ctx, "%zu", i));
}

static void head_out(const struct cross *x, const struct actor *actor, const struct list_ask *ask,
                     struct node *out)
{
    char day[11], code[13];
    bool there = ask->area && area_parse(ask->area, code) == 0;

    node_str(out, "label", N_("临时统计"));
    node_str(out, "period", date_format(ask->day.y ? ask->day : actor->today, day));
    node_str(out, "title", there ? area_title(x->ctx, x->county, code) : "");
    node_str(out, "definition", ask->where ? ask->where : "");
    columns_out(x, out);
}

int stat_cross(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct list_ask *ask, const char *rows, const char *columns,
               const struct stat_out *to, size_t from, size_t bytes, struct node *out,
               char **problem)
{
    struct cross x = {.ctx = talloc_new(ctx),
                      .county = county,
                      .two = columns && *columns,
                      .form = ask->form,
                      .by = {rows, columns},
                      .area = ask->area,
                      .out = to};
    const char *by[] = {rows, x.two ? columns : NULL, NULL};
    struct node *counted = node_map(x.ctx);
    int err = list_count(txn, x.ctx, county, actor, ask, by, counted, problem);

    if (err)
        return err;
    if ((err = fill(&x, node_get(counted, "rows")))) {
        *problem = text_printf(ctx, _("列太多了，换一项内容少的作列，或加筛选"));
        return HE_USAGE;
    }
    if (from == 0)
        head_out(&x, actor, ask, out);
    rows_out(&x, out, from, bytes);
    return 0;
}
