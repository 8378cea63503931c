/*
 * The county's divisions in memory. Requests of many threads read them without a lock: a set is built
 * aside, put in place with one pointer, and the last few are kept for requests still under way.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "work/county.h"

#define SETS_KEPT 8 /* far more loads of divisions than can happen during one request */
#define TIERS     3

/* A spelling under which a division is found; tier 0 is the name as it stands. */
struct area_key {
    const char *text;
    size_t at;
    int tier;
};

struct area_set {
    struct area_info *area; /* by code */
    size_t n;
    struct area_key *key; /* by tier and text */
    size_t nkey;
};

struct areas {
    _Atomic(struct area_set *) now;
    struct area_set *kept[SETS_KEPT];
    size_t next;
};

static int areas_free(struct areas *areas)
{
    for (size_t i = 0; i < SETS_KEPT; i++)
        talloc_free(areas->kept[i]);
    return 0;
}

struct areas *areas_new(void *ctx)
{
    struct areas *areas = talloc_zero(ctx, struct areas);

    areas->kept[0] = talloc_zero(NULL, struct area_set);
    areas->next = 1;
    atomic_init(&areas->now, areas->kept[0]);
    talloc_set_destructor(areas, areas_free);
    return areas;
}

/* --- spellings --- */

static void cut_end(char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    if (n > m && strcmp(s + n - m, end) == 0)
        s[n - m] = '\0';
}

/* Rosters write 幸福一村, 幸福一村居委会 and 幸福一村居民委员会 for the same committee. */
static char *spelling(void *ctx, const char *name, int tier)
{
    static const char *const committee[] = {HAN_("居民委员会"), HAN_("村民委员会"), HAN_("居委会"),
                                            HAN_("村委会")};
    char *s = text_fold(ctx, name);

    for (size_t i = 0; tier >= 1 && i < NELEM(committee); i++)
        cut_end(s, committee[i]);
    if (tier >= 2)
        cut_end(s, HAN_("村"));
    return s;
}

static int key_cmp(const void *a, const void *b)
{
    const struct area_key *x = a, *y = b;

    return x->tier != y->tier ? x->tier - y->tier : strcmp(x->text, y->text);
}

static void set_key(struct area_set *set, size_t at, int tier, const char *text)
{
    set->key[set->nkey++] = (struct area_key){text, at, tier};
}

