#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/idno.h"
#include "base/lang.h"
#include "base/text.h"

#define TYPE_REASON_MAX 100
#define TYPE_QUOTE_MAX  20

/* Every field type, one line each; type_NAME is defined in its own file. */
#define TYPES(X)                                                                                   \
    X(text)                                                                                        \
    X(note)                                                                                        \
    X(code)                                                                                        \
    X(codes)                                                                                       \
    X(yesno)                                                                                       \
    X(date) X(month) X(time) X(id) X(phone) X(int) X(money) X(area) X(region) X(ref) X(user)

#define X(name) extern const struct form_type type_##name;
TYPES(X)
#undef X

static const struct form_type *const type_table[] = {
#define X(name) &type_##name,
    TYPES(X)
#undef X
};

const struct form_type *type_find(const char *name)
{
    for (size_t i = 0; i < NELEM(type_table); i++)
        if (strcmp(type_table[i]->name, name) == 0)
            return type_table[i];
    return NULL;
}

const char **type_names(void *ctx)
{
    const char **names = talloc_zero_array(ctx, const char *, NELEM(type_table) + 1);

    MUST(names != NULL);
    for (size_t i = 0; i < NELEM(type_table); i++)
        names[i] = type_table[i]->name;
    return names;
}

int type_refuse(const char **code, char **problem, const char *word, char *text)
{
    *code = word;
    *problem = text;
    return HE_RULE;
}

const char *type_quote(void *ctx, const char *in)
{
    char *s = text_visible(ctx, in, 0);
    size_t at = 0;

    for (int n = 0; n < TYPE_QUOTE_MAX && s[at] != '\0'; n++)
        at = text_cluster_next(s, at);
    if (s[at] == '\0')
        return s;
    s[at] = '\0';
    return text_printf(ctx, "%s……", s);
}

char *type_compact(void *ctx, const char *in, unsigned flags)
{
    char *s = text_clean(ctx, in, TEXT_HALFWIDTH | TEXT_NOSPACE | flags, NULL);
    size_t skip = strspn(s, "'`");

    memmove(s, s + skip, strlen(s + skip) + 1);
    return s;
}

