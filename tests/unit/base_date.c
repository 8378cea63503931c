/* Dates: calendar arithmetic against the C library, ages at their edges, every spelling accepted.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/err.h"

static const struct date today = {2026, 11, 22};

static const char *text(struct date d)
{
    static char buf[4][11];
    static int i;

    i = (i + 1) % 4;
    return date_format(d, buf[i]);
}

static struct date day(const char *s)
{
    struct date d = {0};

    cr_assert(eq(int, date_parse(s, &d), 0), "%s", s);
    return d;
}

Test(base_date, calendar_is_the_c_librarys)
{
    struct date d = {1850, 1, 1};

    for (long n = date_days(d); d.y <= 2200; n++) {
        time_t t = (time_t)n * 86400;
        struct tm tm;
        gmtime_r(&t, &tm);
        if (tm.tm_year + 1900 != d.y || tm.tm_mon + 1 != d.m || tm.tm_mday != d.d ||
            tm.tm_wday != date_weekday(d) || date_days(d) != n || !date_valid(d))
            cr_fatal("day %ld is %s", n, text(d));
        d = date_add_days(d, 1);
    }
    cr_assert(eq(int, date_valid(d), 0), "2201 is out of range");
}

Test(base_date, canonical_text)
{
    static const char *const good[] = {"2016-03-12", "2016-02-29", "2016-03", "1850-01-01"};
    static const char *const bad[] = {"",           "2016",        "2016-3-12",  "2016-13-01",
                                      "2015-02-29", "2016-03-00",  "2016/03/12", "2016-00",
                                      "1849-12-31", "2016-03-12 ", "201a-03-12", "2201-01-01"};
    struct date d;

    for (size_t i = 0; i < NELEM(good); i++)
        cr_assert_str_eq(text(day(good[i])), good[i]);
    for (size_t i = 0; i < NELEM(bad); i++)
        cr_assert(eq(int, date_parse(bad[i], &d), HE_FORMAT), "%s", bad[i]);
}

Test(base_date, loose_spellings)
{
    static const struct {
        const char *in, *out;
    } t[] = {
        {"2025-08-07", "2025-08-07"},
        {"44432", "2021-08-24"},
        {"20130928", "2013-09-28"},
        {"2024.1.30", "2024-01-30"},
        {"2013/5/19", "2013-05-19"},
        {"2012年3月23日", "2012-03-23"},
        {"2017/3/7", "2017-03-07"},
        {"2019年3月1日", "2019-03-01"},
        {"2013年10月30日", "2013-10-30"},
        {"2022.6.1", "2022-06-01"},
        {"2016.12.22", "2016-12-22"},
        {"2020-01", "2020-01"},
        {"2016年3月", "2016-03"},
        {"2016年3月12", "2016-03-12"},
        {"2016年3月12号", "2016-03-12"},
        {"160312", "2016-03-12"},
        {"850312", "1985-03-12"},
        {"361231", "2036-12-31"},
        {"371231", "1937-12-31"},
        {"16.11.12", "2016-11-12"},
        {"20000", "1954-10-03"},
        {"73050", "2099-12-31"},
        {"２０１６－３－１２", "2016-03-12"},
        {"2016。3。12", "2016-03-12"},
        {" 2016-3-12　", "2016-03-12"},
        {"2016 年 3 月 12 日", "2016-03-12"},
        {"2016 3 12", "2016-03-12"},
        {"2016. 3. 12", "2016-03-12"},
        {"2016/3/12 0:00:00", "2016-03-12"},
        {"2016-02-29", "2016-02-29"},
        {"t", "2026-11-22"},
        {"T-1", "2026-11-21"},
        {"t+3", "2026-11-25"},
        {"ｔ＋１ｗ", "2026-11-29"},
        {"今", "2026-11-22"},
        {"今天", "2026-11-22"},
        {"昨", "2026-11-21"},
        {"昨天", "2026-11-21"},
        {"明天", "2026-11-23"},
        {"+1y", "2027-11-22"},
        {"-6m", "2026-05-22"},
        {"+2w", "2026-12-06"},
        {"+10d", "2026-12-02"},
        {"+10D", "2026-12-02"},
    };
    struct date d;

    for (size_t i = 0; i < NELEM(t); i++) {
        cr_assert(eq(int, date_parse_loose(t[i].in, today, &d), 0), "%s", t[i].in);
        cr_assert_str_eq(text(d), t[i].out, "%s gives %s", t[i].in, text(d));
    }
}

Test(base_date, loose_refusals)
{
    static const struct {
        const char *in;
        int err;
    } t[] = {
        {"2015-02-29", HE_RULE},
        {"20150229", HE_RULE},
        {"2015年2月30日", HE_RULE},
        {"2016-13", HE_RULE},
        {"2016-3-0", HE_RULE},
        {"202003", HE_RULE},
        {"160300", HE_RULE},
        {"1800-1-1", HE_RULE},
        {"+9999y", HE_RULE},
        {"-99999d", HE_RULE},
        {"", HE_FORMAT},
        {"  ", HE_FORMAT},
        {"不详", HE_FORMAT},
        {"2016", HE_FORMAT},
        {"2016年", HE_FORMAT},
        {"2016-", HE_FORMAT},
        {"2016-3-", HE_FORMAT},
        {"2016-3/12", HE_FORMAT},
        {"2016-3-12x", HE_FORMAT},
        {"2016年3-12", HE_FORMAT},
        {"19999", HE_FORMAT},
        {"73051", HE_FORMAT},
        {"4 4432", HE_FORMAT},
        {"+10", HE_FORMAT},
        {"t+", HE_FORMAT},
        {"t1", HE_FORMAT},
        {"+1q", HE_FORMAT},
        {"+1yy", HE_FORMAT},
        {"12/3", HE_FORMAT},
        {"3-12-16-1", HE_FORMAT},
        {"201-3-1", HE_FORMAT},
        {"12:30", HE_FORMAT},
        {"2016031212", HE_FORMAT},
        {"2016-03-12-2016-03-12-2016-03-12-2016-03-12", HE_FORMAT},
        {"\xef\xbc", HE_FORMAT},
        {"2016\xef\xbd", HE_FORMAT},
    };
    struct date d = {1, 2, 3};

    for (size_t i = 0; i < NELEM(t); i++)
        cr_assert(eq(int, date_parse_loose(t[i].in, today, &d), t[i].err), "%s", t[i].in);
    cr_assert(eq(int, d.y, 1), "a refusal leaves the result alone");
}

Test(base_date, ages_and_birthdays)
{
    static const struct {
        const char *birth, *on;
        int age;
    } t[] = {
        {"2010-11-22", "2026-11-21", 15}, {"2010-11-22", "2026-11-22", 16},
        {"2012-02-29", "2028-02-28", 15}, {"2012-02-29", "2028-02-29", 16},
        {"2012-02-29", "2027-02-28", 14}, {"2012-02-29", "2027-03-01", 15},
        {"2010-12", "2026-11-30", 15},    {"2010-12", "2026-12-01", 16},
        {"2026-11-23", "2026-11-22", -1}, {"2026-11-22", "2026-11-22", 0},
    };

    for (size_t i = 0; i < NELEM(t); i++) {
        struct date b = day(t[i].birth), on = day(t[i].on);
        cr_assert(eq(int, date_age(b, on), t[i].age), "%s on %s", t[i].birth, t[i].on);
    }
    for (int age = 0; age < 20; age++) { /* age and birthday are one rule */
        struct date b = {2012, 2, 29}, at = date_birthday(b, age);
        cr_assert(eq(int, date_age(b, at), age));
        cr_assert(eq(int, date_age(b, date_add_days(at, -1)), age - 1));
    }
    cr_assert_str_eq(text(date_birthday((struct date){2012, 2, 29}, 16)), "2028-02-29");
    cr_assert_str_eq(text(date_birthday((struct date){2012, 2, 29}, 18)), "2030-03-01");
}

