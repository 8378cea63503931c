/*
 * Bad input that must be answered well, over the wire and by hutongctl: each gives one clear Chinese
 * sentence, and nothing half is stored.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "server/wire_county.h"

static const char *repeat(void *ctx, const char *s, size_t n)
{
    char *all = talloc_strdup(ctx, "");
    for (size_t i = 0; i < n; i++)
        all = talloc_strdup_append_buffer(all, s);
    return all;
}

/* --- values --- */

#define BOY "320681201603120012"

static const struct value {
    const char *what, *field, *text;
    size_t times;     /* the text so many times, 0: once */
    const char *code; /* of the finding; NULL: it is taken */
    const char *says; /* a piece of its sentence, or the value as stored */
} values[] = {
    {"wrong check digit", "id_no", "320681201603124021", 0, "id_checksum", "末位"},
    {"29 February 2015 in a number", "id_no", "431003201502291233", 0, "id_date", "不存在"},
    {"15 digits", "id_no", "320681160312402", 0, "*", "18"},
    {"sex against the number", "sex", "1", 0, "sex_mismatch", "不一致"},
    {"birth date against the number", "birth_date", "2016-03-13", 0, "birth_mismatch", "不一致"},
    {"29 February 2015", "add_date", "2015-02-29", 0, "*", "日"},
    {"full-width digits", "teacher_phone", "１３８１２３４５６７８", 0, NULL, "13812345678"},
    {"spaces inside a number", "teacher_phone", "138 1234 5678", 0, NULL, "13812345678"},
    {"a telephone of letters", "teacher_phone", "13812abc678", 0, "*", "电话"},
    {"control characters", "hobbies", "下棋\x1b[2J\x07画画", 0, NULL, "下棋"},
    {"bidirectional characters", "hobbies", "下棋\xe2\x80\xae画画", 0, NULL, "下棋"},
    {"a 10 kB paste", "hobbies", "长长的一段话。", 500, "*", "60"},
    {"a 10 kB note", "obs_home", "长长的一段话。", 500, "*", "500"},
    {"a name of 60 characters", "name", "王", 60, NULL, "王王王王王王王王王王王王"},
    {"a name of 61 characters", "name", "王", 61, "*", "60"},
    {"digits in a name", "name", "王2", 0, "bad_name", "姓名"},
    {"an unknown code", "school_state", "77", 0, "bad_code", "选择"},
    {"an unknown division", "village", "320681999999", 0, "*", "320681999999"},
    {"a division closed last year", "village", "320681100299", 0, "*", "停用"},
    {"a township for a village", "village", TOWN1, 0, "*", ""},
    {"a system field", "state", "3", 0, "system_field", "系统"},
    {"no such field", "nosuch", "x", 0, "unknown_field", "没有"},
    {"a reference to nobody", "father", "999999", 0, "*", ""},
};

static bool chinese(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s >= 0xe4 && (unsigned char)*s <= 0xe9)
            return true;
    return false;
}

static void closed_division(struct wire_county *c)
{
    FILE *f = fopen(text_printf(c->ctx, "%s/close.csv", c->run.dir), "w");
    fputs("code,name\n320681100299,旧村\n", f);
    fclose(f);
    cr_assert_eq(county_ctl(c, NULL, "division load close.csv"), 0, "%s", c->text);
    f = fopen(text_printf(c->ctx, "%s/close.csv", c->run.dir), "w");
    fputs("code,name,action\n320681100299,旧村,撤销\n", f);
    fclose(f);
    cr_assert_eq(county_ctl(c, NULL, "division load close.csv"), 0, "%s", c->text);
}

static const struct node *finding(const struct node *body, const char *code, const char *field)
{
    for (const struct node *e = node_first(node_get(body, "findings")); e; e = e->next)
        if (strcmp(node_text_or(e, "level", ""), "E") == 0 &&
            (strcmp(code, "*") == 0 || strcmp(node_text_or(e, "code", ""), code) == 0) &&
            strcmp(node_text_or(e, "field", ""), field) == 0)
            return e;
    return NULL;
}

