/*
 * The rows of the grid: read once with all that is answered; saved one by one. What was typed and is
 * not whole yet waits as a draft of the row's record, so its form, the next sign-in and another
 * terminal find it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "tui/sweep_grid.h"

enum { PAGE = 100, ROWS_MAX = 5000 };

static const char *const fixed[] = {"row",         "name",      "village_group", "state",
                                    "origin",      "child",     "place",         "explain",
                                    "spot_fields", "spot_note", "fix_due"};
/* A place is looked at, not asked: that it was seen goes without saying. */
static const char *const place_fields[] = {"result", "place_sign", "place_gear", "place_patrol"};

/* --- questions --- */

static void add_digit(struct grid *g, struct grid_q *q, const char *code, const char *label)
{
    if (code[0] < '0' || code[0] > '9' || code[1])
        return;
    q->digits = q->digits ? talloc_asprintf_append(base_unconst(q->digits), "%c", code[0])
                          : text_printf(g, "%c", code[0]);
    q->what[code[0] - '0'] = talloc_strdup(g, label);
}

static void ask_field(struct grid *g, struct grid_q *q, const struct form_field *f)
{
    *q = (struct grid_q){.field = f->name, .label = _(f->label)};
    for (size_t i = 0; f->codes && i < f->codes->n; i++)
        add_digit(g, q, f->codes->code[i].code, _(f->codes->code[i].label));
    if (!f->codes) {
        add_digit(g, q, "1", _("是"));
        add_digit(g, q, "0", _("否"));
    }
}

/* Only what one digit answers stands in the grid; the form has the rest. */
static void read_questions(struct grid *g, const struct node *list)
{
    const struct form *form = dict_form(g->s->dict, "sweep_item");
    for (const struct node *e = node_first(node_get(list, "grid")); e; e = e->next) {
        const struct form_field *f = form_field(form, node_text_or(e, "field", ""));
        if (!f || g->nchild == GRID_QUESTIONS || (!f->codes && f->type->widget != WIDGET_YESNO))
            continue;
        ask_field(g, &g->child[g->nchild], f);
        for (const struct node *k = node_first(node_get(list, "need")); k; k = k->next)
            if (k->type == NODE_STR && strcmp(k->str, f->name) == 0)
                g->child[g->nchild].need = true;
        g->nchild++;
    }
    for (size_t i = 0; i < NELEM(place_fields); i++) {
        const struct form_field *f = form_field(form, place_fields[i]);
        if (f) {
            ask_field(g, &g->place[g->nplace], f);
            g->place[g->nplace++].need = i == 0;
        }
    }
}

const struct grid_q *grid_questions(const struct grid *g, const struct grid_row *r, size_t *n)
{
    *n = r && r->place ? g->nplace : g->nchild;
    return r && r->place ? g->place : g->child;
}

/* The rules of sweep_item.form: what a place, a registered and a suspected child cannot be. */
bool grid_takes(const struct grid_row *r, const struct grid_q *q, char digit)
{
    const char *not = "";
    if (strcmp(q->field, "found") == 0)
        not = "6";
    else if (strcmp(q->field, "result") == 0)
        not = r->place ? "345" : r->origin == '1' ? "35" : r->origin == '2' ? "124" : "";
    return q->digits && strchr(q->digits, digit) && !strchr(not, digit);
}

/* --- rows --- */

/* "抽查退回：父亲电话，号码不通。08-06 20:10 前改" */
static const char *returned(void *ctx, const struct node *v)
{
    const char *fields = node_text_or(v, "spot_fields", ""),
               *note = node_text_or(v, "spot_note", "");
    const char *due = node_text_or(v, "fix_due", "");
    return text_printf(ctx, _("抽查退回：%s%s%s。%.11s 前改"), fields,
                       *fields && *note ? _("，") : "", note, strlen(due) > 5 ? due + 5 : due);
}

static void take_row(struct grid *g, struct grid_row *r, const struct node *e)
{
    const struct node *v = node_get(e, "v");
    size_t n;
    r->id = (uint64_t)node_num(e, "id", 0);
    r->version = (uint32_t)node_num(e, "version", 0);
    r->no = strtoll(node_text_or(v, "row", "0"), NULL, 10);
    r->name = talloc_strdup(g->row, node_text_or(v, "name", ""));
    r->group = talloc_strdup(g->row, node_text_or(v, "village_group", ""));
    r->state = *node_text_or(v, "state", "1");
    r->origin = *node_text_or(v, "origin", "1");
    r->back = r->state == '4' ? returned(g->row, v) : NULL;
    r->child = strtoull(node_text_or(v, "child", "0"), NULL, 10);
    r->explained = *node_text_or(v, "explain", "") != '\0';
    r->place = !r->child && node_text(v, "place");
    const struct grid_q *q = grid_questions(g, r, &n);
    for (size_t i = 0; i < n; i++)
        r->cell[i].stored = *node_text_or(v, q[i].field, "");
}

