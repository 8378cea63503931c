/*
 * 排查表: one child a row, one digit a column, the next row by itself. Three keys say that nothing
 * changed: 见到, 核实无变化, Enter. A whole row is stored when the cursor leaves it; what is not whole
 * is kept as a draft with every digit.
 */
#include "tui/sweep_grid.h"

#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/jump.h"

static struct grid_row *current(struct grid *g)
{
    return g->at < g->n ? &g->row[g->at] : NULL;
}

static size_t questions(const struct grid *g)
{
    size_t n;
    grid_questions(g, g->at < g->n ? &g->row[g->at] : NULL, &n);
    return n;
}

/* Leaves the row: stored when it is whole, kept as a draft when not. False: it was not stored. */
static bool leave_row(struct app *app, struct grid *g)
{
    struct grid_row *r = current(g);
    if (!r || !grid_typed(r))
        return true;
    if (grid_lacks(g, r) == SIZE_MAX)
        return grid_save(app, g, r);
    grid_keep(app, g, r);
    return true;
}

bool grid_go(struct app *app, struct grid *g, size_t row)
{
    if (row >= g->n || !leave_row(app, g))
        return false;
    g->at = row;
    g->q = 0;
    return true;
}

/* The next row; at the end the first that still waits. */
static void next_row(struct app *app, struct grid *g)
{
    if (g->at + 1 < g->n) {
        g->at++;
        g->q = 0;
        return;
    }
    for (size_t i = 0; i < g->n; i++)
        if (grid_waits(&g->row[i])) {
            g->at = i;
            g->q = 0;
            if (!g->told)
                app_message(app, _("到了最后一行，上面还有没查的。"));
            return;
        }
    if (!g->told)
        app_message(app, _("全部查完了。"));
}

static void enter(struct app *app, struct grid *g)
{
    struct grid_row *r = current(g);
    if (!r)
        return;
    size_t lacks = grid_lacks(g, r), n;
    const struct grid_q *q = grid_questions(g, r, &n);
    if (grid_typed(r) && lacks != SIZE_MAX) {
        g->q = lacks;
        grid_keep(app, g, r);
        app_message(app, _("这一行还缺：%s"), q[lacks].label);
    } else {
        g->told = false;
        if (r->state == '4' && !grid_typed(r) ? grid_mended(app, g, r)
                                              : !grid_typed(r) || grid_save(app, g, r))
            next_row(app, g);
    }
}

static void column(struct grid *g, int by)
{
    size_t n = questions(g);
    if (by > 0 ? g->q + 1 < n : g->q > 0)
        g->q = by > 0 ? g->q + 1 : g->q - 1;
}

static void digit(struct app *app, struct grid *g, int d)
{
    struct grid_row *r = current(g);
    size_t n;
    if (!r)
        return;
    const struct grid_q *q = &grid_questions(g, r, &n)[g->q];
    if (grid_locked(r)) {
        app_message(app, _("这一行已报送，退回以后才能改。"));
    } else if (!grid_takes(r, q, (char)('0' + d))) {
        app_message(app, _("%s没有 %d 这个答案。"), q->label, d);
    } else {
        r->cell[g->q].typed = (char)('0' + d);
        r->bad = NULL;
        bool last = g->q + 1 == n;
        if (!last)
            g->q++;
        if (!last || grid_lacks(g, r) != SIZE_MAX)
            grid_keep(app, g, r);
        else if (grid_save(app, g, r))
            next_row(app, g);
    }
}

/* Takes back a digit; there is none: the one before it. */
static void rub_out(struct app *app, struct grid *g)
{
    struct grid_row *r = current(g);
    if (!r)
        return;
    if (!r->cell[g->q].typed && g->q > 0)
        g->q--;
    r->cell[g->q].typed = 0;
    grid_keep(app, g, r);
}

