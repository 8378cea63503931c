/* Between the files of the expression language: tokens and the compiled tree. */
#ifndef HUTONG_EXPR_IN_H
#define HUTONG_EXPR_IN_H

#include "rec/expr.h"

#define EXPR_DEPTH_MAX 40
#define EXPR_BYTES_MAX 2000

enum tok_type {
    TOK_END,
    TOK_WORD,
    TOK_TEXT, /* quoted */
    TOK_NUM,
    TOK_DATE,
    TOK_OPEN,
    TOK_CLOSE,
    TOK_COMMA,
    TOK_PLUS,
    TOK_MINUS,
    TOK_REL,
};

enum expr_rel { REL_EQ, REL_NE, REL_LT, REL_LE, REL_GT, REL_GE };

struct expr_tok {
    enum tok_type type;
    enum expr_rel rel;
    size_t at;        /* its first character, from 1 */
    const char *text; /* without quotes, half-width when bare */
};

/* Ends with TOK_END; HE_USAGE with *problem. */
int expr_lex(void *ctx, const char *text, struct expr_tok **out, char **problem);
/* "第 5 个字“foo”处：…" */
char *expr_problem(void *ctx, const struct expr_tok *, const char *what);

/* What an operand is compared as. */
enum expr_kind {
    KIND_NONE, /* a literal that has not met its other side */
    KIND_TEXT,
    KIND_NUM,
    KIND_DATE,
    KIND_CODE,
    KIND_CODES,
    KIND_YESNO,
    KIND_AREA,
    KIND_REF,
};

enum expr_src {
    SRC_LITERAL,
    SRC_PATH,
    SRC_TODAY,
    SRC_MONTH_START,
    SRC_MONTH_END,
    SRC_ME,
    SRC_AGE,
    SRC_MONTHS,
    SRC_DAYS,
    SRC_SHIFT
};

/* A value during evaluation. Numbers are in hundredths, so that 6.5 and cents need no fractions. */
struct expr_val {
    bool known;
    bool secs;        /* KIND_DATE: num is unix seconds, not days */
    int64_t num;      /* KIND_NUM, KIND_DATE */
    const char *text; /* the others */
};

struct expr_arg {
    enum expr_src src;
    enum expr_kind kind;
    const struct expr_tok *tok;
    struct form_path path;
    bool yuan, time;        /* of the path's type: money; with a clock */
    const char **hidden;    /* codes that the reader may not see, NULL-terminated, or NULL */
    struct expr_val val;    /* SRC_LITERAL */
    const char *lo, *hi;    /* … its canonical bounds for an index */
    struct expr_arg *a, *b; /* of AGE, MONTHS, DAYS, SHIFT */
    int n;                  /* SHIFT */
    const int *days;        /* SHIFT by a setting of the county: n is 1 or -1; else NULL */
    char unit;
};

enum expr_op {
    EXPR_AND,
    EXPR_OR,
    EXPR_NOT,
    EXPR_TRUTH,
    EXPR_CMP,
    EXPR_EMPTY,
    EXPR_HAS,
    EXPR_LIKE,
    EXPR_WITHIN
};

struct expr {
    enum expr_op op;
    enum expr_rel rel;      /* EXPR_CMP; a literal stands on the right */
    struct expr_arg *l, *r; /* of a test */
    struct expr **kid;      /* talloc array of AND, OR, NOT */
    size_t n;
};

/* expr_arg.c: operands. */
struct expr_parser {
    void *ctx;
    const struct form *form;
    const struct expr_access *access;
    const struct expr_tok *t;
    int depth;
    char **problem;
};
bool expr_word(const struct expr_tok *, const char *word);
void *expr_fail(struct expr_parser *, const struct expr_tok *, const char *what); /* NULL */
/* want_text: a word that is no field is a literal. NULL after a problem. */
/* The days of a setting (expr_set_days), NULL when there is none of that name. */
const int *expr_days_named(const char *name);
struct expr_arg *expr_operand(struct expr_parser *, bool want_text);
struct expr_arg *expr_literal(struct expr_parser *);
/* expr_type.c: reads a literal as the kind of the other side; false after a problem. */
enum expr_kind expr_kind_of(const struct form_field *);
bool expr_settle(struct expr_parser *, struct expr_arg *literal, const struct expr_arg *with);
/* "1250.5" as 125050; false when it is no number of at most 15 digits and two decimals. */
bool expr_hundredths(const char *s, int64_t *out);
const char **expr_hidden(void *ctx, const struct form_field *, const struct expr_access *);
bool expr_is_hidden(const char *const *hidden, const char *code, size_t len);
/* expr_eval.c: days of a date whose day may be missing. */
long expr_days(struct date);

#endif
