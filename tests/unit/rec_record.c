/* Records: values, stored and wire form, difference, derived values. */
#include "unit/rec_forms.h"

static const struct date today = {2026, 11, 22};

struct world {
    void *ctx;
    struct dict *dict;
    const struct form *child;
};

static void world_open(struct world *w)
{
    w->ctx = talloc_new(NULL);
    w->dict = forms_load(w->ctx);
    w->child = dict_form(w->dict, "child");
}

static void expect_same(const struct rec *a, const struct rec *b)
{
    for (size_t i = 0; i < a->form->nfield; i++)
        cr_expect(rec_same(a->val[i], b->val[i]), "%s: %s, %s", a->form->field[i].name, a->val[i],
                  b->val[i]);
}

Test(rec_record, values)
{
    struct world w;
    world_open(&w);
    struct rec *r = rec_of(w.ctx, w.child, "name=王小雨|father=7|director=?1:不知道");
    int diff[64];

    cr_expect_str_eq(rec_get(r, "name"), "王小雨");
    cr_expect_null(rec_get(r, "sex"));
    cr_expect_str_eq(rec_at(r, field_of(w.child, "father")), "7");
    cr_expect(rec_ref(r, "father") == 7);
    cr_expect(rec_ref(r, "mother") == 0);
    cr_expect(rec_ref(r, "director") == 0);
    cr_expect(rec_same(NULL, NULL) && rec_same("a", "a") && !rec_same(NULL, "a"));

    r->id = 17, r->version = 3;
    struct rec *copy = rec_copy(w.ctx, r);
    expect_same(r, copy);
    cr_expect(copy->id == 17 && copy->version == 3 && copy->form == w.child);
    cr_expect(rec_diff(r, copy, diff) == 0);
    rec_set(copy, "name", "王小雪");
    rec_set(copy, "father", "");
    rec_set(copy, "sex", "2");
    cr_expect_str_eq(rec_get(r, "name"), "王小雨");
    cr_expect_null(rec_get(copy, "father"));
    cr_assert(rec_diff(r, copy, diff) == 3);
    cr_expect(diff[0] == field_of(w.child, "name")->pos);
    cr_expect(diff[1] == field_of(w.child, "sex")->pos);
    cr_expect(diff[2] == field_of(w.child, "father")->pos);

    cr_expect_str_eq(rec_title(w.ctx, r), "王小雨");
    rec_set(r, "name", NULL);
    cr_expect_str_eq(rec_title(w.ctx, r), "编号 17");
    talloc_free(w.ctx);
}

Test(rec_record, stored)
{
    struct world w;
    world_open(&w);
    struct rec *r = rec_of(w.ctx, w.child,
                           "name=王小雨|id_no=32068120160312402X|village=320681109217|"
                           "kinds=11,41|remark=第一行\n第二行|old_no=A1|director=5");
    struct rec *back = NULL, *none = rec_new(w.ctx, w.child);
    char *bytes;
    size_t len;
    int calm = 0;

    rec_encode(w.ctx, r, &bytes, &len);
    cr_assert(rec_decode(w.ctx, w.child, bytes, len, &back) == 0);
    expect_same(r, back);
    cr_expect(back->form == w.child && back->id == 0 && back->version == 0);
    rec_set(back, "name", "李四");
    cr_expect_str_eq(rec_get(back, "name"), "李四");

    /* Cut anywhere, or with a byte changed: an error or a record, never a crash. */
    for (size_t i = 0; i < len; i++) {
        char *part = talloc_memdup(w.ctx, bytes, i ? i : 1);
        cr_expect(rec_decode(w.ctx, w.child, part, i, &back) == HE_CORRUPT, "cut at %zu", i);
        cr_expect_null(back);
        part = talloc_memdup(w.ctx, bytes, len);
        for (int b = 0; b < 256; b++) {
            part[i] = (char)b;
            if (rec_decode(w.ctx, w.child, part, len, &back) == 0)
                calm += (int)strlen(rec_title(back, back));
        }
        talloc_free(part);
    }
    cr_expect(calm > 0);

    /* A field that moved keeps its value by its number; one that went away is dropped. */
    struct form_field *f = w.dict->form[w.child->pos].field;
    f[field_of(w.child, "name")->pos].number = 9000;
    f[field_of(w.child, "remark")->pos].number = 1002;
    rec_encode(w.ctx, r, &bytes, &len);
    f[field_of(w.child, "remark")->pos].number = 0;
    cr_assert(rec_decode(w.ctx, w.child, bytes, len, &back) == 0);
    cr_expect_str_eq(rec_get(back, "name"), "王小雨");
    cr_expect_null(rec_get(back, "remark"));
    cr_expect_str_eq(rec_get(back, "director"), "5");

    rec_encode(w.ctx, none, &bytes, &len);
    cr_assert(rec_decode(w.ctx, w.child, bytes, len, &back) == 0);
    expect_same(none, back);
    talloc_free(w.ctx);
}

Test(rec_record, derived)
{
    static const struct {
        const char *rec, *birth, *sex, *mismatch;
    } row[] = {
        {"id_no=320681202108241887", "2021-08-24", "2", NULL},
        {"id_no=320681202108241887|sex=2", "2021-08-24", "2", NULL},
        {"id_no=320681202108241887|sex=1", "2021-08-24", "1", "sex_mismatch"},
        {"id_no=320681202108241887|birth_date=2021-08-25", "2021-08-25", "2", "birth_mismatch"},
        {"id_no=320681202108241887|birth_date=?1:忘了", "2021-08-24", "2", NULL},
        {"id_no=320681202108241888", NULL, NULL, NULL}, /* checksum */
        {"id_no=E12345678|sex=1", NULL, "1", NULL},
        {"id_no=?1:未上户", NULL, NULL, NULL},
        {"name=王", NULL, NULL, NULL},
    };
    struct world w;
    world_open(&w);

    for (size_t i = 0; i < NELEM(row); i++) {
        const char *mismatch = "untouched";
        struct rec *r = rec_of(w.ctx, w.child, row[i].rec);
        rec_derive(r, today, &mismatch);
        cr_expect(rec_same(rec_get(r, "birth_date"), row[i].birth), "%s", row[i].rec);
        cr_expect(rec_same(rec_get(r, "sex"), row[i].sex), "%s", row[i].rec);
        cr_expect(rec_same(mismatch, row[i].mismatch), "%s: %s", row[i].rec, mismatch);
        rec_derive(r, today, NULL);
    }
    talloc_free(w.ctx);
}
