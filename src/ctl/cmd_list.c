/* list, find, count. */
#include "ctl/commands.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

#define PAGE 200

/* --- columns --- */

static void add_column(struct list_columns *l, const char *path, const char *label,
                       const struct form_field *field)
{
    l->path[l->n] = path;
    l->label[l->n] = label;
    l->field[l->n++] = field;
}

static int add_path(void *ctx, const struct form *form, struct list_columns *l, const char *path)
{
    struct form_path p;
    if (strcmp(path, "id") == 0) {
        add_column(l, path, _("编号"), NULL);
        return 0;
    }
    if (form_town(form, path)) {
        add_column(l, path, _("乡镇"), NULL);
        return 0;
    }
    if (form_path_parse(form, path, &p) < 0) {
        out_say(_("hutongctl: %s 没有字段 %s"), form->label, path);
        return HE_USAGE;
    }
    add_column(l, path, form_path_said(ctx, p), p.field);
    return 0;
}

static size_t commas(const char *s)
{
    size_t n = 1;
    for (; s && *s; s++)
        n += *s == ',';
    return n;
}

int ctl_columns(struct ctl *c, const struct form *form, const char *fields, bool id,
                struct list_columns *l)
{
    size_t max = (fields ? commas(fields) : form->ncolumn) + 2;
    int r = 0;
    l->n = 0;
    l->path = talloc_zero_array(c, const char *, max);
    l->label = talloc_zero_array(c, const char *, max);
    l->field = talloc_zero_array(c, const struct form_field *, max);
    MUST(l->path && l->label && l->field);
    if (id)
        add_path(c, form, l, "id");
    for (size_t i = 0; !fields && i < form->ncolumn; i++)
        add_column(l, form_path_text(c, form->column[i].path),
                   form_path_said(c, form->column[i].path), form->column[i].path.field);
    for (const char *p = fields; p && *p && r == 0;) {
        size_t n = strcspn(p, ",");
        char *path = text_clean(c, talloc_strndup(c, p, n), 0, NULL);
        if (*path && !(id && strcmp(path, "id") == 0))
            r = add_path(c, form, l, path);
        p += n + (p[n] == ',');
    }
    return r;
}

/* --- pages --- */

int ctl_pages(struct ctl *c, enum wire_op op, struct node *body, int64_t limit, list_row_fn fn,
              void *arg)
{
    int64_t given = 0, page = PAGE;
    for (;;) {
        struct node *answer = NULL;
        const char *text = NULL;
        node_int(body, "limit", limit && limit - given < page ? limit - given : page);
        int r = ctl_try(c, op, body, &answer, &text);
        if (r == HE_TOOBIG && page > 1) { /* long rows: smaller pages */
            page /= 4;
            page = page ? page : 1;
            continue;
        }
        if (r < 0) {
            out_say("hutongctl: %s", text);
            return r;
        }
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next, given++)
            if ((r = fn(c, e, arg)) < 0)
                return r;
        const char *next = node_text(answer, "next");
        if (!next || (limit && given >= limit))
            return 0;
        node_str(body, "after", next);
        ctl_forget(c);
    }
}

struct listing {
    struct list_columns columns;
    struct out *out;
};

static int list_row(struct ctl *c, const struct node *row, void *arg)
{
    struct listing *l = arg;
    void *tmp = talloc_new(c);
    const char **cell = talloc_zero_array(tmp, const char *, l->columns.n + 2);
    const struct node *v = node_get(row, "v");
    MUST(cell);
    for (size_t i = 0; i < l->columns.n; i++)
        cell[i] = l->columns.field[i]
                      ? node_text(v, l->columns.path[i])
                      : text_printf(tmp, "%lld", (long long)node_num(row, l->columns.path[i], 0));
    cell[l->columns.n] = text_printf(tmp, "%lld", (long long)node_num(row, "version", 0));
    out_row(l->out, cell);
    talloc_free(tmp);
    return 0;
}

/* Tables show words and the id; CSV and JSON give values, CSV just the fields asked for. */
static int list_open(struct ctl *c, const struct form *form, struct node *b, struct listing *l)
{
    const char *fields = args_text(c->args, "--fields");
    int r = ctl_columns(c, form, fields, c->format != OUT_CSV || !fields, &l->columns);
    if (r < 0)
        return r;
    struct out_column *column = talloc_zero_array(c, struct out_column, l->columns.n + 1);
    struct node *list = node_add_list(b, "fields");
    MUST(column);
    for (size_t i = 0; i < l->columns.n; i++) {
        column[i] = (struct out_column){.key = l->columns.path[i],
                                        .label = l->columns.label[i],
                                        .number = !l->columns.field[i]};
        if (l->columns.field[i])
            node_str(list, NULL, l->columns.path[i]);
    }
    column[l->columns.n] = (struct out_column){.key = "version", .number = true, .json_only = true};
    node_bool(b, "raw", c->format != OUT_TABLE);
    l->out = out_open(c, c->format, column, l->columns.n + 1);
    return 0;
}

