/* Frames over a socket pair, the request table, and the client against a server played by a thread.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "wire/client.h"

static void pair(int fd[2])
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd), 0);
}

Test(wire, table)
{
    void *ctx = talloc_new(NULL);
    for (int i = 0; i < OP_COUNT; i++) {
        cr_expect_eq((int)wire_op_find(wire_ops[i].name), i, "%s", wire_ops[i].name);
        cr_expect(wire_ops[i].help[0] != '\0');
        const char *right = wire_right(ctx, (enum wire_op)i, "child");
        cr_expect(right != NULL && strchr(right, '%') == NULL, "%s", wire_ops[i].name);
    }
    cr_expect_eq((int)wire_op_find("no.such"), OP_COUNT);
    cr_expect_eq((int)wire_op_find(NULL), OP_COUNT);
    cr_expect_str_eq(wire_right(ctx, OP_REC_GET, "visit"), "visit.read");
    cr_expect_null(wire_right(ctx, OP_REC_GET, NULL));
    cr_expect_null(wire_right(ctx, OP_REC_GET, ""));
    cr_expect_str_eq(wire_right(ctx, OP_CHILD_EXIT, NULL), "child.exit");
    talloc_free(ctx);
}

Test(wire, frames)
{
    void *ctx = talloc_new(NULL);
    int fd[2];
    struct node *n = node_map(ctx), *got;
    node_str(n, "name", "王小雨");
    pair(fd);
    cr_assert_eq(wire_recv(ctx, fd[1], &got, 0), HE_BUSY);
    cr_assert_eq(wire_send(fd[0], n, 100), 0);
    cr_assert_eq(wire_recv(ctx, fd[1], &got, 100), 0);
    cr_assert_str_eq(node_text(got, "name"), "王小雨");

    /* as big as a packet may be, then one byte more */
    char *big = talloc_zero_size(ctx, WIRE_MAX + 1);
    memset(big, 'x', WIRE_MAX);
    size_t len;
    char *bytes;
    struct node *m = node_map(ctx);
    node_strn(m, "t", big, WIRE_MAX - 100);
    node_encode(ctx, m, &bytes, &len);
    node_strn(m, "t", big, WIRE_MAX - 100 + (WIRE_MAX - len));
    cr_assert_eq(wire_send(fd[0], m, 100), 0);
    cr_assert_eq(wire_recv(ctx, fd[1], &got, 100), 0);
    cr_assert_eq(strlen(node_text(got, "t")), WIRE_MAX - 100 + (WIRE_MAX - len));
    node_strn(m, "t", big, WIRE_MAX - 100 + (WIRE_MAX - len) + 1);
    cr_assert_eq(wire_send(fd[0], m, 100), HE_TOOBIG);

    /* a peer that never reads: the sender gives up at its time limit */
    int r;
    node_strn(m, "t", big, WIRE_MAX - 100);
    while ((r = wire_send(fd[0], m, 0)) == 0)
        ;
    cr_assert_eq(r, HE_BUSY);
    close(fd[1]);
    cr_assert_eq(wire_send(fd[0], m, 100), HE_UNREACHABLE);
    cr_assert_eq(wire_recv(ctx, fd[0], &got, 100), HE_UNREACHABLE);
    cr_assert_eq(wire_recv(ctx, fd[0], &got, 100), HE_UNREACHABLE);
    close(fd[0]);
    cr_assert_eq(wire_recv(ctx, fd[0], &got, 100), HE_UNREACHABLE);
    talloc_free(ctx);
}

/* The last words of a peer that closed with our packet unread still arrive. */
Test(wire, last_words)
{
    void *ctx = talloc_new(NULL);
    int fd[2];
    struct node *n = node_map(ctx), *got;
    node_int(n, "seq", 0);
    pair(fd);
    cr_assert_eq(wire_send(fd[0], n, 100), 0);
    cr_assert_eq(wire_send(fd[1], n, 100), 0);
    close(fd[1]);
    cr_assert_eq(wire_recv(ctx, fd[0], &got, 100), 0);
    cr_assert_eq(wire_recv(ctx, fd[0], &got, 100), HE_UNREACHABLE);
    close(fd[0]);
    talloc_free(ctx);
}