bool type_all_digits(const char *s)
{
    return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

char *type_show_same(void *ctx, const struct form_field *f, const char *value)
{
    (void)f;
    return talloc_strdup(ctx, value);
}

char *type_sort_same(void *ctx, const struct form_field *f, const char *value)
{
    (void)f;
    return talloc_strdup(ctx, value);
}

bool type_is_unknown(const char *value)
{
    return value != NULL && value[0] == '?' && (value[1] == '1' || value[1] == '2') &&
           value[2] == ':';
}

/* The kind of an unknown answer ('1', '2', 0 for none); *rest is where its reason starts. */
static char type_unknown_kind(const char *s, bool words, const char **rest)
{
    static const struct {
        const char *word;
        char kind;
        bool spoken;
    } table[] = {{"?1:", '1', false},         {"?2:", '2', false},          {"？1：", '1', false},
                 {"？2：", '2', false},       {"?1：", '1', false},         {"?2：", '2', false},
                 {HAN_("不掌握"), '1', true}, {HAN_("拒绝提供"), '2', true}};

    for (size_t i = 0; i < NELEM(table); i++) {
        size_t n = strlen(table[i].word);

        if (*s == *table[i].word && (words || !table[i].spoken) &&
            strncmp(s, table[i].word, n) == 0) {
            *rest = s + n;
            return table[i].kind;
        }
    }
    return 0;
}

/* The reason without the marks that people put around it: "：父亲失联", "（父亲失联）". */
static char *type_reason(void *ctx, const char *s)
{
    static const char *const before[] = {" ", ":", "：", ",", "，", "(", "（", "、"};
    static const char *const after[] = {" ", ")", "）"};
    char *out;
    size_t len;

    for (size_t i = 0; i < NELEM(before); i++)
        if (strncmp(s, before[i], strlen(before[i])) == 0) {
            s += strlen(before[i]);
            i = (size_t)-1;
        }
    out = talloc_strdup(ctx, s);
    len = strlen(out);
    for (size_t i = 0; i < NELEM(after); i++) {
        size_t n = strlen(after[i]);

        /* A bracket that was opened inside the reason stays. */
        if (len >= n && strcmp(out + len - n, after[i]) == 0 && strpbrk(out, "(") == NULL &&
            strstr(out, "（") == NULL) {
            out[len -= n] = '\0';
            i = (size_t)-1;
        }
    }
    return out;
}

static int type_parse_unknown(void *ctx, const struct form_field *f, char kind, const char *rest,
                              char **out, const char **code, char **problem)
{
    const char *word = kind == '1' ? _("不掌握") : _("拒绝提供");
    char *reason = type_reason(ctx, rest);

    if (!f->unknown_ok)
        return type_refuse(
            code, problem, "unknown_refused",
            text_printf(ctx, _("“%s”不能填“%s”，请填写实际内容"), _(f->label), word));
    if (*reason == '\0')
        return type_refuse(
            code, problem, "no_reason",
            text_printf(ctx, _("请在“%s”后面写明原因，例如“%s 父亲失联”"), word, word));
    if (text_chars(reason) > TYPE_REASON_MAX)
        return type_refuse(code, problem, "too_long",
                           text_printf(ctx, _("原因最多 %d 个字，请写短一些"), TYPE_REASON_MAX));
    *out = text_printf(ctx, "?%c:%s", kind, reason);
    return 0;
}

/* Letters, digits and Han stand in front of most values; of an unknown answer only its own two Han. */
static bool type_plain_start(const char *s)
{
    unsigned char c = (unsigned char)*s;

    if (c >= 0xE4 && c <= 0xE9) /* the first byte of U+4000 to U+9FFF */
        return strncmp(s, HAN_("不"), 3) != 0 && strncmp(s, HAN_("拒"), 3) != 0;
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int type_parse(void *ctx, const struct form_field *f, struct date today, const char *in, char **out,
               const char **code, char **problem)
{
    const char *rest = NULL;
    char *clean;
    char kind;

    *out = NULL;
    *code = NULL;
    *problem = NULL;
    if (in == NULL)
        return 0;
    if (type_plain_start(in))
        return f->type->parse(ctx, f, today, in, out, code, problem);
    clean = text_clean(ctx, in, 0, NULL);
    if (*clean == '\0')
        return 0;
    kind = type_unknown_kind(clean, f->unknown_ok, &rest);
    if (kind != 0)
        return type_parse_unknown(ctx, f, kind, rest, out, code, problem);
    talloc_free(clean);
    return f->type->parse(ctx, f, today, in, out, code, problem);
}

char *type_show(void *ctx, const struct form_field *f, const char *value)
{
    if (value == NULL)
        return talloc_strdup(ctx, "");
    if (type_is_unknown(value))
        return text_printf(ctx, value[1] == '1' ? _("不掌握（%s）") : _("拒绝提供（%s）"),
                           value + 3);
    return f->type->show(ctx, f, value);
}

/* Unanswered first, unknown last. */
char *type_sortkey(void *ctx, const struct form_field *f, const char *value)
{
    if (value == NULL)
        return talloc_strdup(ctx, "");
    if (type_is_unknown(value))
        return text_printf(ctx, "\xff%c", value[1]);
    return f->type->sortkey(ctx, f, value);
}

char *type_mask(void *ctx, const struct form_field *f, const char *value)
{
    size_t len = value != NULL ? strlen(value) : 0;

    if (value == NULL || type_is_unknown(value))
        return type_show(ctx, f, value);
    if (f->mask != NULL && strcmp(f->mask, "id") == 0)
        return idno_mask(ctx, value);
    if (f->mask != NULL && strcmp(f->mask, "phone") == 0 && len >= 8)
        return text_printf(ctx, "%.3s****%s", value, value + len - 4);
    return talloc_strdup(ctx, "***");
}
