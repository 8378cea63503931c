/* One change of a record and its linked records: taken, checked, judged, stored (save.h). */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/business.h"

static bool is_child(const struct family *f)
{
    return form_is(f->s->form, "child");
}

static const char *right_of(const struct family *f, const char *verb)
{
    return text_printf(f->ctx, "%s.%s", f->s->form->name, verb);
}

/* --- the root --- */

static int root_load(struct family *f)
{
    struct save *s = f->s;
    const char *verb = f->more->verb ? f->more->verb : s->id ? "change" : "add";
    int err;

    if (s->form->system || (s->direct && !f->more->trusted && !f->more->import &&
                            !actor_may(f->actor, right_of(f, "approve"))))
        return HE_DENIED;
    if (!s->id) {
        f->reader = f->more->trusted ? base_unconst(f->actor)
                                     : actor_with(f, f->actor, right_of(f, verb), NULL);
        if (!f->reader)
            return HE_DENIED;
        f->rec = rec_new(f->ctx, s->form);
        return 0;
    }
    if ((err = txn_get(f->txn, f->ctx, s->form, s->id, &f->old)))
        return err;
    f->reader = f->more->trusted
                    ? base_unconst(f->actor)
                    : actor_narrow(f->txn, f, f->county, f->actor, right_of(f, verb), f->old);
    if (!f->reader)
        return HE_DENIED;
    f->rec = rec_copy(f->ctx, f->old);
    return 0;
}

/* Whose change it is: what needs review depends on it. */
static int root_level(struct family *f)
{
    uint64_t *ids;
    size_t n = 0;
    struct rec *child;
    int err;

    f->level = LEVEL_COUNTY;
    if (f->more->trusted || f->s->direct)
        return 0;
    if (is_child(f))
        f->level = review_level(f->txn, f->county, f->actor, f->old ? f->old : f->rec);
    if (!f->old || !form_is(f->s->form, "person"))
        return 0;
    if ((err = touch_children(f->txn, f, f->county, f->old, &ids, &n)))
        return err;
    for (size_t i = 0; i < n && !f->child; i++) {
        if ((err = txn_get(f->txn, f, dict_form(f->county->dict, "child"), ids[i], &child)))
            return err;
        if (!actor_sees(f->txn, f->county, f->actor, "child.change", child))
            continue;
        f->child = child->id;
        f->level = review_level(f->txn, f->county, f->actor, child);
    }
    return 0;
}

/* Whoever makes a record of his own is its owner for good: the field is nobody's to type. */
static void place_person(struct family *f)
{
    const char *owner = f->s->form->owner;

    if (owner && !f->old)
        rec_set(f->rec, owner, text_printf(f, "%llu", (unsigned long long)f->actor->id));
}

/* Nothing is put where the actor could not have changed it; a child moves by 转移 only. */
static void place_own(struct family *f)
{
    const struct form *form = f->s->form;
    const char *division = form_division(form);
    const struct form_field *area =
        division && !strchr(division, '.') ? form_field(form, division) : NULL;
    const char *now = area ? rec_at(f->rec, area) : NULL;
    const char **areas, *successor;
    bool inside = false;

    if (!area || f->more->trusted || (f->old && rec_same(rec_at(f->old, area), now)))
        return;
    if (f->old && !f->more->move && !f->more->import && !f->s->direct && is_child(f)) {
        findings_add(f->s->findings, 'E', area->name, "use_move",
                     _("孩子换村请用“转移”，档案和经历会一起带过去"));
        return;
    }
    if (!now && !area->must && !area->system) /* rules fill theirs in later */
        findings_add(f->s->findings, 'E', area->name, "missing_village", _("请填写“%s”"),
                     _(area->label));
    if (!now)
        return;
    if (f->env.area && f->env.area(f->env.arg, now, f->actor->today, &successor) == HE_RULE)
        findings_add(f->s->findings, 'E', area->name, "closed_area",
                     _("“%s”已停用，不能再登记在这里，请选择现在的村(居)"), _(area->label));
    if (f->more->move)
        return;
    areas = actor_areas(f, f->actor, right_of(f, f->old ? "change" : "add"));
    for (size_t i = 0; areas[i] && !inside; i++)
        inside = !*areas[i] || area_within(now, areas[i]);
    if (!inside &&
        (!f->env.area || f->env.area(f->env.arg, now, f->actor->today, &successor) != HE_NOTFOUND))
        findings_add(f->s->findings, 'E', area->name, "out_of_scope",
                     _("这个村不在您负责的范围，请选择您负责的村"));
}

/* A dependent record belongs to a child where the actor may add it, and stays with that child. */
static int place_owner(struct family *f, const struct form_field *owner)
{
    struct rec *child;
    int err;

    if (f->more->trusted || !rec_at(f->rec, owner))
        return 0;
    if (f->old) {
        if (!rec_same(rec_at(f->old, owner), rec_at(f->rec, owner)))
            findings_add(f->s->findings, 'E', owner->name, "owner_fixed",
                         _("“%s”不能换人。填错了孩子，请作废这一份，另填一份"), owner->label);
        return 0;
    }
    if ((err = owner_load(f, &child)))
        return err;
    if (child && !actor_sees(f->txn, f->county, f->actor, right_of(f, "add"), child))
        findings_add(f->s->findings, 'E', owner->name, "out_of_scope",
                     _("这个孩子不在您负责的范围，请选择您负责的孩子"));
    return 0;
}

