/* Wrapping and numbers; what is drawn into regions is tested on real terminals in tests/screen. */
#include <criterion/criterion.h>
#include <glob.h>
#include <string.h>
#include <talloc.h>

#include "base/io.h"
#include "base/text.h"
#include "tui/draw.h"

Test(draw, wraps_at_columns_words_and_line_feeds)
{
    static const struct {
        const char *text;
        int cols;
        const char *want;
    } rows[] = {
        {"", 10, ""},
        {"街道办事处社区", 10, "街道办事处|社区"},
        {"街道办事处社区", 11, "街道办事处|社区"},
        {"街道a办事处社区", 10, "街道a办事|处社区"},
        {"one two three", 8, "one two|three"},
        {"one two three", 7, "one two|three"},
        {"abcdefghij", 4, "abcd|efgh|ij"},
        {"甲\n\n乙", 10, "甲||乙"},
        {"甲\n", 10, "甲"},
        {"王", 1, "王"}, /* does not fit and must not loop */
        {"按F10保存", 5, "按F10|保存"},
        {"改过这一项。", 10, "改过这一|项。"}, /* no line begins with a mark */
        {"甲乙丙）。", 7, "甲乙|丙）。"},
    };
    for (size_t i = 0; i < NELEM(rows); i++) {
        void *ctx = talloc_new(NULL);
        struct lines l = draw_wrap(ctx, rows[i].text, rows[i].cols, 1);
        char *got = talloc_strdup(ctx, "");
        for (size_t n = 0; n < l.n; n++)
            got = talloc_asprintf_append(got, "%s%s", n ? "|" : "", l.line[n]);
        cr_assert_str_eq(got, rows[i].want, "row %zu: %s", i, got);
        talloc_free(ctx);
    }
}

/* The first character of ambiguous width inside a string literal of C source, or NULL. Comments may
 * have them. */
static const char *ambiguous_literal(const char *src)
{
    bool string = false, comment = false;
    for (const char *p = src; *p;) {
        const char *at = p;
        uint32_t cp = text_next(&p);
        if (comment)
            comment = !(cp == '*' && *p == '/');
        else if (!string && cp == '/' && *p == '*')
            comment = true;
        else if (string && cp == '\\')
            p++;
        else if (cp == '"' && !(at > src && at[-1] == '\'' && *p == '\''))
            string = !string;
        else if (string && cp >= 0x80 && text_cp_ambiguous(cp))
            return at;
    }
    return NULL;
}

/* research/ux.md 0.7: fixed text of the screens uses none; only the probe prints one. */
Test(draw, fixed_text_has_no_ambiguous_width)
{
    glob_t g;
    cr_assert(ambiguous_literal("x = \"a\\\"“\";") != NULL);
    cr_assert(ambiguous_literal("/* “ */ '\"' \"王\"") == NULL);
    cr_assert_eq(glob(SRCDIR "/src/tui/*.[cd]*", 0, NULL, &g), 0);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        char *src;
        size_t n;
        cr_assert_eq(io_read_file(NULL, g.gl_pathv[i], 1 << 20, &src, &n), 0);
        const char *bad = ambiguous_literal(src);
        if (bad && strstr(g.gl_pathv[i], "/paint.c"))
            bad = ambiguous_literal(bad + strlen("·\""));
        cr_assert(bad == NULL, "%s: %.30s", g.gl_pathv[i], bad);
        talloc_free(src);
    }
    globfree(&g);
}
