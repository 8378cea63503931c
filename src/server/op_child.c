/* A child's way: transfer, leaving, coming back, duplicates, 关注名单, hand-over; and the review.
 */
#include "server/call.h"

#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "work/national.h"
#include "work/save.h"

static const struct form *child_form(const struct call *c)
{
    return dict_form(c->srv->dict, "child");
}

static int child_of(struct call *c, struct txn *t, const char *id_key, struct rec **rec)
{
    return call_record(c, t, child_form(c), c->right, id_key, rec);
}

static void answer_save(struct call *c, const struct save *s)
{
    if (s->rec)
        node_int(c->out, "version", s->rec->version);
    if (s->findings)
        findings_to_node(c->out, "findings", s->findings);
    if (s->change)
        node_int(c->out, "change", (int64_t)s->change);
}

/* {id, village, why} → {version, findings, change} */
int op_child_move(struct call *c, struct txn *t)
{
    struct save s = {.form = child_form(c)};
    struct rec *rec;
    const char *village = node_text(c->body, "village");
    int r = village ? child_of(c, t, "id", &rec) : HE_PROTOCOL;
    if (r < 0)
        return r;
    r = child_move(t, c->ctx, c->county, c->actor, rec->id, village, node_text(c->body, "why"), &s);
    answer_save(c, &s);
    return r;
}

typedef int leave_fn(struct txn *, void *, const struct county *, const struct actor *, uint64_t,
                     const struct node *, struct save *);

static int leave(struct call *c, struct txn *t, leave_fn *fn)
{
    struct save s = {.form = child_form(c)};
    struct rec *rec;
    const struct node *v = node_get(c->body, "v");
    int r = v && v->type == NODE_MAP ? child_of(c, t, "id", &rec) : HE_PROTOCOL;
    if (r < 0)
        return r;
    r = fn(t, c->ctx, c->county, c->actor, rec->id, v, &s);
    answer_save(c, &s);
    return r;
}

/* {id, v: {exit_reason, exit_date, …}, why} → {version, findings, change} */
int op_child_exit(struct call *c, struct txn *t)
{
    return leave(c, t, child_exit);
}

/* {id, v, why} → the same */
int op_child_return(struct call *c, struct txn *t)
{
    return leave(c, t, child_return);
}

/* {id} or {v: {path: text} of one in the making} → {rows: as child_same} */
int op_child_same(struct call *c, struct txn *t)
{
    struct rec *rec;
    const struct node *v = node_get(c->body, "v");
    struct save s = {.form = child_form(c), .value = v, .dry = true};
    int r;
    if (v && v->type != NODE_MAP)
        return HE_PROTOCOL;
    if (v)
        r = work_save(t, c->ctx, c->county, c->actor, &s);
    else if ((r = child_of(c, t, "id", &rec)) == 0)
        s.rec = rec;
    if (r < 0 && (r != HE_RULE || !s.rec))
        return r;
    if (!s.env)
        s.env = county_env(c->ctx, t, c->county, c->actor->today);
    struct node *rows = node_add_list(c->out, "rows");
    return child_same(t, c->ctx, c->county, c->actor, s.rec, s.env, rows);
}

/* {id: the duplicate, to: the file that stays, why} → {} */
int op_child_merge(struct call *c, struct txn *t)
{
    struct rec *from, *to;
    int r = child_of(c, t, "id", &from);
    if (r == 0)
        r = child_of(c, t, "to", &to);
    if (r < 0)
        return r;
    r = child_merge(t, c->ctx, c->county, c->actor, from->id, to->id, node_text(c->body, "why"));
    if (r == HE_EXISTS)
        c->text = N_("两份档案各有一份有效的协议，先解除或作废一份再合并");
    return r;
}

/* {id, on, why} → {} */
int op_child_watch(struct call *c, struct txn *t)
{
    struct rec *rec;
    int r = child_of(c, t, "id", &rec);
    return r < 0 ? r
                 : child_watch(t, c->ctx, c->county, c->actor, rec->id, node_flag(c->body, "on"),
                               node_text(c->body, "why"));
}

/* {ids: [child]} → {done, skipped: [{id, text}]} */
int op_child_checked(struct call *c, struct txn *t)
{
    return child_checked(t, c->ctx, c->county, c->actor, node_get(c->body, "ids"), c->out);
}

/* {from, to, ids} → {children, tasks, drafts, named} */
int op_child_handover(struct call *c, struct txn *t)
{
    return child_handover(t, c->ctx, c->county, c->actor, c->body, c->out);
}

/* {ids: [change], approve, why, marks: [path]} → {done, skipped: [{id, text}]}; in parts */
int op_review_decide(struct call *c, struct txn *t)
{
    const struct node *ids = node_get(c->body, "ids");
    struct review_batch *b = &c->part;
    if (!ids || ids->type != NODE_LIST)
        return HE_PROTOCOL;
    for (const struct node *n = node_first(ids); n; n = n->next)
        if (n->type != NODE_INT)
            return HE_PROTOCOL;
    *b = (struct review_batch){.approve = node_flag(c->body, "approve"),
                               .reason = node_text(c->body, "why"),
                               .marks = node_get(c->body, "marks"),
                               .at = c->past.skipped ? c->past.at : node_first(ids),
                               .done = c->past.done};
    struct node *all = node_map(c->ctx);
    b->skipped = c->past.skipped ? node_copy(all, "skipped", c->past.skipped)
                                 : node_add_list(all, "skipped");
    int r = review_decide(t, c->ctx, c->county, c->actor, b);
    node_int(c->out, "done", (int64_t)b->done);
    struct node *skipped = node_copy(c->out, "skipped", b->skipped);
    for (const struct node *n = b->at; n; n = n->next) {
        struct node *row = node_add_map(skipped, NULL);
        node_int(row, "id", n->num);
        node_str(row, "text", _("还没有办到这一条，请再办一次"));
    }
    return r;
}

/* {change} → {} */
int op_review_recall(struct call *c, struct txn *t)
{
    uint64_t change = call_id(c->body, "change");
    return change ? review_recall(t, c->ctx, c->county, c->actor, change) : HE_PROTOCOL;
}

/* {area, after, limit} → {rows: [{id, version, v, kind, changed}], next, total} */
int op_national_list(struct call *c, struct txn *t)
{
    char *problem = NULL;
    int r = national_list(t, c->ctx, c->county, c->actor, c->body, c->out, &problem);
    const struct node *rows = node_get(c->out, "rows");
    if (problem)
        c->text = problem;
    c->form = child_form(c); /* whoever lists children so leaves a row as by rec.list */
    c->audit = node_map(c->ctx);
    node_int(c->audit, "n", rows ? (int64_t)rows->n : 0);
    return r;
}

/* {rows: [{id, version}], on} → {done, skipped: [{id, text}]} */
int op_national_done(struct call *c, struct txn *t)
{
    return national_done(t, c->ctx, c->county, c->actor, c->body, c->out);
}
