/* text, note: words of people, cleaned and no longer than the form allows. */
#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/pinyin.h"
#include "base/text.h"

#define TEXT_SORT_CHARS 32

static bool text_is_latin(uint32_t cp)
{
    return cp < 0x2e80;
}

/* Input methods offer many dots and people align names with blanks; one spelling is kept:
 * "张　三" is 张三, "阿依古丽•买买提" is 阿依古丽·买买提. */
static char *text_name_tidy(void *ctx, const char *in)
{
    char *s = text_clean(ctx, in, TEXT_HALFWIDTH, NULL);
    char *out = talloc_array(ctx, char, 2 * strlen(s) + 1);
    uint32_t before = 0, cp;
    size_t n = 0;

    MUST(out != NULL);
    for (const char *p = s; (cp = text_next(&p)) != 0;) {
        if (cp == ' ') {
            const char *q = p;
            uint32_t after = text_next(&q);

            if (!text_is_latin(before) || !text_is_latin(after))
                continue;
        }
        if (cp == 0x2022 || cp == 0x2027 || cp == 0x30fb || cp == 0xff65 || cp == 0x2219 ||
            cp == 0x22c5)
            cp = 0xb7;
        n += (size_t)text_put(out + n, cp);
        before = cp;
    }
    out[n] = '\0';
    return out;
}

static size_t text_codepoints(const char *s)
{
    size_t n = 0;

    while (text_next(&s) != 0)
        n++;
    return n;
}

/* Counted as people count; a pile of combining marks on one character is bounded too. */
static int text_check_length(void *ctx, const struct form_field *f, const char *s,
                             const char **code, char **problem)
{
    size_t max = (size_t)(f->max != 0 ? f->max : f->type->max), n;

    if (strnlen(s, max + 1) <= max) /* no more characters than bytes */
        return 0;
    n = text_chars(s);
    if (n <= max && text_codepoints(s) <= 2 * max + 2)
        return 0;
    return type_refuse(code, problem, "too_long",
                       text_printf(ctx, _("“%s”最多 %zu 个字，现在有 %zu 个，请写短一些"),
                                   _(f->label), max, n > max ? n : text_codepoints(s)));
}

static int text_finish(void *ctx, const struct form_field *f, char *s, char **out,
                       const char **code, char **problem)
{
    int rc;

    if (*s == '\0')
        return 0;
    rc = text_check_length(ctx, f, s, code, problem);
    if (rc == 0)
        *out = s;
    return rc;
}

static int text_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                      char **out, const char **code, char **problem)
{
    char *s = f->person ? text_name_tidy(ctx, in) : text_clean(ctx, in, 0, NULL);
    const char *bad = NULL;

    (void)today;
    if (f->person && *s != '\0')
        bad = text_name_problem(s);
    if (bad != NULL)
        return type_refuse(code, problem, "bad_name", talloc_strdup(ctx, _(bad)));
    return text_finish(ctx, f, s, out, code, problem);
}

static int note_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                      char **out, const char **code, char **problem)
{
    (void)today;
    return text_finish(ctx, f, text_clean(ctx, in, TEXT_MULTILINE, NULL), out, code, problem);
}

static char *text_sortkey(void *ctx, const struct form_field *f, const char *value)
{
    char *head = talloc_strdup(ctx, value);
    size_t at = 0;

    (void)f;
    for (int n = 0; n < TEXT_SORT_CHARS && head[at] != '\0'; n++)
        at = text_cluster_next(head, at);
    head[at] = '\0';
    return pinyin_sortkey(ctx, head);
}

const struct form_type type_text = {.name = "text",
                                    .widget = WIDGET_LINE,
                                    .max = 100,
                                    .limit = 500,
                                    .width = 12,
                                    .parse = text_parse,
                                    .show = type_show_same,
                                    .sortkey = text_sortkey};

const struct form_type type_note = {.name = "note",
                                    .widget = WIDGET_NOTE,
                                    .max = 2000,
                                    .limit = 10000,
                                    .width = 24,
                                    .parse = note_parse,
                                    .show = type_show_same,
                                    .sortkey = text_sortkey};
