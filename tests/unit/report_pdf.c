/* Chinese comes out of a PDF as it went in, with its fonts inside; poppler's tools read it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "report/pdf.h"
#include "tmpdir.h"

#define READ "pdftotext -layout"

/* What a tool prints about the file, blanks left out. */
static char *ask(void *ctx, const char *tool, const char *path)
{
    char *out = talloc_zero_size(ctx, 1 << 20), *q = out;
    FILE *f =
        popen(text_printf(ctx, "%s %s%s", tool, path, strcmp(tool, READ) == 0 ? " -" : ""), "r");
    cr_assert(f != NULL);
    size_t n = fread(out, 1, (1 << 20) - 1, f);
    cr_assert(pclose(f) == 0, "%s %s", tool, path);
    for (size_t i = 0; i < n; i++)
        if (out[i] != ' ')
            *q++ = out[i];
    *q = '\0';
    return out;
}

static void sees(const char *all, const char *want)
{
    cr_assert(strstr(all, want) != NULL, "%s not in:\n%s", want, all);
}

static const char *begin(void *ctx, const char *name)
{
    pdf_program(BUILDDIR "/hutong-pdf");
    return text_printf(ctx, "%s/%s.pdf", tmpdir_new(ctx), name);
}

Test(report_pdf, text)
{
    void *ctx = talloc_new(NULL);
    const char *path = begin(ctx, "text");
    struct pdf_doc d = {.title = "联系卡",
                        .width = 64,
                        .rows = 40,
                        .text = "\001儿童关爱联系卡\n"
                                "+----------+\n| 阿依·古丽 | {\n+----------+\n姓名  王㛃䶮  𠅤𪜀  "
                                "(13877954846)\n\f第二页____\n"};
    char *problem = NULL;
    struct stat st;
    cr_assert(pdf_text(ctx, path, &d, &problem) == 0, "%s", problem);
    char *text = ask(ctx, READ, path);
    static const char *const want[] = {"儿童关爱联系卡", "阿依·古丽", "王㛃䶮",       "𠅤𪜀",
                                       "(13877954846)",  "第二页",    "第1页，共2页", "第2页"};
    for (size_t i = 0; i < NELEM(want); i++)
        sees(text, want[i]);
    sees(ask(ctx, "pdfinfo", path), "Pages:2\n");
    sees(ask(ctx, "pdfinfo", path), "A4");
    char *fonts = ask(ctx, "pdffonts", path), *line = fonts;
    cr_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size < 400000);
    size_t n = 0;
    for (strtok(line, "\n"), strtok(NULL, "\n"); (line = strtok(NULL, "\n")); n++)
        sees(line, "yesyesyes"); /* embedded, a subset, with its characters */
    cr_assert(n > 0);
    talloc_free(ctx);
}

Test(report_pdf, table)
{
    enum { ROWS = 120 };
    static const struct table_column column[] = {
        {.heading = "村（社区）"},
        {.heading = "总数", .number = true, .group = "农村儿童"},
        {.heading = "其中女孩", .number = true, .group = "农村儿童"},
        {.heading = "备注"},
    };
    static const char *const below[] = {"填表人：", "审核人：", NULL};
    const char *cell[ROWS * 4];
    void *ctx = talloc_new(NULL);
    const char *path = begin(ctx, "table");
    for (size_t r = 0; r < ROWS; r++) {
        cell[r * 4] = text_printf(ctx, "第%03zu村", r);
        cell[r * 4 + 1] = text_printf(ctx, "%zu", 7000 + r);
        cell[r * 4 + 2] = "12";
        cell[r * 4 + 3] = r == 3 ? "很长的备注要在自己的格子里往下排不能压住别的格子"
                                   "很长的备注要在自己的格子里往下排不能压住别的格子"
                                 : NULL;
    }
    struct pdf_table t = {.title = "儿童情况统计表",
                          .left = "启东市",
                          .right = "单位：人",
                          .column = column,
                          .n = 4,
                          .cell = cell,
                          .nrow = ROWS,
                          .below = below};
    char *problem = NULL;
    cr_assert(pdf_table(ctx, path, &t, &problem) == 0, "%s", problem);
    char *text = ask(ctx, READ, path);
    static const char *const want[] = {"儿童情况统计表", "农村儿童", "其中女孩", "7119",
                                       "填表人：",       "单位：人", "第119村"};
    for (size_t i = 0; i < NELEM(want); i++)
        sees(text, want[i]);
    size_t heads = 0;
    for (const char *s = text; (s = strstr(s, "农村儿童")); s++)
        heads++;
    cr_assert(heads >= 3, "headings stand on every page: %zu", heads);
    sees(ask(ctx, "pdfinfo", path), "841.89x595");
    t.paper = PDF_A3;
    cr_assert(pdf_table(ctx, path, &t, &problem) == 0, "%s", problem);
    sees(ask(ctx, "pdfinfo", path), "1190.55x841");
    talloc_free(ctx);
}

Test(report_pdf, what_is_missing_is_said)
{
    void *ctx = talloc_new(NULL);
    const char *path = begin(ctx, "none");
    struct pdf_doc d = {.title = "t", .text = "x\n"};
    char *problem = NULL;
    pdf_program(BUILDDIR "/no-such-program");
    cr_assert(pdf_text(ctx, path, &d, &problem) == HE_IO);
    sees(problem, "没有 hutong-pdf");
    pdf_program(BUILDDIR "/hutong-pdf");
    /* no fonts but a Latin one */
    setenv("FONTCONFIG_FILE", SRCDIR "/tests/unit/no-fonts.conf", 1);
    cr_assert(pdf_text(ctx, path, &d, &problem) == HE_IO);
    sees(problem, "没有汉字字体");
    unsetenv("FONTCONFIG_FILE");
    cr_assert(pdf_text(ctx, "/nonexistent/x.pdf", &d, &problem) == HE_IO);
    sees(problem, "不能在这里写文件");
    struct stat st;
    cr_assert(stat(path, &st) != 0 && stat(text_printf(ctx, "%s.tmp", path), &st) != 0);
    talloc_free(ctx);
}
