/*
 * Imports. The client reads the file, maps headings to fields and sends rows in order; the server
 * keeps one durable job a file (digest of its bytes + mapping), so a killed import goes on behind the
 * last stored row, and a second run of the same file changes nothing.
 */
#ifndef HUTONG_WORK_IMPORT_H
#define HUTONG_WORK_IMPORT_H

#include "work/work.h"

/*
 * begin: {type, digest, map, file, fields: [path], const: {path: text}, rows, why} → {job, next, again}.
 * digest and map say which file and mapping it is; fields are the paths that columns were mapped to
 * (a row is `incomplete` when one of them is wanted and empty); const stands in new records where no
 * column gives a value. try: a job of its own that stores no record (--dry-run). next is the row to
 * send first; again: the job is done, its rows are compared only and nothing is written.
 */
int import_begin(struct txn *, void *ctx, const struct county *, const struct actor *,
                 const struct node *body, struct node *out);
/*
 * rows: {job, rows: [{row: 17, v: {path: text}} | {row: 18, skip: "total"} | {row: 19, bad: {field,
 * code, text}} for a cell that the reader of the file could not trust]} → {taken, rows: [{row, outcome:
 * accepted|incomplete|unchanged|rejected|skipped, id, code, field, text}]}. As many as fit in a piece of the writer's time are taken; the rest is sent again. Cells that are empty or missing leave
 * what is stored. Names of divisions and of GB/T 2260 places become codes; "school.name" finds the
 * school or makes it. A row without id finds its child by id_no, else by name, birth date and village.
 * A row of another type finds its child by "child.id_no", "child.file_no", "child.national_no" or name and
 * village (else unknown_child) and leaves that file as it is. The codes are those of design.md 8: id_checksum id_date sex_mismatch birth_mismatch duplicate_id
 * over_age unknown_village missing_name bad_name; others are findings of the form.
 */
int import_rows(struct txn *, void *ctx, const struct county *, const struct actor *,
                const struct node *body, struct node *out);
/* end: {job} → {accepted, incomplete, unchanged, rejected, skipped, 符合, 不符合, 待核}. */
int import_end(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct node *body, struct node *out);

#endif
