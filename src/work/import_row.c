/* One row of an import: which record it is, what is wrong with it, what became of it. */
#include "work/import_in.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/sm3.h"
#include "base/text.h"
#include "form/type.h"

const char *const import_outcomes[5] = {"accepted", "incomplete", "unchanged", "rejected",
                                        "skipped"};
const char *const import_results[3] = {HAN_("符合"), HAN_("不符合"), HAN_("待核")};

/* --- one row: which record it is --- */

/* The cell as it would be stored, NULL when empty or wrong (the check will say so). */
static const char *canonical(struct import *im, const char *name)
{
    const struct form_field *field = form_field(im->form, name);
    const char *typed = node_text(im->value, name), *code;
    char *value, *problem;

    if (!field || !typed ||
        type_parse(im->tmp, field, im->actor->today, typed, &value, &code, &problem))
        return NULL;
    return value && !type_is_unknown(value) ? value : NULL;
}

static const char *claim_key(struct import *im)
{
    unsigned char digest[SM3_LEN];
    char hex[65];
    char *all = text_printf(im->tmp, "%llu/%s", (unsigned long long)im->job->id, im->id_no);

    sm3(all, strlen(all), digest);
    return text_printf(im->tmp, "import/%llu/%.32s", (unsigned long long)im->job->id,
                       sm3_hex(digest, hex));
}

/* Did another row of this file bring the number? */
static int claimed(struct import *im, bool *yes)
{
    struct node *claim;
    int err;

    *yes = false;
    if (!im->id_no)
        return 0;
    err = txn_meta_get(im->txn, im->tmp, claim_key(im), &claim);
    if (!err)
        *yes = node_num(claim, "row", 0) != im->row;
    return err == HE_NOTFOUND ? 0 : err;
}

static int claim(struct import *im)
{
    struct node *claim;

    if (!im->id_no || im->again)
        return 0;
    claim = node_map(im->tmp);
    node_int(claim, "row", im->row);
    node_int(claim, "until", txn_meta_days(im->txn, IMPORT_DAYS));
    return txn_meta_put(im->txn, claim_key(im), claim);
}

static int find_unique(struct import *im)
{
    for (size_t i = 0; i < im->form->nfield && !im->id; i++) {
        const struct form_field *field = &im->form->field[i];
        const char *value = field->unique ? canonical(im, field->name) : NULL;
        int err = value ? txn_unique(im->txn, field, value, &im->id) : HE_NOTFOUND;

        if (err && err != HE_NOTFOUND)
            return err;
        if (err)
            im->id = 0;
    }
    return 0;
}

struct named {
    struct import *im;
    const char *birth;
    bool has_id;
};

static int named_one(struct rec *rec, void *arg)
{
    struct named *x = arg;

    /* Two numbers are two children, twins of one name included. */
    if (!rec_same(rec_get(rec, "birth_date"), x->birth) || (x->has_id && rec_get(rec, "id_no")))
        return 0;
    x->im->id = rec->id;
    return 1;
}

/* A child without a number: by name, birth date and village. */
static int find_child(struct import *im)
{
    const char *name = canonical(im, "name"), *village = canonical(im, "village");
    struct named x = {im, canonical(im, "birth_date"), im->id_no != NULL};
    const char *areas[] = {village, NULL};
    struct walk walk = {.form = im->form,
                        .field = form_field(im->form, "name"),
                        .areas = areas,
                        .lo = name,
                        .hi = name};
    int err;

    if (!name || !village || !x.birth)
        return 0;
    err = txn_each(im->txn, im->tmp, &walk, named_one, &x);
    return err > 0 ? 0 : err;
}

/* By the number of the file, which an export carries. Two identity numbers are two children all the
 * same: then the row gets a number of its own. */
static int find_key(struct import *im)
{
    struct rec *rec;
    uint64_t id;
    int err;

    if (!im->key)
        return 0;
    err = txn_unique(im->txn, form_field(im->form, im->form->key), im->key, &id);
    if (!err)
        err = txn_get(im->txn, im->tmp, im->form, id, &rec);
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    if (im->id_no && rec_get(rec, "id_no") && !rec_same(rec_get(rec, "id_no"), im->id_no))
        im->key = NULL;
    else
        im->id = id;
    return 0;
}

static int find(struct import *im)
{
    int err;

    im->id = 0;
    if ((err = find_unique(im)) || im->id || (err = find_key(im)) || im->id ||
        !form_is(im->form, "child"))
        return err;
    return find_child(im);
}

/* --- one row: what comes of it --- */

static void answer(struct import *im, struct node *out, size_t outcome, uint64_t id)
{
    struct node *row = node_add_map(out, NULL);

    node_int(row, "row", im->row);
    node_str(row, "outcome", import_outcomes[outcome]);
    if (id)
        node_int(row, "id", (int64_t)id);
    if (!im->again)
        node_int(im->job->result, import_outcomes[outcome],
                 node_num(im->job->result, import_outcomes[outcome], 0) + 1);
}

static void reject(struct import *im, struct node *out, const char *code, const char *field,
                   const char *text)
{
    answer(im, out, 3, 0);
    node_str(out->last, "code", code);
    node_str(out->last, "field", field);
    node_str(out->last, "text", text);
}

/* The word for the rejects file; findings keep their own where the contract has none. */
static const char *reject_code(const struct finding *f)
{
    static const char *const words[][3] = {
        {"village", "missing_village", "unknown_village"},
        {"village", "bad_area", "unknown_village"},
        {"village", "closed_area", "unknown_village"},
        {"birth_date", "over_18", "over_age"},
    };

    for (size_t i = 0; i < NELEM(words); i++)
        if (!strcmp(f->field, words[i][0]) && !strcmp(f->code, words[i][1]))
            return words[i][2];
    return f->code;
}

