#include "rec/expr_in.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"

static struct expr *parse_chain(struct expr_parser *p, enum expr_op op);

static struct expr *parse_new(struct expr_parser *p, enum expr_op op, struct expr_arg *l,
                              struct expr_arg *r)
{
    struct expr *e = talloc_zero(p->ctx, struct expr);

    e->op = op;
    e->l = l;
    e->r = r;
    return e;
}

static void parse_add(struct expr *e, struct expr *kid)
{
    e->kid = talloc_realloc(e, e->kid, struct expr *, e->n + 1);
    e->kid[e->n++] = kid;
}

static struct expr *parse_negate(struct expr_parser *p, struct expr *kid, bool negate)
{
    if (!kid || !negate)
        return kid;
    struct expr *e = parse_new(p, EXPR_NOT, NULL, NULL);
    parse_add(e, kid);
    return e;
}

static const char *parse_mismatch(const struct expr_arg *l, const struct expr_arg *r,
                                  enum expr_rel rel)
{
    if (l->kind == KIND_NONE && r->kind == KIND_NONE)
        return N_("两边都是固定的值，请至少写一个项目名");
    if ((l->kind == KIND_CODES || r->kind == KIND_CODES) &&
        (rel > REL_NE || (l->kind != KIND_NONE && r->kind != KIND_NONE)))
        return N_("这一项可以多选，请用 has");
    if (l->kind != KIND_NONE && r->kind != KIND_NONE &&
        (l->kind != r->kind ||
         (l->kind == KIND_CODE && l->path.field->codes != r->path.field->codes)))
        return N_("两边不是同一类内容，不能比较");
    enum expr_kind kind = l->kind != KIND_NONE ? l->kind : r->kind;
    if ((kind == KIND_YESNO || kind == KIND_REF) && rel > REL_NE)
        return N_("这一项只能用 = 或 != 比较");
    return NULL;
}

/* The literal, if any, ends on the right. */
static struct expr *parse_compare(struct expr_parser *p, const struct expr_tok *at,
                                  struct expr_arg *l, enum expr_rel rel, struct expr_arg *r)
{
    static const enum expr_rel mirror[] = {REL_EQ, REL_NE, REL_GT, REL_GE, REL_LT, REL_LE};

    if (!l || !r)
        return NULL;
    const char *what = parse_mismatch(l, r, rel);
    if (what)
        return expr_fail(p, at, what);
    if (l->kind == KIND_NONE) {
        struct expr_arg *swap = l;
        l = r;
        r = swap;
        rel = mirror[rel];
    }
    if (r->kind == KIND_NONE && !expr_settle(p, r, l))
        return NULL;
    struct expr *e = parse_new(p, EXPR_CMP, l, r);
    e->rel = rel;
    return e;
}

/* a in (b, c) is a = b or a = c. */
static struct expr *parse_in(struct expr_parser *p, struct expr_arg *l)
{
    const struct expr_tok *at = p->t++;
    struct expr *e = parse_new(p, EXPR_OR, NULL, NULL);

    if (p->t->type != TOK_OPEN)
        return expr_fail(p, p->t, N_("这里应有“(”"));
    do {
        p->t++;
        struct expr *kid = parse_compare(p, at, l, REL_EQ, expr_operand(p, true));
        if (!kid)
            return NULL;
        parse_add(e, kid);
    } while (p->t->type == TOK_COMMA);
    if (p->t->type != TOK_CLOSE)
        return expr_fail(p, p->t, N_("这里应有“)”"));
    p->t++;
    return e;
}

static struct expr *parse_empty(struct expr_parser *p, struct expr_arg *l)
{
    const struct expr_tok *at = p->t++;
    bool negate = expr_word(p->t, "not");

    if (l->src != SRC_PATH)
        return expr_fail(p, at, N_("is empty 前面要写项目名"));
    p->t += negate;
    if (!expr_word(p->t, "empty"))
        return expr_fail(p, p->t, N_("这里应有“empty”"));
    p->t++;
    return parse_negate(p, parse_new(p, EXPR_EMPTY, l, NULL), negate);
}

