/*
 * The form of a record, driven by the dictionary. What its files share; screens use session.h.
 *
 *   form_open.c      opening: record, rights, sibling, returned change, draft
 *   form_screen.c    keys, moving, leaving
 *   form_draw.c      the page of fields, the error summary, hints
 *   form_model.c     places: stored and present values, undo, what is sent
 *   form_rules.c     what follows from values: derived ones, wanted ones, sections shown
 *   form_load.c      a record, a sibling, a linked person, a returned change into the places
 *   form_field.c     one widget a type: typing and leaving a field
 *   form_choose.c    … lists, look-ups, 不掌握, last value, the help of a field
 *   form_check.c     findings: at a field, at saving; the way of a save
 *   form_review.c    核对: old and new before saving
 *   form_conflict.c  the same field changed by somebody else
 *   form_draft.c     what was typed so far, kept by the server
 *   form_house.c     one entry for all children of a house
 *   form_same.c      likely duplicates, brothers and sisters
 */
#ifndef HUTONG_TUI_FORM_PRIV_H
#define HUTONG_TUI_FORM_PRIV_H

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "rec/check.h"
#include "tui/session.h"
#include "tui/tui.h"

#define NO_PLACE SIZE_MAX

/* What a place holds. Texts belong to the model, are never changed in place. */
struct answer {
    const char *value;   /* canonical; as typed when problem is set; NULL: unanswered */
    const char *show;    /* for people, when the dictionary alone cannot say (area, ref); or NULL */
    const char *problem; /* why it is not taken, NULL when sound */
    bool derived;        /* follows an identity number, nobody typed it */
};

/* One field of one section. */
struct entry {
    struct form_path path;
    const struct form_field *f; /* path.field */
    const char *name;           /* "father.phone" */
    const char *label;          /* within its section */
    size_t section;
    const char *stored, *stored_show; /* the version the form is based on */
    struct answer a;
    bool masked; /* only its show is known */
    bool fixed;  /* never typed here: system, retired, masked, no right */
    bool left;   /* the cursor was here: 缺 may be shown */
    bool wanted; /* needed and empty */
    bool marked; /* a reviewer pointed to it */
};

struct step {
    size_t place;
    struct answer old, now;
    unsigned group; /* one key, one group */
};

struct form_finding {
    char level;   /* E W */
    size_t place; /* NO_PLACE: of the whole record */
    const char *code, *text;
};

struct model {
    struct session *s;
    const struct form *form;
    uint64_t id;
    uint32_t version;
    struct entry *place;
    size_t n;
    bool *open;   /* [nsection] opened though fold is C or D */
    bool *hidden; /* [nsection] its `when` is not true */
    struct step *step;
    size_t nstep, at; /* steps made; those before `at` are in force */
    unsigned group;
    struct form_finding *finding;
    size_t nfinding;
};

/* --- form_model.c --- */
struct model *model_new(void *ctx, struct session *, const struct form *);
bool model_reads(const struct session *, enum form_class);
size_t model_find(const struct model *, const char *path); /* NO_PLACE */
bool model_folded(const struct model *, size_t section);
bool model_changed(const struct entry *); /* differs from stored and would be sent */
size_t model_changes(const struct model *);
/* A new answer as one undoable change (begin a group before); its finding is gone. */
void model_put(struct model *, size_t place, struct answer);
void model_begin(struct model *);
/* Puts back (forth) one group; the place to go to, NO_PLACE when nothing is left. */
size_t model_undo(struct model *);
size_t model_redo(struct model *);
/* For people: value by the dictionary, or show; "" when empty. */
const char *model_text(void *ctx, const struct entry *, const struct answer *);
/* With the linked record's name before it: "父亲 电话". */
const char *model_label(void *ctx, const struct entry *);
/* v: what changed; base: what it was (not for a new record). */
void model_send(const struct model *, struct node *body);
/* The values of the last saved record of this type, for Space and Ctrl-D. */
void model_remember(const struct model *);
bool model_last(const struct entry *, const struct form *, struct answer *);

/* --- form_rules.c --- */
/* Derived values, wanted places, sections shown: after every change. */
void model_follow(struct model *);
/* Of an unanswered new record. What came from the last record instead of a default, for people. */
const char *model_defaults(void *ctx, struct model *);
/* Whole years, for a date derived from an ID number; -1 when it is none. */
int model_age(const struct model *, const struct entry *);