static int root_place(struct family *f)
{
    const struct form_field *owner = owner_field(f->s->form);

    if (owner)
        return place_owner(f, owner);
    place_own(f);
    place_person(f);
    return 0;
}

/* A final form: what was answered stays; some fields may be answered later, once. A blind one is put
 * right by those who read it: nobody else can see that it is wrong. */
static void keep_final(struct family *f)
{
    for (size_t i = 0;
         f->old && f->rec->form->final && !f->more->trusted && i < f->rec->form->nfield; i++) {
        const struct form_field *field = &f->rec->form->field[i];

        if (field->system || rec_same(f->old->val[i], f->rec->val[i]) ||
            (field->later && (!f->old->val[i] || field->blind)))
            continue;
        findings_add(f->s->findings, 'E', field->name, "final",
                     _("保存以后“%s”不再改动。有更正或新情况，请写一条补充说明"), _(field->label));
    }
}

/* --- what the findings mean --- */

static bool has(const struct findings *fs, const struct finding *x)
{
    for (size_t i = 0; i < fs->n; i++)
        if (!strcmp(fs->f[i].code, x->code) && !strcmp(fs->f[i].field, x->field))
            return true;
    return false;
}

/* What was so before is told again but not asked again. */
static struct findings *findings_before(struct family *f)
{
    struct findings *before = findings_new(f), *got;

    if (f->old)
        rec_check(f->old, f->base, before);
    for (size_t i = 0; i < f->n; i++) {
        if (!f->m[i]->old || f->m[i]->relinked)
            continue;
        got = findings_new(f);
        rec_check(f->m[i]->old, f->base, got);
        findings_merge(before, got, text_printf(f, "%s.", f->m[i]->path.via->name));
    }
    return before;
}

static bool confirmed(const struct save *s, const struct finding *x)
{
    for (size_t i = 0; s->confirmed && s->confirmed[i]; i++)
        if (!strcmp(s->confirmed[i], x->code))
            return true;
    return false;
}

static int verdict(struct family *f)
{
    const struct save *s = f->s;
    const struct findings *before = NULL;

    if (findings_count(s->findings, 'E'))
        return HE_RULE;
    if (s->confirm_all || !findings_count(s->findings, 'W'))
        return 0;
    for (size_t i = 0; i < s->findings->n; i++) {
        const struct finding *x = &s->findings->f[i];

        if (x->level != 'W' || confirmed(s, x))
            continue;
        before = before ? before : findings_before(f);
        if (!has(before, x))
            return HE_RULE;
    }
    return 0;
}

/* 代录 names a director of the village; a correction by the township says why (decision 5). */
static bool directs(struct family *f, const char *login)
{
    const struct rec *child = f->rec;
    struct rec *of = NULL;
    struct actor *a;
    const char *text;

    if (f->child && txn_get(f->txn, f, dict_form(f->county->dict, "child"), f->child, &of))
        return false;
    child = of ? of : child;
    return !actor_load(f->txn, f, f->county, login, ACTOR_ANY_UID, f->actor->today, &a, &text) &&
           actor_sees(f->txn, f->county, a, "child.change", child) &&
           review_level(f->txn, f->county, a, child) == LEVEL_VILLAGE;
}

static void check_typist(struct family *f)
{
    const struct save *s = f->s;
    const char *state = f->old && is_child(f) ? rec_get(f->old, "state") : NULL;

    if (f->more->trusted || f->more->import)
        return;
    if (s->typed_for && f->level != LEVEL_COUNTY) { /* whose change it is must be true */
        if (f->level != LEVEL_TOWN || !directs(f, s->typed_for))
            findings_add(s->findings, 'E', "", "typed_for",
                         _("没有找到代录的儿童主任，请重新选择"));
        return;
    }
    if (f->level != LEVEL_TOWN)
        return;
    if (state && (*state == '1' || *state == '3') && (!s->why || !*s->why) && !f->more->kind)
        findings_add(s->findings, 'E', "", "reason_needed",
                     _("乡镇更正村里登记的内容，请写明原因，儿童主任会看到"));
}

/* --- the way --- */

static int judge(struct family *f)
{
    const struct business *business = business_of(f->s->form);
    int err;

    effect_defaults(f);
    if ((err = root_place(f)))
        return err;
    f->typed = rec_copy(f, f->rec);
    keep_final(f);
    if (is_child(f))
        err = effect_child(f, f->rec, f->old);
    else if (business && business->values)
        err = business->values(f);
    if (!err)
        err = unique_check(f);
    if (!err)
        err = carry_check(f);
    if (err)
        return err;
    effect_check(f);
    check_typist(f);
    return verdict(f);
}

