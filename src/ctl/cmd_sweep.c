/* Sweeps: the same requests as the screens (work/sweep.h says what bodies and answers hold). */
#include "ctl/commands.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

/* --- which sweep --- */

/* The id behind a number or a sweep's own number ("2023-01"). */
static int sweep_id(struct ctl *c, const char *word, int64_t *id)
{
    struct node *b = ctl_body(c, "sweep"), *answer;
    int r;

    if (word[strspn(word, "0123456789")] == '\0')
        return ctl_number(_("排查号"), word, id);
    node_str(b, "key", word);
    if ((r = ctl_call(c, OP_REC_GET, b, &answer)) == 0)
        *id = node_num(answer, "id", 0);
    return r;
}

/* A body with the sweep that the first word names. */
static int sweep_body(struct ctl *c, struct node **b)
{
    int64_t id;
    int r = sweep_id(c, args_at(c->args, 0), &id);

    *b = ctl_body(c, NULL);
    if (r == 0)
        node_int(*b, "sweep", id);
    return r;
}

static int put_number(struct ctl *c, struct node *b, const char *key, const char *option)
{
    const char *word = args_text(c->args, option);
    int64_t n;
    int r = word ? ctl_number(option, word, &n) : 0;

    if (word && r == 0)
        node_int(b, key, n);
    return r;
}

/* What was done, as JSON or in words. */
static void done(struct ctl *c, const struct node *answer, const char *words)
{
    if (c->format == OUT_JSON)
        out_json(answer);
    out_say("%s", args_has(c->args, "--dry-run") ? _("没有保存 (--dry-run)") : words);
}

static int wait_job(struct ctl *c, int64_t job, const char *what)
{
    const struct node *row;
    int r;

    if (!job || args_has(c->args, "--dry-run") || args_has(c->args, "--no-wait"))
        return 0;
    r = ctl_wait_job(c, job, what, &row);
    if (r == 0)
        out_progress("%s", "");
    return r;
}

/* --- opening --- */

/* A new sweep of field=value words, or the one that is drawn up already. */
static int drawn_up(struct ctl *c, int64_t *id)
{
    struct node *b = ctl_body(c, "sweep"), *answer;
    const char *first = args_count(c->args) ? args_at(c->args, 0) : "";
    int r;

    if (*first && !strchr(first, '='))
        return sweep_id(c, first, id);
    node_bool(b, "confirm_all", true);
    if ((r = ctl_put_values(c, b, 0)) < 0 || (r = ctl_call(c, OP_REC_ADD, b, &answer)) < 0)
        return r;
    *id = node_num(answer, "id", 0);
    return args_has(c->args, "--dry-run") ? 1 : 0;
}

int cmd_sweep_open(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL), *answer;
    int64_t id;
    int r = drawn_up(c, &id);

    if (r)
        return r < 0 ? r : 0;
    node_int(b, "id", id);
    if ((r = ctl_call(c, OP_SWEEP_OPEN, b, &answer)) < 0)
        return r;
    if (c->format == OUT_JSON)
        out_json(answer);
    else
        out_print("%lld\n", (long long)id);
    return wait_job(c, node_num(answer, "job", 0), _("建立名单"));
}

int cmd_sweep_close(struct ctl *c)
{
    struct node *b, *answer;
    int r = sweep_body(c, &b);

    node_bool(b, "void", args_has(c->args, "--void"));
    if (r < 0 || (r = ctl_call(c, OP_SWEEP_CLOSE, b, &answer)) < 0)
        return r;
    done(c, answer, _("已结束"));
    return 0;
}

/* --- figures --- */

#define COUNTER_MAX 40

struct figures {
    struct out *out;
    struct out_column column[COUNTER_MAX + 4];
    size_t n;
};

/* On a screen what is looked at daily; in files all of it. */
static bool on_screen(const char *name)
{
    static const char *const shown[] = {"total",     "done", "todo", "back",    "updated",
                                        "unchanged", "new",  "exit", "missing", "wrong"};

    for (size_t i = 0; i < NELEM(shown); i++)
        if (!strcmp(shown[i], name))
            return true;
    return false;
}

