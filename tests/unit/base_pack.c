/* Trees and flat values: what is written comes back, and nothing hostile comes in. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/pack.h"

static struct node *sample(void *ctx)
{
    static const int64_t numbers[] = {0,
                                      1,
                                      127,
                                      128,
                                      255,
                                      256,
                                      65535,
                                      65536,
                                      -1,
                                      -32,
                                      -33,
                                      -128,
                                      -129,
                                      -32768,
                                      -32769,
                                      INT32_MAX,
                                      INT32_MIN,
                                      UINT32_MAX,
                                      (int64_t)UINT32_MAX + 1,
                                      INT64_MAX,
                                      INT64_MIN};
    char *big = talloc_array(ctx, char, 70000);
    struct node *m = node_map(ctx), *l;

    memset(big, 'x', 70000);
    node_str(m, "name", "曾小雨");
    node_str(m, "empty", "");
    node_str(m, "none", NULL);
    node_bool(m, "yes", true);
    node_bool(m, "no", false);
    l = node_add_list(m, "numbers");
    for (size_t i = 0; i < NELEM(numbers); i++)
        node_int(l, NULL, numbers[i]);
    l = node_add_list(m, "texts");
    for (size_t n = 31; n < 70000; n = n * 2 + 3)
        node_strn(l, NULL, big, n);
    node_str(node_add_map(node_add_list(m, "rows"), "ignored in a list"), "deep", "1");
    for (int i = 0; i < 20; i++)
        node_nil(m, talloc_asprintf(ctx, "k%d", i));
    return m;
}

Test(base_pack, a_tree_comes_back)
{
    char *ctx = talloc_new(NULL), *bytes, *again;
    struct node *back;
    size_t len, len2;

    node_encode(ctx, sample(ctx), &bytes, &len);
    cr_assert(eq(int, node_decode(ctx, bytes, len, &back), 0));
    cr_assert_str_eq(node_json(ctx, back), node_json(ctx, sample(ctx)));
    node_encode(ctx, back, &again, &len2);
    cr_assert(eq(sz, len, len2));
    cr_assert(eq(int, memcmp(bytes, again, len), 0));
    cr_assert(eq(sz, talloc_total_blocks(back), 1), "one allocation");
    cr_assert_str_eq(node_text(back, "name"), "曾小雨");
    cr_assert(eq(sz, node_get(back, "numbers")->n, 21));
    talloc_free(ctx);
}

Test(base_pack, refused_bytes)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *why;
    } t[] = {
        {"", 0, "nothing"},
        {"\xc0\xc0", 2, "two values"},
        {"\xc1", 1, "the unused type"},
        {"\xca\0\0\0\0", 5, "float"},
        {"\xcb\0\0\0\0\0\0\0\0", 9, "double"},
        {"\xc4\1a", 3, "binary"},
        {"\xd4\1a", 3, "extension"},
        {"\xcf\x80\0\0\0\0\0\0\0", 9, "beyond int64"},
        {"\xa2\xc0\x80", 3, "overlong UTF-8"},
        {"\xa1\0", 2, "NUL in a text"},
        {"\xa1\x80", 2, "no UTF-8"},
        {"\x81\xa1\xff\xc0", 4, "no UTF-8 in a key"},
        {"\x81\1\2", 3, "a key that is a number"},
        {"\x81\xc0\2", 3, "a key that is nil"},
        {"\x82\xa1"
         "a\1\xa1"
         "a\2",
         7, "a key twice"},
        {"\x91\x82\xa1"
         "a\1\xa1"
         "a\2",
         8, "a key twice, deeper"},
        {"\xdf\xff\xff\xff\xff", 5, "a map longer than the message"},
        {"\xdd\xff\xff\xff\xff", 5, "a list longer than the message"},
        {"\xdb\xff\xff\xff\xff", 5, "a text longer than the message"},
        {"\x82\xa1"
         "a\xc0",
         4, "half a map"},
        {"\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x00", 14, "13 levels"},
    };
    struct node *n;

    for (size_t i = 0; i < NELEM(t); i++) {
        char *exact = malloc(t[i].len + 1); /* so that a sanitizer sees the end */
        char *copy = realloc(exact, t[i].len ? t[i].len : 1);
        memcpy(copy, t[i].bytes, t[i].len);
        cr_assert(eq(int, node_decode(NULL, copy, t[i].len, &n), HE_PROTOCOL), "%s", t[i].why);
        cr_assert(zero(ptr, n));
        free(copy);
    }
    const char *deep = "\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x00";
    cr_assert(eq(int, node_decode(NULL, deep, 13, &n), 0), "12 levels are allowed");
    struct node *wrapped = node_list(n);
    node_copy(wrapped, NULL, n);
    char *bytes;
    size_t len;
    node_encode(n, wrapped, &bytes, &len);
    cr_assert(eq(int, node_decode(NULL, bytes, len, &wrapped), HE_PROTOCOL), "13 again");
    talloc_free(n);
}

/* Cut anywhere, a message is refused; with any byte changed, it is refused or a sound tree. */
Test(base_pack, damaged_bytes)
{
    char *ctx = talloc_new(NULL), *bytes;
    struct node *m = node_map(ctx), *l, *back;
    size_t len;

    node_str(m, "name", "曾小雨");
    l = node_add_list(m, "list");
    node_int(l, NULL, 100000);
    node_str(node_add_map(l, NULL), "k", "v");
    node_encode(ctx, m, &bytes, &len);
    for (size_t n = 0; n < len; n++) {
        char *cut = talloc_memdup(ctx, bytes, n);
        cr_assert(eq(int, node_decode(ctx, cut, n, &back), HE_PROTOCOL), "cut at %zu", n);
        talloc_free(cut);
        for (int b = 0; b < 256; b++) {
            char *bad = talloc_memdup(ctx, bytes, len);
            bad[n] = (char)b;
            if (node_decode(ctx, bad, len, &back) == 0)
                talloc_free(node_json(ctx, back));
            talloc_free(back);
            talloc_free(bad);
        }
    }
    talloc_free(ctx);
}

