/*
 * Imports: rows of a file as a durable job. A row is checked wholly before anything of it is written,
 * so one that is refused leaves nothing behind; the mark of the job is stored with the rows.
 * Which row of the file brought an identity number is kept with the job ("import/JOB/digest"): a second
 * row with the same number is a duplicate, the same row sent again is not.
 */
#include "work/import_in.h"

#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/sm3.h"
#include "base/text.h"

#define IMPORT_JOB "import" /* no such kind runs: it is fed by requests */
#define PIECE_US   8000     /* of the writer's 10 ms */

/* What the client told its user already, by the same line of the configuration. */
static int too_many(const struct county *county, int64_t row, struct node *out)
{
    if (row <= county->conf.import_rows)
        return 0;
    node_str(out, "text", _("行数太多，请分成几个文件"));
    return HE_LIMIT;
}

/* --- beginning --- */

static const char *job_key(void *ctx, const struct node *body)
{
    char *all = text_printf(ctx, "%s\n%s\n%s", node_text_or(body, "type", ""),
                            node_text_or(body, "digest", ""), node_text_or(body, "map", ""));
    unsigned char digest[SM3_LEN];
    char hex[65];

    sm3(all, strlen(all), digest);
    return text_printf(ctx, "import/%s", sm3_hex(digest, hex));
}

static int may_import(const struct county *county, const struct actor *actor, const char *type,
                      const struct form **form)
{
    *form = type ? dict_form(county->dict, type) : NULL;
    if (!actor_may(actor, "import.run"))
        return HE_DENIED;
    return *form && !(*form)->system ? 0 : HE_NOTFOUND;
}

static int job_make(struct txn *txn, void *ctx, const struct actor *actor, const struct node *body,
                    const char *key, struct job **out)
{
    static const char *const kept[] = {"type", "digest", "map", "file", "fields", "const", "why"};
    struct job *job = actor_job(ctx, actor, IMPORT_JOB);
    struct node *ref = node_map(ctx), *detail = node_map(ctx);
    int err;

    *out = job;
    job->state = JOB_RUNNING;
    job->total = (uint64_t)node_num(body, "rows", 0);
    for (size_t i = 0; i < NELEM(kept); i++)
        if (node_get(body, kept[i]))
            node_copy(job->param, kept[i], node_get(body, kept[i]));
    node_int(job->mark, "row", 0);
    if (node_flag(body, "try"))
        node_bool(job->param, "try", true);
    if ((err = txn_job_new(txn, job)))
        return err;
    node_int(ref, "job", (int64_t)job->id);
    node_int(ref, "until", txn_meta_days(txn, IMPORT_DAYS));
    if (!node_flag(body, "try") && (err = txn_meta_put(txn, key, ref)))
        return err;
    node_int(detail, "import", (int64_t)job->id);
    node_str(detail, "digest", node_text(body, "digest"));
    return txn_audit(txn, &actor->who, NULL, 0, detail);
}

int import_begin(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                 const struct node *body, struct node *out)
{
    const struct form *form;
    const char *key = job_key(ctx, body);
    struct node *ref;
    struct job *job;
    int err = may_import(county, actor, node_text(body, "type"), &form);

    if (err || (err = too_many(county, node_num(body, "rows", 0), out)))
        return err;
    if (!node_text(body, "digest") ||
        (node_get(body, "const") && node_get(body, "const")->type != NODE_MAP))
        return HE_PROTOCOL;
    err = node_flag(body, "try") ? HE_NOTFOUND : txn_meta_get(txn, ctx, key, &ref);
    if (!err)
        err = txn_job_get(txn, ctx, (uint64_t)node_num(ref, "job", 0), &job);
    if (err == HE_NOTFOUND) /* never, or so long ago that the job is forgotten */
        err = job_make(txn, ctx, actor, body, key, &job);
    if (err)
        return err;
    if (job->state == JOB_CANCELLED || job->state == JOB_FAILED) {
        job->state = JOB_RUNNING;
        if ((err = txn_job_put(txn, job)))
            return err;
    }
    node_int(out, "job", (int64_t)job->id);
    node_bool(out, "again", job->state == JOB_DONE);
    node_int(out, "next", job->state == JOB_DONE ? 1 : node_num(job->mark, "row", 0) + 1);
    return 0;
}

/* --- pieces --- */

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int feed(struct import *im, const struct node *rows, struct node *out)
{
    int64_t begun = now_us(), taken = 0;
    struct node *list = node_add_list(out, "rows");

    for (const struct node *n = node_first(rows); n; n = n->next) {
        int64_t mark = node_num(im->job->mark, "row", 0);
        int err = 0;

        if (taken && now_us() - begun > PIECE_US)
            break;
        if ((err = too_many(im->county, node_num(n, "row", 0), out)))
            return err;
        im->tmp = talloc_new(im->ctx);
        im->env = county_env(im->tmp, im->txn, im->county, im->actor->today);
        im->again = im->job->state == JOB_DONE || node_num(n, "row", 0) <= mark;
        err = import_row(im, n, list);
        talloc_free(im->tmp);
        if (err)
            return err;
        if (!im->again)
            node_int(im->job->mark, "row", im->row);
        taken++;
    }
    im->job->done = (uint64_t)node_num(im->job->mark, "row", 0);
    node_int(out, "taken", taken);
    return im->job->state == JOB_DONE ? 0 : txn_job_put(im->txn, im->job);
}

static int job_of(struct import *im, const struct node *body)
{
    int err = txn_job_get(im->txn, im->ctx, (uint64_t)node_num(body, "job", 0), &im->job);

    if (err)
        return err;
    if (strcmp(im->job->kind, IMPORT_JOB) != 0)
        return HE_NOTFOUND;
    if ((err = may_import(im->county, im->actor, node_text(im->job->param, "type"), &im->form)))
        return err;
    return im->job->state == JOB_CANCELLED ? HE_CANCELLED : 0;
}

int import_rows(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                const struct node *body, struct node *out)
{
    struct import im = {.txn = txn, .ctx = ctx, .county = county, .actor = actor};
    int err = job_of(&im, body);

    im.dry = !err && node_flag(im.job->param, "try");
    return err ? err : feed(&im, node_get(body, "rows"), out);
}

int import_end(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct node *body, struct node *out)
{
    struct import im = {.txn = txn, .ctx = ctx, .county = county, .actor = actor};
    int err = job_of(&im, body);

    if (err)
        return err;
    for (size_t i = 0; i < NELEM(import_outcomes); i++)
        node_int(out, import_outcomes[i], node_num(im.job->result, import_outcomes[i], 0));
    for (size_t i = 0; i < NELEM(import_results); i++)
        node_int(out, import_results[i], node_num(im.job->result, import_results[i], 0));
    if (im.job->state == JOB_DONE)
        return 0;
    im.job->state = JOB_DONE;
    im.job->ended = date_now();
    return txn_job_put(txn, im.job);
}
