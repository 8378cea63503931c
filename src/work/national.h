/* 待同步: what the national child-welfare system must be told (decision 10, R-039). */
#ifndef HUTONG_WORK_NATIONAL_H
#define HUTONG_WORK_NATIONAL_H

#include "work/work.h"

/*
 * The children whose files changed since they were last entered there. {area, after, limit} → {rows: [{id,
 * version, v: {name, national_no, village, updated_on}, kind: 新增 | 变更 | 退出, changed: [labels]}], next,
 * total}; labels of fields the actor does not read are left out.
 */
int national_list(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *body, struct node *out, char **problem);
/* {rows: [{id, version}], on: day, default today} → {done, skipped: [{id, text}]}: entered as the file
 * stood in that version; one that changed again since stays on the list. */
int national_done(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *body, struct node *out);

#endif
