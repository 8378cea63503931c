/*
 * The forms and roles that are installed: they load without a mistake, hide what is restricted from
 * whom it must, put no hurting word on paper or in a warning, and their rules speak of
 * the case they are for and of no other.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "form/checklist.h"
#include "form/codes.h"
#include "form/role.h"
#include "rec/check.h"

static void *ctx;
static struct dict *dict;
static struct roles *roles;

static void setup(void)
{
    struct conf_errors *errs;

    ctx = talloc_new(NULL);
    errs = conf_errors_new(ctx);
    dict = rec_load_dict(ctx, SRCDIR "/forms", errs);
    for (size_t i = 0; i < errs->n; i++)
        cr_log_error("%s", errs->text[i]);
    cr_assert(dict != NULL && errs->n == 0);
    roles = roles_load(ctx, SRCDIR "/conf/roles.conf", dict, errs);
    for (size_t i = 0; i < errs->n; i++)
        cr_log_error("%s", errs->text[i]);
    cr_assert(roles != NULL);
}

static void teardown(void)
{
    talloc_free(ctx);
}

TestSuite(forms_shipped, .init = setup, .fini = teardown);

Test(forms_shipped, every_question_is_explained)
{
    for (size_t i = 0; i < dict->nform; i++)
        for (size_t k = 0; k < dict->form[i].nfield; k++) {
            const struct form_field *f = &dict->form[i].field[k];

            cr_expect(f->help != NULL && strlen(f->help) > 6, "%s.%s has no help", f->form->name,
                      f->name);
        }
}

static bool hurts(const char *text)
{
    static const char *const words[] = {"留守", "困境", "问题家庭", "差", "服刑", "艾滋", "低保"};

    for (size_t i = 0; text != NULL && i < NELEM(words); i++)
        if (strstr(text, words[i]) != NULL)
            return true;
    return false;
}

/* Tact (design.md 7): papers, and the columns that anybody at the screen sees. */
Test(forms_shipped, papers_and_columns_are_neutral)
{
    for (size_t i = 0; i < dict->nform; i++) {
        const struct form *f = &dict->form[i];

        for (size_t k = 0; k < f->nview; k++) {
            cr_expect(!hurts(f->view[k].print), "%s: %s", f->view[k].name, f->view[k].print);
            cr_expect(!hurts(f->view[k].label), "%s: %s", f->view[k].name, f->view[k].label);
            for (size_t c = 0; c < f->view[k].ncolumn; c++)
                cr_expect(f->view[k].column[c].path.field->class < CLASS_C, "%s: class C column",
                          f->view[k].name);
        }
        for (size_t c = 0; c < f->ncolumn; c++)
            cr_expect(f->column[c].path.field->class < CLASS_C, "%s: class C column", f->name);
    }
}

Test(forms_shipped, restricted_values_have_one_keeper)
{
    static const struct {
        const char *table, *code;
    } values[] = {{"child_kinds", "31"}, {"flags", "14"},        {"flags", "20"},
                  {"prohibit", "3"},     {"special_state", "9"}, {"hiv_status", "2"}};
    const struct form *child = dict_form(dict, "child");
    bool masked;

    for (size_t r = 0; r < roles->n; r++) {
        const struct role *role = &roles->role[r];
        bool keeper = strcmp(role->name, "named_keeper") == 0;

        for (size_t i = 0; i < NELEM(values); i++) {
            const struct codes *t = dict_codes(dict, values[i].table);

            cr_assert(t != NULL && codes_find(t, values[i].code) != NULL);
            cr_expect(role_reads_code(role, codes_find(t, values[i].code)) == keeper, "%s %s.%s",
                      role->name, values[i].table, values[i].code);
        }
        cr_expect(role_reads(role, form_field(child, "hiv_status"), &masked) == keeper, "%s",
                  role->name);
        cr_expect(!role->admin || !role_may(role, "child.read"), "%s", role->name);
    }
}

/* Every kind of sweep has its questions; the five clear facts are asked. */
Test(forms_shipped, checklists)
{
    static const char *const own[][2] = {{"1", "winter"}, {"2", "summer"}, {"3", "term"},
                                         {"4", "flood"},  {"6", "assess"}, {"8", "general"}};
    static const char *const clear[] = {"clear_data",   "clear_basic",  "clear_social",
                                        "clear_needs",  "clear_safety", "clear_guard",
                                        "clear_living", "clear_medical"};
    const struct codes *kinds = dict_codes(dict, "sweep_kind");
    const struct checklist *c;

    for (size_t i = 0; i < kinds->n; i++)
        cr_expect(checklist_find(dict, NULL, kinds->code[i].code) != NULL, "%s",
                  kinds->code[i].label);
    for (size_t i = 0; i < NELEM(own); i++) {
        c = checklist_find(dict, "", own[i][0]);
        cr_assert_str_eq(c->name, own[i][1]);
        cr_expect_eq(strlen(c->digest), 64u);
        cr_expect(!hurts(c->label) && !hurts(c->note), "%s", c->name);
    }
    c = checklist_find(dict, "summer", NULL);
    for (size_t i = 0; i < NELEM(clear); i++)
        cr_expect_str_eq(c->part[0].field[i]->name, clear[i]);
    cr_expect(checklist_find(dict, "nothing", "2") == NULL);
}

/* --- rules --- */

static struct rec *father, *mother, *caregiver;

static const struct rec *linked(void *arg, const struct rec *r, const struct form_field *f)
{
    (void)arg;
    if (rec_at(r, f) == NULL)
        return NULL;
    return strcmp(f->name, "father") == 0      ? father
           : strcmp(f->name, "mother") == 0    ? mother
           : strcmp(f->name, "caregiver") == 0 ? caregiver
                                               : NULL;
}

