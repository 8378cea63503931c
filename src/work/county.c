/* The county: binds the rules to the dictionary, reads the divisions, starts the jobs. */
#include "work/county.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "work/due.h"
#include "work/sweep.h"
#include "work/near.h"
#include "work/stat_in.h"

/* What users, posts, divisions and scopes need of the forms; every business adds its own list. */
static const char *const required[] = {"user.login:text",
                                       "user.uid:int",
                                       "saved_view.owner:user",
                                       "saved_view.gone:yesno",
                                       "user.name:text",
                                       "user.state:code",
                                       "user.until:date",
                                       "post.user:user",
                                       "post.role:text",
                                       "post.area:area",
                                       "post.school:ref",
                                       "post.from:date",
                                       "post.to:date",
                                       "post.acting:yesno",
                                       "division.code:area",
                                       "division.name:text",
                                       "division.level:code",
                                       "division.from:date",
                                       "division.to:date",
                                       "division.urban_rural:code",
                                       "division.successor:area",
                                       "child.name:text",
                                       "child.village:area",
                                       "child.state:code",
                                       "child.id_no:id",
                                       "child.birth_date:date",
                                       "child.father:ref",
                                       "child.mother:ref",
                                       "child.caregiver:ref",
                                       "child.school:ref",
                                       "child.worker:user",
                                       "child.hukou_type:code",
                                       "child.hukou_area:region",
                                       "child.live_with:code",
                                       "child.parents_state:code",
                                       "person.name:text",
                                       "person.id_no:id",
                                       "person.phone:phone",
                                       "person.out_working:yesno",
                                       "person.out_since:month",
                                       "person.work_area:region",
                                       "person.home_stay:code",
                                       "person.life_state:code",
                                       "person.special_state:codes",
                                       "person.guardian_ability:code",
                                       "child.father_kind:code",
                                       "child.mother_kind:code",
                                       "child.child_kinds:codes",
                                       "child.reason_entrust:code",
                                       "child.director:user",
                                       "child.file_no:text",
                                       "child.review_state:code",
                                       "child.add_date:date",
                                       "child.add_reason:code",
                                       "child.exit_date:date",
                                       "child.exit_reason:code",
                                       "child.watch_list:yesno",
                                       "child.lbc_result:code",
                                       "child.lbc_reason:note",
                                       "child.lbc_inputs:note",
                                       "child.lbc_on:date",
                                       "child.complete:yesno",
                                       "child.missing_count:int",
                                       "child.updated_on:date",
                                       "child.agr_state:code",
                                       "child.agr_until:date",
                                       "agreement.agr_no:text",
                                       "agreement.child:ref",
                                       "agreement.state:code",
                                       "agreement.edition:int",
                                       "agreement.prev:ref",
                                       "agreement.next:ref",
                                       "agreement.village:area",
                                       "agreement.start:date",
                                       "agreement.end:date",
                                       "agreement.caregiver:ref",
                                       "agreement.caregiver_relation:code",
                                       "agreement.party_a:ref",
                                       "agreement.party_a2:ref",
                                       "agreement.one_why:code",
                                       "agreement.sign_a_date:date",
                                       "agreement.sign_a2_date:date",
                                       "agreement.sign_b_date:date",
                                       "agreement.sign_way:code",
                                       "agreement.sign_way_a2:code",
                                       "agreement.sign_way_b:code",
                                       "agreement.make_up_due:date",
                                       "agreement.made_up_on:date",
                                       "agreement.end_reason:code",
                                       "agreement.ended_on:date",
                                       "agreement.void_why:text",
                                       "agreement.prohibit_harm:code",
                                       "agreement.prohibit_habit:code",
                                       "agreement.prohibit_neglect:code",
                                       "agreement.prohibit_other:code",
                                       "agreement.prohibit_on:date",
                                       "agreement.capability_grade:code",
                                       "agreement.assessed_on:date",
                                       "child.visit_last:date",
                                       "child.visit_duty:date",
                                       "child.visit_next:date",
                                       "child.visit_why:text",
                                       "child.parent_contact:date",
                                       "child.risk_level:code",
                                       "visit.child:ref",
                                       "visit.kind:code",
                                       "visit.visited_on:date",
                                       "visit.way:code",
                                       "visit.visitor:user",
                                       "visit.seen:code",
                                       "visit.village:area",
                                       "visit.state:code",
                                       "visit.counted:yesno",
                                       "visit.void_reason:text",
                                       "visit.contact:code",
                                       "task.child:ref",
                                       "task.kind:code",
                                       "task.source:text",
                                       "task.due:date",
                                       "task.state:code",
                                       "task.assignee:user",
                                       "task.opened_by:user",
                                       "task.village:area",
                                       "addition.visit:ref",
                                       "addition.result:code",
                                       "change.child:ref",
                                       "change.person:ref",
                                       "change.to_village:area",
                                       "change.summary:text",
                                       "change.base_version:int",
                                       "change.marks:note",
                                       "change.reason:text",
                                       "change.submitted_by:user",
                                       "change.submitted_on:time",
                                       "change.typed_by:user",
                                       "change.state:code",
                                       "change.kind:code",
                                       "change.village:area",
                                       "change.proposed:note",
                                       "change.person:ref",
                                       "change.marks:note",
                                       "child.quality:code",
                                       "frozen.report:text",
                                       "frozen.period:text",
                                       "frozen.division:area",
                                       "frozen.edition:int",
                                       "frozen.columns:note",
                                       "frozen.state:code",
                                       "frozen.before:ref",
                                       "frozen_row.frozen:ref",
                                       "frozen_row.figures:note",
                                       NULL};

