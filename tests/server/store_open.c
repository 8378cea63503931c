/* Opening: what the dictionary changed, and every state of a directory that must be refused or cured. */
#include <signal.h>
#include <sys/stat.h>

#include "server/store_box.h"
#include "store/store_int.h"

#define MUST_SAY(b, err, word)                                                                     \
    do {                                                                                           \
        int got_ = box_try_open(b);                                                                \
        cr_assert_eq(got_, err, "%s: %s", err_name(got_), (b)->problem ? (b)->problem : "");       \
        cr_assert_not_null(strstr((b)->problem, word), "%s", (b)->problem);                        \
    } while (0)

/* --- the dictionary --- */

Test(store_open, dictionary)
{
    struct box b;
    box_new(&b);
    int phone = form_field(b.child, "phone")->number;
    box_put(&b, b.child, 0, "name=甲|phone=13800000000");
    box_put(&b, b.child, 0, "name=乙|phone=13800000000");
    store_close(&b.s);
    box_dict(&b, "");
    MUST_SAY(&b, HE_RULE, "phone");

    box_dict(&b,
             "{name=\"phone\";label=\"电话\";en=\"Phone\";type=\"text\";retired=\"2027-01\";},");
    box_open(&b);
    cr_assert_eq(form_field(b.child, "phone")->number, phone);
    box_put(&b, b.child, 1, "phone=-");
    box_put(&b, b.child, 2, "phone=-");
    store_close(&b.s);
    box_dict(&b, ""); /* no values any more: it may go, its number never comes back */
    box_open(&b);
    store_close(&b.s);
    box_dict(&b, PHONE_FIELD);
    box_open(&b);
    cr_assert_gt(form_field(b.child, "phone")->number, phone);
    box_put(&b, b.child, 1, "phone=1");
    box_put(&b, b.child, 2, "phone=1");
    store_close(&b.s);
    box_dict(&b, "{name=\"phone\";label=\"电话\";en=\"Phone\";type=\"text\";unique=true;},");
    MUST_SAY(&b, HE_RULE, "phone");
    box_dict(&b, PHONE_FIELD);
    box_open(&b);
    box_put(&b, b.child, 2, "phone=2");
    store_close(&b.s);
    box_dict(&b, "{name=\"phone\";label=\"电话\";en=\"Phone\";type=\"text\";unique=true;},");
    box_open(&b);
    struct box_put p = {.b = &b, .form = b.child, .pairs = "name=丙|phone=2"};
    cr_assert_eq(store_write(b.s, b.ctx, NULL, box_put_fn, &p, NULL), HE_EXISTS);
    cr_assert_eq(p.clash_id, 2);
    box_free(&b);
}

static int newest_job(struct txn *t, void *arg)
{
    struct node *list;
    int err = txn_job_list(t, t->ctx, &list);
    for (const struct node *j = node_first(list); j && !err; j = j->next)
        if (strcmp(node_text_or(j, "kind", ""), "store.index") == 0) {
            *(uint64_t *)arg = (uint64_t)node_num(j, "id", 0);
            break;
        }
    return err;
}

/* A field gets an index, others a search: built by jobs while records change. */
Test(store_open, new_index)
{
    struct box b;
    uint64_t job = 0;
    box_new(&b);
    for (int i = 0; i < 300; i++)
        box_put(&b, b.child, 0, text_printf(b.ctx, "name=甲|phone=%03d", 299 - i));
    store_close(&b.s);
    box_dict(&b, "{name=\"phone\";label=\"电话\";en=\"Phone\";type=\"text\";index=true;"
                 "search=\"digits\";},");
    box_open(&b);
    struct box_walk w = {.w = {.form = b.child, .field = form_field(b.child, "phone")}, .max = 3};
    cr_assert_str_eq(box_walk(&b, &w), "BUSY");
    box_put(&b, b.child, 150, "phone=0000"); /* before the job comes to it */
    cr_assert_eq(store_read(b.s, newest_job, &job), 0);
    store_job_start(b.s);
    cr_assert_eq(store_job_wait(b.s, job, 20000), 0);
    cr_assert_eq(store_job_wait(b.s, job - 1, 20000), 0);
    cr_assert_str_eq(box_walk(&b, &w), "300 150 299");
    cr_assert_eq(store_verify(b.s, NULL, NULL), 0);
    store_close(&b.s);
    box_dict(&b, PHONE_FIELD); /* taken away and given again: nothing stale comes back */
    box_open(&b);
    box_put(&b, b.child, 300, "phone=999");
    store_close(&b.s);
    box_dict(&b, "{name=\"phone\";label=\"电话\";en=\"Phone\";type=\"text\";index=true;},");
    box_open(&b);
    cr_assert_eq(store_read(b.s, newest_job, &job), 0);
    store_job_start(b.s);
    cr_assert_eq(store_job_wait(b.s, job, 20000), 0);
    w.w.form = b.child;
    w.w.field = form_field(b.child, "phone");
    cr_assert_str_eq(box_walk(&b, &w), "150 299 298");
    box_free(&b);
}

