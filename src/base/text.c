/* UTF-8: decode, validate, measure, clean. The width table is generated (width_table.c). */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text_table.h"

#define REPLACEMENT 0xFFFD
#define MARKS_MAX   8 /* combining marks one base may carry; Tibetan and Vietnamese stay below */

/* Bytes of the code point at s, at most n of them looked at; 0 when they are not UTF-8. */
static int decode(const unsigned char *s, size_t n, uint32_t *cp)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    int len = s[0] < 0x80   ? 1
              : s[0] < 0xC2 ? 0
              : s[0] < 0xE0 ? 2
              : s[0] < 0xF0 ? 3
              : s[0] < 0xF5 ? 4
                            : 0;

    if (len == 0 || (size_t)len > n)
        return 0;
    *cp = len == 1 ? s[0] : s[0] & (0x7Fu >> len);
    for (int i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        *cp = *cp << 6 | (s[i] & 0x3F);
    }
    if (*cp < least[len] || *cp > 0x10FFFF || (*cp >= 0xD800 && *cp <= 0xDFFF))
        return 0;
    return len;
}

uint32_t text_next(const char **p)
{
    uint32_t cp = 0;
    int len;

    if (**p == '\0')
        return 0;
    /* The terminator is no continuation byte, so a cut sequence is never read past it. */
    len = decode((const unsigned char *)*p, 4, &cp);
    *p += len > 0 ? len : 1;
    return len > 0 ? cp : REPLACEMENT;
}

int text_put(char out[4], uint32_t cp)
{
    static const unsigned char head[] = {0, 0, 0xC0, 0xE0, 0xF0};
    int len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

    if (len == 1) {
        out[0] = (char)cp;
        return 1;
    }
    for (int i = len - 1; i > 0; i--, cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3F));
    out[0] = (char)(head[len] | cp);
    return len;
}

bool text_valid(const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;
    const unsigned char *end = p + len;
    uint32_t cp;

    while (p < end) {
        int n = *p < 0x80 ? *p != 0 : decode(p, (size_t)(end - p), &cp);
        if (n == 0)
            return false;
        p += n;
    }
    return true;
}

/* ---- widths ---- */

static enum width_kind kind_of(uint32_t cp)
{
    size_t lo = 0, hi = width_ranges_n;

    if (cp < 0xA1)
        return WIDTH_ONE;
    if (cp >= 0x4E00 && cp <= 0x9FFF)
        return WIDTH_WIDE;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (cp > width_ranges[mid].hi)
            lo = mid + 1;
        else if (cp < width_ranges[mid].lo)
            hi = mid;
        else
            return width_ranges[mid].kind;
    }
    return WIDTH_ONE;
}

int text_cp_width(uint32_t cp, int amb_width)
{
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
        return 0;
    switch (kind_of(cp)) {
    case WIDTH_ZERO:
        return 0;
    case WIDTH_WIDE:
        return 2;
    case WIDTH_AMBIGUOUS:
        return amb_width;
    default:
        return 1;
    }
}

bool text_cp_ambiguous(uint32_t cp)
{
    return kind_of(cp) == WIDTH_AMBIGUOUS;
}

int text_width(const char *s, int amb_width)
{
    int width = 0;

    while (*s)
        width += text_cp_width(text_next(&s), amb_width);
    return width;
}

/* A control has no width either, but it never joins the character before it. */
static const char *cluster_end(const char *s)
{
    const char *p = s;

    if (text_next(&p) == 0)
        return s;
    for (;;) {
        s = p;
        if (kind_of(text_next(&p)) != WIDTH_ZERO)
            return s;
    }
}

size_t text_fit(const char *s, int cols, int amb_width, int *used)
{
    const char *p = s;
    int width = 0;

    while (*p) {
        const char *end = cluster_end(p), *base = p;
        int w = text_cp_width(text_next(&base), amb_width);
        if (width + w > cols)
            break;
        width += w;
        p = end;
    }
    if (used)
        *used = width;
    return (size_t)(p - s);
}

size_t text_chars(const char *s)
{
    size_t n = 0;

    for (bool first = true; *s; first = false)
        if (kind_of(text_next(&s)) != WIDTH_ZERO || first)
            n++;
    return n;
}

size_t text_cluster_next(const char *s, size_t at)
{
    return (size_t)(cluster_end(s + at) - s);
}

/* Walks from the start: only from there is it sure which bytes are invalid and stand alone. */
size_t text_cluster_prev(const char *s, size_t at)
{
    size_t prev = 0, next;

    while (s[prev] && (next = text_cluster_next(s, prev)) < at)
        prev = next;
    return prev;
}

/* ---- what may be stored ---- */

