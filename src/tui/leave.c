#include "tui/leave.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "rec/check.h"
#include "tui/popup.h"

/* The code of the reason, NULL when cancelled. */
static const char *ask_reason(struct app *app, void *ctx, const struct form_field *f)
{
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, f->codes->n + 1);
    MUST(items);
    for (size_t i = 0; i < f->codes->n; i++)
        items[i] =
            (struct pick_item){.code = f->codes->code[i].code, .label = _(f->codes->code[i].label)};
    struct pick p = {.title = _("退出原因"), .items = items, .n = f->codes->n};
    int i = popup_pick(app, &p);
    return i < 0 ? NULL : f->codes->code[i].code;
}

/* Asks until it is a date or given up. */
static const char *ask_date(struct app *app, struct session *s, void *ctx,
                            const struct form_field *f)
{
    const struct edit_opts opts = {.cols = 12, .max_chars = 20, .flags = EDIT_HALFWIDTH};
    const char *typed = _("今天");
    while ((typed = popup_ask(app, ctx, _("退出日期"), _("哪一天（今、昨、2026-3-12）："), typed,
                              &opts))) {
        char *value, *problem;
        const char *code;
        if (type_parse(ctx, f, s->today, typed, &value, &code, &problem) == 0)
            return value;
        app_message(app, "%s", _(problem));
    }
    return NULL;
}

/* What stands in the way, as a text to read. */
static void show_findings(struct app *app, void *ctx, const struct node *answer)
{
    char *text = talloc_strdup(ctx, "");
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next)
        text = talloc_asprintf_append(text, "%s\n", node_text_or(e, "text", ""));
    if (*text)
        popup_pager(app, _("还不能退出"), text);
}

static int send(struct app *app, struct session *s, void *ctx, uint64_t child, struct node *v)
{
    struct node *body = node_map(ctx), *answer = NULL;
    node_int(body, "id", (int64_t)child);
    node_copy(body, "v", v);
    int r = session_call(app, s, ctx, OP_CHILD_EXIT, body, &answer);
    if (r == HE_RULE)
        show_findings(app, ctx, answer);
    if (r < 0)
        return 0;
    app_message(app, node_num(answer, "change", 0) ? _("已上报，等待审核。") : _("已办理退出。"));
    return 1;
}

int leave_ask(struct app *app, struct session *s, uint64_t child, const char *name)
{
    const struct form *form = dict_form(s->dict, "child");
    const struct form_field *reason = form ? form_field(form, "exit_reason") : NULL;
    const struct form_field *day = form ? form_field(form, "exit_date") : NULL;
    void *ctx = talloc_new(app);
    int done = 0;
    const char *code, *date;
    if (reason && reason->codes && day && (code = ask_reason(app, ctx, reason)) &&
        (date = ask_date(app, s, ctx, day))) {
        struct node *v = node_map(ctx);
        node_str(v, reason->name, code);
        node_str(v, day->name, date);
        char *text = text_printf(ctx, _("%s，%s，从 %s 起退出名册。档案保留，以后可以恢复。"), name,
                                 _(codes_label(reason->codes, code)), date);
        if (popup_confirm(app, _("办理退出"), text, _("上报退出")))
            done = send(app, s, ctx, child, v);
    }
    talloc_free(ctx);
    return done;
}
