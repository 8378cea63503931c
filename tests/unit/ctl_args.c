/* The grammar of usage texts, and that every row of the command table keeps to it. */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "ctl/commands.h"

static const char *const grammar = "LOGIN [WORD …] --role R [--name N] [--json|--csv FILE] [--dry]";

/* Arguments split at '|'; what was read as "role/name/csv/flags:words", or the sentence. */
static char *read_words(void *ctx, const char *g, const char *words)
{
    char *argv[16], *s = talloc_strdup(ctx, words), *problem;
    int argc = 0;
    struct args *a;
    for (char *w; s && *s && (w = strsep(&s, "|"));)
        argv[argc++] = w;
    if (args_read(ctx, g, argc, argv, &a, &problem) < 0)
        return text_printf(ctx, "!%s", problem);
    char *out = text_printf(ctx, "%s/%s/%s/%d%d:", args_text(a, "--role"), args_text(a, "--name"),
                            args_text(a, "--csv"), args_has(a, "--json"), args_has(a, "--dry"));
    for (size_t i = 0; i < args_count(a); i++)
        out = talloc_asprintf_append(out, "%s%s", i ? "," : "", args_at(a, i));
    cr_assert(args_at(a, args_count(a)) == NULL);
    return out;
}

Test(ctl_args, reading)
{
    static const char *const t[][2] = {
        {"wang|--role|director", "director/(null)/(null)/00:wang"},
        {"--role=director|wang|--json", "director/(null)/(null)/10:wang"},
        {"a|b|c|--role|r|--csv|f|--dry", "r/(null)/f/01:a,b,c"},
        {"--role|r|--|--name|x", "r/(null)/(null)/00:--name,x"},
        {"-|--role|r|--name|", "!选项 --name"},
        {"-|--role|r|--name=", "r//(null)/00:-"},
        {"wang", "!还缺 --role"},
        {"--role|r", "!还缺 LOGIN"},
        {"wang|--role", "!选项 --role 后面要写 R"},
        {"wang|--role|r|--role|s", "!选项 --role 写了两次"},
        {"wang|--role|r|--json=1", "!选项 --json 后面不用写"},
        {"wang|--rol|r", "!没有选项 --rol，是不是 --role"},
        {"wang|--xyzzy", "!没有选项 --xyzzy"},
        {"wang|-x", "!没有选项 -x"},
    };
    void *ctx = talloc_new(NULL);
    for (size_t i = 0; i < NELEM(t); i++) {
        char *got = read_words(ctx, grammar, t[i][0]);
        cr_assert(t[i][1][0] == '!' ? strncmp(got, t[i][1], strlen(t[i][1])) == 0
                                    : strcmp(got, t[i][1]) == 0,
                  "%s: %s", t[i][0], got);
    }
    cr_assert_str_eq(read_words(ctx, "A", "1|2"), "!多了 2");
    cr_assert_str_eq(read_words(ctx, "[--json] [--help]", ""), "(null)/(null)/(null)/00:");
    talloc_free(ctx);
}

/* Each row: a sentence, a function, brackets in pairs, examples that begin with its name and can be
 * read. */
static void check_example(void *ctx, const struct command *c, const char *line)
{
    char *argv[32], *s = talloc_strdup(ctx, line + strlen(c->name)), *problem = NULL;
    int argc = 0;
    struct args *a;
    cr_assert(strncmp(line, c->name, strlen(c->name)) == 0, "%s: %s", c->name, line);
    for (char *p = s; *p;) { /* as a shell splits it */
        p += strspn(p, " ");
        char end = *p == '"' ? '"' : ' ';
        p += end == '"';
        if (!*p)
            break;
        argv[argc++] = p;
        p += strcspn(p, end == '"' ? "\"" : " ");
        if (*p)
            *p++ = '\0';
    }
    cr_assert(args_read(ctx, command_grammar(ctx, c), argc, argv, &a, &problem) == 0, "%s: %s",
              line, problem);
}

Test(ctl_args, every_command)
{
    void *ctx = talloc_new(NULL);
    size_t n = 0;
    for (const struct command *c = commands; c->name; c++, n++) {
        int depth = 0;
        cr_assert(c->usage && c->help && c->run, "%s", c->name);
        for (const char *p = c->usage; *p; p++) {
            depth += (*p == '[') - (*p == ']');
            cr_assert(depth == 0 || depth == 1, "%s", c->name);
        }
        cr_assert_eq(depth, 0, "%s", c->name);
        for (const struct command *d = commands; d < c; d++)
            cr_assert(strcmp(c->name, d->name) != 0, "%s", c->name);
        char *lines = talloc_strdup(ctx, c->example ? c->example : "");
        for (char *line; lines && *lines && (line = strsep(&lines, "\n"));)
            check_example(ctx, c, line);
    }
    cr_assert(n >= 30);
    talloc_free(ctx);
}
