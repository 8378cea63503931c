/*
 * PostgreSQL of this machine, started for the run in a directory of its own: unix socket, fsync on, one
 * prepared statement that writes record, history and audit. A second row adds the tokens by which the
 * same searches would be possible.
 */
#include "bench/bench.h"
#include "config.h"

#ifdef HAVE_PQ

#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <talloc.h>
#include <unistd.h>

#include "bench/sql.h"

#define BIN "/usr/lib/postgresql/15/bin/"

struct pg {
    char dir[64], data[80];
    pid_t pid;
    bool tokens;
};

/* PostgreSQL refuses to run as root: then some unprivileged user runs it. */
static const struct passwd *runner(void)
{
    const struct passwd *pw = getuid() ? NULL : getpwnam("postgres");

    return getuid() || pw ? pw : getpwnam("nobody");
}

static pid_t spawn(const struct pg *g, const char *const *argv)
{
    pid_t pid = fork();

    if (pid)
        return pid;
    const struct passwd *pw = runner();
    char log[96];
    if (pw && (setgroups(0, NULL) || setgid(pw->pw_gid) || setuid(pw->pw_uid)))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGINT);
    snprintf(log, sizeof log, "%s/log", g->dir);
    if (!freopen(log, "a", stdout) || dup2(1, 2) < 0 || chdir(g->dir))
        _exit(126);
    execv(argv[0], base_unconst(argv));
    _exit(127);
}

static PGconn *dial(const struct pg *g)
{
    char conf[160];

    snprintf(conf, sizeof conf, "host=%s dbname=postgres user=bench", g->dir);
    return PQconnectdb(conf);
}

static void run(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);

    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        die("PostgreSQL: %s", PQerrorMessage(c));
    PQclear(r);
}

