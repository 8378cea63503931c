#include "tui/home_draft.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"

/* "child/17" or "child/new/1" */
static const struct form *form_of(struct session *s, const char *key)
{
    char *type = talloc_strndup(s, key, strcspn(key, "/"));
    const struct form *f = dict_form(s->dict, type);
    talloc_free(type);
    return f;
}

static uint64_t id_of(const char *key)
{
    const char *slash = strchr(key, '/');
    return slash ? strtoull(slash + 1, NULL, 10) : 0;
}

/* "11-22 10:42 走访 新登记：王小雨" */
static char *describe(struct app *app, struct session *s, void *ctx, const struct node *row)
{
    const char *key = node_text_or(row, "key", "");
    const struct form *f = form_of(s, key);
    struct node *body = node_map(ctx), *answer = NULL;
    const struct node *draft = NULL;
    char when[20];
    node_str(body, "key", key);
    if (f && session_call_quiet(app, s, ctx, OP_DRAFT_GET, body, &answer, NULL) == 0)
        draft = node_get(answer, "draft");
    date_time_format(node_num(row, "time", 0), when);
    return text_printf(ctx, _("%.11s %s %s：%s"), when + 5, f ? _(f->label) : key,
                       id_of(key) ? _("修改") : _("新登记"),
                       node_text_or(draft, "title", _("未写姓名")));
}

static const struct node *newest(const struct node *rows)
{
    const struct node *best = NULL;
    for (const struct node *e = node_first(rows); e; e = e->next)
        if (!best || node_num(e, "time", 0) > node_num(best, "time", 0))
            best = e;
    return best;
}

static void resume(struct app *app, struct session *s, const char *key)
{
    const struct form *f = form_of(s, key);
    if (f)
        form_open(app, s, &(struct form_ask){.type = f->name, .id = id_of(key), .draft = key},
                  NULL);
}

static void drop(struct app *app, struct session *s, void *ctx, const char *key)
{
    struct node *body = node_map(ctx);
    node_str(body, "key", key);
    if (session_call(app, s, ctx, OP_DRAFT_DROP, body, NULL) == 0)
        app_message(app, _("草稿已丢弃。"));
}

static void ask_one(struct app *app, struct session *s, void *ctx, const struct node *row,
                    const char *more)
{
    const char *const answers[] = {_("继续"), _("以后"), _("丢弃")};
    const char *key = node_text_or(row, "key", "");
    char *text = text_printf(ctx, _("上次没有录完：\n%s%s"), describe(app, s, ctx, row), more);
    int i = popup_choose(app, _("草稿"), text, answers, NELEM(answers), 1);
    if (i == 0)
        resume(app, s, key);
    else if (i == 2 && popup_confirm(app, _("草稿"), _("丢弃以后找不回来。"), _("丢弃")))
        drop(app, s, ctx, key);
}

void home_draft_offer(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct node *answer;
    if (session_call_quiet(app, s, ctx, OP_DRAFT_LIST, NULL, &answer, NULL) == 0) {
        const struct node *rows = node_get(answer, "rows"), *row = newest(rows);
        char *more =
            rows && rows->n > 1
                ? text_printf(ctx, _("\n还有 %zu 份，在 F9 菜单的【草稿】里。"), rows->n - 1)
                : talloc_strdup(ctx, "");
        if (row)
            ask_one(app, s, ctx, row, more);
    }
    talloc_free(ctx);
}

void home_draft_list(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct node *answer;
    const struct node *rows;
    if (session_call(app, s, ctx, OP_DRAFT_LIST, NULL, &answer) == 0) {
        rows = node_get(answer, "rows");
        size_t n = rows ? rows->n : 0, i = 0;
        struct pick_item *items = talloc_zero_array(ctx, struct pick_item, n + 1);
        const struct node **at = talloc_zero_array(ctx, const struct node *, n + 1);
        MUST(items && at);
        for (const struct node *e = node_first(rows); e; e = e->next, i++) {
            items[i].label = describe(app, s, ctx, e);
            at[i] = e;
        }
        struct pick p = {.title = _("草稿"), .items = items, .n = n};
        int k = n ? popup_pick(app, &p) : HE_CANCELLED;
        if (k >= 0)
            ask_one(app, s, ctx, at[k], "");
        else if (!n)
            app_message(app, _("没有草稿。"));
    }
    talloc_free(ctx);
}
