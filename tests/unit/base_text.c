/* Text, encodings and pinyin: tables of cases, and loops over all 1,114,112 code points. */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/conv.h"
#include "base/err.h"
#include "base/pinyin.h"
#include "base/text.h"

#define STR(s) ((s) ? (s) : "NULL")

static char *utf8_of(uint32_t cp, char out[8])
{
    out[text_put(out, cp)] = '\0';
    return out;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

Test(text, decodes_every_code_point_and_no_other_bytes)
{
    static const struct {
        const char *s;
        size_t len;
        bool valid;
    } rows[] = {
        {"", 0, true},
        {"护童 abc", 10, true},
        {"\xF4\x8F\xBF\xBF", 4, true},
        {"a\0b", 3, false},
        {"\xC0\x80", 2, false},             /* overlong */
        {"\xC1\xBF", 2, false},             /* overlong */
        {"\xE0\x9F\xBF", 3, false},         /* overlong */
        {"\xF0\x8F\xBF\xBF", 4, false},     /* overlong */
        {"\xED\xA0\x80", 3, false},         /* surrogate */
        {"\xF4\x90\x80\x80", 4, false},     /* above U+10FFFF */
        {"\xF8\x88\x80\x80\x80", 5, false}, /* five bytes */
        {"\x80", 1, false},
        {"\xE6\x8A", 2, false}, /* cut */
        {"\xFF", 1, false},
    };
    char buf[8];

    for (size_t i = 0; i < NELEM(rows); i++)
        cr_expect(text_valid(rows[i].s, rows[i].len) == rows[i].valid, "row %zu", i);
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        const char *p = utf8_of(cp, buf);
        if (text_valid(buf, strlen(buf)) == surrogate)
            cr_assert_fail("valid U+%04X", cp);
        if (!surrogate && (text_next(&p) != cp || *p != '\0'))
            cr_assert_fail("U+%04X", cp);
    }
    const char *p = "\xE6\x8A!";
    cr_expect_eq(text_next(&p), 0xFFFD);
    cr_expect_eq(text_next(&p), 0xFFFD);
    cr_expect_eq(text_next(&p), '!');
    cr_expect_eq(text_next(&p), 0);
    cr_expect_eq(text_next(&p), 0);
}

Test(text, measures_columns)
{
    static const struct {
        const char *s;
        int narrow, wide; /* with ambiguous characters of one and of two columns */
        size_t chars;
    } rows[] = {
        {"", 0, 0, 0},
        {"abc", 3, 3, 3},
        {"护童", 4, 4, 2},
        {"𠅤𪜀𰀀㛃䶮", 10, 10, 5}, /* Ext B, C, G, A and the end of the BMP block */
        {"阿依·古丽", 9, 10, 5},
        {"—…①“”°×─●", 9, 18, 9},
        {"、。：（）￥％", 14, 14, 7},
        {"ﾊﾝ", 2, 2, 2},
        {"e\u0301o", 2, 2, 2},
        {"葛\U000E0100城", 4, 4, 2},     /* ideographic variation selector */
        {"\u1100\u1161\u11A8", 2, 2, 1}, /* decomposed Hangul syllable */
        {"\u0644\u0627", 2, 2, 2},
        {"😀", 2, 2, 1},
        {"\x01\x1b", 0, 0, 2},
        {"\xFF-", 2, 3, 2},
    };

    for (size_t i = 0; i < NELEM(rows); i++) {
        cr_expect_eq(text_width(rows[i].s, 1), rows[i].narrow, "row %zu", i);
        cr_expect_eq(text_width(rows[i].s, 2), rows[i].wide, "row %zu", i);
        cr_expect_eq(text_chars(rows[i].s), rows[i].chars, "row %zu", i);
    }
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        int one = text_cp_width(cp, 1), two = text_cp_width(cp, 2);
        bool plane23 = cp >= 0x20000 && cp <= 0x3FFFF && (cp & 0xFFFF) < 0xFFFE;
        if (one < 0 || one > 2 || (two != one) != text_cp_ambiguous(cp))
            cr_assert_fail("U+%04X is %d or %d", cp, one, two);
        if ((plane23 || (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF)) &&
            one != 2)
            cr_assert_fail("Han U+%04X is %d", cp, one);
        if ((cp >= 0x20 && cp < 0x7F) && (one != 1 || two != 1))
            cr_assert_fail("ASCII U+%04X is %d", cp, one);
    }
    cr_expect(text_cp_ambiguous(0xB7) && text_cp_ambiguous(0x2014) && !text_cp_ambiguous(0x3001));
}

