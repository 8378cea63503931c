/*
 * save_in: what the files of one change share (save.c, family.c, effect.c, store_change.c, review.c,
 * leave.c, import.c). Nobody else includes it.
 */
#ifndef HUTONG_WORK_SAVE_IN_H
#define HUTONG_WORK_SAVE_IN_H

#include "work/save.h"

/* Where a change starts its way (decision 5). */
enum level { LEVEL_VILLAGE, LEVEL_TOWN, LEVEL_COUNTY };

/* How a change that is not simply typed differs. All zero: as typed. */
struct save_more {
    const char *kind;      /* code of change_kind; NULL: 1 new, 2 change */
    const char *verb;      /* right needed; NULL: add or change */
    const char *state;     /* standing of the child once it is effective, act on an agreement; NULL: by
                              the rules */
    bool trusted;          /* rules and reviewers act: no rights on fields, effective at once */
    bool whole;            /* under review all of it waits, not the reviewed fields only */
    bool import;           /* answered fields of a person found by number stay; village may move */
    bool move;             /* the village may change */
    const char *file_no;   /* the number a new file had where it comes from, NULL */
    const struct rec_env *env; /* of this transaction, when the caller has one already */
    uint64_t prev;         /* a new agreement: the one it continues */
    int64_t since;         /* linked fields that others changed after this moment are in conflict */
};

/* A linked record in the making. */
struct member {
    struct form_path path; /* via: the root's ref field it was first reached by */
    struct rec *old;       /* as stored; NULL: a new one */
    struct rec *rec;
    bool fill;             /* only its empty fields may be filled */
    bool relinked;         /* the root did not point to it before */
};

struct family {
    struct txn *txn;
    const struct county *county;
    const struct actor *actor;
    struct actor *reader;  /* with only the posts that reach the root: whose fields may be named */
    struct save *s;
    const struct save_more *more;
    void *ctx;             /* of work_save */
    struct rec *old, *rec; /* the root; old NULL: a new one */
    struct rec *typed;     /* the root as asked for, before what follows from it */
    const char *state;     /* standing the child is to have, NULL: by the rules */
    enum level level;      /* whose change this is */
    uint64_t child;        /* root a person: the child whose file shows the change under review, 0 */
    const char *kind;      /* change_kind of what goes under review */
    struct findings *own;  /* what rec_check said of the root when it was judged, NULL: not yet */
    struct node *carry;    /* a dependent record's values for its child's file (carry.c), NULL */
    struct rec *owned;     /* its child as these values make it, NULL: as stored */
    struct node *proposed; /* what waits, {path: value}; NULL: nothing */
    struct member **m;
    size_t n;
    struct node *value;    /* what was asked, place names turned into codes, refused names left out */
    struct rec_env env;    /* sees the members as they are becoming */
    const struct rec_env *base;
    struct store_who who;
};

#define FAMILY_TEMP 900000000000000000u /* ids of members that are not stored yet */

struct family *family_new(struct txn *, void *ctx, const struct county *, const struct actor *,
                          struct save *, const struct save_more *);
/* Reads the root, takes the values into it and into the members they belong to; findings to s. */
int family_take(struct family *);
/* The member that a ref field of the root points to; NULL when it is no member. */
struct member *family_member(const struct family *, const struct form_field *via);
/* Did anything differ from what is stored? */
bool family_changed(const struct family *);
bool member_changed(const struct member *);
/* Puts a member's new id into the root's refs that held its temporary one. */
void family_relink(struct family *, uint64_t temp, const struct member *);

/* HE_CONFLICT with s->conflict when others changed the same fields meanwhile. */
int conflict_check(struct family *);
/* Findings for unique values that other records hold. */
int unique_check(struct family *);

/* --- effect.c: what follows from the values --- */
bool form_is(const struct form *, const char *name);
/* Defaults of a new record. */
/* 疑似: nothing but a suspicion is known. A lead of anybody's, so it needs no review; what it turns out
 * to be does. */
bool effect_suspected(const struct rec *child);
void effect_defaults(struct family *);
/* Definition, completeness, director, standing, days: the fields that rules write. */
int effect_child(struct family *, struct rec *child, const struct rec *old);
/* The definition test, what is missing and what is doubtful, alone. */
int effect_test(struct family *, struct rec *child);
/* quality.c: what is doubtful; own: what rec_check says of the child itself. */
int effect_quality(struct family *, struct rec *child, const struct findings *own);
/* The number of a file, given once; changes a counter. */
int effect_file_no(struct family *, struct rec *child);
/* The one holder of the village's director post, 0 when none or several. */
int village_director(struct txn *, const struct county *, const char *village, struct date today,
                     uint64_t *user);
/* Adds the findings of the root and of its members. */
void effect_check(struct family *);

/* national.c: the national system must be told of a file that changed (decision 10). */
void effect_national(struct rec *child, const struct rec *old);

/* --- review.c --- */
enum level review_level(struct txn *, const struct county *, const struct actor *,
                        const struct rec *child);
/* Takes what must wait out of the family into f->proposed. */
int review_split(struct family *);
/* The state a change of this family begins in: 1 待镇审 or 2 待县审. */
const char *review_first(const struct family *);
/* Stores f->proposed as a change, which ends the one it replaces; s->change its id. */
int review_submit(struct family *);
/* review_state of a child by its open changes. */
int review_mirror(struct txn *, void *ctx, const struct county *, uint64_t child, char out[2]);

/* --- touch.c: a shared person and the children linked to it --- */
/* Children linked to a record by an indexed ref; each once. */
int touch_children(struct txn *, void *ctx, const struct county *, const struct rec *, uint64_t **ids,
                   size_t *n);
/* Every other child that the stored change reaches: its rules run anew, its history names the change. */
int touch_all(struct family *);
/* The tests of a file anew, after something that they look at changed. */
int touch_retest(struct family *, uint64_t child);
/* After a move: the people of the child follow it. */
int touch_moved(struct family *);
/* s->touched without storing, for rec.check. */
int touch_preview(struct family *);

/* --- same.c --- */
/* The sentence for a number that a record holds already, as the actor may know it. */
const char *same_number_text(struct txn *, void *ctx, const struct county *, const struct actor *,
                             const struct form_field *, uint64_t holder);

/* The whole way of one change. */
int save_run(struct txn *, void *ctx, const struct county *, const struct actor *, struct save *,
             const struct save_more *);

#endif
