/* 联系达标: what paired helpers did of their minimums, behind first (R-056 … R-060). */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/urgent.h"

static char *lines_of(char *text, const struct node *rows, bool behind)
{
    for (const struct node *e = node_first(rows); e; e = e->next) {
        long long done = node_num(e, "done", 0), wanted = node_num(e, "wanted", 0);
        if ((done < wanted) == behind)
            text = talloc_asprintf_append(
                text, "%s %s: %s %lld/%lld (%s)\n", node_text_or(e, "helper", ""),
                node_text_or(e, "title", ""), _(node_text_or(e, "what", "")), done, wanted,
                node_text_or(e, "from", ""));
    }
    return text;
}

void helper_open(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct node *answer;
    if (session_call(app, s, ctx, OP_HELPER_COUNT, node_map(ctx), &answer) == 0) {
        const struct node *rows = node_get(answer, "rows");
        char *text = talloc_strdup(ctx, _("没有达到的：\n"));
        text = lines_of(text, rows, true);
        text = talloc_asprintf_append(text, "\n%s", _("已经达到的：\n"));
        text = lines_of(text, rows, false);
        if (!node_first(rows))
            text = talloc_strdup(ctx, _("这学期还没有结对帮扶的联系记录。"));
        popup_pager(app, _("结对帮扶联系次数"), text);
    }
    talloc_free(ctx);
}
