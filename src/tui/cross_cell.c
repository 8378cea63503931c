/* The list behind a figure of a table of one's own. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "tui/sheet.h"

/* "school_state = '03'" for the key of a row or column; NULL when it cannot be said. */
static const char *condition(struct sheet *t, void *ctx, const char *by, const char *key)
{
    const struct form *form = dict_form(t->s->dict, node_text_or(t->cross, "type", ""));
    const struct form_field *f = form ? form_field(form, by) : NULL;
    if (!f || strchr(key, '\''))
        return NULL;
    if (!*key || strcmp(key, "-") == 0)
        return text_printf(ctx, "%s is empty", by);
    return text_printf(ctx, strcmp(f->type->name, "codes") == 0 ? "%s has '%s'" : "%s = '%s'", by,
                       key);
}

static char *both(void *ctx, const char *a, const char *b)
{
    return a && b ? text_printf(ctx, "(%s) and (%s)", a, b) : talloc_strdup(ctx, a ? a : b);
}

void cross_cell(struct app *app, struct sheet *t)
{
    const struct sheet_row *row = &t->row[t->at];
    const struct sheet_col *col = &t->col[t->c];
    const char *by[2] = {node_text_or(t->cross, "rows", ""), node_text_or(t->cross, "columns", "")};
    const char *key[2] = {row->total ? NULL : row->code, t->c + 1 == t->ncol ? NULL : col->name};
    const char *area = node_text(t->cross, "area"), *where = node_text(t->cross, "where");
    void *ctx = talloc_new(t);
    bool ok = true;
    for (int i = 0; i < 2; i++) {
        const char *more;
        if (!key[i])
            continue;
        if (strcmp(by[i], FORM_TOWN) == 0) {
            area = key[i];
            continue;
        }
        more = condition(t, ctx, by[i], key[i]);
        ok = ok && more;
        where = more ? both(ctx, where, more) : where;
    }
    if (node_text(t->cross, "day"))
        app_message(app, _("过去那天的数字没有名单；把日期改成今天可以打开。"));
    else if (ok)
        list_open(app, t->s, node_text_or(t->cross, "type", ""), NULL, area, where ? where : "");
    talloc_free(ctx);
}
