/* One change of a family: dotted values, findings, conflicts, shared people, rights, review. */
#include "server/work_box.h"

#define FAMILY                                                                                     \
    "name=王小雨|id_no=320681201608154021|hukou_type=1|village=" VILLAGE_A "|child_kinds=10|"      \
    "father.name=王强|father.phone=13800000001|father.out_working=1|father.out_since=2026-01|"   \
    "father.work_area=广东省东莞市|mother.name=李梅|mother.out_working=1|"                 \
    "mother.out_since=2025-03|mother.work_area=浙江省温州市瓯海区"

static uint64_t add(struct box *b, const char *login, const char *pairs, int want)
{
    struct save s = {.confirm_all = true};
    int err = box_save(b, login, &s, pairs);

    box_log(&s);
    cr_assert_eq(err, want, "%s: got %s", pairs, err_name(err));
    return s.rec ? s.rec->id : 0;
}

static int set(struct box *b, const char *login, struct save *s, uint64_t id, const char *pairs)
{
    int err;

    s->id = id;
    s->confirm_all = true;
    err = box_save(b, login, s, pairs);
    box_log(s);
    return err;
}

static uint64_t ref(struct box *b, uint64_t child, const char *field)
{
    return strtoull(box_val(b, b->child, child, field), NULL, 10);
}

Test(work_save, family)
{
    struct box b;
    struct save s = {0};
    uint64_t id, father, twin, rows;

    box_new(&b);
    id = add(&b, "xu", FAMILY, 0);
    father = ref(&b, id, "father");
    cr_assert_str_eq(box_val(&b, b.child, id, "sex"), "2");
    cr_assert_str_eq(box_val(&b, b.child, id, "birth_date"), "2016-08-15");
    cr_assert_str_eq(box_val(&b, b.child, id, "state"), "3");
    cr_assert_str_eq(box_val(&b, b.child, id, "lbc_result"), "1");
    cr_assert_str_eq(box_val(&b, b.child, id, "reason_entrust"), "1");
    cr_assert_str_eq(box_val(&b, b.child, id, "file_no"), VILLAGE_A "0001");
    cr_assert_str_eq(box_val(&b, b.child, id, "add_date"), "2026-11-22");
    cr_assert_str_eq(box_val(&b, b.child, id, "complete"), "0");
    cr_assert_gt(atoi(box_val(&b, b.child, id, "missing_count")), 3);
    cr_assert_neq(ref(&b, id, "director"), 0u);
    cr_assert_str_eq(box_val(&b, b.person, father, "village"), VILLAGE_A);
    cr_assert_str_eq(box_val(&b, b.person, father, "work_area"), "441900000000");
    cr_assert_str_eq(box_val(&b, b.person, ref(&b, id, "mother"), "work_area"), "330304000000");

    /* The same values again write nothing. */
    rows = box_get(&b, b.child, id)->version;
    cr_assert_eq(set(&b, "xu", &s, id, "father.phone=13800000001|name=王小雨"), 0);
    cr_assert(s.unchanged != 0);
    cr_assert_eq(box_get(&b, b.child, id)->version, rows);

    /* A brother shares the father; the father's new phone and home coming reach both files. */
    twin = add(&b, "xu",
               text_printf(b.ctx,
                           "name=王小川|birth_date=2018-02-03|sex=1|hukou_type=1|"
                           "village=" VILLAGE_A "|child_kinds=10|father=%llu|"
                           "mother=%llu",
                           (unsigned long long)father, (unsigned long long)ref(&b, id, "mother")),
               0);
    cr_assert_str_eq(box_val(&b, b.child, twin, "lbc_result"), "1");
    s = (struct save){.why = "回来了"};
    cr_assert_eq(set(&b, "xu", &s, id, "father.out_working=0|father.phone=13800000009"), 0);
    cr_assert_eq(node_num(node_first(s.touched), "id", 0), (int64_t)twin);
    cr_assert_eq(s.touched->n, 1u);
    cr_assert_str_eq(box_val(&b, b.child, twin, "lbc_result"), "3");
    cr_assert_str_eq(box_val(&b, b.person, father, "phone"), "13800000009");
    box_free(&b);
}