/* --- directories --- */

static void as_nobody(struct box *b)
{
    cr_assert(setgid(65534) == 0 && setuid(65534) == 0);
    int err = box_try_open(b);
    _exit(err == HE_IO && strstr(b->problem, "不能写入") ? 3 : 4);
}

static void open_second(struct box *b)
{
    int err = box_try_open(b);
    _exit(err == HE_LOCKED && strstr(b->problem, "另一个程序") ? 3 : 4);
}

static void open_and_die(struct box *b)
{
    box_open(b);
    box_put(b, b->child, 0, "name=甲");
    kill(getpid(), SIGKILL);
}

Test(store_open, refused)
{
    struct box b;
    box_make(&b);
    cr_assert_eq(store_init(&b.conf, b.dict, &b.problem), HE_EXISTS);
    cr_assert_str_neq(box_said(&b), "");
    if (geteuid() == 0) {
        cr_assert_eq(chmod(b.dir, 0755), 0);
        cr_assert_eq(WEXITSTATUS(box_fork(as_nobody, &b)), 3);
    } else {
        cr_assert_eq(chmod(b.conf.dir, 0500), 0);
        MUST_SAY(&b, HE_IO, "不能写入");
        cr_assert_eq(chmod(b.conf.dir, 0700), 0);
    }
    int fd;
    cr_assert_eq(io_lock_dir(b.conf.dir, &fd), 0); /* as another process holds it */
    cr_assert_eq(WEXITSTATUS(box_fork(open_second, &b)), 3);
    close(fd);
    cr_assert(WIFSIGNALED(box_fork(open_and_die, &b))); /* leaves a log to recover from */

    cr_assert_eq(format_write(b.conf.dir, 9), 0);
    MUST_SAY(&b, HE_NEWER, "格式 9");
    cr_assert_eq(store_recover(&b.conf, &b.problem), HE_NEWER);
    cr_assert_str_neq(box_said(&b), "");
    cr_assert_eq(format_write(b.conf.dir, STORE_FORMAT), 0);

    char *log = text_printf(b.ctx, "%s/log/log.0000000001", b.conf.dir);
    char *gone = text_printf(b.ctx, "%s/hidden", b.dir);
    cr_assert_eq(rename(log, gone), 0);
    MUST_SAY(&b, HE_CORRUPT, "--restore");
    cr_assert_eq(rename(gone, log), 0);
    char *file = text_printf(b.ctx, "%s/db/audit.db", b.conf.dir);
    box_open(&b);
    store_close(&b.s);
    cr_assert_eq(rename(file, gone), 0);
    MUST_SAY(&b, HE_CORRUPT, "缺少文件");
    cr_assert_eq(rename(gone, file), 0);
    box_open(&b);
    store_close(&b.s);
    b.conf.dir = text_printf(b.ctx, "%s/none", b.dir);
    cr_assert_eq(io_make_dirs(b.conf.dir, 0700), 0);
    MUST_SAY(&b, HE_NOTFOUND, "--init");
    box_free(&b);
}

/* In a process of its own: Berkeley DB gives nothing back after a panic. */
static void verify_damaged(struct box *b)
{
    _exit(store_verify_stopped(&b->conf, b->dict, NULL, NULL) > 0 ? 3 : 4);
}

/* A flipped byte in any page of a file is found, never served. */
Test(store_open, flipped_bytes)
{
    struct box b;
    char *bytes;
    size_t len;
    box_new(&b);
    for (int i = 0; i < 40; i++)
        box_put(&b, b.child, 0, "name=王小雨|village=320681001001");
    store_close(&b.s);
    char *file = text_printf(b.ctx, "%s/db/rec-%d.db", b.conf.dir, b.child->number);
    cr_assert_eq(io_read_file(b.ctx, file, 1 << 20, &bytes, &len), 0);
    for (size_t page = 0; page < len / 4096; page++) {
        size_t at = page ? page * 4096 + 2000 : 100; /* the first page holds 512 bytes */
        bytes[at] ^= 0x20;
        cr_assert_eq(io_write_file(file, bytes, len, 0600), 0);
        cr_assert_eq(WEXITSTATUS(box_fork(verify_damaged, &b)), 3, "page %zu", page);
        bytes[at] ^= 0x20;
    }
    cr_assert_eq(io_write_file(file, bytes, len, 0600), 0);
    cr_assert_eq(store_verify_stopped(&b.conf, b.dict, NULL, NULL), 0);
    box_free(&b);
}

