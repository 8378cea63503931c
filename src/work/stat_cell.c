/* The children behind a figure: through the same gate as every list. */
#include <stdlib.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/query.h"
#include "work/stat_in.h"

struct cell {
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    struct list_ask list;
    const struct stat_pick *pick;
    const char *right; /* to read such a record */
    struct node *out;
    char **problem;
};

static int one(struct txn *txn, struct cell *c, struct query *q, struct node *rows, uint64_t id)
{
    struct rec *rec;
    int err = txn_get(txn, q->ctx, c->list.form, id, &rec);

    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    if (actor_sees(txn, c->county, c->actor, c->right, rec))
        query_row(q, rows, rec);
    talloc_free(rec);
    access_forget(q->a);
    return 0;
}

static int page(struct txn *txn, void *arg)
{
    struct cell *c = arg;
    struct query *q;
    struct node *rows;
    size_t i = c->list.after ? strtoul(c->list.after, NULL, 10) : 0;
    int err = query_open(txn, c->ctx, c->county, c->actor, &c->list, &q, c->problem);

    if (err)
        return err;
    rows = node_add_list(c->out, "rows");
    for (; i < c->pick->n && rows->n < (size_t)q->limit && !err; i++)
        err = one(txn, c, q, rows, c->pick->ids[i]);
    if (i < c->pick->n)
        node_str(c->out, "next", text_printf(c->ctx, "%zu", i));
    node_int(c->out, "total", (int64_t)c->pick->n);
    return err;
}

int stat_cell(void *ctx, const struct county *county, const struct actor *actor,
              const struct stat_ask *ask, const struct list_ask *list, struct node *out,
              char **problem)
{
    struct cell c = {.ctx = ctx,
                     .county = county,
                     .actor = actor,
                     .list = *list,
                     .pick = ask->pick,
                     .out = out,
                     .problem = problem};
    struct stat_answer *a;
    int err;

    *problem = NULL;
    if (!stat_nameable(ctx, county, actor, ask->report, ask->pick->column)) {
        *problem = text_printf(ctx, _("这个数字没有可以打开的名单"));
        return HE_DENIED;
    }
    err = stat_run(ctx, county, actor, ask, &a, problem);
    c.list.form = report_column_form(ask->report, &ask->report->column[ask->pick->column]);
    c.right = text_printf(ctx, "%s.read", c.list.form->name);
    c.list.view = c.list.where = c.list.area = c.list.sort = NULL;
    if (!err)
        err = store_read(county->store, page, &c);
    talloc_free(ask->pick->ids);
    ask->pick->ids = NULL;
    return err;
}