static void restore(struct app *app, struct grid *g)
{
    struct grid_row *r = current(g);
    if (!r)
        return;
    for (size_t i = 0; i < GRID_QUESTIONS; i++)
        r->cell[i].typed = 0;
    r->bad = NULL;
    r->conflict = false;
    g->q = 0;
    grid_keep(app, g, r);
}

/* Every whole row that was not stored; says what is left. */
static void save_all(struct app *app, struct grid *g)
{
    size_t done = 0, left = 0, first = SIZE_MAX;
    for (size_t i = 0; i < g->n; i++) {
        struct grid_row *r = &g->row[i];
        if (!grid_typed(r))
            continue;
        if (grid_lacks(g, r) == SIZE_MAX && grid_save(app, g, r)) {
            done++;
        } else {
            left++;
            first = first == SIZE_MAX ? i : first;
        }
    }
    if (first != SIZE_MAX)
        g->at = first;
    if (left)
        app_message(app, _("存了 %zu 行，还有 %zu 行没填完或要改。"), done, left);
    else
        app_message(app, done ? _("存了 %zu 行。") : _("都存好了。"), done);
}

static void reload(struct app *app, struct grid *g)
{
    uint64_t id = g->at < g->n ? g->row[g->at].id : 0;
    grid_load(app, g);
    for (size_t i = 0; i < g->n; i++)
        if (g->row[i].id == id)
            g->at = i;
    if (g->at >= g->n)
        g->at = g->n ? g->n - 1 : 0;
    g->q = g->q < questions(g) ? g->q : 0;
}

