#include "tui/agreement.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "tui/popup.h"

/* Codes of forms/codes/agr_state.csv. */
enum { DRAFT = '1', TO_SIGN, IN_FORCE, MAKE_UP, CHANGED, ENDED, EXPIRED, VOIDED };
enum { NAME_CHARS = 72 };

/* One agreement on the way through its acts. */
struct pact {
    struct app *app;
    struct session *s;
    void *ctx;
    uint64_t id;
    char state;
    const char *name; /* of the child */
    const char *end;
};

static bool may(const struct pact *p, const char *verb)
{
    return session_may_do(p->s, "agreement", verb);
}

static bool running(const struct pact *p)
{
    return p->state == IN_FORCE || p->state == MAKE_UP;
}

/* --- asking the server --- */

static bool has_errors(const struct node *answer)
{
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next)
        if (*node_text_or(e, "level", "") == 'E')
            return true;
    return false;
}

/* What stands in the way, as a text to read. */
static void show_errors(struct pact *p, const struct node *answer)
{
    char *text = talloc_strdup(p->ctx, "");
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next)
        if (*node_text_or(e, "level", "") == 'E')
            text = talloc_asprintf_append(text, "%s\n", node_text_or(e, "text", ""));
    if (*text)
        popup_pager(p->app, _("还不能办理"), text);
}

/* The id that came of it, 0 when it was refused. Doubts are those of the form, asked there. */
static uint64_t act(struct pact *p, enum wire_op op, const struct node *v, const char *why)
{
    struct node *body = node_map(p->ctx), *answer = NULL;
    node_int(body, "id", (int64_t)p->id);
    if (v)
        node_copy(body, "v", v);
    if (why)
        node_str(body, "why", why);
    node_bool(body, "confirm_all", true);
    int r = session_call(p->app, p->s, p->ctx, op, body, &answer);
    if (r == HE_RULE)
        show_errors(p, answer);
    return r < 0 ? 0 : (uint64_t)node_num(answer, "id", 0);
}

/* The child's agreement that matters now: in preparation, in force, the last one that is over. */
static void take(struct pact *p, const struct node *row, int *best)
{
    static const int rank[] = {[DRAFT] = 4,   [TO_SIGN] = 4, [IN_FORCE] = 3, [MAKE_UP] = 3,
                               [CHANGED] = 0, [ENDED] = 1,   [EXPIRED] = 2,  [VOIDED] = 0};
    const struct node *v = node_get(row, "v");
    const char *state = node_text_or(v, "state", "1"), *end = node_text_or(v, "end", "");
    int r = *state >= DRAFT && *state <= VOIDED ? rank[(int)*state] : 0;
    if (r == 0 || r < *best || (r == *best && p->end && strcmp(end, p->end) <= 0))
        return;
    *best = r;
    p->id = (uint64_t)node_num(row, "id", 0);
    p->state = *state;
    p->end = talloc_strdup(p->ctx, end);
}

static int find_latest(struct pact *p, uint64_t child)
{
    struct node *body = node_map(p->ctx), *fields, *answer = NULL;
    int best = 0;
    node_str(body, "type", "agreement");
    node_str(body, "where", text_printf(p->ctx, "child = %llu", (unsigned long long)child));
    fields = node_add_list(body, "fields");
    node_str(fields, NULL, "state");
    node_str(fields, NULL, "end");
    node_bool(body, "raw", true);
    node_int(body, "limit", 100);
    int r = session_call(p->app, p->s, p->ctx, OP_REC_LIST, body, &answer);
    if (r < 0)
        return r;
    for (const struct node *row = node_first(node_get(answer, "rows")); row; row = row->next)
        take(p, row, &best);
    return 0;
}

static void print(struct pact *p, uint64_t id)
{
    print_open(p->app, p->s, "agreement", id);
}

static void open_at(struct pact *p, uint64_t id, const char *field)
{
    form_open(p->app, p->s, &(struct form_ask){.type = "agreement", .id = id, .field = field},
              NULL);
}

/* --- a first one --- */

static void draft(struct pact *p, uint64_t child)
{
    struct node *body = node_map(p->ctx), *answer = NULL;
    const char *answers[] = {_("打印协议书"), _("以后再打印")};
    uint64_t saved = 0;
    node_int(body, "child", (int64_t)child);
    if (session_call(p->app, p->s, p->ctx, OP_AGREEMENT_KNOWN, body, &answer) < 0)
        return;
    struct node *made = node_list(p->ctx);
    struct form_ask ask = {.type = "agreement",
                           .of = "child",
                           .of_id = child,
                           .view = answer,
                           .field = "start",
                           .made = made};
    if (form_open(p->app, p->s, &ask, &saved) <= 0 || !saved || !may(p, "print") ||
        popup_choose(p->app, _("照护协议"), _("协议已存好。"), answers, 2, 0) != 0)
        return;
    print(p, saved);
    for (const struct node *e = node_first(made); e; e = e->next)
        print(p, (uint64_t)e->num);
}

