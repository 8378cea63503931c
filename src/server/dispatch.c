/*
 * A request: decode, table row, state, right, transaction, answer. The only place where a handler
 * is called, and no handler is called whose right was not checked in the same transaction. What is
 * not in the tables is refused.
 */
#include "server/call.h"

#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/lang.h"
#include "base/log.h"
#include "base/sm3.h"
#include "base/text.h"

#define ANSWER_ROOM (WIRE_MAX - 1024) /* what the body of an answer may take */

void dispatch_answer(struct session *s, void *ctx, int64_t seq, int err, const char *text,
                     const struct node *body)
{
    struct node *n = node_map(ctx);
    node_int(n, "seq", seq);
    node_str(n, "err", err < 0 ? err_name(err) : "OK");
    node_str(n, "text", text ? text : err < 0 ? err_text(err) : "");
    if (body)
        node_copy(n, "body", body);
    else
        node_add_map(n, "body");
    int r = wire_send(s->fd, n, s->srv->set->limits.frame_ms);
    if (r == HE_TOOBIG)
        dispatch_answer(s, ctx, seq, r, _("结果太多，请缩小范围再试"), NULL);
    else if (r == HE_BUSY)
        s->reason = "the peer does not read";
}

/* --- helpers of the handlers --- */

/* Where a change comes from is a word of ours: "import 3" and "review 7" are said by the server only. */
const char *call_source(const struct call *c, const char *dflt)
{
    const char *s = node_text_or(c->body, "source", "");
    return strcmp(s, "form") == 0 || strcmp(s, "ctl") == 0 ? s : dflt;
}

int call_wrong(struct call *c, const char *sentence)
{
    c->text = _(sentence);
    return HE_USAGE;
}

const char *call_right(struct call *c, const char *type, const char *verb)
{
    return text_printf(c->ctx, "%s.%s", type, verb);
}

uint64_t call_id(const struct node *n, const char *key)
{
    int64_t v = node_num(n, key, 0);
    return v > 0 ? (uint64_t)v : 0;
}

int call_limit(const struct call *c, int dflt)
{
    int64_t v = node_num(c->body, "limit", dflt);
    int max = c->county->conf.page_max;
    return v < 1 ? 1 : v > max ? max : (int)v;
}

const char **call_texts(struct call *c, const struct node *body, const char *key)
{
    const struct node *list = node_get(body, key);
    if (!list || list->type != NODE_LIST)
        return NULL;
    const char **out = talloc_zero_array(c->ctx, const char *, list->n + 1);
    MUST(out);
    size_t n = 0;
    for (const struct node *e = node_first(list); e; e = e->next)
        if (e->type == NODE_STR)
            out[n++] = e->str;
    return out;
}

void call_digest(struct node *n, const char *key, const char *text)
{
    unsigned char d[SM3_LEN];
    char hex[65];
    if (!text)
        return;
    sm3(text, strlen(text), d);
    node_str(n, key, sm3_hex(d, hex));
}

int call_record(struct call *c, struct txn *t, const struct form *f, const char *right,
                const char *id_key, struct rec **out)
{
    uint64_t id = call_id(c->body, id_key);
    const char *key = node_text(c->body, "key");
    if (!f)
        return HE_PROTOCOL;
    if (!id && key && f->key && strcmp(id_key, "id") == 0) {
        const struct form_field *field = form_field(f, f->key);
        int r = field ? txn_unique(t, field, key, &id) : HE_NOTFOUND;
        if (r < 0)
            return r;
    }
    if (!id)
        return call_wrong(c, "请说明是哪一条记录");
    int r = txn_get(t, c->ctx, f, id, out);
    if (r < 0)
        return r;
    return actor_sees(t, c->county, c->actor, right, *out) ? 0 : HE_NOTFOUND;
}

/* --- rows of the audit trail that are no changes --- */

struct audit_row {
    struct call *c;
    const struct form *form;
    uint64_t id;
    const struct node *detail;
};

static int audit_step(struct txn *t, void *arg)
{
    const struct audit_row *a = arg;
    return txn_audit(t, &a->c->actor->who, a->form, a->id, a->detail);
}

int call_audit(struct call *c, const struct form *form, uint64_t id, const struct node *detail)
{
    struct audit_row a = {c, form, id, detail};
    return store_write(c->srv->store, c->root, NULL, audit_step, &a, NULL);
}

