/*
 * Making, opening and closing a store. The number in DIR/FORMAT is read before anything else is
 * touched, so that an older program does not even try to recover what a newer one wrote.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <talloc.h>
#include <unistd.h>

#include "base/io.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/text.h"
#include "store/store_int.h"

#define CLOCK_SLACK 60 /* seconds that the clock may be behind the last audit row */

int64_t store_now(const struct store *s)
{
    return s->conf.now ? s->conf.now() : date_now();
}

char *store_path(void *ctx, const char *dir, const char *name)
{
    return text_printf(ctx, "%s/%s", dir, name);
}

int format_read(const char *dir, int *format)
{
    char *path = store_path(NULL, dir, "FORMAT"), *text;
    size_t len;
    int err = io_read_file(path, path, 64, &text, &len);
    *format = err ? 0 : atoi(text);
    talloc_free(path);
    return !err && *format <= 0 ? HE_CORRUPT : err;
}

int format_write(const char *dir, int format)
{
    char *path = store_path(NULL, dir, "FORMAT"), *text = text_printf(path, "%d\n", format);
    int err = io_write_file(path, text, strlen(text), 0600);
    talloc_free(path);
    return err;
}

bool store_readonly(const struct store *s, const char **why)
{
    static const char low[] = N_("磁盘空间不足，现在只能查看不能保存；清理出空间后会自动恢复");
    bool closed = atomic_load(&s->closed), disk = atomic_load(&s->disk) != 0;
    if (why)
        *why = closed ? s->why : disk ? low : NULL;
    return closed || disk;
}

/* --- steps of opening --- */

static int open_sys(struct store *s, uint32_t flags)
{
    int ret = 0;
    for (int i = 0; i < SYS_N && !ret; i++)
        ret = env_db(s->env, NULL, sys_name[i], flags, &s->sys[i]);
    return ret;
}

static int lock_dir(struct store *s, char **problem, void *ctx)
{
    int err = io_lock_dir(s->conf.dir, &s->lock_fd);
    if (err == HE_LOCKED)
        return env_fail(ctx, problem, err,
                        "数据目录 %s 正被另一个程序使用，请先停止它（hutongd 是否已在运行？）",
                        s->conf.dir);
    if (err && (errno == EACCES || errno == EROFS || errno == EPERM))
        return env_fail(ctx, problem, HE_IO,
                        "数据目录 %s 不能写入，请检查目录的属主和权限，或磁盘是否以只读方式挂载",
                        s->conf.dir);
    if (err)
        return env_fail(ctx, problem, err, "打不开数据目录 %s：%s", s->conf.dir, strerror(errno));
    return 0;
}

static int check_format(struct store *s, char **problem, void *ctx)
{
    int format, err = format_read(s->conf.dir, &format);
    if (err == HE_NOTFOUND)
        return env_fail(ctx, problem, HE_NOTFOUND,
                        "目录 %s 里没有登记数据；新建请用 hutongd --init", s->conf.dir);
    if (err)
        return env_fail(ctx, problem, err, "读不出 %s/FORMAT，请检查文件", s->conf.dir);
    if (format > STORE_FORMAT)
        return env_fail(ctx, problem, HE_NEWER,
                        "数据是格式 %d，本程序只认识到格式 %d。请先升级程序，数据没有改动", format,
                        STORE_FORMAT);
    return 0;
}

/* Without a single log file Berkeley DB would begin a new log and spoil the pages in silence. */
static int check_logs(struct store *s, char **problem, void *ctx)
{
    size_t n;
    int first, last, err = dir_logs(s->conf.dir, &n, &first, &last);
    if (err)
        return env_fail(ctx, problem, err, "读不出目录 %s/log", s->conf.dir);
    if (n && (size_t)(last - first + 1) == n)
        return 0;
    return env_fail(
        ctx, problem, HE_CORRUPT,
        "目录 %s/log 里缺少日志文件，不能启动。请用备份恢复：hutongd --restore 备份目录",
        s->conf.dir);
}

static int open_files(struct store *s, enum open_mode mode, char **problem, void *ctx)
{
    uint32_t how = mode == OPEN_COPY ? DB_RECOVER_FATAL : DB_RECOVER;
    int err;
    if ((err = check_format(s, problem, ctx)) || (err = check_logs(s, problem, ctx)) ||
        (err = env_open(s, s->conf.dir, &s->conf, how, problem, ctx)))
        return err;
    int ret = open_sys(s, 0);
    if (ret == ENOENT)
        return env_fail(ctx, problem, HE_CORRUPT,
                        "数据目录 %s 里缺少文件。请用备份恢复：hutongd --restore 备份目录",
                        s->conf.dir);
    if (ret)
        return env_fail(ctx, problem, HE_CORRUPT, "打不开 %s 里的数据文件：%s", s->conf.dir,
                        db_strerror(ret));
    return 0;
}

static void check_clock(struct store *s)
{
    int64_t last = store_last_time(s);
    char at[20];
    if (last <= store_now(s) + CLOCK_SLACK)
        return;
    char *why = text_printf(NULL, _("服务器时钟比最后一条记录（%s）还早，请校准时钟后重新启动"),
                            date_time_format(last, at));
    writer_close(s, why);
    talloc_free(why);
}

static int open_dict(struct store *s, enum open_mode mode, char **problem, void *ctx)
{
    struct schema_ask ask = {problem, ctx};
    int err = 0;
    if (mode == OPEN_SERVE && (err = writer_once(s, schema_sync, &ask)))
        return env_fail(ctx, problem, err, "登记数据字典时出错（%s），请查看日志", err_name(err));
    if ((err = schema_load(s, problem, ctx)) || (err = schema_open(s, problem, ctx)))
        return err;
    if (mode == OPEN_SERVE && (err = writer_once(s, schema_jobs, NULL)))
        return env_fail(ctx, problem, err, "安排索引重建时出错（%s），请查看日志", err_name(err));
    return 0;
}

