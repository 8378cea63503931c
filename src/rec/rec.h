/*
 * rec: one record in memory — values by dictionary — and what can be said about it without a store.
 *
 *   rec.h rec.c       values, copy, diff
 *   code.c            stored form (field numbers) and wire form (names)
 *   check.h check.c   findings: must, complete, refs, rules of the form
 *   take.c            raw answers into a record, cleaned by their types
 *   findings.c        … kept, merged, sent
 *   expr.h expr_*.c   the expression language; its grammar stands in expr.h (lex, arg, type, parse,
 *                     eval, index; expr_in.h between them)
 *   bind.c            compiles every expression of a dictionary
 *   derive.c          values derived from others (birth date and sex from the ID number)
 *   token.c           search tokens of a record
 */
#ifndef HUTONG_REC_H
#define HUTONG_REC_H

#include "form/form.h"
#include "base/pack.h"

struct rec {
    const struct form *form;
    uint64_t id;      /* 0: not stored yet */
    uint32_t version; /* 0: not stored yet; +1 with every change */
    const char **val; /* [form->nfield] canonical text, NULL = never answered */
};

struct rec *rec_new(void *ctx, const struct form *);
struct rec *rec_copy(void *ctx, const struct rec *);
const char *rec_get(const struct rec *, const char *field); /* MUST know the field */
const char *rec_at(const struct rec *, const struct form_field *);
void rec_set(struct rec *, const char *field, const char *value); /* copies; NULL or "" clears */
void rec_set_at(struct rec *, const struct form_field *, const char *value);
bool rec_same(const char *a, const char *b);             /* NULL equals NULL */
uint64_t rec_ref(const struct rec *, const char *field); /* id of a ref field, 0 */
/* The title field's value, or "编号 17". */
const char *rec_title(void *ctx, const struct rec *); /* a ref or user title: also "编号 17" */

/* Positions of fields that differ; out has room for form->nfield. Returns how many. */
size_t rec_diff(const struct rec *a, const struct rec *b, int *out);

/* Stored form: a flat map of field number to text. Unknown numbers (retired and removed fields) are
 * kept by rec_decode in val when the field still exists, else dropped from memory; the store rewrites
 * only from the full record, so a removed field must be marked retired, not deleted (dict check).
 * id and version stand outside: rec_decode leaves them 0 for the store to set. HE_CORRUPT. A decoded
 * record is one block with its values inside; what rec_set adds later hangs under it. */
void rec_encode(void *ctx, const struct rec *, char **bytes, size_t *len);
int rec_decode(void *ctx, const struct form *, const char *bytes, size_t len, struct rec **out);

/* Derived values (field.from): fills targets that are empty or "?1:…" from a sound ID number (one
 * that idno_check passes; other documents derive nothing), and says in *mismatch (may be NULL) the
 * first target that was answered otherwise: "birth_mismatch" or "sex_mismatch". */
void rec_derive(struct rec *, struct date today, const char **mismatch);
/* What field.from calls for now, into out[11]; false when nothing can be derived. */
bool rec_derived(const struct rec *, const struct form_field *, struct date today, char out[11]);

/*
 * Search tokens. Each is "n" + Hanzi suffix, "p" + initials, "f" + full pinyin, "d" + digits,
 * "r" + reversed digits (for tails). A query word finds a record when it is a prefix of a token.
 * Names give a token for each suffix ("小雨" finds 王小雨), ID numbers one from the birth date on.
 * Everything is folded (text_fold) and without middle dots; d and r are in capitals. A child with a
 * name of three characters and an ID number has about ten.
 */
const char **rec_tokens(void *ctx, const struct rec *); /* NULL-terminated, distinct */
/* Only those of these kinds ("nd"); NULL: all. */
const char **rec_tokens_of(void *ctx, const struct rec *, const char *kinds);
/* As names stand in tokens: folded, and without middle dots or points, so that 买买提·艾力 is found with
 * and without. */
char *rec_fold_name(void *ctx, const char *name);
/* The token prefixes that a typed word may mean, best first, NULL-terminated; empty for nothing. */
const char **rec_query_tokens(void *ctx, const char *word);

#endif
