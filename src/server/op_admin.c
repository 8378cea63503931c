/* Divisions, users and posts, audit trail, jobs, backup, verification. */
#include "server/call.h"

#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "work/admin.h"

#define FAULTS_SHOWN 200

/* {below, words, limit} → {rows: [{code, name, title, level, closed}]} */
int op_area_list(struct call *c, struct txn *t)
{
    (void)t;
    area_list(c->ctx, c->county, node_text_or(c->body, "below", ""), node_text(c->body, "words"),
              call_limit(c, 100), c->out);
    return 0;
}

/* as village_empty */
int op_area_empty(struct call *c, struct txn *t)
{
    return village_empty(t, c->ctx, c->county, c->actor, c->body, c->out);
}

/* {division} → as village_contacts */
int op_area_contacts(struct call *c, struct txn *t)
{
    return village_contacts(t, c->ctx, c->county, c->actor, node_text_or(c->body, "division", ""),
                            c->out);
}

/* The bodies of the following stand in work/admin.h. */
int op_division_load(struct call *c, struct txn *t)
{
    return division_load(t, c->ctx, c->county, c->actor, c->body, c->out);
}

int op_user_list(struct call *c, struct txn *t)
{
    return user_list(t, c->ctx, c->county, c->actor, c->body, c->out);
}

int op_user_add(struct call *c, struct txn *t)
{
    return user_add(t, c->ctx, c->county, c->actor, c->body, c->out);
}

int op_user_set(struct call *c, struct txn *t)
{
    return user_set(t, c->ctx, c->county, c->actor, c->body, c->out);
}

int op_post_add(struct call *c, struct txn *t)
{
    return post_add(t, c->ctx, c->county, c->actor, c->body, c->out);
}

int op_post_set(struct call *c, struct txn *t)
{
    return post_set(t, c->ctx, c->county, c->actor, c->body, c->out);
}

int op_post_end(struct call *c, struct txn *t)
{
    return post_end(t, c->ctx, c->county, c->actor, c->body, c->out);
}

/* --- audit --- */

struct audit_page {
    struct node *rows;
    size_t limit;
    const char *user, *op;
    int64_t last;
};

static bool wanted(const struct audit_page *p, const struct node *row)
{
    return (!p->user || strcmp(p->user, node_text_or(row, "user", "")) == 0) &&
           (!p->op || strcmp(p->op, node_text_or(row, "op", "")) == 0);
}

static int audit_add(const struct node *row, void *arg)
{
    struct audit_page *p = arg;
    p->last = node_num(row, "seq", 0);
    if (wanted(p, row))
        node_copy(p->rows, NULL, row);
    return p->rows->n >= p->limit;
}

/* {from: number, reverse, user, op, limit} → {rows: [{seq, time, user, …}], next: number to go on
 * from, nil at the end}. Reading the trail leaves a row itself. */
int op_audit_list(struct call *c, struct txn *t)
{
    bool reverse = node_flag(c->body, "reverse");
    struct audit_page p = {.rows = node_add_list(c->out, "rows"),
                           .limit = (size_t)call_limit(c, 100),
                           .user = node_text(c->body, "user"),
                           .op = node_text(c->body, "op")};
    int64_t from = node_num(c->body, "from", reverse ? INT64_MAX : 1);
    if (from < 1)
        return HE_PROTOCOL;
    int r = txn_audit_walk(t, c->ctx, (uint64_t)from, reverse, audit_add, &p);
    if (r < 0)
        return r;
    if (p.rows->n >= p.limit && p.last + (reverse ? -1 : 1) > 0)
        node_int(c->out, "next", p.last + (reverse ? -1 : 1));
    c->audit = node_map(c->ctx);
    node_int(c->audit, "n", (int64_t)p.rows->n);
    return 0;
}

/* {} → {rows: checked, bad: first row that does not fit or 0, head} */
int op_audit_verify(struct call *c, struct txn *t)
{
    uint64_t rows = 0, bad = 0;
    char head[65] = "";
    (void)t;
    int r = store_audit_verify(c->srv->store, &rows, &bad, head);
    node_int(c->out, "rows", (int64_t)rows);
    node_int(c->out, "bad", (int64_t)bad);
    node_str(c->out, "head", head);
    return r;
}

/* --- jobs --- */

static bool manages_jobs(const struct call *c)
{
    return actor_may(c->actor, "job.manage");
}

#define JOBS_BYTES 50000 /* of a message: the newest */

/* {} → {rows: [{id, kind, owner, state, done, total, …}]}, newest first, as many as one message takes */
int op_job_list(struct call *c, struct txn *t)
{
    struct node *list;
    int r = txn_job_list(t, c->ctx, &list);
    if (r < 0)
        return r;
    bool all = manages_jobs(c);
    struct node *rows = node_add_list(c->out, "rows");
    size_t bytes = 0, len;
    for (const struct node *e = node_first(list); e; e = e->next) {
        char *packed;
        if (!all && strcmp(node_text_or(e, "owner", ""), c->actor->login) != 0)
            continue;
        node_encode(c->ctx, e, &packed, &len);
        talloc_free(packed);
        if ((bytes += len) > JOBS_BYTES)
            break;
        node_copy(rows, NULL, e);
    }
    return 0;
}

/* {id} → {} */
int op_job_cancel(struct call *c, struct txn *t)
{
    struct job *job;
    uint64_t id = call_id(c->body, "id");
    int r = id ? txn_job_get(t, c->ctx, id, &job) : HE_PROTOCOL;
    if (r < 0)
        return r;
    if (job->owner_id != c->actor->id && !manages_jobs(c))
        return HE_NOTFOUND;
    return txn_job_cancel(t, id);
}

/* --- backup, verification --- */

/* An absolute path without "..", outside of the data: a backup that fails is removed again. */
static bool backup_place(const struct call *c, const char *dir)
{
    const char *data = c->srv->set->data_dir;
    size_t n = strlen(data);
    if (!dir || dir[0] != '/' || strlen(dir) > 1000)
        return false;
    for (const char *p = dir; (p = strstr(p, "/..")); p += 3)
        if (p[3] == '/' || !p[3])
            return false;
    return strncmp(dir, data, n) != 0 || (dir[n] && dir[n] != '/');
}

/* {dir: absolute path on the server} → {dir} */
int op_backup(struct call *c, struct txn *t)
{
    const char *dir = node_text(c->body, "dir");
    char *problem = NULL;
    (void)t;
    if (!backup_place(c, dir))
        return call_wrong(c, "请写服务器上备份目录的完整路径，不能有“..”，也不能在数据目录里");
    struct node *detail = node_map(c->ctx);
    node_str(detail, "dir", dir);
    int r = call_audit(c, NULL, 0, detail);
    if (r < 0 && r != HE_FULL && r != HE_READONLY) /* a full disk is when it is needed most */
        return r;
    r = store_backup(c->srv->store, dir, &problem);
    if (problem)
        c->text = talloc_steal(c->root, problem);
    node_str(c->out, "dir", dir);
    return r;
}

static void add_fault(const char *sentence, void *arg)
{
    struct node *list = arg;
    if (list->n < FAULTS_SHOWN)
        node_str(list, NULL, sentence);
}

/* {} → {faults: number, text of the first: [sentence]} */
int op_verify(struct call *c, struct txn *t)
{
    (void)t;
    struct node *list = node_add_list(c->out, "list");
    int r = store_verify(c->srv->store, add_fault, list);
    if (r < 0)
        return r;
    node_int(c->out, "faults", r);
    return 0;
}
