/* CSV and XLSX files. */
#include "report/table_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"
#include "base/text.h"

#define SHORTENED   12 /* digits that Excel shows as 3.2E+11 */
#define WIDTH_MAX   40
#define XLSX_STRING 32767 /* characters of a cell */

struct table_file {
    enum table_format format;
    char *path, *tmp;
    size_t n;
    struct table_column *column;
    const char *title;
    bool grouped;
    FILE *csv;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *text;
    lxw_row_t row;
    bool done;
};

/* --- CSV --- */

static bool needs_guard(const char *s)
{
    s += strspn(s, "'");
    return *s && strchr("=+-@\t\r", *s);
}

static bool needs_tab(const char *s)
{
    size_t n = strspn(s, "0123456789");
    return s[n] == '\0' && (n >= SHORTENED || (n > 1 && s[0] == '0'));
}

static void csv_cell(FILE *f, const char *s, bool digits)
{
    const char *before = needs_guard(s) ? "'" : digits && needs_tab(s) ? "\t" : "";
    bool edge = *s && (strchr(" \t", s[0]) || strchr(" \t", s[strlen(s) - 1]));
    if (!*before && !edge && !strpbrk(s, ",\"\r\n;\t")) {
        fputs(s, f);
        return;
    }
    putc('"', f);
    fputs(before, f);
    for (; *s; s++) {
        if (*s == '"')
            putc('"', f);
        putc(*s, f);
    }
    putc('"', f);
}

static void csv_row(FILE *f, const char *const *cell, size_t n, bool digits, const char *eol)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            putc(',', f);
        csv_cell(f, cell[i] ? cell[i] : "", digits);
    }
    if (n == 1 && (!cell[0] || !*cell[0])) /* an empty line would be no row */
        fputs("\"\"", f);
    fputs(eol, f);
}

void table_csv_row(FILE *f, const char *const *cell, size_t n, bool digits)
{
    csv_row(f, cell, n, digits, "\n");
}

/* --- XLSX --- */

static void sheet_head(struct table_file *t, lxw_row_t row, size_t from, size_t to, lxw_row_t last,
                       const char *text, lxw_format *f)
{
    if (from == to && row == last)
        worksheet_write_string(t->sheet, row, (lxw_col_t)from, text, f);
    else
        worksheet_merge_range(t->sheet, row, (lxw_col_t)from, last, (lxw_col_t)to, text, f);
}

static bool same_group(const struct table_column *a, const struct table_column *b)
{
    return a->group && b->group && strcmp(a->group, b->group) == 0;
}

/* A group stands over its columns; a column without one takes both lines. */
static void sheet_heads(struct table_file *t, lxw_row_t row, lxw_format *f)
{
    for (size_t i = 0, end; i < t->n; i = end) {
        const struct table_column *c = &t->column[i];

        end = i + 1;
        if (!t->grouped || !c->group) {
            sheet_head(t, row, i, i, row + t->grouped, c->heading, f);
            continue;
        }
        while (end < t->n && same_group(c, &t->column[end]))
            end++;
        sheet_head(t, row, i, end - 1, row, c->group, f);
        for (size_t k = i; k < end; k++)
            sheet_head(t, row + 1, k, k, row + 1, t->column[k].heading, f);
    }
}

static int column_width(const struct table_column *c)
{
    int w = c->width > 0 ? c->width : text_width(c->heading, 2);

    return (w < 8 ? 8 : w > WIDTH_MAX ? WIDTH_MAX : w) + 2;
}

static int sheet_open(struct table_file *t)
{
    /* cells merged over two lines are not written line by line */
    lxw_workbook_options opt = {.constant_memory = !t->grouped, .use_zip64 = LXW_TRUE};
    lxw_row_t head = t->title != NULL;
    t->book = workbook_new_opt(t->tmp, &opt);
    if (!t->book)
        return HE_IO;
    t->sheet = workbook_add_worksheet(t->book, NULL);
    lxw_format *f = workbook_add_format(t->book);
    t->text = workbook_add_format(t->book);
    if (!t->sheet || !f || !t->text)
        return HE_IO;
    format_set_bold(f);
    format_set_bg_color(f, 0xD9E1F2);
    format_set_border(f, LXW_BORDER_THIN);
    format_set_align(f, LXW_ALIGN_CENTER);
    format_set_num_format(t->text, "@");
    t->row = head + 1 + t->grouped;
    worksheet_freeze_panes(t->sheet, t->row, 0);
    worksheet_repeat_rows(t->sheet, 0, t->row - 1);
    for (size_t i = 0; i < t->n; i++)
        worksheet_set_column(t->sheet, (lxw_col_t)i, (lxw_col_t)i, column_width(&t->column[i]),
                             NULL);
    if (t->title)
        worksheet_write_string(t->sheet, 0, 0, t->title, NULL);
    sheet_heads(t, head, f);
    return 0;
}

/* A number of at most 15 digits is exact as one. */
static bool as_number(const struct table_column *c, const char *s, double *v)
{
    char *end;
    size_t n = strlen(s);
    if (!c->number || n == 0 || n > 15 || strspn(s, "0123456789.-") != n)
        return false;
    *v = strtod(s, &end);
    return *end == '\0';
}

