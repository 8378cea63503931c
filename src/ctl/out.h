/* What a command says: data on stdout as an aligned table, CSV or JSON lines; sentences on stderr. On
 * a terminal in another encoding both are converted. */
#ifndef HUTONG_CTL_OUT_H
#define HUTONG_CTL_OUT_H

#include <stdio.h>

#include "base/pack.h"

enum out_format { OUT_TABLE, OUT_CSV, OUT_JSON };

struct out_column {
    const char *key;   /* of JSON and CSV */
    const char *label; /* of tables, looked up in the catalogue; NULL: the key */
    bool number;       /* JSON number; tables align it to the right */
    bool json_only;
};

struct out;

struct out *out_open(void *ctx, enum out_format, const struct out_column *, size_t n);
/* cell[n]; NULL: no answer. In a JSON line more is added to it, or NULL. */
void out_row(struct out *, const char *const *cell);
/* The same with the values of a map, by the columns' keys. */
void out_node(struct out *, const struct node *row);
void out_close(struct out *);
/* A whole table: each of these maps a row. */
void out_list(void *ctx, enum out_format, const struct out_column *, size_t n,
              const struct node *rows);

void out_json(const struct node *);                                         /* one line on stdout */
void out_print(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* stdout */
void out_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));   /* a line on stderr */
/* Progress, on stderr and on a terminal only; an empty text wipes it. */
void out_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Chooses conversions by the locale; argv is brought to UTF-8. */
void out_start(void *ctx, int argc, char **argv);
int out_finish(void); /* HE_IO when stdout could not take everything */

#endif
