/* Which columns of a report somebody sees: those that name nothing he may not name. */
#include <talloc.h>

#include "base/err.h"
#include "form/codes.h"
#include "work/access.h"
#include "work/stat_in.h"

struct look {
    void *ctx;
    const struct report *r;
    struct expr_access own, of; /* of the children; of what hangs on them */
    bool none_of;               /* … which he does not read at all */
};

static bool figure_field(void *arg, const struct form_field *field)
{
    (void)arg;
    return field->class <= CLASS_C;
}

static bool figure_code(void *arg, const struct form_field *field, const char *code)
{
    const struct code *row = field->codes ? codes_find(field->codes, code) : NULL;

    (void)arg;
    return !row || row->class <= CLASS_C;
}

static bool look_open(struct look *l, const struct county *county, const struct actor *actor,
                      bool figures)
{
    struct access *a, *of;

    l->own = l->of = (struct expr_access){figure_field, figure_code, NULL};
    if (figures)
        return true;
    if (!(a = access_new(NULL, l->ctx, county, actor, l->r->form, NULL)))
        return false;
    l->own = access_expr(a);
    if (l->r->of) {
        of = access_new(NULL, l->ctx, county, actor, l->r->of, NULL);
        l->none_of = !of;
        if (of)
            l->of = access_expr(of);
    }
    return true;
}

static bool nameable(const struct form *form, const char *where, const struct expr_access *access)
{
    void *tmp = talloc_new(NULL);
    struct expr *e;
    char *problem;
    bool ok = !where || expr_parse(tmp, form, report_text(tmp, where, "2026-01-01", "2026-01-01"),
                                   access, &e, &problem) == 0;

    talloc_free(tmp);
    return ok;
}

static bool sum_seen(const bool *seen, const struct report_sum *sum)
{
    for (size_t i = 0; i < sum->n; i++)
        if (!seen[sum->t[i].column])
            return false;
    return true;
}

static bool column_seen(const struct look *l, const struct report_column *c, const bool *seen)
{
    const struct expr_access *access = c->kind == REPORT_OF ? &l->of : &l->own;

    if (c->kind == REPORT_FORMULA)
        return sum_seen(seen, &c->up) && sum_seen(seen, &c->down);
    return !(c->of && l->none_of) && nameable(report_column_form(l->r, c), c->where_text, access) &&
           (!c->with_text || nameable(c->of, c->with_text, &l->of)) &&
           (!c->sum || access->field(access->arg, c->sum));
}

int stat_columns(void *ctx, const struct county *county, const struct actor *actor,
                 const struct report *r, bool figures, bool *seen)
{
    struct look l = {.ctx = ctx, .r = r};

    if (!look_open(&l, county, actor, figures))
        return HE_DENIED;
    for (size_t i = 0; i < r->ncolumn; i++)
        seen[i] = column_seen(&l, &r->column[i], seen);
    return 0;
}

bool stat_column_seen(void *ctx, const struct county *county, const struct actor *actor,
                      const struct report *r, int column)
{
    bool *seen = talloc_zero_array(ctx, bool, r->ncolumn);

    return stat_columns(ctx, county, actor, r, false, seen) == 0 && seen[column];
}

bool stat_nameable(void *ctx, const struct county *county, const struct actor *actor,
                   const struct report *r, int column)
{
    struct look l = {.ctx = ctx, .r = r};
    const struct report_column *c = &r->column[column];

    return c->kind != REPORT_FORMULA && look_open(&l, county, actor, false) &&
           nameable(r->form, r->where_text, &l.own) && column_seen(&l, c, NULL);
}