static void open_table(struct ctl *c, struct figures *f, const struct node *counters)
{
    static const struct out_column head[] = {
        {.key = "area", .label = N_("代码")},
        {.key = "title", .label = N_("单位")},
        {.key = "state", .label = N_("状态")},
        {.key = "zeros", .label = N_("零更新村"), .number = true},
    };

    for (size_t i = 0; i < NELEM(head); i++) {
        f->column[f->n] = head[i];
        f->column[f->n++].label = _(head[i].label);
    }
    for (const struct node *e = node_first(counters); e && f->n < NELEM(f->column); e = e->next)
        if (c->format != OUT_TABLE || on_screen(node_text_or(e, "name", "")))
            f->column[f->n++] =
                (struct out_column){.key = talloc_strdup(c, node_text_or(e, "name", "")),
                                    .label = talloc_strdup(c, node_text_or(e, "label", "")),
                                    .number = true};
    f->out = out_open(c, c->format, f->column, f->n);
}

static void figure_row(struct ctl *c, struct figures *f, const struct node *row)
{
    const char *cell[COUNTER_MAX + 4];
    void *tmp = talloc_new(NULL);

    for (size_t i = 0; i < f->n; i++) {
        const struct node *v = node_get(row, f->column[i].key);

        cell[i] = !v                    ? NULL
                  : v->type == NODE_INT ? text_printf(tmp, "%lld", (long long)v->num)
                                        : v->str;
        if (!strcmp(f->column[i].key, "state"))
            cell[i] = ctl_label(c, "sweep_unit", "state", cell[i]);
    }
    out_row(f->out, cell);
    talloc_free(tmp);
}

/* All pages; --csv has a last row 合计, for every figure of the table is in it. */
static int figures(struct ctl *c, struct node *b)
{
    struct figures f = {.n = 0};
    struct node *answer, *total = NULL;
    const char *next;

    do {
        int r = ctl_call(c, OP_SWEEP_FIGURES, b, &answer);

        if (r < 0)
            return r;
        if (!f.out)
            open_table(c, &f, node_get(answer, "counters"));
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
            figure_row(c, &f, e);
        next = node_text(answer, "next");
        if (next)
            node_str(b, "after", next);
    } while (next);
    total = node_map(c->args);
    for (const struct node *e = node_first(node_get(answer, "total")); e; e = e->next)
        node_copy(total, e->key, e);
    node_str(total, "area", "");
    node_str(total, "title", _("合计"));
    figure_row(c, &f, total);
    out_close(f.out);
    return 0;
}

static void put_freeze(struct node *b, const char *word)
{
    if (word && word[strspn(word, "0123456789")] == '\0')
        node_int(b, "freeze", strtoll(word, NULL, 10));
    else if (word)
        node_str(b, "freeze", word);
}

int cmd_sweep_progress(struct ctl *c)
{
    struct node *b;
    int r = sweep_body(c, &b);

    if (r < 0)
        return r;
    ctl_put_text(b, "level", args_has(c->args, "--villages") ? "village" : "town");
    ctl_put_text(b, "area", args_text(c->args, "--division"));
    put_freeze(b, args_text(c->args, "--freeze"));
    node_bool(b, "outside", args_has(c->args, "--outside"));
    return figures(c, b);
}

int cmd_sweep_list(struct ctl *c)
{
    static const struct {
        const char *key, *label;
        bool number;
    } columns[] = {{"id", N_("编号"), true},       {"no", N_("排查号"), false},
                   {"title", N_("名称"), false},   {"start", N_("开始"), false},
                   {"end", N_("结束"), false},     {"total", N_("名单"), true},
                   {"done", N_("已查"), true},     {"todo", N_("待查"), true},
                   {"back", N_("抽查退回"), true}, {"updated", N_("更新"), true}};
    struct figures f = {.n = 0};
    struct node *answer;
    int r = ctl_call(c, OP_SWEEP_MINE, ctl_body(c, NULL), &answer);

    if (r < 0)
        return r;
    for (size_t i = 0; i < NELEM(columns); i++)
        f.column[f.n++] = (struct out_column){
            .key = columns[i].key, .label = _(columns[i].label), .number = columns[i].number};
    f.out = out_open(c, c->format, f.column, f.n);
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
        figure_row(c, &f, e);
    out_close(f.out);
    return 0;
}

/* --- milestones, dispatch, documents --- */

static int freeze(struct ctl *c, const char *name, int64_t *n)
{
    struct node *b, *answer;
    int r = sweep_body(c, &b);

    node_str(b, "name", name);
    if (r < 0 || (r = ctl_call(c, OP_SWEEP_FREEZE, b, &answer)) < 0)
        return r;
    *n = node_num(answer, "freeze", 0);
    out_say(_("已冻结，冻结号 %lld，数字截至 %s"), (long long)*n, node_text_or(answer, "at", ""));
    return 0;
}

