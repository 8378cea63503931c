/*
 * The request table × roles × scopes over the wire. The expectations are written by hand from domain.md
 * 4 (who sees, who changes) and; they know nothing of conf/roles.conf or of
 * the rights in wire/ops.def, so a word too many in either fails here. What departments write back
 * (schooling, health, police) comes with their requests; until then nobody but the village, the
 * township, the county and the centre changes anything.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "server/wire_county.h"

/* One letter a role in this order. */
static const struct person {
    const char *login, *role, *area;
    bool at_school;
} people[] = {
    {"dir", "director", V1, false},
    {"head", "village_head", V1, false},
    {"sup", "supervisor", TOWN1, false},
    {"town", "town_head", TOWN1, false},
    {"clerk", "county_clerk", COUNTY, false},
    {"leader", "county_leader", COUNTY, false},
    {"centre", "protect_centre", COUNTY, false},
    {"keeper", "named_keeper", COUNTY, false},
    {"edu", "education", "", true},
    {"police", "police", "", false},
    {"health", "health", TOWN1, false},
    {"social", "social_worker", "", false},
    {"law", "justice", "", false},
    {"women", "women_federation", TOWN1, false},
    {"sys", "system_admin", "", false},
    {"sec", "security_admin", "", false},
    {"aud", "audit_admin", "", false},
};
#define ROLES NELEM(people)

/* The letter of person i in "yy yy yyyy yyyyyy nnn". */
static bool may_do(const char *letters, size_t i)
{
    for (; i && *letters; letters++)
        i -= *letters != ' ';
    return letters[*letters == ' '] == 'y';
}

/*
 * y: allowed with a record inside of the scope; then one outside is answered like a missing one.
 * n: refused whatever the record. The order of the letters is that of people[].
 */
