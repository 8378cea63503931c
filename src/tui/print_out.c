/* Where a document goes. The words on the command line of lp are ours or the configuration's. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/print.h"

struct out {
    struct app *app;
    struct session *s;
    const struct paper *paper;
    void *ctx;
};

/* The text for printers and files that know no bold. */
static char *plain(const struct out *o)
{
    char *text = talloc_strdup(o->ctx, o->paper->text), *q = text;
    MUST(text);
    for (const char *s = text; *s; s++)
        if (*s != PDF_STRONG)
            *q++ = *s;
    *q = '\0';
    return text;
}

static int make_pdf(const struct out *o, const char *path, char **problem)
{
    const struct paper *p = o->paper;
    struct pdf_doc doc = {.title = p->title, .text = p->text};
    app_wait(o->app, true);
    int r = p->table ? pdf_table(o->ctx, path, p->table, problem)
                     : pdf_text(o->ctx, path, &doc, problem);
    app_wait(o->app, false);
    return r;
}

/* lp reads the file; 0 when CUPS took it. */
static int run_lp(const struct out *o, const char *queue, const char *path)
{
    const char *lp = o->s->place->lp;
    int in = open(path, O_RDONLY | O_CLOEXEC), status = -1;
    pid_t pid = in < 0 ? -1 : fork();
    if (pid == 0) {
        dup2(in, STDIN_FILENO);
        for (int i = 3; i < 256; i++)
            close(i);
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(127);
        execl(lp, "lp", "-s", "-d", queue, "-t", o->paper->name, (char *)NULL);
        _exit(127);
    }
    if (in >= 0)
        close(in);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0 ? 0 : HE_IO;
}

/* Through a file of one's own that is gone afterwards. */
static void to_queue(struct out *o, const char *queue, bool pdf)
{
    char dir[] = "/tmp/hutong-XXXXXX", *problem = NULL;
    if (!mkdtemp(dir)) {
        app_message(o->app, _("没有打成。请检查打印机，或存进取件箱。"));
        return;
    }
    char *path = text_printf(o->ctx, "%s/paper", dir), *text = plain(o);
    int r = pdf ? make_pdf(o, path, &problem) : io_write_file(path, text, strlen(text), 0600);
    if (r == 0)
        r = run_lp(o, queue, path);
    unlink(path);
    rmdir(dir);
    if (problem)
        app_message(o->app, "%s", problem);
    else if (r < 0)
        app_message(o->app, _("没有打成。请检查打印机，或存进取件箱。"));
    else
        app_message(o->app, _("已送到打印队列 %s。"), queue);
}

static void to_laser(struct out *o)
{
    to_queue(o, o->s->place->queue, true);
}

static void to_line_printer(struct out *o)
{
    to_queue(o, o->s->place->line_queue, false);
}

static void to_terminal(struct out *o)
{
    term_print(app_term(o->app), plain(o));
    app_message(o->app, _("已送到本机打印机；没有动静时，请在终端软件里打开【远程打印】。"));
}

static void to_box(struct out *o, bool pdf)
{
    char *name = text_printf(o->ctx, "%s.%s", o->paper->name, pdf ? "pdf" : "txt");
    char *path = text_printf(o->ctx, "%s/out/%s", o->s->box, name), *text = plain(o);
    char *problem = NULL;
    int r = pdf ? make_pdf(o, path, &problem) : io_write_file(path, text, strlen(text), 0600);
    if (r == 0)
        app_message(o->app, _("已放进取件箱：%s"), name);
    else if (problem)
        app_message(o->app, "%s", problem);
    else
        app_message(o->app, _("放不进取件箱：%s"), _(err_text(r)));
}

static void to_box_pdf(struct out *o)
{
    to_box(o, true);
}

static void to_box_text(struct out *o)
{
    to_box(o, false);
}

void print_send(struct app *app, struct session *s, const struct paper *paper)
{
    const struct place *p = s->place;
    const struct {
        bool can;
        const char *label;
        void (*go)(struct out *);
    } ways[] = {
        {p->queue && *p->queue, _("打印机（PDF）"), to_laser},
        {p->line_queue && *p->line_queue, _("针式打印机（文本）"), to_line_printer},
        {true, _("本机打印机（终端打印）"), to_terminal},
        {s->box != NULL, _("PDF 存进取件箱"), to_box_pdf},
        {s->box != NULL, _("文本存进取件箱"), to_box_text},
    };
    const char *answers[NELEM(ways)];
    size_t which[NELEM(ways)], n = 0;
    for (size_t i = 0; i < NELEM(ways); i++)
        if (ways[i].can) {
            answers[n] = ways[i].label;
            which[n++] = i;
        }
    int i = popup_choose(app, _("打印到哪里"), NULL, answers, n, 0);
    struct out o = {app, s, paper, talloc_new(app)};
    if (i >= 0)
        ways[which[i]].go(&o);
    talloc_free(o.ctx);
}
