#include "base/base.h"

#include <stdlib.h>
#include <talloc.h>

#include "base/log.h"

void base_must_failed(const char *expr, const char *file, int line, const char *func)
{
    log_error("must_failed", "at=%s:%d in=%s expr=%s", file, line, func, expr);
    abort();
}

#if defined(__SANITIZE_ADDRESS__)
#define POOLS false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOLS false
#endif
#endif
#ifndef POOLS
#define POOLS true
#endif

void *base_pool(size_t bytes)
{
    void *ctx = POOLS ? talloc_pool(NULL, bytes) : talloc_new(NULL);
    MUST(ctx);
    return ctx;
}
