/* --preview: what the first rows would become, field by field, before anything is sent. */
#include "ctl/import.h"

#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

enum { CELL_MAX = 18, LABEL_MAX = 16 };

void import_keep_first(struct import *im, const struct table_row *row)
{
    if (im->nfirst == IMPORT_FIRST || map_kind(im->match, row) != MAP_DATA)
        return;
    im->first[im->nfirst] = node_map(im->c);
    map_values(im->match, row, im->first[im->nfirst]);
    im->first_number[im->nfirst++] = row->number - im->match->heading;
}

static char *cell(void *ctx, const char *text, int cols)
{
    char *s = text_visible(ctx, text ? text : "", 0);
    size_t fit = text_fit(s, cols, 2, NULL);
    return s[fit] ? text_printf(ctx, "%.*s~", (int)text_fit(s, cols - 1, 2, NULL), s) : s;
}

static const char *label_of(void *ctx, const struct form *form, const char *path)
{
    struct form_path p;
    return form_path_parse(form, path, &p) == 0 ? form_path_said(ctx, p) : path;
}

void import_show_first(struct import *im)
{
    struct out_column column[IMPORT_FIRST + 1] = {{.key = "field", .label = _("登记的项")}};
    const struct form *form = map_form(im->match->map);
    struct node *fields = node_list(im->c);
    for (size_t i = 0; i < im->nfirst; i++) {
        char *label = text_printf(im->c, _("第 %ld 行"), im->first_number[i]);
        column[i + 1] = (struct out_column){.key = label, .label = label};
    }
    struct out *o = out_open(im->c, OUT_TABLE, column, im->nfirst + 1);
    map_fields(im->match, fields);
    for (const struct node *e = node_first(fields); e; e = e->next) {
        const char *row[IMPORT_FIRST + 1] = {cell(im->c, label_of(im->c, form, e->str), LABEL_MAX)};
        for (size_t i = 0; i < im->nfirst; i++)
            row[i + 1] = cell(im->c, node_text(im->first[i], e->str), CELL_MAX);
        out_row(o, row);
    }
    out_close(o);
}
