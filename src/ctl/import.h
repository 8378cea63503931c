/* Between cmd_import.c, import_file.c and import_send.c. */
#ifndef HUTONG_CTL_IMPORT_H
#define HUTONG_CTL_IMPORT_H

#include <stdio.h>

#include "ctl/commands.h"
#include "report/map.h"
#include "report/table_read.h"

enum import_outcome {
    IMP_ACCEPTED,
    IMP_INCOMPLETE,
    IMP_UNCHANGED,
    IMP_REJECTED,
    IMP_SKIPPED,
    IMP_COUNT
};
extern const char *const import_outcomes[IMP_COUNT];

enum { IMPORT_FIRST = 2 }; /* rows of a preview: as many as stand side by side */

struct import {
    struct ctl *c;
    const char *type, *path;
    struct table_opt opt;
    char digest[65], map_digest[65];
    struct map_match *match;
    struct table_row over; /* a row that may be the upper half of a heading; n 0: none */
    const char **first[IMPORT_FIRST]; /* of the first rows, what each column would be kept as */
    long first_number[IMPORT_FIRST];
    size_t nfirst, doubtful; /* doubtful: cells of them that do not fit */
    int64_t rows; /* behind the heading, to the last one with text */
    /* sending */
    int64_t job, next;
    bool again, dry;
    FILE *rejects; /* NULL: on stderr only */
    int64_t count[IMP_COUNT];
};

/* --- import_file.c: all that can be known before a row is sent --- */
int import_prepare(struct import *); /* reads the whole file once; prints what is wrong */
int import_say(int err, const char *problem);

/* --- import_first.c: the first rows as fields, to see that the columns are understood --- */
void import_keep_first(struct import *, const struct table_row *);
void import_show_first(struct import *);

/* --- import_send.c --- */
int import_send(struct import *);

#endif