static const struct row {
    const char *op, *body, *may;
    bool record; /* body names a record by %lld: tried inside, outside and missing */
} rows[] = {
    /* letters: village, town, county, departments, administrators */
    // clang-format off
    {"rec.get", "type=child|#id=%lld", "yy yy yyyy yyyyyy nnn", true},
    {"rec.open", "type=child|#id=%lld", "yy yy yyyy yyyyyy nnn", true},
    {"rec.history", "type=child|#id=%lld", "yy yy yyyy yyyyyy nnn", true},
    {"child.same", "#id=%lld", "yy yy yyyy yyyyyy nnn", true},
    {"print", "type=child|doc=card|#id=%lld", "yy yy yyyy ynnnnn nnn", true},
    {"print", "type=child|doc=roster|view=registered|#rows=7", "yy yy yyyy ynnnnn nnn", false},
    {"rec.check", "type=child|#id=%lld|v.hobbies=棋", "yn yn ynyy nnnnnn nnn", true},
    {"rec.set", "type=child|#id=%lld|v.hobbies=画画|?dry", "yn yn ynyy nnnnnn nnn", true},
    {"child.watch", "#id=%lld|?on|why=多看一眼", "yn yn ynyy nnnnnn nnn", true},
    {"child.move", "#id=%lld|village=" V1, "yn yn ynnn nnnnnn nnn", true},
    {"child.exit", "#id=%lld|v.exit_note=x", "yn yn ynnn nnnnnn nnn", true},
    {"child.return", "#id=%lld|v.add_reason=99", "yn yn ynnn nnnnnn nnn", true},
    {"child.merge", "#id=%lld|#to=%1$lld", "nn nn ynnn nnnnnn nnn", true},
    {"national.list", "limit=5", "nn yn ynyn nnnnnn nnn", false},
    {"national.done", "?x", "nn yn ynyn nnnnnn nnn", false},
    {"rec.list", "type=child", "yy yy yyyy yyyyyy nnn", false},
    {"rec.count", "type=child", "yy yy yyyy yyyyyy nnn", false},
    {"rec.find", "type=child|words=王", "yy yy yyyy yyyyyy nnn", false},
    {"helper.count", "x=y", "yy yy ynyy ynnynn nnn", false},
    {"rec.list", "type=person", "yy yy yyyy yyyyyy nnn", false},
    {"rec.list", "type=household", "yy yy yyyy nnnnnn nnn", false},
    {"rec.list", "type=change", "yy yy yyyy nnnnnn nnn", false},
    {"rec.list", "type=filing", "yy yy ynyn nnnnnn nnn", false},
    {"rec.add", "type=filing|v.what=1|v.area=" V1 "|v.filed_to=镇政府|?dry", "yn yn ynnn nnnnnn nnn",
     false},
    {"rec.list", "type=exception", "yy yy yyyn nnnnnn nnn", false},
    {"rec.add", "type=exception|v.child=1|v.reason=x|v.due=2026-12-31|?dry", "yn yn ynnn nnnnnn nnn",
     false},
    {"rec.list", "type=post", "nn yy yyyn nnnnnn nnn", false},
    {"rec.list", "type=school", "yy yy yyyy yyyyyy nyn", false},
    {"rec.add", "type=child|v.name=周一|v.village=" V1 "|?dry", "yn yn ynnn nnnnnn nnn", false},
    {"rec.add", "type=school|v.name=新校|?dry", "nn yn ynnn nnnnnn nnn", false},
    {"rec.add", "type=user|v.login=x|?dry", "nn nn nnnn nnnnnn nnn", false},
    {"rec.add", "type=post|v.role=director|?dry", "nn nn nnnn nnnnnn nnn", false},
    {"review.decide", "@ids=999|?approve", "nn yy yynn nnnnnn nnn", false},
    {"agreement.known", "#child=%lld", "yn yn ynnn nnnnnn nnn", true},
    {"rec.list", "type=agreement", "yy yy yyyy nnnnnn nnn", false},
    {"rec.add", "type=agreement|v.child=1|?dry", "yn yn ynnn nnnnnn nnn", false},
    {"rec.set", "type=agreement|#id=999|v.remark=x|?dry", "yn yn ynny nnnnnn nnn", false},
    {"print", "type=agreement|doc=agreement|#id=999", "yy yy ynyn nnnnnn nnn", false},
    {"agreement.sign", "#id=999|v.sign_way=1", "yn yn ynnn nnnnnn nnn", false},
    {"agreement.renew", "#id=999|v.end=+1y", "yn yn ynnn nnnnnn nnn", false},
    {"agreement.end", "#id=999|v.end_reason=9", "yn yn ynnn nnnnnn nnn", false},
    {"agreement.void", "#id=999|why=x", "yn yn ynnn nnnnnn nnn", false},
    {"review.recall", "#change=999", "yn yn ynyy nnnnnn nnn", false},
    {"child.checked", "@ids=999", "yn yn ynyy nnnnnn nnn", false},
    {"child.handover", "from=dir|to=dir2", "nn yy yynn nnnnnn nnn", false},
    {"draft.put", "key=child/new/1|d.name=王", "yy yy yyyy yyyyyy nnn", false},
    {"draft.list", "x=y", "yy yy yyyy yyyyyy yyy", false},
    {"draft.get", "key=child/new/7", "yy yy yyyy yyyyyy nnn", false},
    {"draft.drop", "key=child/new/7", "yy yy yyyy yyyyyy yyy", false},
    {"import.begin", "type=child|digest=00|map=roster", "nn nn ynnn nnnnnn nnn", false},
    {"import.rows", "#job=999", "nn nn ynnn nnnnnn nnn", false},
    {"import.end", "#job=999", "nn nn ynnn nnnnnn nnn", false},
    {"export.begin", "type=child|purpose=核对|*fields=name", "nn yy ynyn nnnnnn nnn", false},
    {"export.rows", "#export=999", "nn yy ynyn nnnnnn nnn", false},
    {"stat.list", "x=y", "yy yy yyyn nnnnnn nnn", false},
    {"stat.run", "report=t1", "yy yy yyyn nnnnnn nnn", false},
    {"stat.cross", "type=child|rows=town", "yy yy yyyy yyyyyy nnn", false},
    {"stat.cross", "type=child|rows=town|day=2026-11-01", "yy yy yyyn nnnnnn nnn", false},
    {"stat.freeze", "report=t1|period=2026-10|note=x", "nn yy ynnn nnnnnn nnn", false},
    {"stat.frozen", "x=y", "yy yy yyyn nnnnnn nnn", false},
    {"stat.cell", "report=t5|column=n|?total", "yy yy yyyn nnnnnn nnn", false},
    {"sweep.open", "#id=999", "nn nn ynnn nnnnnn nnn", false},
    {"sweep.mine", "x=y", "yy yy yyyn nnnnnn nnn", false},
    {"sweep.checklist", "#sweep=999", "yy yy yyyn nnnnnn nnn", false},
    {"sweep.mark", "@ids=999|v.result=1", "yn yn ynnn nnnnnn nnn", false},
    {"sweep.sample", "#sweep=999|area=" TOWN1, "nn yn ynyn nnnnnn nnn", false},
    {"sweep.sampled", "#sweep=999|#sample=1", "nn yn ynyn nnnnnn nnn", false},
    {"sweep.check", "#id=999|?ok", "nn yn ynyn nnnnnn nnn", false},
    {"sweep.submit", "#sweep=999|area=" TOWN1, "nn yy nnnn nnnnnn nnn", false},
    {"sweep.accept", "#sweep=999|?ok|*areas=" TOWN1, "nn nn ynnn nnnnnn nnn", false},
    {"sweep.freeze", "#sweep=999|name=entry", "nn nn ynnn nnnnnn nnn", false},
    {"sweep.figures", "#sweep=999", "yy yy yyyn nnnnnn nnn", false},
    {"sweep.compare", "#sweep=999", "yy yy yyyn nnnnnn nnn", false},
    {"sweep.recount", "#sweep=999|area=" V1, "nn nn ynnn nnnnnn nnn", false},
    {"sweep.bulletin", "#sweep=999", "nn nn ynnn nnnnnn nnn", false},
    {"sweep.sign", "#id=999|?ok", "nn nn nynn nnnnnn nnn", false},
    {"sweep.close", "#sweep=999", "nn nn ynnn nnnnnn nnn", false},
    {"rec.list", "type=sweep", "yy yy yyyn nnnnnn nnn", false},
    {"rec.list", "type=sweep_unit", "yy yy yyyn nnnnnn nnn", false},
    {"rec.list", "type=sweep_item", "yy yy ynyn nnnnnn nnn", false},
    {"rec.list", "type=hazard", "yy yy ynyn nnnnnn nnn", false},
    {"rec.list", "type=place", "yy yy ynyn nnnnnn nnn", false},
    {"rec.list", "type=bulletin", "nn nn yyyn nnnnnn nnn", false},
    {"rec.add", "type=sweep|v.title=x|v.kind=2|?dry", "nn nn ynnn nnnnnn nnn", false},
    {"rec.add", "type=sweep_item|v.result=1|?dry", "nn nn nnnn nnnnnn nnn", false},
    {"rec.list", "type=visit", "yy yy yyyy yyyynn nnn", false},
    {"rec.add", "type=visit|v.seen=1|?dry", "yy yy ynyn yyyynn nnn", false},
    {"rec.set", "type=visit|#id=999|v.void_reason=x|?dry", "yn yy ynyn nnnnnn nnn", false},
    {"print", "type=visit|doc=roster|view=recent|#rows=7", "yy yy ynyn nnnnnn nnn", false},
    {"rec.list", "type=addition", "yy yy ynyy nnnnnn nnn", false},
    {"rec.add", "type=addition|v.kind=1|v.text=x|?dry", "yn yy ynyn nnnnnn nnn", false},
    {"rec.set", "type=addition|#id=999|v.text=x|?dry", "nn nn nnnn nnnnnn nnn", false},
    {"rec.list", "type=contact", "yy yy ynyy ynnynn nnn", false},
    {"rec.add", "type=contact|v.with=1|?dry", "yy yn ynyn ynnynn nnn", false},
    {"rec.set", "type=contact|#id=999|v.with=1|?dry", "yn yn ynyn nnnnnn nnn", false},
    {"rec.list", "type=task", "yy yy yyyy nnnnnn nnn", false},
    {"rec.add", "type=task|v.kind=9|v.what=x|?dry", "yn yn ynyn nnnnnn nnn", false},
    {"rec.set", "type=task|#id=999|v.answer=x|?dry", "yn yy ynyn nnnnnn nnn", false},
    {"rec.list", "type=urgent_report", "yy yy yyyy nnnnnn nnn", false},
    {"rec.add", "type=urgent_report|v.facts=x|?dry", "yy yy ynyn nnnnnn nnn", false},
    {"rec.set", "type=urgent_report|#id=999|v.receipt=x|?dry", "yy yy ynyy nnnnnn nnn", false},
    {"rec.list", "type=saved_view", "yy yy yyyn nnnnnn nnn", false},
    {"rec.list", "type=frozen", "nn nn nnnn nnnnnn nnn", false},
    {"rec.list", "type=frozen_row", "nn nn nnnn nnnnnn nnn", false},
    {"rec.add", "type=frozen|v.note=x|?dry", "nn nn nnnn nnnnnn nnn", false},
    {"rec.set", "type=sweep_unit|#id=999|v.remark=x|?dry", "nn yn ynnn nnnnnn nnn", false},
    {"rec.add", "type=sweep_unit|v.remark=x|?dry", "nn nn nnnn nnnnnn nnn", false},
    {"rec.add", "type=bulletin|v.title=x|?dry", "nn nn nnnn nnnnnn nnn", false},
    {"rec.set", "type=bulletin|#id=999|v.title=x|?dry", "nn nn ynnn nnnnnn nnn", false},
    {"rec.add", "type=hazard|v.what=x|?dry", "yn yn ynnn nnnnnn nnn", false},
    {"rec.add", "type=place|v.name=x|?dry", "yn yn ynnn nnnnnn nnn", false},
    {"area.list", "x=y", "yy yy yyyy yyyyyy yyy", false},
    {"area.empty", "x=y", "nn yy yynn nnnnnn nnn", false},
    {"area.contacts", "division=" V1, "yy yy yyyy yyyyyy yyy", false},
    {"division.load", "x=y", "nn nn ynnn nnnnnn ynn", false},
    {"user.list", "x=y", "yy yy yyyy yyyyyy yyy", false},
    {"user.add", "login=", "nn nn nnnn nnnnnn nyn", false},
    {"user.set", "login=nobody", "nn nn nnnn nnnnnn nyn", false},
    {"post.add", "login=nobody", "nn nn nnnn nnnnnn nyn", false},
    {"post.set", "#post=999", "nn nn nnnn nnnnnn nyn", false},
    {"post.end", "#post=999", "nn nn nnnn nnnnnn nyn", false},
    {"audit.list", "x=y", "nn nn nnnn nnnnnn nny", false},
    {"audit.verify", "x=y", "nn nn nnnn nnnnnn nny", false},
    {"job.list", "x=y", "yy yy yyyy yyyyyy yyy", false},
    {"job.cancel", "#id=999", "yy yy yyyy yyyyyy yyy", false},
    {"backup", "dir=relative", "nn nn nnnn nnnnnn ynn", false},
    {"verify", "x=y", "nn nn nnnn nnnnnn ynn", false},
    {"status", "x=y", "nn yn yynn nnnnnn yyy", false},
    {"todo", "x=y", "yy yy yyyy yyyyyy yyy", false},
    {"me", "x=y", "yy yy yyyy yyyyyy yyy", false},
    {"outcome", "#seq=1", "yy yy yyyy yyyyyy yyy", false},
    // clang-format on
};

