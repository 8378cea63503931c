/* Beside the digits of the grid: the full sheet, new rows, the day, for whom, what is shown. */
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
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

static struct node *in_village(struct grid *g, void *ctx)
{
    struct node *set = node_map(ctx);
    node_str(set, "village", g->village);
    return set;
}

/* A child nobody knew of, a place, a hazard of the row: forms of their own; the sweep takes them in. */
void grid_add(struct app *app, struct grid *g)
{
    const char *const answers[] = {_("疑似孩子"), _("风险场所"), _("隐患")};
    static const char *const types[] = {"child", "place", "hazard"};
    void *ctx = talloc_new(app);
    int i = popup_choose(app, _("新增"), NULL, answers, NELEM(answers), 0);
    struct node *set = in_village(g, ctx);
    const struct grid_row *r = g->at < g->n ? &g->row[g->at] : NULL;
    if (i == 2 && r)
        node_str(set, "item", text_printf(ctx, "%" PRIu64, r->id));
    if (i >= 0 && !session_may_do(g->s, types[i], "add"))
        app_message(app, _("您没有新增的权限。"));
    else if (i >= 0 &&
             form_open(app, g->s, &(struct form_ask){.type = types[i], .set = set}, NULL) > 0)
        grid_reload(app, g);
    talloc_free(ctx);
}

/* --- the menu --- */

static void menu_sheet(struct app *app, struct grid *g)
{
    grid_sheet(app, g);
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
        {N_("新增"), N_("疑似孩子、风险场所、隐患（F6）"), always, grid_add},
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
