/* A line a sweep: its name, checked of all, a bar of plain characters. */
#include "tui/home_sweep.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "tui/sweep.h"

enum { NAME_COLS = 20, COUNT_COLS = 10, BAR = 12 };

void home_sweeps_load(struct app *app, struct session *s, void *ctx, struct home_sweeps *h)
{
    struct node *answer;
    if (!session_may(s, "sweep.read") ||
        session_call_quiet(app, s, ctx, OP_SWEEP_MINE, NULL, &answer, NULL) < 0)
        return;
    talloc_free(h->mem);
    *h = (struct home_sweeps){.mem = answer, .rows = node_get(answer, "rows")};
}

size_t home_sweeps_n(const struct home_sweeps *h)
{
    size_t n = h->rows ? h->rows->n : 0;
    return n < HOME_SWEEPS_MAX ? n : HOME_SWEEPS_MAX;
}

static const struct node *nth(const struct home_sweeps *h, size_t i)
{
    const struct node *e = node_first(h->rows);
    while (e && i-- > 0)
        e = e->next;
    return e;
}

void home_sweeps_draw(const struct home_sweeps *h, const struct region *r, size_t i)
{
    const struct node *e = nth(h, i);
    int64_t done = node_num(e, "done", 0), total = node_num(e, "total", 0);
    int64_t part = total > 0 ? done * (BAR - 2) / total : 0;
    char count[48], bar[BAR + 1] = "[";
    part = done > 0 && part == 0 ? 1 : part;
    for (int k = 0; k < BAR - 2; k++)
        bar[1 + k] = k < part ? '#' : '-';
    bar[BAR - 1] = ']';
    snprintf(count, sizeof(count), "%lld/%lld", (long long)done, (long long)total);
    draw_cols(r, 0, 3, NAME_COLS - 4, ATTR_NORMAL, ALIGN_LEFT, node_text_or(e, "title", ""));
    draw_cols(r, 0, NAME_COLS - 1, COUNT_COLS, ATTR_BOLD, ALIGN_RIGHT, count);
    draw_text(r, 0, NAME_COLS + COUNT_COLS, ATTR_NORMAL, bar);
}

void home_sweeps_open(struct app *app, struct session *s, const struct home_sweeps *h, size_t i)
{
    const struct node *e = nth(h, i), *posts = node_get(s->me, "posts");
    static const char *const directors[] = {"director", NULL};
    void *ctx = talloc_new(app);
    struct sweep_one one = {.id = (uint64_t)node_num(e, "id", 0),
                            .title = node_text_or(e, "title", ""),
                            .due = sweep_due(ctx, s, e),
                            .opening = *node_text_or(e, "state", "") == '2'};
    const char *place;
    char village[13];
    if (posts && session_has_role(s, directors) && session_may(s, "sweep_item.change")) {
        if (sweep_village(app, s, ctx, village, &place))
            sweep_grid_show(app, s, &one, village, place);
    } else {
        sweep_run_show(app, s, &one);
    }
    talloc_free(ctx);
}
