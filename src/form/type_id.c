/* id: a citizen ID number, checked wholly, or the number of another document (id_type says which;
 * a rule of the form ties the two). */
#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/idno.h"
#include "base/lang.h"
#include "base/text.h"

#define ID_OTHER_MIN 5
#define ID_OTHER_MAX 20

/* Brackets and hyphens of "H1234567(8)" or "320681-2012…" are how people space a number. */
static char *id_tidy(void *ctx, const char *in)
{
    char *s = type_compact(ctx, in, TEXT_UPPER), *out = s;

    for (const char *p = s; *p != '\0'; p++)
        if (strchr("()-", *p) == NULL)
            *out++ = *p;
    *out = '\0';
    return s;
}

/* Meant as a citizen ID: 18 characters or one too few or many (15 is the form that ended in 2013),
 * all digits but for the last or a slip. */
static bool id_is_citizen(const char *s)
{
    size_t len = strlen(s), digits = 0;

    for (const char *p = s; *p != '\0'; p++)
        digits += *p >= '0' && *p <= '9';
    return (len == 18 && digits >= 14) ||
           ((len == 15 || len == 17 || len == 19) && digits + 1 >= len);
}

static int id_parse_citizen(void *ctx, struct date today, char *s, char **out, const char **code,
                            char **problem)
{
    static const char *const words[] = {[IDNO_OK] = NULL,
                                        [IDNO_LENGTH] = "id_length",
                                        [IDNO_CHARS] = "id_chars",
                                        [IDNO_DATE] = "id_date",
                                        [IDNO_CHECKSUM] = "id_checksum"};
    struct idno id;
    enum idno_problem bad = idno_check(s, today, &id);

    if (bad != IDNO_OK)
        return type_refuse(code, problem, words[bad],
                           talloc_strdup(ctx, idno_problem_text(ctx, bad, &id)));
    *out = s;
    return 0;
}

static int id_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                    char **out, const char **code, char **problem)
{
    char *s = id_tidy(ctx, in);
    size_t len = strlen(s);

    if (len == 0)
        return 0;
    if (id_is_citizen(s))
        return id_parse_citizen(ctx, today, s, out, code, problem);
    if (s[strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0')
        return type_refuse(code, problem, "id_chars",
                           text_printf(ctx, _("“%s”只能有数字和字母，“%s”里有别的字，请核对原件"),
                                       _(f->label), type_quote(ctx, in)));
    if (len < ID_OTHER_MIN || len > ID_OTHER_MAX)
        return type_refuse(
            code, problem, "id_length",
            text_printf(
                ctx, _("“%s”现在是 %zu 位：身份证号应为 18 位，其他证件 %d 到 %d 位，请核对原件"),
                _(f->label), len, ID_OTHER_MIN, ID_OTHER_MAX));
    *out = s;
    return 0;
}

const struct form_type type_id = {.name = "id",
                                  .widget = WIDGET_LINE,
                                  .max = 24,
                                  .limit = 24,
                                  .width = 18,
                                  .parse = id_parse,
                                  .show = type_show_same,
                                  .sortkey = type_sort_same};
