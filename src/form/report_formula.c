/* Sums of columns. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/report.h"

int report_column_find(const struct report *r, const char *name)
{
    for (size_t i = 0; i < r->ncolumn; i++)
        if (strcmp(r->column[i].name, name) == 0)
            return (int)i;
    return -1;
}

static const char *term_parse(void *ctx, const struct report *r, const char *word, int sign,
                              struct report_sum *sum)
{
    bool total = strncmp(word, "total.", 6) == 0;
    int column = report_column_find(r, word + (total ? 6 : 0));

    if (column < 0)
        return text_printf(ctx, _("前面没有叫“%s”的列"), word);
    if (r->column[column].kind == REPORT_FORMULA && r->column[column].down.n)
        return text_printf(ctx, _("“%s”是比率，不能再加减"), word);
    sum->t = talloc_realloc(ctx, sum->t, struct report_term, sum->n + 1);
    sum->t[sum->n++] = (struct report_term){sign, column, total};
    return NULL;
}

const char *report_sum_parse(void *ctx, const struct report *r, const char *text,
                             struct report_sum *sum)
{
    int sign = 1;

    *sum = (struct report_sum){0};
    for (const char *p = text + strspn(text, " "); *p;) {
        size_t n = strcspn(p, " +-");
        const char *bad;

        if (n == 0)
            return text_printf(ctx, _("“%s”应写成 列名 + 列名 - 列名"), text);
        if ((bad = term_parse(ctx, r, talloc_strndup(ctx, p, n), sign, sum)))
            return bad;
        p += n;
        p += strspn(p, " ");
        if (!*p)
            return NULL;
        if (*p != '+' && *p != '-')
            return text_printf(ctx, _("“%s”应写成 列名 + 列名 - 列名"), text);
        sign = *p == '+' ? 1 : -1;
        p++;
        p += strspn(p, " ");
    }
    return _("加减号后面缺少列名");
}
