/*
 * Reports: forms/report/NAME.report say what a table of statistics counts. The language is described
 * in forms/README. Only the server reads them; rec_load_reports loads and checks the expressions.
 *
 *   report.h report.c     this; reading the files
 *   report_formula.c      sums and quotients of columns
 */
#ifndef HUTONG_FORM_REPORT_H
#define HUTONG_FORM_REPORT_H

#include "form/form.h"

#define REPORT_COLUMN_LIMIT 200

enum report_period { PERIOD_DAY, PERIOD_MONTH, PERIOD_QUARTER, PERIOD_KINDS };

enum report_kind {
    REPORT_COUNT,   /* records of the report for which where is true */
    REPORT_SUM,     /* … the sum of a whole-number field of theirs */
    REPORT_CHECK,   /* … those with something missing or wrong (check) */
    REPORT_FORMULA, /* of other columns */
    REPORT_MOVE,    /* how the records of the report changed in the period */
    REPORT_OF,      /* records that hang on children, dated in the period: of, on */
    REPORT_WITH,    /* … children for which where is true that have such a record (with) */
};

/* Decision 9: opening + added + moved in - left - moved out + redrawn = closing, in every row. */
enum report_move {
    MOVE_OPENING,
    MOVE_ADDED,
    MOVE_LEFT,
    MOVE_IN,
    MOVE_OUT,
    MOVE_REDRAWN,
    MOVE_CLOSING
};

struct report_term {
    int sign, column; /* +1 -1; position in report->column */
    bool total;       /* … of the last row */
};
struct report_sum {
    struct report_term *t;
    size_t n;
};

struct report_column {
    const char *name, *label, *en;
    const char *group, *group_en; /* heading over several columns, or NULL */
    enum report_kind kind;
    const char *where_text; /* {from} and {to} stand for the days of the period; NULL: all */
    const char *check;      /* "M" missing, "M:caregiver" missing there, "E", "W": a rule speaks */
    const struct form_field *sum;
    const struct form *of; /* whose records are counted, and which date of theirs decides */
    const struct form_field *on;
    const char *with_text;
    struct report_sum up, down; /* down.n == 0: up alone */
    bool percent;
    int digits; /* behind the point, of a quotient */
    enum report_move move;
    int line;
};

struct report_identity { /* left = right in every row */
    const char *text;
    struct report_sum left, right;
    int line;
};

struct report_link { /* a column equals one of another report */
    int column;
    const char *report, *other; /* names */
    bool before;                /* … of the period before */
    int line;
};

struct report {
    const char *name, *label, *en;
    const char *basis, *definition;
    unsigned periods;             /* bit 1 << PERIOD_x */
    bool by_director;             /* rows are directors instead of divisions */
    const struct form *form, *of; /* of: of its columns of that kind, NULL none */
    const struct form_field *on;
    const char *where_text; /* which records are counted at all */
    struct report_column *column;
    size_t ncolumn;
    struct report_identity *identity;
    size_t nidentity;
    struct report_link *link;
    size_t nlink;
    const char *path;
    int line;
};

struct reports {
    struct report *report;
    size_t n;
};

/* Reads dict->dir/report/ *.report; no such directory: none. Mistakes to errs. Never NULL. */
struct reports *reports_load(void *ctx, const struct dict *, struct conf_errors *errs);
const struct report *reports_find(const struct reports *, const char *name);
int report_column_find(const struct report *, const char *name); /* -1 */
/* Whose records stand behind a figure of the column. */
static inline const struct form *report_column_form(const struct report *r,
                                                    const struct report_column *c)
{
    return c->kind == REPORT_OF ? c->of : r->form;
}
/* An expression of a report with {from} and {to} filled in (days as text). */
char *report_text(void *ctx, const char *text, const char *from, const char *to);
/* "a + b - total.c" with known columns, all of them counted before; a sentence when it cannot be read,
 * else NULL. */
const char *report_sum_parse(void *ctx, const struct report *, const char *text,
                             struct report_sum *);

#endif
