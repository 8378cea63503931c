/* How a list looks: research/ux.md 2. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "tui/list.h"

enum { LEFT_COLS = 4, FILTER_COLS = 16, EXTRA_COLS = 8, PRIORITIES = 9 };
enum { WORD_COLS = 13, FEW_CODES = 100 }; /* of an English heading or value; a table of words */

char *list_heading(void *ctx, struct form_path p)
{
    const char *label = _(p.field->label);
    if (!p.via)
        return talloc_strdup(ctx, label);
    const char *title = p.field->form->title;
    if (title && strcmp(title, p.field->name) == 0)
        return talloc_strdup(ctx, _(p.via->label));
    return text_printf(ctx, _("%s%s"), _(p.via->label), label);
}

static int width_of(const struct form_column *c)
{
    int w = c->width ? c->width : c->path.field->width;
    if (!w)
        w = c->path.field->type->width;
    return w < 4 ? 4 : w;
}

static int longer(int w, const char *word)
{
    int n = text_width(word, 1);
    return n > w ? n : w;
}

/* Widths are those of Chinese words; English ones are longer, up to WORD_COLS where there is room. */
static int width_wanted(const struct form_column *c)
{
    const struct form_field *f = c->path.field;
    int w = width_of(c), word = 0;
    if (lang_now() == LANG_ZH)
        return w;
    char *heading = c->label ? NULL : list_heading(NULL, c->path);
    word = longer(word, heading ? heading : _(c->label)) + 1; /* and the mark of the sort */
    for (size_t i = 0; f->codes && f->codes->n < FEW_CODES && i < f->codes->n; i++)
        word = longer(word, _(f->codes->code[i].label));
    talloc_free(heading);
    return word > WORD_COLS ? (w > WORD_COLS ? w : WORD_COLS) : word > w ? word : w;
}

/* Longer columns that do not fit are what they were, the last ones first. */
static int fit(struct list *l, const struct form_column *const from[], int used, int cols)
{
    for (size_t i = l->ncol; i-- > 0 && used > cols;) {
        int less = l->col[i].width - width_of(from[i]);
        l->col[i].width -= less;
        used -= less;
    }
    return used;
}

static void add_col(struct list *l, struct form_path p, const char *label, int width)
{
    l->col = talloc_realloc(l, l->col, struct list_col, l->ncol + 1);
    MUST(l->col);
    l->col[l->ncol++] = (struct list_col){p, form_path_text(l->col, p), label, width};
}

static void chosen_columns(struct list *l)
{
    for (size_t i = 0; l->chosen[i]; i++) {
        struct form_path p;
        if (form_path_parse(l->form, l->chosen[i], &p) == 0)
            add_col(l, p, NULL, width_of(&(struct form_column){.path = p}));
    }
}

/* Columns that are left over make names and places longer, the first ones first. */
static void widen(struct list *l, int left)
{
    for (size_t i = 0; i < l->ncol && left > 0 && !l->chosen; i++) {
        const struct form_field *f = l->col[i].path.field;
        int more = left < EXTRA_COLS ? left : EXTRA_COLS;
        if (f->codes || (f->type->widget != WIDGET_LINE && f->type->widget != WIDGET_AREA) ||
            f->type->numeric || f->search == SEARCH_DIGITS)
            continue;
        l->col[i].width += more;
        left -= more;
    }
}

static bool is_village(const char *code)
{
    return code && area_level(code) == AREA_VILLAGE;
}

/* The place of the records, in a list of one village. */
static bool all_the_same(const struct list *l, const struct form_column *c)
{
    const struct node *posts = node_get(l->s->me, "posts");
    bool one = is_village(l->area) ||
               (posts && posts->n == 1 && is_village(node_text(node_first(posts), "area")));
    char *name = one && l->form->area ? form_path_text(NULL, c->path) : NULL;
    bool same = name && strcmp(name, l->form->area) == 0;
    talloc_free(name);
    return same;
}

