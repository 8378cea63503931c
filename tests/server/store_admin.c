/* Audit chain, request numbers, drafts, jobs, purge, meta values, backup and restore, status. */
#include <signal.h>

#include "server/store_box.h"
#include "store/store_int.h"

/* --- audit --- */

static int seen_fn(struct txn *t, void *arg)
{
    struct box *b = arg;
    struct node *d = node_map(b->ctx);
    node_str(d, "query", "digest");
    return txn_audit(t, &box_who, b->child, 1, d);
}

static int tamper_fn(struct txn *t, void *arg)
{
    struct key k = {0};
    char *row;
    size_t len;
    (void)arg;
    key_u64(&k, 2);
    cr_assert_eq(blob_get(t, t->ctx, t->s->sys[SYS_AUDIT], &k, &row, &len), 0);
    row[len - 1] ^= 1;
    return blob_put(t, t->s->sys[SYS_AUDIT], &k, row, len);
}

static int remove_fn(struct txn *t, void *arg)
{
    struct key k = {0};
    key_u64(&k, *(uint64_t *)arg);
    return blob_del(t, t->s->sys[SYS_AUDIT], &k);
}

static int audit_line(const struct node *row, void *arg)
{
    char *text = arg;
    size_t len = strlen(text);
    snprintf(text + len, 1000 - len, "%lld:%s:%s ", (long long)node_num(row, "seq", 0),
             node_text_or(row, "type", "-"), node_get(row, "record") ? "change" : "look");
    return 0;
}

static int audit_back_fn(struct txn *t, void *arg)
{
    return txn_audit_walk(t, t->ctx, 0, true, audit_line, arg);
}

static int audit_from_fn(struct txn *t, void *arg)
{
    return txn_audit_walk(t, t->ctx, 2, false, audit_line, arg);
}

Test(store_admin, audit)
{
    struct box b;
    uint64_t rows, bad, last = 3;
    char head[65], head2[65], text[1000] = "";
    box_new(&b);
    box_put(&b, b.child, 0, "name=甲");
    cr_assert_eq(store_write(b.s, b.ctx, NULL, seen_fn, &b, NULL), 0);
    box_put(&b, b.child, 1, "name=乙");
    cr_assert_eq(store_read(b.s, audit_back_fn, text), 0);
    cr_assert_str_eq(text, "3:child:change 2:child:look 1:child:change ");
    *text = '\0';
    cr_assert_eq(store_read(b.s, audit_from_fn, text), 0);
    cr_assert_str_eq(text, "2:child:look 3:child:change ");
    cr_assert_eq(store_audit_verify(b.s, &rows, &bad, head), 0);
    cr_assert(rows == 3 && bad == 0);
    store_close(&b.s);
    box_open(&b); /* the chain goes on behind a restart */
    box_put(&b, b.child, 1, "name=丙");
    cr_assert_eq(store_audit_verify(b.s, &rows, &bad, head2), 0);
    cr_assert(rows == 4 && bad == 0 && strcmp(head, head2) != 0);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, remove_fn, &last, NULL), 0);
    cr_assert_eq(store_audit_verify(b.s, &rows, &bad, head), 0);
    cr_assert_eq(bad, 3, "a row taken out");
    cr_assert_eq(store_write(b.s, b.ctx, NULL, tamper_fn, NULL, NULL), 0);
    cr_assert_eq(store_audit_verify(b.s, &rows, &bad, head), 0);
    cr_assert_eq(bad, 2, "a row changed");
    box_free(&b);
}

/* --- request numbers --- */

struct once {
    struct box *b;
    int runs, err;
};

static int once_fn(struct txn *t, void *arg)
{
    struct once *o = arg;
    struct node *n = node_map(o->b->ctx);
    o->runs++;
    node_int(n, "id", 42);
    struct rec *r = box_rec(o->b->ctx, o->b->child, "name=甲");
    int err = txn_put(t, &box_who, NULL, r, NULL, NULL);
    if (!err)
        err = txn_answer(t, n);
    return err ? err : o->err;
}

