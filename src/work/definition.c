/*
 * Is a child a rural left-behind child (农村留守儿童)? Decision 1 of domain.md 9,
 * R-003; 国发〔2016〕13号. Every condition is three-valued: one that is false decides 不符合 and is
 * named, one that is unknown leaves 待核 and names what is missing, so a half-known family is never
 * guessed at.
 */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "form/type.h"
#include "work/save.h"

/* Codes, dates and places only: far shorter than the room. */
struct line {
    char text[1024];
    size_t len;
};

struct test {
    void *ctx;
    const struct county_conf *conf;
    const struct rec *child;
    const struct rec_env *env;
    struct line inputs, missing;
    const char *failed;
};

static void line_add(struct line *l, const char *text)
{
    size_t n = strlen(text);

    if (l->len + n >= sizeof l->text)
        return;
    memcpy(l->text + l->len, text, n + 1);
    l->len += n;
}

static const char *value(const struct rec *rec, const char *field)
{
    const char *v = rec ? rec_get(rec, field) : NULL;

    return v && !type_is_unknown(v) ? v : NULL;
}

static bool is(const struct rec *rec, const char *field, const char *code)
{
    const char *v = value(rec, field);

    return v && !strcmp(v, code);
}

static void missing(struct test *t, const char *who, const char *what)
{
    if (t->missing.len)
        line_add(&t->missing, "、");
    line_add(&t->missing, who);
    line_add(&t->missing, what);
}

static void saw(struct test *t, const char *key, const char *v)
{
    if (t->inputs.len)
        line_add(&t->inputs, " ");
    line_add(&t->inputs, key);
    line_add(&t->inputs, "=");
    line_add(&t->inputs, v ? v : "-");
}

static enum tri tri_or(enum tri a, enum tri b)
{
    if (a == TRI_TRUE || b == TRI_TRUE)
        return TRI_TRUE;
    return a == TRI_UNKNOWN || b == TRI_UNKNOWN ? TRI_UNKNOWN : TRI_FALSE;
}

static enum tri tri_and(enum tri a, enum tri b)
{
    if (a == TRI_FALSE || b == TRI_FALSE)
        return TRI_FALSE;
    return a == TRI_UNKNOWN || b == TRI_UNKNOWN ? TRI_UNKNOWN : TRI_TRUE;
}

/* Work place against the county of the child's home. 境外, 海上, 流动 are cross-county. */
static enum tri crosses_county(struct test *t, const struct rec *parent, const char *who)
{
    const char *place = value(parent, "work_area");
    const char *home = value(t->child, "village");

    saw(t, "work_area", place);
    if (!place || !home) {
        missing(t, who, HAN_("务工地点"));
        return TRI_UNKNOWN;
    }
    if (strspn(place, "0123456789") != strlen(place)) {
        if (!strcmp(place, HAN_("不详"))) {
            missing(t, who, HAN_("务工地点"));
            return TRI_UNKNOWN;
        }
        return TRI_TRUE;
    }
    if (t->conf->city_is_one_county && !strncmp(place, home, 4))
        return TRI_FALSE;
    if (area_level(place) < AREA_COUNTY && area_within(home, place)) {
        missing(t, who, N_("务工地点的县(市、区)"));
        return TRI_UNKNOWN;
    }
    return area_same_county(place, home) ? TRI_FALSE : TRI_TRUE;
}

static enum tri away_long_enough(struct test *t, const struct rec *parent, const char *who)
{
    const char *since = value(parent, "out_since");
    struct date d;

    saw(t, "out_since", since);
    if (!since || date_parse(since, &d)) {
        missing(t, who, HAN_("外出时间"));
        return TRI_UNKNOWN;
    }
    return date_months_between(d, t->env->today) >= t->conf->outing_months ? TRI_TRUE : TRI_FALSE;
}

/* There is no such parent, or he is dead or not to be found. */
static bool parent_gone(struct test *t, const struct rec *parent, bool father)
{
    const char *life = value(parent, "life_state");

    return (life && strchr("23456", *life)) ||
           (!parent && is(t->child, father ? "father_kind" : "mother_kind", "0"));
}

/* Working away: cross-county, long enough, and not back for good (decision 2). */
static enum tri parent_out(struct test *t, const struct rec *parent, bool father)
{
    const char *out = value(parent, "out_working"), *who = father ? HAN_("父亲") : HAN_("母亲");

    saw(t, father ? "father" : "mother", parent ? "1" : NULL);
    saw(t, "out_working", out);
    if (parent_gone(t, parent, father))
        return TRI_FALSE;
    if (!parent || !out) {
        missing(t, who, N_("是否外出务工"));
        return TRI_UNKNOWN;
    }
    if (strcmp(out, "1") != 0 || is(parent, "home_stay", "2"))
        return TRI_FALSE;
    return tri_and(crosses_county(t, parent, who), away_long_enough(t, parent, who));
}

/* A separated parent who does not live with the child counts as not caring (county parameter). */
static enum tri parent_apart(struct test *t, bool father)
{
    const char *with = value(t->child, "live_with");

    if (!t->conf->divorced_counts_absent ||
        !(is(t->child, "parents_state", "3") || is(t->child, "parents_state", "2")))
        return TRI_FALSE;
    saw(t, "live_with", with);
    if (!with)
        return TRI_UNKNOWN;
    return !strcmp(with, "1") || !strcmp(with, father ? "2" : "3") ? TRI_FALSE : TRI_TRUE;
}

/* Without guardianship ability; a dead or missing parent, and one in custody, counts so. ask: the
 * answer is still needed, so a missing one is named. */
