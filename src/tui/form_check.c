/*
 * Findings and the way of a save. Three tiers (research/ux.md 3.2): the editor refuses characters,
 * a field judges its own text on leaving, saving judges the whole; none of them holds the cursor.
 */
#include "tui/form_priv.h"

#include <string.h>
#include <talloc.h>

/* --- findings at places --- */

static void add(struct model *m, char level, size_t place, const char *code, const char *text)
{
    m->finding = talloc_realloc(m, m->finding, struct form_finding, (unsigned)m->nfinding + 1);
    MUST(m->finding);
    m->finding[m->nfinding++] =
        (struct form_finding){level, place, talloc_strdup(m, code), talloc_strdup(m, text)};
}

void check_clear(struct model *m, size_t place)
{
    size_t n = 0;
    for (size_t i = 0; i < m->nfinding; i++)
        if (m->finding[i].place != place)
            m->finding[n++] = m->finding[i];
    m->nfinding = n;
}

char check_level(const struct model *m, size_t place)
{
    char level = 0;
    for (size_t i = 0; i < m->nfinding; i++)
        if (m->finding[i].place == place && level != 'E')
            level = m->finding[i].level;
    return level;
}

/* The finding behind the place, round the end; one of the whole record is no place to go. */
size_t check_next(const struct model *m, size_t after)
{
    size_t best = NO_PLACE, first = NO_PLACE;
    for (size_t i = 0; i < m->nfinding; i++) {
        size_t p = m->finding[i].place;
        if (p == NO_PLACE)
            continue;
        if (first == NO_PLACE || p < m->finding[first].place)
            first = i;
        if (p > after && (best == NO_PLACE || p < m->finding[best].place))
            best = i;
    }
    return best != NO_PLACE ? best : first;
}

/* What can be said without asking anybody. */
static void judge_here(struct model *m)
{
    m->nfinding = 0;
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *p = &m->place[i];
        if (p->a.problem) {
            add(m, 'E', i, "typed", p->a.problem);
        } else if (p->f->must && !p->path.via && !p->a.value && !p->fixed) {
            char *text = text_printf(m, _("请填写【%s】"), p->label);
            add(m, 'E', i, "missing", text);
        }
    }
}

/* The server's findings; a place that has one already keeps its own words. */
static void take_findings(struct model *m, const struct node *answer)
{
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next) {
        const char *level = node_text_or(e, "level", "");
        size_t place = model_find(m, node_text(e, "field"));
        if ((*level != 'E' && *level != 'W') || (place != NO_PLACE && check_level(m, place) == 'E'))
            continue;
        add(m, *level, place, node_text_or(e, "code", ""), node_text_or(e, "text", ""));
    }
}

static size_t count(const struct model *m, char level)
{
    size_t n = 0;
    for (size_t i = 0; i < m->nfinding; i++)
        n += m->finding[i].level == level;
    return n;
}

/* --- asking the server --- */

static int quiet_call(struct form_screen *fs, void *ctx, enum wire_op op, struct node *body,
                      struct node **answer)
{
    const char *text = NULL;
    int r = session_call_quiet(fs->app, fs->s, ctx, op, body, answer, &text);
    if (r < 0 && r != HE_RULE && r != HE_CONFLICT)
        app_message(fs->app, "%s", text ? text : _(err_text(r)));
    return r;
}

int check_call(struct form_screen *fs, void *ctx, struct node **answer, bool quiet)
{
    struct node *body = node_map(ctx);
    const char *text;
    model_send(fs->m, body);
    return quiet ? session_call_quiet(fs->app, fs->s, ctx, OP_REC_CHECK, body, answer, &text)
                 : quiet_call(fs, ctx, OP_REC_CHECK, body, answer);
}

static bool open_summary(struct form_screen *fs)
{
    fs->summary = true;
    size_t i = check_next(fs->m, NO_PLACE);
    if (i != NO_PLACE)
        form_goto(fs, fs->m->finding[i].place);
    return false;
}

/* --- warnings: 1=确认无误 --- */

static bool confirm_warnings(struct form_screen *fs)
{
    struct model *m = fs->m;
    const char *answers[] = {_("确认无误"), _("返回修改")};
    for (size_t i = 0; i < m->nfinding; i++) {
        const struct form_finding *f = &m->finding[i];
        if (f->level != 'W')
            continue;
        const char *label = f->place == NO_PLACE ? _("请确认") : m->place[f->place].label;
        if (popup_choose(fs->app, label, f->text, answers, 2, 1) == 0)
            continue;
        if (f->place != NO_PLACE)
            form_goto(fs, f->place);
        return false;
    }
    return true;
}

/* --- storing --- */

