/* Whole files and locks. Every error is HE_IO, HE_NOTFOUND, HE_FULL or HE_TOOBIG with errno kept. */
#ifndef HUTONG_IO_H
#define HUTONG_IO_H

#include "base/base.h"

int io_read_file(void *ctx, const char *path, size_t max, char **out, size_t *len);
/* Writes path.tmp, syncs, renames, syncs the directory: the old file or the new one, never half. */
int io_write_file(const char *path, const char *bytes, size_t len, unsigned mode);
int io_make_dirs(const char *path, unsigned mode);
/* An exclusive lock on dir/LOCK held until the returned fd is closed; HE_LOCKED. */
int io_lock_dir(const char *dir, int *fd);
int io_dir_free_bytes(const char *dir, uint64_t *bytes);
int io_sync_dir(const char *dir);

#endif
