/* Pages of a list. The server pages forward only, by key: the marks walked through are the way back. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/list.h"

enum { WALK_MAX = 10000 }; /* rows that 【to the end】 walks through */

int list_rows_fit(struct app *app)
{
    struct frame f;
    draw_frame(app_term(app), &f);
    return f.body.rows - (f.compact ? 1 : 2);
}

enum wire_op list_op(const struct list *l)
{
    return l->cell ? OP_STAT_CELL : *l->words ? OP_REC_FIND : OP_REC_LIST;
}

enum wire_op list_count_op(const struct list *l)
{
    return l->cell ? OP_STAT_CELL : OP_REC_COUNT;
}

struct node *list_body(void *ctx, const struct list *l)
{
    struct node *b = node_map(ctx);
    for (const struct node *e = node_first(l->cell); e; e = e->next)
        node_copy(b, e->key, e);
    node_str(b, "type", l->type);
    if (l->view)
        node_str(b, "view", l->view->name);
    if (l->where)
        node_str(b, "where", l->where);
    if (l->area)
        node_str(b, "area", l->area);
    if (l->sort)
        node_str(b, "sort", l->sort);
    if (*l->words)
        node_str(b, "words", l->words);
    return b;
}

static struct node *ask(void *ctx, const struct list *l, const char *after)
{
    struct node *b = list_body(ctx, l);
    node_int(b, "limit", l->limit);
    if (after)
        node_str(b, "after", after);
    if (!after || l->total < 0) /* later pages know it from the first one */
        node_bool(b, "count", true);
    if (l->typing)
        node_bool(b, "typing", true);
    if (l->chosen) {
        struct node *fields = node_add_list(b, "fields");
        for (size_t i = 0; l->chosen[i]; i++)
            node_str(fields, NULL, l->chosen[i]);
    }
    return b;
}

const struct node **list_rows(struct app *app, const struct list *l, void *ctx, size_t *n)
{
    struct node *body = ask(ctx, l, NULL);
    node_remove(body, "count");
    return session_rows(app, l->s, ctx, list_op(l), body, n, NULL);
}

static int fetch(struct app *app, struct list *l, const char *after, struct node **answer)
{
    struct node *body = ask(l, l, after);
    int r = session_call(app, l->s, l, list_op(l), body, answer);
    talloc_free(body);
    return r;
}

/* Was the row shown before in another version? */
static bool has_moved(const struct list_row *old, size_t n, const struct list_row *row)
{
    for (size_t i = 0; i < n; i++)
        if (old[i].id == row->id)
            return (old[i].version && old[i].version != row->version) || old[i].moved;
    return false;
}

static void take(struct list *l, struct node *answer)
{
    const struct node *rows = node_get(answer, "rows");
    struct list_row *old = l->row;
    size_t nold = l->nrow, i = 0;
    l->nrow = rows ? rows->n : 0;
    l->row = talloc_zero_array(l, struct list_row, l->nrow + 1);
    MUST(l->row);
    for (const struct node *e = node_first(rows); e; e = e->next, i++) {
        l->row[i] = (struct list_row){.id = (uint64_t)node_num(e, "id", 0),
                                      .version = (uint32_t)node_num(e, "version", 0),
                                      .v = node_get(e, "v")};
        l->row[i].moved = has_moved(old, nold, &l->row[i]);
    }
    talloc_free(old);
    talloc_free(l->mem);
    l->mem = answer;
    l->next = node_text(answer, "next");
    l->total = node_num(answer, "total", l->total);
    if (l->at >= l->nrow)
        l->at = l->nrow ? l->nrow - 1 : 0;
}

static int load(struct app *app, struct list *l)
{
    struct node *answer;
    l->limit = list_rows_fit(app);
    l->cols = term_cols(app_term(app));
    l->loaded = true;
    l->stale = false;
    int r = fetch(app, l, l->page[l->npage - 1].after, &answer);
    if (r == 0)
        take(l, answer);
    return r;
}

void list_to(struct list *l, uint64_t id)
{
    for (size_t i = 0; i < l->nrow; i++)
        if (l->row[i].id == id)
            l->at = i;
}

int list_reload(struct app *app, struct list *l)
{
    uint64_t id = l->at < l->nrow ? l->row[l->at].id : 0;
    int r = load(app, l);
    while (r == 0 && l->nrow == 0 && l->npage > 1) { /* the page went away under us */
        l->npage--;
        r = load(app, l);
    }
    if (r == 0 && id)
        list_to(l, id);
    return r;
}

int list_restart(struct app *app, struct list *l)
{
    l->npage = 1;
    l->at = 0;
    l->nrow = 0; /* other rows: nothing of them has moved */
    l->total = -1;
    return load(app, l);
}

/* Steps to the page behind; its first mark becomes the newest of the way back. */
static int step(struct app *app, struct list *l)
{
    size_t start = l->page[l->npage - 1].start + l->nrow;
    l->page = talloc_realloc(l, l->page, struct list_page, l->npage + 1);
    MUST(l->page);
    l->page[l->npage++] =
        (struct list_page){.after = talloc_strdup(l->page, l->next), .start = start};
    int r = load(app, l);
    if (r < 0 || l->nrow == 0) { /* the line dropped, or the rest is gone: back to where we were */
        l->npage--;
        (void)load(app, l);
    }
    return r;
}

void list_page_move(struct app *app, struct list *l, int by)
{
    if (by > 0 && l->next) {
        if (step(app, l) == 0)
            l->at = 0;
    } else if (by > 0) {
        l->at = l->nrow ? l->nrow - 1 : 0;
        app_message(app, _("已经是最后一页。"));
    } else if (l->npage > 1) {
        l->npage--;
        if (load(app, l) < 0)
            l->npage++;
        else
            l->at = 0;
    } else {
        l->at = 0;
        app_message(app, _("已经是第一页。"));
    }
}

void list_last(struct app *app, struct list *l)
{
    if (l->total > WALK_MAX) {
        app_message(app, _("名单太长，先输入几个字筛选。"));
        return;
    }
    size_t was;
    do
        was = l->npage;
    while (l->next && step(app, l) == 0 && l->npage > was);
    l->at = l->nrow ? l->nrow - 1 : 0;
}
