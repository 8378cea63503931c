/* Encodings of files and terminals, through iconv(3). */
#include "base/conv.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"

static const char *const canonical[] = {
    [CONV_AUTO] = "auto",        [CONV_UTF8] = "utf-8",       [CONV_GB18030] = "gb18030",
    [CONV_UTF16LE] = "utf-16le", [CONV_UTF16BE] = "utf-16be",
};

int conv_enc_parse(const char *name, enum conv_enc *out)
{
    /* GBK, GB2312 and Windows' code page 936 are subsets of GB18030 and read as it. */
    static const struct {
        const char *name;
        enum conv_enc enc;
    } names[] = {
        {"auto", CONV_AUTO},        {"utf-8", CONV_UTF8},       {"utf8", CONV_UTF8},
        {"gb18030", CONV_GB18030},  {"gbk", CONV_GB18030},      {"gb2312", CONV_GB18030},
        {"cp936", CONV_GB18030},    {"utf-16le", CONV_UTF16LE}, {"utf16le", CONV_UTF16LE},
        {"utf-16be", CONV_UTF16BE}, {"utf16be", CONV_UTF16BE},
    };

    for (size_t i = 0; i < NELEM(names); i++) {
        if (strcasecmp(name, names[i].name) == 0) {
            *out = names[i].enc;
            return 0;
        }
    }
    return HE_USAGE;
}

const char *conv_enc_name(enum conv_enc enc)
{
    return canonical[enc];
}

/* The C library always has these converters; without them nothing could be read or shown. */
static iconv_t converter(const char *to, const char *from)
{
    iconv_t cd = iconv_open(to, from);

    MUST(cd != (iconv_t)-1);
    return cd;
}

static size_t bom_of(const char *bytes, size_t len, enum conv_enc *enc)
{
    static const struct {
        const char *bom;
        size_t len;
        enum conv_enc enc;
    } boms[] = {
        {"\xEF\xBB\xBF", 3, CONV_UTF8},
        {"\x84\x31\x95\x33", 4, CONV_GB18030},
        {"\xFF\xFE", 2, CONV_UTF16LE},
        {"\xFE\xFF", 2, CONV_UTF16BE},
    };

    for (size_t i = 0; i < NELEM(boms); i++) {
        if (len >= boms[i].len && memcmp(bytes, boms[i].bom, boms[i].len) == 0) {
            *enc = boms[i].enc;
            return boms[i].len;
        }
    }
    return 0;
}

static bool gb18030_valid(const char *bytes, size_t len)
{
    iconv_t cd = converter("UTF-8", "GB18030");
    char *in = base_unconst(bytes);
    size_t rc;

    do {
        char scratch[4096], *out = scratch;
        size_t left = sizeof(scratch);
        rc = iconv(cd, &in, &len, &out, &left);
    } while (rc == (size_t)-1 && errno == E2BIG);
    iconv_close(cd);
    return rc != (size_t)-1;
}

int conv_detect(const char *bytes, size_t len, enum conv_enc *out, size_t *bom)
{
    *bom = bom_of(bytes, len, out);
    if (*bom > 0)
        return 0;
    if (memchr(bytes, 0, len))
        return HE_FORMAT;
    if (text_valid(bytes, len))
        *out = CONV_UTF8;
    else if (gb18030_valid(bytes, len))
        *out = CONV_GB18030;
    else
        return HE_FORMAT;
    return 0;
}

/* Offset of the first byte of a NUL-terminated copy of len bytes that is not UTF-8; len if all is.
 */
static size_t utf8_bad_at(const char *s, size_t len)
{
    const char *p = s;

    while (p < s + len) {
        const char *start = p;
        uint32_t cp = text_next(&p);
        if (cp == 0 || (cp == 0xFFFD && p - start == 1))
            return (size_t)(start - s);
    }
    return len;
}

/* Offset of the first NUL character; len when there is none. No text of ours may hold one. */
static size_t nul_at(const char *bytes, size_t len, enum conv_enc enc)
{
    size_t unit = enc == CONV_UTF16LE || enc == CONV_UTF16BE ? 2 : 1;

    for (size_t i = 0; i + unit <= len; i += unit)
        if (bytes[i] == '\0' && bytes[i + unit - 1] == '\0')
            return i;
    return len;
}

