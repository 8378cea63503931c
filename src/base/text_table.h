/* Private to text.c and the generated width_table.c. */
#ifndef HUTONG_TEXT_TABLE_H
#define HUTONG_TEXT_TABLE_H

#include "base/base.h"

enum width_kind { WIDTH_ONE, WIDTH_ZERO, WIDTH_WIDE, WIDTH_AMBIGUOUS };

struct width_range {
    uint32_t lo, hi;
    uint8_t kind; /* enum width_kind */
};
/* Sorted, apart; a code point in none of them is one column wide. */
extern const struct width_range width_ranges[];
extern const size_t width_ranges_n;

#endif
