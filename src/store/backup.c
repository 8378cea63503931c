/*
 * Backup while the server runs, restore onto an empty place. A backup is what Berkeley DB copied
 * plus the log that makes it whole, FORMAT and MANIFEST; it is proved by recovering a copy of it,
 * never the backup itself, so that later log files can still be put beside it.
 */
#include <errno.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/io.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/text.h"
#include "store/store_int.h"

/* dir: not there yet, or empty. */
static int check_empty(void *ctx, const char *dir, char **problem)
{
    char **name;
    size_t n;
    int err = dir_list(ctx, dir, &name, &n);
    if (err)
        return env_fail(ctx, problem, err, "打不开备份目录 %s：%s", dir, strerror(errno));
    if (n)
        return env_fail(ctx, problem, HE_EXISTS, "备份目录 %s 不是空的，请换一个", dir);
    return 0;
}

/* Databases first, logs last; no log file goes meanwhile. */
int backup_copy(struct store *s, const char *dir, int format, char **problem, void *ctx)
{
    int err = io_make_dirs(dir, 0700);
    if (err)
        return env_fail(ctx, problem, err, "不能建立备份目录 %s：%s", dir, strerror(errno));
    pthread_mutex_lock(&s->files);
    int ret = s->env->txn_checkpoint(s->env, 0, 0, 0);
    if (!ret)
        ret = s->env->backup(s->env, dir, DB_CREATE);
    pthread_mutex_unlock(&s->files);
    if (ret) {
        log_error("backup", "bdb=%d text=%s", ret, db_strerror(ret));
        err = ret == ENOSPC ? HE_FULL : HE_IO;
    } else {
        err = format_write(dir, format);
    }
    if (!err)
        err = manifest_write(dir);
    return env_fail(
        ctx, problem, err,
        err == HE_FULL ? _("备份盘空间不足，备份没有做成（%s）") : _("备份到 %s 没有做成"), dir);
}

/* Recovers a copy of the backup and checks the audit chain in it. */
static int backup_prove(struct store *s, const char *dir, char **problem, void *ctx)
{
    char *trial = store_path(ctx, dir, "verify.tmp"), head[65];
    struct store_conf conf = {.dir = trial, .now = s->conf.now, .low_disk_bytes = 1};
    struct store *copy = NULL;
    uint64_t rows = 0, bad = 0;
    int err = dir_copy_store(dir, trial);
    if (!err)
        err = format_write(trial, STORE_FORMAT);
    if (!err)
        err = store_open_mode(ctx, &conf, s->dict, OPEN_COPY, &copy, problem);
    if (!err && !(err = store_audit_verify(copy, &rows, &bad, head)) && bad)
        err = HE_CORRUPT;
    store_close(&copy);
    dir_remove(trial);
    log_info("backup", "dir=%s audit_rows=%llu err=%s", dir, (unsigned long long)rows,
             err_name(err));
    return env_fail(ctx, problem, err, "备份 %s 试恢复没有成功（%s），请不要当作可用的备份", dir,
                    err_name(err));
}

int store_backup(struct store *s, const char *dir, char **problem)
{
    void *ctx = talloc_new(NULL);
    char *said = NULL;
    int err = check_empty(ctx, dir, &said);
    if (!err) {
        if ((err = backup_copy(s, dir, STORE_FORMAT, &said, ctx)) ||
            (err = backup_prove(s, dir, &said, ctx)))
            dir_remove(dir);
    }
    if (problem)
        *problem = err && said ? talloc_strdup(NULL, said) : NULL;
    talloc_free(ctx);
    return err;
}

/* --- onto a stopped place --- */

static int recover_dir(const struct store_conf *conf, uint32_t how, char **problem)
{
    struct store s = {.conf = *conf};
    pthread_mutex_init(&s.files, NULL);
    int err = env_open(&s, conf->dir, conf, how, problem, NULL);
    if (!err)
        err = env_checkpoint(&s, true);
    if (s.env && env_close(s.env) && !err)
        err = HE_IO;
    pthread_mutex_destroy(&s.files);
    return err;
}

static int restore_files(const char *from, const struct store_conf *conf, char **problem)
{
    int format, err = format_read(from, &format);
    if (err)
        return env_fail(NULL, problem, err, "%s 不是完整的备份：没有 FORMAT 文件", from);
    if (format > STORE_FORMAT)
        return env_fail(NULL, problem, HE_NEWER,
                        "备份是格式 %d，本程序只认识到格式 %d，请先升级程序", format, STORE_FORMAT);
    if ((err = manifest_check(from, problem)))
        return err;
    if ((err = dir_copy_store(from, conf->dir)))
        return env_fail(NULL, problem, err, "从 %s 复制文件失败：%s", from, strerror(errno));
    if ((err = recover_dir(conf, DB_RECOVER_FATAL, problem)))
        return err;
    return format_write(conf->dir, format);
}

/*
 * *problem of these two is a talloc root of its own. Log files of the server that were copied over those in
 * from/log bring the restored data up to their end, or to conf->until.
 */
int store_restore(const char *from, const struct store_conf *conf, char **problem)
{
    char *said = NULL;
    void *ctx = talloc_new(NULL);
    int fd = -1, err = io_make_dirs(conf->dir, 0700);
    if (!err)
        err = io_lock_dir(conf->dir, &fd);
    if (!err && access(store_path(ctx, conf->dir, "db"), F_OK) == 0)
        err = env_fail(NULL, &said, HE_EXISTS, "目录 %s 里已有登记数据，请先把它移到别处再恢复",
                       conf->dir);
    else if (!err)
        err = restore_files(from, conf, &said);
    if (err)
        env_fail(NULL, &said, err, "不能恢复到目录 %s（%s）", conf->dir, err_name(err));
    if (fd >= 0)
        close(fd);
    if (problem)
        *problem = said;
    else
        talloc_free(said);
    talloc_free(ctx);
    return err;
}

int store_recover(const struct store_conf *conf, char **problem)
{
    char *said = NULL;
    int fd = -1, format, err = format_read(conf->dir, &format);
    if (err)
        env_fail(NULL, &said, err, "目录 %s 里没有登记数据", conf->dir);
    else if (format > STORE_FORMAT)
        err = env_fail(NULL, &said, HE_NEWER, "数据是更新版本的程序写的，请先升级程序");
    else if ((err = io_lock_dir(conf->dir, &fd)))
        env_fail(NULL, &said, err, "数据目录 %s 正被另一个程序使用，请先停止它", conf->dir);
    else
        err = recover_dir(conf, DB_RECOVER, &said);
    if (fd >= 0)
        close(fd);
    if (problem)
        *problem = said;
    else
        talloc_free(said);
    return err;
}