static bool only_readable(int r)
{
    return r == HE_FULL || r == HE_READONLY;
}

static void log_unwritten(const struct call *c, uint64_t id)
{
    log_warn("audit.unwritten", "user=%s op=%s id=%llu", c->actor->login, wire_ops[c->op].name,
             (unsigned long long)id);
}

/* A reading leaves its row before its answer goes out. A register that can only be read (full disk)
 * keeps answering; the row then stands in the log alone. */
static int audit_reading(struct call *c)
{
    int r = call_audit(c, c->form, c->audit_id, c->audit);
    if (!only_readable(r))
        return r;
    log_unwritten(c, c->audit_id);
    return 0;
}

/* Refusals are kept too, one row a minute and user at most, with how many stand behind it. */
static void audit_refusal(struct call *c)
{
    unsigned n;
    if (!c->actor || !peer_refusal_due(c->srv, c->session->peer, &n))
        return;
    log_warn("request.refused", "user=%s op=%s right=%s n=%u", c->actor->login,
             wire_ops[c->op].name, c->right ? c->right : "-", n);
    struct node *detail = node_map(c->root);
    node_str(detail, "refused", c->right);
    node_int(detail, "n", n);
    (void)call_audit(c, NULL, 0, detail);
}

/* --- the transaction --- */

static struct date business_day(const struct call *c)
{
    return c->session->today.y ? c->session->today : date_of_time(date_now());
}

static void call_renew(struct call *c)
{
    talloc_free(c->ctx);
    c->ctx = talloc_new(c->root);
    c->out = node_map(c->ctx);
    c->actor = NULL;
    c->text = NULL;
    c->audit = NULL;
    c->audit_id = 0;
    c->ends = false;
    c->tried = false;
    c->part.at = NULL;
}

static bool actor_is_fresh(const struct call *c, uint64_t stamp)
{
    const struct session *s = c->session;
    return stamp && s->actor && s->actor_stamp == stamp && s->actor_roles == c->county->roles &&
           date_cmp(s->actor->today, business_day(c)) == 0;
}

/* Reads who asks, unless nothing of it changed since the session's last request. */
static int actor_renew(struct call *c, struct txn *t)
{
    struct session *s = c->session;
    uint64_t stamp = actor_stamp(t, c->county);
    if (!actor_is_fresh(c, stamp)) {
        struct actor *a;
        void *mem = talloc_new(NULL);
        int r = actor_load(t, mem, c->county, s->user, s->user_uid, business_day(c), &a, &c->text);
        talloc_free(s->actor);
        s->actor = r < 0 ? NULL : talloc_steal(s, a);
        s->actor_stamp = stamp == actor_stamp(t, c->county) ? stamp : 0;
        s->actor_roles = c->county->roles;
        talloc_free(mem);
        if (r < 0)
            return r;
    }
    c->actor = talloc_memdup(c->ctx, s->actor, sizeof *s->actor);
    MUST(c->actor);
    return 0;
}

int call_load(struct call *c, struct txn *t)
{
    const struct session *s = c->session;
    call_renew(c);
    int r = actor_renew(c, t);
    if (r < 0) {
        c->ends = r == HE_DENIED;
        return r;
    }
    c->actor->who.from = s->from;
    c->actor->who.op = wire_ops[c->op].name;
    c->actor->who.why = node_text(c->body, "why");
    c->actor->who.source = call_source(c, s->program);
    c->actor->who.today = c->actor->today;
    return 0;
}

static int call_admit(struct call *c, struct txn *t)
{
    int r = call_load(c, t);
    if (r < 0)
        return r;
    if (c->actor->id != c->session->user_id) { /* the login went to another user meanwhile */
        c->ends = true;
        return HE_DENIED;
    }
    c->right = wire_right(c->ctx, c->op, c->type);
    if (!c->right || c->right[0] == '-')
        return HE_PROTOCOL;
    return c->right[0] == '\0' || actor_may(c->actor, c->right) ? 0 : HE_DENIED;
}

/* Everybody who saves waits meanwhile: what takes longer is to be cut in parts (design.md 6). */
#define TURN_MS 20

