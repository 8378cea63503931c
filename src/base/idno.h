/* Citizen identity numbers, GB 11643-1999, 18 characters (15-digit ones ended in 2013). */
#ifndef HUTONG_IDNO_H
#define HUTONG_IDNO_H

#include "base/date.h"

enum idno_problem {
    IDNO_OK,
    IDNO_LENGTH,   /* not 18 characters */
    IDNO_CHARS,    /* a character that is not a digit (or X at the end) */
    IDNO_DATE,     /* the birth date does not exist or lies after today */
    IDNO_CHECKSUM, /* ISO 7064 MOD 11-2 */
};

struct idno {
    char area[7];      /* county of first registration, not of today's hukou */
    struct date birth;
    char sex;          /* '1' male, '2' female (GB/T 2261.1) */
    char check;        /* the check character that the first 17 digits call for */
};

/* s is already cleaned (half-width, no blanks, upper case). Fills out as far as it can be read;
 * the date is judged before the checksum, so 29 February is said to be that. */
enum idno_problem idno_check(const char *s, struct date today, struct idno *out);
/* Chinese sentence that says what to do, e.g. "身份证号末位应为 7，请核对原件". */
const char *idno_problem_text(void *ctx, enum idno_problem, const struct idno *);
/* "431003********4021": first 6 and last 4 kept; shorter numbers all stars but the last 2. */
char *idno_mask(void *ctx, const char *s);

#endif
