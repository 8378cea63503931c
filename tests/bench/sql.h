/* The child as a table for PostgreSQL and SQLite: the same columns, eight indexes that begin with the
 * village, two unique keys, history and audit. */
#ifndef HUTONG_BENCH_SQL_H
#define HUTONG_BENCH_SQL_H

#include "bench/bench.h"

#define SQL_COLUMNS 41
struct sql_values {
    const char *v[SQL_COLUMNS];
    size_t n;
};
void sql_values(const struct kid *, struct sql_values *);
/* Statements that make the tables; serial: the type of an id. */
void sql_schema(const char *serial, char *out, size_t size);
/* insert into child …; mark is "?" or "$" (numbered). */
void sql_insert(const char *mark, char *out, size_t size);

/* As long as those of Hutong. */
#define SQL_HISTORY_ROW                                                                            \
    "{\"version\":1,\"time\":1795478400,\"user\":\"benchxu\",\"from\":\"bench\",\"op\":"           \
    "\"rec.add\",\"source\":\"form\",\"old\":{}}"
#define SQL_AUDIT_ROW                                                                              \
    "{\"time\":1795478400,\"user\":\"benchxu\",\"user_id\":6,\"from\":\"bench\",\"op\":\"rec."     \
    "add\","                                                                                       \
    "\"source\":\"form\",\"type\":\"child\",\"id\":123456,\"version\":1,\"record\":"               \
    "\"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0\",\"chain\":"              \
    "\"debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732\"}"

#endif
