/*
 * What the files of this room share; nobody else includes it (tests of the store may).
 *
 * Keys are byte strings whose memcmp order is the order of reading. Values are cut into pieces
 * under the overflow threshold of a 4 KiB page (1,007 bytes), each with a stamp of the write it
 * came from, so that a reader without locks notices when pieces of two versions meet and reads
 * again.
 */
#ifndef HUTONG_STORE_INT_H
#define HUTONG_STORE_INT_H

#include <db.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/sm3.h"
#include "form/type.h"
#include "store/store_admin.h"

#define KEY_MAX     144
#define SORTKEY_MAX 120
#define PIECE_MAX   960 /* bytes of a value in one piece: four stand on a page */
#define PIECES_MAX  255
#define BATCH_MAX   256
#define WRITER_MS   20 /* a batch takes no further request after this */
#define JOB_MS      8  /* job_time_up says stop after this */
#define KEEP_DAYS   30 /* request numbers, drafts, finished jobs */
#define WALK_CHUNK  128
#define VACANT_MAX  4
#define COUNT_MAX   64
#define LOOK_POOL   (16 << 10) /* what most readings need for themselves */

struct key {
    size_t len;
    unsigned char b[KEY_MAX];
};

/* One index: division, sort key, 0, id; of a ref field: the other's id, id. */
struct ix {
    const struct form_field *field; /* NULL: records by division and id */
    bool ref;
    const char
        *usual; /* records with this value ("" unanswered) have no entry; NULL: all have one */
    DB *db;     /* NULL: of the division itself, which is everybody's usual value */
    atomic_bool ready;
};

/* One unique field: value → id. */
struct uni {
    const struct form_field *field;
    DB *db;
    bool building; /* only while opening */
};

struct table;
struct dep { /* a form that takes its division from this one's records */
    struct table *table;
    struct ix *ix; /* of its ref field */
};

struct table {
    const struct form *form;
    DB *rec, *tok; /* tok is NULL when no field is searched */
    atomic_bool tok_ready;
    struct ix *ix;
    size_t nix;
    struct uni *uni;
    size_t nuni;
    struct form_path area; /* field NULL: the form belongs to no division */
    struct dep *dep;
    size_t ndep;
    atomic_uint_fast64_t changes; /* txn_changes; odd: the batch being run changed a record */
};

enum store_sys {
    SYS_META,
    SYS_COUNT,
    SYS_HISTORY,
    SYS_AUDIT,
    SYS_REQUEST,
    SYS_DRAFT,
    SYS_JOB,
    SYS_N
};

struct req { /* waits for the writer; lives on the stack of store_write, or alone */
    store_fn fn;
    void *arg, *ctx;
    const struct store_reqno *no;
    struct node **again;
    bool part; /* store_write_part */
    int err;
    enum lang lang; /* in which its sentences are said: that of who asked */
    enum { REQ_WAITED, REQ_ASYNC, REQ_OWN } kind; /* store_write; a draft; a step of a job */
    sem_t done; /* REQ_WAITED: posted once it is durable or failed */
    struct req *next;
};

struct req_list {
    struct req *first, **last;
    size_t n;
};

/* Records that a transaction wrote, for the watcher. */
struct change_log {
    struct change_entry {
        const struct form *form;
        uint64_t id;
        struct date day;
    } * e; /* malloc */
    size_t n, room;
};

struct job_kind {
    const char *kind;
    job_step step;
    void *arg;
};

struct store {
    struct store_conf conf;
    struct dict *dict;
    int lock_fd;
    DB_ENV *env;
    DB *sys[SYS_N];
    struct table *table; /* [dict->nform] */
    bool verifying;      /* opened on a copy: numbers are not given, nothing runs */

    pthread_mutex_t mu; /* queue, flags and counters below */
    pthread_cond_t work, flush, durable, maintain;
    pthread_t writer, flusher, keeper;
    bool threads, stop, writer_done;
    struct req_list queue, committed;
    struct req_list running, inflush; /* in the writer's hands; waiting for the disk */
    uint64_t queued, handled;         /* asynchronous ones, for draft reads */
    bool flushing;
    atomic_uint_fast64_t commit_seq; /* batch whose commit may be visible */
    uint64_t done_seq, flushed_seq;  /* committed for sure; on the disk */
    uint64_t commits, flushes, requests;
    uint64_t kept_at; /* requests when the keeper was last woken */

