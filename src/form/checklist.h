/*
 * Checklists of sweeps: forms/checklist/NAME.form. A checklist asks questions that are fields of
 * sweep_item; it says which stand in the grid, which must be answered, and how the full sheet is laid
 * out. Its digest is its version: a sweep keeps a copy of the one it was opened with.
 */
#ifndef HUTONG_CHECKLIST_H
#define HUTONG_CHECKLIST_H

#include "form/form.h"

struct checklist_part {
    const char *label, *en;
    const struct form_field **field;
    size_t n;
};

struct checklist {
    const char *name, *label, *en;
    const char *basis, *note;       /* NULL: none; note stands on the paper */
    const char **kinds;             /* codes of sweep_kind it is for; NULL-terminated */
    const struct form_field **grid; /* one column each */
    size_t ngrid;
    const struct form_field **need; /* a row is not done without them */
    size_t nneed;
    struct checklist_part *part;
    size_t npart;
    char digest[65]; /* SM3 of the file */
};

struct load;
/* Reads dir/checklist of the dictionary being loaded; nothing when it has no sweep_item. */
void checklist_load(struct load *);

/* By name; else, with name NULL or "", the first that is for the kind. NULL. */
const struct checklist *checklist_find(const struct dict *, const char *name, const char *kind);

#endif
