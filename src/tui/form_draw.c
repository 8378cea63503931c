/* The page of a form: one section, its fields, marks at the right edge, the summary of findings. */
#include "tui/form_priv.h"

#include <string.h>
#include <talloc.h>

enum {
    LABEL_MAX = 24,
    MARK_COLS = 3,
    NOTE_ROWS = 3,
    PAGE_ROWS = 12,
    PAGE_CHARS = 4000,
    SUMMARY_MAX = 6,
    TALL = 24
};

int form_rows_of(const struct entry *p)
{
    if (p->f->type->widget != WIDGET_NOTE)
        return 1;
    return p->f->max < PAGE_CHARS ? NOTE_ROWS : PAGE_ROWS; /* a bulletin is a page */
}

/* Fields of a section in order, broken into pages of `rows`. *row is the place's row in its page. */
static int page_and_row(const struct model *m, size_t place, int rows, int *row)
{
    int page = 0, at = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (m->place[i].section != m->place[place].section)
            continue;
        int need = form_rows_of(&m->place[i]);
        if (at > 0 && at + need > rows)
            page++, at = 0;
        *row = at;
        if (i == place)
            return page;
        at += need;
    }
    return page;
}

int form_page_of(const struct model *m, size_t place, int rows)
{
    int row;
    return page_and_row(m, place, rows > 0 ? rows : 1, &row);
}

int form_value_col(const struct model *m, size_t section, int amb)
{
    int w = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->place[i].section == section && text_width(m->place[i].label, amb) > w)
            w = text_width(m->place[i].label, amb);
    return 2 + (w > LABEL_MAX ? LABEL_MAX : w) + 2;
}

/* --- one field --- */

static const char *mark_of(const struct form_screen *fs, size_t i)
{
    const struct entry *p = &fs->m->place[i];
    char level = check_level(fs->m, i);
    if (level == 'E' || p->a.problem)
        return _("错");
    if (level == 'W')
        return _("问");
    if (p->marked)
        return _("退");
    /* In a new file all is missing at first: said once it was passed. */
    return p->wanted && (p->left || fs->m->id) ? _("缺") : NULL;
}

static void draw_value(const struct form_screen *fs, const struct region *r, int row, int col,
                       const struct entry *p)
{
    void *tmp = talloc_new(NULL);
    int amb = term_amb_width(r->term), room = r->cols - col - MARK_COLS - 1;
    const char *text = model_text(tmp, p, &p->a);
    if (*text && p->f->codes)
        text = _(text);
    struct region box = draw_sub(r, row, col, form_rows_of(p), room);
    if (p->f->type->widget == WIDGET_NOTE && *text) {
        struct lines l = draw_wrap(tmp, text, room, amb);
        for (size_t i = 0; i < l.n && (int)i < box.rows; i++)
            draw_text(&box, (int)i, 0, ATTR_NORMAL, l.line[i]);
    } else if (text_width(text, amb) > room) {
        draw_cols(&box, 0, 0, room, ATTR_NORMAL, ALIGN_LEFT, text);
    } else if (!*text && !p->fixed && !fs->readonly) {
        draw_fill(&box, 0, 0, 4, ATTR_NORMAL, '_');
    } else {
        int at = draw_text(&box, 0, 0, ATTR_NORMAL, text), age = model_age(fs->m, p);
        if (age >= 0)
            at += draw_text(&box, 0, at, ATTR_NORMAL, text_printf(tmp, _("  %d岁"), age));
        if (p->a.derived)
            draw_text(&box, 0, at, ATTR_NORMAL, _("  (由号码得出)"));
    }
    talloc_free(tmp);
}

