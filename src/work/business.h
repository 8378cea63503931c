/*
 * What each kind of record adds to one change of it: the one table of the business (business.c), asked
 * by save.c. A record type without a row is kept as its form says and nothing follows from it.
 *
 * Also the way from a dependent record (a visit, an agreement) to its child: values that it carries
 * into the child's file, and the fields of the file that rules keep from it.
 */
#ifndef HUTONG_WORK_BUSINESS_H
#define HUTONG_WORK_BUSINESS_H

#include "work/save_in.h"

struct business {
    const char *form;
    /* Before the checks of the form: writes the fields that rules write, adds findings, may carry. */
    int (*values)(struct family *);
    /* f->rec is stored, f->old is what it was: what follows for other records, same transaction. */
    int (*stored)(struct family *);
    /* A new one, before its values are taken: links that they go to ("caregiver.phone"); or NULL. */
    int (*begin)(struct family *);
};
/* NULL when the type has no row. */
const struct business *business_of(const struct form *);

/* The ref field by which a dependent record belongs to its child ("child.village": child), or the one
 * named in carry.c for a form whose area is its own; NULL. */
const struct form_field *owner_field(const struct form *);
/* The child of f->rec as stored, NULL when there is none (a finding says so elsewhere). */
int owner_load(struct family *, struct rec **child);

/*
 * A value for the child's file, path as on the child's form ("school_state", "father.home_stay"), NULL
 * clears. Values typed under the owner's name ("child.school_state") come here by themselves. They are
 * saved with the record as the change of the same person under decision 5, source "visit 17"; what
 * stands in their way is a finding of this save, under "child.".
 */
void carry_put(struct family *, const char *path, const char *value);
/* Lays them over a copy of the child, which the rules of the form then see. */
void carry_overlay(struct family *, struct rec *child);
int carry_check(struct family *);
int carry_store(struct family *);

/*
 * Writes fields that rules keep in a child's file (never typed ones): set changes the copy. No review,
 * no definition test; the history names f's record as the source. Nothing when nothing differs.
 */
int follow_child(struct family *, uint64_t child, void (*set)(struct rec *child, void *arg),
                 void *arg);
/* "visit 17" of f->rec, talloc under f. */
const char *follow_source(struct family *);

/* --- saved.c --- */
int saved_values(struct family *);

/* --- quality.c: what is doubtful in a file (5.4), and the exceptions that explain it (decision 9) --- */
int exception_values(struct family *);
int exception_stored(struct family *);

#endif
