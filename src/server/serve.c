/* A running server: opening, the main loop, reloading, ending. */
#include "server/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/log.h"
#include "work/due.h"
#include "work/stat.h"

#define BACK_OFF_MS   100 /* when descriptors have run out */
#define RELOAD_WAIT_S 2
#define DAY_CHECK_MS  60000 /* how late the first minute of a day may be seen */

const char *server_readonly(const struct server *srv)
{
    const char *why = NULL;
    if (store_readonly(srv->store, &why))
        return why ? _(why) : err_text(HE_READONLY);
    return NULL;
}

/* --- reloading --- */

static void swap_rules(struct server *srv, struct settings *set, const struct roles *roles)
{
    srv->county->roles = roles;
    srv->county->conf = set->county;
    srv->set->county = set->county;
    pthread_mutex_lock(&srv->lock);
    srv->set->limits = set->limits;
    pthread_mutex_unlock(&srv->lock);
}

/* What was read stays in memory until the end: requests and jobs keep pointers into it. */
static void reload(struct server *srv)
{
    struct conf_errors *errs = conf_errors_new(srv->set);
    struct settings *set = settings_read(srv->set, srv->set->place->config, errs);
    const struct roles *roles = set ? roles_load(srv->set, set->roles_file, srv->dict, errs) : NULL;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += RELOAD_WAIT_S;
    if (!roles) {
        for (size_t i = 0; i < errs->n; i++)
            log_error("reload.refused", "mistake=\"%s\"", errs->text[i]);
    } else if (pthread_rwlock_timedwrlock(&srv->rules, &until) != 0) {
        log_warn("reload.refused", "reason=\"a request is running too long\"");
    } else {
        swap_rules(srv, set, roles);
        pthread_rwlock_unlock(&srv->rules);
        log_info("reload.done", "roles=%zu", roles->n);
    }
    talloc_free(errs);
}

/* --- a new business day --- */

struct day {
    const struct server *srv;
    struct date today;
    uint64_t job;
};

static int day_step(struct txn *t, void *arg)
{
    struct day *d = arg;
    return due_start(t, d->today, &d->job);
}

/* Once for each day of the county's clock: what the passing of days brings (work/due.h). A day that
 * could not begin, as with a full disk, is tried again at the next look. */
static void day_begin(struct server *srv, struct date *begun)
{
    struct day d = {.srv = srv, .today = date_of_time(srv->set->store.now())};
    char text[11];
    if (date_cmp(d.today, *begun) == 0 || server_readonly(srv))
        return;
    int r = store_write(srv->store, NULL, NULL, day_step, &d, NULL);
    if (r < 0) {
        log_error("day", "err=%s", err_name(r));
        return;
    }
    *begun = d.today;
    log_info("day", "today=%s job=%llu", date_format(d.today, text), (unsigned long long)d.job);
}

/* --- the main loop --- */

