/* What is done with a sweep: each entry of F9 stands there for those who may, when it can be done. */
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/review.h"
#include "tui/sweep_run.h"

static const char *current(struct app *app, const struct run *u)
{
    if (u->at < u->n)
        return node_text_or(u->unit[u->at].row, "area", "");
    app_message(app, _("先把光标移到要办的那一行。"));
    return NULL;
}

void run_down(struct app *app, struct run *u)
{
    const char *area = current(app, u);
    if (!area)
        return;
    const char *title = node_text_or(u->unit[u->at].row, "title", "");
    if (!u->area)
        run_push(app, u->s, &u->one, area, title);
    else if (session_may(u->s, "sweep_item.change") && !u->one.closed)
        sweep_grid_show(app, u->s, &u->one, area, title);
    else
        list_open(app, u->s, "sweep_item", "all", area,
                  text_printf(u->mem, "sweep = %" PRIu64, u->one.id));
}

/* The township that is shown, or the one under the cursor. */
static const char *town_of(struct app *app, const struct run *u)
{
    return u->area ? u->area : current(app, u);
}

/* What holds a township up, by village. */
static void show_held(struct app *app, void *ctx, const struct node *answer, const char *why)
{
    char *text = text_printf(ctx, "%s\n\n", why);
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
        text = talloc_asprintf_append(
            text, _("%s：待查 %lld，抽查退回没改 %lld\n"), node_text_or(e, "title", ""),
            (long long)node_num(e, "todo", 0), (long long)node_num(e, "back", 0));
    MUST(text);
    popup_pager(app, _("还不能报送"), text);
}

static void menu_submit(struct app *app, struct run *u)
{
    void *ctx = talloc_new(app);
    const char *town = town_of(app, u), *text = NULL;
    struct node *body = node_map(ctx), *answer = NULL;
    node_int(body, "sweep", (int64_t)u->one.id);
    node_str(body, "area", town);
    if (town && popup_confirm(app, _("报送"), _("报送以后各村不能再改，等县里接收或退回。"),
                              _("报送本镇"))) {
        int r = session_call_quiet(app, u->s, ctx, OP_SWEEP_SUBMIT, body, &answer, &text);
        if (r == HE_RULE && node_first(node_get(answer, "rows")))
            show_held(app, ctx, answer, text ? text : "");
        else
            app_message(app, "%s",
                        r == 0 ? _("已报送，等县里接收。")
                        : text ? text
                               : _(err_text(r)));
        run_load(app, u);
    }
    talloc_free(ctx);
}

/* --- accepting, returning: those that have submitted, marked or under the cursor --- */

static size_t marked(const struct run *u)
{
    size_t n = 0;
    for (size_t i = 0; i < u->n; i++)
        n += u->unit[i].mark;
    return n;
}

static bool waits(const struct run *u, size_t i)
{
    return run_state(&u->unit[i]) == '2' && (marked(u) ? u->unit[i].mark : i == u->at);
}

static size_t waiting(const struct run *u, size_t *first)
{
    size_t n = 0;
    for (size_t i = u->n; i-- > 0;)
        if (waits(u, i)) {
            *first = i;
            n++;
        }
    return n;
}

void run_mark_all(struct run *u)
{
    bool any = false, on = false;
    for (size_t i = 0; i < u->n; i++)
        any = any || run_state(&u->unit[i]) == '2';
    for (size_t i = 0; i < u->n; i++)
        on = on || (!u->unit[i].mark && (!any || run_state(&u->unit[i]) == '2'));
    for (size_t i = 0; i < u->n; i++)
        u->unit[i].mark = on && (!any || run_state(&u->unit[i]) == '2');
}

static void send_accept(struct app *app, struct run *u, bool ok, const char *why)
{
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *areas = node_add_list(body, "areas"), *answer;
    node_int(body, "sweep", (int64_t)u->one.id);
    node_bool(body, "ok", ok);
    node_str(body, "why", why);
    for (size_t i = 0; i < u->n; i++)
        if (waits(u, i))
            node_str(areas, NULL, node_text_or(u->unit[i].row, "area", ""));
    if (session_call(app, u->s, ctx, OP_SWEEP_ACCEPT, body, &answer) == 0) {
        const struct node *skipped = node_get(answer, "skipped");
        if (skipped && skipped->n)
            app_message(app, _("办了 %lld 个乡镇，%zu 个没有办：%s"),
                        (long long)node_num(answer, "done", 0), skipped->n,
                        node_text_or(node_first(skipped), "text", ""));
        else
            app_message(app, ok ? _("接收了 %lld 个乡镇。") : _("退回了 %lld 个乡镇。"),
                        (long long)node_num(answer, "done", 0));
    }
    talloc_free(ctx);
    run_load(app, u);
}

