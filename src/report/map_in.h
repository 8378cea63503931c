/* Between map.c and map_row.c. */
#ifndef HUTONG_REPORT_MAP_IN_H
#define HUTONG_REPORT_MAP_IN_H

#include "report/map.h"

struct map_column {
    const char **heading; /* cleaned, NULL-terminated */
    const char *title;    /* the first heading as it is written, for exports */
    bool national;        /* exported with the codes of the national system */
    struct form_path path;
    const char *path_text;
    bool by_name;
    const char *unless; /* path text or NULL */
    const char **skip;  /* cleaned words for “nothing”, or NULL */
};

struct map_const {
    const char *path, *value;
};

struct map {
    const char *name, *text;
    const struct form *form;
    const char *serial; /* cleaned, or NULL */
    const char **total, **ignore;
    struct map_column *column;
    size_t ncolumn;
    struct map_const *value;
    size_t nvalue;
};

/* What a column of the file is. */
struct map_use {
    const char *heading;             /* cleaned, to know a repeated one */
    const char *shown;               /* as it stands in the file */
    const struct map_column *column; /* of the map or made for the form's label; NULL: none */
    bool serial;
    /* while sampling */
    size_t tried, failed;
    const char *wrong; /* a value that did not fit */
};

/* Folds width, case, blanks, stars, colons and the shape of brackets away. */
char *map_clean(void *ctx, const char *heading);

#endif
