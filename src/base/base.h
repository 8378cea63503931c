/*
 * base: what every room stands on; knows nothing of children, forms or records.
 *
 *   err.h err.def   our error numbers, their Chinese texts and the exit code of a command
 *   log.h           log lines: event name and key=value, never a record's content
 *   text.h          UTF-8: decode, validate, width on the screen, clean hostile input, fold
 *   conv.h          to and from GB18030 and UTF-8 at the edges (files, terminals)
 *   pinyin.h        readings of Han characters; initials and full spelling of names
 *   date.h          calendar dates, the spellings people use, ages, the county's clock
 *   idno.h          citizen identity numbers (GB 11643-1999)
 *   area.h          12-digit administrative division codes
 *   pack.h          msgpack: a tree of values for messages, and a flat writer and reader
 *   node.c          … the tree itself
 *   conf.h          libconfig files read strictly: every mistake with file and line (conf_scan.h between
 *                   conf.c, conf_check.c, conf_scan.c)
 *   lang.h          the language of messages, of each thread
 *   io.h            whole files, atomic replacement, directory locks
 *   sm3.h           SM3 digests (GB/T 32905) for the audit chain
 *
 * Memory: talloc everywhere. A function that takes `void *ctx` allocates its result under it; a
 * returned `const` pointer without a ctx is borrowed. talloc is not thread safe across contexts
 * that share a parent: each thread owns its roots.
 */
#ifndef HUTONG_BASE_H
#define HUTONG_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/*
 * What must be true if the program is right. Stays on in production and never judges input: a
 * wrong request, file or key is answered, not asserted.
 */
#define MUST(x)                                                                                    \
    do {                                                                                           \
        if (!(x))                                                                                  \
            base_must_failed(#x, __FILE__, __LINE__, __func__);                                    \
    } while (0)
_Noreturn void base_must_failed(const char *expr, const char *file, int line, const char *func);

/*
 * A talloc root for short work: what hangs below it comes out of one block of so many bytes while that
 * lasts, and goes with it. Under AddressSanitizer an ordinary root, so that it sees every piece.
 */
void *base_pool(size_t bytes);

/* Drops const where a C library takes a char or void pointer it does not write to. */
static inline void *base_unconst(const void *p)
{
    return (void *)(uintptr_t)p;
}

#endif
