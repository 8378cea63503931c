/* Pop-ups of text: the pager and the one-line question. */
#include "tui/popup.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"

enum { WHY_COLS = 44, WHY_CHARS = 100 };

/* ---- pager ---- */

struct pager {
    const char *title, *text;
    struct lines lines;
    int cols; /* that lines were wrapped to */
    size_t top, rows;
    struct edit *search;
    bool searching; /* the search line has the focus */
    size_t hit;     /* line of the last hit, SIZE_MAX none */
};

static void wrap(struct pager *p, int cols, int amb)
{
    if (p->cols == cols)
        return;
    talloc_free(p->lines.line);
    p->lines = draw_wrap(p, p->text, cols, amb);
    p->cols = cols;
}

static void scroll_to(struct pager *p, long top)
{
    long last = (long)p->lines.n - (long)p->rows;
    if (top > last)
        top = last;
    p->top = top < 0 ? 0 : (size_t)top;
}

static void pager_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct pager *p = s->state;
    (void)app;
    wrap(p, f->body.cols, term_amb_width(f->term));
    p->rows = (size_t)f->body.rows;
    scroll_to(p, (long)p->top);
    draw_title(f, p->title, "");
    size_t end = p->top + p->rows < p->lines.n ? p->top + p->rows : p->lines.n;
    char *where =
        text_printf(p, _("第 %zu-%zu 行，共 %zu 行"), p->lines.n ? p->top + 1 : 0, end, p->lines.n);
    draw_text(&f->view, 0, 40, ATTR_NORMAL, where);
    talloc_free(where);
    for (size_t i = p->top; i < end; i++)
        draw_text(&f->body, (int)(i - p->top), 0, i == p->hit ? ATTR_REVERSE : ATTR_NORMAL,
                  p->lines.line[i]);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL, _("上下箭头和翻页键阅读，/ 查找，F3 返回。"));
    draw_caret(&f->body, 0, 0);
    if (p->searching || *edit_text(p->search)) {
        int at = draw_text(&f->view, 0, 0, ATTR_NORMAL, _("查找："));
        edit_draw(p->search, &f->view, 0, at, p->searching);
    }
}

/* The next line behind the last hit that holds the words; from the start again at the end. */
static void find_next(struct app *app, struct pager *p)
{
    char *want = text_fold(p, edit_text(p->search));
    size_t from = p->hit == SIZE_MAX ? p->top : p->hit + 1;
    for (size_t i = 0; *want && i < p->lines.n; i++) {
        size_t at = (from + i) % p->lines.n;
        char *line = text_fold(want, p->lines.line[at]);
        if (!strstr(line, want))
            continue;
        p->hit = at;
        scroll_to(p, (long)at - (long)p->rows / 3);
        talloc_free(want);
        return;
    }
    if (*want)
        app_message(app, _("没有找到：%s"), edit_text(p->search));
    p->hit = SIZE_MAX;
    talloc_free(want);
}

static enum handled search_key(struct app *app, struct pager *p, const struct key *key,
                               enum action act)
{
    if (act == ACT_CANCEL) {
        p->searching = false;
        edit_set(p->search, "");
        return KEY_TAKEN;
    }
    if (act == ACT_NEXT) {
        p->searching = false;
        p->hit = SIZE_MAX;
        find_next(app, p);
        return KEY_TAKEN;
    }
    return edit_key(p->search, key);
}