static enum tri parent_unable(struct test *t, const struct rec *parent, bool father, bool ask)
{
    const char *life = value(parent, "life_state"), *special = value(parent, "special_state");
    const char *able = value(parent, "guardian_ability");

    saw(t, "life_state", life);
    saw(t, "guardian_ability", able);
    if (parent_gone(t, parent, father))
        return TRI_TRUE;
    if (special && strpbrk(special, "345678"))
        return TRI_TRUE;
    if (parent_apart(t, father) == TRI_TRUE)
        return TRI_TRUE;
    if (able && !strcmp(able, "2"))
        return TRI_TRUE;
    if (able && !strcmp(able, "1"))
        return TRI_FALSE;
    if (ask)
        missing(t, father ? HAN_("父亲") : HAN_("母亲"), N_("有无监护能力"));
    return TRI_UNKNOWN;
}

/* Rural hukou; 居民户口 goes by the division of the hukou (decision 1). */
static enum tri rural(struct test *t)
{
    const char *kind = value(t->child, "hukou_type"), *where = value(t->child, "hukou_area");

    saw(t, "hukou_type", kind);
    if (!kind) {
        missing(t, "", HAN_("户籍性质"));
        return TRI_UNKNOWN;
    }
    if (*kind == '1')
        return TRI_TRUE;
    if (*kind != '3')
        return TRI_FALSE;
    saw(t, "hukou_area", where);
    if (where && area_level(where) == AREA_VILLAGE && !area_is_residents_committee(where))
        return TRI_TRUE;
    for (const char **c = t->conf->rural_classes; where && c && *c; c++)
        if (t->env->area_class && t->env->area_class(t->env->arg, where) &&
            !strcmp(t->env->area_class(t->env->arg, where), *c))
            return TRI_TRUE;
    missing(t, "", N_("户籍所在地的城乡分类"));
    return TRI_UNKNOWN;
}

static enum tri young(struct test *t)
{
    const char *birth = value(t->child, "birth_date");
    struct date d;

    saw(t, "birth_date", birth);
    if (!birth || date_parse(birth, &d)) {
        missing(t, "", HAN_("出生日期"));
        return TRI_UNKNOWN;
    }
    return date_age(d, t->env->today) < 16 ? TRI_TRUE : TRI_FALSE;
}

/* Not living with a parent. When nobody said, both parents away says it. */
static enum tri apart_from_parents(struct test *t, enum tri both_out)
{
    const char *with = value(t->child, "live_with");

    saw(t, "live_with", with);
    if (!with || !strcmp(with, "0"))
        return both_out == TRI_TRUE ? TRI_TRUE : TRI_UNKNOWN;
    if (!strcmp(with, "1"))
        return TRI_FALSE;
    return TRI_TRUE; /* with one parent: whether that one can care is the next condition */
}

static void fail(struct test *t, enum tri v, const char *why)
{
    if (v == TRI_FALSE && !*t->failed)
        t->failed = why;
}

static void conclude(struct test *t, enum tri all, struct definition_result *out)
{
    if (*t->failed) {
        out->result = DEF_NO;
        out->reason = t->failed;
    } else if (all == TRI_TRUE) {
        out->result = DEF_YES;
        out->reason = out->entrust == 1 ? N_("父母双方外出") : N_("一方外出，另一方无监护能力");
    } else {
        out->result = DEF_OPEN;
        out->reason = talloc_asprintf(t->ctx, N_("还缺：%s"),
                                      t->missing.len ? t->missing.text : N_("与谁一起生活"));
    }
    out->inputs = talloc_strdup(t->ctx, t->inputs.text);
}

void definition_test(void *ctx, const struct county_conf *conf, const struct rec *child,
                     const struct rec_env *env, struct definition_result *out)
{
    struct test t = {ctx, conf, child, env, {"", 0}, {"", 0}, ""};
    const struct rec *father = env->linked(env->arg, child, form_field(child->form, "father"));
    const struct rec *mother = env->linked(env->arg, child, form_field(child->form, "mother"));
    enum tri is_young = young(&t), is_rural = rural(&t);
    enum tri f_out = parent_out(&t, father, true), m_out = parent_out(&t, mother, false);
    enum tri both = tri_and(f_out, m_out), f_unable = TRI_FALSE, m_unable = TRI_FALSE, left, apart;
    char months[12];

    *out = (struct definition_result){.result = DEF_OPEN};
    if (both != TRI_TRUE) {
        f_unable = parent_unable(&t, father, true, f_out == TRI_FALSE);
        m_unable = parent_unable(&t, mother, false, m_out == TRI_FALSE);
    }
    left = tri_or(both, tri_or(tri_and(f_out, m_unable), tri_and(m_out, f_unable)));
    apart = apart_from_parents(&t, both);
    if (both == TRI_TRUE)
        out->entrust = 1;
    else if (left == TRI_TRUE)
        out->entrust = 2;
    else if (f_unable == TRI_TRUE && m_unable == TRI_TRUE)
        out->entrust = 3;
    snprintf(months, sizeof months, "%d", conf->outing_months);
    saw(&t, "months", months);
    fail(&t, is_young, N_("已满16周岁"));
    fail(&t, is_rural, N_("户籍不是农村"));
    fail(&t, apart, N_("与父母共同生活"));
    fail(&t, left,
         out->entrust == 3 ? N_("父母双方无监护能力，按困境儿童登记")
                           : N_("父母没有双方外出，也不是一方外出另一方无监护能力"));
    conclude(&t, tri_and(tri_and(is_young, is_rural), tri_and(left, apart)), out);
}
