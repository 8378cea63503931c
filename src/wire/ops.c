/* The request table as data. */
#include "wire/wire.h"

#include <string.h>
#include <talloc.h>

#include "base/text.h"

const struct wire_op_info wire_ops[OP_COUNT] = {
#define OP(ident, name, right, kind, most, help)                                                   \
    [OP_##ident] = {name, right, help, WIRE_##kind, most},
#include "wire/ops.def"
#undef OP
};

enum wire_op wire_op_find(const char *name)
{
    for (int i = 0; name && i < OP_COUNT; i++)
        if (strcmp(wire_ops[i].name, name) == 0)
            return (enum wire_op)i;
    return OP_COUNT;
}

const char *wire_right(void *ctx, enum wire_op op, const char *type)
{
    MUST((unsigned)op < OP_COUNT);
    const char *right = wire_ops[op].right;
    if (right[0] != '%')
        return right;
    return type && *type ? text_printf(ctx, "%s%s", type, right + 1) : NULL;
}
