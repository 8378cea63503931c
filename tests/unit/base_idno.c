/* Citizen identity numbers: the vectors of the standard and what is said about a wrong one. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <talloc.h>

#include "base/idno.h"

static const struct date today = {2026, 11, 22};

Test(base_idno, numbers)
{
    static const struct {
        const char *s;
        enum idno_problem problem;
        char sex;
        const char *says; /* part of the sentence */
    } t[] = {
        {"34052419800101001X", IDNO_OK, '1', NULL},
        {"11010519491231002X", IDNO_OK, '2', NULL},
        {"440524188001010014", IDNO_OK, '1', NULL},
        {"431003201408154021", IDNO_OK, '2', NULL},
        {"431003201408154013", IDNO_OK, '1', NULL},
        {"431003201602291230", IDNO_OK, '1', NULL},
        {"431003201502291233", IDNO_DATE, '1', "2015年2月29日 不存在"},
        {"431003201502291234", IDNO_DATE, '1', "不存在"},
        {"431003201400154021", IDNO_DATE, '2', "不存在"},
        {"431003201408004021", IDNO_DATE, '2', "不存在"},
        {"431003202611231230", IDNO_DATE, '1', "晚于今天"},
        {"431003201408154022", IDNO_CHECKSUM, '2', "末位应为 1"},
        {"340524198001010011", IDNO_CHECKSUM, '1', "末位应为 X"},
        {"34052419800101001x", IDNO_CHARS, '1', "只能是数字"},
        {"3405241980O1O1001X", IDNO_CHARS, 0, "只能是数字"},
        {"四31003201408154021", IDNO_CHARS, 0, "只能是数字"},
        {"130503670401001", IDNO_LENGTH, 0, "18 位"},
        {"4310032014081540211", IDNO_LENGTH, 0, "18 位"},
        {"", IDNO_LENGTH, 0, "18 位"},
    };

    for (size_t i = 0; i < NELEM(t); i++) {
        struct idno id;
        cr_assert(eq(int, idno_check(t[i].s, today, &id), t[i].problem), "%s", t[i].s);
        cr_assert(eq(int, id.sex, t[i].sex), "%s", t[i].s);
        const char *says = idno_problem_text(NULL, t[i].problem, &id);
        if (!t[i].says)
            cr_assert(says == NULL);
        else
            cr_assert(strstr(says, t[i].says) != NULL, "%s", says);
        talloc_free(base_unconst(says));
    }
}

Test(base_idno, what_it_holds)
{
    struct idno id;
    struct date born = {2016, 2, 29};

    cr_assert(eq(int, idno_check("431003201602291230", today, &id), IDNO_OK));
    cr_assert_str_eq(id.area, "431003");
    cr_assert(eq(int, date_cmp(id.birth, born), 0));
    cr_assert(eq(int, id.check, '0'));
    cr_assert(eq(int, idno_check("431003201602291230", born, &id), IDNO_OK), "born today");
}

Test(base_idno, masks)
{
    static const struct {
        const char *in, *out;
    } t[] = {
        {"431003201408154021", "431003********4021"},
        {"34052419800101001X", "340524********001X"},
        {"130503670401001", "*************01"},
        {"123", "*23"},
        {"12", "**"},
        {"1", "*"},
        {"", ""},
        {"护照一二三", "***二三"},
    };

    for (size_t i = 0; i < NELEM(t); i++) {
        char *m = idno_mask(NULL, t[i].in);
        cr_assert_str_eq(m, t[i].out);
        talloc_free(m);
    }
}
