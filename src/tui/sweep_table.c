/* Figures on paper: the dispatch table (调度表) of any day, and a sweep beside the one before it. */
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/print.h"
#include "tui/print_doc.h"
#include "tui/sweep.h"

enum { PAGE = 200, ROWS_MAX = 2000, NAME_COLS = 18, COLS = 80, COLUMNS_MAX = 12 };

/* Columns of 80 together: a preview shows them all. */
struct figure {
    const char *name, *label, *group;
    int cols;
};

/* The dispatch table of 003: what is missing, wrong, updated, unchanged, and where nothing moved. */
static const struct figure dispatched[] = {
    {"total", N_("名单"), NULL, 6},
    {"done", N_("已查"), N_("进度"), 7},
    {"todo", N_("待查"), N_("进度"), 7},
    {"missing", N_("缺失"), N_("信息"), 6},
    {"wrong", N_("错误"), N_("信息"), 5},
    {"updated", N_("更新"), N_("结果"), 5},
    {"unchanged", N_("无变化"), N_("结果"), 7},
    {"new", N_("新增"), N_("结果"), 5},
    {"exit", N_("退出"), N_("结果"), 5},
    {"zeros", N_("零更新村"), NULL, 9},
};
/* What one sweep has beside the other: then and now. */
static const struct figure compared[] = {
    {"then", N_("前"), N_("名单"), 6}, {"now", N_("现"), N_("名单"), 6},
    {"then", N_("前"), N_("已查"), 6}, {"now", N_("现"), N_("已查"), 6},
    {"then", N_("前"), N_("更新"), 6}, {"now", N_("现"), N_("更新"), 6},
    {"then", N_("前"), N_("退出"), 6}, {"now", N_("现"), N_("退出"), 6},
    {"then", N_("前"), N_("隐患"), 6}, {"now", N_("现"), N_("隐患"), 6},
};
static const char *const counted[] = {"total", "done", "updated", "exit", "hazards"};

/* Rows of a name and figures, as text and as cells. */
struct table {
    void *ctx;
    const struct figure *figure;
    size_t nfigure;
    struct table_column column[COLUMNS_MAX];
    const char **cell;
    size_t n; /* rows */
    char *text;
};

static void add_word(struct table *t, const char *word, int cols)
{
    t->text = talloc_asprintf_append(t->text, "%*s%s", cols - text_width(word, 2), "", word);
    MUST(t->text);
}

/* Groups stand above their columns, once. */
static void begin(struct table *t, const char *name, bool groups)
{
    t->column[0] = (struct table_column){.heading = name, .width = 12};
    t->text = talloc_strdup(t->ctx, groups ? doc_cols(t->ctx, "", NAME_COLS) : "");
    for (size_t i = 0; i < t->nfigure; i++) {
        const struct figure *f = &t->figure[i];
        t->column[1 + i] = (struct table_column){
            .heading = _(f->label), .number = true, .group = f->group ? _(f->group) : NULL};
        if (groups)
            add_word(t, i % 2 ? "" : _(f->group), f->cols);
    }
    t->text = talloc_asprintf_append(t->text, "%s%s", groups ? "\n" : "",
                                     doc_cols(t->ctx, name, NAME_COLS));
    for (size_t i = 0; i < t->nfigure; i++)
        add_word(t, _(t->figure[i].label), t->figure[i].cols);
    t->text = talloc_strdup_append(t->text, "\n----------------------------------------"
                                            "----------------------------------------\n");
    MUST(t->text);
}

static void add_row(struct table *t, const char *title, const int64_t *v)
{
    size_t at = t->n++ * (t->nfigure + 1);
    t->cell = talloc_realloc(t->ctx, t->cell, const char *, at + t->nfigure + 1);
    MUST(t->cell);
    t->cell[at] = talloc_strdup(t->ctx, title);
    t->text = talloc_strdup_append(t->text, doc_cols(t->ctx, title, NAME_COLS));
    for (size_t i = 0; i < t->nfigure; i++) {
        char *s = text_printf(t->ctx, "%lld", (long long)v[i]);
        t->cell[at + 1 + i] = s;
        add_word(t, s, t->figure[i].cols);
    }
    t->text = talloc_strdup_append(t->text, "\n");
    MUST(t->text);
}