/* --- format 1 --- */

static int count_fn(struct txn *t, void *arg)
{
    uint64_t n;
    (void)arg;
    int err = txn_count(t, dict_form(txn_dict(t), "child"), &n);
    return err ? err : (int)n;
}

Test(store_open, upgrade)
{
    struct box b;
    int format;
    box_make(&b);
    b.conf.fault = "format=1"; /* leaves the store as format 1 had it */
    box_open(&b);
    for (int i = 0; i < 5; i++)
        box_put(&b, b.child, 0, "name=甲|village=320681001001");
    box_put(&b, b.visit, 0, "child=1|day=2026-01-01");
    store_close(&b.s);
    b.conf.fault = NULL;
    cr_assert(format_read(b.conf.dir, &format) == 0 && format == 1);
    cr_assert_gt(store_verify_stopped(&b.conf, b.dict, NULL, NULL), 0); /* no numbers of records */
    box_open(&b);
    cr_assert(format_read(b.conf.dir, &format) == 0 && format == STORE_FORMAT);
    cr_assert_eq(store_read(b.s, count_fn, NULL), 5);
    cr_assert_eq(box_put(&b, b.child, 0, "name=乙"), 6);
    cr_assert_eq(store_verify(b.s, NULL, NULL), 0);
    store_close(&b.s);
    /* the automatic backup is the old store */
    char *from = text_printf(b.ctx, "%s/before-format-3", b.conf.dir);
    b.conf.dir = text_printf(b.ctx, "%s/old", b.dir);
    int err = store_restore(from, &b.conf, &b.problem);
    cr_assert_eq(err, 0, "%s", b.problem);
    cr_assert(format_read(b.conf.dir, &format) == 0 && format == 1);
    box_open(&b);
    cr_assert_eq(store_read(b.s, count_fn, NULL), 5);
    box_free(&b);
}

/* --- disk and clock --- */

static int look_fn(struct txn *t, void *arg)
{
    struct box *b = arg;
    return txn_audit(t, &box_who, b->child, 1, NULL);
}

static int64_t early(void)
{
    return date_now() - 86400;
}

Test(store_open, readonly)
{
    struct box b;
    const char *why = NULL;
    uint64_t room = 0;
    struct node *n;
    box_new(&b);
    box_put(&b, b.child, 0, "name=甲");
    cr_assert(!store_readonly(b.s, NULL));
    store_close(&b.s);
    cr_assert_eq(io_dir_free_bytes(b.conf.dir, &room), 0);
    b.conf.low_disk_bytes = room * 2; /* low: no changes, but reading is still recorded */
    box_open(&b);
    struct box_put p = {.b = &b, .form = b.child, .pairs = "name=乙"};
    cr_assert_eq(store_write(b.s, b.ctx, NULL, box_put_fn, &p, NULL), HE_FULL);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, look_fn, &b, NULL), 0);
    n = node_map(b.ctx);
    cr_assert_eq(store_draft_put(b.s, 1, "a", n), HE_FULL);
    cr_assert(store_readonly(b.s, &why) && strstr(why, "磁盘"));
    cr_assert_eq(store_read(b.s, count_fn, NULL), 1);
    store_close(&b.s);
    b.conf.low_disk_bytes = room * 8; /* very low: nothing */
    box_open(&b);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, look_fn, &b, NULL), HE_FULL);
    store_close(&b.s);
    b.conf.low_disk_bytes = 1 << 20;
    b.conf.now = early;
    box_open(&b);
    cr_assert(store_readonly(b.s, &why) && strstr(why, "时钟"));
    cr_assert_eq(store_write(b.s, b.ctx, NULL, box_put_fn, &p, NULL), HE_READONLY);
    cr_assert_eq(store_read(b.s, count_fn, NULL), 1);
    store_close(&b.s);
    b.conf.now = NULL;
    box_open(&b);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, box_put_fn, &p, NULL), 0);
    box_free(&b);
}

/* --- verification finds what is planted, each by its name --- */

enum plant { P_INDEX, P_EXTRA, P_TOKEN, P_UNIQUE, P_HISTORY, P_COUNT, P_RECORD, P_N };

