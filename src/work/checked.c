/* 核实无变化: a file looked through in which nothing had changed (R-038; decision 9 counts it apart). */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "work/save_in.h"

struct checked {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const char *today;
    const char *text; /* why the last one was left out, NULL: it was not */
};

/* What is wrong with a file stands in the way: it wants a change, not a tick. */
static const char *not_now(const struct rec *child)
{
    const char *state = rec_get(child, "state"), *quality = rec_get(child, "quality");

    if (!state || !strchr("13", *state))
        return _("不在册，不用核实");
    if (quality && *quality == '3')
        return _("档案里有要改正的地方，请打开改好");
    return NULL;
}

static int checked_one(struct checked *k, uint64_t id)
{
    struct rec *old, *rec;
    int err = txn_get(k->txn, k->ctx, dict_form(k->county->dict, "child"), id, &old);

    k->text = NULL;
    if (err == HE_NOTFOUND ||
        (!err && !actor_sees(k->txn, k->county, k->actor, "child.change", old))) {
        k->text = _("没有这份档案");
        return 0;
    }
    if (err || (k->text = not_now(old)))
        return err;
    rec = rec_copy(k->ctx, old);
    rec_set(rec, "checked_on", k->today);
    return txn_put(k->txn, &k->actor->who, old, rec, NULL, NULL);
}

int child_checked(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *ids, struct node *out)
{
    char today[11];
    struct checked k = {txn, ctx, county, actor, date_format(actor->today, today), NULL};
    struct node *skipped = node_list(ctx);
    int64_t n = 0;

    for (const struct node *e = node_first(ids); e; e = e->next) {
        int err = checked_one(&k, (uint64_t)e->num);

        if (err)
            return err;
        if (!k.text) {
            n++;
            continue;
        }
        struct node *row = node_add_map(skipped, NULL);
        node_int(row, "id", e->num);
        node_str(row, "text", k.text);
    }
    node_int(out, "done", n);
    node_copy(out, "skipped", skipped);
    return 0;
}
