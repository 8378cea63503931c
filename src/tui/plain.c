/*
 * --plain: lines in, lines out, for screen readers and terminals that can only print. Nothing is drawn,
 * nothing moves: every choice is a number that was said before. Finds a child, reads the file section
 * by section, changes fields and saves; places and other people's records are chosen on the screens.
 */
#include "tui/plain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"

enum { FOUND_MAX = 9, CODES_SAID = 30, HERE = -1, END = -2 };

struct plain {
    struct session *s;
    enum conv_enc enc;
    const struct form *form;
    void *ctx; /* of the open record */
    uint64_t id;
    int64_t version;
    const struct node *v, *show; /* as opened */
    struct node *changed;        /* {path: value or nil} */
};

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

static void say(const struct plain *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(const struct plain *p, const char *fmt, ...)
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

/* What was typed, cleaned; NULL at the end of input. */
static char *ask(const struct plain *p, void *ctx, const char *prompt)
{
    char *line = NULL, *raw = NULL, *text = NULL;
    size_t room = 0, n, bad;
    put(p, prompt);
    fflush(stdout);
    ssize_t len = getline(&line, &room, stdin);
    if (len >= 0 && conv_to_utf8(ctx, line, (size_t)len, p->enc, &raw, &n, &bad) == 0)
        text = text_clean(ctx, raw, TEXT_HALFWIDTH, NULL);
    else if (len >= 0)
        text = talloc_strdup(ctx, "");
    talloc_free(raw);
    free(line);
    return text;
}

/* A number from 1 to n; 0 for "0", HERE for an empty line, END at the end of input. Says what else is wrong. */
static int ask_number(const struct plain *p, const char *prompt, int n)
{
    for (;;) {
        char *line = ask(p, NULL, prompt), *end;
        if (!line)
            return END;
        long i = strtol(line, &end, 10);
        bool empty = !*line, good = !empty && !*end && i >= 0 && i <= n;
        talloc_free(line);
        if (empty)
            return HERE;
        if (good)
            return (int)i;
        say(p, _("请输入 1 到 %d 的编号。"), n);
    }
}

static int call(const struct plain *p, void *ctx, enum wire_op op, struct node *body,
                struct node **answer)
{
    const char *text = NULL;
    int r = client_call(p->s->client, ctx, op, body, answer, &text);
    if (r < 0 && r != HE_RULE)
        say(p, "%s", text && *text ? text : err_text(r));
    return r;
}

/* --- finding --- */

static uint64_t choose_found(const struct plain *p, const struct node *rows, int *how)
{
    uint64_t id[FOUND_MAX] = {0};
    int n = 0;
    for (const struct node *e = node_first(rows); e && n < FOUND_MAX; e = e->next) {
        const struct node *v = node_get(e, "v");
        id[n++] = (uint64_t)node_num(e, "id", 0);
        say(p, "%d. %s  %s  %s  %s", n, node_text_or(v, "name", ""), _(node_text_or(v, "sex", "")),
            node_text_or(v, "birth_date", ""), node_text_or(v, "village", ""));
    }
    if (n == 0) {
        say(p, _("没有找到。少输几个字再试。"));
        return 0;
    }
    *how = ask_number(p, _("打开第几个（空行重新找）："), n);
    return *how > 0 ? id[*how - 1] : 0;
}

/* 0: leave the program. */
static bool find(const struct plain *p, uint64_t *id)
{
    static const char *const fields[] = {"name", "sex", "birth_date", "village"};
    void *ctx = talloc_new(NULL);
    int how = HERE;
    *id = 0;
    char *words = ask(p, ctx, _("找哪个孩子（姓名、拼音首字母、号码；空行退出）："));
    if (words && *words) {
        struct node *body = node_map(ctx), *list = node_add_list(body, "fields"), *answer;
        node_str(body, "type", "child");
        node_str(body, "words", words);
        node_int(body, "limit", FOUND_MAX);
        for (size_t i = 0; i < NELEM(fields); i++)
            node_str(list, NULL, fields[i]);
        if (call(p, ctx, OP_REC_FIND, body, &answer) == 0)
            *id = choose_found(p, node_get(answer, "rows"), &how);
    }
    bool more = words && *words && how != END;
    talloc_free(ctx);
    return more;
}

/* --- one file --- */

static bool open_file(struct plain *p, uint64_t id)
{
    struct node *body = node_map(p->ctx), *answer;
    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)id);
    if (call(p, p->ctx, OP_REC_OPEN, body, &answer) < 0)
        return false;
    p->id = id;
    p->version = node_num(answer, "version", 0);
    p->v = node_get(answer, "v");
    p->show = node_get(answer, "show");
    p->changed = node_map(p->ctx);
    if (node_text(answer, "notice"))
        say(p, "%s", node_text(answer, "notice"));
    return true;
}

static const char *value_now(const struct plain *p, void *ctx, struct form_path path)
{
    char *name = form_path_text(ctx, path);
    const struct node *mine = node_get(p->changed, name);
    if (mine)
        return mine->type == NODE_STR ? _(type_show(ctx, path.field, mine->str)) : "";
    return _(node_text_or(p->show, name, ""));
}

