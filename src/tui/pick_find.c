#include "tui/pick_find.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/tui.h"

enum { WORD_COLS = 30 };

struct search {
    const struct finder *f;
    struct edit *edit;
    void *found; /* context of rows */
    struct find_row *row;
    size_t n, at;
    int rows; /* as drawn last */
};

static void ask(struct app *app, struct search *k)
{
    talloc_free(k->found);
    k->found = talloc_new(k);
    k->row = NULL;
    k->at = 0;
    k->n = k->f->query(app, k->f->arg, k->found,
                       text_clean(k->found, edit_text(k->edit), TEXT_HALFWIDTH, NULL), &k->row);
}

static void draw_row(const struct search *k, const struct region *r, int row, size_t i)
{
    const struct find_row *f = &k->row[i];
    int at = 2;
    draw_text(r, row, 0, ATTR_NORMAL, i == k->at ? ">" : " ");
    if (f->code)
        at += draw_text(r, row, at, ATTR_NORMAL, f->code) + 1;
    at += draw_text(r, row, at, ATTR_NORMAL, f->label);
    if (f->hint)
        draw_text(r, row, at + 2, ATTR_NORMAL, f->hint);
}

static void find_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct search *k = s->state;
    (void)app;
    int cols = f->body.cols < 72 ? f->body.cols : 72;
    struct region box = draw_sub(&f->body, 0, (f->body.cols - cols) / 2, f->body.rows, cols);
    struct region in = draw_box(&box, k->f->title);
    struct region list = draw_sub(&in, 2, 1, in.rows - 2, in.cols - 2);
    k->rows = list.rows > 0 ? list.rows : 1;
    size_t top = k->at / (size_t)k->rows * (size_t)k->rows;
    for (int i = 0; i < k->rows && top + (size_t)i < k->n; i++)
        draw_row(k, &list, i, top + (size_t)i);
    if (k->n == 0)
        draw_text(&list, 0, 2, ATTR_NORMAL,
                  *edit_text(k->edit) ? _("没有找到，换几个字再试")
                                      : _("输入姓名、拼音首字母或号码"));
    draw_blank(&f->hint);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL, k->f->hint);
    int at = draw_text(&in, 0, 1, ATTR_NORMAL, _("查找：")) + 1;
    edit_draw(k->edit, &in, 0, at, true);
}

static void move(struct search *k, long by)
{
    long to = (long)k->at + by;
    if (to >= (long)k->n)
        to = (long)k->n - 1;
    k->at = to < 0 ? 0 : (size_t)to;
}

static void take(struct app *app, struct screen *s)
{
    struct search *k = s->state;
    if (k->at >= k->n)
        return;
    if (!k->f->take || k->f->take(k->f->arg, &k->row[k->at])) {
        app_close(app, s, (int)k->at);
        return;
    }
    edit_set(k->edit, "");
    ask(app, k);
}

static enum handled find_key(struct app *app, struct screen *s, const struct key *key,
                             enum action act)
{
    struct search *k = s->state;
    switch (act) {
    case ACT_CANCEL:
    case ACT_BACK:
        return app_close(app, s, HE_CANCELLED), KEY_TAKEN;
    case ACT_PREV:
        return move(k, -1), KEY_TAKEN;
    case ACT_PGUP:
        return move(k, -k->rows), KEY_TAKEN;
    case ACT_PGDN:
        return move(k, k->rows), KEY_TAKEN;
    case ACT_SAVE:
        return take(app, s), KEY_TAKEN;
    case ACT_NEXT:
        if (key->kind == K_FUNC && key->code == KF_ENTER)
            take(app, s);
        else
            move(k, 1);
        return KEY_TAKEN;
    default:
        break;
    }
    char *before = talloc_strdup(k, edit_text(k->edit));
    enum handled h = edit_key(k->edit, key);
    if (strcmp(before, edit_text(k->edit)) != 0)
        ask(app, k);
    talloc_free(before);
    return h;
}

static bool find_typing(struct app *app, struct screen *s)
{
    (void)app;
    (void)s;
    return true;
}

static const char *find_enabled(struct app *app, struct screen *s, enum action a)
{
    (void)app;
    (void)s;
    return a == ACT_SAVE ? _("选定") : a == ACT_BACK || a == ACT_PGUP || a == ACT_PGDN ? "" : NULL;
}

static const struct screen_ops find_ops = {
    .draw = find_draw,
    .key = find_key,
    .typing = find_typing,
    .enabled = find_enabled,
    .overlay = true,
};

bool find_run(struct app *app, void *ctx, const struct finder *f, struct find_row *out)
{
    struct search *k = talloc_zero(app, struct search);
    MUST(k);
    k->f = f;
    k->rows = 1;
    k->edit = edit_new(k, &(struct edit_opts){.cols = WORD_COLS, .max_chars = 40});
    ask(app, k);
    int r = app_modal(app, &find_ops, k);
    if (r >= 0) {
        *out = k->row[r];
        out->code = out->code ? talloc_strdup(ctx, out->code) : NULL;
        out->label = talloc_strdup(ctx, out->label);
        out->hint = out->hint ? talloc_strdup(ctx, out->hint) : NULL;
    }
    talloc_free(k);
    return r >= 0;
}