static struct node *rows_body(void *ctx, const struct grid *g, const char *where)
{
    struct node *b = node_map(ctx), *fields = node_add_list(b, "fields");
    node_str(b, "type", "sweep_item");
    node_str(b, "where", where);
    node_str(b, "area", g->village);
    node_str(b, "sort", "place_no");
    node_bool(b, "raw", true);
    node_int(b, "limit", PAGE);
    for (size_t i = 0; i < NELEM(fixed); i++)
        node_str(fields, NULL, fixed[i]);
    for (size_t i = 0; i < g->nchild; i++)
        node_str(fields, NULL, g->child[i].field);
    for (size_t i = 1; i < g->nplace; i++)
        node_str(fields, NULL, g->place[i].field);
    return b;
}

static int read_rows(struct app *app, struct grid *g, void *ctx)
{
    char *where = text_printf(ctx, "sweep = %" PRIu64 "%s", g->sweep,
                              g->open_only ? " and state in ('1','4')" : ""),
         *after = NULL;
    TALLOC_FREE(g->row);
    g->n = 0;
    do {
        struct node *body = rows_body(ctx, g, where), *answer;
        node_str(body, "after", after);
        int r = session_call(app, g->s, ctx, OP_REC_LIST, body, &answer);
        if (r < 0)
            return r;
        const struct node *rows = node_get(answer, "rows");
        g->row =
            talloc_realloc(g, g->row, struct grid_row, (unsigned)(g->n + (rows ? rows->n : 0)) + 1);
        MUST(g->row);
        for (const struct node *e = node_first(rows); e; e = e->next) {
            g->row[g->n] = (struct grid_row){0};
            take_row(g, &g->row[g->n++], e);
        }
        const char *next = node_text(answer, "next");
        after = next ? talloc_strdup(ctx, next) : NULL;
    } while (after && g->n < ROWS_MAX);
    return 0;
}

void grid_again(struct app *app, struct grid *g, struct grid_row *r)
{
    void *ctx = talloc_new(NULL);
    struct node *body = node_map(ctx), *answer;
    node_str(body, "type", "sweep_item");
    node_int(body, "id", (int64_t)r->id);
    if (session_call(app, g->s, ctx, OP_REC_GET, body, &answer) == 0) {
        *r = (struct grid_row){0};
        take_row(g, r, answer);
    }
    talloc_free(ctx);
}

char grid_value(const struct grid_cell *c)
{
    return c->typed ? c->typed : c->stored;
}

bool grid_typed(const struct grid_row *r)
{
    for (size_t i = 0; i < GRID_QUESTIONS; i++)
        if (r->cell[i].typed && r->cell[i].typed != r->cell[i].stored)
            return true;
    return false;
}

/* Who was not met (found 2 to 5) has no result yet: that is the answer. */
size_t grid_lacks(const struct grid *g, const struct grid_row *r)
{
    size_t n, lacks = SIZE_MAX;
    const struct grid_q *q = grid_questions(g, r, &n);
    for (size_t i = 0; i < n; i++) {
        char v = grid_value(&r->cell[i]);
        if (strcmp(q[i].field, "found") == 0 && v >= '2' && v <= '5')
            return SIZE_MAX;
        if (q[i].need && !v && lacks == SIZE_MAX)
            lacks = i;
    }
    return lacks;
}

bool grid_locked(const struct grid_row *r)
{
    return r->state == '6' || r->state == '7';
}

bool grid_answered(const struct grid_row *r)
{
    return r->state != '1';
}

bool grid_waits(const struct grid_row *r)
{
    return r->state == '1' || r->state == '4';
}

/* --- drafts --- */

static char *draft_key(void *ctx, const struct grid_row *r)
{
    return text_printf(ctx, "sweep_item/%" PRIu64, r->id);
}

/* v: what differs; base: what it was. */
static void put_values(const struct grid *g, const struct grid_row *r, struct node *body)
{
    struct node *v = node_add_map(body, "v"), *base = node_add_map(body, "base");
    size_t n;
    const struct grid_q *q = grid_questions(g, r, &n);
    for (size_t i = 0; i < n; i++) {
        const char now[2] = {r->cell[i].typed, '\0'}, was[2] = {r->cell[i].stored, '\0'};
        if (!*now || *now == *was)
            continue;
        node_str(v, q[i].field, now);
        node_str(base, q[i].field, *was ? was : NULL);
    }
    node_str(body, "type", "sweep_item");
    node_int(body, "id", (int64_t)r->id);
    node_int(body, "version", r->version);
}

