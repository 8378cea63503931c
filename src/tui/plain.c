/*
 * --plain: lines in, lines out, for screen readers and terminals that can only print. Nothing is drawn,
 * nothing moves: every choice is a number that was said before. Finds a child, says what is due, opens
 * files, tasks and agreements section by section, and asks for visits and urgent reports.
 */
#include "tui/plain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "tui/plain_priv.h"

/* --- lines --- */

static void put(const struct plain *p, const char *s)
{
    char *out = NULL;
    size_t n;
    if (p->enc == CONV_GB18030 &&
        conv_from_utf8(NULL, s, strlen(s), CONV_GB18030, "?", &out, &n) == 0)
        fwrite(out, 1, n, stdout);
    else
        fputs(s, stdout);
    talloc_free(out);
}

void plain_say(const struct plain *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *s = talloc_vasprintf(NULL, fmt, ap);
    va_end(ap);
    MUST(s);
    char *clean = text_visible(s, s, TEXT_MULTILINE);
    put(p, clean);
    put(p, "\n");
    talloc_free(s);
}

char *plain_ask(struct plain *p, void *ctx, const char *prompt)
{
    char *line = NULL, *raw = NULL, *text = NULL;
    size_t room = 0, n, bad;
    put(p, prompt);
    fflush(stdout);
    ssize_t len = p->over ? -1 : getline(&line, &room, stdin);
    if (len >= 0 && conv_to_utf8(ctx, line, (size_t)len, p->enc, &raw, &n, &bad) == 0)
        text = text_clean(ctx, raw, TEXT_HALFWIDTH, NULL);
    else if (len >= 0)
        text = talloc_strdup(ctx, "");
    p->over = len < 0;
    talloc_free(raw);
    free(line);
    return text;
}

int plain_number(struct plain *p, const char *prompt, int n)
{
    for (;;) {
        char *line = plain_ask(p, NULL, prompt), *end;
        if (!line)
            return PLAIN_END;
        long i = strtol(line, &end, 10);
        bool empty = !*line, good = !empty && !*end && i >= 0 && i <= n;
        talloc_free(line);
        if (empty)
            return PLAIN_HERE;
        if (good)
            return (int)i;
        plain_say(p, _("请输入 1 到 %d 的编号。"), n);
    }
}

int plain_call(const struct plain *p, void *ctx, enum wire_op op, struct node *body,
               struct node **answer)
{
    const char *text = NULL;
    int r = session_call_quiet(NULL, p->s, ctx, op, body, answer, &text);
    if (r < 0 && r != HE_RULE)
        plain_say(p, "%s", text && *text ? _(text) : _(err_text(r)));
    return r;
}

/* --- rows to choose from --- */

/* What a row shows, words of tables in the language of the person. */
static char *row_text(void *ctx, const struct form *form, const struct node *v)
{
    char *out = talloc_strdup(ctx, "");
    for (const struct node *e = node_first(v); e; e = e->next) {
        struct form_path path;
        if (e->type != NODE_STR || !*e->str)
            continue;
        bool word = form_path_parse(form, e->key, &path) == 0 && path.field->codes;
        out = talloc_asprintf_append(out, "%s%s", *out ? "  " : "", word ? _(e->str) : e->str);
    }
    MUST(out);
    return out;
}

static size_t say_rows(const struct plain *p, const struct form *form, const struct node *rows,
                       uint64_t id[PLAIN_ROWS])
{
    size_t n = 0;
    for (const struct node *e = node_first(rows); e && n < PLAIN_ROWS; e = e->next) {
        char *text = row_text(NULL, form, node_get(e, "v"));
        id[n++] = (uint64_t)node_num(e, "id", 0);
        plain_say(p, "%zu. %s", n, text);
        talloc_free(text);
    }
    return n;
}

static void find(struct plain *p, void *ctx, const char *words)
{
    static const char *const fields[] = {"name", "sex", "birth_date", "village"};
    struct node *body = node_map(ctx), *list = node_add_list(body, "fields"), *answer;
    uint64_t id[PLAIN_ROWS];
    node_str(body, "type", "child");
    node_str(body, "words", words);
    node_int(body, "limit", PLAIN_ROWS);
    for (size_t i = 0; i < NELEM(fields); i++)
        node_str(list, NULL, fields[i]);
    if (plain_call(p, ctx, OP_REC_FIND, body, &answer) < 0)
        return;
    size_t n = say_rows(p, dict_form(p->s->dict, "child"), node_get(answer, "rows"), id);
    if (n == 0)
        plain_say(p, _("没有找到。少输几个字再试。"));
    int i = n ? plain_number(p, _("打开第几个（空行重新找）："), (int)n) : 0;
    if (i > 0)
        plain_open(p, "child", id[i - 1]);
}

/* A list page by page; what was opened may have left it, so it is asked for anew. */
static void list(struct plain *p, const char *type, const char *view)
{
    const struct form *form = dict_form(p->s->dict, type);
    const char *after = NULL;
    void *ctx = talloc_new(NULL);
    for (int i = 1; form && i >= 0;) {
        struct node *body = node_map(ctx), *answer;
        uint64_t id[PLAIN_ROWS];
        node_str(body, "type", type);
        node_str(body, "view", view);
        node_int(body, "limit", PLAIN_ROWS);
        node_str(body, "after", after);
        if (plain_call(p, ctx, OP_REC_LIST, body, &answer) < 0)
            break;
        size_t n = say_rows(p, form, node_get(answer, "rows"), id);
        if (n == 0)
            plain_say(p, _("这个名单现在是空的。"));
        i = n ? plain_number(p, _("打开第几个（0 下一页，空行返回）："), (int)n) : PLAIN_HERE;
        if (i > 0)
            plain_open(p, type, id[i - 1]);
        else
            after = node_text(answer, "next");
    }
    talloc_free(ctx);
}

static void due(struct plain *p, void *ctx)
{
    const struct node *row[99] = {0};
    struct node *answer;
    int n = 0;
    if (plain_call(p, ctx, OP_TODO, NULL, &answer) < 0)
        return;
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
        if (node_num(e, "count", 0) > 0 && n < (int)NELEM(row)) {
            row[n++] = e;
            plain_say(p, "%d. %s %lld", n, _(node_text_or(e, "label", "")),
                      (long long)node_num(e, "count", 0));
        }
    if (n == 0)
        plain_say(p, _("现在没有要办的事。"));
    int i = n ? plain_number(p, _("看第几项（空行返回）："), n) : 0;
    if (i > 0)
        list(p, node_text_or(row[i - 1], "type", ""), node_text_or(row[i - 1], "view", ""));
}

int plain_run(struct session *s, enum conv_enc enc)
{
    struct plain p = {.s = s, .enc = enc};
    plain_say(&p, "%s", session_badge(s));
    for (bool more = true; more && !p.over;) {
        void *ctx = talloc_new(NULL);
        char *words = plain_ask(
            &p, ctx,
            _("找哪个孩子（姓名、拼音首字母、号码）；1 今天要办的事，2 紧急报告；空行退出："));
        more = words && *words;
        if (more && strcmp(words, "1") == 0)
            due(&p, ctx);
        else if (more && strcmp(words, "2") == 0)
            plain_new(&p, &(struct form_ask){.type = "urgent_report"});
        else if (more)
            find(&p, ctx, words);
        talloc_free(ctx);
    }
    plain_say(&p, _("再见。"));
    return 0;
}
