/* show: one record, or its history. Opening a file leaves a row in the audit trail. */
#include "ctl/commands.h"

#include <string.h>
#include <talloc.h>

#include "base/date.h"
#include "base/lang.h"
#include "base/text.h"

/* {"type", "id", "version", field: value …, "missing": […], "change": {…}} on one line */
static void print_json(struct ctl *c, const struct node *answer)
{
    static const char *const head[] = {"type", "id", "version"}, *const tail[] = {"mask", "missing",
                                                                                  "change", "can"};
    struct node *n = node_map(c->args);
    for (size_t i = 0; i < NELEM(head); i++)
        if (node_get(answer, head[i]))
            node_copy(n, head[i], node_get(answer, head[i]));
    for (const struct node *e = node_first(node_get(answer, "v")); e; e = e->next)
        node_copy(n, e->key, e);
    for (size_t i = 0; i < NELEM(tail); i++)
        if (node_get(answer, tail[i]) && !node_get(n, tail[i]))
            node_copy(n, tail[i], node_get(answer, tail[i]));
    out_json(n);
}

static void print_pair(const char *label, const char *text, int width)
{
    int pad = width - text_width(label, 2);
    out_print("%s%*s  %s\n", label, pad > 0 ? pad : 0, "", text);
}

static const char *label_of(struct ctl *c, const struct form *form, const char *path)
{
    struct form_path p;
    return form_path_parse(form, path, &p) == 0 ? form_path_said(c->args, p) : path;
}

static void print_table(struct ctl *c, const struct form *form, const struct node *answer)
{
    const struct node *v = node_get(answer, "v"), *show = node_get(answer, "show");
    int width = 0;
    for (const struct node *e = node_first(v); e; e = e->next) {
        int w = text_width(label_of(c, form, e->key), 2);
        width = w > width ? w : width;
    }
    print_pair(form->label,
               text_printf(c->args, _("编号 %lld，第 %lld 版"),
                           (long long)node_num(answer, "id", 0),
                           (long long)node_num(answer, "version", 0)),
               width);
    for (const struct node *e = node_first(v); e; e = e->next)
        if (e->type == NODE_STR)
            print_pair(label_of(c, form, e->key),
                       text_visible(c->args, node_text_or(show, e->key, e->str), 0), width);
    size_t missing = node_get(answer, "missing") ? node_get(answer, "missing")->n : 0;
    if (missing)
        out_say(_("还有 %zu 项资料不全"), missing);
    if (node_get(answer, "change") && node_get(answer, "change")->n)
        out_say(_("有一项变更正在审核"));
}

/* --- history --- */

static int history_row(struct ctl *c, const struct node *row, void *arg)
{
    char when[20];
    const char *why = node_text(row, "why");
    (void)arg;
    if (c->format == OUT_JSON) {
        out_json(row);
        return 0;
    }
    out_print(_("%s  第 %lld 版  %s  %s%s%s\n"), date_time_format(node_num(row, "time", 0), when),
              (long long)node_num(row, "version", 0), node_text_or(row, "user", ""),
              node_text_or(row, "op", ""), why ? "  " : "", why ? why : "");
    for (const struct node *e = node_first(node_get(row, "changes")); e; e = e->next)
        out_print(_("    %s：%s → %s\n"), node_text_or(e, "label", ""),
                  node_text_or(e, "old_show", _("（空）")),
                  node_text_or(e, "new_show", _("（空）")));
    const char *note = node_text(node_get(row, "note"), "text");
    if (note)
        out_print("    %s\n", note);
    return 0;
}

int cmd_show(struct ctl *c)
{
    const char *type = args_at(c->args, 0);
    struct node *b = ctl_body(c, type), *answer;
    const struct form *form;
    int r = ctl_form(c, type, &form);
    if (r < 0)
        return r;
    ctl_put_id(b, args_at(c->args, 1));
    if (args_has(c->args, "--history"))
        return ctl_pages(c, OP_REC_HISTORY, b, 0, history_row, NULL);
    r = ctl_call(c, OP_REC_OPEN, b, &answer);
    if (r < 0)
        return r;
    if (c->format == OUT_JSON)
        print_json(c, answer);
    else
        print_table(c, form, answer);
    return 0;
}
