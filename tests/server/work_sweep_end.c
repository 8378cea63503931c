/* Sweeps: samples, freezes, documents, merged divisions, an opening cut off, the calendar. */
#include <math.h>

#include "form/checklist.h"
#include "server/sweep_box.h"
#include "work/admin.h"

static const struct form *form_of(struct box *b, const char *name)
{
    return dict_form(b->dict, name);
}

static char *of(struct box *b, uint64_t sweep, const char *more)
{
    return text_printf(b->ctx, "sweep=#%llu%s%s", (unsigned long long)sweep, *more ? "|" : "",
                       more);
}

/* Drawn by a seed that is kept: anybody draws the same rows again; an error comes back as a task. */
Test(work_sweep_end, spot_checks)
{
    uint64_t child[12], sweep, item;
    struct node *out, *again;
    const struct node *rows;
    struct box b;

    box_new(&b);
    for (int i = 0; i < 12; i++)
        child[i] = sweep_child(&b, text_printf(b.ctx, "孩子%c", (char)('A' + i)), VILLAGE_A, "");
    sweep = sweep_opened(&b, "rate=10|sample_min=3");
    cr_assert_eq(ask(&b, "xu", sweep_sample, of(&b, sweep, "area=" TOWN_1), &out), HE_RULE);
    for (int i = 0; i < 12; i++)
        sweep_answer(&b, i ? "gao" : "sun", sweep_item_id(&b, "child", child[i]), "result=1", 0);
    cr_assert_eq(ask(&b, "sun", sweep_check, /* he typed it himself */
                     text_printf(b.ctx, "id=#%llu|ok=?1",
                                 (unsigned long long)sweep_item_id(&b, "child", child[0])),
                     &out),
                 HE_RULE);
    cr_expect(strstr(node_text_or(out, "text", ""), "换一个人") != NULL);
    cr_assert_eq(ask(&b, "sun", sweep_sample, of(&b, sweep, "area=" TOWN_2), &out), HE_NOTFOUND);
    asked(&b, "sun", sweep_sample, of(&b, sweep, "area=" TOWN_1 "|seed=#7"), &out);
    rows = node_get(out, "rows");
    cr_assert_eq(rows->n, 3);
    cr_assert_eq(node_num(out, "pool", 0), 12);
    asked(&b, "sun", sweep_sampled, of(&b, sweep, "sample=#1"), &again);
    cr_assert(node_flag(again, "same") != 0);
    cr_assert_eq(node_num(again, "seed", 0), 7);
    cr_assert_str_eq(node_json(b.ctx, rows), node_json(b.ctx, node_get(again, "rows")));
    /* the next sample draws others */
    asked(&b, "sun", sweep_sample, of(&b, sweep, "area=" TOWN_1 "|seed=#7"), &again);
    for (const struct node *x = node_first(rows); x; x = x->next)
        for (const struct node *y = node_first(node_get(again, "rows")); y; y = y->next)
            cr_assert_neq(x->num, y->num);
    item = (uint64_t)node_first(rows)->num;
    cr_assert_eq(ask(&b, "sun", sweep_check,
                     text_printf(b.ctx, "id=#%llu|ok=?0", (unsigned long long)item), &out),
                 HE_RULE);
    asked(&b, "sun", sweep_check,
          text_printf(b.ctx, "id=#%llu|ok=?0|fields=[father_phone]|note=号码不通",
                      (unsigned long long)item),
          &out);
    cr_assert(!strncmp(node_text_or(out, "fix_due", ""), "2026-11-23", 10), "%s",
              node_text_or(out, "fix_due", ""));
    sweep_is(&b, item, "state", "4");
    sweep_is(&b, item, "spot_fields", "父亲新电话");
    cr_assert_str_eq(box_val(&b, form_of(&b, "task"), 1, "due"), "2026-11-23");
    cr_assert_str_eq(box_val(&b, form_of(&b, "task"), 1, "kind"), "3");
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "back"), 1);
    sweep_answer(&b, "gao", item, "father_phone=13812345678", 0);
    sweep_is(&b, item, "state", "5");
    sweep_is(&b, item, "spot", "3");
    sweep_is(&b, item, "result", "2");
    cr_assert_str_eq(box_val(&b, form_of(&b, "task"), 1, "state"), "4");
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "fixed"), 1);
    asked(&b, "xu", sweep_check,
          text_printf(b.ctx, "id=#%lld|ok=?1", (long long)node_first(rows)->next->num), &out);
    sweep_is(&b, (uint64_t)node_first(rows)->next->num, "state", "3");
    asked(&b, "xu", sweep_recount, of(&b, sweep, "area=" VILLAGE_A), &out);
    cr_assert_eq(node_get(out, "rows")->n, 0, "%s", node_json(b.ctx, out));
    box_free(&b);
}

