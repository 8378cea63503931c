/* report: the statistics, as a table, CSV, JSON or a workbook. */
#include "ctl/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "report/pdf.h"
#include "report/table_write.h"

enum { PDF_COLUMNS = 30 }; /* of figures that can be read on one sheet */

/* Where the rows go: stdout, a file of rows, or a PDF that wants all of them. */
struct printing {
    struct ctl *c;
    const struct node *head; /* the first page */
    size_t n;                /* columns behind code and name */
    const char **cell;
    struct table_column *column;
    const char *title, *pdf;
    struct out *out;
    struct table_file *file;
    const char **all; /* for the PDF */
    bool *strong;
    size_t nrow;
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
    column[0] = (struct out_column){.key = "code", .label = x->column[0].heading};
    column[1] = (struct out_column){.key = "name", .label = x->column[1].heading};
    for (const struct node *e = node_first(node_get(x->head, "columns")); e; e = e->next, i++) {
        const struct table_column *t = &x->column[i];
        column[i] = (struct out_column){
            .key = node_text(e, "name"),
            .label = t->group ? text_printf(x->c, "%s %s", t->group, t->heading) : t->heading,
            .number = true};
    }
    x->out = out_open(x->c, x->c->format, column, x->n + 2);
    return 0;
}

static void columns(struct printing *x)
{
    size_t i = 2;
    x->column = talloc_zero_array(x->c, struct table_column, x->n + 2);
    x->column[0] = (struct table_column){.heading = _("区划"), .width = 12};
    x->column[1] = (struct table_column){.heading = _("名称"), .width = 20};
    for (const struct node *e = node_first(node_get(x->head, "columns")); e; e = e->next, i++) {
        x->column[i] = (struct table_column){
            .heading = word(e, "label"), .group = word(e, "group"), .number = true};
    }
}

static int open_sink(struct printing *x)
{
    struct args *args = x->c->args;
    const char *xlsx = args_text(args, "--xlsx"), *csv = args_text(args, "--csv-file");
    char *problem = NULL;
    int r = 0;
    x->pdf = args_text(args, "--pdf");
    if (xlsx || csv)
        r = table_create_titled(x->c, xlsx ? TABLE_XLSX : TABLE_CSV, xlsx ? xlsx : csv, x->title,
                                x->column, x->n + 2, &x->file, &problem);
    else if (!x->pdf)
        r = open_table(x);
    if (r < 0)
        out_say("hutongctl: %s", problem);
    return r;
}

static int head(struct printing *x, const struct node *answer)
{
    struct node *copy = node_map(x->c);
    if (x->head)
        return 0;
    for (const struct node *e = node_first(answer); e; e = e->next)
        if (strcmp(e->key, "rows") != 0)
            node_copy(copy, e->key, e);
    x->head = copy;
    x->n = node_get(copy, "columns") ? node_get(copy, "columns")->n : 0;
    x->cell = talloc_zero_array(x->c, const char *, x->n + 2);
    columns(x);
    x->title = text_printf(x->c, "%s  %s  %s%s", word(copy, "label"),
                           node_text_or(copy, "title", ""), node_text_or(copy, "period", ""),
                           node_flag(copy, "partial") ? _("（未满期）") : "");
    out_say("%s", x->title);
    if (node_text(copy, "edition"))
        out_say(_("第 %s 版，取数 %s"), node_text(copy, "edition"),
                node_text_or(copy, "cutoff", ""));
    if (node_flag(copy, "partial"))
        out_say(_("未满期：数字截至 %s"), node_text_or(copy, "to", ""));
    return open_sink(x);
}

static void keep_for_pdf(struct printing *x, bool total)
{
    size_t n = x->n + 2;
    x->all = talloc_realloc(x->c, x->all, const char *, (unsigned)((x->nrow + 1) * n));
    x->strong = talloc_realloc(x->c, x->strong, bool, (unsigned)x->nrow + 1);
    MUST(x->all && x->strong);
    for (size_t i = 0; i < n; i++)
        x->all[x->nrow * n + i] = x->cell[i] ? talloc_strdup(x->c, x->cell[i]) : NULL;
    x->strong[x->nrow++] = total;
}

