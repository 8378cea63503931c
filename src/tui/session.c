/* Signing in, calls with everything that can happen to them, rights, the words of row 1. */
#include "tui/session.h"

#include <malloc.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "rec/check.h"
#include "tui/popup.h"

enum { SLOW_MS = 300, PAGE = 200 };

static void slow(void *arg)
{
    struct session *s = arg;
    if (s->app)
        app_wait(s->app, true);
}

/* The first mistake stands for all: whoever can mend them asks `hutongctl forms check`. */
static int load_dict(struct session *s, const char **text)
{
    struct conf_errors *errs = conf_errors_new(s);
    dict_load_big_late(true);
    struct dict *dict = rec_load_dict(s, s->place->forms, errs);
    (void)malloc_trim(0); /* reading the files took several times what is kept of them */
    if (!dict) {
        *text = text_printf(s, _("表单定义有错，请联系县局管理员：%s"),
                            errs->n ? errs->text[0] : s->place->forms);
        return HE_FORMAT;
    }
    talloc_free(errs);
    s->dict = dict; /* an older one stays: screens still point into it */
    s->conf.digest = dict->digest;
    return 0;
}

/* Where the person sits, for the audit trail: the address of ssh, else the terminal. */
static const char *come_from(void *ctx)
{
    const char *ssh = getenv("SSH_CLIENT"), *tty;
    if (ssh && *ssh)
        return talloc_strndup(ctx, ssh, strcspn(ssh, " "));
    tty = ttyname(STDIN_FILENO);
    return tty ? talloc_strdup(ctx, tty) : "local";
}

static const char *find_box(struct session *s)
{
    struct conf_errors *errs = conf_errors_new(s);
    const char *dir = place_path(s->place, conf_get(s->place->root, "server"), "box_dir",
                                 "/var/lib/hutong-box", errs);
    const char *login = node_text_or(s->me, "login", "");
    struct stat st;
    char *box = text_printf(s, "%s/%s", dir, login);
    talloc_free(errs);
    if (*login && !strchr(login, '/') && stat(box, &st) == 0 && S_ISDIR(st.st_mode))
        return box;
    talloc_free(box);
    return NULL;
}

static const char *make_badge(struct session *s)
{
    const struct node *post = node_first(node_get(s->me, "posts"));
    const char *name = node_text_or(s->me, "name", ""), *title = node_text_or(post, "title", "");
    if (!post)
        return talloc_strdup(s, name);
    return text_printf(s, _("%s%s%s（%s%s）"), title, *title ? " " : "", name,
                       node_flag(post, "acting") ? _("代") : "",
                       _(node_text_or(post, "label", "")));
}

static void take_me(struct session *s, struct node *me)
{
    s->me = me;
    if (date_parse(node_text_or(me, "today", ""), &s->today) < 0)
        s->today = date_of_time(date_now());
    s->badge = make_badge(s);
    s->box = find_box(s);
}

int session_open(void *ctx, const struct place *place, struct session **out, const char **text)
{
    struct session *s = talloc_zero(ctx, struct session);
    struct node *me = NULL;
    MUST(s);
    s->place = place;
    s->conf = (struct client_conf){.socket = place->socket,
                                   .today = getenv("HUTONG_TODAY"),
                                   .as = getenv("HUTONG_USER"),
                                   .program = "hutong",
                                   .from = come_from(s),
                                   .slow = slow,
                                   .slow_arg = s,
                                   .slow_ms = SLOW_MS};
    int r = load_dict(s, text);
    for (int try = 0; r == 0; try++) {
        r = client_open(s, &s->conf, &s->client, &me, text);
        /* the files were changed between our reading and the server's start: read them again */
        if (r != HE_VERSION || !node_text(me, "digest") || try > 0)
            break;
        r = load_dict(s, text);
    }
    if (r < 0) {
        *text = talloc_strdup(ctx, *text);
        talloc_free(s);
        return r;
    }
    take_me(s, me);
    *out = s;
    return 0;
}

/* The server was started with a newer dictionary: read it, and let the next connection say so. */
static bool reload(struct session *s, const char **text)
{
    char *was = talloc_strdup(s, s->dict->digest);
    bool changed = load_dict(s, text) == 0 && strcmp(was, s->dict->digest) != 0;
    if (changed)
        client_set_digest(s->client, s->dict->digest);
    talloc_free(was);
    return changed;
}