Test(store_admin, request_once)
{
    struct box b;
    struct store_reqno no = {7, 1234, 1}, other = {7, 1234, 2};
    struct node *again = NULL;
    box_new(&b);
    struct once o = {.b = &b, .err = HE_RULE};
    cr_assert_eq(store_outcome(b.s, b.ctx, &no, &again), HE_NOTFOUND);
    cr_assert_eq(store_write(b.s, b.ctx, &no, once_fn, &o, &again), HE_RULE);
    cr_assert_eq(store_outcome(b.s, b.ctx, &no, &again), HE_NOTFOUND); /* refused is not done */
    o.err = 0;
    cr_assert_eq(store_write(b.s, b.ctx, &no, once_fn, &o, &again), 0);
    cr_assert(again == NULL && o.runs == 2);
    cr_assert_eq(store_write(b.s, b.ctx, &no, once_fn, &o, &again), 0);
    cr_assert(o.runs == 2 && node_num(again, "id", 0) == 42);
    store_close(&b.s);
    box_open(&b);
    again = NULL;
    cr_assert_eq(store_outcome(b.s, b.ctx, &no, &again), 0);
    cr_assert_eq(node_num(again, "id", 0), 42);
    cr_assert_eq(store_outcome(b.s, b.ctx, &other, NULL), HE_NOTFOUND);
    cr_assert_eq(store_write(b.s, b.ctx, &other, once_fn, &o, NULL), 0);
    cr_assert_eq(o.runs, 3);
    box_free(&b);
}

/* A request that ends the process is run twice at most. */
static int poison_fn(struct txn *t, void *arg)
{
    (void)t;
    (void)arg;
    _exit(9);
}

static void poison(struct box *b)
{
    struct store_reqno no = {7, 5, 5};
    box_open(b);
    int err = store_write(b->s, b->ctx, &no, poison_fn, NULL, NULL);
    _exit(err == HE_RULE ? 3 : 4);
}

Test(store_admin, request_poison)
{
    static const int want[] = {9, 9, 3};
    struct box b;
    box_make(&b);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(WEXITSTATUS(box_fork(poison, &b)), want[i], "run %d", i);
    box_free(&b);
}

/* --- drafts --- */

static int drop_fn(struct txn *t, void *arg)
{
    (void)arg;
    return txn_draft_drop(t, 7, "child/17");
}

static void draft_then_die(struct box *b)
{
    struct node *n = node_map(b->ctx), *back;
    box_open(b);
    node_str(n, "name", "没写完");
    cr_assert_eq(store_draft_put(b->s, 7, "child/17", n), 0);
    cr_assert_eq(store_draft_get(b->s, b->ctx, 7, "child/17", &back), 0);
    kill(getpid(), SIGKILL);
}

Test(store_admin, drafts)
{
    struct box b;
    struct node *n, *list;
    box_make(&b);
    cr_assert(WIFSIGNALED(box_fork(draft_then_die, &b)));
    box_open(&b);
    cr_assert_eq(store_draft_get(b.s, b.ctx, 7, "child/17", &n), 0);
    cr_assert_str_eq(node_text_or(n, "name", ""), "没写完");
    cr_assert_gt(node_num(n, "time", 0), 1700000000);
    for (int i = 0; i < 50; i++) {
        node_int(n, "i", i);
        cr_assert_eq(store_draft_put(b.s, 7, "child/new/1", n), 0);
    }
    cr_assert_eq(store_draft_put(b.s, 8, "child/17", n), 0); /* of someone else */
    cr_assert_eq(store_draft_get(b.s, b.ctx, 7, "child/new/1", &n), 0);
    cr_assert_eq(node_num(n, "i", 0), 49);
    cr_assert_eq(store_draft_list(b.s, b.ctx, 7, &list), 0);
    cr_assert_eq(list->n, 2);
    cr_assert_str_eq(node_text_or(node_first(list), "key", ""), "child/17");
    cr_assert_eq(store_write(b.s, b.ctx, NULL, drop_fn, NULL, NULL), 0);
    cr_assert_eq(store_draft_get(b.s, b.ctx, 7, "child/17", &n), HE_NOTFOUND);
    cr_assert_eq(store_draft_drop(b.s, 7, "child/new/1"), 0);
    cr_assert_eq(store_draft_list(b.s, b.ctx, 7, &list), 0);
    cr_assert_eq(list->n, 0);
    cr_assert_eq(store_draft_get(b.s, b.ctx, 8, "child/17", &n), 0);
    box_free(&b);
}

/* --- jobs --- */

static int job_fn(struct txn *t, void *arg)
{
    struct job *j = arg;
    j->kind = "test.add";
    j->owner = "zhang";
    j->owner_id = 7;
    j->total = 20;
    return txn_job_new(t, j);
}

