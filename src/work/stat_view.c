/*
 * Counts of the views of children on the first screen, from the table of today: a county's work is
 * counted without walking its children.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "work/stat_in.h"

int stat_view_counts(const struct county *county, struct date today,
                     const struct form_view *const *view, size_t n, stat_view_fn fn, void *arg)
{
    void *tmp = talloc_new(NULL);
    int64_t *count = talloc_array(tmp, int64_t, n + 1);
    int *pred = talloc_array(tmp, int, n + 1);
    struct stat_table *t;
    int err = stat_take_ready(county, today, &t);

    MUST(count && pred);
    for (size_t v = 0; v < n && !err; v++)
        if ((pred[v] = stat_view_pred(t, view[v])) < 0)
            err = HE_NOTFOUND;
    for (size_t i = 0; t && i < t->ncode && !err; i++) {
        for (size_t v = 0; v < n; v++)
            count[v] = t->count[i * t->npred + (size_t)pred[v]];
        fn(t->code[i], count, arg);
    }
    if (t)
        stat_release(t);
    talloc_free(tmp);
    return err;
}
