/* phone: digits, "+" of a foreign number, and an extension kept as 转123. */
#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

#define PHONE_MIN 6
#define PHONE_MAX 17
#define PHONE_EXT 6

/* Splits the extension off; NULL when there is none. */
static char *phone_ext(char *s)
{
    static const char *const marks[] = {HAN_("转"), "EXT.", "EXT", HAN_("分机"), "#", "X"};

    for (size_t i = 0; i < NELEM(marks); i++) {
        char *at = strstr(s, marks[i]);

        if (at != NULL) {
            *at = '\0';
            at += strlen(marks[i]);
            return at + strspn(at, ":");
        }
    }
    return NULL;
}

/* "0513-8331 2345", "(0513)83312345" and "+86 138…" become the digits that are dialled here. */
static char *phone_tidy(char *s)
{
    char *out = s;

    for (const char *p = s; *p != '\0'; p++)
        if (strchr("()-", *p) == NULL)
            *out++ = *p;
    *out = '\0';
    if (strncmp(s, "+861", 4) == 0 && strlen(s) == 14)
        return s + 3;
    if (strncmp(s, "00861", 5) == 0 && strlen(s) == 15)
        return s + 4;
    return s;
}

static char *phone_problem(void *ctx, const struct form_field *f, const char *in,
                           const char *number, const char *ext)
{
    const char *digits = number + (*number == '+');
    size_t n = strlen(digits);

    if (!type_all_digits(digits) || (ext != NULL && !type_all_digits(ext)))
        return text_printf(ctx,
                           _("“%s”的“%s”不是一个电话号码，请只填一个号码的数字，分机写“转123”"),
                           _(f->label), type_quote(ctx, in));
    if (*number != '+' && digits[0] == '1' && n >= 9 && n != 11)
        return text_printf(ctx, _("“%s”的手机号应为 11 位，现在是 %zu 位，请核对"), _(f->label), n);
    if (n < PHONE_MIN || n > PHONE_MAX || (ext != NULL && strlen(ext) > PHONE_EXT))
        return text_printf(ctx, _("“%s”应为 %d 到 %d 位数字，现在是 %zu 位，请核对"), _(f->label),
                           PHONE_MIN, PHONE_MAX, n);
    return NULL;
}

static int phone_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                       char **out, const char **code, char **problem)
{
    char *s = type_compact(ctx, in, TEXT_UPPER);
    char *ext, *number, *bad;

    (void)today;
    if (*s == '\0')
        return 0;
    ext = phone_ext(s);
    number = phone_tidy(s);
    bad = phone_problem(ctx, f, in, number, ext);
    if (bad != NULL)
        return type_refuse(code, problem, "bad_phone", bad);
    *out = ext == NULL ? talloc_strdup(ctx, number) : text_printf(ctx, HAN_("%s转%s"), number, ext);
    return 0;
}

const struct form_type type_phone = {.name = "phone",
                                     .widget = WIDGET_LINE,
                                     .max = 26,
                                     .limit = 26,
                                     .width = 12,
                                     .parse = phone_parse,
                                     .show = type_show_same,
                                     .sortkey = type_sort_same};