static void draw_place(struct form_screen *fs, const struct region *r, int row, size_t i, int col)
{
    const struct entry *p = &fs->m->place[i];
    const char *mark = mark_of(fs, i);
    bool focus = i == fs->at && !fs->summary;
    draw_text(r, row, 0, ATTR_NORMAL, i == fs->at ? ">" : " ");
    draw_cols(r, row, 2, col - 3, focus ? ATTR_BOLD : ATTR_NORMAL, ALIGN_LEFT, p->label);
    if (mark)
        draw_text(r, row, r->cols - text_width(mark, term_amb_width(r->term)), ATTR_BOLD, mark);
    if (i != fs->at || !fs->edit) {
        draw_value(fs, r, row, col, p);
        if (focus)
            draw_caret(r, row, col);
    }
}

/* A tall terminal shows the sections behind as well; of a folded one its name. */
static void draw_ahead(struct form_screen *fs, const struct region *r, int row)
{
    const struct model *m = fs->m;
    size_t here = m->place[fs->at].section, last = here;
    int col = 0, amb = term_amb_width(r->term);
    for (size_t i = 0; i < m->n && row + 2 < r->rows; i++) {
        size_t s = m->place[i].section;
        bool folded = model_folded(m, s);
        if (s <= here || m->hidden[s] || (folded && s == last))
            continue;
        if (s != last) {
            draw_fill(r, ++row, 2, r->cols - 4, ATTR_NORMAL, '-');
            char *label = text_printf(NULL, folded ? _(" %s（先收起） ") : " %s ",
                                      _(m->form->section[s].label));
            draw_text(r, row, 4, ATTR_NORMAL, label);
            talloc_free(label);
            row++;
            col = form_value_col(m, s, amb);
            last = s;
        }
        if (folded)
            continue;
        if (row + form_rows_of(&m->place[i]) > r->rows)
            return;
        draw_place(fs, r, row, i, col);
        row += form_rows_of(&m->place[i]);
    }
}

static void draw_fields(struct form_screen *fs, const struct region *r)
{
    const struct model *m = fs->m;
    size_t section = m->place[fs->at].section;
    int row = 0, end = 0, focus_row = 0, col = form_value_col(m, section, term_amb_width(r->term));
    int page = form_page_of(m, fs->at, r->rows);
    for (size_t i = 0; i < m->n; i++) {
        if (m->place[i].section != section || page_and_row(m, i, r->rows, &row) != page)
            continue;
        draw_place(fs, r, row, i, col);
        end = row + form_rows_of(&m->place[i]);
        if (i == fs->at)
            focus_row = row;
    }
    if (r->rows >= TALL)
        draw_ahead(fs, r, end);
    if (!fs->edit)
        return;
    int room = r->cols - col - MARK_COLS - 1;
    if (fs->edit_cols > room)
        edit_resize(fs->edit, fs->edit_cols = room, fs->edit_rows);
    edit_draw(fs->edit, r, focus_row, col, !fs->summary);
}

static void draw_fold(const struct form_screen *fs, const struct region *r)
{
    const struct form_section *s = &fs->m->form->section[fs->m->place[fs->at].section];
    char *text = text_printf(NULL, _("【%s】先收起。按空格打开，按回车跳过。"), _(s->label));
    draw_text(r, 0, 0, ATTR_NORMAL, ">");
    draw_text(r, 0, 2, ATTR_NORMAL, text);
    draw_text(r, 2, 2, ATTR_NORMAL, _("旁边有人时不要打开；按 Esc 空格可以马上遮屏。"));
    draw_caret(r, 0, 0);
    talloc_free(text);
}

/* --- findings --- */

static int draw_summary(struct form_screen *fs, const struct region *body)
{
    const struct model *m = fs->m;
    int row = 1, max = body->rows / 2 < SUMMARY_MAX ? body->rows / 2 : SUMMARY_MAX;
    if (m->nfinding == 0)
        return 0;
    char *head =
        text_printf(fs, _("有 %zu 处需要处理，按数字去那一项，Ctrl-E 去下一处："), m->nfinding);
    draw_text(body, 0, 0, ATTR_BOLD, head);
    talloc_free(head);
    for (size_t i = 0; i < m->nfinding && row < max; i++, row++) {
        const struct form_finding *f = &m->finding[i];
        const char *label = f->place == NO_PLACE ? "" : model_label(fs->m, &m->place[f->place]);
        char *text = text_printf(fs, "%zu %s%s%s", i + 1, label, *label ? ": " : "", f->text);
        draw_cols(body, row, 1, body->cols - 1, ATTR_NORMAL, ALIGN_LEFT, text);
        talloc_free(text);
    }
    if (fs->summary)
        draw_caret(body, 1, 0);
    return row;
}

