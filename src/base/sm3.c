#include "base/sm3.h"

#include <openssl/evp.h>
#include <pthread.h>

/* Fetched once: asking the library by name at every digest costs more than a short digest. */
static EVP_MD *sm3_md;
static pthread_once_t sm3_once = PTHREAD_ONCE_INIT;

static void sm3_fetch(void)
{
    sm3_md = EVP_MD_fetch(NULL, "SM3", NULL);
    MUST(sm3_md);
}

void sm3_parts(size_t n, const void *const part[], const size_t len[], unsigned char out[SM3_LEN])
{
    MUST(pthread_once(&sm3_once, sm3_fetch) == 0);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    MUST(c && EVP_DigestInit_ex(c, sm3_md, NULL) == 1);
    for (size_t i = 0; i < n; i++)
        MUST(EVP_DigestUpdate(c, part[i], len[i]) == 1);
    MUST(EVP_DigestFinal_ex(c, out, NULL) == 1);
    EVP_MD_CTX_free(c);
}

void sm3(const void *bytes, size_t len, unsigned char out[SM3_LEN])
{
    sm3_parts(1, &bytes, &len, out);
}

char *sm3_hex(const unsigned char digest[SM3_LEN], char out[65])
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < SM3_LEN; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[2 * SM3_LEN] = '\0';
    return out;
}
