/* Beside the digits of the grid: the full sheet, new rows, the day, for whom, what is shown. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "tui/sweep_grid.h"

static struct grid_row *current(struct app *app, struct grid *g)
{
    if (g->at >= g->n)
        app_message(app, _("先把光标移到要办的那一行。"));
    return g->at < g->n ? &g->row[g->at] : NULL;
}

void grid_sheet(struct app *app, struct grid *g)
{
    struct grid_row *r = current(app, g);
    if (!r)
        return;
    grid_keep(app, g, r);
    char *key = r->drafted ? text_printf(g, "sweep_item/%" PRIu64, r->id) : NULL;
    size_t n;
    const char *field = grid_questions(g, r, &n)[g->q].field;
    form_open(app, g->s,
              &(struct form_ask){
                  .type = "sweep_item", .id = r->id, .draft = key, .field = key ? NULL : field},
              NULL);
    grid_reload(app, g);
    talloc_free(key);
}

/* --- new rows --- */

/* What is known of a new record already: it is of this village. */
static struct node *known(void *ctx, const struct grid *g)
{
    struct node *view = node_map(ctx);
    node_str(node_add_map(view, "v"), "village", g->village);
    node_str(node_add_map(view, "show"), "village", g->place_name);
    return view;
}

static void know(const struct node *view, const char *field, const char *value, const char *show)
{
    node_str(base_unconst(node_get(view, "v")), field, value);
    if (show)
        node_str(base_unconst(node_get(view, "show")), field, show);
}

static uint64_t add(struct app *app, struct grid *g, const struct form_ask *ask)
{
    uint64_t id = 0;
    if (!session_may_do(g->s, ask->type, "add"))
        app_message(app, _("您没有新增的权限。"));
    else if (form_open(app, g->s, ask, &id) > 0)
        grid_reload(app, g);
    return id;
}

/* A child nobody knew of: a lead is enough; its row is answered like the others. */
static void add_suspect(struct app *app, struct grid *g)
{
    void *ctx = talloc_new(app);
    const struct node *view = known(ctx, g);
    know(view, "child_kinds", "90", NULL);
    know(view, "add_reason", "03", NULL);
    know(view, "suspect_from", "2", NULL);
    app_message(app, _("写姓名和知道的，F10 保存就列进名单；其余查实以后再补。"));
    uint64_t id =
        add(app, g,
            &(struct form_ask){
                .type = "child", .view = view, .as = text_printf(ctx, _("疑似孩子 %s"), g->title)});
    size_t i = 0;
    while (id && i < g->n && g->row[i].child != id)
        i++;
    if (id && i < g->n) {
        g->at = i;
        g->q = 0;
        app_message(app, _("已列进名单第 %lld 行。上门查过填：3 新增，或 5 排除。"),
                    (long long)g->row[i].no);
    } else if (id) {
        app_message(app, _("已登记。不在这次排查的范围里，没有列进名单。"));
    }
    talloc_free(ctx);
}

static void add_place(struct app *app, struct grid *g)
{
    void *ctx = talloc_new(app);
    add(app, g, &(struct form_ask){.type = "place", .view = known(ctx, g)});
    talloc_free(ctx);
}

/* A hazard of the row: whose it is, is known. */
static void add_hazard(struct app *app, struct grid *g)
{
    void *ctx = talloc_new(app);
    const struct grid_row *r = g->at < g->n ? &g->row[g->at] : NULL;
    const struct node *view = known(ctx, g);
    if (r)
        know(view, "item", text_printf(ctx, "%" PRIu64, r->id), r->name);
    if (r && r->child)
        know(view, "child", text_printf(ctx, "%" PRIu64, r->child), r->name);
    add(app, g, &(struct form_ask){.type = "hazard", .view = view});
    talloc_free(ctx);
}

void grid_add(struct app *app, struct grid *g)
{
    static void (*const run[])(struct app *, struct grid *) = {add_suspect, add_place, add_hazard};
    const char *const answers[] = {_("疑似孩子"), _("风险场所"), _("隐患")};
    int i = popup_choose(app, _("新增"), NULL, answers, NELEM(answers), 0);
    if (i >= 0)
        run[i](app, g);
}

/* --- words that no digit says --- */

