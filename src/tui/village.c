/* Villages without a file, and whom to ask in a place. */
#include "tui/village.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"

enum { LABEL_COLS = 24, NAME_COLS = 10, PHONE_COLS = 14 };

/* Enter on a village opens its list, where the first file is added. */
void village_empty_open(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct node *answer;
    size_t n = 0;
    const struct node **row = session_rows(app, s, ctx, OP_AREA_EMPTY, node_map(ctx), &n, &answer);
    struct pick_item *item = talloc_zero_array(ctx, struct pick_item, (unsigned)n + 1);
    MUST(item);
    for (size_t i = 0; i < n; i++) {
        item[i].label = node_text_or(row[i], "title", "");
        item[i].hint = node_text_or(row[i], "director", _("没有儿童主任"));
    }
    if (!row) {
        talloc_free(ctx);
        return;
    }
    char *title = text_printf(ctx, _("一份档案都没有的村(居)：%zu 个（共 %lld 个）"), n,
                              (long long)node_num(answer, "villages", 0));
    struct pick pick = {.title = title, .items = item, .n = n};
    int at = n ? popup_pick(app, &pick) : HE_CANCELLED;
    if (!n)
        app_message(app, _("每个村(居)都有档案。"));
    if (at >= 0)
        list_open(app, s, "child", NULL, node_text_or(row[at], "code", ""), NULL);
    talloc_free(ctx);
}

static char *padded(void *ctx, const char *s, int cols)
{
    int used = text_width(s, 2);
    return text_printf(ctx, "%s%*s ", s, used < cols ? cols - used : 0, "");
}

static char *contact_text(void *ctx, const struct node *answer)
{
    char *text = talloc_strdup(ctx, "");
    const char *place = "";
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        const char *title = node_text_or(e, "title", "");
        if (strcmp(title, place) != 0)
            text = talloc_asprintf_append(text, "%s%s\n", *text ? "\n" : "", title);
        place = title;
        text = talloc_asprintf_append(
            text, "  %s%s%s%s%s\n", padded(ctx, _(node_text_or(e, "label", "")), LABEL_COLS),
            padded(ctx, node_text_or(e, "name", ""), NAME_COLS),
            padded(ctx, node_text_or(e, "phone", ""), PHONE_COLS), node_text_or(e, "unit", ""),
            node_flag(e, "acting") ? _("（代班）") : "");
    }
    MUST(text);
    return *text ? text : talloc_strdup(ctx, _("这里和上级都还没有人任职。"));
}

/* The only place of one's posts, or one that is asked for. */
static bool which_place(struct app *app, struct session *s, char code[13])
{
    const struct node *post = node_first(node_get(s->me, "posts"));
    const char *own = node_text_or(post, "area", "");
    if (post && !post->next && strlen(own) == 12 && strcmp(own + 9, "000") != 0) {
        memcpy(code, own, 13);
        return true;
    }
    return pick_area(app, s, NULL, code);
}

void village_contacts_open(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *answer;
    char code[13];
    if (which_place(app, s, code)) {
        node_str(body, "division", code);
        if (session_call(app, s, ctx, OP_AREA_CONTACTS, body, &answer) == 0)
            popup_pager(app, text_printf(ctx, _("联络表：%s"), node_text_or(answer, "title", "")),
                        contact_text(ctx, answer));
    }
    talloc_free(ctx);
}
