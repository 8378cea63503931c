/*
 * libFuzzer target of the expression language: any bytes give a tree that evaluates or a sentence
 * that is UTF-8. Made by hand: clang -fsanitize=fuzzer,address with librec.a, libform.a, libbase.a.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "rec/check.h"
#include "rec/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct dict *fuzz_dict(void)
{
    static struct dict *d;
    static struct conf_errors *errs;

    if (!d) {
        errs = conf_errors_new(NULL);
        d = rec_load_dict(errs, SRCDIR "/tests/unit/forms-rec", errs);
    }
    MUST(d != NULL);
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct form *form = dict_form(fuzz_dict(), "child");
    const struct rec_env env = {.today = {2026, 11, 22}, .me = "5"};
    void *ctx = talloc_new(NULL);
    struct expr *e = NULL;
    struct expr_index index;
    char *problem = NULL;
    int rc =
        expr_parse(ctx, form, talloc_strndup(ctx, (const char *)bytes, len), NULL, &e, &problem);

    MUST(rc == 0 || (rc == HE_USAGE && problem && text_valid(problem, strlen(problem))));
    if (rc == 0) {
        struct rec *r = rec_new(ctx, form);
        rec_set(r, "name", "王小雨");
        rec_set(r, "birth_date", "2016-03");
        rec_set(r, "kinds", "11,41");
        MUST(expr_eval(e, r, &env) <= TRI_UNKNOWN);
        expr_index(e, &index);
    }
    talloc_free(ctx);
    return 0;
}