static int pick_reason(struct app *app, const struct form_field *f, const char *title)
{
    struct pick_item *items = talloc_zero_array(app, struct pick_item, f->codes->n);
    MUST(items);
    for (size_t i = 0; i < f->codes->n; i++)
        items[i] =
            (struct pick_item){.code = f->codes->code[i].code, .label = _(f->codes->code[i].label)};
    int i = popup_pick(app, &(struct pick){.title = title, .items = items, .n = f->codes->n});
    talloc_free(items);
    return i;
}

bool grid_ask(struct app *app, struct grid *g, const struct node *finding, struct node *values)
{
    const struct form_field *f =
        form_field(dict_form(g->s->dict, "sweep_item"), node_text_or(finding, "field", ""));
    const char *text = node_text_or(finding, "text", "");
    if (strcmp(node_text_or(finding, "code", ""), "exit_result") == 0 &&
        !node_get(values, "exit_reason")) { /* not leaving after all */
        node_nil(values, "exit_reason");
        return true;
    }
    if (!f || node_get(values, f->name))
        return false;
    if (strcmp(f->name, "exit_reason") == 0) {
        int i = pick_reason(app, f, _(f->label));
        if (i >= 0)
            node_str(values, f->name, f->codes->code[i].code);
        return i >= 0;
    }
    if (strcmp(f->name, "reason") != 0)
        return false;
    char *why = popup_why(app, values, _(f->label), text, text);
    if (why)
        node_str(values, f->name, why);
    return why != NULL;
}

bool grid_set(struct app *app, struct grid *g, struct grid_row *r, const char *field,
              const char *value)
{
    void *ctx = talloc_new(app);
    struct node *body = node_map(ctx), *answer;
    node_str(body, "type", "sweep_item");
    node_int(body, "id", (int64_t)r->id);
    node_int(body, "version", r->version);
    node_str(body, "source", "sweep");
    node_str(body, "typed_for", g->for_login);
    node_str(node_add_map(body, "v"), field, value);
    bool ok = session_call(app, g->s, ctx, OP_REC_SET, body, &answer) == 0;
    if (ok)
        grid_again(app, g, r);
    talloc_free(ctx);
    return ok;
}

bool grid_mended(struct app *app, struct grid *g, struct grid_row *r)
{
    char *why =
        popup_why(app, app, _("抽查退回的改好了"), _("改了什么（档案里的在【孩子的档案】改）："),
                  _("没有写改了什么，没有存。"));
    bool ok = why && grid_set(app, g, r, "fix_note", why);
    if (ok)
        app_message(app, _("已改，抽查的人会看到。"));
    talloc_free(why);
    return ok;
}

/* Why the row cannot be checked in time: the township may submit with it. */
static void menu_explain(struct app *app, struct grid *g)
{
    struct grid_row *r = current(app, g);
    if (!r)
        return;
    if (grid_answered(r)) {
        app_message(app, _("这一行已经查了，不用说明。"));
        return;
    }
    char *why = popup_why(app, app, _("未查说明"), _("为什么查不了，打算哪天查："),
                          _("没有写原因，没有存。"));
    if (why && grid_set(app, g, r, "explain", why))
        app_message(app, _("已写明，报送时算已说明；查了以后照样填。"));
    talloc_free(why);
}

/* --- finding --- */

void grid_find(struct app *app, struct grid *g)
{
    const struct edit_opts opts = {.cols = 20, .max_chars = 20, .flags = EDIT_HALFWIDTH};
    char *word = popup_ask(app, app, _("找一行"), _("姓名、拼音首字母或行号："), "", &opts);
    char *end = word;
    int64_t no = word ? strtoll(word, &end, 10) : 0;
    for (size_t k = 1; word && *word && k <= g->n; k++) {
        size_t i = (g->at + k) % g->n;
        if (*end ? pinyin_match(g->row[i].name, word) : g->row[i].no == no) {
            grid_go(app, g, i);
            talloc_free(word);
            return;
        }
    }
    if (word && *word)
        app_message(app, _("名单里没有找到 %s。"), word);
    talloc_free(word);
}

/* --- the menu --- */

static void menu_sheet(struct app *app, struct grid *g)
{
    grid_sheet(app, g);
}

/* What it lacks is filled in there; the sweep sees what changed. */
static void menu_file(struct app *app, struct grid *g)
{
    struct grid_row *r = current(app, g);
    if (!r)
        return;
    grid_keep(app, g, r);
    if (r->child)
        form_open(app, g->s, &(struct form_ask){.type = "child", .id = r->child}, NULL);
    else
        app_message(app, _("这一行是场所，场所的资料在 55。"));
    grid_reload(app, g);
}

