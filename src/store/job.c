/* Jobs as stored: id(8) → {kind, owner, state, done, total, param, mark, result …}. */
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "store/store_int.h"

#define COUNT_JOBS 0 /* the counter of form 0 numbers jobs */

static void job_key(struct key *k, uint64_t id)
{
    key_init(k);
    key_u64(k, id);
}

static struct node *job_to_node(void *ctx, const struct job *j)
{
    struct node *n = node_map(ctx);
    char day[11];
    node_str(n, "kind", j->kind);
    node_str(n, "owner", j->owner);
    node_int(n, "owner_id", (int64_t)j->owner_id);
    node_int(n, "state", j->state);
    node_int(n, "done", (int64_t)j->done);
    node_int(n, "total", (int64_t)j->total);
    node_int(n, "begun", j->begun);
    node_int(n, "ended", j->ended);
    node_str(n, "today", date_format(j->today, day));
    node_copy(n, "param", j->param);
    node_copy(n, "mark", j->mark);
    node_copy(n, "result", j->result);
    return n;
}

static struct node *part(void *ctx, const struct node *n, const char *key)
{
    const struct node *p = node_get(n, key);
    if (!p || p->type != NODE_MAP)
        return node_map(ctx);
    return node_copy(node_list(ctx), NULL, p);
}

static struct job *job_from_node(void *ctx, uint64_t id, const struct node *n)
{
    struct job *j = talloc_zero(ctx, struct job);
    j->id = id;
    j->kind = talloc_strdup(j, node_text_or(n, "kind", ""));
    j->owner = talloc_strdup(j, node_text_or(n, "owner", ""));
    j->owner_id = (uint64_t)node_num(n, "owner_id", 0);
    j->state = (int)node_num(n, "state", JOB_FAILED);
    j->done = (uint64_t)node_num(n, "done", 0);
    j->total = (uint64_t)node_num(n, "total", 0);
    j->begun = node_num(n, "begun", 0);
    j->ended = node_num(n, "ended", 0);
    date_parse(node_text_or(n, "today", ""), &j->today);
    j->param = part(j, n, "param");
    j->mark = part(j, n, "mark");
    j->result = part(j, n, "result");
    return j;
}

int txn_job_put(struct txn *t, const struct job *j)
{
    struct key k;
    job_key(&k, j->id);
    t->jobs_dirty = true;
    return blob_put_node(t, t->s->sys[SYS_JOB], &k, job_to_node(t->ctx, j));
}

int txn_job_new(struct txn *t, struct job *j)
{
    uint64_t n;
    int err = count_get(t, COUNT_JOBS, &j->id, &n);
    if (!err)
        err = count_put(t, COUNT_JOBS, j->id + 1, n + 1);
    if (err)
        return err;
    j->begun = store_now(t->s);
    if (!j->today.y)
        j->today = date_of_time(j->begun);
    if (!j->param)
        j->param = node_map(t->ctx);
    if (!j->mark)
        j->mark = node_map(t->ctx);
    if (!j->result)
        j->result = node_map(t->ctx);
    return txn_job_put(t, j);
}

int txn_job_get(struct txn *t, void *ctx, uint64_t id, struct job **out)
{
    struct node *n;
    struct key k;
    job_key(&k, id);
    int err = blob_get_node(t, t->ctx, t->s->sys[SYS_JOB], &k, &n);
    if (err)
        return err;
    *out = job_from_node(ctx, id, n);
    talloc_free(n);
    return 0;
}

struct listing {
    struct node *list;
};

static int list_one(struct txn *t, const struct key *k, void *arg)
{
    struct listing *l = arg;
    struct node *n;
    int err = blob_get_node(t, t->ctx, t->s->sys[SYS_JOB], k, &n);
    if (err)
        return err;
    struct node *row = node_copy(l->list, NULL, n);
    node_int(row, "id", (int64_t)key_get(k->b, 8));
    talloc_free(n);
    return 0;
}

/* Newest first: the nodes of job.c's head comment with their id. */
int txn_job_list(struct txn *t, void *ctx, struct node **list)
{
    struct listing l = {node_list(ctx)};
    struct key all = {0};
    *list = l.list;
    return blob_each(t, t->s->sys[SYS_JOB], &all, NULL, true, list_one, &l);
}

/* HE_DENIED for the store's own jobs: an index would stay half built. */
int txn_job_cancel(struct txn *t, uint64_t id)
{
    struct job *j;
    int err = txn_job_get(t, t->ctx, id, &j);
    if (err)
        return err;
    if (strncmp(j->kind, "store.", 6) == 0)
        return HE_DENIED;
    if (j->state != JOB_WAITING && j->state != JOB_RUNNING)
        return HE_CONFLICT;
    j->state = JOB_CANCELLED;
    j->ended = store_now(t->s);
    return txn_job_put(t, j);
}

struct active {
    const char *kind;
    int form, what;
    bool found;
};

static int active_one(struct txn *t, const struct key *k, void *arg)
{
    struct active *a = arg;
    struct job *j;
    int err = txn_job_get(t, t->ctx, key_get(k->b, 8), &j);
    if (err)
        return err;
    a->found = (j->state == JOB_WAITING || j->state == JOB_RUNNING) &&
               strcmp(j->kind, a->kind) == 0 && node_num(j->param, "form", 0) == a->form &&
               node_num(j->param, "what", 0) == a->what;
    talloc_free(j);
    return a->found;
}

int job_active(struct txn *t, const char *kind, int form, int what)
{
    struct active a = {kind, form, what, false};
    struct key all = {0};
    int err = blob_each(t, t->s->sys[SYS_JOB], &all, NULL, true, active_one, &a);
    return err ? err : a.found ? 0 : HE_NOTFOUND;
}
