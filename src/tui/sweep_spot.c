/*
 * Spot checks: a sample drawn by the server, the sheet that goes along, and row by row what was found.
 * A row with errors names the questions that are wrong; it goes back to the village with a deadline.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/print.h"
#include "tui/sweep.h"

enum { ROWS = 200, FIELDS = 60, PAGE_ROWS = 58, OWN = 2 /* entries before the rows */ };

struct spot {
    struct session *s;
    void *ctx;
    uint64_t sweep;
    const char *town, *title;
    int64_t sample;
    const char *where;       /* the rows of the sample */
    const struct node *rows; /* … as people read them */
    const struct node *draw; /* how it was drawn */
};

static struct node *ask_rows(struct app *app, struct spot *p, const char *where, int limit,
                             bool raw)
{
    static const char *const fields[] = {"row",    "name",  "village", "village_group", "spot",
                                         "sample", "child", "found",   "result",        "updated"};
    struct node *body = node_map(p->ctx), *answer, *list = node_add_list(body, "fields");
    node_str(body, "type", "sweep_item");
    node_str(body, "area", p->town);
    node_str(body, "where", where);
    node_str(body, "sort", "place_no");
    node_int(body, "limit", limit);
    node_bool(body, "raw", raw);
    for (size_t i = 0; i < NELEM(fields); i++)
        node_str(list, NULL, fields[i]);
    return session_call(app, p->s, p->ctx, OP_REC_LIST, body, &answer) == 0 ? answer : NULL;
}

static bool read_sample(struct app *app, struct spot *p)
{
    p->where =
        text_printf(p->ctx, "sweep = %" PRIu64 " and sample = %" PRId64, p->sweep, p->sample);
    p->rows = node_get(ask_rows(app, p, p->where, ROWS, false), "rows");
    return p->rows != NULL;
}

/* The number of the sample drawn last, 0 when none was. */
static int64_t last_sample(struct app *app, struct spot *p)
{
    int64_t last = 0;
    struct node *answer = ask_rows(
        app, p, text_printf(p->ctx, "sweep = %" PRIu64 " and sample is not empty", p->sweep), ROWS,
        true);
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        int64_t n = strtoll(node_text_or(node_get(e, "v"), "sample", "0"), NULL, 10);
        last = n > last ? n : last;
    }
    return last;
}

/* How the sample was drawn: {area, day, seed, pool, by, same, rows}. */
static bool read_draw(struct app *app, struct spot *p)
{
    struct node *body = node_map(p->ctx), *answer;
    node_int(body, "sweep", (int64_t)p->sweep);
    node_int(body, "sample", p->sample);
    if (session_call(app, p->s, p->ctx, OP_SWEEP_SAMPLED, body, &answer) < 0)
        return false;
    p->draw = answer;
    return true;
}

static bool draw_sample(struct app *app, struct spot *p)
{
    struct node *body = node_map(p->ctx), *answer;
    node_int(body, "sweep", (int64_t)p->sweep);
    node_str(body, "area", p->town);
    if (session_call(app, p->s, p->ctx, OP_SWEEP_SAMPLE, body, &answer) < 0)
        return false;
    p->sample = node_num(answer, "sample", 0);
    app_message(app, _("从已查的 %lld 行里随机抽了 %zu 行。"),
                (long long)node_num(answer, "pool", 0), node_get(answer, "rows")->n);
    return true;
}

/* In words: nobody chose, and whoever doubts it draws again. */
static void show_draw(struct app *app, struct spot *p)
{
    const struct node *d = p->draw;
    char *text = text_printf(
        p->ctx,
        _("第 %lld 批，%s，%s 抽的。\n\n从%s已查的 %lld 行里抽 %zu 行，抽签号 %lld。\n\n"
          "电脑用抽签号给每一行排一个次序，取最前面的几行，谁也不能挑。抽签号和当时的名单都留着，"
          "用同一个号重抽，还是这几行。\n\n刚才用这个号重抽了一遍：%s。\n\n"
          "上级来核对，在这里再看一次，或者请管理员用命令：\nhutongctl sweep sample %llu --show "
          "%lld"),
        (long long)p->sample, node_text_or(d, "day", ""), node_text_or(d, "by", ""),
        node_text_or(d, "title", ""), (long long)node_num(d, "pool", 0), node_get(d, "rows")->n,
        (long long)node_num(d, "seed", 0),
        node_flag(d, "same") ? _("结果相同") : _("结果不同，请报告县里"),
        (unsigned long long)p->sweep, (long long)p->sample);
    popup_pager(app, _("怎样抽的"), text);
}