static void menu_day(struct app *app, struct grid *g)
{
    const struct form_field *f = form_field(dict_form(g->s->dict, "sweep_item"), "checked_on");
    const struct edit_opts opts = {.cols = 12, .max_chars = 20, .flags = EDIT_HALFWIDTH};
    void *ctx = talloc_new(app);
    char *value = NULL, *problem = NULL;
    const char *code;
    char *text = popup_ask(app, ctx, _("排查日期"), _("以后存的行是哪天上门看的（空着是今天）："),
                           g->checked_on, &opts);
    if (text && !*text)
        *g->checked_on = '\0';
    else if (text && type_parse(ctx, f, g->s->today, text, &value, &code, &problem) != 0)
        app_message(app, "%s", problem);
    else if (text && value && strlen(value) < sizeof(g->checked_on))
        strcpy(g->checked_on, value);
    talloc_free(ctx);
}

static void menu_for(struct app *app, struct grid *g)
{
    void *ctx = talloc_new(app);
    const char *login, *name;
    if (sweep_typed_for(app, g->s, ctx, g->village, &login, &name)) {
        g->for_login = login ? talloc_strdup(g, login) : NULL;
        g->for_name = name ? talloc_strdup(g, name) : NULL;
    }
    talloc_free(ctx);
}

static void menu_waiting(struct app *app, struct grid *g)
{
    g->open_only = !g->open_only;
    grid_reload(app, g);
}

static void menu_paper(struct app *app, struct grid *g)
{
    grid_paper(app, g);
}

static void menu_hazards(struct app *app, struct grid *g)
{
    list_open(app, g->s, "hazard", NULL, g->village, NULL);
}

static bool always(const struct grid *g)
{
    (void)g;
    return true;
}

static bool reads_file(const struct grid *g)
{
    return session_may(g->s, "child.read");
}

static bool types_for_others(const struct grid *g)
{
    static const char *const roles[] = {"supervisor", "town_head", NULL};
    return session_has_role(g->s, roles);
}

static bool prints(const struct grid *g)
{
    return session_may(g->s, "sweep_item.print");
}

static bool has_hazards(const struct grid *g)
{
    return session_may(g->s, "hazard.read");
}

void grid_menu(struct app *app, struct grid *g)
{
    static const struct {
        const char *label, *hint;
        bool (*ok)(const struct grid *);
        void (*run)(struct app *, struct grid *);
    } entries[] = {
        {N_("整张检查表"), N_("这一行的全部问题（F2）"), always, menu_sheet},
        {N_("孩子的档案"), N_("改资料、补缺项，算这次排查的更新"), reads_file, menu_file},
        {N_("找一行"), N_("按姓名、首字母或行号（/）"), always, grid_find},
        {N_("新增疑似孩子"), N_("名单上没有的，先列进来查（F6）"), always, add_suspect},
        {N_("新增风险场所"), N_("水塘、网吧等（F6）"), always, add_place},
        {N_("登记隐患"), N_("这一行查到的（F6）"), always, add_hazard},
        {N_("未查说明"), N_("期限前查不了的写原因，可以报送"), always, menu_explain},
        {N_("排查日期"), N_("补录前几天看过的，先写是哪天"), always, menu_day},
        {N_("代录"), N_("替没有线路的儿童主任录入"), types_for_others, menu_for},
        {N_("只看待查的"), N_("再选一次看全部"), always, menu_waiting},
        {N_("打印排查表"), N_("带空格的纸，上门时填"), prints, menu_paper},
        {N_("隐患"), N_("本村登记的隐患"), has_hazards, menu_hazards},
    };
    static const enum action common[] = {ACT_SAVE, ACT_REFRESH, ACT_HELP, ACT_LOG, ACT_HIDE};
    struct pick_item items[NELEM(entries)];
    size_t which[NELEM(items)], n = 0;
    for (size_t i = 0; i < NELEM(entries); i++)
        if (entries[i].ok(g)) {
            which[n] = i;
            items[n++] =
                (struct pick_item){.label = _(entries[i].label), .hint = _(entries[i].hint)};
        }
    int i = popup_menu(app, items, n, common, NELEM(common));
    if (i >= 0)
        entries[which[i]].run(app, g);
}
