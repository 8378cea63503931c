/* Which index serves an expression. */
#include "rec/expr_in.h"

/* Equality serves best, then a subtree, then a range. */
static int index_rank(const struct expr *e)
{
    if (e->l->src != SRC_PATH || e->l->path.via || !e->l->path.field->index ||
        e->r->src != SRC_LITERAL)
        return 0;
    if (e->op == EXPR_WITHIN)
        return 2;
    if (e->op != EXPR_CMP || e->rel == REL_NE)
        return 0;
    if (e->rel == REL_EQ)
        return 3;
    return e->l->kind == KIND_NUM || e->l->kind == KIND_DATE;
}

static void index_use(const struct expr *e, struct expr_index *out)
{
    out->field = e->l->path.field;
    out->within = e->op == EXPR_WITHIN;
    if (out->within || e->rel == REL_EQ || e->rel > REL_LE)
        out->lo = e->r->lo;
    if (!out->within && e->rel <= REL_LE)
        out->hi = e->r->hi;
}

/* Both ends of a range of one field: 'a >= 1 and a < 9'. */
static void index_walk(const struct expr *e, int *rank, struct expr_index *out)
{
    if (e->op == EXPR_AND)
        for (size_t i = 0; i < e->n; i++)
            index_walk(e->kid[i], rank, out);
    if (e->op != EXPR_CMP && e->op != EXPR_WITHIN)
        return;
    int r = index_rank(e);
    if (r > *rank) {
        *rank = r;
        *out = (struct expr_index){0};
        index_use(e, out);
    } else if (r == 1 && *rank == 1 && out->field == e->l->path.field) {
        bool upper = e->rel <= REL_LE;
        if (upper ? !out->hi : !out->lo)
            index_use(e, out);
    }
}

/* One equality of a field whose order key is its value. */
static bool index_exact(const struct expr *e)
{
    return e->op == EXPR_CMP && e->rel == REL_EQ &&
           (e->l->kind == KIND_CODE || e->l->kind == KIND_YESNO);
}

bool expr_index(const struct expr *e, struct expr_index *out)
{
    int rank = 0;

    *out = (struct expr_index){0};
    if (e)
        index_walk(e, &rank, out);
    out->exact = rank > 0 && index_exact(e);
    return rank > 0;
}