static int plant_fn(struct txn *t, void *arg)
{
    struct table *tb = store_table(t->s, dict_form(txn_dict(t), "child"));
    enum plant what = *(enum plant *)arg;
    struct key k = {0};
    struct stored st;
    struct rec *rec;
    cr_assert_eq(rec_load(t, t->ctx, tb, 1, &st), 0);
    cr_assert_eq(rec_from_stored(t->ctx, tb, 1, &st, &rec), 0);
    switch (what) {
    case P_INDEX:
    case P_EXTRA:
        index_key(t->ctx, tb, &tb->ix[1], rec, "320681001001", &k);
        if (what == P_INDEX)
            return kv_del(t, tb->ix[1].db, &k);
        k.b[0] ^= 1; /* in another division */
        return kv_put(t, tb->ix[1].db, &k, "", 0);
    case P_TOKEN:
        token_key(&k, rec_tokens(t->ctx, rec)[0], 1);
        return kv_del(t, tb->tok, &k);
    case P_UNIQUE:
        unique_key("11", &k);
        return kv_del(t, tb->uni[0].db, &k);
    case P_HISTORY:
        history_key(&k, tb->form, 1, 2);
        return blob_del(t, t->s->sys[SYS_HISTORY], &k);
    case P_COUNT:
        return count_put(t, tb->form->number, 3, 9);
    case P_RECORD: /* changed behind everybody's back */
        st.raw[st.raw_len - 1] ^= 1;
        rec_key(&k, 1);
        return blob_put(t, tb->rec, &k, st.raw, st.raw_len);
    default:
        return HE_USAGE;
    }
}

struct said {
    void *ctx;
    char *text;
};

static void say(const char *sentence, void *arg)
{
    struct said *s = arg;
    s->text = talloc_asprintf_append(s->text, "%s\n", sentence);
}

Test(store_open, verify_finds)
{
    static const char *const want[P_N] = {"索引",   "多出", "检索词", "不重复", "历史里缺少第 2 版",
                                          "记录数", "摘要"};
    struct box b;
    for (enum plant p = 0; p < P_N; p++) {
        box_new(&b);
        box_put(&b, b.child, 0, "name=王小雨|id_no=11|village=320681001001|remark=a");
        box_put(&b, b.child, 1, "birth_date=2016-01-01");
        struct said s = {b.ctx, talloc_strdup(b.ctx, "")};
        cr_assert_eq(store_verify(b.s, say, &s), 0, "%s", s.text);
        cr_assert_eq(store_write(b.s, b.ctx, NULL, plant_fn, &p, NULL), 0);
        cr_assert_geq(store_verify(b.s, say, &s), 1, "plant %d", p);
        cr_assert_not_null(strstr(s.text, want[p]), "plant %d: %s", p, s.text);
        store_close(&b.s);
        cr_assert_geq(store_verify_stopped(&b.conf, b.dict, NULL, NULL), 1, "plant %d", p);
        box_free(&b);
    }
}

/* --- an error that nobody looks at --- */

static int spoil_fn(struct txn *t, void *arg)
{
    struct table *tb = store_table(t->s, dict_form(txn_dict(t), "child"));
    struct key k = {0};
    (void)arg;
    rec_key(&k, 1);
    return blob_put(t, tb->rec, &k, "x", 1);
}

/* Takes a record that cannot be read for none, and goes on. */
static int careless_fn(struct txn *t, void *arg)
{
    struct box *b = arg;
    struct rec *rec;
    if (txn_get(t, b->ctx, b->child, 1, &rec) == 0)
        return HE_USAGE;
    rec = rec_new(b->ctx, b->child);
    rec_set(rec, "name", "李四");
    return txn_put(t, &box_who, NULL, rec, NULL, NULL);
}

static int children_fn(struct txn *t, void *arg)
{
    return txn_count(t, dict_form(txn_dict(t), "child"), arg);
}

Test(store_open, swallowed_error)
{
    struct box b;
    uint64_t n;
    box_new(&b);
    box_put(&b, b.child, 0, "name=王小雨|village=320681001001");
    cr_assert_eq(store_write(b.s, b.ctx, NULL, spoil_fn, NULL, NULL), 0);
    cr_expect_eq(store_write(b.s, b.ctx, NULL, careless_fn, &b, NULL), HE_CORRUPT);
    cr_assert_eq(store_read(b.s, children_fn, &n), 0);
    cr_expect_eq(n, 1, "undone");
    box_free(&b);
}
