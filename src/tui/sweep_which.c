/* Which sweep, which village, for whom: asked only where there is a choice. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/sweep.h"

enum { PAST = 40 }; /* sweeps that are over, to choose from */

static bool due_in(const struct session *s, const struct node *v, const char *field, long *days)
{
    struct date d;
    if (date_parse(node_text_or(v, field, ""), &d) < 0)
        return false;
    *days = date_days(d) - date_days(s->today);
    return true;
}

/* A survey that is late comes before all; then the day of dispatch and the first milestone to come. */
const char *sweep_due(void *ctx, const struct session *s, const struct node *v)
{
    static const struct {
        const char *field, *label;
    } steps[] = {{"survey_due", N_("摸排完成")}, {"entry_due", N_("录入完成")},
                 {"accept_due", N_("县里接收")}, {"bulletin_due", N_("通报")},
                 {"summary_due", N_("总结")},    {"end", N_("结束")}};
    int64_t todo = node_num(v, "todo", 0);
    int weekday = date_weekday(s->today);
    long days;
    if (todo && due_in(s, v, "survey_due", &days) && days < 0)
        return text_printf(ctx, _("摸排已过 %ld 天，待查 %lld"), -days, (long long)todo);
    bool dispatch =
        strtol(node_text_or(v, "dispatch_day", "0"), NULL, 10) == (weekday ? weekday : 7);
    const char *today = dispatch ? _("今天调度  ") : "";
    for (size_t i = 0; i < NELEM(steps); i++)
        if (due_in(s, v, steps[i].field, &days) && days >= 0)
            return days ? text_printf(ctx, _("%s%s %s，还有 %ld 天"), today, _(steps[i].label),
                                      node_text(v, steps[i].field) + 5, days)
                        : text_printf(ctx, _("%s%s就是今天"), today, _(steps[i].label));
    return today;
}

bool sweep_which(struct app *app, struct session *s, void *ctx, struct sweep_one *out)
{
    struct node *answer;
    if (session_call(app, s, ctx, OP_SWEEP_MINE, NULL, &answer) < 0)
        return false;
    const struct node *rows = node_get(answer, "rows"), *e = node_first(rows);
    size_t n = 0;
    struct pick_item *items =
        talloc_zero_array(ctx, struct pick_item, (rows ? (unsigned)rows->n : 0) + 1);
    MUST(items);
    for (; e; e = e->next)
        items[n++] = (struct pick_item){.label = node_text_or(e, "title", ""),
                                        .hint = node_text_or(e, "no", "")};
    struct pick p = {.title = _("哪一次排查"), .items = items, .n = n};
    int i = n > 1 ? popup_pick(app, &p) : (int)n - 1;
    if (!n)
        app_message(app, _("现在没有进行中的排查。结束了的在 51，F9 排查进度。"));
    if (i < 0)
        return false;
    for (e = node_first(rows); i > 0; i--)
        e = e->next;
    *out = (struct sweep_one){.id = (uint64_t)node_num(e, "id", 0),
                              .title = node_text_or(e, "title", ""),
                              .due = sweep_due(ctx, s, e),
                              .opening = *node_text_or(e, "state", "") == '2'};
    return true;
}

bool sweep_which_past(struct app *app, struct session *s, void *ctx, struct sweep_one *out)
{
    static const char *const fields[] = {"title", "start", "end"};
    struct node *body = node_map(ctx), *list = node_add_list(body, "fields"), *answer;
    struct pick_item items[PAST] = {0};
    const struct node *e;
    size_t n = 0;
    node_str(body, "type", "sweep");
    node_str(body, "where", "state = '4'");
    node_str(body, "sort", "-start");
    node_int(body, "limit", PAST);
    for (size_t i = 0; i < NELEM(fields); i++)
        node_str(list, NULL, fields[i]);
    if (session_call(app, s, ctx, OP_REC_LIST, body, &answer) < 0)
        return false;
    for (e = node_first(node_get(answer, "rows")); e && n < PAST; e = e->next) {
        const struct node *v = node_get(e, "v");
        items[n++] = (struct pick_item){.label = node_text_or(v, "title", ""),
                                        .hint = node_text_or(v, "start", "")};
    }
    if (!n)
        app_message(app, _("还没有结束过的排查。"));
    int i = n ? popup_pick(app, &(struct pick){.title = _("以前的排查"), .items = items, .n = n})
              : HE_CANCELLED;
    if (i < 0)
        return false;
    for (e = node_first(node_get(answer, "rows")); i > 0; i--)
        e = e->next;
    *out = (struct sweep_one){.id = (uint64_t)node_num(e, "id", 0),
                              .title = node_text_or(node_get(e, "v"), "title", ""),
                              .closed = true};
    return true;
}

