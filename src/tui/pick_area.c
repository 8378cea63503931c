/* Picks a division: level by level, or by words anywhere below. */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/pick_find.h"

enum { ROWS = 200 };

struct areas {
    struct session *s;
    void *ctx;
    const char *below;       /* "" the county's top */
    const char *below_title; /* NULL at the top: it cannot be picked itself */
    bool village;            /* only a village is an answer */
};

size_t find_areas(struct app *app, struct session *s, void *ctx, const char *below,
                  const char *words, size_t max, struct find_row **rows)
{
    struct node *body = node_map(ctx), *answer = NULL;
    size_t n = 0;
    node_str(body, "below", below);
    if (words && *words)
        node_str(body, "words", words);
    node_int(body, "limit", (int64_t)max);
    if (session_call(app, s, ctx, OP_AREA_LIST, body, &answer) != 0)
        return 0;
    const struct node *list = node_get(answer, "rows");
    *rows = talloc_zero_array(ctx, struct find_row, (unsigned)(list ? list->n : 0) + 1);
    MUST(*rows);
    for (const struct node *e = node_first(list); e && n < max; e = e->next)
        if (!node_flag(e, "closed"))
            (*rows)[n++] =
                (struct find_row){.code = node_text_or(e, "code", ""),
                                  .label = node_text_or(e, "title", node_text_or(e, "name", ""))};
    return n;
}

/* A province or county that is the only one is no choice: it is opened by itself. */
static size_t rows_below(struct app *app, struct areas *a, void *ctx, const char *words,
                         struct find_row **rows)
{
    bool top = !*words && !*a->below;
    size_t n = find_areas(app, a->s, ctx, a->below, words, ROWS, rows);
    while (top && n == 1 && area_level((*rows)[0].code) <= AREA_COUNTY) {
        a->below = talloc_strdup(a->ctx, (*rows)[0].code);
        a->below_title = talloc_strdup(a->ctx, (*rows)[0].label);
        n = find_areas(app, a->s, ctx, a->below, words, ROWS, rows);
    }
    return n;
}

/* Rows below, and in front of them the division itself. */
static size_t query(struct app *app, void *arg, void *ctx, const char *words,
                    struct find_row **rows)
{
    struct areas *a = arg;
    struct find_row *found = NULL;
    size_t n = rows_below(app, a, ctx, words, &found);
    if (*words || !a->below_title || a->village) {
        *rows = found;
        return n;
    }
    *rows = talloc_zero_array(ctx, struct find_row, (unsigned)n + 1);
    MUST(*rows);
    (*rows)[0] = (struct find_row){
        .code = a->below, .label = a->below_title, .hint = _("就选这里，不再往下")};
    if (n)
        memcpy(*rows + 1, found, n * sizeof(**rows));
    return n + 1;
}

/* A village is taken; anything above is opened, and taken when chosen again. */
static bool take(void *arg, const struct find_row *row)
{
    struct areas *a = arg;
    if (area_level(row->code) == AREA_VILLAGE || (!a->village && strcmp(row->code, a->below) == 0))
        return true;
    a->below = talloc_strdup(a->ctx, row->code);
    a->below_title = talloc_strdup(a->ctx, row->label);
    return false;
}

bool find_area(struct app *app, struct session *s, void *ctx, const char *under,
               struct find_row *out)
{
    struct areas a = {.s = s, .ctx = ctx, .below = under ? under : ""};
    struct finder f = {
        .title = _("选择地方"),
        .hint = _("输入村名、拼音首字母或代码；回车选定，乡镇打开下一级；Esc Esc 取消。"),
        .arg = &a,
        .query = query,
        .take = take};
    return find_run(app, ctx, &f, out);
}

bool pick_area(struct app *app, struct session *s, const char *under, char code[13])
{
    void *tmp = talloc_new(NULL);
    struct find_row row;
    bool picked = find_area(app, s, tmp, under, &row) && strlen(row.code) == 12;
    if (picked)
        memcpy(code, row.code, 13);
    talloc_free(tmp);
    return picked;
}

bool pick_village(struct app *app, struct session *s, const char *under, char code[13])
{
    void *tmp = talloc_new(NULL);
    struct find_row row;
    struct areas a = {.s = s, .ctx = tmp, .below = under, .village = true};
    struct finder f = {
        .title = _("选择村(居)"),
        .hint = _("输入村名、拼音首字母或代码；回车选定，乡镇打开下一级；Esc Esc 取消。"),
        .arg = &a,
        .query = query,
        .take = take};
    bool picked = find_run(app, tmp, &f, &row) && strlen(row.code) == 12;
    if (picked)
        memcpy(code, row.code, 13);
    talloc_free(tmp);
    return picked;
}
