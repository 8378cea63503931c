/* What a directory of forms with mistakes must be answered. */
#ifndef HUTONG_TEST_MISTAKES_H
#define HUTONG_TEST_MISTAKES_H

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/io.h"
#include "form/form.h"

/* Every message in order, without the directory, as dir/expected has them word for word. */
static void expect_errors(struct dict *(*load)(void *, const char *, struct conf_errors *),
                          const char *dir)
{
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    char *want, *save = NULL, *line;
    size_t len, i = 0;

    cr_assert_null(load(ctx, dir, errs));
    cr_assert_eq(io_read_file(ctx, talloc_asprintf(ctx, "%s/expected", dir), 1 << 16, &want, &len),
                 0);
    for (line = strtok_r(want, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        cr_assert(i < errs->n, "%s: not said: %s", dir, line);
        cr_assert_eq(strncmp(errs->text[i], dir, strlen(dir)), 0);
        cr_assert_str_eq(errs->text[i] + strlen(dir) + 1, line);
        i++;
    }
    cr_assert_eq(i, errs->n, "%s: more than expected: %s", dir, i < errs->n ? errs->text[i] : "");
    talloc_free(ctx);
}

#endif
