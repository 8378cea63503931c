/*
 * Rows about a child (visits, agreements, tasks): "child.id_no", "child.file_no", "child.national_no" or
 * "child.name" with "child.village" say which child. They find it and change nothing in its file.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/import_in.h"

#define LINK "child"

struct link {
    struct import *im;
    const struct form *form; /* of the child */
    const char *birth;
    uint64_t id;
    size_t n;
};

static const char *said(struct link *l, const char *name)
{
    const struct form_field *field = form_field(l->form, name);
    const char *typed = node_text(l->im->value, text_printf(l->im->tmp, LINK ".%s", name)), *code;
    char *value, *problem;

    if (typed && field->type == form_field(l->form, "village")->type &&
        (code = place_code(l->im->tmp, l->im->county, field, typed)))
        return code;
    if (!typed ||
        type_parse(l->im->tmp, field, l->im->actor->today, typed, &value, &code, &problem))
        return NULL;
    return value;
}

static int by_unique(struct link *l)
{
    static const char *const names[] = {"id_no", "file_no"};
    int err = 0;

    for (size_t i = 0; i < NELEM(names) && !l->id && !err; i++) {
        const char *value = said(l, names[i]);

        err = value ? txn_unique(l->im->txn, form_field(l->form, names[i]), value, &l->id) : 0;
        if (err == HE_NOTFOUND)
            err = 0, l->id = 0;
    }
    return err;
}

/* The number of the national system is searched, not unique: whole and only once. */
static int by_national(struct link *l)
{
    const char *value = said(l, "national_no");
    uint64_t *ids;
    size_t n = 0;
    int err = value ? txn_search(l->im->txn, l->im->tmp, l->form,
                                 text_printf(l->im->tmp, "d%s", value), 50, &ids, &n)
                    : 0;

    for (size_t i = 0; i < n && !err; i++) {
        struct rec *rec;

        err = txn_get(l->im->txn, l->im->tmp, l->form, ids[i], &rec);
        if (!err && rec_same(rec_get(rec, "national_no"), value)) {
            l->id = rec->id;
            l->n++;
        }
    }
    if (l->n > 1)
        l->id = 0;
    return err;
}

static int named_one(struct rec *rec, void *arg)
{
    struct link *l = arg;
    const char *state;

    state = rec_get(rec, "state");
    if ((state && *state == '5') || (l->birth && !rec_same(rec_get(rec, "birth_date"), l->birth)))
        return 0;
    l->id = rec->id;
    return ++l->n > 1;
}

/* Two of one name in a village need a number to tell them apart. */
static int by_name(struct link *l)
{
    const char *name = said(l, "name"), *village = said(l, "village");
    const char *areas[] = {village, NULL};
    struct walk walk = {.form = l->form,
                        .field = form_field(l->form, "name"),
                        .areas = areas,
                        .lo = name,
                        .hi = name};
    int err = name && village ? txn_each(l->im->txn, l->im->tmp, &walk, named_one, l) : 0;

    if (l->n > 1)
        l->id = 0;
    return err < 0 ? err : 0;
}

/* --- users: an export names them by their login, with name and phone for people to read --- */

static bool forget_of(struct node *value, const char *via)
{
    size_t had = value->n, len = strlen(via);

    for (const struct node *n = node_first(value), *next; n; n = next) {
        next = n->next;
        if (!strncmp(n->key, via, len) && n->key[len] == '.')
            node_remove(value, n->key);
    }
    return value->n != had;
}

static int user_of(struct import *im, const struct form_field *via, const char **problem)
{
    struct node *value = base_unconst(im->value);
    const char *typed = node_text(value, text_printf(im->tmp, "%s.login", via->name));
    const char *login = typed ? talloc_strdup(im->tmp, typed) : NULL; /* outlives the row's cell */
    bool named = forget_of(value, via->name);
    uint64_t id;
    int err;

    if (node_get(value, via->name) || !named)
        return 0;
    err = login ? txn_unique(im->txn, form_field(via->ref, "login"), login, &id) : HE_NOTFOUND;
    if (err == HE_NOTFOUND) {
        *problem =
            text_printf(im->tmp, _("“%s”要写登录名，而且是登记过的用户，请核对"), _(via->label));
        return 0;
    }
    if (!err)
        node_str(value, via->name, text_printf(im->tmp, "%llu", (unsigned long long)id));
    return err;
}

int import_users(struct import *im, const char **problem, const char **field)
{
    int err = 0;

    *problem = NULL;
    for (size_t i = 0; i < im->form->nfield && !err && !*problem; i++)
        if (im->form->field[i].ref && form_is(im->form->field[i].ref, "user")) {
            *field = im->form->field[i].name;
            err = user_of(im, &im->form->field[i], problem);
        }
    return err;
}

int import_link(struct import *im, const char **problem)
{
    const struct form_field *via = form_field(im->form, LINK);
    struct link l = {.im = im};
    struct rec *rec;
    bool meant;
    int err;

    *problem = NULL;
    if (!via || !via->ref || node_get(im->value, LINK))
        return 0;
    l.form = via->ref;
    l.birth = said(&l, "birth_date");
    err = by_unique(&l);
    if (!err && !l.id)
        err = by_national(&l);
    if (!err && !l.id && !l.n)
        err = by_name(&l);
    if (err)
        return err;
    meant = forget_of(base_unconst(im->value), LINK) || via->must;
    if (l.id && !txn_get(im->txn, im->tmp, l.form, l.id, &rec) &&
        actor_sees(im->txn, im->county, im->actor, "child.read", rec))
        node_str(base_unconst(im->value), LINK,
                 text_printf(im->tmp, "%llu", (unsigned long long)rec->id));
    else if (meant)
        *problem = l.n > 1 ? _("这个村有几个同名的孩子，请加上证件号或档案号")
                           : _("没有找到这个孩子，请核对证件号、档案号，或者姓名和村");
    return 0;
}
