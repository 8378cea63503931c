/* What a handler gets: one request of a signed-in user, inside its transaction. */
#ifndef HUTONG_SERVER_CALL_H
#define HUTONG_SERVER_CALL_H

#include "server/server.h"
#include "work/list.h"
#include "work/save.h"

struct call {
    struct server *srv;
    struct session *session;
    const struct county *county;
    enum wire_op op;
    const struct node *body;
    void *root; /* of the request */
    int64_t seq;
    const char *type;        /* body.type, or NULL */
    const struct form *form; /* of it */
    const char *right;       /* what was checked */
    /* made anew each time the transaction runs */
    void *ctx;
    struct actor *actor;
    struct node *out; /* body of the answer, also of a refusal */
    const char *text; /* sentence of an error; else out's "text", else that of the number */
    /* a reading that leaves a row: written after it, before the answer */
    struct node *audit;
    uint64_t audit_id;
    struct ready *ready; /* of op_row.look, for the first run in the writer; NULL: nothing is */
    bool ends;  /* the user lost the right to be here */
    bool tried; /* body.dry: a change that went well and is undone on purpose */
    /* of a change written in parts (dispatch.c): out is true of the whole should no part follow */
    struct review_batch part; /* where this run of the transaction ended; at NULL: done */
    struct review_batch
        past; /* what the parts before did, under root; skipped NULL: this is the first */
};

/* A change made ready before its turn in the writer. */
struct ready {
    void *ctx;         /* what it was made in */
    struct seen *seen; /* what it rests on */
    struct save save;
    struct family *family;
};

/* txn is NULL for rows that are `outside`. HE_PROTOCOL ends the connection. */
typedef int op_handler(struct call *, struct txn *);

struct op_row {
    op_handler *run;
    op_handler *look; /* prepares c->ready beside the writer; NULL: run does all. Its error says nothing */
    bool typed;   /* body.type must name a record type */
    bool outside; /* runs outside of a transaction, with calls of the store that have their own */
    bool reads;   /* a WRITE whose only change is its audit row: allowed while read-only */
};
extern const struct op_row op_rows[OP_COUNT];

const char *call_source(const struct call *, const char *dflt);
/* HE_USAGE with a sentence. */
int call_wrong(struct call *, const char *sentence);
/* The record named by body.id (or body.key) of form, if the actor may do `right` with it; the same
 * HE_NOTFOUND whether it is absent or not his. */
int call_record(struct call *, struct txn *, const struct form *, const char *right,
                const char *id_key, struct rec **);
/* "type.verb" */
const char *call_right(struct call *, const char *type, const char *verb);
/* NULL-terminated texts of a list in a body; NULL when missing. */
const char **call_texts(struct call *, const struct node *body, const char *key);
/* What a list is asked for. HE_* with the sentence for the answer, if there is one. */
struct list_ask call_list(struct call *, const struct node *, const struct form *, int limit);
int call_said(struct call *, int err, char *problem);
/* Like list_page of the children behind a figure: cell is {report, period, division, deep, column, row,
 * total, director}; words and by as in stat_cell. */
int call_cell(struct call *, const struct node *cell, const struct actor *, const struct list_ask *,
              const char *words, const char **by, struct node *out);
uint64_t call_id(const struct node *, const char *key); /* 0: none; negative numbers are none */
int call_limit(const struct call *, int dflt);          /* body.limit within 1 … page_max */
/* SM3 of a text as hex for audit rows, which hold no values. */
void call_digest(struct node *, const char *key, const char *text);

/* An audit row of this request in a transaction of its own. */
int call_audit(struct call *, const struct form *, uint64_t id, const struct node *detail);
/* Begins anew in this transaction and loads the actor; hello is the one who needs no more. */
int call_load(struct call *, struct txn *);
/* Row of a session's end: how many searches were made while typing. */
void op_goodbye(struct session *);

extern op_handler op_hello, op_me, op_todo, op_outcome, op_status;
extern op_handler op_rec_get, op_rec_open, op_rec_check, op_rec_look, op_rec_add, op_rec_set, op_rec_history,
    op_print;
extern op_handler op_rec_list, op_rec_count, op_rec_find;
extern op_handler op_agreement_known, op_agreement_sign, op_agreement_renew, op_agreement_end,
    op_agreement_void;
extern op_handler op_child_move, op_child_exit, op_child_return, op_child_same, op_child_merge,
    op_child_watch, op_child_checked, op_child_handover, op_review_decide, op_review_recall;
extern op_handler op_helper_count;
extern op_handler op_national_list, op_national_done;
extern op_handler op_stat_list, op_stat_run, op_stat_cell, op_stat_freeze, op_stat_cross,
    op_stat_frozen;
extern op_handler op_draft_put, op_draft_get, op_draft_list, op_draft_drop;
extern op_handler op_import_begin, op_import_rows, op_import_end, op_export_begin, op_export_rows;
extern op_handler op_area_list, op_area_empty, op_area_contacts, op_division_load, op_user_list,
    op_user_add, op_user_set, op_post_add, op_post_set, op_post_end, op_audit_list, op_audit_verify,
    op_job_list, op_job_cancel, op_backup, op_verify;
extern op_handler op_sweep_open, op_sweep_mine, op_sweep_checklist, op_sweep_mark, op_sweep_sample,
    op_sweep_sampled, op_sweep_check, op_sweep_submit, op_sweep_accept, op_sweep_freeze,
    op_sweep_figures, op_sweep_compare, op_sweep_recount, op_sweep_bulletin, op_sweep_sign,
    op_sweep_close;

#endif
