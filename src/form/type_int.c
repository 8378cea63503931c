/* int, money: whole numbers; yuan kept with two decimals so that a kept value reads as itself. */
#include "form/type_impl.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

#define INT_DIGITS   15
#define MONEY_DIGITS 12

/* "1,200" is 1200; a comma anywhere else is a mistake and stays to be refused. */
static void int_drop_commas(char *s)
{
    char *out = s;

    for (const char *p = s; *p != '\0'; p++)
        if (*p != ',' || strspn(p + 1, "0123456789") != 3)
            *out++ = *p;
    *out = '\0';
}

static const char *int_skip_zeros(const char *s)
{
    while (s[0] == '0' && s[1] >= '0' && s[1] <= '9')
        s++;
    return s;
}

static char *int_bad(void *ctx, const struct form_field *f, const char *in)
{
    return text_printf(ctx, _("“%s”应填整数，不能是“%s”"), _(f->label), type_quote(ctx, in));
}

static int int_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                     char **out, const char **code, char **problem)
{
    char *s = type_compact(ctx, in, 0);
    const char *digits;
    size_t n;

    (void)today;
    if (*s == '\0')
        return 0;
    int_drop_commas(s);
    digits = int_skip_zeros(s + (*s == '-'));
    n = strspn(digits, "0123456789");
    /* Spreadsheets write whole numbers as 3.0. */
    if (digits[n] == '.' && n > 0 && digits[n + 1 + strspn(digits + n + 1, "0")] == '\0')
        s[digits + n - s] = '\0';
    if (!type_all_digits(digits))
        return type_refuse(code, problem, "bad_number", int_bad(ctx, f, in));
    if (n > (size_t)(f->max != 0 ? f->max : f->type->max))
        return type_refuse(code, problem, "too_long",
                           text_printf(ctx, _("“%s”最多 %d 位数字，请核对"), _(f->label),
                                       f->max != 0 ? f->max : f->type->max));
    *out = text_printf(ctx, "%s%s", *s == '-' && strcmp(digits, "0") != 0 ? "-" : "", digits);
    return 0;
}

/* Takes "¥1,250.5元"; *cents gets at most two digits. */
static bool money_read(char *s, const char **yuan, char cents[3])
{
    size_t len, n;

    for (size_t i = 0; i < 2; i++) {
        static const char *const sign[] = {"¥", "￥"};

        if (strncmp(s, sign[i], strlen(sign[i])) == 0)
            memmove(s, s + strlen(sign[i]), strlen(s + strlen(sign[i])) + 1);
    }
    len = strlen(s);
    if (len > 3 && strcmp(s + len - 3, HAN_("元")) == 0)
        s[len - 3] = '\0';
    int_drop_commas(s);
    memcpy(cents, "00", 3);
    n = strspn(s, "0123456789");
    if (n > 0 && s[n] == '.') {
        const char *part = s + n + 1;

        if (!type_all_digits(part) || strlen(part) > 2)
            return false;
        memcpy(cents, part, strlen(part));
        s[n] = '\0';
    }
    *yuan = int_skip_zeros(s);
    return type_all_digits(s);
}

static int money_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                       char **out, const char **code, char **problem)
{
    char *s = type_compact(ctx, in, 0);
    const char *yuan;
    char cents[3];

    (void)today;
    if (*s == '\0')
        return 0;
    if (!money_read(s, &yuan, cents) || strlen(yuan) > MONEY_DIGITS)
        return type_refuse(
            code, problem, "bad_number",
            text_printf(ctx, _("“%s”应填金额（元，最多到分），例如 1250 或 99.50，不能是“%s”"),
                        _(f->label), type_quote(ctx, in)));
    *out = text_printf(ctx, "%s.%s", yuan, cents);
    return 0;
}

/* A sign, then digits of fixed width; negative numbers count down. Works on fen for money. */
static char *int_sortkey(void *ctx, const struct form_field *f, const char *value)
{
    long long v = 0;

    (void)f;
    for (const char *p = value; *p != '\0'; p++)
        if (*p >= '0' && *p <= '9')
            v = v * 10 + (*p - '0');
    return *value == '-' ? text_printf(ctx, "0%018lld", 999999999999999999LL - v)
                         : text_printf(ctx, "1%018lld", v);
}

const struct form_type type_int = {.name = "int",
                                   .widget = WIDGET_LINE,
                                   .max = INT_DIGITS,
                                   .limit = INT_DIGITS,
                                   .width = 6,
                                   .numeric = true,
                                   .parse = int_parse,
                                   .show = type_show_same,
                                   .sortkey = int_sortkey};

const struct form_type type_money = {.name = "money",
                                     .widget = WIDGET_LINE,
                                     .max = MONEY_DIGITS + 3,
                                     .limit = MONEY_DIGITS + 3,
                                     .width = 12,
                                     .numeric = true,
                                     .parse = money_parse,
                                     .show = type_show_same,
                                     .sortkey = int_sortkey};
