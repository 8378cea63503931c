/*
 * The environment: settings, the fsync hook, checkpoints, the disk watermark.
 *
 * Layout of a data directory: LOCK FORMAT ballast inflight db/ log/. Everything private to one
 * process (DB_PRIVATE); measurements behind the settings stand in research/bdb.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/io.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/text.h"
#include "store/store_int.h"

#define CACHE_DEFAULT (64u << 20)
#define LOW_DEFAULT   (64u << 20)
#define BALLAST_MAX   (16u << 20)
#define LOCK_SLOTS    16381 /* a full batch holds about as many; else 40 MB for the bounds below */
#define ROOM_MIN      (4u << 20) /* a recovery that failed with less was out of space */

const char *const sys_name[SYS_N] = {"meta.db",    "count.db", "history.db", "audit.db",
                                     "request.db", "draft.db", "job.db"};

static atomic_int fsync_left; /* planted fault: the n-th fsync fails; 0: none */

/*
 * Berkeley DB tries a failed fsync again and goes on, but after one failure the kernel may have
 * dropped the pages: nothing it says later can be believed. The process ends at once.
 */
static int env_fsync(int fd)
{
    bool planted = atomic_load(&fsync_left) > 0 && atomic_fetch_sub(&fsync_left, 1) == 1;
    if (planted)
        errno = EIO;
    if (!planted && fdatasync(fd) == 0)
        return 0;
    if (!planted && errno == EINTR)
        return env_fsync(fd);
    log_error("fsync_failed", "errno=%d text=%s", errno, strerror(errno));
    _exit(70);
}

/* Says the sentence unless one was said before; err 0 says nothing. Returns err. */
int env_fail(void *ctx, char **problem, int err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (err && problem && !*problem)
        *problem = talloc_vasprintf(ctx, _(fmt), ap);
    va_end(ap);
    return err;
}

/* Once the store stopped saving, a full disk would have it say the same for every page. */
static void env_said(const DB_ENV *env, const char *prefix, const char *msg)
{
    const struct store *s = env->app_private;
    (void)prefix;
    if (s && atomic_load(&s->closed))
        log_debug("bdb", "text=%s", msg);
    else
        log_warn("bdb", "text=%s", msg);
}

static void env_event(DB_ENV *env, u_int32_t event, void *info)
{
    struct store *s = env->app_private;
    (void)info;
    if (event == DB_EVENT_PANIC && s && s->threads)
        log_fatal("store_panic",
                  "text=the store must be recovered; ending so that a restart does it");
    if (event == DB_EVENT_WRITE_FAILED && s)
        writer_close(s, N_("数据盘写入失败，已停止保存；请检查磁盘空间和硬盘后重新启动服务"));
}

static uint64_t low_bytes(const struct store_conf *c)
{
    return c->low_disk_bytes ? c->low_disk_bytes : LOW_DEFAULT;
}

/*
 * Room that a recovery can have when the disk is full: without it a full disk could not even be
 * opened. Kept while there is space, given up when recovery asks for it.
 */
void env_ballast(const struct store_conf *c, const char *dir, bool keep)
{
    char *path = store_path(NULL, dir, "ballast");
    uint64_t size = low_bytes(c) / 4 < BALLAST_MAX ? low_bytes(c) / 4 : BALLAST_MAX, room = 0;
    struct stat st;
    if (!keep) {
        unlink(path);
    } else if (stat(path, &st) < 0 && !io_dir_free_bytes(dir, &room) && room > low_bytes(c)) {
        int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        if (fd >= 0) {
            if (posix_fallocate(fd, 0, (off_t)size))
                unlink(path);
            close(fd);
        }
    }
    talloc_free(path);
}

static int env_settings(DB_ENV *env, const struct store_conf *c)
{
    uint64_t cache = c->cache_bytes ? c->cache_bytes : CACHE_DEFAULT;
    int ret;
    if ((ret = env->set_cachesize(env, (u_int32_t)(cache >> 30),
                                  (u_int32_t)(cache & ((1u << 30) - 1)), 1)) ||
        (ret = env->set_lg_bsize(env, 2u << 20)) || (ret = env->set_lg_max(env, 16u << 20)) ||
        (ret = env->set_lk_max_locks(env, 400000)) ||
        (ret = env->set_lk_max_objects(env, 400000)) ||
        (ret = env->set_lk_tablesize(env, LOCK_SLOTS)) ||
        (ret = env->set_lk_max_lockers(env, 20000)) || (ret = env->set_tx_max(env, 2000)) ||
        (ret = env->set_lk_detect(env, DB_LOCK_MINWRITE)) || (ret = env->add_data_dir(env, "db")) ||
        (ret = env->set_create_dir(env, "db")) || (ret = env->set_lg_dir(env, "log")))
        return ret;
    return 0;
}

static void env_plant(const struct store_conf *c)
{
    int n;
    db_env_set_func_fsync(env_fsync);
    if (c->fault && sscanf(c->fault, "fsync_fail=%d", &n) == 1)
        atomic_store(&fsync_left, n);
}

