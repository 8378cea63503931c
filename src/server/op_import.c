/* Imports: {type, file, digest, …} and rows; see work/import.h. */
#include "work/import.h"

#include "server/call.h"

int op_import_begin(struct call *c, struct txn *t)
{
    return import_begin(t, c->ctx, c->county, c->actor, c->body, c->out);
}

int op_import_rows(struct call *c, struct txn *t)
{
    return import_rows(t, c->ctx, c->county, c->actor, c->body, c->out);
}

int op_import_end(struct call *c, struct txn *t)
{
    return import_end(t, c->ctx, c->county, c->actor, c->body, c->out);
}
