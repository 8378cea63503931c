/* Signing in, who am I, first screen, what became of a change, figures. */
#include "server/call.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/log.h"
#include "base/text.h"
#include "config.h"
#include "work/admin.h"
#include "work/list.h"

#define OUTCOME_WAIT_MS 10000
#define FROM_COLS       64
#define PROGRAM_COLS    20

static bool has_text(const struct node *list, const char *s)
{
    for (const struct node *e = node_first(list); e; e = e->next)
        if (e->type == NODE_STR && strcmp(e->str, s) == 0)
            return true;
    return false;
}

static void post_out(struct call *c, struct node *list, const struct actor_post *p)
{
    struct node *n = node_add_map(list, NULL);
    node_int(n, "id", (int64_t)p->id);
    node_str(n, "role", p->role->name);
    node_str(n, "label", _(p->role->label));
    node_str(n, "area", p->area);
    node_str(n, "title", p->area[0] ? area_title(c->ctx, c->county, p->area) : "");
    node_bool(n, "acting", p->acting);
}

static void classes_out(struct call *c)
{
    char word[CLASS_D - CLASS_A + 2] = "";
    for (size_t i = 0; i < c->actor->npost; i++)
        for (int k = CLASS_A; k <= CLASS_D; k++)
            if (c->actor->post[i].role->classes & 1u << k && !strchr(word, 'A' + k))
                word[strlen(word)] = (char)('A' + k);
    node_str(c->out, "classes", word);
}

/* --- when one was here before --- */

static const char *seen_key(struct call *c)
{
    return text_printf(c->ctx, "seen/%llu", (unsigned long long)c->actor->id);
}

static void seen_out(struct node *out, const struct node *seen)
{
    static const char *const kept[] = {"time", "from", "program"};
    struct node *last = seen ? node_add_map(out, "last") : NULL;
    for (size_t i = 0; last && i < NELEM(kept); i++)
        if (node_get(seen, kept[i]))
            node_copy(last, kept[i], node_get(seen, kept[i]));
}

/* me.last: the sign-in before this one; who finds one that was not his tells the security administrator.
 * now: this request is a sign-in, which takes the place of the one kept. */
static int seen_last(struct call *c, struct txn *t, bool now)
{
    struct node *kept = NULL;
    int r = txn_meta_get(t, c->ctx, seen_key(c), &kept);
    if (r < 0 && r != HE_NOTFOUND)
        return r;
    seen_out(c->out, now ? kept : node_get(kept, "last"));
    if (!now || !txn_writes(t))
        return 0;
    struct node *seen = node_map(c->ctx);
    node_int(seen, "time", date_now());
    node_str(seen, "from", c->session->from);
    node_str(seen, "program", c->session->program);
    seen_out(seen, kept);
    return txn_meta_put(t, seen_key(c), seen);
}

/* {id, login, name, today, digest, version, private, readonly: sentence or nil, idle_lock_minutes,
 * last: {time, from, program} of the sign-in before, posts: [{id, role, label, area, title, acting}], may: [right words of all posts],
 * classes: "ABC", those that some post reads} */
static void me_out(struct call *c)
{
    const struct actor *a = c->actor;
    char day[11];
    node_int(c->out, "id", (int64_t)a->id);
    node_str(c->out, "login", a->login);
    node_str(c->out, "name", a->name);
    node_str(c->out, "today", date_format(a->today, day));
    node_str(c->out, "digest", c->srv->dict->digest);
    node_str(c->out, "version", PACKAGE_VERSION);
    node_bool(c->out, "private", c->srv->set->private);
    node_str(c->out, "readonly", server_readonly(c->srv));
    node_int(c->out, "idle_lock_minutes", c->srv->set->limits.idle_lock_minutes);
    struct node *posts = node_add_list(c->out, "posts"), *may = node_add_list(c->out, "may");
    for (size_t i = 0; i < a->npost; i++) {
        post_out(c, posts, &a->post[i]);
        for (const char **w = a->post[i].role->may; w && *w; w++)
            if (!has_text(may, *w))
                node_str(may, NULL, *w);
    }
    classes_out(c);
}