/* where and sort stand where the command line names none. */
static int run_list(struct ctl *c, enum wire_op op, const char *type, const char *words,
                    const char *where, const char *sort)
{
    struct node *b = ctl_body(c, type);
    const struct form *form;
    struct listing l;
    int64_t limit = 0;
    const char *word = args_text(c->args, "--limit");
    int r = word ? ctl_number("--limit", word, &limit) : 0;
    if (r == 0)
        r = ctl_form(c, type, &form);
    if (r < 0)
        return r;
    ctl_put_text(b, "words", words);
    ctl_put_text(b, "where", where ? where : args_text(c->args, "--where"));
    ctl_put_text(b, "sort", sort ? sort : args_text(c->args, "--sort"));
    ctl_put_text(b, "view", args_text(c->args, "--view"));
    ctl_put_text(b, "area", args_text(c->args, "--division"));
    r = list_open(c, form, b, &l);
    if (r < 0)
        return r;
    if (!word || limit > 0)
        r = ctl_pages(c, op, b, limit, list_row, &l);
    if (r == 0 || c->format != OUT_TABLE)
        out_close(l.out);
    return r;
}

int cmd_list(struct ctl *c)
{
    return run_list(c, OP_REC_LIST, args_at(c->args, 0), NULL, NULL, NULL);
}

int cmd_review_list(struct ctl *c)
{
    /* without a wish: what waits for somebody */
    if (args_text(c->args, "--where") || args_text(c->args, "--view"))
        return run_list(c, OP_REC_LIST, "change", NULL, NULL, NULL);
    return run_list(c, OP_REC_LIST, "change", NULL, "state in ('1','2')", "submitted_on");
}

int cmd_find(struct ctl *c)
{
    char *words = talloc_strdup(c, "");
    for (size_t i = 1; i < args_count(c->args); i++)
        words = talloc_asprintf_append(words, "%s%s", i > 1 ? " " : "", args_at(c->args, i));
    return run_list(c, OP_REC_FIND, args_at(c->args, 0), words, NULL, NULL);
}

/* --- count --- */

static void count_rows(struct ctl *c, const struct list_columns *by, const struct node *answer)
{
    struct out_column *column = talloc_zero_array(c, struct out_column, by->n + 1);
    const char **cell = talloc_zero_array(c, const char *, by->n + 1);
    MUST(column && cell);
    for (size_t i = 0; i < by->n; i++)
        column[i] = (struct out_column){.key = by->path[i], .label = by->label[i]};
    column[by->n] = (struct out_column){.key = "n", .label = _("数量"), .number = true};
    struct out *out = out_open(c, c->format, column, by->n + 1);
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        const struct node *k = node_first(node_get(e, c->format == OUT_TABLE ? "v" : "k"));
        for (size_t i = 0; i < by->n; i++, k = k ? k->next : NULL)
            cell[i] = k && k->type == NODE_STR ? k->str : NULL;
        char n[24];
        snprintf(n, sizeof n, "%lld", (long long)node_num(e, "n", 0));
        cell[by->n] = n;
        out_row(out, cell);
    }
    out_close(out);
}

int cmd_count(struct ctl *c)
{
    const char *type = args_at(c->args, 0), *by = args_text(c->args, "--by");
    struct node *b = ctl_body(c, type), *answer;
    const struct form *form;
    struct list_columns columns = {0};
    int r = ctl_form(c, type, &form);
    if (r == 0 && by)
        r = ctl_columns(c, form, by, false, &columns);
    if (r < 0)
        return r;
    ctl_put_text(b, "where", args_text(c->args, "--where"));
    ctl_put_text(b, "area", args_text(c->args, "--division"));
    if (by)
        ctl_put_words(b, "by", by);
    r = ctl_call(c, OP_REC_COUNT, b, &answer);
    if (r < 0)
        return r;
    if (by)
        count_rows(c, &columns, answer);
    else if (c->format == OUT_JSON)
        out_json(answer);
    else
        out_print("%lld\n", (long long)node_num(answer, "total", 0));
    return 0;
}