Test(base_date, months)
{
    static const struct {
        const char *from;
        int n;
        const char *to;
    } t[] = {
        {"2026-01-31", 1, "2026-02-28"},  {"2028-01-31", 1, "2028-02-29"},
        {"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -1, "2025-12-15"},
        {"2026-11-30", 3, "2027-02-28"},  {"2026-01", 13, "2027-02"},
        {"2026-12-31", 12, "2027-12-31"},
    };

    for (size_t i = 0; i < NELEM(t); i++) {
        struct date to = date_add_months(day(t[i].from), t[i].n);
        cr_assert_str_eq(text(to), t[i].to, "%s %d", t[i].from, t[i].n);
        if (t[i].n > 0)
            cr_assert(eq(int, date_months_between(day(t[i].from), to), t[i].n), "%s", t[i].from);
    }
    cr_assert(eq(int, date_months_between(day("2026-08-23"), today), 2));
    cr_assert(eq(int, date_months_between(day("2026-08-22"), today), 3));
    cr_assert(eq(int, date_months_between(today, day("2026-08-22")), -3));
    cr_assert(eq(int, date_months_between(day("2025-11"), day("2026-11")), 12));
    cr_assert(lt(int, date_cmp(day("2026-10-31"), day("2026-11")), 0));
    cr_assert(eq(int, date_cmp(day("2026-11"), day("2026-11-01")), 0));
    cr_assert(gt(int, date_cmp(day("2026-11-02"), day("2026-11")), 0));
}

/* The county's clock does not follow the zone of the machine. */
Test(base_date, clock)
{
    static const char *const bad[] = {"2026-11-22",       "2026-11-22 24:00", "2026-11-22 10:60",
                                      "2026-11-22T10:00", "2026-11 10:00:00", "2026-02-30 10:00"};
    char buf[20];
    int64_t t;

    setenv("TZ", "America/New_York", 1);
    tzset();
    cr_assert_str_eq(date_time_format(1795327509, buf), "2026-11-22 14:05:09");
    cr_assert_str_eq(text(date_of_time(1795363200 - 1)), "2026-11-22");
    cr_assert_str_eq(text(date_of_time(1795363200)), "2026-11-23");
    cr_assert_str_eq(date_time_format(-28801, buf), "1969-12-31 23:59:59");
    cr_assert(eq(int, date_time_parse("2026-11-22 14:05:09", &t), 0));
    cr_assert(eq(i64, t, 1795327509));
    cr_assert(eq(int, date_time_parse("2026-11-22 14:05", &t), 0));
    cr_assert(eq(i64, t, 1795327500));
    for (size_t i = 0; i < NELEM(bad); i++)
        cr_assert(eq(int, date_time_parse(bad[i], &t), HE_FORMAT), "%s", bad[i]);
    cr_assert(ge(i64, date_now(), 1700000000));
}