Test(text, fits_and_walks_whole_clusters)
{
    static const struct {
        const char *s;
        int cols;
        size_t bytes;
        int used;
    } rows[] = {
        {"护童", 4, 6, 4},
        {"护童", 3, 3, 2},
        {"护童", 1, 0, 0},
        {"a护", 2, 1, 1},
        {"e\u0301e\u0301", 1, 3, 1},
        {"阿·丽", 3, 5, 3},
        {"葛\U000E0100城", 3, 7, 2},
        {"abc", 0, 0, 0},
        {"", 5, 0, 0},
    };
    static const struct {
        const char *s;
        size_t edge[6]; /* cluster boundaries behind 0, up to the length */
    } walks[] = {
        {"", {0}},
        {"a护b", {1, 4, 5}},
        {"e\u0301\u0302x", {5, 6}},
        {"葛\U000E0100城", {7, 10}},
        {"a\nb", {1, 2, 3}}, /* a control never joins */
        {"护\xE6\x8A童", {3, 4, 5, 8}},
        {"\u0301a", {2, 3}},
    };
    int used;

    for (size_t i = 0; i < NELEM(rows); i++) {
        cr_expect_eq(text_fit(rows[i].s, rows[i].cols, 1, &used), rows[i].bytes, "row %zu", i);
        cr_expect_eq(used, rows[i].used, "row %zu", i);
    }
    cr_expect_eq(text_fit("a·b", 2, 2, NULL), 1);
    for (size_t i = 0; i < NELEM(walks); i++) {
        size_t at = 0, len = strlen(walks[i].s);
        for (size_t j = 0; at < len; j++) {
            size_t next = text_cluster_next(walks[i].s, at);
            cr_assert_eq(next, walks[i].edge[j], "walk %zu step %zu: %zu", i, j, next);
            cr_expect_eq(text_cluster_prev(walks[i].s, next), at, "walk %zu step %zu", i, j);
            at = next;
        }
        cr_expect_eq(text_cluster_next(walks[i].s, len), len);
        cr_expect_eq(text_cluster_prev(walks[i].s, 0), 0);
    }
}

/* Stands for the rule in other words than the table of text.c: named characters and blocks. */
static bool refused(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F)                             /* C0, DEL, C1 */
           || cp == 0xAD || cp == 0x34F || cp == 0x61C                         /* SHY CGJ ALM */
           || cp == 0x115F || cp == 0x1160 || cp == 0x3164 || cp == 0xFFA0     /* Hangul fillers */
           || cp == 0x17B4 || cp == 0x17B5 || (cp >= 0x180B && cp <= 0x180F)   /* Khmer, Mongol */
           || (cp >= 0x200B && cp <= 0x200F)                                   /* ZW*, LRM, RLM */
           || cp == 0x2028 || cp == 0x2029 || (cp >= 0x202A && cp <= 0x202E)   /* LS PS, bidi */
           || (cp >= 0x2060 && cp <= 0x206F)                                   /* WJ … isolates */
           || (cp >= 0xD800 && cp <= 0xDFFF) || (cp >= 0xE000 && cp <= 0xF8FF) /* not Unicode's */
           || (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp & 0xFFFF) >= 0xFFFE        /* noncharacters */
           || cp == 0xFEFF || (cp >= 0xFFF0 && cp <= 0xFFFD)                   /* BOM, specials */
           || (cp >= 0x13430 && cp <= 0x1343F) || (cp >= 0x1BCA0 && cp <= 0x1BCA3) ||
           (cp >= 0x1D173 && cp <= 0x1D17A) /* format controls of scripts and music */
           || (cp >= 0xE0000 && cp <= 0xE0FFF && !(cp >= 0xE0100 && cp <= 0xE01EF)) /* tags */
           || cp >= 0xF0000;
}

