/* How many of the list there are by a field: bars with the number first; each opens its list. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "tui/list.h"

enum { LABEL_COLS = 24, NUMBER_COLS = 8 };

struct count {
    struct list *of;
    struct form_path by;
    char *name; /* of the field */
    const struct node *rows;
    size_t n, at, top, fit;
    int64_t max, sum;
};

static const struct node *nth(const struct count *c, size_t i)
{
    const struct node *e = node_first(c->rows);
    while (e && i-- > 0)
        e = e->next;
    return e;
}

static const char *label_of(const struct node *row)
{
    const struct node *v = node_first(node_get(row, "v"));
    return v && v->type == NODE_STR && *v->str ? v->str : _("（空）");
}

static void count_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct count *c = scr->state;
    (void)app;
    char *h = list_heading(c, c->by);
    char *title = text_printf(c, _("%s > 按%s计数"), _(c->of->form->label), h);
    char *sum = text_printf(c, _("共 %zu 类，合计 %lld"), c->n, (long long)c->sum);
    draw_title(f, title, session_badge(c->of->s));
    draw_text(&f->view, 0, 0, ATTR_NORMAL, sum);
    c->fit = (size_t)f->body.rows;
    if (c->at < c->top)
        c->top = c->at;
    if (c->at >= c->top + c->fit)
        c->top = c->at - c->fit + 1;
    const struct node *e = nth(c, c->top);
    for (size_t i = c->top; e && i < c->top + c->fit; e = e->next, i++) {
        char no[24];
        int row = (int)(i - c->top), at = 2 + LABEL_COLS + 1;
        snprintf(no, sizeof(no), "%lld", (long long)node_num(e, "n", 0));
        draw_text(&f->body, row, 0, ATTR_NORMAL, i == c->at ? ">" : " ");
        draw_cols(&f->body, row, 2, LABEL_COLS, ATTR_NORMAL, ALIGN_LEFT, label_of(e));
        draw_cols(&f->body, row, at, NUMBER_COLS, ATTR_NORMAL, ALIGN_RIGHT, no);
        at += NUMBER_COLS + 2;
        draw_bar(&f->body, row, at, f->body.cols - at - 2, (double)node_num(e, "n", 0),
                 (double)c->max);
    }
    draw_text(&f->hint, 0, 0, ATTR_NORMAL, _("回车打开这一类的名单，F3 返回。"));
    draw_caret(&f->body, (int)(c->at - c->top), 1);
    talloc_free(h);
    talloc_free(title);
    talloc_free(sum);
}

/* The rows behind a number. */
static void open_at(struct app *app, struct count *c)
{
    const struct node *e = nth(c, c->at), *k = node_first(node_get(e, "k"));
    if (!e || !k || k->type != NODE_STR)
        return;
    bool many = strcmp(c->by.field->type->name, "codes") == 0;
    char *where = !*k->str ? text_printf(c, "%s is empty", c->name)
                           : text_printf(c, many ? "%s has '%s'" : "%s = '%s'", c->name, k->str);
    if (strchr(k->str, '\''))
        app_message(app, _("这一类打不开名单，请用筛选。"));
    else
        list_open_where(app, c->of, where, label_of(e));
    talloc_free(where);
}

static enum handled count_key(struct app *app, struct screen *scr, const struct key *key,
                              enum action act)
{
    struct count *c = scr->state;
    size_t page = c->fit ? c->fit : 1;
    (void)key;
    switch (act) {
    case ACT_UP:
        return c->at -= c->at > 0, KEY_TAKEN;
    case ACT_DOWN:
        return c->at += c->at + 1 < c->n, KEY_TAKEN;
    case ACT_PGUP:
        return c->at = c->at > page ? c->at - page : 0, KEY_TAKEN;
    case ACT_PGDN:
        return c->at = c->at + page < c->n ? c->at + page : c->n ? c->n - 1 : 0, KEY_TAKEN;
    case ACT_FIRST:
        return c->at = 0, KEY_TAKEN;
    case ACT_LAST:
        return c->at = c->n ? c->n - 1 : 0, KEY_TAKEN;
    case ACT_OPEN:
        return open_at(app, c), KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static const char *count_enabled(struct app *app, struct screen *scr, enum action a)
{
    (void)app;
    (void)scr;
    return a == ACT_PGUP || a == ACT_PGDN || a == ACT_OPEN ? "" : NULL;
}

static const struct screen_ops count_ops = {
    .draw = count_draw, .key = count_key, .enabled = count_enabled};

/* Fields that fall into few classes: of the form itself and of linked records that are columns. */
static bool countable(const struct form_field *f)
{
    return !f->retired && !f->mask &&
           (f->codes || f->type->widget == WIDGET_YESNO || f->type->widget == WIDGET_AREA ||
            f->type->widget == WIDGET_REF);
}

static bool ask_field(struct app *app, struct list *l, struct form_path *out)
{
    size_t n = 0;
    struct pick_item *items = talloc_zero_array(l, struct pick_item, l->form->nfield + 1);
    size_t *which = talloc_zero_array(items, size_t, l->form->nfield + 1);
    MUST(items && which);
    for (size_t i = 0; i < l->form->nfield; i++)
        if (countable(&l->form->field[i])) {
            items[n].label = _(l->form->field[i].label);
            which[n++] = i;
        }
    struct pick p = {.title = _("按哪一项计数"), .items = items, .n = n};
    int i = popup_pick(app, &p);
    if (i >= 0)
        *out = (struct form_path){.field = &l->form->field[which[i]]};
    talloc_free(items);
    return i >= 0;
}

void list_count_open(struct app *app, struct list *l)
{
    struct form_path by;
    struct node *answer;
    if (!ask_field(app, l, &by))
        return;
    struct count *c = talloc_zero(NULL, struct count);
    MUST(c);
    c->of = l;
    c->by = by;
    c->name = form_path_text(c, by);
    struct node *body = list_body(c, l);
    node_remove(body, "words");
    node_str(node_add_list(body, "by"), NULL, c->name);
    if (session_call(app, l->s, c, list_count_op(l), body, &answer) < 0) {
        talloc_free(c);
        return;
    }
    c->rows = node_get(answer, "rows");
    c->n = c->rows ? c->rows->n : 0;
    for (const struct node *e = node_first(c->rows); e; e = e->next) {
        int64_t v = node_num(e, "n", 0);
        c->sum += v;
        c->max = v > c->max ? v : c->max;
    }
    app_push(app, &count_ops, c);
}