/* Values of the child that stand in one place only: a leak is found by its text. */
#define ID_IN   "320681201603124026"
#define PHONE   "13812345678"
#define COURT   "启矫字第7号"
#define ILLNESS "哮喘要随身带药"
#define TELLER  "隔壁的丁阿婆"
#define FACTS   "天黑还在桥洞里"
#define INJURY  "左臂一道旧伤"

struct world {
    struct wire_county c;
    int fd[ROLES];
    int64_t child[ROLES]; /* one that the role reaches */
    int64_t outside;      /* one that nobody's post reaches: another county */
    int64_t near;         /* one in the same township, another village */
    int64_t far;          /* one in another township */
};

static int64_t user_id(struct world *w, const char *login)
{
    const struct node *o =
        county_do(&w->c, w->c.boss, "user.list", county_body(w->c.ctx, "login=%s", login));
    return node_num(node_first(node_get(o, "rows")), "id", 0);
}

static void world_make(struct world *w)
{
    struct wire_county *c = &w->c;
    memset(w, 0, sizeof *w);
    county_make(c, NULL);
    int64_t school =
        node_num(county_do(c, c->boss, "rec.add",
                           county_body(c->ctx, "type=school|v.name=汇龙小学|v.kind=2")),
                 "id", 0);
    for (size_t i = 0; i < ROLES; i++)
        county_user(c, people[i].login, people[i].role, people[i].area,
                    people[i].at_school ? school : 0);
    county_user(c, "dir2", "director", V1, 0);
    county_user(c, "dir3", "director", V3, 0);
    int64_t a = county_child(
        c, "王小雨", V1,
        text_printf(c->ctx,
                    "v.id_no=" ID_IN "|v.child_kinds=10,41|v.health=30|v.medical_history=" ILLNESS
                    "|v.father.name=王强|v.father.phone=" PHONE "|v.school=%lld|v.worker=%lld",
                    (long long)school, (long long)user_id(w, "social")));
    int64_t p = county_child(c, "李明", V1,
                             text_printf(c->ctx, "v.birth_date=2017-05-01|v.sex=1|v.worker=%lld",
                                         (long long)user_id(w, "police")));
    int64_t l = county_child(c, "李亮", V1,
                             text_printf(c->ctx, "v.birth_date=2017-06-01|v.sex=1|v.worker=%lld",
                                         (long long)user_id(w, "law")));
    w->near = county_child(c, "王小风", V2, "v.birth_date=2018-05-01|v.sex=1");
    w->far = county_child(c, "赵云", V3, "v.birth_date=2015-05-01|v.sex=1");
    w->outside = county_child(c, "江边人", V9, "v.birth_date=2015-06-01|v.sex=2");
    for (size_t i = 0; i < ROLES; i++) {
        w->fd[i] = county_hello(c, people[i].login);
        w->child[i] = strcmp(people[i].login, "police") == 0 ? p
                      : strcmp(people[i].login, "law") == 0  ? l
                                                             : a;
    }
    county_do(c, w->fd[7], "rec.set",
              county_body(c->ctx,
                          "type=child|#id=%lld|v.hiv_status=2|v.child_kinds=10,31,41"
                          "|v.correction_doc=" COURT "|?confirm_all",
                          (long long)a));
    county_do(c, w->fd[0], "rec.add",
              county_body(c->ctx,
                          "type=urgent_report|?confirm_all|v.child=%lld|v.triggers=1"
                          "|v.found_on=2026-11-21 20:00|v.facts=" FACTS "|v.reporter=" TELLER,
                          (long long)a));
    county_do(c, w->fd[0], "rec.add",
              county_body(c->ctx,
                          "type=visit|?confirm_all|v.child=%lld|v.seen=1|v.mind=4|v.injury=" INJURY,
                          (long long)a));
}

