/* A record as it was at the end of a day: the changes of later days are taken back, newest first. */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "work/stat_in.h"

struct undo {
    struct rec *rec;
    struct date day;
    bool gone; /* made later, or merged into another by then */
    bool first;
};

static int undo_one(const struct node *entry, void *arg)
{
    struct undo *u = arg;
    const struct node *old = node_get(entry, "old");
    bool forward = node_get(node_get(entry, "note"), "forward") != NULL;

    if (date_cmp(history_day(entry), u->day) <= 0) {
        u->gone = forward;
        return 1;
    }
    for (const struct node *v = node_first(old); v; v = v->next) {
        const struct form_field *f = form_field(u->rec->form, v->key);
        if (f)
            rec_set_at(u->rec, f, v->type == NODE_STR ? v->str : NULL);
    }
    u->gone = old && node_num(entry, "version", 0) == 1;
    return 0;
}

int stat_rec_at(struct txn *txn, void *ctx, const struct form *form, uint64_t id, struct date day,
                bool past, struct rec **out)
{
    struct undo u = {.day = day};
    int err = txn_get(txn, ctx, form, id, out);

    if (err == HE_NOTFOUND)
        *out = NULL;
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    if ((*out)->id != id) { /* merged: what it was is in its history only */
        *out = rec_new(ctx, form);
        (*out)->id = id;
        u.gone = true;
    }
    u.rec = *out;
    if (past)
        err = txn_history_since(txn, ctx, form, id, day, undo_one, &u);
    if (u.gone) {
        talloc_free(*out);
        *out = NULL;
    }
    return err < 0 ? err : 0;
}