static int phone_fn(struct txn *t, void *arg)
{
    struct box *b = arg;

    box_put(t, b->ctx, b->person, "name=王强|phone=0513-83312345");
    return 0;
}

/* What is typed by hand into a document: no child's name, no number, however written. */
static void names_refused(struct box *b)
{
    static const struct {
        const char *line, *code, *text;
    } cases[] = {
        {"表扬欧阳小雨同学", "names_child", "第 2 行写了孩子的姓名“欧阳小雨”"},
        {"表扬欧 阳 小 雨同学", "names_child", "欧阳小雨"},
        {"表扬阿依古丽·买买提家", "names_child", "阿依古丽买买提"},
        {"赵一家有隐患", "maybe_child", "第 2 行“赵一”"},
        {"电话 138 1234 5678", "private_number", "第 2 行"},
        {"电话１３８１２３４５６７８", "private_number", "第 2 行"},
        {"电话0513-83312345", "private_number", "第 2 行"},
        {"电话051383312345", "private_number", "第 2 行"},
        {"证件 34052419800101001x", "private_number", "第 2 行"},
        {"各镇在2026-08-02 2026-08-14之间完成12345678名，阳小雨", NULL, NULL},
    };
    struct save s;

    sweep_child(b, "欧阳小雨", VILLAGE_A, "");
    sweep_child(b, "阿依古丽·买买提", VILLAGE_A, "");
    cr_assert_eq(store_write(b->store, b->ctx, NULL, phone_fn, b, NULL), 0);
    for (size_t i = 0; i < NELEM(cases); i++) {
        const struct finding *x;

        s = (struct save){.form = form_of(b, "bulletin"), .id = 1};
        int err = box_save(b, "xu", &s, text_printf(b->ctx, "body=第一行\n%s", cases[i].line));
        cr_expect_eq(err, cases[i].code ? HE_RULE : 0, "%s: %s", cases[i].line, err_name(err));
        x = cases[i].code ? box_finding(&s, cases[i].code) : NULL;
        cr_expect(!cases[i].code || (x && strstr(x->text, cases[i].text)), "%s: %s", cases[i].line,
                  x ? x->text : "nothing said");
    }
    s = (struct save){.form = form_of(b, "bulletin"), .id = 1, .confirm_all = true};
    cr_expect_eq(box_save(b, "xu", &s, "body=赵一不是姓名"), 0, "a word of two characters");
    /* what came into it before there was such a child is found by who signs */
    cr_assert_eq(box_save(b, "xu", &s, "body=表扬司马小云"), 0);
    sweep_child(b, "司马小云", VILLAGE_A, "");
    struct node *out;
    cr_expect_eq(ask(b, "xu", sweep_sign, "id=#1|ok=?1", &out), HE_RULE);
    cr_expect(strstr(node_text_or(out, "text", ""), "司马小云") != NULL);
    cr_assert_eq(box_save(b, "xu", &s, "body=表扬各镇"), 0);
}

