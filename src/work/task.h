/*
 * Tasks: open things to do with a deadline, made by the rules of other records (an incapable caregiver,
 * a promise of an interview, an error of a spot check, a hazard) or by hand. The village answers, the
 * township or the county closes.
 */
#ifndef HUTONG_WORK_TASK_H
#define HUTONG_WORK_TASK_H

#include "work/business.h"

struct task_new {
    uint64_t child;      /* 0: of no child; then village is needed */
    const char *village; /* NULL: the child's */
    const char *kind;    /* code of task_kind */
    const char *what;    /* one sentence, without anything private: it stands in lists */
    const char *fields;  /* what is to be corrected, labels; NULL */
    struct date due;
    uint64_t assignee;  /* user; 0: the child's director, else the village's only one */
    const char *source; /* "visit 17"; NULL */
};

#define TASK_CAREGIVER "1" /* 更换照护人 */
#define TASK_PROMISE   "2" /* 约谈承诺 */
#define TASK_CHECK     "3" /* 抽查纠错 */
#define TASK_FEEDBACK  "4" /* 上级反馈 */
#define TASK_HAZARD    "5" /* 隐患整改 */
#define TASK_FOLLOW    "6" /* 走访跟进 */
#define TASK_QUALITY   "7" /* 数据质量 */
#define TASK_REVISIT   "8" /* 回访 */
#define TASK_OTHER     "9" /* 其他 */

/*
 * Opens a task in the caller's transaction; *id (may be NULL) is its id. An open one of the same source,
 * kind, child and village stays as it is and *id is its id: rules may ask again and again. No right is
 * asked: the rules of the record that brings the task have judged already.
 */
int task_open(struct txn *, void *ctx, const struct county *, const struct actor *,
              const struct task_new *, uint64_t *id);
/* Open tasks of one source and kind (NULL: any) end as 取消 with the reason; for what became void. */
int task_drop(struct txn *, void *ctx, const struct county *, const struct actor *,
              const char *village, const char *source, const char *kind, const char *why);
/* The open tasks of a child go to its village and from its old director to the new one. old NULL: only
 * the village. */
int task_follow(struct txn *, void *ctx, const struct county *, const struct store_who *,
                const struct rec *old, const struct rec *child);

/* Hook of business.c. */
int task_values(struct family *);

#endif
