/* import_in: what the job of an import and its rows share; import.c and import_row.c only. */
#ifndef HUTONG_WORK_IMPORT_IN_H
#define HUTONG_WORK_IMPORT_IN_H

#include "work/import.h"
#include "work/save_in.h"

/* How long what a file brought is remembered: beyond its job, which goes 30 days after its end. */
#define IMPORT_DAYS 40

/* Keys of the counts in a job's result. */
extern const char *const import_outcomes[5], *const import_results[3];

struct import {
    struct txn *txn;
    void *ctx; /* of the request */
    void *tmp; /* of the row */
    const struct county *county;
    const struct actor *actor;
    const struct form *form;
    struct job *job;
    const struct rec_env *env;
    bool again;
    bool dry; /* a try: everything but the records is kept, for one row is judged by those before */
    int64_t row;
    const struct node *value; /* of the row: answered cells only */
    const char *id_no;        /* canonical, NULL */
    const char *key;          /* the number the record had where the row comes from, NULL */
    uint64_t id;              /* of the record found, 0 */
};

/* import_link.c: which child a row is about; *problem a sentence when none or several are meant. */
int import_link(struct import *, const char **problem);

/* "visitor.login" → visitor; *problem a sentence about *field when nobody has that login. */
int import_users(struct import *, const char **problem, const char **field);

/* Judges one row of the request and stores it when it stands; appends the answer to the list out. */
int import_row(struct import *, const struct node *row, struct node *out);

#endif