static struct rec *person(uint64_t id, const char *name, const char *born, const char *phone)
{
    struct rec *p = rec_new(ctx, dict_form(dict, "person"));

    p->id = id;
    rec_set(p, "name", name);
    rec_set(p, "birth_date", born);
    rec_set(p, "phone", phone);
    return p;
}

/* A child of ten whose parents are both away and whose file has nothing wrong with it. */
static struct rec *good_child(void)
{
    static const char *const values[][2] = {
        {"name", "王小雨"},
        {"sex", "2"},
        {"birth_date", "2016-03-12"},
        {"hukou_type", "1"},
        {"father", "1"},
        {"village", "320681109217"},
        {"mother", "2"},
        {"caregiver", "3"},
        {"caregiver_relation", "62"},
        {"child_kinds", "10"},
        {"relief", "00"},
        {"reason_entrust", "1"},
        {"add_date", "2026-11-22"},
        {"live_with", "4"},
        {"school_state", "03"},
        {"boarding", "0"},
        {"health", "10"},
        {"actual_care", "1"},
        {"has_caregiver", "1"},
    };
    struct rec *c = rec_new(ctx, dict_form(dict, "child"));

    father = person(1, "王强", "1988-02-01", "13990484329");
    mother = person(2, "李梅", "1990-02-01", "19453031286");
    caregiver = person(3, "赵桂兰", "1960-05-01", "13866913870");
    for (size_t i = 0; i < 2; i++) {
        rec_set(i == 0 ? father : mother, "out_working", "1");
        rec_set(i == 0 ? father : mother, "out_since", "2024-02");
        rec_set(i == 0 ? father : mother, "life_state", "1");
    }
    for (size_t i = 0; i < NELEM(values); i++)
        rec_set(c, values[i][0], values[i][1]);
    return c;
}

/* path=value sets a field of the child or of a linked person. */
static void put(struct rec *c, const char *path, const char *value)
{
    const char *dot = strchr(path, '.');

    if (dot == NULL)
        rec_set(c, path, value);
    else
        rec_set(path[0] == 'f' ? father : path[0] == 'm' ? mother : caregiver, dot + 1, value);
}

static char *spoken(const struct rec *c)
{
    struct rec_env env = {.today = {2026, 11, 22}, .linked = linked};
    struct findings *f = findings_new(ctx);
    char *out = talloc_strdup(ctx, "");

    rec_check(c, &env, f);
    for (size_t i = 0; i < f->n; i++)
        out = talloc_asprintf_append(out, "%s%c:%s", i > 0 ? " " : "", f->f[i].level, f->f[i].code);
    return out;
}

Test(forms_shipped, rules_speak_of_their_case_only)
{
    static const struct {
        const char *set[3][2];
        const char *want;
    } cases[] = {
        {{{NULL}}, ""},
        {{{"birth_date", "2010-11-22"}, {"school_state", "05"}}, "E:over_age"},
        {{{"birth_date", "2010-11-23"}, {"school_state", "05"}}, ""},
        /* registered in time: turning sixteen is no mistake of the file */
        {{{"birth_date", "2010-01-01"}, {"school_state", "05"}, {"add_date", "2020-01-01"}}, ""},
        {{{"birth_date", "2010-01-01"}, {"school_state", "05"}, {"add_date", NULL}}, "E:over_age"},
        {{{"add_date", "2027-01-01"}}, "E:add_future"},
        {{{"exit_date", "2026-11-22"}, {"exit_reason", "08"}}, "E:death_needs_cause"},
        {{{"state", "4"}}, "E:exit_needs_date"},
        {{{"caregiver", "1"}}, "E:caregiver_is_father"},
        {{{"caregiver.phone", "13990484329"}}, "W:phone_same_father"},
        {{{"caregiver.phone", "?1:没有电话"}, {"father.phone", "?1:没有电话"}}, ""},
        {{{"caregiver.birth_date", "2009-01-01"}}, "W:caregiver_minor"},
        {{{"father.birth_date", "2000-03-13"}}, "W:father_young"},
        {{{"father.birth_date", "2000-03-12"}}, ""},
        {{{"live_with", "9"}}, "W:alone"},
        {{{"hukou_type", "2"}}, "W:hukou_not_rural"},
        {{{"hukou_type", "3"}}, ""},
        {{{"father.out_since", "2026-10"}}, "I:father_out_short"},
        {{{"father.out_since", "?1:不知道"}}, ""},
        {{{"father.out_working", "0"}}, "W:father_not_out"},
        {{{"school_state", "02"}}, "W:kindergarten_age"},
        {{{"disability_kinds", "4"}}, "W:healthy_disabled"},
        {{{"relief", "00,02"}}, "W:relief_none"},
        {{{"relief", "02,05"}}, ""},
        {{{"child_kinds", "10,21"}}, "W:orphan_parent"},
        {{{"child_kinds", "10,61"}}, "W:temp_dates"},
        {{{"child_kinds", "10,51"}}, "I:safety_case"},
    };

    for (size_t i = 0; i < NELEM(cases); i++) {
        struct rec *c = good_child();

        for (size_t k = 0; k < 3 && cases[i].set[k][0] != NULL; k++)
            put(c, cases[i].set[k][0], cases[i].set[k][1]);
        cr_expect_str_eq(spoken(c), cases[i].want, "case %zu: %s, not %s", i, spoken(c),
                         cases[i].want);
    }
}
