#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <talloc.h>
#include <unistd.h>

#include "base/err.h"

static int io_error(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return HE_NOTFOUND;
    case ENOSPC:
    case EDQUOT:
        return HE_FULL;
    case EFBIG:
        return HE_TOOBIG;
    }
    return HE_IO;
}

/* Closes and keeps the errno of what went before. */
static void io_close(int fd)
{
    int saved = errno;

    close(fd);
    errno = saved;
}

/* Reads to the end whatever the file is (a pipe too); one byte of room stays for the NUL. */
static int io_read_fd(void *ctx, int fd, size_t max, char **out, size_t *len)
{
    struct stat st;
    size_t room = 8192, n = 0;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        room = ((size_t)st.st_size < max ? (size_t)st.st_size : max) + 2;
    char *buf = talloc_array(ctx, char, room);
    MUST(buf);
    for (;;) {
        if (n + 1 >= room) {
            room *= 2;
            buf = talloc_realloc(ctx, buf, char, room);
            MUST(buf);
        }
        ssize_t got = read(fd, buf + n, room - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got > 0)
            n += (size_t)got;
        if (n > max)
            errno = EFBIG;
        if (got < 0 || n > max) {
            int saved = errno;
            talloc_free(buf);
            errno = saved;
            return io_error();
        }
        if (got == 0)
            break;
    }
    buf[n] = '\0';
    *out = buf;
    *len = n;
    return 0;
}

int io_read_file(void *ctx, const char *path, size_t max, char **out, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return io_error();
    int rc = io_read_fd(ctx, fd, max, out, len);
    io_close(fd);
    return rc;
}

static int io_write_fd(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return io_error();
        bytes += done;
        len -= (size_t)done;
    }
    return fsync(fd) == 0 ? 0 : io_error();
}

static int io_sync_parent(const char *path)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');

    if (!slash)
        return io_sync_dir(".");
    snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return io_sync_dir(dir);
}

int io_write_file(const char *path, const char *bytes, size_t len, unsigned mode)
{
    char tmp[PATH_MAX];

    if ((size_t)snprintf(tmp, sizeof tmp, "%s.tmp", path) >= sizeof tmp) {
        errno = ENAMETOOLONG;
        return HE_IO;
    }
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return io_error();
    int rc = fchmod(fd, mode) == 0 ? io_write_fd(fd, bytes, len) : io_error();
    if (rc != 0)
        io_close(fd);
    else if (close(fd) != 0 || rename(tmp, path) != 0)
        rc = io_error();
    if (rc != 0) {
        int saved = errno;
        unlink(tmp);
        errno = saved;
        return rc;
    }
    return io_sync_parent(path);
}

int io_make_dirs(const char *path, unsigned mode)
{
    char dir[PATH_MAX];
    struct stat st;
    size_t n = strlen(path);

    if (n == 0 || n >= sizeof dir) {
        errno = n ? ENAMETOOLONG : ENOENT;
        return io_error();
    }
    memcpy(dir, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (dir[i] != '/' && dir[i] != '\0')
            continue;
        dir[i] = '\0';
        if (mkdir(dir, mode) != 0 && errno != EEXIST)
            return io_error();
        if (i < n)
            dir[i] = '/';
    }
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    errno = ENOTDIR;
    return HE_IO;
}

int io_lock_dir(const char *dir, int *fd)
{
    char path[PATH_MAX];

    if ((size_t)snprintf(path, sizeof path, "%s/LOCK", dir) >= sizeof path) {
        errno = ENAMETOOLONG;
        return HE_IO;
    }
    int f = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (f < 0)
        return io_error();
    if (flock(f, LOCK_EX | LOCK_NB) != 0) {
        int rc = errno == EWOULDBLOCK ? HE_LOCKED : io_error();
        io_close(f);
        return rc;
    }
    *fd = f;
    return 0;
}

int io_dir_free_bytes(const char *dir, uint64_t *bytes)
{
    struct statvfs v;

    if (statvfs(dir, &v) != 0)
        return io_error();
    *bytes = (uint64_t)v.f_bavail * v.f_frsize;
    return 0;
}

int io_sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return io_error();
    int rc = fsync(fd) == 0 ? 0 : io_error();
    io_close(fd);
    return rc;
}
