/* A report as a file in the box, made by hutongctl as for scripts. */
#include <talloc.h>

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

void sheet_take_out(struct app *app, struct sheet *t)
{
    static const char *const ends[] = {"xlsx", "pdf", "csv"};
    static const char *const flags[] = {"--xlsx", "--pdf", "--csv-file"};
    const char *const formats[] = {_("XLSX 工作簿"), "PDF", _("CSV 文本"),
                                   _("XLSX，出县用：村里 1 到 4 的数合并")};
    const char *words[20] = {0};
    void *ctx = talloc_new(t);
    int i = box_there(app, t->s)
                ? popup_choose(app, _("做成表格"), node_text_or(t->head, "title", ""), formats,
                               NELEM(formats), 0)
                : HE_CANCELLED;
    if (i >= 0) {
        size_t n = words_of(t, ctx, words), form = i == 3 ? 0 : (size_t)i;
        char *said, *name = text_printf(ctx, "%s-%s%s%lld.%s", t->report,
                                        node_text_or(t->head, "period", ""), t->frozen ? "-v" : "-",
                                        (long long)date_now() % 1000000, ends[form]);
        words[n++] = flags[form];
        words[n++] = text_printf(ctx, "%s/out/%s", t->s->box, name);
        if (i == 3)
            words[n++] = "--merge-small";
        int r = box_run(app, t->s, ctx, _("正在做表格"), words, &said);
        if (r == 0)
            app_message(app, _("已放进取件箱：%s"), name);
        else
            popup_pager(app, _("没有做成"), said);
    }
    talloc_free(ctx);
}
