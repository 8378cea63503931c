/* area, region: division codes. Names, and whether a code is a division of this county, are the
 * caller's: both are data. */
#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"

static bool area_read(const char *s, char **out, void *ctx)
{
    char code[13];

    if (area_parse(s, code) != 0 || area_level(code) == AREA_NONE)
        return false;
    *out = talloc_strdup(ctx, code);
    return true;
}

static int area_parse_type(void *ctx, const struct form_field *f, struct date today, const char *in,
                           char **out, const char **code, char **problem)
{
    const char *s = type_compact(ctx, in, 0);

    (void)today;
    if (*s == '\0' || area_read(s, out, ctx))
        return 0;
    return type_refuse(code, problem, "bad_area",
                       text_printf(ctx, _("“%s”没有“%s”这个区划，请从列表中选择或填 12 位代码"),
                                   _(f->label), type_quote(ctx, in)));
}

static int region_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                        char **out, const char **code, char **problem)
{
    /* Places outside GB/T 2260 that the definition test knows (domain.md 9.1). */
    static const struct {
        const char *typed, *kept;
    } words[] = {{HAN_("境外"), HAN_("境外")}, {HAN_("国外"), HAN_("境外")},
                 {HAN_("海上"), HAN_("海上")}, {HAN_("出海"), HAN_("海上")},
                 {HAN_("流动"), HAN_("流动")}, {HAN_("不固定"), HAN_("流动")}};
    const char *s = type_compact(ctx, in, 0);

    (void)today;
    for (size_t i = 0; i < NELEM(words); i++)
        if (strcmp(s, words[i].typed) == 0)
            *out = talloc_strdup(ctx, words[i].kept);
    if (*s == '\0' || *out != NULL || area_read(s, out, ctx))
        return 0;
    return type_refuse(code, problem, "bad_area",
                       text_printf(ctx,
                                   _("“%s”没有“%s”这个地方，请从列表中选择，或填 境外、海上、流动"),
                                   _(f->label), type_quote(ctx, in)));
}

const struct form_type type_area = {.name = "area",
                                    .widget = WIDGET_AREA,
                                    .max = 12,
                                    .limit = 12,
                                    .width = 14,
                                    .parse = area_parse_type,
                                    .show = type_show_same,
                                    .sortkey = type_sort_same};

const struct form_type type_region = {.name = "region",
                                      .widget = WIDGET_AREA,
                                      .max = 12,
                                      .limit = 12,
                                      .width = 16,
                                      .parse = region_parse,
                                      .show = type_show_same,
                                      .sortkey = type_sort_same};
