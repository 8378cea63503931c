/*
 * One change of a record and of the records linked to it, as people, imports and commands make it.
 *
 * Values come as {"name": "王小雨", "father.name": "王强", "father.phone": "…"}: a dotted name belongs
 * to the record that the ref field points to. Which record that is (decision 4):
 *   - the ref is set in the same values ("father": "123") or before: that record is changed;
 *   - else, a linked record with the same unique id_no exists: it is linked (and its empty fields
 *     filled; its answered fields only from a form, never from an import);
 *   - else a new record is made and linked, unless all its values are empty.
 * A change of a shared person enters the history of each child it is linked to.
 */
#ifndef HUTONG_WORK_SAVE_H
#define HUTONG_WORK_SAVE_H

#include "work/work.h"

struct save {
    /* in */
    const struct form *form;
    uint64_t id;               /* 0: a new record */
    uint32_t version;          /* the one it was based on; 0: not said, last writer wins */
    const struct node *base;   /* optional: values it was based on, {path: value}, for merging */
    const struct node *value;  /* {path: text or nil}: only what changed */
    const char *source;        /* "form" "import 12" "ctl" … */
    const char *why;
    const char *typed_for;     /* login of the director it was typed in for (代录), or NULL */
    const char *draft;         /* key of the draft that this save ends, or NULL */
    const char **confirmed;    /* codes of 'W' findings already confirmed; NULL-terminated or NULL */
    bool confirm_all;          /* commands and imports: warnings do not ask */
    bool dry;                  /* check only: nothing is stored */
    bool direct;               /* effective at once (imports and county corrections): no review */
    /* out, under ctx of work_save */
    struct rec *rec;           /* as stored (effective values) */
    struct rec_env *env;       /* sees rec's linked records as they would be stored (for child_same) */
    struct findings *findings; /* E, W, I of the whole; HE_RULE when an E or an unconfirmed W */
    struct findings *missing;  /* M findings of a child's file and the people it is listed by */
    struct node *conflict;     /* HE_CONFLICT: [{field, was, theirs, mine, who, when}] */
    struct node *touched;      /* other children a shared person change reaches: [{id, title}] */
    struct node *next;         /* what to enter next: {type, of, of_id, set: {path: value}}; or NULL */
    uint64_t change;           /* id of the change that went into review, 0 none */
    bool unchanged;            /* nothing differed: nothing was written */
};

int work_save(struct txn *, void *ctx, const struct county *, const struct actor *, struct save *);
/*
 * The same in two steps: what can be said beside the writer (store_look), and the storing of it in the
 * writer, good as long as nothing that was read has changed (txn_as_seen). HE_RULE: not to be stored,
 * for whatever reason; work_save in the writer's transaction says which. ctx and s go on to the storing.
 */
struct family;
int work_save_look(struct txn *, void *ctx, const struct county *, const struct actor *,
                   struct save *, struct family **);
int work_save_keep(struct txn *, struct family *);

/* --- definition of a left-behind child (decision 1, R-001 … R-003) --- */

enum definition { DEF_YES, DEF_NO, DEF_OPEN }; /* 符合 不符合 待核 */

struct definition_result {
    enum definition result;
    const char *reason;        /* Chinese: which condition fails or which item is missing */
    const char *inputs;        /* the values the test saw, one line, kept with the record */
    int entrust;               /* 1 both out, 2 one out and other unable, 3 both unable, 0 none */
};
void definition_test(void *ctx, const struct county_conf *, const struct rec *child,
                     const struct rec_env *, struct definition_result *);

/* --- review (decision 5) --- */

/* Approving or returning, which may take more time than one transaction has. */
struct review_batch {
    bool approve;
    const char *reason;
    const struct node *marks; /* [field path] */
    const struct node *at;    /* the id of a `change` record to go on from; NULL: all are decided */
    size_t done;
    struct node *skipped;     /* [{id, text}] that could not be decided */
};
/* Decides from b->at on as many as one transaction should, adding to done and skipped. */
int review_decide(struct txn *, void *ctx, const struct county *, const struct actor *,
                  struct review_batch *b);
/* What a `change` record proposes: {path: text or nil}. HE_CORRUPT. */
int review_proposed(void *ctx, const struct rec *change, struct node **out);
int review_recall(struct txn *, void *ctx, const struct county *, const struct actor *,
                  uint64_t change);

/* --- leaving and coming back --- */

int child_exit(struct txn *, void *ctx, const struct county *, const struct actor *, uint64_t child,
               const struct node *value, struct save *out); /* exit_reason, exit_date, death … */
int child_return(struct txn *, void *ctx, const struct county *, const struct actor *,
                 uint64_t child, const struct node *value, struct save *out);
int child_move(struct txn *, void *ctx, const struct county *, const struct actor *, uint64_t child,
               const char *village, const char *why, struct save *out);

/* On or off the 关注名单 (decision 1). */
int child_watch(struct txn *, void *ctx, const struct county *, const struct actor *,
                uint64_t child, bool on, const char *why);
/*
 * The work of one director to another (decision 12): body {from: login, "" nobody yet; to: login; ids: […]
 * these children with their tasks and drafts; left out: all in the actor's reach}. out {children, tasks,
 * drafts: how many; left: children that another request like this gives; named: {children, tasks, drafts:
 * [{text}], at most 100 each}}; tried (dry) it is all of them, which is confirmed. Who takes over has a post
 * of village or township that changes the files of each of the children. An error's sentence is out's "text".
 */
int child_handover(struct txn *, void *ctx, const struct county *, const struct actor *,
                   const struct node *body, struct node *out);

/* Looked through this month and nothing had changed: ids [id] → out {done, skipped: [{id, text}]}. A file
 * that left or has something to correct is left out. */
int child_checked(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *ids, struct node *out);

/* --- duplicates --- */

/* [{id, title, village, why: same_id | same_name_birth_village | sibling, merge: bool}] for a record in
 * the making; only what the actor may see is named; another village's same ID says only that. */
int child_same(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct rec *child, const struct rec_env *, struct node *out);
/* HE_EXISTS: each has an agreement in force. */
int child_merge(struct txn *, void *ctx, const struct county *, const struct actor *, uint64_t from,
                uint64_t to, const char *why);

#endif
