#include "tui/matter.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/pick_find.h"
#include "tui/popup.h"

#define STATE_GONE "4" /* forms/codes/child_state.csv */

enum { SAME_ROWS = 8 };

static const struct node *record(struct app *app, struct session *s, void *ctx, const char *type,
                                 uint64_t id)
{
    struct node *body = node_map(ctx), *view = NULL;
    node_str(body, "type", type);
    node_int(body, "id", (int64_t)id);
    return session_call(app, s, ctx, OP_REC_GET, body, &view) == 0 ? view : NULL;
}

static const char *value_of(const struct node *view, const char *field)
{
    return node_text_or(node_get(view, "v"), field, "");
}

static const char *shown_of(const struct node *view, const char *field)
{
    return node_text_or(node_get(view, "show"), field, value_of(view, field));
}

static char *ask_why(struct app *app, void *ctx, const char *title, const char *prompt)
{
    return popup_why(app, ctx, title, prompt, _("写一句原因，以后查得清楚。"));
}

/* What stands in the way, as a text to read. */
static void show_findings(struct app *app, void *ctx, const struct node *answer)
{
    char *text = talloc_strdup(ctx, "");
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next)
        text = talloc_asprintf_append(text, "%s\n", node_text_or(e, "text", ""));
    if (*text)
        popup_pager(app, _("还不能办理"), text);
}

/* done: said when it took effect at once. */
static int send(struct app *app, struct session *s, void *ctx, enum wire_op op, struct node *body,
                const char *done)
{
    struct node *answer = NULL;
    int r = session_call(app, s, ctx, op, body, &answer);
    if (r == HE_RULE)
        show_findings(app, ctx, answer);
    if (r < 0)
        return 0;
    app_message(app, "%s", node_num(answer, "change", 0) ? _("已上报，等待审核。") : done);
    return 1;
}

static struct node *about(void *ctx, uint64_t id, const char *why)
{
    struct node *body = node_map(ctx);
    node_int(body, "id", (int64_t)id);
    if (why)
        node_str(body, "why", why);
    return body;
}

/* ---- transfer ---- */

static int move_to(struct app *app, struct session *s, void *ctx, uint64_t id,
                   const struct node *child, const struct find_row *to)
{
    if (area_level(to->code) != AREA_VILLAGE || strcmp(to->code, value_of(child, "village")) == 0) {
        app_message(app, _("要选孩子转到的另一个村(居)。"));
        return 0;
    }
    char *why = ask_why(app, ctx, _("转移到外村"), _("为什么转："));
    if (!why)
        return 0;
    char *text = text_printf(
        ctx, _("%s，从 %s 转到 %s。审核通过以后由那里的儿童主任负责，档案和历史跟着走。"),
        value_of(child, "name"), shown_of(child, "village"), to->label);
    if (!popup_confirm(app, _("转移到外村"), text, _("上报转移")))
        return 0;
    struct node *body = about(ctx, id, why);
    node_str(body, "village", to->code);
    return send(app, s, ctx, OP_CHILD_MOVE, body, _("已转到新的村(居)。"));
}

int matter_move(struct app *app, struct session *s, uint64_t id)
{
    void *ctx = talloc_new(app);
    const struct node *child = record(app, s, ctx, "child", id);
    struct find_row to;
    int done = 0;
    if (child && strcmp(value_of(child, "state"), STATE_GONE) == 0)
        app_message(app, _("这份档案已经退出，先办理【恢复在册】。"));
    else if (child && find_area(app, s, ctx, NULL, &to))
        done = move_to(app, s, ctx, id, child, &to);
    talloc_free(ctx);
    return done;
}

/* ---- coming back ---- */

int matter_comeback(struct app *app, struct session *s, uint64_t id)
{
    void *ctx = talloc_new(app);
    const struct node *child = record(app, s, ctx, "child", id);
    char *why;
    int done = 0;
    if (child && strcmp(value_of(child, "state"), STATE_GONE) != 0) {
        app_message(app, _("这份档案没有退出，不用恢复。"));
    } else if (child && (why = ask_why(app, ctx, _("恢复在册"), _("为什么恢复：")))) {
        char *text = text_printf(ctx, _("%s，%s 退出（%s），从今天起重新纳入名册。"),
                                 value_of(child, "name"), shown_of(child, "exit_date"),
                                 shown_of(child, "exit_reason"));
        struct node *body = about(ctx, id, why);
        node_add_map(body, "v");
        if (popup_confirm(app, _("恢复在册"), text, _("上报恢复")))
            done = send(app, s, ctx, OP_CHILD_RETURN, body, _("已恢复在册。"));
    }
    talloc_free(ctx);
    return done;
}

