/* Sweeps: bodies and answers stand in work/sweep.h. Figures name no child and leave no row; who reads the
 * rows of a sample does. */
#include "server/call.h"

#include "work/sweep.h"

#define SWEEP_OP(name)                                                                             \
    int op_sweep_##name(struct call *c, struct txn *t)                                             \
    {                                                                                              \
        return sweep_##name(t, c->ctx, c->county, c->actor, c->body, c->out);                      \
    }

SWEEP_OP(open)
SWEEP_OP(mark)
SWEEP_OP(sample)
SWEEP_OP(check)
SWEEP_OP(submit)
SWEEP_OP(accept)
SWEEP_OP(freeze)
SWEEP_OP(figures)
SWEEP_OP(compare)
SWEEP_OP(recount)
SWEEP_OP(bulletin)
SWEEP_OP(sign)
SWEEP_OP(close)

int op_sweep_mine(struct call *c, struct txn *t)
{
    return sweep_mine(t, c->ctx, c->county, c->actor, c->out);
}

int op_sweep_checklist(struct call *c, struct txn *t)
{
    return sweep_checklist(t, c->ctx, c->county, c->body, c->out);
}

int op_sweep_sampled(struct call *c, struct txn *t)
{
    c->audit = node_map(c->ctx);
    node_int(c->audit, "sample", node_num(c->body, "sample", 0));
    return sweep_sampled(t, c->ctx, c->county, c->actor, c->body, c->out);
}
