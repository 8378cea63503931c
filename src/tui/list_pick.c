/* Which columns a list shows: chosen from all that any view of its form knows. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "tui/list.h"
#include "tui/popup.h"

/* Every column that any view of the form knows, once. */
static struct form_path *all_columns(const struct list *l, void *ctx, size_t *count)
{
    size_t n = 0, room = l->form->ncolumn;
    for (size_t v = 0; v < l->form->nview; v++)
        room += l->form->view[v].ncolumn;
    struct form_path *out = talloc_array(ctx, struct form_path, (unsigned)room + 1);
    MUST(out);
    for (size_t v = 0; v <= l->form->nview; v++) {
        const struct form_column *c = v ? l->form->view[v - 1].column : l->form->column;
        size_t nc = v ? l->form->view[v - 1].ncolumn : l->form->ncolumn;
        for (size_t i = 0; c && i < nc; i++) {
            size_t k = 0;
            while (k < n && (out[k].via != c[i].path.via || out[k].field != c[i].path.field))
                k++;
            if (k == n)
                out[n++] = c[i].path;
        }
    }
    *count = n;
    return out;
}

void list_pick_columns(struct app *app, struct list *l)
{
    void *ctx = talloc_new(l);
    size_t n, k = 0;
    const struct form_path *path = all_columns(l, ctx, &n);
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, (unsigned)n + 1);
    MUST(items);
    for (size_t i = 0; i < n; i++) {
        items[i].label = list_heading(ctx, path[i]);
        char *name = form_path_text(ctx, path[i]);
        for (size_t c = 0; c < l->ncol; c++)
            items[i].marked = items[i].marked || strcmp(l->col[c].name, name) == 0;
    }
    struct pick p = {.title = _("显示哪些列"), .items = items, .n = n, .multi = true};
    int r = popup_pick(app, &p);
    if (r > 0) {
        l->chosen = talloc_zero_array(l, const char *, n + 1);
        MUST(l->chosen);
        for (size_t i = 0; i < n; i++)
            if (items[i].marked)
                l->chosen[k++] = form_path_text(l->chosen, path[i]);
        list_reload(app, l);
    }
    talloc_free(ctx);
}
