/* What the passing of days brings: rules run anew. Who reaches sixteen and eighteen is in views of child. */
#ifndef HUTONG_WORK_DUE_H
#define HUTONG_WORK_DUE_H

#include "work/work.h"

/*
 * A job that runs the definition test of every file anew: months away fill up and birthdays pass without
 * anybody saving. Once a business day; *job 0 when that day's ran already. Results change, nobody exits.
 */
#define DUE_JOB "due.retest"
int due_start(struct txn *, struct date today, uint64_t *job);
int due_step(struct txn *, struct job *, void *county);

#endif
