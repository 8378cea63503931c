/*
 * Visits (R-050 … ): hooks of business.c. What a visit says of the file goes into the file
 * in the same save; what it asks for becomes tasks; its words are never altered.
 */
#ifndef HUTONG_WORK_VISIT_H
#define HUTONG_WORK_VISIT_H

#include "work/business.h"

int visit_values(struct family *);
int visit_stored(struct family *);
/* visit_copy.c: the same words in another house's visit of this visitor, two houses at one time. */
int visit_copy(struct family *, const struct rec *child);

/* urgent.c: the urgent report; the log of contacts. */
int urgent_values(struct family *);
int contact_values(struct family *);
int contact_stored(struct family *);

/* addition.c: corrections, annotations and spot checks of what is final. */
int addition_values(struct family *);
int addition_stored(struct family *);

#endif