static void stored(struct form_screen *fs, const struct node *answer)
{
    bool fresh = fs->m->id == 0;
    uint64_t id = (uint64_t)node_num(answer, "id", (int64_t)fs->m->id);
    model_remember(fs->m);
    fs->done = true;
    fs->unknown = false;
    *fs->saved = id;
    for (const struct node *e = node_first(node_get(answer, "also")); e && fs->ask->made;
         e = e->next)
        node_copy(fs->ask->made, NULL, e);
    if (node_get(answer, "next")) {
        fs->next = node_map(fs);
        node_copy(fs->next, "next", node_get(answer, "next"));
    }
    if (node_num(answer, "change", 0))
        app_message(fs->app, _("%s：已保存，等上级审核"), fs->title);
    else
        app_message(fs->app, fresh ? _("%s：已登记") : _("%s：已保存"), fs->title);
}

static struct node *save_body(const struct form_screen *fs, void *ctx)
{
    struct node *body = node_map(ctx), *confirmed;
    model_send(fs->m, body);
    node_str(body, "source", "form");
    if (fs->draft)
        node_str(body, "draft", fs->draft);
    if (fs->also && node_first(fs->also))
        node_copy(body, "also", fs->also);
    confirmed = node_add_list(body, "confirmed");
    for (size_t i = 0; i < fs->m->nfinding; i++)
        if (fs->m->finding[i].level == 'W')
            node_str(confirmed, NULL, fs->m->finding[i].code);
    return body;
}

/* An earlier save whose answer was lost: 0 it happened, 1 it did not, else still not known. */
static int ask_outcome(struct form_screen *fs, void *ctx)
{
    struct node *answer = NULL;
    const char *text = NULL;
    int r = client_outcome(fs->s->client, ctx, &answer, &text);
    if (r == 0) {
        stored(fs, answer);
        return 0;
    }
    if (r == HE_UNREACHABLE || r == HE_NOTFOUND) {
        fs->unknown = false;
        return 1;
    }
    app_message(fs->app, _("还查不到上次是否保存成功，内容都在，请稍后再按保存"));
    return HE_UNKNOWN;
}

/* Its values go with another record's. */
static void collect(struct form_screen *fs)
{
    struct node *body = node_map(fs);
    model_send(fs->m, body);
    node_copy(fs->ask->collect, NULL, node_get(body, "v"));
    fs->done = true;
}

enum next { STORED, STAY, AGAIN };

static enum next store(struct form_screen *fs, void *ctx)
{
    struct node *answer = NULL;
    int r = quiet_call(fs, ctx, fs->m->id ? OP_REC_SET : OP_REC_ADD, save_body(fs, ctx), &answer);
    switch (r) {
    case 0:
        stored(fs, answer);
        return STORED;
    case HE_RULE:
        judge_here(fs->m);
        take_findings(fs->m, answer);
        if (fs->m->nfinding == 0)
            app_message(fs->app, "%s", node_text_or(answer, "text", _(err_text(r))));
        return count(fs->m, 'E') ? (open_summary(fs), STAY) : fs->m->nfinding ? AGAIN : STAY;
    case HE_CONFLICT:
        return conflict_solve(fs, answer) ? AGAIN : STAY;
    case HE_UNKNOWN:
        fs->unknown = true;
        app_message(fs->app, _("线路断了，还不知道有没有保存。内容都在，再按保存会先查清楚"));
        return STAY;
    default:
        return STAY;
    }
}

/* Findings, conflicts, duplicates, then the review page. */
static enum next ask_first(struct form_screen *fs, void *ctx)
{
    struct node *answer = NULL;
    judge_here(fs->m);
    int r = check_call(fs, ctx, &answer, false);
    if (r < 0 && r != HE_RULE && r != HE_CONFLICT)
        return count(fs->m, 'E') ? (open_summary(fs), STAY) : STAY;
    if (node_first(node_get(answer, "conflict")))
        return conflict_solve(fs, answer) ? AGAIN : STAY;
    take_findings(fs->m, answer);
    if (count(fs->m, 'E')) {
        open_summary(fs);
        return STAY;
    }
    if (same_show(fs, node_get(answer, "same"))) {
        app_close(fs->app, fs->screen, 0);
        return STAY;
    }
    long to = review_before_save(fs, answer);
    if (to > 0)
        form_goto(fs, (size_t)to - 1);
    return to == 0 && confirm_warnings(fs) ? STORED : STAY;
}

bool check_save(struct form_screen *fs)
{
    enum next next = AGAIN;
    void *ctx = talloc_new(fs);
    if (fs->unknown) {
        int r = ask_outcome(fs, ctx);
        if (r <= 0) {
            talloc_free(ctx);
            return r == 0;
        }
    }
    if (fs->m->id && model_changes(fs->m) == 0 && !fs->ask->change) {
        judge_here(fs->m);
        if (fs->m->nfinding == 0)
            app_message(fs->app, _("没有改动，不用保存"));
        else
            open_summary(fs);
        next = STAY;
    }
    for (int tries = 0; next == AGAIN && tries < 8; tries++) {
        next = ask_first(fs, ctx);
        if (next == STORED && fs->ask->collect)
            collect(fs);
        else if (next == STORED) {
            house_collect(fs);
            next = store(fs, ctx);
        }
    }
    talloc_free(ctx);
    return next == STORED;
}
