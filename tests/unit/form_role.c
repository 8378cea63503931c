/* Roles: nothing is allowed that is not written; the administrators are kept apart. */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/io.h"
#include "form/codes.h"
#include "form/role.h"
#include "unit/tmpdir.h"

static const char good[] =
    "roles = (\n"
    "  { name = \"director\"; label = \"儿童主任\"; en = \"Child director\"; scope = \"area\";\n"
    "    level = \"village\"; classes = \"ABC\"; masked = \"B\";\n"
    "    may = [ \"child.*\", \"visit.read\", \"visit.add\" ]; },\n"
    "  { name = \"hotline\"; label = \"热线\"; en = \"Hotline\"; scope = \"area\"; masked = [ "
    "\"B\" ];\n"
    "    may = \"child.read\"; fields = [ \"child.full_name\", \"child.id_no\" ]; },\n"
    "  { name = \"security\"; label = \"安全管理员\"; en = \"Security admin\"; scope = \"none\";\n"
    "    admin = true; may = [ \"user.manage\", \"user.read\" ]; }\n"
    ");\n";

static const struct {
    const char *group;  /* the inside of one more role */
    const char *expect; /* in the only message */
} mistakes[] = {
    {"", "缺少“name”"},
    {"name = \"director\"; ", "重复"},
    {"name = \"r\"; scop = \"area\"; ", "scope"},
    {"name = \"r\"; classes = \"AE\"; ", "A B C D"},
    {"name = \"r\"; level = \"twon\"; ", "town"},
    {"name = \"r\"; may = [ \"child.read\", \"child.red\" ]; ", "child.red”，是不是“read"},
    {"name = \"r\"; may = \"chld.read\"; ", "是不是“child”"},
    {"name = \"r\"; may = \"export.runn\"; ", "是不是“export.run”"},
    {"name = \"r\"; may = \"*\"; ", "没有权限"},
    {"name = \"r\"; may = \"*.read\"; ", "没有权限"},
    {"name = \"r\"; may = \"audit.read\"; ", "admin = true"},
    {"name = \"r\"; fields = [ \"child.nam\" ]; ", "没有字段“child.nam”"},
    {"name = \"r\"; fields = [ \"name\" ]; ", "没有字段“name”"},
    {"name = \"r\"; admin = true; may = \"child.read\"; ", "儿童的档案"},
    {"name = \"r\"; admin = true; may = \"visit.*\"; ", "儿童的档案"},
    {"name = \"r\"; admin = true; may = [ \"user.manage\", \"audit.read\" ]; ", "分开"},
};

static const struct dict *load_small(void *ctx)
{
    const struct dict *d = dict_load(ctx, SRCDIR "/tests/unit/forms-small", conf_errors_new(ctx));

    cr_assert_not_null(d);
    return d;
}

static struct roles *load(void *ctx, const struct dict *d, const char *text,
                          struct conf_errors *errs)
{
    char *path = talloc_asprintf(ctx, "%s/roles.conf", tmpdir_new(ctx));

    cr_assert_eq(io_write_file(path, text, strlen(text), 0600), 0);
    return roles_load(ctx, path, d, errs);
}

Test(role, rights)
{
    static const struct {
        const char *role, *right;
        bool may;
    } table[] = {
        {"director", "child.read", true},   {"director", "child.print", true},
        {"director", "visit.add", true},    {"director", "visit.change", false},
        {"director", "person.read", false}, {"director", "chil.read", false},
        {"director", "child", false},       {"director", "child.fly", false},
        {"director", "child.*", true},      {"director", "user.manage", false},
        {"hotline", "child.read", true},    {"hotline", "child.change", false},
        {"security", "user.manage", true},  {"security", "user.change", false},
    };
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    const struct roles *roles = load(ctx, load_small(ctx), good, errs);

    cr_assert_not_null(roles, "%s", errs->n > 0 ? errs->text[0] : "");
    for (size_t i = 0; i < NELEM(table); i++)
        cr_assert_eq(role_may(roles_find(roles, table[i].role), table[i].right), table[i].may,
                     "%s %s", table[i].role, table[i].right);
    cr_assert_null(roles_find(roles, "nobody"));
    cr_assert_eq(roles_find(roles, "security")->scope, SCOPE_NONE);
    cr_assert_str_eq(roles_find(roles, "director")->level, "village");
    talloc_free(ctx);
}