Test(text, judges_every_code_point)
{
    char in[32], one[8];

    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        void *ctx = talloc_new(NULL);
        bool selector = (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        size_t dropped;

        if (text_cp_allowed(cp, false) == refused(cp))
            cr_assert_fail("allowed U+%04X", cp);
        if (text_cp_allowed(cp, true) != (cp == '\n' || text_cp_allowed(cp, false)))
            cr_assert_fail("multiline U+%04X", cp);
        snprintf(in, sizeof(in), "a%sb", utf8_of(cp, one));
        char *clean = text_clean(ctx, in, 0, &dropped);
        char *visible = text_visible(ctx, in, 0);
        bool blank = strcmp(clean, "a b") == 0 || strcmp(clean, "a　b") == 0;
        bool kept = strcmp(clean, in) == 0, gone = strcmp(clean, "ab") == 0;
        if (!(refused(cp) || selector ? gone || blank : kept || blank))
            cr_assert_fail("clean U+%04X", cp);
        if (dropped != (gone ? surrogate ? 3 : 1 : 0))
            cr_assert_fail("dropped %zu at U+%04X", dropped, cp);
        const char *shown = surrogate                 ? "a\uFFFD\uFFFD\uFFFDb"
                            : refused(cp) || selector ? "a\uFFFDb"
                                                      : in;
        if (strcmp(visible, shown) != 0)
            cr_assert_fail("visible U+%04X", cp);
        snprintf(in, sizeof(in), "葛%s城", one);
        if (selector && (strcmp(text_clean(ctx, in, 0, NULL), in) != 0 ||
                         strcmp(text_visible(ctx, in, 0), in) != 0))
            cr_assert_fail("selector U+%04X behind Han", cp);
        talloc_free(ctx);
    }
}

Test(text, cleans_hostile_and_careless_input)
{
    static const struct {
        const char *in, *out;
        unsigned flags;
        size_t dropped;
    } rows[] = {
        {"", "", 0, 0},
        {"  王小雨\t ", "王小雨", 0, 0},
        {"　王　小　雨　", "王　小　雨", 0, 0},
        {"　王　小　雨　", "王 小 雨", TEXT_HALFWIDTH, 0},
        {"　王　小　雨　", "王小雨", TEXT_NOSPACE, 0},
        {"a \t\u00A0 b", "a b", 0, 0},
        {"a\r\nb\rc\nd", "a b c d", 0, 0},
        {"\n a\r\nb\rc \n\nd\n", "a\nb\nc\n\nd", TEXT_MULTILINE, 0},
        {"a\n　　b", "a\n　b", TEXT_MULTILINE, 0},
        {"ａＢ１２－３！", "aB12-3!", TEXT_HALFWIDTH, 0},
        {"ａＢ１２", "ａＢ１２", 0, 0},
        {"4310 0320 1603 121x",
         "43100320160312"
         "1X",
         TEXT_NOSPACE | TEXT_UPPER, 0},
        {"４３ｘ", "43X", TEXT_HALFWIDTH | TEXT_UPPER, 0},
        {"\xEF\xBB\xBF王\u200B\u202E雨", "王雨", 0, 3},
        {"王\x1b[31m雨", "王[31m雨", 0, 1},
        {"王\xFF\xE6\x8A雨", "王雨", 0, 3},
        {"王\uFFFD雨", "王雨", 0, 1},
        {"a \u200B b", "a b", 0, 1},
        {"\uE863", "", 0, 1},
        {"\u2028a\xC2\x85"
         "b\fc",
         "a b c", 0, 0},
        {"葛\uFE00\uFE00 \uFE00x\uFE0F", "葛\uFE00 x", 0, 3},
        {"a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
         "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301", 0, 2},
        {"葛 \uFE00城", "葛 城", 0, 1},
        {"𠅤䶮𪜀𰀀\U000323AF〇", "𠅤䶮𪜀𰀀\U000323AF〇", 0, 0},
        {"阿依·古丽", "阿依·古丽", 0, 0},
    };
    void *ctx = talloc_new(NULL);

    for (size_t i = 0; i < NELEM(rows); i++) {
        size_t dropped = 99;
        char *out = text_clean(ctx, rows[i].in, rows[i].flags, &dropped);
        cr_expect_str_eq(out, rows[i].out, "row %zu: [%s]", i, out);
        cr_expect_eq(dropped, rows[i].dropped, "row %zu: %zu", i, dropped);
        char *again = text_clean(ctx, out, rows[i].flags, &dropped);
        cr_expect(strcmp(again, out) == 0 && dropped == 0, "row %zu cleaned again", i);
        cr_expect(text_valid(out, strlen(out)) != 0, "row %zu", i);
    }
    cr_expect_str_eq(text_visible(ctx, "a\nb\tc\x1b", TEXT_MULTILINE), "a\nb\uFFFDc\uFFFD");
    cr_expect_str_eq(text_visible(ctx, "a\nb\xFF", 0), "a\uFFFDb\uFFFD");
    cr_expect_str_eq(text_printf(ctx, "%s-%d", "护", 3), "护-3");
    talloc_free(ctx);
}