static void world_drop(struct world *w)
{
    for (size_t i = 0; i < ROLES; i++)
        close(w->fd[i]);
    county_drop(&w->c);
}

static struct node *body_of(struct world *w, const struct row *row, int64_t id)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
    return county_body(w->c.ctx, row->body, (long long)id, (long long)id);
#pragma GCC diagnostic pop
}

/* The answer without its number: two that look alike say the same. */
static const char *bare(const struct wire_county *c)
{
    const char *s = strchr(c->raw, ',');
    return s ? s : c->raw;
}

static void try_record(struct world *w, const struct row *row, size_t i, bool may)
{
    struct wire_county *c = &w->c;
    const char *err = county_ask(c, w->fd[i], row->op, body_of(w, row, w->child[i]), NULL);
    if (may)
        cr_expect(strcmp(err, "DENIED") != 0 && strcmp(err, "NOTFOUND") != 0 && *err,
                  "%s inside, %s: %s", row->op, people[i].role, c->raw);
    else
        cr_expect_str_eq(err, "DENIED", "%s inside, %s: %s", row->op, people[i].role, c->raw);
    err = county_ask(c, w->fd[i], row->op, body_of(w, row, 987654), NULL);
    cr_expect(strcmp(err, "NOTFOUND") == 0 || (!may && strcmp(err, "DENIED") == 0),
              "%s missing, %s: %s", row->op, people[i].role, c->raw);
    const char *missing = bare(c);
    county_ask(c, w->fd[i], row->op, body_of(w, row, w->outside), NULL);
    cr_expect_str_eq(bare(c), missing, "%s outside, %s", row->op, people[i].role);
    if (i < 2) {
        county_ask(c, w->fd[i], row->op, body_of(w, row, w->near), NULL);
        cr_expect_str_eq(bare(c), missing, "%s next village, %s", row->op, people[i].role);
    }
    if (i < 4 || strcmp(people[i].area, TOWN1) == 0) {
        county_ask(c, w->fd[i], row->op, body_of(w, row, w->far), NULL);
        cr_expect_str_eq(bare(c), missing, "%s other township, %s", row->op, people[i].role);
    }
}

