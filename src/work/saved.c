/* Lists and tables that people keep under names of their own (forms/saved_view.form). */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/business.h"

#define SAVED_MAX 100 /* of one person, without those put away */

struct kept {
    void *tmp;
    const struct form *form;
    size_t n;
};

static int kept_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct kept *k = arg;
    struct rec *rec;
    int err = txn_get(txn, k->tmp, k->form, id, &rec);

    (void)mark;
    if (!err)
        k->n += !rec_same(rec_get(rec, "gone"), "1");
    talloc_free_children(k->tmp);
    return err == HE_NOTFOUND ? 0 : err;
}

int saved_values(struct family *f)
{
    struct kept k = {.tmp = talloc_new(f), .form = f->rec->form};
    const char *me = rec_get(f->rec, "owner");
    struct walk walk = {.form = k.form, .field = form_field(k.form, "owner"), .lo = me, .hi = me};
    int err = f->old || !me ? 0 : txn_walk(f->txn, &walk, kept_one, &k);

    if (k.n >= SAVED_MAX)
        findings_add(f->s->findings, 'E', "", "too_many", _("您存下的已有%d份，请先删去不用的再存"),
                     SAVED_MAX);
    return err;
}
