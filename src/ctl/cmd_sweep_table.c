/* Sweeps: tables of figures, of one or of all. */
#include "ctl/commands.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

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

/* The counters are named by the first answer; it is let go before the last row is printed. */
static struct out *open_table(struct ctl *c, const struct node *counters)
{
    static const struct out_column head[] = {
        {.key = "area", .label = N_("代码")},
        {.key = "title", .label = N_("单位")},
        {.key = "state", .label = N_("状态")},
        {.key = "zeros", .label = N_("零更新村"), .number = true},
    };
    struct out_column *column =
        talloc_array(c, struct out_column, NELEM(head) + (counters ? counters->n : 0));
    size_t n = NELEM(head);

    MUST(column);
    memcpy(column, head, sizeof head);
    for (const struct node *e = node_first(counters); e; e = e->next)
        if (c->format != OUT_TABLE || on_screen(node_text_or(e, "name", "")))
            column[n++] =
                (struct out_column){.key = talloc_strdup(c, node_text_or(e, "name", "")),
                                    .label = talloc_strdup(c, node_text_or(e, "label", "")),
                                    .number = true};
    return out_open(c, c->format, column, n);
}

static void unit_row(struct ctl *c, struct out *out, const struct node *unit)
{
    struct node *row = node_map(c->args);

    for (const struct node *e = node_first(unit); e; e = e->next)
        if (strcmp(e->key, "state") != 0)
            node_copy(row, e->key, e);
    node_str(row, "state", ctl_label(c, "sweep_unit", "state", node_text(unit, "state")));
    out_node(out, row);
    talloc_free(row);
}

/* The last row is 合计, also in files: every figure of the table is in it. */
static void total_row(struct ctl *c, struct out *out, const struct node *total)
{
    struct node *row = node_map(c->args);

    for (const struct node *e = node_first(total); e; e = e->next)
        node_copy(row, e->key, e);
    node_str(row, "area", "");
    node_str(row, "title", _("合计"));
    out_node(out, row);
    talloc_free(row);
}

/* All pages; b asks for them. */
static int figures(struct ctl *c, struct node *b)
{
    struct out *out = NULL;
    struct node *answer;
    const char *next;

    ctl_put_text(b, "level", args_has(c->args, "--villages") ? "village" : "town");
    node_bool(b, "outside", args_has(c->args, "--outside"));
    do {
        int r = ctl_call(c, OP_SWEEP_FIGURES, b, &answer);

        if (r < 0)
            return r;
        if (!out)
            out = open_table(c, node_get(answer, "counters"));
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
            unit_row(c, out, e);
        next = node_text(answer, "next");
        if (next)
            node_str(b, "after", next);
    } while (next);
    total_row(c, out, node_get(answer, "total"));
    out_close(out);
    return 0;
}

/* A freeze is known by its number, or by the milestone's name. */
static void put_freeze(struct node *b, const char *word)
{
    if (word && word[strspn(word, "0123456789")] == '\0')
        node_int(b, "freeze", strtoll(word, NULL, 10));
    else
        ctl_put_text(b, "freeze", word);
}

int cmd_sweep_progress(struct ctl *c)
{
    struct node *b;
    int r = ctl_sweep_body(c, &b);

    ctl_put_text(b, "area", args_text(c->args, "--division"));
    put_freeze(b, args_text(c->args, "--freeze"));
    return r < 0 ? r : figures(c, b);
}

/* The table of the day, frozen so that what was sent can be shown again. */
int cmd_sweep_dispatch(struct ctl *c)
{
    struct node *b;
    int64_t n;
    int r = ctl_sweep_freeze(c, "dispatch", &n);

    if (r < 0 || args_has(c->args, "--dry-run"))
        return r;
    if ((r = ctl_sweep_body(c, &b)) < 0)
        return r;
    node_int(b, "freeze", n);
    return figures(c, b);
}

int cmd_sweep_list(struct ctl *c)
{
    static const struct out_column column[] = {
        {.key = "id", .label = N_("编号"), .number = true},
        {.key = "no", .label = N_("排查号")},
        {.key = "title", .label = N_("名称")},
        {.key = "start", .label = N_("开始")},
        {.key = "end", .label = N_("结束")},
        {.key = "total", .label = N_("名单"), .number = true},
        {.key = "done", .label = N_("已查"), .number = true},
        {.key = "todo", .label = N_("待查"), .number = true},
        {.key = "back", .label = N_("抽查退回"), .number = true},
        {.key = "updated", .label = N_("更新"), .number = true}};
    struct node *answer;
    int r = ctl_call(c, OP_SWEEP_MINE, ctl_body(c, NULL), &answer);

    if (r == 0)
        out_list(c, c->format, column, NELEM(column), node_get(answer, "rows"));
    return r;
}

/* Each figure of this sweep beside that of the one before. */
int cmd_sweep_compare(struct ctl *c)
{
    static const char *const keys[] = {"total", "done", "updated", "new", "exit", "missing"};
    struct out_column column[2 + 2 * NELEM(keys)] = {{.key = "area", .label = N_("代码")},
                                                     {.key = "title", .label = N_("单位")}};
    struct node *b, *answer;
    struct out *out;
    int r = ctl_sweep_body(c, &b);

    if (r < 0 || (r = ctl_put_option(c, b, "with", "--with")) < 0 ||
        (r = ctl_call(c, OP_SWEEP_COMPARE, b, &answer)) < 0)
        return r;
    for (size_t i = 0; i < NELEM(keys); i++) {
        column[2 + 2 * i] = (struct out_column){.key = keys[i], .number = true};
        column[3 + 2 * i] =
            (struct out_column){.key = text_printf(c, "%s_before", keys[i]), .number = true};
    }
    out = out_open(c, c->format, column, NELEM(column));
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        struct node *row = node_map(c->args);

        node_str(row, "area", node_text(e, "area"));
        node_str(row, "title", node_text(e, "title"));
        for (size_t i = 0; i < NELEM(keys); i++) {
            node_int(row, column[2 + 2 * i].key, node_num(node_get(e, "now"), keys[i], 0));
            node_int(row, column[3 + 2 * i].key, node_num(node_get(e, "then"), keys[i], 0));
        }
        out_node(out, row);
    }
    out_close(out);
    return 0;
}
