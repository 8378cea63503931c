/*
 * Entrusted-care agreements (未成年人保护法 21–23, decisions 3 and 8, R-040 … R-049). An agreement
 * becomes 待签 when it meets every condition that forms/agreement.form marks with state = '2', is in
 * force when both sides have signed, and never changes its content afterwards.
 *
 *   agreement.c        the life of one agreement: its state after each save and what follows
 *   agreement_rule.c   parties, prohibitions, overlap: what a form file cannot say
 *   agreement_known.c  what a new one takes over from the file, the caregiver or the one before
 *   agreement_child.c  the standing kept in the child's file; what the passing of days ends
 *   agreement_act.c    renew, sign, end, void
 */
#ifndef HUTONG_WORK_AGREEMENT_H
#define HUTONG_WORK_AGREEMENT_H

#include "work/business.h"

/* Codes of agr_state. */
enum agr_state {
    AGR_DRAFT = '1',
    AGR_TO_SIGN,
    AGR_IN_FORCE,
    AGR_MAKE_UP,
    AGR_CHANGED,
    AGR_ENDED,
    AGR_EXPIRED,
    AGR_VOID
};

/* --- asked by business.c --- */
int agreement_begin(struct family *);
int agreement_values(struct family *);
int agreement_stored(struct family *);

/* --- for the child's file --- */
/* Writes agr_state and agr_until of a child by its agreements as of that day; nothing else. */
int agreement_standing(struct txn *, const struct county *, struct date today, struct rec *child);
/* Has each of two children an agreement that runs? Their files cannot become one then. */
int agreement_clash(struct txn *, void *ctx, const struct county *, uint64_t a, uint64_t b,
                    bool *clash);
/* Ends what a child's agreements outlived: their last day, or the child's eighteenth birthday. */
int agreement_daily(struct txn *, void *ctx, const struct county *, const struct store_who *,
                    const struct rec *child);

/* --- requests; findings in *out, HE_RULE when one stands in the way --- */
/* {sign_a_date, sign_way, …}: the signatures on paper, all at once or as they come. */
int agreement_sign(struct txn *, void *ctx, const struct county *, const struct actor *,
                   uint64_t id, const struct node *value, struct save *out);
/*
 * A new agreement after this one with everything taken over but what value says; "end" may be "+1y",
 * counted from this one's last day. Another caregiver makes it a change: then nothing of the old one's
 * checks is taken over. This one ends when the new one is signed. out->rec is the new one.
 */
int agreement_renew(struct txn *, void *ctx, const struct county *, const struct actor *,
                    uint64_t id, const struct node *value, struct save *out);
/* {end_reason, ended_on, end_note}: ends one in force; ended_on is today when not said. */
int agreement_end(struct txn *, void *ctx, const struct county *, const struct actor *, uint64_t id,
                  const struct node *value, struct save *out);
/* Made by mistake: why says how. One in force is made void by the township or the county. */
int agreement_void(struct txn *, void *ctx, const struct county *, const struct actor *,
                   uint64_t id, const char *why, struct save *out);

/* --- what the files of the business share --- */

/* The acts, as save_more.state names them. */
#define AGR_ACT_SIGN "sign"
#define AGR_ACT_END  "end"
#define AGR_ACT_VOID "void"

struct agreement {
    struct family *f;
    struct rec *rec;       /* in the making */
    const struct rec *old; /* as stored, NULL: new */
    struct rec *child;
    const struct rec *caregiver; /* NULL: none yet */
    struct rec **other;          /* the child's other agreements */
    size_t n;
    char was, now; /* agr_state before and after */
};

/* All agreements of a child, oldest first. */
int agreement_list(struct txn *, void *ctx, const struct county *, uint64_t child,
                   struct rec ***out, size_t *n);
char agreement_state(const struct rec *);   /* AGR_DRAFT when there is none yet */
bool agreement_running(const struct rec *); /* signed and not ended: 生效 or 待补签 */
/* A date field; false when it holds none. */
bool agreement_day(const struct rec *, const char *field, struct date *);
/* The last day on which it holds: ended_on, else end. */
bool agreement_until(const struct rec *, struct date *);
void agreement_set_day(struct rec *, const char *field, struct date);
/* The record a ref field points to, as it is becoming; NULL. */
const struct rec *agreement_linked(const struct family *, const struct rec *, const char *field);
/* Was this field, or one behind it ("caregiver.phone"), named in the change? */
bool agreement_typed(const struct family *, const char *field);
/* The last day that an agreement for the child may have: the day before it is eighteen. */
bool agreement_limit(const struct rec *child, struct date *);

/* agreement_known.c */
int agreement_known(struct agreement *);
/* agreement_rule.c: findings of whatever is saved; of changing what was signed. */
void agreement_rules(struct agreement *);
void agreement_frozen(struct agreement *);
/* Whatever stands in the way of signing, as 'E' findings to fs; true when nothing does. */
bool agreement_ready(struct agreement *, struct findings *fs);

#endif