int session_call_quiet(struct app *app, struct session *s, void *ctx, enum wire_op op,
                       struct node *body, struct node **answer, const char **text)
{
    const char *unused;
    struct node *none;
    answer = answer ? answer : &none;
    text = text ? text : &unused;
    int r = client_call(s->client, ctx, op, body, answer, text);
    if (r == HE_VERSION && reload(s, text)) /* refused at hello: nothing was asked yet */
        r = client_call(s->client, ctx, op, body, answer, text);
    else if (r == HE_UNKNOWN && reload(s, text))
        r = client_outcome(s->client, ctx, answer, text);
    app_wait(app, false);
    return r;
}

/* The answer to a change was lost: asks for it as often as the person likes. */
static int ask_outcome(struct app *app, struct session *s, void *ctx, struct node **answer,
                       const char **text)
{
    const char *const answers[] = {_("再查一次"), _("先回去，内容都还在")};
    int r = HE_UNKNOWN;
    while (r == HE_UNKNOWN &&
           popup_choose(
               app, _("结果未知"),
               _("与服务器的连接断了，不知道刚才这一次办成了没有。请先查一次，不要重复办理。"),
               answers, NELEM(answers), 0) == 0)
        r = client_outcome(s->client, ctx, answer, text);
    app_wait(app, false);
    return r;
}

int session_call(struct app *app, struct session *s, void *ctx, enum wire_op op, struct node *body,
                 struct node **answer)
{
    const char *text = "";
    struct node *none;
    answer = answer ? answer : &none;
    int r = session_call_quiet(app, s, ctx, op, body, answer, &text);
    if (r == HE_UNKNOWN && wire_ops[op].kind == WIRE_WRITE)
        r = ask_outcome(app, s, ctx, answer, &text);
    if (r < 0)
        app_message(app, "%s", _(text));
    return r;
}

/* One page behind the rows that are there; its `next`, or NULL at the end. */
static const char *add_page(const struct node ***row, size_t *n, const struct node *answer)
{
    const struct node *list = node_get(answer, "rows");
    size_t more = list ? list->n : 0;
    *row = talloc_realloc(NULL, *row, const struct node *, (unsigned)(*n + more + 1));
    MUST(*row);
    for (const struct node *e = node_first(list); e; e = e->next)
        (*row)[(*n)++] = e;
    return node_text(answer, "next");
}

const struct node **session_rows(struct app *app, struct session *s, void *ctx, enum wire_op op,
                                 struct node *body, size_t *n, struct node **last)
{
    const struct node **row = talloc_array(NULL, const struct node *, 1);
    const char *next = "", *text = "";
    struct node *answer = NULL;
    int r = 0;
    MUST(row);
    *n = 0;
    for (int page = PAGE; next && r == 0;) {
        node_remove(body, "limit");
        node_int(body, "limit", page);
        r = session_call_quiet(app, s, ctx, op, body, &answer, &text);
        if (r == HE_TOOBIG && page > 1) { /* long rows */
            page = page / 4 > 0 ? page / 4 : 1;
            r = 0;
            continue;
        }
        next = r == 0 ? add_page(&row, n, answer) : NULL;
        node_remove(body, "after");
        node_str(body, "after", next);
    }
    if (last)
        *last = answer;
    if (r == 0)
        return talloc_steal(ctx, row);
    app_message(app, "%s", _(text));
    talloc_free(row);
    return NULL;
}

void session_renew(struct app *app, struct session *s)
{
    struct node *me;
    if (session_call_quiet(app, s, s, OP_ME, NULL, &me, NULL) == 0)
        take_me(s, me);
}

bool session_may(const struct session *s, const char *right)
{
    size_t type = strcspn(right, ".");
    for (const struct node *e = node_first(node_get(s->me, "may")); e; e = e->next) {
        const char *w = e->type == NODE_STR ? e->str : "";
        if (strcmp(w, right) == 0 || (strncmp(w, right, type) == 0 && strcmp(w + type, ".*") == 0))
            return true;
    }
    return false;
}

bool session_may_do(const struct session *s, const char *type, const char *verb)
{
    char right[128];
    int n = snprintf(right, sizeof(right), "%s.%s", type, verb);
    return n > 0 && (size_t)n < sizeof(right) && session_may(s, right);
}

bool session_has_role(const struct session *s, const char *const *roles)
{
    for (const struct node *e = node_first(node_get(s->me, "posts")); roles && e; e = e->next)
        for (size_t i = 0; roles[i]; i++)
            if (strcmp(roles[i], node_text_or(e, "role", "")) == 0)
                return true;
    return !roles;
}

const char *session_badge(const struct session *s)
{
    return s->badge;
}