Test(rights_wire, table)
{
    struct world w;
    bool seen[OP_COUNT] = {[OP_HELLO] = true};
    world_make(&w);
    for (const struct row *row = rows; row < rows + NELEM(rows); row++) {
        enum wire_op op = wire_op_find(row->op);
        cr_assert_lt(op, OP_COUNT, "%s", row->op);
        seen[op] = true;
        for (size_t i = 0; i < ROLES; i++) {
            bool may = may_do(row->may, i);
            cr_assert_eq(strlen(row->may), ROLES + 4, "%s", row->op);
            if (row->record) {
                try_record(&w, row, i, may);
                continue;
            }
            const char *err = county_ask(&w.c, w.fd[i], row->op, body_of(&w, row, 0), NULL);
            cr_expect(*err && (strcmp(err, "DENIED") == 0) == !may, "%s %s, %s should %s: %s",
                      row->op, row->body, people[i].role, may ? "pass" : "be refused", w.c.raw);
        }
    }
    for (int op = 0; op < OP_COUNT; op++)
        cr_expect(seen[op], "%s has no row here", wire_ops[op].name);
    world_drop(&w);
}

/*
 * Visits of other services (R-059 teachers, R-061 and R-065 the health centre): for the children they
 * reach, of their own kind, in the fields of their trade; they do not stand for the director's monthly
 * visit, and he reads what was seen.
 */
static const struct visit_of {
    size_t who; /* place in people[] */
    const char *body, *err, *code;
} visits[] = {
    {8, "v.child=%lld|v.kind=6|v.visitor_role=7|v.seen=1|v.study=1|v.study_note=作业认真", "OK",
     ""},
    {8, "v.child=%lld|v.kind=6|v.seen=1|v.mind_note=见了难受", "RULE", "unknown_field"},
    {8, "v.child=%lld|v.kind=1|v.seen=1", "RULE", "not_yours"},
    {10, "v.child=%lld|v.kind=7|v.visitor_role=8|v.seen=1|v.mind=1|v.health_note=血糖平稳", "OK",
     ""},
    {10, "v.child=%lld|v.kind=7|v.seen=1|v.study_note=数学", "RULE", "unknown_field"},
    {10, "v.child=%lld|v.kind=1|v.seen=1", "RULE", "not_yours"},
    {1, "v.child=%lld|v.kind=1|v.seen=1", "RULE", "not_yours"},
    {1, "v.child=%lld|v.kind=4|v.seen=1", "OK", ""},
};

Test(rights_wire, visits_of_other_services)
{
    struct world w;
    const struct node *o;
    world_make(&w);
    struct wire_county *c = &w.c;
    for (const struct visit_of *v = visits; v < visits + NELEM(visits); v++) {
        struct row row = {NULL, text_printf(c->ctx, "type=visit|?confirm_all|%s", v->body), "",
                          true};
        const char *err = county_ask(c, w.fd[v->who], "rec.add", body_of(&w, &row, w.child[0]), &o);
        cr_expect_str_eq(err, v->err, "%s: %s", v->body, c->raw);
        cr_expect(strstr(c->raw, v->code) != NULL, "%s: %s", v->body, c->raw);
        /* nobody's child but those within reach: a child of the other county */
        err = county_ask(c, w.fd[v->who], "rec.add", body_of(&w, &row, w.outside), NULL);
        cr_expect_str_eq(err, "RULE", "%s elsewhere: %s", v->body, c->raw);
    }
    o = county_do(c, w.fd[0], "rec.get", county_body(c->ctx, "type=visit|#id=3"));
    cr_expect_str_eq(node_text_or(node_get(o, "v"), "health_note", ""), "血糖平稳");
    cr_expect_str_eq(node_text_or(node_get(o, "v"), "counted", ""), "0");
    county_ask(c, w.fd[8], "rec.get", county_body(c->ctx, "type=visit|#id=3"), NULL);
    cr_expect(!strstr(c->raw, "血糖平稳"), "the school reads no health: %s", c->raw);
    /* rounds to the seriously ill are a list by themselves */
    o = county_do(c, w.fd[2], "rec.count",
                  county_body(c->ctx, "type=visit|where=kind = '7' and child.health = '30'"));
    cr_expect_eq(node_num(o, "total", 0), 1, "%s", c->raw);
    world_drop(&w);
}

