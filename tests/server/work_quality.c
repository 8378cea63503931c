/* What is doubtful in a file, kept in step with it; exceptions that explain it (5.4, decision 9). */
#include "server/work_box.h"

#include "work/due.h"

#define CHILD                                                                                      \
    "name=王小雨|birth_date=2016-08-15|sex=2|hukou_type=1|village=" VILLAGE_A                      \
    "|child_kinds=10|father.name=王强|father.phone=13800000001|father.out_working=1"

static struct save save(struct box *b, const char *form, const char *login, uint64_t id,
                        const char *pairs, int want)
{
    struct save s = {.form = dict_form(b->dict, form), .id = id, .confirm_all = true};
    int err = box_save(b, login, &s, pairs);

    if (err != want)
        box_log(&s);
    cr_assert_eq(err, want, "%s %s: %s", login, pairs, err_name(err));
    return s;
}

static void is(struct box *b, uint64_t child, const char *field, const char *want)
{
    cr_assert_str_eq(box_val(b, b->child, child, field), want, "%s: %s", field,
                     box_val(b, b->child, child, field));
}

/* Rules of the child and of its people; a rule counts by its quality, not by its level. */
Test(work_quality, rules)
{
    static const struct {
        const char *set, *quality, *rules, *note;
    } rows[] = {
        {"mother.name=李梅|mother.phone=13800000002", "0", "", ""},
        {"hukou_type=2", "2", "hukou_not_rural,kind_not_met", "户籍性质、儿童类别"},
        {"hukou_type=1|live_with=9", "0", "", ""}, /* bad, but no mistake of the file */
        {"live_with=-|caregiver.name=王明|caregiver.birth_date=2012-01-01", "3", "caregiver_minor",
         "委托照护人·出生日期"},
        {"caregiver.birth_date=1960-01-01|father.life_state=2", "2", "dead_out,gone_needs_date",
         "父亲·生存状态、父亲·死亡或失联日期"},
    };
    struct box b;
    uint64_t id;

    box_new(&b);
    id = save(&b, "child", "xu", 0, CHILD, 0).rec->id;
    for (size_t i = 0; i < NELEM(rows); i++) {
        save(&b, "child", "xu", id, rows[i].set, 0);
        is(&b, id, "quality_rules", rows[i].rules);
        is(&b, id, "quality_note", rows[i].note);
        is(&b, id, "quality", rows[i].quality);
    }
    box_free(&b);
}

/* A change of a shared person reaches the files it stands in. */
Test(work_quality, shared_person)
{
    struct box b;
    uint64_t id, father;

    box_new(&b);
    id = save(&b, "child", "xu", 0, CHILD, 0).rec->id;
    father = strtoull(box_val(&b, b.child, id, "father"), NULL, 10);
    save(&b, "person", "xu", father, "birth_date=2010-01-01", 0);
    is(&b, id, "quality_rules", "father_young");
    box_free(&b);
}

static int due_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    (void)a;
    return due_start(t, b->today, arg);
}

/* Explained by the village, let stand by the township, until its day. */
Test(work_quality, exception)
{
    struct box b;
    struct save s;
    uint64_t id, why, job;

    box_new(&b);
    id = save(&b, "child", "xu", 0, CHILD "|caregiver.name=王明|caregiver.birth_date=2012-01-01", 0)
             .rec->id;
    s = save(&b, "exception", "gao", 0,
             text_printf(b.ctx, "child=%llu|reason=哥哥照看到年底|due=2026-12-31",
                         (unsigned long long)id),
             0);
    why = s.rec->id;
    cr_assert_str_eq(rec_get(s.rec, "rules"), "caregiver_minor");
    is(&b, id, "quality", "3");
    save(&b, "exception", "gao", why, "state=2", HE_RULE);
    save(&b, "exception", "hu", why, "reason=邻村", HE_DENIED);
    save(&b, "exception", "hu", 0,
         text_printf(b.ctx, "child=%llu|reason=邻村|due=2026-12-31", (unsigned long long)id),
         HE_RULE);
    save(&b, "exception", "sun", why, "state=3", HE_RULE); /* a refusal says why */
    s = save(&b, "exception", "sun", why, "state=2", 0);
    cr_assert_str_eq(rec_get(s.rec, "approved_on"), "2026-11-22");
    is(&b, id, "quality", "1");
    is(&b, id, "quality_rules", "");
    save(&b, "exception", "gao", why, "due=2027-06-01", HE_RULE);

    /* Its day passes: the daily job finds the doubt again. */
    b.today = (struct date){2027, 1, 1};
    cr_assert_eq(box_do(&b, "xu", due_fn, &job), 0);
    cr_assert_eq(store_job_wait(b.store, job, 60000), 0);
    is(&b, id, "quality", "3");

    save(&b, "exception", "gao", 0,
         text_printf(b.ctx, "child=%llu|reason=再缓|due=2026-12-31", (unsigned long long)id),
         HE_RULE);
    box_free(&b);
}

/* Decided by another, and left as it was decided; the answer is not the village's to write. */
Test(work_quality, own_exception)
{
    struct box b;
    struct save s;
    uint64_t id, why;

    box_new(&b);
    id = save(&b, "child", "xu", 0, CHILD "|caregiver.name=王明|caregiver.birth_date=2012-01-01", 0)
             .rec->id;
    s = save(&b, "exception", "sun", 0,
             text_printf(b.ctx, "child=%llu|reason=哥哥照看到年底|due=2026-12-31",
                         (unsigned long long)id),
             0);
    why = s.rec->id;
    save(&b, "exception", "gao", why, "answer=同意", HE_RULE);
    save(&b, "exception", "sun", why, "state=2", HE_RULE);
    save(&b, "exception", "xu", why, "state=2|answer=同意", 0);
    save(&b, "exception", "sun", why, "due=2027-06-01", HE_RULE);
    save(&b, "exception", "sun", why, "reason=另一个原因", HE_RULE);
    box_free(&b);
}

/* The sixth child of one caregiver is asked about. */
Test(work_quality, many_children)
{
    struct box b;
    uint64_t id = 0, caregiver = 0;

    box_new(&b);
    for (int i = 0; i < 6; i++) {
        char *pairs = text_printf(
            b.ctx,
            "name=王小%c|birth_date=2016-08-1%d|village=" VILLAGE_A
            "|child_kinds=61|caregiver%s=%s",
            'A' + i, i, caregiver ? "" : ".name",
            caregiver ? text_printf(b.ctx, "%llu", (unsigned long long)caregiver) : "赵兰");
        id = save(&b, "child", "xu", 0, pairs, 0).rec->id;
        caregiver = strtoull(box_val(&b, b.child, id, "caregiver"), NULL, 10);
        cr_assert_eq(strstr(box_val(&b, b.child, id, "quality_rules"), "caregiver_many") != NULL,
                     i == 5, "%d", i);
    }
    box_free(&b);
}