/* Asks by the name of the one township, or by how many they are. */
static void menu_decide(struct app *app, struct run *u)
{
    const char *const answers[] = {_("接收"), _("退回，写明要补什么")};
    void *ctx = talloc_new(app);
    size_t first = 0, n = waiting(u, &first);
    char *ask = n > 1 ? text_printf(ctx, _("选上的 %zu 个乡镇报来的排查："), n)
                      : text_printf(ctx, _("%s报来的排查："), u->unit[first].title);
    int i = popup_choose(app, _("接收或退回"), ask, answers, NELEM(answers), 1);
    char *why = i == 1 ? review_reason(app, ctx) : NULL;
    if (i == 0 || why)
        send_accept(app, u, i == 0, why);
    talloc_free(ctx);
}

/* --- the menu --- */

static void menu_spot(struct app *app, struct run *u)
{
    const char *town = town_of(app, u);
    if (town)
        sweep_spot(app, u->s, u->one.id, town, u->area ? u->area_title : u->unit[u->at].title);
    run_load(app, u);
}

static void menu_dispatch(struct app *app, struct run *u)
{
    sweep_dispatch(app, u->s, &u->one, u->area, u->area_title);
}

static void menu_compare(struct app *app, struct run *u)
{
    sweep_compared(app, u->s, &u->one);
}

static void menu_freeze(struct app *app, struct run *u)
{
    sweep_freeze_ask(app, u->s, u->one.id);
}

static void menu_bulletin(struct app *app, struct run *u)
{
    sweep_bulletin_ask(app, u->s, u->one.id);
}

static void menu_close(struct app *app, struct run *u)
{
    u->one.closed = sweep_close_ask(app, u->s, u->one.id);
    u->one.due = u->one.closed ? "" : u->one.due;
    run_load(app, u);
}

static void menu_past(struct app *app, struct run *u)
{
    void *ctx = talloc_new(app);
    struct sweep_one one;
    if (sweep_which_past(app, u->s, ctx, &one))
        run_push(app, u->s, &one, NULL, NULL);
    talloc_free(ctx);
}

void run_sort(struct app *app, struct run *u)
{
    u->by_code = !u->by_code;
    run_load(app, u);
}

/* The township shown has not submitted yet. */
static bool not_sent(const struct run *u)
{
    return u->area || (u->at < u->n && !strchr("24", run_state(&u->unit[u->at])));
}

static bool any_sent(const struct run *u)
{
    size_t first;
    return !u->area && waiting(u, &first) > 0;
}

static bool towns(const struct run *u)
{
    return !u->area;
}

static bool always(const struct run *u)
{
    (void)u;
    return true;
}

void run_menu(struct app *app, struct run *u)
{
    static const struct {
        const char *label, *hint, *right;
        bool past; /* of a closed sweep too */
        bool (*ok)(const struct run *);
        void (*run)(struct app *, struct run *);
    } entries[] = {
        {N_("报送"), N_("本镇查完了，报给县里"), "sweep.submit", false, not_sent, menu_submit},
        {N_("接收或退回"), N_("报来了的：选上的乡镇，没有选时是当前这一个"), "sweep.accept", false,
         any_sent, menu_decide},
        {N_("抽查"), N_("按比例抽，记下查到的错"), "sweep.check", false, always, menu_spot},
        {N_("调度表"), N_("缺失、错误、更新、无变化、零更新，打印"), "sweep_unit.print", true,
         always, menu_dispatch},
        {N_("冻结"), N_("节点到了，留下那天的数字"), "sweep.open", false, towns, menu_freeze},
        {N_("通报"), N_("由冻结的数字起草：通报、督导通知、结束报告"), "sweep.open", true, towns,
         menu_bulletin},
        {N_("结束排查"), N_("全部接收以后"), "sweep.open", false, towns, menu_close},
        {N_("和上一次比较"), N_("各镇的名单、已查、更新、隐患"), "sweep_unit.read", true, towns,
         menu_compare},
        {N_("以前的排查"), N_("结束了的，看结束时的数字"), "sweep.read", false, towns, menu_past},
        {N_("排列"), N_("慢的在前，或按区划"), "sweep_unit.read", true, always, run_sort},
    };
    struct pick_item items[NELEM(entries)];
    size_t which[NELEM(entries)], n = 0;
    for (size_t i = 0; i < NELEM(entries); i++)
        if (session_may(u->s, entries[i].right) && entries[i].ok(u) &&
            (entries[i].past || !u->one.closed)) {
            which[n] = i;
            items[n++] =
                (struct pick_item){.label = _(entries[i].label), .hint = _(entries[i].hint)};
        }
    int i = popup_menu(app, items, n, NULL, 0);
    if (i >= 0)
        entries[which[i]].run(app, u);
}
