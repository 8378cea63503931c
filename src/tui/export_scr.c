/* 取件: a list as a table in the box; what for is asked and stands in the audit trail. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/box.h"
#include "tui/popup.h"

/* Both conditions, NULL for none. */
static char *both(void *ctx, const char *a, const char *b)
{
    if (a && b)
        return text_printf(ctx, "(%s) and (%s)", a, b);
    return a || b ? talloc_strdup(ctx, a ? a : b) : NULL;
}

/* As hutongctl is told of a figure. */
static size_t cell_words(void *ctx, const struct node *cell, const char *words[])
{
    static const char *const text[][2] = {{"report", "--report"},
                                          {"period", "--period"},
                                          {"division", "--division"},
                                          {"column", "--column"}};
    size_t n = 0;
    for (size_t i = 0; i < NELEM(text); i++)
        if (*node_text_or(cell, text[i][0], "")) {
            words[n++] = text[i][1];
            words[n++] = node_text(cell, text[i][0]);
        }
    if (node_flag(cell, "deep"))
        words[n++] = "--villages";
    if (node_num(cell, "director", 0)) {
        words[n++] = "--director";
        words[n++] = text_printf(ctx, "%lld", (long long)node_num(cell, "director", 0));
    } else if (!node_flag(cell, "total")) {
        words[n++] = "--row";
        words[n++] = node_text_or(cell, "row", "");
    }
    return n;
}

static void run(struct app *app, struct session *s, void *ctx, const struct form *f,
                const char *where, const struct node *cell, const char *purpose, bool xlsx,
                const char *map)
{
    char when[20], *said, *name;
    date_time_format(date_now(), when);
    name = text_printf(ctx, "%s-%.10s-%.2s%.2s%.2s.%s", f->name, when, when + 11, when + 14,
                       when + 17, xlsx ? "xlsx" : "csv");
    const char *words[24] = {"export",
                             f->name,
                             xlsx ? "--xlsx" : "--csv",
                             text_printf(ctx, "%s/out/%s", s->box, name),
                             "--purpose",
                             purpose};
    size_t n = 6;
    if (cell)
        n += cell_words(ctx, cell, words + n);
    if (where) {
        words[n++] = "--where";
        words[n++] = where;
    }
    if (map) {
        words[n++] = "--map";
        words[n++] = map;
    }
    int r = box_run(app, s, ctx, _("正在导出"), words, &said);
    if (r == 0)
        app_message(app, _("已放进取件箱：%s"), name);
    else if (r == HE_CANCELLED)
        app_message(app, _("已停止，没有留下文件。"));
    else if (r < 0)
        app_message(app, _("没有办成：%s"), _(err_text(r)));
    else
        popup_pager(app, _("没有导出"), said);
}

void export_open(struct app *app, struct session *s, const char *type, const char *view,
                 const char *where, const struct node *cell)
{
    const struct form *f = dict_form(s->dict, type);
    const struct form_view *v = f && view ? form_view(f, view) : NULL;
    bool task = strcmp(type, "task") == 0;
    const char *const formats[] = {_("XLSX 工作簿"), _("CSV 文本"),
                                   task ? _("上级反馈的回复（XLSX）")
                                        : _("全国系统的列和代码（XLSX）")};
    bool sync = (task || strcmp(type, "child") == 0) && session_may(s, "child.sync");
    void *ctx = talloc_new(app);
    const struct edit_opts opts = {.cols = 36, .max_chars = 60};
    char *purpose = NULL;
    int format = 0;
    if (f && box_there(app, s))
        purpose = popup_ask(app, ctx, _("导出"), _("做什么用（会记录在案）："), "", &opts);
    if (purpose && !*purpose)
        app_message(app, _("要写明用途才能导出。"));
    else if (purpose && (format = popup_choose(app, _("导出成"), v ? _(v->label) : _(f->label),
                                               formats, NELEM(formats) - !sync, 0)) >= 0) {
        const char *map = format != 2 ? NULL : task ? "feedback" : "national";
        where = both(ctx, v ? v->where_text : NULL, where);
        if (map && task)
            where = both(ctx, where, "kind = '4'"); /* forms/codes/task_kind.csv */
        run(app, s, ctx, f, where, cell, purpose, format != 1, map);
    }
    talloc_free(ctx);
}

void export_any_open(struct app *app, struct session *s)
{
    const char *type = box_pick_type(app, s, _("导出什么"), "read", true);
    if (type)
        export_open(app, s, type, NULL, NULL, NULL);
}