/* Frozen figures stay, documents come from them only and hold no number of anybody. */
Test(work_sweep_end, frozen_and_printed)
{
    uint64_t child[2], sweep;
    struct node *out;
    struct save s;
    struct box b;
    const char *body;

    box_new(&b);
    child[0] = sweep_child(&b, "赵一", VILLAGE_A, "");
    child[1] = sweep_child(&b, "钱二", VILLAGE_B, "");
    sweep = sweep_opened(&b, "bulletin_due=2026-11-24|survey_due=2026-11-22");
    sweep_answer(&b, "gao", sweep_item_id(&b, "child", child[0]), "result=1|child.grade=5年级", 0);
    cr_assert_eq(ask(&b, "xu", sweep_bulletin, of(&b, sweep, ""), &out), HE_RULE);
    cr_assert_eq(ask(&b, "xu", sweep_freeze, of(&b, sweep, "name=bulletin"), &out), HE_RULE);
    asked(&b, "xu", sweep_freeze, of(&b, sweep, "name=survey"), &out);
    cr_assert_eq(ask(&b, "xu", sweep_freeze, of(&b, sweep, "name=survey"), &out), HE_RULE);
    cr_assert_eq(ask(&b, "xu", sweep_freeze, of(&b, sweep, "name=nothing"), &out), HE_USAGE);
    b.today = (struct date){2026, 11, 24};
    asked(&b, "xu", sweep_freeze, of(&b, sweep, "name=bulletin"), &out);
    sweep_answer(&b, "hu", sweep_item_id(&b, "child", child[1]), "result=1", 0);
    asked(&b, "xu", sweep_figures, of(&b, sweep, "freeze=bulletin|level=village"), &out);
    cr_assert_eq(node_num(node_get(out, "total"), "done", 0), 1);
    asked(&b, "xu", sweep_figures, of(&b, sweep, "freeze=bulletin|level=village|outside=?1"), &out);
    cr_assert_str_eq(node_text_or(node_first(node_get(out, "rows")), "total", ""), "<5");
    cr_assert_eq(figure(&b, sweep, "", "done"), 2);
    asked(&b, "xu", sweep_bulletin, of(&b, sweep, ""), &out);
    body = box_val(&b, form_of(&b, "bulletin"), 1, "body");
    cr_assert(strstr(body, "已查1，完成率50.0%") != NULL, "%s", body);
    cr_assert(!strstr(body, "赵一") && !strstr(body, "钱二"));
    cr_assert(strstr(body, area_title(b.ctx, b.county, VILLAGE_B)) != NULL, "%s", body);
    s = (struct save){.form = form_of(&b, "bulletin"), .id = 1};
    cr_assert_eq(box_save(&b, "xu", &s, "body=联系13812345678"), HE_RULE);
    cr_assert_not_null(box_finding(&s, "private_number"));
    names_refused(&b);
    asked(&b, "xu", sweep_bulletin, of(&b, sweep, "kind=notice"), &out);
    cr_assert_eq(node_get(out, "ids")->n, 1);
    cr_assert_str_eq(box_val(&b, form_of(&b, "bulletin"), 2, "to"), TOWN_1);
    asked(&b, "xu", sweep_sign, "id=#1|ok=?1", &out);
    s = (struct save){.form = form_of(&b, "bulletin"), .id = 1};
    cr_assert_eq(box_save(&b, "xu", &s, "title=别的"), HE_RULE);
    asked(&b, "xu", sweep_close, of(&b, sweep, ""), &out);
    cr_assert_eq(ask(&b, "xu", sweep_compare, of(&b, sweep, ""), &out), HE_NOTFOUND);
    /* the next one is compared with it */
    sweep = sweep_opened(&b, "");
    asked(&b, "xu", sweep_close, of(&b, sweep, ""), &out);
    asked(&b, "xu", sweep_compare, of(&b, sweep, ""), &out);
    cr_assert_eq(node_num(node_get(node_first(node_get(out, "rows")), "then"), "done", 0), 2);
    cr_assert_eq(node_num(node_get(node_first(node_get(out, "rows")), "now"), "done", -1), 0);
    box_free(&b);
}

static int checklist_ask(struct txn *t, void *ctx, const struct county *c, const struct actor *a,
                         const struct node *body, struct node *out)
{
    (void)a;
    return sweep_checklist(t, ctx, c, body, out);
}

/* A village that is merged takes its rows along; the sweep's own checklist stays what it was. */
Test(work_sweep_end, merged_division_and_changed_checklist)
{
    uint64_t child[2], sweep, item;
    struct ask k = {.fn = division_load};
    struct node *out, *row;
    struct save s;
    struct box b;

    box_new(&b);
    child[0] = sweep_child(&b, "赵一", VILLAGE_A, "");
    child[1] = sweep_child(&b, "钱二", VILLAGE_B, "");
    sweep = sweep_opened(&b, "");
    item = sweep_item_id(&b, "child", child[1]);
    sweep_answer(&b, "hu", item, "result=1", 0);
    s = (struct save){.form = form_of(&b, "hazard")};
    cr_assert_eq(box_save(&b, "hu", &s,
                          text_printf(b.ctx,
                                      "village=" VILLAGE_B "|kind=01|what=水塘"
                                      "|responsible=王组长|due=2026-11-30|child=%llu",
                                      (unsigned long long)child[1])),
                 0);
    cr_assert_eq(figure(&b, sweep, VILLAGE_B, "hazards_open"), 1);
    k.body = node_map(b.ctx);
    row = node_add_map(node_add_list(k.body, "rows"), NULL);
    node_str(row, "code", VILLAGE_B);
    node_str(row, "action", "并入");
    node_str(row, "target", VILLAGE_A);
    cr_assert_eq(box_do(&b, "xu", ask_fn, &k), 0);
    sweep_wait(&b, node_num(k.out, "job", 0));
    sweep_is(&b, item, "village", VILLAGE_A);
    sweep_is(&b, item, "row", "2");
    sweep_is(&b, item, "state", "2");
    cr_assert_eq(figure(&b, sweep, "", "total"), 2);
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "done"), 1);
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "hazards_open"), 1);
    asked(&b, "xu", sweep_recount, of(&b, sweep, "area=" VILLAGE_A), &out);
    cr_assert_eq(node_get(out, "rows")->n, 0, "%s", node_json(b.ctx, out));
    /* the copy it was opened with, whatever the dictionary says now */
    for (size_t i = 0; i < b.dict->nchecklist; i++) {
        struct checklist *c = &b.dict->checklist[i];

        c->ngrid = 1;
        c->label = "改过";
    }
    asked(&b, "gao", checklist_ask, of(&b, sweep, ""), &out);
    cr_assert(node_get(out, "grid")->n > 1);
    cr_assert_str_eq(node_text_or(out, "label", ""), "暑假排查");
    cr_assert_str_eq(node_text_or(out, "digest", ""),
                     box_val(&b, form_of(&b, "sweep"), sweep, "checklist_digest"));
    box_free(&b);
}

