/* The ranking, and the lists behind its numbers. */
#include "tui/home_places.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"

enum { NAME_COLS = 20, COUNT_COLS = 8 };

bool home_places_wanted(const struct session *s)
{
    for (const struct node *e = node_first(node_get(s->me, "posts")); e; e = e->next) {
        const char *code = node_text_or(e, "area", "");
        enum area_level level = *code ? area_level(code) : AREA_NONE;
        if (level != AREA_NONE && level <= AREA_TOWN)
            return true;
    }
    return false;
}

void home_places_load(struct app *app, struct session *s, void *ctx, struct home_places *p,
                      bool patient)
{
    struct node *body = node_map(ctx), *answer;
    node_bool(body, "places", true);
    node_bool(body, "patient", patient);
    int r = session_call_quiet(app, s, ctx, OP_TODO, body, &answer, NULL);
    talloc_free(body);
    if (r < 0)
        return;
    talloc_free(p->mem);
    *p = (struct home_places){.mem = answer,
                              .views = node_get(answer, "views"),
                              .rows = node_get(answer, "places"),
                              .late = node_flag(answer, "late"),
                              .towns = strcmp(node_text_or(answer, "level", ""), "town") == 0};
    for (const struct node *e = node_first(p->rows); e; e = e->next)
        p->max = node_num(e, "n", 0) > p->max ? node_num(e, "n", 0) : p->max;
}

bool home_places_any(const struct home_places *p)
{
    return p->late || home_places_n(p) > 0;
}

size_t home_places_n(const struct home_places *p)
{
    size_t n = p->rows ? p->rows->n : 0;
    return n < HOME_PLACES_MAX ? n : HOME_PLACES_MAX;
}

void home_places_draw_head(const struct home_places *p, const struct region *r)
{
    const char *text = p->late ? (p->towns ? _("各镇欠办：回车计算") : _("各村欠办：回车计算"))
                               : (p->towns ? _("各镇欠办，多的在前") : _("各村欠办，多的在前"));
    draw_text(r, 0, 0, ATTR_BOLD, text);
}

static const struct node *nth(const struct node *list, size_t i)
{
    const struct node *e = node_first(list);
    while (e && i-- > 0)
        e = e->next;
    return e;
}

void home_places_draw(const struct home_places *p, const struct region *r, size_t i)
{
    const struct node *e = nth(p->rows, i);
    char count[24];
    snprintf(count, sizeof(count), "%lld", (long long)node_num(e, "n", 0));
    draw_cols(r, 0, 3, NAME_COLS - 3, ATTR_NORMAL, ALIGN_LEFT, node_text_or(e, "name", ""));
    draw_cols(r, 0, NAME_COLS, COUNT_COLS, ATTR_BOLD, ALIGN_RIGHT, count);
    draw_bar(r, 0, NAME_COLS + COUNT_COLS + 1, r->cols - NAME_COLS - COUNT_COLS - 1,
             (double)node_num(e, "n", 0), (double)p->max);
}

void home_places_open(struct app *app, struct session *s, const struct home_places *p, size_t i)
{
    const struct node *place = nth(p->rows, i), *of = node_first(node_get(place, "of")), *v;
    size_t n = 0, views = p->views ? p->views->n : 0;
    void *ctx = talloc_new(app);
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, (unsigned)views + 1);
    const struct node **view = talloc_zero_array(ctx, const struct node *, (unsigned)views + 1);
    MUST(items && view);
    for (v = node_first(p->views); v && of; v = v->next, of = of->next) {
        const struct form *f = dict_form(s->dict, node_text_or(v, "type", ""));
        const struct form_view *fv = f ? form_view(f, node_text_or(v, "view", "")) : NULL;
        if (!fv || of->num == 0)
            continue;
        items[n] = (struct pick_item){.label = _(fv->label),
                                      .hint = text_printf(ctx, "%lld", (long long)of->num)};
        view[n++] = v;
    }
    struct pick pick = {.title = node_text_or(place, "name", ""), .items = items, .n = n};
    int k = n > 1 ? popup_pick(app, &pick) : (int)n - 1;
    if (k >= 0)
        list_open(app, s, node_text_or(view[k], "type", ""), node_text(view[k], "view"),
                  node_text(place, "area"), NULL);
    talloc_free(ctx);
}
