#include "tui/box.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"

enum { WORDS_MAX = 24, TICK_MS = 200, TICKS = 5, SAID_MAX = 256 * 1024 };

struct tool {
    pid_t pid;
    int fd; /* what it prints */
    char *said;
    int ticks;
};

bool box_there(struct app *app, const struct session *s)
{
    if (!s->box)
        app_message(app, _("您还没有投件取件箱，请县局管理员开通。"));
    return s->box != NULL;
}

/* By jump code, children first; those without a code last. */
static int by_menu(const void *a, const void *b)
{
    const struct form *x = *(const struct form *const *)a, *y = *(const struct form *const *)b;
    if (!x->code || !y->code)
        return (y->code != NULL) - (x->code != NULL);
    return strcmp(x->code, y->code);
}

const char *box_pick_type(struct app *app, struct session *s, const char *title, const char *verb,
                          bool other)
{
    void *ctx = talloc_new(NULL);
    size_t max = s->dict->nform, n = 0;
    const struct form **form = talloc_zero_array(ctx, const struct form *, max + 1);
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, max + 1);
    MUST(form && items);
    for (size_t i = 0; i < max; i++)
        if ((other || !s->dict->form[i].system) && !s->dict->form[i].owner &&
            session_may_do(s, s->dict->form[i].name, verb))
            form[n++] = &s->dict->form[i];
    qsort(form, n, sizeof(*form), by_menu);
    for (size_t i = 0; i < n; i++)
        items[i].label = _(form[i]->label);
    struct pick p = {.title = title, .items = items, .n = n};
    int i = n > 1 ? popup_pick(app, &p) : (int)n - 1;
    const char *type = i < 0 ? NULL : form[i]->name;
    talloc_free(ctx);
    return type;
}

/* hutongctl stands beside this program, installed or not. */
static char *tool_path(void *ctx)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n <= 0)
        return NULL;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    return slash ? text_printf(ctx, "%.*s/hutongctl", (int)(slash - self), self) : NULL;
}

static void run_child(int out, const char *path, const char *const *argv)
{
    setsid(); /* keys of the terminal are ours alone */
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    close(STDIN_FILENO);
    for (int i = 3; i < 256; i++)
        close(i);
    signal(SIGPIPE, SIG_DFL);
    execv(path, base_unconst(argv));
    _exit(127);
}

static int start(struct session *s, void *ctx, const char *const *words, struct tool *t)
{
    const char *argv[WORDS_MAX] = {"hutongctl", "--config", s->place->config};
    char *path = tool_path(ctx);
    int p[2], n = 3;
    for (; *words && n < WORDS_MAX - 1; words++)
        argv[n++] = *words;
    if (!path || *words || pipe(p) != 0)
        return HE_IO;
    *t = (struct tool){.fd = p[0], .said = talloc_strdup(ctx, "")};
    t->pid = fork();
    if (t->pid == 0)
        run_child(p[1], path, argv);
    close(p[1]);
    if (t->pid > 0)
        return 0;
    close(p[0]);
    return HE_IO;
}

/* How far the newest running job is, once a second. */
static void progress(struct app *app, struct session *s, const char *what)
{
    void *ctx = talloc_new(NULL);
    struct node *answer;
    int64_t done = 0, total = 0;
    if (session_call_quiet(app, s, ctx, OP_JOB_LIST, NULL, &answer, NULL) == 0)
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
            if (strncmp(node_text_or(e, "kind", ""), "import", 6) == 0 &&
                node_num(e, "done", 0) < node_num(e, "total", 0)) {
                done = node_num(e, "done", 0);
                total = node_num(e, "total", 0);
            }
    if (total > 0)
        app_progress(app, _("%s %lld/%lld  %lld%%  Ctrl-C 停止"), what, (long long)done,
                    (long long)total, (long long)(done * 100 / total));
    else
        app_progress(app, _("%s，请稍候。Ctrl-C 停止"), what);
    talloc_free(ctx);
}

/* Takes what was printed; false at its end. */
static bool take(struct tool *t)
{
    char buf[4096];
    ssize_t n = read(t->fd, buf, sizeof(buf));
    if (n < 0 && errno == EINTR)
        return true;
    if (n > 0 && strlen(t->said) < SAID_MAX) {
        t->said = talloc_strndup_append(t->said, buf, (size_t)n);
        MUST(t->said);
    }
    return n > 0;
}

int box_run(struct app *app, struct session *s, void *ctx, const char *what,
            const char *const *words, char **said)
{
    struct tool t;
    bool stopped = false;
    int status = 0;
    if (start(s, ctx, words, &t) < 0)
        return HE_IO;
    for (bool more = true; more;) {
        struct pollfd p = {.fd = t.fd, .events = POLLIN};
        if (poll(&p, 1, TICK_MS) > 0)
            more = take(&t);
        else if (t.ticks++ % TICKS == 0)
            progress(app, s, what);
        if (!stopped && app_stopped(app)) {
            kill(t.pid, SIGTERM); /* rows acknowledged stay, the next run goes on behind them */
            stopped = true;
        }
    }
    close(t.fd);
    app_progress(app, "%s", "");
    while (waitpid(t.pid, &status, 0) < 0 && errno == EINTR) {
    }
    *said = text_visible(ctx, t.said, TEXT_MULTILINE);
    return stopped ? HE_CANCELLED : WIFEXITED(status) ? WEXITSTATUS(status) : HE_IO;
}
