/* From a dependent record to the child's file: carried values, and fields that rules keep there. */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/business.h"

const struct form_field *owner_field(const struct form *form)
{
    const char *division = form_division(form), *dot = division ? strchr(division, '.') : NULL;

    if (form_is(form, "sweep_item")) /* of a place it has no child, so its village is its own */
        return form_field(form, "child");
    for (size_t i = 0; dot && i < form->nfield; i++)
        if (strlen(form->field[i].name) == (size_t)(dot - division) &&
            !strncmp(form->field[i].name, division, (size_t)(dot - division)))
            return &form->field[i];
    return NULL;
}

int owner_load(struct family *f, struct rec **child)
{
    const struct form_field *owner = owner_field(f->rec->form);
    uint64_t id = owner ? rec_ref(f->rec, owner->name) : 0;
    int err = id ? txn_get(f->txn, f, owner->ref, id, child) : HE_NOTFOUND;

    if (err)
        *child = NULL;
    return err == HE_NOTFOUND ? 0 : err;
}

void carry_overlay(struct family *f, struct rec *child)
{
    struct findings *unused = findings_new(f); /* carry_check speaks of them */

    if (!f->carry)
        return;
    rec_take(child, f->carry, &f->env, unused);
    f->owned = child;
}

void carry_put(struct family *f, const char *path, const char *value)
{
    if (!f->carry)
        f->carry = node_map(f);
    node_remove(f->carry, path);
    node_str(f->carry, path, value);
}

const char *follow_source(struct family *f)
{
    return text_printf(f, "%s %llu", f->rec->form->name, (unsigned long long)f->rec->id);
}

/* --- carried values: a change of the child's own, by the same person, in the same transaction --- */

static int carry(struct family *f, struct save *s, bool dry)
{
    const struct form_field *owner = owner_field(f->rec->form);

    *s = (struct save){.form = owner->ref,
                       .id = rec_ref(f->rec, owner->name),
                       .value = f->carry,
                       .source = follow_source(f),
                       .why = f->s->why ? f->s->why : f->rec->form->label,
                       .typed_for = f->s->typed_for,
                       .confirmed = f->s->confirmed,
                       .confirm_all = f->s->confirm_all,
                       .dry = dry};
    return save_run(f->txn, f->ctx, f->county, f->actor, s, NULL);
}

int carry_check(struct family *f)
{
    const struct form_field *owner = owner_field(f->rec->form);
    struct save s;
    int err;

    if (!f->carry || !owner || !rec_ref(f->rec, owner->name))
        return 0;
    err = carry(f, &s, true);
    if (s.touched)
        f->s->touched = s.touched;
    if (err == HE_RULE)
        findings_merge(f->s->findings, s.findings, text_printf(f, "%s.", owner->name));
    else if (err == HE_DENIED)
        findings_add(f->s->findings, 'E', owner->name, "denied",
                     _("您没有修改这份儿童档案的权限，请只填本记录的内容"));
    else
        return err;
    return 0;
}

int carry_store(struct family *f)
{
    const struct form_field *owner = owner_field(f->rec->form);
    struct save s;
    int err;

    if (!f->carry || !owner || !rec_ref(f->rec, owner->name))
        return 0;
    err = carry(f, &s, false);
    f->s->change = s.change;
    return err;
}

/* --- fields of the file that rules keep --- */

int follow_child(struct family *f, uint64_t child, void (*set)(struct rec *child, void *arg),
                 void *arg)
{
    struct store_who who = f->who;
    struct rec *old, *rec;
    int err = txn_get(f->txn, f, dict_form(f->county->dict, "child"), child, &old);

    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    rec = rec_copy(f, old);
    set(rec, arg);
    who.source = follow_source(f);
    return txn_put(f->txn, &who, old, rec, NULL, NULL); /* nothing when nothing differs */
}
