/* Private to pinyin.c and the generated pinyin_table.c. */
#ifndef HUTONG_PINYIN_TABLE_H
#define HUTONG_PINYIN_TABLE_H

#include "base/base.h"

/* Every syllable without its tone, in the order of the alphabet. */
extern const char *const pinyin_syllables[];
extern const size_t pinyin_syllables_n;

/* Lists of readings, "dan shan chan", each NUL-terminated and starting at pinyin_list_at[i]. */
extern const char pinyin_lists[];
extern const uint16_t pinyin_list_at[];

/*
 * Code point cp of a range has pinyin_values[first + cp - lo]: list number * 8 + tone (1 to 5, of
 * the first reading); 0 means no reading is known.
 */
struct pinyin_range {
    uint32_t lo, hi, first;
};
extern const struct pinyin_range pinyin_ranges[]; /* sorted, apart */
extern const size_t pinyin_ranges_n;
extern const uint16_t pinyin_values[];

#endif
