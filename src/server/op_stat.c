/* Statistics. A report is read in pieces of its own: the handlers stand outside of a transaction. Figures
 * leave a row in the audit trail when they go into a file. */
#include "server/call.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "work/stat.h"

#define ROWS_BYTES 50000 /* of a message */

/* {} → {rows: [{name, label, periods}]} */
int op_stat_list(struct call *c, struct txn *t)
{
    (void)t;
    stat_list(c->county, c->out);
    return 0;
}

static void columns_out(struct node *out, const struct report *r, const struct stat_answer *a)
{
    struct node *list = node_add_list(out, "columns");
    for (size_t i = 0; i < r->ncolumn; i++) {
        const struct report_column *c = &r->column[i];
        if (!a->seen[i])
            continue;
        struct node *n = node_add_map(list, NULL);
        node_str(n, "name", c->name);
        node_str(n, "label", c->label);
        if (c->group)
            node_str(n, "group", c->group);
        node_bool(n, "quotient", c->kind == REPORT_FORMULA && c->down.n);
        node_bool(n, "opens", c->kind != REPORT_FORMULA); /* there are records behind it */
        if (c->kind == REPORT_OF)
            node_str(n, "of", c->of->name); /* … of this type, else children */
    }
}

static void head_out(struct call *c, const struct report *r, const struct stat_answer *a)
{
    struct node *out = c->out, *broken;
    char day[11];
    node_str(out, "report", r->name);
    node_str(out, "label", r->label);
    node_str(out, "definition", r->definition);
    node_str(out, "period", a->period.text);
    node_str(out, "from", date_format(a->period.from, day));
    node_str(out, "to", date_format(a->period.to, day));
    node_bool(out, "partial", a->period.partial);
    node_str(out, "division", a->division);
    node_str(out, "title", *a->division ? area_title(c->ctx, c->county, a->division) : "");
    columns_out(out, r, a);
    broken = node_add_list(out, "broken");
    for (size_t i = 0; i < a->nbroken && i < 20; i++)
        node_str(broken, NULL, a->broken[i]);
}

static size_t row_out(struct node *list, void *ctx, const struct report *r,
                      const struct stat_answer *a, const struct stat_row *row)
{
    struct node *n = node_add_map(list, NULL), *v;
    size_t bytes = 40 + strlen(row->name);
    node_str(n, "code", row->code);
    node_str(n, "name", row->name);
    node_bool(n, "total", row->total);
    if (row->director)
        node_int(n, "director", (int64_t)row->director);
    v = node_add_list(n, "v");
    for (size_t i = 0; i < r->ncolumn; i++) {
        if (!a->seen[i])
            continue;
        if (r->column[i].kind == REPORT_FORMULA || row->v[i] == STAT_SMALL)
            node_str(v, NULL, stat_show(ctx, &r->column[i], row->v[i]));
        else
            node_int(v, NULL, row->v[i]);
        bytes += 8;
    }
    return bytes;
}

static int ask_from(struct call *c, const struct node *b, struct stat_ask *ask)
{
    *ask = (struct stat_ask){.report = reports_find(c->county->reports, node_text(b, "report")),
                             .period = node_text(b, "period"),
                             .division = node_text(b, "division"),
                             .deep = node_flag(b, "deep")};
    return ask->report ? 0 : call_wrong(c, "没有这张报表，请从报表清单里选");
}

/* file: the figures go into one; outside: which leaves the county. */
static struct stat_out where_to(struct call *c)
{
    return (struct stat_out){.ctx = c->ctx,
                             .actor = c->actor,
                             .file = node_flag(c->body, "file"),
                             .outside = node_flag(c->body, "outside")};
}

/* What is taken out as a file stands in the audit trail, once for all its pages. */
static void leave_row(struct call *c)
{
    static const char *const kept[] = {"report",  "period", "division", "deep", "id",
                                       "outside", "rows",   "columns",  "day",  "area"};
    if (!node_flag(c->body, "file") || node_text(c->body, "after"))
        return;
    c->audit = node_map(c->root);
    for (size_t i = 0; i < NELEM(kept); i++)
        if (node_get(c->body, kept[i]))
            node_copy(c->audit, kept[i], node_get(c->body, kept[i]));
    call_digest(c->audit, "where", node_text(c->body, "where"));
}

/*
 * {report, period, division, deep, file, outside, after} → {report, label, definition, period, from, to, partial,
 * division, title, columns: [{name, label, group, opens}], broken: [text], rows: [{code, name, total,
 * director, v: [number or text]}], next}. Columns come with the first page only.
 */
