/* Packets that no client of ours sends, silent clients, slow ones, too many of them. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "server/run.h"

static const struct bad {
    const char *what, *bytes;
    size_t len;
} bad[] = {
    {"no msgpack", "\xc1", 1},
    {"cut off", "\x83\xa3seq\x01\xa2op", 8},
    {"not a map", "\x93\x01\x02\x03", 4},
    {"no number", "\x81\xa2op\xa2me", 7},
    {"number 0",
     "\x83\xa3seq\x00\xa2op\xa2me\xa4"
     "body\x80",
     18},
    {"no body", "\x82\xa3seq\x7f\xa2op\xa2me", 12},
    {"body is a text",
     "\x83\xa3seq\x7f\xa2op\xa2me\xa4"
     "body\xa1x",
     19},
    {"unknown request",
     "\x83\xa3seq\x7f\xa2op\xa2xy\xa4"
     "body\x80",
     18},
};

Test(server_wire, malformed)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    run_make(&r, "limits = { sessions_per_user = 100; };");
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    for (size_t i = 0; i < 2 * NELEM(bad); i++) { /* before and after hello */
        const struct bad *b = &bad[i / 2];
        int fd = i % 2 ? run_hello(&r, ctx, NULL) : run_dial(&r);
        struct node *n = NULL;
        cr_assert_eq(send(fd, b->bytes, b->len, 0), (ssize_t)b->len);
        cr_expect_eq(wire_recv(ctx, fd, &n, 10000), 0, "%s", b->what);
        cr_expect_str_eq(node_text_or(n, "err", ""), "PROTOCOL", "%s", b->what);
        cr_expect(run_closed(fd), "%s", b->what);
    }
    char *big = talloc_zero_size(ctx, WIRE_MAX + 1);
    struct node *n;
    int fd = run_hello(&r, ctx, NULL);
    cr_assert_eq(send(fd, big, WIRE_MAX + 1, 0), WIRE_MAX + 1);
    cr_expect_eq(wire_recv(ctx, fd, &n, 10000), 0);
    cr_expect_str_eq(node_text(n, "err"), "TOOBIG");
    cr_expect(run_closed(fd));
    /* bad bodies: each handler must answer, and none may hurt the server */
    for (int op = 1; op < OP_COUNT; op++) {
        fd = run_hello(&r, ctx, NULL);
        struct node *b = node_map(ctx);
        node_str(b, "type", op % 2 ? "nosuch" : "child");
        node_add_list(b, "id");
        node_int(b, "v", 7);
        cr_expect_str_neq(run_call(&r, ctx, fd, wire_ops[op].name, b, NULL), "", "%s",
                          wire_ops[op].name);
        close(fd);
    }
    close(run_hello(&r, ctx, NULL));
    run_drop(&r);
    talloc_free(ctx);
}

Test(server_wire, silent_and_half_closed)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct node *n;
    run_make(&r, "limits = { hello_ms = 60; };");
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    int silent = run_dial(&r);
    cr_expect(run_closed(silent)); /* the one way out of this wait is the server's */
    cr_expect(run_says(&r, "no hello in time"));

    int fd = run_hello(&r, ctx, NULL);
    struct node *rq = node_map(ctx);
    node_int(rq, "seq", 99);
    node_str(rq, "op", "me");
    node_add_map(rq, "body");
    cr_assert_eq(wire_send(fd, rq, 1000), 0);
    shutdown(fd, SHUT_WR);
    cr_expect_eq(wire_recv(ctx, fd, &n, 10000), 0);
    cr_expect_eq(node_num(n, "seq", 0), 99);
    cr_expect(run_closed(fd));
    run_drop(&r);
    talloc_free(ctx);
}

/* One who asks and never reads is dropped when his answers have filled the line. */
Test(server_wire, slow_reader)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    run_make(&r, "limits = { frame_ms = 60; requests_per_second = 100000; };");
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    int fd = run_hello(&r, ctx, NULL), err;
    struct node *rq = node_map(ctx);
    node_int(rq, "seq", 5);
    node_str(rq, "op", "me");
    node_add_map(rq, "body");
    while ((err = wire_send(fd, rq, 10000)) == 0)
        ;
    cr_expect_eq(err, HE_UNREACHABLE);
    cr_expect(run_says(&r, "the peer does not read"));
    close(fd);
    close(run_hello(&r, ctx, NULL));
    run_drop(&r);
    talloc_free(ctx);
}

Test(server_wire, flood_of_one_user)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct node *n;
    int fd[3];
    run_make(&r, "limits = { sessions_per_user = 3; };");
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    for (size_t i = 0; i < NELEM(fd); i++)
        fd[i] = run_hello(&r, ctx, NULL);
    for (int i = 0; i < 50; i++) {
        int more = run_dial(&r);
        cr_expect_eq(wire_recv(ctx, more, &n, 10000), 0);
        cr_expect_str_eq(node_text(n, "err"), "BUSY");
        cr_expect(strstr(node_text(n, "text"), "连接太多") != NULL);
        cr_expect(run_closed(more));
    }
    for (size_t i = 0; i < NELEM(fd); i++) {
        cr_expect_str_eq(run_call(&r, ctx, fd[i], "me", NULL, NULL), "OK");
        close(fd[i]);
    }
    cr_expect(run_says(&r, "closed by the peer"));
    run_drop(&r);
    talloc_free(ctx);
}

/* More requests than his share wait; none is lost. */
Test(server_wire, requests_of_one_user)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct timespec a, b;
    run_make(&r, "limits = { requests_per_second = 50; };");
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    int fd = run_hello(&r, ctx, NULL);
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < 70; i++)
        cr_expect_str_eq(run_call(&r, ctx, fd, "me", NULL, NULL), "OK");
    clock_gettime(CLOCK_MONOTONIC, &b);
    double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    cr_expect_gt(s, 0.3, "20 beyond a second's share take at least 0.4 s, took %f", s);
    close(fd);
    run_drop(&r);
    talloc_free(ctx);
}
