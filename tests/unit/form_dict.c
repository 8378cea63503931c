/*
 * Loading forms: a good directory gives what its files say; a bad one gives every mistake of every
 * file, by file and line (forms-bad/expected lists them word for word).
 */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/io.h"
#include "form/codes.h"
#include "form/form.h"
#include "form/type.h"
#include "unit/mistakes.h"
#include "unit/tmpdir.h"

#define FORMS SRCDIR "/tests/unit/forms-"

static const struct dict *load_small(void *ctx)
{
    struct conf_errors *errs = conf_errors_new(ctx);
    struct dict *d = dict_load(ctx, FORMS "small", errs);

    for (size_t i = 0; i < errs->n; i++)
        cr_log_error("%s", errs->text[i]);
    cr_assert_not_null(d);
    return d;
}

/* As rec_load_dict does it, which is a room further on. */
static struct dict *load_whole(void *ctx, const char *dir, struct conf_errors *errs)
{
    struct dict *d = dict_load(ctx, dir, errs);

    conf_errors_sort(errs, 0);
    return errs->n > 0 ? NULL : d;
}

Test(dict, every_mistake_at_once)
{
    expect_errors(load_whole, FORMS "bad");
    expect_errors(load_whole, FORMS "syntax");
}

Test(dict, fields_as_written)
{
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);
    const struct form *child = dict_form(d, "child"), *person = dict_form(d, "person");
    const struct form_field *f = form_field(child, "name");

    cr_assert_eq(d->nform, 4);
    cr_assert_null(dict_form(d, "nobody"));
    cr_assert_str_eq(child->area, "village");
    cr_assert_str_eq(child->key, "id_no");
    cr_assert_str_eq(child->code, "31");
    cr_assert(dict_form(d, "user")->system);
    cr_assert_eq(f->pos, 0);
    cr_assert_eq(f->max, 60);
    cr_assert_eq(f->line, 5);
    cr_assert(f->must && f->index && f->person);
    cr_assert_eq(f->search, SEARCH_NAME);
    cr_assert_eq(f->class, CLASS_B);
    cr_assert_eq(f->form, child);
    cr_assert_eq(form_field(child, "full_name"), f, "former name");
    cr_assert_null(form_field(child, "nam"));
    cr_assert_null(form_field(child, ""));
    f = form_field(child, "sex");
    cr_assert_str_eq(f->complete_text, "1");
    cr_assert_eq(f->codes, dict_codes(d, "sex"));
    cr_assert_str_eq(form_field(child, "id_no")->complete_text, "sex is not empty");
    cr_assert(form_field(child, "id_no")->unknown_ok);
    cr_assert_eq(form_field(child, "father")->ref, person);
    cr_assert_eq(form_field(child, "relief")->class, CLASS_C);
    f = form_field(dict_form(d, "user"), "school");
    cr_assert(f->search == SEARCH_NAME && !f->person, "a title is searched but no person");
    talloc_free(ctx);
}

Test(dict, layout_as_written)
{
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);
    const struct form *child = dict_form(d, "child");
    const struct form_section *s = child->section;
    const struct form_view *v;

    cr_assert_eq(child->nsection, 3);
    cr_assert_eq(s[0].n, 7);
    cr_assert_str_eq(form_path_text(ctx, s[0].path[6]), "father.phone");
    cr_assert_str_eq(form_path_label(ctx, s[0].path[6]), "父亲·电话");
    cr_assert_str_eq(form_path_label(ctx, s[0].path[0]), "姓名");
    cr_assert_eq(s[1].fold, CLASS_C);
    cr_assert_str_eq(s[1].when_text, "sex is not empty");
    /* Fields that no section lists are asked for all the same; not system and retired ones. */
    cr_assert_str_eq(s[2].name, "other");
    cr_assert_eq(s[2].n, 7);
    cr_assert_eq(s[2].fold, CLASS_D, "note is of class D");
    cr_assert_str_eq(s[2].path[0].field->name, "father");
    cr_assert_eq(child->ncolumn, 3);
    cr_assert_eq(child->column[0].width, 12);
    cr_assert_eq(child->column[2].width, 18, "the type's width");
    cr_assert_eq(child->column[2].priority, 3);
    cr_assert_eq(dict_form(d, "visit")->ncolumn, 1, "the title stands for missing columns");
    v = form_view(child, "boarders");
    cr_assert_str_eq(v->where_text, "boarding = 1");
    cr_assert_str_eq(v->print, "住校学生名单");
    cr_assert_str_eq(v->roles[0], "director");
    cr_assert_null(v->roles[1]);
    cr_assert(v->todo);
    cr_assert_eq(v->ncolumn, 2);
    cr_assert_str_eq(v->column[1].path.field->name, "sex");
    cr_assert_str_eq(form_view(child, "all")->sort, "-name");
    cr_assert_null(form_view(child, "none"));
    cr_assert_eq(child->nrule, 2);
    cr_assert_eq(child->rule[1].level, 'I');
    cr_assert_str_eq(child->rule[1].field.via->name, "father");
    talloc_free(ctx);
}

