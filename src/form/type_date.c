/* date, month, time: days, days of which only the month may be known, moments at +08:00. */
#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"

static int date_bad(void *ctx, const struct form_field *f, int rc, const char *in,
                    const char **code, char **problem)
{
    const char *typed = type_quote(ctx, in);

    return type_refuse(code, problem, "bad_date",
                       rc == HE_RULE
                           ? text_printf(ctx, _("“%s”的“%s”没有这一天，请核对"), _(f->label), typed)
                           : text_printf(ctx, _("“%s”的“%s”不是日期，请写成 2016-03-12 这样"),
                                         _(f->label), typed));
}

static int date_read(void *ctx, const struct form_field *f, struct date today, const char *in,
                     struct date *out, const char **code, char **problem)
{
    const char *typed = type_compact(ctx, in, 0);
    int rc = date_parse(typed, out) == 0 && out->d ? 0 : date_parse_loose(typed, today, out);

    return rc == 0 ? 0 : date_bad(ctx, f, rc, in, code, problem);
}

static char *date_text(void *ctx, struct date d)
{
    char buf[11];

    return talloc_strdup(ctx, date_format(d, buf));
}

static bool date_blank(void *ctx, const char *in)
{
    return *type_compact(ctx, in, 0) == '\0';
}

static int month_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                       char **out, const char **code, char **problem)
{
    struct date d;
    int rc;

    if (date_blank(ctx, in))
        return 0;
    rc = date_read(ctx, f, today, in, &d, code, problem);
    if (rc == 0)
        *out = date_text(ctx, d);
    return rc;
}

static int day_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                     char **out, const char **code, char **problem)
{
    struct date d;
    int rc;

    if (date_blank(ctx, in))
        return 0;
    rc = date_read(ctx, f, today, in, &d, code, problem);
    if (rc != 0)
        return rc;
    if (d.d == 0)
        return type_refuse(
            code, problem, "bad_date",
            text_printf(ctx, _("“%s”要写到哪一天，例如 %04d-%02d-12"), _(f->label), d.y, d.m));
    *out = date_text(ctx, d);
    return 0;
}

/* "14:05" or "14:05:09" behind any spelling of a day. */
static int time_read(void *ctx, const char *clean, struct date today, int64_t *out)
{
    const char *clock = strrchr(clean, ' ');
    struct date d;
    char day[11];
    int rc;

    if (clock == NULL)
        return HE_FORMAT;
    rc = date_parse_loose(talloc_strndup(ctx, clean, (size_t)(clock - clean)), today, &d);
    if (rc != 0 || d.d == 0)
        return rc != 0 ? rc : HE_FORMAT;
    return date_time_parse(text_printf(ctx, "%s%s%s", date_format(d, day),
                                       strspn(clock + 1, "0123456789") == 1 ? " 0" : " ",
                                       clock + 1),
                           out);
}

static int time_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                      char **out, const char **code, char **problem)
{
    char *clean = text_clean(ctx, in, TEXT_HALFWIDTH, NULL);
    char buf[20];
    int64_t t;

    if (*clean == '\0')
        return 0;
    if (date_time_parse(clean, &t) != 0 && time_read(ctx, clean, today, &t) != 0)
        return type_refuse(code, problem, "bad_date",
                           text_printf(ctx, _("“%s”的“%s”不是时间，请写成 2026-11-22 14:05 这样"),
                                       _(f->label), type_quote(ctx, in)));
    *out = talloc_strdup(ctx, date_time_format(t, buf));
    return 0;
}

/* A date, a month and a time are stored as people write and sort them. */
#define DATE_TYPE(word, how, length, read)                                                         \
    {                                                                                              \
        .name = word, .widget = how, .max = length, .limit = length, .width = length,              \
        .parse = read, .show = type_show_same, .sortkey = type_sort_same                           \
    }

const struct form_type type_date = DATE_TYPE("date", WIDGET_DATE, 10, day_parse);
const struct form_type type_month = DATE_TYPE("month", WIDGET_DATE, 10, month_parse);
const struct form_type type_time = DATE_TYPE("time", WIDGET_LINE, 19, time_parse);