/* Adds a record a step; dies at the step that arg says. */
static int add_step(struct txn *t, struct job *j, void *arg)
{
    int n = (int)node_num(j->mark, "n", 0);
    if (arg && n == *(int *)arg)
        kill(getpid(), SIGKILL);
    struct rec *r = box_rec(t->ctx, dict_form(txn_dict(t), "child"), "name=批量");
    int err = txn_put(t, &box_who, NULL, r, NULL, NULL);
    if (err)
        return err;
    node_int(j->mark, "n", n + 1);
    j->done++;
    node_int(j->result, "added", n + 1);
    return n + 1 < 20;
}

static int die_at;
static void job_until_death(struct box *b)
{
    struct job j = {0};
    box_open(b);
    store_job_kind(b->s, "test.add", add_step, &die_at);
    if (die_at == 5)
        cr_assert_eq(store_write(b->s, b->ctx, NULL, job_fn, &j, NULL), 0);
    store_job_start(b->s);
    store_job_wait(b->s, 1, 20000);
}

static int fail_step(struct txn *t, struct job *j, void *arg)
{
    (void)t;
    (void)arg;
    return j->id ? HE_LIMIT : 0;
}

struct job_get {
    void *ctx;
    uint64_t id;
    struct job *job;
};

static int job_get_fn(struct txn *t, void *arg)
{
    struct job_get *g = arg;
    return txn_job_get(t, g->ctx, g->id, &g->job);
}

static int job_cancel_fn(struct txn *t, void *arg)
{
    return txn_job_cancel(t, *(uint64_t *)arg);
}

static int child_count(struct txn *t, void *arg)
{
    uint64_t n;
    (void)arg;
    int err = txn_count(t, dict_form(txn_dict(t), "child"), &n);
    return err ? err : (int)n;
}

Test(store_admin, jobs)
{
    struct box b;
    box_make(&b);
    for (die_at = 5; die_at < 20; die_at += 7)
        cr_assert(WIFSIGNALED(box_fork(job_until_death, &b)));
    box_open(&b);
    cr_assert_eq(store_read(b.s, child_count, NULL), 19); /* killed in the twentieth step */
    store_job_kind(b.s, "test.add", add_step, NULL);
    store_job_start(b.s);
    cr_assert_eq(store_job_wait(b.s, 1, 20000), 0);
    struct job_get g = {b.ctx, 1, NULL};
    cr_assert_eq(store_read(b.s, job_get_fn, &g), 0);
    cr_assert(g.job->state == JOB_DONE && g.job->done == 20 && g.job->ended >= g.job->begun);
    cr_assert_eq(node_num(g.job->result, "added", 0), 20);
    cr_assert_eq(store_read(b.s, child_count, NULL), 20);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, job_cancel_fn, &g.id, NULL), HE_CONFLICT);
    store_close(&b.s);
    box_open(&b); /* a failing kind, and a cancelled one */
    struct job j = {0}, k = {0};
    store_job_kind(b.s, "test.add", fail_step, NULL);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, job_fn, &k, NULL), 0);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, job_cancel_fn, &k.id, NULL), 0);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, job_fn, &j, NULL), 0);
    cr_assert_eq(store_job_wait(b.s, j.id, 0), HE_BUSY); /* not started yet */
    store_job_start(b.s);
    cr_assert_eq(store_job_wait(b.s, j.id, 20000), 0);
    g.id = j.id;
    cr_assert_eq(store_read(b.s, job_get_fn, &g), 0);
    cr_assert(g.job->state == JOB_FAILED);
    cr_assert_str_eq(node_text_or(g.job->result, "error", ""), "LIMIT");
    g.id = k.id;
    cr_assert_eq(store_read(b.s, job_get_fn, &g), 0);
    cr_assert(g.job->state == JOB_CANCELLED && g.job->done == 0);
    box_free(&b);
}

/* --- forgetting --- */

static int64_t late(void)
{
    return date_now() + 31 * 86400;
}

static int purge_job_fn(struct txn *t, void *arg)
{
    struct node *list;
    int err = txn_job_list(t, t->ctx, &list);
    *(uint64_t *)arg = (uint64_t)node_num(node_first(list), "id", 0);
    return err;
}

/* Named values: for good, for 40 days, for a day. */
static int named_fn(struct txn *t, void *arg)
{
    static const int days[] = {0, 40, 1};
    (void)arg;
    for (size_t i = 0; i < NELEM(days); i++) {
        struct node *n = node_map(t->ctx);
        if (days[i])
            node_int(n, "until", txn_meta_days(t, days[i]));
        cr_assert_eq(txn_meta_put(t, text_printf(t->ctx, "v%d", days[i]), n), 0);
    }
    return 0;
}

