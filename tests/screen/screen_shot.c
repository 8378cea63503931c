/*
 * Runs a program in a terminal, types, and writes what the screen shows (harness_dump) to stdout.
 *   screen_shot [-s 80x24] [-t TERM] [-g] [-m SECONDS] [-k KEYS | -w TEXT | -n TEXT | -x]... PROGRAM...
 * -k types (\r \e \t \\ and \xHH work), -w waits until the screen shows TEXT, -n until it does not,
 * -x until the program has ended; in the order given. What never comes ends it with exit code 1.
 * -g: the terminal speaks GB18030; -m: how long to wait for each (5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/base.h"
#include "screen/harness.h"

enum { STEPS = 512 };

/* \r and the like to bytes, in place. */
static char *unescape(char *s)
{
    char *w = s;
    for (char *r = s; *r; r++) {
        if (*r != '\\' || !r[1]) {
            *w++ = *r;
            continue;
        }
        r++;
        if (*r == 'x' && r[1] && r[2]) {
            char hex[3] = {r[1], r[2], '\0'};
            *w++ = (char)strtol(hex, NULL, 16);
            r += 2;
        } else {
            *w++ = *r == 'r' ? '\r' : *r == 'e' ? '\033' : *r == 't' ? '\t' : *r;
        }
    }
    *w = '\0';
    return s;
}

struct step {
    int kind; /* the option's letter */
    char *text;
};

struct shot {
    struct harness_opts opts;
    struct step step[STEPS];
    int n, ms; /* ms: limit of one wait */
};

static int usage(void)
{
    fputs("usage: screen_shot [-s 80x24] [-t TERM] [-g] [-m SECONDS]\n"
          "                   [-k KEYS | -w TEXT | -n TEXT | -x]... PROGRAM [ARGUMENT]...\n",
          stderr);
    return 2;
}

static bool read_args(struct shot *s, int argc, char **argv)
{
    int c;
    s->ms = HARNESS_MS;
    while ((c = getopt(argc, argv, "+s:t:gm:k:w:n:x")) != -1) {
        if (c == 's' && sscanf(optarg, "%dx%d", &s->opts.cols, &s->opts.rows) == 2)
            continue;
        else if (c == 't')
            s->opts.term = optarg;
        else if (c == 'g')
            s->opts.gb18030 = true;
        else if (c == 'm' && atoi(optarg) > 0)
            s->ms = atoi(optarg) * 1000;
        else if (strchr("kwnx", c) && s->n < STEPS)
            s->step[s->n++] = (struct step){c, c == 'k' ? unescape(optarg) : optarg};
        else
            return false;
    }
    s->opts.argv = (const char *const *)(argv + optind);
    return optind < argc;
}

static bool do_step(struct harness *h, const struct step *step, int ms)
{
    bool good = true;
    if (step->kind == 'k')
        harness_send(h, step->text);
    else if (step->kind == 'x')
        good = harness_wait_exit(h, ms) >= 0;
    else if (step->kind == 'w')
        good = harness_wait(h, step->text, ms);
    else
        good = harness_wait_gone(h, step->text, ms);
    if (!good && step->kind == 'x')
        fputs("screen_shot: the program did not end\n", stderr);
    else if (!good)
        fprintf(stderr, "screen_shot: the screen %s: %s\n",
                step->kind == 'w' ? "never showed" : "went on showing", step->text);
    return good;
}

int main(int argc, char **argv)
{
    static struct shot s;
    bool good = true;
    if (!read_args(&s, argc, argv))
        return usage();
    struct harness *h = harness_start(NULL, &s.opts);
    harness_settle(h);
    for (int i = 0; i < s.n && good; i++) {
        good = do_step(h, &s.step[i], s.ms);
        harness_settle(h);
    }
    harness_dump(h, stdout);
    harness_stop(h);
    return good ? 0 : 1;
}
