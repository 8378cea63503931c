/*
 * Calendar dates. A date is kept as text "YYYY-MM-DD"; where people only know the month "YYYY-MM" is
 * kept. The county's clock is +08:00 whatever the machine's zone.
 */
#ifndef HUTONG_DATE_H
#define HUTONG_DATE_H

#include "base/base.h"

struct date {
    int y, m, d; /* d is 0 when only the month is known */
};

bool date_valid(struct date);                        /* a real day (or month) of 1850–2200 */
int date_parse(const char *iso, struct date *out);   /* canonical text only; HE_FORMAT */
char *date_format(struct date, char out[11]);        /* "2016-03-12" or "2016-03"; returns out */
/*
 * The spellings of people and spreadsheets: 2016-3-12 2016/3/12 2016.3.12 20160312 160312
 * 2016年3月12日 2016年3月 2020-01, Excel serials (20000–73050), and the shorthand of the screens:
 * t t-1 t+3 今 今天 昨 昨天 明天 +1y -6m +2w +10d (relative to today). Full-width digits are taken.
 * HE_FORMAT when it is none of them, HE_RULE when it is one but no such day exists (29 Feb 2015).
 */
int date_parse_loose(const char *s, struct date today, struct date *out);
int date_cmp(struct date, struct date);              /* a month-only date compares as its 1st */
long date_days(struct date);                         /* days since 1970-01-01 */
struct date date_from_days(long days);
struct date date_add_days(struct date, long n);
struct date date_add_months(struct date, int n);     /* 31 Jan + 1 month = 28/29 Feb */
int date_months_between(struct date from, struct date to); /* whole months; negative if to < from */
int date_weekday(struct date);                       /* 0 Sunday … 6 */
int date_month_days(int y, int m);
/*
 * Full years on a day: the day before a birthday is still the lower age; born 29 Feb, the birthday
 * of a common year is 1 March. The one age function of the project (domain.md 3.1).
 */
int date_age(struct date birth, struct date on);
struct date date_birthday(struct date birth, int age); /* the day that age is reached */

struct date date_of_time(int64_t unix_seconds);      /* day at +08:00 */
int64_t date_now(void);                              /* seconds since the epoch */
char *date_time_format(int64_t unix_seconds, char out[20]); /* "2026-11-22 14:05:09" at +08:00 */
int date_time_parse(const char *s, int64_t *out);    /* the same back, seconds optional */

#endif
