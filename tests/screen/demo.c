/*
 * A small register of nobody, made of the widgets, for the screen tests: a list, a form, every
 * pop-up, timers and notices. `demo keytest` shows the key test. DEMO_DRAFT names a file that takes
 * what was typed when the line drops.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/keytest.h"
#include "tui/tui.h"

enum { CHILDREN = 323, FIELDS = 3, LABEL_COLS = 10 };

/* ---- form ---- */

struct form {
    struct edit *field[FIELDS];
    int focus;
};

static const char *const labels[FIELDS] = {"姓名", "身份证号", "备注"};

static void form_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct form *m = s->state;
    (void)app;
    draw_title(f, "32 儿童 > 登记", "柳河村 李桂兰(儿童主任)");
    for (int i = 0; i < FIELDS; i++) {
        draw_text(&f->body, i * 2, 0, ATTR_NORMAL, labels[i]);
        if (i != m->focus)
            edit_draw(m->field[i], &f->body, i * 2, LABEL_COLS, false);
    }
    edit_draw(m->field[m->focus], &f->body, m->focus * 2, LABEL_COLS, true);
}

static enum handled form_pick(struct app *app, struct form *m)
{
    struct pick_item few[] = {{.code = "1", .label = "爷爷"},
                              {.code = "2", .label = "奶奶"},
                              {.code = "3", .label = "外公"},
                              {.code = "9", .label = "其他"}};
    struct pick_item many[12] = {{.code = "320681101", .label = "汇龙镇"},
                                 {.code = "320681102", .label = "南阳镇"},
                                 {.code = "320681103", .label = "北新镇"},
                                 {.code = "320681104", .label = "王鲍镇"}};
    for (size_t i = 4; i < NELEM(many); i++)
        many[i] = (struct pick_item){.code = "32068119", .label = "合作镇"};
    struct pick p = {.title = "关系", .items = few, .n = NELEM(few)};
    struct pick q = {.title = "乡镇", .items = many, .n = NELEM(many)};
    struct pick multi = {.title = "监护人", .items = few, .n = NELEM(few), .multi = true};
    int i;
    if (m->focus == 0 && (i = popup_pick(app, &p)) >= 0)
        edit_replace(m->field[0], few[i].label);
    else if (m->focus == 1 && (i = popup_pick(app, &multi)) >= 0)
        app_message(app, "选了 %d 项", i);
    else if (m->focus == 2 && (i = popup_pick(app, &q)) >= 0)
        edit_replace(m->field[2], many[i].label);
    return KEY_TAKEN;
}

static enum handled form_key(struct app *app, struct screen *s, const struct key *key,
                             enum action act)
{
    struct form *m = s->state;
    enum handled h = edit_key(m->field[m->focus], key);
    if (edit_problem(m->field[m->focus]))
        app_message(app, "%s", edit_problem(m->field[m->focus]));
    if (h == KEY_TAKEN)
        return h;
    if (h == KEY_NEXT || act == ACT_NEXT)
        return m->focus = (m->focus + 1) % FIELDS, KEY_TAKEN;
    if (act == ACT_PREV)
        return m->focus = (m->focus + FIELDS - 1) % FIELDS, KEY_TAKEN;
    if (act == ACT_PICK)
        return form_pick(app, m);
    if (act != ACT_SAVE && act != ACT_BACK)
        return KEY_IGNORED;
    if (act == ACT_BACK && !edit_changed(m->field[0]))
        return KEY_IGNORED;
    if (popup_confirm(app, "核对", "还没有保存。现在保存这一条吗？", "保存")) {
        app_message(app, "已保存：%s|%s|%s", edit_text(m->field[0]), edit_text(m->field[1]),
                    edit_text(m->field[2]));
        app_close(app, s, 0);
    }
    return KEY_TAKEN;
}

static bool form_typing(struct app *app, struct screen *s)
{
    (void)app;
    (void)s;
    return true;
}

static const char *form_enabled(struct app *app, struct screen *s, enum action a)
{
    (void)app;
    (void)s;
    return a == ACT_SAVE || a == ACT_PICK ? "" : NULL;
}

static void form_leave(struct app *app, struct screen *s)
{
    struct form *m = s->state;
    const char *draft = getenv("DEMO_DRAFT");
    FILE *f = draft ? fopen(draft, "w") : NULL;
    (void)app;
    if (!f)
        return;
    fputs(edit_text(m->field[0]), f);
    fclose(f);
}

static const struct screen_ops form_ops = {.draw = form_draw,
                                           .key = form_key,
                                           .leave = form_leave,
                                           .typing = form_typing,
                                           .enabled = form_enabled};

static void open_child(struct app *app, const char *name)
{
    struct form *m = talloc_zero(NULL, struct form);
    m->field[0] = edit_new(m, &(struct edit_opts){.cols = 12, .max_chars = 20});
    m->field[1] = edit_new(
        m, &(struct edit_opts){
               .cols = 19, .max_chars = 18, .flags = EDIT_HALFWIDTH | EDIT_UPPER | EDIT_AUTONEXT});
    m->field[2] = edit_new(m, &(struct edit_opts){.cols = 40, .rows = 3, .max_chars = 200});
    edit_set(m->field[0], name);
    app_push(app, &form_ops, m);
}

/* ---- list ---- */

struct list {
    int at, rows;
};

static const char *const names[] = {"王小雨", "阿依·古丽", "李𠅤", "赵桂兰", "欧阳小燕"};