static bool pg_init(struct pg *g)
{
    const char *tmp = getenv("TMPDIR");
    const struct passwd *pw = runner();
    int status;

    snprintf(g->dir, sizeof g->dir, "%.30s/hutong-pg-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(g->dir) || (pw && chown(g->dir, pw->pw_uid, pw->pw_gid)))
        die("cannot make %s", g->dir);
    snprintf(g->data, sizeof g->data, "%s/data", g->dir);
    const char *init[] = {BIN "initdb", "-D",          g->data, "-U",   "bench", "-A",
                          "trust",      "--no-locale", "-E",    "UTF8", NULL};
    return waitpid(spawn(g, init), &status, 0) > 0 && status == 0;
}

/* Waits for its socket to answer. */
static PGconn *pg_start(struct pg *g)
{
    char cache[32], dir[96];
    struct timespec pause = {0, 50000000};

    snprintf(cache, sizeof cache, "shared_buffers=%dMB", CACHE_MB);
    snprintf(dir, sizeof dir, "unix_socket_directories=%s", g->dir);
    const char *argv[] = {BIN "postgres",
                          "-D",
                          g->data,
                          "-c",
                          cache,
                          "-c",
                          dir,
                          "-c",
                          "listen_addresses=",
                          "-c",
                          "max_connections=300",
                          "-c",
                          "fsync=on",
                          NULL};
    g->pid = spawn(g, argv);
    for (int i = 0; i < 200; i++) {
        PGconn *c = dial(g);
        if (PQstatus(c) == CONNECTION_OK)
            return c;
        PQfinish(c);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

static void pg_stop(struct pg *g)
{
    int status;

    if (g->pid) {
        kill(g->pid, SIGINT);
        waitpid(g->pid, &status, 0);
    }
    drop_dir(g->dir);
}

/* --- a session --- */

struct pg_session {
    PGconn *c;
    bool tokens;
};

static void *pg_open(void *ctx, void *shared, int i)
{
    struct pg *g = shared;
    struct pg_session *s = talloc_zero(ctx, struct pg_session);
    char insert[4096], sql[6000];

    (void)i;
    s->c = dial(g);
    s->tokens = g->tokens;
    if (PQstatus(s->c) != CONNECTION_OK)
        die("PostgreSQL: %s", PQerrorMessage(s->c));
    sql_insert("$", insert, sizeof insert);
    snprintf(sql, sizeof sql,
             "with c as (%s returning id), h as (insert into history (child, version, row) "
             "select id, 1, $%d from c), a as (insert into audit (child, row) select id, $%d "
             "from c)%s select id from c",
             insert, SQL_COLUMNS + 1, SQL_COLUMNS + 2,
             s->tokens ? ", t as (insert into token (token, child) select unnest($44::text[]), id "
                         "from c)"
                       : "");
    PGresult *r = PQprepare(s->c, "add", sql, 0, NULL);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        die("PostgreSQL: %s", PQerrorMessage(s->c));
    PQclear(r);
    return s;
}

/* As many as rec_tokens makes, see rival_bdb.c. */
static void tokens_text(const struct kid *k, char *out, size_t size)
{
    size_t chars = strlen(k->name) / 3, n = (size_t)snprintf(out, size, "{");

    for (size_t i = 0; i < 3 * chars; i++)
        n += (size_t)snprintf(out + n, size - n, "%c%s,", (char)('a' + i / chars),
                              k->name + 3 * (i % chars));
    for (int i = 0; i < 4; i++)
        n += (size_t)snprintf(out + n, size - n, "%sd%d%s", i ? "," : "", i,
                              k->id_no + (i % 2 ? 6 : 0));
    snprintf(out + n, size - n, "}");
}

static void pg_one(void *session, const struct kid *k)
{
    struct pg_session *s = session;
    struct sql_values v;
    const char *param[SQL_COLUMNS + 3];
    char tokens[1024];

    sql_values(k, &v);
    memcpy(param, v.v, sizeof v.v);
    param[SQL_COLUMNS] = SQL_HISTORY_ROW;
    param[SQL_COLUMNS + 1] = SQL_AUDIT_ROW;
    param[SQL_COLUMNS + 2] = tokens;
    if (s->tokens)
        tokens_text(k, tokens, sizeof tokens);
    PGresult *r = PQexecPrepared(s->c, "add", SQL_COLUMNS + 2 + s->tokens, param, NULL, NULL, 0);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        die("PostgreSQL: %s", PQerrorMessage(s->c));
    PQclear(r);
}

static void pg_close(void *session)
{
    struct pg_session *s = session;

    PQfinish(s->c);
}

static void pg_run(bool tokens, const char *name, double out[3])
{
    struct pg g = {.tokens = tokens};
    struct load l = {name, &g, pg_open, pg_one, pg_close};
    PGconn *c = pg_init(&g) ? pg_start(&g) : NULL;
    char sql[8192];

    if (!c) {
        row("%s | 起动不了 | — | —", name);
        pg_stop(&g);
        return;
    }
    sql_schema("bigserial primary key", sql, sizeof sql);
    run(c, sql);
    run(c,
        "create table token (token text collate \"C\", child bigint, primary key (token, child))");
    PQfinish(c);
    load_row(&l, out);
    pg_stop(&g);
}

void rival_pg(double out[3])
{
    pg_run(false, "PostgreSQL 15：经套接字，一条预备语句", out);
    pg_run(true, "PostgreSQL 15：同上，再加检索词", (double[3]){0});
}

/* --- the county's table --- */

/* As many columns as T1 has, over single columns as there. */
static void group_by(char *sql, size_t size)
{
    static const struct {
        const char *column;
        const char *values[10];
    } groups[] = {
        {"sex", {"1", "2", "0"}},
        {"school_state", {"01", "02", "03", "04", "05", "06", "07", "99"}},
        {"hukou_type", {"1", "2", "3", "9"}},
        {"health", {"10", "20", "30", "50", "60", "61", "90"}},
        {"boarding", {"0", "1"}},
        {"reason_entrust", {"1", "2", "3"}},
        {"actual_care", {"1", "2", "3"}},
        {"guard_grade", {"1", "2", "3"}},
        {"relief", {"00", "01", "02", "03", "04", "05", "06", "07", "08", "09"}},
    };
    static const char *const ages[] = {"birth_date > '2020-11-22'",
                                       "birth_date <= '2020-11-22' and birth_date > '2012-11-22'",
                                       "birth_date <= '2012-11-22'"};
    size_t n = (size_t)snprintf(sql, size, "select substr(village, 1, 9), count(*)");

    for (size_t i = 0; i < NELEM(ages); i++)
        for (int sex = 0; sex < 4; sex++)
            n += (size_t)snprintf(sql + n, size - n, ", count(*) filter (where %s%s%.0d%s)",
                                  ages[i], sex ? " and sex = '" : "", sex, sex ? "'" : "");
    for (size_t i = 0; i < NELEM(groups); i++)
        for (size_t k = 0; k < 10 && groups[i].values[k]; k++)
            n += (size_t)snprintf(sql + n, size - n, ", count(*) filter (where %s = '%s')",
                                  groups[i].column, groups[i].values[k]);
    n += (size_t)snprintf(sql + n, size - n, " from child where state = '3' group by 1 order by 1");
    MUST(n < size);
}

static void stat_fill(struct pg *g, size_t children)
{
    struct pg_session *s = pg_open(NULL, g, 0);

    run(s->c, "begin");
    for (size_t i = 0; i < children; i++) {
        struct kid k;
        kid_make(i, &k);
        pg_one(s, &k);
    }
    run(s->c, "commit");
    run(s->c, "vacuum analyze child");
    pg_close(s);
    talloc_free(s);
}

void rival_pg_stat(size_t children)
{
    struct pg g = {0};
    struct lat l = {0};
    PGconn *c = pg_init(&g) ? pg_start(&g) : NULL;
    char sql[12000];
    double first = 0;
    int rows = 0;

    if (!c) {
        row("PostgreSQL 15 GROUP BY | 起动不了 | — | — | —");
        pg_stop(&g);
        return;
    }
    sql_schema("bigserial primary key", sql, sizeof sql);
    run(c, sql);
    stat_fill(&g, children);
    group_by(sql, sizeof sql);
    for (int i = 0; i < 20; i++) {
        double t = now_s();
        PGresult *r = PQexec(c, sql);
        if (PQresultStatus(r) != PGRES_TUPLES_OK)
            die("PostgreSQL: %s", PQerrorMessage(c));
        rows = PQntuples(r);
        PQclear(r);
        t = now_s() - t;
        first = i ? first : t;
        if (i)
            lat_add(&l, t);
    }
    row("PostgreSQL 15：同样的县表，GROUP BY | %d | %.0f | %.2f | %.2f", rows, 1000 * first,
        lat_ms(&l, 0.5), lat_ms(&l, 0.99));
    lat_free(&l);
    PQfinish(c);
    pg_stop(&g);
}

#else

void rival_pg_stat(size_t children)
{
    (void)children;
    row("PostgreSQL 15 GROUP BY | 未装 libpq-dev、postgresql | — | — | —");
}

void rival_pg(double out[3])
{
    (void)out;
    row("PostgreSQL 15 | 未装 libpq-dev、postgresql | — | —");
}

#endif