/* ---- duplicates ---- */

/* The other file: a likely one of the server's, or one looked up; 0 when cancelled. */
static uint64_t other_file(struct app *app, struct session *s, void *ctx, uint64_t id)
{
    struct node *answer;
    struct pick_item items[SAME_ROWS + 1] = {{0}};
    uint64_t ids[SAME_ROWS + 1] = {0};
    size_t n = 0;
    if (session_call(app, s, ctx, OP_CHILD_SAME, about(ctx, id, NULL), &answer) < 0)
        return 0;
    for (const struct node *e = node_first(node_get(answer, "rows")); e && n < SAME_ROWS;
         e = e->next)
        if (node_num(e, "id", 0) && strcmp(node_text_or(e, "why", ""), "sibling") != 0) {
            ids[n] = (uint64_t)node_num(e, "id", 0);
            items[n].label = node_text_or(e, "title", "?");
            items[n++].hint = text_printf(ctx, "%s %s", node_text_or(e, "birth_date", ""),
                                          node_text_or(e, "village_title", ""));
        }
    items[n].label = _("另外找一份");
    struct pick p = {.title = _("和哪份档案是同一个孩子"),
                     .text = n ? NULL : _("没有发现像是重复的档案。"),
                     .items = items,
                     .n = n + 1};
    int i = popup_pick(app, &p);
    if (i < 0)
        return 0;
    return (size_t)i < n ? ids[i] : pick_record(app, s, "child", _("同一个孩子的另一份档案"));
}

static char *file_line(void *ctx, const struct node *v)
{
    return text_printf(ctx, _("留下这份：%s %s %s 档案号 %s"), value_of(v, "name"),
                       shown_of(v, "birth_date"), shown_of(v, "village"), value_of(v, "file_no"));
}

static int merge(struct app *app, struct session *s, void *ctx, const uint64_t id[2])
{
    const struct node *v[2] = {record(app, s, ctx, "child", id[0]), NULL};
    v[1] = v[0] ? record(app, s, ctx, "child", id[1]) : NULL;
    if (!v[1])
        return 0;
    const char *answers[] = {file_line(ctx, v[0]), file_line(ctx, v[1])};
    int keep = popup_choose(app, _("合并重复档案"),
                            _("留下的那份里空着的项用另一份补上；另一份的档案号以后也找得到它。"),
                            answers, 2, 0);
    if (keep < 0)
        return 0;
    char *why = ask_why(app, ctx, _("合并重复档案"), _("怎么知道是同一个孩子："));
    if (!why || !popup_confirm(app, _("合并重复档案"), _("合并以后不能再分开。"), _("合并成一份")))
        return 0;
    struct node *body = about(ctx, id[!keep], why);
    node_int(body, "to", (int64_t)id[keep]);
    return send(app, s, ctx, OP_CHILD_MERGE, body, _("已合并成一份。"));
}

int matter_merge(struct app *app, struct session *s, uint64_t id)
{
    void *ctx = talloc_new(app);
    uint64_t other = other_file(app, s, ctx, id);
    int done = 0;
    if (other == id)
        app_message(app, _("这就是同一份档案。"));
    else if (other)
        done = merge(app, s, ctx, (const uint64_t[2]){id, other});
    talloc_free(ctx);
    return done;
}

/* ---- 关注名单 ---- */

int matter_watch(struct app *app, struct session *s, uint64_t id)
{
    void *ctx = talloc_new(app);
    const struct node *child = record(app, s, ctx, "child", id);
    int done = 0;
    if (child) {
        bool on = strcmp(value_of(child, "watch_list"), "1") != 0;
        const char *title = on ? _("列入关注名单") : _("移出关注名单");
        char *why = ask_why(app, ctx, title, on ? _("为什么要多看一眼：") : _("为什么移出："));
        struct node *body = about(ctx, id, why);
        node_bool(body, "on", on);
        if (why)
            done = send(app, s, ctx, OP_CHILD_WATCH, body,
                        on ? _("已列入关注名单。") : _("已移出关注名单。"));
    }
    talloc_free(ctx);
    return done;
}