static enum handled act_on(struct app *app, struct grid *g, enum action act)
{
    switch (act) {
    case ACT_UP:
        return grid_go(app, g, g->at - 1), KEY_TAKEN;
    case ACT_DOWN:
        return grid_go(app, g, g->at + 1), KEY_TAKEN;
    case ACT_PGUP:
        return grid_go(app, g, g->at > g->fit ? g->at - g->fit : 0), KEY_TAKEN;
    case ACT_PGDN:
        return grid_go(app, g, g->at + g->fit < g->n ? g->at + g->fit : g->n - 1), KEY_TAKEN;
    case ACT_FIRST:
        return grid_go(app, g, 0), KEY_TAKEN;
    case ACT_LAST:
        return grid_go(app, g, g->n - 1), KEY_TAKEN;
    case ACT_OPEN:
        return enter(app, g), KEY_TAKEN;
    case ACT_NEXT:
    case ACT_MARK:
        return column(g, 1), KEY_TAKEN;
    case ACT_PREV:
        return column(g, -1), KEY_TAKEN;
    case ACT_EDIT:
        return grid_sheet(app, g), KEY_TAKEN;
    case ACT_NEW:
        return grid_add(app, g), KEY_TAKEN;
    case ACT_SAVE:
        return save_all(app, g), KEY_TAKEN;
    case ACT_REFRESH:
        return leave_row(app, g) ? reload(app, g) : (void)0, KEY_TAKEN;
    case ACT_MENU:
        return grid_menu(app, g), KEY_TAKEN;
    case ACT_FILTER:
        return grid_find(app, g), KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static enum handled grid_key(struct app *app, struct screen *scr, const struct key *key,
                             enum action act)
{
    struct grid *g = scr->state;
    int d = keys_digit(key);
    uint32_t f = key->kind == K_FUNC ? key->code : KF_NONE;
    if (d >= 0)
        return digit(app, g, d), KEY_TAKEN;
    if (jump_key(key))
        return leave_row(app, g) ? jump_ask(app, g->s) : (void)0, KEY_TAKEN;
    if (f == KF_LEFT && g->q > 0)
        return column(g, -1), KEY_TAKEN;
    if (f == KF_RIGHT)
        return column(g, 1), KEY_TAKEN;
    if (f == KF_BACKSPACE || f == KF_DEL)
        return rub_out(app, g), KEY_TAKEN;
    if (key->kind == K_CTRL && key->code == 'U')
        return restore(app, g), KEY_TAKEN;
    if (act == ACT_BACK && !leave_row(app, g) &&
        !popup_confirm(app, _("返回"), _("这一行没有存上，输入的留作草稿。"), _("返回")))
        return KEY_TAKEN;
    return act_on(app, g, act);
}

static const char *grid_enabled(struct app *app, struct screen *scr, enum action a)
{
    (void)app;
    (void)scr;
    switch (a) {
    case ACT_EDIT:
        return _("整张表");
    case ACT_NEW:
    case ACT_REFRESH:
    case ACT_SAVE:
    case ACT_PGUP:
    case ACT_PGDN:
    case ACT_OPEN:
    case ACT_MARK:
    case ACT_FILTER:
        return "";
    default:
        return NULL;
    }
}

static const char *grid_help(struct app *app, struct screen *scr)
{
    (void)app;
    (void)scr;
    return _(
        "一行一名孩子，一格一个数字，下面一行写着这一格怎样答。\n"
        "没有变化的：1 见到，1 核实无变化，回车，自动到下一行。\n"
        "没有见到的：填原因的数字，回车，写一句情况。退出的：4，回车，选退出原因。\n"
        "空格或右键跳过一格，退格改一格，Ctrl-U 整行还原，上下键换行，换行时自动存。\n"
        "没填完的行留着草稿，断线也不丢；状态写着【没填完】【要改】【冲突】的按 F2 看整张表。\n"
        "【被退回】的行上面写着抽查说什么；改好以后回车，写改了什么。\n"
        "/ 按姓名、拼音首字母或行号找一行。\n"
        "F6 新增疑似孩子、场所或隐患。疑似的查过要有结论：3 新增，报乡镇和县里审核；5 "
        "排除，写理由。\n"
        "F9 里有孩子的档案、未查说明、排查日期、代录、只看待查的、打印排查表。");
}

static void grid_leave(struct app *app, struct screen *scr)
{
    struct grid *g = scr->state;
    struct grid_row *r = current(g);
    if (r && grid_typed(r)) /* the line hung up, or a jump went away */
        grid_keep(app, g, r);
}

static const struct screen_ops grid_ops = {
    .draw = grid_draw,
    .key = grid_key,
    .leave = grid_leave,
    .enabled = grid_enabled,
    .help = grid_help,
};

void grid_reload(struct app *app, struct grid *g)
{
    reload(app, g);
}

/* What the spot check returned has a deadline; then what waits or was begun. */
static size_t first_row(const struct grid *g)
{
    size_t first = g->n;
    for (size_t i = g->n; i-- > 0;)
        if (g->row[i].state == '4')
            first = i;
    for (size_t i = 0; i < g->n && first == g->n; i++)
        if (grid_waits(&g->row[i]) || grid_typed(&g->row[i]))
            first = i;
    return first < g->n ? first : 0;
}

void sweep_grid_show(struct app *app, struct session *s, const struct sweep_one *one,
                     const char *village, const char *place)
{
    if (one->opening) {
        app_message(app, _("名单还在建立，一会儿再来；建好以后就能填。"));
        return;
    }
    struct grid *g = talloc_zero(NULL, struct grid);
    MUST(g);
    g->s = s;
    g->fit = 1;
    g->sweep = one->id;
    g->title = talloc_strdup(g, one->title);
    g->due = talloc_strdup(g, one->due ? one->due : "");
    g->village = talloc_strdup(g, village);
    g->place_name = talloc_strdup(g, place);
    if (grid_load(app, g) < 0) {
        talloc_free(g);
        return;
    }
    g->at = first_row(g);
    app_push(app, &grid_ops, g);
}

void sweep_grid_open(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    struct sweep_one one;
    const char *place;
    char village[13];
    if (sweep_which(app, s, ctx, &one) && sweep_village(app, s, ctx, village, &place))
        sweep_grid_show(app, s, &one, village, place);
    talloc_free(ctx);
}
