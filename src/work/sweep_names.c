/*
 * Documents that leave the county name and number no child (decision 9). The draft is made of figures; what
 * is written into it by hand is looked through here: numbers, and the names of children on file by the
 * search index. A name of two characters may be a word ("高明" in 提高明显): that is asked, not refused.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/idno.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/sweep_in.h"

#define NAME_MIN 2
#define NAME_MAX 12  /* characters, as in the index */
#define HITS_MAX 256 /* records looked at for one piece of text */
#define TOLD_MAX 20  /* findings of one text */

struct names {
    struct family *f;
    const struct form *child, *person;
    const char *field;
    size_t line, told;
};

static void tell(struct names *k, char level, const char *code, const char *text)
{
    if (k->told++ < TOLD_MAX)
        findings_add(k->f->s->findings, level, k->field, code, "%s", text);
}

/* --- numbers --- */

struct digits {
    char d[64]; /* with single blanks and hyphens between them left out */
    size_t n, raw, longest;
};

/* A mobile phone, one with its area code, an identity number. */
static bool is_number(struct names *k, const struct digits *g)
{
    struct idno id;

    return g->longest >= 11 || (g->n == 11 && g->d[0] == '1' && g->d[1] >= '3') ||
           ((g->n == 11 || g->n == 12) && g->d[0] == '0') ||
           (g->n == 18 && idno_check(g->d, k->f->actor->today, &id) == IDNO_OK);
}

/* A shorter number that somebody on file answers to. */
static int is_phone(struct names *k, const char *d, bool *yes)
{
    struct node *no = node_map(k->f);
    uint64_t *ids;
    size_t n;
    int err = txn_search(k->f->txn, no, k->person, text_printf(no, "d%s", d), 4, &ids, &n);

    for (size_t i = 0; i < n && !err && !*yes; i++) {
        struct rec *rec;

        if ((err = txn_get(k->f->txn, no, k->person, ids[i], &rec)) == 0)
            for (size_t j = 0; j < rec->form->nfield && !*yes; j++)
                *yes = rec->form->field[j].mask && rec->val[j] &&
                       strcmp(rec_fold_name(no, rec->val[j]), d) == 0;
        err = err == HE_NOTFOUND ? 0 : err;
    }
    talloc_free(no);
    return err;
}

static int numbers_end(struct names *k, struct digits *g)
{
    bool yes = g->n && is_number(k, g);
    int err = !yes && g->n >= 7 && g->n <= 10 ? is_phone(k, g->d, &yes) : 0;

    if (yes)
        tell(k, 'E', "private_number",
             text_printf(k->f, _("第 %zu 行有证件号、电话等号码，文书里不写，请删去"), k->line));
    *g = (struct digits){0};
    return err;
}

static int line_numbers(struct names *k, const char *s, size_t len)
{
    const char *half = text_clean(k->f, talloc_strndup(k->f, s, len), TEXT_HALFWIDTH, NULL);
    struct digits g = {0};
    int err = 0;

    for (; *half && !err; half++) {
        bool digit =
            (*half >= '0' && *half <= '9') || (g.n == 17 && (*half == 'x' || *half == 'X'));

        if (digit && g.n < sizeof g.d - 1) {
            g.d[g.n++] = *half == 'x' ? 'X' : *half;
            g.raw++;
            g.longest = g.raw > g.longest ? g.raw : g.longest;
        } else if ((*half == ' ' || *half == '-') && g.raw) {
            g.raw = 0;
        } else {
            err = numbers_end(k, &g);
        }
    }
    return err ? err : numbers_end(k, &g);
}

/* --- names --- */

static bool is_han(const char *s)
{
    return text_next(&s) >= 0x2E80;
}

/* Is one of these children called so? The one that the writer may see, rather than another. */
static int called(struct names *k, const char *name, const uint64_t *ids, size_t n, bool *hit,
                  bool *seen)
{
    void *tmp = talloc_new(k->f);
    int err = 0;

    *hit = *seen = false;
    for (size_t i = 0; i < n && !err && !*seen; i++) {
        struct rec *rec;
        bool is = false;

        if ((err = txn_get(k->f->txn, tmp, k->child, ids[i], &rec)) == 0)
            for (size_t j = 0; j < rec->form->nfield && !is; j++)
                is = rec->form->field[j].person && rec->val[j] &&
                     strcmp(rec_fold_name(tmp, rec->val[j]), name) == 0;
        err = err == HE_NOTFOUND ? 0 : err;
        *hit |= is;
        *seen = is && actor_sees(k->f->txn, k->f->county, k->f->actor, "child.read", rec);
        talloc_free_children(tmp);
    }
    talloc_free(tmp);
    return err;
}

/* The longest name that begins at s, if any: its bytes in *len. */
static int name_at(struct names *k, const char *s, size_t *len, size_t *chars, bool *seen)
{
    const char *end = s;
    char token[NAME_MAX * 4 + 2] = "n";
    int err = 0;

    *len = 0;
    for (size_t n = 1; n <= NAME_MAX && *end && !err; n++) {
        uint64_t *ids;
        size_t found;
        bool hit, sees;

        text_next(&end);
        if (n < NAME_MIN)
            continue;
        memcpy(token + 1, s, (size_t)(end - s));
        token[1 + (end - s)] = '\0';
        if ((err = txn_search(k->f->txn, k->f, k->child, token, HITS_MAX, &ids, &found)) || !found)
            break;
        err = called(k, token + 1, ids, found, &hit, &sees);
        if (hit && !err)
            *len = (size_t)(end - s), *chars = n, *seen = sees;
        talloc_free(ids);
    }
    return err;
}

static void tell_name(struct names *k, const char *name, size_t chars, bool seen)
{
    const char *q = seen ? text_printf(k->f, "“%s”", name) : "";

    if (chars > 2)
        tell(k, 'E', "names_child",
             text_printf(k->f, _("第 %zu 行写了孩子的姓名%s，文书里不写任何孩子，请删去"), k->line,
                         q));
    else
        tell(k, 'W', "maybe_child",
             text_printf(k->f, _("第 %zu 行%s有两个字和一名登记的孩子同名，是孩子的姓名就删去"),
                         k->line, q));
}

static int line_names(struct names *k, const char *line, size_t len)
{
    int err = 0;

    for (const char *s = rec_fold_name(k->f, talloc_strndup(k->f, line, len)); *s && !err;) {
        size_t bytes = 0, chars = 0;
        bool seen = false;

        if (is_han(s))
            err = name_at(k, s, &bytes, &chars, &seen);
        if (bytes)
            tell_name(k, talloc_strndup(k->f, s, bytes), chars, seen);
        if (bytes)
            s += bytes;
        else
            text_next(&s);
    }
    return err;
}

/* A line that stood there before was looked at then. */
static bool stood(const char *was, const char *line, size_t len)
{
    while (was && *was) {
        size_t n = strcspn(was, "\n");

        if (n == len && strncmp(was, line, len) == 0)
            return true;
        was += n + (was[n] == '\n');
    }
    return false;
}

int sweep_names_check(struct family *f, const char *field, const char *text, const char *was)
{
    struct names k = {.f = f,
                      .child = sweep_form(f->county, "child"),
                      .person = sweep_form(f->county, "person"),
                      .field = field};
    int err = 0;

    while (text && *text && !err) {
        size_t n = strcspn(text, "\n");

        k.line++;
        if (!stood(was, text, n) && !(err = line_numbers(&k, text, n)))
            err = line_names(&k, text, n);
        text += n + (text[n] == '\n');
    }
    return err;
}
