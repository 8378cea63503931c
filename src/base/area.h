/*
 * Administrative division codes: 12 digits = 2 province, 2 city, 2 county, 3 township, 3 village
 * (GB/T 2260, GB/T 10114). A code ending in zeros is the division above; prefix comparison is the
 * subtree test. The list of divisions of a county is data (form/division), not here.
 */
#ifndef HUTONG_AREA_H
#define HUTONG_AREA_H

#include "base/base.h"

enum area_level { AREA_NONE, AREA_PROVINCE, AREA_CITY, AREA_COUNTY, AREA_TOWN, AREA_VILLAGE };

/* Takes 6 or 12 digits (6 are filled with zeros) into out[13]; HE_FORMAT. */
int area_parse(const char *s, char out[13]);
enum area_level area_level(const char *code);
/* Significant digits of the code: 2, 4, 6, 9 or 12. */
int area_prefix_len(const char *code);
bool area_within(const char *code, const char *scope); /* scope itself counts */
void area_parent(const char *code, char out[13]);      /* of a province: empty */
void area_truncate(const char *code, enum area_level, char out[13]);
bool area_same_county(const char *a, const char *b);
/* Residents' committee 001–199 (urban) or villagers' 200–399 (rural) by the last three digits. */
bool area_is_residents_committee(const char *code);

#endif