Test(dict, paths)
{
    static const struct {
        const char *text;
        int rc;
    } table[] = {{"name", 0},
                 {"father.name", 0},
                 {"full_name", 0},
                 {"father", 0},
                 {"", HE_NOTFOUND},
                 {".", HE_NOTFOUND},
                 {"father.", HE_NOTFOUND},
                 {".name", HE_NOTFOUND},
                 {"fathe.name", HE_NOTFOUND},
                 {"father.sex", HE_NOTFOUND},
                 {"father.name.x", HE_NOTFOUND},
                 {"sex.name", HE_NOTFOUND}};
    void *ctx = talloc_new(NULL);
    const struct form *child = dict_form(load_small(ctx), "child");
    struct form_path p;

    for (size_t i = 0; i < NELEM(table); i++)
        cr_assert_eq(form_path_parse(child, table[i].text, &p), table[i].rc, "%s", table[i].text);
    talloc_free(ctx);
}

Test(dict, what_code_requires)
{
    static const char *const good[] = {"child.village:area", "visit.child:ref",
                                       "child.full_name:text", NULL};
    static const char *const bad[] = {"child.village:text", "child.villag:area", "sweep.name:text",
                                      NULL};
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);
    struct conf_errors *errs = conf_errors_new(ctx);

    dict_require(d, good, errs);
    cr_assert_eq(errs->n, 0);
    dict_require(d, bad, errs);
    cr_assert_eq(errs->n, 3);
    cr_assert_not_null(strstr(errs->text[0], "child.form:12: "), "%s", errs->text[0]);
    cr_assert_not_null(strstr(errs->text[1], "child.form: "), "%s", errs->text[1]);
    cr_assert_not_null(strstr(errs->text[2], "sweep"), "%s", errs->text[2]);
    talloc_free(ctx);
}

static void put(void *ctx, const char *dir, const char *name, const char *text)
{
    cr_assert_eq(io_write_file(talloc_asprintf(ctx, "%s/%s", dir, name), text, strlen(text), 0600),
                 0);
}

Test(dict, digest_over_every_file)
{
    static const char form[] =
        "name = \"a\"; label = \"甲\"; en = \"A\";\nfields = ( { name = \"x\"; "
        "label = \"子\"; en = \"X\"; type = \"code\"; codes = \"c\"; } );\n";
    static const char *const tables[] = {"code,label,en,alias,from,to,class,map\n1,一,,,,,,\n",
                                         "code,label,en,alias,from,to,class,map\n1,二,,,,,,\n"};
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    char *dir = tmpdir_new(ctx);
    char digest[3][65];

    cr_assert_null(load_whole(ctx, dir, errs), "an empty directory is a mistake");
    cr_assert_eq(errs->n, 1);
    cr_assert_eq(io_make_dirs(talloc_asprintf(ctx, "%s/codes", dir), 0700), 0);
    put(ctx, dir, "a.form", form);
    put(ctx, dir, ".hidden.form", "nonsense");
    put(ctx, dir, "a.form~", "nonsense");
    for (int i = 0; i < 3; i++) {
        const struct dict *d;

        put(ctx, dir, "codes/c.csv", tables[i % 2]);
        errs = conf_errors_new(ctx);
        d = dict_load(ctx, dir, errs);
        cr_assert_not_null(d, "%s", errs->n > 0 ? errs->text[0] : "");
        strcpy(digest[i], d->digest);
    }
    cr_assert_eq(strlen(digest[0]), 64);
    cr_assert_str_neq(digest[0], digest[1]);
    cr_assert_str_eq(digest[0], digest[2]);
    talloc_free(ctx);
}

Test(codes, lookup)
{
    static const struct {
        const char *table, *typed, *code;
    } cases[] = {{"sex", "1", "1"},      {"sex", "男", "1"},
                 {"sex", "男 性", "1"},  {"sex", "MALE", "1"},
                 {"sex", "Ｍ", "1"},     {"sex", "２", "2"},
                 {"sex", "女性", "2"},   {"sex", "", NULL},
                 {"sex", "中", NULL},    {"relief", "旧补助", "13"}, /* the one in force */
                 {"relief", "03", "03"}, {"relief", "临时救助,一次", "02"}};
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);
    const struct codes *t = dict_codes(d, "relief");

    for (size_t i = 0; i < NELEM(cases); i++) {
        const struct code *c = codes_lookup(dict_codes(d, cases[i].table), cases[i].typed);

        cr_assert_eq(c != NULL, cases[i].code != NULL, "%s", cases[i].typed);
        if (c != NULL)
            cr_assert_str_eq(c->code, cases[i].code);
    }
    cr_assert_str_eq(dict_codes(d, "sex")->standard, "GB/T 2261.1-2003 性别");
    cr_assert_null(t->standard);
    cr_assert_str_eq(codes_label(t, "01"), "低保");
    cr_assert_str_eq(codes_label(t, "77"), "77");
    cr_assert_eq(codes_find(t, "05")->class, CLASS_D);
    cr_assert_eq(codes_find(t, "01")->class, CLASS_A);
    cr_assert_str_eq(codes_find(t, "01")->map, "A1");
    cr_assert_eq(codes_find(t, "03")->to.y, 2019);
    talloc_free(ctx);
}
