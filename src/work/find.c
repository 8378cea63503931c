/*
 * Search. Words are and-ed; each finds a record by its own search fields or by those of the persons it
 * is linked to (a grandmother's name, a father's phone). The token index only proposes: every proposal
 * is judged again by what the actor reads in full of that record, so a masked number or a name of
 * another village cannot be felt out by searching.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/text.h"
#include "work/business.h"
#include "work/near.h"
#include "work/query.h"

#define WORDS_MAX 6
#define SCAN_MAX                                                                                   \
    4096 /* a scope of fewer is known by heart, and read whole rather than searched far */
#define KEY_PRICE 300 /* tokens are looked through in the time that reading a record takes */

/* How many proposals are asked for: a common word fills its page from the first few, and from those
 * whose own names it finds. */
static const struct stage {
    size_t max;
    bool linked;
} far_stages[] = {{256, false}, {256, true}, {4096, true}, {65536, true}},
  near_stages[] = {{64, false}, {SCAN_MAX, true}};

struct find {
    struct query *q;
    const char **word[WORDS_MAX]; /* token prefixes of each word */
    char kinds[8];                /* their kinds: the first letters */
    size_t nword;
    uint64_t *id; /* proposals in the order of relevance, each once */
    size_t n, max;
    size_t direct; /* so many of them by tokens of their own */
    bool linked;   /* the others are asked for too */
    bool cut;      /* there are more than these */
    uint64_t *set; /* open hash of them */
    size_t slots;
    uint64_t *own; /* every id of a small scope, in order: nothing else is proposed; NULL: large */
    size_t nown;
    struct near_link *link; /* of these, by whom they name; when they were asked for */
    size_t nlink;
    size_t keys; /* tokens that may still be looked through for a word in a small scope */
};

/* --- proposals --- */

static void set_new(struct find *f, size_t max)
{
    f->n = f->direct = 0;
    f->cut = false;
    f->max = max;
    for (f->slots = 64; f->slots < 2 * max; f->slots *= 2)
        ;
    f->id = talloc_array(f->q, uint64_t, max);
    f->set = talloc_zero_array(f->q, uint64_t, f->slots);
}

static void propose(struct find *f, uint64_t id)
{
    size_t at = (size_t)(id * UINT64_C(0x9e3779b97f4a7c15)) & (f->slots - 1);

    if (f->n == f->max) {
        f->cut = true;
        return;
    }
    while (f->set[at] && f->set[at] != id)
        at = (at + 1) & (f->slots - 1);
    if (f->set[at])
        return;
    f->set[at] = id;
    f->id[f->n++] = id;
}

static int propose_link(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct find *f = arg;

    (void)txn, (void)mark;
    propose(f, id);
    return f->n == f->max;
}

static int propose_by_walks(struct find *f, const struct form *shared, const uint64_t *person,
                            size_t n)
{
    const struct form *form = f->q->ask->form;
    char key[24];
    int err = 0;

    for (size_t i = 0; i < n && !err && f->n < f->max; i++) {
        snprintf(key, sizeof key, "%llu", (unsigned long long)person[i]);
        for (size_t r = 0; r < form->nfield && !err; r++) {
            struct walk walk = {.form = form, .field = &form->field[r], .lo = key, .hi = key};

            if (form->field[r].ref == shared)
                err = txn_walk(f->q->a->txn, &walk, propose_link, f);
        }
    }
    return err;
}

static int link_cmp(const void *a, const void *b)
{
    const struct near_link *x = a, *y = b;

    if (x->form != y->form)
        return (x->form > y->form) - (x->form < y->form);
    return x->to != y->to ? (x->to > y->to) - (x->to < y->to)
                          : (x->from > y->from) - (x->from < y->from);
}

