/*
 * form: the data dictionary. forms/NAME.form and forms/codes/NAME.csv say what a record is, how it is
 * checked, shown, listed, searched and protected; conf/roles.conf says who may do what. This room
 * loads them; all is const afterwards. The language is described in forms/README.
 *
 *   form.h          this: dictionary, forms, fields, sections, columns, views, rules
 *   dict.c          loads a directory of forms; cross references; digest
 *   lookup.c        forms, fields, paths and views by name
 *   load.h load.c   what the readers of a form file share
 *   field.c section.c view.c rule.c   one part of a form file each
 *   codes.h codes.c code tables (CSV)
 *   type.h type_*.c field types: one line in type.c and one file each
 *   checklist.h checklist.c   which questions a kind of sweep asks
 *   role.h role.c   roles and rights
 *   report.h report.c report_formula.c   statistics: forms/report/NAME.report
 */
#ifndef HUTONG_FORM_H
#define HUTONG_FORM_H

#include "base/base.h"
#include "base/conf.h"
#include "base/date.h"

struct dict;
struct form;
struct form_type;
struct codes;
struct expr; /* compiled by rec_load_dict; NULL when the text is empty */

/* Sensitivity of fields and single code values (domain.md 4): public, identity, health and family,
 * case / HIV / reporter. A role names the classes it reads. */
enum form_class { CLASS_A, CLASS_B, CLASS_C, CLASS_D };

enum form_search { SEARCH_NONE, SEARCH_NAME, SEARCH_DIGITS }; /* name: Hanzi and pinyin; digits: head and tail */

struct form_field {
    const char *name;       /* domain.md's identifier, a–z 0–9 _ */
    const char *label;      /* Chinese label */
    const char *en;         /* English label */
    const char *help;       /* one sentence for the hint line and F1 */
    const char *basis;      /* regulation or requirement, may be NULL */
    const char *example;    /* may be NULL */
    const struct form_type *type;
    const struct codes *codes;  /* type code, codes */
    const char *ref_name;       /* type ref: record type pointed to */
    const struct form *ref;     /* … resolved; of type user: the form user */
    int max;                /* characters; 0 = the type's default */
    int width;              /* columns in a list; 0 = the type's default */
    bool must;              /* nothing is saved without it */
    const char *complete_text;  /* "1" or an expression: when it is needed for a complete file */
    const struct expr *complete;
    bool unknown_ok;        /* 不掌握 / 拒绝提供 with a reason is an answer (decision 6) */
    bool unique, index;
    const char *usual;      /* of an index: records with this value ("" unanswered) need no entry in it,
                               as most have it; NULL: every record has one */
    enum form_search search;
    bool person;            /* search = "name": a person's name, checked as one */
    enum form_class class;
    bool review;            /* goes village → township → county (decision 5) */
    bool review_town;       /* … the township's word ends it (review = "town") */
    bool system;            /* written by rules, never typed */
    bool blind;             /* whoever may write the record fills it, those of its class read it */
    bool later;             /* of a final form: may still be answered once, when it is empty */
    bool carry;             /* a new record begins with the answer of the last one of this sitting */
    bool each;              /* answered for each child when one entry makes records of several */
    bool sibling;           /* copied by “copy for a sibling” */
    const char *mask;       /* NULL, "id" or "phone": how lists and prints hide it */
    const char *dflt;       /* literal, or today, user, user.village */
    const char *from;       /* derived from: "id_no.birth" "id_no.sex" */
    const char *was;        /* former name */
    const char *retired;    /* "2027-01": kept readable, no longer asked */
    int number;             /* given once by the store, never reused; 0 until then */
    int pos;                /* index in form->field */
    int line;
    const struct form *form;
};

/* A field as seen from a form: its own (via NULL) or one of a directly linked record. */
struct form_path {
    const struct form_field *via; /* a ref field of the form, or NULL */
    const struct form_field *field;
};

struct form_section {
    const char *name, *label, *en;
    enum form_class fold;         /* folded until opened when C or D (tact, design.md 7) */
    struct form_path *path;
    size_t n;
    bool quick;                   /* short answers: behind the last one a new record is saved */
    const char *when_text;        /* shown only when true; NULL always */
    const struct expr *when;
    int line;
};

struct form_column {
    struct form_path path;
    const char *label, *en; /* a heading shorter than the field's label; NULL: the label */
    int width;
    int priority; /* 1 always; 2, 3 … added as the terminal grows */
    int line;
};

/* Views up to this rank are work that is owed: villages and townships are ranked by it. */
enum { VIEW_RANK_OWED = 3, VIEW_RANK = 5, VIEW_THEN = 3 };