static struct node *new_child(struct wire_county *c, const struct value *v)
{
    struct node *b = county_body(c->ctx, "type=child|v.name=周小平|v.village=" V1);
    struct node *in = base_unconst(node_get(b, "v"));
    if (strcmp(v->field, "sex") == 0 || strcmp(v->field, "birth_date") == 0)
        node_str(in, "id_no", "320681201603124026");
    node_str(in, v->field, repeat(c->ctx, v->text, v->times ? v->times : 1));
    return b;
}

static void try_value(struct wire_county *c, int fd, const struct value *v)
{
    const struct node *o = NULL, *f;
    struct node *b = new_child(c, v);
    const char *err = county_ask(c, fd, "rec.add", b, &o);
    if (!v->code) {
        cr_expect_str_eq(err, "OK", "%s: %s", v->what, c->raw);
        o = county_do(c, fd, "rec.get",
                      county_body(c->ctx, "type=child|#id=%lld", (long long)node_num(o, "id", 0)));
        const char *kept = node_text_or(node_get(o, "v"), v->field, "");
        cr_expect(strstr(kept, v->says) != NULL, "%s: %s", v->what, kept);
        cr_expect(!strpbrk(kept, "\x1b\x07") && !strstr(kept, "\xe2\x80\xae"), "%s: kept", v->what);
        return;
    }
    cr_expect_str_eq(err, "RULE", "%s: %s", v->what, c->raw);
    f = finding(o, v->code, v->field);
    cr_expect(f != NULL, "%s: %.900s", v->what, c->raw);
    cr_expect(chinese(node_text_or(f, "text", "")) &&
                  strstr(node_text_or(f, "text", ""), v->says) != NULL,
              "%s: %s", v->what, node_text_or(f, "text", ""));
}

static int64_t counted(struct wire_county *c, const char *type)
{
    const struct node *o = county_do(c, c->boss, "rec.count", county_body(c->ctx, "type=%s", type));
    return node_num(o, "total", -1);
}

Test(bad_input, values)
{
    struct wire_county c;
    int64_t taken = 0;
    county_make(&c, NULL);
    county_user(&c, "dir", "director", V1, 0);
    closed_division(&c);
    int fd = county_hello(&c, "dir");
    for (size_t i = 0; i < NELEM(values); i++) {
        try_value(&c, strstr(values[i].what, "closed") ? c.boss : fd, &values[i]);
        taken += values[i].code == NULL;
    }
    cr_expect_eq(counted(&c, "child"), taken, "nothing half");
    /* wrong values of a parent leave neither the child nor the parent */
    cr_expect_str_eq(county_ask(&c, fd, "rec.add",
                                county_body(c.ctx, "type=child|v.name=孙一|v.village=" V1
                                                   "|v.father.name=孙父|v.father.id_no=123"),
                                NULL),
                     "RULE", "%s", c.raw);
    cr_expect_eq(counted(&c, "child"), taken);
    cr_expect_eq(counted(&c, "person"), 0);
    cr_expect_eq(county_ctl(&c, NULL, "verify"), 0, "%s", c.text);
    close(fd);
    county_drop(&c);
}

/* Bytes that are no text end the connection and leave no trace. */
Test(bad_input, no_text)
{
    static const char *const bad[] = {"\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "\xe7\x8e",
                                      "\xf5\x80\x80\x80"};
    struct wire_county c;
    county_make(&c, NULL);
    for (size_t i = 0; i < NELEM(bad); i++) {
        int fd = county_hello(&c, NULL);
        struct node *b = county_body(c.ctx, "type=child|v.name=王|v.village=" V1);
        node_str(base_unconst(node_get(b, "v")), "hobbies", bad[i]);
        cr_expect_str_eq(county_ask(&c, fd, "rec.add", b, NULL), "PROTOCOL", "%zu", i);
        cr_expect(run_closed(fd));
    }
    /* legal and rare: stored, found, given back as it is (F47) */
    static const char *const rare[] = {"𬱖㛃", "阿依古丽·买买提", "〇丁", "欧阳𠮷"};
    for (size_t i = 0; i < NELEM(rare); i++) {
        int64_t id = county_child(&c, rare[i], V1, "");
        const struct node *o =
            county_do(&c, c.boss, "rec.find", county_body(c.ctx, "type=child|words=%s", rare[i]));
        cr_expect_eq(node_num(node_first(node_get(o, "rows")), "id", 0), id, "%s: %s", rare[i],
                     c.raw);
        cr_expect(strstr(c.raw, rare[i]) != NULL, "%s", c.raw);
    }
    cr_expect_eq(counted(&c, "child"), NELEM(rare));
    county_drop(&c);
}