/* Neither fits: the place where the better of the two guesses stopped. */
static size_t guess_bad_at(const char *bytes, size_t len)
{
    static const enum conv_enc guesses[] = {CONV_UTF8, CONV_GB18030};
    size_t best = 0;

    for (size_t i = 0; i < NELEM(guesses); i++) {
        size_t out_len, bad_at;
        char *out;
        if (conv_to_utf8(NULL, bytes, len, guesses[i], &out, &out_len, &bad_at) == 0)
            talloc_free(out);
        else if (bad_at > best)
            best = bad_at;
    }
    return best;
}

int conv_to_utf8(void *ctx, const char *bytes, size_t len, enum conv_enc from, char **out,
                 size_t *out_len, size_t *bad_at)
{
    enum conv_enc marked = CONV_AUTO;
    size_t bom = bom_of(bytes, len, &marked);
    char *in, *to;

    *bad_at = 0;
    if (from == CONV_AUTO && conv_detect(bytes, len, &from, &bom) != 0) {
        *bad_at = guess_bad_at(bytes, len);
        return HE_FORMAT;
    }
    in = base_unconst(bytes + (marked == from ? bom : 0));
    size_t left = nul_at(in, len - (size_t)(in - bytes), from);
    size_t room = left / 2 * 3 + 3; /* two bytes become at most three */
    *out = to = talloc_array(ctx, char, room + 1);
    MUST(to);
    if (from == CONV_UTF8) {
        memcpy(to, in, left);
        to[left] = '\0';
        left = utf8_bad_at(*out, left);
        in += left;
        to += left;
    } else {
        iconv_t cd = converter("UTF-8", canonical[from]);
        iconv(cd, &in, &left, &to, &room);
        iconv_close(cd);
    }
    *to = '\0';
    *out_len = (size_t)(to - *out);
    if (in == bytes + len)
        return 0;
    *bad_at = (size_t)(in - bytes);
    TALLOC_FREE(*out);
    return HE_FORMAT;
}

/* Steps over one character, or over bytes that are none. */
static void skip_utf8(char **in, size_t *left)
{
    do {
        ++*in;
        --*left;
    } while (*left > 0 && ((unsigned char)**in & 0xC0) == 0x80);
}

int conv_from_utf8(void *ctx, const char *s, size_t len, enum conv_enc to, const char *subst,
                   char **out, size_t *out_len)
{
    size_t n = subst ? strlen(subst) : 0;
    size_t room = len * 2 * (n > 1 ? n : 1) + 1; /* no encoding takes more than twice UTF-8 */
    char *in = base_unconst(s), *p;
    iconv_t cd;

    if (to == CONV_AUTO)
        return HE_USAGE;
    cd = converter(canonical[to], "UTF-8");
    *out = p = talloc_array(ctx, char, room + 1);
    MUST(p);
    while (iconv(cd, &in, &len, &p, &room) == (size_t)-1) {
        char *replacement = base_unconst(subst);
        size_t left = n;
        if (!subst) {
            iconv_close(cd);
            TALLOC_FREE(*out);
            return HE_FORMAT;
        }
        skip_utf8(&in, &len);
        iconv(cd, &replacement, &left, &p, &room);
    }
    iconv_close(cd);
    *out_len = (size_t)(p - *out);
    *p = p[1] = '\0'; /* also where a unit has two bytes */
    return 0;
}

/* May a character begin like that; *whole is the length that it will have. */
static bool gb18030_shape(const unsigned char *s, int n, int *whole)
{
    *whole = s[0] < 0x80 ? 1 : n < 2 || s[1] >= 0x40 ? 2 : 4;
    if (s[0] == 0 || s[0] == 0x80 || s[0] == 0xFF || n > *whole)
        return false;
    for (int i = 1; i < n && *whole == 4; i++)
        if (i % 2 ? s[i] < 0x30 || s[i] > 0x39 : s[i] < 0x81 || s[i] == 0xFF)
            return false;
    return true;
}

/* The converter is opened once in each thread that reads a terminal and lives as long as it. */
uint32_t conv_gb18030_char(const unsigned char *s, int n)
{
    static _Thread_local iconv_t cd;
    char *in = base_unconst(s), utf8[8], *out = utf8;
    size_t left = (size_t)n, room = sizeof(utf8) - 1;
    int whole;

    if (n < 1 || n > 4 || !gb18030_shape(s, n, &whole))
        return UINT32_MAX;
    if (n < whole)
        return 0;
    if (whole == 1)
        return s[0];
    if (!cd)
        cd = converter("UTF-8", "GB18030");
    if (iconv(cd, &in, &left, &out, &room) == (size_t)-1)
        return UINT32_MAX;
    *out = '\0';
    const char *p = utf8;
    return text_next(&p);
}