    atomic_int disk;    /* 0 enough, 1 low: no changes, 2 very low: nothing */
    atomic_bool closed; /* an error or the clock made it read-only for good */
    char why[256];
    bool jobs_on;
    atomic_bool jobs_dirty;   /* some job may have a step to run */
    atomic_bool jobs_changed; /* the list below must be read again */
    uint64_t *job_id;         /* jobs with steps to run */
    size_t njob;
    uint64_t job_turn; /* id of the job that ran last */
    struct job_kind *kind;
    size_t nkind;
    int64_t last_purge;
    pthread_mutex_t files; /* held by checkpoint with log removal, and by a backup */

    /* writer thread only */
    int careful; /* so many batches still have a child transaction for each request */
    struct count {
        int form;
        uint64_t next, n;
        bool known, changed; /* … and not written yet */
    } count[COUNT_MAX];
    size_t ncount;
    uint32_t stamp;
    uint64_t audit_seq;
    unsigned char audit_head[SM3_LEN];
    struct change_log changed; /* by the batch under way */
    store_watch_fn watch;
    void *watch_arg;
    struct inflight *inflight; /* mapped file: the request number being run */
};

struct txn {
    struct store *s;
    DB_TXN *db; /* NULL: a reader */
    bool writes, wrote, deadlock, jobs_dirty;
    int broken; /* an error after which the transaction must not commit */
    void *ctx;  /* lives as long as the transaction */
    struct node *answer;
    struct seen *seen; /* of store_look */
    struct { /* unique values that were looked for in vain: asked three times of a new record */
        const struct uni *u;
        char value[24];
    } vacant[VACANT_MAX];
    size_t nvacant;
    size_t changed; /* of s->changed when it began */
    uint64_t audit_seq;
    unsigned char audit_head[SM3_LEN];
};

/* key.c */
void key_init(struct key *);
void key_u8(struct key *, unsigned);
void key_u16(struct key *, unsigned);
void key_u32(struct key *, uint32_t);
void key_u64(struct key *, uint64_t);
void key_bytes(struct key *, const void *, size_t); /* cut at the room left */
void key_text(struct key *, const char *);
void key_area(struct key *, uint64_t code);
uint64_t key_get(const unsigned char *, int bytes); /* big endian */
bool key_next(struct key *); /* the smallest key behind every key with this prefix; false: none */
int key_cmp(const struct key *, const struct key *);
uint64_t area_num(const char *code); /* "" gives 0 */

/* kv.c: Berkeley DB's codes end here */
int kv_err(struct txn *, int ret, const char *what);
/* Remembers an error of the store, whatever its caller makes of it: a change is then undone, and what was
 * read is no answer when the disk failed. Gives err back. */
int txn_broken(struct txn *, int err);
int kv_get(struct txn *, DB *, const struct key *, void *buf, size_t max, size_t *len);
int kv_put(struct txn *, DB *, const struct key *, const void *, size_t len);
int kv_del(struct txn *, DB *, const struct key *);
/* Keys of [from, to) in order or backwards, at most max; to NULL or empty: no end. No lock is left.
 */
int kv_range(struct txn *, DB *, const struct key *from, const struct key *to, bool reverse,
             struct key *out, size_t max, size_t *n);
/* Many keys at once from `from` on: as many as the buffer holds, none at the end. For long reading where
 * only keys are wanted. */
struct kv_bulk {
    DBT data;
    void *at;
    char buf[64 << 10];
};
int kv_bulk(struct txn *, DB *, const struct key *from, struct kv_bulk *);
bool kv_bulk_pair(struct kv_bulk *, struct key *out, const void **value, size_t *len);
bool kv_bulk_next(struct kv_bulk *, struct key *out); /* false: all were given */
int blob_get(struct txn *, void *ctx, DB *, const struct key *, char **bytes, size_t *len);
int blob_put(struct txn *, DB *, const struct key *, const void *, size_t len);
/* The same for a key that is known not to be there. */
int blob_add(struct txn *, DB *, const struct key *, const void *, size_t len);
int blob_add_node(struct txn *, DB *, const struct key *, const struct node *);
int blob_del(struct txn *, DB *, const struct key *);
int blob_get_node(struct txn *, void *ctx, DB *, const struct key *, struct node **);
int blob_put_node(struct txn *, DB *, const struct key *, const struct node *);
/* Each key whose blob lies in [from, to); fn gets it without the piece byte. */
typedef int (*blob_fn)(struct txn *, const struct key *, void *arg);
int blob_each(struct txn *, DB *, const struct key *from, const struct key *to, bool reverse,
              blob_fn, void *arg);