static int sheet_row(struct table_file *t, const char *const *cell)
{
    if (t->row >= LXW_ROW_MAX)
        return HE_LIMIT;
    for (size_t i = 0; i < t->n; i++) {
        const char *s = cell[i];
        double v;
        lxw_error e = LXW_NO_ERROR;
        if (!s || !*s)
            continue;
        if (as_number(&t->column[i], s, &v))
            e = worksheet_write_number(t->sheet, t->row, (lxw_col_t)i, v, NULL);
        else if (text_chars(s) <= XLSX_STRING)
            e = worksheet_write_string(t->sheet, t->row, (lxw_col_t)i, s, t->text);
        else
            return HE_TOOBIG;
        if (e != LXW_NO_ERROR)
            return HE_IO;
    }
    t->row++;
    return 0;
}

/* --- both --- */

static int file_destroy(struct table_file *t)
{
    if (t->csv)
        fclose(t->csv);
    if (t->book) /* the library frees a workbook only by finishing it */
        workbook_close(t->book);
    if (!t->done)
        unlink(t->tmp);
    return 0;
}

static void keep_columns(struct table_file *t, const struct table_column *column, size_t n)
{
    t->n = n;
    t->column = talloc_memdup(t, column, n * sizeof *column);
    MUST(t->column);
    for (size_t i = 0; i < n; i++) {
        t->column[i].heading = talloc_strdup(t->column, column[i].heading);
        t->column[i].group = column[i].group ? talloc_strdup(t->column, column[i].group) : NULL;
        t->grouped |= column[i].group != NULL;
    }
}

static int csv_open(struct table_file *t, int fd)
{
    const char **heading = talloc_array(NULL, const char *, t->n);
    t->csv = fdopen(fd, "w");
    MUST(t->csv && (heading || t->n == 0));
    for (size_t i = 0; i < t->n; i++)
        heading[i] = t->column[i].group
                         ? text_printf(t, "%s %s", t->column[i].group, t->column[i].heading)
                         : t->column[i].heading;
    fputs("\xEF\xBB\xBF", t->csv);
    if (t->title)
        csv_row(t->csv, &t->title, 1, false, "\r\n");
    csv_row(t->csv, heading, t->n, true, "\r\n");
    talloc_free(heading);
    return 0;
}

int table_create(void *ctx, enum table_format format, const char *path,
                 const struct table_column *column, size_t n, struct table_file **out,
                 char **problem)
{
    return table_create_titled(ctx, format, path, NULL, column, n, out, problem);
}

int table_create_titled(void *ctx, enum table_format format, const char *path, const char *title,
                        const struct table_column *column, size_t n, struct table_file **out,
                        char **problem)
{
    struct table_file *t = talloc_zero(ctx, struct table_file);
    MUST(t);
    t->format = format;
    t->path = talloc_strdup(t, path);
    t->title = title ? talloc_strdup(t, title) : NULL;
    t->tmp = text_printf(t, "%s.tmp", path);
    keep_columns(t, column, n);
    int fd = open(t->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        *problem = text_printf(ctx, _("不能在这里写文件 %s：%s"), path, strerror(errno));
        talloc_free(t);
        return HE_IO;
    }
    talloc_set_destructor(t, file_destroy);
    int r = 0;
    if (format == TABLE_CSV) {
        r = csv_open(t, fd);
    } else {
        close(fd); /* the library opens the name again; the mode of the file stays */
        r = sheet_open(t);
    }
    if (r < 0) {
        *problem = text_printf(ctx, _("写文件 %s 失败"), path);
        talloc_free(t);
        return r;
    }
    *out = t;
    return 0;
}

int table_add(struct table_file *t, const char *const *cell)
{
    if (t->format == TABLE_XLSX)
        return sheet_row(t, cell);
    csv_row(t->csv, cell, t->n, true, "\r\n");
    return ferror(t->csv) ? HE_IO : 0;
}

/* Everything on the disk before the name is given. */
static bool finish(struct table_file *t)
{
    bool ok;
    if (t->format == TABLE_CSV) {
        ok = fflush(t->csv) == 0 && !ferror(t->csv) && fsync(fileno(t->csv)) == 0;
        ok = fclose(t->csv) == 0 && ok;
        t->csv = NULL;
        return ok;
    }
    ok = workbook_close(t->book) == LXW_NO_ERROR;
    t->book = NULL;
    int fd = open(t->tmp, O_RDONLY | O_CLOEXEC);
    ok = fd >= 0 && fsync(fd) == 0 && ok;
    if (fd >= 0)
        close(fd);
    return ok;
}

int table_close(struct table_file *t, char **problem)
{
    void *ctx = talloc_parent(t);
    errno = 0;
    int r = 0;
    t->done = finish(t) && rename(t->tmp, t->path) == 0;
    if (!t->done) {
        r = errno == ENOSPC ? HE_FULL : HE_IO;
        *problem = text_printf(ctx, _("写文件 %s 失败：%s"), t->path, strerror(errno));
    }
    talloc_free(t);
    return r;
}
