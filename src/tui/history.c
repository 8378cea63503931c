/* The history of a record as a timeline, newest first, in words. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "tui/popup.h"
#include "tui/session.h"

enum { ENTRIES_MAX = 500, PAGE = 50 };

struct history {
    struct session *s;
    const struct form *form;
    char *text;
    size_t n;
};

static void add(struct history *h, const char *line)
{
    h->text = talloc_strdup_append(h->text, line);
    MUST(h->text);
}

/* "父亲电话：139… -> 138…" */
static void add_change(struct history *h, const struct node *c)
{
    const struct form_field *f = form_field(h->form, node_text_or(c, "field", ""));
    const char *label = f ? _(f->label) : node_text_or(c, "label", "");
    const char *was = node_text_or(c, "old_show", ""), *now = node_text_or(c, "new_show", "");
    if (*was)
        add(h, text_printf(h->text, "    %s：%s -> %s\n", label, was, *now ? now : _("（清空）")));
    else
        add(h, text_printf(h->text, "    %s：%s\n", label, now));
}

/* A shared person changed: which of whose fields. */
static void add_note(struct history *h, const struct node *note)
{
    const struct form *f = dict_form(h->s->dict, node_text_or(note, "type", ""));
    const char *text = node_text_or(note, "text", "");
    if (*text)
        add(h, text_printf(h->text, "    %s\n", text));
    if (!f)
        return;
    add(h, text_printf(h->text, _("    相关的%s改了："), _(f->label)));
    for (const struct node *e = node_first(node_get(note, "labels")); e; e = e->next)
        add(h, text_printf(h->text, "%s%s", e->type == NODE_STR ? _(e->str) : "",
                           e->next ? _("、") : ""));
    add(h, "\n");
}

/* What was done, for people; the words of programs stay as they are. */
static const char *what_of(const struct node *e)
{
    static const struct {
        const char *op, *label;
    } ops[] = {{"rec.add", N_("登记")},       {"rec.set", N_("修改")},
               {"child.move", N_("转移")},    {"child.exit", N_("退出")},
               {"child.return", N_("恢复")},  {"child.merge", N_("合并")},
               {"child.watch", N_("关注")},   {"child.handover", N_("交接")},
               {"review.decide", N_("审核")}, {"review.recall", N_("撤回")},
               {"import.rows", N_("导入")},   {"user.add", N_("新增用户")},
               {"user.set", N_("修改用户")},  {"post.add", N_("新增岗位")},
               {"post.end", N_("结束岗位")}};
    const char *op = node_text_or(e, "op", "");
    for (size_t i = 0; i < NELEM(ops); i++)
        if (strcmp(ops[i].op, op) == 0)
            return _(ops[i].label);
    return op;
}

static void add_entry(struct history *h, const struct node *e)
{
    char when[20];
    const char *why = node_text_or(e, "why", "");
    date_time_format(node_num(e, "time", 0), when);
    add(h, text_printf(h->text, "%.16s  %s  %s%s%s\n", when, node_text_or(e, "user", ""),
                       what_of(e), *why ? _("  原因：") : "", why));
    add_note(h, node_get(e, "note"));
    for (const struct node *c = node_first(node_get(e, "changes")); c; c = c->next)
        add_change(h, c);
    add(h, "\n");
    h->n++;
}

static int load(struct app *app, struct history *h, void *ctx, uint64_t id)
{
    const char *after = NULL;
    do {
        struct node *body = node_map(ctx), *answer;
        node_str(body, "type", h->form->name);
        node_int(body, "id", (int64_t)id);
        node_int(body, "limit", PAGE);
        if (after)
            node_str(body, "after", after);
        int r = session_call(app, h->s, ctx, OP_REC_HISTORY, body, &answer);
        if (r < 0)
            return r;
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
            add_entry(h, e);
        after = node_text(answer, "next");
    } while (after && h->n < ENTRIES_MAX);
    return 0;
}

void history_open(struct app *app, struct session *s, const char *type, uint64_t id)
{
    void *ctx = talloc_new(app);
    struct history h = {.s = s, .form = dict_form(s->dict, type), .text = talloc_strdup(ctx, "")};
    MUST(h.text);
    if (h.form && load(app, &h, ctx, id) == 0) {
        char *title = text_printf(ctx, _("%s > 历史"), _(h.form->label));
        popup_pager(app, title, *h.text ? h.text : _("还没有改动过。"));
    }
    talloc_free(ctx);
}
