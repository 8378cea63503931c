#include "bench/sql.h"

#include <stdio.h>
#include <string.h>

static const char *const derived[][2] = {
    {"state", "3"}, {"review_state", "0"}, {"lbc_result", "3"}, {"complete", "0"}};

/* Every field of kid_pairs has its column, whether this child has a value or not. */
static size_t columns(const char *out[SQL_COLUMNS])
{
    struct kid k = {.age = 10};
    struct pair p[KID_FIELDS];
    size_t n = kid_pairs(&k, p);

    for (size_t i = 0; i < n; i++)
        out[i] = p[i].field;
    for (size_t i = 0; i < NELEM(derived); i++)
        out[n++] = derived[i][0];
    out[n++] = "file_no";
    MUST(n == SQL_COLUMNS);
    return n;
}

void sql_values(const struct kid *k, struct sql_values *out)
{
    const char *name[SQL_COLUMNS];
    struct pair p[KID_FIELDS];
    size_t got = kid_pairs(k, p), at = 0;

    out->n = columns(name);
    for (size_t i = 0; i + NELEM(derived) + 1 < out->n; i++)
        out->v[i] = at < got && strcmp(p[at].field, name[i]) == 0 ? p[at++].value : NULL;
    for (size_t i = 0; i < NELEM(derived); i++)
        out->v[out->n - 1 - NELEM(derived) + i] = derived[i][1];
    out->v[out->n - 1] = k->id_no + 1;
}

static void add(char *out, size_t size, const char *a, const char *b)
{
    size_t n = strlen(out);

    MUST((size_t)snprintf(out + n, size - n, "%s%s", a, b) < size - n);
}

void sql_schema(const char *serial, char *out, size_t size)
{
    static const char *const index[] = {"name",       "birth_date", "state",        "review_state",
                                        "lbc_result", "complete",   "school_state", "id"};
    const char *name[SQL_COLUMNS];
    size_t n = columns(name);

    *out = '\0';
    add(out, size, "create table child (id ", serial);
    for (size_t i = 0; i < n; i++) {
        add(out, size, ", ", name[i]);
        add(out, size, " text",
            strcmp(name[i], "id_no") && strcmp(name[i], "file_no") ? "" : " unique");
    }
    add(out, size, ", version int not null default 1);", "");
    for (size_t i = 0; i < NELEM(index); i++) {
        add(out, size, "create index child_", index[i]);
        add(out, size, " on child (village, ", index[i]);
        add(out, size, strcmp(index[i], "id") ? ", id" : "", ");");
    }
    add(out, size, "create table history (child bigint, version int, row text, ",
        "primary key (child, version));");
    add(out, size, "create table audit (seq ", serial);
    add(out, size, ", child bigint, row text);", "");
}

void sql_insert(const char *mark, char *out, size_t size)
{
    const char *name[SQL_COLUMNS];
    size_t n = columns(name);
    char number[16];

    *out = '\0';
    add(out, size, "insert into child (", name[0]);
    for (size_t i = 1; i < n; i++)
        add(out, size, ", ", name[i]);
    add(out, size, ") values (", "");
    for (size_t i = 0; i < n; i++) {
        snprintf(number, sizeof number, "%zu", i + 1);
        add(out, size, i ? ", " : "", mark);
        add(out, size, *mark == '$' ? number : "", "");
    }
    add(out, size, ")", "");
}