int cmd_sweep_freeze(struct ctl *c)
{
    int64_t n;
    int r = freeze(c, args_at(c->args, 1), &n);

    if (r == 0)
        out_print("%lld\n", (long long)n);
    return r;
}

/* The table of the day, frozen so that what was sent can be shown again. */
int cmd_sweep_dispatch(struct ctl *c)
{
    struct node *b;
    int64_t n;
    int r = freeze(c, "dispatch", &n);

    if (r < 0 || args_has(c->args, "--dry-run"))
        return r;
    if ((r = sweep_body(c, &b)) < 0)
        return r;
    ctl_put_text(b, "level", args_has(c->args, "--villages") ? "village" : "town");
    node_bool(b, "outside", args_has(c->args, "--outside"));
    node_int(b, "freeze", n);
    return figures(c, b);
}

int cmd_sweep_bulletin(struct ctl *c)
{
    struct node *b, *answer;
    int r = sweep_body(c, &b);

    node_str(b, "kind",
             args_has(c->args, "--notice")   ? "notice"
             : args_has(c->args, "--report") ? "report"
                                             : "bulletin");
    if (r < 0 || (r = ctl_call(c, OP_SWEEP_BULLETIN, b, &answer)) < 0)
        return r;
    for (const struct node *e = node_first(node_get(answer, "ids")); e && c->format != OUT_JSON;
         e = e->next)
        out_print("%lld\n", (long long)e->num);
    done(c, answer, _("已起草，请领导签批"));
    return 0;
}

int cmd_sweep_sign(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL), *answer;
    int64_t id;
    int r = ctl_number(_("文书编号"), args_at(c->args, 0), &id);

    if (r < 0)
        return r;
    node_int(b, "id", id);
    node_bool(b, "ok", !args_has(c->args, "--void"));
    if ((r = ctl_call(c, OP_SWEEP_SIGN, b, &answer)) < 0)
        return r;
    done(c, answer, args_has(c->args, "--void") ? _("已作废") : _("已签批"));
    return 0;
}

int cmd_sweep_compare(struct ctl *c)
{
    static const char *const keys[] = {"total", "done", "updated", "new", "exit", "missing"};
    struct figures f = {.n = 0};
    struct node *b, *answer;
    int r = sweep_body(c, &b);

    if (r < 0 || (r = put_number(c, b, "with", "--with")) < 0 ||
        (r = ctl_call(c, OP_SWEEP_COMPARE, b, &answer)) < 0)
        return r;
    f.column[f.n++] = (struct out_column){.key = "area", .label = _("代码")};
    f.column[f.n++] = (struct out_column){.key = "title", .label = _("单位")};
    for (size_t i = 0; i < NELEM(keys); i++) {
        f.column[f.n++] = (struct out_column){.key = keys[i], .number = true};
        f.column[f.n++] =
            (struct out_column){.key = text_printf(c, "%s_before", keys[i]), .number = true};
    }
    f.out = out_open(c, c->format, f.column, f.n);
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        struct node *row = node_map(c->args);

        node_str(row, "area", node_text(e, "area"));
        node_str(row, "title", node_text(e, "title"));
        for (size_t i = 0; i < NELEM(keys); i++) {
            node_int(row, keys[i], node_num(node_get(e, "now"), keys[i], 0));
            node_int(row, text_printf(c, "%s_before", keys[i]),
                     node_num(node_get(e, "then"), keys[i], 0));
        }
        figure_row(c, &f, row);
    }
    out_close(f.out);
    return 0;
}

/* --- spot checks --- */

static int print_sample(struct ctl *c, const struct node *answer)
{
    if (c->format == OUT_JSON) {
        out_json(answer);
        return 0;
    }
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
        out_print("%lld\n", (long long)e->num);
    return 0;
}

