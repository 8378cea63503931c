/* The acts on a care agreement: renewing, signing, ending, making void. */
#include "ctl/commands.h"

static int run(struct ctl *c, enum wire_op op)
{
    struct node *b = ctl_body(c, "agreement"), *answer;
    ctl_put_id(b, args_at(c->args, 0));
    node_add_map(b, "v");
    node_bool(b, "confirm_all", true);
    int r = ctl_put_values(c, b, 1);
    if (r == 0)
        r = ctl_call(c, op, b, &answer);
    if (r == 0)
        ctl_print_saved(c, answer, op == OP_AGREEMENT_RENEW);
    return r;
}

int cmd_agreement_renew(struct ctl *c)
{
    return run(c, OP_AGREEMENT_RENEW);
}

int cmd_agreement_sign(struct ctl *c)
{
    return run(c, OP_AGREEMENT_SIGN);
}

int cmd_agreement_end(struct ctl *c)
{
    return run(c, OP_AGREEMENT_END);
}

int cmd_agreement_void(struct ctl *c)
{
    return run(c, OP_AGREEMENT_VOID);
}
