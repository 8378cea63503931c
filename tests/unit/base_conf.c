/* Configuration files: every mistake of a file is said, with its line and what to do. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <talloc.h>

#include "base/conf.h"
#include "base/io.h"
#include "unit/tmpdir.h"

static const struct conf_item *read_text(void *ctx, const char *text, struct conf_errors **errs)
{
    char *path = talloc_asprintf(ctx, "%s/x.form", tmpdir_new(ctx));

    *errs = conf_errors_new(ctx);
    cr_assert(eq(int, io_write_file(path, text, strlen(text), 0600), 0));
    struct conf *c = conf_read(ctx, path, *errs);
    cr_assert(c != NULL || (*errs)->n > 0, "a tree or a reason: %s", text);
    return c ? conf_root(c) : NULL;
}

/* Each text with the parts that the messages must hold, in order and no more. */
Test(base_conf, mistakes_of_syntax)
{
    static const struct {
        const char *text;
        const char *says[5];
    } t[] = {
        {"village = 320681109217;", {":1: 数字 320681109217 会被读错：代码和号码请加引号"}},
        {"a = 1;\nb = 2147483648;\nc = 007;\nd = -2147483649;", {":2:", ":3: 数字 007", ":4:"}},
        {"a = 0xFFFFFFFFF; b = 1", {":1: 数字 0xFFFFFFFFF"}},
        {"a = 99999999999999999999L;", {":1:"}},
        {"a = 2026-11-22;", {":1: “2026-11-22” 不是数字：请加引号"}},
        {"\xef\xbb\xbf"
         "a = 1;",
         {":1: 文件开头有 BOM"}},
        {"\xef\xbb\xbf"
         "a = 1;\nb = yes;",
         {":1: 文件开头有 BOM", ":2: “yes” 请加引号"}},
        {"a = 1;\n# \xb3\xc2\nb = 320681109217;", {":2: 不是 UTF-8"}},
        {"a = 1;\nb = { a = 1; };\na = 2;", {":3: “a” 写了两次（第 1 行已有）"}},
        {"f = (\n { a = 1; },\n { a = 1; b = 2;\n b = 3; }\n);", {":4: “b” 写了两次（第 3 行"}},
        {"a = \"x;\nb = \"y\";\nc = \"z;\n", {":1: 引号没有配对", ":3: 引号没有配对"}},
        {"a \"x\";\nb = 2\nc 5;", {":1: “a” 后面缺少 =", ":3: “c” 后面缺少 ="}},
        {"a = ;\nb =\nc = 1;\nd =", {":1: “a” 缺少值", ":2: “b” 缺少值", ":4: “d” 缺少值"}},
        {"a = 姓名;\nb = “姓名”;\nc = 1；",
         {":1: 引号外不能有 “姓”", ":2:", ":3: 引号外不能有 “；”"}},
        {"f = ( { a = 1; },\n { a = 2; },\n);", {":3: 最后一项后面多了逗号"}},
        {"f = ( { a = 1; }\n { a = 2; } );\ng = [ \"x\"\n \"y\" ];",
         {":2: 这一项前面缺少逗号", ":4: 这一项前面缺少逗号"}},
        {"f = [ 1, ( 2 ) ];\ng = [ 1, \"2\" ];", {":1: [ ] 里只能", ":2: [ ] 里的各项"}},
        {"f = ( 1; 2 );\ng = ( , 1 );", {":1: 列表各项之间用逗号", ":2: 多了一个逗号"}},
        {"a = 1;\nf = {\n b = 1;\n", {":2: 这一行打开的 { 没有配对的 }"}},
        {"f = (\n { a = 1;\n);\nb = nope;", {":2: 这一行打开的括号没有配对的 }", ":4: “nope”"}},
        {"f = ( { a = 1; }\n;\nb = 2;\n", {":1: 这一行打开的括号没有配对的 )", ":2:"}},
        {"a = 1; }\nb = 2; )\n", {":1: 多了一个 }", ":2: 多了一个 )"}},
        {"a = 1;;\n5;\n= 3;\n", {":1: 这里不应有 ;", ":2: 这里应当是", ":3: 这里不应有 ="}},
        {"@include \"y\"\na = 1; /* never closed\n", {":1: 不支持 @include", ":2: 注释"}},
        {"a = 1; \x01", {":1: 有不可见的控制字符"}},
        {"a = $;", {":1: 这里不能有 “$”"}},
        {"f = (\n { a = \"x; b = 1; },\n { a = 5 5; }\n", {":1:", ":2: 引号没有配对", ":3:"}},
        {"f = (\n { a = 1;\n { a = yes; }\n);", {":2: 这一行打开的 { 没有", ":3: “yes”"}},
    };

    for (size_t i = 0; i < NELEM(t); i++) {
        char *ctx = talloc_new(NULL);
        struct conf_errors *errs;
        size_t n = 0;
        read_text(ctx, t[i].text, &errs);
        for (; n < NELEM(t[i].says) && t[i].says[n]; n++) {
            cr_assert(lt(sz, n, errs->n), "case %zu wants: %s", i, t[i].says[n]);
            cr_assert(strstr(errs->text[n], t[i].says[n]) != NULL, "case %zu: %s", i,
                      errs->text[n]);
        }
        cr_assert(eq(sz, errs->n, n), "case %zu: more than wanted: %s", i, errs->text[n]);
        talloc_free(ctx);
    }
}