void grid_keep(struct app *app, struct grid *g, struct grid_row *r)
{
    void *ctx = talloc_new(NULL);
    struct node *body = node_map(ctx), *draft;
    bool typed = grid_typed(r);
    node_str(body, "key", draft_key(ctx, r));
    if (typed) {
        draft = node_add_map(body, "draft");
        put_values(g, r, draft);
        node_str(draft, "title", r->name);
    }
    if (typed || r->drafted) {
        int e = session_call_quiet(app, g->s, ctx, typed ? OP_DRAFT_PUT : OP_DRAFT_DROP, body, NULL,
                                   NULL);
        r->drafted = e == 0 ? typed : r->drafted;
        if (e < 0)
            app_message(app, _("刚才输入的还没有存成草稿，请不要离开，稍后再试。"));
    }
    talloc_free(ctx);
}

static void lay_over(struct grid *g, struct grid_row *r, const struct node *v)
{
    size_t n;
    const struct grid_q *q = grid_questions(g, r, &n);
    for (size_t i = 0; i < n; i++) {
        const char *s = node_text_or(v, q[i].field, "");
        if (*s && !s[1] && grid_takes(r, &q[i], *s)) {
            r->cell[i].typed = *s;
            r->drafted = true;
        }
    }
}

/* What was typed before a line broke or the form was left. */
static size_t resume(struct app *app, struct grid *g, void *ctx)
{
    struct node *answer, *draft, *body;
    size_t n = 0;
    if (session_call_quiet(app, g->s, ctx, OP_DRAFT_LIST, NULL, &answer, NULL) != 0)
        return 0;
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        const char *key = node_text_or(e, "key", "");
        uint64_t id = strncmp(key, "sweep_item/", 11) == 0 ? strtoull(key + 11, NULL, 10) : 0;
        for (size_t i = 0; id && i < g->n; i++) {
            if (g->row[i].id != id || grid_locked(&g->row[i]))
                continue;
            body = node_map(ctx);
            node_str(body, "key", key);
            if (session_call_quiet(app, g->s, ctx, OP_DRAFT_GET, body, &draft, NULL) == 0) {
                lay_over(g, &g->row[i], node_get(node_get(draft, "draft"), "v"));
                n += g->row[i].drafted;
            }
        }
    }
    return n;
}

/* The village went into another: its rows went along, and so do we (decision 12). */
static bool follow_merge(struct app *app, struct grid *g, void *ctx)
{
    struct sweep_place was, now;
    if (g->n || !sweep_place(app, g->s, ctx, g->village, &was) || !was.successor ||
        !sweep_place(app, g->s, ctx, was.successor, &now))
        return false;
    session_renew(app, g->s);
    app_message(app, _("%s并入了%s，名单跟过来了，行号重新排过。"), g->place_name, now.title);
    g->village = talloc_strdup(g, now.code);
    g->place_name = talloc_strdup(g, now.title);
    return true;
}

int grid_load(struct app *app, struct grid *g)
{
    void *ctx = talloc_new(g);
    struct node *body = node_map(ctx), *list;
    int r = 0;
    if (!g->nchild) {
        node_int(body, "sweep", (int64_t)g->sweep);
        r = session_call(app, g->s, ctx, OP_SWEEP_CHECKLIST, body, &list);
        if (r == 0) {
            read_questions(g, list);
            g->note = talloc_strdup(g, _(node_text_or(list, "note", "")));
        }
    }
    if (r == 0)
        r = read_rows(app, g, ctx);
    if (r == 0 && follow_merge(app, g, ctx))
        r = read_rows(app, g, ctx);
    size_t kept = r == 0 ? resume(app, g, ctx) : 0;
    if (kept)
        app_message(app, _("上次没有填完的 %zu 行已接上，核对后继续。"), kept);
    talloc_free(ctx);
    return r;
}

/* --- saving --- */

static struct node *save_body(const struct grid *g, const struct grid_row *r, void *ctx)
{
    struct node *body = node_map(ctx);
    put_values(g, r, body);
    if (*g->checked_on && !grid_answered(r))
        node_str(base_unconst(node_get(body, "v")), "checked_on", g->checked_on);
    node_str(body, "source", "sweep");
    node_str(body, "typed_for", g->for_login);
    node_str(body, "draft", draft_key(ctx, r));
    node_add_list(body, "confirmed");
    return body;
}