/* --- renewing --- */

/* From when to when, and with whom; NULL when it cannot be. */
static const char *renewal_text(struct pact *p, const struct node *v)
{
    struct node *body = node_map(p->ctx), *answer = NULL;
    node_int(body, "id", (int64_t)p->id);
    node_copy(body, "v", v);
    if (session_call(p->app, p->s, p->ctx, OP_AGREEMENT_KNOWN, body, &answer) < 0)
        return NULL;
    if (has_errors(answer)) {
        show_errors(p, answer);
        return NULL;
    }
    const struct node *got = node_get(answer, "v"), *show = node_get(answer, "show");
    return text_printf(p->ctx, _("%s：从 %s 到 %s，照护人 %s。其余照上一份。"), p->name,
                       node_text_or(got, "start", ""), node_text_or(got, "end", ""),
                       node_text_or(show, "caregiver", ""));
}

static void renew_until(struct pact *p, const char *typed)
{
    const char *answers[] = {_("续签并打印"), _("只续签，以后打印"), _("不续签")};
    struct node *v = node_map(p->ctx);
    node_str(v, "end", typed);
    const char *text = renewal_text(p, v);
    int i = text ? popup_choose(p->app, _("续签照护协议"), text, answers, 3, 0) : -1;
    uint64_t id = i == 0 || i == 1 ? act(p, OP_AGREEMENT_RENEW, v, NULL) : 0;
    if (!id)
        return;
    app_message(p->app, _("已续签，等签字。签好以后用 8 登记签字日期。"));
    if (i == 0)
        print(p, id);
}

static char *ask_until(struct pact *p, const char *prompt)
{
    const struct edit_opts opts = {.cols = 12, .max_chars = 20, .flags = EDIT_HALFWIDTH};
    return popup_ask(p->app, p->ctx, _("续签照护协议"), prompt, "", &opts);
}

static void renew(struct pact *p)
{
    char *typed = ask_until(p, _("续到哪一天（+1y 续一年）："));
    if (typed)
        renew_until(p, *typed ? typed : "+1y");
}

/* Somebody else cares from now on: checked anew, in the form of the new agreement. */
static void change(struct pact *p)
{
    const struct edit_opts opts = {.cols = 20, .max_chars = NAME_CHARS};
    char *name = popup_ask(p->app, p->ctx, _("更换照护人"), _("新照护人的姓名："), "", &opts);
    if (!name || !*name)
        return;
    struct node *v = node_map(p->ctx);
    node_str(v, "end", "+0d");
    node_nil(v, "caregiver");
    node_str(v, "caregiver.name", name);
    uint64_t id = act(p, OP_AGREEMENT_RENEW, v, NULL);
    if (id)
        open_at(p, id, "caregiver_relation");
}

/* --- ending --- */

static const char *ask_reason(struct pact *p)
{
    const struct form *form = dict_form(p->s->dict, "agreement");
    const struct form_field *f = form ? form_field(form, "end_reason") : NULL;
    const struct codes *codes = f ? f->codes : NULL;
    struct pick_item *items = talloc_zero_array(p->ctx, struct pick_item, codes ? codes->n + 1 : 1);
    MUST(items);
    for (size_t i = 0; codes && i < codes->n; i++)
        items[i] =
            (struct pick_item){.code = codes->code[i].code, .label = _(codes->code[i].label)};
    struct pick pick = {.title = _("终止原因"), .items = items, .n = codes ? codes->n : 0};
    int i = popup_pick(p->app, &pick);
    return i < 0 ? NULL : codes->code[i].code;
}

static void end(struct pact *p)
{
    const struct edit_opts opts = {.cols = 12, .max_chars = 20, .flags = EDIT_HALFWIDTH};
    const char *reason = ask_reason(p);
    char *day = reason ? popup_ask(p->app, p->ctx, _("解除照护协议"),
                                   _("到哪一天为止（今、昨、2026-3-12）："), _("今天"), &opts)
                       : NULL;
    if (!day)
        return;
    struct node *v = node_map(p->ctx);
    node_str(v, "end_reason", reason);
    node_str(v, "ended_on", day);
    char *text = text_printf(p->ctx, _("%s的照护协议到 %s 为止。孩子以后由谁照料，记在档案里。"),
                             p->name, day);
    if (popup_confirm(p->app, _("解除照护协议"), text, _("解除")) &&
        act(p, OP_AGREEMENT_END, v, NULL))
        app_message(p->app, _("已解除。"));
}