struct range {
    uint32_t lo, hi;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
    for (size_t i = 0; i < n && r[i].lo <= cp; i++)
        if (cp <= r[i].hi)
            return true;
    return false;
}

static bool is_selector(uint32_t cp)
{
    return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

/* Han of any plane, also compatibility forms and what later versions put in planes 2 and 3. */
static bool is_han(uint32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || cp == 0x3007 ||
           (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x3FFFD);
}

/*
 * Invisible or commanding: Cc, Default_Ignorable_Code_Point but for the variation selectors,
 * bidirectional and joining controls, line separators, surrogates, private use, tags, the block
 * of specials (with U+FFFD, which stands for something already lost) and noncharacters.
 */
bool text_cp_allowed(uint32_t cp, bool multiline)
{
    static const struct range refused[] = {
        {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},      {0x034F, 0x034F},
        {0x061C, 0x061C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},      {0x180B, 0x180F},
        {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},      {0x3164, 0x3164},
        {0xD800, 0xF8FF},   {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},      {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFF},   {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},    {0x1D173, 0x1D17A},
        {0xE0000, 0xE00FF}, {0xE01F0, 0xE0FFF}, {0xF0000, UINT32_MAX},
    };

    if (cp == '\n')
        return multiline;
    return (cp & 0xFFFE) != 0xFFFE && !in_ranges(cp, refused, NELEM(refused));
}

static bool is_line_break(uint32_t cp)
{
    return (cp >= '\n' && cp <= '\r') || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

static uint32_t half_width(uint32_t cp)
{
    return cp >= 0xFF01 && cp <= 0xFF5E ? cp - 0xFF01 + '!' : cp == 0x3000 ? ' ' : cp;
}

/* Text being built: what came before decides about selectors and marks. */
struct out {
    char *buf;
    size_t len;
    uint32_t last; /* code point written last */
    int marks;     /* combining marks since the last base */
};

/* Room for grow bytes out of each byte of s. */
static struct out out_new(void *ctx, const char *s, size_t grow)
{
    struct out o = {.buf = talloc_array(ctx, char, strlen(s) * grow + 1)};

    MUST(o.buf);
    return o;
}

static void out_put(struct out *o, uint32_t cp)
{
    o->len += (size_t)text_put(o->buf + o->len, cp);
    o->marks = kind_of(cp) == WIDTH_ZERO ? o->marks + 1 : 0;
    o->last = cp;
}

/* Is cp good here: allowed, a selector only behind Han, no heap of marks. */
static bool out_takes(const struct out *o, uint32_t cp, bool multiline)
{
    if (is_selector(cp))
        return is_han(o->last);
    if (o->marks >= MARKS_MAX && kind_of(cp) == WIDTH_ZERO)
        return false;
    return text_cp_allowed(cp, multiline);
}

static char *out_end(void *ctx, struct out *o)
{
    char *s;

    o->buf[o->len] = '\0';
    s = talloc_realloc(ctx, o->buf, char, o->len + 1);
    MUST(s);
    return s;
}

/* Spaces and line breaks wait until something follows them, so that both ends are trimmed. */
struct gap {
    uint32_t blank; /* the blank to write, 0 for none */
    size_t lines;   /* line feeds to write instead */
};

static void gap_add(struct gap *g, uint32_t cp, unsigned flags)
{
    if (flags & TEXT_NOSPACE)
        return;
    if (is_line_break(cp) && (flags & TEXT_MULTILINE)) {
        g->lines++;
        g->blank = 0;
    } else if (g->blank == 0) {
        g->blank = cp == 0x3000 ? cp : ' ';
    }
}

static void gap_flush(struct gap *g, struct out *o)
{
    if (o->len > 0) {
        for (size_t i = 0; i < g->lines; i++)
            out_put(o, '\n');
        if (g->blank)
            out_put(o, g->blank);
    }
    *g = (struct gap){0};
}

/* Most of what is typed needs no cleaning: printing ASCII, common Han and their stops, single blanks
 * inside. What is not told at once to be so is left to the long way. */
static bool is_clean(const char *s, unsigned flags)
{
    bool inside = false;

    for (const unsigned char *p = (const unsigned char *)s; *p;) {
        if (*p < 0x80) {
            bool blank = *p == ' ' && inside && p[1] > ' ' && !(flags & TEXT_NOSPACE);
            if (!blank && (*p <= ' ' || *p == 0x7F))
                return false;
            if ((flags & TEXT_UPPER) && *p >= 'a' && *p <= 'z')
                return false;
            p++;
        } else {
            uint32_t cp = 0;
            int n = decode(p, 4, &cp);
            bool stop = cp == 0x3001 || cp == 0x3002 || cp == 0xFF0C;
            if (!n || !((cp >= 0x4E00 && cp <= 0x9FFF) || (stop && !(flags & TEXT_HALFWIDTH))))
                return false;
            p += n;
        }
        inside = true;
    }
    return true;
}

char *text_clean(void *ctx, const char *s, unsigned flags, size_t *dropped)
{
    struct gap gap = {0};
    size_t bad = 0;

    if (is_clean(s, flags)) {
        char *same = talloc_strdup(ctx, s);
        MUST(same);
        if (dropped)
            *dropped = 0;
        return same;
    }
    struct out o = out_new(ctx, s, 1);
    while (*s) {
        uint32_t cp = text_next(&s);
        if (cp == '\r' && *s == '\n')
            continue;
        if (flags & TEXT_HALFWIDTH)
            cp = half_width(cp);
        if ((flags & TEXT_UPPER) && cp >= 'a' && cp <= 'z')
            cp -= 'a' - 'A';
        if (is_blank(cp) || is_line_break(cp)) {
            gap_add(&gap, cp, flags);
        } else if ((gap.blank || gap.lines) && is_selector(cp)) {
            bad++;
        } else if (!out_takes(&o, cp, false)) {
            bad++;
        } else {
            gap_flush(&gap, &o);
            out_put(&o, cp);
        }
    }
    if (dropped)
        *dropped = bad;
    return out_end(ctx, &o);
}

char *text_visible(void *ctx, const char *s, unsigned flags)
{
    struct out o = out_new(ctx, s, 3);

    while (*s) {
        uint32_t cp = text_next(&s);
        out_put(&o, out_takes(&o, cp, flags & TEXT_MULTILINE) ? cp : REPLACEMENT);
    }
    return out_end(ctx, &o);
}

/* ---- comparing and names ---- */

static bool is_middle_dot(uint32_t cp)
{
    static const struct range dots[] = {
        {0x00B7, 0x00B7}, {0x0387, 0x0387}, {0x16EB, 0x16EB}, {0x2022, 0x2022},
        {0x2027, 0x2027}, {0x2219, 0x2219}, {0x22C5, 0x22C5}, {0x2E31, 0x2E31},
        {0x2E33, 0x2E33}, {0x30FB, 0x30FB}, {0xA78F, 0xA78F}, {0xFF65, 0xFF65},
    };

    return in_ranges(cp, dots, NELEM(dots));
}

char *text_fold(void *ctx, const char *s)
{
    struct out o = out_new(ctx, s, 1);

    while (*s) {
        uint32_t cp = half_width(text_next(&s));
        if (is_blank(cp) || is_selector(cp) || !text_cp_allowed(cp, false))
            continue;
        if (cp >= 'A' && cp <= 'Z')
            cp += 'a' - 'A';
        out_put(&o, is_middle_dot(cp) ? 0xB7 : cp);
    }
    return out_end(ctx, &o);
}

static bool is_letter(uint32_t cp)
{
    return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') ||
           (cp >= 0xC0 && cp <= 0x24F && cp != 0xD7 && cp != 0xF7) ||
           (cp >= 0x1E00 && cp <= 0x1EFF);
}

/* What is wrong with one character of a name between the one before and the one behind (or 0). */
static const char *name_char_problem(uint32_t before, uint32_t cp, uint32_t after)
{
    bool inside = before && after;

    if (is_han(cp) || is_letter(cp))
        return NULL;
    if (is_selector(cp) && is_han(before))
        return NULL;
    if (cp == ' ')
        return inside && is_letter(before) && is_letter(after)
                   ? NULL
                   : N_("姓名里的空格只能写在字母之间，请删去多余的空格");
    if (cp == 0xB7)
        return inside && before != cp && after != cp ? NULL
                                                     : N_("间隔号“·”只能写在两段名字之间，请核对");
    if (is_middle_dot(cp))
        return N_("姓名里的间隔号请改写成“·”");
    return N_("姓名里只能有汉字、字母和间隔号“·”，请删去其他符号和数字");
}

const char *text_name_problem(const char *s)
{
    size_t n = text_chars(s);
    uint32_t before = 0;

    if (n == 0)
        return N_("请填写姓名");
    while (*s) {
        uint32_t cp = text_next(&s);
        const char *next = s;
        const char *problem = name_char_problem(before, cp, text_next(&next));
        if (problem)
            return problem;
        before = cp;
    }
    if (n < 2)
        return N_("姓名至少要有两个字，请写全名");
    if (n > 60)
        return N_("姓名最多 60 个字，请核对");
    return NULL;
}

char *text_printf(void *ctx, const char *fmt, ...)
{
    va_list ap;
    char *s;

    va_start(ap, fmt);
    s = talloc_vasprintf(ctx, fmt, ap);
    va_end(ap);
    MUST(s);
    return s;
}