static void turn_ended(const struct call *c, const struct timespec *begun)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    long ms = (now.tv_sec - begun->tv_sec) * 1000 + (now.tv_nsec - begun->tv_nsec) / 1000000;
    if (ms >= TURN_MS)
        log_info("writer.long", "op=%s ms=%ld", wire_ops[c->op].name, ms);
}

static int call_run(struct call *c, struct txn *t)
{
    struct timespec begun;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
    int r = op_rows[c->op].run(c, t);
    if (txn_writes(t))
        turn_ended(c, &begun);
    return r;
}

static int call_step(struct txn *t, void *arg)
{
    struct call *c = arg;
    int r = call_admit(c, t);
    if (r < 0 || op_rows[c->op].outside)
        return r;
    r = call_run(c, t);
    if (r < 0 || !txn_writes(t))
        return r;
    char *bytes;
    size_t len;
    node_encode(c->ctx, c->out, &bytes, &len);
    talloc_free(bytes);
    if (len > ANSWER_ROOM) /* before it is done, not after */
        return HE_TOOBIG;
    if (node_flag(c->body, "dry") &&
        !op_rows[c->op].reads) { /* everything was done but the keeping of it */
        c->tried = true;
        return HE_CANCELLED;
    }
    return txn_answer(t, c->out);
}

static int admit_only(struct txn *t, void *arg)
{
    return call_admit(arg, t);
}

/*
 * A change too long for one turn of the writer goes on in parts, with the changes of others between
 * them; what was done stays done. Who asks later for the outcome waits until this request ended, and
 * after a crash gets the last part's answer, which says what was not reached.
 */
static int run_parts(struct call *c, const struct store_reqno *no, int r)
{
    while (c->part.at && (r == 0 || c->tried)) {
        struct node *so_far = node_map(c->root);
        const struct node *answer = node_copy(so_far, "out", c->out);
        c->past = c->part;
        c->past.skipped = node_copy(so_far, "skipped", c->part.skipped);
        r = store_write_part(c->srv->store, c->root, no, call_step, c);
        if (r < 0 && !c->tried) {
            log_warn("request.cut", "op=%s err=%s", wire_ops[c->op].name, err_name(r));
            c->out = base_unconst(answer);
            c->text = NULL;
            return r == HE_UNKNOWN ? r : 0;
        }
    }
    return r;
}

static int look_step(struct txn *t, void *arg)
{
    struct call *c = arg;
    int r = call_admit(c, t);
    return r < 0 ? r : op_rows[c->op].look(c, t);
}

/* The writer is everybody's: what does not need it is done before. Whatever this finds wrong is said
 * by the writer's own run. */
static void make_ready(struct call *c)
{
    struct ready *ready = talloc_zero(c->root, struct ready);
    MUST(ready);
    c->ready = ready;
    if (store_look(c->srv->store, ready, look_step, c, &ready->seen))
        c->ready = NULL;
    ready->ctx = talloc_steal(ready, c->ctx);
    c->ctx = NULL;
}

static int run_write(struct call *c)
{
    const char *why = server_readonly(c->srv);
    if (why && !op_rows[c->op].reads) {
        c->text = why;
        return HE_READONLY;
    }
    struct store_reqno no = {c->session->user_id, c->session->nonce, (uint64_t)c->seq};
    struct node *again = NULL;
    if (op_rows[c->op].look)
        make_ready(c);
    int r = store_write(c->srv->store, c->root, &no, call_step, c, &again);
    r = run_parts(c, &no, r);
    if (r == HE_CANCELLED && c->tried)
        return 0;
    if (r == 0 && again)
        c->out = again;
    if (only_readable(r) && op_rows[c->op].reads) {
        r = store_read(c->srv->store, call_step, c);
        if (r == 0)
            log_unwritten(c, call_id(c->body, "id"));
    }
    return r;
}

static int run_call(struct call *c)
{
    const struct op_row *row = &op_rows[c->op];
    int r;
    if (!row->run)
        return HE_PROTOCOL;
    if (c->op == OP_HELLO)
        return row->run(c, NULL);
    if (row->typed && !c->form)
        return c->type ? call_wrong(c, "没有这种记录") : HE_PROTOCOL;
    if (row->outside) {
        r = store_read(c->srv->store, admit_only, c);
        if (r == 0)
            r = row->run(c, NULL);
        return r == 0 && c->audit ? audit_reading(c) : r;
    }
    if (wire_ops[c->op].kind == WIRE_WRITE)
        return run_write(c);
    r = store_read(c->srv->store, call_step, c);
    return r == 0 && c->audit ? audit_reading(c) : r;
}

