/* national: what the national system must be told, and that it was told (decision 10). */
#include "ctl/commands.h"

#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

#define PIECE 100 /* of one request */

struct pending {
    struct out *out;   /* list */
    struct node *rows; /* done: {id, version} */
    int64_t done;
    bool some; /* left over */
};

static struct node *ask(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    ctl_put_text(b, "area", args_text(c->args, "--division"));
    return b;
}

/* --- list --- */

static char *labels(void *ctx, const struct node *list)
{
    char *out = talloc_strdup(ctx, "");
    for (const struct node *e = node_first(list); e; e = e->next)
        out = talloc_asprintf_append(out, "%s%s", *out ? "、" : "", e->str);
    return out;
}

static int list_one(struct ctl *c, const struct node *row, void *arg)
{
    struct pending *p = arg;
    const struct node *v = node_get(row, "v");
    void *tmp = talloc_new(c);
    const char *cell[] = {text_printf(tmp, "%lld", (long long)node_num(row, "id", 0)),
                          node_text(row, "kind"),
                          node_text(v, "name"),
                          node_text(v, "national_no"),
                          node_text(v, "village"),
                          labels(tmp, node_get(row, "changed")),
                          node_text(v, "updated_on")};
    out_row(p->out, cell);
    talloc_free(tmp);
    return 0;
}

int cmd_national_list(struct ctl *c)
{
    static const struct out_column columns[] = {{"id", N_("编号"), true, false},
                                                {"kind", N_("操作"), false, false},
                                                {"name", N_("姓名"), false, false},
                                                {"national_no", N_("全国系统编号"), false, false},
                                                {"village", N_("所在村(居)"), false, false},
                                                {"changed", N_("变更项"), false, false},
                                                {"updated_on", N_("更新日期"), false, false}};
    int64_t limit = 0;
    const char *text = args_text(c->args, "--limit");
    int r = text ? ctl_number("--limit", text, &limit) : 0;
    if (r < 0)
        return r;
    struct pending p = {.out = out_open(c, c->format, columns, NELEM(columns))};
    r = ctl_pages(c, OP_NATIONAL_LIST, ask(c), limit, list_one, &p);
    out_close(p.out);
    return r;
}

/* --- done --- */

static bool asked(const struct ctl *c, int64_t id)
{
    size_t n = args_count(c->args);
    for (size_t i = 0; i < n; i++) {
        int64_t want;
        if (ctl_number(_("编号"), args_at(c->args, i), &want) == 0 && want == id)
            return true;
    }
    return n == 0;
}

static int gather(struct ctl *c, const struct node *row, void *arg)
{
    struct pending *p = arg;
    int64_t id = node_num(row, "id", 0);
    if (!asked(c, id))
        return 0;
    struct node *e = node_add_map(p->rows, NULL);
    node_int(e, "id", id);
    node_int(e, "version", node_num(row, "version", 0));
    return 0;
}

static int send(struct ctl *c, struct pending *p, const struct node **at)
{
    struct node *b = ctl_body(c, NULL), *rows = node_add_list(b, "rows"), *answer;
    ctl_put_text(b, "on", args_text(c->args, "--on"));
    for (size_t i = 0; i < PIECE && *at; i++, *at = (*at)->next)
        node_copy(rows, NULL, *at);
    int r = ctl_call(c, OP_NATIONAL_DONE, b, &answer);
    if (r < 0)
        return r;
    p->done += node_num(answer, "done", 0);
    if (ctl_print_skipped(answer))
        p->some = true;
    return 0;
}

int cmd_national_done(struct ctl *c)
{
    struct pending p = {.rows = node_list(c)};
    int r = ctl_pages(c, OP_NATIONAL_LIST, ask(c), 0, gather, &p);
    const struct node *at = node_first(p.rows);
    while (r == 0 && at)
        r = send(c, &p, &at);
    if (r == 0)
        out_say(_("标为已同步 %lld 份"), (long long)p.done);
    if (r == 0 && p.rows->n < args_count(c->args)) {
        out_say(_("有的编号不在待同步清单里"));
        p.some = true;
    }
    return r < 0 ? r : p.some ? CTL_SOME : 0;
}
