/*
 * work: the business of child protection. Rules that run inside a store transaction; every function
 * that takes a txn runs in the caller's. Knows nothing of sockets and screens.
 *
 *   work.h           this: the county (dictionary, roles, parameters, divisions), who asks
 *   county.c         parameters of conf/hutong.conf; opening
 *   actor.c          users, posts, rights, scopes
 *   access.c         what of a record an actor sees: visible, masked, absent; expressions likewise
 *   area.c           the county's divisions in memory; looking up, checking
 *   division.c       loading, renaming, merging, closing divisions (a job)
 *   village.c        villages without a file, whom to ask in one
 *   admin.h user.c post.c   adding and changing users and posts; the first users of a new store
 *   save.h save.c    one change of a record and its linked records
 *   save_in.h        what the files of one change share
 *   family.c         dotted values: which person they belong to
 *   business.h business.c   which rules each kind of record brings to its changes: one table
 *   agreement.h agreement*.c   entrusted-care agreements
 *   carry.c          from a visit or an agreement to the child's file
 *   quality.c        what is doubtful in a file (5.4), and the exceptions that explain it
 *   duty.h duty.c    when the next visit is due, and why
 *   visit.h visit.c visit_copy.c   visits: what counts, what goes into the file, what looks copied
 *   addition.c       corrections, annotations and spot checks of what is final
 *   saved.c          lists and tables that people keep for themselves: how many
 *   helper.c         the minimums of paired helpers, done and wanted
 *   urgent.c         the urgent report; the log of contacts
 *   task.h task.c    things to do with a deadline, opened by the rules of other records
 *   national.h national.c   what the national system must be told (decision 10)
 *   conflict.c       fields that others changed meanwhile; unique values that others hold
 *   director.c       the one director of a village
 *   effect.c         what follows from the values: defaults, completeness, director, standing, number
 *   touch.c          a shared person and the children linked to it; all records that name one
 *   place.c          names of places to codes and back
 *   definition.c     is the child left-behind (decision 1)
 *   review.c decide.c village → township → county (decision 5): what waits; approving, returning
 *   handover.c       children from one director to another; the 关注名单
 *   leave.c          exit, return, transfer, death
 *   checked.c        looked through, nothing changed
 *   same.c merge.c   duplicates, siblings, merging
 *   due.h due.c      sixteen and eighteen; the daily job that tests the definition anew
 *   scope.c query.c  which records a list walks; a question checked against what may be named
 *   list.c count.c find.c   pages of lists, counts, search
 *   near.c   whom records name, for searching in a village
 *   view.c           one record, its history
 *   stat.h stat_*.c  statistics: listed in stat.h
 *   todo.c todo_places.c   the counts of the first screen; who owes most
 *   sweep.h sweep*.c   holiday sweeps; sweep_in.h between them
 *   import.h import.c import_row.c import_link.c  rows of a file as a durable job; import_in.h between them
 */
#ifndef HUTONG_WORK_H
#define HUTONG_WORK_H

#include "form/role.h"
#include "store/store.h"
#include "store/store_admin.h"
#include "rec/expr.h"

/* The county's parameters (conf/hutong.conf, group county); domain.md 3.1 and decision 1. */
struct county_conf {
    int outing_months;            /* 3: months away that count as out */
    bool divorced_counts_absent;  /* true: a separated parent not living with the child does not care */
    int short_home_days;          /* 30: a shorter stay keeps everything (decision 2) */
    bool city_is_one_county;      /* districts of one city count as one county */
    const char **rural_classes;   /* urban-rural classes that count as rural: 121 122 210 220 */
    bool review_to_county;        /* true: identity and category changes end at the county */
    int page_max;                 /* rows of one list page at most: 200 */
    int import_rows;              /* rows of one file at most: 200000 */
    bool combined_roles;          /* one person may be administrator and else (private servers only) */
    int makeup_days;              /* 30: a signature given by telephone follows within (decision 8) */
    int change_days;              /* 15: an unsuitable caregiver is replaced within */
    int visit_red_days;           /* 7: days between visits (decision 7) */
    int visit_yellow_days;        /* 15 */
    int visit_other_months;       /* 3: months between visits of children who are not left-behind */
    bool no_agreement_16;         /* true: from sixteen on nobody needs an agreement (decision 3) */
};

struct areas;      /* the divisions in memory */
struct directors;  /* director.c */
struct statistics; /* stat.h */

struct county {
    struct store *store;
    struct dict *dict;
    const struct roles *roles;
    struct county_conf conf;
    struct areas *areas;
    const struct reports *reports;
    struct statistics *stat;
    struct directors *directors; /* director.c */
    struct near *near;
};

/*
 * Binds rules to the dictionary (dict_require: a form that lacks what they need is refused), registers
 * job kinds, reads the divisions, starts the jobs. errs collects; NULL then.
 */
struct county *county_open(void *ctx, struct store *, struct dict *, const struct roles *,
                           const struct county_conf *, struct conf_errors *errs);

/* --- who asks --- */

#define ACTOR_POSTS 64 /* in force for one person on one day */

struct actor_post {
    uint64_t id;
    const struct role *role;
    const char *area;      /* division; "" of SCOPE_AREA is the whole county (private servers) */
    uint64_t school;       /* SCOPE_SCHOOL */
    bool acting;
};

struct actor {
    uint64_t id;           /* user record */
    const char *login, *name;
    struct actor_post *post; /* those in force today */
    size_t npost;
    struct date today;
    struct store_who who;  /* for the store: login, from, op, why, source */
};