int op_me(struct call *c, struct txn *t)
{
    me_out(c);
    return seen_last(c, t, false);
}

/* --- hello --- */

static int same_version(struct call *c)
{
    const char *digest = node_text(c->body, "digest");
    if (node_num(c->body, "wire", -1) != WIRE_VERSION) {
        c->text = _("您的程序与服务器版本不一致，请退出后重新登录；仍不行请联系县局管理员");
        return HE_VERSION;
    }
    if (digest && strcmp(digest, c->srv->dict->digest) != 0) {
        c->text = _("登记表的定义已更新，请退出后重新登录，已录入的内容会保留");
        c->out = node_map(c->root);
        node_str(c->out, "digest", c->srv->dict->digest);
        return HE_VERSION;
    }
    return 0;
}

/* Stands in each row of the trail, so it is short. */
static char *take_words_of(struct session *s, const char *said, int cols)
{
    char *words = text_visible(s, said, 0);
    words[text_fit(words, cols, 2, NULL)] = '\0';
    return words;
}

/* One word: it must look like nothing the server says of a change itself ("import 3"). */
static char *take_program(struct session *s, const char *said)
{
    char *word = take_words_of(s, said, PROGRAM_COLS);
    word[strcspn(word, " \t")] = '\0';
    return word;
}

/* Takes over what the peer says of himself: names for the trail, never who he is. */
static int take_words(struct call *c)
{
    struct session *s = c->session;
    const char *as = node_text(c->body, "as"), *today = node_text(c->body, "today");
    s->nonce = call_id(c->body, "nonce");
    if (!s->nonce)
        return HE_PROTOCOL;
    s->from = take_words_of(s, node_text_or(c->body, "from", "local"), FROM_COLS);
    s->program = take_program(s, node_text_or(c->body, "program", "?"));
    s->user = s->login;
    s->user_uid = s->uid;
    if (as && *as) {
        if (!c->srv->set->act_as)
            return c->text = _("这台服务器不允许用 HUTONG_USER 代替他人"), HE_DENIED;
        s->user = talloc_strdup(s, as);
        s->user_uid = ACTOR_ANY_UID;
    }
    if (today && *today) {
        if (!c->srv->set->today)
            return c->text = _("这台服务器不允许用 HUTONG_TODAY 改变日期"), HE_DENIED;
        if (date_parse(today, &s->today) < 0 || !s->today.d) {
            s->today = (struct date){0};
            return c->text = _("HUTONG_TODAY 应写成 2026-11-22 这样的日期"), HE_USAGE;
        }
    }
    return 0;
}

static int sign_in_step(struct txn *t, void *arg)
{
    struct call *c = arg;
    int r = call_load(c, t);
    if (r < 0)
        return r;
    if (txn_writes(t)) {
        struct node *detail = node_map(c->ctx);
        node_str(detail, "program", c->session->program);
        if (c->session->user_uid == ACTOR_ANY_UID)
            node_str(detail, "by", c->session->login);
        else if ((r = user_bind(t, c->ctx, c->county, c->actor, c->session->uid)) < 0)
            return r;
        r = txn_audit(t, &c->actor->who, NULL, 0, detail);
    }
    if (r < 0)
        return r;
    me_out(c);
    return seen_last(c, t, true);
}

struct refused_row {
    struct store_who who;
    struct node *detail;
};

static int refused_step(struct txn *t, void *arg)
{
    const struct refused_row *f = arg;
    return txn_audit(t, &f->who, NULL, 0, f->detail);
}

