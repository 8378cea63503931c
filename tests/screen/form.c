/* The form of a record as a person meets it, against a played server. */
#include <config.h>

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/base.h"
#include "screen/harness.h"

#define APP BUILDDIR "/tests/screen/form_app"

#define SEES(b, text)                                                                              \
    cr_assert(harness_wait((b)->h, text, HARNESS_MS), "%s:\n%s", text, harness_text((b)->h))
#define LOSES(b, text)                                                                             \
    cr_assert(harness_wait_gone((b)->h, text, HARNESS_MS), "%s:\n%s", text, harness_text((b)->h))

struct box {
    char dir[64];
    struct harness *h;
    size_t keys; /* typed so far; a Han counts as 10/3 */
};

static void make_dir(struct box *b)
{
    const char *tmp = getenv("TMPDIR");
    memset(b, 0, sizeof *b);
    snprintf(b->dir, sizeof b->dir, "%.40s/formXXXXXX", tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(b->dir) != NULL);
}

static void start_in(struct box *b, const char *term, bool gb, const char *forms, const char *play,
                     const char *const *words)
{
    const char *argv[12] = {APP, b->dir, forms, play};
    for (size_t i = 0; words[i]; i++)
        argv[4 + i] = words[i];
    b->h = harness_start(NULL, &(struct harness_opts){.term = term, .gb18030 = gb, .argv = argv});
    harness_settle(b->h);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void start(struct box *b, const char *play, const char *const *words)
{
    make_dir(b);
    start_in(b, NULL, false, SRCDIR "/forms", play, words);
}

static void drop(struct box *b)
{
    char path[384];
    struct dirent *e;
    harness_stop(b->h);
    DIR *d = opendir(b->dir);
    while (d && (e = readdir(d))) {
        snprintf(path, sizeof path, "%s/%s", b->dir, e->d_name);
        unlink(path);
    }
    if (d)
        closedir(d);
    rmdir(b->dir);
}

static void type(struct box *b, const char *keys)
{
    for (const char *p = keys; *p; p++) {
        if (*p == '\033' && p[1]) { /* one key of the keyboard */
            p += p[1] == '[' ? 2 + strspn(p + 2, "0123456789") : 1;
            b->keys += 3;
        } else if (((unsigned char)*p & 0xC0) != 0x80) {
            b->keys += (unsigned char)*p >= 0x80 ? 10 : 3;
        }
    }
    harness_send(b->h, keys);
}

/* What the server was asked last with this request, "" when never. */
static const char *asked(struct box *b, const char *op)
{
    static char last[65536];
    char path[128], want[64], *line = NULL;
    size_t room = 0;
    snprintf(path, sizeof path, "%s/log", b->dir);
    snprintf(want, sizeof want, "\"op\":\"%s\"", op);
    FILE *f = fopen(path, "r");
    *last = '\0';
    while (f && getline(&line, &room, f) > 0)
        if (strstr(line, want))
            snprintf(last, sizeof last, "%s", line);
    if (f)
        fclose(f);
    free(line);
    return last;
}

#define SENT(b, op, text)                                                                          \
    cr_assert(strstr(asked(b, op), text) != NULL, "%s: %s", text, asked(b, op))

static void ends(struct box *b, const char *said)
{
    cr_assert_eq(harness_wait_exit(b->h, HARNESS_MS), 0);
    cr_assert(strstr(harness_text(b->h), said) != NULL, "%s:\n%s", said, harness_text(b->h));
}

/* Task 3 of research/ux.md 5.1: a child, a caregiver and two parents in at most 100 keys. */
static void register_child(struct box *b)
{
    SEES(b, "幸福一村");
    type(b, "李小雷\r320681201603120025");
    SEES(b, "2016-03-12  10岁");
    type(b, "\033[6~");
    SEES(b, "父亲");
    type(b, "张伟\r\r1\033[6~");
    SEES(b, "母亲");
    type(b, "李梅\r\r1\033[6~");
    SEES(b, "照护人");
    type(b, "1赵桂兰\rzm\r13812345678\033[6~\033[6~");
    SEES(b, "就学");
    type(b, "xx\r\023");
    SEES(b, "还没有保存");
    type(b, "\r");
}

Test(form, a_child_in_a_hundred_keys_on_every_terminal)
{
    static const struct {
        const char *term;
        bool gb;
    } kinds[] = {{"xterm-256color", false}, {"vt100", false}, {"xterm-256color", true}};
    for (size_t i = 0; i < NELEM(kinds); i++) {
        struct box b;
        make_dir(&b);
        start_in(&b, kinds[i].term, kinds[i].gb, SRCDIR "/forms", "none", WORDS("child"));
        register_child(&b);
        ends(&b, "saved 99");
        SENT(&b, "rec.add", "\"father.name\":\"张伟\"");
        SENT(&b, "rec.add", "\"caregiver.phone\":\"13812345678\"");
        SENT(&b, "rec.add", "\"school_state\":\"03\"");
        SENT(&b, "rec.add", "\"draft\":\"child/new/");
        cr_assert(strstr(asked(&b, "rec.add"), "birth_date") == NULL, "derived values stay here");
        cr_assert(b.keys / 3 <= 100, "%zu keys", b.keys / 3);
        drop(&b);
    }
}

/* A new field is one group in a form file: shown, checked, sent, with no C. */
Test(form, a_field_is_one_group_of_a_file)
{
    char cmd[512], forms[96];
    struct box b;
    make_dir(&b);
    snprintf(forms, sizeof forms, "%s/forms", b.dir);
    snprintf(cmd, sizeof cmd,
             "cp -r " SRCDIR "/forms %s && sed -i 's/^fields = ($/&\\n"
             "  { name = \"shoe_size\"; label = \"鞋码\"; en = \"Shoes\"; type = \"int\"; must = "
             "true; help = \"发鞋用\"; },/' %s/child.form",
             forms, forms);
    cr_assert_eq(system(cmd), 0);
    start_in(&b, NULL, false, forms, "none", WORDS("child", "field=shoe_size"));
    SEES(&b, "鞋码");
    SEES(&b, "发鞋用");
    type(&b, "大\r\033[A\023");
    SEES(&b, "鞋码: ");
    SEES(&b, "姓名: 请填写");
    type(&b, "2");
    LOSES(&b, "按回车");
    snprintf(cmd, sizeof cmd, "rm -r %s", forms);
    cr_assert_eq(system(cmd), 0);
    drop(&b);
}

/* The cursor is never held: a wrong number is left, marked, summed up, jumped to, mended. */
Test(form, mistakes_wait_until_saving)
{
    struct box b;
    start(&b, "none", WORDS("child"));
    SEES(&b, "幸福一村");
    type(&b, "\r320681201603120020");
    SEES(&b, "末位应为 5");
    type(&b, "\r");
    SEES(&b, "错");
    type(&b, "\023");
    SEES(&b, "有 2 处需要处理");
    SEES(&b, "1 姓名: 请填写");
    type(&b, "2");
    cr_assert(harness_wait_cursor(b.h, 6, 36, HARNESS_MS), "%s", harness_text(b.h));
    type(&b, "\1775");
    SEES(&b, "有 1 处需要处理");
    type(&b, "\005");
    cr_assert(harness_wait_cursor(b.h, 4, 18, HARNESS_MS), "%s", harness_text(b.h));
    type(&b, "李小雷\r");
    LOSES(&b, "需要处理");
    type(&b, "\023");
    SEES(&b, "还没有保存");
    SEES(&b, "320681201603120025");
    drop(&b);
}

/* Review shows old and new of what changed, whom it touches; warnings are asked. */
Test(form, review_before_saving)
{
    struct box b;
    start(&b, "warn", WORDS("child", "id=17", "field=father.phone"));
    SEES(&b, "13800000001");
    type(&b, "13900000002");
    SEES(&b, "草稿已存");
    type(&b, "\023");
    SEES(&b, "13800000001              -> 13900000002");
    SEES(&b, "王小月");
    SEES(&b, "要确认：住址和村名对不上");
    cr_assert(strstr(harness_text(b.h), "李梅") == NULL, "only what changed");
    type(&b, "1\r"); /* back to the field */
    SEES(&b, "外出务工");
    type(&b, "\023");
    SEES(&b, "核对");
    type(&b, "\r");
    SEES(&b, "确认无误");
    type(&b, "1");
    ends(&b, "saved 17");
    SENT(&b, "rec.set", "\"v\":{\"father.phone\":\"13900000002\"}");
    SENT(&b, "rec.set", "\"base\":{\"father.phone\":\"13800000001\"}");
    SENT(&b, "rec.set", "\"confirmed\":[\"odd_addr\"]");
    SENT(&b, "rec.set", "\"version\":3");
    drop(&b);
}

/* 原值, 现值, 我的值; mine goes on the version of now and does not meet the conflict again. */
Test(form, conflicts_are_chosen_field_by_field)
{
    struct box b;
    for (int mine = 0; mine < 2; mine++) {
        start(&b, "conflict", WORDS("child", "id=17", "field=live_addr"));
        SEES(&b, "幸福一村3组12号");
        type(&b, "旁边\r5组\r\023");
        SEES(&b, "核对");
        type(&b, "\r");
        SEES(&b, "李明 在 2026-11-22 10:42 改过这一项");
        SEES(&b, "原值：幸福一村3组12号");
        type(&b, mine ? "2" : "1");
        SEES(&b, "核对");
        if (mine)
            SEES(&b, "幸福一村5组8号           -> 幸福一村3组12号旁边");
        else
            LOSES(&b, "3组12号旁边");
        type(&b, "\r");
        ends(&b, "saved 17");
        SENT(&b, "rec.set", "\"version\":4");
        SENT(&b, "rec.set",
             mine ? "\"live_addr\":\"幸福一村3组12号旁边\"" : "\"hukou_addr\":\"5组\"");
        cr_assert((strstr(asked(&b, "rec.set"), "旁边") != NULL) == (mine == 1));
        drop(&b);
    }
}

/* What was typed outlives the line; the next opening offers it. */
Test(form, drafts_survive_a_hangup)
{
    struct box b;
    start(&b, "none", WORDS("child"));
    SEES(&b, "幸福一村");
    type(&b, "李小雷\r");
    SEES(&b, "草稿已存");
    type(&b, "32068120");
    SEES(&b, "32068120");
    harness_hangup(b.h);
    cr_assert(harness_wait_exit(b.h, HARNESS_MS) >= 0);
    SENT(&b, "draft.put", "\"id_no\":\"32068120\"");
    harness_stop(b.h);
    start_in(&b, NULL, false, SRCDIR "/forms", "none", WORDS("child"));
    SEES(&b, "接着填哪一份");
    SEES(&b, "李小雷");
    type(&b, "1");
    SEES(&b, "32068120");
    SEES(&b, "李小雷");
    type(&b, "\033OR"); /* 返回, keep the draft */
    SEES(&b, "怎么办");
    type(&b, "3");
    ends(&b, "saved 0");
    SENT(&b, "draft.drop", "child/new/");
    drop(&b);
}

/* The answer is lost: the server is asked what became of it, nothing is sent twice. */
Test(form, lost_answers_and_full_disks)
{
    static const struct {
        const char *play, *says, *then, *end;
    } cases[] = {{"lost", NULL, NULL, "saved 99"},
                 {"unsaved", "这次没有保存", "\023", "saved 99"},
                 {"full", "磁盘空间不足", NULL, NULL}};
    struct box b;
    for (size_t i = 0; i < NELEM(cases); i++) {
        start(&b, cases[i].play, WORDS("child"));
        SEES(&b, "幸福一村");
        type(&b, "李小雷\r\023");
        SEES(&b, "核对");
        type(&b, "\r");
        if (cases[i].says)
            SEES(&b, cases[i].says);
        if (cases[i].then) {
            SEES(&b, "李小雷");
            type(&b, cases[i].then);
            SEES(&b, "核对");
            type(&b, "\r");
        }
        if (cases[i].end)
            ends(&b, cases[i].end);
        else
            SEES(&b, "李小雷");
        drop(&b);
    }
}

/* Folded sections open with a blank; Enter passes them by; a family sees nothing. */
Test(form, tact)
{
    struct box b;
    start(&b, "none", WORDS("child"));
    SEES(&b, "幸福一村");
    type(&b, "\0248\r");
    SEES(&b, "【健康】先收起");
    cr_assert(strstr(harness_text(b.h), "病史") == NULL);
    type(&b, "\r");
    SEES(&b, "【类别和评估】先收起");
    type(&b, "\033OP"); /* nor does its help tell what is in it */
    SEES(&b, "免得旁边的人看到");
    cr_assert(strstr(harness_text(b.h), "困境") == NULL, "%s", harness_text(b.h));
    type(&b, "\033OR");
    SEES(&b, "【类别和评估】先收起");
    type(&b, "\033[A ");
    SEES(&b, "病史");
    cr_assert(strstr(harness_text(b.h), "专人") == NULL, "a class that nobody here reads");
    type(&b, "\034");
    SEES(&b, "按回车键继续");
    cr_assert(strstr(harness_text(b.h), "病史") == NULL);
    drop(&b);
}

/* Undo over fields, restore, last value, 不掌握, look-up of a person, dates as people write them. */
Test(form, widgets)
{
    struct box b;
    start(&b, "none", WORDS("child", "id=17", "field=father.out_working"));
    SEES(&b, "外出务工");
    type(&b, "1");
    SEES(&b, "> 外出时间");
    type(&b, "202402");
    SEES(&b, "> 务工地点");
    SEES(&b, "2024-02");
    type(&b, "\033OS1父亲失联\r"); /* 不掌握, with a reason */
    SEES(&b, "不掌握（父亲失联）");
    type(&b, "\032\032");
    LOSES(&b, "2024-02");
    type(&b, "\031");
    SEES(&b, "2024-02");
    type(&b, "\rgddg\r"); /* a place of the country by initials */
    SEES(&b, "广东省东莞市");
    SEES(&b, "> 公民身份号码");
    type(&b, "\033[A\025"); /* restore */
    LOSES(&b, "东莞");
    type(&b, "龟\033\033"); /* the field's answer comes back */
    LOSES(&b, "龟");
    type(&b, "\0244\r1");
    SEES(&b, "4/");
    type(&b, "\033OS王强");
    SEES(&b, "查找");
    SEES(&b, "13800000001");
    type(&b, "\r");
    LOSES(&b, "查找");
    SEES(&b, "13800000001");
    type(&b, "\023");
    SEES(&b, "照护人和父亲是同一个人"); /* a rule of the form file */
    SENT(&b, "rec.check", "\"caregiver\":\"21\"");
    SENT(&b, "rec.check", "\"father.out_since\":\"2024-02\"");
    drop(&b);
}

/* A registered number, and a brother or sister, are said while typing. */
Test(form, duplicates_and_siblings)
{
    struct box b;
    start(&b, "same sibling", WORDS("child"));
    SEES(&b, "幸福一村");
    type(&b, "李小雷\r320681201603120025");
    SEES(&b, "可能已经登记过：王小雨");
    type(&b, "2");
    SEES(&b, "只看");
    type(&b, "\033OR");
    SEES(&b, "可能已经登记过");
    type(&b, "1");
    LOSES(&b, "可能已经登记过");
    type(&b, "\033[6~王强\r");
    SEES(&b, "兄弟姐妹");
    type(&b, "1");
    SEES(&b, "13800000001");
    type(&b, "\023");
    SEES(&b, "李梅");
    type(&b, "\r");
    ends(&b, "saved 99");
    SENT(&b, "rec.add", "\"father\":\"21\"");
    cr_assert(strstr(asked(&b, "rec.add"), "father.name") == NULL, "shared, not made anew");
    drop(&b);
}

/* 3=复制: family and home come along, name and number do not. */
Test(form, a_sibling_is_copied)
{
    struct box b;
    start(&b, "none", WORDS("child", "sibling=17"));
    SEES(&b, "幸福一村3组12号");
    SEES(&b, "照抄了王小雨的");
    cr_assert(strstr(harness_text(b.h), "姓名            王小雨") == NULL);
    type(&b, "王小雷\r\023");
    SEES(&b, "核对");
    type(&b, "\r");
    ends(&b, "saved 99");
    SENT(&b, "rec.add", "\"father\":\"21\"");
    SENT(&b, "rec.add", "\"name\":\"王小雷\"");
    cr_assert(strstr(asked(&b, "rec.add"), "father.phone") == NULL);
    cr_assert(b.keys / 3 <= 40, "%zu keys", b.keys / 3);
    drop(&b);
}

/* Mending a returned change: the reason, the mark, the values that were proposed. */
Test(form, a_returned_change)
{
    struct box b;
    start(&b, "none", WORDS("child", "id=17", "change=5"));
    SEES(&b, "退回原因：住址没有写门牌");
    SEES(&b, "退");
    cr_assert(harness_wait_cursor(b.h, 10, 26, HARNESS_MS), "%s", harness_text(b.h));
    type(&b, "7号\r\023");
    SEES(&b, "幸福一村3组12号          -> 幸福一村7号");
    drop(&b);
}

/* The window changes in the middle of a word: nothing typed is lost, and a tiny one says it all. */
Test(form, resize_in_mid_word)
{
    struct box b;
    start(&b, "none", WORDS("child", "field=name"));
    SEES(&b, "登记");
    harness_send(b.h, "欧阳小");
    SEES(&b, "欧阳小");
    harness_resize(b.h, 10, 40);
    SEES(&b, "现 40x10");
    cr_assert(harness_wait_row(b.h, 1, "大窗口。", HARNESS_MS), "%s", harness_text(b.h));
    harness_resize(b.h, 40, 132);
    SEES(&b, "欧阳小");
    SEES(&b, "-- 父亲 --"); /* a tall one shows the next section */
    harness_send(b.h, "燕\r");
    SEES(&b, "欧阳小燕");
    harness_resize(b.h, 24, 80);
    SEES(&b, "> 公民身份号码");
    SEES(&b, "欧阳小燕");
    LOSES(&b, "-- 父亲 --");
    type(&b, "\0247\r"); /* and folds what is folded */
    SEES(&b, "家庭户");
    harness_resize(b.h, 40, 80);
    SEES(&b, "健康（先收起）");
    cr_assert(strstr(harness_text(b.h), "病史") == NULL, "%s", harness_text(b.h));
    drop(&b);
}

/* 10 kB pasted into each kind of field: nothing is submitted, no command runs. */
Test(form, pastes)
{
    static const char *const at[] = {"name",      "id_no",       "birth_date",
                                     "ethnicity", "village",     "hukou_registered",
                                     "school",    "attachments", "obs_home"};
    static char paste[12000];
    strcpy(paste, "\033[200~");
    for (size_t n = strlen(paste); n < 10240; n = strlen(paste))
        strcpy(paste + n, "1王a\r\n\t\030\023 ");
    strcat(paste, "\033[201~");
    for (size_t i = 0; i < NELEM(at); i++) {
        char field[64];
        struct box b;
        snprintf(field, sizeof field, "field=%s", at[i]);
        start(&b, "none", WORDS("child", field));
        SEES(&b, "登记");
        harness_send(b.h, paste);
        harness_settle(b.h);
        type(&b, "\033");
        SEES(&b, "Esc-"); /* still here, still listening */
        cr_assert(*asked(&b, "rec.add") == '\0' && *asked(&b, "rec.check") == '\0', "%s", at[i]);
        drop(&b);
    }
}

/* A line of 9600 bit/s: research/ux.md 5.3. */
Test(form, bytes)
{
    struct box b;
    start(&b, "none", WORDS("child"));
    SEES(&b, "幸福一村");
    harness_settle(b.h);
    size_t full = harness_bytes(b.h);
    cr_assert(full <= 3000, "%zu", full);
    harness_bytes_reset(b.h);
    type(&b, "李");
    SEES(&b, "李");
    harness_settle(b.h);
    cr_assert(harness_bytes(b.h) <= 18, "%zu", harness_bytes(b.h));
    harness_bytes_reset(b.h);
    type(&b, "\033[6~");
    SEES(&b, "父亲");
    harness_settle(b.h);
    cr_assert(harness_bytes(b.h) <= 1200, "%zu", harness_bytes(b.h));
    drop(&b);
}