Test(text, folds_and_judges_names)
{
    static const struct {
        const char *in, *out;
    } folds[] = {
        {"ＡbC 护　童", "abc护童"},
        {"阿依•古丽‧买・提", "阿依·古丽·买·提"},
        {"阿依･古丽⋅x", "阿依·古丽·x"},
        {"葛\U000E0100城\u200B\n", "葛城"},
        {"", ""},
    };
    static const struct {
        const char *name, *problem; /* a part of the sentence; NULL when the name is good */
    } names[] = {
        {"王小雨", NULL},
        {"阿依·古丽", NULL},
        {"买买提·阿不都热合曼·艾山", NULL},
        {"𠅤䶮", NULL},
        {"\U000323AF𰀀", NULL},
        {"张〇", NULL},
        {"葛\U000E0100城", NULL},
        {"John Smith", NULL},
        {"Zoë", NULL},
        {"A·王", NULL},
        {"", "请填写"},
        {"王", "至少"},
        {"葛\U000E0100", "至少"},
        {"·王小雨", "间隔号"},
        {"王小雨·", "间隔号"},
        {"王··雨", "间隔号"},
        {"阿依•古丽", "改写成"},
        {"王 雨", "空格"},
        {" John", "空格"},
        {"王小雨1", "只能有"},
        {"王×雨", "只能有"},
        {"=HYPERLINK(\"http://x\")", "只能有"},
        {"⼤明", "只能有"}, /* a radical that only looks like 大 */
        {"王\u200B雨", "只能有"},
        {"王\uE863", "只能有"},
        {"王雨\xFF", "只能有"},
    };
    void *ctx = talloc_new(NULL);
    char *longest = talloc_strdup(ctx, "王");

    for (size_t i = 0; i < NELEM(folds); i++)
        cr_expect_str_eq(text_fold(ctx, folds[i].in), folds[i].out, "fold %zu", i);
    for (size_t i = 0; i < NELEM(names); i++) {
        const char *problem = text_name_problem(names[i].name);
        cr_expect(names[i].problem ? problem && strstr(problem, names[i].problem) : !problem,
                  "name %zu %s: %s", i, names[i].name, STR(problem));
    }
    for (int i = 1; i < 60; i++)
        longest = talloc_asprintf_append(longest, "王");
    cr_expect_null(text_name_problem(longest));
    cr_expect_not_null(text_name_problem(talloc_asprintf_append(longest, "王")));
    talloc_free(ctx);
}

