/*
 * The list of records of a type, driven by the columns and views of its form. One screen in parts:
 *
 *   list.c       opening, keys
 *   list_load.c  pages from the server: paging by key both ways, filter, sort, rows that moved
 *   list_draw.c  columns by priority and width, rows, counts
 *   list_act.c   option digits: what may be done with a row, and doing it
 *   list_menu.c  F9: views, columns, sort, division, review of marked rows, printing, export
 *   list_pick.c  which columns
 *   list_saved.c lists kept under a name of one's own
 *   list_count.c counts by a field, which open their lists
 */
#ifndef HUTONG_TUI_LIST_H
#define HUTONG_TUI_LIST_H

#include "tui/saved.h"
#include "tui/session.h"
#include "tui/tui.h"

struct list_col {
    struct form_path path;
    const char *name;  /* path text, the key of the values of a row */
    const char *label; /* the heading, where the definition has one shorter than the field's */
    int width;
};

struct list_row {
    uint64_t id;
    uint32_t version;     /* 0: one had it open oneself, what changed is no news */
    const struct node *v; /* {path: shown text} */
    int option;           /* digit typed in front of it, 0 none */
    bool moved;           /* someone else changed it since it was shown */
};

struct list_page {
    char *after;  /* mark that the server takes, NULL the start */
    size_t start; /* rows before it */
};

struct list {
    struct session *s;
    const struct dict *dict; /* that form and view belong to */
    const struct form *form;
    const struct form_view *view; /* NULL: all */
    const char *type, *area, *area_name, *where, *where_label;
    const char *of; /* only records that hang on one of this type, and new ones are its too; NULL */
    uint64_t of_id;
    const struct node *cell; /* the children behind a figure: what stat.cell asks; NULL */
    struct list_col *col;    /* shown now */
    size_t ncol;
    const char **chosen; /* columns chosen under F9: NULL-terminated paths; NULL: by priority */
    const char *sort;    /* "field" or "-field"; NULL: the view's */
    struct edit *filter;
    bool typing;            /* the filter has the focus */
    char *words;            /* in force, "" none */
    struct list_page *page; /* the pages walked through; the last one is shown */
    size_t npage;
    struct node *mem; /* the answer that rows point into */
    struct list_row *row;
    size_t nrow, at;
    const char *next;       /* mark of the page behind, NULL at the end */
    int64_t total;          /* -1 not known */
    int limit, cols;        /* rows and columns of the terminal that the page was made for */
    uint64_t *mark;         /* marked ids, on any page */
    uint32_t *mark_version; /* as each stood when it was marked */
    size_t nmark;
    bool loaded, stale;
};

/* --- list_load.c --- */
int list_rows_fit(struct app *);
/* The shown page again; the cursor stays on its record. */
int list_reload(struct app *, struct list *);
/* From the first page: after a new filter, view or sort. */
int list_restart(struct app *, struct list *);
void list_page_move(struct app *, struct list *, int by);
void list_last(struct app *, struct list *);
/* All *n rows of the list {id, version, v}, under ctx; NULL on an error, after its sentence. */
const struct node **list_rows(struct app *, const struct list *, void *ctx, size_t *n);
/* The request body that asks for what the list shows (no paging). */
struct node *list_body(void *ctx, const struct list *);
enum wire_op list_op(const struct list *);       /* … which is asked with it, */
enum wire_op list_count_op(const struct list *); /* … and with `by` for counts */
/* Puts the cursor on a record of the page. */
void list_to(struct list *, uint64_t id);

/* --- list_draw.c --- */
void list_draw(struct app *, struct screen *, const struct frame *);
void list_columns(struct list *, int cols);
/* "照护人电话": how a column is headed. */
char *list_heading(void *ctx, struct form_path);
/* The same for a column: "照护人电话" where it fits, else "电话", as the columns beside it say whose. */
char *list_col_heading(void *ctx, const struct list_col *, int amb);
char *list_sort_label(void *ctx, const struct list *);

/* --- list_act.c --- */
/* "2修改 5查看 …": what this person may do with rows of this type. */
char *list_options(void *ctx, const struct list *);
bool list_option_ok(const struct list *, int digit);
/* Does the typed options in order, or opens the current row when there are none. */
void list_run(struct app *, struct list *);
/* Does one thing with the current row. */
void list_do(struct app *, struct list *, int digit);
void list_new(struct app *, struct list *);

/* --- list_menu.c --- */
void list_menu(struct app *, struct list *);
void list_pick_columns(struct app *, struct list *); /* list_pick.c */
void list_sort_next(struct app *, struct list *);
void list_set_view(struct app *, struct list *, const struct form_view *);
/* The first view meant for the person: for one of his roles, or for everybody; else NULL. */
const struct form_view *list_first_view(const struct session *, const struct form *);

/* Of this division only. Asks nothing of the list yet. */
void list_set_area(struct app *, struct list *, const char *code);

/* --- list_saved.c --- */
bool list_may_save(const struct list *);
/* One's own lists of this type, under ctx. */
size_t list_saved(struct app *, struct list *, void *ctx, struct saved **);
void list_saved_take(struct app *, struct list *, const struct saved *);
void list_saved_add(struct app *, struct list *);
void list_saved_drop(struct app *, struct list *);

/* --- list_count.c --- */
void list_count_open(struct app *, struct list *);

/* --- list.c --- */
/* The children behind a figure of a report; both are copied. */
void list_open_cell(struct app *, struct session *, const char *type, const struct node *cell,
                    const char *label);
bool list_marked(const struct list *, uint64_t id);
void list_mark(struct list *, uint64_t id, bool on);
/* A list with the cursor in the filter already. */
void list_open_filter(struct app *, struct session *, const char *type);
/* A list of what a count stands for; label says it in words. */
void list_open_where(struct app *, const struct list *like, const char *where, const char *label);

#endif
