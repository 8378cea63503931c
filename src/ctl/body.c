/* Bodies of requests, and what comes back from a save. */
#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"

#define ID_DIGITS 11 /* keys (division codes, file numbers) have more */

struct node *ctl_body(struct ctl *c, const char *type)
{
    struct node *b = node_map(c->args);
    ctl_put_text(b, "type", type);
    node_str(b, "source", "ctl");
    if (c->cmd->flags & CTL_WRITE) {
        ctl_put_text(b, "why", args_text(c->args, "--reason"));
        if (args_has(c->args, "--dry-run"))
            node_bool(b, "dry", true);
    }
    return b;
}

void ctl_put_text(struct node *b, const char *key, const char *text)
{
    if (text)
        node_str(b, key, text);
}

void ctl_put_id(struct node *b, const char *word)
{
    size_t n = strspn(word, "0123456789");
    if (word[n] == '\0' && n > 0 && n <= ID_DIGITS)
        node_int(b, "id", strtoll(word, NULL, 10));
    else
        node_str(b, "key", word);
}

int ctl_number(const char *what, const char *word, int64_t *out)
{
    char *end;
    *out = strtoll(word, &end, 10);
    if (end != word && *end == '\0' && *out >= 0)
        return 0;
    out_say(_("hutongctl: %s 应是数字，不能是“%s”"), what, word);
    return HE_USAGE;
}

int ctl_put_option(struct ctl *c, struct node *b, const char *key, const char *option)
{
    int64_t n;
    const char *word = args_text(c->args, option);
    int r = word ? ctl_number(option, word, &n) : 0;
    if (word && r == 0)
        node_int(b, key, n);
    return r;
}

int ctl_put_argument(struct ctl *c, struct node *b, const char *key, const char *what, size_t i)
{
    int64_t n;
    int r = ctl_number(what, args_at(c->args, i), &n);
    if (r == 0)
        node_int(b, key, n);
    return r;
}

int ctl_put_ids(struct ctl *c, struct node *b, size_t from, const char *what)
{
    struct node *ids = node_add_list(b, "ids");
    int r = 0;
    for (size_t i = from; i < args_count(c->args) && r == 0; i++)
        r = ctl_put_argument(c, ids, NULL, what, i);
    return r;
}

void ctl_put_words(struct node *b, const char *key, const char *words)
{
    struct node *list = node_add_list(b, key);
    for (const char *p = words; *p;) {
        size_t n = strcspn(p, ",");
        if (n > 0)
            node_strn(list, NULL, p, n);
        p += n + (p[n] == ',');
    }
}

int ctl_put_values(struct ctl *c, struct node *b, size_t from)
{
    const struct node *have = node_get(b, "v");
    struct node *v = have ? base_unconst(have) : node_add_map(b, "v");
    for (size_t i = from; i < args_count(c->args); i++) {
        const char *word = args_at(c->args, i), *eq = strchr(word, '=');
        if (!eq || eq == word) {
            out_say(_("hutongctl: “%s”应写成 字段=内容，例如 name=王小雨"), word);
            return HE_USAGE;
        }
        char *name = talloc_strndup(b, word, (size_t)(eq - word));
        if (eq[1])
            node_str(v, name, eq + 1);
        else
            node_nil(v, name);
    }
    return 0;
}

static void print_conflicts(const struct node *list)
{
    for (const struct node *e = node_first(list); e; e = e->next)
        out_say(_("  %s：原来“%s”，%s 在 %s 改成“%s”，您要改成“%s”"), node_text_or(e, "field", ""),
                node_text_or(e, "was", ""), node_text_or(e, "who", ""), node_text_or(e, "when", ""),
                node_text_or(e, "theirs", ""), node_text_or(e, "mine", ""));
}

void ctl_print_findings(struct ctl *c, const struct node *answer)
{
    (void)c;
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next) {
        const char *field = node_text_or(e, "field", ""), *level = node_text_or(e, "level", "E");
        const char *mark = *level == 'E' ? _("须改正") : *level == 'W' ? _("请核对") : _("提示");
        out_say("  %s: %s%s%s (%s)", mark, field, *field ? ": " : "", node_text_or(e, "text", ""),
                node_text_or(e, "code", ""));
    }
    print_conflicts(node_get(answer, "conflict"));
    for (const struct node *e = node_first(node_get(answer, "touched")); e; e = e->next)
        out_say(_("  同时涉及: %s"), node_text_or(e, "title", ""));
}

bool ctl_print_skipped(const struct node *answer)
{
    const struct node *list = node_get(answer, "skipped");
    for (const struct node *e = node_first(list); e; e = e->next) {
        const char *area = node_text(e, "area");
        if (area)
            out_say("  %s: %s", area, node_text_or(e, "text", ""));
        else
            out_say("  %lld: %s", (long long)node_num(e, "id", 0), node_text_or(e, "text", ""));
    }
    return list && list->n > 0;
}

void ctl_print_done(struct ctl *c, const struct node *answer, const char *words)
{
    if (c->format == OUT_JSON)
        out_json(answer);
    out_say("%s", args_has(c->args, "--dry-run") ? _("检查通过，没有保存 (--dry-run)") : words);
}

int ctl_act(struct ctl *c, enum wire_op op, struct node *b, const char *words)
{
    struct node *answer;
    int r = ctl_call(c, op, b, &answer);
    if (r == 0)
        ctl_print_done(c, answer, words);
    return r;
}

void ctl_print_saved(struct ctl *c, const struct node *answer, bool id)
{
    int64_t change = node_num(answer, "change", 0);
    ctl_print_findings(c, answer);
    if (c->format == OUT_JSON) {
        struct node *n = node_map(c->args);
        for (const struct node *e = node_first(answer); e; e = e->next)
            node_copy(n, e->key, e);
        out_json(n);
    }
    if (args_has(c->args, "--dry-run"))
        out_say(_("检查通过，没有保存 (--dry-run)"));
    else if (node_flag(answer, "unchanged"))
        out_say(_("内容没有变化"));
    else if (change)
        out_say(_("已提交审核，变更号 %lld"), (long long)change);
    else
        out_say(_("已保存"));
    if (id && c->format != OUT_JSON && !args_has(c->args, "--dry-run"))
        out_print("%lld\n", (long long)node_num(answer, "id", 0));
}

const char *ctl_label(struct ctl *c, const char *type, const char *field, const char *code)
{
    const struct form *form;
    if (c->format != OUT_TABLE || !code || ctl_form(c, type, &form) < 0)
        return code;
    return codes_label(form_field(form, field)->codes, code);
}
