/* A usual value needs no entry in its index, and nobody who reads by it may notice: each walk is
 * compared with the same walk by a field of the same values that has every entry. */
#include "server/store_box.h"

#include <stdlib.h>

#define FIELD(name, how)                                                                           \
    "{name=\"" name "\";label=\"" name "\";en=\"" name "\";type=\"text\";index=true;" how "},"
#define PLACE "{name=\"place\";label=\"地\";en=\"Place\";type=\"area\";index=true;},"
#define PLAIN PLACE FIELD("zero", "") FIELD("none", "") FIELD("oracle", "")
#define USUAL                                                                                      \
    PLACE FIELD("zero", "usual=\"0\";") FIELD("none", "usual=\"empty\";") FIELD("oracle", "")

static void put_one(struct box *b, uint64_t id)
{
    static const char *const village[] = {"320681001001", "320681001002", "320681002001", NULL};
    static const char *const value[] = {NULL, "0", "0", "0", "00", "1", "-1", "?1:无"};
    const char *v = value[rand() % (int)NELEM(value)], *at = village[rand() % 4];
    char *pairs = talloc_strdup(b->ctx, "name=甲|remark=甲");
    if (at)
        pairs = text_printf(b->ctx, "%s|village=%s|place=%s", pairs, at, at);
    else if (id)
        pairs = text_printf(b->ctx, "%s|village=-|place=-", pairs);
    if (v || id)
        pairs = text_printf(b->ctx, "%s|zero=%s|none=%s|oracle=%s", pairs, v ? v : "-", v ? v : "-",
                            v ? v : "-");
    box_put(b, b->child, id, pairs);
}

static int by_number(const void *a, const void *b)
{
    unsigned long x = strtoul(*(char *const *)a, NULL, 10),
                  y = strtoul(*(char *const *)b, NULL, 10);
    return (x > y) - (x < y);
}

static char *sorted(struct box *b, const char *text)
{
    char *save = NULL, *id[500], *out = talloc_strdup(b->ctx, "");
    size_t n = 0;
    for (char *p = strtok_r(talloc_strdup(b->ctx, text), " ", &save); p;
         p = strtok_r(NULL, " ", &save))
        id[n++] = p;
    qsort(id, n, sizeof *id, by_number);
    for (size_t i = 0; i < n; i++)
        out = talloc_asprintf_append(out, "%s ", id[i]);
    return out;
}

/* The walk in pages of n, its marks between. */
static char *paged(struct box *b, struct walk w, int n)
{
    char *out = talloc_strdup(b->ctx, ""), *after = NULL;
    for (int i = 0; i < 400; i++) {
        struct box_walk x = {.w = w, .max = n};
        x.w.after = after;
        const char *text = box_walk(b, &x);
        if (!*text)
            return out;
        out = talloc_asprintf_append(out, "%s %s|", text, x.mark);
        after = talloc_strdup(b->ctx, x.mark);
    }
    return out;
}

static void same(struct box *b, const char *name, const char *oracle, struct walk w)
{
    struct walk full = w;
    w.field = form_field(b->child, name);
    full.field = form_field(b->child, oracle);
    char *what = text_printf(b->ctx, "%s %s..%s%s%s", name, w.lo ? w.lo : "", w.hi ? w.hi : "",
                             w.areas ? " in " : "", w.areas ? *w.areas : "");
    for (int reverse = 0; reverse < 2; reverse++)
        for (int n = 0; n < 8; n += 3) {
            w.reverse = full.reverse = reverse;
            cr_assert_str_eq(paged(b, w, n), paged(b, full, n), "%s reverse %d by %d", what,
                             reverse, n);
        }
    struct box_walk x = {.w = w}, y = {.w = full};
    x.w.reverse = y.w.reverse = false;
    x.w.any_order = y.w.any_order = true;
    x.w.after = y.w.after = NULL;
    char *got = sorted(b, box_walk(b, &x));
    cr_assert_str_eq(got, sorted(b, box_walk(b, &y)), "%s in any order", what);
}

static void same_all(struct box *b)
{
    static const char *const bound[][2] = {{NULL, NULL}, {"0", "0"},  {"0", NULL},  {NULL, "0"},
                                           {"00", "1"},  {NULL, "/"}, {"-1", "00"}, {"1", "1"}};
    static const char *const at[][2] = {{"320681001001", "320681002001"},
                                        {"320681001003", "320681003000"},
                                        {"320681001002", "320681001002"},
                                        {NULL, "320681001001"}};
    static const char *const one[] = {"320681001001", NULL}, *const town[] = {"320681001000", NULL};
    static const char *const two[] = {"320681002001", "320681001002", NULL};
    const char *const *const areas[] = {NULL, one, town, two};
    for (size_t a = 0; a < NELEM(areas); a++) {
        for (size_t i = 0; i < NELEM(bound); i++) {
            struct walk w = {
                .form = b->child, .areas = areas[a], .lo = bound[i][0], .hi = bound[i][1]};
            same(b, "zero", "oracle", w);
            same(b, "none", "oracle", w);
        }
        for (size_t i = 0; i < NELEM(at); i++)
            same(
                b, "village", "place",
                (struct walk){.form = b->child, .areas = areas[a], .lo = at[i][0], .hi = at[i][1]});
        same(b, "village", "place", (struct walk){.form = b->child, .areas = areas[a]});
    }
}

static int entries(struct txn *t, void *arg)
{
    struct box *b = arg;
    struct walk w = {.form = b->child, .field = form_field(b->child, "zero")};
    struct box_walk x = {.w = w};
    return box_walk_fn(t, &x);
}

Test(store, usual_values)
{
    struct box b;
    box_make(&b);
    box_dict(&b, USUAL);
    box_open(&b);
    srand(20261122);
    for (int i = 0; i < 40; i++)
        put_one(&b, 0);
    same_all(&b);
    for (int i = 0; i < 60; i++)
        put_one(&b, 1 + (uint64_t)(rand() % 40));
    for (int i = 0; i < 40; i++) /* more than are read one by one */
        box_put(&b, b.child, 0,
                "name=乙|village=320681001001|place=320681001001|zero=9|none=9|oracle=9");
    same_all(&b);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, entries, &b, NULL), 0);
    cr_assert_eq(store_verify(b.s, NULL, NULL), 0);
    box_free(&b);
}

/* An index is built anew when its field gets another usual value, or none. */
Test(store, usual_changes)
{
    static const char *const fields[] = {PLAIN, USUAL, PLAIN};
    struct box b;
    box_make(&b);
    srand(3);
    for (size_t i = 0; i < NELEM(fields); i++) {
        box_dict(&b, fields[i]);
        box_open(&b);
        store_job_start(b.s);
        for (uint64_t job = 2 * i; job > 2 * i - 2 && job; job--)
            cr_assert_eq(store_job_wait(b.s, job, 20000), 0);
        for (int n = 0; n < 10; n++)
            put_one(&b, 0);
        same_all(&b);
        cr_assert_eq(store_verify(b.s, NULL, NULL), 0);
        store_close(&b.s);
    }
    box_free(&b);
}
