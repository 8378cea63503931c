/* --preview: which column fills what, and what the first rows would be kept as, before anything is sent. */
#include "ctl/import.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"

enum {
    HEADING_MAX = 16,
    LABEL_MAX = 18,
    CELL_MAX = 19
}; /* a citizen ID whole, 80 columns in all */

void import_keep_first(struct import *im, const struct table_row *row)
{
    if (im->nfirst == IMPORT_FIRST || map_kind(im->match, row) != MAP_DATA)
        return;
    const char **cell = talloc_zero_array(im->c, const char *, (unsigned)im->match->n + 1);
    MUST(cell);
    for (size_t i = 0; i < im->match->n; i++) {
        bool fits;
        char *text = map_show(cell, im->match, row, i, ctl_today(im->c), &fits);
        cell[i] = fits ? text : text_printf(cell, "! %s", text);
        im->doubtful += !fits;
    }
    im->first[im->nfirst] = cell;
    im->first_number[im->nfirst++] = row->number - im->match->heading;
}

static char *cut(void *ctx, const char *text, int cols)
{
    char *s = text_visible(ctx, text ? text : "", 0);
    size_t fit = text_fit(s, cols, 2, NULL);
    return s[fit] ? text_printf(ctx, "%.*s~", (int)text_fit(s, cols - 1, 2, NULL), s) : s;
}

static const char *fills(void *ctx, const struct map_said *s)
{
    if (s->serial)
        return _("（行号，不存）");
    if (!s->to)
        return _("（不导入）");
    /* "父亲的姓名": the dot of "父亲·姓名" is as wide as the terminal likes */
    const char *label = form_path_said(ctx, *s->to), *dot = strstr(label, "·");
    if (dot)
        label = text_printf(ctx, _("%.*s的%s"), (int)(dot - label), label, dot + strlen("·"));
    return s->spare ? text_printf(ctx, _("%s，备用"), label) : label;
}

/* What every new record gets besides: 儿童类别 农村留守儿童 */
static void show_consts(struct import *im)
{
    const struct form *form = map_form(im->match->map);
    struct node *v = node_map(im->c);
    map_consts(im->match->map, v);
    for (const struct node *e = node_first(v); e; e = e->next) {
        struct form_path p;
        if (form_path_parse(form, e->key, &p) == 0)
            out_print(_("新登记的都填：%s %s\n"), form_path_said(im->c, p),
                      type_show(im->c, p.field, e->str));
    }
}

void import_show_first(struct import *im)
{
    struct out_column column[IMPORT_FIRST + 2] = {{.key = "heading", .label = _("文件的列")},
                                                  {.key = "field", .label = _("登记到")}};
    const struct map_match *m = im->match;
    for (size_t i = 0; i < im->nfirst; i++) {
        char *label = text_printf(im->c, _("第 %ld 行会记成"), im->first_number[i]);
        column[i + 2] = (struct out_column){.key = label, .label = label};
    }
    out_print(_("%zu 列里 %zu 列会登记。"), m->n, m->fed);
    out_print(im->doubtful ? _("标 ! 的内容和这一项对不上，请看是不是列错位了。\n") : "\n");
    struct out *o = out_open(im->c, OUT_TABLE, column, im->nfirst + 2);
    for (size_t i = 0; i < m->n; i++) {
        struct map_said s = map_said(m, i);
        const char *row[IMPORT_FIRST + 2] = {cut(im->c, s.heading, HEADING_MAX),
                                             cut(im->c, fills(im->c, &s), LABEL_MAX)};
        for (size_t k = 0; k < im->nfirst; k++)
            row[k + 2] = cut(im->c, im->first[k][i], CELL_MAX);
        out_row(o, row);
    }
    out_close(o);
    show_consts(im);
}