static bool can_edit(struct form_path path)
{
    const struct form_type *t = path.field->type;
    return !path.field->system && !path.field->retired && t->widget != WIDGET_AREA &&
           t->widget != WIDGET_REF;
}

/* What may be chosen, where that is short enough to be listened to. */
static void say_codes(const struct plain *p, const struct form_field *f)
{
    if (!f->codes || f->codes->n > CODES_SAID)
        return;
    say(p, _("可以填："));
    for (size_t i = 0; i < f->codes->n; i++)
        say(p, "%s %s", f->codes->code[i].code, _(f->codes->code[i].label));
}

static void edit(struct plain *p, struct form_path path)
{
    void *tmp = talloc_new(NULL);
    const char *label = form_path_said(tmp, path), *code;
    char *name = form_path_text(tmp, path), *out = NULL, *problem = NULL;
    if (!can_edit(path)) {
        say(p, _("%s：这里不能改，要在画面里改或由系统填写。"), label);
        talloc_free(tmp);
        return;
    }
    if (path.field->help)
        say(p, "%s", _(path.field->help));
    say_codes(p, path.field);
    char *line = ask(p, tmp,
                     text_printf(tmp, _("%s，现在是【%s】。新内容（空行不改，- 清空）："), label,
                                 value_now(p, tmp, path)));
    if (line && strcmp(line, "-") == 0) {
        node_remove(p->changed, name);
        node_nil(p->changed, name);
    } else if (line && *line) {
        if (type_parse(tmp, path.field, p->s->today, line, &out, &code, &problem) < 0) {
            say(p, "%s", problem);
        } else if (out) {
            node_remove(p->changed, name);
            node_str(p->changed, name, out);
            say(p, _("%s：%s（还没有保存）"), label, value_now(p, tmp, path));
        }
    }
    talloc_free(tmp);
}

static bool section(struct plain *p, const struct form_section *s)
{
    for (;;) {
        void *tmp = talloc_new(NULL);
        say(p, _("【%s】"), _(s->label));
        for (size_t i = 0; i < s->n; i++)
            say(p, "%zu. %s%s%s", i + 1, form_path_said(tmp, s->path[i]), _("："),
                value_now(p, tmp, s->path[i]));
        talloc_free(tmp);
        int i = ask_number(p, _("改第几项（空行回到目录）："), (int)s->n);
        if (i <= 0)
            return i != END;
        edit(p, s->path[i - 1]);
    }
}

/* --- saving --- */

static bool say_findings(const struct plain *p, const struct node *answer)
{
    bool stops = false;
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next) {
        const char *level = node_text_or(e, "level", "");
        if (strchr("EW", *level))
            say(p, "%s", node_text_or(e, "text", ""));
        stops = stops || *level == 'E';
    }
    return stops;
}

static bool save(struct plain *p, bool sure)
{
    struct node *body = node_map(p->ctx), *answer = NULL;
    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)p->id);
    node_int(body, "version", p->version);
    node_str(body, "source", "form");
    if (sure)
        node_bool(body, "confirm_all", true);
    node_copy(body, "v", p->changed);
    int r = call(p, p->ctx, OP_REC_SET, body, &answer);
    if (r == 0) {
        say(p, node_num(answer, "change", 0) ? _("已保存，等上级审核。") : _("已保存。"));
        return true;
    }
    if (r != HE_RULE || say_findings(p, answer) || sure)
        return false;
    return ask_number(p, _("照实无误就输入 1 保存，空行返回："), 1) == 1 && save(p, true);
}

/* The sections of a file; false at the end of input. */
static bool file(struct plain *p)
{
    for (;;) {
        say(p, "%s", node_text_or(p->show, "name", ""));
        for (size_t i = 0; i < p->form->nsection; i++)
            say(p, "%zu. %s", i + 1, _(p->form->section[i].label));
        int i = ask_number(p, _("看第几节（0 保存，空行离开）："), (int)p->form->nsection);
        bool open = p->changed->n > 0;
        if (i == END)
            return false;
        if (i == 0 && !open)
            say(p, _("没有要保存的改动。"));
        else if (i == 0 && save(p, false))
            return true;
        else if (i == HERE && open &&
                 ask_number(p, _("还没有保存。输入 1 放弃改动，空行返回："), 1) != 1)
            continue;
        else if (i == HERE)
            return true;
        else if (i > 0 && !section(p, &p->form->section[i - 1]))
            return false;
    }
}

int plain_run(struct session *s, enum conv_enc enc)
{
    struct plain p = {.s = s, .enc = enc, .form = dict_form(s->dict, "child")};
    bool more = p.form != NULL;
    uint64_t id;
    say(&p, "%s", session_badge(s));
    while (more && find(&p, &id)) {
        p.ctx = talloc_new(NULL);
        if (id && open_file(&p, id))
            more = file(&p);
        talloc_free(p.ctx);
    }
    say(&p, _("再见。"));
    return 0;
}
