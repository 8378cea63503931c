/* Search tokens: what finds a record, and what a typed word may mean. */
#include "rec/rec.h"

#include <ctype.h>
#include <string.h>
#include <talloc.h>

#include "base/pinyin.h"
#include "base/text.h"

#define TOKEN_MAX              96 /* of one record */
#define TOKEN_CHARS            12 /* characters of a name that begin a suffix */
#define TOKEN_SPELLINGS        8  /* readings of a whole name */
#define TOKEN_SUFFIX_SPELLINGS 2

struct tokens {
    const char **t; /* talloc array, NULL-terminated */
    size_t n;
    const char *kinds; /* only these; NULL: all */
};

static struct tokens token_start(void *ctx)
{
    return (struct tokens){.t = talloc_zero_array(ctx, const char *, TOKEN_MAX + 1)};
}

static bool token_asked(const struct tokens *ts, char kind)
{
    return !ts->kinds || strchr(ts->kinds, kind);
}

static void token_add(struct tokens *ts, char kind, const char *s, size_t len)
{
    if (!len || ts->n == TOKEN_MAX || !token_asked(ts, kind))
        return;
    for (size_t i = 0; i < ts->n; i++)
        if (ts->t[i][0] == kind && strncmp(ts->t[i] + 1, s, len) == 0 && !ts->t[i][len + 1])
            return;
    char *t = talloc_size(ts->t, len + 2);
    t[0] = kind;
    memcpy(t + 1, s, len);
    t[len + 1] = '\0';
    ts->t[ts->n++] = t;
}

static void token_reversed(struct tokens *ts, const char *s, size_t len)
{
    char back[64];

    len = len < sizeof back ? len : sizeof back;
    for (size_t i = 0; i < len; i++)
        back[i] = s[strlen(s) - 1 - i];
    token_add(ts, 'r', back, len);
}

char *rec_fold_name(void *ctx, const char *s)
{
    char *fold = text_fold(ctx, s), *to = fold;

    for (const char *p = fold; *p;) {
        const char *from = p;
        uint32_t cp = text_next(&p);
        if (cp == 0xB7 || cp == '.')
            continue;
        memmove(to, from, (size_t)(p - from));
        to += p - from;
    }
    *to = '\0';
    return fold;
}

static void token_spell(struct tokens *ts, char kind, const char *s, size_t max)
{
    if (!token_asked(ts, kind))
        return;
    const char **all = kind == 'p' ? pinyin_initials(ts->t, s, max) : pinyin_full(ts->t, s, max);

    for (const char **p = all; *p; p++)
        token_add(ts, kind, *p, strlen(*p));
    talloc_free(all);
}

/*
 * Every suffix in Hanzi; initials of every suffix of two characters (中心学校 of a school); full
 * spelling of the whole name and of what may follow a surname of one or two characters.
 */
static void token_name(struct tokens *ts, const char *name)
{
    char *fold = rec_fold_name(ts->t, name);
    const char *p = fold;

    for (int i = 0; *p && i < TOKEN_CHARS; i++) {
        const char *next = p;
        text_next(&next);
        token_add(ts, 'n', p, strlen(p));
        size_t max = i ? TOKEN_SUFFIX_SPELLINGS : TOKEN_SPELLINGS;
        if (*next || i == 0)
            token_spell(ts, 'p', p, max);
        if (i == 0 || (i < 3 && *next))
            token_spell(ts, 'f', p, max);
        p = next;
    }
    talloc_free(fold);
}

/* Letters and digits in capitals, nothing else. */
static char *token_digits(void *ctx, const char *s)
{
    char *out = talloc_strdup(ctx, s), *to = out;

    for (; *s; s++)
        if (isalnum((unsigned char)*s))
            *to++ = (char)toupper((unsigned char)*s);
    *to = '\0';
    return out;
}

static void token_number(struct tokens *ts, const char *value)
{
    char *s = token_digits(ts->t, value);
    size_t len = strlen(s);

    token_add(ts, 'd', s, len);
    if (len == 18)
        token_add(ts, 'd', s + 6, 12); /* people remember the birth date of an ID number */
    token_reversed(ts, s, len);
    talloc_free(s);
}

const char **rec_tokens(void *ctx, const struct rec *r)
{
    return rec_tokens_of(ctx, r, NULL);
}

const char **rec_tokens_of(void *ctx, const struct rec *r, const char *kinds)
{
    struct tokens ts = token_start(ctx);

    ts.kinds = kinds;

    for (size_t i = 0; i < r->form->nfield; i++) {
        enum form_search search = r->form->field[i].search;
        const char *value = r->val[i];
        if (!value || *value == '?' || search == SEARCH_NONE)
            continue;
        if (search == SEARCH_NAME)
            token_name(&ts, value);
        else
            token_number(&ts, value);
    }
    return ts.t;
}

struct mix {
    size_t digit, letter, other;
};

static struct mix token_mix(const char *s)
{
    struct mix m = {0};

    for (; *s; s++) {
        if (isdigit((unsigned char)*s))
            m.digit++;
        else if (isalpha((unsigned char)*s))
            m.letter++;
        else
            m.other++;
    }
    return m;
}

/* Few digits are rather a tail: a county's numbers all begin alike. */
static void query_number(struct tokens *ts, const char *word)
{
    char *s = token_digits(ts->t, word);
    size_t len = strlen(s);

    if (len <= 6)
        token_reversed(ts, s, len);
    token_add(ts, 'd', s, len);
    token_reversed(ts, s, len);
    talloc_free(s);
}

/* Marks between syllables (xi'an, wang-xy) are not part of a spelling. */
static void query_letters(struct tokens *ts, const char *word, bool hanzi)
{
    char *s = talloc_strdup(ts->t, word), *to = s;

    for (const char *p = s; *p; p++)
        if (isalnum((unsigned char)*p) || (hanzi && (unsigned char)*p >= 0x80))
            *to++ = *p;
    *to = '\0';
    if (hanzi) { /* 张wei, 王xy */
        token_spell(ts, 'f', s, TOKEN_SPELLINGS);
        token_spell(ts, 'p', s, TOKEN_SPELLINGS);
    } else {
        size_t len = strlen(s);
        if (len > 4)
            token_add(ts, 'f', s, len);
        token_add(ts, 'p', s, len);
        token_add(ts, 'f', s, len);
    }
    talloc_free(s);
}

const char **rec_query_tokens(void *ctx, const char *word)
{
    struct tokens ts = token_start(ctx);
    char *s = rec_fold_name(ts.t, word);
    struct mix m = token_mix(s);
    size_t len = strlen(s);
    bool number = m.digit && !m.other && (!m.letter || (m.letter == 1 && s[len - 1] == 'x'));
    bool ascii = true;

    for (const char *p = s; *p; p++)
        ascii = ascii && (unsigned char)*p < 0x80;
    if (number) {
        query_number(&ts, s);
    } else if (ascii) {
        if (m.digit)
            query_number(&ts, s);
        if (m.letter)
            query_letters(&ts, s, false);
    } else {
        token_add(&ts, 'n', s, len);
        if (m.letter)
            query_letters(&ts, s, true);
    }
    talloc_free(s);
    return ts.t;
}