void list_columns(struct list *l, int cols)
{
    const struct form_column *c = l->view && l->view->column ? l->view->column : l->form->column;
    size_t n = l->view && l->view->column ? l->view->ncolumn : l->form->ncolumn;
    bool *in = talloc_zero_array(l, bool, n + 1);
    const struct form_column **from = talloc_zero_array(in, const struct form_column *, n + 1);
    int used = LEFT_COLS;
    MUST(in && from);
    talloc_free(l->col);
    l->col = NULL;
    l->ncol = 0;
    for (int p = 1; p <= PRIORITIES && !l->chosen; p++)
        for (size_t i = 0; i < n; i++)
            if (c[i].priority == p && !all_the_same(l, &c[i]) &&
                (p == 1 || used + width_wanted(&c[i]) <= cols)) {
                in[i] = true;
                used += width_wanted(&c[i]) + 1;
            }
    for (size_t i = 0; i < n && !l->chosen; i++)
        if (in[i]) {
            from[l->ncol] = &c[i];
            add_col(l, c[i].path, c[i].label, width_wanted(&c[i]));
        }
    if (l->chosen)
        chosen_columns(l);
    else
        used = fit(l, from, used, cols + 1);
    widen(l, cols - used);
    talloc_free(in);
}

/* ---- row 1 and 2 ---- */

static void draw_head(struct list *l, const struct frame *f)
{
    const char *view = l->where_label ? l->where_label : l->view ? _(l->view->label) : _("全部");
    char *s = text_printf(l, "%s%s%s > %s%s%s", l->form->code ? l->form->code : "",
                          l->form->code ? " " : "", _(l->form->label), view,
                          l->area_name ? " > " : "", l->area_name ? l->area_name : "");
    draw_title(f, s, session_badge(l->s));
    talloc_free(s);
}

char *list_sort_label(void *ctx, const struct list *l)
{
    const char *sort = l->sort ? l->sort : l->view ? l->view->sort : NULL;
    const struct form_field *f;
    if (!sort || !*sort)
        return talloc_strdup(ctx, "");
    f = form_field(l->form, sort + (*sort == '-'));
    return f ? text_printf(ctx, _("按%s%s"), _(f->label), *sort == '-' ? _("倒序") : "")
             : talloc_strdup(ctx, "");
}

static void draw_view(struct list *l, const struct frame *f)
{
    int at = draw_text(&f->view, 0, 0, ATTR_NORMAL, _("筛选："));
    char *right = list_sort_label(l, l), *s;
    if (l->total >= 0)
        right = talloc_asprintf_append(right, _("  共%lld条"), (long long)l->total);
    if (l->nmark)
        right = talloc_asprintf_append(right, _(" 已选%zu"), l->nmark);
    size_t per = l->limit > 0 ? (size_t)l->limit : 1;
    size_t page = l->page[l->npage - 1].start / per + 1;
    size_t pages = l->total > 0 ? ((size_t)l->total + per - 1) / per : 1;
    s = text_printf(l, _("%s  第%zu/%zu页"), right, page, pages < page ? page : pages);
    draw_cols(&f->view, 0, at + FILTER_COLS + 1, f->view.cols - at - FILTER_COLS - 1, ATTR_NORMAL,
              ALIGN_RIGHT, s);
    edit_draw(l->filter, &f->view, 0, at, l->typing);
    talloc_free(s);
    talloc_free(right);
}

/* ---- rows ---- */

char *list_col_heading(void *ctx, const struct list_col *c, int amb)
{
    char *h = c->label ? talloc_strdup(ctx, _(c->label)) : list_heading(ctx, c->path);
    if (c->path.via && text_width(h, amb) > c->width) {
        talloc_free(h);
        h = talloc_strdup(ctx, _(c->path.field->label));
    }
    return h;
}

static void draw_heading(const struct region *r, int at, const struct list_col *c, void *ctx,
                         const char *mark)
{
    int amb = term_amb_width(r->term);
    char *h = list_col_heading(ctx, c, amb);
    struct region place = draw_sub(r, 0, at, 1, c->width);
    draw_text(&place, 0, 0, ATTR_NORMAL, h); /* cut without a mark: a heading is no value */
    if (mark && text_width(h, amb) < c->width)
        draw_text(r, 0, at + text_width(h, amb), ATTR_NORMAL, mark);
    talloc_free(h);
}

static void draw_headings(const struct list *l, const struct region *r, bool rule)
{
    const char *sort = l->sort ? l->sort : l->view ? l->view->sort : NULL;
    int at = LEFT_COLS;
    draw_text(r, 0, 0, ATTR_NORMAL, _("选"));
    for (size_t i = 0; i < l->ncol; i++) {
        bool sorted = sort && strcmp(sort + (*sort == '-'), l->col[i].name) == 0;
        draw_heading(r, at, &l->col[i], base_unconst(l), !sorted ? NULL : *sort == '-' ? "v" : "^");
        at += l->col[i].width + 1;
    }
    if (rule)
        draw_fill(r, 1, 0, at - 1 < r->cols ? at - 1 : r->cols, ATTR_NORMAL, '-');
}

