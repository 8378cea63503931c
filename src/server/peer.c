/* What one user may use up. A flood of one is felt by him alone (reliability.md F30). */
#include "server/server.h"

#include <talloc.h>
#include <time.h>

#define REFUSAL_EVERY_S 60
#define PEER_KEEP_MS    60000

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Forgets users who are long gone; their count of refusals with them. */
static void peers_tidy(struct server *srv)
{
    int64_t now = now_ms();
    for (struct peer **p = &srv->peers; *p;) {
        struct peer *old = *p;
        if (old->connections == 0 && now - old->filled_ms > PEER_KEEP_MS) {
            *p = old->next;
            talloc_free(old);
        } else {
            p = &old->next;
        }
    }
}

struct peer *peer_join(struct server *srv, uid_t uid)
{
    struct peer *p = srv->peers;
    while (p && p->uid != uid)
        p = p->next;
    if (!p) {
        peers_tidy(srv);
        p = talloc_zero(NULL, struct peer);
        MUST(p);
        p->uid = uid;
        p->filled_ms = now_ms();
        p->tokens = srv->set->limits.requests_per_second;
        p->refused_s = INT64_MIN / 2;
        p->next = srv->peers;
        srv->peers = p;
    }
    if (p->connections >= srv->set->limits.sessions_per_user)
        return NULL;
    p->connections++;
    return p;
}

void peer_leave(struct peer *p)
{
    p->connections--;
}

/* A bucket that holds one second's worth; a debt is waited off. */
int peer_wait_ms(struct server *srv, struct peer *p)
{
    pthread_mutex_lock(&srv->lock);
    double rate = srv->set->limits.requests_per_second;
    int64_t now = now_ms();
    p->tokens += (double)(now - p->filled_ms) * rate / 1000.0;
    if (p->tokens > rate)
        p->tokens = rate;
    p->filled_ms = now;
    p->tokens -= 1;
    int wait = p->tokens < 0 ? (int)(-p->tokens * 1000.0 / rate) + 1 : 0;
    pthread_mutex_unlock(&srv->lock);
    return wait;
}

bool peer_refusal_due(struct server *srv, struct peer *p, unsigned *n)
{
    pthread_mutex_lock(&srv->lock);
    int64_t now = now_ms() / 1000;
    bool due = now - p->refused_s >= REFUSAL_EVERY_S;
    p->refused++;
    if (due) {
        *n = p->refused;
        p->refused = 0;
        p->refused_s = now;
    }
    pthread_mutex_unlock(&srv->lock);
    return due;
}