/* What stands beside the mistakes is read, and what was mistaken says no more. */
Test(base_conf, the_rest_of_a_file_with_mistakes)
{
    static const char text[] = "name = child;\n"
                               "fields = (\n"
                               "  { name = \"a\"; max = 007; on = ; words = [ \"x\", y, 3 ]; },\n"
                               "  { name = \"lost; max = 3; },\n"
                               "  { name = \"b\"; name = \"c\";\n"
                               "  { name \"d\"; }\n"
                               "code = 320681109217;\n";
    char *ctx = talloc_new(NULL);
    struct conf_errors *errs;
    const struct conf_item *root = read_text(ctx, text, &errs), *fields = conf_get(root, "fields");
    size_t said = errs->n;

    cr_assert_str_eq(conf_text(root, "name", "", errs), "child");
    cr_assert_str_eq(conf_text(root, "code", "", errs), "320681109217");
    cr_assert(eq(long, conf_int(root, "code", 9, errs), 9));
    cr_assert(conf_is_mended(conf_get(root, "code")) && !conf_is_text(conf_get(root, "code")));
    cr_assert(eq(sz, conf_count(fields), 4));
    cr_assert(eq(long, conf_int(conf_at(fields, 0), "max", 5, errs), 5));
    cr_assert(eq(int, conf_bool(conf_at(fields, 0), "on", true, errs), 1));
    const char **words = conf_texts(ctx, conf_at(fields, 0), "words", errs);
    cr_assert_str_eq(words[1], "y");
    cr_assert(eq(sz, conf_count(conf_at(fields, 1)), 0), "a torn line leaves its brackets");
    cr_assert_str_eq(conf_text(conf_at(fields, 2), "name", "", errs), "b");
    cr_assert_str_eq(conf_text(conf_at(fields, 3), "name", "", errs), "d");
    cr_assert(eq(int, conf_line(conf_at(fields, 3)), 6));
    conf_error_at(errs, conf_at(fields, 1), "an echo");
    cr_assert(eq(sz, errs->n, said), "%s", errs->text[errs->n - 1]);
    conf_error_at(errs, conf_get(root, "code"), "no echo");
    cr_assert(eq(sz, errs->n, said + 1));
    talloc_free(ctx);
}

static const char good[] =
    "# 注释 \"320681109217\n"
    "name = \"child\"; // 320681109217\n"
    "label : \"留守\" \"儿童\"\n"
    "/* b = 320681109217;\n */\n"
    "max = 40, big = 320681109217L; hex = 0xFF; neg = -3; pi = 3.5; e = 1.5e3\n"
    "on = true; off = FALSE;\n"
    "fields = (\n"
    "  { name = \"a\"; words = [ \"x\", \"y\" ]; },\n"
    "  { name = \"b\\\"c\"; words = ( \"z\" ) }\n"
    ");\n"
    "none = (); empty = []; g = {};\n"
    "code = 320681; nine = 320681109;\n";

Test(base_conf, values)
{
    char *ctx = talloc_new(NULL);
    struct conf_errors *errs;
    const struct conf_item *root = read_text(ctx, good, &errs), *fields, *second;

    cr_assert(eq(sz, errs->n, 0), "%s", errs->n ? errs->text[0] : "");
    cr_assert_str_eq(conf_text(root, "name", NULL, errs), "child");
    cr_assert_str_eq(conf_text(root, "label", NULL, errs), "留守儿童");
    cr_assert_str_eq(conf_text(root, "absent", "d", errs), "d");
    cr_assert(eq(long, conf_int(root, "max", 0, errs), 40));
    cr_assert(eq(long, conf_int(root, "big", 0, errs), 320681109217));
    cr_assert(eq(long, conf_int(root, "hex", 0, errs), 255));
    cr_assert(eq(long, conf_int(root, "absent", 9, errs), 9));
    cr_assert(eq(int, conf_bool(root, "on", false, errs), 1));
    cr_assert(eq(int, conf_bool(root, "off", true, errs), 0));
    cr_assert(eq(int, conf_bool(root, "absent", true, errs), 1));
    fields = conf_get(root, "fields");
    cr_assert(conf_is_list(fields) && !conf_is_group(fields) && conf_is_group(root));
    cr_assert(eq(sz, conf_count(fields), 2));
    second = conf_at(fields, 1);
    cr_assert(eq(int, conf_line(second), 10));
    cr_assert(conf_name(second) == NULL && conf_at(fields, 2) == NULL);
    cr_assert_str_eq(conf_text(second, "name", NULL, errs), "b\"c");
    cr_assert_str_eq(conf_name(conf_at(second, 0)), "name");
    const char **words = conf_texts(ctx, conf_at(fields, 0), "words", errs);
    cr_assert_str_eq(words[1], "y");
    cr_assert(words[2] == NULL);
    cr_assert_str_eq(conf_texts(ctx, second, "words", errs)[0], "z");
    cr_assert_str_eq(conf_texts(ctx, root, "name", errs)[0], "child");
    cr_assert(conf_texts(ctx, root, "none", errs)[0] == NULL);
    cr_assert(conf_texts(ctx, root, "absent", errs) == NULL);
    cr_assert(conf_get(NULL, "x") == NULL && conf_get(fields, "x") == NULL);
    cr_assert(conf_count(conf_get(root, "name")) == 0 && !conf_is_text(fields));
    cr_assert(eq(sz, errs->n, 0));
    talloc_free(ctx);
}

