/* report: the statistics, as a table, CSV, JSON or a workbook. */
#include "ctl/commands.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "report/table_write.h"

struct printing {
    struct ctl *c;
    const struct node *head; /* the first page */
    void *kept;              /* holds it */
    size_t n;                /* columns behind code and name */
    const char **cell;
    struct out *out;
    struct table_file *file;
};

/* Labels of definitions stand in the catalogue. */
static const char *word(const struct node *n, const char *key)
{
    const char *s = node_text(n, key);
    return s && *s ? lang_text(s) : s;
}

/* --- which there are --- */

static int list_reports(struct ctl *c)
{
    static const struct out_column column[] = {
        {.key = "name"}, {.key = "label"}, {.key = "periods"}};
    struct node *answer;
    int r = ctl_call(c, OP_STAT_LIST, ctl_body(c, NULL), &answer);
    if (r < 0)
        return r;
    struct out *out = out_open(c, c->format, column, NELEM(column));
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        char *periods = talloc_strdup(c, "");
        for (const struct node *p = node_first(node_get(e, "periods")); p; p = p->next)
            periods = talloc_asprintf_append(periods, "%s%s", *periods ? " " : "", p->str);
        out_row(out, (const char *[]){node_text(e, "name"), word(e, "label"), periods});
    }
    out_close(out);
    return 0;
}

/* --- one --- */

static int open_table(struct printing *x)
{
    struct out_column *column = talloc_zero_array(x->c, struct out_column, x->n + 2);
    size_t i = 2;
    column[0] = (struct out_column){.key = "code", .label = _("区划")};
    column[1] = (struct out_column){.key = "name", .label = _("名称")};
    for (const struct node *e = node_first(node_get(x->head, "columns")); e; e = e->next, i++) {
        const char *group = word(e, "group"), *label = word(e, "label");
        column[i] =
            (struct out_column){.key = node_text(e, "name"),
                                .label = group ? text_printf(x->c, "%s %s", group, label) : label,
                                .number = true};
    }
    x->out = out_open(x->c, x->c->format, column, x->n + 2);
    return 0;
}

static int open_file(struct printing *x, const char *path)
{
    struct table_column *column = talloc_zero_array(x->c, struct table_column, x->n + 2);
    char *problem = NULL, *title;
    size_t i = 2;
    column[0] = (struct table_column){.heading = _("区划"), .width = 12};
    column[1] = (struct table_column){.heading = _("名称"), .width = 20};
    for (const struct node *e = node_first(node_get(x->head, "columns")); e; e = e->next)
        column[i++] = (struct table_column){
            .heading = word(e, "label"), .group = word(e, "group"), .number = true};
    title = text_printf(x->c, "%s  %s  %s%s", word(x->head, "label"),
                        node_text_or(x->head, "title", ""), node_text_or(x->head, "period", ""),
                        node_flag(x->head, "partial") ? _("（未满期）") : "");
    int r =
        table_create_titled(x->c, TABLE_XLSX, path, title, column, x->n + 2, &x->file, &problem);
    if (r < 0)
        out_say("hutongctl: %s", problem);
    return r;
}

static int head(struct printing *x, const struct node *answer)
{
    const char *xlsx = args_text(x->c->args, "--xlsx");
    struct node *copy = node_map(x->c);
    if (x->head)
        return 0;
    for (const struct node *e = node_first(answer); e; e = e->next)
        if (strcmp(e->key, "rows") != 0)
            node_copy(copy, e->key, e);
    x->head = copy;
    x->n = node_get(copy, "columns") ? node_get(copy, "columns")->n : 0;
    x->cell = talloc_zero_array(x->c, const char *, x->n + 2);
    out_say("%s  %s  %s", word(copy, "label"), node_text_or(copy, "title", ""),
            node_text_or(copy, "period", ""));
    if (node_text(copy, "edition"))
        out_say(_("第 %s 版，取数 %s"), node_text(copy, "edition"),
                node_text_or(copy, "cutoff", ""));
    if (node_flag(copy, "partial"))
        out_say(_("未满期：数字截至 %s"), node_text_or(copy, "to", ""));
    return xlsx ? open_file(x, xlsx) : open_table(x);
}

static int row(struct printing *x, const struct node *e)
{
    void *tmp = talloc_new(x->c);
    size_t i = 2;
    int r = 0;
    x->cell[0] = node_text(e, "code");
    x->cell[1] = node_text(e, "name");
    for (const struct node *v = node_first(node_get(e, "v")); v && i < x->n + 2; v = v->next, i++)
        x->cell[i] = v->type == NODE_STR ? v->str : text_printf(tmp, "%lld", (long long)v->num);
    if (x->file)
        r = table_add(x->file, x->cell);
    else
        out_row(x->out, x->cell);
    talloc_free(tmp);
    return r;
}

