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

/* "14:05", "14:05:09", "9:05" and "1405" as date_time_parse wants a clock; NULL for anything else. */
static const char *clock_text(void *ctx, const char *s)
{
    size_t hour = strspn(s, "0123456789");

    if (hour == 4 && !s[4])
        return text_printf(ctx, "%.2s:%s", s, s + 2);
    return hour == 1 ? text_printf(ctx, "0%s", s) : hour == 2 ? s : NULL;
}

/* A clock alone is the last time that it was so, also when midnight came meanwhile. */
static int time_alone(void *ctx, const char *clock, struct date today, int64_t *out)
{
    struct date now = date_of_time(date_now());
    bool live = date_cmp(now, today) == 0 || date_cmp(now, date_add_days(today, 1)) == 0;
    char day[11];
    int rc = date_time_parse(text_printf(ctx, "%s %s", date_format(live ? now : today, day), clock),
                             out);

    if (rc == 0 && live && *out > date_now())
        *out -= 24 * 3600;
    return rc;
}

/* A clock, alone or behind any spelling of a day. */
static int time_read(void *ctx, const char *clean, struct date today, int64_t *out)
{
    const char *gap = strrchr(clean, ' '), *clock = clock_text(ctx, gap ? gap + 1 : clean);
    struct date d;
    char day[11];
    int rc;

    if (clock == NULL)
        return HE_FORMAT;
    if (gap == NULL)
        return time_alone(ctx, clock, today, out);
    rc = date_parse_loose(talloc_strndup(ctx, clean, (size_t)(gap - clean)), today, &d);
    if (rc != 0 || d.d == 0)
        return rc != 0 ? rc : HE_FORMAT;
    return date_time_parse(text_printf(ctx, "%s %s", date_format(d, day), clock), out);
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
        return type_refuse(
            code, problem, "bad_date",
            text_printf(ctx, _("“%s”的“%s”不是时间，请写成 14:05 或 2026-11-22 14:05 这样"),
                        _(f->label), type_quote(ctx, in)));
    *out = talloc_strdup(ctx, date_time_format(t, buf));
    return 0;
}

/* Nobody lives by seconds. */
static char *time_show(void *ctx, const struct form_field *f, const char *value)
{
    (void)f;
    return text_printf(ctx, "%.16s", value);
}

/* A date, a month and a time are stored as people write and sort them. */
#define DATE_TYPE(word, how, length, cols, read, said)                                             \
    {                                                                                              \
        .name = word, .widget = how, .max = length, .limit = length, .width = cols, .parse = read, \
        .show = said, .sortkey = type_sort_same                                                    \
    }

const struct form_type type_date =
    DATE_TYPE("date", WIDGET_DATE, 10, 10, day_parse, type_show_same);
const struct form_type type_month =
    DATE_TYPE("month", WIDGET_DATE, 10, 10, month_parse, type_show_same);
const struct form_type type_time = DATE_TYPE("time", WIDGET_LINE, 19, 16, time_parse, time_show);
