/* ref, user: the decimal id of a record or a user. Whether it exists is the store's to say. */
#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

#define REF_DIGITS 18 /* stays below 2^63 */

static int ref_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                     char **out, const char **code, char **problem)
{
    const char *s = type_compact(ctx, in, 0);

    (void)today;
    if (*s == '\0')
        return 0;
    s += *s == '#';
    if (type_all_digits(s))
        s += strspn(s, "0");
    if (!type_all_digits(s) || strlen(s) > REF_DIGITS)
        return type_refuse(code, problem, "bad_ref",
                           text_printf(ctx, _("“%s”请从列表中选择，“%s”不是编号"), _(f->label),
                                       type_quote(ctx, in)));
    *out = talloc_strdup(ctx, s);
    return 0;
}

static char *ref_sortkey(void *ctx, const struct form_field *f, const char *value)
{
    static const char zeros[] = "000000000000000000";
    size_t n = strlen(value);

    (void)f;
    return text_printf(ctx, "%.*s%s", n < REF_DIGITS ? (int)(REF_DIGITS - n) : 0, zeros, value);
}

#define REF_TYPE(word)                                                                             \
    {                                                                                              \
        .name = word, .widget = WIDGET_REF, .max = 20, .limit = 20, .width = 10,                   \
        .parse = ref_parse, .show = type_show_same, .sortkey = ref_sortkey                         \
    }

const struct form_type type_ref = REF_TYPE("ref");
const struct form_type type_user = REF_TYPE("user");
