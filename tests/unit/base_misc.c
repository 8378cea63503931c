/* Errors, log lines, division codes, files and locks, digests. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/area.h"
#include "base/err.h"
#include "base/io.h"
#include "base/log.h"
#include "base/sm3.h"
#include "unit/tmpdir.h"

Test(base_misc, errors)
{
    cr_assert(eq(int, HE_USAGE, -1));
    cr_assert_str_eq(err_name(HE_NOTFOUND), "NOTFOUND");
    cr_assert_str_eq(err_name(0), "OK");
    cr_assert(eq(int, err_exit(0), 0));
    cr_assert(eq(int, err_exit(HE_CONFLICT), 7));
    cr_assert_str_eq(err_name(-1000), "UNKNOWN", "not ours reads as unknown");
    cr_assert_str_eq(err_name(5), "UNKNOWN");
    cr_assert(eq(int, err_from_name("OK"), 0));
    cr_assert(eq(int, err_from_name("nonsense"), HE_PROTOCOL));
    for (int e = -1; e > -(int)HE_ORD_END_; e--) {
        cr_assert(eq(int, err_from_name(err_name(e)), e));
        cr_assert(gt(int, err_exit(e), 0));
        cr_assert_str_neq(err_text(e), "");
    }
}

/* Runs with stderr in a pipe and returns what was written. */
static char *logged(void *ctx, void (*run)(void))
{
    int fd[2], saved = dup(STDERR_FILENO);
    char *text = talloc_zero_size(ctx, 8192);

    cr_assert(eq(int, pipe(fd), 0));
    dup2(fd[1], STDERR_FILENO);
    run();
    dup2(saved, STDERR_FILENO);
    close(fd[1]);
    cr_assert(ge(int, (int)read(fd[0], text, 8191), 0));
    close(fd[0]);
    close(saved);
    return text;
}

static void log_hostile(void)
{
    errno = ENOSPC;
    log_warn("import", "file=%s",
             "a\n2026-11-22 00:00:00 error forged\x1b[2J\\\xc2\x9b\xe2\x80\xae陈");
    cr_assert(eq(int, errno, ENOSPC), "errno is kept");
}

static void log_silent(void)
{
    log_debug("quiet", "x=%d", 1);
    log_level_set(LOG_LEVEL_ERROR);
    log_info("quiet", "x=%d", 1);
}

static void log_long(void)
{
    char big[5000];

    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    log_error("long", "%s", big);
}

Test(base_misc, log_lines)
{
    char *ctx = talloc_new(NULL);
    char *line = logged(ctx, log_hostile);

    cr_assert_str_eq(
        line + 19, " warn import file=a\\x0a2026-11-22 00:00:00 error forged\\x1b[2J\\\\\\xc2\\x9b"
                   "\\xe2\\x80\\xae陈\n");
    line = logged(ctx, log_long);
    cr_assert(eq(sz, strcspn(line, "\n"), strlen(line) - 1), "one line however long");
    cr_assert_str_eq(logged(ctx, log_silent), "");
    talloc_free(ctx);
}

Test(base_misc, a_false_must_ends_the_process, .signal = SIGABRT)
{
    int two = 2;

    MUST(two + two == 5);
}

Test(base_misc, a_fatal_line_ends_with_70, .exit_code = 70)
{
    log_fatal("test", "as=%s", "expected");
}

Test(base_misc, areas)
{
    static const struct {
        const char *code;
        enum area_level level;
        int len;
        const char *parent;
    } t[] = {
        {"320000000000", AREA_PROVINCE, 2, ""},
        {"320600000000", AREA_CITY, 4, "320000000000"},
        {"320681000000", AREA_COUNTY, 6, "320600000000"},
        {"320681109000", AREA_TOWN, 9, "320681000000"},
        {"320681109217", AREA_VILLAGE, 12, "320681109000"},
        {"441900003000", AREA_TOWN, 9, "441900000000"}, /* a city without counties */
        {"320681100000", AREA_TOWN, 9, "320681000000"},
        {"000000000000", AREA_NONE, 0, ""},
        {"32068110921", AREA_NONE, 0, ""},
        {"32068110921x", AREA_NONE, 0, ""},
        {"", AREA_NONE, 0, ""},
    };
    char out[13];

    for (size_t i = 0; i < NELEM(t); i++) {
        cr_assert(eq(int, area_level(t[i].code), t[i].level), "%s", t[i].code);
        cr_assert(eq(int, area_prefix_len(t[i].code), t[i].len), "%s", t[i].code);
        area_parent(t[i].code, out);
        cr_assert_str_eq(out, t[i].parent, "%s", t[i].code);
    }
    cr_assert(eq(int, area_parse("320681", out), 0));
    cr_assert_str_eq(out, "320681000000");
    cr_assert(eq(int, area_parse("320681109217", out), 0));
    cr_assert(eq(int, area_parse("3206811092170", out), HE_FORMAT));
    cr_assert(eq(int, area_parse("32068a", out), HE_FORMAT));
    cr_assert(eq(int, area_parse("", out), HE_FORMAT));
    cr_assert(eq(int, area_parse("000000", out), HE_FORMAT));
    area_truncate("320681109217", AREA_COUNTY, out);
    cr_assert_str_eq(out, "320681000000");
    area_truncate("320681000000", AREA_VILLAGE, out);
    cr_assert_str_eq(out, "320681000000");
}

