/* Opening a sweep; figures on paper: the dispatch table of any day, freezing, bulletins, signing;
 * closing. */
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/print.h"
#include "tui/print_doc.h"
#include "tui/sweep.h"

enum { PAGE = 200, ROWS_MAX = 2000, NAME_COLS = 18, FIGURE_COLS = 8 };

/* The dispatch table of 003: what is missing, wrong, updated, unchanged, and where nothing moved. */
static const struct {
    const char *name, *label, *group;
} columns[] = {
    {"total", N_("名单"), NULL},
    {"done", N_("已查"), N_("进度")},
    {"todo", N_("待查"), N_("进度")},
    {"missing", N_("缺失"), N_("信息")},
    {"wrong", N_("错误"), N_("信息")},
    {"updated", N_("更新"), N_("结果")},
    {"unchanged", N_("无变化"), N_("结果")},
    {"new", N_("新增"), N_("结果")},
    {"exit", N_("退出"), N_("结果")},
    {"zeros", N_("零更新村"), NULL},
};
enum { COLUMNS = NELEM(columns) + 1 };

struct table {
    void *ctx;
    struct table_column column[COLUMNS];
    const char **cell;
    size_t n; /* rows */
    char *text;
    char *zero; /* names of those without any update */
};

static void add_row(struct table *t, const struct node *e, const char *title)
{
    size_t at = t->n++ * COLUMNS;
    t->cell = talloc_realloc(t->ctx, t->cell, const char *, (unsigned)(at + COLUMNS));
    MUST(t->cell);
    t->cell[at] = talloc_strdup(t->ctx, title);
    t->text = talloc_asprintf_append(t->text, "%s", doc_cols(t->ctx, title, NAME_COLS));
    for (size_t i = 0; i < NELEM(columns); i++) {
        t->cell[at + 1 + i] =
            text_printf(t->ctx, "%lld", (long long)node_num(e, columns[i].name, 0));
        t->text = talloc_asprintf_append(t->text, "%*s", FIGURE_COLS, t->cell[at + 1 + i]);
    }
    t->text = talloc_strdup_append(t->text, "\n");
    MUST(t->text);
    if (node_flag(e, "zero"))
        t->zero = talloc_asprintf_append(t->zero, "%s%s", *t->zero ? _("、") : "", title);
}

static void add_heads(struct table *t)
{
    t->column[0] = (struct table_column){.heading = _("乡镇、村（居）"), .width = 12};
    t->text = talloc_strdup(t->ctx, doc_cols(t->ctx, _("乡镇、村（居）"), NAME_COLS));
    for (size_t i = 0; i < NELEM(columns); i++) {
        t->column[1 + i] =
            (struct table_column){.heading = _(columns[i].label),
                                  .number = true,
                                  .group = columns[i].group ? _(columns[i].group) : NULL};
        const char *h = _(columns[i].label);
        t->text = talloc_asprintf_append(t->text, "%*s%s", FIGURE_COLS - text_width(h, 2), "", h);
    }
    t->text = talloc_strdup_append(t->text, "\n--------------------------------------------------"
                                            "------------------------------------------------\n");
    MUST(t->text);
}

/* Every row, then the sum; false when the server refused. */
static bool read_rows(struct app *app, struct session *s, struct table *t, uint64_t sweep,
                      const char *area)
{
    const char *after = NULL;
    struct node *answer;
    do {
        struct node *body = node_map(t->ctx);
        node_int(body, "sweep", (int64_t)sweep);
        node_str(body, "level", area ? "village" : "town");
        if (area)
            node_str(body, "area", area);
        if (after)
            node_str(body, "after", after);
        node_int(body, "limit", PAGE);
        if (session_call(app, s, t->ctx, OP_SWEEP_FIGURES, body, &answer) < 0)
            return false;
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
            add_row(t, e, node_text_or(e, "title", ""));
        after = node_text(answer, "next");
    } while (after && t->n < ROWS_MAX);
    add_row(t, node_get(answer, "total"), _("合计"));
    return true;
}

void sweep_dispatch(struct app *app, struct session *s, uint64_t sweep, const char *sweep_title,
                    const char *area)
{
    void *ctx = talloc_new(app);
    struct table t = {.ctx = ctx, .zero = talloc_strdup(ctx, "")};
    char day[11];
    add_heads(&t);
    if (read_rows(app, s, &t, sweep, area)) {
        bool *strong = talloc_zero_array(ctx, bool, (unsigned)t.n);
        const char *left = text_printf(ctx, _("截至 %s"), date_format(s->today, day));
        const char *below[] = {text_printf(ctx, _("零更新的：%s"), *t.zero ? t.zero : _("没有")),
                               NULL};
        strong[t.n - 1] = true;
        struct pdf_table pdf = {.title = text_printf(ctx, _("%s调度表"), sweep_title),
                                .left = left,
                                .column = t.column,
                                .n = COLUMNS,
                                .cell = t.cell,
                                .nrow = t.n,
                                .strong = strong,
                                .below = below};
        print_paper(app, s,
                    &(struct paper){.title = pdf.title,
                                    .name = text_printf(ctx, "dispatch-%" PRIu64, sweep),
                                    .text = text_printf(ctx, "%c%s\n%s\n\n%s\n%s\n", PDF_STRONG,
                                                        pdf.title, left, t.text, below[0]),
                                    .table = &pdf});
    }
    talloc_free(ctx);
}

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
        app_message(app, _("已冻结，第 %lld 次，截至 %s。"),
                    (long long)node_num(answer, "freeze", 0), node_text_or(answer, "at", ""));
    talloc_free(ctx);
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
    int from = kind >= 0 ? pick_milestone(app, _("用哪次冻结的数字")) : HE_CANCELLED;
    if (from >= 0) {
        node_int(body, "sweep", (int64_t)sweep);
        node_str(body, "kind", kinds[kind].name);
        node_str(body, "freeze", milestones[from].name);
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
        app_message(app, i == 0 ? _("已签批。6 打印。") : _("已作废。"));
        done = 1;
    }
    talloc_free(ctx);
    return done;
}

void sweep_close_ask(struct app *app, struct session *s, uint64_t sweep)
{
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *answer;
    node_int(body, "sweep", (int64_t)sweep);
    if (popup_confirm(app, _("结束排查"), _("结束以后不能再填；数字留下最后一次冻结。"),
                      _("结束")) &&
        session_call(app, s, ctx, OP_SWEEP_CLOSE, body, &answer) == 0)
        app_message(app, _("排查已结束。"));
    talloc_free(ctx);
}