/* "幸福一村" for who looks after one township: its name before every village would say nothing. */
static const char *short_place(const struct list *l, const char *text)
{
    const struct node *posts = node_get(l->s->me, "posts");
    const char *own = posts && posts->n == 1 ? node_text_or(node_first(posts), "title", "") : "";
    size_t n = strlen(own);
    return n && strncmp(text, own, n) == 0 && text[n] == ' ' ? text + n + 1 : text;
}

/* Only the words of a table are words of the catalogue; a name may look like one. */
static const char *cell_text(const struct list *l, const struct list_row *x,
                             const struct list_col *c)
{
    const char *text = node_text_or(x->v, c->name, "");
    const struct form_field *f = c->path.field;
    if (strcmp(f->type->name, "area") == 0)
        return short_place(l, text);
    if (strcmp(f->type->name, "text") == 0 && (f->system || strcmp(l->type, "task") == 0))
        return lang_said(l->mem, text); /* rules wrote it, or may have */
    return *text && (f->codes || f->type->widget == WIDGET_YESNO) ? _(text) : text;
}

static void draw_row(const struct list *l, const struct region *r, int row, size_t i)
{
    const struct list_row *x = &l->row[i];
    char option[2] = {x->option ? (char)('0' + x->option) : ' ', '\0'};
    int at = LEFT_COLS;
    draw_text(r, row, 0, ATTR_NORMAL, i == l->at && !l->typing ? ">" : " ");
    draw_text(r, row, 1, ATTR_NORMAL, option);
    draw_text(r, row, 2, ATTR_NORMAL, list_marked(l, x->id) ? "*" : x->moved ? "~" : " ");
    for (size_t c = 0; c < l->ncol && at < r->cols; c++) {
        bool number = l->col[c].path.field->type->numeric;
        const char *text = cell_text(l, x, &l->col[c]);
        struct region cell = draw_sub(r, row, at, 1, l->col[c].width);
        if (strcmp(l->col[c].path.field->type->name, "time") == 0)
            draw_text(&cell, 0, 0, ATTR_NORMAL, text); /* the day where the hour has no room */
        else
            draw_cols(&cell, 0, 0, l->col[c].width, ATTR_NORMAL, number ? ALIGN_RIGHT : ALIGN_LEFT,
                      text);
        at += l->col[c].width + 1;
    }
}

static void draw_empty(const struct list *l, const struct region *r)
{
    bool add = !l->form->system && session_may_do(l->s, l->type, "add");
    if (*l->words) {
        draw_text(r, 3, LEFT_COLS, ATTR_NORMAL, _("没有找到。少输几个字，或按 Esc Esc 清除筛选。"));
        draw_text(r, 5, LEFT_COLS, ATTR_NORMAL,
                  _("可以输入姓名、拼音首字母、证件号或电话的前几位、后几位。"));
        return;
    }
    draw_text(r, 3, LEFT_COLS, ATTR_NORMAL, _("这个名单现在是空的。"));
    draw_text(r, 5, LEFT_COLS, ATTR_NORMAL,
              add ? _("按 F9 换一个名单，按 F6 新增。") : _("按 F9 换一个名单，按 F3 返回。"));
}

static void resized(struct app *app, void *arg)
{
    list_reload(app, arg);
}

void list_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct list *l = scr->state;
    int first = f->compact ? 1 : 2;
    if (l->loaded && l->limit != f->body.rows - first)
        app_after(app, 0, resized, l); /* not from here: it asks the server */
    list_columns(l, f->body.cols);
    draw_head(l, f);
    draw_headings(l, &f->body, !f->compact);
    for (size_t i = 0; i < l->nrow; i++)
        draw_row(l, &f->body, first + (int)i, i);
    if (l->loaded && l->nrow == 0)
        draw_empty(l, &f->body);
    char *options = list_options(l, l);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              l->typing ? _("姓名、拼音首字母、证件号或电话的几位；回车到名单，Esc Esc 清除。")
                        : options);
    talloc_free(options);
    if (!l->typing)
        draw_caret(&f->body, first + (int)l->at, 1);
    draw_view(l, f); /* last: the filter parks the caret when it has the focus */
}