static const struct area_info *set_find(const struct area_set *set, const char *code)
{
    for (size_t lo = 0, hi = set->n; lo < hi;) {
        size_t mid = (lo + hi) / 2;
        int c = strcmp(code, set->area[mid].code);

        if (c == 0)
            return &set->area[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

/* Names, and names behind that of the township. */
static void set_keys(struct area_set *set)
{
    set->key = talloc_array(set, struct area_key, 2 * TIERS * set->n + 1);
    for (size_t i = 0; i < set->n; i++) {
        char up[13];
        const struct area_info *town;

        area_parent(set->area[i].code, up);
        town = area_level(set->area[i].code) > AREA_TOWN ? set_find(set, up) : NULL;
        for (int tier = 0; tier < TIERS; tier++) {
            char *s = spelling(set, set->area[i].name, tier);

            set_key(set, i, tier, s);
            if (town)
                set_key(set, i, tier, text_printf(set, "%s%s", text_fold(set, town->name), s));
        }
    }
    qsort(set->key, set->nkey, sizeof *set->key, key_cmp);
}

/* --- reading --- */

static const char *keep(struct area_set *set, const struct rec *rec, const char *field)
{
    const char *v = rec_get(rec, field);

    return talloc_strdup(set, v ? v : "");
}

static struct date keep_date(const struct rec *rec, const char *field)
{
    struct date d = {0};
    const char *v = rec_get(rec, field);

    return v && date_parse(v, &d) == 0 ? d : (struct date){0};
}

static int set_add(struct rec *rec, void *arg)
{
    struct area_set *set = arg;

    if (set->n % 256 == 0)
        set->area = talloc_realloc(set, set->area, struct area_info, set->n + 256);
    set->area[set->n++] = (struct area_info){
        .code = keep(set, rec, "code"),
        .name = keep(set, rec, "name"),
        .urban_rural = keep(set, rec, "urban_rural"),
        .from = keep_date(rec, "from"),
        .to = keep_date(rec, "to"),
        .successor = keep(set, rec, "successor"),
    };
    talloc_free(rec);
    return 0;
}

static int info_cmp(const void *a, const void *b)
{
    const struct area_info *x = a, *y = b;

    return strcmp(x->code, y->code);
}

int areas_read(struct txn *txn, void *arg)
{
    struct county *county = arg;
    struct areas *areas = county->areas;
    struct area_set *set = talloc_zero(NULL, struct area_set);
    struct walk walk = {.form = dict_form(county->dict, "division")};
    int err = txn_each(txn, set, &walk, set_add, set);

    if (err) {
        talloc_free(set);
        return err;
    }
    if (set->n)
        qsort(set->area, set->n, sizeof *set->area, info_cmp);
    set_keys(set);
    talloc_free(areas->kept[areas->next]);
    areas->kept[areas->next] = set;
    areas->next = (areas->next + 1) % SETS_KEPT;
    atomic_store(&areas->now, set);
    return 0;
}

/* --- asking --- */

static const struct area_set *set_now(const struct county *county)
{
    return atomic_load(&county->areas->now);
}

const struct area_info *area_find(const struct county *county, const char *code)
{
    return set_find(set_now(county), code);
}

size_t area_count(const struct county *county)
{
    return set_now(county)->n;
}

const struct area_info *area_nth(const struct county *county, size_t i)
{
    const struct area_set *set = set_now(county);

    return i < set->n ? &set->area[i] : NULL;
}

static bool closed_on(const struct area_info *info, struct date on)
{
    return info->to.y != 0 && date_cmp(on, info->to) >= 0;
}

int area_check(void *county, const char *code, struct date on, const char **successor)
{
    const struct area_info *info = area_find(county, code);

    *successor = NULL;
    if (!info)
        return HE_NOTFOUND;
    if (!closed_on(info, on))
        return 0;
    *successor = *info->successor ? info->successor : NULL;
    return HE_RULE;
}

char *area_title(void *ctx, const struct county *county, const char *code)
{
    const struct area_set *set = set_now(county);
    const struct area_info *info = set_find(set, code), *town;
    char up[13];

    if (!info)
        return talloc_strdup(ctx, code);
    area_truncate(code, AREA_TOWN, up);
    town = area_level(code) > AREA_TOWN ? set_find(set, up) : NULL;
    return town ? text_printf(ctx, "%s %s", town->name, info->name)
                : talloc_strdup(ctx, info->name);
}

struct named {
    const char *open, *closed;
    bool open_many, closed_many;
};

static void named_add(struct named *found, const struct area_info *info)
{
    const char **one = info->to.y ? &found->closed : &found->open;
    bool *many = info->to.y ? &found->closed_many : &found->open_many;

    if (*one && strcmp(*one, info->code) != 0)
        *many = true;
    *one = info->code;
}

static void names_in(const struct area_set *set, const struct area_key *want, const char *scope,
                     struct named *found)
{
    size_t lo = 0, hi = set->nkey;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (key_cmp(&set->key[mid], want) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < set->nkey && key_cmp(&set->key[lo], want) == 0; lo++) {
        const struct area_info *info = &set->area[set->key[lo].at];

        if (!scope || !*scope || area_within(info->code, scope))
            named_add(found, info);
    }
}

/* "启东市汇龙镇幸福一村": the name of the top is no help. */
static const char *without_top(const struct area_set *set, void *ctx, const char *name)
{
    const char *top = set->n ? text_fold(ctx, set->area[0].name) : "";
    size_t n = strlen(top);

    return n && strncmp(name, top, n) == 0 && name[n] ? name + n : name;
}

int area_by_name(const struct county *county, const char *name, const char *scope, char code[13])
{
    const struct area_set *set = set_now(county);
    void *tmp = talloc_new(NULL);
    int err = HE_NOTFOUND;

    name = without_top(set, tmp, text_fold(tmp, name));
    for (int tier = 0; tier < TIERS && err == HE_NOTFOUND; tier++) {
        struct area_key want = {spelling(tmp, name, tier), 0, tier};
        struct named found = {0};
        const char *hit;

        names_in(set, &want, scope, &found);
        hit = found.open ? found.open : found.closed;
        if (!hit)
            continue;
        err = (found.open ? found.open_many : found.closed_many) ? HE_CONFLICT : 0;
        memcpy(code, hit, 13);
    }
    talloc_free(tmp);
    return err;
}

/* --- lists --- */

static void list_row(struct node *rows, void *ctx, const struct county *county,
                     const struct area_info *info)
{
    struct node *row = node_add_map(rows, NULL);

    node_str(row, "code", info->code);
    node_str(row, "name", info->name);
    node_str(row, "title", area_title(ctx, county, info->code));
    node_int(row, "level", area_level(info->code));
    node_bool(row, "closed", info->to.y != 0);
    if (*info->successor)
        node_str(row, "successor", info->successor);
}

/* Right below: its parent, or for "" the divisions whose parent the county does not have. */
static bool right_below(const struct area_set *set, const char *code, const char *below)
{
    char up[13];

    area_parent(code, up);
    return *below ? strcmp(up, below) == 0 : !set_find(set, up);
}

void area_list(void *ctx, const struct county *county, const char *below, const char *words,
               int limit, struct node *out)
{
    const struct area_set *set = set_now(county);
    struct node *rows = node_add_list(out, "rows");
    bool search = words && *words;

    for (int closed = 0; closed < 2; closed++)
        for (size_t i = 0; i < set->n && rows->n < (size_t)limit; i++) {
            const struct area_info *info = &set->area[i];

            if ((info->to.y != 0) != (closed == 1))
                continue;
            if (search ? (!*below || area_within(info->code, below)) &&
                             (pinyin_match(info->name, words) ||
                              strncmp(info->code, words, strlen(words)) == 0)
                       : right_below(set, info->code, below))
                list_row(rows, ctx, county, info);
        }
}

const char **area_villages(void *ctx, const struct county *county, const char *below)
{
    const struct area_set *set = set_now(county);
    const char **codes = talloc_array(ctx, const char *, set->n + 1);
    size_t n = 0;

    for (size_t i = 0; i < set->n; i++) /* sorted by code */
        if (area_level(set->area[i].code) == AREA_VILLAGE && !set->area[i].to.y &&
            (!*below || area_within(set->area[i].code, below)))
            codes[n++] = talloc_strdup(codes, set->area[i].code);
    codes[n] = NULL;
    return codes;
}
