/* Looking at frozen reports: which there are, one of them, and what it corrects. */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/stat_in.h"

#define EDITIONS_MAX 500 /* of a list: the newest */
#define CHANGES_MAX  200

struct look {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const char **areas;
    const char *report, *division;
    bool deep;
    const struct stat_out *to;
    struct node *out, *rows;
};

static const char *text(const struct rec *rec, const char *field)
{
    const char *v = rec_get(rec, field);

    return v ? v : "";
}

static bool touches(const char *const *areas, const char *code)
{
    for (; *areas; areas++)
        if (!**areas || area_within(code, *areas) || area_within(*areas, code))
            return true;
    return false;
}

static void head_out(struct look *l, struct node *n, const struct rec *rec)
{
    static const char *const fields[] = {"report", "label",  "period", "from",    "to",  "division",
                                         "title",  "cutoff", "state",  "edition", "note"};
    struct rec *user;

    node_int(n, "id", (int64_t)rec->id);
    for (size_t i = 0; i < NELEM(fields); i++)
        node_str(n, fields[i], text(rec, fields[i]));
    node_str(n, "state_text",
             type_show(l->ctx, form_field(rec->form, "state"), text(rec, "state")));
    if (rec_ref(rec, "by") &&
        txn_get(l->txn, l->ctx, dict_form(l->county->dict, "user"), rec_ref(rec, "by"), &user) == 0)
        node_str(n, "by", text(user, "name"));
}

/* --- the list --- */

static int list_one(struct rec *rec, void *arg)
{
    struct look *l = arg;

    if (*text(rec, "state") != '1' &&
        touches((const char *const *)l->areas, text(rec, "division")) &&
        (!l->report || strcmp(l->report, text(rec, "report")) == 0) &&
        (!l->division || strcmp(l->division, text(rec, "division")) == 0))
        head_out(l, node_add_map(l->rows, NULL), rec);
    talloc_free(rec);
    return l->rows->n >= EDITIONS_MAX;
}

int stat_frozen_list(struct txn *txn, void *ctx, const struct county *county,
                     const struct actor *actor, const char *report, const char *division,
                     struct node *out)
{
    struct walk walk = {.form = dict_form(county->dict, "frozen"), .reverse = true};
    struct look l = {.txn = txn,
                     .ctx = ctx,
                     .county = county,
                     .actor = actor,
                     .report = report,
                     .division = division,
                     .areas = actor_areas(ctx, actor, "report.read"),
                     .out = out};

    l.rows = node_add_list(out, "rows");
    return txn_each(txn, ctx, &walk, list_one, &l);
}

/* --- one --- */

struct line { /* of the columns kept with it: name|label|group|formula */
    char *name, *label, *group;
    int formula; /* 1 a sum of others, 2 a quotient */
    bool seen;
};

struct frozen {
    struct rec *head;
    struct line *line;
    size_t n;
    struct rec **row;
    size_t nrow;
};

