/* Every request has a handler, a right, and a role that holds it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <talloc.h>

#include "server/call.h"

Test(server_table, every_row)
{
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    struct dict *dict = rec_load_dict(ctx, SRCDIR "/forms", errs);
    cr_assert(dict != NULL);
    const struct roles *roles = roles_load(ctx, SRCDIR "/conf/roles.conf", dict, errs);
    cr_assert(roles != NULL);
    for (int i = 0; i < OP_COUNT; i++) {
        const struct wire_op_info *op = &wire_ops[i];
        cr_expect(op_rows[i].run != NULL, "%s has no handler", op->name);
        cr_expect_eq(op_rows[i].typed, op->right[0] == '%' || i == OP_EXPORT_BEGIN, "%s", op->name);
        cr_expect(op->kind != WIRE_FREE || op_rows[i].outside, "%s", op->name);
        cr_expect(op->kind != WIRE_WRITE || !op_rows[i].outside, "%s", op->name);
        cr_expect(!op_rows[i].reads || op->kind == WIRE_WRITE, "%s", op->name);
        if (op->right[0] == '\0' || strcmp(op->right, "-") == 0)
            continue;
        const char *right = wire_right(ctx, (enum wire_op)i, "child");
        size_t held = 0;
        for (size_t k = 0; k < roles->n; k++)
            held += role_may(&roles->role[k], right);
        cr_expect_gt(held, 0, "no role holds %s, wanted by %s", right, op->name);
    }
    cr_expect_str_eq(wire_ops[OP_HELLO].right, "-");
    talloc_free(ctx);
}

/* Every word that the shipped hutong.conf shows in a comment is one the server knows, and the value
 * shown is one it takes. */
Test(server_table, shipped_configuration)
{
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    char path[] = "/tmp/hutong-conf-XXXXXX", line[512], name[64];
    FILE *in = fopen(SRCDIR "/conf/hutong.conf", "r"), *out = fdopen(mkstemp(path), "w");
    int shown = 0;
    cr_assert(in != NULL && out != NULL);
    while (fgets(line, sizeof line, in)) {
        bool word = strncmp(line, "  # ", 4) == 0 && sscanf(line, "  # %63[a-z_] = ", name) == 1 &&
                    strstr(line, " = ") != NULL;
        shown += word;
        fputs(word ? line + 4 : line, out);
    }
    fclose(in);
    fclose(out);
    struct settings *s = settings_read(ctx, path, errs);
    for (size_t i = 0; i < errs->n; i++)
        cr_expect(false, "%s", errs->text[i]);
    cr_assert(s != NULL);
    cr_expect_gt(shown, 30);
    struct settings *bare =
        settings_read(ctx, (unlink(path), fclose(fopen(path, "w")), path), errs);
    cr_assert(bare != NULL);
    cr_expect_eq(s->limits.sessions_per_user, bare->limits.sessions_per_user);
    cr_expect_eq(s->county.outing_months, bare->county.outing_months);
    cr_expect_eq(memcmp(&s->limits, &bare->limits, sizeof s->limits), 0,
                 "shown values are defaults");
    unlink(path);
    talloc_free(ctx);
}