Test(conv, detects_and_converts)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum conv_enc from;
        const char *out; /* NULL: refused, the bad byte at bad_at */
        size_t bad_at;
    } rows[] = {
        {"", 0, CONV_AUTO, "", 0},
        {"abc", 3, CONV_AUTO, "abc", 0},
        {"护童", 6, CONV_AUTO, "护童", 0},
        {"\xEF\xBB\xBF护", 6, CONV_AUTO, "护", 0},
        {"\xEF\xBB\xBF护", 6, CONV_UTF8, "护", 0},
        {"\xBB\xA4\xCD\xAF", 4, CONV_AUTO, "护童", 0},
        {"\x95\x32\xA6\x32", 4, CONV_AUTO, "𠅤", 0},
        {"\xFE\x9F", 2, CONV_GB18030, "䶮", 0}, /* the standard character, not private use */
        {"\x84\x31\x95\x33\xBB\xA4", 6, CONV_AUTO, "护", 0},
        {"\xFF\xFE\xA4\x62", 4, CONV_AUTO, "护", 0},
        {"\xFE\xFF\x62\xA4\xD8\x40\xDD\x64", 8, CONV_AUTO, "护𠅤", 0},
        {"\xA4\x62", 2, CONV_UTF16LE, "护", 0},
        {"ab\xFF", 3, CONV_AUTO, NULL, 2},
        {"\xBB\xA4\xFF", 3, CONV_GB18030, NULL, 2},
        {"\xBB\xA4\xFF", 3, CONV_AUTO, NULL, 2},
        {"a\xBB", 2, CONV_GB18030, NULL, 1}, /* cut off */
        {"护\xE6", 4, CONV_UTF8, NULL, 3},
        {"\xEF\xBB\xBF护\xFF", 7, CONV_AUTO, NULL, 6},
        {"a\0b", 3, CONV_UTF8, NULL, 1},
        {"a\0b", 3, CONV_GB18030, NULL, 1},
        {"a\0b\0", 4, CONV_AUTO, NULL, 1},
        {"a\0\0\0", 4, CONV_UTF16LE, NULL, 2},
        {"a\0b", 3, CONV_UTF16LE, NULL, 2},
        {"\x00\xD8\x41\x00", 4, CONV_UTF16LE, NULL, 0}, /* half a surrogate pair */
    };
    void *ctx = talloc_new(NULL);

    for (size_t i = 0; i < NELEM(rows); i++) {
        size_t len = 99, bad_at = 99;
        char *out = NULL, *exact = talloc_memdup(ctx, rows[i].bytes, rows[i].len);
        int rc = conv_to_utf8(ctx, exact, rows[i].len, rows[i].from, &out, &len, &bad_at);
        cr_expect_eq(rc, rows[i].out ? 0 : HE_FORMAT, "row %zu: %d", i, rc);
        cr_expect(same(out, rows[i].out) != 0, "row %zu: %s", i, STR(out));
        cr_expect_eq(bad_at, rows[i].bad_at, "row %zu: bad at %zu", i, bad_at);
        cr_expect(!out || strlen(out) == len, "row %zu", i);
    }
    talloc_free(ctx);
}

Test(conv, names_and_writes_encodings)
{
    static const struct {
        const char *name;
        enum conv_enc enc;
    } names[] = {
        {"auto", CONV_AUTO},        {"UTF-8", CONV_UTF8},       {"gb18030", CONV_GB18030},
        {"GBK", CONV_GB18030},      {"gb2312", CONV_GB18030},   {"utf8", CONV_UTF8},
        {"utf-16le", CONV_UTF16LE}, {"UTF-16BE", CONV_UTF16BE},
    };
    static const struct {
        const char *in;
        enum conv_enc to;
        const char *subst, *out;
        size_t len;
        int rc;
    } rows[] = {
        {"护童", CONV_GB18030, NULL, "\xBB\xA4\xCD\xAF", 4, 0},
        {"𠅤é", CONV_GB18030, NULL, "\x95\x32\xA6\x32\xA8\xA6", 6, 0},
        {"护", CONV_UTF16LE, NULL, "\xA4\x62", 2, 0},
        {"护", CONV_UTF8, NULL, "护", 3, 0},
        {"", CONV_UTF16BE, NULL, "", 0, 0},
        {"a\xFF"
         "b",
         CONV_GB18030, NULL, NULL, 0, HE_FORMAT},
        {"a\xFF"
         "b",
         CONV_GB18030, "?", "a?b", 3, 0},
        {"\xFF\xFF", CONV_UTF16LE, "??", "?\0?\0?\0?\0", 8, 0},
        {"\uE816x\xE6\x8A", CONV_GB18030, "[]", "[]x[]", 5, 0}, /* code points it lacks */
        {"a", CONV_AUTO, NULL, NULL, 0, HE_USAGE},
    };
    void *ctx = talloc_new(NULL);
    enum conv_enc enc;

    for (size_t i = 0; i < NELEM(names); i++)
        cr_expect(conv_enc_parse(names[i].name, &enc) == 0 && enc == names[i].enc, "row %zu", i);
    cr_expect_eq(conv_enc_parse("big5", &enc), HE_USAGE);
    cr_expect_str_eq(conv_enc_name(CONV_GB18030), "gb18030");
    for (size_t i = 0; i < NELEM(rows); i++) {
        char *out = NULL;
        size_t len = 0;
        int rc = conv_from_utf8(ctx, rows[i].in, strlen(rows[i].in), rows[i].to, rows[i].subst,
                                &out, &len);
        cr_expect_eq(rc, rows[i].rc, "row %zu: %d", i, rc);
        cr_expect_eq(len, rows[i].len, "row %zu: %zu", i, len);
        cr_expect(!out == !rows[i].out && (!out || memcmp(out, rows[i].out, len) == 0), "row %zu",
                  i);
    }
    talloc_free(ctx);
}