static int row(struct printing *x, const struct node *e)
{
    void *tmp = talloc_new(x->c);
    size_t i = 2;
    int r = 0;
    x->cell[0] = node_text_or(e, "code", "");
    x->cell[1] = node_text_or(e, "name", "");
    for (const struct node *v = node_first(node_get(e, "v")); v && i < x->n + 2; v = v->next, i++)
        x->cell[i] = v->type == NODE_STR ? v->str : text_printf(tmp, "%lld", (long long)v->num);
    if (x->file)
        r = table_add(x->file, x->cell);
    else if (x->pdf)
        keep_for_pdf(x, node_flag(e, "total"));
    else
        out_row(x->out, x->cell);
    talloc_free(tmp);
    return r;
}

/* As it is, without the codes: those are no news on paper. */
static void lay_wide(struct printing *x, struct pdf_table *t)
{
    const char **cell = talloc_zero_array(x->c, const char *, x->nrow *(x->n + 1) + 1);
    MUST(cell);
    t->column = x->column + 1;
    t->n = x->n + 1;
    t->nrow = x->nrow;
    t->strong = x->strong;
    for (size_t i = 0; i < x->nrow; i++)
        memcpy(cell + i * t->n, x->all + i * (x->n + 2) + 1, t->n * sizeof *cell);
    t->cell = cell;
}

/* More columns than a sheet can show: they become the rows, and the divisions the columns. */
static void lay_long(struct printing *x, struct pdf_table *t)
{
    struct table_column *column = talloc_zero_array(x->c, struct table_column, x->nrow + 2);
    const char **cell = talloc_zero_array(x->c, const char *, x->n *(x->nrow + 2) + 1);
    MUST(column && cell);
    column[0] = (struct table_column){.heading = "", .width = 14};
    column[1] = (struct table_column){.heading = "", .width = 16};
    t->column = column;
    t->n = x->nrow + 2;
    t->nrow = x->n;
    t->cell = cell;
    for (size_t r = 0; r < x->nrow; r++)
        column[r + 2] =
            (struct table_column){.heading = x->all[r * (x->n + 2) + 1], .number = true};
    for (size_t c = 0; c < x->n; c++) {
        const struct table_column *was = &x->column[c + 2];
        bool again = c > 0 && was->group && was[-1].group && !strcmp(was->group, was[-1].group);
        cell[c * t->n] = !was->group ? was->heading : again ? NULL : was->group;
        cell[c * t->n + 1] = was->group ? was->heading : NULL;
        for (size_t r = 0; r < x->nrow; r++)
            cell[c * t->n + r + 2] = x->all[r * (x->n + 2) + c + 2];
    }
}

static int write_pdf(struct printing *x, char **problem)
{
    const char *below[] = {word(x->head, "definition"), node_text(x->head, "exceptions"), NULL};
    struct pdf_table t = {.title = word(x->head, "label"),
                          .left = node_text(x->head, "title"),
                          .right =
                              text_printf(x->c, "%s%s", node_text_or(x->head, "period", ""),
                                          node_flag(x->head, "partial") ? _("（未满期）") : ""),
                          .below = below};
    if (x->n > PDF_COLUMNS && x->nrow < x->n)
        lay_long(x, &t);
    else
        lay_wide(x, &t);
    return pdf_table(x->c, x->pdf, &t, problem);
}