/* The one reason that is told: what is wrong with the number comes first, it explains the others. */
static const struct finding *worst(const struct findings *fs)
{
    static const char *const order[] = {"missing_name",    "bad_name",       "id_date",
                                        "id_checksum",     "birth_mismatch", "sex_mismatch",
                                        "unknown_village", "duplicate_id",   "over_age"};
    const struct finding *best = NULL;
    size_t rank = NELEM(order) + 1;

    for (size_t i = 0; i < fs->n; i++) {
        size_t at = 0;

        if (fs->f[i].level != 'E')
            continue;
        while (at < NELEM(order) && strcmp(order[at], reject_code(&fs->f[i])) != 0)
            at++;
        if (at < rank) {
            best = &fs->f[i];
            rank = at;
        }
    }
    return best;
}

static bool wanted(const struct import *im, const char *path)
{
    const struct node *fields = node_get(im->job->param, "fields");

    for (const struct node *n = node_first(fields); n; n = n->next)
        if (n->type == NODE_STR && !strcmp(n->str, path))
            return true;
    return false;
}

static bool incomplete(const struct import *im, const struct save *s)
{
    for (size_t i = 0; s->missing && i < s->missing->n; i++)
        if (wanted(im, s->missing->f[i].field))
            return true;
    return false;
}

static void count_result(struct import *im, const struct rec *rec)
{
    const char *v = rec && form_is(rec->form, "child") ? rec_get(rec, "lbc_result") : NULL;

    if (v && *v >= '1' && *v <= '3' && !im->again)
        node_int(im->job->result, import_results[*v - '1'],
                 node_num(im->job->result, import_results[*v - '1'], 0) + 1);
}

static int row_save(struct import *im, struct node *out)
{
    struct save_more more = {.import = true, .env = im->env, .file_no = im->key};
    struct save s = {.form = im->form,
                     .id = im->id,
                     .value = im->value,
                     .confirm_all = true,
                     .direct = true,
                     .dry = im->again || im->dry};
    const struct finding *bad;
    int err;

    s.source = text_printf(im->tmp, "import %llu", (unsigned long long)im->job->id);
    s.why = node_text(im->job->param, "why");
    err = save_run(im->txn, im->tmp, im->county, im->actor, &s, &more);
    if (err == HE_RULE) {
        bad = worst(s.findings);
        reject(im, out, bad ? reject_code(bad) : "refused", bad ? bad->field : "",
               bad ? bad->text : err_text(err));
        return 0;
    }
    if (err == HE_DENIED) {
        reject(im, out, "denied", "", err_text(err));
        return 0;
    }
    if (err)
        return err;
    answer(im, out, s.unchanged || im->again ? 2 : incomplete(im, &s), s.rec->id);
    count_result(im, s.rec);
    return claim(im);
}

/* The key that the system gives is no value to be set; it only says which record is meant. */
static void row_key(struct import *im, struct node *value)
{
    const char *key = im->form->key;

    im->key = NULL;
    if (!key || !form_field(im->form, key)->system || !node_get(value, key))
        return;
    im->key = canonical(im, key);
    node_remove(value, key);
}

/* Answered cells, and the constants of a new record. */
static void row_values(struct import *im, const struct node *cells)
{
    struct node *value = node_map(im->tmp);

    for (const struct node *n = node_first(cells); n; n = n->next)
        if (n->type == NODE_STR && n->str[strspn(n->str, " \t\r\n")])
            node_copy(value, n->key, n);
    im->value = value;
    row_key(im, value);
}

static void row_consts(struct import *im)
{
    struct node *value = base_unconst(im->value);

    for (const struct node *n = node_first(node_get(im->job->param, "const")); n; n = n->next)
        if (!node_get(value, n->key))
            node_copy(value, n->key, n);
}

int import_row(struct import *im, const struct node *row, struct node *out)
{
    const char *problem, *field;
    bool twice;
    int err;

    if (node_get(row, "v") && node_get(row, "v")->type != NODE_MAP)
        return HE_PROTOCOL;
    im->row = node_num(row, "row", 0);
    row_values(im, node_get(row, "v"));
    if (node_get(row, "bad")) {
        const struct node *bad = node_get(row, "bad");

        reject(im, out, node_text_or(bad, "code", "bad_cell"), node_text_or(bad, "field", ""),
               node_text_or(bad, "text", ""));
        return 0;
    }
    if (node_get(row, "skip") || !node_first(im->value)) {
        answer(im, out, 4, 0);
        return 0;
    }
    im->id_no = form_field(im->form, "id_no") ? canonical(im, "id_no") : NULL;
    if ((err = claimed(im, &twice)))
        return err;
    if (twice) {
        reject(im, out, "duplicate_id", "id_no", _("本文件前面已有一行是同一个号码，请核对两行"));
        return 0;
    }
    if ((err = import_link(im, &problem)))
        return err;
    if (problem) {
        reject(im, out, "unknown_child", "child", problem);
        return 0;
    }
    if ((err = import_users(im, &problem, &field)))
        return err;
    if (problem) {
        reject(im, out, "unknown_user", field, problem);
        return 0;
    }
    if ((err = find(im)))
        return err;
    if (!im->id)
        row_consts(im);
    return row_save(im, out);
}
