/*
 * The duty to visit (R-050, R-054, decision 7): when the next visit of a child is due, and why, in
 * words. By the calendar month, due by its last day; days only for the confirmed levels red and yellow;
 * children in difficulty who are not left-behind every few months (conf/hutong.conf, group county).
 */
#ifndef HUTONG_WORK_DUTY_H
#define HUTONG_WORK_DUTY_H

#include "work/business.h"

/* visit_next and visit_why of a file from what stands in it; nothing is due off the register. */
void duty_set(const struct county_conf *, struct date today, struct rec *child);
/* Visits and contacts of the child counted anew into its file (visit_last, visit_duty, parent_contact),
 * then duty_set; f is the change of the visit or contact. */
int duty_recount(struct family *f, uint64_t child);
/* Does a visit of this way count for the duty: phone and video only for green, and never twice in a row.
 * visit: as it is becoming. */
int duty_counts(struct family *f, const struct rec *child, const struct rec *visit, bool *yes);

#endif