/* ---- hand-over ---- */

/* Login of a user; "" for nobody. */
static const char *login_of(struct app *app, struct session *s, void *ctx, uint64_t user)
{
    const struct node *v = user ? record(app, s, ctx, "user", user) : NULL;
    return v ? value_of(v, "login") : "";
}

/* What goes over, as the server tried it: "孩子：\n  王小雨 …". */
static char *goes_text(void *ctx, const struct node *tried)
{
    static const struct {
        const char *key, *label;
    } kinds[] = {
        {"children", N_("孩子：")}, {"tasks", N_("待办事项：")}, {"drafts", N_("没有录完的：")}};
    char *text = talloc_strdup(ctx, "");
    for (size_t i = 0; i < NELEM(kinds); i++) {
        const struct node *e = node_first(node_get(node_get(tried, "named"), kinds[i].key));
        if (e)
            text = talloc_asprintf_append(text, "%s\n", _(kinds[i].label));
        for (; e; e = e->next)
            text = talloc_asprintf_append(text, "  %s\n", node_text_or(e, "text", ""));
    }
    MUST(text);
    return text;
}

static bool hand_confirm(struct app *app, void *ctx, const struct node *tried, const char *to)
{
    char *text = text_printf(ctx, _("%lld 个孩子、%lld 件待办、%lld 份没有录完的登记，都交给 %s。"),
                             (long long)node_num(tried, "children", 0),
                             (long long)node_num(tried, "tasks", 0),
                             (long long)node_num(tried, "drafts", 0), to);
    const char *const answers[] = {_("交接"), _("先看名单"), _("不，返回")};
    int i;
    while ((i = popup_choose(app, _("交接"), text, answers, NELEM(answers), 1)) == 1)
        popup_pager(app, _("交接名单"), goes_text(ctx, tried));
    return i == 0;
}

/* The marked children, or all the work of the director of the first one. */
static bool hand_which(struct app *app, void *ctx, const struct node *child, const uint64_t *ids,
                       size_t n, struct node *body)
{
    char *marked = text_printf(ctx, _("只交接选上的 %zu 个孩子"), n);
    char *all =
        text_printf(ctx, _("%s 的全部孩子、待办和没有录完的登记"), shown_of(child, "director"));
    const char *const answers[] = {marked, all};
    bool owned = *value_of(child, "director") != '\0';
    int i = owned ? popup_choose(app, _("交接"), _("交接哪些："), answers, NELEM(answers), 0) : 0;
    struct node *list = i == 0 ? node_add_list(body, "ids") : NULL;
    for (size_t k = 0; list && k < n; k++)
        node_int(list, NULL, (int64_t)ids[k]);
    return i >= 0;
}

static int hand(struct app *app, struct session *s, void *ctx, const struct node *child,
                const uint64_t *ids, size_t n)
{
    static const char *const kinds[] = {"children", "tasks", "drafts"};
    uint64_t from = strtoull(value_of(child, "director"), NULL, 10);
    int64_t sum[NELEM(kinds)] = {0};
    struct node *body = node_map(ctx), *tried, *answer;
    struct find_row to;
    if (!find_record(app, s, ctx, "user", _("交给哪位儿童主任"), &to))
        return 0;
    char *why = ask_why(app, ctx, _("交接"), _("为什么交接："));
    if (!why || !hand_which(app, ctx, child, ids, n, body))
        return 0;
    node_str(body, "from", login_of(app, s, ctx, from));
    node_str(body, "to", login_of(app, s, ctx, to.id));
    node_str(body, "why", why);
    node_bool(body, "dry", true);
    if (session_call(app, s, ctx, OP_CHILD_HANDOVER, body, &tried) < 0 ||
        !hand_confirm(app, ctx, tried, to.label))
        return 0;
    node_remove(body, "dry");
    do { /* many children go in pieces */
        if (session_call(app, s, ctx, OP_CHILD_HANDOVER, body, &answer) < 0)
            return sum[0] > 0;
        for (size_t i = 0; i < NELEM(sum); i++)
            sum[i] += node_num(answer, kinds[i], 0);
    } while (node_num(answer, "left", 0) > 0);
    app_message(app, _("已交接 %lld 个孩子、%lld 件待办、%lld 份没有录完的登记。"),
                (long long)sum[0], (long long)sum[1], (long long)sum[2]);
    return 1;
}