/* --- the request --- */

#define WHY_MAX    900  /* bytes: 300 Han */
#define TEXT_MAX   4000 /* bytes of any other text of a body; values have limits of their own */
#define VALUES_MAX 600  /* of one change: no form has as many fields */

/* Words that people write for others to read for years. */
static int sound_words(struct call *c, const struct node *words)
{
    struct node *own = base_unconst(words); /* of this request alone */
    own->str = text_clean(c->root, words->str, TEXT_MULTILINE, NULL);
    own->len = strlen(own->str);
    return own->len <= WHY_MAX ? 0 : call_wrong(c, "原因或说明太长，请写在300字以内");
}

static int sound_one(struct call *c, const struct node *n)
{
    size_t most = wire_ops[c->op].most;
    if (n->type == NODE_STR && (strcmp(n->key, "why") == 0 || strcmp(n->key, "note") == 0))
        return sound_words(c, n);
    if (n->type == NODE_STR && n->len > TEXT_MAX)
        return call_wrong(c, "写得太长，请写短一些再试");
    if (n->type == NODE_MAP && n->n > VALUES_MAX)
        return call_wrong(c, "一次改的项目太多，请分几次保存");
    if (n->type != NODE_LIST || n->n <= most)
        return 0;
    if (!most)
        return HE_PROTOCOL;
    c->text = text_printf(c->root, _("一次最多办理%zu条，请分几次办"), most);
    return HE_USAGE;
}

/* The writer is shared, what is kept is kept for years: neither is for flooding. */
static int call_sound(struct call *c)
{
    int r = 0;
    for (const struct node *n = node_first(c->body); n && r == 0 && c->op != OP_HELLO; n = n->next)
        r = sound_one(c, n);
    return r;
}

static bool state_allows(const struct session *s, enum wire_op op)
{
    return (op == OP_HELLO) != s->greeted;
}

static bool drop(struct session *s, void *ctx, int64_t seq, const char *reason)
{
    s->reason = reason;
    log_warn("request.bad", "uid=%u reason=\"%s\"", s->uid, reason);
    dispatch_answer(s, ctx, seq, HE_PROTOCOL, NULL, NULL);
    return false;
}

/* Backups and verifications take minutes: a reload must not wait for them. */
static int run_locked(struct call *c)
{
    if (wire_ops[c->op].kind == WIRE_FREE && c->op != OP_HELLO)
        return run_call(c);
    pthread_rwlock_rdlock(&c->srv->rules);
    int r = run_call(c);
    pthread_rwlock_unlock(&c->srv->rules);
    return r;
}

bool dispatch(struct session *s, void *ctx, const struct node *rq)
{
    int64_t seq = node_num(rq, "seq", 0);
    enum wire_op op = wire_op_find(node_text(rq, "op"));
    const struct node *body = node_get(rq, "body");
    if (seq < 1)
        return drop(s, ctx, 0, "no request number");
    if (op == OP_COUNT)
        return drop(s, ctx, seq, "unknown request"); /* by a program of another version */
    if (!body || body->type != NODE_MAP)
        return drop(s, ctx, seq, "no body");
    if (!state_allows(s, op))
        return drop(s, ctx, seq, s->greeted ? "second hello" : "request before hello");
    struct call c = {.srv = s->srv,
                     .session = s,
                     .county = s->srv->county,
                     .op = op,
                     .body = body,
                     .root = ctx,
                     .seq = seq,
                     .type = node_text(body, "type")};
    c.form = c.type ? dict_form(s->srv->dict, c.type) : NULL;
    int r = call_sound(&c);
    if (r == 0)
        r = run_locked(&c);
    if (r == HE_DENIED)
        audit_refusal(&c);
    if (r == HE_PROTOCOL)
        return drop(s, ctx, seq, "bad body");
    const char *text = c.text ? c.text : node_text(c.out, "text");
    dispatch_answer(s, ctx, seq, r, text, c.out);
    if (c.ends)
        s->reason = "no right to be here";
    return !s->reason;
}