/* Who may not come in is kept like any refusal: one row a minute and uid. */
static void audit_refused_hello(struct call *c)
{
    const struct session *s = c->session;
    unsigned n;
    if (!peer_refusal_due(c->srv, s->peer, &n))
        return;
    log_warn("hello.refused", "uid=%u login=%s user=%s n=%u", s->uid, s->login, s->user, n);
    struct refused_row f = {.who = {.user = s->login,
                                    .from = s->from,
                                    .op = "hello",
                                    .source = s->program,
                                    .today = date_of_time(date_now())},
                            .detail = node_map(c->root)};
    node_str(f.detail, "refused", "hello");
    node_int(f.detail, "n", n);
    (void)store_write(c->srv->store, c->root, NULL, refused_step, &f, NULL);
}

/*
 * {wire, digest, nonce, today, as, lang: "zh" or "en", program, from} → as me. The nonce is the client's own and stays
 * the same when it comes again: its other connections start nothing any more, so that what
 * `outcome` says here stays true. Any refusal ends the connection.
 */
int op_hello(struct call *c, struct txn *t)
{
    struct session *s = c->session;
    (void)t;
    lang_use(lang_of(node_text(c->body, "lang"))); /* of this thread, so of this session */
    int r = same_version(c);
    if (r == 0)
        r = take_words(c);
    if (r == 0) {
        session_fence_others(s);
        r = store_write(c->srv->store, c->root, NULL, sign_in_step, c, NULL);
        if (r == HE_FULL || r == HE_READONLY)
            r = store_read(c->srv->store, sign_in_step, c);
        if (r == HE_DENIED)
            audit_refused_hello(c);
    }
    if (r == 0) {
        s->greeted = true;
        s->user_id = c->actor->id;
        log_info("hello", "uid=%u user=%s program=%s from=%s", s->uid, s->user, s->program,
                 s->from);
    } else {
        s->reason = "refused at hello";
    }
    return r;
}

void op_goodbye(struct session *s)
{
    void *ctx = talloc_new(NULL);
    struct refused_row f = {.who = {.user = s->user,
                                    .user_id = s->user_id,
                                    .from = s->from,
                                    .op = "goodbye",
                                    .source = s->program,
                                    .today = date_of_time(date_now())},
                            .detail = node_map(ctx)};
    node_int(f.detail, "typed", s->typed);
    (void)store_write(s->srv->store, ctx, NULL, refused_step, &f, NULL);
    talloc_free(ctx);
}

/* --- the rest --- */

/* {} → {rows: [{view, type, label, count, code}]}; {places: true, patient} → todo_places */
int op_todo(struct call *c, struct txn *t)
{
    if (node_flag(c->body, "places"))
        return todo_places(t, c->ctx, c->county, c->actor, node_flag(c->body, "patient"), c->out);
    return todo_list(t, c->ctx, c->county, c->actor, c->out);
}

/* {seq} → the answer kept with that change; NOTFOUND: it did not happen and will not any more. */
int op_outcome(struct call *c, struct txn *t)
{
    (void)t;
    struct store_reqno no = {c->session->user_id, c->session->nonce, call_id(c->body, "seq")};
    struct node *answer = NULL;
    if (!no.seq)
        return HE_PROTOCOL;
    int r = session_wait_others(c->session, OUTCOME_WAIT_MS);
    if (r == 0)
        r = store_outcome(c->srv->store, c->root, &no, &answer);
    if (r == 0 && answer)
        c->out = answer;
    return r;
}

/* {} → figures of the store and {version, started, connections, requests, readonly} */
int op_status(struct call *c, struct txn *t)
{
    struct server *srv = c->srv;
    char when[20];
    (void)t;
    store_status(srv->store, c->out);
    pthread_mutex_lock(&srv->lock);
    int connections = srv->connections;
    unsigned long requests = srv->requests;
    pthread_mutex_unlock(&srv->lock);
    node_str(c->out, "version", PACKAGE_VERSION);
    node_str(c->out, "started", date_time_format(srv->started, when));
    node_int(c->out, "connections", connections);
    node_int(c->out, "requests", (int64_t)requests);
    node_str(c->out, "readonly", server_readonly(srv));
    return 0;
}
