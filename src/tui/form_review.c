/* 核对: what will be saved, before it is; a number goes back to the field (research/ux.md 3.2). */
#include "tui/form_priv.h"

#include <string.h>
#include <talloc.h>

enum { LABEL_COLS = 20, OLD_COLS = 24, GO_BACK = 1 };

struct review {
    struct form_screen *fs;
    const char **head; /* lines above the fields */
    size_t nhead;
    size_t *place;
    size_t n, top;
    int rows;
    struct edit *number;
};

static void say(struct review *v, const char *text, int cols)
{
    struct lines l = draw_wrap(v, text, cols, 2);
    v->head = talloc_realloc(v, v->head, const char *, (unsigned)(v->nhead + l.n));
    MUST(v->head);
    for (size_t i = 0; i < l.n; i++)
        v->head[v->nhead++] = l.line[i];
}

static void say_touched(struct review *v, const struct node *touched, int cols)
{
    char *names = talloc_strdup(v, "");
    for (const struct node *e = node_first(touched); e; e = e->next)
        names = talloc_asprintf_append(names, "%s%s", *names ? _("、") : "",
                                       node_text_or(e, "title", "?"));
    if (*names)
        say(v, text_printf(v, _("这位大人是几个孩子共用的，下列孩子的档案也会跟着改：%s"), names),
            cols);
}

static void say_missing(struct review *v, int cols)
{
    const struct model *m = v->fs->m;
    char *names = talloc_strdup(v, "");
    int n = 0;
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *p = &m->place[i];
        if (!p->wanted || m->hidden[p->section])
            continue;
        if (n++ < 6 && !model_folded(m, p->section))
            names = talloc_asprintf_append(names, "%s%s", *names ? _("、") : "", model_label(v, p));
    }
    if (n)
        say(v, text_printf(v, _("还缺 %d 项，可以以后补：%s%s"), n, names, n > 6 ? _("等") : ""),
            cols);
}

static void say_warnings(struct review *v, int cols)
{
    const struct model *m = v->fs->m;
    for (size_t i = 0; i < m->nfinding; i++)
        if (m->finding[i].level == 'W')
            say(v, text_printf(v, _("要确认：%s"), m->finding[i].text), cols);
}

static void list_places(struct review *v)
{
    const struct model *m = v->fs->m;
    v->place = talloc_array(v, size_t, (unsigned)m->n + 1);
    MUST(v->place);
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *p = &m->place[i];
        if (model_changed(p) || (p->a.derived && !rec_same(p->a.value, p->stored)))
            v->place[v->n++] = i;
    }
}

static void draw_line(const struct review *v, const struct region *r, int row, size_t i)
{
    const struct entry *p = &v->fs->m->place[v->place[i]];
    void *tmp = talloc_new(NULL);
    struct answer was = {.value = p->stored, .show = p->stored_show};
    const char *now = p->a.value ? model_text(tmp, p, &p->a) : _("(清空)");
    int at = 4 + LABEL_COLS + 1;
    draw_cols(r, row, 0, 3, ATTR_NORMAL, ALIGN_RIGHT, text_printf(tmp, "%zu", i + 1));
    draw_cols(r, row, 4, LABEL_COLS, ATTR_NORMAL, ALIGN_LEFT, model_label(tmp, p));
    if (v->fs->m->id) {
        const char *old = p->stored ? model_text(tmp, p, &was) : _("(未填)");
        draw_cols(r, row, at, OLD_COLS, ATTR_NORMAL, ALIGN_LEFT, old);
        at += OLD_COLS + 1;
        at += draw_text(r, row, at, ATTR_NORMAL, "-> ");
    }
    draw_cols(r, row, at, r->cols - at, ATTR_BOLD, ALIGN_LEFT, now);
    talloc_free(tmp);
}

static void review_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct review *v = s->state;
    const struct form *form = v->fs->m->form;
    (void)app;
    char *left = text_printf(v, _("%s%s%s > %s > 核对"), form->code ? form->code : "",
                             form->code ? " " : "", _(form->label), v->fs->title);
    draw_title(f, left, session_badge(v->fs->s));
    talloc_free(left);
    int row = 0;
    for (size_t i = 0; i < v->nhead && row < f->body.rows / 2; i++)
        draw_text(&f->body, row++, 0, ATTR_NORMAL, v->head[i]);
    struct region list = draw_sub(&f->body, row, 0, f->body.rows - row, f->body.cols);
    v->rows = list.rows > 0 ? list.rows : 1;
    for (int i = 0; i < v->rows && v->top + (size_t)i < v->n; i++)
        draw_line(v, &list, i, v->top + (size_t)i);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              v->n > (size_t)v->rows ? _("回车确认；要改哪一项，输入序号再按回车；F8 看下一页。")
                                     : _("回车确认；要改哪一项，输入序号再按回车。"));
    draw_cols(&f->view, 0, 40, f->view.cols - 40, ATTR_BOLD, ALIGN_RIGHT, _("还没有保存"));
    int at = draw_text(&f->view, 0, 0, ATTR_NORMAL, _("改第几项（不改直接回车）：")) + 1;
    edit_draw(v->number, &f->view, 0, at, true);
}

static void answer(struct app *app, struct screen *s)
{
    struct review *v = s->state;
    const char *text = edit_text(v->number);
    size_t n = (size_t)strtoul(text, NULL, 10);
    if (!*text)
        app_close(app, s, 0);
    else if (n >= 1 && n <= v->n)
        app_close(app, s, GO_BACK + (int)v->place[n - 1]);
    else
        app_message(app, _("没有第 %s 项，序号在最左边"), text);
}

static enum handled review_key(struct app *app, struct screen *s, const struct key *key,
                               enum action act)
{
    struct review *v = s->state;
    size_t page = (size_t)v->rows;
    switch (act) {
    case ACT_BACK:
    case ACT_CANCEL:
        return app_close(app, s, HE_CANCELLED), KEY_TAKEN;
    case ACT_NEXT:
    case ACT_SAVE:
        return answer(app, s), KEY_TAKEN;
    case ACT_PGDN:
        v->top = v->top + page < v->n ? v->top + page : v->top;
        return KEY_TAKEN;
    case ACT_PGUP:
        v->top = v->top > page ? v->top - page : 0;
        return KEY_TAKEN;
    default:
        return key->kind == K_PASTE ? KEY_TAKEN : edit_key(v->number, key);
    }
}

static bool review_typing(struct app *app, struct screen *s)
{
    (void)app;
    (void)s;
    return true;
}

static const char *review_enabled(struct app *app, struct screen *s, enum action a)
{
    (void)app;
    (void)s;
    return a == ACT_SAVE ? _("确认") : a == ACT_PGUP || a == ACT_PGDN || a == ACT_BACK ? "" : NULL;
}

static const struct screen_ops review_ops = {
    .draw = review_draw,
    .key = review_key,
    .typing = review_typing,
    .enabled = review_enabled,
};

long review_before_save(struct form_screen *fs, const struct node *checked)
{
    struct review *v = talloc_zero(fs, struct review);
    int cols = term_cols(app_term(fs->app)) - 1;
    MUST(v);
    v->fs = fs;
    v->rows = 1;
    v->number = edit_new(v, &(struct edit_opts){.cols = 4, .max_chars = 3, .flags = EDIT_DIGITS});
    list_places(v);
    say_touched(v, node_get(checked, "touched"), cols);
    say_warnings(v, cols);
    say_missing(v, cols);
    int r = app_modal(fs->app, &review_ops, v);
    talloc_free(v);
    return r;
}
