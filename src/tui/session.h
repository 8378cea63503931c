/*
 * One signed-in person at one terminal: the connection, the dictionary, who one is. Every screen asks
 * the server through session_call, so a lost line, a changed right and an old program are answered in
 * one place and in the same words.
 */
#ifndef HUTONG_TUI_SESSION_H
#define HUTONG_TUI_SESSION_H

#include "form/form.h"
#include "tui/app.h"
#include "wire/client.h"
#include "wire/place.h"

struct session {
    struct client *client;
    struct client_conf conf;
    struct dict *dict; /* reloaded when the server's differs */
    struct node *me;   /* answer of `me`: name, login, today, posts, rights */
    struct date today; /* the business date of hello */
    const char *box;   /* the person's box directory, NULL when there is none */
    const char *badge; /* for row 1 */
    const struct place *place;
    struct app *app; /* set by hutong.c once the terminal is open */
};

/*
 * Connects, says who asks, loads the dictionary the server has. Errors are those of client_open, and
 * HE_FORMAT for a broken dictionary; *text is one sentence. Needs no terminal.
 */
int session_open(void *ctx, const struct place *, struct session **, const char **text);

/* Asks again who one is: posts may have moved while one was signed in. */
void session_renew(struct app *, struct session *);

/*
 * Sends a request and waits, painting 请稍候 when it takes longer than 300 ms. On an error the sentence
 * is shown with app_message (quiet: not) and the error returned; HE_UNKNOWN and HE_UNREACHABLE keep
 * everything on the screen as it is. Connects again by itself when the server was restarted.
 */
int session_call(struct app *, struct session *, void *ctx, enum wire_op, struct node *body,
                 struct node **answer);
/* The same without the sentence on the screen; *text is it (may be NULL). */
int session_call_quiet(struct app *, struct session *, void *ctx, enum wire_op, struct node *body,
                       struct node **answer, const char **text);
/*
 * All rows of a list that the server gives in pages (after, next), *n of them; smaller pages are asked
 * for when rows are long. NULL on an error, after its sentence. *last, which may be NULL: the last answer.
 */
const struct node **session_rows(struct app *, struct session *, void *ctx, enum wire_op,
                                 struct node *body, size_t *n, struct node **last);
bool session_may(const struct session *, const char *right); /* from me.may */
/* "child", "read": session_may of "child.read". */
bool session_may_do(const struct session *, const char *type, const char *verb);
/* One of the posts has one of these roles (NULL: anybody). */
bool session_has_role(const struct session *, const char *const *roles);
/* "柳河村 李桂兰（儿童主任）" for row 1. */
const char *session_badge(const struct session *);

/* --- the screens; each pushes itself on the stack --- */

/* 今日工作: counts that open their lists; jump codes; menu. */
void home_open(struct app *, struct session *);
/* A list of a type: by view name (NULL the first), within a division (NULL all), or where. */
void list_open(struct app *, struct session *, const char *type, const char *view, const char *area,
               const char *where);

struct form_ask {
    const char *type;
    uint64_t id;         /* 0: a new record */
    uint64_t sibling_of; /* new, copied from this one for a brother or sister */
    const char *draft;   /* key of a draft to resume, or NULL */
    const char *field;   /* path to put the cursor on, or NULL */
    const char *of;      /* new: the record of this form that it hangs on (form_link), or NULL */
    uint64_t of_id;      /* … its id */
    const struct node *view; /* new: what is known of it already, as rec.open shows a record; NULL */
    struct node *collect; /* not saved: its values are added to this list */
    struct node *made;      /* the ids of more records saved in the same change are added; NULL */
    const struct node *set; /* new: values to begin with, {path: value}; NULL */
    const char *as;      /* new: what it is entered as, for the title; NULL: 登记 */
    uint64_t change;     /* the returned change that is being mended, 0 none */
    bool readonly;
};
/* A list of the records of a type that hang on one record, named by title. */
void list_open_of(struct app *, struct session *, const char *type, const char *of, uint64_t id,
                  const char *title);
/* The lists behind a record (visits, agreements, tasks …) with their counts, to choose from. */
void related_open(struct app *, struct session *, const char *of, uint64_t id, const char *title);
bool related_any(const struct session *, const struct form *of);
/* The form of a record; returns when it is closed: 1 saved, 0 not. *saved_id may be NULL. */
int form_open(struct app *, struct session *, const struct form_ask *, uint64_t *saved_id);
/* One change under review: old → new, reason, approve, return with marks. Returns 1 when decided. */
int review_open(struct app *, struct session *, uint64_t change);
void history_open(struct app *, struct session *, const char *type, uint64_t id);
/* Preview of a printed document (forms/print) and where it goes. */
void print_open(struct app *, struct session *, const char *type, uint64_t id);
/* 投件/取件: the clerk's import and export screens. */
void import_open(struct app *, struct session *);
/* cell: only what stands behind a figure (stat.cell), or NULL. */
void export_open(struct app *, struct session *, const char *type, const char *view,
                 const char *where, const struct node *cell);

/* --- look-ups used by fields and by import --- */

/* Picks a division (narrowed level by level or by words); false when cancelled. */
bool pick_area(struct app *, struct session *, const char *under, char code[13]);
/* As pick_area, but only a village is taken; a division above it is opened. */
bool pick_village(struct app *, struct session *, const char *under, char code[13]);
/* Picks a record of a type by search; 0 when cancelled. */
uint64_t pick_record(struct app *, struct session *, const char *type, const char *title);

#endif