/* A returned new child that is sent in again as it was. */
static bool sent_again(const struct family *f)
{
    const char *state = f->old && is_child(f) ? rec_get(f->old, "state") : NULL;
    const char *review = state ? rec_get(f->old, "review_state") : NULL;

    return state && *state == '2' && f->level != LEVEL_COUNTY &&
           (!review || *review == '0' || *review == '3');
}

static int put(struct family *f, const struct rec *old, struct rec *rec)
{
    const struct form_field *clash = NULL;

    return txn_put(f->txn, &f->who, old, rec, &clash, NULL);
}

static int store_members(struct family *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct member *m = f->m[i];
        uint64_t temp = m->rec->id;
        int err;

        if (!member_changed(m))
            continue;
        if (!m->old)
            m->rec->id = 0;
        if ((err = put(f, m->old, m->rec)))
            return err;
        if (!m->old)
            family_relink(f, temp, m);
    }
    return 0;
}

/* Typed in for a director: his children's files say so. */
static int note_typist(struct family *f)
{
    struct node *note;

    if (!f->s->typed_for || f->level != LEVEL_TOWN)
        return 0;
    note = node_map(f);
    node_str(note, "typed_for", f->s->typed_for);
    return txn_note(f->txn, &f->who, f->s->form, f->rec->id, note);
}

static int store_root(struct family *f)
{
    int err = is_child(f) ? effect_file_no(f, f->rec) : 0;

    if (!err && f->proposed && f->old)
        err = review_submit(f);
    if (!err)
        err = put(f, f->old, f->rec);
    if (!err && f->proposed && !f->old)
        err = review_submit(f);
    return err;
}

static int store(struct family *f)
{
    const struct business *business = business_of(f->s->form);
    int err = store_members(f);

    if (!err)
        err = store_root(f);
    if (!err)
        err = touch_all(f);
    if (!err && is_child(f))
        err = touch_moved(f);
    if (!err)
        err = note_typist(f);
    if (!err)
        err = carry_store(f);
    if (!err && business && business->stored)
        err = business->stored(f);
    if (!err && f->s->draft)
        err = txn_draft_drop(f->txn, f->actor->id, f->s->draft);
    return err;
}

/* Under review the effective values stay; what follows from them is worked out again. */
static int split(struct family *f)
{
    int err = review_split(f);

    if (err || !f->proposed || !f->old || !is_child(f))
        return err;
    return effect_child(f, f->rec, f->old);
}

static int nothing_to_do(struct family *f)
{
    f->s->unchanged = true;
    f->s->rec = f->old;
    if (f->s->dry || !f->s->draft)
        return 0;
    return txn_draft_drop(f->txn, f->actor->id, f->s->draft);
}

static int begin(struct family *f)
{
    const struct business *business = f->old ? NULL : business_of(f->s->form);

    return business && business->begin ? business->begin(f) : 0;
}

/* All that is said without writing; *keep: it is to be stored. */
static int look(struct family *f, bool *keep)
{
    struct save *s = f->s;
    void *ctx = f->ctx;
    int err, told;

    *keep = false;
    s->findings = findings_new(ctx);
    s->rec = NULL;
    s->conflict = s->touched = s->next = NULL;
    s->change = 0;
    s->unchanged = false;
    if ((err = root_load(f)) || (err = begin(f)) || (err = family_take(f)) ||
        (err = conflict_check(f)))
        return err;
    f->state = f->more->state;
    if ((err = root_level(f)))
        return err;
    if (f->old && !f->state && !family_changed(f) && !f->carry &&
        !findings_count(s->findings, 'E') && !sent_again(f))
        return nothing_to_do(f);
    if (is_child(f) && !f->old && f->level != LEVEL_COUNTY && !effect_suspected(f->rec))
        f->state = "2";
    err = judge(f);
    s->rec = f->rec;
    if ((!err || err == HE_RULE) && (told = touch_preview(f)))
        return told;
    *keep = !err && !s->dry;
    return err;
}

static int keep_it(struct family *f)
{
    int err = split(f);

    if (err)
        return err;
    f->s->rec = f->rec;
    return store(f);
}

int save_run(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
             struct save *s, const struct save_more *more)
{
    struct family *f = family_new(txn, ctx, county, actor, s, more);
    bool keep;
    int err = look(f, &keep);

    return keep ? keep_it(f) : err;
}

int work_save_look(struct txn *txn, void *ctx, const struct county *county,
                   const struct actor *actor, struct save *s, struct family **out)
{
    const struct business *business = business_of(s->form);
    struct family *f;
    bool keep;

    *out = NULL;
    if (business && (business->begin || business->values)) /* they may write */
        return HE_RULE;
    f = family_new(txn, ctx, county, actor, s, NULL);
    (void)txn_changes(txn, dict_form(county->dict, "division")); /* they are read from memory */
    look(f, &keep);
    if (keep)
        *out = f;
    return keep ? 0 : HE_RULE;
}

int work_save_keep(struct txn *txn, struct family *f)
{
    f->txn = txn;
    county_env_move(f->base, txn);
    return keep_it(f);
}

int work_save(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
              struct save *s)
{
    return save_run(txn, ctx, county, actor, s, NULL);
}