/* --- the sheet that goes along --- */

/* What moved in the township, on top of the sheet. */
static const char *moved(struct app *app, struct spot *p)
{
    struct node *body = node_map(p->ctx), *answer;
    node_int(body, "sweep", (int64_t)p->sweep);
    node_str(body, "area", p->town);
    if (session_call(app, p->s, p->ctx, OP_SWEEP_FIGURES, body, &answer) < 0)
        return "";
    const struct node *n = node_get(answer, "total");
    return text_printf(p->ctx,
                       _("动态更新 %lld（信息修改 %lld、新增 %lld、退出 %lld），无变化 %lld"),
                       (long long)node_num(n, "dynamic", 0), (long long)node_num(n, "updated", 0),
                       (long long)node_num(n, "new", 0), (long long)node_num(n, "exit", 0),
                       (long long)node_num(n, "unchanged", 0));
}

/* One row: what was answered, what the file says of child, guardian and caregiver, room to write. */
static char *block(struct app *app, struct spot *p, const struct node *e, const struct node *child)
{
    const struct node *v = node_get(e, "v");
    uint64_t id = strtoull(node_text_or(node_get(child, "v"), "child", "0"), NULL, 10);
    char *file = id ? print_fill_by(app, p->s, p->ctx, "spot", "child", id) : NULL;
    return text_printf(p->ctx, _("%c第%s行 %s  %s %s  %s %s  档案更新：%s\n%s%s\n\n"), PDF_STRONG,
                       node_text_or(v, "row", ""), node_text_or(v, "name", ""),
                       node_text_or(v, "village", ""), node_text_or(v, "village_group", ""),
                       node_text_or(v, "found", ""), node_text_or(v, "result", ""),
                       node_text_or(v, "updated", _("否")), file ? file : "",
                       _("属实[  ]  有误[  ]：动态[  ] 孩子[  ] 监护人[  ] 照护人[  ]  "
                         "实际：______________________"));
}

static int lines_of(const char *text)
{
    int n = 0;
    for (const char *s = text; *s; s++)
        n += *s == '\n';
    return n;
}

static void print_sheet(struct app *app, struct spot *p)
{
    char *text = text_printf(
        p->ctx, _("%c%*s%s\n%s  第 %lld 批  抽签号 %lld  从 %lld 行里抽 %zu 行\n%s\n\n"),
        PDF_STRONG, 30, "", _("抽查表"), p->title, (long long)p->sample,
        (long long)node_num(p->draw, "seed", 0), (long long)node_num(p->draw, "pool", 0),
        p->rows->n, moved(app, p));
    struct node *raw = ask_rows(app, p, p->where, ROWS, true);
    const struct node *child = node_first(node_get(raw, "rows"));
    int at = lines_of(text);
    for (const struct node *e = node_first(p->rows); e; e = e->next) {
        char *one = block(app, p, e, child);
        child = child ? child->next : NULL;
        if (at + lines_of(one) > PAGE_ROWS) {
            text = talloc_strdup_append(text, "\f");
            at = 0;
        }
        text = talloc_strdup_append(text, one);
        at += lines_of(one);
    }
    text = talloc_asprintf_append(text, "%s\n",
                                  _("抽查人签字：______________   日期：______年____月____日"));
    MUST(text);
    print_view(app, p->s, _("抽查表"),
               text_printf(p->ctx, "spot-%" PRIu64 "-%lld", p->sweep, (long long)p->sample), text);
}

/* --- what was found --- */

/* What the file says of child, guardian and caregiver … */
static size_t file_fields(struct spot *p, struct pick_item *items, const char **name)
{
    static const char *const paths[] = {"live_addr",       "school",           "guardian.name",
                                        "guardian.phone",  "caregiver.name",   "caregiver.phone",
                                        "father.phone",    "father.work_area", "mother.phone",
                                        "mother.work_area"};
    const struct form *child = dict_form(p->s->dict, "child");
    size_t n = 0;
    for (size_t i = 0; i < NELEM(paths); i++) {
        struct form_path path;
        if (form_path_parse(child, paths[i], &path) != 0)
            continue;
        items[n].label = form_path_label(p->ctx, path);
        name[n++] = paths[i];
    }
    return n;
}