Test(role, fields_and_values)
{
    static const struct {
        const char *role, *form, *field;
        bool reads, masked;
    } table[] = {
        {"director", "child", "name", true, false},
        {"director", "child", "id_no", true, true},
        {"director", "child", "relief", true, false},
        {"director", "child", "note", false, false},
        {"hotline", "child", "id_no", true, true},
        {"hotline", "child", "name", false, false}, /* B, but only masked numbers of B */
        {"hotline", "person", "phone", false, false},
        {"security", "child", "village", false, false},
    };
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);
    const struct roles *roles = load(ctx, d, good, conf_errors_new(ctx));
    const struct codes *relief = dict_codes(d, "relief");

    cr_assert_not_null(roles);
    for (size_t i = 0; i < NELEM(table); i++) {
        bool masked,
            reads = role_reads(roles_find(roles, table[i].role),
                               form_field(dict_form(d, table[i].form), table[i].field), &masked);

        cr_assert_eq(reads, table[i].reads, "%s %s", table[i].role, table[i].field);
        cr_assert_eq(reads && masked, table[i].masked, "%s %s", table[i].role, table[i].field);
    }
    cr_assert(role_reads_code(roles_find(roles, "director"), codes_find(relief, "01")));
    cr_assert(!role_reads_code(roles_find(roles, "director"), codes_find(relief, "05")));
    cr_assert(role_reads_code(roles_find(roles, "director"), codes_find(relief, "06")));
    cr_assert(!role_reads_code(roles_find(roles, "hotline"), codes_find(relief, "06")));
    talloc_free(ctx);
}

Test(role, mistakes)
{
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);

    for (size_t i = 0; i < NELEM(mistakes); i++) {
        struct conf_errors *errs = conf_errors_new(ctx);
        const char *scope = strstr(mistakes[i].group, "scop") != NULL ? "" : "scope = \"none\"; ";
        char *text = talloc_asprintf(ctx, "%.*s, { %slabel = \"某\"; en = \"R\"; %s } );\n",
                                     (int)sizeof good - 5, good, mistakes[i].group, scope);

        cr_assert_null(load(ctx, d, text, errs), "%s", mistakes[i].group);
        cr_assert(errs->n >= 1 && errs->n <= 2, "%s", mistakes[i].group);
        cr_assert_not_null(strstr(errs->text[0], mistakes[i].expect), "%s: %s", mistakes[i].group,
                           errs->text[0]);
        cr_assert_not_null(strstr(errs->text[0], ":8: "), "%s", errs->text[0]);
    }
    /* A view of forms-small names the role director. */
    {
        struct conf_errors *errs = conf_errors_new(ctx);

        cr_assert_null(load(ctx, d,
                            "roles = ( { name = \"diretor\"; label = \"某\"; en = \"R\"; "
                            "scope = \"none\"; } );\n",
                            errs));
        cr_assert_eq(errs->n, 1);
        cr_assert_not_null(strstr(errs->text[0], "child.form:"), "%s", errs->text[0]);
        cr_assert_not_null(strstr(errs->text[0], "是不是“diretor”"), "%s", errs->text[0]);
    }
    talloc_free(ctx);
}

/* What is installed must load, or no server starts. */
Test(role, shipped_forms_and_roles)
{
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    const struct dict *d = dict_load(ctx, SRCDIR "/forms", errs);

    if (d != NULL)
        roles_load(ctx, SRCDIR "/conf/roles.conf", d, errs);
    for (size_t i = 0; i < errs->n; i++)
        cr_log_error("%s", errs->text[i]);
    cr_assert_eq(errs->n, 0);
    talloc_free(ctx);
}
