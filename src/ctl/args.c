/* Arguments by the grammar of a usage text. */
#include "ctl/args.h"

#include <string.h>
#include <talloc.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"

struct option_rule {
    const char *name; /* "--role" */
    const char *value_name;
    bool needed;
    bool given;
    const char *value;
};

struct args {
    struct option_rule *rule;
    size_t nrule;
    const char **word; /* positional, as the grammar names them */
    size_t nword, needed;
    bool repeats;
    const char **arg;
    size_t narg;
};

/* --- the grammar --- */

static struct option_rule *add_rule(struct args *a, const char *name, bool needed)
{
    a->rule = talloc_realloc(a, a->rule, struct option_rule, a->nrule + 1);
    MUST(a->rule);
    a->rule[a->nrule] = (struct option_rule){.name = name, .needed = needed};
    return &a->rule[a->nrule++];
}

static void add_word(struct args *a, const char *word, bool needed)
{
    a->word = talloc_realloc(a, a->word, const char *, a->nword + 1);
    MUST(a->word);
    a->word[a->nword++] = word;
    a->needed += needed;
}

static void take_word(struct args *a, char *word, bool needed, bool *may_value)
{
    if (strcmp(word, "…") == 0) {
        a->repeats = true;
    } else if (strncmp(word, "--", 2) == 0) {
        add_rule(a, word, needed);
        *may_value = true;
        return;
    } else if (*may_value) {
        a->rule[a->nrule - 1].value_name = word;
    } else {
        add_word(a, word, needed);
    }
    *may_value = false;
}

static void read_grammar(struct args *a, const char *p)
{
    int depth = 0;
    bool may_value = false;
    while (*p) {
        size_t n = strcspn(p, " []|");
        if (n > 0) {
            take_word(a, talloc_strndup(a, p, n), depth == 0, &may_value);
            p += n;
            continue;
        }
        depth += (*p == '[') - (*p == ']');
        if (*p != ' ')
            may_value = false;
        p++;
    }
}

/* --- the arguments --- */

static struct option_rule *find_rule(const struct args *a, const char *name, size_t len)
{
    for (size_t i = 0; i < a->nrule; i++)
        if (strlen(a->rule[i].name) == len && strncmp(a->rule[i].name, name, len) == 0)
            return &a->rule[i];
    return NULL;
}

static char *strange_option(void *ctx, const struct args *a, const char *name)
{
    const char **names = talloc_zero_array(ctx, const char *, a->nrule + 1);
    MUST(names);
    for (size_t i = 0; i < a->nrule; i++)
        names[i] = a->rule[i].name;
    const char *near = conf_nearest(name, names);
    return near ? text_printf(ctx, _("没有选项 %s，是不是 %s？"), name, near)
                : text_printf(ctx, _("没有选项 %s"), name);
}

static void add_arg(struct args *a, const char *arg)
{
    a->arg = talloc_realloc(a, a->arg, const char *, a->narg + 1);
    MUST(a->arg);
    a->arg[a->narg++] = arg;
}

/* Takes argv[i], and argv[i + 1] when it is its value. */
static int take_option(void *ctx, struct args *a, int argc, char **argv, int *i, char **problem)
{
    const char *name = argv[*i], *eq = strchr(name, '=');
    size_t len = eq ? (size_t)(eq - name) : strlen(name);
    struct option_rule *r = find_rule(a, name, len);
    if (!r) {
        *problem = strange_option(ctx, a, talloc_strndup(ctx, name, len));
        return HE_USAGE;
    }
    if (r->given) {
        *problem = text_printf(ctx, _("选项 %s 写了两次"), r->name);
        return HE_USAGE;
    }
    r->given = true;
    if (!r->value_name) {
        if (eq)
            *problem = text_printf(ctx, _("选项 %s 后面不用写内容"), r->name);
        return eq ? HE_USAGE : 0;
    }
    r->value = eq ? eq + 1 : *i + 1 < argc ? argv[++*i] : NULL;
    if (!r->value)
        *problem = text_printf(ctx, _("选项 %s 后面要写 %s"), r->name, r->value_name);
    return r->value ? 0 : HE_USAGE;
}

static int check(void *ctx, const struct args *a, char **problem)
{
    if (a->narg < a->needed)
        *problem = text_printf(ctx, _("还缺 %s"), a->word[a->narg]);
    else if (a->narg > a->nword && !a->repeats)
        *problem = text_printf(ctx, _("多了 %s"), a->arg[a->nword]);
    for (size_t i = 0; i < a->nrule && !*problem; i++)
        if (a->rule[i].needed && !a->rule[i].given)
            *problem = text_printf(ctx, _("还缺 %s %s"), a->rule[i].name,
                                   a->rule[i].value_name ? a->rule[i].value_name : "");
    return *problem ? HE_USAGE : 0;
}

int args_read(void *ctx, const char *grammar, int argc, char **argv, struct args **out,
              char **problem)
{
    struct args *a = talloc_zero(ctx, struct args);
    bool rest = false;
    int r = 0;
    MUST(a);
    *problem = NULL;
    read_grammar(a, grammar);
    for (int i = 0; i < argc && r == 0; i++) {
        if (!rest && strcmp(argv[i], "--") == 0)
            rest = true;
        else if (!rest && strcmp(argv[i], "-h") == 0)
            argv[i--] = base_unconst("--help");
        else if (!rest && argv[i][0] == '-' && argv[i][1] != '\0')
            r = take_option(ctx, a, argc, argv, &i, problem);
        else
            add_arg(a, argv[i]);
    }
    if (r == 0 && !args_has(a, "--help"))
        r = check(ctx, a, problem);
    *out = a;
    return r;
}

size_t args_count(const struct args *a)
{
    return a->narg;
}

const char *args_at(const struct args *a, size_t i)
{
    return i < a->narg ? a->arg[i] : NULL;
}

const char *args_text(const struct args *a, const char *option)
{
    const struct option_rule *r = find_rule(a, option, strlen(option));
    return r ? r->value : NULL;
}

bool args_has(const struct args *a, const char *option)
{
    const struct option_rule *r = find_rule(a, option, strlen(option));
    return r && r->given;
}
