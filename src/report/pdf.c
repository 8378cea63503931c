/* What is to be drawn goes as one msgpack value into hutong-pdf, the PDF comes out. */
#include "report/pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"
#include "base/pack.h"
#include "base/text.h"
#include "report/pdf_in.h"

enum { SECONDS_MAX = 120 };

static const char *program;

void pdf_program(const char *path)
{
    program = path;
}

/* Beside this program (a build tree, a private installation), else where it is installed. */
static const char *find_program(void *ctx)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (program)
        return program;
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    const char *beside = text_printf(ctx, "%.*s/hutong-pdf", slash ? (int)(slash - self) : 0, self);
    return slash && access(beside, X_OK) == 0 ? beside : HT_LIBEXECDIR "/hutong-pdf";
}

/* What the program reads: a file without a name, so that neither side waits for the other. */
static int input_file(void *ctx, const struct node *n)
{
    char *bytes;
    size_t len, done = 0;
    node_encode(ctx, n, &bytes, &len);
    if (len > PDF_INPUT_MAX)
        return HE_TOOBIG;
    int fd = memfd_create("hutong-pdf", MFD_CLOEXEC);
    while (fd >= 0 && done < len) {
        ssize_t w = write(fd, bytes + done, len - done);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0) {
            close(fd);
            fd = -1;
        }
        done += w > 0 ? (size_t)w : 0;
    }
    talloc_free(bytes);
    return fd < 0 || lseek(fd, 0, SEEK_SET) != 0 ? HE_IO : fd;
}

static void become(const char *path, int in, int out)
{
    const struct rlimit cpu = {SECONDS_MAX, SECONDS_MAX};
    setsid(); /* keys of the terminal are ours alone */
    setrlimit(RLIMIT_CPU, &cpu);
    int null = open("/dev/null", O_WRONLY);
    if (null < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0)
        _exit(PDF_FAILED);
    for (int i = 3; i < 256; i++)
        close(i);
    execl(path, "hutong-pdf", (char *)NULL);
    _exit(PDF_MISSING);
}

/* An exit code of enum pdf_exit. */
static int run(const char *path, int in, int out)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        become(path, in, out);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : PDF_FAILED;
}

static const char *reason(int code)
{
    switch (code) {
    case PDF_MISSING:
        return N_("做不成 PDF：这台服务器上没有 hutong-pdf，请县局管理员装上");
    case PDF_NO_FONT:
        return N_("做不成 PDF：这台服务器上没有汉字字体，请县局管理员安装 fonts-noto-cjk");
    case PDF_NO_ROOM:
        return N_("做不成 PDF：磁盘写不下了，请联系县局管理员");
    default:
        return N_("PDF 没有做成，请县局管理员检查 hutong-pdf");
    }
}

/* Draws into path.tmp, which then takes the name. */
static int make(void *ctx, const char *path, const struct node *what, char **problem)
{
    char *tmp = text_printf(ctx, "%s.tmp", path);
    int in = input_file(ctx, what);
    if (in < 0) {
        *problem = talloc_strdup(ctx, in == HE_TOOBIG ? _("内容太多，做不成一份 PDF，请分开做")
                                                      : _(reason(PDF_FAILED)));
        return in;
    }
    int out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (out < 0) {
        *problem = text_printf(ctx, _("不能在这里写文件 %s：%s"), path, strerror(errno));
        close(in);
        return HE_IO;
    }
    int code = run(find_program(ctx), in, out);
    close(in);
    if (code == PDF_DONE && fsync(out) != 0)
        code = errno == ENOSPC ? PDF_NO_ROOM : PDF_FAILED;
    close(out);
    if (code == PDF_DONE && rename(tmp, path) == 0)
        return 0;
    unlink(tmp);
    *problem = talloc_strdup(ctx, _(reason(code)));
    return code == PDF_NO_ROOM ? HE_FULL : HE_IO;
}

int pdf_text(void *ctx, const char *path, const struct pdf_doc *d, char **problem)
{
    struct node *n = node_map(ctx);
    node_str(n, "title", d->title);
    node_str(n, "text", d->text);
    node_int(n, "width", d->width);
    node_int(n, "rows", d->rows);
    int r = make(ctx, path, n, problem);
    talloc_free(n);
    return r;
}

int pdf_table(void *ctx, const char *path, const struct pdf_table *t, char **problem)
{
    struct node *n = node_map(ctx);
    node_str(n, "title", t->title);
    node_str(n, "left", t->left ? t->left : "");
    node_str(n, "right", t->right ? t->right : "");
    node_int(n, "paper", t->paper);
    node_int(n, "row", t->row_height);
    struct node *columns = node_add_list(n, "columns"), *rows = node_add_list(n, "rows"),
                *below = node_add_list(n, "below");
    for (size_t i = 0; i < t->n; i++) {
        struct node *c = node_add_map(columns, NULL);
        node_str(c, "heading", t->column[i].heading);
        node_str(c, "group", t->column[i].group ? t->column[i].group : "");
        node_bool(c, "number", t->column[i].number);
        node_int(c, "width", t->column[i].width);
    }
    for (size_t r = 0; r < t->nrow; r++) {
        struct node *row = node_add_map(rows, NULL);
        node_bool(row, "strong", t->strong && t->strong[r]);
        struct node *cells = node_add_list(row, "cells");
        for (size_t i = 0; i < t->n; i++) {
            const char *s = t->cell[r * t->n + i];
            node_str(cells, NULL, s ? s : "");
        }
    }
    for (const char *const *s = t->below; s && *s; s++)
        node_str(below, NULL, *s);
    int r = make(ctx, path, n, problem);
    talloc_free(n);
    return r;
}
