/* A report as a file in the box, made by hutongctl as for scripts. */
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/box.h"
#include "tui/popup.h"
#include "tui/sheet.h"

static size_t words_of(const struct sheet *t, void *ctx, const char *words[])
{
    static const char *const flags[][2] = {{"rows", "--rows"},
                                           {"columns", "--columns"},
                                           {"where", "--where"},
                                           {"day", "--day"},
                                           {"area", "--division"}};
    size_t n = 0;
    words[n++] = "report";
    if (t->cross) {
        words[n++] = "count";
        words[n++] = node_text_or(t->cross, "type", "");
        for (size_t i = 0; i < NELEM(flags); i++)
            if (node_text(t->cross, flags[i][0])) {
                words[n++] = flags[i][1];
                words[n++] = node_text(t->cross, flags[i][0]);
            }
        return n;
    }
    if (t->frozen) {
        words[n++] = "frozen";
        words[n++] = text_printf(ctx, "%lld", (long long)t->frozen);
    } else {
        words[n++] = t->report;
        words[n++] = "--period";
        words[n++] = node_text_or(t->head, "period", "");
    }
    if (!t->frozen && *t->division) {
        words[n++] = "--division";
        words[n++] = t->division;
    }
    if (t->deep)
        words[n++] = "--villages";
    return n;
}

/* Does it have figures of less than a township, which leave the county only merged? */
static bool tells_of_few(const struct sheet *t)
{
    const char *in = node_text_or(t->head, "division", "");
    bool few = t->cross || area_level(in) >= AREA_VILLAGE;
    for (size_t i = 0; i < t->nrow && !few; i++)
        few = t->row[i].director || area_level(t->row[i].code) >= AREA_VILLAGE;
    return few;
}

/* 1 for use outside of the county, 0 inside; below 0: cancelled. */
static int ask_outside(struct app *app, const struct sheet *t)
{
    const char *const uses[] = {_("县内用"), _("出县用：村一级 1 到 4 的数合并成 <5")};
    return tells_of_few(t) ? popup_choose(app, _("做成表格"), node_text_or(t->head, "title", ""),
                                          uses, NELEM(uses), 0)
                           : 0;
}

void sheet_take_out(struct app *app, struct sheet *t)
{
    static const char *const ends[] = {"xlsx", "pdf", "csv"};
    static const char *const flags[] = {"--xlsx", "--pdf", "--csv-file"};
    const char *const formats[] = {_("XLSX 工作簿"), "PDF", _("CSV 文本")};
    const char *words[20] = {0};
    void *ctx = talloc_new(t);
    int form = box_there(app, t->s)
                   ? popup_choose(app, _("做成表格"), node_text_or(t->head, "title", ""), formats,
                                  NELEM(formats), 0)
                   : HE_CANCELLED;
    int outside = form >= 0 ? ask_outside(app, t) : HE_CANCELLED;
    if (outside >= 0) {
        size_t n = words_of(t, ctx, words);
        char *said, *name = text_printf(ctx, "%s-%s%s%lld.%s", t->report,
                                        node_text_or(t->head, "period", ""), t->frozen ? "-v" : "-",
                                        (long long)date_now() % 1000000, ends[form]);
        words[n++] = flags[form];
        words[n++] = text_printf(ctx, "%s/out/%s", t->s->box, name);
        if (outside)
            words[n++] = "--outside";
        int r = box_run(app, t->s, ctx, _("正在做表格"), words, &said);
        if (r == 0)
            app_message(app, _("已放进取件箱：%s"), name);
        else
            popup_pager(app, _("没有做成"), said);
    }
    talloc_free(ctx);
}