/* --- side ways --- */

/* What each of these may never find in any answer. */
static const struct secret {
    const char *text, *roles; /* roles: y may read it */
} secrets[] = {
    {COURT, "nn nn nnny nnnnnn nnn"},        {"艾滋", "nn nn nnny nnnnnn nnn"},
    {"hiv_status", "nn nn nnny nnnnnn nnn"}, {"10,31", "nn nn nnny nnnnnn nnn"},
    {ILLNESS, "yy yy ynyy nnynnn nnn"},      {ID_IN, "yy yy ynyy yynnnn nnn"},
    {"江边人", "nn nn nnnn nnnnnn nnn"},     {TELLER, "nn nn nnny nnnnnn nnn"},
    {FACTS, "yy yy ynyy nnnnnn nnn"},        {INJURY, "yy yy ynyy nnynnn nnn"},
};

static const char *const asks[][2] = {
    {"rec.get", "type=child|#id=%lld"},
    {"rec.open", "type=child|#id=%lld"},
    {"rec.history", "type=child|#id=%lld"},
    {"print", "type=child|doc=file|#id=%lld"},
    {"child.same", "#id=%lld"},
    {"rec.list", "type=child|#limit=200"},
    {"rec.list", "type=child|?raw|*fields=name,child_kinds,id_no,medical_history"},
    {"rec.list", "type=child|?raw|?count"},
    {"rec.list", "type=person|?raw"},
    {"rec.list", "type=change|?raw"},
    {"rec.count", "type=child|*by=child_kinds"},
    {"rec.count", "type=child|*by=special_situation,village"},
    {"rec.find", "type=child|words=王"},
    {"rec.check", "type=child|v.id_no=" ID_IN "|v.name=王小雨|v.village=" V1},
    {"rec.add", "type=child|v.id_no=" ID_IN "|v.name=别人|v.village=" V1 "|?dry"},
    {"todo", "x=y"},
    {"draft.list", "x=y"},
    {"user.list", "x=y"},
    {"job.list", "x=y"},
    {"audit.list", "?reverse|#limit=200"},
    {"me", "x=y"},
    {"rec.get", "type=urgent_report|#id=1"},
    {"rec.history", "type=urgent_report|#id=1"},
    {"rec.list", "type=urgent_report|?raw|*fields=facts"},
    {"rec.list", "type=urgent_report|?raw|*fields=reporter"},
    {"rec.count", "type=urgent_report|*by=reporter"},
    {"rec.count", "type=urgent_report|*by=facts"},
    {"stat.cross", "type=urgent_report|rows=reporter"},
    {"rec.find", "type=urgent_report|words=丁"},
    {"print", "type=urgent_report|doc=file|#id=1"},
    {"rec.check", "type=urgent_report|#id=1|v.reporter=x|d.reporter=x"},
    {"rec.set", "type=urgent_report|#id=1|v.reporter=x|?dry"},
    {"rec.add", "type=urgent_report|v.reporter=x|v.facts=x|?dry"},
    {"export.begin", "type=urgent_report|purpose=核对|*fields=reporter"},
    {"rec.get", "type=visit|#id=1"},
    {"rec.history", "type=visit|#id=1"},
    {"rec.list", "type=visit|?raw|*fields=injury"},
    {"rec.count", "type=visit|*by=injury"},
    {"stat.cross", "type=visit|rows=injury"},
    {"rec.list", "type=task|?raw"},
    {"sweep.mine", "x=y"},
    {"stat.run", "report=t1"},
};

static bool own_words(const char *op, const char *body, const char *text)
{
    return strstr(body, text) != NULL &&
           (strcmp(op, "rec.check") == 0 || strcmp(op, "rec.add") == 0);
}

Test(rights_wire, answers_betray_nothing)
{
    struct world w;
    world_make(&w);
    for (size_t a = 0; a < NELEM(asks); a++)
        for (size_t i = 0; i < ROLES; i++) {
            struct row row = {asks[a][0], asks[a][1], NULL, true};
            const char *err =
                county_ask(&w.c, w.fd[i], row.op, body_of(&w, &row, w.child[i]), NULL);
            cr_assert(*err, "%s %s of %s ends the connection", row.op, row.body, people[i].role);
            for (size_t s = 0; s < NELEM(secrets); s++)
                cr_expect(may_do(secrets[s].roles, i) ||
                              own_words(row.op, row.body, secrets[s].text) ||
                              !strstr(w.c.raw, secrets[s].text),
                          "%s %s tells %s to %s: %.600s", row.op, row.body, secrets[s].text,
                          people[i].role, w.c.raw);
        }
    world_drop(&w);
}

