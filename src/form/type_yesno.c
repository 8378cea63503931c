/* yesno: kept as 1 or 0. */
#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

static int yesno_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                       char **out, const char **code, char **problem)
{
    static const char *const yes[] = {"1",   "Y",    HAN_("是"), HAN_("有"),
                                      "YES", "TRUE", HAN_("对"), "√"};
    static const char *const no[] = {"0",     "N",          HAN_("否"),   HAN_("无"), "NO",
                                     "FALSE", HAN_("没有"), HAN_("不是"), "×"};
    const char *s = type_compact(ctx, in, TEXT_UPPER);

    (void)today;
    if (*s == '\0')
        return 0;
    for (size_t i = 0; i < NELEM(yes); i++)
        if (strcmp(s, yes[i]) == 0)
            *out = talloc_strdup(ctx, "1");
    for (size_t i = 0; i < NELEM(no); i++)
        if (strcmp(s, no[i]) == 0)
            *out = talloc_strdup(ctx, "0");
    if (*out != NULL)
        return 0;
    return type_refuse(
        code, problem, "bad_yesno",
        text_printf(ctx, _("“%s”请填“是”或“否”，不能是“%s”"), _(f->label), type_quote(ctx, in)));
}

static char *yesno_show(void *ctx, const struct form_field *f, const char *value)
{
    (void)f;
    return talloc_strdup(ctx, value[0] == '1' ? _("是") : _("否"));
}

const struct form_type type_yesno = {.name = "yesno",
                                     .widget = WIDGET_YESNO,
                                     .max = 4,
                                     .limit = 4,
                                     .width = 4,
                                     .parse = yesno_parse,
                                     .show = yesno_show,
                                     .sortkey = type_sort_same};
