/*
 * Roles: conf/roles.conf. A right is a word "<type>.<verb>"; nothing is allowed that is not written.
 * Verbs of records: read add change review approve exit transfer merge print sync; of the machine:
 * import.run export.run user.manage division.load form.check audit.read job.manage backup.run
 * status.read; of statistics: report.read report.figures report.freeze; of sweeps: sweep.open
 * sweep.check sweep.submit sweep.accept. "child.*" grants every verb of a type.
 */
#ifndef HUTONG_ROLE_H
#define HUTONG_ROLE_H

#include "form/form.h"

/*
 * roles = ( { name label en scope level classes masked may fields admin } )
 *   scope "area" "school" "assigned" "none"; level "village" "town" "county"; classes and masked "AB"
 *   or [ "A", "B" ]; may and fields lists of words. user.manage and audit.read belong to admin roles
 *   only, never both to one; an admin role has scope "none" and no right on a form with an area.
 */
enum role_scope {
    SCOPE_AREA,     /* the post's division and everything below it */
    SCOPE_SCHOOL,   /* children of the post's school */
    SCOPE_ASSIGNED, /* children assigned to the user */
    SCOPE_NONE,     /* no child at all: the three administrators */
};

struct code;

struct role {
    const char *name, *label, *en;
    enum role_scope scope;
    const char *level;        /* village, town, county, or NULL: which division a post may have */
    unsigned classes;         /* bit 1 << CLASS_x for each class it reads */
    unsigned masked;          /* classes of which fields with a mask (identity numbers, phones) show
                                 masked; a class only here shows nothing but these */
    const char **may;         /* NULL-terminated right words */
    const char **fields;      /* NULL: every field of its classes; else "child.name" … only these */
    bool admin;               /* one of the three administrators: exclusive with every other role */
    int line;
};

struct roles {
    struct role *role;
    size_t n;
};

struct roles *roles_load(void *ctx, const char *path, const struct dict *, struct conf_errors *errs);
const struct role *roles_find(const struct roles *, const char *name);
bool role_may(const struct role *, const char *right);
/* May the role read the field; *masked is set when only in masked form. */
bool role_reads(const struct role *, const struct form_field *, bool *masked);
/* May it fill the field without reading it (form_field.blind). */
bool role_fills(const struct role *, const struct form_field *);
/* May it see this code value (values have classes of their own). */
bool role_reads_code(const struct role *, const struct code *);

#endif