/* Every character of Unicode arrives byte by byte as a terminal sends it. */
Test(conv, reads_gb18030_byte_by_byte)
{
    static const struct {
        const char *s;
        int n;
        uint32_t cp;
    } rows[] = {
        {"a", 1, 'a'},
        {"ab", 2, UINT32_MAX},
        {"\xBB", 1, 0},
        {"\xBB\xA4", 2, 0x62A4},
        {"\xBB\x20", 2, UINT32_MAX},
        {"\xBB\x7F", 2, UINT32_MAX},
        {"\xBB\xA4x", 3, UINT32_MAX},
        {"\x95\x32", 2, 0},
        {"\x95\x32\xA6", 3, 0},
        {"\x95\x32\xA6\x32", 4, 0x20164},
        {"\x95\x32\x20", 3, UINT32_MAX},
        {"\x95\x32\xA6\x41", 4, UINT32_MAX},
        {"\x80", 1, UINT32_MAX},
        {"\xFF", 1, UINT32_MAX},
        {"\xFE\x39\xFE\x39", 4, UINT32_MAX},
        {"\xBB\xA4", 2, 0x62A4},
        {"\0", 1, UINT32_MAX},
    };
    void *ctx = talloc_new(NULL);
    char *all = talloc_array(ctx, char, 0x110000 * 4), *gb;
    size_t len = 0, gb_len, n = 0, last = 0;

    for (size_t i = 0; i < NELEM(rows); i++) {
        uint32_t cp = conv_gb18030_char((const unsigned char *)rows[i].s, rows[i].n);
        cr_expect_eq(cp, rows[i].cp, "row %zu: U+%04X", i, cp);
    }
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++)
        if (!(cp >= 0xD800 && cp <= 0xF8FF))
            len += (size_t)text_put(all + len, cp), n++;
    cr_assert_eq(conv_from_utf8(ctx, all, len, CONV_GB18030, NULL, &gb, &gb_len), 0);
    const char *wanted = all;
    all[len] = '\0';
    for (size_t i = 0, have = 1; i < gb_len; have++) {
        uint32_t cp = conv_gb18030_char((const unsigned char *)gb + i, (int)have);
        if (cp == 0)
            continue;
        if (cp != text_next(&wanted))
            cr_assert_fail("got U+%04X at byte %zu", cp, i);
        i += have;
        have = 0;
        last++;
    }
    cr_expect_eq(last, n);
    talloc_free(ctx);
}

static char *join(void *ctx, const char **list)
{
    char *s = talloc_strdup(ctx, "");

    for (size_t i = 0; list[i]; i++)
        s = talloc_asprintf_append(s, "%s%s", i ? " " : "", list[i]);
    return s;
}