/* --- the frame around --- */

static void draw_view(const struct form_screen *fs, const struct frame *f)
{
    const struct model *m = fs->m;
    size_t at = m->place[fs->at].section, n = 0, nth = 0;
    int wanted = 0;
    for (size_t i = 0; i < m->n; i++) {
        size_t s = m->place[i].section;
        wanted += m->place[i].wanted && !m->hidden[s] && s == at;
        if (m->hidden[s] || (i && m->place[i - 1].section == s))
            continue;
        n++;
        if (s <= at)
            nth = n;
    }
    char *text = text_printf(NULL, "%zu/%zu %s", nth, n, _(m->form->section[at].label));
    int col = draw_text(&f->view, 0, 0, ATTR_BOLD, text);
    talloc_free(text);
    if (wanted) {
        text = text_printf(NULL, _("  缺 %d 项"), wanted);
        draw_text(&f->view, 0, col, ATTR_NORMAL, text);
        talloc_free(text);
    }
    const char *right = fs->readonly  ? _("只看")
                        : fs->drafted ? _("草稿已存  Ctrl-T 目录")
                                      : _("Ctrl-T 目录");
    draw_cols(&f->view, 0, f->view.cols - 32, 32, ATTR_NORMAL, ALIGN_RIGHT, right);
}

static void draw_hint(const struct form_screen *fs, const struct frame *f)
{
    const struct entry *p = &fs->m->place[fs->at];
    void *tmp = talloc_new(NULL);
    const char *choices = fs->edit ? field_choices(tmp, fs->m, p) : NULL;
    const char *help = p->f->help ? _(p->f->help) : "";
    bool lines = fs->edit && strcmp(p->f->type->name, "note") == 0; /* Enter breaks its lines */
    const char *text = choices ? text_printf(tmp, "%s  %s", choices, help)
                       : lines ? text_printf(tmp, _("写完按 Tab。%s"), help)
                               : help;
    int cols = f->hint.cols, more = text_width(text, term_amb_width(f->hint.term)) > cols ? 3 : 0;
    if (!model_folded(fs->m, p->section)) {
        draw_cols(&f->hint, 0, 0, cols - more, ATTR_NORMAL, ALIGN_LEFT, text);
        draw_text(&f->hint, 0, cols - 2, ATTR_NORMAL, more ? "F1" : ""); /* shows the rest */
    }
    talloc_free(tmp);
}

void form_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct form_screen *fs = s->state;
    const struct form *form = fs->m->form;
    (void)app;
    char *what = fs->m->id == 0 ? text_printf(fs, "%s", fs->ask->as ? fs->ask->as : _("登记"))
                 : fs->readonly ? text_printf(fs, "%s", fs->title)
                                : text_printf(fs, _("%s 修改"), fs->title);
    char *left = text_printf(fs, "%s%s%s > %s", form->code ? form->code : "", form->code ? " " : "",
                             _(form->label), what);
    draw_title(f, left, session_badge(fs->s));
    talloc_free(left);
    talloc_free(what);
    draw_view(fs, f);
    draw_hint(fs, f);
    struct region body = f->body;
    int used = draw_summary(fs, &body);
    struct region fields = draw_sub(&body, used, 0, body.rows - used, body.cols);
    fs->rows = fields.rows;
    if (model_folded(fs->m, fs->m->place[fs->at].section))
        draw_fold(fs, &fields);
    else
        draw_fields(fs, &fields);
}
