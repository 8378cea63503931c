#include "rec/expr_in.h"

#include <ctype.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"

struct lexer {
    void *ctx;
    const char *p;
    size_t at; /* number of the character at p, from 1 */
    char *out; /* where the next token's text goes */
    struct expr_tok *tok;
    size_t n;
    char **problem;
};

char *expr_problem(void *ctx, const struct expr_tok *t, const char *what)
{
    if (t->type == TOK_END && !t->text[0])
        return text_printf(ctx, _("末尾处：%s"), _(what));
    if (!t->text[0])
        return text_printf(ctx, _("第 %zu 个字处：%s"), t->at, _(what));
    return text_printf(ctx, _("第 %zu 个字“%s”处：%s"), t->at, t->text, _(what));
}

/* An input method types full-width signs, letters and blanks: they mean the half-width ones. */
static uint32_t lex_peek(const char *p, const char **next)
{
    *next = p;
    if (!*p)
        return 0;
    uint32_t cp = text_next(next);
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return cp - 0xFEE0;
    return cp == 0x3000 ? ' ' : cp;
}

static bool lex_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static bool lex_is_quote(uint32_t cp)
{
    return cp == '\'' || cp == '"' ||
           (cp >= 0x2018 && cp <= 0x201D && cp != 0x201A && cp != 0x201B);
}

static bool lex_wordy(uint32_t cp)
{
    if (cp < 0x80)
        return cp == '_' || isalnum((int)cp);
    return cp != 0xFFFD && cp != 0x3001 && cp != 0x3002 && !lex_is_quote(cp) &&
           text_cp_allowed(cp, false);
}

static void lex_step(struct lexer *l, bool keep)
{
    uint32_t cp = lex_peek(l->p, &l->p);

    if (keep)
        l->out += text_put(l->out, cp);
    l->at++;
}

static struct expr_tok *lex_begin(struct lexer *l, enum tok_type type)
{
    struct expr_tok *t = &l->tok[l->n++];

    *t = (struct expr_tok){.type = type, .at = l->at, .text = l->out};
    return t;
}

static void lex_end(struct lexer *l)
{
    *l->out++ = '\0';
}

static int lex_bad(struct lexer *l, bool show, const char *what)
{
    struct expr_tok t = {.type = TOK_WORD, .at = l->at, .text = ""};

    if (show) {
        t.text = l->out;
        lex_step(l, true);
        lex_end(l);
    }
    *l->problem = expr_problem(l->ctx, &t, what);
    return HE_USAGE;
}

/* A character as it was written. */
static void lex_keep(struct lexer *l)
{
    l->out += text_put(l->out, text_next(&l->p));
    l->at++;
}

/* A quote inside is doubled; “ ” and ‘ ’ close with either of their pair. */
static int lex_quoted(struct lexer *l)
{
    const char *next, *after;
    struct lexer start = *l;
    uint32_t open = lex_peek(l->p, &next);
    uint32_t other = open < 0x80 ? open : open ^ 1;

    lex_begin(l, TOK_TEXT);
    lex_step(l, false);
    for (;;) {
        uint32_t cp = lex_peek(l->p, &next);
        if (!cp)
            return lex_bad(&start, false, N_("引号没有配对"));
        if (cp == 0xFFFD || !text_cp_allowed(cp, true))
            return lex_bad(l, false, N_("有不能识别的字符"));
        if (cp == open || cp == other) {
            lex_step(l, false);
            if (open >= 0x80 || lex_peek(next, &after) != open)
                break;
        }
        lex_keep(l);
    }
    lex_end(l);
    return 0;
}

/* Is there "-dd-dd" at p and then no more of a word? */
static bool lex_date_follows(const char *p)
{
    for (int i = 0; i < 6; i++) {
        uint32_t cp = lex_peek(p, &p);
        if (i % 3 == 0 ? cp != '-' : !lex_digit(cp))
            return false;
    }
    return !lex_wordy(lex_peek(p, &p));
}

/* A word may hold points between its parts: father.name, 3.5. */
static void lex_word(struct lexer *l)
{
    struct expr_tok *t = lex_begin(l, TOK_WORD);
    const char *next;
    int dots = 0;
    bool digits = true;

    for (;;) {
        uint32_t cp = lex_peek(l->p, &next);
        bool dot = cp == '.' && lex_wordy(lex_peek(next, &next));
        if (!dot && !lex_wordy(cp))
            break;
        dots += dot;
        digits = digits && (dot || lex_digit(cp));
        lex_step(l, true);
    }
    if (digits && dots <= 1)
        t->type = TOK_NUM;
    if (digits && !dots && l->out - t->text == 4 && lex_date_follows(l->p)) {
        t->type = TOK_DATE;
        for (int i = 0; i < 6; i++)
            lex_step(l, true);
    }
    lex_end(l);
}

static int lex_sign(struct lexer *l)
{
    static const struct {
        const char *text;
        enum tok_type type;
        enum expr_rel rel;
    } sign[] = {
        {"!=", TOK_REL, REL_NE}, {"<>", TOK_REL, REL_NE}, {"<=", TOK_REL, REL_LE},
        {">=", TOK_REL, REL_GE}, {"=", TOK_REL, REL_EQ},  {"<", TOK_REL, REL_LT},
        {">", TOK_REL, REL_GT},  {"(", TOK_OPEN, 0},      {")", TOK_CLOSE, 0},
        {",", TOK_COMMA, 0},     {"+", TOK_PLUS, 0},      {"-", TOK_MINUS, 0},
    };
    const char *next;
    uint32_t first = lex_peek(l->p, &next), second = lex_peek(next, &next);

    for (size_t i = 0; i < NELEM(sign); i++) {
        const char *s = sign[i].text;
        if ((uint32_t)s[0] != first || (s[1] && (uint32_t)s[1] != second))
            continue;
        lex_begin(l, sign[i].type)->rel = sign[i].rel;
        for (; *s; s++)
            lex_step(l, true);
        lex_end(l);
        return 0;
    }
    if (first == 0xFFFD || !text_cp_allowed(first, false))
        return lex_bad(l, false, N_("有不能识别的字符"));
    return lex_bad(l, true, N_("这个符号不能用"));
}

static int lex_all(struct lexer *l)
{
    const char *next;
    int rc = 0;

    while (rc == 0) {
        uint32_t cp = lex_peek(l->p, &next);
        if (cp == 0)
            break;
        if (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r')
            lex_step(l, false);
        else if (lex_is_quote(cp))
            rc = lex_quoted(l);
        else if (lex_wordy(cp))
            lex_word(l);
        else
            rc = lex_sign(l);
    }
    return rc;
}

int expr_lex(void *ctx, const char *text, struct expr_tok **out, char **problem)
{
    size_t len = strlen(text);

    if (len > EXPR_BYTES_MAX) {
        *problem = text_printf(ctx, _("条件太长（超过 %d 字节），请分开写"), EXPR_BYTES_MAX);
        return HE_USAGE;
    }
    /* A token has a byte at least, and its text is no longer than its source and a NUL. */
    struct lexer l = {.ctx = ctx, .p = text, .at = 1, .problem = problem};
    l.tok = talloc_array(ctx, struct expr_tok, len + 1);
    l.out = talloc_array(l.tok, char, 2 * len + 8);
    int rc = lex_all(&l);
    if (rc)
        return rc;
    lex_begin(&l, TOK_END);
    lex_end(&l);
    *out = l.tok;
    return 0;
}
