/* What is written opens without a formula and comes back as it was. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/io.h"
#include "base/text.h"
#include "report/table_read.h"
#include "report/table_write.h"
#include "tmpdir.h"

static const char *const values[] = {
    "王小雨",
    "=1+2",
    "+86 13900000000",
    "-5",
    "@x",
    "\tx",
    "'=x",
    "''@",
    "'quoted'",
    "don't",
    "320681202108241887",
    "0123",
    "007",
    "12",
    "32068119970101243X",
    "a,b",
    "q\"q",
    "两行\n第二行",
    "；",
    ";",
    "1250.00",
    "",
    "𠮷·买买提",
    " x ",
    "99999999999",
};

/* Excel and WPS take what a person wrote with blanks around it; types clean those. */
static bool same(const char *a, const char *b)
{
    void *ctx = talloc_new(NULL);
    bool eq = strcmp(text_clean(ctx, a, TEXT_MULTILINE, NULL),
                     text_clean(ctx, b, TEXT_MULTILINE, NULL)) == 0;
    talloc_free(ctx);
    return eq;
}

static const char *write_file(void *ctx, const char *dir, enum table_format f)
{
    const struct table_column column[] = {
        {.heading = "值"}, {.heading = "数", .number = true}, {.heading = "=x", .width = 10}};
    const char *path = text_printf(ctx, "%s/out", dir);
    struct table_file *t;
    char *problem = NULL;
    cr_assert(table_create(ctx, f, path, column, 3, &t, &problem) == 0, "%s", problem);
    for (size_t i = 0; i < NELEM(values); i++) {
        const char *const cell[] = {values[i], values[i], "x"};
        cr_assert(table_add(t, cell) == 0);
    }
    cr_assert(table_close(t, &problem) == 0, "%s", problem);
    return path;
}

Test(report_write, comes_back)
{
    void *ctx = talloc_new(NULL);
    char *dir = tmpdir_new(ctx);
    for (int f = TABLE_CSV; f <= TABLE_XLSX; f++) {
        const char *path = write_file(ctx, dir, (enum table_format)f);
        const struct table_row *row;
        struct table *t;
        struct stat st;
        char *problem = NULL;
        size_t n = 0;
        cr_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
        cr_assert(table_open(ctx, path, NULL, &t, &problem) == 0, "%s", problem);
        cr_assert(table_next(t, &row, &problem) == 1);
        cr_assert_str_eq(row->cell[0], "值");
        cr_assert_str_eq(row->cell[2], "=x");
        for (; table_next(t, &row, &problem) == 1; n++) {
            cr_assert(n < NELEM(values));
            cr_assert(same(row->cell[0], values[n]), "%d: %s, want %s", f, row->cell[0], values[n]);
            cr_assert(row->nbad == 0);
            cr_assert_str_eq(row->cell[2], "x");
        }
        cr_assert(n == NELEM(values) && !problem, "%d: %zu %s", f, n, problem);
    }
    talloc_free(ctx);
}

/* The bytes as Excel meets them: a mark, CRLF, and no cell that begins a formula. */
Test(report_write, safe_bytes)
{
    void *ctx = talloc_new(NULL);
    char *dir = tmpdir_new(ctx), *bytes;
    size_t len;
    cr_assert(io_read_file(ctx, write_file(ctx, dir, TABLE_CSV), 1 << 20, &bytes, &len) == 0);
    cr_assert(strncmp(bytes, "\xEF\xBB\xBF值,数,\"'=x\"\r\n", 16) == 0);
    bool start = true, quoted = false;
    for (char *p = bytes + 3; *p; p++) {
        if (start && *p == '"') {
            quoted = true;
            cr_assert(!strchr("=+-@\r", p[1]) && (p[1] != '\t' || (p[2] >= '0' && p[2] <= '9')));
        } else if (start) {
            cr_assert(!strchr("=+-@\t", *p), "%s", p);
        } else if (quoted && *p == '"') {
            if (p[1] == '"')
                p++;
            else
                quoted = false;
        }
        start = !quoted && (*p == ',' || *p == '\n');
    }
    cr_assert(strstr(bytes, "\"\t320681202108241887\"") && strstr(bytes, "\"\t007\""));
    cr_assert(strstr(bytes, "\r\n12,12,x\r\n"));
    /* a pipe gets plain digits and line feeds */
    char *line = NULL;
    FILE *f = open_memstream(&line, &len);
    const char *const cell[] = {"320681202108241887", "=x", NULL};
    table_csv_row(f, cell, 3, false);
    fclose(f);
    cr_assert_str_eq(line, "320681202108241887,\"'=x\",\n");
    free(line);
    talloc_free(ctx);
}

Test(report_write, whole_or_not_at_all)
{
    void *ctx = talloc_new(NULL);
    char *dir = tmpdir_new(ctx), *problem = NULL;
    const struct table_column column[] = {{.heading = "a"}};
    const char *path = text_printf(ctx, "%s/out", dir);
    struct table_file *t;
    struct stat st;
    for (int f = TABLE_CSV; f <= TABLE_XLSX; f++) {
        cr_assert(table_create(ctx, (enum table_format)f, path, column, 1, &t, &problem) == 0);
        talloc_free(t);
        cr_assert(stat(path, &st) < 0 && stat(text_printf(ctx, "%s.tmp", path), &st) < 0);
        cr_assert(table_create(ctx, (enum table_format)f, text_printf(ctx, "%s/no/x", dir), column,
                               1, &t, &problem) == HE_IO &&
                  problem);
    }
    talloc_free(ctx);
}
