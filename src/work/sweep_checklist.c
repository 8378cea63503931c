/* The checklist of a sweep: a copy of what its file said when the sweep was opened. */
#include "base/err.h"
#include "base/lang.h"
#include "form/checklist.h"
#include "form/codes.h"
#include "form/type.h"
#include "work/sweep_in.h"

static void field_out(struct node *list, const struct form_field *f)
{
    struct node *m = node_add_map(list, NULL), *codes;

    node_str(m, "field", f->name);
    node_str(m, "label", f->label);
    node_str(m, "en", f->en);
    node_str(m, "type", f->type->name);
    if (!f->codes || f->codes->n > 40)
        return;
    codes = node_add_list(m, "codes");
    for (size_t i = 0; i < f->codes->n; i++) {
        struct node *c = node_add_list(codes, NULL);

        node_str(c, NULL, f->codes->code[i].code);
        node_str(c, NULL, f->codes->code[i].label);
        node_str(c, NULL, f->codes->code[i].en);
    }
}

struct node *sweep_checklist_copy(void *ctx, const struct checklist *c)
{
    struct node *out = node_map(ctx), *list;

    node_str(out, "name", c->name);
    node_str(out, "label", c->label);
    node_str(out, "en", c->en);
    node_str(out, "note", c->note);
    node_str(out, "digest", c->digest);
    list = node_add_list(out, "grid");
    for (size_t i = 0; i < c->ngrid; i++)
        field_out(list, c->grid[i]);
    list = node_add_list(out, "need");
    for (size_t i = 0; i < c->nneed; i++)
        node_str(list, NULL, c->need[i]->name);
    list = node_add_list(out, "sections");
    for (size_t p = 0; p < c->npart; p++) {
        struct node *part = node_add_map(list, NULL), *fields;

        node_str(part, "label", c->part[p].label);
        node_str(part, "en", c->part[p].en);
        fields = node_add_list(part, "fields");
        for (size_t i = 0; i < c->part[p].n; i++)
            field_out(fields, c->part[p].field[i]);
    }
    return out;
}

int sweep_checklist(struct txn *txn, void *ctx, const struct county *county,
                    const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county};
    const struct checklist *now;
    struct node *kept = NULL;
    int err = sweep_of(&s, body, out);

    if (!err)
        err = sweep_kept(&s, "checklist", &kept);
    if (err)
        return err;
    if (!kept->n) { /* not opened yet: what it would be opened with */
        now = checklist_find(county->dict, rec_get(s.sweep, "checklist"), rec_get(s.sweep, "kind"));
        if (!now)
            return sweep_refuse(out, HE_NOTFOUND, _("没有这种排查的检查表，请在“检查表”里写明"));
        kept = sweep_checklist_copy(ctx, now);
    }
    for (const struct node *n = node_first(kept); n; n = n->next)
        node_copy(out, n->key, n);
    return 0;
}