static int named_left_fn(struct txn *t, void *arg)
{
    struct node *n;
    (void)arg;
    cr_expect_eq(txn_meta_get(t, t->ctx, "v0", &n), 0);
    cr_expect_eq(txn_meta_get(t, t->ctx, "v40", &n), 0);
    cr_expect_eq(txn_meta_get(t, t->ctx, "v1", &n), HE_NOTFOUND);
    return 0;
}

Test(store_admin, purge)
{
    struct box b;
    struct store_reqno no = {7, 1, 1};
    struct node *n;
    uint64_t id = 0;
    box_new(&b);
    struct once o = {.b = &b};
    n = node_map(b.ctx);
    cr_assert_eq(store_write(b.s, b.ctx, &no, once_fn, &o, NULL), 0);
    cr_assert_eq(store_draft_put(b.s, 7, "old", n), 0);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, named_fn, NULL, NULL), 0);
    store_close(&b.s);
    b.conf.now = late;
    box_open(&b);
    cr_assert_eq(store_draft_put(b.s, 7, "new", n), 0);
    cr_assert_eq(store_outcome(b.s, b.ctx, &no, NULL), 0);
    store_job_start(b.s);
    while (!id) /* until the writer made the day's job */
        cr_assert_eq(store_read(b.s, purge_job_fn, &id), 0);
    cr_assert_eq(store_job_wait(b.s, id, 20000), 0);
    cr_assert_eq(store_outcome(b.s, b.ctx, &no, NULL), HE_NOTFOUND);
    cr_assert_eq(store_draft_get(b.s, b.ctx, 7, "old", &n), HE_NOTFOUND);
    cr_assert_eq(store_draft_get(b.s, b.ctx, 7, "new", &n), 0);
    cr_assert_eq(store_read(b.s, named_left_fn, NULL), 0);
    box_free(&b);
}

/* --- meta, status --- */

static int meta_put_fn(struct txn *t, void *arg)
{
    struct node *n = node_map(t->ctx);
    node_str(n, "last", arg);
    return txn_meta_put(t, "backup", n);
}

static int meta_get_fn(struct txn *t, void *arg)
{
    struct node *n;
    int err = txn_meta_get(t, t->ctx, "backup", &n);
    if (!err)
        snprintf(arg, 20, "%s", node_text_or(n, "last", ""));
    return err;
}

Test(store_admin, meta_and_status)
{
    struct box b;
    char monday[] = "monday", got[20];
    box_new(&b);
    cr_assert_eq(store_read(b.s, meta_get_fn, got), HE_NOTFOUND);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, meta_put_fn, monday, NULL), 0);
    cr_assert_eq(store_read(b.s, meta_get_fn, got), 0);
    cr_assert_str_eq(got, monday);
    box_put(&b, b.child, 0, "name=甲");
    struct node *n = node_map(b.ctx);
    store_status(b.s, n);
    cr_assert_eq(node_num(n, "format", 0), STORE_FORMAT);
    cr_assert_eq(node_num(node_get(n, "records"), "child", -1), 1);
    cr_assert_gt(node_num(n, "log_bytes", 0), 0);
    cr_assert_geq(node_num(n, "flushes", 0), 2);
    cr_assert(!node_flag(n, "readonly"));
    box_free(&b);
}

/* --- backup and restore --- */

struct loader {
    struct box *b;
    atomic_bool stop;
};

static void *load_main(void *arg)
{
    struct loader *l = arg;
    void *ctx = talloc_new(NULL);
    struct box own = *l->b;
    own.ctx = ctx;
    while (!atomic_load(&l->stop))
        box_put(&own, own.child, 0, "name=并行|village=320681001001");
    talloc_free(ctx);
    return NULL;
}

static void say(const char *sentence, void *arg)
{
    (void)arg;
    cr_log_error("%s", sentence);
}

