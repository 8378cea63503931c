/* Sweeps: what is done to them. The requests are those of the screens: work/sweep.h says what bodies
 * and answers hold. */
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

int ctl_sweep_body(struct ctl *c, struct node **b)
{
    int64_t id;
    int r = sweep_id(c, args_at(c->args, 0), &id);

    *b = ctl_body(c, NULL);
    if (r == 0)
        node_int(*b, "sweep", id);
    return r;
}

static int wait_job(struct ctl *c, const struct node *answer, const char *what)
{
    int64_t job = node_num(answer, "job", 0);

    if (!job || args_has(c->args, "--dry-run") || args_has(c->args, "--no-wait"))
        return 0;
    return ctl_finish_job(c, job, what);
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
    return wait_job(c, answer, _("建立名单"));
}

int cmd_sweep_close(struct ctl *c)
{
    struct node *b;
    int r = ctl_sweep_body(c, &b);

    node_bool(b, "void", args_has(c->args, "--void"));
    return r < 0 ? r : ctl_act(c, OP_SWEEP_CLOSE, b, _("已结束"));
}

/* --- milestones, documents --- */

int ctl_sweep_freeze(struct ctl *c, const char *name, int64_t *n)
{
    struct node *b, *answer;
    int r = ctl_sweep_body(c, &b);

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
    int r = ctl_sweep_freeze(c, args_at(c->args, 1), &n);

    if (r == 0)
        out_print("%lld\n", (long long)n);
    return r;
}

int cmd_sweep_bulletin(struct ctl *c)
{
    struct node *b, *answer;
    int r = ctl_sweep_body(c, &b);

    node_str(b, "kind",
             args_has(c->args, "--notice")   ? "notice"
             : args_has(c->args, "--report") ? "report"
                                             : "bulletin");
    if (r < 0 || (r = ctl_call(c, OP_SWEEP_BULLETIN, b, &answer)) < 0)
        return r;
    for (const struct node *e = node_first(node_get(answer, "ids")); e && c->format != OUT_JSON;
         e = e->next)
        out_print("%lld\n", (long long)e->num);
    ctl_print_done(c, answer, _("已起草，请领导签批"));
    return 0;
}

int cmd_sweep_sign(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    bool empty = args_has(c->args, "--void");
    int r = ctl_put_argument(c, b, "id", _("文书编号"), 0);

    node_bool(b, "ok", !empty);
    return r < 0 ? r : ctl_act(c, OP_SWEEP_SIGN, b, empty ? _("已作废") : _("已签批"));
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
    int r = ctl_sweep_body(c, &b);

    if (r < 0 || (r = ctl_put_option(c, b, "sample", "--show")) < 0 ||
        (r = ctl_put_option(c, b, "seed", "--seed")) < 0 ||
        (r = ctl_put_option(c, b, "size", "--size")) < 0)
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
    int r = ctl_put_argument(c, b, "id", _("行的编号"), 0);

    if (r < 0)
        return r;
    node_bool(b, "ok", args_has(c->args, "--ok"));
    ctl_put_text(b, "note", args_text(c->args, "--note"));
    if (args_text(c->args, "--fields"))
        ctl_put_words(b, "fields", args_text(c->args, "--fields"));
    if ((r = ctl_call(c, OP_SWEEP_CHECK, b, &answer)) < 0)
        return r;
    ctl_print_done(c, answer,
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
    int r = ctl_sweep_body(c, &b);

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
    ctl_print_done(c, answer, _("已报送"));
    return wait_job(c, answer, _("报送"));
}

static int decide(struct ctl *c, bool ok)
{
    struct node *b, *answer;
    bool some;
    int r = ctl_sweep_body(c, &b);

    if (r < 0)
        return r;
    node_bool(b, "ok", ok);
    ctl_put_words(b, "areas", args_text(c->args, "--division"));
    if ((r = ctl_call(c, OP_SWEEP_ACCEPT, b, &answer)) < 0)
        return r;
    some = ctl_print_skipped(answer);
    ctl_print_done(c, answer, ok ? _("已接收") : _("已退回"));
    r = wait_job(c, answer, ok ? _("接收") : _("退回"));
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
    int r = ctl_sweep_body(c, &b);

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