int op_stat_run(struct call *c, struct txn *t)
{
    const char *after = node_text(c->body, "after");
    size_t i = after ? strtoul(after, NULL, 10) : 0, bytes = 0;
    struct stat_answer *a;
    struct stat_ask ask;
    char *problem;
    (void)t;
    int r = ask_from(c, c->body, &ask);
    if (r < 0)
        return r;
    ask.out = where_to(c);
    r = stat_run(c->ctx, c->county, c->actor, &ask, &a, &problem);
    if (r < 0)
        return call_said(c, r, problem);
    if (i == 0)
        head_out(c, ask.report, a);
    struct node *rows = node_add_list(c->out, "rows");
    for (; i < a->n && bytes < ROWS_BYTES; i++)
        bytes += row_out(rows, c->ctx, ask.report, a, &a->row[i]);
    if (i < a->n)
        node_str(c->out, "next", text_printf(c->ctx, "%zu", i));
    leave_row(c);
    return 0;
}

int call_cell(struct call *c, const struct node *cell, const struct actor *actor,
              const struct list_ask *list, const char *words, const char **by, struct node *out)
{
    struct stat_pick pick = {.total = node_flag(cell, "total"),
                             .code = node_text_or(cell, "row", ""),
                             .director = call_id(cell, "director")};
    struct stat_ask ask;
    char *problem = NULL;
    int r = ask_from(c, cell, &ask);
    if (r < 0)
        return r;
    pick.column = report_column_find(ask.report, node_text_or(cell, "column", ""));
    if (pick.column < 0)
        return call_wrong(c, "没有这一列，请从报表里选");
    ask.pick = &pick;
    r = stat_cell(c->ctx, c->county, actor, &ask, list, words, by, out, &problem);
    return call_said(c, r, problem);
}

/* The cell, and as rec.list, or rec.find with words, or rec.count with by. Leaves a row like these. */
int op_stat_cell(struct call *c, struct txn *t)
{
    struct list_ask list = call_list(c, c->body, NULL, call_limit(c, 20));
    const char *words = node_text(c->body, "words"), **by = call_texts(c, c->body, "by");
    (void)t;
    int r = call_cell(c, c->body, c->actor, &list, words, by, c->out);
    if (r < 0 || by)
        return r;
    if (node_flag(c->body, "typing") && !list.raw && !list.after) {
        c->session->typed++;
        return 0;
    }
    const struct node *rows = node_get(c->out, "rows");
    c->audit = node_map(c->root);
    node_str(c->audit, "report", node_text(c->body, "report"));
    node_str(c->audit, "column", node_text(c->body, "column"));
    call_digest(c->audit, "where", list.where);
    call_digest(c->audit, "words", words);
    node_int(c->audit, "n", rows ? (int64_t)rows->n : 0);
    const struct report *r0 = reports_find(c->county->reports, node_text(c->body, "report"));
    int at = report_column_find(r0, node_text(c->body, "column"));
    c->form = report_column_form(r0, &r0->column[at]);
    return 0;
}

/* {report, period, division, note} → {job, frozen, edition}. Reads in pieces first: its one change is a
 * transaction of its own, under the number of the request. */
int op_stat_freeze(struct call *c, struct txn *t)
{
    struct store_reqno no = {c->session->user_id, c->session->nonce, (uint64_t)c->seq};
    struct stat_ask ask;
    char *problem = NULL;
    (void)t;
    int r = ask_from(c, c->body, &ask);
    if (r < 0)
        return r;
    r = stat_freeze(c->ctx, c->county, c->actor, &ask, node_text(c->body, "note"), &no, c->out,
                    &problem);
    return call_said(c, r, problem);
}

/* {report, division} → stat_frozen_list; {id, deep, file, outside, after} → stat_frozen_view */
int op_stat_frozen(struct call *c, struct txn *t)
{
    uint64_t id = call_id(c->body, "id");
    const char *after = node_text(c->body, "after");
    if (!id)
        return stat_frozen_list(t, c->ctx, c->county, c->actor, node_text(c->body, "report"),
                                node_text(c->body, "division"), c->out);
    struct stat_out to = where_to(c);
    leave_row(c);
    return stat_frozen_view(t, c->ctx, c->county, c->actor, id, node_flag(c->body, "deep"), &to,
                            after ? strtoul(after, NULL, 10) : 0, ROWS_BYTES, c->out);
}

/* {type, rows, columns, where, area, day, file, outside, after} → stat_cross */
int op_stat_cross(struct call *c, struct txn *t)
{
    struct list_ask ask = {
        .form = c->form, .where = node_text(c->body, "where"), .area = node_text(c->body, "area")};
    const char *after = node_text(c->body, "after"), *day = node_text(c->body, "day");
    char *problem = NULL;
    if (!node_text(c->body, "rows"))
        return call_wrong(c, "请说明按什么分行");
    if (day && *day && date_parse(day, &ask.day))
        return call_wrong(c, "日期写成 2026-11-22 这样");
    /* a day gone by reads the history of every record: for those who make reports */
    if (day && *day && !actor_may(c->actor, "report.read"))
        return HE_DENIED;
    struct stat_out to = where_to(c);
    leave_row(c);
    int r = stat_cross(t, c->ctx, c->county, c->actor, &ask, node_text(c->body, "rows"),
                       node_text(c->body, "columns"), &to, after ? strtoul(after, NULL, 10) : 0,
                       ROWS_BYTES, c->out, &problem);
    return call_said(c, r, problem);
}
