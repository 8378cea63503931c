/*
 * A private server of a test: a directory under $TMPDIR, hutongd as a child process, and a raw client
 * that can also send what no client of ours would. Every failure to start is a failed assertion.
 */
#ifndef HUTONG_TEST_RUN_H
#define HUTONG_TEST_RUN_H

#include <sys/types.h>

#include "wire/wire.h"

struct run {
    char dir[64];
    char conf[96], sock[96];
    const char *forms; /* the dictionary; NULL: the shipped one */
    pid_t pid;
    int err;        /* what it says on stderr */
    char *said;     /* so far */
    uint64_t nonce; /* of run_hello */
    int64_t seq;
};

/* Makes the directory and a store in it; extra is more text of hutong.conf. */
void run_make(struct run *, const char *extra);
void run_make_forms(struct run *, const char *forms,
                    const char *extra);                             /* with another dictionary */
void run_conf(struct run *, const char *server, const char *extra); /* rewrites hutong.conf */
/* Starts hutongd with more arguments (NULL-terminated), waits until it is ready: 0, or its exit code. */
int run_start(struct run *, const char *const *args);
int run_stop(struct run *); /* SIGTERM; exit code */
int run_wait(struct run *); /* exit code of one that ends by itself */
/* The server's log is a pipe that somebody must empty. */
void run_drain(const struct run *);
/* Reads stderr until the words have come; false at its end. */
bool run_says(struct run *, const char *words);
void run_drop(struct run *); /* stops it if it runs, removes the directory */

int run_dial(const struct run *);
/* One request; the word of the answer's error, "" when the connection ended. *body may be NULL. */
const char *run_call(struct run *, void *ctx, int fd, const char *op, struct node *body,
                     struct node **answer);
/* A connection that has said hello as user (NULL: oneself); asserts that it went well. */
int run_hello(struct run *, void *ctx, const char *user);
struct node *run_hello_body(struct run *, void *ctx);
bool run_closed(int fd); /* true when the server ends it (waits at most 10 s) */

#endif
