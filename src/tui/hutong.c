/*
 * hutong: the screens. Cleans what it was started with, signs in, opens 今日工作.
 *   hutong [--config FILE] [--encoding utf-8|gb18030|ask]
 *   hutong keytest
 */
#include <config.h>

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/encoding.h"
#include "tui/keytest.h"
#include "tui/plain.h"
#include "tui/session.h"
#include "tui/tui.h"
#include "tui/urgent.h"

enum { WARN_S = 120 };

extern char **environ;

/* What of the surroundings is used; everything else a client may have sent is thrown away. */
static const char *const kept[] = {"TERM",         "HOME",
                                   "USER",         "LOGNAME",
                                   "LANG",         "LC_ALL",
                                   "LC_CTYPE",     "LC_MESSAGES",
                                   "SSH_CLIENT",   "HUTONG_CONFIG",
                                   "HUTONG_TODAY", "HUTONG_USER",
                                   "HUTONG_LANG",  "HUTONG_TERM_ENCODING"};

static void clean_environment(void *ctx)
{
    const char *value[NELEM(kept)];
    for (size_t i = 0; i < NELEM(kept); i++) {
        const char *v = getenv(kept[i]);
        value[i] = v ? talloc_strdup(ctx, v) : NULL;
    }
    clearenv();
    setenv("PATH", "/usr/bin:/bin", 1);
    for (size_t i = 0; i < NELEM(kept); i++)
        if (value[i])
            setenv(kept[i], value[i], 1);
}

/* Children's data pass through this memory: nobody else looks into it, nothing of it is dumped. */
static void close_memory(void)
{
    struct rlimit none = {0, 0};
#ifndef __SANITIZE_ADDRESS__ /* its leak check traces the program itself */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    setrlimit(RLIMIT_CORE, &none);
}

static int fail(int err, const char *sentence)
{
    fprintf(stderr, "hutong: %s\n", sentence);
    return err_exit(err);
}

static int usage(void)
{
    fputs(_("用法：hutong [--config 文件] [--encoding utf-8|gb18030|ask] [--plain]\n"
            "      hutong keytest    看每个按键送来了什么\n"),
          stderr);
    return err_exit(HE_USAGE);
}

struct start {
    const char *config, *encoding;
    bool keytest, plain;
};

static bool read_args(int argc, char **argv, struct start *s)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"encoding", required_argument, NULL, 'e'},
                                            {"plain", no_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};
    int c;
    opterr = 0;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'c')
            s->config = optarg;
        else if (c == 'e')
            s->encoding = optarg;
        else if (c == 'p')
            s->plain = true;
        else
            return false;
    }
    const char *term = getenv("TERM"); /* over ssh it is all that a person can say */
    s->plain = s->plain || (term && strcmp(term, "dumb") == 0);
    s->keytest = optind < argc && strcmp(argv[optind], "keytest") == 0;
    return optind + (s->keytest ? 1 : 0) == argc;
}

static void urgent(struct app *app, void *arg)
{
    urgent_open(app, arg);
}

static void idle(struct app *app, bool lock, void *arg)
{
    (void)arg;
    if (lock)
        app_hide(app);
    else
        app_message(app, _("很久没有按键了，再过两分钟就把屏幕遮住。录入的内容都在。"));
}

static int run(struct session *s, const struct term_opts *opts)
{
    struct app *app;
    const char *why;
    int r = app_new(s, opts, &app, &why);
    if (r < 0)
        return fail(r, why);
    s->app = app;
    int lock = (int)node_num(s->me, "idle_lock_minutes", 0) * 60;
    if (lock > 0)
        app_on_idle(app, lock > 2 * WARN_S ? lock - WARN_S : 0, lock, idle, NULL);
    const char *readonly = node_text(s->me, "readonly");
    if (readonly)
        app_message(app, "%s", _(readonly));
    if (session_may(s, "urgent_report.add"))
        app_on_urgent(app, urgent, s);
    home_open(app, s);
    r = app_run(app);
    s->app = NULL;
    talloc_free(app);
    return r < 0 ? err_exit(r) : 0;
}

static int sign_in(void *ctx, const struct start *start)
{
    struct conf_errors *errs = conf_errors_new(ctx);
    struct place *place = place_read(ctx, start->config, errs);
    struct term_opts opts;
    struct session *s;
    const char *text;
    if (!place)
        return fail(HE_FORMAT, errs->n ? errs->text[0] : _("读不了配置文件"));
    int r = session_open(ctx, place, &s, &text);
    if (r < 0)
        return fail(r, _(text));
    r = encoding_choose(ctx,
                        start->encoding ? start->encoding
                        : start->plain  ? "utf-8"
                                        : NULL,
                        &opts, &text);
    if (r == 0 && start->plain)
        return plain_run(s, opts.enc);
    return r < 0 ? fail(r, text) : run(s, &opts);
}

static int begin(void *ctx, int argc, char **argv)
{
    struct start start = {0};
    const char *asked = getenv("SSH_ORIGINAL_COMMAND");
    if (asked && *asked)
        return fail(HE_USAGE, _("护童只能在终端里使用，不能从 ssh 命令行运行别的命令。"
                                "请去掉命令，直接登录。"));
    clean_environment(ctx);
    lang_setup(); /* LANGUAGE was cleared too */
    if (!read_args(argc, argv, &start))
        return usage();
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return fail(HE_USAGE, _("这里不是终端。请在终端窗口里登录；用 ssh 时加上 -t。"
                                "批量办理请用 hutongctl。"));
    return start.keytest ? keytest_main() : sign_in(ctx, &start);
}

int main(int argc, char **argv)
{
    void *ctx = talloc_named_const(NULL, 0, "hutong");
    close_memory();
    signal(SIGPIPE, SIG_IGN);
    lang_setup();
    int r = begin(ctx, argc, argv);
    talloc_free(ctx);
    return r;
}
