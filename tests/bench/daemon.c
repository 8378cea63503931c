#include "bench/bench.h"

#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

static void conf_write(const struct daemon *d)
{
    FILE *f = fopen(d->conf, "w");
    if (!f)
        die("cannot write %s", d->conf);
    fprintf(
        f,
        "server = { private = true; data_dir = \"data\"; socket = \"s\";\n"
        "  forms_dir = \"%s/forms\"; roles = \"%s/conf/roles.conf\";\n"
        "  import_dir = \"%s/conf/import\"; box_dir = \"box\"; };\n"
        "store = { cache_mb = %d; };\n"
        "limits = { sessions = 2000; sessions_per_user = 2000; requests_per_second = 1000000; };\n"
        "private = { allow_combined_roles = true; allow_act_as = true; allow_today = true; };\n",
        SRCDIR, SRCDIR, SRCDIR, CACHE_MB);
    fclose(f);
}

/* Starts hutongd with one more argument; its stderr is d->err. */
static void daemon_spawn(struct daemon *d, const char *arg, const char *arg2)
{
    const char *argv[] = {BUILDDIR "/hutongd", "--config", d->conf, arg, arg2, NULL};
    int p[2];
    if (pipe(p))
        die("no pipe");
    fflush(stdout);
    d->pid = fork();
    if (d->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* a bench that is interrupted leaves nothing behind */
        dup2(p[1], 2);
        close(p[0]);
        close(p[1]);
        execv(argv[0], base_unconst(argv));
        _exit(127);
    }
    close(p[1]);
    d->err = p[0];
}

/* Reads what it says until the words come; false at its end. What it says later is thrown away. */
static bool daemon_says(struct daemon *d, const char *words)
{
    char said[4096];
    size_t n = 0;
    ssize_t got;
    while ((got = read(d->err, said + n, sizeof said - 1 - n)) > 0) {
        said[n += (size_t)got] = '\0';
        if (strstr(said, words))
            return true;
        if (n > sizeof said / 2) {
            memmove(said, said + n - 100, 100);
            n = 100;
        }
    }
    return false;
}

static int daemon_end(struct daemon *d)
{
    int status = 0;
    (void)daemon_says(d, "\x01none");
    waitpid(d->pid, &status, 0);
    close(d->err);
    d->pid = 0;
    return status;
}

void daemon_make(struct daemon *d, const char *name)
{
    const char *tmp = getenv("TMPDIR");
    memset(d, 0, sizeof *d);
    snprintf(d->dir, sizeof d->dir, "%.30s/hutong-%.8s-XXXXXX", tmp ? tmp : "/tmp", name);
    if (!mkdtemp(d->dir))
        die("cannot make %s", d->dir);
    snprintf(d->conf, sizeof d->conf, "%s/hutong.conf", d->dir);
    snprintf(d->sock, sizeof d->sock, "%s/s", d->dir);
    snprintf(d->data, sizeof d->data, "%s/data", d->dir);
    conf_write(d);
    daemon_spawn(d, "--init", "--private");
    if (daemon_end(d))
        die("hutongd --init failed");
}

/* The log goes to a thread of its own: a full pipe would stop the server. */
static void *drain(void *arg)
{
    char buf[4096];
    int fd = (int)(intptr_t)arg;
    while (read(fd, buf, sizeof buf) > 0)
        ;
    close(fd);
    return NULL;
}

double daemon_start(struct daemon *d)
{
    pthread_t t;
    double begun = now_s();
    daemon_spawn(d, "--foreground", NULL);
    if (!daemon_says(d, " ready "))
        die("hutongd did not start in %s", d->dir);
    double took = now_s() - begun;
    if (pthread_create(&t, NULL, drain, (void *)(intptr_t)d->err))
        die("no thread");
    pthread_detach(t);
    return took;
}

static void daemon_signal(struct daemon *d, int sig)
{
    int status;
    if (!d->pid)
        return;
    kill(d->pid, sig);
    waitpid(d->pid, &status, 0);
    d->pid = 0;
}

void daemon_stop(struct daemon *d)
{
    daemon_signal(d, SIGTERM);
}

void daemon_kill(struct daemon *d)
{
    daemon_signal(d, SIGKILL);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void drop_dir(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void daemon_drop(struct daemon *d)
{
    daemon_stop(d);
    drop_dir(d->dir);
}

struct client *daemon_client(void *ctx, const struct daemon *d, const char *user)
{
    struct client_conf conf = {
        .socket = d->sock, .today = TODAY, .as = user, .program = "bench", .from = "bench"};
    struct client *c;
    struct node *me;
    const char *text = "";
    int err = client_open(ctx, &conf, &c, &me, &text);
    if (err)
        die("hello of %s: %s", user, text);
    return c;
}

long memory_kb(pid_t pid, const char *what)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, what, strlen(what)) == 0)
            kb = atol(line + strlen(what));
    if (f)
        fclose(f);
    return kb;
}

double cpu_s(pid_t pid)
{
    char path[64];
    long user = 0, sys = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (!f || fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user,
                     &sys) != 2)
        die("no figures of process %d", (int)pid);
    fclose(f);
    return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

struct node *bench_call(struct client *c, void *ctx, enum wire_op op, struct node *body)
{
    struct node *answer;
    const char *text = "";

    if (client_call(c, ctx, op, body, &answer, &text))
        die("%s: %s", wire_ops[op].name, text);
    return answer;
}
