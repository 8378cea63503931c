/* What the passing of days brings: sixteen and eighteen are proposed, never done; rules run anew. */
#ifndef HUTONG_WORK_DUE_H
#define HUTONG_WORK_DUE_H

#include "work/work.h"

/*
 * Adds {what: sixteen | eighteen, on: date, text} to the list out when a child on the register reaches
 * that age within 30 days, or has (decision 3): sixteen for a left-behind child, eighteen for any.
 */
void child_due(void *ctx, const struct rec *child, struct date today, struct node *out);

/*
 * A job that runs the definition test of every file anew: months away fill up and birthdays pass without
 * anybody saving. Once a business day; *job 0 when that day's ran already. Results change, nobody exits.
 */
#define DUE_JOB "due.retest"
int due_start(struct txn *, const struct county *, struct date today, uint64_t *job);
int due_step(struct txn *, struct job *, void *county);

#endif
