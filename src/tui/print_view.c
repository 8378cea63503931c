/* Preview of what will be printed, with its real page breaks, and where it goes. */
#include "tui/print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"

#define LP "/usr/bin/lp"

struct preview {
    struct session *s;
    const char *title, *name, *text;
    const char **line; /* NULL marks the end of a page */
    size_t n, top, rows, pages;
};

static void split(struct preview *p)
{
    const char *s = p->text;
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
        if (s[len] == '\f' && s[len + 1]) {
            p->line[p->n++] = NULL;
            p->pages++;
        }
        s += len + (s[len] != '\0');
    }
}

static void draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct preview *p = scr->state;
    size_t page = 1;
    (void)app;
    p->rows = (size_t)f->body.rows;
    for (size_t i = 0; i < p->top && i < p->n; i++)
        page += p->line[i] == NULL;
    char *title = text_printf(p, _("打印预览 > %s"), p->title);
    char *where = text_printf(p, _("第%zu/%zu页"), page, p->pages);
    draw_title(f, title, session_badge(p->s));
    draw_cols(&f->view, 0, f->view.cols - 20, 20, ATTR_NORMAL, ALIGN_RIGHT, where);
    draw_text(&f->view, 0, 0, ATTR_NORMAL, _("还没有打印。"));
    for (size_t i = p->top; i < p->n && i < p->top + p->rows; i++) {
        int row = (int)(i - p->top);
        if (p->line[i])
            draw_text(&f->body, row, 0, ATTR_NORMAL, p->line[i]);
        else
            draw_fill(&f->body, row, 0, f->body.cols, ATTR_NORMAL, '-');
    }
    draw_text(&f->hint, 0, 0, ATTR_NORMAL, _("F10 或回车打印，翻页键看前后，F3 不打印返回。"));
    draw_caret(&f->body, 0, 0);
    talloc_free(title);
    talloc_free(where);
}

/* ---- where it goes ---- */

/* Feeds lp, which asks CUPS; the words on its command line are ours. */
static int to_queue(const struct preview *p)
{
    int fd[2];
    if (pipe(fd) != 0)
        return HE_IO;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fd[0], STDIN_FILENO);
        for (int i = 3; i < 256; i++)
            close(i);
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(127);
        execl(LP, "lp", "-s", "-t", p->name, (char *)NULL);
        _exit(127);
    }
    close(fd[0]);
    size_t left = strlen(p->text);
    for (const char *s = p->text; pid > 0 && left > 0;) {
        ssize_t n = write(fd[1], s, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        s += n;
        left -= (size_t)n;
    }
    close(fd[1]);
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0 && left == 0 ? 0 : HE_IO;
}

static void say_queue(struct app *app, const struct preview *p)
{
    if (to_queue(p) == 0)
        app_message(app, _("已送到打印队列。"));
    else
        app_message(app, _("没有打成。请检查打印机，或存进取件箱。"));
}

static void to_terminal(struct app *app, const struct preview *p)
{
    term_print(app_term(app), p->text);
    app_message(app, _("已送到本机打印机；没有动静时，请在终端软件里打开【远程打印】。"));
}

static void to_box(struct app *app, const struct preview *p)
{
    char *path = text_printf(app, "%s/out/%s.txt", p->s->box, p->name);
    int r = io_write_file(path, p->text, strlen(p->text), 0600);
    if (r == 0)
        app_message(app, _("已放进取件箱：%s.txt"), p->name);
    else
        app_message(app, _("放不进取件箱：%s"), _(err_text(r)));
    talloc_free(path);
}

static void send(struct app *app, struct preview *p)
{
    const char *const labels[] = {_("本机打印机（终端打印）"), _("打印队列"), _("存进取件箱")};
    const bool can[] = {true, access(LP, X_OK) == 0, p->s->box != NULL};
    const char *answers[NELEM(labels)];
    size_t which[NELEM(labels)], n = 0;
    for (size_t i = 0; i < NELEM(labels); i++)
        if (can[i]) {
            answers[n] = labels[i];
            which[n++] = i;
        }
    int i = popup_choose(app, _("打印到哪里"), NULL, answers, n, 0);
    if (i < 0)
        return;
    if (which[i] == 0)
        to_terminal(app, p);
    else if (which[i] == 1)
        say_queue(app, p);
    else
        to_box(app, p);
}

/* ---- keys ---- */

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
    (void)k;
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
        return send(app, p), KEY_TAKEN;
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

void print_view(struct app *app, struct session *s, const char *title, const char *name,
                const char *text)
{
    struct preview *p = talloc_zero(app, struct preview);
    MUST(p);
    *p = (struct preview){.s = s, .title = title, .name = name, .text = text, .rows = 1};
    split(p);
    app_modal(app, &ops, p);
    talloc_free(p);
}
