/*
 * From the columns of a file to the fields of a form. The headings of a county's rosters stand in
 * conf/import/NAME.map (its small language in that file's comment); labels and names of the form's
 * own fields are known without a map, so what Hutong exported can be imported again.
 */
#ifndef HUTONG_REPORT_MAP_H
#define HUTONG_REPORT_MAP_H

#include "base/pack.h"
#include "form/form.h"
#include "report/table_read.h"

struct map;

/* Reads path; every mistake goes to errs and NULL is returned. Freed with ctx. */
struct map *map_load(void *ctx, const char *path, const struct dict *, struct conf_errors *errs);
/* A map that knows the form's own headings only. */
struct map *map_of_form(void *ctx, const struct form *);
const char *map_name(const struct map *); /* "roster"; "" of map_of_form */
const struct form *map_form(const struct map *);
/* The bytes that decide what an import means, for the digest of a job. */
const char *map_text(const struct map *);

/* The map read the other way: its columns in order, each under its first heading (hutongctl export
 * --map). national: a code is written as its table's `map` column says. */
struct map_export {
    const char *heading, *path;
    const struct form_field *field;
    bool national;
};
size_t map_columns(void *ctx, const struct map *, struct map_export **out);

struct map_use;

struct map_match {
    const struct map *map;
    long heading;         /* number of the heading's row */
    size_t known;         /* columns that are understood, with serial and ignored ones */
    size_t fed;           /* columns that fill a field */
    const char **strange; /* headings that nobody knows, NULL-terminated */
    const char **twice;   /* headings whose field another column fills already */
    struct map_use *use;  /* private, one a column of the file */
    size_t n;
    size_t sampled;
};

/* Is the row a heading, and what do its columns mean? Borrows nothing of row. over, which may be NULL, is
 * the row before, when both are one heading: "父亲" over "姓名" and "电话". */
struct map_match *map_match(void *ctx, const struct map *, const struct table_row *over,
                            const struct table_row *row);

enum map_kind { MAP_DATA, MAP_TOTAL, MAP_HEADING }; /* blank rows are never given by table_next */
enum map_kind map_kind(const struct map_match *, const struct table_row *row);

/* A column of the file for people: what it fills, and what a row's cell there would be kept as. */
struct map_said {
    const char *heading;
    const struct form_path *to; /* NULL: not imported */
    bool serial, spare;         /* spare: used where another column of the field is empty */
};
struct map_said map_said(const struct map_match *, size_t column);
/* "2016-03-12", "女"; "" when the cell says nothing. *fits: false when the field could not take it. */
char *map_show(void *ctx, const struct map_match *, const struct table_row *row, size_t column,
               struct date today, bool *fits);

/* Adds {path: text} of the row to the map v; empty cells and words for “nothing” are left out. */
void map_values(const struct map_match *, const struct table_row *row, struct node *v);
/* The paths that columns feed, into a list; the map's constants, {path: value}, into a map. */
void map_fields(const struct map_match *, struct node *list);
void map_consts(const struct map *, struct node *v);
/* The first cell of a field that can be trusted no more, or NULL; *path its field. */
const struct table_bad *map_bad(const struct map_match *, const struct table_row *row,
                                const char **path);

/* Looks at a row to find shifted columns; a few hundred will do. */
void map_sample(struct map_match *, const struct table_row *row, struct date today);
/* A sentence naming the column whose values mostly do not fit its field; NULL: all is well. */
char *map_doubt(void *ctx, const struct map_match *);

#endif
