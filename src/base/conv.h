/* Conversion between UTF-8 and what files and terminals use. Inside everything is UTF-8. */
#ifndef HUTONG_CONV_H
#define HUTONG_CONV_H

#include "base/base.h"

enum conv_enc { CONV_AUTO, CONV_UTF8, CONV_GB18030, CONV_UTF16LE, CONV_UTF16BE };

/* auto utf-8 gb18030 gbk gb2312 cp936 utf-16le utf-16be in either case; HE_USAGE. */
int conv_enc_parse(const char *name, enum conv_enc *out);
const char *conv_enc_name(enum conv_enc);
/* BOM, then valid UTF-8, then valid GB18030; HE_FORMAT when none fits. *bom its bytes to skip. */
int conv_detect(const char *bytes, size_t len, enum conv_enc *out, size_t *bom);
/* Whole buffer to NUL-terminated UTF-8; a BOM is skipped. HE_FORMAT with *bad_at the
 * offset of the first bad byte (a NUL character is one) and *out NULL. */
int conv_to_utf8(void *ctx, const char *bytes, size_t len, enum conv_enc from, char **out,
                 size_t *out_len, size_t *bad_at);
/* UTF-8 to enc; what the encoding lacks, and invalid UTF-8, becomes subst (ASCII, or NULL for
 * HE_FORMAT). */
int conv_from_utf8(void *ctx, const char *s, size_t len, enum conv_enc to, const char *subst,
                   char **out, size_t *out_len);

/* One GB18030 character of n bytes at s (n <= 4): its code point, 0 when more bytes are needed,
 * UINT32_MAX when it can never be one (NUL, too, is none: take controls out first). */
uint32_t conv_gb18030_char(const unsigned char *s, int n);

#endif
