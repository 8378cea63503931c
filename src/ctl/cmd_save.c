/* add and set. */
#include "ctl/commands.h"

#include "base/lang.h"

static int save(struct ctl *c, enum wire_op op, size_t values, bool id)
{
    const char *type = args_at(c->args, 0), *version = args_text(c->args, "--version");
    struct node *b = ctl_body(c, type), *answer;
    int64_t v;
    int r = ctl_put_values(c, b, values);
    if (r < 0)
        return r;
    if (op == OP_REC_SET)
        ctl_put_id(b, args_at(c->args, 1));
    if (version && (r = ctl_number("--version", version, &v)) < 0)
        return r;
    if (version)
        node_int(b, "version", v);
    if (args_has(c->args, "--direct"))
        node_bool(b, "direct", true);
    node_bool(b, "confirm_all", true);
    r = ctl_call(c, op, b, &answer);
    if (r == 0)
        ctl_print_saved(c, answer, id);
    return r;
}

int cmd_add(struct ctl *c)
{
    return save(c, OP_REC_ADD, 1, true);
}

int cmd_set(struct ctl *c)
{
    return save(c, OP_REC_SET, 2, false);
}