static void make_void(struct pact *p)
{
    char *why = popup_why(p->app, p->ctx, _("作废照护协议"), _("为什么作废："),
                          _("写一句原因，以后查得清楚。"));
    if (why && act(p, OP_AGREEMENT_VOID, NULL, why))
        app_message(p->app, _("已作废。"));
}

/* --- what can be done now --- */

static void sign(struct pact *p)
{
    open_at(p, p->id, "sign_a_date");
}

/* Of a signed one only what comes afterwards is still filled in. */
static void edit(struct pact *p)
{
    open_at(p, p->id, running(p) ? "told_school_date" : NULL);
}

static void print_it(struct pact *p)
{
    print(p, p->id);
}

/* Which conditions are open: what a signing today would be told, save the signatures themselves. */
static void lacks(struct pact *p)
{
    struct node *body = node_map(p->ctx), *answer = NULL;
    const char *text;
    char *all = talloc_strdup(p->ctx, "");
    node_int(body, "id", (int64_t)p->id);
    node_add_map(body, "v");
    node_bool(body, "dry", true);
    int r = session_call_quiet(p->app, p->s, p->ctx, OP_AGREEMENT_SIGN, body, &answer, &text);
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next)
        if (*node_text_or(e, "level", "") == 'E' &&
            strcmp(node_text_or(e, "code", ""), "not_signed") != 0)
            all = talloc_asprintf_append(all, "%s\n", node_text_or(e, "text", ""));
    if (*all)
        popup_pager(p->app, _("签订之前要办好"), all);
    else
        app_message(p->app, "%s", r == HE_RULE || r == 0 ? _("都办好了，可以签。") : text);
}

static const struct deed {
    const char *label;
    const char *verb;   /* right */
    const char *states; /* in which it can be done */
    void (*run)(struct pact *);
} deeds[] = {
    {N_("登记签字"), "sign", "124", sign},
    {N_("还差什么"), "sign", "1", lacks},
    {N_("续签"), "add", "3467", renew},
    {N_("更换照护人"), "add", "34", change},
    {N_("打印协议书"), "print", "1234", print_it},
    {N_("修改、补记告知日期"), "change", "1234", edit},
    {N_("解除"), "end", "34", end},
    {N_("作废"), "void", "1234", make_void},
};

static void choose(struct pact *p)
{
    const char *labels[NELEM(deeds)];
    const struct deed *can[NELEM(deeds)];
    const struct form *form = dict_form(p->s->dict, "agreement");
    const struct form_field *f = form ? form_field(form, "state") : NULL;
    size_t n = 0;
    for (size_t i = 0; i < NELEM(deeds); i++)
        if (may(p, deeds[i].verb) && strchr(deeds[i].states, p->state)) {
            can[n] = &deeds[i];
            labels[n++] = _(deeds[i].label);
        }
    if (n == 0) {
        app_message(p->app, _("这份协议已经结束，没有要办的。"));
        return;
    }
    char *text = text_printf(p->ctx, _("%s的协议：%s"), p->name,
                             f && f->codes ? _(codes_label(f->codes, (char[]){p->state, 0})) : "");
    if (p->end && *p->end)
        text = talloc_asprintf_append(text, _("，到 %s"), p->end);
    int i = popup_choose(p->app, _("照护协议"), text, labels, n, 0);
    if (i >= 0)
        can[i]->run(p);
}

/* What was asked most for stands first: a date renews, nothing typed shows the rest. */
static void renew_or_more(struct pact *p)
{
    char *typed =
        ask_until(p, text_printf(p->ctx, _("现在的到 %s，续到哪一天（+1y 续一年，空着办别的）："),
                                 p->end ? p->end : ""));
    if (typed && *typed)
        renew_until(p, typed);
    else if (typed)
        choose(p);
}

void agreement_child(struct app *app, struct session *s, uint64_t child, const char *name)
{
    struct pact p = {.app = app, .s = s, .ctx = talloc_new(app), .name = name};
    if (find_latest(&p, child) == 0) {
        if (!p.id)
            draft(&p, child);
        else if (running(&p) || p.state == EXPIRED)
            renew_or_more(&p);
        else if (p.state == ENDED)
            draft(&p, child);
        else
            choose(&p);
    }
    talloc_free(p.ctx);
}

void agreement_row(struct app *app, struct session *s, uint64_t id)
{
    struct pact p = {.app = app, .s = s, .ctx = talloc_new(app), .id = id};
    struct node *body = node_map(p.ctx), *view = NULL;
    node_str(body, "type", "agreement");
    node_int(body, "id", (int64_t)id);
    if (session_call(app, s, p.ctx, OP_REC_GET, body, &view) == 0) {
        const struct node *v = node_get(view, "v");
        p.state = *node_text_or(v, "state", "1");
        p.end = node_text_or(v, "end", "");
        p.name = node_text_or(node_get(view, "show"), "child", "");
        choose(&p);
    }
    talloc_free(p.ctx);
}
