/* SM3 (GB/T 32905-2016). */
#ifndef HUTONG_SM3_H
#define HUTONG_SM3_H

#include "base/base.h"

#define SM3_LEN 32
void sm3(const void *bytes, size_t len, unsigned char out[SM3_LEN]);
/* Digest of the concatenation of n parts. */
void sm3_parts(size_t n, const void *const part[], const size_t len[], unsigned char out[SM3_LEN]);
char *sm3_hex(const unsigned char digest[SM3_LEN], char out[65]);

#endif
