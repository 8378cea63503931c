/* Error numbers of the project: 0 is success, HE_* are negative and our own, never errno. */
#ifndef HUTONG_ERR_H
#define HUTONG_ERR_H

enum {
    HE_OK_ = 0,
#define ERR(name, exit, text) HE_ORD_##name,
#include "base/err.def"
#undef ERR
    HE_ORD_END_,
#define ERR(name, exit, text) HE_##name = -HE_ORD_##name,
#include "base/err.def"
#undef ERR
};

const char *err_name(int err);   /* "NOTFOUND"; "OK" for 0; never NULL */
const char *err_text(int err);   /* a sentence, in the language of the thread */
int err_exit(int err);           /* exit code of a command that ended with err; 0 for 0 */
int err_from_name(const char *); /* HE_PROTOCOL when unknown */

#endif
