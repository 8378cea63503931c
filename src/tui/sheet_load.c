/* A report from the server, all of its pages; what was shown stays until the new one is whole. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/sheet.h"

enum { COL_MIN = 6, COL_MAX = 16 };

struct load {
    void *mem;
    const struct node *head;
    struct sheet_col *col;
    size_t ncol;
    struct sheet_row *row;
    size_t nrow;
};

static struct node *body_of(const struct sheet *t, void *ctx, const char *after)
{
    struct node *b = node_map(ctx);
    static const char *const asked[] = {"type", "rows", "columns", "where", "area", "day"};
    for (size_t i = 0; t->cross && i < NELEM(asked); i++)
        if (node_get(t->cross, asked[i]))
            node_copy(b, asked[i], node_get(t->cross, asked[i]));
    if (t->frozen) {
        node_int(b, "id", t->frozen);
    } else if (!t->cross) {
        node_str(b, "report", t->report);
        node_str(b, "period", t->period);
        if (*t->division)
            node_str(b, "division", t->division);
    }
    node_bool(b, "deep", t->deep);
    if (after)
        node_str(b, "after", after);
    return b;
}

/* Labels of definitions stand in the catalogue. */
static const char *word(const struct node *e, const char *key)
{
    const char *s = node_text(e, key);
    return s && *s ? _(s) : NULL;
}

static void take_columns(struct load *l)
{
    const struct node *list = node_get(l->head, "columns");
    l->col = talloc_zero_array(l->mem, struct sheet_col, (list ? (unsigned)list->n : 0) + 1);
    MUST(l->col);
    for (const struct node *e = node_first(list); e; e = e->next) {
        struct sheet_col *c = &l->col[l->ncol++];
        const char *label = word(e, "label");
        *c = (struct sheet_col){.name = node_text_or(e, "name", ""),
                                .label = label ? label : "",
                                .group = word(e, "group"),
                                .opens = node_flag(e, "opens"),
                                .of = node_text_or(e, "of", "child")};
        c->width = text_width(c->label, 2) + 2;
        c->width = c->width < COL_MIN ? COL_MIN : c->width > COL_MAX ? COL_MAX : c->width;
    }
}

static void take_rows(struct load *l, const struct node *answer)
{
    const struct node *list = node_get(answer, "rows");
    size_t n = l->nrow + (list ? list->n : 0);
    l->row = talloc_realloc(l->mem, l->row, struct sheet_row, (unsigned)n + 1);
    MUST(l->row);
    for (const struct node *e = node_first(list); e; e = e->next) {
        struct sheet_row *r = &l->row[l->nrow++];
        size_t i = 0;
        *r = (struct sheet_row){.code = node_text_or(e, "code", ""),
                                .name = node_text_or(e, "name", ""),
                                .total = node_flag(e, "total"),
                                .director = node_num(e, "director", 0)};
        r->v = talloc_zero_array(l->mem, const char *, (unsigned)l->ncol + 1);
        MUST(r->v);
        for (const struct node *v = node_first(node_get(e, "v")); v && i < l->ncol; v = v->next)
            r->v[i++] =
                v->type == NODE_STR ? v->str : text_printf(l->mem, "%lld", (long long)v->num);
    }
}

int sheet_load(struct app *app, struct sheet *t)
{
    struct load l = {.mem = talloc_new(t)};
    const char *after = NULL;
    do {
        struct node *answer;
        enum wire_op op = t->cross ? OP_STAT_CROSS : t->frozen ? OP_STAT_FROZEN : OP_STAT_RUN;
        int r = session_call(app, t->s, l.mem, op, body_of(t, l.mem, after), &answer);
        if (r < 0) {
            talloc_free(l.mem);
            return r;
        }
        if (!l.head) {
            l.head = answer;
            take_columns(&l);
        }
        take_rows(&l, answer);
        after = node_text(answer, "next");
    } while (after);
    talloc_free(t->mem);
    t->mem = l.mem;
    t->head = l.head;
    t->col = l.col;
    t->ncol = l.ncol;
    t->row = l.row;
    t->nrow = l.nrow;
    if (t->at >= t->nrow)
        t->at = t->nrow ? t->nrow - 1 : 0;
    if (t->c >= t->ncol)
        t->c = t->left = 0;
    return 0;
}