static int finish(struct printing *x)
{
    char *problem = NULL;
    int r = 0;
    if (x->out)
        out_close(x->out);
    if (x->file && (r = table_close(x->file, &problem)) < 0)
        out_say("hutongctl: %s", problem);
    for (const struct node *e = node_first(node_get(x->head, "broken")); e; e = e->next)
        out_say(_("检验不通过：%s"), e->str);
    if (node_text(x->head, "exceptions"))
        out_say(_("例外说明：\n%s"), node_text(x->head, "exceptions"));
    for (const struct node *e = node_first(node_get(x->head, "differences")); e; e = e->next)
        out_say(_("更正：%s %s %s，原来 %s，现在 %s"), node_text_or(e, "name", ""),
                word(e, "group") ? word(e, "group") : "", word(e, "label"),
                node_text_or(e, "was", ""), node_text_or(e, "is", ""));
    return r;
}

/* All pages of a table; b asks for it. */
static int print_pages(struct ctl *c, enum wire_op op, struct node *b)
{
    struct printing x = {.c = c};
    struct node *answer;
    int r;
    if (args_text(c->args, "--xlsx") && c->format != OUT_TABLE) {
        out_say(_("hutongctl: --csv --json --xlsx 只写一个"));
        return HE_USAGE;
    }
    node_bool(b, "deep", args_has(c->args, "--villages"));
    for (;;) {
        if ((r = ctl_call(c, op, b, &answer)) < 0 || (r = head(&x, answer)) < 0)
            return r;
        for (const struct node *e = node_first(node_get(answer, "rows")); e && r == 0; e = e->next)
            r = row(&x, e);
        const char *next = node_text(answer, "next");
        if (r < 0 || !next)
            break;
        node_str(b, "after", next);
        ctl_forget(c);
    }
    return r < 0 ? r : finish(&x);
}

int cmd_report(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    if (!args_at(c->args, 0))
        return list_reports(c);
    ctl_put_text(b, "report", args_at(c->args, 0));
    ctl_put_text(b, "period", args_text(c->args, "--period"));
    ctl_put_text(b, "division", args_text(c->args, "--division"));
    return print_pages(c, OP_STAT_RUN, b);
}

/* --- frozen ones --- */

int cmd_report_freeze(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL), *answer;
    const struct node *job;
    ctl_put_text(b, "report", args_at(c->args, 0));
    ctl_put_text(b, "period", args_text(c->args, "--period"));
    ctl_put_text(b, "division", args_text(c->args, "--division"));
    ctl_put_text(b, "note", args_text(c->args, "--note"));
    int r = ctl_call(c, OP_STAT_FREEZE, b, &answer);
    if (r < 0)
        return r;
    int64_t id = node_num(answer, "frozen", 0), edition = node_num(answer, "edition", 0);
    r = ctl_wait_job(c, node_num(answer, "job", 0), _("冻结报表"), &job);
    if (r < 0)
        return r;
    out_say(_("已冻结，第 %lld 版"), (long long)edition);
    if (args_has(c->args, "--json")) {
        struct node *n = node_map(c->args);
        node_int(n, "frozen", id);
        node_int(n, "edition", edition);
        out_json(n);
    } else {
        out_print("%lld\n", (long long)id);
    }
    return 0;
}

static int list_frozen(struct ctl *c)
{
    static const char *const keys[] = {"id",      "report", "period", "division", "title",
                                       "edition", "state",  "cutoff", "by",       "note"};
    struct out_column column[NELEM(keys)] = {{0}};
    struct node *answer;
    int r = ctl_call(c, OP_STAT_FROZEN, ctl_body(c, NULL), &answer);
    if (r < 0)
        return r;
    for (size_t i = 0; i < NELEM(keys); i++)
        column[i] = (struct out_column){.key = keys[i], .number = i == 0};
    struct out *out = out_open(c, c->format, column, NELEM(keys));
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        const char *cell[NELEM(keys)];
        cell[0] = text_printf(c, "%lld", (long long)node_num(e, "id", 0));
        for (size_t i = 1; i < NELEM(keys); i++)
            cell[i] =
                node_text(e, c->format == OUT_TABLE && strcmp(keys[i], "state") == 0 ? "state_text"
                                                                                     : keys[i]);
        out_row(out, cell);
    }
    out_close(out);
    return 0;
}

int cmd_report_frozen(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    int64_t id;
    if (!args_at(c->args, 0))
        return list_frozen(c);
    int r = ctl_number("ID", args_at(c->args, 0), &id);
    if (r < 0)
        return r;
    node_int(b, "id", id);
    return print_pages(c, OP_STAT_FROZEN, b);
}
