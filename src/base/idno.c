#include "base/idno.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"

#define IDNO_LEN 18

static size_t idno_chars(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static int idno_number(const char *s, int n)
{
    int v = 0;

    while (n-- > 0)
        v = v * 10 + (*s++ - '0');
    return v;
}

/* GB 11643: ISO 7064 MOD 11-2 over the first 17 digits. */
static char idno_check_char(const char *s)
{
    static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (size_t i = 0; i < NELEM(weight); i++)
        sum += weight[i] * (s[i] - '0');
    return "10X98765432"[sum % 11];
}

/* Fills what the leading digits say; the birth date stays as written, possible or not. */
static void idno_read(const char *s, size_t digits, struct idno *out)
{
    if (digits >= 6)
        memcpy(out->area, s, 6);
    if (digits >= 14)
        out->birth =
            (struct date){idno_number(s + 6, 4), idno_number(s + 10, 2), idno_number(s + 12, 2)};
    if (digits >= 17) {
        out->sex = (s[16] - '0') % 2 ? '1' : '2';
        out->check = idno_check_char(s);
    }
}

enum idno_problem idno_check(const char *s, struct date today, struct idno *out)
{
    size_t digits = strspn(s, "0123456789");

    memset(out, 0, sizeof *out);
    if (idno_chars(s) != IDNO_LEN)
        return IDNO_LENGTH;
    idno_read(s, digits, out);
    if (digits < 17 || (digits == 17 && s[17] != 'X'))
        return IDNO_CHARS;
    if (out->birth.d == 0 || !date_valid(out->birth) || date_cmp(out->birth, today) > 0)
        return IDNO_DATE;
    if (s[17] != out->check)
        return IDNO_CHECKSUM;
    return IDNO_OK;
}

static char *idno_date_text(void *ctx, const struct idno *id)
{
    const struct date *b = &id->birth;

    if (b->d != 0 && date_valid(*b))
        return talloc_asprintf(ctx, _("身份证号里的出生日期 %d年%d月%d日 晚于今天，请核对原件"),
                               b->y, b->m, b->d);
    return talloc_asprintf(ctx, _("身份证号里的出生日期 %d年%d月%d日 不存在，请核对原件"), b->y,
                           b->m, b->d);
}

const char *idno_problem_text(void *ctx, enum idno_problem problem, const struct idno *id)
{
    char *text = NULL;

    switch (problem) {
    case IDNO_OK:
        return NULL;
    case IDNO_LENGTH:
        text = talloc_strdup(ctx, _("身份证号应为 18 位（15 位旧号已停用），请核对原件"));
        break;
    case IDNO_CHARS:
        text = talloc_strdup(ctx, _("身份证号只能是数字，末位可以是 X，请核对原件"));
        break;
    case IDNO_DATE:
        text = idno_date_text(ctx, id);
        break;
    case IDNO_CHECKSUM:
        text = talloc_asprintf(ctx, _("身份证号末位应为 %c，请核对原件"), id->check);
        break;
    }
    MUST(text);
    return text;
}

char *idno_mask(void *ctx, const char *s)
{
    size_t chars = idno_chars(s), at = 0, n = 0;
    size_t head = chars >= IDNO_LEN ? 6 : 0;
    size_t tail = chars >= IDNO_LEN ? 4 : chars > 2 ? 2 : 0;
    char *out = talloc_array(ctx, char, strlen(s) + 1);

    MUST(out);
    for (; *s; s++) {
        bool lead = ((unsigned char)*s & 0xc0) != 0x80;
        at += lead;
        if (at <= head || at > chars - tail)
            out[n++] = *s;
        else if (lead)
            out[n++] = '*';
    }
    out[n] = '\0';
    return out;
}
