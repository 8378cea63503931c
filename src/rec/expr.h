/*
 * The expression language of views, rules, completeness and --where. Typed, three-valued (unknown is
 * not false), own and directly linked records only, no loops.
 *
 *   expr    = or
 *   or      = and { ("or" | "或") and }
 *   and     = not { ("and" | "且") not }
 *   not     = ("not" | "非") not | test
 *   test    = operand [ op operand
 *                     | ["not"] "in" "(" operand { "," operand } ")"
 *                     | "is" ["not"] "empty"
 *                     | "has" literal                      a multiple choice holds a code
 *                     | "like" literal                     contains
 *                     | "within" literal ]                 division of 6 or 12 digits, subtree
 *           | "(" expr ")"
 *   op      = "=" | "!=" | "<>" | "<" | "<=" | ">" | ">="
 *   operand = path | literal | func
 *   literal = text | number | date
 *   path    = name [ "." name ]
 *   text    = "'" … "'" (a quote is doubled) | '"' … '"'
 *   number  = digits [ "." digits ]        date = YYYY-MM-DD (bare or quoted)
 *   func    = "today" | "month_start" | "month_end" (of today's month) | "me"
 *           | "age" "(" path [ "," operand ] ")"
 *           | "months" "(" operand "," operand ")" | "days" "(" operand "," operand ")"
 *           | ("today" | date | path) ("+" | "-") number ("d" | "w" | "m" | "y") { … }
 *                                          at most 200 years a step
 *           | ("today" | date | path) ("+" | "-") setting
 *   setting = "agreement_warn_days" | "contact_gap_days"   of the county in hutong.conf
 *
 * Words are separated by blanks or signs; key words may be in capitals; full-width signs and “ ” are
 * taken too, as an input method types them. A bare word that is no field of the form is taken as a
 * text on the right of an operator; on the left it is a name that does not exist. A test may be a
 * yes-or-no path alone. A literal is read as the other side's type: a code field compares with its
 * code or its label ('小学' or 03), money with yuan, a division with 6 or 12 digits, yes or no with
 * 1 0 是 否, a month with its first day, a time with a date by its day. A multiple choice is = to the
 * code that is its only one. <, > order numbers, dates, codes and plain texts (by bytes).
 *
 * An unanswered or "?1:…" value makes a comparison unknown; "is empty" and "is not empty" are always
 * known ("?1:…" is not empty), save of a linked record that cannot be asked for. unknown and false =
 * false, unknown or true = true, not unknown = unknown. A query keeps rows that are true; a rule
 * speaks when its `when` is true and its `require` is false. An expression of depth over 40 (brackets,
 * nots, functions) or text over 2,000 bytes is refused.
 */
#ifndef HUTONG_EXPR_H
#define HUTONG_EXPR_H

#include "rec/check.h"

enum tri { TRI_FALSE, TRI_TRUE, TRI_UNKNOWN };

struct expr;

/*
 * May the reader name this field, and this code value of it? A refused one acts as if it did not
 * exist (design.md 3): the same message to the byte, and a record that holds a refused code is
 * judged as if it did not hold it. NULL access or callback allows all. Asked while parsing only.
 */
struct expr_access {
    bool (*field)(void *arg, const struct form_field *);
    bool (*code)(void *arg, const struct form_field *, const char *code);
    void *arg;
};

/* HE_USAGE with *problem a Chinese sentence naming the place. Freed with ctx. A blank text gives
 * NULL in *out, the expression that is true of every record. */
int expr_parse(void *ctx, const struct form *, const char *text, const struct expr_access *,
               struct expr **out, char **problem);
/* How many days a setting stands for, 30 until said: at the start of the server, before any thread. */
void expr_set_days(const char *name, int days);
/* A NULL env leaves today, me and linked records unknown. Allocates nothing. */
enum tri expr_eval(const struct expr *, const struct rec *, const struct rec_env *);
/*
 * An index that serves the expression: when it is a conjunction with `field = constant` or
 * `field within constant` or a range on an indexed own field (`index`, not `unique`); a range only of
 * numbers and dates, whose list order is their order. It serves a superset: evaluate every record
 * still. Returns false for a scan.
 */
struct expr_index {
    const struct form_field *field;
    const char *lo, *hi; /* canonical values, inclusive; NULL open */
    bool within;         /* lo is a division whose subtree is meant */
    bool exact;          /* the whole expression is this one: its entries need no second look */
};
bool expr_index(const struct expr *, struct expr_index *out);

#endif
