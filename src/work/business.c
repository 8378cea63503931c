/* The table of the business: which rules a kind of record brings to its changes. */
#include "work/business.h"

#include <string.h>

static const struct business table[] = {
    {"exception", exception_values, exception_stored},
    {NULL, NULL, NULL},
};

const struct business *business_of(const struct form *form)
{
    for (size_t i = 0; table[i].form; i++)
        if (form_is(form, table[i].form))
            return &table[i];
    return NULL;
}