static void show(struct app *app, struct session *s, const struct table *t, const char *name,
                 const char *title, const char *left, const char *below)
{
    const char *lines[] = {below, NULL};
    bool *strong = talloc_zero_array(t->ctx, bool, (unsigned)t->n + 1);
    struct pdf_table pdf = {.title = title,
                            .left = left,
                            .column = t->column,
                            .n = t->nfigure + 1,
                            .cell = t->cell,
                            .nrow = t->n,
                            .strong = strong,
                            .below = lines};
    struct lines l = draw_wrap(t->ctx, below, COLS, 2);
    char *last = talloc_strdup(t->ctx, "");
    for (size_t i = 0; i < l.n; i++)
        last = talloc_asprintf_append(last, "%s\n", l.line[i]);
    MUST(strong && last);
    strong[t->n - 1] = true;
    print_paper(app, s,
                &(struct paper){.title = title,
                                .name = name,
                                .text = text_printf(t->ctx, "%c%s\n%s\n\n%s\n%s", PDF_STRONG, title,
                                                    left, t->text, last),
                                .table = &pdf});
}

/* --- dispatch --- */

/* Every row, then the sum; false when the server refused. */
static bool dispatch_rows(struct app *app, struct session *s, struct table *t,
                          const struct sweep_one *one, const char *area, const char **at,
                          char **zero)
{
    const char *after = NULL;
    struct node *answer;
    int64_t v[NELEM(dispatched)], sum[NELEM(dispatched)] = {0};
    do {
        struct node *body = node_map(t->ctx);
        node_int(body, "sweep", (int64_t)one->id);
        node_str(body, "freeze", one->closed ? "close" : NULL);
        node_str(body, "level", area ? "village" : "town");
        node_str(body, "area", area);
        node_str(body, "after", after);
        node_int(body, "limit", PAGE);
        if (session_call(app, s, t->ctx, OP_SWEEP_FIGURES, body, &answer) < 0)
            return false;
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
            const char *title = sweep_short_title(e, area);
            for (size_t i = 0; i < NELEM(dispatched); i++)
                sum[i] += v[i] = node_num(e, dispatched[i].name, 0);
            add_row(t, title, v);
            if (node_flag(e, "zero"))
                *zero = talloc_asprintf_append(*zero, "%s%s", **zero ? _("、") : "", title);
        }
        after = node_text(answer, "next");
    } while (after && t->n < ROWS_MAX);
    add_row(t, _("合计"), sum);
    *at = node_text_or(answer, "at", "");
    return true;
}

void sweep_dispatch(struct app *app, struct session *s, const struct sweep_one *one,
                    const char *area, const char *area_title)
{
    struct table t = {.ctx = talloc_new(app), .figure = dispatched, .nfigure = NELEM(dispatched)};
    char *zero = talloc_strdup(t.ctx, "");
    const char *at;
    begin(&t, area ? _("村(居)") : _("乡镇"), false);
    if (dispatch_rows(app, s, &t, one, area, &at, &zero))
        show(app, s, &t, text_printf(t.ctx, "dispatch-%" PRIu64, one->id),
             text_printf(t.ctx, _("%s调度表"), one->title),
             text_printf(t.ctx, _("%s截至 %.16s"),
                         area ? text_printf(t.ctx, "%s  ", area_title) : "", at),
             text_printf(t.ctx, _("零更新的：%s"), *zero ? zero : _("没有")));
    talloc_free(t.ctx);
}

/* --- compared --- */

static void compare_rows(struct table *t, const struct node *rows)
{
    int64_t v[NELEM(compared)], sum[NELEM(compared)] = {0};
    for (const struct node *e = node_first(rows); e; e = e->next) {
        for (size_t i = 0; i < NELEM(compared); i++)
            sum[i] += v[i] = node_num(node_get(e, compared[i].name), counted[i / 2], 0);
        add_row(t, node_text_or(e, "title", ""), v);
    }
    add_row(t, _("合计"), sum);
}

void sweep_compared(struct app *app, struct session *s, const struct sweep_one *one)
{
    struct table t = {.ctx = talloc_new(app), .figure = compared, .nfigure = NELEM(compared)};
    struct node *body = node_map(t.ctx), *answer;
    node_int(body, "sweep", (int64_t)one->id);
    if (session_call(app, s, t.ctx, OP_SWEEP_COMPARE, body, &answer) == 0) {
        begin(&t, _("乡镇"), true);
        compare_rows(&t, node_get(answer, "rows"));
        show(app, s, &t, text_printf(t.ctx, "compare-%" PRIu64, one->id),
             text_printf(t.ctx, _("%s和上一次比较"), one->title),
             text_printf(t.ctx, _("上一次：%s"), node_text_or(answer, "title", "")),
             _("前：上一次结束时。现：这一次到现在，结束了的是结束时。"));
    }
    talloc_free(t.ctx);
}
