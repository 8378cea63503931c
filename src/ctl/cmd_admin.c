/* The audit trail, backup, verification, jobs, status. */
#include "ctl/commands.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/date.h"
#include "base/lang.h"
#include "base/text.h"

/* --- audit --- */

static void audit_row(struct ctl *c, struct out *out, const struct node *row)
{
    char when[20];
    void *tmp = talloc_new(c);
    if (c->format == OUT_JSON) {
        out_json(row);
    } else {
        int64_t id = node_num(row, "id", 0);
        const char *cell[] = {text_printf(tmp, "%lld", (long long)node_num(row, "seq", 0)),
                              date_time_format(node_num(row, "time", 0), when),
                              node_text(row, "user"),
                              node_text(row, "from"),
                              node_text(row, "op"),
                              node_text(row, "type"),
                              id ? text_printf(tmp, "%lld", (long long)id) : NULL,
                              node_text(row, "why")};
        out_row(out, cell);
    }
    talloc_free(tmp);
}

static int audit_body(struct ctl *c, struct node *b, int64_t *limit)
{
    const char *word = args_text(c->args, "--limit");
    int r = word ? ctl_number("--limit", word, limit) : 0;
    if (r == 0)
        r = ctl_put_option(c, b, "from", "--from");
    ctl_put_text(b, "user", args_text(c->args, "--user"));
    ctl_put_text(b, "op", args_text(c->args, "--op"));
    node_bool(b, "reverse", args_has(c->args, "--newest"));
    return r;
}

int cmd_audit_list(struct ctl *c)
{
    const struct out_column column[] = {
        {"seq", _("序号"), true, false},   {"time", _("时间"), false, false},
        {"user", _("用户"), false, false}, {"from", _("来自"), false, false},
        {"op", _("办理"), false, false},   {"type", _("记录"), false, false},
        {"id", _("编号"), true, false},    {"why", _("原因"), false, false}};
    struct node *b = ctl_body(c, NULL), *answer = NULL;
    int64_t limit = 0, given = 0, next = 0;
    int r = audit_body(c, b, &limit);
    if (r < 0)
        return r;
    struct out *out = c->format == OUT_JSON ? NULL : out_open(c, c->format, column, NELEM(column));
    do {
        node_int(b, "limit", limit && limit - given < 200 ? limit - given : 200);
        r = ctl_call(c, OP_AUDIT_LIST, b, &answer);
        if (r < 0)
            break;
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next, given++)
            audit_row(c, out, e);
        next = node_num(answer, "next", 0);
        node_int(b, "from", next);
        ctl_forget(c);
    } while (next > 0 && (!limit || given < limit));
    if (out)
        out_close(out);
    return r;
}

int cmd_audit_verify(struct ctl *c)
{
    struct node *answer;
    int r = ctl_call(c, OP_AUDIT_VERIFY, NULL, &answer);
    if (r < 0)
        return r;
    long long rows = (long long)node_num(answer, "rows", 0),
              bad = (long long)node_num(answer, "bad", 0);
    if (c->format == OUT_JSON)
        out_json(answer);
    else
        out_print("%s\n", node_text_or(answer, "head", ""));
    if (bad)
        out_say(_("hutongctl: 审计链从第 %lld 行起对不上，请立即报告审计管理员"), bad);
    else
        out_say(_("审计链完整，共 %lld 行；上面是链头，可与另存的核对"), rows);
    return bad ? HE_RULE : 0;
}

/* --- backup and verification --- */

int cmd_backup(struct ctl *c)
{
    char real[4096];
    const char *dir = args_at(c->args, 0);
    struct node *b = ctl_body(c, NULL), *answer;
    if (dir[0] != '/' && getcwd(real, sizeof real))
        dir = text_printf(c->args, "%s/%s", real, dir);
    node_str(b, "dir", dir);
    int r = ctl_call(c, OP_BACKUP, b, &answer);
    if (r == 0)
        out_say(_("备份完成：%s"), node_text_or(answer, "dir", dir));
    return r;
}

int cmd_verify(struct ctl *c)
{
    struct node *answer;
    int r = ctl_call(c, OP_VERIFY, NULL, &answer);
    if (r < 0)
        return r;
    long long faults = (long long)node_num(answer, "faults", 0);
    if (c->format == OUT_JSON)
        out_json(answer);
    for (const struct node *e = node_first(node_get(answer, "list")); e; e = e->next)
        if (e->type == NODE_STR)
            out_say("  %s", e->str);
    if (faults)
        out_say(_("hutongctl: 有 %lld 处错误，请不要继续录入，立即联系县局管理员"), faults);
    else
        out_say(_("数据文件、索引和经历都一致"));
    return faults ? HE_RULE : 0;
}

/* --- jobs --- */

static const char *job_state(int64_t state)
{
    static const char *const names[] = {N_("等待"), N_("进行"), N_("完成"), N_("失败"), N_("取消")};
    return state >= 0 && state < (int64_t)NELEM(names) ? _(names[state]) : "?";
}

int cmd_job_list(struct ctl *c)
{
    static const struct out_column column[] = {{.key = "id", .label = N_("编号"), .number = true},
                                               {.key = "kind", .label = N_("任务")},
                                               {.key = "owner", .label = N_("谁的")},
                                               {.key = "state", .label = N_("状态")},
                                               {.key = "done", .label = N_("已办"), .number = true},
                                               {.key = "total", .label = N_("共"), .number = true}};
    struct node *answer;
    int r = ctl_call(c, OP_JOB_LIST, NULL, &answer);
    if (r < 0)
        return r;
    struct out *out = out_open(c, c->format, column, NELEM(column));
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        struct node *row = node_map(c->args);
        for (const struct node *v = node_first(e); v; v = v->next)
            if (strcmp(v->key, "state") != 0)
                node_copy(row, v->key, v);
        node_str(row, "state", job_state(node_num(e, "state", -1)));
        out_node(out, row);
        talloc_free(row);
    }
    out_close(out);
    return 0;
}

int cmd_job_cancel(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    int r = ctl_put_argument(c, b, "id", _("任务编号"), 0);
    return r < 0 ? r : ctl_act(c, OP_JOB_CANCEL, b, _("已取消"));
}

/* --- status --- */

static void print_node(const struct node *n, const char *before)
{
    for (const struct node *e = node_first(n); e; e = e->next) {
        if (e->type == NODE_MAP) {
            char *deeper = text_printf(NULL, "%s%s.", before, e->key);
            print_node(e, deeper);
            talloc_free(deeper);
        } else if (e->type == NODE_STR) {
            out_print("%s%-12s %s\n", before, e->key, e->str);
        } else if (e->type == NODE_BOOL) {
            out_print("%s%-12s %s\n", before, e->key, e->num ? _("是") : _("否"));
        } else if (e->type == NODE_INT) {
            out_print("%s%-12s %lld\n", before, e->key, (long long)e->num);
        }
    }
}

int cmd_status(struct ctl *c)
{
    struct node *answer;
    int r = ctl_call(c, OP_STATUS, NULL, &answer);
    if (r < 0)
        return r;
    if (c->format == OUT_JSON)
        out_json(answer);
    else
        print_node(answer, "");
    return 0;
}