static enum handled pager_key(struct app *app, struct screen *s, const struct key *key,
                              enum action act)
{
    struct pager *p = s->state;
    if (p->searching)
        return search_key(app, p, key, act);
    switch (act) {
    case ACT_UP:
        return scroll_to(p, (long)p->top - 1), KEY_TAKEN;
    case ACT_DOWN:
        return scroll_to(p, (long)p->top + 1), KEY_TAKEN;
    case ACT_PGUP:
        return scroll_to(p, (long)p->top - (long)p->rows + 1), KEY_TAKEN;
    case ACT_PGDN:
        return scroll_to(p, (long)p->top + (long)p->rows - 1), KEY_TAKEN;
    case ACT_FIRST:
        return scroll_to(p, 0), KEY_TAKEN;
    case ACT_LAST:
        return scroll_to(p, (long)p->lines.n), KEY_TAKEN;
    case ACT_FILTER:
        p->searching = true;
        return KEY_TAKEN;
    case ACT_OPEN:
        if (*edit_text(p->search))
            return find_next(app, p), KEY_TAKEN;
        return scroll_to(p, (long)p->top + (long)p->rows - 1), KEY_TAKEN;
    case ACT_CANCEL:
    case ACT_BACK:
        return app_close(app, s, HE_CANCELLED), KEY_TAKEN;
    case ACT_HELP: /* help on the help would only pile up */
        return KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static bool pager_typing(struct app *app, struct screen *s)
{
    (void)app;
    return ((struct pager *)s->state)->searching;
}

static const char *pager_enabled(struct app *app, struct screen *s, enum action a)
{
    (void)app;
    (void)s;
    return a == ACT_BACK || a == ACT_PGUP || a == ACT_PGDN || a == ACT_FILTER ? "" : NULL;
}

static const struct screen_ops pager_ops = {
    .draw = pager_draw,
    .key = pager_key,
    .typing = pager_typing,
    .enabled = pager_enabled,
};

void popup_pager(struct app *app, const char *title, const char *text)
{
    struct pager *p = talloc_zero(app, struct pager);
    MUST(p);
    p->title = title;
    p->text = text;
    p->hit = SIZE_MAX;
    p->rows = 1;
    p->search = edit_new(p, &(struct edit_opts){.cols = 24, .max_chars = 40});
    app_modal(app, &pager_ops, p);
    talloc_free(p);
}

/* ---- question ---- */

struct ask {
    const char *title, *prompt;
    struct edit *edit;
    int cols;
};

static void ask_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct ask *a = s->state;
    int amb = term_amb_width(f->term), cols = a->cols + 6;
    (void)app;
    if (cols < text_width(a->title, amb) + 8)
        cols = text_width(a->title, amb) + 8;
    if (cols < 44)
        cols = 44;
    if (cols > f->body.cols)
        cols = f->body.cols;
    struct lines text = draw_wrap(a, a->prompt, cols - 4, amb);
    struct region box = draw_sub(&f->body, 0, (f->body.cols - cols) / 2, (int)text.n + 4, cols);
    struct region in = draw_box(&box, a->title);
    for (size_t i = 0; i < text.n; i++)
        draw_text(&in, (int)i, 1, ATTR_NORMAL, text.line[i]);
    edit_draw(a->edit, &in, (int)text.n + 1, 1, true);
    talloc_free(text.line);
    draw_blank(&f->hint);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL, _("填好按回车，Esc Esc 取消。"));
}

static enum handled ask_key(struct app *app, struct screen *s, const struct key *key,
                            enum action act)
{
    struct ask *a = s->state;
    enum handled h = edit_key(a->edit, key);
    if (edit_problem(a->edit))
        app_message(app, "%s", edit_problem(a->edit));
    if (h == KEY_TAKEN)
        return h;
    if (act == ACT_CANCEL || act == ACT_BACK)
        app_close(app, s, HE_CANCELLED);
    else if (h == KEY_NEXT || act == ACT_NEXT || act == ACT_SAVE)
        app_close(app, s, 0);
    else
        return act == ACT_PREV ? KEY_TAKEN : KEY_IGNORED;
    return KEY_TAKEN;
}

static bool ask_typing(struct app *app, struct screen *s)
{
    (void)app;
    (void)s;
    return true;
}

static const char *ask_enabled(struct app *app, struct screen *s, enum action a)
{
    (void)app;
    (void)s;
    return a == ACT_SAVE ? _("确定") : a == ACT_BACK ? "" : NULL;
}

static const struct screen_ops ask_ops = {
    .draw = ask_draw,
    .key = ask_key,
    .typing = ask_typing,
    .enabled = ask_enabled,
    .overlay = true,
};

char *popup_ask(struct app *app, void *ctx, const char *title, const char *prompt, const char *text,
                const struct edit_opts *opts)
{
    struct ask *a = talloc_zero(app, struct ask);
    MUST(a);
    a->title = title;
    a->prompt = prompt;
    a->cols = opts->cols;
    a->edit = edit_new(a, opts);
    edit_set(a->edit, text ? text : "");
    char *answer = NULL;
    if (app_modal(app, &ask_ops, a) == 0)
        answer = text_clean(ctx, edit_text(a->edit), 0, NULL);
    talloc_free(a);
    return answer;
}

char *popup_why(struct app *app, void *ctx, const char *title, const char *prompt,
                const char *missing)
{
    static const struct edit_opts opts = {.cols = WHY_COLS, .max_chars = WHY_CHARS};
    char *why = popup_ask(app, ctx, title, prompt, "", &opts);
    if (why && !*why) {
        app_message(app, "%s", missing);
        return NULL;
    }
    return why;
}
