/* The functions behind the command table, by file. Each returns 0, HE_* or CTL_SOME. */
#ifndef HUTONG_CTL_COMMANDS_H
#define HUTONG_CTL_COMMANDS_H

#include "ctl/ctl.h"

int cmd_forms_check(struct ctl *);
int cmd_division_load(struct ctl *);
int cmd_division_empty(struct ctl *);
int cmd_division_contacts(struct ctl *);
int cmd_user_list(struct ctl *);
int cmd_user_add(struct ctl *);
int cmd_user_set(struct ctl *);
int cmd_user_disable(struct ctl *);
int cmd_post_add(struct ctl *);
int cmd_post_set(struct ctl *);
int cmd_post_end(struct ctl *);
int cmd_list(struct ctl *);
int cmd_find(struct ctl *);
int cmd_count(struct ctl *);
int cmd_show(struct ctl *);
int cmd_add(struct ctl *);
int cmd_set(struct ctl *);
int cmd_child_move(struct ctl *);
int cmd_child_exit(struct ctl *);
int cmd_agreement_renew(struct ctl *);
int cmd_agreement_sign(struct ctl *);
int cmd_agreement_end(struct ctl *);
int cmd_agreement_void(struct ctl *);
int cmd_child_return(struct ctl *);
int cmd_child_checked(struct ctl *);
int cmd_child_handover(struct ctl *);
int cmd_child_merge(struct ctl *);
int cmd_review_list(struct ctl *);
int cmd_review_approve(struct ctl *);
int cmd_review_return(struct ctl *);
int cmd_national_list(struct ctl *);
int cmd_national_done(struct ctl *);
int cmd_import(struct ctl *);
int cmd_export(struct ctl *);
int cmd_report(struct ctl *);
int cmd_report_count(struct ctl *);
int cmd_report_freeze(struct ctl *);
int cmd_report_frozen(struct ctl *);
int cmd_sweep_open(struct ctl *);
int cmd_sweep_list(struct ctl *);
int cmd_sweep_progress(struct ctl *);
int cmd_sweep_sample(struct ctl *);
int cmd_sweep_check(struct ctl *);
int cmd_sweep_submit(struct ctl *);
int cmd_sweep_accept(struct ctl *);
int cmd_sweep_return(struct ctl *);
int cmd_sweep_dispatch(struct ctl *);
int cmd_sweep_freeze(struct ctl *);
int cmd_sweep_bulletin(struct ctl *);
int cmd_sweep_sign(struct ctl *);
int cmd_sweep_compare(struct ctl *);
int cmd_sweep_recount(struct ctl *);
int cmd_sweep_close(struct ctl *);
int cmd_audit_list(struct ctl *);
int cmd_audit_verify(struct ctl *);
int cmd_backup(struct ctl *);
int cmd_verify(struct ctl *);
int cmd_job_list(struct ctl *);
int cmd_job_cancel(struct ctl *);
int cmd_status(struct ctl *);

/* --- shared by several --- */

/* Waits for a job; its row of job.list in *job. Progress on a terminal. */
int ctl_wait_job(struct ctl *, int64_t id, const char *what, const struct node **job);
/* The same, said when it was not done: HE_RULE. */
int ctl_finish_job(struct ctl *, int64_t id, const char *what);
/* A body with the sweep that the first word names by id or number ("2023-01"). */
int ctl_sweep_body(struct ctl *, struct node **body);
/* Freezes that sweep's figures under a name; *n is the freeze. */
int ctl_sweep_freeze(struct ctl *, const char *name, int64_t *n);
/* The columns a list shows: paths of --fields, or the form's own. */
struct list_columns {
    size_t n;
    const char **path;
    const char **label;
    const struct form_field **field; /* NULL for the id */
};
int ctl_columns(struct ctl *, const struct form *, const char *fields, bool all,
                struct list_columns *out);
/* The map NAME of conf/import (or a path with a slash), which must be of this form. */
struct map;
int ctl_map(struct ctl *, const char *name, const struct form *, struct map **);
/* All pages of a list: fn for each row, which returns 0 or HE_*. limit 0: all. */
typedef int (*list_row_fn)(struct ctl *, const struct node *row, void *arg);
int ctl_pages(struct ctl *, enum wire_op op, struct node *body, int64_t limit, list_row_fn fn,
              void *arg);

#endif
