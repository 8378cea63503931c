#include "base/err.h"

#include <stddef.h>
#include <string.h>

#include "base/base.h"
#include "base/lang.h"

static const struct {
    const char *name;
    int exit;
    const char *text;
} errs[] = {
    {"OK", 0, N_("成功")},
#define ERR(name, exit, text) {#name, exit, text},
#include "base/err.def"
#undef ERR
};

/* A number that is none of ours is a mistake of the program; it must still read as a failure. */
static size_t err_index(int err)
{
    if (err <= 0 && err > -(int)NELEM(errs))
        return (size_t)-err;
    return -HE_UNKNOWN;
}

const char *err_name(int err)
{
    return errs[err_index(err)].name;
}

const char *err_text(int err)
{
    return _(errs[err_index(err)].text);
}

int err_exit(int err)
{
    return errs[err_index(err)].exit;
}

int err_from_name(const char *name)
{
    for (size_t i = 0; name && i < NELEM(errs); i++)
        if (strcmp(errs[i].name, name) == 0)
            return -(int)i;
    return HE_PROTOCOL;
}
