#include "tui/jump.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/box.h"
#include "tui/popup.h"
#include "tui/urgent.h"
#include "tui/sheet.h"
#include "tui/sweep.h"
#include "tui/users.h"
#include "tui/village.h"

/* Screens that are no list of records. right: the word of conf/roles.conf that opens them. */
static const struct {
    const char *right;
    struct jump jump;
} fixed[] = {
    {"child.review",
     {"94", "wdcj", N_("无档村居"), N_("一份档案都没有的村(居)，不漏一村"), NULL,
      village_empty_open}},
    {"child.read",
     {"38", "llb", N_("联络表"), N_("这个地方和上级有哪些人可以联络，电话多少"), NULL,
      village_contacts_open}},
    {"report.read",
     {"62", "tjbb", N_("统计报表"), N_("月报、季报，每个数字能打开名单；冻结的报表"), NULL,
      sheet_choose}},
    {"sweep_item.change",
     {"50", "pcb", N_("排查表"), N_("本村名单逐行作答，打印排查表"), NULL, sweep_grid_open}},
    {"sweep.read",
     {"57", "pcjd", N_("排查进度"), N_("各镇各村查到哪里，报送、接收、抽查、通报"), NULL,
      sweep_run_open}},
    {"contact.read",
     {"45", "lxdb", N_("联系达标"), N_("结对帮扶的联系和家访，做了几次，要几次"), NULL,
      helper_open}},
    {"urgent_report.add",
     {"110", "jj", N_("紧急报告"), N_("先打110，再填；保存不会通知任何人"), NULL, urgent_open}},
    {"child.read",
     {"63", "lstj", N_("临时统计"), N_("自己选分行、分列和条件，马上出表；可以存下"), NULL,
      cross_open}},
    {"import.run",
     {"81", "tjdr", N_("投件导入"), N_("把投件箱里的表格导入成档案"), NULL, import_open}},
    {"export.run",
     {"82", "qjdc", N_("取件导出"), N_("把名单做成表格放进取件箱"), NULL, export_any_open}},
    {"user.manage", {"91", "yhgl", N_("用户管理"), N_("谁能登录，在哪里做什么"), NULL, users_open}},
};

static int by_code(const void *a, const void *b)
{
    const struct jump *x = a, *y = b;
    return strcmp(x->code, y->code);
}

static bool taken(const struct jump *list, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].code, code) == 0)
            return true;
    return false;
}

struct jump *jump_list(void *ctx, const struct session *s, size_t *n)
{
    struct jump *list = talloc_zero_array(ctx, struct jump, NELEM(fixed) + s->dict->nform);
    MUST(list);
    *n = 0;
    for (size_t i = 0; i < NELEM(fixed); i++)
        if (session_may(s, fixed[i].right)) {
            list[*n] = fixed[i].jump;
            list[*n].label = _(fixed[i].jump.label);
            list[(*n)++].help = _(fixed[i].jump.help);
        }
    for (size_t i = 0; i < s->dict->nform; i++) {
        const struct form *f = &s->dict->form[i];
        if (f->code && !taken(list, *n, f->code) && session_may_do(s, f->name, "read"))
            list[(*n)++] = (struct jump){.code = f->code,
                                         .alias = f->alias ? f->alias : "",
                                         .label = _(f->label),
                                         .help = f->help ? _(f->help) : NULL,
                                         .type = f->name};
    }
    qsort(list, *n, sizeof(*list), by_code);
    return list;
}

void jump_go(struct app *app, struct session *s, const struct jump *j)
{
    if (j->open)
        j->open(app, s);
    else
        list_open(app, s, j->type, NULL, NULL, NULL);
}

void jump_ask(struct app *app, struct session *s)
{
    size_t n;
    struct jump *list = jump_list(app, s, &n);
    const struct edit_opts opts = {.cols = 12, .max_chars = 12, .flags = EDIT_HALFWIDTH};
    char *word = popup_ask(app, list, _("跳转"), _("交易码或拼音首字母："), "", &opts);
    word = word ? text_clean(list, word, TEXT_HALFWIDTH | TEXT_NOSPACE, NULL) : NULL;
    if (word && *word) {
        size_t i = 0;
        while (i < n && strcmp(list[i].code, word) != 0 && strcasecmp(list[i].alias, word) != 0)
            i++;
        if (i < n)
            jump_go(app, s, &list[i]);
        else
            app_message(app, _("没有交易码 %s，按 F9 看全部。"), word);
    }
    talloc_free(list);
}

bool jump_key(const struct key *k)
{
    uint32_t c = k->kind == K_CHAR ? keys_plain(k->code) : 0;
    return c == '=' || c == ':';
}