/* has, like, within */
static struct expr *parse_special(struct expr_parser *p, enum expr_op op, struct expr_arg *l)
{
    static const char *const what[] = {
        [EXPR_HAS] = N_("只有代码项才能用 has"),
        [EXPR_LIKE] = N_("只有文字项才能用 like"),
        [EXPR_WITHIN] = N_("只有区划项才能用 within"),
    };
    const struct expr_tok *at = p->t++;
    bool fits = op == EXPR_HAS    ? l->kind == KIND_CODES || l->kind == KIND_CODE
                : op == EXPR_LIKE ? l->kind == KIND_TEXT
                                  : l->kind == KIND_AREA;

    if (!fits)
        return expr_fail(p, at, what[op]);
    struct expr_arg *r = expr_literal(p);
    /* A subtree is of a division, never of 境外. */
    static const struct expr_arg division = {.kind = KIND_AREA};
    if (!r || !expr_settle(p, r, op == EXPR_WITHIN ? &division : l))
        return NULL;
    return parse_new(p, op, l, r);
}

static struct expr *parse_test(struct expr_parser *p)
{
    struct expr_arg *l = expr_operand(p, false);

    if (!l)
        return NULL;
    const struct expr_tok *at = p->t;
    if (at->type == TOK_REL) {
        p->t++;
        return parse_compare(p, at, l, at->rel, expr_operand(p, true));
    }
    if (expr_word(at, "is"))
        return parse_empty(p, l);
    if (expr_word(at, "has"))
        return parse_special(p, EXPR_HAS, l);
    if (expr_word(at, "like"))
        return parse_special(p, EXPR_LIKE, l);
    if (expr_word(at, "within"))
        return parse_special(p, EXPR_WITHIN, l);
    bool negate = expr_word(at, "not") && expr_word(at + 1, "in");
    p->t += negate;
    if (expr_word(p->t, "in"))
        return parse_negate(p, parse_in(p, l), negate);
    if (l->kind == KIND_YESNO)
        return parse_new(p, EXPR_TRUTH, l, NULL);
    return expr_fail(p, at, N_("请写出怎样比较，例如 name = '…'"));
}

static struct expr *parse_not(struct expr_parser *p)
{
    struct expr *e;
    bool not = expr_word(p->t, "not") || expr_word(p->t, HAN_("非"));

    if (!not &&p->t->type != TOK_OPEN)
        return parse_test(p);
    if (p->depth >= EXPR_DEPTH_MAX)
        return expr_fail(p, p->t, N_("写得太深（超过 40 层），请分开写"));
    p->t++;
    p->depth++;
    e = not ? parse_negate(p, parse_not(p), true) : parse_chain(p, EXPR_OR);
    p->depth--;
    if (not || !e)
        return e;
    if (p->t->type != TOK_CLOSE)
        return expr_fail(p, p->t, N_("这里应有“)”"));
    p->t++;
    return e;
}

/* One node however long the chain is: depth is that of brackets, not of words. */
static struct expr *parse_chain(struct expr_parser *p, enum expr_op op)
{
    struct expr *all = NULL;

    for (;;) {
        struct expr *e = op == EXPR_OR ? parse_chain(p, EXPR_AND) : parse_not(p);
        bool more = op == EXPR_OR ? expr_word(p->t, "or") || expr_word(p->t, HAN_("或"))
                                  : expr_word(p->t, "and") || expr_word(p->t, HAN_("且"));
        if (!e || (!all && !more))
            return e;
        all = all ? all : parse_new(p, op, NULL, NULL);
        parse_add(all, e);
        if (!more)
            return all;
        p->t++;
    }
}

int expr_parse(void *ctx, const struct form *form, const char *text,
               const struct expr_access *access, struct expr **out, char **problem)
{
    void *mem = talloc_new(ctx);
    struct expr_tok *tok;
    struct expr *e = NULL;

    *out = NULL;
    *problem = NULL;
    int rc = expr_lex(mem, text, &tok, problem);
    if (rc == 0 && tok->type != TOK_END) {
        struct expr_parser p = {mem, form, access, tok, 0, problem};
        e = parse_chain(&p, EXPR_OR);
        if (e && p.t->type != TOK_END)
            e = expr_fail(&p, p.t, N_("多出来的内容，请删去或用 and、or 连接"));
        rc = e ? 0 : HE_USAGE;
    }
    *problem = talloc_steal(ctx, *problem);
    if (rc == 0 && e) {
        *out = talloc_steal(ctx, e);
        talloc_steal(e, mem); /* the parts, and the token texts that literals point into */
    } else {
        talloc_free(mem);
    }
    return rc;
}
