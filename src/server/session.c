/* One connection, one thread. It begins with hello, waits for requests as long as it likes, and
 * ends with a reason in the log. */
#include "server/call.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#define STACK_BYTES (1 << 20)
#define TURN_POOL   (48 << 10) /* what most requests need from packet to answer */

static void session_free(struct session *s)
{
    struct server *srv = s->srv;
    pthread_mutex_lock(&srv->lock);
    for (struct session **p = &srv->sessions; *p; p = &(*p)->next) {
        if (*p == s) {
            *p = s->next;
            break;
        }
    }
    peer_leave(s->peer);
    srv->connections--;
    close(s->fd);
    talloc_free(s);
    (void)eventfd_write(srv->wake, 1);
    pthread_mutex_unlock(&srv->lock);
}

/* The login name of the uid, asked once: the name service may be slow, so not in the main thread,
 * and may fail later without harm (reliability.md F65). */
static const char *login_of(struct session *s)
{
    struct passwd pw, *found = NULL;
    char buf[4096];
    if (getpwuid_r(s->uid, &pw, buf, sizeof buf, &found) == 0 && found)
        return talloc_strdup(s, pw.pw_name);
    return s->srv->set->private ? text_printf(s, "uid%u", s->uid) : NULL;
}

/* Waits for a packet: for ever once greeted, else to the time by which hello must have come. */
static bool packet_comes(struct session *s, int64_t hello_until)
{
    struct timespec ts;
    for (;;) {
        int wait = -1;
        if (!s->greeted) {
            clock_gettime(CLOCK_MONOTONIC, &ts);
            int64_t left = hello_until - ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
            wait = left > 0 ? (int)left : 0;
        }
        struct pollfd p = {.fd = s->fd, .events = POLLIN};
        int n = poll(&p, 1, wait);
        if (n > 0)
            return true;
        if (n == 0 || errno != EINTR) {
            s->reason = "no hello in time";
            return false;
        }
    }
}

/* From here to session_done the request counts as running; an ended session starts none. */
static bool session_begin(struct session *s)
{
    pthread_mutex_lock(&s->srv->lock);
    s->running = !s->ended;
    s->srv->requests++;
    pthread_mutex_unlock(&s->srv->lock);
    return s->running;
}

static void session_done(struct session *s)
{
    pthread_mutex_lock(&s->srv->lock);
    s->running = false;
    pthread_cond_broadcast(&s->srv->calm);
    pthread_mutex_unlock(&s->srv->lock);
}

static void bad_packet(struct session *s, void *ctx, int r)
{
    if (r == HE_UNREACHABLE) {
        s->reason = "closed by the peer";
        return;
    }
    s->reason = r == HE_TOOBIG ? "packet too big" : r == HE_BUSY ? "packet too slow" : "bad packet";
    dispatch_answer(s, ctx, 0, r, NULL, NULL);
}

/* One request from packet to answer; false at the end. */
static bool session_turn(struct session *s)
{
    void *ctx = base_pool(TURN_POOL);
    struct node *request;
    bool more = false;
    int r = wire_recv(ctx, s->fd, &request, s->srv->set->limits.frame_ms);
    if (r < 0) {
        bad_packet(s, ctx, r);
    } else {
        int wait = peer_wait_ms(s->srv, s->peer);
        if (wait)
            poll(NULL, 0, wait);
        if (session_begin(s))
            more = dispatch(s, ctx, request);
        else
            s->reason = "ended by the server";
        session_done(s);
    }
    talloc_free(ctx);
    return more;
}

static void *session_run(void *arg)
{
    struct session *s = arg;
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    int64_t until = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + s->srv->set->limits.hello_ms;
    s->login = login_of(s);
    if (!s->login)
        s->reason = "no login name";
    while (s->login && packet_comes(s, until) && session_turn(s))
        ;
    if (s->greeted)
        op_goodbye(s);
    log_info("session.end", "uid=%u user=%s reason=\"%s\"", s->uid, s->user ? s->user : "-",
             s->reason ? s->reason : "-");
    session_free(s);
    return NULL;
}

int session_start(struct server *srv, int fd, uid_t uid, struct peer *peer)
{
    struct session *s = talloc_zero(NULL, struct session);
    pthread_attr_t attr;
    pthread_t thread;
    MUST(s);
    s->srv = srv;
    s->fd = fd;
    s->uid = uid;
    s->peer = peer;
    pthread_mutex_lock(&srv->lock);
    s->next = srv->sessions;
    srv->sessions = s;
    pthread_mutex_unlock(&srv->lock);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int r = pthread_create(&thread, &attr, session_run, s);
    pthread_attr_destroy(&attr);
    if (r == 0)
        return 0;
    log_error("session.start", "error=\"%s\"", strerror(r));
    session_free(s);
    return HE_LIMIT;
}

static bool same_client(const struct session *a, const struct session *b)
{
    return a != b && a->uid == b->uid && a->nonce == b->nonce;
}

static void end_one(struct session *s, int how)
{
    s->ended = true;
    shutdown(s->fd, how);
}

void session_fence_others(struct session *me)
{
    pthread_mutex_lock(&me->srv->lock);
    for (struct session *s = me->srv->sessions; s; s = s->next)
        if (same_client(s, me))
            end_one(s, SHUT_RD);
    pthread_mutex_unlock(&me->srv->lock);
}

static bool others_run(const struct session *me)
{
    for (const struct session *s = me->srv->sessions; s; s = s->next)
        if (same_client(s, me) && s->running)
            return true;
    return false;
}

int session_wait_others(struct session *me, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    int r = 0;
    pthread_mutex_lock(&me->srv->lock);
    while (r == 0 && others_run(me))
        r = pthread_cond_timedwait(&me->srv->calm, &me->srv->lock, &until);
    bool still = others_run(me);
    pthread_mutex_unlock(&me->srv->lock);
    return still ? HE_BUSY : 0;
}

void session_end_all(struct server *srv, bool hard)
{
    pthread_mutex_lock(&srv->lock);
    for (struct session *s = srv->sessions; s; s = s->next)
        end_one(s, hard ? SHUT_RDWR : SHUT_RD);
    pthread_mutex_unlock(&srv->lock);
}