struct form_view {
    const char *name, *label, *en;
    const char *where_text;
    const struct expr *where;
    const char *sort;             /* field name, "-" before it descending */
    const char **then;            /* names of the fields that order equal ones; NULL: none */
    const char **roles;           /* NULL: everybody who may read the type */
    bool todo;                    /* its count stands on the first screen */
    int rank;                     /* … in this order: 1 hurts a child now … 9; 5 when left out */
    const char *print;            /* title when printed; neutral words */
    const char *notice;           /* said when a record of this view is opened; NULL: nothing */
    struct form_column *column;   /* NULL: the form's */
    size_t ncolumn;
    int line;
};

struct form_rule {
    const char *name;             /* stable identifier, also the finding's code */
    char level;                   /* 'E' blocks, 'W' asks, 'I' informs (domain.md 5.4) */
    char quality;                 /* severity in the data-quality check; '-' not part of it */
    const char *when_text, *require_text;
    const struct expr *when, *require;
    const char *message;          /* Chinese, says what to do */
    struct form_path field;       /* where the cursor goes; field may be NULL */
    int line;
};

struct form {
    const char *name, *label, *en;
    const char *help;
    const char *area;             /* "village": own field with the division; "child.village": by link;
                                     "links": seen with any record that links to it; NULL: not
                                     bound to a division */
    const char *owner;            /* own field of type user: only that person sees the record; NULL */
    const char *title;            /* field that names a record in messages and pickers */
    const char *key;              /* unique field accepted in place of an id by commands; may be NULL */
    const char *code;             /* jump code, "31"; NULL: not on the menu */
    const char *alias;            /* pinyin initials of the jump code */
    bool system;                  /* kept by requests of their own (users, divisions): no generic writing */
    bool final;                   /* once saved, answers stay as they are; see form_field.later */
    struct form_option {
        const char *of;           /* form in whose lists a digit makes a record of this one; NULL: none */
        int digit;
        const char *label, *en;
    } option;
    struct form_field *field;     /* every field, retired ones too */
    size_t nfield;
    struct form_section *section;
    size_t nsection;
    struct form_column *column;
    size_t ncolumn;
    struct form_view *view;
    size_t nview;
    struct form_rule *rule;
    size_t nrule;
    int number;                   /* given by the store like a field's */
    int pos;
    const char *path;             /* file name for messages */
    bool dim;                     /* private to loading: parts of the file could not be made out */
    const struct dict *dict;
    unsigned short *name_slot;    /* private: names of fields, hashed, once all is read */
    unsigned name_mask;
};

struct dict {
    struct form *form;
    size_t nform;
    struct codes *codes;
    size_t ncodes;
    struct checklist *checklist;  /* of sweeps, by name: form/checklist.h */
    size_t nchecklist;
    char digest[65];              /* SM3 of every file in name order; compared at hello */
    const char *dir;
};

/*
 * Loads every .form file of dir and every .csv file of dir/codes. All mistakes of all files go to errs, and
 * what could be made out is given for rec_load_dict to look at its expressions too before the whole is
 * refused: with a mistake fields may lack their type, table or record type. Freed with ctx.
 */
struct dict *dict_load(void *ctx, const char *dir, struct conf_errors *errs);
/* A program of one person and one thread may leave big code tables unread until dict_codes is asked for
 * them (region is a megabyte in memory); their mistakes are then the server's to find. Said before
 * dict_load. */
void dict_load_big_late(bool late);
const struct form *dict_form(const struct dict *, const char *name);
const struct codes *dict_codes(const struct dict *, const char *name);

/* By name, or by a former name (was); NULL. */
const struct form_field *form_field(const struct form *, const char *name);
/* "name" or "father.name"; HE_NOTFOUND. */
int form_path_parse(const struct form *, const char *text, struct form_path *out);
char *form_path_text(void *ctx, struct form_path);
const char *form_path_label(void *ctx, struct form_path); /* "父亲·姓名" */
const char *form_path_said(void *ctx, struct form_path);  /* the same in the language of the thread */
/* area = "links": belongs to no division and is seen through the records that link to it. */
bool form_is_shared(const struct form *);
/* The path of the division: form->area, NULL for none and for shared records. */
const char *form_division(const struct form *);
/* FORM_TOWN, "town": the township of a record's division, to count by. The path of the division, or
 * NULL text for every other word and for forms without a division. */
#define FORM_TOWN "town"
const char *form_town(const struct form *, const char *word);
/* The field by which records of one form hang on one of another: an indexed ref named like it
 * ("child" of a visit); NULL. */
const struct form_field *form_link(const struct form *, const struct form *to);
const struct form_view *form_view(const struct form *, const char *name);
/*
 * What business code needs of a form: a NULL-terminated list of "child.village:area" words (form,
 * field, type). Each one missing is an error that names the form file.
 */
void dict_require(const struct dict *, const char *const words[], struct conf_errors *errs);

#endif