int matter_handover(struct app *app, struct session *s, const uint64_t *ids, size_t n)
{
    void *ctx = talloc_new(app);
    const struct node *child = n ? record(app, s, ctx, "child", ids[0]) : NULL;
    int done = child ? hand(app, s, ctx, child, ids, n) : 0;
    talloc_free(ctx);
    return done;
}

/* ---- many at once ---- */

enum { PIECE = 20 }; /* rows of one request, as in review_bulk.c */

struct many {
    const uint64_t *ids;
    const uint32_t *version; /* NULL: ids alone are sent */
    size_t n;
    int64_t done;
    const char *left; /* why the first of those that stay was not done, NULL */
};

static struct node *many_body(void *ctx, const struct many *m, size_t from)
{
    struct node *body = node_map(ctx), *list = node_add_list(body, m->version ? "rows" : "ids");
    for (size_t i = from; i < m->n && i < from + PIECE; i++) {
        if (!m->version) {
            node_int(list, NULL, (int64_t)m->ids[i]);
            continue;
        }
        struct node *row = node_add_map(list, NULL);
        node_int(row, "id", (int64_t)m->ids[i]);
        node_int(row, "version", m->version[i]);
    }
    return body;
}

/* Piece by piece; what is done stays done when the user stops it or the line drops. False when the
 * first piece already failed, after its sentence. */
static bool many_send(struct app *app, struct session *s, void *ctx, enum wire_op op,
                      struct many *m)
{
    struct node *answer;
    for (size_t i = 0; i < m->n; i += PIECE) {
        if (m->n > PIECE) {
            app_progress(app, _("正在办理 %zu/%zu，Ctrl-C 停止"), i, m->n);
            app_show(app);
        }
        if (app_stopped(app)) {
            m->left = _("按您的要求停下了");
            return true;
        }
        if (session_call(app, s, ctx, op, many_body(ctx, m, i), &answer) < 0) {
            m->left = _("没有办完，请再办一次");
            return i > 0;
        }
        m->done += node_num(answer, "done", 0);
        const struct node *left = node_first(node_get(answer, "skipped"));
        m->left = m->left ? m->left : node_text(left, "text");
    }
    return true;
}

int matter_checked(struct app *app, struct session *s, const uint64_t *ids, size_t n)
{
    struct many m = {.ids = ids, .n = n};
    void *ctx = talloc_new(app);
    char *text = text_printf(ctx, _("这 %zu 个孩子都看过、问过，档案里写的没有变化？"), n);
    bool sent = n && popup_confirm(app, _("核实无变化"), text, _("都核实过，没有变化")) &&
                many_send(app, s, ctx, OP_CHILD_CHECKED, &m);
    if (sent)
        app_message(app, m.left ? _("已核实 %lld 个；没有核实的：%s") : _("已核实 %lld 个。%s"),
                    (long long)m.done, m.left ? m.left : "");
    talloc_free(ctx);
    return sent;
}

/* ---- the national system ---- */

int matter_synced(struct app *app, struct session *s, const uint64_t *ids, const uint32_t *version,
                  size_t n)
{
    struct many m = {.ids = ids, .version = version, .n = n};
    void *ctx = talloc_new(app);
    char *text = text_printf(ctx, _("这 %zu 份档案的变化都已经录入全国系统？"), n);
    bool sent = n && popup_confirm(app, _("全国系统"), text, _("标为已同步")) &&
                many_send(app, s, ctx, OP_NATIONAL_DONE, &m);
    if (sent && m.left)
        app_message(app, _("已标 %lld 份；没有标的：%s"), (long long)m.done, m.left);
    else if (sent)
        app_message(app, _("已标 %lld 份为已同步。"), (long long)m.done);
    talloc_free(ctx);
    return sent;
}

/* ---- a change of one's own ---- */

int matter_recall(struct app *app, struct session *s, uint64_t change)
{
    void *ctx = talloc_new(app);
    int done = 0;
    if (popup_confirm(app, _("撤回"), _("撤回以后不再审核，档案保持原样；要改再重新上报。"),
                      _("撤回上报"))) {
        struct node *body = node_map(ctx);
        node_int(body, "change", (int64_t)change);
        done = send(app, s, ctx, OP_REVIEW_RECALL, body, _("已撤回。"));
    }
    talloc_free(ctx);
    return done;
}
