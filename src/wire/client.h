/* The client of hutong and hutongctl: one connection, one call at a time. */
#ifndef HUTONG_WIRE_CLIENT_H
#define HUTONG_WIRE_CLIENT_H

#include "wire/wire.h"

struct client;

struct client_conf {
    const char *socket;   /* path */
    const char *digest;   /* of the dictionary this program loaded, or NULL */
    const char *today;    /* HUTONG_TODAY or NULL */
    const char *as;       /* HUTONG_USER or NULL */
    const char *program;  /* "hutong" or "hutongctl" */
    const char *from;     /* terminal: SSH_CLIENT address, or tty; for the audit trail */
    int timeout_ms;       /* of one answer; 0: 30 s */
    int patience_ms;      /* how long to try to come back to a server that went away; 0: 5 s */
    /* Called once when an answer takes longer than slow_ms: a screen says 请稍候. May be NULL. */
    void (*slow)(void *arg);
    void *slow_arg;
    int slow_ms;
};

/* Connects and says hello; *me is the answer of hello (as of me). *text is a Chinese sentence on
 * error: HE_UNREACHABLE, HE_VERSION, HE_DENIED (no post, disabled, expired). The client closes its
 * connection when its memory is freed. */
int client_open(void *ctx, const struct client_conf *, struct client **, struct node **me,
                const char **text);
/*
 * Sends body (a map, may be NULL) as request op and waits. Returns the error of the answer; *answer is
 * its body under ctx (may be NULL), *text its sentence. Writes get a request number; when the answer is
 * lost the client connects again and asks `outcome`: 0 with the kept answer, HE_UNKNOWN, or
 * HE_UNREACHABLE / HE_BUSY when surely nothing was done. It never sends a change twice.
 */
int client_call(struct client *, void *ctx, enum wire_op, struct node *body, struct node **answer,
                const char **text);
/*
 * Asks again what became of the change that last ended HE_UNKNOWN: 0 with the kept answer,
 * HE_UNREACHABLE when surely nothing was done, HE_UNKNOWN as before; HE_NOTFOUND when none is open.
 */
int client_outcome(struct client *, void *ctx, struct node **answer, const char **text);
/* The dictionary was loaded anew (after HE_VERSION): says so at the next connection, which keeps the
 * nonce, so that a change in doubt can still be asked for. */
void client_set_digest(struct client *, const char *digest);

#endif
