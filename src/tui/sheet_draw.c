/* The table: names stay at the left, headings in two lines, the columns from the first shown on. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/sheet.h"

enum { MARK_COLS = 2, NAME_COLS = 18, HEADS = 2 };

int sheet_fit(const struct frame *f)
{
    int rows = f->body.rows - HEADS;
    return rows > 0 ? rows : 1;
}

char *sheet_heading(void *ctx, const struct sheet_col *c)
{
    return c->group ? text_printf(ctx, "%s %s", c->group, c->label) : talloc_strdup(ctx, c->label);
}

/* How many columns fit from the first one shown. */
static size_t shown(const struct sheet *t, int cols)
{
    int used = MARK_COLS + NAME_COLS;
    size_t n = 0;
    while (t->left + n < t->ncol && used + t->col[t->left + n].width <= cols)
        used += t->col[t->left + n++].width;
    return n ? n : 1;
}

static void scroll(struct sheet *t, const struct frame *f)
{
    int fit = sheet_fit(f);
    if (t->at < t->top || t->at >= t->top + (size_t)fit)
        t->top = t->at / (size_t)fit * (size_t)fit;
    if (t->c < t->left)
        t->left = t->c;
    while (t->c >= t->left + shown(t, f->body.cols))
        t->left++;
}

static bool same_group(const struct sheet_col *a, const struct sheet_col *b)
{
    return a->group && b->group && strcmp(a->group, b->group) == 0;
}

/* The group's name once over its columns that are shown. */
static void draw_heads(const struct sheet *t, const struct region *r, size_t n)
{
    int at = MARK_COLS + NAME_COLS;
    for (size_t i = t->left; i < t->left + n && i < t->ncol; i++) {
        const struct sheet_col *c = &t->col[i];
        enum attr attr = i == t->c ? ATTR_BOLD : ATTR_NORMAL;
        if (c->group && (i == t->left || !same_group(c, &t->col[i - 1]))) {
            int cols = 0;
            for (size_t k = i; k < t->left + n && k < t->ncol && same_group(c, &t->col[k]); k++)
                cols += t->col[k].width;
            draw_cols(r, 0, at + 1, cols - 1, ATTR_NORMAL, ALIGN_LEFT, c->group);
        }
        draw_cols(r, 1, at + 1, c->width - 1, attr, ALIGN_RIGHT, c->label);
        at += c->width;
    }
}

static void draw_row(const struct sheet *t, const struct region *r, int line, size_t i, size_t n)
{
    const struct sheet_row *row = &t->row[i];
    enum attr attr = row->total ? ATTR_BOLD : ATTR_NORMAL;
    int at = MARK_COLS + NAME_COLS;
    bool village = t->deep && !row->total && *row->code && strcmp(row->code + 9, "000") != 0;
    draw_text(r, line, 0, ATTR_NORMAL, i == t->at ? ">" : " ");
    draw_cols(r, line, MARK_COLS + 2 * village, NAME_COLS - 2 * village, attr, ALIGN_LEFT,
              row->name);
    for (size_t c = t->left; c < t->left + n && c < t->ncol; c++) {
        draw_cols(r, line, at + 1, t->col[c].width - 1, attr, ALIGN_RIGHT,
                  row->v[c] ? row->v[c] : "");
        at += t->col[c].width;
    }
}

static void draw_view(const struct sheet *t, const struct frame *f, size_t n)
{
    const char *note = node_flag(t->head, "partial") ? _("未满期，截至") : "";
    char *s = text_printf(t->mem, "%s  %s %s%s", node_text_or(t->head, "title", ""),
                          node_text_or(t->head, "period", ""), note,
                          *note ? node_text_or(t->head, "to", "") : "");
    if (t->cross)
        s = talloc_strdup(t->mem, node_text_or(t->cross, "about", ""));
    if (t->frozen)
        s = text_printf(t->mem, _("%s  第 %s 版，取数 %.16s"), s,
                        node_text_or(t->head, "edition", ""), node_text_or(t->head, "cutoff", ""));
    draw_cols(&f->view, 0, 0, f->view.cols - 17, ATTR_NORMAL, ALIGN_LEFT, s);
    s = text_printf(t->mem, _("列 %zu-%zu/%zu"), t->left + 1, t->left + n, t->ncol);
    draw_cols(&f->view, 0, f->view.cols - 16, 16, ATTR_NORMAL, ALIGN_RIGHT, s);
}

static void draw_hint(const struct sheet *t, const struct frame *f)
{
    const struct node *broken = node_first(node_get(t->head, "broken"));
    char *head = t->ncol ? sheet_heading(t->mem, &t->col[t->c]) : NULL;
    if (broken)
        draw_text(&f->hint, 0, 0, ATTR_BOLD, text_printf(t->mem, _("检验不通过：%s"), broken->str));
    else if (head)
        draw_text(&f->hint, 0, 0, ATTR_NORMAL,
                  t->frozen || !t->col[t->c].opens
                      ? head
                      : text_printf(t->mem, _("%s。回车看名单。"), head));
}

void sheet_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct sheet *t = scr->state;
    char *title;
    size_t n;
    int at = MARK_COLS + NAME_COLS;
    (void)app;
    if (!t->head)
        return;
    scroll(t, f);
    n = shown(t, f->body.cols);
    n = t->left + n > t->ncol ? t->ncol - t->left : n;
    title =
        t->cross
            ? text_printf(t->mem, _("63 临时统计 > %s"), node_text_or(t->cross, "name", _("结果")))
            : text_printf(t->mem, _("62 统计报表 > %s"), _(node_text_or(t->head, "label", "")));
    draw_title(f, title, session_badge(t->s));
    draw_view(t, f, n);
    draw_heads(t, &f->body, n);
    for (int i = 0; i < sheet_fit(f) && t->top + (size_t)i < t->nrow; i++)
        draw_row(t, &f->body, i + HEADS, t->top + (size_t)i, n);
    draw_hint(t, f);
    for (size_t c = t->left; c <= t->c && c < t->ncol; c++)
        at += t->col[c].width;
    draw_caret(&f->body, (int)(t->at - t->top) + HEADS, at - 1);
}
