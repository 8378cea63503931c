#include "server/run.h"

#include <fcntl.h>
#include <criterion/criterion.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

void run_conf(struct run *r, const char *server, const char *extra)
{
    FILE *f = fopen(r->conf, "w");
    cr_assert(f != NULL);
    fprintf(f,
            "server = { data_dir = \"data\"; socket = \"s\"; forms_dir = \"%s\";\n"
            "roles = \"%s/conf/roles.conf\"; import_dir = \"%s/conf/import\"; %s };\n%s\n",
            r->forms ? r->forms : SRCDIR "/forms", SRCDIR, SRCDIR, server, extra ? extra : "");
    fclose(f);
}

void run_make(struct run *r, const char *extra)
{
    run_make_forms(r, NULL, extra);
}

void run_make_forms(struct run *r, const char *forms, const char *extra)
{
    static const char *const init[] = {"--init", "--private", NULL};
    const char *tmp = getenv("TMPDIR");
    memset(r, 0, sizeof *r);
    r->err = -1;
    r->forms = forms;
    snprintf(r->dir, sizeof r->dir, "%.40s/hutong-XXXXXX", tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(r->dir) != NULL);
    snprintf(r->conf, sizeof r->conf, "%s/hutong.conf", r->dir);
    snprintf(r->sock, sizeof r->sock, "%s/s", r->dir);
    run_conf(r, "private = true;", extra);
    cr_assert_eq(run_start(r, init), 0, "%s", r->said);
}

bool run_says(struct run *r, const char *words)
{
    char buf[512];
    while (!strstr(r->said, words)) {
        ssize_t n = read(r->err, buf, sizeof buf);
        if (n <= 0)
            return false;
        r->said = talloc_strndup_append(r->said, buf, (size_t)n);
    }
    return true;
}

int run_wait(struct run *r)
{
    int status = 0;
    (void)run_says(r, "\x01no such words");
    cr_assert_eq(waitpid(r->pid, &status, 0), r->pid);
    close(r->err);
    r->err = -1;
    r->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_start(struct run *r, const char *const *args)
{
    const char *argv[12] = {BUILDDIR "/hutongd", "--config", r->conf};
    int p[2], n = 3;
    for (; args && *args; args++)
        argv[n++] = *args;
    if (n == 3)
        argv[n++] = "--foreground";
    argv[n] = NULL;
    cr_assert_eq(pipe(p), 0);
    r->pid = fork();
    if (r->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves no server behind */
        dup2(p[1], 2);
        close(p[0]);
        close(p[1]);
        execv(argv[0], base_unconst(argv));
        _exit(127);
    }
    close(p[1]);
    r->err = p[0];
    talloc_free(r->said);
    r->said = talloc_strdup(NULL, "");
    if (strcmp(argv[3], "--foreground") == 0 && run_says(r, " ready "))
        return 0;
    return run_wait(r);
}

int run_stop(struct run *r)
{
    kill(r->pid, SIGTERM);
    return run_wait(r);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void run_drop(struct run *r)
{
    if (r->pid > 0)
        cr_expect_eq(run_stop(r), 0, "the server ended badly: %s", r->said);
    nftw(r->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    talloc_free(r->said);
}

int run_dial(const struct run *r)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    strcpy(a.sun_path, r->sock);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

const char *run_call(struct run *r, void *ctx, int fd, const char *op, struct node *body,
                     struct node **answer)
{
    struct node *n = node_map(ctx), *got;
    node_int(n, "seq", ++r->seq);
    node_str(n, "op", op);
    if (body)
        node_copy(n, "body", body);
    else
        node_add_map(n, "body");
    (void)wire_send(fd, n, 10000);
    if (wire_recv(ctx, fd, &got, 10000) < 0)
        return "";
    if (answer)
        *answer = got;
    return node_text_or(got, "err", "?");
}

struct node *run_hello_body(struct run *r, void *ctx)
{
    static uint64_t nonces;
    struct node *b = node_map(ctx);
    r->nonce = ++nonces * 1000 + (uint64_t)getpid();
    node_int(b, "wire", WIRE_VERSION);
    node_int(b, "nonce", (int64_t)r->nonce);
    node_str(b, "program", "test");
    node_str(b, "from", "test");
    return b;
}

int run_hello(struct run *r, void *ctx, const char *user)
{
    int fd = run_dial(r);
    struct node *b = run_hello_body(r, ctx), *answer = NULL;
    if (user)
        node_str(b, "as", user);
    const char *err = run_call(r, ctx, fd, "hello", b, &answer);
    cr_assert_str_eq(err, "OK", "%s %s", err, node_text_or(answer, "text", ""));
    return fd;
}

void run_drain(const struct run *r)
{
    char buf[4096];
    fcntl(r->err, F_SETFL, O_NONBLOCK);
    while (read(r->err, buf, sizeof buf) > 0)
        ;
    fcntl(r->err, F_SETFL, 0);
}

bool run_closed(int fd)
{
    void *ctx = talloc_new(NULL);
    struct node *n;
    int r;
    while ((r = wire_recv(ctx, fd, &n, 10000)) == 0)
        ;
    talloc_free(ctx);
    close(fd);
    return r == HE_UNREACHABLE;
}
