/* Opening a sweep, freezing its figures, bulletins, signing, closing. */
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/sweep.h"

/* --- freezing, documents --- */

static const struct {
    const char *name, *label;
} milestones[] = {
    {"survey", N_("摸排完成")}, {"entry", N_("录入完成")}, {"accept", N_("县里接收")},
    {"bulletin", N_("通报")},   {"summary", N_("总结")},   {"dispatch", N_("每周调度（今天）")},
};

static int pick_milestone(struct app *app, const char *title)
{
    const char *labels[NELEM(milestones)];
    for (size_t i = 0; i < NELEM(milestones); i++)
        labels[i] = _(milestones[i].label);
    return popup_choose(app, title, NULL, labels, NELEM(labels), 0);
}

void sweep_freeze_ask(struct app *app, struct session *s, uint64_t sweep)
{
    void *ctx = talloc_new(app);
    int i = pick_milestone(app, _("冻结哪个节点的数字"));
    struct node *body = node_map(ctx), *answer;
    node_int(body, "sweep", (int64_t)sweep);
    node_str(body, "name", i >= 0 ? milestones[i].name : "");
    if (i >= 0 && session_call(app, s, ctx, OP_SWEEP_FREEZE, body, &answer) == 0)
        app_message(app, _("已冻结，第 %lld 次，截至 %.16s。"),
                    (long long)node_num(answer, "freeze", 0), node_text_or(answer, "at", ""));
    talloc_free(ctx);
}

static const char *milestone_label(const char *name)
{
    for (size_t i = 0; i < NELEM(milestones); i++)
        if (strcmp(milestones[i].name, name) == 0)
            return _(milestones[i].label);
    return strcmp(name, "close") == 0 ? _("结束") : name;
}

/* One of the freezes there are; 0: none or cancelled, which is said. */
static int64_t pick_freeze(struct app *app, struct session *s, void *ctx, uint64_t sweep)
{
    struct node *body = node_map(ctx), *answer;
    node_int(body, "sweep", (int64_t)sweep);
    node_bool(body, "freezes", true);
    if (session_call(app, s, ctx, OP_SWEEP_FIGURES, body, &answer) < 0)
        return 0;
    const struct node *list = node_get(answer, "freezes"), *e = node_first(list);
    size_t n = 0;
    struct pick_item *item = talloc_zero_array(ctx, struct pick_item, (list ? list->n : 0) + 1);
    MUST(item);
    for (; e; e = e->next, n++) {
        item[n].label = text_printf(ctx, _("第 %lld 次  %s"), (long long)node_num(e, "freeze", 0),
                                    milestone_label(node_text_or(e, "name", "")));
        item[n].hint = text_printf(ctx, _("截至 %.16s"), node_text_or(e, "at", ""));
    }
    if (!n) {
        app_message(app, _("还没有冻结过数字。先按 F9 选【冻结】，再起草。"));
        return 0;
    }
    struct pick p = {.title = _("用哪次冻结的数字"), .items = item, .n = n};
    int i = popup_pick(app, &p);
    for (e = node_first(list); i > 0; i--)
        e = e->next;
    return i == 0 ? node_num(e, "freeze", 0) : 0;
}

void sweep_bulletin_ask(struct app *app, struct session *s, uint64_t sweep)
{
    static const struct {
        const char *name, *label;
    } kinds[] = {{"bulletin", N_("通报")},
                 {"notice", N_("督导通知（零更新的乡镇）")},
                 {"report", N_("结束报告")}};
    void *ctx = talloc_new(app);
    const char *labels[NELEM(kinds)];
    struct node *body = node_map(ctx), *answer;
    for (size_t i = 0; i < NELEM(kinds); i++)
        labels[i] = _(kinds[i].label);
    int kind = popup_choose(app, _("起草什么"), NULL, labels, NELEM(labels), 0);
    int64_t from = kind >= 0 ? pick_freeze(app, s, ctx, sweep) : 0;
    if (from > 0) {
        node_int(body, "sweep", (int64_t)sweep);
        node_str(body, "kind", kinds[kind].name);
        node_int(body, "freeze", from);
        if (session_call(app, s, ctx, OP_SWEEP_BULLETIN, body, &answer) == 0) {
            const struct node *ids = node_get(answer, "ids"), *first = node_first(ids);
            app_message(app, _("起草了 %zu 份，改好以后请领导签批。"), ids ? ids->n : 0);
            if (first && ids->n == 1)
                form_open(app, s,
                          &(struct form_ask){.type = "bulletin", .id = (uint64_t)first->num}, NULL);
            else if (first)
                list_open(app, s, "bulletin", "drafts", NULL, NULL);
        }
    }
    talloc_free(ctx);
}

int sweep_start(struct app *app, struct session *s, uint64_t sweep)
{
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *answer;
    int done = 0;
    node_int(body, "id", (int64_t)sweep);
    if (popup_confirm(app, _("开启排查"),
                      _("开启以后名单冻结，各村就能填。检查表也留存当时的一份。"), _("开启")) &&
        session_call(app, s, ctx, OP_SWEEP_OPEN, body, &answer) == 0) {
        app_message(app, _("正在建立名单，进度看 57。"));
        done = 1;
    }
    talloc_free(ctx);
    return done;
}

int sweep_sign_ask(struct app *app, struct session *s, uint64_t bulletin)
{
    const char *const answers[] = {_("签批，可以印发"), _("作废，不用了")};
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *answer;
    int i = popup_choose(app, _("签批"), _("签批以后不能再改。"), answers, 2, 0), done = 0;
    node_int(body, "id", (int64_t)bulletin);
    node_bool(body, "ok", i == 0);
    if (i >= 0 && session_call(app, s, ctx, OP_SWEEP_SIGN, body, &answer) == 0) {
        app_message(app, i == 0 ? _("已签批。以后打印在全部文书里。") : _("已作废。"));
        done = 1;
        if (i == 0 && session_may(s, "bulletin.print") &&
            popup_confirm(app, _("已签批"), _("现在打印吗？"), _("打印")))
            print_open(app, s, "bulletin", bulletin);
    }
    talloc_free(ctx);
    return done;
}

bool sweep_close_ask(struct app *app, struct session *s, uint64_t sweep)
{
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *answer;
    bool done = false;
    node_int(body, "sweep", (int64_t)sweep);
    if (popup_confirm(app, _("结束排查"), _("结束以后不能再填；数字留下最后一次冻结。"),
                      _("结束")) &&
        session_call(app, s, ctx, OP_SWEEP_CLOSE, body, &answer) == 0) {
        app_message(app, _("排查已结束。F9 可以起草结束报告、和上一次比较。"));
        done = true;
    }
    talloc_free(ctx);
    return done;
}