Test(base_misc, areas_within)
{
    static const struct {
        const char *code, *scope;
        bool in;
    } t[] = {
        {"320681109217", "320681109217", true},
        {"320681109217", "320681109000", true},
        {"320681109217", "320681000000", true},
        {"320681109217", "320000000000", true},
        {"320681109000", "320681109217", false},
        {"320681109217", "320681110000", false},
        {"320681109217", "", false},
        {"320681109217", "000000000000", false},
        {"", "320000000000", false},
        {"320681109217x", "320000000000", false},
    };

    for (size_t i = 0; i < NELEM(t); i++)
        cr_assert(eq(int, area_within(t[i].code, t[i].scope), t[i].in), "%zu", i);
    cr_assert(area_same_county("320681109217", "320681000000") != 0);
    cr_assert(area_same_county("320681109217", "320682109217") == 0);
    cr_assert(area_same_county("320600000000", "320600000000") == 0);
    cr_assert(area_is_residents_committee("320681109001") != 0);
    cr_assert(area_is_residents_committee("320681109199") != 0);
    cr_assert(area_is_residents_committee("320681109200") == 0);
    cr_assert(area_is_residents_committee("320681109000") == 0);
}

Test(base_misc, files)
{
    char *ctx = talloc_new(NULL), *dir = tmpdir_new(ctx), *text;
    char *deep = talloc_asprintf(ctx, "%s/a/b//c/", dir);
    char *path = talloc_asprintf(ctx, "%s/a/b/c/file", dir);
    struct stat st;
    uint64_t space = 0;
    size_t len;

    cr_assert(eq(int, io_make_dirs(deep, 0700), 0));
    cr_assert(eq(int, io_make_dirs(deep, 0700), 0), "again is no mistake");
    cr_assert(eq(int, io_write_file(path, "old", 3, 0640), 0));
    cr_assert(eq(int, io_write_file(path, "new\0text", 8, 0640), 0));
    cr_assert(eq(int, stat(path, &st), 0));
    cr_assert(eq(int, (int)(st.st_mode & 07777), 0640));
    cr_assert(eq(int, io_read_file(ctx, path, 8, &text, &len), 0));
    cr_assert(eq(sz, len, 8));
    cr_assert(eq(int, memcmp(text, "new\0text", 9), 0));
    cr_assert(eq(int, io_read_file(ctx, path, 7, &text, &len), HE_TOOBIG));
    cr_assert(ne(int, access(talloc_asprintf(ctx, "%s.tmp", path), F_OK), 0), "nothing left over");
    cr_assert(eq(int, io_read_file(ctx, deep, 7, &text, &len), HE_IO));
    cr_assert(eq(int, errno, EISDIR));
    cr_assert(eq(int, io_read_file(ctx, talloc_asprintf(ctx, "%s/none", dir), 7, &text, &len),
                 HE_NOTFOUND));
    cr_assert(
        eq(int, io_write_file(talloc_asprintf(ctx, "%s/no/f", dir), "x", 1, 0600), HE_NOTFOUND));
    cr_assert(eq(int, io_make_dirs(talloc_asprintf(ctx, "%s/x", path), 0700), HE_NOTFOUND));
    cr_assert(eq(int, io_make_dirs(path, 0700), HE_IO), "a file is no directory");
    cr_assert(eq(int, io_dir_free_bytes(dir, &space), 0));
    cr_assert(gt(u64, space, 0));
    cr_assert(eq(int, io_sync_dir(dir), 0));
    talloc_free(ctx);
}

/* A file longer than its size says (a pipe, /proc) is read whole. */
Test(base_misc, file_without_size)
{
    char *text;
    size_t len;

    cr_assert(eq(int, io_read_file(NULL, "/proc/self/status", 1 << 20, &text, &len), 0));
    cr_assert(gt(sz, len, 100));
    cr_assert(eq(sz, strlen(text), len));
    talloc_free(text);
}

Test(base_misc, locks)
{
    char *dir = tmpdir_new(NULL);
    int a = -1, b = -1;

    cr_assert(eq(int, io_lock_dir(dir, &a), 0));
    cr_assert(eq(int, io_lock_dir(dir, &b), HE_LOCKED));
    close(a);
    cr_assert(eq(int, io_lock_dir(dir, &b), 0));
    close(b);
    cr_assert(eq(int, io_lock_dir("/nonexistent", &b), HE_NOTFOUND));
    talloc_free(dir);
}

/* GB/T 32905-2016, appendix A: both examples. */
Test(base_misc, digests)
{
    static const char abcd[] = "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd";
    const void *parts[] = {"a", "", "bc"};
    const size_t lens[] = {1, 0, 2};
    unsigned char d[SM3_LEN];
    char hex[65];

    sm3("abc", 3, d);
    cr_assert_str_eq(sm3_hex(d, hex),
                     "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    sm3(abcd, 64, d);
    cr_assert_str_eq(sm3_hex(d, hex),
                     "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    sm3_parts(3, parts, lens, d);
    cr_assert_str_eq(sm3_hex(d, hex),
                     "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}