/* Naming what one may not read is answered like naming what does not exist. */
Test(rights_wire, hidden_names)
{
    static const char *const pair[][3] = {
        {"rec.list", "type=child|where=%s = '2'", "hiv_status"},
        {"rec.list", "type=child|where=%s is not empty", "correction_doc"},
        {"rec.list", "type=child|where=father.%s is not empty", "special_doc"},
        {"rec.list", "type=child|sort=%s", "hiv_status"},
        {"rec.list", "type=child|sort=-%s", "correction_doc"},
        {"rec.list", "type=child|*fields=name,%s", "hiv_status"},
        {"rec.count", "type=child|where=%s = '2'", "hiv_status"},
        {"rec.count", "type=child|*by=%s", "hiv_status"},
        {"rec.find", "type=child|words=王|where=%s = '2'", "hiv_status"},
        {"rec.add", "type=child|v.name=甲|v.village=" V1 "|v.%s=2", "hiv_status"},
        {"rec.list", "type=child|where=child_kinds has '%s'", "31"},
        {"rec.count", "type=child|where=child_kinds has '%s'", "31"},
        {"rec.list", "type=child|where=special_situation has '%s'", "20"},
        {"rec.list", "type=child|view=%s", "restricted"},
    };
    struct world w;
    world_make(&w);
    for (size_t i = 0; i < NELEM(pair); i++) {
        const char *name = pair[i][2];
        char *other = talloc_strdup(w.c.ctx, name), *text[2];
        other[strlen(other) - 1] = 'q';
        for (int k = 0; k < 2; k++) {
            struct row row = {pair[i][0], pair[i][1], NULL, false};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            struct node *b = county_body(w.c.ctx, row.body, k ? other : name);
#pragma GCC diagnostic pop
            const char *err = county_ask(&w.c, w.fd[0], row.op, b, NULL);
            cr_expect(strcmp(err, "USAGE") == 0 || strcmp(err, "RULE") == 0, "%s %s: %s", row.op,
                      name, w.c.raw);
            text[k] = talloc_strdup(w.c.ctx, bare(&w.c));
            for (char *s = text[k]; (s = strstr(s, k ? other : name)); s += strlen(name))
                memset(s, '?', strlen(name));
        }
        cr_expect_str_eq(text[0], text[1], "%s %s", pair[i][0], pair[i][1]);
    }
    world_drop(&w);
}

static int64_t total(struct world *w, int fd, const char *op, const char *body)
{
    const struct node *o = NULL;
    const char *err = county_ask(&w->c, fd, op, county_body(w->c.ctx, "%s", body), &o);
    cr_assert_str_eq(err, "OK", "%s %s: %s", op, body, w->c.raw);
    const struct node *list = node_get(o, "rows");
    return list ? (int64_t)list->n : node_num(o, "total", -1);
}

/* Whoever looks from elsewhere learns nothing of the child: not that it exists, not where. */
Test(rights_wire, from_elsewhere)
{
    static const char *const finds[] = {"王小雨", "wxy", "王强", "4026", PHONE, "汇龙小学"};
    struct world w;
    world_make(&w);
    int fd = county_hello(&w.c, "dir3");
    for (size_t i = 0; i < NELEM(finds); i++) {
        cr_expect_eq(
            total(&w, fd, "rec.find", text_printf(w.c.ctx, "type=child|words=%s", finds[i])), 0,
            "%s", finds[i]);
        cr_expect_eq(
            total(&w, fd, "rec.find", text_printf(w.c.ctx, "type=person|words=%s", finds[i])), 0,
            "%s", finds[i]);
    }
    cr_expect_eq(total(&w, fd, "rec.count", "type=child"), 1);
    cr_expect_eq(total(&w, fd, "rec.count", "type=child|area=" V1), 0);
    cr_expect_eq(total(&w, fd, "rec.list", "type=child|area=" COUNTY), 1);
    cr_expect_eq(total(&w, fd, "rec.list", "type=child|where=id_no = '" ID_IN "'"), 0);
    cr_expect_eq(total(&w, w.fd[2], "rec.count", "type=child"), 4, "the township");
    cr_expect_eq(total(&w, w.fd[4], "rec.count", "type=child"), 5, "the county");
    cr_expect_eq(total(&w, w.fd[8], "rec.count", "type=child"), 1, "the school");

    /* The number is taken: it is said, and nothing else. */
    const char *err = county_ask(
        &w.c, fd, "rec.add",
        county_body(w.c.ctx, "type=child|v.name=赵二|v.village=" V3 "|v.id_no=" ID_IN), NULL);
    cr_expect_str_eq(err, "RULE");
    cr_expect(strstr(w.c.raw, "在别处登记") != NULL, "%s", w.c.raw);
    cr_expect(!strstr(w.c.raw, "王小雨") && !strstr(w.c.raw, "幸福村") && !strstr(w.c.raw, V1),
              "%s", w.c.raw);
    /* Same name, birth date: another village's is not named. */
    county_ask(&w.c, fd, "child.same",
               county_body(w.c.ctx, "v.name=王小雨|v.birth_date=2016-03-12|v.village=" V3
                                    "|v.father.phone=" PHONE),
               NULL);
    cr_expect(!strstr(w.c.raw, "王强") && !strstr(w.c.raw, "幸福村"), "%s", w.c.raw);
    /* One's own drafts only. */
    struct node *b = county_body(w.c.ctx, "key=child/%lld", (long long)w.child[0]);
    node_str(node_add_map(b, "draft"), "hobbies", "象棋");
    county_do(&w.c, w.fd[0], "draft.put", b);
    cr_expect_str_eq(county_ask(&w.c, fd, "draft.get", b, NULL), "NOTFOUND");
    cr_expect_str_eq(county_ask(&w.c, w.fd[1], "draft.get", b, NULL), "NOTFOUND");
    close(fd);
    world_drop(&w);
}

