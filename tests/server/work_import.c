/* The roster of 启东 as it comes from the villages, row for row (tests/data/qidong-2000.expected.csv). */
#include "server/work_box.h"

#include <time.h>

#include "base/conv.h"
#include "work/import.h"

/* --- a small reader of CSV: quotes, doubled quotes, line ends inside quotes --- */

static size_t csv_row(void *ctx, const char **p, const char *cell[], size_t max)
{
    size_t n = 0;
    const char *s = *p;

    while (*s && n < max) {
        char *out = talloc_size(ctx, 4096), *w = out;
        bool quoted = *s == '"';

        for (s += quoted; *s && (quoted || !strchr(",\r\n", *s)); s++) {
            if (quoted && *s == '"' && s[1] != '"')
                quoted = false;
            else
                *w++ = *s, s += quoted && *s == '"';
        }
        *w = '\0';
        cell[n++] = out;
        if (*s != ',')
            break;
        s++;
    }
    s += *s == '\r';
    s += *s == '\n';
    *p = s;
    return n;
}

static char *csv_load(void *ctx, const char *path)
{
    char *bytes, *text;
    size_t len, text_len, bad, bom;
    enum conv_enc enc;

    cr_assert_eq(io_read_file(ctx, path, 16 << 20, &bytes, &len), 0);
    cr_assert_eq(conv_detect(bytes, len, &enc, &bom), 0);
    cr_assert_eq(conv_to_utf8(ctx, bytes, len, enc, &text, &text_len, &bad), 0);
    return text;
}

/* Columns of the roster in order; NULL: not imported (the name of the village gives way to its code). */
static const char *const columns[] = {NULL,
                                      "name",
                                      "sex",
                                      "ethnicity",
                                      "birth_date",
                                      "id_no",
                                      "hukou_type",
                                      NULL,
                                      "village",
                                      "live_addr",
                                      "father.name",
                                      "father.out_working",
                                      "father.work_area",
                                      "father.out_since",
                                      "father.phone",
                                      "mother.name",
                                      "mother.out_working",
                                      "mother.work_area",
                                      "mother.out_since",
                                      "mother.phone",
                                      "caregiver.name",
                                      "caregiver.id_no",
                                      "caregiver_relation",
                                      "caregiver.phone",
                                      "school_state",
                                      "school.name",
                                      "grade",
                                      "boarding",
                                      "health",
                                      "guard_grade",
                                      "relief",
                                      "remark"};

struct roster {
    struct node *row[4096];
    size_t n;
};

static void roster_load(void *ctx, struct roster *r, const char *edit)
{
    const char *p = csv_load(ctx, SRCDIR "/tests/data/qidong-2000.csv"), *cell[64];

    r->n = 0;
    csv_row(ctx, &p, cell, NELEM(cell));
    while (*p) {
        size_t n = csv_row(ctx, &p, cell, NELEM(cell));
        struct node *row = r->row[r->n++] = node_map(ctx), *v;

        node_int(row, "row", (int64_t)r->n);
        if (n && !strcmp(cell[0], "合计")) {
            node_str(row, "skip", "total");
            continue;
        }
        v = node_add_map(row, "v");
        for (size_t i = 0; i < n && i < NELEM(columns); i++)
            if (columns[i])
                node_str(v, columns[i], cell[i]);
        if (edit && node_text(v, "name") && !strcmp(node_text(v, "name"), edit))
            node_str(v, "father.phone", "13800138000");
    }
}

static struct node *begin_body(void *ctx, const char *digest)
{
    struct node *body = node_map(ctx), *fields, *cst;

    node_str(body, "type", "child");
    node_str(body, "digest", digest);
    node_str(body, "map", "roster");
    node_str(body, "file", "花名册.csv");
    fields = node_add_list(body, "fields");
    for (size_t i = 0; i < NELEM(columns); i++)
        if (columns[i])
            node_str(fields, NULL, columns[i]);
    cst = node_add_map(body, "const");
    node_str(cst, "child_kinds", "10");
    node_str(cst, "add_reason", "07");
    return body;
}

static double busy; /* seconds of processor inside transactions */

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

typedef int (*import_fn)(struct txn *, void *, const struct county *, const struct actor *,
                         const struct node *, struct node *);
struct call {
    import_fn fn;
    struct node *body, *out;
};

static int call_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct call *c = arg;
    double begun = seconds(CLOCK_THREAD_CPUTIME_ID);
    int err;

    c->out = node_map(c->body);
    err = c->fn(t, c->out, b->county, a, c->body, c->out);
    busy += seconds(CLOCK_THREAD_CPUTIME_ID) - begun;
    return err;
}

static struct node *call(struct box *b, import_fn fn, struct node *body)
{
    struct call c = {fn, body, NULL};
    int err = box_do(b, "xu", call_fn, &c);

    cr_assert_eq(err, 0, "%s", err_name(err));
    return c.out;
}

/* Sends rows from on, in requests of 100; outcomes as "accepted", "rejected,over_age" … by row. */
static void send_rows(struct box *b, int64_t job, const struct roster *r, size_t from, size_t to,
                      const char *outcome[])
{
    for (size_t at = from; at < to;) {
        struct node *body = node_map(b->ctx), *list, *out;

        node_int(body, "job", job);
        list = node_add_list(body, "rows");
        for (size_t i = at; i < to && i < at + 100; i++)
            node_copy(list, NULL, r->row[i]);
        out = call(b, import_rows, body);
        cr_assert_gt(node_num(out, "taken", 0), 0);
        for (const struct node *n = node_first(node_get(out, "rows")); n; n = n->next)
            outcome[node_num(n, "row", 0)] =
                text_printf(b->ctx, "%s%s%s", node_text(n, "outcome"),
                            node_text(n, "code") ? "," : "", node_text_or(n, "code", ""));
        at += (size_t)node_num(out, "taken", 0);
    }
}