/* env.c */
int env_open(struct store *, const char *dir, const struct store_conf *, uint32_t recover,
             char **problem, void *ctx);
int env_close(DB_ENV *);
int env_db(DB_ENV *, DB_TXN *, const char *name, uint32_t flags, DB **);
int env_checkpoint(struct store *, bool force);
void env_watch_disk(struct store *);
void env_ballast(const struct store_conf *, const char *dir, bool keep);
void *env_keeper(void *store);
int env_fail(void *ctx, char **problem, int err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
extern const char *const sys_name[SYS_N];

/* open.c */
enum open_mode { OPEN_SERVE, OPEN_VERIFY, OPEN_COPY };
int store_open_mode(void *ctx, const struct store_conf *, struct dict *, enum open_mode,
                    struct store **, char **problem);
int64_t store_now(const struct store *);
char *store_path(void *ctx, const char *dir, const char *name);
int format_read(const char *dir, int *format);
int format_write(const char *dir, int format);

/* writer.c */
int writer_start(struct store *);
void writer_stop(struct store *);
int writer_once(struct store *, store_fn fn, void *arg); /* while no thread runs */
int writer_own(struct store *, store_fn fn, void *arg);
void req_add(struct req_list *, struct req *);
int req_refused(struct store *); /* of a store that takes no change */
/* ask.c */
void txn_reader(struct txn *, struct store *, void *ctx);
int writer_async(struct store *, store_fn fn, void *arg);
void writer_drain(struct store *); /* until what was handed over asynchronously is durable */
void writer_close(struct store *, const char *why);

/* schema_sync.c: compares dictionary and store, writes numbers and states of indexes */
enum ix_state { IX_NONE, IX_READY, IX_BUILDING };
int schema_sync(struct txn *, void *arg);
struct schema_ask {
    char **problem;
    void *ctx;
};
/* schema.c: reads them into the dictionary and opens the tables */
int schema_load(struct store *, char **problem, void *ctx);
int schema_open(struct store *, char **problem, void *ctx);
void schema_close(struct store *);
void schema_name(char out[40], const char *kind, int form, int what);
int schema_ready(struct txn *, const struct form *, int what, const char *slot);
int schema_jobs(struct txn *, void *arg);
struct table *store_table(const struct store *, const struct form *);
#define WHAT_TOKENS (-1) /* else a field's number, 0 for the index by division and id */

/* record.c */
struct stored {
    char kind; /* 'R' record, 'F' forwarded */
    uint32_t version;
    uint64_t to;
    char *raw; /* everything as stored, for digests */
    size_t raw_len;
};
int rec_load(struct txn *, void *ctx, const struct table *, uint64_t id, struct stored *);
int rec_from_stored(void *ctx, const struct table *, uint64_t id, const struct stored *,
                    struct rec **);
const char *rec_area(struct txn *, void *ctx, const struct table *, const struct rec *);
void rec_key(struct key *, uint64_t id);

/* count.c */
int count_get(struct txn *, int form, uint64_t *next, uint64_t *n);
int count_put(struct txn *, int form, uint64_t next, uint64_t n);
int count_flush(struct txn *);
void count_forget(struct store *);

/* index.c, token.c */
bool index_key(void *ctx, const struct table *, const struct ix *, const struct rec *,
               const char *area, struct key *);
int index_update(struct txn *, void *ctx, const struct table *, const struct rec *old,
                 const char *old_area, const struct rec *rec, const char *area);
int index_rekey_deps(struct txn *, const struct table *, uint64_t id, const char *old_area,
                     const char *area);
void unique_key(const char *value, struct key *);
bool unique_holds(const char *value);
bool unique_whole(const char *value); /* held, and not shortened in its key */
int unique_build(struct store *, const struct table *, struct uni *, char **problem, void *ctx);
int unique_update(struct txn *, const struct table *, const struct rec *old, const struct rec *rec);
int unique_clash(struct txn *, const struct table *, const struct rec *old, const struct rec *rec,
                 const struct form_field **clash, uint64_t *clash_id);
void token_key(struct key *, const char *token, uint64_t id);
const char **token_list(void *ctx, const struct table *,
                        const struct rec *); /* those that are stored */
int token_update(struct txn *, void *ctx, const struct table *, const struct rec *old,
                 const struct rec *rec);
int index_build_step(struct txn *, struct job *, void *arg);

/* rest.c: the records of one division that have the usual value of a field */
struct rest *rest_new(void *ctx, const struct ix *, uint64_t area, struct key *from,
                      struct key *to);
size_t rest_begin(const struct rest *, bool reverse, struct key *first);
int rest_learn(struct txn *, void *ctx, const struct ix *, struct rest *);
bool rest_knows(const struct rest *, uint64_t id);
size_t rest_keep(const struct rest *, struct key *k, size_t n);

/* history.c, audit.c */
void history_key(struct key *, const struct form *, uint64_t id, uint64_t seq);
/* old: what the values were (NULL values: unanswered); fields that rec has the same are left out.
 */
struct history_new {
    const struct form *form;
    uint64_t id;
    uint32_t version;
    const struct rec *old, *rec; /* either may be NULL */
    const struct node *note;
};
int history_add(struct txn *, const struct store_who *, const struct history_new *, uint64_t seq);
int audit_add(struct txn *, const struct store_who *, const struct form *, uint64_t id,
              uint32_t version, const unsigned char *digest, const struct node *detail,
              uint64_t *seq);
int audit_load_head(struct store *);
void audit_digest(const unsigned char *prev, uint64_t seq, const void *row, size_t len,
                  unsigned char out[SM3_LEN]);
void who_to_node(struct node *, const struct store_who *, int64_t now);

/* seen.c: every reading of keys is noted, or says so between begin and end */
void seen_key(struct txn *);
void seen_begin(struct txn *);
void seen_end(struct txn *);
void seen_record(struct txn *, const struct table *, uint64_t id, uint32_t version);
void seen_unique(struct txn *, const struct form_field *, const char *value, uint64_t id);
void seen_form(struct txn *, const struct table *);

/* watch.c: the writer's thread only */
void watch_note(struct txn *, const struct form *, uint64_t id, struct date day);
void watch_forget(struct store *, size_t from); /* what was undone */
void watch_tell(struct store *);                /* what was committed */

/* request.c */
int request_run(struct txn *, struct req *);
int inflight_open(struct store *);
void inflight_close(struct store *);

/* job.c, job_run.c, purge.c */
void job_builtin(struct store *);
bool job_run_one(struct store *); /* one step of one job; false when there is none to run */
void job_purge_due(struct store *);
int purge_step(struct txn *, struct job *, void *arg);
/* 0 when an unfinished job of the kind has this form and what; HE_NOTFOUND. */
int job_active(struct txn *, const char *kind, int form, int what);

/* meta keys of the store itself begin with "s/", those of others with "u/" */
int meta_get(struct txn *, void *ctx, const char *key, struct node **);
int meta_put(struct txn *, const char *key, const struct node *);

/* upgrade.c */
int upgrade_run(struct store *, char **problem, void *ctx);
int upgrade_plant(struct store *, int format); /* for tests: leaves the store as an older format */

/* files.c */
int dir_list(void *ctx, const char *path, char ***names, size_t *n);
int dir_logs(const char *dir, size_t *n, int *first, int *last);
int dir_remove(const char *dir); /* a directory and all below it; for copies of ours only */
int dir_copy_store(const char *from, const char *to);
int file_copy(const char *from, const char *to);
int manifest_write(const char *dir);
int manifest_check(const char *dir, char **problem);

/* backup.c */
int backup_copy(struct store *, const char *dir, int format, char **problem, void *ctx);

#endif
