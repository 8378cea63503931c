/* Agreements: what a new one takes over; renewing, signing, ending, making void. */
#include "server/call.h"

#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "work/agreement.h"
#include "work/list.h"

static void answer(struct call *c, const struct save *s)
{
    if (s->rec) {
        node_int(c->out, "id", (int64_t)s->rec->id);
        node_int(c->out, "version", s->rec->version);
    }
    if (s->findings)
        findings_to_node(c->out, "findings", s->findings);
    if (s->touched)
        node_copy(c->out, "touched", s->touched);
}

static struct save save_of(struct call *c)
{
    return (struct save){.why = node_text(c->body, "why"),
                         .typed_for = node_text(c->body, "typed_for"),
                         .source = call_source(c, "form"),
                         .confirmed = call_texts(c, c->body, "confirmed"),
                         .confirm_all = node_flag(c->body, "confirm_all"),
                         .dry = node_flag(c->body, "dry")};
}

static int agreement_of(struct call *c, struct txn *t, struct rec **rec)
{
    return call_record(c, t, dict_form(c->srv->dict, "agreement"), c->right, "id", rec);
}

typedef int act_fn(struct txn *, void *, const struct county *, const struct actor *, uint64_t,
                   const struct node *, struct save *);

static int act(struct call *c, struct txn *t, act_fn *fn)
{
    struct save s = save_of(c);
    struct rec *rec;
    const struct node *v = node_get(c->body, "v");
    int r = v && v->type == NODE_MAP ? agreement_of(c, t, &rec) : HE_PROTOCOL;
    if (r < 0)
        return r;
    r = fn(t, c->ctx, c->county, c->actor, rec->id, v, &s);
    answer(c, &s);
    return r;
}

/* {id, v: {sign_a_date, sign_way, sign_b_date, sign_way_b, …}, why, confirmed, confirm_all, dry} → {id,
 * version, findings} */
int op_agreement_sign(struct call *c, struct txn *t)
{
    return act(c, t, agreement_sign);
}

/* {id, v: {end: date or "+1y", …}, why, …} → the same, of the new one */
int op_agreement_renew(struct call *c, struct txn *t)
{
    return act(c, t, agreement_renew);
}

/* {id, v: {end_reason, ended_on, end_note}, why, …} → the same */
int op_agreement_end(struct call *c, struct txn *t)
{
    return act(c, t, agreement_end);
}

/* {id, why} → the same */
int op_agreement_void(struct call *c, struct txn *t)
{
    struct save s = save_of(c);
    struct rec *rec;
    int r = agreement_of(c, t, &rec);
    if (r < 0)
        return r;
    r = agreement_void(t, c->ctx, c->county, c->actor, rec->id, s.why, &s);
    answer(c, &s);
    return r;
}

/* {child} or {id: the one it continues, v: {end …}} → the record in the making as rec_view shows one, id
 * 0, and its findings */
int op_agreement_known(struct call *c, struct txn *t)
{
    struct save s = {.form = dict_form(c->srv->dict, "agreement"), .dry = true};
    const struct form *child = dict_form(c->srv->dict, "child");
    const struct node *given = node_get(c->body, "v");
    struct node *v = node_map(c->ctx);
    struct rec *rec;
    int r;
    if (given && given->type != NODE_MAP)
        return HE_PROTOCOL;
    if (call_id(c->body, "id")) {
        r = agreement_of(c, t, &rec);
        if (r == 0)
            r = agreement_renew(t, c->ctx, c->county, c->actor, rec->id, given ? given : v, &s);
    } else {
        r = call_record(c, t, child, c->right, "child", &rec);
        if (r < 0)
            return r;
        node_str(v, "child", text_printf(c->ctx, "%llu", (unsigned long long)rec->id));
        s.value = v;
        r = work_save(t, c->ctx, c->county, c->actor, &s);
    }
    answer(c, &s);
    if (!s.rec || (r < 0 && r != HE_RULE))
        return r == HE_RULE ? 0 : r;
    c->form = rec->form; /* shows the family as the file does: a row, as when that is read */
    c->audit = node_map(c->ctx);
    c->audit_id = rec->id;
    return rec_view(t, c->ctx, c->county, c->actor, s.rec, c->out);
}