Test(pinyin, spells_names_by_every_reading)
{
    static const struct {
        uint32_t cp;
        const char *readings;
    } chars[] = {
        {0x5355, "dan chan shan"},
        {0x66FE, "ceng zeng"},
        {0x738B, "wang"},
        {0x5973, "nv nyu"},
        {0x4DAE, "yan"},
        {0x20164, "xi"},
        {0x3007, "ling"},
        {0x5415, "lv lyu"},
        {'a', NULL},
        {0x3042, NULL},
        {0x10FFFF, NULL},
        {0, NULL},
    };
    static const struct {
        const char *name;
        size_t max;
        const char *initials, *full;
    } names[] = {
        {"王小雨", 9, "wxy", "wangxiaoyu"},
        {"曾小雨", 9, "zxy cxy", "zengxiaoyu cengxiaoyu"},
        {"单雨", 9, "sy dy cy", "shanyu danyu chanyu"},
        {"曾小雨", 1, "zxy", "zengxiaoyu"},
        {"万俟雨", 2, "mqy wqy", "moqiyu wanqiyu"},
        {"黑雨", 9, "hy", "heyu heiyu"}, /* a reading that only the surname has */
        {"王黑", 9, "wh", "wanghei"},
        {"阿依·古丽", 1, "aygl", "ayiguli"},
        {"Ｊohn 3世", 9, "john3s", "john3shi"},
        {"吕雨", 9, "ly", "lvyu lyuyu"},
        {"王亲佮", 9, "wqg wqe", "wangqinge wangqingge wangqine"}, /* qin-ge and qing-e are one */
        {"·（）", 9, "", ""},
        {"", 9, "", ""},
        {"王小雨", 0, "", ""},
    };
    void *ctx = talloc_new(NULL);

    for (size_t i = 0; i < NELEM(chars); i++) {
        const char *r = pinyin_readings(chars[i].cp);
        cr_expect(same(r, chars[i].readings) != 0, "U+%04X: %s", chars[i].cp, STR(r));
    }
    for (size_t i = 0; i < NELEM(names); i++) {
        char *s = join(ctx, pinyin_initials(ctx, names[i].name, names[i].max));
        cr_expect_str_eq(s, names[i].initials, "%s: %s", names[i].name, s);
        s = join(ctx, pinyin_full(ctx, names[i].name, names[i].max));
        cr_expect_str_eq(s, names[i].full, "%s: %s", names[i].name, s);
    }
    /* 60 polyphonic characters: the first spelling is each one's first reading, and it is quick. */
    char *name = talloc_strdup(ctx, "");
    for (int i = 0; i < 60; i++)
        name = talloc_asprintf_append(name, "重");
    const char **list = pinyin_full(ctx, name, 16);
    for (size_t i = 0; i < 16; i++)
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(list[i], list[j]);
    cr_expect_null(list[16]);
    talloc_free(ctx);
}

Test(pinyin, knows_surnames)
{
    static const char *const rows[][2] = {
        {"单", "shan"},       {"曾", "zeng"},     {"仇", "qiu"},      {"解", "xie"},
        {"查", "zha"},        {"区", "ou"},       {"朴", "piao"},     {"翟", "zhai"},
        {"盖", "ge"},         {"种", "chong"},    {"员", "yun"},      {"秘", "bi"},
        {"覃", "qin"},        {"覃", "tan"},      {"缪", "miao"},     {"阚", "kan"},
        {"祭", "zhai"},       {"洗", "xian"},     {"万俟", "moqi"},   {"尉迟", "yuchi"},
        {"长孙", "zhangsun"}, {"单于", "chanyu"}, {"澹台", "tantai"}, {"尉", "wei"},
        {"黑", "he"},         {"令狐", "linghu"}, {"乐", "yue"},      {"卜", "bu"},
        {"王", "wang"},       {"欧阳", "ouyang"},
    };
    static const char *const surnames[][2] = {
#define SURNAME(name, reading) {name, reading},
#include "base/pinyin_surname.def"
#undef SURNAME
    };
    void *ctx = talloc_new(NULL);

    for (size_t i = 0; i < NELEM(rows); i++) {
        const char **list = pinyin_full(ctx, rows[i][0], 32);
        size_t j = 0;
        while (list[j] && strcmp(list[j], rows[i][1]) != 0)
            j++;
        cr_expect(list[j] != NULL, "%s is not %s", rows[i][0], rows[i][1]);
    }
    /* One syllable with its tone for each character, of syllables that exist. */
    for (size_t i = 0; i < NELEM(surnames); i++) {
        size_t syllables = 0;
        char *text = talloc_strdup(ctx, surnames[i][1]), *save = NULL;
        for (char *s = strtok_r(text, " ", &save); s; s = strtok_r(NULL, " ", &save), syllables++) {
            size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz");
            cr_expect(len > 0 && s[len] >= '1' && s[len] <= '4' && s[len + 1] == '\0', "%s", s);
        }
        cr_expect_eq(syllables, text_chars(surnames[i][0]), "%s", surnames[i][0]);
    }
    cr_expect_geq(NELEM(surnames), 80);
    talloc_free(ctx);
}