static void change(struct node *m)
{
    node_str(m, "b", "two"); /* replaced in its place, by its own text too */
    node_str(m, "b", node_text(m, "b"));
    node_remove(m, "c");
    node_remove(m, "c");
    node_int(m, "d", -4);
    node_copy(m, "e", m);
    node_copy(m, "a", node_get(m, "e"));
    node_remove(m, "e");
    node_bool(m, "f", true);
}

/* The same changes work on a tree that was built and on one that was decoded. */
Test(base_pack, trees_are_changed)
{
    static const char expect[] =
        "{\"a\":{\"a\":1,\"b\":\"two\",\"d\":-4},\"b\":\"two\",\"d\":-4,\"f\":true}";
    char *ctx = talloc_new(NULL), *bytes;
    struct node *m = node_map(ctx), *back;
    size_t len;

    node_int(m, "a", 1);
    node_str(m, "b", "2");
    node_add_list(m, "c");
    node_encode(ctx, m, &bytes, &len);
    cr_assert(eq(int, node_decode(ctx, bytes, len, &back), 0));
    change(m);
    change(back);
    cr_assert_str_eq(node_json(ctx, m), expect);
    cr_assert_str_eq(node_json(ctx, back), expect);
    cr_assert(eq(sz, m->n, 4));
    cr_assert(eq(sz, talloc_total_blocks(m), 8), "what was replaced is freed");
    talloc_free(ctx);
}

Test(base_pack, reading_is_calm)
{
    struct node *m = node_map(NULL), *l = node_add_list(m, "l");

    node_str(m, "s", "text");
    node_int(m, "n", 7);
    cr_assert(node_get(NULL, "x") == NULL);
    cr_assert(node_get(l, "x") == NULL);
    cr_assert(node_text(m, "n") == NULL);
    cr_assert_str_eq(node_text_or(m, "n", "d"), "d");
    cr_assert_str_eq(node_text_or(m, "s", "d"), "text");
    cr_assert(eq(i64, node_num(m, "n", 0), 7));
    cr_assert(eq(i64, node_num(m, "s", -1), -1));
    cr_assert(eq(int, node_flag(m, "n"), 0));
    cr_assert(node_first(NULL) == NULL);
    cr_assert(node_first(node_get(m, "s")) == NULL);
    node_remove(l, "x");
    node_remove(NULL, "x");
    talloc_free(m);
}

Test(base_pack, json)
{
    struct node *m = node_map(NULL);

    node_str(m, "q\"", "a\\\"\n\x1b\x7f\xc2\x9bé陈");
    node_str(m, "", "");
    node_add_map(m, "m");
    node_int(m, "min", INT64_MIN);
    char *json = node_json(m, m);
    cr_assert_str_eq(json,
                     "{\"q\\\"\":\"a\\\\\\\"\\u000a\\u001b\\u007f\\u009bé陈\",\"\":\"\",\"m\":{},"
                     "\"min\":-9223372036854775808}");
    talloc_free(m);
}

Test(base_pack, flat_values)
{
    char *ctx = talloc_new(NULL);
    static const uint64_t v[] = {0, 127, 128, 255, 256, 65536, UINT32_MAX, INT64_MAX, UINT64_MAX};
    struct pack p;
    const char *s;
    size_t len, n;
    uint64_t got;

    pack_init(ctx, &p);
    for (size_t i = 0; i < NELEM(v); i++)
        pack_uint(&p, v[i]);
    pack_map(&p, 40);
    pack_str(&p, "a\0b", 3);
    pack_nil(&p);
    for (int i = 0; i < 78; i++)
        pack_str(&p, "0123456789", 10);
    struct unpack u = {p.buf, p.buf + p.len};
    cr_assert(eq(int, unpack_map(&u, &n), HE_PROTOCOL), "a refusal does not move on");
    for (size_t i = 0; i < NELEM(v); i++) {
        cr_assert(eq(int, unpack_str(&u, &s, &len), HE_PROTOCOL));
        cr_assert(eq(int, unpack_uint(&u, &got), 0));
        cr_assert(eq(u64, got, v[i]));
    }
    cr_assert(eq(int, unpack_map(&u, &n), 0));
    cr_assert(eq(sz, n, 40));
    cr_assert(eq(int, unpack_uint(&u, &got), HE_PROTOCOL));
    cr_assert(eq(int, unpack_str(&u, &s, &len), 0));
    cr_assert(len == 3 && memcmp(s, "a\0b", 3) == 0);
    cr_assert(eq(int, unpack_str(&u, &s, &len), 0));
    cr_assert(s == NULL && len == 0);
    for (int i = 0; i < 78; i++)
        cr_assert(eq(int, unpack_str(&u, &s, &len), 0));
    cr_assert(u.p == u.end);
    cr_assert(eq(int, unpack_uint(&u, &got), HE_PROTOCOL), "at the end");
    struct unpack negative = {"\xff\xd0\x80", NULL};
    negative.end = negative.p + 3;
    cr_assert(eq(int, unpack_uint(&negative, &got), HE_PROTOCOL));
    negative.p++;
    cr_assert(eq(int, unpack_uint(&negative, &got), HE_PROTOCOL));
    talloc_free(ctx);
}