/* --- form_load.c --- */
/* The answer of rec.open into the places; rebase keeps what was typed. */
void model_take(struct model *, const struct node *view, bool rebase);
/* The record a ref place points to now, into the dotted places behind it. */
void model_link(struct app *, struct model *, size_t ref);
int model_sibling(struct app *, struct model *, uint64_t of);
/* A new record hangs on one of another type: "child" of a visit. */
int model_hang(struct app *, struct model *, const char *of, uint64_t id);
/* Values to begin with, {path: value}. */
/* What the server knows of a new record: answers, and the linked people beside them. */
void model_given(struct model *, const struct node *view);
void model_preset(struct model *, const struct node *set);
/* Where a form begins: a new one with short answers at the first that is empty. */
size_t model_start(const struct model *);
bool model_quick(const struct model *); /* it has short answers */
/* Shared persons of another child into empty refs. */
int model_share(struct app *, struct model *, uint64_t of);
/* The returned change laid over; *reason is why, or NULL. The first marked place, else NO_PLACE. */
size_t model_mend(struct model *, const struct node *change, const char **reason);

/* --- form_screen.c --- */
struct form_screen {
    struct app *app;
    struct session *s;
    struct model *m;
    const struct form_ask *ask;
    struct screen *screen;
    size_t at;             /* place with the focus */
    struct edit *edit;     /* of it; NULL on a folded section or a fixed place */
    struct answer entered; /* what it held when the cursor came */
    int edit_cols, edit_rows;
    bool touched; /* keys went into edit since the cursor came */
    bool readonly;
    bool can_change;
    bool summary;      /* the error summary has the focus: digits jump */
    bool unknown;      /* the last save may have happened */
    bool done;         /* saved or given up: no draft on leaving */
    bool shared;       /* the parents are those of a brother or sister already: nothing to ask */
    char *draft;       /* its key */
    char *drafted;     /* what the server holds, as JSON */
    const char *title; /* of the record */
    char **seen;       /* duplicates that were shown: "17 sibling" */
    uint64_t *saved;   /* id of what was stored */
    struct node *also; /* values of more records that are saved with this one, NULL: not asked yet */
    struct node *next; /* what the server says to enter next, or NULL */
    int rows;          /* for fields, as drawn last */
};
void form_goto(struct form_screen *, size_t place);
/* The title of the screen: what the record is called now. */
void form_name(struct form_screen *);
/* Leaves the field under the cursor: its text is taken, the draft sent. */
void form_exit_field(struct form_screen *);
void form_next(struct form_screen *);
/* The cursor's first place; until the form is closed: 1 saved. */
void form_begin(struct form_screen *, size_t place);
int form_run(struct form_screen *);

/* --- form_draw.c --- */
void form_draw(struct app *, struct screen *, const struct frame *);
/* Rows a place takes, and its page when the section is longer than `rows`. */
int form_rows_of(const struct entry *);
int form_page_of(const struct model *, size_t place, int rows);
int form_value_col(const struct model *, size_t section, int amb);

/* --- form_field.c --- */
void field_open(struct form_screen *);
enum handled field_key(struct form_screen *, const struct key *);
/* What is typed becomes the answer; false when nothing changed. */
bool field_commit(struct form_screen *);
/* One change back or forth; goes there and says what it was. */
void field_undo(struct form_screen *, bool forth);
/* Few choices: digits pick at once; labels with their digits for the hint, NULL otherwise. */
const char *field_choices(void *ctx, const struct model *, const struct entry *);

/* --- form_choose.c --- */
/* The codes that may be picked today, in order; at most max. */
size_t choose_codes(const struct model *, const struct entry *, const struct code **out,
                    size_t max);
/* F4 and Space: true when an answer was put. */
bool choose_open(struct form_screen *, bool space);
/* Words typed into a coded field that the type does not know: false and *a unchanged when none. */
bool choose_words(struct form_screen *, const char *words, struct answer *a);
void choose_help(struct form_screen *);
void choose_sections(struct form_screen *);

/* --- form_check.c --- */
void check_clear(struct model *, size_t place);
char check_level(const struct model *, size_t place);  /* E W or 0 */
size_t check_next(const struct model *, size_t after); /* index of a finding, NO_PLACE */
/* Save: local and server's checks, review page, the change itself; true when stored. */
bool check_save(struct form_screen *);
int check_call(struct form_screen *, void *ctx, struct node **answer, bool quiet);

/* --- form_review.c --- */
/* 0 confirmed; 1 + place to go back to; HE_CANCELLED. */
long review_before_save(struct form_screen *, const struct node *answer);

/* --- form_conflict.c --- */
/* Chooses field by field, then rests on the version of now; true when all are chosen. */
bool conflict_solve(struct form_screen *, const struct node *answer);

/* --- form_draft.c --- */
void draft_send(struct form_screen *);
void draft_drop(struct form_screen *);
/* Resumes ask->draft, or offers what is there. HE_CANCELLED: do not open the form. */
int draft_offer(struct form_screen *);

/* --- form_house.c --- */
/* A new record that is one of each child of a house: the others' answers into fs->also. */
void house_collect(struct form_screen *);

/* --- form_same.c --- */
/* After a field that duplicates are found by; may open another record: true closes the form. */
bool same_look(struct form_screen *, size_t place);
bool same_show(struct form_screen *, const struct node *rows);

#endif