Test(pinyin, sorts_a_name_list)
{
    /* Ascending; surnames that sound alike stay apart, 曾 stands under z, 单 under s. */
    static const char *const order[] = {
        "",       "12",     "Anna", "John",   "阿依·古丽", "卜雨", "柴雨", "葛兰", "黎雨", "李明",
        "李明明", "李小雨", "吕雨", "万俟雨", "欧阳雨",    "仇雨", "单雨", "汪安", "汪波", "王安",
        "王波",   "王小雨", "解雨", "尉迟雨", "曾小雨",    "翟雨", "张一", "张伊", "朱雨", "あ",
    };
    void *ctx = talloc_new(NULL);

    for (size_t i = 1; i < NELEM(order); i++) {
        char *a = pinyin_sortkey(ctx, order[i - 1]), *b = pinyin_sortkey(ctx, order[i]);
        cr_expect_lt(strcmp(a, b), 0, "%s before %s", order[i - 1], order[i]);
    }
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        char one[8];
        char *key = pinyin_sortkey(ctx, utf8_of(cp, one));
        if (strlen(key) > 6 || (pinyin_readings(cp) && strlen(key) < 5))
            cr_assert_fail("U+%04X", cp);
        talloc_free(key);
    }
    talloc_free(ctx);
}

Test(pinyin, matches_what_is_typed)
{
    static const struct {
        const char *text, *query;
        bool match;
    } rows[] = {
        {"广东省深圳市", "gds", true},
        {"广东省深圳市", "gdssz", true},
        {"广东省深圳市", "sz", true},
        {"广东省深圳市", "shenz", true},
        {"广东省深圳市", "深圳", true},
        {"广东省深圳市", "gz", false},
        {"广东省深圳市", "GuangDong", true},
        {"外婆", "wp", true},
        {"外婆", "waip", true},
        {"外婆", "wap", false},
        {"外婆", "wpx", false},
        {"外婆", "外公", false},
        {"曾小雨", "zxy", true},
        {"曾小雨", "cxy", true},
        {"曾小雨", "zeng", true},
        {"曾小雨", "xiaoy", true},
        {"阿依·古丽", "ygl", true},
        {"阿依·古丽", "依古", false},
        {"阿依·古丽", "依•古", true},
        {"A区3号", "aq3", true},
        {"A区3号", "3h", true},
        {"重庆", "cq", true},
        {"重庆", "chongq", true},
        {"西安", "xian", true},
        {"外婆", "", true},
        {"", "a", false},
        {"外婆", "w p", true},
        {"外婆", "ｗｐ", true},
        {"外婆", "w*", false},
    };

    for (size_t i = 0; i < NELEM(rows); i++)
        cr_expect(pinyin_match(rows[i].text, rows[i].query) == rows[i].match, "row %zu: %s / %s", i,
                  rows[i].text, rows[i].query);
    cr_expect(pinyin_find("导出", "dc") == PINYIN_START);
    cr_expect(pinyin_find("转到别的村", "d") == PINYIN_INSIDE);
    cr_expect(pinyin_find("外婆", "婆") == PINYIN_INSIDE);
    cr_expect(pinyin_find("外婆", "wai") == PINYIN_START);
}