/* --- files --- */

static void put_file(struct wire_county *c, const char *name, const char *bytes, size_t n)
{
    FILE *f = fopen(text_printf(c->ctx, "%s/%s", c->run.dir, name), "w");
    cr_assert(f != NULL && fwrite(bytes, 1, n, f) == n);
    fclose(f);
}

#define HEAD "姓名,性别,出生日期,村(居)代码,备注\n"

static const struct file {
    const char *what, *bytes, *options;
    size_t len; /* 0: strlen */
    int code;
    const char *says;
    int64_t stored;
} files[] = {
    {"no heading at all", "1,2,3\n4,5,6\n", "", 0, 2, "表头", 0},
    {"empty file", "", "", 0, 2, "", 0},
    {"GBK told to be UTF-8", "\xd0\xd5\xc3\xfb,\xd0\xd4\xb1\xf0,\xb3\xf6\xc9\xfa\xc8\xd5\xc6\xda\n",
     "--encoding utf-8", 0, 2, "", 0},
    {"bytes of no encoding", HEAD "王\xff\xff\xff,男,2016-01-01," V1 ",\n", "", 0, 2, "", 0},
    {"NUL in it", HEAD "王一,男,2016-01-01," V1 ",x\0y\n", "",
     sizeof(HEAD "王一,男,2016-01-01," V1 ",x\0y\n") - 1, 2, "", 0},
    {"a quote never closed", HEAD "王二,男,2016-01-01," V1 ",\"开始\n李三,女,2016-02-02," V1 ",\n",
     "", 0, 2, "引号", 0},
    {"one row bad, others good",
     HEAD "王四,男,2016-01-01," V1 ",\n,女,2016-02-02," V1 ",\n李五,女,2016-02-30," V1 ",\n", "", 0,
     1, "rejected 2", 1},
    {"CR only, BOM", "\xef\xbb\xbf姓名,性别,出生日期,村(居)代码\r王六,男,2016-01-01," V1 "\r", "",
     0, 0, "accepted 1", 1},
    {"no such map", HEAD "王七,男,2016-01-01," V1 ",\n", "--map nosuch", 0, 2, "", 0},
    {"no such type", HEAD, "", 0, 2, "", 0},
};

Test(bad_input, files)
{
    struct wire_county c;
    int64_t stored = 0;
    county_make(&c, NULL);
    for (size_t i = 0; i < NELEM(files); i++) {
        const struct file *f = &files[i];
        const char *type = strcmp(f->what, "no such type") == 0 ? "nosuch" : "child";
        put_file(&c, "f.csv", f->bytes, f->len ? f->len : strlen(f->bytes));
        int code = county_ctl(&c, NULL, "import %s f.csv %s", type, f->options);
        cr_expect_eq(code, f->code, "%s: %d %s", f->what, code, c.text);
        cr_expect(strstr(c.text, f->says) != NULL && (chinese(c.text) || code == 0), "%s: %s",
                  f->what, c.text);
        stored += f->stored;
        cr_expect_eq(counted(&c, "child"), stored, "%s: %lld stored", f->what,
                     (long long)counted(&c, "child"));
    }
    /* columns shifted by one: the roster is refused as a whole, before a row is stored */
    cr_expect_neq(
        system(text_printf(c.ctx,
                           "iconv -f gb18030 -t utf-8 '" SRCDIR "/tests/data/qidong-2000.csv' | "
                           "awk -F, 'NR==1{print;next}{sub(/^[^,]*,/,\"\");print}' "
                           ">%s/shifted.csv",
                           c.run.dir)),
        -1);
    int code = county_ctl(&c, NULL, "import child shifted.csv");
    cr_expect(code == 5 || code == 2, "%d %s", code, c.text);
    cr_expect(chinese(c.text), "%s", c.text);
    cr_expect_eq(counted(&c, "child"), stored);
    cr_expect_eq(county_ctl(&c, NULL, "verify"), 0, "%s", c.text);
    county_drop(&c);
}

