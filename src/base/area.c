#include "base/area.h"

#include <string.h>

#include "base/err.h"

static const int area_digits[] = {0, 2, 4, 6, 9, 12};

static bool area_well_formed(const char *code)
{
    return code && strlen(code) == 12 && strspn(code, "0123456789") == 12;
}

int area_parse(const char *s, char out[13])
{
    size_t n = s ? strlen(s) : 0;

    if ((n != 6 && n != 12) || strspn(s, "0123456789") != n || strncmp(s, "00", 2) == 0)
        return HE_FORMAT;
    memset(out, '0', 12);
    memcpy(out, s, n);
    out[12] = '\0';
    return 0;
}

enum area_level area_level(const char *code)
{
    int level = AREA_VILLAGE;

    if (!area_well_formed(code))
        return AREA_NONE;
    while (level > AREA_NONE &&
           strspn(code + area_digits[level - 1], "0") == (size_t)(12 - area_digits[level - 1]))
        level--;
    return (enum area_level)level;
}

int area_prefix_len(const char *code)
{
    return area_digits[area_level(code)];
}

/* A scope that cannot be read contains nothing: rights fail closed. */
bool area_within(const char *code, const char *scope)
{
    int n = area_prefix_len(scope);

    return n > 0 && area_level(code) != AREA_NONE && strncmp(code, scope, (size_t)n) == 0;
}

void area_truncate(const char *code, enum area_level level, char out[13])
{
    enum area_level own = area_level(code);

    out[0] = '\0';
    if (own == AREA_NONE || level == AREA_NONE)
        return;
    memset(out, '0', 12);
    memcpy(out, code, (size_t)area_digits[level]);
    out[12] = '\0';
}

void area_parent(const char *code, char out[13])
{
    enum area_level own = area_level(code);

    area_truncate(code, own == AREA_NONE ? AREA_NONE : (enum area_level)(own - 1), out);
}

bool area_same_county(const char *a, const char *b)
{
    return area_level(a) >= AREA_COUNTY && area_level(b) >= AREA_COUNTY && strncmp(a, b, 6) == 0;
}

bool area_is_residents_committee(const char *code)
{
    return area_level(code) == AREA_VILLAGE && strcmp(code + 9, "001") >= 0 &&
           strcmp(code + 9, "199") <= 0;
}