static const struct bad {
    const char *what, *bytes;
    size_t len;
} bad[] = {
    {"nil type never used", "\xc1", 1},
    {"cut-off map",
     "\x82\xa1"
     "a\x01",
     4},
    {"cut-off text",
     "\x81\xa1"
     "a\xa5"
     "abc",
     7},
    {"two values", "\x80\x80", 2},
    {"overlong UTF-8",
     "\x81\xa1"
     "a\xa2\xc0\xaf",
     6},
    {"surrogate",
     "\x81\xa1"
     "a\xa3\xed\xa0\x80",
     7},
    {"NUL in text",
     "\x81\xa1"
     "a\xa3"
     "a\0b",
     7},
    {"key is no text", "\x81\x01\x01", 3},
    {"map of 4 billion", "\xdf\xff\xff\xff\xff", 5},
    {"list of 4 billion", "\xdd\xff\xff\xff\xff", 5},
    {"text of 4 billion",
     "\xdb\xff\xff\xff\xff"
     "a",
     6},
    {"float", "\xcb\0\0\0\0\0\0\0\0", 9},
    {"binary",
     "\xc4\x01"
     "a",
     3},
    {"extension",
     "\xd4\x01"
     "a",
     3},
};

Test(wire, malformed)
{
    void *ctx = talloc_new(NULL);
    int fd[2];
    struct node *got;
    pair(fd);
    for (size_t i = 0; i < NELEM(bad); i++) {
        cr_assert_eq(send(fd[0], bad[i].bytes, bad[i].len, 0), (ssize_t)bad[i].len);
        cr_expect_eq(wire_recv(ctx, fd[1], &got, 100), HE_PROTOCOL, "%s", bad[i].what);
    }
    char deep[WIRE_MAX];
    memset(deep, 0x91, sizeof deep); /* a list in a list in a list … */
    cr_assert_eq(send(fd[0], deep, sizeof deep, 0), (ssize_t)sizeof deep);
    cr_expect_eq(wire_recv(ctx, fd[1], &got, 100), HE_PROTOCOL);

    char *big = talloc_zero_size(ctx, WIRE_MAX + 1);
    big[0] = '\x80';
    cr_assert_eq(send(fd[0], big, WIRE_MAX + 1, 0), WIRE_MAX + 1);
    cr_expect_eq(wire_recv(ctx, fd[1], &got, 100), HE_TOOBIG);
    /* the oversized packet is gone as a whole: the next one is read from its start */
    cr_assert_eq(wire_send(fd[0], node_map(ctx), 100), 0);
    cr_expect_eq(wire_recv(ctx, fd[1], &got, 100), 0);
    cr_assert_eq(send(fd[0], "", 0, 0), 0);
    cr_expect_eq(wire_recv(ctx, fd[1], &got, 100), HE_UNREACHABLE);
    close(fd[0]);
    close(fd[1]);
    talloc_free(ctx);
}

/* Descriptors that come along are refused and do not stay open here. */
Test(wire, passed_descriptors)
{
    void *ctx = talloc_new(NULL);
    int fd[2], probe = dup(0);
    struct node *got;
    pair(fd);
    union {
        struct cmsghdr h;
        char room[CMSG_SPACE(sizeof(int))];
    } u = {.h = {.cmsg_len = CMSG_LEN(sizeof(int)),
                 .cmsg_level = SOL_SOCKET,
                 .cmsg_type = SCM_RIGHTS}};
    memcpy(CMSG_DATA(&u.h), &probe, sizeof probe);
    char one[] = "\x80";
    struct iovec io = {one, 1};
    struct msghdr m = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = u.room, .msg_controllen = sizeof u.room};
    cr_assert_eq(sendmsg(fd[0], &m, 0), 1);
    int before = dup(0);
    close(before);
    cr_expect_eq(wire_recv(ctx, fd[1], &got, 100), HE_PROTOCOL);
    int after = dup(0);
    cr_expect_eq(after, before);
    close(after);
    close(probe);
    close(fd[0]);
    close(fd[1]);
    talloc_free(ctx);
}