/* … and the questions of the checklist, to mark those that are wrong. */
static size_t read_fields(struct app *app, struct spot *p, struct pick_item *items,
                          const char **name)
{
    struct node *body = node_map(p->ctx), *list;
    const struct form *form = dict_form(p->s->dict, "sweep_item");
    size_t n = file_fields(p, items, name);
    node_int(body, "sweep", (int64_t)p->sweep);
    if (session_call(app, p->s, p->ctx, OP_SWEEP_CHECKLIST, body, &list) < 0)
        return 0;
    for (const struct node *e = node_first(node_get(list, "sections")); e; e = e->next)
        for (const struct node *f = node_first(node_get(e, "fields")); f && n < FIELDS;
             f = f->next) {
            const char *path = node_text_or(f, "field", "");
            const struct form_field *field = form_field(form, path);
            items[n].label = field ? _(field->label) : node_text_or(f, "label", path);
            name[n++] = path;
        }
    return n;
}

static void send_check(struct app *app, struct spot *p, uint64_t id, struct node *body)
{
    struct node *answer;
    node_int(body, "id", (int64_t)id);
    if (session_call(app, p->s, p->ctx, OP_SWEEP_CHECK, body, &answer) == 0)
        app_message(app,
                    node_text(answer, "fix_due") ? _("已记下，改正期限 %.16s。") : _("已记下。"),
                    node_text_or(answer, "fix_due", ""));
}

static void ask_errors(struct app *app, struct spot *p, uint64_t id)
{
    struct pick_item items[FIELDS] = {0};
    const char *name[FIELDS];
    struct node *body = node_map(p->ctx), *fields = node_add_list(body, "fields");
    size_t n = read_fields(app, p, items, name);
    struct pick pick = {.title = _("哪几项不对"), .items = items, .n = n, .multi = true};
    if (!n || popup_pick(app, &pick) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (items[i].marked)
            node_str(fields, NULL, name[i]);
    char *note = popup_ask(app, p->ctx, _("抽查"), _("实际怎样："), "",
                           &(struct edit_opts){.cols = 40, .max_chars = 200});
    if (!note)
        return;
    node_bool(body, "ok", false);
    node_str(body, "note", note);
    send_check(app, p, id, body);
}

static void check_row(struct app *app, struct spot *p, const struct node *row)
{
    const char *const answers[] = {_("合格"), _("有误")};
    const char *name = node_text_or(node_get(row, "v"), "name", "");
    uint64_t id = (uint64_t)node_num(row, "id", 0);
    int i = popup_choose(app, name, _("上门看到的和填的一样吗？"), answers, 2, 0);
    if (i == 0) {
        struct node *body = node_map(p->ctx);
        node_bool(body, "ok", true);
        send_check(app, p, id, body);
    } else if (i == 1) {
        ask_errors(app, p, id);
    }
}

/* The rows of the sample until one has enough of it. */
static void check_rows(struct app *app, struct spot *p)
{
    while (read_sample(app, p)) {
        size_t n = 0, at = 0;
        struct pick_item items[ROWS + OWN] = {{.label = _("打印抽查表")}, {.label = _("怎样抽的")}};
        for (const struct node *e = node_first(p->rows); e && n < ROWS; e = e->next) {
            const struct node *v = node_get(e, "v");
            const char *spot = node_text_or(v, "spot", "");
            items[OWN + n].label = text_printf(p->ctx, "%s %s", node_text_or(v, "name", ""),
                                               node_text_or(v, "village", ""));
            items[OWN + n].hint = *spot ? spot : _("还没有查");
            at = !at && !*spot ? OWN + n : at;
            n++;
        }
        struct pick pick = {.title = _("抽查"), .items = items, .n = n + OWN, .at = at};
        int i = popup_pick(app, &pick);
        const struct node *row = node_first(p->rows);
        if (i < 0)
            return;
        for (int k = OWN; k < i; k++)
            row = row->next;
        if (i == 0)
            print_sheet(app, p);
        else if (i == 1)
            show_draw(app, p);
        else
            check_row(app, p, row);
    }
}

void sweep_spot(struct app *app, struct session *s, uint64_t sweep, const char *town,
                const char *title)
{
    struct spot p = {.s = s, .ctx = talloc_new(app), .sweep = sweep, .town = town, .title = title};
    const char *const answers[] = {_("接着查上一批"), _("再抽一批")};
    p.sample = last_sample(app, &p);
    int i = p.sample ? popup_choose(app, _("抽查"), NULL, answers, 2, 0) : 1;
    if ((i == 0 || (i == 1 && draw_sample(app, &p))) && read_draw(app, &p))
        check_rows(app, &p);
    talloc_free(p.ctx);
}