static int open_all(struct store *s, enum open_mode mode, char **problem, void *ctx)
{
    int err;
    if (getrandom(&s->stamp, sizeof s->stamp, 0) != sizeof s->stamp)
        return HE_IO;
    if ((err = lock_dir(s, problem, ctx)) || (err = open_files(s, mode, problem, ctx)) ||
        (err = audit_load_head(s)) ||
        (mode == OPEN_SERVE && (err = upgrade_run(s, problem, ctx))) ||
        (err = open_dict(s, mode, problem, ctx)))
        return err;
    if (mode != OPEN_SERVE)
        return 0;
    check_clock(s);
    env_ballast(&s->conf, s->conf.dir, true);
    env_watch_disk(s);
    job_builtin(s);
    if ((err = inflight_open(s)) || (err = writer_start(s)))
        return env_fail(ctx, problem, err, "启动存储线程失败（%s）", err_name(err));
    return 0;
}

/* --- the ways in --- */

static struct store *store_new(void *ctx, const struct store_conf *conf, struct dict *dict)
{
    struct store *s = talloc_zero(ctx, struct store);
    s->conf = *conf;
    s->conf.dir = talloc_strdup(s, conf->dir);
    s->conf.fault = conf->fault ? talloc_strdup(s, conf->fault) : NULL;
    s->dict = dict;
    s->lock_fd = -1;
    pthread_mutex_init(&s->mu, NULL);
    pthread_mutex_init(&s->files, NULL);
    pthread_cond_init(&s->work, NULL);
    pthread_cond_init(&s->flush, NULL);
    pthread_cond_init(&s->durable, NULL);
    pthread_cond_init(&s->maintain, NULL);
    return s;
}

static void store_free(struct store *s)
{
    schema_close(s);
    for (int i = 0; i < SYS_N; i++)
        if (s->sys[i])
            s->sys[i]->close(s->sys[i], 0);
    env_close(s->env);
    inflight_close(s);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    pthread_mutex_destroy(&s->mu);
    pthread_mutex_destroy(&s->files);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->flush);
    pthread_cond_destroy(&s->durable);
    pthread_cond_destroy(&s->maintain);
    free(s->changed.e);
    talloc_free(s);
}

int store_open_mode(void *ctx, const struct store_conf *conf, struct dict *dict,
                    enum open_mode mode, struct store **out, char **problem)
{
    struct store *s = store_new(ctx, conf, dict);
    char *none = NULL;
    int err;
    if (!problem)
        problem = &none;
    *problem = NULL;
    if ((err = open_all(s, mode, problem, ctx))) {
        env_fail(ctx, problem, err, "打不开数据目录 %s（%s），请查看日志", conf->dir,
                 err_name(err));
        store_free(s);
        *out = NULL;
        return err;
    }
    *out = s;
    return 0;
}

int store_open(void *ctx, const struct store_conf *conf, struct dict *dict, struct store **out,
               char **problem)
{
    return store_open_mode(ctx, conf, dict, OPEN_SERVE, out, problem);
}

void store_close(struct store **sp)
{
    struct store *s = *sp;
    int format;
    if (!s)
        return;
    *sp = NULL;
    writer_stop(s);
    if (s->conf.fault && sscanf(s->conf.fault, "format=%d", &format) == 1)
        upgrade_plant(s, format);
    if (s->env)
        env_checkpoint(s, true);
    store_free(s);
}

static int init_meta(struct txn *t, void *arg)
{
    struct node *n = node_map(t->ctx);
    (void)arg;
    node_int(n, "n", STORE_FORMAT);
    node_int(n, "made", store_now(t->s));
    return meta_put(t, "s/format", n);
}

static int init_files(struct store *s, char **problem)
{
    const char *dir = s->conf.dir;
    int err, format;
    if ((err = lock_dir(s, problem, NULL)))
        return err;
    char *db = store_path(s, dir, "db"), *log = store_path(s, dir, "log");
    if (format_read(dir, &format) != HE_NOTFOUND)
        return env_fail(NULL, problem, HE_EXISTS, "目录 %s 里已有登记数据，没有改动", dir);
    if (access(db, F_OK) == 0)
        return env_fail(NULL, problem, HE_EXISTS,
                        "目录 %s 里有上次没有建完的数据。确认里面没有要保留的内容后，清空它再试",
                        dir);
    if ((err = io_make_dirs(db, 0700)) || (err = io_make_dirs(log, 0700)))
        return env_fail(NULL, problem, err, "不能在 %s 里建立目录：%s", dir, strerror(errno));
    if ((err = env_open(s, dir, &s->conf, 0, problem, NULL)))
        return err;
    if (open_sys(s, DB_CREATE) || (err = writer_once(s, init_meta, NULL)) ||
        (err = env_checkpoint(s, true)))
        return env_fail(NULL, problem, HE_IO, "建立数据文件失败，请查看日志");
    return format_write(dir, STORE_FORMAT);
}

/* *problem is a talloc root of its own. The dictionary is numbered when the store is opened. */
int store_init(const struct store_conf *conf, const struct dict *dict, char **problem)
{
    struct store *s = store_new(NULL, conf, NULL);
    char *none = NULL;
    (void)dict;
    if (!problem)
        problem = &none;
    *problem = NULL;
    int err = io_make_dirs(conf->dir, 0700);
    if (!err)
        err = init_files(s, problem);
    if (err)
        env_fail(NULL, problem, err, "不能在 %s 建立登记数据（%s）", conf->dir, err_name(err));
    store_free(s);
    talloc_free(none);
    return err;
}
