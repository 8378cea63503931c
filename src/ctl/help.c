/* Usage and help from the command table. */
#include "ctl/ctl.h"

#include <string.h>
#include <talloc.h>

#include "base/conf.h"
#include "base/lang.h"
#include "base/text.h"

#define GLOBAL "[--config FILE] [--help]"

char *command_grammar(void *ctx, const struct command *c)
{
    return text_printf(ctx, "%s%s%s%s %s", c->usage,
                       c->flags & CTL_WRITE ? " [--reason TEXT] [--dry-run]" : "",
                       c->flags & CTL_DATA ? " [--json|--csv]" : "",
                       c->flags & CTL_JSON ? " [--json]" : "", GLOBAL);
}

void help_all(FILE *f)
{
    fprintf(f, _("hutongctl：护童的批量和管理命令\n\n用法: hutongctl [--config 文件] 命令 …\n"));
    for (const struct command *c = commands; c->name; c++)
        fprintf(f, "  %-18s %s\n", c->name, _(c->help));
    fprintf(f,
            _("\n每条命令的写法和例子: hutongctl 命令 --help\n"
              "配置文件: --config，或环境变量 HUTONG_CONFIG，或 %s/hutong.conf\n"
              "退出码: 0 完成  1 完成但有的行被拒  2 写法不对  3 没有找到  4 没有权限\n"
              "        5 按规定不能办  6 连不上服务器  7 与别人的修改冲突  8 结果未知\n"),
            HT_SYSCONFDIR);
}

void help_command(FILE *f, const struct command *c)
{
    char *grammar = command_grammar(NULL, c);
    fprintf(f, _("%s\n\n用法: hutongctl %s %s\n"), _(c->help), c->name, grammar);
    for (const char *p = c->example; p && *p;) {
        size_t n = strcspn(p, "\n");
        fprintf(f, p == c->example ? _("\n例:\n  hutongctl %.*s\n") : "  hutongctl %.*s\n", (int)n,
                p);
        p += n + (p[n] == '\n');
    }
    talloc_free(grammar);
}

bool help_group(FILE *f, const char *word)
{
    size_t n = strlen(word);
    bool any = false;
    for (const struct command *c = commands; c->name; c++) {
        if (strncmp(c->name, word, n) != 0 || c->name[n] != ' ')
            continue;
        char *grammar = command_grammar(NULL, c);
        fprintf(f, "hutongctl %s %s\n    %s\n", c->name, grammar, _(c->help));
        talloc_free(grammar);
        any = true;
    }
    return any;
}

const char *help_nearest(const char *word)
{
    const char *names[128];
    size_t n = 0;
    for (const struct command *c = commands; c->name && n + 1 < NELEM(names); c++)
        names[n++] = c->name;
    names[n] = NULL;
    return conf_nearest(word, names);
}
