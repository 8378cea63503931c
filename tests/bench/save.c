/* Registrations: through hutongd, through the store alone, and beside others that do the same. */
#include "bench/bench.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"

struct node *kid_body(void *ctx, const struct kid *k)
{
    struct node *b = node_map(ctx), *v;
    struct pair p[KID_FIELDS];
    size_t n = kid_pairs(k, p);

    node_str(b, "type", "child");
    node_bool(b, "confirm_all", true);
    v = node_add_map(b, "v");
    for (size_t i = 0; i < n; i++)
        node_str(v, p[i].field, p[i].value);
    return b;
}

/* --- through the socket --- */

struct wire_shared {
    struct daemon d;
    const char *user;
};

struct wire_session {
    struct client *c;
    const char *village; /* of a director: his own */
};

static void *wire_open(void *ctx, void *shared, int i)
{
    struct wire_shared *w = shared;
    struct wire_session *s = talloc_zero(ctx, struct wire_session);
    struct kid first;

    (void)i;
    s->c = daemon_client(s, &w->d, w->user);
    kid_make(0, &first);
    s->village = strcmp(w->user, DIRECTOR) == 0 ? "320681100001" : NULL;
    return s;
}

static void wire_one(void *session, const struct kid *k)
{
    struct wire_session *s = session;
    void *ctx = talloc_new(NULL);
    struct kid own = *k;
    struct node *answer;
    const char *text = "";

    if (s->village)
        memcpy(own.village, s->village, 13);
    int err = client_call(s->c, ctx, OP_REC_ADD, kid_body(ctx, &own), &answer, &text);
    if (err)
        die("rec.add of %s: %s %s", k->id_no, text, node_json(ctx, answer));
    talloc_free(ctx);
}

/* --- the store alone --- */

struct alone {
    struct home *h;
    const struct kid *k;
};

static int alone_put(struct txn *t, void *arg)
{
    const struct alone *a = arg;
    struct store_who who = {.user = CLERK, .from = "bench", .op = "rec.add", .source = "form"};
    void *ctx = talloc_new(NULL);
    struct rec *rec = rec_new(ctx, dict_form(a->h->dict, "child"));
    struct pair p[KID_FIELDS];
    size_t n = kid_pairs(a->k, p);

    for (size_t i = 0; i < n; i++)
        rec_set(rec, p[i].field, p[i].value);
    rec_set(rec, "state", "3");
    rec_set(rec, "review_state", "0");
    rec_set(rec, "lbc_result", "3");
    rec_set(rec, "complete", "0");
    rec_set(rec, "file_no", a->k->id_no);
    int err = txn_put(t, &who, NULL, rec, NULL, NULL);
    struct node *answer = node_map(ctx);
    node_int(answer, "id", (int64_t)rec->id);
    if (!err)
        err = txn_answer(t, answer);
    talloc_free(ctx);
    return err;
}

static atomic_ullong alone_seq;

static void *alone_open(void *ctx, void *shared, int i)
{
    (void)ctx;
    (void)i;
    return shared;
}

static void alone_one(void *session, const struct kid *k)
{
    struct alone a = {session, k};
    struct store_reqno no = {1, 1, atomic_fetch_add(&alone_seq, 1) + 1};
    void *ctx = talloc_new(NULL);
    int err = store_write(a.h->store, ctx, &no, alone_put, &a, NULL);
    if (err)
        die("store_write: %s", err_text(err));
    talloc_free(ctx);
}

static void save_alone(double out[3])
{
    struct daemon d;
    struct home h;
    struct load l = {"护童的存储（同一进程，无网络、无规则）", &h, alone_open, alone_one, NULL};

    daemon_make(&d, "alone");
    home_open(&h, d.data, CACHE_MB);
    load_row(&l, out);
    home_close(&h);
    daemon_drop(&d);
}

static void save_wire(const char *user, const char *name, double out[3], double *cpu_us)
{
    struct wire_shared w = {.user = user};
    struct load l = {name, &w, wire_open, wire_one, NULL};
    struct home h;

    daemon_make(&w.d, "save");
    home_open(&h, w.d.data, CACHE_MB);
    home_settle(&h);
    home_close(&h);
    daemon_start(&w.d);
    uint64_t from = kid_next;
    double cpu = cpu_s(w.d.pid);
    load_row(&l, out);
    *cpu_us = (cpu_s(w.d.pid) - cpu) * 1e6 / (double)(kid_next - from);
    daemon_drop(&w.d);
}

static void compare(const char *what, const double ours[3], const double theirs[3],
                    const char *target)
{
    char t[3][16];

    for (int i = 0; i < 3; i++)
        snprintf(t[i], sizeof t[i], theirs[i] > 0 ? "%.2f" : "—", ours[i] / theirs[i]);
    row("%s | %s | %s | %s | %s", what, t[0], t[1], t[2], target);
}

void bench_save(void)
{
    double cpu[2], wire[3], alone[3], bdb[3] = {0}, each[3] = {0}, batch[3] = {0}, pg[3] = {0};

    table("### 登记：每秒落盘的登记数（p50 / p99 毫秒）", "方式|1 个会话|64 个会话|256 个会话");
    save_wire(CLERK, "护童：经套接字，县级登记", wire, &cpu[0]);
    save_wire(DIRECTOR, "护童：经套接字，村级登记并送审（多一条待审记录）", (double[3]){0},
              &cpu[1]);
    save_alone(alone);
    if (!bench_own()) {
        rival_bdb(bdb);
        rival_pg(pg);
        rival_sqlite(each, batch);
    }
    printf("\nhutongd 每次登记用 CPU %.0f 微秒（县级）、%.0f 微秒（村级并送审）。\n", cpu[0],
           cpu[1]);
    table("### 登记：倍数", "比较|1|64|256|目标");
    compare("护童（经套接字）÷ PostgreSQL 15", wire, pg, "64: ≥ 1.0，256: ≥ 1.3");
    compare("护童（经套接字）÷ SQLite 每次一提交", wire, each, "≥ 5");
    compare("护童（经套接字）÷ SQLite 成批提交", wire, batch, "≥ 1.3");
    compare("护童（经套接字）÷ 裸 Berkeley DB", wire, bdb, "—");
    compare("护童的存储 ÷ 裸 Berkeley DB", alone, bdb, "≥ 0.8");
    compare("护童的存储 ÷ PostgreSQL 15", alone, pg, "—");
}