static int64_t begin(struct box *b, const char *digest, bool again, int64_t next)
{
    struct node *out = call(b, import_begin, begin_body(b->ctx, digest));

    cr_assert_eq(node_flag(out, "again"), again);
    cr_assert_eq(node_num(out, "next", 0), next);
    return node_num(out, "job", 0);
}

static struct node *end(struct box *b, int64_t job)
{
    struct node *body = node_map(b->ctx);

    node_int(body, "job", job);
    return call(b, import_end, body);
}

static int count_fn(struct txn *t, void *arg)
{
    uint64_t *n = arg, v;

    for (size_t i = 0; i < txn_dict(t)->nform; i++)
        if (!txn_count(t, &txn_dict(t)->form[i], &v))
            n[i] = v;
    return 0;
}

static uint64_t audit_rows(struct box *b)
{
    uint64_t rows = 0, bad = 0;
    char head[65];

    cr_assert_eq(store_audit_verify(b->store, &rows, &bad, head), 0);
    return rows;
}

/* The expected file: serial,outcome,reason in the order of the rows. */
static void compare(struct box *b, const char *outcome[], size_t n)
{
    const char *p = csv_load(b->ctx, SRCDIR "/tests/data/qidong-2000.expected.csv"), *cell[4];
    size_t row = 0, wrong = 0;

    csv_row(b->ctx, &p, cell, NELEM(cell));
    while (*p) {
        const char *want;

        csv_row(b->ctx, &p, cell, NELEM(cell));
        row++;
        want = !strcmp(cell[1], "rejected") ? text_printf(b->ctx, "rejected,%s", cell[2])
               : *cell[2] && !strcmp(cell[1], "accepted") ? cell[2]
                                                          : cell[1];
        if (!outcome[row] || strcmp(outcome[row], want) != 0) {
            cr_log_error("row %zu: want %s, got %s", row, want,
                         outcome[row] ? outcome[row] : "nothing");
            wrong++;
        }
    }
    cr_assert_eq(row, n);
    cr_assert_eq(wrong, 0u, "%zu rows differ", wrong);
}

Test(work_import, roster)
{
    struct box b;
    static struct roster r;
    static const char *outcome[4096];
    uint64_t before[64] = {0}, after[64] = {0}, rows; /* of each form */
    size_t twice = 0;
    struct node *counts;
    double t;
    int64_t job;

    box_new(&b);
    roster_load(b.ctx, &r, NULL);
    job = begin(&b, "first", false, 1);
    t = seconds(CLOCK_MONOTONIC);
    send_rows(&b, job, &r, 0, 700, outcome);
    cr_assert_eq(begin(&b, "first", false, 701), job); /* the client was killed here */
    send_rows(&b, job, &r, 700, r.n, outcome);
    t = seconds(CLOCK_MONOTONIC) - t;
    cr_log_info("%.0f rows a second, %.0f a second of the writer's processor", (double)r.n / t,
                (double)r.n / busy);
    compare(&b, outcome, r.n);
    counts = end(&b, job);
    cr_assert_eq(node_num(counts, "accepted", 0), 1815);
    cr_assert_eq(node_num(counts, "incomplete", 0), 53);
    cr_assert_eq(node_num(counts, "rejected", 0), 132);
    cr_assert_eq(node_num(counts, "skipped", 0), 4);
    cr_log_info("%s", node_json(b.ctx, counts));
    cr_assert_eq(node_num(counts, "符合", 0) + node_num(counts, "不符合", 0) +
                     node_num(counts, "待核", 0),
                 1868);

    /* The same file again: compared, nothing written but the one request rows. */
    store_read(b.store, count_fn, before);
    rows = audit_rows(&b);
    cr_assert_eq(begin(&b, "first", true, 1), job);
    send_rows(&b, job, &r, 0, r.n, outcome);
    end(&b, job);
    store_read(b.store, count_fn, after);
    cr_assert_arr_eq(before, after, sizeof before);
    cr_assert_eq(audit_rows(&b), rows);
    for (size_t i = 1; i <= r.n; i++)
        cr_assert(strcmp(outcome[i], "accepted") != 0 && strcmp(outcome[i], "incomplete") != 0,
                  "row %zu: %s", i, outcome[i]);

    /* Another file with one row changed: that row is taken, duplicates stay duplicates. */
    roster_load(b.ctx, &r, "谭雅");
    job = begin(&b, "second", false, 1);
    send_rows(&b, job, &r, 0, r.n, outcome);
    counts = end(&b, job);
    cr_log_info("%s", node_json(b.ctx, counts));
    cr_assert_str_eq(outcome[3], "accepted");
    for (size_t i = 1; i <= r.n; i++)
        twice += !strcmp(outcome[i], "rejected,duplicate_id");
    cr_assert_eq(twice, 12u);
    cr_assert_eq(node_num(counts, "accepted", 0), 1);
    cr_assert_eq(node_num(counts, "unchanged", 0), 1867);
    store_read(b.store, count_fn, after);
    cr_assert_arr_eq(before, after, sizeof before);
    box_free(&b);
}