/* --- the client against a played server --- */

/*
 * The script of a played server, one letter a step: A accept and greet, B accept and refuse as
 * busy, V accept and refuse for its version, o answer OK, n answer NOTFOUND, b answer BUSY, s say
 * nothing, x read and close, c close, g read, answer garbage. What it read is noted in `seen`, one
 * word each.
 */
struct play {
    const char *script;
    char path[64], dir[32];
    int lfd;
    char seen[256];
    pthread_t thread;
};

static struct node *play_answer(void *ctx, const struct node *rq, const char *err)
{
    struct node *n = node_map(ctx);
    node_int(n, "seq", node_num(rq, "seq", 0));
    node_str(n, "err", err);
    node_str(n, "text", "话");
    node_str(node_add_map(n, "body"), "op", node_text(rq, "op"));
    return n;
}

static void *play_run(void *arg)
{
    struct play *p = arg;
    void *ctx = talloc_new(NULL);
    int fd = -1;
    for (const char *s = p->script; *s; s++) {
        const char *err = *s == 'n'                ? "NOTFOUND"
                          : *s == 'b' || *s == 'B' ? "BUSY"
                          : *s == 'V'              ? "VERSION"
                                                   : "OK";
        struct node *rq;
        if (strchr("ABV", *s)) {
            if (fd >= 0)
                close(fd);
            fd = accept(p->lfd, NULL, NULL);
        }
        if (*s != 'c') {
            if (wire_recv(ctx, fd, &rq, 5000) < 0) {
                strcat(p->seen, "! ");
                continue;
            }
            strcat(p->seen, node_text_or(rq, "op", "?"));
            strcat(p->seen, " ");
        }
        if (*s == 'g')
            wire_send(fd, node_list(ctx), 1000);
        else if (!strchr("sxc", *s))
            wire_send(fd, play_answer(ctx, rq, err), 1000);
        if (strchr("xcBV", *s)) {
            close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        close(fd);
    talloc_free(ctx);
    return NULL;
}

static void play_start(struct play *p, const char *script)
{
    *p = (struct play){.script = script};
    strcpy(p->dir, "/tmp/hutong-wire-XXXXXX");
    cr_assert(mkdtemp(p->dir) != NULL);
    snprintf(p->path, sizeof p->path, "%s/s", p->dir);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    strcpy(a.sun_path, p->path);
    p->lfd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    cr_assert_eq(bind(p->lfd, (struct sockaddr *)&a, sizeof a), 0);
    cr_assert_eq(listen(p->lfd, 8), 0);
    cr_assert_eq(pthread_create(&p->thread, NULL, play_run, p), 0);
}

static void play_end(struct play *p)
{
    shutdown(p->lfd, SHUT_RDWR); /* whoever still waits for a client waits in vain */
    pthread_join(p->thread, NULL);
    close(p->lfd);
    unlink(p->path);
    rmdir(p->dir);
}

static const struct story {
    const char *what, *script;
    enum wire_op op;
    int open, call; /* expected of client_open and client_call */
    const char *seen;
} stories[] = {
    {"plain read", "Ao", OP_ME, 0, 0, "hello me "},
    {"plain write", "Ao", OP_REC_ADD, 0, 0, "hello rec.add "},
    {"refused for its version", "V", OP_ME, HE_VERSION, 0, "hello "},
    {"full server", "B", OP_ME, HE_BUSY, 0, "hello "},
    {"a read is asked again", "AxAo", OP_ME, 0, 0, "hello me hello me "},
    {"a read is asked again once", "AxAx", OP_ME, 0, HE_UNREACHABLE, "hello me hello me "},
    {"a busy answer is handed on", "Ab", OP_REC_ADD, 0, HE_BUSY, "hello rec.add "},
    {"lost write that was done", "AxAo", OP_REC_ADD, 0, 0, "hello rec.add hello outcome "},
    {"lost write that was not", "AxAn", OP_REC_ADD, 0, HE_UNREACHABLE,
     "hello rec.add hello outcome "},
    {"lost write still running", "AxAb", OP_REC_ADD, 0, HE_UNKNOWN, "hello rec.add hello outcome "},
    {"lost write, lost outcome", "AxAx", OP_REC_ADD, 0, HE_UNKNOWN, "hello rec.add hello outcome "},
    {"lost write, server full for a while", "AxBBAo", OP_REC_ADD, 0, 0,
     "hello rec.add hello hello hello outcome "},
    {"late answer", "AsAo", OP_REC_ADD, 0, 0, "hello rec.add hello outcome "},
    {"garbage instead of an answer", "AgAo", OP_REC_ADD, 0, 0, "hello rec.add hello outcome "},
    {"lost write, server gone", "Ax", OP_REC_ADD, 0, HE_UNKNOWN, "hello rec.add "},
    {"gone before: it was never sent", "AcAo", OP_REC_ADD, 0, 0, NULL},
    {"lost job", "Ax", OP_BACKUP, 0, HE_UNKNOWN, "hello backup "},
};

Test(wire, client)
{
    for (size_t i = 0; i < NELEM(stories); i++) {
        const struct story *s = &stories[i];
        void *ctx = talloc_new(NULL);
        struct play p;
        struct client *c = NULL;
        struct node *me, *answer = NULL;
        const char *text;
        play_start(&p, s->script);
        struct client_conf conf = {
            .socket = p.path, .program = "test", .timeout_ms = 200, .patience_ms = 300};
        cr_expect_eq(client_open(ctx, &conf, &c, &me, &text), s->open, "%s", s->what);
        if (c) {
            int r = client_call(c, ctx, s->op, NULL, &answer, &text);
            cr_expect_eq(r, s->call, "%s: %s", s->what, err_name(r));
            cr_expect(r != 0 || answer != NULL, "%s", s->what);
            cr_expect(*text != '\0', "%s", s->what);
        }
        talloc_free(c);
        play_end(&p);
        if (s->seen)
            cr_expect_str_eq(p.seen, s->seen, "%s: %s", s->what, p.seen);
        else /* whether the close is seen before sending is a race; the change is never sent twice
              */
            cr_expect(strcmp(p.seen, "hello hello rec.add ") == 0 ||
                          strcmp(p.seen, "hello hello outcome ") == 0,
                      "%s: %s", s->what, p.seen);
        talloc_free(ctx);
    }
}

/* An unknown end can be asked about again later. */
Test(wire, outcome_again)
{
    void *ctx = talloc_new(NULL);
    struct play p;
    struct client *c;
    struct node *me, *answer;
    const char *text;
    play_start(&p, "AxAxAo");
    struct client_conf conf = {.socket = p.path, .timeout_ms = 200, .patience_ms = 300};
    cr_assert_eq(client_open(ctx, &conf, &c, &me, &text), 0);
    cr_expect_eq(client_outcome(c, ctx, &answer, &text), HE_NOTFOUND);
    cr_expect_eq(client_call(c, ctx, OP_REC_SET, NULL, &answer, &text), HE_UNKNOWN);
    cr_expect_eq(client_outcome(c, ctx, &answer, &text), 0);
    cr_expect_str_eq(node_text(answer, "op"), "outcome");
    cr_expect_eq(client_outcome(c, ctx, &answer, &text), HE_NOTFOUND);
    talloc_free(c);
    play_end(&p);
    conf.socket = "/no/such/socket";
    cr_expect_eq(client_open(ctx, &conf, &c, &me, &text), HE_UNREACHABLE);
    cr_expect(strlen(text) > 0);
    talloc_free(ctx);
}