Test(store_admin, backup)
{
    struct box b;
    struct loader l = {.b = &b};
    pthread_t thread;
    box_new(&b);
    for (int i = 0; i < 20; i++)
        box_put(&b, b.child, 0, "name=王小雨|village=320681001001");
    char *to = text_printf(b.ctx, "%s/backup", b.dir), *text;
    size_t len;
    cr_assert_eq(pthread_create(&thread, NULL, load_main, &l), 0);
    int err = store_backup(b.s, to, &b.problem);
    atomic_store(&l.stop, true);
    pthread_join(thread, NULL);
    cr_assert_eq(err, 0, "%s", b.problem);
    cr_assert_eq(store_backup(b.s, to, &b.problem), HE_EXISTS);
    cr_assert_str_neq(box_said(&b), "");
    cr_assert_eq(io_read_file(b.ctx, text_printf(b.ctx, "%s/MANIFEST", to), 1 << 20, &text, &len),
                 0);
    cr_assert(strstr(text, "db/audit.db") && strstr(text, "log/log.") && strstr(text, "FORMAT"));
    cr_assert_eq(store_restore(to, &b.conf, &b.problem), HE_LOCKED);
    cr_assert_str_neq(box_said(&b), "");
    store_close(&b.s);
    cr_assert_eq(store_restore(to, &b.conf, &b.problem), HE_EXISTS);
    cr_assert_str_neq(box_said(&b), "");

    struct store_conf was = b.conf;
    b.conf.dir = text_printf(b.ctx, "%s/again", b.dir);
    err = store_restore(to, &b.conf, &b.problem);
    cr_assert_eq(err, 0, "%s", b.problem);
    cr_assert_eq(store_verify_stopped(&b.conf, b.dict, say, NULL), 0);
    box_open(&b);
    cr_assert_geq(store_read(b.s, child_count, NULL), 20);
    box_put(&b, b.child, 1, "name=恢复后");
    cr_assert_eq(store_verify(b.s, say, NULL), 0);
    store_close(&b.s);

    /* a backup that was touched is refused */
    text[70] = text[70] == 'a' ? 'b' : 'a';
    char *file = text_printf(b.ctx, "%s/db/count.db", to);
    cr_assert_eq(io_read_file(b.ctx, file, 1 << 20, &text, &len), 0);
    text[len / 2] ^= 1;
    cr_assert_eq(io_write_file(file, text, len, 0600), 0);
    b.conf.dir = text_printf(b.ctx, "%s/third", b.dir);
    cr_assert_eq(store_restore(to, &b.conf, &b.problem), HE_CORRUPT);
    cr_assert_not_null(strstr(box_said(&b), "count.db"));
    cr_assert_eq(store_recover(&was, &b.problem), 0);
    box_free(&b);
}

/* A backup plus the log written since: to the end, and to a moment between. */
static void ship_logs(struct box *b, const char *to)
{
    char **name, *from = text_printf(b->ctx, "%s/log", b->conf.dir);
    size_t n;
    cr_assert_eq(dir_list(b->ctx, from, &name, &n), 0);
    for (size_t i = 0; i < n; i++) {
        char *dst = text_printf(b->ctx, "%s/log/%s", to, name[i]);
        unlink(dst);
        cr_assert_eq(file_copy(text_printf(b->ctx, "%s/%s", from, name[i]), dst), 0);
    }
}

/* Writes until the clock shows a later second, and returns the records there were when it did. */
static uint64_t put_for_a_second(struct box *b)
{
    int64_t begun = date_now();
    uint64_t id = 0;
    while (date_now() == begun)
        id = box_put(b, b->child, 0, "name=每秒|village=320681001001");
    return id;
}

Test(store_admin, restore_until)
{
    struct box b;
    box_make(&b);
    b.conf.keep_logs = true;
    box_open(&b);
    box_put(&b, b.child, 0, "name=甲");
    char *to = text_printf(b.ctx, "%s/backup", b.dir);
    int err = store_backup(b.s, to, &b.problem);
    cr_assert_eq(err, 0, "%s", box_said(&b));
    put_for_a_second(&b);
    uint64_t before = put_for_a_second(&b);
    int64_t until = date_now() - 1; /* all of `before` is committed in this second or earlier */
    put_for_a_second(&b);
    uint64_t all = put_for_a_second(&b);
    store_close(&b.s);
    ship_logs(&b, to);
    b.conf.dir = text_printf(b.ctx, "%s/end", b.dir);
    err = store_restore(to, &b.conf, &b.problem);
    cr_assert_eq(err, 0, "%s", box_said(&b));
    box_open(&b);
    cr_assert_eq(store_read(b.s, child_count, NULL), (int)all);
    store_close(&b.s);
    b.conf.dir = text_printf(b.ctx, "%s/between", b.dir);
    b.conf.until = until;
    err = store_restore(to, &b.conf, &b.problem);
    cr_assert_eq(err, 0, "%s", box_said(&b));
    b.conf.until = 0;
    cr_assert_eq(store_verify_stopped(&b.conf, b.dict, say, NULL), 0);
    box_open(&b);
    int got = store_read(b.s, child_count, NULL);
    cr_assert(got >= (int)before - 1 && got <= (int)before + 1, "%d of %d", got, (int)before);
    box_free(&b);
}