/* A million rows are refused in a sentence, by the limit of the county, before anything is sent. */
Test(bad_input, too_many_rows)
{
    struct wire_county c;
    county_make(&c, NULL);
    FILE *f = fopen(text_printf(c.ctx, "%s/many.csv", c.run.dir), "w");
    fputs("姓名,性别,村(居)代码\n", f);
    for (int i = 0; i < (SANITIZED ? 3000 : 1000000); i++)
        fputs("王,1,\n", f);
    fclose(f);
    if (SANITIZED) /* the client reads the limit */
        run_conf(&c.run, "private = true;",
                 "private = { allow_act_as = true; allow_today = true; };\n"
                 "limits = { import_rows = 1000; };");
    cr_expect_eq(county_ctl(&c, NULL, "import child many.csv"), 5, "%s", c.text);
    cr_expect(strstr(c.text, "行数太多") != NULL, "%s", c.text);
    cr_expect_eq(counted(&c, "child"), 0);
    county_drop(&c);
}

/* --- commands --- */

static const struct command {
    const char *args;
    int code;
    const char *says;
} commands[] = {
    {"nosuch", 2, "nosuch"},
    {"list nosuch", 2, ""},
    {"list child --where 'name ='", 2, "缺"},
    {"list child --where 'nosuch = 1'", 2, "没有"},
    {"list child --fields nosuch", 2, "没有"},
    {"list child --division 99", 2, ""},
    {"show child 999", 3, "没有找到"},
    {"show child abc", 3, "没有"},
    {"add child name=王八 village=320681999999", 5, "320681999999"},
    {"add child name=王八", 5, "村"},
    {"add child nosuch=1 name=王八 village=" V1, 5, "没有"},
    {"set child 999 hobbies=x", 3, "没有找到"},
    {"user add UPPER --role director --division " V1, 5, "登录名"},
    {"user add liu --role nosuch --division " V1, 5, "角色"},
    {"user add liu --role director --division " TOWN1, 5, ""},
    {"user add liu --role director --division 99", 5, "12位"},
    {"export child --csv x.csv", 2, "还缺 --purpose"},
    {"division load /nonexistent.csv", 3, "没有文件"},
    {"import child /nonexistent.csv", 3, "没有文件"},
};

Test(bad_input, commands)
{
    struct wire_county c;
    county_make(&c, NULL);
    for (size_t i = 0; i < NELEM(commands); i++) {
        int code = county_ctl(&c, NULL, "%s", commands[i].args);
        cr_expect_eq(code, commands[i].code, "%s: %d %s", commands[i].args, code, c.text);
        cr_expect(strstr(c.text, commands[i].says) != NULL && chinese(c.text), "%s: %s",
                  commands[i].args, c.text);
    }
    cr_expect_eq(counted(&c, "child"), 0);
    cr_expect_eq(county_ctl(&c, "nobody", "status"), 4, "no post: %s", c.text);
    cr_expect(chinese(c.text), "%s", c.text);
    close(c.boss);
    cr_expect_eq(run_stop(&c.run), 0);
    cr_expect_eq(county_ctl(&c, NULL, "status"), 6, "no server: %s", c.text);
    cr_expect(chinese(c.text), "%s", c.text);
    c.boss = -1;
    county_drop(&c);
}

/* One entry for a house: all records or none (visits of brothers and sisters). */
Test(bad_input, one_of_a_house)
{
    static const struct {
        const char *second, *word;
        int stored;
    } cases[] = {{"2", "OK", 2}, {"99", "RULE", 2}, {"", "RULE", 2}};
    struct wire_county c;
    county_make(&c, NULL);
    county_user(&c, "dir", "director", V1, 0);
    county_child(&c, "王小雨", V1, "");
    county_child(&c, "王小风", V1, "");
    int fd = county_hello(&c, "dir");
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct node *b =
            county_body(c.ctx, "type=visit|?confirm_all|v.child=1|v.seen=1|v.visited_on=" TODAY);
        struct node *v = node_add_map(node_add_list(b, "also"), NULL);
        node_str(v, "child", *cases[i].second ? cases[i].second : NULL);
        node_str(v, "seen", "1");
        cr_expect_str_eq(county_ask(&c, fd, "rec.add", b, NULL), cases[i].word, "%zu %s", i, c.raw);
        cr_expect_eq(counted(&c, "visit"), cases[i].stored, "%zu", i);
    }
    close(fd);
    county_drop(&c);
}
