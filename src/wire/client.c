/*
 * The client's call. A request is {seq, op, body}, an answer {seq, err, text, body}. The nonce of
 * hello and seq are the request number of a change (design.md 6): they stay the same over a
 * reconnection, so `outcome` can be asked on another connection. The server lets no other
 * connection of the same nonce start a request after that hello: “not done” then stays true.
 */
#include "wire/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"

#define ANSWER_MS   30000
#define PATIENCE_MS 5000

struct client {
    int fd;
    struct client_conf conf;
    int64_t nonce, seq;
    int64_t open_seq; /* the change that ended unknown, 0 none */
};

static int say(int err, const char **text, const char *sentence)
{
    *text = sentence ? _(sentence) : err_text(err);
    return err;
}

static void hang_up(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static int client_destroy(struct client *c)
{
    hang_up(c);
    return 0;
}

static int dial(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        return -1;
    strcpy(a.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    struct timeval tv = {.tv_sec = 5}; /* a full backlog blocks connect */
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Tells the screen once that this takes a while. */
static void wait_slowly(struct client *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    if (c->conf.slow && poll(&p, 1, c->conf.slow_ms) == 0)
        c->conf.slow(c->conf.slow_arg);
}

/* Reads answers until the one to seq; an answer to seq 0 is the server's word for the connection.
 */
static int take_answer(struct client *c, void *ctx, int64_t seq, struct node **answer)
{
    wait_slowly(c);
    for (;;) {
        struct node *n;
        int r = wire_recv(ctx, c->fd, &n, c->conf.timeout_ms);
        if (r < 0)
            return r;
        int64_t got = node_num(n, "seq", -1);
        if (!node_text(n, "err") || got > seq || got < 0)
            return HE_PROTOCOL;
        if (got == seq || got == 0) {
            *answer = n;
            return 0;
        }
        talloc_free(n);
    }
}

/* What the answer says: its error, sentence and body. The body becomes a block of its own, so that
 * whoever keeps it may also free it. */
static int read_answer(void *ctx, struct node *n, struct node **body, const char **text)
{
    const char *word = node_text_or(n, "err", "");
    int err = strcmp(word, "OK") == 0 ? 0 : err_from_name(word);
    const struct node *b = node_get(n, "body");
    if (body)
        *body = b && b->type == NODE_MAP ? node_map(ctx) : NULL;
    for (const struct node *e = body && *body ? node_first(b) : NULL; e; e = e->next)
        node_copy(*body, e->key, e);
    const char *said = node_text(n, "text");
    *text = said ? talloc_strdup(ctx, _(said)) : err ? err_text(err) : "";
    talloc_free(n);
    return err;
}

static struct node *request(void *ctx, int64_t seq, enum wire_op op, const struct node *body)
{
    struct node *n = node_map(ctx);
    node_int(n, "seq", seq);
    node_str(n, "op", wire_ops[op].name);
    if (body)
        node_copy(n, "body", body);
    else
        node_add_map(n, "body");
    return n;
}

static int say_hello(struct client *c, void *ctx, struct node **me, const char **text)
{
    const struct client_conf *k = &c->conf;
    struct node *body = node_map(ctx), *answer;
    node_int(body, "wire", WIRE_VERSION);
    node_int(body, "nonce", c->nonce);
    const char *const word[][2] = {{"digest", k->digest},   {"today", k->today},
                                   {"as", k->as},           {"lang", lang_word(lang_now())},
                                   {"program", k->program}, {"from", k->from}};
    for (size_t i = 0; i < NELEM(word); i++)
        if (word[i][1])
            node_str(body, word[i][0], word[i][1]);
    int64_t seq = ++c->seq;
    /* A server that refuses the connection says why and closes, maybe before hello is sent. */
    (void)wire_send(c->fd, request(ctx, seq, OP_HELLO, body), k->timeout_ms);
    int r = take_answer(c, ctx, seq, &answer);
    if (r < 0)
        return say(HE_UNREACHABLE, text, NULL);
    r = read_answer(ctx, answer, me, text);
    return r == 0 && !*me ? say(HE_PROTOCOL, text, NULL) : r;
}

static int connect_once(struct client *c, void *ctx, struct node **me, const char **text)
{
    hang_up(c);
    c->fd = dial(c->conf.socket);
    if (c->fd < 0)
        return say(HE_UNREACHABLE, text, NULL);
    int r = say_hello(c, ctx, me, text);
    if (r < 0)
        hang_up(c);
    return r;
}

/* Comes back to a server that went away or is full: waits grow, with jitter, so that five hundred
 * screens do not come at once. */
static int connect_again(struct client *c, void *ctx, const char **text)
{
    int left = c->conf.patience_ms, pause = 20;
    for (;;) {
        struct node *me;
        int r = connect_once(c, ctx, &me, text);
        if ((r != HE_UNREACHABLE && r != HE_BUSY) || left <= 0)
            return r;
        int wait = pause + (int)((c->nonce ^ left) & 15);
        if (wait > left)
            wait = left;
        poll(NULL, 0, wait);
        left -= wait;
        pause = pause < 640 ? pause * 2 : pause;
    }
}

static const char *keep(struct client *c, const char *s)
{
    return s ? talloc_strdup(c, s) : NULL;
}

int client_open(void *ctx, const struct client_conf *conf, struct client **out, struct node **me,
                const char **text)
{
    struct client *c = talloc_zero(ctx, struct client);
    MUST(c);
    c->fd = -1;
    c->conf = (struct client_conf){
        .socket = keep(c, conf->socket),
        .digest = keep(c, conf->digest),
        .today = keep(c, conf->today),
        .as = keep(c, conf->as),
        .program = keep(c, conf->program),
        .from = keep(c, conf->from),
        .timeout_ms = conf->timeout_ms ? conf->timeout_ms : ANSWER_MS,
        .patience_ms = conf->patience_ms ? conf->patience_ms : PATIENCE_MS,
        .slow = conf->slow,
        .slow_arg = conf->slow_arg,
        .slow_ms = conf->slow_ms,
    };
    talloc_set_destructor(c, client_destroy);
    MUST(getrandom(&c->nonce, sizeof c->nonce, 0) == sizeof c->nonce);
    c->nonce = (c->nonce & INT64_MAX) | 1;
    int r = connect_once(c, ctx, me, text);
    if (r < 0) {
        *text = talloc_strdup(ctx, *text);
        talloc_free(c);
        return r;
    }
    *out = c;
    return 0;
}

void client_set_digest(struct client *c, const char *digest)
{
    c->conf.digest = keep(c, digest);
}

static int not_done(const char **text)
{
    return say(HE_UNREACHABLE, text,
               N_("与服务器的连接断了，这次没有保存，内容还在，请再保存一次"));
}

/* Asks what became of change seq. Only an answer of the server counts; all else is unknown. */
static int ask_outcome(struct client *c, void *ctx, int64_t seq, struct node **answer,
                       const char **text)
{
    struct node *body, *n;
    c->open_seq = seq;
    if (c->fd < 0 && connect_again(c, ctx, text) < 0)
        return say(HE_UNKNOWN, text, NULL);
    body = node_map(ctx);
    node_int(body, "seq", seq);
    int64_t mine = ++c->seq;
    int r = wire_send(c->fd, request(ctx, mine, OP_OUTCOME, body), c->conf.timeout_ms);
    if (r == 0)
        r = take_answer(c, ctx, mine, &n);
    if (r < 0) {
        hang_up(c);
        return say(HE_UNKNOWN, text, NULL);
    }
    r = read_answer(ctx, n, answer, text);
    if (r == HE_NOTFOUND) {
        c->open_seq = 0;
        return not_done(text);
    }
    if (r < 0)
        return say(HE_UNKNOWN, text, NULL);
    c->open_seq = 0;
    return 0;
}

int client_outcome(struct client *c, void *ctx, struct node **answer, const char **text)
{
    struct node *none;
    return c->open_seq ? ask_outcome(c, ctx, c->open_seq, answer ? answer : &none, text)
                       : say(HE_NOTFOUND, text, NULL);
}

/* Sends; a packet that the kernel refused was never sent, so it may go over a new connection. */
static int send_request(struct client *c, void *ctx, const struct node *n, const char **text)
{
    int r = c->fd >= 0 ? wire_send(c->fd, n, c->conf.timeout_ms) : HE_UNREACHABLE;
    if (r == HE_UNREACHABLE) {
        r = connect_again(c, ctx, text);
        if (r < 0)
            return r;
        r = wire_send(c->fd, n, c->conf.timeout_ms);
    }
    return r == 0 ? 0 : say(r, text, NULL);
}

int client_call(struct client *c, void *ctx, enum wire_op op, struct node *body,
                struct node **answer, const char **text)
{
    struct node *n, *none;
    const char *unused;
    text = text ? text : &unused;
    answer = answer ? answer : &none;
    *answer = NULL;
    for (int try = 0;; try++) {
        int64_t seq = ++c->seq;
        int r = send_request(c, ctx, request(ctx, seq, op, body), text);
        if (r < 0)
            return r;
        r = take_answer(c, ctx, seq, &n);
        if (r == 0 && node_num(n, "seq", 0) == seq)
            return read_answer(ctx, n, answer, text);
        hang_up(c);
        if (wire_ops[op].kind == WIRE_WRITE)
            return ask_outcome(c, ctx, seq, answer, text);
        if (r == 0) /* the server said why it ends the connection */
            return read_answer(ctx, n, answer, text);
        if (wire_ops[op].kind == WIRE_FREE)
            return say(HE_UNKNOWN, text, NULL);
        if (r == HE_BUSY ||
            try == 1) /* a question may be put again, but not to a server at its limit */
            return say(r == HE_BUSY ? HE_BUSY : HE_UNREACHABLE, text, NULL);
    }
}