static int env_try(struct store *s, const char *dir, const struct store_conf *c, uint32_t recover,
                   DB_ENV **out)
{
    DB_ENV *env;
    time_t until = (time_t)c->until;
    int ret = db_env_create(&env, 0);
    if (ret)
        return ret;
    env->app_private = s;
    env->set_errcall(env, env_said);
    env->set_event_notify(env, env_event);
    ret = env_settings(env, c);
    if (!ret && until && recover == DB_RECOVER_FATAL)
        ret = env->set_tx_timestamp(env, &until);
    if (!ret)
        ret = env->open(env, dir,
                        DB_CREATE | DB_INIT_LOCK | DB_INIT_LOG | DB_INIT_MPOOL | DB_INIT_TXN |
                            DB_PRIVATE | DB_THREAD | recover,
                        0600);
    if (ret)
        env->close(env, 0);
    else
        *out = env;
    return ret;
}

/* A recovery that runs out of space says anything from ENOSPC to “run recovery”. */
static bool env_no_space(int ret, const char *dir)
{
    uint64_t room;
    return ret == ENOSPC || (ret && io_dir_free_bytes(dir, &room) == 0 && room < ROOM_MIN);
}

int env_open(struct store *s, const char *dir, const struct store_conf *c, uint32_t recover,
             char **problem, void *ctx)
{
    env_plant(c);
    int ret = env_try(s, dir, c, recover, &s->env);
    if (env_no_space(ret, dir)) {
        log_warn("ballast", "text=disk full at recovery, giving up the ballast");
        env_ballast(c, dir, false);
        ret = env_try(s, dir, c, recover, &s->env);
    }
    if (ret == 0)
        return 0;
    if (env_no_space(ret, dir))
        return env_fail(ctx, problem, HE_FULL,
                        "磁盘已满，无法恢复数据（%s）。请先腾出至少 256 MB 空间再启动", dir);
    if (ret == EACCES || ret == EROFS || ret == EPERM)
        return env_fail(ctx, problem, HE_IO, "数据目录 %s 不能写入，请检查目录的属主和权限", dir);
    return env_fail(ctx, problem, HE_CORRUPT,
                    "数据目录 %s 有损坏，无法自动恢复（%s）。请不要继续录入，"
                    "用最近的备份恢复：hutongd --restore 备份目录",
                    dir, db_strerror(ret));
}

int env_close(DB_ENV *env)
{
    return env ? env->close(env, 0) : 0;
}

int env_db(DB_ENV *env, DB_TXN *txn, const char *name, uint32_t flags, DB **out)
{
    DB *db;
    int ret = db_create(&db, env, 0);
    if (ret)
        return ret;
    if ((ret = db->set_pagesize(db, 4096)) || (ret = db->set_flags(db, DB_CHKSUM)) ||
        (ret = db->open(db, txn, name, NULL, DB_BTREE,
                        flags | DB_THREAD | (txn ? 0 : DB_AUTO_COMMIT), 0600)))
        db->close(db, 0);
    else
        *out = db;
    return ret;
}

/* Log files from before a checkpoint serve no recovery of ours, but an archive may still want them.
 */
int env_checkpoint(struct store *s, bool force)
{
    unsigned mb = s->conf.checkpoint_mb ? s->conf.checkpoint_mb : 16;
    pthread_mutex_lock(&s->files);
    int ret =
        s->env->txn_checkpoint(s->env, force ? 0 : mb << 10, force ? 0 : 10, force ? DB_FORCE : 0);
    if (ret == 0 && !s->conf.keep_logs)
        ret = s->env->log_archive(s->env, NULL, DB_ARCH_REMOVE);
    pthread_mutex_unlock(&s->files);
    if (ret)
        log_error("checkpoint", "bdb=%d text=%s", ret, db_strerror(ret));
    return ret ? HE_IO : 0;
}

void env_watch_disk(struct store *s)
{
    uint64_t room = 0, low = low_bytes(&s->conf);
    if (io_dir_free_bytes(s->conf.dir, &room))
        return;
    int now = room >= low ? 0 : room >= low / 4 ? 1 : 2;
    int was = atomic_exchange(&s->disk, now);
    if (now && !was)
        log_error("disk_low", "free=%llu low=%llu", (unsigned long long)room,
                  (unsigned long long)low);
    if (was && !now)
        log_info("disk_ok", "free=%llu", (unsigned long long)room);
}

/* The thread that keeps recovery short; woken by the writer every few hundred changes. */
void *env_keeper(void *store)
{
    struct store *s = store;
    pthread_mutex_lock(&s->mu);
    while (!s->stop) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 60;
        pthread_cond_timedwait(&s->maintain, &s->mu, &until);
        if (s->stop)
            break;
        pthread_mutex_unlock(&s->mu);
        env_watch_disk(s);
        env_checkpoint(s, false);
        env_ballast(&s->conf, s->conf.dir, true);
        pthread_mutex_lock(&s->mu);
        s->jobs_dirty = true; /* the writer looks whether a purge is due */
        pthread_cond_signal(&s->work);
    }
    pthread_mutex_unlock(&s->mu);
    return NULL;
}
