/* Columns of columns, the balances between them, and figures as people read them. */
#include <stdlib.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "work/stat_in.h"

static int64_t sum_of(const struct stat_answer *a, const struct stat_row *row,
                      const struct report_sum *sum)
{
    const struct stat_row *total = &a->row[a->n - 1];
    int64_t v = 0;

    for (size_t i = 0; i < sum->n; i++)
        v += sum->t[i].sign * (sum->t[i].total ? total : row)->v[sum->t[i].column];
    return v;
}

static int64_t quotient(const struct report_column *c, int64_t up, int64_t down)
{
    int64_t scale = c->percent ? 100 : 1;

    if (down == 0)
        return STAT_NONE;
    for (int i = 0; i < c->digits; i++)
        scale *= 10;
    up *= scale * 2;
    return (up + (up < 0 ? -down : down)) / (2 * down);
}

void stat_formulas(struct stat_answer *a, const struct report *r)
{
    for (size_t c = 0; c < r->ncolumn; c++)
        for (size_t i = 0; r->column[c].kind == REPORT_FORMULA && i < a->n; i++) {
            const struct report_column *col = &r->column[c];
            int64_t up = sum_of(a, &a->row[i], &col->up);

            a->row[i].v[c] =
                col->down.n ? quotient(col, up, sum_of(a, &a->row[i], &col->down)) : up;
        }
}

void stat_identities(struct stat_answer *a, const struct report *r)
{
    for (size_t k = 0; k < r->nidentity; k++) {
        const struct report_identity *id = &r->identity[k];

        for (size_t i = 0; i < a->n; i++) {
            int64_t left = sum_of(a, &a->row[i], &id->left),
                    right = sum_of(a, &a->row[i], &id->right);

            if (left == right)
                continue;
            a->broken = talloc_realloc(a, a->broken, const char *, a->nbroken + 1);
            a->broken[a->nbroken++] =
                text_printf(a, _("%s：%s 不成立，左边 %lld，右边 %lld"), a->row[i].name, id->text,
                            (long long)left, (long long)right);
        }
    }
}

char *stat_show(void *ctx, const struct report_column *c, int64_t v)
{
    int64_t scale = 1;

    if (v == STAT_NONE || v == STAT_SMALL)
        return talloc_strdup(ctx, v == STAT_SMALL ? STAT_SMALL_TEXT : "");
    for (int i = 0; i < c->digits; i++)
        scale *= 10;
    if (scale == 1)
        return text_printf(ctx, "%lld", (long long)v);
    return text_printf(ctx, "%s%lld.%0*lld", v < 0 ? "-" : "", (long long)(llabs(v) / scale),
                       c->digits, (long long)(llabs(v) % scale));
}

void stat_list(const struct county *county, struct node *out)
{
    static const char *const words[] = {"day", "month", "quarter"};
    struct node *rows = node_add_list(out, "rows");

    for (size_t i = 0; i < county->reports->n; i++) {
        const struct report *r = &county->reports->report[i];
        struct node *row = node_add_map(rows, NULL), *periods;

        node_str(row, "name", r->name);
        node_str(row, "label", r->label);
        periods = node_add_list(row, "periods");
        for (int kind = 0; kind < PERIOD_KINDS; kind++)
            if (r->periods >> kind & 1)
                node_str(periods, NULL, words[kind]);
    }
}
