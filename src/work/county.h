/* What the files of this room that keep the county itself share; private to the room. */
#ifndef HUTONG_WORK_COUNTY_H
#define HUTONG_WORK_COUNTY_H

#include "work/work.h"

/* area.c: an empty set of divisions, owned by the county. */
struct areas *areas_new(void *ctx);
/* Reads every division record and puts the new set in the place of the old one; a store_fn whose arg is
 * the county. Called while opening and by the division job only (one thread). */
int areas_read(struct txn *, void *county);

/* By code, closed ones too. */
size_t area_count(const struct county *);
const struct area_info *area_nth(const struct county *, size_t i);

/* division.c */
#define DIVISION_JOB "division.load"
int division_step(struct txn *, struct job *, void *county);

/* user.c: a post in force on a day. */
bool post_in_force(const struct rec *post, struct date on);

/* director.c: what is known of the directors of villages */
struct directors *directors_new(void *ctx);

#endif