static void list_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct list *l = s->state;
    char no[32];
    (void)app;
    draw_title(f, "31 儿童 > 名单", "柳河村 李桂兰(儿童主任)");
    l->rows = f->body.rows - 2;
    int top = l->at / l->rows * l->rows, pages = (CHILDREN + l->rows - 1) / l->rows;
    snprintf(no, sizeof(no), "第%d/%d页", top / l->rows + 1, pages);
    draw_text(&f->view, 0, 0, ATTR_NORMAL, "筛选：");
    draw_cols(&f->view, 0, 40, 40, ATTR_NORMAL, ALIGN_RIGHT, no);
    draw_text(&f->body, 0, 0, ATTR_NORMAL,
              "选 编号   姓名       性别 出生       监护人   关系   等级 上次走访   状态");
    draw_fill(&f->body, 1, 0, 78, ATTR_NORMAL, '-');
    for (int i = 0; i < l->rows && top + i < CHILDREN; i++) {
        int n = top + i, row = 2 + i;
        bool granny = n * 31 % 9 < 6, late = n * 7919 % 11 < 2;
        snprintf(no, sizeof(no), "%06d", n * 13 + 118);
        draw_text(&f->body, row, 0, ATTR_NORMAL, n == l->at ? ">" : " ");
        draw_text(&f->body, row, 3, ATTR_NORMAL, no);
        draw_cols(&f->body, row, 10, 10, ATTR_NORMAL, ALIGN_LEFT, names[n % 5]);
        draw_text(&f->body, row, 21, ATTR_NORMAL, n % 2 ? "女" : "男");
        snprintf(no, sizeof(no), "201%d-%02d-%02d", n % 10, n % 12 + 1, n % 28 + 1);
        draw_text(&f->body, row, 26, ATTR_NORMAL, no);
        draw_text(&f->body, row, 37, ATTR_NORMAL, granny ? "赵桂兰" : "马玉英");
        draw_text(&f->body, row, 46, ATTR_NORMAL, granny ? "奶奶" : "外婆");
        draw_text(&f->body, row, 53, ATTR_NORMAL, late ? "C!" : "B");
        snprintf(no, sizeof(no), "2026-%02d-%02d", (n * 7) % 12 + 1, (n * 5) % 28 + 1);
        draw_text(&f->body, row, 58, ATTR_NORMAL, no);
        draw_text(&f->body, row, 69, ATTR_NORMAL, late ? "逾期21天" : "正常");
    }
    draw_text(&f->hint, 0, 0, ATTR_NORMAL, "逾期=距上次走访超过本等级规定天数");
    draw_caret(&f->body, 2 + l->at - top, 1);
}

static void move(struct list *l, int by)
{
    l->at += by;
    if (l->at >= CHILDREN)
        l->at = CHILDREN - 1;
    if (l->at < 0)
        l->at = 0;
}

static void refreshed(struct app *app, void *arg)
{
    (void)arg;
    app_message(app, "刷新好了");
}

/* Long work that Ctrl-C ends: a step, the bar, a look at the keys. */
static void long_work(struct app *app)
{
    uint64_t done = 0;
    app_message(app, "开始导入");
    app_show(app);
    while (!app_stopped(app) && done < 3000) {
        poll(NULL, 0, 1);
        done++;
    }
    app_message(app, "已停止：%s", done < 3000 ? "没有做完" : "做完了");
}

static void idle(struct app *app, bool lock, void *arg)
{
    (void)arg;
    if (lock)
        app_hide(app);
}

static enum handled list_key(struct app *app, struct screen *s, const struct key *key,
                             enum action act)
{
    struct list *l = s->state;
    char *name;
    (void)key;
    switch (act) {
    case ACT_UP:
        return move(l, -1), KEY_TAKEN;
    case ACT_DOWN:
        return move(l, 1), KEY_TAKEN;
    case ACT_PGUP:
        return move(l, -l->rows), KEY_TAKEN;
    case ACT_PGDN:
        return move(l, l->rows), KEY_TAKEN;
    case ACT_OPEN:
    case ACT_EDIT:
        return open_child(app, names[l->at % 5]), KEY_TAKEN;
    case ACT_REFRESH:
        return app_after(app, 1, refreshed, NULL), KEY_TAKEN;
    case ACT_SORT:
        return long_work(app), KEY_TAKEN;
    case ACT_NEW:
        name = popup_ask(app, app, "新增", "儿童姓名：", "", &(struct edit_opts){.cols = 20});
        if (name)
            open_child(app, name);
        talloc_free(name);
        return KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static const char *list_enabled(struct app *app, struct screen *s, enum action a)
{
    (void)app;
    (void)s;
    return a == ACT_EDIT || a == ACT_NEW || a == ACT_PGUP || a == ACT_PGDN ? "" : NULL;
}

static const struct screen_ops list_ops = {
    .draw = list_draw, .key = list_key, .enabled = list_enabled};

int main(int argc, char **argv)
{
    struct term_opts opts;
    struct app *app;
    const char *why;
    if (argc > 1 && strcmp(argv[1], "keytest") == 0)
        return keytest_main();
    term_opts_from_env(&opts);
    if (app_new(NULL, &opts, &app, &why) != 0) {
        fprintf(stderr, "demo: %s\n", why);
        return 1;
    }
    app_push(app, &list_ops, talloc_zero(NULL, struct list));
    if (getenv("DEMO_IDLE"))
        app_on_idle(app, 0, 1, idle, NULL);
    if (getenv("DEMO_CRASH"))
        abort();
    int r = app_run(app);
    talloc_free(app);
    printf("bye\n");
    return r == 0 ? 0 : 3;
}