static void columns_read(void *ctx, struct frozen *z)
{
    char *copy = talloc_strdup(ctx, text(z->head, "columns")), *save = NULL;

    for (char *p = strtok_r(copy, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
        struct line line = {.name = p};
        char *bar[3] = {NULL};

        for (int i = 0; i < 3 && p && (p = strchr(p, '|')); i++) {
            *p++ = '\0';
            bar[i] = p;
        }
        line.label = bar[0] ? bar[0] : line.name;
        line.group = bar[1] ? bar[1] : p;
        line.formula = bar[2] ? atoi(bar[2]) : 0;
        z->line = talloc_realloc(ctx, z->line, struct line, z->n + 1);
        z->line[z->n++] = line;
    }
}

static int place_cmp(const void *a, const void *b)
{
    return atoi(text(*(struct rec *const *)a, "place")) -
           atoi(text(*(struct rec *const *)b, "place"));
}

static int frozen_read(struct txn *txn, void *ctx, const struct county *county, uint64_t id,
                       struct frozen *z)
{
    int err;

    *z = (struct frozen){0};
    if ((err = txn_get(txn, ctx, dict_form(county->dict, "frozen"), id, &z->head)) ||
        (err = linked_all(txn, ctx, dict_form(county->dict, "frozen_row"), "frozen", id, &z->row,
                          &z->nrow)))
        return err;
    columns_read(ctx, z);
    if (z->nrow)
        qsort(z->row, z->nrow, sizeof(struct rec *), place_cmp);
    return 0;
}

/* A column that the report has no more shows to who may name the whole rest. */
static void columns_seen(struct look *l, struct frozen *z, bool villages)
{
    const struct report *r = reports_find(l->county->reports, text(z->head, "report"));
    bool figures = actor_may(l->actor, "report.figures") && !villages, all = true;

    for (size_t i = 0; i < z->n; i++) {
        int c = r ? report_column_find(r, z->line[i].name) : -1;

        z->line[i].seen =
            c < 0 ? all : figures || stat_column_seen(l->ctx, l->county, l->actor, r, c);
        all = all && z->line[i].seen;
    }
}

static char **figures_of(void *ctx, const struct rec *row, size_t n)
{
    char **v = talloc_zero_array(ctx, char *, n + 1), *save = NULL;
    char *copy = talloc_strdup(v, text(row, "figures"));
    size_t i = 0;

    for (char *p = strtok_r(copy, " ", &save); p && i < n; p = strtok_r(NULL, " ", &save))
        v[i++] = strcmp(p, "-") ? p : NULL;
    return v;
}

int stat_frozen_total(struct txn *txn, void *ctx, const struct county *county, uint64_t id,
                      const char *column, int64_t *v)
{
    struct frozen z;
    size_t c = 0;
    int err = frozen_read(txn, ctx, county, id, &z);

    while (!err && c < z.n && strcmp(z.line[c].name, column) != 0)
        c++;
    for (size_t i = 0; !err && c < z.n && i < z.nrow; i++) {
        char **figure = figures_of(ctx, z.row[i], z.n);

        if (*text(z.row[i], "total") == '1' && figure[c]) {
            *v = strtoll(figure[c], NULL, 10);
            return 0;
        }
    }
    return err ? err : HE_NOTFOUND;
}

/* Rows of the divisions right below, unless all are asked for. */
static bool row_asked(const struct frozen *z, const struct rec *row, bool deep)
{
    char up[13];

    area_parent(text(row, "code"), up);
    return deep || *text(row, "total") == '1' || !*text(row, "code") ||
           strcmp(up, text(z->head, "division")) == 0;
}

static bool row_seen(const struct look *l, const struct frozen *z, const struct rec *row)
{
    const char *code = text(row, "code");

    if (!row_asked(z, row, l->deep))
        return false;

    if (*text(row, "total") == '1' || !*code)
        code = text(z->head, "division");
    return areas_cover((const char *const *)l->areas, code);
}

static void row_out(struct look *l, struct node *rows, const struct frozen *z,
                    const struct rec *row)
{
    struct node *n = node_add_map(rows, NULL), *v;
    char **figure = figures_of(l->ctx, row, z->n);
    bool merges = stat_merges(l->to, text(row, "code"), *text(row, "total") == '1',
                              text(z->head, "division"));

    node_str(n, "code", text(row, "code"));
    node_str(n, "name", text(row, "name"));
    node_bool(n, "total", *text(row, "total") == '1');
    v = node_add_list(n, "v");
    for (size_t i = 0; i < z->n; i++) {
        if (!z->line[i].seen)
            continue;
        if (merges && figure[i] && z->line[i].formula != 2 && stat_is_small(atoi(figure[i])))
            node_str(v, NULL, STAT_SMALL_TEXT);
        else if (z->line[i].formula)
            node_str(v, NULL, figure[i] && !(merges && z->line[i].formula == 2) ? figure[i] : "");
        else
            node_int(v, NULL, figure[i] ? strtoll(figure[i], NULL, 10) : 0);
    }
    talloc_free(figure);
}

static const struct rec *row_like(const struct frozen *z, const struct rec *row)
{
    for (size_t i = 0; i < z->nrow; i++)
        if (strcmp(text(z->row[i], "code"), text(row, "code")) == 0 &&
            strcmp(text(z->row[i], "total"), text(row, "total")) == 0)
            return z->row[i];
    return NULL;
}

/* Every figure that another edition had otherwise. */
static void differences(struct look *l, const struct frozen *z, const struct frozen *old)
{
    struct node *list = node_add_list(l->out, "differences");

    for (size_t i = 0; i < z->nrow; i++) {
        const struct rec *was = row_like(old, z->row[i]);
        char **now = figures_of(l->ctx, z->row[i], z->n);
        char **then = was ? figures_of(l->ctx, was, old->n) : NULL;
        bool merges = stat_merges(l->to, text(z->row[i], "code"), *text(z->row[i], "total") == '1',
                                  text(z->head, "division"));

        for (size_t c = 0; c < z->n && row_seen(l, z, z->row[i]) && list->n < CHANGES_MAX; c++) {
            size_t k = 0;

            while (k < old->n && strcmp(old->line[k].name, z->line[c].name) != 0)
                k++;
            const char *a = then && k < old->n && then[k] ? then[k] : "", *b = now[c] ? now[c] : "";
            if (!z->line[c].seen || strcmp(a, b) == 0 || merges)
                continue;
            struct node *n = node_add_map(list, NULL);
            node_str(n, "code", text(z->row[i], "code"));
            node_str(n, "name", text(z->row[i], "name"));
            node_str(n, "column", z->line[c].name);
            node_str(n, "label", z->line[c].label);
            node_str(n, "group", z->line[c].group);
            node_str(n, "was", a);
            node_str(n, "is", b);
        }
    }
}

static void frozen_head_out(struct look *l, const struct frozen *z)
{
    struct node *list;

    head_out(l, l->out, z->head);
    node_str(l->out, "definition", text(z->head, "definition"));
    if (areas_cover((const char *const *)l->areas, text(z->head, "division")) &&
        !(l->to && l->to->outside)) /* they are of single children */
        node_str(l->out, "exceptions", text(z->head, "exceptions"));
    list = node_add_list(l->out, "columns");
    for (size_t i = 0; i < z->n; i++) {
        if (!z->line[i].seen)
            continue;
        struct node *n = node_add_map(list, NULL);
        node_str(n, "name", z->line[i].name);
        node_str(n, "label", z->line[i].label);
        if (z->line[i].group && *z->line[i].group)
            node_str(n, "group", z->line[i].group);
        node_bool(n, "quotient", z->line[i].formula == 2);
        node_bool(n, "opens", false);
    }
}

int stat_frozen_view(struct txn *txn, void *ctx, const struct county *county,
                     const struct actor *actor, uint64_t id, bool deep, const struct stat_out *to,
                     size_t from, size_t bytes, struct node *out)
{
    struct look l = {.txn = txn,
                     .ctx = ctx,
                     .county = county,
                     .actor = actor_with(ctx, actor, "report.read", NULL),
                     .areas = actor_areas(ctx, actor, "report.read"),
                     .deep = deep,
                     .to = to,
                     .out = out};
    struct frozen z, old;
    struct node *rows;
    int err = frozen_read(txn, ctx, county, id, &z);

    if (err)
        return err;
    if (*text(z.head, "state") == '1' ||
        !touches((const char *const *)l.areas, text(z.head, "division")))
        return HE_NOTFOUND;
    bool villages = deep || area_level(text(z.head, "division")) >= AREA_TOWN;
    columns_seen(&l, &z, villages);
    if (from == 0) {
        frozen_head_out(&l, &z);
        if (rec_ref(z.head, "before") &&
            !(err = frozen_read(txn, ctx, county, rec_ref(z.head, "before"), &old)))
            differences(&l, &z, &old);
    }
    rows = node_add_list(out, "rows");
    size_t used = 0, i = from;
    for (; i < z.nrow && used < bytes && !err; i++) {
        if (row_seen(&l, &z, z.row[i])) {
            row_out(&l, rows, &z, z.row[i]);
            used += 60 + 8 * z.n;
        }
    }
    if (i < z.nrow)
        node_str(out, "next", text_printf(ctx, "%zu", i));
    return err;
}
