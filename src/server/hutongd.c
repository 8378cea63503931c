/* hutongd: the record server. Options and exit codes are those of design.md 8. */
#include "server/server.h"

#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#include "base/date.h"
#include "base/lang.h"
#include "base/log.h"
#include "config.h"

#define HEAP_STEP (256 << 10)

struct options {
    const char *config, *security_admin, *restore, *until;
    bool init, recover, verify, private;
};

static int usage(void)
{
    fputs(_("用法: hutongd [--config 文件] [--foreground]\n"
            "      hutongd [--config 文件] --init [--security-admin 登录名 | --private]\n"
            "      hutongd [--config 文件] --restore 备份目录 [--until \"2026-11-22 14:05\"] | "
            "--recover | --verify\n"
            "      hutongd --version\n"),
          stderr);
    return err_exit(HE_USAGE);
}

enum {
    OPT_CONFIG = 256,
    OPT_FOREGROUND,
    OPT_INIT,
    OPT_ADMIN,
    OPT_PRIVATE,
    OPT_RESTORE,
    OPT_UNTIL,
    OPT_RECOVER,
    OPT_VERIFY,
    OPT_VERSION,
    OPT_HELP
};
static const struct option long_options[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"foreground", no_argument, NULL, OPT_FOREGROUND},
    {"init", no_argument, NULL, OPT_INIT},
    {"security-admin", required_argument, NULL, OPT_ADMIN},
    {"private", no_argument, NULL, OPT_PRIVATE},
    {"restore", required_argument, NULL, OPT_RESTORE},
    {"until", required_argument, NULL, OPT_UNTIL},
    {"recover", no_argument, NULL, OPT_RECOVER},
    {"verify", no_argument, NULL, OPT_VERIFY},
    {"version", no_argument, NULL, OPT_VERSION},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* 0 to go on, else the exit code + 1. */
static int read_options(int argc, char **argv, struct options *o)
{
    int c;
    while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (c) {
        case OPT_CONFIG:
            o->config = optarg;
            break;
        case OPT_FOREGROUND: /* the only way it runs: a supervisor keeps it */
            break;
        case OPT_INIT:
            o->init = true;
            break;
        case OPT_ADMIN:
            o->security_admin = optarg;
            break;
        case OPT_PRIVATE:
            o->private = true;
            break;
        case OPT_RESTORE:
            o->restore = optarg;
            break;
        case OPT_UNTIL:
            o->until = optarg;
            break;
        case OPT_RECOVER:
            o->recover = true;
            break;
        case OPT_VERIFY:
            o->verify = true;
            break;
        case OPT_VERSION:
            puts("hutongd " PACKAGE_VERSION);
            return 1;
        default:
            return usage() + 1;
        }
    }
    int verbs = o->init + o->recover + o->verify + (o->restore != NULL);
    bool bad = optind < argc || verbs > 1 || (!o->init && (o->security_admin || o->private)) ||
               (o->security_admin && o->private) || (o->until && !o->restore);
    return bad ? usage() + 1 : 0;
}

static int run(struct settings *s, const struct options *o)
{
    if (o->private && !s->private) {
        fprintf(stderr, _("hutongd: --private 需要配置文件中 server 一组写 private = true\n"));
        return HE_USAGE;
    }
    if (o->init)
        return setup_init(s, o->security_admin);
    if (o->until && date_time_parse(o->until, &s->store.until) < 0) {
        fprintf(stderr, _("hutongd: --until 后面写时间，例如 \"2026-11-22 14:05\"\n"));
        return HE_USAGE;
    }
    if (o->restore)
        return setup_restore(s, o->restore);
    if (o->recover)
        return setup_recover(s);
    return o->verify ? setup_verify(s) : serve(s);
}

int main(int argc, char **argv)
{
    struct options o = {0};
    lang_setup(); /* of what it says to who starts it; each session has its own */
    int r = read_options(argc, argv, &o);
    if (r)
        return r - 1;
    umask(0077);
    lang_setup();                  /* of what it says to who starts it; each session has its own */
    mallopt(M_TOP_PAD, HEAP_STEP); /* else every request gives its memory back to the kernel */
    mallopt(M_TRIM_THRESHOLD, 4 * HEAP_STEP);
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    struct settings *s = settings_read(ctx, o.config, errs);
    if (!s) {
        setup_print(errs);
        talloc_free(ctx);
        return err_exit(HE_FORMAT);
    }
    log_level_set((enum log_level)s->log_level);
    r = run(s, &o);
    talloc_free(ctx);
    return err_exit(r);
}