/* --- the calendar --- */

#define RAD (3.14159265358979323846 / 180)

/* Moment of the k-th new moon after January 2000 (Meeus, Astronomical Algorithms, chapter 49), as a
 * Julian day at +08:00; the first terms are good for some minutes. */
static double new_moon(int k)
{
    double t = k / 1236.85, e = 1 - 0.002516 * t;
    double jde = 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t;
    double m = (2.5534 + 29.1053567 * k) * RAD, mm = (201.5643 + 385.81693528 * k) * RAD;
    double f = (160.7108 + 390.67050284 * k) * RAD, o = (124.7746 - 1.56375588 * k) * RAD;

    jde += -0.40720 * sin(mm) + 0.17241 * e * sin(m) + 0.01608 * sin(2 * mm) +
           0.01039 * sin(2 * f) + 0.00739 * e * sin(mm - m) - 0.00514 * e * sin(mm + m) +
           0.00208 * e * e * sin(2 * m) - 0.00111 * sin(mm - 2 * f) - 0.00057 * sin(mm + 2 * f) +
           0.00056 * e * sin(2 * mm + m) - 0.00042 * sin(3 * mm) - 0.00017 * sin(o);
    return jde - 70.0 / 86400 + 8.0 / 24;
}

/* The first new moon from 21 January on is Spring Festival, computed here from the sky. */
Test(work_sweep_end, spring_festival)
{
    struct conf_errors *errs = conf_errors_new(NULL);
    struct dict *dict = rec_load_dict(errs, SRCDIR "/forms", errs);
    struct date d;

    cr_assert_not_null(dict);
    for (int y = 2023; y <= 2040; y++) {
        int hits = 0;

        cr_assert_eq(sweep_festival(dict, y, &d), 0, "%d", y);
        cr_assert_eq(d.y, y);
        for (int k = (int)((y - 2000) * 12.3685) - 2; k < (y - 2000) * 12.3685 + 4; k++) {
            long day = (long)floor(new_moon(k) + 0.5) - 2440588;
            struct date at = date_from_days(day);

            if (at.y != y || at.m > 2 || (at.m == 1 && at.d < 21) || (at.m == 2 && at.d > 20) ||
                hits)
                continue;
            hits++;
            cr_assert_eq(date_cmp(at, d), 0, "%d: the sky says %d-%d, the table %d-%d", y, at.m,
                         at.d, d.m, d.d);
        }
        cr_assert_eq(hits, 1, "%d", y);
    }
    cr_assert_eq(sweep_festival(dict, 2041, &d), HE_NOTFOUND);
    talloc_free(errs);
}

/* A winter sweep gets its days around Spring Festival. */
Test(work_sweep_end, winter_period)
{
    struct save s = {.form = NULL};
    struct node *out;
    struct box b;

    box_new(&b);
    sweep_child(&b, "赵一", VILLAGE_A, "");
    b.today = (struct date){2027, 1, 20};
    s.form = form_of(&b, "sweep");
    cr_assert_eq(box_save(&b, "xu", &s, "title=寒假排查|kind=1"), 0);
    asked(&b, "xu", sweep_open, text_printf(b.ctx, "id=#%llu", (unsigned long long)s.rec->id),
          &out);
    sweep_wait(&b, node_num(out, "job", 0));
    cr_assert_str_eq(box_val(&b, s.form, s.rec->id, "start"), "2027-01-20");
    cr_assert_str_eq(box_val(&b, s.form, s.rec->id, "end"), "2027-02-20");
    cr_assert_str_eq(box_val(&b, s.form, s.rec->id, "checklist"), "winter");
    box_free(&b);
}
