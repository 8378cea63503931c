/* A child's way, and the review of changes. */
#include "ctl/commands.h"

#include <talloc.h>

#include "base/date.h"
#include "base/lang.h"

static int run_child(struct ctl *c, enum wire_op op, struct node *b)
{
    struct node *answer;
    int r = ctl_call(c, op, b, &answer);
    if (r == 0)
        ctl_print_saved(c, answer, false);
    return r;
}

int cmd_child_move(struct ctl *c)
{
    struct node *b = ctl_body(c, "child");
    ctl_put_id(b, args_at(c->args, 0));
    node_str(b, "village", args_text(c->args, "--village"));
    return run_child(c, OP_CHILD_MOVE, b);
}

/* Reason and day have words of their own; everything else is field=value. */
static int leave(struct ctl *c, enum wire_op op, const char *reason, const char *day)
{
    struct node *b = ctl_body(c, "child"), *v = node_add_map(b, "v");
    char today[11];
    const char *on = args_text(c->args, "--on");
    ctl_put_id(b, args_at(c->args, 0));
    ctl_put_text(v, reason, args_text(c->args, "--reason-code"));
    node_str(v, day, on ? on : date_format(ctl_today(c), today));
    int r = ctl_put_values(c, b, 1);
    return r < 0 ? r : run_child(c, op, b);
}

int cmd_child_exit(struct ctl *c)
{
    return leave(c, OP_CHILD_EXIT, "exit_reason", "exit_date");
}

int cmd_child_return(struct ctl *c)
{
    return leave(c, OP_CHILD_RETURN, "add_reason", "add_date");
}

int cmd_child_merge(struct ctl *c)
{
    struct node *b = ctl_body(c, "child");
    int r = ctl_put_argument(c, b, "id", _("编号"), 0);
    if (r == 0)
        r = ctl_put_option(c, b, "to", "--into");
    return r < 0 ? r : run_child(c, OP_CHILD_MERGE, b);
}

static int decide(struct ctl *c, bool approve)
{
    struct node *b = ctl_body(c, NULL), *answer;
    int r = ctl_put_ids(c, b, 0, _("变更号"));
    if (r < 0)
        return r;
    node_bool(b, "approve", approve);
    if (!approve && args_text(c->args, "--marks"))
        ctl_put_words(b, "marks", args_text(c->args, "--marks"));
    if ((r = ctl_call(c, OP_REVIEW_DECIDE, b, &answer)) < 0)
        return r;
    if (c->format == OUT_JSON)
        out_json(answer);
    bool some = ctl_print_skipped(answer);
    out_say(approve ? _("通过 %lld 项") : _("退回 %lld 项"),
            (long long)node_num(answer, "done", 0));
    if (args_has(c->args, "--dry-run"))
        out_say(_("没有保存 (--dry-run)"));
    return some ? CTL_SOME : 0;
}

int cmd_review_approve(struct ctl *c)
{
    return decide(c, true);
}

int cmd_review_return(struct ctl *c)
{
    return decide(c, false);
}

int cmd_child_checked(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL), *answer;
    int r = ctl_put_ids(c, b, 0, _("编号"));
    if (r < 0 || (r = ctl_call(c, OP_CHILD_CHECKED, b, &answer)) < 0)
        return r;
    if (c->format == OUT_JSON)
        out_json(answer);
    bool some = ctl_print_skipped(answer);
    out_say(_("核实 %lld 个"), (long long)node_num(answer, "done", 0));
    return some ? CTL_SOME : 0;
}

/* --- hand-over --- */

int cmd_child_handover(struct ctl *c)
{
    static const char *const kinds[] = {"children", "tasks", "drafts"};
    struct node *b = ctl_body(c, NULL), *answer;
    int64_t sum[NELEM(kinds)] = {0};
    int r = 0;
    node_str(b, "from", args_at(c->args, 0));
    node_str(b, "to", args_at(c->args, 1));
    if (args_count(c->args) > 2 && (r = ctl_put_ids(c, b, 2, _("编号"))) < 0)
        return r;
    do { /* many children go in pieces */
        if ((r = ctl_call(c, OP_CHILD_HANDOVER, b, &answer)) < 0)
            return r;
        if (c->format == OUT_JSON)
            out_json(answer);
        for (size_t i = 0; i < NELEM(kinds); i++) {
            sum[i] += node_num(answer, kinds[i], 0);
            for (const struct node *e = node_first(node_get(node_get(answer, "named"), kinds[i]));
                 e && c->format != OUT_JSON; e = e->next)
                out_print("%s  %s\n", kinds[i], node_text_or(e, "text", ""));
        }
    } while (node_num(answer, "left", 0) > 0);
    out_say(args_has(c->args, "--dry-run")
                ? _("将交接 %lld 个孩子、%lld 件待办、%lld 份没有录完的登记")
                : _("已交接 %lld 个孩子、%lld 件待办、%lld 份没有录完的登记"),
            (long long)sum[0], (long long)sum[1], (long long)sum[2]);
    return 0;
}
