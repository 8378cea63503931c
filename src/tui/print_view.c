/* Preview of what will be printed, with its real page breaks. */
#include "tui/print.h"
#include "tui/print_doc.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

struct preview {
    struct session *s;
    const struct paper *paper;
    const char **line; /* NULL marks the end of a page */
    size_t n, top, rows, pages;
    int left, width, cols; /* first column shown; of the widest line */
};

static void split(struct preview *p)
{
    const char *s = p->paper->text;
    size_t room = 0;
    p->pages = 1;
    while (*s) {
        size_t len = strcspn(s, "\n\f");
        if (p->n + 2 > room) {
            room = room * 2 + 64;
            p->line = talloc_realloc(p, p->line, const char *, room);
            MUST(p->line);
        }
        if (len || s[len] == '\n')
            p->line[p->n++] = talloc_strndup(p, s, len);
        int width = p->n && p->line[p->n - 1] ? text_width(p->line[p->n - 1], PAPER_AMB) : 0;
        p->width = width > p->width ? width : p->width;
        if (s[len] == '\f' && s[len + 1]) {
            p->line[p->n++] = NULL;
            p->pages++;
        }
        s += len + (s[len] != '\0');
    }
}

/* The part of a line from column left on; half a wide character becomes a blank. */
static const char *from_left(void *ctx, const struct preview *p, const char *line, int amb)
{
    int used = 0;
    size_t skip = text_fit(line, p->left, amb, &used);
    if (used == p->left || !line[skip])
        return line + skip;
    skip += text_fit(line + skip, 2, amb, NULL);
    return text_printf(ctx, " %s", line + skip);
}

static void draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct preview *p = scr->state;
    void *tmp = talloc_new(p);
    size_t page = 1;
    (void)app;
    p->rows = (size_t)f->body.rows;
    for (size_t i = 0; i < p->top && i < p->n; i++)
        page += p->line[i] == NULL;
    char *title = text_printf(tmp, _("打印预览 > %s"), p->paper->title);
    char *where = text_printf(tmp, _("第%zu/%zu页"), page, p->pages);
    draw_title(f, title, session_badge(p->s));
    draw_cols(&f->view, 0, f->view.cols - 20, 20, ATTR_NORMAL, ALIGN_RIGHT, where);
    draw_text(&f->view, 0, 0, ATTR_NORMAL, _("还没有打印。"));
    for (size_t i = p->top; i < p->n && i < p->top + p->rows; i++) {
        int row = (int)(i - p->top);
        const char *line = p->line[i];
        bool strong = line && *line == PDF_STRONG;
        if (line)
            draw_text(&f->body, row, 0, strong ? ATTR_BOLD : ATTR_NORMAL,
                      from_left(tmp, p, line + strong, term_amb_width(f->term)));
        else
            draw_fill(&f->body, row, 0, f->body.cols, ATTR_NORMAL, '-');
    }
    p->cols = f->body.cols;
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              p->width > p->cols
                  ? _("F10 或回车打印，翻页键看前后，左右箭头看两边，F3 不打印返回。")
                  : _("F10 或回车打印，翻页键看前后，F3 不打印返回。"));
    draw_caret(&f->body, 0, 0);
    talloc_free(tmp);
}

/* ---- keys ---- */

/* A wide paper is looked at by halves of the screen. */
static bool sideways(struct preview *p, const struct key *k)
{
    int step = p->cols / 2;
    if (k->kind != K_FUNC || (k->code != KF_LEFT && k->code != KF_RIGHT))
        return false;
    if (k->code == KF_RIGHT && p->left + p->cols < p->width)
        p->left += step;
    else if (k->code == KF_LEFT && p->left > 0)
        p->left -= step;
    else
        return k->code == KF_RIGHT; /* Left goes back */
    return true;
}

static void scroll_to(struct preview *p, long top)
{
    long last = (long)p->n - (long)p->rows;
    top = top > last ? last : top;
    p->top = top < 0 ? 0 : (size_t)top;
}

static enum handled key(struct app *app, struct screen *scr, const struct key *k, enum action act)
{
    struct preview *p = scr->state;
    long top = (long)p->top, rows = (long)p->rows;
    if (sideways(p, k))
        return KEY_TAKEN;
    switch (act) {
    case ACT_UP:
        return scroll_to(p, top - 1), KEY_TAKEN;
    case ACT_DOWN:
        return scroll_to(p, top + 1), KEY_TAKEN;
    case ACT_PGUP:
        return scroll_to(p, top - rows), KEY_TAKEN;
    case ACT_PGDN:
        return scroll_to(p, top + rows), KEY_TAKEN;
    case ACT_FIRST:
        return scroll_to(p, 0), KEY_TAKEN;
    case ACT_LAST:
        return scroll_to(p, (long)p->n), KEY_TAKEN;
    case ACT_SAVE:
    case ACT_OPEN:
        return print_send(app, p->s, p->paper), KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static const char *enabled(struct app *app, struct screen *scr, enum action a)
{
    (void)app;
    (void)scr;
    return a == ACT_SAVE ? _("打印") : a == ACT_PGUP || a == ACT_PGDN ? "" : NULL;
}

static const struct screen_ops ops = {.draw = draw, .key = key, .enabled = enabled};

void print_paper(struct app *app, struct session *s, const struct paper *paper)
{
    struct preview *p = talloc_zero(app, struct preview);
    MUST(p);
    *p = (struct preview){.s = s, .paper = paper, .rows = 1};
    split(p);
    app_modal(app, &ops, p);
    talloc_free(p);
}

void print_view(struct app *app, struct session *s, const char *title, const char *name,
                const char *text)
{
    print_paper(app, s, &(struct paper){.title = title, .name = name, .text = text});
}
