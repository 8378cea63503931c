/* Directories of a store: log files there are, copying, removing, the manifest of digests. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "store/store_int.h"

#define MANIFEST_MAX (1u << 20)

static int skip_dots(const struct dirent *e)
{
    return strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
}

/* Names in path/sub in order, NULL-terminated; empty when there is no such directory. */
int dir_list(void *ctx, const char *path, char ***names, size_t *n)
{
    struct dirent **e;
    int found = scandir(path, &e, skip_dots, alphasort);
    *n = 0;
    *names = talloc_zero_array(ctx, char *, found > 0 ? (size_t)found + 1 : 1);
    if (found < 0)
        return errno == ENOENT ? 0 : HE_IO;
    for (int i = 0; i < found; i++) {
        (*names)[(*n)++] = talloc_strdup(*names, e[i]->d_name);
        free(e[i]);
    }
    free(e);
    return 0;
}

int dir_logs(const char *dir, size_t *n, int *first, int *last)
{
    char *path = store_path(NULL, dir, "log"), **name;
    size_t count;
    int err = dir_list(path, path, &name, &count);
    *n = 0;
    *first = *last = 0;
    for (size_t i = 0; i < count; i++) {
        int number;
        if (sscanf(name[i], "log.%d", &number) != 1)
            continue;
        if (!(*n)++)
            *first = number;
        *last = number;
    }
    talloc_free(path);
    return err;
}

int dir_remove(const char *dir)
{
    char **name;
    size_t n;
    void *ctx = talloc_new(NULL);
    int err = dir_list(ctx, dir, &name, &n);
    for (size_t i = 0; i < n && !err; i++) {
        char *path = store_path(ctx, dir, name[i]);
        struct stat st;
        if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            err = dir_remove(path);
        else if (unlink(path))
            err = HE_IO;
    }
    talloc_free(ctx);
    return err ? err : rmdir(dir) && errno != ENOENT ? HE_IO : 0;
}

static int copy_error(void)
{
    return errno == ENOSPC || errno == EDQUOT ? HE_FULL : HE_IO;
}

static int copy_fd(int in, int out)
{
    char *buf = talloc_size(NULL, 1 << 20);
    ssize_t got, put = 0;
    while ((got = read(in, buf, 1 << 20)) > 0)
        for (ssize_t at = 0; at < got; at += put)
            if ((put = write(out, buf + at, (size_t)(got - at))) < 0) {
                talloc_free(buf);
                return copy_error();
            }
    talloc_free(buf);
    return got < 0 || fsync(out) ? copy_error() : 0;
}

int file_copy(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int err = out < 0 ? copy_error() : copy_fd(in, out);
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out))
        err = copy_error();
    return err;
}

/* The files of from/sub into to/sub. */
static int copy_sub(void *ctx, const char *from, const char *to, const char *sub)
{
    char *src = store_path(ctx, from, sub), *dst = store_path(ctx, to, sub), **name;
    size_t n;
    int err = io_make_dirs(dst, 0700);
    if (!err)
        err = dir_list(ctx, src, &name, &n);
    for (size_t i = 0; !err && i < n; i++)
        err = file_copy(store_path(ctx, src, name[i]), store_path(ctx, dst, name[i]));
    return err ? err : io_sync_dir(dst);
}

int dir_copy_store(const char *from, const char *to)
{
    void *ctx = talloc_new(NULL);
    int err;
    if (!(err = io_make_dirs(to, 0700)) && !(err = copy_sub(ctx, from, to, "db")))
        err = copy_sub(ctx, from, to, "log");
    talloc_free(ctx);
    return err;
}

/* --- the manifest: digest, size and path a line --- */

/* Log files are made at their full length: what is written ends where only zeros follow. */
static size_t written(const unsigned char *map, size_t len)
{
    while (len > 0 && map[len - 1] == 0)
        len--;
    return len;
}

/* Of the first *size bytes; when it is 0, of all that is written, and *size is set. HE_NOTFOUND; HE_IO, also when
 * the file is shorter. */
static int file_digest(const char *path, char hex[65], size_t *size)
{
    unsigned char digest[SM3_LEN];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC), err = HE_IO;
    if (fd < 0)
        return errno == ENOENT ? HE_NOTFOUND : HE_IO;
    if (fstat(fd, &st) == 0) {
        size_t all = (size_t)st.st_size;
        void *map = all ? mmap(NULL, all, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
        if (*size <= all && (map != MAP_FAILED || !all)) {
            *size = *size || !all ? *size : written(map, all);
            sm3(all ? map : "", *size, digest);
            err = 0;
        }
        if (map != MAP_FAILED)
            munmap(map, all);
    }
    close(fd);
    if (!err)
        sm3_hex(digest, hex);
    return err;
}

static int manifest_add(char **text, const char *dir, const char *rel)
{
    char hex[65];
    size_t size = 0;
    int err = file_digest(store_path(*text, dir, rel), hex, &size);
    if (!err)
        *text = talloc_asprintf_append(*text, "%s %zu %s\n", hex, size, rel);
    return err;
}

int manifest_write(const char *dir)
{
    static const char *const sub[] = {"db", "log"};
    void *ctx = talloc_new(NULL);
    char *text = talloc_strdup(ctx, "");
    int err = 0;
    for (size_t s = 0; s < NELEM(sub) && !err; s++) {
        char **name;
        size_t n;
        err = dir_list(ctx, store_path(ctx, dir, sub[s]), &name, &n);
        for (size_t i = 0; !err && i < n; i++)
            err = manifest_add(&text, dir, store_path(ctx, sub[s], name[i]));
    }
    if (!err)
        err = manifest_add(&text, dir, "FORMAT");
    if (!err)
        err = io_write_file(store_path(ctx, dir, "MANIFEST"), text, strlen(text), 0600);
    talloc_free(ctx);
    return err;
}

/* The last log file goes on growing where it was copied from: its beginning is what counts. */
static int manifest_line(void *ctx, const char *dir, const char *line, char **problem)
{
    char want[65], name[200], hex[65];
    size_t size, len;
    if (sscanf(line, "%64s %zu %199s", want, &size, name) != 3 || strstr(name, ".."))
        return env_fail(ctx, problem, HE_FORMAT, "备份 %s 的 MANIFEST 写法不对", dir);
    len = strncmp(name, "log/", 4) == 0 ? size : 0;
    int err = file_digest(store_path(ctx, dir, name), hex, &len);
    if (err == HE_NOTFOUND)
        return env_fail(ctx, problem, HE_CORRUPT, "备份 %s 里缺少文件 %s", dir, name);
    if (err || len != size || strcmp(want, hex))
        return env_fail(ctx, problem, HE_CORRUPT, "备份 %s 里的文件 %s 被改动过或已损坏", dir,
                        name);
    return 0;
}

/* Every file of the manifest is there and unchanged; later log may have been put beside it. */
int manifest_check(const char *dir, char **problem)
{
    void *ctx = talloc_new(NULL);
    char *text, *said = NULL, *save = NULL;
    size_t len;
    int err = io_read_file(ctx, store_path(ctx, dir, "MANIFEST"), MANIFEST_MAX, &text, &len);
    if (err)
        env_fail(ctx, &said, err, "%s 不是完整的备份：没有 MANIFEST 文件", dir);
    for (char *l = err ? NULL : strtok_r(text, "\n", &save); l && !err;
         l = strtok_r(NULL, "\n", &save))
        err = manifest_line(ctx, dir, l, &said);
    if (said)
        env_fail(NULL, problem, err, "%s", said);
    talloc_free(ctx);
    return err;
}
