/*
 * Users, posts and divisions as administrators change them. All take the body of the request and fill
 * out; on an error the sentence is out's "text". Rules: the three administrators' roles exclude every
 * other unless county_conf.combined_roles; nobody gives a post to himself; a post's division has the
 * level of its role.
 */
#ifndef HUTONG_WORK_ADMIN_H
#define HUTONG_WORK_ADMIN_H

#include "work/work.h"

/* {division, role, login, after, limit} → {rows: [{id, login, name, until, disabled, bound: has a uid, posts:
 * [{id, role, label, division, title, school, from, to, acting, full_part, now}], v: {phone, unit, vetted_on,
 * vetted_by, training_last, training, remark} for who manages users}], next} */
int user_list(struct txn *, void *ctx, const struct county *, const struct actor *,
              const struct node *body, struct node *out);
/* {login, name, role, division, until, school, from, to, acting, v: as in user_list, and full_part of the
 * post} → {id, post}; until is the account's end. Without from the post has stood since ever. */
int user_add(struct txn *, void *ctx, const struct county *, const struct actor *,
             const struct node *body, struct node *out);
/* {login, name, until, disabled, forget_uid, v} */
int user_set(struct txn *, void *ctx, const struct county *, const struct actor *,
             const struct node *body, struct node *out);
/* {login, role, division, from, to, school, acting, v: {full_part, remark}} → {post} */
int post_add(struct txn *, void *ctx, const struct county *, const struct actor *,
             const struct node *body, struct node *out);
/* {post, v: {full_part, remark}} → {post} */
int post_set(struct txn *, void *ctx, const struct county *, const struct actor *,
             const struct node *body, struct node *out);
/* {post, on: its last day; left out: at once} → {post} */
int post_end(struct txn *, void *ctx, const struct county *, const struct actor *,
             const struct node *body, struct node *out);
/*
 * {rows: [{code, name, urban_rural, action, target}], more, job} → {job, done, total}: fed in pieces (job of
 * the answer before), run as a job behind the last (more false). action is empty, 改名, 并入 (into target)
 * or 撤销. A row that cannot be read is HE_RULE; the job's result has either problems [{row, text}], and
 * then nothing was done, or counts: added renamed merged closed unchanged moved.
 */
int division_load(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *body, struct node *out);

/* First sign-in of a user without a uid: keeps it. Nothing to do when it is there already. */
int user_bind(struct txn *, void *ctx, const struct county *, const struct actor *, uint64_t uid);
/*
 * A user of a new store, made by `hutongd --init` and by nobody's right: posts in the roles named
 * (NULL-terminated; NULL: every role), area "". HE_EXISTS when the store has the login already.
 */
int user_init(struct txn *, void *ctx, const struct county *, const struct store_who *,
              const char *login, uint64_t uid, const char *name, const char *const roles[]);

#endif
