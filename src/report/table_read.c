/* Opening a table, handing out its rows. */
#include "report/table_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"

#define MAX_BYTES (64u << 20)

int table_fail(struct table *t, int err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    t->problem = talloc_vasprintf(t, fmt, ap);
    va_end(ap);
    MUST(t->problem);
    return err;
}

/* --- rows --- */

void table_row_begin(struct table *t, long number)
{
    if (!t->hold)
        t->hold = talloc_new(t);
    t->row = talloc_realloc(t->hold, t->row, struct table_row, t->nrow + 1);
    MUST(t->row);
    t->now = &t->row[t->nrow];
    *t->now = (struct table_row){.number = number};
    t->filled = false;
}

int table_row_cell(struct table *t, size_t column, char *text)
{
    struct table_row *r = t->now;
    if (column >= REPORT_COLUMNS_MAX)
        return *text ? table_fail(t, HE_FORMAT, _("第 %ld 行超过 %d 列，请删去多余的列"), r->number,
                                  REPORT_COLUMNS_MAX)
                     : 0;
    if (column >= r->n) {
        r->cell = talloc_realloc(t->hold, r->cell, const char *, column + 1);
        MUST(r->cell);
        while (r->n <= column)
            r->cell[r->n++] = "";
    }
    r->cell[column] = text;
    for (const char *p = text; *p && !t->filled; p++)
        t->filled = !strchr(" \t\r\n", *p);
    return 0;
}

void table_row_bad(struct table *t, size_t column, const char *code, char *text)
{
    struct table_row *r = t->now;
    r->bad = talloc_realloc(t->hold, r->bad, struct table_bad, r->nbad + 1);
    MUST(r->bad);
    r->bad[r->nbad++] = (struct table_bad){column, code, text};
}

void table_row_end(struct table *t)
{
    if (t->filled)
        t->nrow++;
    t->now = NULL;
}

/* Frees the rows handed out; one that is still being built moves on. */
static void rows_drop(struct table *t)
{
    void *old = t->hold;
    struct table_row part = t->now ? *t->now : (struct table_row){0};
    bool filled = t->filled;
    t->hold = NULL;
    t->row = NULL;
    t->nrow = t->at = 0;
    if (t->now) {
        table_row_begin(t, part.number);
        for (size_t i = 0; i < part.n; i++)
            table_row_cell(t, i, talloc_strdup(t->hold, part.cell[i]));
        for (size_t i = 0; i < part.nbad; i++)
            table_row_bad(t, part.bad[i].column, part.bad[i].code,
                          talloc_strdup(t->hold, part.bad[i].text));
        t->filled = filled;
    }
    talloc_free(old);
}

int table_next(struct table *t, const struct table_row **row, char **problem)
{
    if (t->at == t->nrow)
        rows_drop(t);
    while (t->at == t->nrow && !t->ended && !t->problem) {
        int r = t->fill(t);
        t->ended = r <= 0;
        if (r < 0 && !t->problem)
            table_fail(t, r, "%s", err_text(r));
    }
    /* the rows before a mistake are given first: it names the one behind them */
    if (t->at < t->nrow) {
        *row = &t->row[t->at++];
        return 1;
    }
    if (!t->problem)
        return 0;
    *problem = t->problem;
    return HE_FORMAT;
}

/* --- opening --- */

static int table_destroy(struct table *t)
{
    if (t->fd >= 0)
        close(t->fd);
    return 0;
}

static int open_file(struct table *t, uint64_t max)
{
    struct stat st;
    t->fd = open(t->path, O_RDONLY | O_CLOEXEC);
    if (t->fd < 0 && errno == ENOENT)
        return table_fail(t, HE_NOTFOUND, _("没有文件 %s，请检查文件名"), t->path);
    if (t->fd < 0 || fstat(t->fd, &st) < 0)
        return table_fail(t, HE_IO, _("打不开 %s：%s"), t->path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return table_fail(t, HE_FORMAT, _("%s 不是文件"), t->path);
    t->size = (uint64_t)st.st_size;
    if (t->size == 0)
        return table_fail(t, HE_FORMAT, _("%s 是空文件"), t->path);
    if (t->size > max)
        return table_fail(t, HE_TOOBIG, _("%s 超过 %lu MB，请分成几个文件"), t->path,
                          (unsigned long)(max >> 20));
    return 0;
}

/* By the first bytes; names lie. */
static int open_kind(struct table *t)
{
    static const char ole[] = "\xD0\xCF\x11\xE0";
    char head[512] = "";
    ssize_t n = pread(t->fd, head, sizeof head - 1, 0);
    if (n < 0)
        return table_fail(t, HE_IO, _("读不出 %s：%s"), t->path, strerror(errno));
    if (memcmp(head, "PK\x03\x04", 4) == 0)
        return table_xlsx_open(t);
    if (memcmp(head, ole, 4) == 0)
        return table_fail(
            t, HE_FORMAT,
            _("%s 是旧版的 .xls 或加了密码，请在 WPS 或 Excel 里另存为不加密码的 .xlsx"), t->path);
    const char *p = head + (memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0);
    p += strspn(p, " \t\r\n");
    if (*p == '<')
        return table_fail(t, HE_FORMAT, _("%s 其实是网页，请用 WPS 或 Excel 打开后另存为 .xlsx"),
                          t->path);
    return table_csv_open(t);
}

int table_open(void *ctx, const char *path, const struct table_opt *opt, struct table **out,
               char **problem)
{
    struct table *t = talloc_zero(ctx, struct table);
    MUST(t);
    t->fd = -1;
    t->path = talloc_strdup(t, path);
    t->enc = opt ? opt->enc : CONV_AUTO;
    talloc_set_destructor(t, table_destroy);
    int r = open_file(t, opt && opt->max_bytes ? opt->max_bytes : MAX_BYTES);
    if (r == 0)
        r = open_kind(t);
    if (r == 0) {
        *out = t;
        return 0;
    }
    *problem = talloc_steal(ctx, t->problem);
    talloc_free(t);
    return r;
}