/* Whom the records of a small scope name. */
static int links_learn(struct find *f)
{
    const struct form *form = f->q->ask->form;
    size_t room = 0, n;
    int err = 0;

    if (f->link)
        return 0;
    for (size_t i = 0; i < f->nown && !err; i++) {
        if (f->nlink + form->nfield > room) {
            room = 2 * room + 4 * form->nfield;
            f->link = talloc_realloc(f->q, f->link, struct near_link, room);
        }
        err = near_links(f->q->a->txn, f->q->a->county->near, form, f->own[i], f->link + f->nlink,
                         &n);
        f->nlink += n;
    }
    if (f->nlink)
        qsort(f->link, f->nlink, sizeof *f->link, link_cmp);
    return err;
}

/* Where the links to ids of the form from this one on begin. */
static size_t link_find(const struct find *f, const struct form *form, uint64_t to)
{
    const struct near_link want = {form, to, 0};
    size_t low = 0, high = f->nlink;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (link_cmp(&f->link[mid], &want) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* In a small scope it is known whom its records name: only these are looked for. */
static int propose_near(struct find *f, const struct form *shared, const char *prefix)
{
    size_t from = link_find(f, shared, 0), to = link_find(f, shared, UINT64_MAX), n = 0;
    uint64_t *among = talloc_array(f->q, uint64_t, to - from + 1), *person;
    int err;

    for (size_t i = from; i < to; i++)
        if (!n || among[n - 1] != f->link[i].to)
            among[n++] = f->link[i].to;
    err = txn_search_among(f->q->a->txn, f->q, shared, prefix, among, n, &f->keys, f->max, &person,
                           &n);
    f->cut |= !f->keys;
    for (size_t i = 0; i < n && !err; i++)
        for (size_t k = link_find(f, shared, person[i]); k < to && f->link[k].to == person[i]; k++)
            propose(f, f->link[k].from);
    talloc_free(person);
    talloc_free(among);
    return err;
}

/* Records whose ref fields point to a person that the prefix finds. */
static int propose_linked(struct find *f, const struct form *shared, const char *prefix)
{
    uint64_t *person;
    size_t n;
    int err;

    if (f->own)
        return propose_near(f, shared, prefix);
    err = txn_search(f->q->a->txn, f->q, shared, prefix, f->max, &person, &n);
    f->cut |= n == f->max;
    if (!err)
        err = propose_by_walks(f, shared, person, n);
    talloc_free(person);
    return err;
}

/* Is this the first field that links to its form? */
static bool first_link(const struct form *form, size_t field)
{
    const struct form *to = form->field[field].ref;

    if (!near_names(form, &form->field[field]))
        return false;
    for (size_t i = 0; i < field; i++)
        if (form->field[i].ref == to)
            return false;
    return true;
}

/* Records that one token prefix finds by their own names. */
static int propose_direct(struct find *f, const char *prefix)
{
    struct txn *txn = f->q->a->txn;
    uint64_t *id;
    size_t n;
    int err;

    if (f->own) {
        err = txn_search_among(txn, f->q, f->q->ask->form, prefix, f->own, f->nown, &f->keys,
                               f->max, &id, &n);
        f->cut |= !f->keys;
    } else {
        err = txn_search(txn, f->q, f->q->ask->form, prefix, f->max, &id, &n);
    }
    f->cut |= n == f->max;
    for (size_t i = 0; i < n && !err; i++)
        propose(f, id[i]);
    talloc_free(id);
    return err;
}

static int propose_word(struct find *f, const char **prefix)
{
    const struct form *form = f->q->ask->form;
    int err = f->own && f->linked ? links_learn(f) : 0;

    f->keys = KEY_PRICE * f->nown + 1;
    for (size_t p = 0; prefix[p] && !err && f->n < f->max; p++)
        err = propose_direct(f, prefix[p]);
    f->direct = f->n;
    for (size_t i = 0; f->linked && i < form->nfield; i++)
        for (size_t p = 0; first_link(form, i) && prefix[p] && !err && f->n < f->max; p++)
            err = propose_linked(f, form->field[i].ref, prefix[p]);
    return err;
}

/* The proposals of the word that proposes least; *whole: there are no others. */
static int propose_least(struct find *f, size_t max, bool *whole)
{
    size_t best = 0, few = SIZE_MAX;
    int err = 0;

    for (size_t w = 0; w < f->nword && !err && few; w++) {
        set_new(f, max);
        err = propose_word(f, f->word[w]);
        if (!err && (f->cut ? max : f->n) < few) {
            best = w;
            few = f->cut ? max : f->n;
        }
    }
    *whole = few < max;
    if (err || f->nword == 1 || best == f->nword - 1)
        return err;
    set_new(f, max);
    return propose_word(f, f->word[best]);
}

/* The ids of a scope of villages, a school, or assigned children, if they are few. */
static int scope_learn(struct find *f)
{
    const struct scope *s = &f->q->scope;
    uint64_t *ids;
    size_t n;
    int err;

    if (f->q->ask->only) {
        f->nown = f->q->ask->nonly;
        f->own = talloc_array(f->q, uint64_t, f->nown + 1);
        memcpy(f->own, f->q->ask->only, f->nown * sizeof *ids);
        return 0;
    }
    if (form_is_shared(f->q->ask->form) || (s->streams && !s->areas))
        return 0;
    for (size_t i = 0; s->areas && s->areas[i]; i++)
        if (area_level(s->areas[i]) < AREA_TOWN)
            return 0;
    err = scope_ids(s, f->q, NULL, SCAN_MAX, &ids, &n);
    if (!err && n < SCAN_MAX) {
        f->own = ids ? ids : talloc_array(f->q, uint64_t, 1);
        f->nown = n;
    }
    return err;
}

/* --- judging a proposal --- */

static bool prefix_in(const char **prefix, const char **tokens)
{
    for (; *prefix; prefix++)
        for (const char **t = tokens; *t; t++)
            if (strncmp(*t, *prefix, strlen(*prefix)) == 0)
                return true;
    return false;
}

/* Tokens of the search fields that these posts read in full; of the linked record with via. */
static const char **tokens_seen(struct find *f, void *tmp, const struct actor *narrow,
                                const struct rec *rec, const struct form_field *via)
{
    const struct form *form = via ? via->ref : rec->form;
    struct rec *shown = rec_new(tmp, form);

    for (size_t i = 0; i < form->nfield; i++) {
        struct form_path path = {via, &form->field[i]};
        struct seen seen;

        if (form->field[i].search == SEARCH_NONE)
            continue;
        seen = access_value(f->q->a, tmp, narrow, rec, path);
        if (seen.value && !seen.masked)
            rec_set_at(shown, &form->field[i], seen.value);
    }
    return rec_tokens_of(tmp, shown, f->kinds);
}

static bool matches(struct find *f, void *tmp, const struct actor *narrow, const struct rec *rec)
{
    const struct form *form = rec->form;
    const char **own = tokens_seen(f, tmp, narrow, rec, NULL);

    for (size_t w = 0; w < f->nword; w++) {
        bool hit = prefix_in(f->word[w], own);

        for (size_t i = 0; i < form->nfield && !hit; i++)
            hit = rec->val[i] && near_names(form, &form->field[i]) &&
                  prefix_in(f->word[w], tokens_seen(f, tmp, narrow, rec, &form->field[i]));
        if (!hit)
            return false;
    }
    return true;
}

/* Are all search fields read in full? Then the token that proposed a record is one that counts. */
static bool sees_all(const struct actor *narrow, const struct form *form)
{
    for (size_t i = 0; i < form->nfield; i++)
        if (form->field[i].search != SEARCH_NONE && actor_reads(narrow, &form->field[i]) < 2)
            return false;
    return true;
}

static bool wanted(struct find *f, void *tmp, const struct rec *rec, bool direct)
{
    const struct query *q = f->q;
    const struct actor *narrow = access_narrow(q->a, tmp, rec);

    if (!narrow || !query_takes(f->q, rec))
        return false;
    if (q->scope.within && form_division(rec->form) &&
        !area_within(txn_area(q->a->txn, tmp, rec), q->scope.within))
        return false;
    return (direct && f->nword == 1 && sees_all(narrow, rec->form)) || matches(f, tmp, narrow, rec);
}

static size_t find_after(const struct find *f)
{
    uint64_t id = f->q->ask->after ? strtoull(f->q->ask->after, NULL, 10) : 0;

    for (size_t i = 0; id && i < f->n; i++)
        if (f->id[i] == id)
            return i + 1;
    return 0;
}

/* *more: the page is full and something is behind it. */
static int find_rows(struct find *f, struct node *out, bool *more)
{
    struct query *q = f->q;
    struct node *rows = node_add_list(out, "rows");
    uint64_t last = 0, total = 0;
    int err = 0;

    *more = false;
    for (size_t i = q->ask->count ? 0 : find_after(f), from = find_after(f);
         i < f->n && (!*more || q->ask->count) && !err; i++) {
        void *tmp = talloc_new(q);
        struct rec *rec;

        err = txn_get(q->a->txn, tmp, q->ask->form, f->id[i], &rec);
        if (!err && wanted(f, tmp, rec, i < f->direct)) {
            total++;
            if (i >= from && rows->n < (size_t)q->limit) {
                query_row(q, rows, rec);
                last = f->id[i];
            } else if (i >= from) {
                *more = true;
            }
        }
        err = err == HE_NOTFOUND ? 0 : err;
        talloc_free(tmp);
        access_forget(q->a);
    }
    node_str(out, "next", *more ? text_printf(q, "%llu", (unsigned long long)last) : NULL);
    if (q->ask->count)
        node_int(out, "total", (int64_t)total);
    return err;
}

static int find_stages(struct find *f, struct node *out)
{
    const struct stage *stages = f->own ? near_stages : far_stages;
    size_t n = f->own ? NELEM(near_stages) : NELEM(far_stages);
    size_t first = f->q->ask->count ? n - 1 : f->nword > 1 ? 1 : 0;
    bool whole = false, more = false;
    int err = 0;

    for (size_t s = first; s < n && !err && !whole && !more; s++) {
        f->linked = stages[s].linked;
        err = propose_least(f, stages[s].max, &whole);
        whole = whole && f->linked;
        if (f->own && !whole && s + 1 == n) { /* too common a word: every record is looked at */
            f->id = f->own;
            f->n = f->nown;
            f->direct = 0;
        } else if (f->q->ask->after && !find_after(f) && !whole && s + 1 < n) {
            continue; /* the page before ended farther on */
        }
        if (!err)
            err = find_rows(f, out, &more);
    }
    return err;
}

int list_find(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
              const struct list_ask *ask, const char *words, struct node *out, char **problem)
{
    struct find f = {0};
    char *copy, *save = NULL;
    int err = query_open(txn, ctx, county, actor, ask, &f.q, problem);

    if (err)
        return err;
    node_add_list(out, "rows");
    copy = text_clean(f.q, words, TEXT_HALFWIDTH, NULL);
    for (char *w = strtok_r(copy, " ", &save); w && f.nword < WORDS_MAX;
         w = strtok_r(NULL, " ", &save)) {
        f.word[f.nword] = rec_query_tokens(f.q, w);
        for (const char **p = f.word[f.nword]; *p; p++)
            if (!strchr(f.kinds, **p) && strlen(f.kinds) + 1 < sizeof f.kinds)
                f.kinds[strlen(f.kinds)] = **p;
        if (*f.word[f.nword])
            f.nword++;
    }
    if (f.nword && !(err = scope_learn(&f)))
        err = find_stages(&f, out);
    if (!err)
        talloc_free(f.q);
    return err;
}
