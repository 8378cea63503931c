/* Search tokens: what finds whom. */
#include "unit/rec_forms.h"

static char *join(void *ctx, const char **t)
{
    char *s = talloc_strdup(ctx, "");

    for (; *t; t++)
        s = talloc_asprintf_append(s, "%s%s", *s ? " " : "", *t);
    return s;
}

Test(rec_token, record)
{
    static const struct {
        const char *rec, *tokens;
    } row[] = {
        {"name=张玲|id_no=320681202108241887",
         "n张玲 pzl fzhangling n玲 d320681202108241887 d202108241887 r788142801202186023"},
        {"name=王小雨|id_no=32068120160312402X",
         "n王小雨 pwxy fwangxiaoyu n小雨 pxy fxiaoyu n雨 d32068120160312402X d20160312402X "
         "rX20421306102186023"},
        {"phone=13990484329", "d13990484329 r92348409931"},
        {"phone=?1:家长不肯说", ""},
        {"name=王王", "n王王 pww fwangwang n王"},
        {"remark=爱画画", ""},
    };
    void *ctx = talloc_new(NULL);
    struct dict *d = forms_load(ctx);

    for (size_t i = 0; i < NELEM(row); i++) {
        char *got = join(ctx, rec_tokens(ctx, rec_of(ctx, dict_form(d, "child"), row[i].rec)));
        cr_expect(strcmp(got, row[i].tokens) == 0, "%s:\n %s", row[i].rec, got);
    }
    talloc_free(ctx);
}

Test(rec_token, word)
{
    static const struct {
        const char *word, *tokens;
    } row[] = {
        {"wxy", "pwxy fwxy"},
        {"WXY", "pwxy fwxy"},
        {"ｗｘｙ", "pwxy fwxy"},
        {"zhang", "fzhang pzhang"},
        {"xi'an", "pxian fxian"},
        {"小雨", "n小雨"},
        {"买买提·艾力", "n买买提艾力"},
        {"买买提•艾力", "n买买提艾力"},
        {"张wei", "n张wei fzhangwei pzwei"},
        {"402x", "rX204 d402X"},
        {"4021", "r1204 d4021"},
        {"20160312", "d20160312 r21306102"},
        {"139 9048 4329", "d13990484329 r92348409931"},
        {"139-9048", "d1399048 r8409931"},
        {"E1234", "r4321E dE1234 fe1234 pe1234"},
        {"x", "px fx"},
        {"7", "r7 d7"},
        {"", ""},
        {" · ", ""},
        {"%", ""},
    };
    void *ctx = talloc_new(NULL);

    for (size_t i = 0; i < NELEM(row); i++) {
        char *got = join(ctx, rec_query_tokens(ctx, row[i].word));
        cr_expect(strcmp(got, row[i].tokens) == 0, "%s: %s", row[i].word, got);
    }
    talloc_free(ctx);
}

/* Whoever types any of these finds the child. */
Test(rec_token, finds)
{
    static const struct {
        const char *name, *word[8];
    } row[] = {
        {"王小雨", {"王", "王小", "小雨", "雨", "w", "wx", "wxy", "wangxiao"}},
        {"曾小雨", {"zxy", "cxy", "zengxiaoyu", "xiaoyu", "曾xy", "曾xiao"}},
        {"欧阳娜娜", {"欧阳", "oynn", "nn", "nana", "ouyang", "阳娜"}},
        {"买买提·艾力", {"买买提", "艾力", "买买提艾力", "买买提.艾力", "mmtal", "al"}},
        {"启东市中心学校", {"中心", "学校", "zxxx", "qidong", "qds"}},
        {"单于·A", {"单于a", "单于·Ａ"}},
        {"𠮷田", {"𠮷", "田"}},
    };
    void *ctx = talloc_new(NULL);
    struct dict *d = forms_load(ctx);

    for (size_t i = 0; i < NELEM(row); i++) {
        struct rec *r = rec_new(ctx, dict_form(d, "child"));
        rec_set(r, "name", row[i].name);
        const char **have = rec_tokens(ctx, r);
        for (size_t j = 0; j < 8 && row[i].word[j]; j++) {
            const char **want = rec_query_tokens(ctx, row[i].word[j]);
            bool found = false;
            for (; *want; want++)
                for (const char **t = have; *t; t++)
                    found = found || strncmp(*t, *want, strlen(*want)) == 0;
            cr_expect(found, "%s does not find %s among %s", row[i].word[j], row[i].name,
                      join(ctx, have));
        }
    }
    talloc_free(ctx);
}

/* A long name or many readings stay bounded, and no token comes twice. */
Test(rec_token, bounded)
{
    void *ctx = talloc_new(NULL);
    struct dict *d = forms_load(ctx);
    struct rec *r = rec_new(ctx, dict_form(d, "child"));
    char *name = talloc_strdup(ctx, "");

    for (int i = 0; i < 30; i++)
        name = talloc_strdup_append(name, i % 2 ? "行" : "乐");
    rec_set(r, "name", name);
    rec_set(r, "id_no", "320681202108241887");
    const char **t = rec_tokens(ctx, r);
    size_t n = 0;
    for (; t[n]; n++)
        for (size_t i = 0; i < n; i++)
            cr_expect(strcmp(t[i], t[n]) != 0, "%s twice", t[n]);
    cr_expect(n <= 96 && n > 20, "%zu tokens", n);
    cr_expect(strstr(join(ctx, t), "d320681202108241887") != NULL);
    talloc_free(ctx);
}
