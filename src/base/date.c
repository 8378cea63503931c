#include "base/date.h"

#include <string.h>
#include <time.h>

#include "base/err.h"

#define DATE_YEAR_MIN 1850
#define DATE_YEAR_MAX 2200
#define CLOCK_OFFSET  (8 * 3600)
#define DAY_SECONDS   86400

static bool date_leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

int date_month_days(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    MUST(m >= 1 && m <= 12);
    return m == 2 && date_leap(y) ? 29 : days[m - 1];
}

bool date_valid(struct date d)
{
    return d.y >= DATE_YEAR_MIN && d.y <= DATE_YEAR_MAX && d.m >= 1 && d.m <= 12 && d.d >= 0 &&
           d.d <= date_month_days(d.y, d.m);
}

static int date_first(struct date d)
{
    return d.d ? d.d : 1;
}

/* n digits at s as a number, -1 when one of them is no digit. */
static int date_digits(const char *s, int n)
{
    int v = 0;

    for (; n > 0; n--, s++) {
        if (*s < '0' || *s > '9')
            return -1;
        v = v * 10 + (*s - '0');
    }
    return v;
}

static char *date_put(char *out, int v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v /= 10)
        out[i] = (char)('0' + v % 10);
    return out + digits;
}

int date_parse(const char *s, struct date *out)
{
    size_t n = strlen(s);
    struct date d = {0};

    if ((n != 7 && n != 10) || s[4] != '-' || (n == 10 && s[7] != '-'))
        return HE_FORMAT;
    d.y = date_digits(s, 4);
    d.m = date_digits(s + 5, 2);
    d.d = n == 10 ? date_digits(s + 8, 2) : 0;
    if (!date_valid(d) || (n == 10 && d.d == 0))
        return HE_FORMAT;
    *out = d;
    return 0;
}

char *date_format(struct date d, char out[11])
{
    char *p = date_put(out, d.y, 4);

    *p++ = '-';
    p = date_put(p, d.m, 2);
    if (d.d) {
        *p++ = '-';
        p = date_put(p, d.d, 2);
    }
    *p = '\0';
    return out;
}

int date_cmp(struct date a, struct date b)
{
    if (a.y != b.y)
        return a.y < b.y ? -1 : 1;
    if (a.m != b.m)
        return a.m < b.m ? -1 : 1;
    return (date_first(a) > date_first(b)) - (date_first(a) < date_first(b));
}

/* Days since 1970-01-01 counted in 400-year eras of years that begin in March, so that the leap day
 * is the last of its year (proleptic Gregorian calendar). */
long date_days(struct date d)
{
    long y = d.m <= 2 ? d.y - 1 : d.y;
    long era = (y >= 0 ? y : y - 399) / 400;
    long yoe = y - era * 400;
    long doy = (153 * (d.m + (d.m > 2 ? -3 : 9)) + 2) / 5 + date_first(d) - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct date date_from_days(long days)
{
    long z = days + 719468;
    long era = (z >= 0 ? z : z - 146096) / 146097;
    long doe = z - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    long mp = (5 * doy + 2) / 153;
    int m = (int)(mp < 10 ? mp + 3 : mp - 9);

    return (struct date){(int)(yoe + era * 400) + (m <= 2), m, (int)(doy - (153 * mp + 2) / 5) + 1};
}

struct date date_add_days(struct date d, long n)
{
    return date_from_days(date_days(d) + n);
}

struct date date_add_months(struct date d, int n)
{
    int months = d.y * 12 + d.m - 1 + n;
    struct date r = {months / 12, months % 12 + 1, d.d};

    if (r.d > date_month_days(r.y, r.m))
        r.d = date_month_days(r.y, r.m);
    return r;
}

/* A month that has no such day is whole on its last day (Civil Code art. 202). */
int date_months_between(struct date from, struct date to)
{
    if (date_cmp(to, from) < 0)
        return -date_months_between(to, from);
    int n = (to.y - from.y) * 12 + to.m - from.m;
    return date_cmp(date_add_months(from, n), to) > 0 ? n - 1 : n;
}

int date_weekday(struct date d)
{
    long w = (date_days(d) + 4) % 7; /* 1970-01-01 was a Thursday */

    return (int)(w < 0 ? w + 7 : w);
}

struct date date_birthday(struct date birth, int age)
{
    struct date r = {birth.y + age, birth.m, date_first(birth)};

    if (r.m == 2 && r.d == 29 && !date_leap(r.y))
        return (struct date){r.y, 3, 1};
    return r;
}

int date_age(struct date birth, struct date on)
{
    int age = on.y - birth.y;

    return date_cmp(on, date_birthday(birth, age)) < 0 ? age - 1 : age;
}

static int64_t date_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct date date_of_time(int64_t t)
{
    return date_from_days((long)date_floor_div(t + CLOCK_OFFSET, DAY_SECONDS));
}

int64_t date_now(void)
{
    return (int64_t)time(NULL);
}

char *date_time_format(int64_t t, char out[20])
{
    struct date d = date_of_time(t);
    int s = (int)(t + CLOCK_OFFSET - date_floor_div(t + CLOCK_OFFSET, DAY_SECONDS) * DAY_SECONDS);

    date_format(d, out);
    out[10] = ' ';
    date_put(out + 11, s / 3600, 2);
    out[13] = ':';
    date_put(out + 14, s / 60 % 60, 2);
    out[16] = ':';
    date_put(out + 17, s % 60, 2);
    out[19] = '\0';
    return out;
}

int date_time_parse(const char *s, int64_t *out)
{
    char day[11] = "";
    size_t n = strlen(s);
    struct date d;

    if ((n != 16 && n != 19) || s[10] != ' ' || s[13] != ':' || (n == 19 && s[16] != ':'))
        return HE_FORMAT;
    memcpy(day, s, 10);
    int h = date_digits(s + 11, 2), m = date_digits(s + 14, 2);
    int sec = n == 19 ? date_digits(s + 17, 2) : 0;
    if (date_parse(day, &d) != 0 || h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59)
        return HE_FORMAT;
    *out = (int64_t)date_days(d) * DAY_SECONDS + h * 3600 + m * 60 + sec - CLOCK_OFFSET;
    return 0;
}
