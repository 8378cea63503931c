/* division load: a table of divisions, fed in pieces, then a job. */
#include "ctl/commands.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "report/table_read.h"

#define PIECE_BYTES 40000
#define POLL_MS     50
#define JOB_DONE    2 /* state of a job in job.list; larger ones failed (store/store_admin.h) */

static const struct {
    const char *key, *heading[4];
} columns[] = {
    {"code", {"code", HAN_("代码"), HAN_("区划代码"), NULL}},
    {"name", {"name", HAN_("名称"), HAN_("区划名称"), NULL}},
    {"urban_rural", {"urban_rural", HAN_("城乡分类代码"), HAN_("城乡分类"), NULL}},
    {"action", {"action", HAN_("操作"), HAN_("变更"), NULL}},
    {"target", {"target", HAN_("并入"), HAN_("并入代码"), NULL}},
};

struct load {
    struct ctl *c;
    int column[NELEM(columns)]; /* in the file, -1: none */
    struct node *body, *rows;
    size_t bytes, sent, count;
    int64_t job;
};

static int column_of(const struct table_row *row, size_t key)
{
    for (size_t i = 0; i < row->n; i++) {
        char *cell = text_fold(NULL, row->cell[i]);
        for (const char *const *h = columns[key].heading; *h; h++)
            if (strcmp(cell, *h) == 0) {
                talloc_free(cell);
                return (int)i;
            }
        talloc_free(cell);
    }
    return -1;
}

static int read_heading(struct load *l, const struct table_row *row)
{
    for (size_t k = 0; k < NELEM(columns); k++)
        l->column[k] = column_of(row, k);
    if (l->column[0] >= 0 && l->column[1] >= 0)
        return 0;
    out_say(_("hutongctl: 第一行应是列名 code,name（还可以有 urban_rural,action,target）"));
    return HE_FORMAT;
}

static void new_piece(struct load *l)
{
    l->body = ctl_body(l->c, NULL);
    l->rows = node_add_list(l->body, "rows");
    l->bytes = 0;
}

static int send_piece(struct load *l, bool more)
{
    struct node *answer;
    bool dry = args_has(l->c->args, "--dry-run");
    if (dry && (more || l->sent)) /* only a whole load can be tried by the server */
        return 0;
    node_bool(l->body, "more", more);
    if (l->job)
        node_int(l->body, "job", l->job);
    int r = ctl_call(l->c, OP_DIVISION_LOAD, l->body, &answer);
    if (r < 0)
        return r;
    l->job = node_num(answer, "job", 0);
    l->sent++;
    return 0;
}

static int add_row(struct load *l, const struct table_row *row)
{
    int r = 0;
    char code[13];
    if (l->bytes > PIECE_BYTES) {
        r = send_piece(l, true);
        new_piece(l);
    }
    struct node *n = node_add_map(l->rows, NULL);
    for (size_t k = 0; k < NELEM(columns); k++) {
        int at = l->column[k];
        const char *cell = at >= 0 && (size_t)at < row->n ? row->cell[at] : "";
        if (*cell)
            node_str(n, columns[k].key, cell);
        l->bytes += strlen(cell) + 16;
    }
    l->count++;
    char *clean =
        text_clean(l->c, node_text_or(n, "code", ""), TEXT_NOSPACE | TEXT_HALFWIDTH, NULL);
    if (r == 0 && area_parse(clean, code) < 0) {
        out_say(_("hutongctl: 文件第 %ld 行的区划代码“%s”应是12位数字"), row->number, clean);
        return HE_FORMAT;
    }
    return r;
}

static int read_file(struct load *l)
{
    struct table_opt opt = {0};
    struct table *t;
    const struct table_row *row;
    char *problem = NULL;
    const char *enc = args_text(l->c->args, "--encoding");
    bool headed = false;
    if (enc && conv_enc_parse(enc, &opt.enc) < 0) {
        out_say(_("hutongctl: 不认识编码 %s"), enc);
        return HE_USAGE;
    }
    int r = table_open(l->c, args_at(l->c->args, 0), &opt, &t, &problem);
    while (r == 0 && (r = table_next(t, &row, &problem)) > 0) {
        r = headed ? add_row(l, row) : read_heading(l, row);
        headed = true;
    }
    if (r < 0 && problem)
        out_say("hutongctl: %s", problem);
    return r;
}