Test(base_conf, mistakes_of_type_and_name)
{
    static const char *const known[] = {"name", "label", "max", NULL};
    static const char *const says[] = {
        ":13: “code” 应为文字：数字请加引号，写成 \"320681\"",
        ":7: “on” 应为文字，请写在引号里",
        ":2: “name” 应为整数，请去掉引号",
        ":6: “pi” 应为整数",
        ":2: “name” 应为 true 或 false",
        ":1: “list” 应为文字：数字请加引号，写成 \"7\"",
        ":2: 不认识的项 “labl”，是不是 “label”？",
        ":3: 不认识的项 “zzz”",
        ":3: custom 5",
    };
    char *ctx = talloc_new(NULL);
    struct conf_errors *errs, *more;
    const struct conf_item *root = read_text(ctx, good, &errs), *other;

    cr_assert_str_eq(conf_text(root, "code", "d", errs), "d");
    conf_text(root, "on", NULL, errs);
    cr_assert(eq(long, conf_int(root, "name", 3, errs), 3));
    conf_int(root, "pi", 0, errs);
    cr_assert(eq(int, conf_bool(root, "name", true, errs), 1));
    other = read_text(ctx, "list = ( \"a\", 7 ); name = \"\"; max = 1;\nlabl = \"x\";\nzzz = 1;",
                      &more);
    const char **texts = conf_texts(ctx, other, "list", errs);
    cr_assert(texts[0] && !texts[1]);
    conf_only(other, (const char *const[]){"list", "name", "max", "label", "zzz", NULL}, errs);
    conf_only(other, (const char *const[]){"list", "name", "max", "labl", NULL}, errs);
    conf_only(root, (const char *const[]){"none", NULL}, more);
    cr_assert(gt(sz, more->n, 5));
    conf_only(conf_get(other, "max"), known, errs);
    conf_error_at(errs, conf_get(other, "zzz"), "custom %d", 5);
    cr_assert(eq(sz, errs->n, NELEM(says)));
    for (size_t i = 0; i < errs->n; i++)
        cr_assert(strstr(errs->text[i], says[i]) != NULL, "%s", errs->text[i]);
    talloc_free(ctx);
}

Test(base_conf, files_that_cannot_be_read)
{
    char *ctx = talloc_new(NULL), *dir = tmpdir_new(ctx);
    char *path = talloc_asprintf(ctx, "%s/x", dir);
    struct conf_errors *errs = conf_errors_new(ctx);

    cr_assert(conf_read(ctx, path, errs) == NULL);
    cr_assert(strstr(errs->text[0], "/x: 没有这个文件") != NULL, "%s", errs->text[0]);
    cr_assert(eq(int, io_write_file(path, "a = 1;\0b = 2;", 13, 0600), 0));
    cr_assert(conf_read(ctx, path, errs) == NULL);
    cr_assert(strstr(errs->text[1], "不是文本文件") != NULL);
    cr_assert(conf_read(ctx, dir, errs) == NULL);
    cr_assert(eq(sz, errs->n, 3));
    char *deep = talloc_asprintf(ctx, "a = %.*s", 100,
                                 "((((((((((((((((((((((((((((((((((((((((("
                                 "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((");
    read_text(ctx, deep, &errs);
    cr_assert(strstr(errs->text[0], "括号套得太深") != NULL);
    struct conf *c = NULL;
    cr_assert(eq(int, io_write_file(path, "", 0, 0600), 0));
    c = conf_read(ctx, path, errs);
    cr_assert(c != NULL, "an empty file is a group without settings");
    cr_assert(eq(sz, conf_count(conf_root(c)), 0));
    talloc_free(ctx);
}
