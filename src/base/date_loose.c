/* The spellings that people and spreadsheets use for dates; see date.h for the list. */
#include "base/date.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/lang.h"

#define LOOSE_MAX 40

/* What an input method makes of the keys for . / - when it is in Chinese mode. */
static const struct {
    const char *from;
    char to;
} loose_marks[] = {
    {"。", '.'}, {"．", '.'}, {"、", '/'}, {"−", '-'}, {"–", '-'}, {"—", '-'}, {"　", ' '},
};

/* One character of s to out in half-width, lower case; returns the bytes read. */
static size_t loose_char(const char *s, char *out)
{
    const unsigned char *u = (const unsigned char *)s;

    for (size_t i = 0; i < NELEM(loose_marks); i++) {
        size_t n = strlen(loose_marks[i].from);
        if (strncmp(s, loose_marks[i].from, n) == 0) {
            *out = loose_marks[i].to;
            return n;
        }
    }
    /* U+FF01..U+FF5E are ASCII in full width. */
    if (u[0] == 0xef &&
        ((u[1] == 0xbc && u[2] >= 0x81) || (u[1] == 0xbd && u[2] >= 0x80 && u[2] <= 0x9e))) {
        *out = (char)(((u[1] - 0xbc) << 6) + u[2] - 0x81 + '!');
        return 3;
    }
    *out = *s == '\t' ? ' ' : *s;
    return 1;
}

static bool loose_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Half-width, lower case, without blanks, except that a blank between two digits separates them; a
 * time of day behind the date ("2016/3/12 0:00:00", spreadsheets) is cut off. False if too long.
 */
static bool loose_fold(const char *s, char out[LOOSE_MAX])
{
    size_t n = 0;
    bool blank = false;

    while (*s) {
        char c;
        s += loose_char(s, &c);
        if (c == ' ') {
            blank = n > 0 && loose_digit(out[n - 1]);
            continue;
        }
        if (n + 2 >= LOOSE_MAX)
            return false;
        if (blank && loose_digit(c))
            out[n++] = ' ';
        blank = false;
        out[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out[n] = '\0';
    char *colon = strchr(out, ':');
    if (colon) {
        *colon = '\0';
        char *cut = strrchr(out, ' ');
        if (!cut)
            return false;
        *cut = '\0';
    }
    return true;
}

static int loose_take(struct date d, struct date *out)
{
    if (!date_valid(d))
        return HE_RULE;
    *out = d;
    return 0;
}

/* Two digits of a year: the hundred years that end ten years after today. */
static int loose_year(int y, struct date today)
{
    int full = today.y - today.y % 100 + y;

    if (full > today.y + 10)
        return full - 100;
    return full <= today.y - 90 ? full + 100 : full;
}

/* 今, t-1, t+2w, +1y, -6m */
static int loose_relative(const char *s, struct date today, struct date *out)
{
    static const struct {
        const char *word;
        long days;
    } words[] = {{"t", 0},           {HAN_("今"), 0},   {HAN_("今天"), 0}, {HAN_("昨"), -1},
                 {HAN_("昨天"), -1}, {HAN_("明天"), 1}, {HAN_("明"), 1}};

    for (size_t i = 0; i < NELEM(words); i++)
        if (strcmp(s, words[i].word) == 0)
            return loose_take(date_add_days(today, words[i].days), out);

    bool from_t = *s == 't';
    s += from_t;
    if (*s != '+' && *s != '-')
        return HE_FORMAT;
    size_t digits = strspn(s + 1, "0123456789");
    const char *unit = s + 1 + digits;
    if (digits < 1 || digits > 5 || (!from_t && *unit == '\0') || (*unit && unit[1]))
        return HE_FORMAT;
    int n = atoi(s + 1) * (*s == '-' ? -1 : 1);
    switch (*unit) {
    case '\0':
    case 'd':
        return loose_take(date_add_days(today, n), out);
    case 'w':
        return loose_take(date_add_days(today, 7L * n), out);
    case 'm':
    case 'y':
        n *= *unit == 'y' ? 12 : 1;
        if (labs((long)n) > 12000)
            return HE_RULE;
        return loose_take(date_add_months(today, n), out);
    }
    return HE_FORMAT;
}

/* 20160312, 160312, and the day numbers of spreadsheets (day 1 was 1900-01-01, and they believe in
 * 29 February 1900). */
static int loose_compact(const char *s, struct date today, struct date *out)
{
    long v = atol(s);

    switch (strlen(s)) {
    case 8:
        if (v % 100 == 0)
            return HE_RULE;
        return loose_take((struct date){(int)(v / 10000), (int)(v / 100 % 100), (int)(v % 100)},
                          out);
    case 6:
        if (v % 100 == 0)
            return HE_RULE;
        return loose_take((struct date){loose_year((int)(v / 10000), today), (int)(v / 100 % 100),
                                        (int)(v % 100)},
                          out);
    case 5:
        if (v < 20000 || v > 73050)
            return HE_FORMAT;
        return loose_take(date_add_days((struct date){1899, 12, 30}, v), out);
    }
    return HE_FORMAT;
}

/* A number of min to max digits at *s; -1 when there is none. */
static int loose_part(const char **s, size_t min, size_t max, size_t *digits)
{
    size_t n = strspn(*s, "0123456789");

    if (n < min || n > max)
        return -1;
    int v = atoi(*s);
    *s += n;
    *digits = n;
    return v;
}

static bool loose_skip(const char **s, const char *mark)
{
    size_t n = strlen(mark);

    if (strncmp(*s, mark, n) != 0)
        return false;
    *s += n;
    return true;
}

/* 2016-3-12 with one of - / . or a blank, or 2016年3月12日; the day may be missing. */
static int loose_parts(const char *s, struct date today, struct date *out)
{
    size_t yn = 0, dn = 0;
    int d = 0, y = loose_part(&s, 2, 4, &yn);

    if (y < 0 || yn == 3)
        return HE_FORMAT;
    bool han = loose_skip(&s, HAN_("年"));
    char sep[2] = {*s, '\0'};
    if (!han && (*s == '\0' || !strchr("-/. ", *s++)))
        return HE_FORMAT;
    int m = loose_part(&s, 1, 2, &dn);
    if (m < 0)
        return HE_FORMAT;
    bool more = han ? loose_skip(&s, HAN_("月")) : loose_skip(&s, sep);
    if (!more && (han || *s))
        return HE_FORMAT;
    if (more && (!han || *s)) {
        d = loose_part(&s, 1, 2, &dn);
        if (han && d >= 0 && !loose_skip(&s, HAN_("日")))
            loose_skip(&s, HAN_("号"));
        if (d < 0 || *s)
            return HE_FORMAT;
        if (d == 0)
            return HE_RULE;
    }
    if (yn == 2 && d == 0)
        return HE_FORMAT;
    return loose_take((struct date){yn == 2 ? loose_year(y, today) : y, m, d}, out);
}

int date_parse_loose(const char *s, struct date today, struct date *out)
{
    char text[LOOSE_MAX];

    if (!loose_fold(s, text))
        return HE_FORMAT;
    if (!loose_digit(text[0]))
        return loose_relative(text, today, out);
    if (text[strspn(text, "0123456789")] == '\0')
        return loose_compact(text, today, out);
    return loose_parts(text, today, out);
}
