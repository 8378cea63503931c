/* Finds the command, reads its arguments, connects, runs it. */
#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "config.h"

static void say_all(const struct conf_errors *errs)
{
    for (size_t i = 0; i < errs->n; i++)
        out_say("%s", errs->text[i]);
}

int ctl_place(struct ctl *c)
{
    struct conf_errors *errs = conf_errors_new(c);
    if (!c->place)
        c->place = place_read(c, c->config, errs);
    say_all(errs);
    return c->place ? 0 : HE_FORMAT;
}

int ctl_dict_read(struct ctl *c, const char *dir)
{
    struct conf_errors *errs = conf_errors_new(c);
    c->dict = rec_load_dict(c, dir, errs);
    if (c->dict && (c->cmd->flags & CTL_OFFLINE)) /* forms check; only the server needs them */
        talloc_free(rec_load_reports(c, c->dict, errs));
    say_all(errs);
    return c->dict && !errs->n ? 0 : HE_FORMAT;
}

int ctl_dict(struct ctl *c)
{
    int r = c->dict ? 0 : ctl_place(c);
    return r < 0 || c->dict ? r : ctl_dict_read(c, c->place->forms);
}

int ctl_form(struct ctl *c, const char *type, const struct form **form)
{
    int r = ctl_dict(c);
    if (r < 0)
        return r;
    *form = dict_form(c->dict, type);
    if (*form)
        return 0;
    const char **names = talloc_zero_array(c, const char *, c->dict->nform + 1);
    MUST(names);
    for (size_t i = 0; i < c->dict->nform; i++)
        names[i] = c->dict->form[i].name;
    const char *near = conf_nearest(type, names);
    out_say(near ? _("hutongctl: 没有 %s 这种记录，是不是 %s？") : _("hutongctl: 没有 %s 这种记录"),
            type, near);
    return HE_USAGE;
}

/* Where the person sits, for the audit trail. */
static const char *from_where(void *ctx)
{
    const char *ssh = getenv("SSH_CLIENT"), *tty = ttyname(STDIN_FILENO);
    if (ssh && *ssh)
        return talloc_strndup(ctx, ssh, strcspn(ssh, " "));
    return tty ? tty : "local";
}

int ctl_connect(struct ctl *c)
{
    const char *text = NULL;
    int r = ctl_place(c);
    if (r < 0)
        return r;
    struct client_conf conf = {.socket = c->place->socket,
                               .today = getenv("HUTONG_TODAY"),
                               .as = getenv("HUTONG_USER"),
                               .program = "hutongctl",
                               .from = from_where(c),
                               .timeout_ms = 600000};
    r = client_open(c, &conf, &c->client, &c->me, &text);
    if (r < 0)
        out_say("hutongctl: %s", text);
    return r;
}

int ctl_try(struct ctl *c, enum wire_op op, struct node *body, struct node **answer,
            const char **text)
{
    if (!c->received)
        c->received = talloc_new(c);
    return client_call(c->client, c->received, op, body, answer, text);
}

void ctl_forget(struct ctl *c)
{
    talloc_free(c->received);
    c->received = NULL;
}

int ctl_call(struct ctl *c, enum wire_op op, struct node *body, struct node **answer)
{
    const char *text = NULL;
    struct node *own = NULL;
    answer = answer ? answer : &own;
    int r = ctl_try(c, op, body, answer, &text);
    if (r < 0) {
        out_say("hutongctl: %s", text);
        ctl_print_findings(c, *answer);
    }
    return r;
}

struct date ctl_today(const struct ctl *c)
{
    struct date d;
    if (date_parse(node_text_or(c->me, "today", ""), &d) < 0)
        d = date_of_time(date_now());
    return d;
}

/* --- which command --- */

/* The row whose name begins argv; *used its words. */
static const struct command *find_command(int argc, char **argv, int *used)
{
    const struct command *best = NULL;
    for (const struct command *c = commands; c->name; c++) {
        const char *space = strchr(c->name, ' ');
        size_t first = space ? (size_t)(space - c->name) : strlen(c->name);
        if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], c->name, first) != 0)
            continue;
        if (space && (argc < 2 || strcmp(argv[1], space + 1) != 0))
            continue;
        best = c;
        *used = space ? 2 : 1;
    }
    return best;
}

static int no_command(void *ctx, int argc, char **argv)
{
    const char *word =
        argc > 1 && argv[1][0] != '-' ? text_printf(ctx, "%s %s", argv[0], argv[1]) : argv[0];
    bool wants_help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (help_group(wants_help ? stdout : stderr, argv[0]))
        return wants_help ? 0 : HE_USAGE;
    const char *near = help_nearest(word);
    near = near ? near : help_nearest(argv[0]);
    out_say(near ? _("hutongctl: 没有命令 %s，是不是 %s？")
                 : _("hutongctl: 没有命令 %s，全部命令见 hutongctl --help"),
            word, near);
    return HE_USAGE;
}

/* Options that stand before the command; 0 to go on, 1 done, HE_USAGE. */
static int read_global(struct ctl *c, int argc, char **argv, int *i)
{
    for (; *i < argc && argv[*i][0] == '-'; (*i)++) {
        const char *a = argv[*i];
        if (strncmp(a, "--config=", 9) == 0) {
            c->config = a + 9;
        } else if (strcmp(a, "--config") == 0 && *i + 1 < argc) {
            c->config = argv[++*i];
        } else if (strcmp(a, "--help") == 0 || strcmp(a, "-h") == 0) {
            help_all(stdout);
            return 1;
        } else if (strcmp(a, "--version") == 0) {
            puts("hutongctl " PACKAGE_VERSION);
            return 1;
        } else {
            out_say(_("hutongctl: 命令前面不能写 %s"), a);
            return HE_USAGE;
        }
    }
    return 0;
}

static int run_command(struct ctl *c, int argc, char **argv)
{
    char *problem;
    int r = args_read(c, command_grammar(c, c->cmd), argc, argv, &c->args, &problem);
    if (r < 0) {
        out_say("hutongctl: %s", problem);
        out_say(_("用法: hutongctl %s %s"), c->cmd->name, c->cmd->usage);
        return r;
    }
    if (args_has(c->args, "--help")) {
        help_command(stdout, c->cmd);
        return 0;
    }
    if (args_text(c->args, "--config"))
        c->config = args_text(c->args, "--config");
    c->format = args_has(c->args, "--json")                                ? OUT_JSON
                : (c->cmd->flags & CTL_DATA) && args_has(c->args, "--csv") ? OUT_CSV
                                                                           : OUT_TABLE;
    if (!(c->cmd->flags & CTL_OFFLINE))
        r = ctl_connect(c);
    return r < 0 ? r : c->cmd->run(c);
}

int ctl_run(struct ctl *c, int argc, char **argv)
{
    int i = 1, used = 0;
    int r = read_global(c, argc, argv, &i);
    if (r)
        return r < 0 ? r : 0;
    if (i < argc && strcmp(argv[i], "help") == 0) {
        c->cmd = find_command(argc - i - 1, argv + i + 1, &used);
        if (c->cmd)
            help_command(stdout, c->cmd);
        else if (i + 1 >= argc || !help_group(stdout, argv[i + 1]))
            help_all(stdout);
        return 0;
    }
    if (i >= argc) {
        help_all(stderr);
        return HE_USAGE;
    }
    c->cmd = find_command(argc - i, argv + i, &used);
    if (!c->cmd)
        return no_command(c, argc - i, argv + i);
    return run_command(c, argc - i - used, argv + i + used);
}