/* Fields by which records are found: without their index nobody could sign in. */
static const char *const indexed[][2] = {
    {"agreement", "child"},  {"post", "user"},           {"post", "area"},
    {"child", "name"},       {"child", "state"},         {"child", "father"},
    {"child", "mother"},     {"child", "school"},        {"child", "worker"},
    {"change", "child"},     {"frozen", "period"},       {"frozen_row", "frozen"},
    {"sweep", "state"},      {"sweep_item", "place_no"}, {"sweep_item", "state"},
    {"sweep_item", "child"}, {"sweep_item", "place"}};
static const char *const unique[][2] = {{"user", "login"},    {"division", "code"},
                                        {"sweep", "no"},      {"child", "id_no"},
                                        {"child", "file_no"}, {"person", "id_no"}};

static void require_kept(const struct dict *dict, struct conf_errors *errs)
{
    for (size_t i = 0; i < NELEM(indexed) + NELEM(unique); i++) {
        bool uni = i >= NELEM(indexed);
        const char *const *word = uni ? unique[i - NELEM(indexed)] : indexed[i];
        const struct form_field *f = form_field(dict_form(dict, word[0]), word[1]);

        if (!(uni ? f->unique : f->index))
            conf_error(errs, f->form->path, f->line, "字段“%s”要写 %s = true：程序靠它查找",
                       word[1], uni ? "unique" : "index");
    }
}

static void changed(const struct form *form, uint64_t id, struct date day, void *arg)
{
    const struct county *county = arg;

    stat_log_change(form, id, day, county->stat);
    near_forget(county->near, form, id);
}

struct county *county_open(void *ctx, struct store *store, struct dict *dict,
                           const struct roles *roles, const struct county_conf *conf,
                           struct conf_errors *errs)
{
    struct county *county = talloc_zero(ctx, struct county);
    size_t before = errs->n;
    int err;

    *county = (struct county){.store = store, .dict = dict, .roles = roles, .conf = *conf};
    if (county->conf.page_max <= 0)
        county->conf.page_max = 200;
    if (county->conf.import_rows <= 0)
        county->conf.import_rows = 200000;
    if (county->conf.makeup_days <= 0)
        county->conf.makeup_days = 30;
    if (county->conf.change_days <= 0)
        county->conf.change_days = 15;
    if (county->conf.visit_red_days <= 0)
        county->conf.visit_red_days = 7;
    if (county->conf.visit_yellow_days <= 0)
        county->conf.visit_yellow_days = 15;
    if (county->conf.visit_other_months <= 0)
        county->conf.visit_other_months = 3;
    dict_require(dict, required, errs);
    dict_require(dict, sweep_required, errs);
    if (errs->n == before)
        require_kept(dict, errs);
    county->reports = rec_load_reports(county, dict, errs);
    if (errs->n == before) {
        county->areas = areas_new(county);
        if ((err = store_read(store, areas_read, county)))
            conf_error(errs, dict->dir, 0, "读不出行政区划：%s", err_text(err));
    }
    if (errs->n > before) {
        talloc_free(county);
        return NULL;
    }
    store_job_kind(store, DIVISION_JOB, division_step, county);
    store_job_kind(store, DUE_JOB, due_step, county);
    store_job_kind(store, SWEEP_OPEN_JOB, sweep_open_step, county);
    store_job_kind(store, SWEEP_STAGE_JOB, sweep_stage_step, county);
    store_job_kind(store, STAT_JOB, stat_freeze_step, county);
    county->directors = directors_new(county);
    county->stat = stat_new(county);
    county->near = near_new(county);
    store_watch(store, changed, county);
    store_job_start(store);
    return county;
}

/* --- the world of a check --- */

struct env {
    struct rec_env env;
    void *ctx;
    struct txn *txn;
    const struct county *county;
    const struct rec **seen; /* linked records already read */
    size_t n;
};

static const struct rec *env_linked(void *arg, const struct rec *rec,
                                    const struct form_field *field)
{
    struct env *env = arg;
    uint64_t id = rec_ref(rec, field->name);
    struct rec *got;

    if (!id || !field->ref)
        return NULL;
    for (size_t i = 0; i < env->n; i++)
        if (env->seen[i]->form == field->ref && env->seen[i]->id == id)
            return env->seen[i];
    if (txn_get(env->txn, env->ctx, field->ref, id, &got))
        return NULL;
    env->seen = talloc_realloc(env, env->seen, const struct rec *, env->n + 1);
    return env->seen[env->n++] = got;
}

static int env_area(void *arg, const char *code, struct date on, const char **successor)
{
    struct env *env = arg;

    return area_check(base_unconst(env->county), code, on, successor);
}

static const char *env_area_class(void *arg, const char *code)
{
    struct env *env = arg;
    const struct area_info *info = area_find(env->county, code);

    return info && *info->urban_rural ? info->urban_rural : NULL;
}

struct rec_env *county_env(void *ctx, struct txn *txn, const struct county *county,
                           struct date today)
{
    struct env *env = talloc_zero(ctx, struct env);

    *env = (struct env){.ctx = env, .txn = txn, .county = county};
    env->env = (struct rec_env){.today = today,
                                .arg = env,
                                .linked = env_linked,
                                .area = env_area,
                                .area_class = env_area_class};
    return &env->env;
}

void county_env_move(const struct rec_env *base, struct txn *txn)
{
    struct env *env = base->arg;

    env->txn = txn;
}