static int finish(struct printing *x)
{
    char *problem = NULL;
    int r = 0;
    if (x->out)
        out_close(x->out);
    if (x->file)
        r = table_close(x->file, &problem);
    if (x->pdf)
        r = write_pdf(x, &problem);
    if (r < 0)
        out_say("hutongctl: %s", problem);
    for (const struct node *e = node_first(node_get(x->head, "broken")); e; e = e->next)
        out_say(_("检验不通过：%s"), e->str);
    if (node_text(x->head, "exceptions") && *node_text(x->head, "exceptions"))
        out_say(_("例外说明：\n%s"), node_text(x->head, "exceptions"));
    for (const struct node *e = node_first(node_get(x->head, "differences")); e; e = e->next)
        out_say(_("更正：%s %s %s，原来 %s，现在 %s"), node_text_or(e, "name", ""),
                word(e, "group") ? word(e, "group") : "", word(e, "label"),
                node_text_or(e, "was", ""), node_text_or(e, "is", ""));
    return r;
}

static int one_way_out(struct ctl *c)
{
    static const char *const ways[] = {"--xlsx", "--pdf", "--csv-file"};
    int n = c->format != OUT_TABLE;
    for (size_t i = 0; i < NELEM(ways); i++)
        n += args_text(c->args, ways[i]) != NULL;
    if (n <= 1)
        return 0;
    out_say(_("hutongctl: --csv --json --xlsx --pdf 只写一个"));
    return HE_USAGE;
}

/* All pages of a table; b asks for it. */
static int print_pages(struct ctl *c, enum wire_op op, struct node *b)
{
    struct printing x = {.c = c};
    struct node *answer;
    int r = one_way_out(c);
    if (r < 0)
        return r;
    node_bool(b, "deep", args_has(c->args, "--villages"));
    node_bool(b, "file", true);
    node_bool(b, "outside", args_has(c->args, "--outside"));
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

int cmd_report_count(struct ctl *c)
{
    struct node *b = ctl_body(c, args_at(c->args, 0));
    ctl_put_text(b, "rows", args_text(c->args, "--rows"));
    ctl_put_text(b, "columns", args_text(c->args, "--columns"));
    ctl_put_text(b, "where", args_text(c->args, "--where"));
    ctl_put_text(b, "day", args_text(c->args, "--day"));
    ctl_put_text(b, "area", args_text(c->args, "--division"));
    return print_pages(c, OP_STAT_CROSS, b);
}

/* --- frozen ones --- */

int cmd_report_freeze(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL), *answer;
    ctl_put_text(b, "report", args_at(c->args, 0));
    ctl_put_text(b, "period", args_text(c->args, "--period"));
    ctl_put_text(b, "division", args_text(c->args, "--division"));
    ctl_put_text(b, "note", args_text(c->args, "--note"));
    int r = ctl_call(c, OP_STAT_FREEZE, b, &answer);
    if (r < 0)
        return r;
    int64_t id = node_num(answer, "frozen", 0), edition = node_num(answer, "edition", 0);
    r = ctl_finish_job(c, node_num(answer, "job", 0), _("冻结报表"));
    if (r < 0)
        return r;
    out_say(_("已冻结，第 %lld 版"), (long long)edition);
    if (c->format == OUT_JSON) {
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
    bool table = c->format == OUT_TABLE;
    const struct out_column column[] = {{.key = "id", .number = true},
                                        {.key = "report"},
                                        {.key = "period"},
                                        {.key = "division"},
                                        {.key = "title"},
                                        {.key = "edition"},
                                        {.key = table ? "state_text" : "state"},
                                        {.key = "cutoff"},
                                        {.key = "by"},
                                        {.key = "note"}};
    struct node *answer;
    int r = ctl_call(c, OP_STAT_FROZEN, ctl_body(c, NULL), &answer);
    if (r == 0)
        out_list(c, c->format, column, NELEM(column), node_get(answer, "rows"));
    return r;
}

int cmd_report_frozen(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    if (!args_at(c->args, 0))
        return list_frozen(c);
    int r = ctl_put_argument(c, b, "id", _("编号"), 0);
    return r < 0 ? r : print_pages(c, OP_STAT_FROZEN, b);
}
