/* Places by name: the county's own divisions, and those of GB/T 2260 (forms/codes/region.csv). */
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "work/work.h"

/* The table of all places, for a region field. */
static const struct codes *regions(const struct county *county, const struct form_field *field)
{
    return strcmp(field->type->name, "region") ? NULL : dict_codes(county->dict, "region");
}

const char *place_code(void *ctx, const struct county *county, const struct form_field *field,
                       const char *text)
{
    const struct codes *all;
    const struct code *row;
    char code[13];

    if (field->type->widget != WIDGET_AREA || !*text || (*text >= '0' && *text <= '9') ||
        type_is_unknown(text))
        return NULL;
    all = regions(county, field);
    row = all ? codes_lookup(all, text) : NULL;
    if (row)
        return row->code;
    return area_by_name(county, text, "", code) ? NULL : talloc_strdup(ctx, code);
}

char *place_title(void *ctx, const struct county *county, const struct form_field *field,
                  const char *code)
{
    const struct codes *all = regions(county, field);

    if (all && codes_find(all, code))
        return talloc_strdup(ctx, codes_label(all, code));
    return area_title(ctx, county, code);
}