int ctl_wait_job(struct ctl *c, int64_t id, const char *what, const struct node **job)
{
    for (;;) {
        struct node *answer;
        ctl_forget(c);
        int r = ctl_call(c, OP_JOB_LIST, NULL, &answer);
        if (r < 0)
            return r;
        const struct node *e = node_first(node_get(answer, "rows"));
        while (e && node_num(e, "id", 0) != id)
            e = e->next;
        if (!e) {
            out_say(_("hutongctl: 找不到任务 %lld"), (long long)id);
            return HE_NOTFOUND;
        }
        *job = e;
        if (node_num(e, "ended", 0) || node_num(e, "state", 0) >= JOB_DONE)
            return 0;
        out_progress("%s %lld/%lld", what, (long long)node_num(e, "done", 0),
                     (long long)node_num(e, "total", 0));
        poll(NULL, 0, POLL_MS);
    }
}

static int say_unfinished(const struct node *job)
{
    if (node_num(job, "state", 0) == JOB_DONE)
        return 0;
    out_say(_("hutongctl: 任务没有完成：%s"), node_text_or(node_get(job, "result"), "text", ""));
    return HE_RULE;
}

int ctl_finish_job(struct ctl *c, int64_t id, const char *what)
{
    const struct node *job;
    int r = ctl_wait_job(c, id, what, &job);
    return r < 0 ? r : say_unfinished(job);
}

static int say_result(const struct node *job)
{
    const struct node *result = node_get(job, "result");
    const struct node *p = node_first(node_get(result, "problems"));
    for (const struct node *e = p; e; e = e->next)
        out_say(_("  第 %lld 行：%s"), (long long)node_num(e, "row", 0),
                node_text_or(e, "text", ""));
    if (p) {
        out_say(_("hutongctl: 有错误，什么都没有改"));
        return HE_RULE;
    }
    int r = say_unfinished(job);
    if (r < 0)
        return r;
    for (const struct node *e = node_first(result); e; e = e->next)
        if (e->type == NODE_INT)
            out_print("%s %lld\n", e->key, (long long)e->num);
    return 0;
}

int cmd_division_load(struct ctl *c)
{
    struct load l = {.c = c};
    const struct node *job;
    int r = ctl_connect(c);
    if (r < 0)
        return r;
    new_piece(&l);
    r = read_file(&l);
    if (r == 0)
        r = send_piece(&l, false);
    if (r < 0)
        return r;
    if (args_has(c->args, "--dry-run")) {
        out_say(_("文件有 %zu 行，格式没有错误，没有载入 (--dry-run)"), l.count);
        return 0;
    }
    r = ctl_wait_job(c, l.job, _("载入区划"), &job);
    return r < 0 ? r : say_result(job);
}

/* --- what villages lack, whom to ask --- */

struct empty {
    struct out *out;
    size_t n;
};

static int empty_row(struct ctl *c, const struct node *row, void *arg)
{
    struct empty *e = arg;
    const char *cell[] = {node_text(row, "code"), node_text(row, "title"),
                          node_text(row, "director")};
    (void)c;
    out_row(e->out, cell);
    e->n++;
    return 0;
}

int cmd_division_empty(struct ctl *c)
{
    const struct out_column column[] = {{.key = "code", .label = _("代码")},
                                        {.key = "title", .label = _("村(居)")},
                                        {.key = "director", .label = _("儿童主任")}};
    struct node *b = ctl_body(c, NULL), *answer;
    ctl_put_text(b, "below", args_text(c->args, "--division"));
    int r = ctl_call(c, OP_AREA_EMPTY, b, &answer);
    if (r < 0)
        return r;
    int64_t villages = node_num(answer, "villages", 0); /* the pages let the answer go */
    struct empty e = {out_open(c, c->format, column, NELEM(column)), 0};
    r = ctl_pages(c, OP_AREA_EMPTY, b, 0, empty_row, &e);
    out_close(e.out);
    if (r == 0)
        out_say(_("%lld 个村(居)里，%zu 个没有一份档案"), (long long)villages, e.n);
    return r;
}

int cmd_division_contacts(struct ctl *c)
{
    static const struct out_column column[] = {{.key = "title", .label = N_("区划")},
                                               {.key = "label", .label = N_("角色")},
                                               {.key = "name", .label = N_("姓名")},
                                               {.key = "phone", .label = N_("电话")},
                                               {.key = "unit", .label = N_("单位")}};
    struct node *b = ctl_body(c, NULL), *answer;
    node_str(b, "division", args_at(c->args, 0));
    int r = ctl_call(c, OP_AREA_CONTACTS, b, &answer);
    if (r == 0)
        out_list(c, c->format, column, NELEM(column), node_get(answer, "rows"));
    return r;
}
