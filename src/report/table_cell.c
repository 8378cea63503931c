/* What a cell means: guards, numbers that spreadsheets shorten, dates by their format. */
#include "report/table_in.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/date.h"
#include "base/lang.h"
#include "base/text.h"

#define EXACT_DIGITS 15    /* what Excel and WPS keep of a number */
#define DAY_ZERO     25569 /* serial of 1970-01-01 */
#define DAYS_TO_1904 1462

/* The apostrophes of table_write stand before a sign that would start a formula, its tab before
 * digits. */
void table_cell_unguard(char *s)
{
    size_t skip = 0;
    if (s[0] == '\'') {
        size_t n = strspn(s, "'");
        skip = s[n] && strchr("=+-@\t\r", s[n]) ? 1 : 0;
    } else if (s[0] == '\t' && s[1] >= '0' && s[1] <= '9') {
        skip = 1;
    }
    if (skip)
        memmove(s, s + skip, strlen(s + skip) + 1);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *s)
{
    while (is_digit(*s))
        s++;
    return s;
}

bool table_cell_short(const char *s)
{
    if (!is_digit(*s++))
        return false;
    if (*s == '.')
        s = skip_digits(s + 1);
    if ((*s != 'E' && *s != 'e') || s[1] != '+')
        return false;
    const char *exp = s + 2;
    return is_digit(exp[0]) && is_digit(exp[1]) && !*skip_digits(exp);
}

/* Digits written before the exponent, without the trailing zeros of a fraction. */
static int mantissa_digits(const char *raw)
{
    int n = 0;
    for (; *raw && *raw != 'E' && *raw != 'e'; raw++)
        n += is_digit(*raw);
    return n;
}

char *table_cell_number(void *ctx, const char *raw, bool shown)
{
    const char *p = raw + (*raw == '-' || *raw == '+');
    char *end;
    if (is_digit(*p) && !*skip_digits(p))
        return talloc_strdup(ctx, raw);
    double v = strtod(raw, &end);
    if (end == raw || *end || !isfinite(v))
        return talloc_strdup(ctx, raw);
    double size = fabs(v);
    if (size >= pow(10, EXACT_DIGITS))
        return NULL;
    if (shown && size >= pow(10, mantissa_digits(raw)))
        return NULL;
    if (size >= 1 && fabs(v - rint(v)) < 1e-9)
        return text_printf(ctx, "%.0f", v);
    return text_printf(ctx, "%.15g", v);
}

char *table_cell_lost(void *ctx, const char *raw)
{
    return text_printf(
        ctx, _("“%s”是电子表格丢了末几位的号码，请把这一列设成“文本”格式，照原件重填"), raw);
}

char *table_cell_date(void *ctx, const char *raw, bool from_1904)
{
    char *end, day[11];
    double v = strtod(raw, &end);
    if (end == raw || *end || !(v >= 0) || v > 200000)
        return NULL;
    long seconds = lrint((v - floor(v)) * 86400);
    long days = (long)floor(v) + (from_1904 ? DAYS_TO_1904 : 0);
    if (seconds == 86400) {
        days++;
        seconds = 0;
    }
    int h = (int)(seconds / 3600), m = (int)(seconds / 60 % 60), s = (int)(seconds % 60);
    if (days == 0)
        return text_printf(ctx, "%02d:%02d", h, m);
    struct date d = date_from_days(days - DAY_ZERO);
    if (!date_valid(d))
        return NULL;
    date_format(d, day);
    return seconds ? text_printf(ctx, "%s %02d:%02d:%02d", day, h, m, s) : talloc_strdup(ctx, day);
}

bool table_cell_date_format(int id, const char *code)
{
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
        (id >= 50 && id <= 58))
        return true;
    for (const char *p = code ? code : ""; *p; p++) {
        if (*p == '"' || *p == '[') {
            const char *q = strchr(p + 1, *p == '"' ? '"' : ']');
            if (!q)
                return false;
            p = q;
        } else if (*p == '\\' && p[1]) {
            p++;
        } else if (strchr("yYmMdDhHsS", *p)) {
            return true;
        }
    }
    return false;
}