static bool only_village(const struct session *s, char code[13], const char **title)
{
    const struct node *posts = node_get(s->me, "posts"), *found = NULL;
    for (const struct node *e = node_first(posts); e; e = e->next) {
        const char *area = node_text_or(e, "area", "");
        if (strlen(area) != 12 || area_level(area) != AREA_VILLAGE || found)
            return false;
        found = e;
    }
    if (!found)
        return false;
    memcpy(code, node_text(found, "area"), 13);
    *title = node_text_or(found, "title", code);
    return true;
}

/* The place of the only post: a township's own villages come first; "" the county's top. */
static const char *post_area(const struct session *s)
{
    const struct node *posts = node_get(s->me, "posts"), *e = node_first(posts);
    const char *area = e && !e->next ? node_text_or(e, "area", "") : "";
    return strlen(area) == 12 && area_level(area) == AREA_TOWN ? area : "";
}

bool sweep_place(struct app *app, struct session *s, void *ctx, const char *code,
                 struct sweep_place *out)
{
    struct node *body = node_map(ctx), *answer;
    node_str(body, "below", "");
    node_str(body, "words", code);
    node_int(body, "limit", 1);
    if (session_call_quiet(app, s, ctx, OP_AREA_LIST, body, &answer, NULL) < 0)
        return false;
    const struct node *e = node_first(node_get(answer, "rows"));
    *out = (struct sweep_place){.code = node_text_or(e, "code", code),
                                .title = node_text_or(e, "title", code),
                                .successor = node_text(e, "successor")};
    return e != NULL;
}

/* Several villages of one's posts: those; a township or the county: any below. */
bool sweep_village(struct app *app, struct session *s, void *ctx, char code[13], const char **title)
{
    if (only_village(s, code, title))
        return true;
    struct sweep_place place;
    if (!pick_village(app, s, post_area(s), code))
        return false;
    *title = sweep_place(app, s, ctx, code, &place) ? place.title : talloc_strdup(ctx, code);
    return true;
}

bool sweep_typed_for(struct app *app, struct session *s, void *ctx, const char *village,
                     const char **login, const char **name)
{
    struct node *body = node_map(ctx), *answer;
    node_str(body, "division", village);
    if (session_call(app, s, ctx, OP_AREA_CONTACTS, body, &answer) < 0)
        return false;
    const struct node *rows = node_get(answer, "rows"), *who[9];
    struct pick_item items[10] = {{.label = _("不代录，就是本人")}};
    size_t n = 1;
    for (const struct node *e = node_first(rows); e && n < NELEM(items); e = e->next)
        if (strcmp(node_text_or(e, "role", ""), "director") == 0 && node_text(e, "login")) {
            who[n - 1] = e;
            items[n++] = (struct pick_item){.label = node_text_or(e, "name", ""),
                                            .hint = node_text_or(e, "title", "")};
        }
    struct pick p = {.title = _("代哪位儿童主任录入"), .items = items, .n = n};
    int i = popup_pick(app, &p);
    if (i < 0)
        return false;
    *login = i ? node_text(who[i - 1], "login") : NULL;
    *name = i ? node_text_or(who[i - 1], "name", "") : NULL;
    return true;
}

const char *sweep_short_title(const struct node *row, const char *area)
{
    const char *title = node_text_or(row, "title", ""), *rest = strchr(title, ' ');
    return area && rest ? rest + 1 : title;
}
