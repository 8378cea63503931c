/*
 * wire: requests and answers over the unix socket, and the client's call.
 *
 *   ops.def          the request table
 *   wire.h ops.c     this: names, rights and kinds of requests
 *   frame.c          one message = one SOCK_SEQPACKET packet of at most 64 KiB, msgpack
 *   place.h place.c  the words of hutong.conf that every program needs: socket, forms
 *   client.h client.c the client library: connect, hello, call, outcome after a lost answer
 *
 * Version: WIRE_VERSION changes with any change that an older program would misread; the server
 * answers another version with HE_VERSION and closes.
 */
#ifndef HUTONG_WIRE_H
#define HUTONG_WIRE_H

#include "base/err.h"
#include "base/pack.h"

#define WIRE_VERSION 1
#define WIRE_MAX     65536

enum wire_op {
#define OP(ident, name, right, kind, most, help) OP_##ident,
#include "wire/ops.def"
#undef OP
    OP_COUNT
};
enum wire_kind { WIRE_READ, WIRE_WRITE, WIRE_FREE };

struct wire_op_info {
    const char *name, *right, *help;
    enum wire_kind kind;
    size_t most; /* elements of a list in its body */
};
extern const struct wire_op_info wire_ops[OP_COUNT];
enum wire_op wire_op_find(const char *name); /* OP_COUNT when unknown */
/* The right a request needs: row.right with % replaced by type; NULL when type is missing. */
const char *wire_right(void *ctx, enum wire_op, const char *type);

/* One packet. 0, HE_UNREACHABLE (peer gone), HE_BUSY (timeout), HE_TOOBIG, HE_PROTOCOL. */
int wire_send(int fd, const struct node *, int timeout_ms);
int wire_recv(void *ctx, int fd, struct node **, int timeout_ms);

#endif