/* Rows of the trail refer; they hold no values. */
Test(rights_wire, audit_holds_no_values)
{
    struct world w;
    world_make(&w);
    county_ask(&w.c, w.fd[0], "rec.find", county_body(w.c.ctx, "type=child|words=" ID_IN), NULL);
    county_ask(&w.c, w.fd[0], "rec.list", county_body(w.c.ctx, "type=child|where=name = '王小雨'"),
               NULL);
    county_ask(&w.c, w.fd[4], "export.begin",
               county_body(w.c.ctx, "type=child|purpose=核对|where=id_no = '" ID_IN "'"), NULL);
    county_do(&w.c, w.fd[16], "audit.list", county_body(w.c.ctx, "#limit=200"));
    static const char *const never[] = {ID_IN, "王小雨", "王强", PHONE, COURT, ILLNESS, "艾滋"};
    for (size_t i = 0; i < NELEM(never); i++)
        cr_expect(!strstr(w.c.raw, never[i]), "%s in %s", never[i], w.c.raw);
    static const char *const always[] = {"rec.find", "export.begin", "核对", "rec.add", "user.add"};
    for (size_t i = 0; i < NELEM(always); i++)
        cr_expect(strstr(w.c.raw, always[i]) != NULL, "%s in %s", always[i], w.c.raw);
    county_do(&w.c, w.fd[16], "audit.verify", NULL);
    cr_expect(strstr(w.c.raw, "\"bad\":0") != NULL, "%s", w.c.raw);
    world_drop(&w);
}

/* --- rights that change (F60, F61, F62) --- */

static int64_t post_of(struct world *w, const char *login)
{
    const struct node *o =
        county_do(&w->c, w->c.boss, "user.list", county_body(w->c.ctx, "login=%s", login));
    const struct node *posts = node_get(node_first(node_get(o, "rows")), "posts");
    return node_num(posts ? posts->last : NULL, "id", 0);
}

Test(rights_wire, at_the_next_request)
{
    struct world w;
    world_make(&w);
    struct wire_county *c = &w.c;
    int fd = county_hello(c, "dir2");
    struct node *get = county_body(c->ctx, "type=child|#id=%lld", (long long)w.child[0]);
    struct node *get3 = county_body(c->ctx, "type=child|#id=%lld", (long long)w.far);
    cr_expect_str_eq(county_ask(c, fd, "rec.get", get, NULL), "OK");
    cr_expect_str_eq(county_ask(c, fd, "rec.get", get3, NULL), "NOTFOUND");
    county_do(c, c->boss, "post.add", county_body(c->ctx, "login=dir2|role=director|division=" V3));
    cr_expect_str_eq(county_ask(c, fd, "rec.get", get3, NULL), "OK", "a post more");
    cr_expect_str_eq(county_ask(c, fd, "rec.get", get, NULL), "OK");
    county_do(c, c->boss, "post.end",
              county_body(c->ctx, "#post=%lld", (long long)post_of(&w, "dir2")));
    cr_expect_str_eq(county_ask(c, fd, "rec.get", get3, NULL), "NOTFOUND", "a post less");

    /* Reduced while the form is open: a save is refused, nothing is stored. */
    county_do(c, c->boss, "post.add",
              county_body(c->ctx, "login=dir2|role=village_head|division=" V3));
    struct node *set = county_body(c->ctx, "type=child|#id=%lld|v.hobbies=足球", (long long)w.far);
    cr_expect_str_eq(county_ask(c, fd, "rec.get", get3, NULL), "OK");
    cr_expect_str_neq(county_ask(c, fd, "rec.set", set, NULL), "OK");
    county_do(c, c->boss, "rec.get", get3);
    cr_expect(!strstr(c->raw, "足球"), "%s", c->raw);

    /* A child moved away meanwhile. */
    county_do(c, w.fd[4], "child.move",
              county_body(c->ctx, "#id=%lld|village=" V2 "|why=搬家", (long long)w.child[0]));
    cr_expect_str_eq(
        county_ask(c, w.fd[0], "rec.set",
                   county_body(c->ctx, "type=child|#id=%lld|v.hobbies=游泳", (long long)w.child[0]),
                   NULL),
        "NOTFOUND", "%s", c->raw);
    cr_expect_str_eq(county_ask(c, w.fd[2], "rec.get", get, NULL), "OK", "the township keeps it");

    county_do(c, c->boss, "user.set", county_body(c->ctx, "login=dir2|?disabled"));
    cr_expect_str_eq(county_ask(c, fd, "rec.get", get3, NULL), "DENIED");
    cr_expect(strstr(c->text, "停用") != NULL, "%s", c->text);
    cr_expect(run_closed(fd));
    county_do(c, c->boss, "verify", NULL);
    cr_expect(strstr(c->raw, "\"faults\":0") != NULL, "%s", c->raw);
    world_drop(&w);
}
