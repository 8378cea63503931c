/* The same answer for many rows: three keys for "nothing changed", each row a save of its own. */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/sweep_in.h"

#define MARK_MAX 40 /* rows: what the writer does in one piece */

static const char *first_problem(const struct save *s, int err)
{
    for (size_t i = 0; err == HE_RULE && s->findings && i < s->findings->n; i++)
        if (s->findings->f[i].level == 'E' || s->findings->f[i].level == 'W')
            return s->findings->f[i].text;
    return err_text(err);
}

/*
 * Tried first, stored when nothing is in its way: a transaction cannot take back one row only.
 * 0 done, 1 skipped with *text.
 */
static int mark_one(struct swept *s, const struct actor *actor, const struct node *body,
                    uint64_t id, const char **text)
{
    struct save save = {.form = sweep_form(s->county, "sweep_item"),
                        .id = id,
                        .value = node_get(body, "v"),
                        .source = "form",
                        .why = node_text(body, "why"),
                        .typed_for = node_text(body, "typed_for"),
                        .dry = true};
    struct rec *item;
    int err = txn_get(s->txn, s->ctx, save.form, id, &item);

    if (!err && !actor_sees(s->txn, s->county, actor, "sweep_item.change", item))
        err = HE_NOTFOUND;
    if (err == HE_NOTFOUND)
        *text = _("没有这一行");
    if (err)
        return err == HE_NOTFOUND ? 1 : err;
    if (sweep_code(item, "state") != '1' && sweep_code(item, "state") != '4') {
        *text = _("这一行已经填过，没有改动");
        return 1;
    }
    err = work_save(s->txn, s->ctx, s->county, actor, &save);
    if (err == HE_RULE || err == HE_DENIED || err == HE_CONFLICT) {
        *text = first_problem(&save, err);
        return 1;
    }
    save.dry = false;
    return err ? err : work_save(s->txn, s->ctx, s->county, actor, &save);
}

int sweep_mark(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .county = county, .who = actor->who};
    const struct node *ids = node_get(body, "ids"), *v = node_get(body, "v");
    struct node *skipped = node_add_list(out, "skipped");
    int64_t done = 0;

    if (!ids || ids->type != NODE_LIST || !v || v->type != NODE_MAP)
        return HE_PROTOCOL;
    if (ids->n > MARK_MAX)
        return sweep_refuse(out, HE_USAGE, _("一次最多填40行，请分几次填"));
    for (const struct node *n = node_first(ids); n; n = n->next) {
        const char *text = NULL;
        struct node *row;
        int err;

        s.ctx = talloc_new(ctx);
        err =
            n->type == NODE_INT ? mark_one(&s, actor, body, (uint64_t)n->num, &text) : HE_PROTOCOL;
        if (err < 0)
            return err;
        done += err == 0;
        if (err) {
            row = node_add_map(skipped, NULL);
            node_int(row, "id", n->num);
            node_str(row, "text", text);
        }
        talloc_free(s.ctx);
    }
    node_int(out, "done", done);
    return 0;
}
