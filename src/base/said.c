/*
 * Sentences that rules wrote into records, said in another language: they are kept in Chinese, made of
 * messages of the catalogue with numbers and days in them, joined by Chinese marks.
 */
#include <ctype.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"

static const struct {
    const char *mark, *said;
} joints[] = {{"：", ": "}, {"，", ", "}, {"、", ", "}, {"；", "; "}};

/* Words that stand before others without any mark; fields are called so too. */
static const char *const whose[] = {HAN_("父亲"), HAN_("母亲"), N_("上次")};

static bool number(const char *s)
{
    return isdigit((unsigned char)*s) != 0;
}

/* "7天走访一次" is "%d天走访一次" with 7; one number a piece. NULL: no message. */
static char *with_number(void *ctx, const char *s)
{
    size_t at = strcspn(s, "0123456789"), n = strspn(s + at, "0123456789");
    char *key = talloc_asprintf(ctx, "%.*s%%d%s", (int)at, s, s + at + n);
    const char *said = n ? lang_text(key) : key, *hole = said != key ? strstr(said, "%d") : NULL;
    char *out = hole ? talloc_asprintf(ctx, "%.*s%.*s%s", (int)(hole - said), said, (int)n, s + at,
                                       hole + 2)
                     : NULL;
    talloc_free(key);
    return out;
}

static char *piece(void *ctx, const char *s)
{
    const char *said = lang_text(s);
    char *out = said == s ? with_number(ctx, s) : talloc_strdup(ctx, said);
    for (size_t i = 0; !out && i < NELEM(whose); i++) {
        size_t n = strlen(whose[i]);
        const char *rest = s + n;
        if (strncmp(s, whose[i], n) == 0 && *rest && (number(rest) || lang_text(rest) != rest))
            out = talloc_asprintf(ctx, "%s %s", lang_text(whose[i]), lang_text(rest));
    }
    return out ? out : talloc_strdup(ctx, s);
}

const char *lang_said(void *ctx, const char *text)
{
    const char *whole = lang_text(text), *end;
    char *out = talloc_strdup(ctx, "");
    if (lang_now() == LANG_ZH || !*text || whole != text)
        return whole;
    for (const char *s = text; *s; s = end) {
        const char *said = "";
        size_t skip = 0;
        for (end = s; *end && !skip; end += skip ? 0 : 1)
            for (size_t i = 0; i < NELEM(joints) && !skip; i++)
                if (strncmp(end, joints[i].mark, strlen(joints[i].mark)) == 0) {
                    skip = strlen(joints[i].mark);
                    said = joints[i].said;
                }
        char *one = talloc_strndup(ctx, s, (size_t)(end - s));
        out = talloc_asprintf_append(out, "%s%s", piece(one, one), said);
        MUST(out);
        talloc_free(one);
        end += skip;
    }
    return out;
}