int cmd_sweep_sample(struct ctl *c)
{
    const char *show = args_text(c->args, "--show");
    struct node *b, *answer;
    int r = sweep_body(c, &b);

    if (r < 0 || (r = put_number(c, b, "sample", "--show")) < 0 ||
        (r = put_number(c, b, "seed", "--seed")) < 0 ||
        (r = put_number(c, b, "size", "--size")) < 0)
        return r;
    ctl_put_text(b, "area", args_text(c->args, "--division"));
    if ((r = ctl_call(c, show ? OP_SWEEP_SAMPLED : OP_SWEEP_SAMPLE, b, &answer)) < 0)
        return r;
    if (show)
        out_say(_("%s %s，种子 %lld，从 %lld 行里抽，抽查人 %s；%s"),
                node_text_or(answer, "title", ""), node_text_or(answer, "day", ""),
                (long long)node_num(answer, "seed", 0), (long long)node_num(answer, "pool", 0),
                node_text_or(answer, "by", ""),
                node_flag(answer, "same") ? _("照种子重抽结果一样") : _("照种子重抽结果不一样"));
    else
        out_say(_("第 %lld 批，种子 %lld，从 %lld 行里抽了 %zu 行"),
                (long long)node_num(answer, "sample", 0), (long long)node_num(answer, "seed", 0),
                (long long)node_num(answer, "pool", 0), node_get(answer, "rows")->n);
    return print_sample(c, answer);
}

int cmd_sweep_check(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL), *answer;
    int64_t id;
    int r = ctl_number(_("行的编号"), args_at(c->args, 0), &id);

    if (r < 0)
        return r;
    node_int(b, "id", id);
    node_bool(b, "ok", args_has(c->args, "--ok"));
    ctl_put_text(b, "note", args_text(c->args, "--note"));
    if (args_text(c->args, "--fields"))
        ctl_put_words(b, "fields", args_text(c->args, "--fields"));
    if ((r = ctl_call(c, OP_SWEEP_CHECK, b, &answer)) < 0)
        return r;
    done(c, answer,
         node_text(answer, "fix_due")
             ? text_printf(c, _("已退回，%s 前改正"), node_text(answer, "fix_due"))
             : _("抽查合格"));
    return 0;
}

/* --- units --- */

int cmd_sweep_submit(struct ctl *c)
{
    struct node *b, *answer = NULL;
    const char *text = NULL;
    int r = sweep_body(c, &b);

    if (r < 0)
        return r;
    ctl_put_text(b, "area", args_text(c->args, "--division"));
    r = ctl_try(c, OP_SWEEP_SUBMIT, b, &answer, &text);
    if (r < 0) {
        out_say("hutongctl: %s", text);
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
            out_say(_("  %s：待查 %lld，抽查退回 %lld"), node_text_or(e, "title", ""),
                    (long long)node_num(e, "todo", 0), (long long)node_num(e, "back", 0));
        return r;
    }
    done(c, answer, _("已报送"));
    return wait_job(c, node_num(answer, "job", 0), _("报送"));
}

static int decide(struct ctl *c, bool ok)
{
    struct node *b, *answer;
    const struct node *skipped;
    bool some;
    int r = sweep_body(c, &b);

    if (r < 0)
        return r;
    node_bool(b, "ok", ok);
    ctl_put_words(b, "areas", args_text(c->args, "--division"));
    if ((r = ctl_call(c, OP_SWEEP_ACCEPT, b, &answer)) < 0)
        return r;
    skipped = node_get(answer, "skipped");
    some = skipped && skipped->n;
    for (const struct node *e = node_first(skipped); e; e = e->next)
        out_say("  %s: %s", node_text_or(e, "area", ""), node_text_or(e, "text", ""));
    done(c, answer, ok ? _("已接收") : _("已退回"));
    r = wait_job(c, node_num(answer, "job", 0), ok ? _("接收") : _("退回"));
    return r < 0 ? r : some ? CTL_SOME : 0;
}

int cmd_sweep_accept(struct ctl *c)
{
    return decide(c, true);
}

int cmd_sweep_return(struct ctl *c)
{
    return decide(c, false);
}

/* Exit code 1 when a counter does not agree with its rows. */
int cmd_sweep_recount(struct ctl *c)
{
    struct node *b, *answer;
    size_t wrong = 0;
    int r = sweep_body(c, &b);

    if (r < 0)
        return r;
    ctl_put_text(b, "area", args_text(c->args, "--division"));
    if ((r = ctl_call(c, OP_SWEEP_RECOUNT, b, &answer)) < 0)
        return r;
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next, wrong++)
        out_print("%s %lld %lld\n", node_text_or(e, "counter", ""),
                  (long long)node_num(e, "kept", 0), (long long)node_num(e, "counted", 0));
    return wrong ? CTL_SOME : 0;
}