static void stored(struct grid_row *r, const struct node *answer, bool whole)
{
    r->version = (uint32_t)node_num(answer, "version", r->version);
    for (size_t i = 0; i < GRID_QUESTIONS; i++)
        r->cell[i] = (struct grid_cell){.stored = grid_value(&r->cell[i])};
    if (whole && r->state == '1')
        r->state = '2';
    else if (whole && r->state == '4')
        r->state = '5';
    r->bad = NULL;
    r->conflict = r->drafted = false;
}

/* The first finding that stops the row (E), else the first to confirm (W). */
static const struct node *finding(const struct node *answer, char level)
{
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next)
        if (*node_text_or(e, "level", "") == level)
            return e;
    return NULL;
}

/* 1=确认无误, one by one; false: look at the sheet first. */
static bool confirm(struct app *app, const struct node *answer, struct node *body)
{
    const char *const answers[] = {_("确认无误"), _("先不保存")};
    struct node *list = node_add_list(body, "confirmed");
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next) {
        if (*node_text_or(e, "level", "") != 'W')
            continue;
        if (popup_choose(app, _("请确认"), node_text_or(e, "text", ""), answers, 2, 1) != 0)
            return false;
        node_str(list, NULL, node_text_or(e, "code", ""));
    }
    return true;
}

/* "排查结果 核实无变化、住处安全 否": what the other one answered. */
static char *theirs(void *ctx, const struct grid *g, const struct node *conflict)
{
    const struct form *form = dict_form(g->s->dict, "sweep_item");
    char *out = talloc_strdup(ctx, "");
    for (const struct node *e = node_first(conflict); e; e = e->next) {
        const struct form_field *f = form_field(form, node_text_or(e, "field", ""));
        if (f)
            out = talloc_asprintf_append(out, "%s%s %s", *out ? _("、") : "", _(f->label),
                                         _(type_show(ctx, f, node_text(e, "theirs"))));
    }
    MUST(out);
    return out;
}

/* Somebody answered the row meanwhile: his digits are the ground now, ours stay on top. */
static void met(struct app *app, struct grid *g, struct grid_row *r, const struct node *answer)
{
    struct grid_cell mine[GRID_QUESTIONS];
    const struct node *list = node_get(answer, "conflict");
    memcpy(mine, r->cell, sizeof(mine));
    grid_again(app, g, r);
    for (size_t i = 0; i < GRID_QUESTIONS; i++)
        r->cell[i].typed = mine[i].typed;
    r->conflict = true;
    app_message(app, _("%s 刚填过这一行：%s。回车用您的，Ctrl-U 用他的。"),
                node_text_or(node_first(list), "who", _("别人")),
                theirs(base_unconst(answer), g, list));
}

/* What stands in the way is asked here and now; false: it stays, with its reason. */
static bool mended(struct app *app, struct grid *g, const struct node *answer, struct node *body)
{
    const struct node *e = finding(answer, 'E');
    if (e)
        return grid_ask(app, g, e, base_unconst(node_get(body, "v")));
    return finding(answer, 'W') && confirm(app, answer, body);
}

/* What goes up for review with the answer. */
static const char *sent_up(const struct grid *g, const struct grid_row *r)
{
    size_t n, i = 0;
    const struct grid_q *q = grid_questions(g, r, &n);
    while (i < n && strcmp(q[i].field, "result") != 0)
        i++;
    char result = i < n ? grid_value(&r->cell[i]) : '\0';
    return result == '5' ? _("已报乡镇和县里审核，批了就不再列入。")
           : result == '3' ? _("已报审核。F9【孩子的档案】把资料补全，好让上面核对。")
                           : _("已报乡镇和县里审核，批了才生效。");
}

bool grid_save(struct app *app, struct grid *g, struct grid_row *r)
{
    void *ctx = talloc_new(g);
    struct node *body = save_body(g, r, ctx), *answer = NULL;
    const char *text = NULL;
    int e;
    do {
        e = session_call_quiet(app, g->s, ctx, OP_REC_SET, body, &answer, &text);
    } while (e == HE_RULE && mended(app, g, answer, body));
    if (e == 0) {
        stored(r, answer, grid_lacks(g, r) == SIZE_MAX);
        g->told = node_num(answer, "change", 0) != 0;
        if (g->told)
            app_message(app, "%s", sent_up(g, r));
    } else if (e == HE_CONFLICT) {
        met(app, g, r, answer);
    } else {
        const struct node *f = finding(answer, 'E');
        r->bad = talloc_strdup(g, f ? node_text_or(f, "text", "") : text ? text : _(err_text(e)));
        app_message(app, "%s", r->bad);
        grid_keep(app, g, r);
    }
    talloc_free(ctx);
    return e == 0;
}