/*
 * The user with this login and uid, read in this transaction: rights that change take effect at the
 * next request. HE_DENIED with *text a sentence: no user, uid reused, disabled, expired, no post today.
 * A user who never signed in has no uid yet and fits any (user_bind); ACTOR_ANY_UID asks for none: then
 * someone else vouches for the login (HUTONG_USER on a private server).
 */
#define ACTOR_ANY_UID UINT64_MAX
int actor_load(struct txn *, void *ctx, const struct county *, const char *login, uint64_t uid,
               struct date today, struct actor **, const char **text);
/* Grows when any user or post changes; 0 while one does. An actor loaded between two equal answers is
 * good on his day as long as the answer and the roles stay the same. */
uint64_t actor_stamp(struct txn *, const struct county *);
bool actor_may(const struct actor *, const char *right);
/* NULL-terminated divisions in which the actor has the right; empty: none. A county or province post
 * gives one element. Posts of SCOPE_SCHOOL and SCOPE_ASSIGNED give none here: see actor_sees. */
const char **actor_areas(void *ctx, const struct actor *, const char *right);
/* The records of a form whose ref field names this one, under ctx, in the order of its index. touch.c */
int linked_all(struct txn *, void *ctx, const struct form *, const char *field, uint64_t id,
               struct rec ***rec, size_t *n);
/* The open changes of a child (waiting or returned), newest first. review.c */
int review_open(struct txn *, void *ctx, const struct county *, uint64_t child, struct rec ***out,
                size_t *n);
/* A job of the actor, not stored yet: waiting; param, mark and result are empty maps. */
struct job *actor_job(void *ctx, const struct actor *, const char *kind);
/* Is the division in one of these ("": the whole tree)? */
bool areas_cover(const char *const *areas, const char *code);
/* … in one where the actor has the right? */
bool actor_covers(const struct actor *, const char *right, const char *code);
/* May the actor do right with this record (scope by division, school, assignment; a person by any child
 * linked to it that is in scope). */
bool actor_sees(struct txn *, const struct county *, const struct actor *, const char *right,
                const struct rec *);
/*
 * The actor with only those posts that reach this record with the right, NULL when none does (then the
 * record is HE_NOTFOUND like a missing one). All reading of a record goes by this: who directs village A
 * and is something narrow elsewhere must not read B's fields. actor_reads and actor_reads_code take it.
 */
struct actor *actor_narrow(struct txn *, void *ctx, const struct county *, const struct actor *,
                           const char *right, const struct rec *);
/* The actor with only the posts that have the right, and if roles is not NULL, one of these roles. */
struct actor *actor_with(void *ctx, const struct actor *, const char *right,
                         const char *const roles[]);
/* How the actor's best post reads a field: 2 in full, 1 masked, 0 not at all. */
int actor_reads(const struct actor *, const struct form_field *);
/* May a post of the actor fill a field that it does not read (form_field.blind). */
bool actor_fills(const struct actor *, const struct form_field *);
/* Of a single code value: may any post read it (values have classes of their own: HIV). */
bool actor_reads_code(const struct actor *, const struct form_field *, const char *code);

/* --- divisions --- */

struct area_info {
    const char *code, *name;
    const char *urban_rural;      /* class code or "" */
    struct date from, to;         /* to.y != 0: closed on that day */
    const char *successor;        /* "" or the code it went into */
};
/* Borrowed until the next change of divisions: copy what you keep. */
const struct area_info *area_find(const struct county *, const char *code);
/* 0, HE_NOTFOUND, HE_RULE closed on that day with *successor. (rec_env.area) */
int area_check(void *county, const char *code, struct date on, const char **successor);
/* "汇龙镇 幸福一村" — names from below the county down. */
char *area_title(void *ctx, const struct county *, const char *code);
/* The one division of that name (at or below scope), HE_NOTFOUND or HE_CONFLICT when several. */
int area_by_name(const struct county *, const char *name, const char *scope, char code[13]);
/* The code that a name in an area or region field stands for ("广东省东莞市", "幸福一村"), NULL when it
 * is none or a code already. */
const char *place_code(void *ctx, const struct county *, const struct form_field *, const char *text);
/* The full name of a place of GB/T 2260 in a region field, area_title of the county's divisions. */
char *place_title(void *ctx, const struct county *, const struct form_field *, const char *code);
/* {rows: [{code, name, title, level, closed}]}: the divisions right below one ("" the county's top), or
 * with words those at or below it whose name or pinyin has them; closed ones last, at most limit. */
void area_list(void *ctx, const struct county *, const char *below, const char *words, int limit,
               struct node *out);
/* {below, after, limit} → {rows: [{code, title, director: name}], next, villages: how many there are}: open
 * villages in the actor's reach (child.review), in or below one, where no child is suspected, waiting or
 * registered. */
int village_empty(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *body, struct node *out);
/* {title, rows: [{role, label, title, name, phone, unit, acting}]}: who holds a post at the division today,
 * then above it. */
int village_contacts(struct txn *, void *ctx, const struct county *, const struct actor *,
                     const char *division, struct node *out);
/* Codes of the open villages at or below a division ("" the county's top), in order; NULL-terminated. */
const char **area_villages(void *ctx, const struct county *, const char *below);
/* The environment for checks in this transaction. */
struct rec_env *county_env(void *ctx, struct txn *, const struct county *, struct date today);
/* From now on it reads in this transaction. */
void county_env_move(const struct rec_env *, struct txn *);

#endif