static int signal_fd(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread is made: all inherit it */
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int next_signal(int fd)
{
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

static void accept_until_told(struct server *srv, int sigfd)
{
    bool full = false;
    struct date begun = {0};
    for (;;) {
        day_begin(srv, &begun);
        struct pollfd p[] = {{.fd = sigfd, .events = POLLIN}, {.fd = srv->lfd, .events = POLLIN}};
        int n = poll(p, full ? 1 : 2, full ? BACK_OFF_MS : DAY_CHECK_MS);
        full = false;
        if (n > 0 && p[0].revents) {
            int sig = next_signal(sigfd);
            if (sig == SIGTERM || sig == SIGINT)
                return;
            if (sig == SIGHUP)
                reload(srv);
        }
        if (n > 0 && p[1].revents && listen_accept(srv) == HE_LIMIT) {
            log_warn("accept.full", "reason=\"no descriptors or memory left\"");
            full = true;
        }
    }
}

static int sessions_left(struct server *srv)
{
    pthread_mutex_lock(&srv->lock);
    int n = srv->connections;
    pthread_mutex_unlock(&srv->lock);
    return n;
}

/* Waits until every session is gone; false when time is up or a second signal came. */
static bool sessions_gone(struct server *srv, int sigfd, int ms)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    int64_t until = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + ms;
    while (sessions_left(srv) > 0) {
        clock_gettime(CLOCK_MONOTONIC, &ts);
        int64_t left = until - ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
        struct pollfd p[] = {{.fd = srv->wake, .events = POLLIN}, {.fd = sigfd, .events = POLLIN}};
        eventfd_t n;
        if (left <= 0 || poll(p, 2, (int)left) < 0)
            return false;
        if (p[0].revents)
            (void)eventfd_read(srv->wake, &n);
        int sig = p[1].revents ? next_signal(sigfd) : 0;
        if (sig == SIGTERM || sig == SIGINT)
            return false;
    }
    return true;
}

/* Running requests finish; then the store closes with a checkpoint. What hangs is left to recovery.
 */
static void wind_up(struct server *srv, int sigfd)
{
    log_info("stopping", "connections=%d", sessions_left(srv));
    close(srv->lfd);
    unlink(srv->set->place->socket);
    session_end_all(srv, false);
    if (sessions_gone(srv, sigfd, srv->set->limits.stop_ms))
        return;
    session_end_all(srv, true);
    if (sessions_gone(srv, sigfd, 1000))
        return;
    log_error("stopped.hard", "connections=%d", sessions_left(srv));
    _exit(err_exit(HE_BUSY));
}

/* --- opening --- */

static int fail(int err, const char *problem)
{
    fprintf(stderr, "hutongd: %s\n", problem ? problem : err_text(err));
    return err;
}

static int open_county(struct server *srv)
{
    char *problem = NULL;
    int r = settings_check_data(srv, srv->set, &problem);
    if (r < 0)
        return fail(r, problem);
    problem = NULL;
    srv->dict = setup_dict(srv, srv->set);
    const struct roles *roles = srv->dict ? setup_roles(srv, srv->set, srv->dict) : NULL;
    if (!roles)
        return HE_FORMAT;
    r = store_open(srv, &srv->set->store, srv->dict, &srv->store, &problem);
    if (r < 0) {
        fail(r, problem);
        talloc_free(problem);
        return r;
    }
    struct conf_errors *errs = conf_errors_new(srv);
    srv->county = county_open(srv, srv->store, srv->dict, roles, &srv->set->county, errs);
    if (!srv->county) {
        setup_print(errs);
        return HE_FORMAT;
    }
    return 0;
}

static int open_socket(struct server *srv)
{
    char *problem = NULL;
    srv->lfd = listen_open(srv->set->place->socket, &problem);
    int r = srv->lfd < 0 ? fail(srv->lfd, problem) : 0;
    talloc_free(problem);
    return r;
}

static struct server *server_new(void *ctx, struct settings *set)
{
    struct server *srv = talloc_zero(ctx, struct server);
    pthread_rwlockattr_t attr;
    MUST(srv);
    srv->set = set;
    srv->lfd = -1;
    srv->started = date_now();
    srv->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    MUST(srv->wake >= 0);
    pthread_mutex_init(&srv->lock, NULL);
    pthread_cond_init(&srv->calm, NULL);
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&srv->rules, &attr);
    pthread_rwlockattr_destroy(&attr);
    return srv;
}

static void server_free(struct server *srv)
{
    while (srv->peers) {
        struct peer *p = srv->peers;
        srv->peers = p->next;
        talloc_free(p);
    }
    close(srv->wake);
    talloc_free(srv);
}

int serve(struct settings *set)
{
    int sigfd = signal_fd();
    struct server *srv = server_new(NULL, set);
    int r = open_county(srv);
    if (r == 0)
        r = open_socket(srv);
    if (r == 0) {
        const char *why = server_readonly(srv);
        if (why)
            log_warn("readonly", "reason=\"%s\"", why);
        stat_start(srv->county);
        log_info("ready", "socket=%s data=%s", set->place->socket, set->data_dir);
        accept_until_told(srv, sigfd);
        wind_up(srv, sigfd);
        stat_stop(srv->county);
    }
    if (srv->store)
        store_close(&srv->store);
    server_free(srv);
    close(sigfd);
    if (r == 0)
        log_info("stopped", "clean=yes");
    return r;
}