struct note_count {
    size_t notes;
    const struct form *form;
    uint64_t id;
    struct box *b;
};

static int note_one(const struct node *entry, void *arg)
{
    struct note_count *n = arg;

    n->notes += node_get(entry, "note") != NULL;
    return 0;
}

static int note_fn(struct txn *t, void *arg)
{
    struct note_count *n = arg;

    return txn_history(t, n->b->ctx, n->form, n->id, note_one, n);
}

static size_t notes(struct box *b, uint64_t child)
{
    struct note_count n = {0, b->child, child, b};

    cr_assert_eq(store_read(b->store, note_fn, &n), 0);
    return n.notes;
}

/* pairs, the finding expected ("" none), its field, the result. */
static const struct {
    const char *login, *pairs, *code, *field;
    int err;
} refused[] = {
    {"xu", "name=王小雨", "missing_village", "village", HE_RULE},
    {"gao", "name=王小雨|village=320681999999", "unknown_village", "village", HE_RULE},
    {"gao", "name=王小雨|village=" VILLAGE_B, "out_of_scope", "village", HE_RULE},
    {"xu", "name==1|village=" VILLAGE_A, "bad_name", "name", HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|id_no=320681201608154023", "id_checksum", "id_no",
     HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|id_no=320681201608154021|sex=男", "sex_mismatch",
     "sex", HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|state=3", "system_field", "state", HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|no_such=3", "unknown_field", "no_such", HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|hiv_status=1", "unknown_field", "hiv_status",
     HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|child_kinds=10,31", "bad_code", "child_kinds",
     HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|father.special_doc=1", "unknown_field",
     "father.special_doc", HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|father.phone=13800000001", "missing_name",
     "father.name", HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|father=99", "bad_ref", "father", HE_RULE},
    {"gao", "name=王小雨|village=" VILLAGE_A "|school.name=新学校", "unknown_record", "school",
     HE_RULE},
    {"xu", "name=王小雨|village=" VILLAGE_A "|child_kinds=10|birth_date=2010-11-22", "over_age",
     "birth_date", HE_RULE},
    {"xu",
     "name=王小雨|village=" VILLAGE_A "|birth_date=2016-01-01|father.name=王强|"
     "father.birth_date=2005-01-01",
     "father_young", "father.birth_date", HE_RULE},
    {"sun", "name=王小雨|village=" VILLAGE_C, "out_of_scope", "village", HE_RULE},
    {"gao", "name=王小雨|village=幸福一村", "", "", 0},
};

Test(work_save, refusals)
{
    struct box b;

    box_new(&b);
    for (size_t i = 0; i < NELEM(refused); i++) {
        struct save s = {0};
        int err = box_save(&b, refused[i].login, &s, refused[i].pairs);
        const struct finding *f = box_finding(&s, refused[i].code);

        if (err != refused[i].err || (*refused[i].code && !f))
            box_log(&s);
        cr_assert_eq(err, refused[i].err, "%zu %s: %s", i, refused[i].pairs, err_name(err));
        if (*refused[i].code)
            cr_assert_str_eq(f ? f->field : "", refused[i].field, "%zu", i);
    }
    box_free(&b);
}

Test(work_save, warnings_and_drafts)
{
    struct box b;
    const char *ok[] = {"father_young", NULL};
    const char *pairs = "name=王小雨|village=" VILLAGE_A "|birth_date=2016-01-01|father.name=王强|"
                        "father.birth_date=2005-01-01";
    struct save s = {.confirmed = ok};

    box_new(&b);
    cr_assert_eq(box_save(&b, "xu", &s, pairs), 0);
    /* Confirmed once, it does not ask again when something else is changed. */
    s = (struct save){.id = s.rec->id};
    cr_assert_eq(box_save(&b, "xu", &s, "hobbies=画画"), 0);
    cr_assert_not_null(box_finding(&s, "father_young"));
    /* A dry run tells and stores nothing. */
    s = (struct save){.id = s.rec->id, .dry = true};
    cr_assert_eq(box_save(&b, "xu", &s, "hobbies=下棋"), 0);
    cr_assert_str_eq(box_val(&b, b.child, s.rec->id, "hobbies"), "画画");
    box_free(&b);
}

Test(work_save, conflicts)
{
    struct box b;
    struct save s = {0};
    uint64_t id;
    uint32_t version;
    const struct node *row;

    box_new(&b);
    id = add(&b, "xu", FAMILY, 0);
    version = box_get(&b, b.child, id)->version;
    cr_assert_eq(set(&b, "xu", &s, id, "live_addr=东街1号|hobbies=画画"), 0);

    /* Other fields merge. */
    s = (struct save){.version = version};
    cr_assert_eq(set(&b, "xu", &s, id, "character=活泼"), 0);
    /* The same field with the same value is no conflict. */
    s = (struct save){.version = version};
    cr_assert_eq(set(&b, "xu", &s, id, "hobbies=画画|village_group=3组"), 0);
    /* The same field otherwise is shown: was, theirs, mine, who. */
    s = (struct save){.version = version};
    cr_assert_eq(set(&b, "xu", &s, id, "hobbies=下棋"), HE_CONFLICT);
    row = node_first(s.conflict);
    cr_assert_str_eq(node_text(row, "field"), "hobbies");
    cr_assert_null(node_text(row, "was"));
    cr_assert_str_eq(node_text(row, "theirs"), "画画");
    cr_assert_str_eq(node_text(row, "mine"), "下棋");
    cr_assert_str_eq(node_text(row, "who"), "许股长");
    cr_assert_not_null(node_text(row, "when"));
    cr_assert_str_eq(box_val(&b, b.child, id, "hobbies"), "画画");
    /* What was typed for one father does not go to another. */
    version = box_get(&b, b.child, id)->version;
    s = (struct save){0};
    cr_assert_eq(set(&b, "xu", &s, id, "guardian.name=王爷爷"), 0);
    s = (struct save){.version = version};
    cr_assert_eq(set(&b, "xu", &s, id, "guardian.phone=13800000004"), HE_CONFLICT);
    s = (struct save){.version = box_get(&b, b.child, id)->version};
    cr_assert_eq(set(&b, "xu", &s, id, "guardian.phone=13800000004"), 0);
    version = 1;
    /* By the values it was based on, linked records too. */
    s = (struct save){.version = version,
                      .base = box_pairs(b.ctx, "hobbies=画画|father.phone=13800000002")};
    cr_assert_eq(set(&b, "xu", &s, id, "hobbies=下棋|father.phone=13800000003"), HE_CONFLICT);
    cr_assert_eq(s.conflict->n, 1u);
    cr_assert_str_eq(node_text(node_first(s.conflict), "field"), "father.phone");
    s = (struct save){.base = box_pairs(b.ctx, "hobbies=画画|father.phone=13800000001")};
    cr_assert_eq(set(&b, "xu", &s, id, "hobbies=下棋|father.phone=13800000003"), 0);
    box_free(&b);
}

/* Who is who: by the ref, by number, new; and what others keep for themselves. */
Test(work_save, people)
{
    struct box b;
    struct save s = {0};
    uint64_t a, c, father;

    box_new(&b);
    a = add(&b, "xu",
            "name=王小雨|village=" VILLAGE_A "|father.name=王强|"
            "father.id_no=320681198001010019|father.phone=13800000001",
            0);
    father = ref(&b, a, "father");
    /* The same number: the same man, his empty fields filled, his answered ones changed by a form. */
    c = add(&b, "xu",
            "name=王小川|village=" VILLAGE_B "|father.name=王强|"
            "father.id_no=320681198001010019|father.job=木工|father.phone=13800000002",
            0);
    cr_assert_eq(ref(&b, c, "father"), father);
    cr_assert_str_eq(box_val(&b, b.person, father, "job"), "木工");
    cr_assert_str_eq(box_val(&b, b.person, father, "phone"), "13800000002");
    cr_assert_gt(notes(&b, a), 0u);
    /* A director who cannot see him elsewhere does not change what is answered there. */
    c = add(&b, "gao",
            "name=王小江|village=" VILLAGE_A "|guardian.name=钱一|"
            "guardian.id_no=320681198202020029|guardian.phone=13800000005",
            0);
    add(&b, "hu",
        "name=钱小三|village=" VILLAGE_B "|caregiver.name=钱二|"
        "caregiver.id_no=320681198202020029",
        HE_RULE); /* a number with another name is no key to his file */
    add(&b, "hu",
        "name=钱小二|village=" VILLAGE_B "|caregiver.name=钱一|"
        "caregiver.id_no=320681198202020029|caregiver.phone=13800000006|"
        "caregiver.addr=东街2号",
        0);
    cr_assert_str_eq(box_val(&b, b.person, ref(&b, c, "guardian"), "phone"), "13800000005");
    cr_assert_str_eq(box_val(&b, b.person, ref(&b, c, "guardian"), "addr"), "东街2号");
    /* One number, two relations, one new record. */
    c = add(&b, "xu",
            "name=孙小一|village=" VILLAGE_A "|guardian.name=孙奶奶|"
            "guardian.id_no=320681195703030061|caregiver.name=孙奶奶|"
            "caregiver.id_no=320681195703030061|caregiver.phone=13800000007",
            0);
    cr_assert_eq(ref(&b, c, "guardian"), ref(&b, c, "caregiver"));
    cr_assert_str_eq(box_val(&b, b.person, ref(&b, c, "guardian"), "phone"), "13800000007");
    /* Nothing typed of a person makes none. */
    c = add(&b, "xu", "name=孙小二|village=" VILLAGE_A "|father.name=|father.phone=-", 0);
    cr_assert_eq(ref(&b, c, "father"), 0u);
    /* A number that is another's. */
    s.id = a;
    cr_assert_eq(box_save(&b, "xu", &s, "father.id_no=320681195703030061"), HE_RULE);
    cr_assert_str_eq(box_finding(&s, "duplicate_id")->field, "father.id_no");
    /* Schools are chosen by name, made by who may, never renamed. */
    s = (struct save){.id = a};
    cr_assert_eq(box_save(&b, "xu", &s, "school.name=启东市中心学校"), 0);
    s = (struct save){.id = c};
    cr_assert_eq(box_save(&b, "xu", &s, "school.name=启东市中心学校"), 0);
    cr_assert_eq(ref(&b, a, "school"), ref(&b, c, "school"));
    s = (struct save){.id = c};
    cr_assert_eq(box_save(&b, "xu", &s, "school.name=第二小学"), 0);
    cr_assert_str_eq(box_val(&b, dict_form(b.dict, "school"), ref(&b, a, "school"), "name"),
                     "启东市中心学校");
    box_free(&b);
}

/* A restricted code stays when those who cannot see it change the others. */
Test(work_save, restricted_codes)
{
    struct box b;
    struct save s = {0};
    uint64_t id;

    box_new(&b);
    id = add(&b, "xu", "name=王小雨|village=" VILLAGE_A "|child_kinds=10", 0);
    cr_assert_eq(set(&b, "kong", &s, id, "child_kinds=10,31"), 0);
    cr_assert_eq(s.change, 0u, "a restricted value never waits in a change");
    cr_assert_str_eq(box_val(&b, b.child, id, "child_kinds"), "10,31");
    s = (struct save){.base = box_pairs(b.ctx, "child_kinds=10")};
    cr_assert_eq(set(&b, "xu", &s, id, "child_kinds=10,41"), 0);
    cr_assert_str_eq(box_val(&b, b.child, id, "child_kinds"), "10,31,41");
    box_free(&b);
}
