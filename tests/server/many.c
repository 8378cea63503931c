/*
 * What is meant for very many records, at a small size: searching in a village by whom its children
 * name, an export page by page, one that is stopped on the way.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "server/wire_county.h"

static size_t found(struct wire_county *c, int fd, const char *words)
{
    const struct node *o =
        county_do(c, fd, "rec.find", county_body(c->ctx, "type=child|words=%s", words));
    return node_get(o, "rows")->n;
}

/* What a search knows of a village's links is never older than the register. */
Test(many, village_search)
{
    struct wire_county c;
    county_make(&c, NULL);
    county_user(&c, "dir", "director", V1, 0);
    county_user(&c, "other", "director", V3, 0);
    int dir = county_hello(&c, "dir"), other = county_hello(&c, "other");
    int64_t id = county_child(&c, "王小雨", V1, "v.caregiver.name=欧阳桂英");
    county_child(&c, "李强", V1, "v.caregiver.name=赵秀兰");
    cr_assert_eq(found(&c, dir, "oygy"), 1);
    cr_assert_eq(found(&c, dir, "oygy"), 1, "from memory");
    cr_assert_eq(found(&c, dir, "zxl 李"), 1);
    cr_assert_eq(found(&c, dir, "zxl 王"), 0);
    cr_assert_eq(found(&c, other, "oygy"), 0);
    county_do(&c, c.boss, "rec.set",
              county_body(c.ctx,
                          "type=child|#id=%lld|?confirm_all|v.caregiver=|v.caregiver.name=司马春花",
                          (long long)id));
    cr_assert_eq(found(&c, dir, "smch"), 1, "another person");
    cr_assert_eq(found(&c, dir, "oygy"), 0);
    county_do(&c, c.boss, "child.move",
              county_body(c.ctx, "type=child|#id=%lld|village=" V3 "|why=搬家", (long long)id));
    cr_assert_eq(found(&c, dir, "smch"), 0);
    cr_assert_eq(found(&c, other, "smch"), 1, "another village");
    close(dir);
    close(other);
    county_drop(&c);
}

/* Every row once, village by village, however small the pages are; in the order that is asked for. */
Test(many, export_pages)
{
    static const char *const villages[] = {V3, V1, V2};
    static const char *const sorts[] = {"", "|sort=name"};
    struct wire_county c;
    county_make(&c, NULL);
    for (int i = 0; i < 17; i++)
        county_child(&c, text_printf(c.ctx, "王小%s", i % 2 ? "雨" : "阳"), villages[i % 3], "");
    for (size_t s = 0; s < NELEM(sorts); s++)
        for (int limit = 1; limit < 20; limit += 6) {
            const struct node *o = county_do(
                &c, c.boss, "export.begin",
                county_body(c.ctx, "type=child|purpose=核对|*fields=name,village%s", sorts[s]));
            int64_t number = node_num(o, "export", 0), seen = 0;
            const char *after = NULL, *last = "", *field = s ? "name" : "village";
            if (!s)
                cr_assert_eq(node_num(o, "total", 0), 17);
            do {
                struct node *b =
                    county_body(c.ctx, "#export=%lld|#limit=%d", (long long)number, limit);
                if (after)
                    node_str(b, "after", after);
                o = county_do(&c, c.boss, "export.rows", b);
                for (const struct node *e = node_first(node_get(o, "rows")); e; e = e->next) {
                    const char *now = node_text_or(node_get(e, "v"), field, "");
                    cr_assert((seen & (1ll << node_num(e, "id", 0))) == 0, "a row twice");
                    seen |= 1ll << node_num(e, "id", 0);
                    cr_assert(s || strcmp(last, now) <= 0, "%s behind %s", now, last);
                    last = now;
                }
                after = node_text(o, "next");
            } while (after);
            cr_assert_eq(__builtin_popcountll((unsigned long long)seen), 17);
        }
    county_drop(&c);
}

/* --- the first screen --- */

static int64_t counted(struct wire_county *c, int fd, const char *type, const char *view,
                       const char *area)
{
    const struct node *o = county_do(c, fd, "rec.count",
                                     county_body(c->ctx, "type=%s|view=%s%s%s", type, view,
                                                 area ? "|area=" : "", area ? area : ""));
    return node_num(o, "total", -1);
}

/* As many as the lists behind them have; how many of them are not 0. */
static int first_screen(struct wire_county *c, int fd)
{
    const struct node *o = county_do(c, fd, "todo", county_body(c->ctx, "x=y"));
    int some = 0;
    for (const struct node *e = node_first(node_get(o, "rows")); e; e = e->next) {
        const char *type = node_text_or(e, "type", ""), *view = node_text_or(e, "view", "");
        cr_assert_eq(node_num(e, "count", -1), counted(c, fd, type, view, NULL), "%s %s", type,
                     view);
        some += node_num(e, "count", 0) > 0;
    }
    return some;
}

static size_t ranked(struct wire_county *c, int fd)
{
    const struct node *o = county_do(c, fd, "todo", county_body(c->ctx, "?places")), *of, *view;
    for (const struct node *e = node_first(node_get(o, "places")); e; e = e->next)
        for (of = node_first(node_get(e, "of")), view = node_first(node_get(o, "views")); of;
             of = of->next, view = view->next)
            cr_assert_eq(of->num,
                         counted(c, fd, node_text_or(view, "type", ""),
                                 node_text_or(view, "view", ""), node_text_or(e, "area", "")),
                         "%s in %s", node_text_or(view, "view", ""), node_text_or(e, "area", ""));
    return node_get(o, "places") ? node_get(o, "places")->n : 0;
}

/* The table of today and the lists agree, also after changes that came behind it. */
Test(many, first_screens)
{
    static const char *const villages[] = {V1, V2, V3};
    struct wire_county c;
    county_make(&c, NULL);
    county_user(&c, "dir", "director", V1, 0);
    county_user(&c, "sup", "supervisor", TOWN1, 0);
    county_user(&c, "clerk", "county_clerk", COUNTY, 0);
    int fd[] = {county_hello(&c, "dir"), county_hello(&c, "sup"), county_hello(&c, "clerk")};
    county_do(&c, c.boss, "stat.run", county_body(c.ctx, "report=t1|period=" TODAY));
    for (int i = 0; i < 9; i++) {
        county_child(&c, "王小雨", villages[i % 3],
                     i % 2 ? "v.child_kinds=90|v.live_with=9"
                           : "v.father.home_stay=1|v.father.name=王强");
        if (i % 4)
            continue;
        for (size_t who = 0; who < NELEM(fd); who++)
            cr_assert(first_screen(&c, fd[who]) > 0);
        cr_assert_eq(ranked(&c, fd[0]), 0);
        cr_assert(!i || (ranked(&c, fd[1]) > 0 && ranked(&c, fd[2]) > 0));
    }
    for (size_t who = 0; who < NELEM(fd); who++)
        close(fd[who]);
    county_drop(&c);
}

/* --- stopped on the way --- */

static pid_t export_spawn(struct wire_county *c, const char *out, int *said)
{
    const char *path = text_printf(c->ctx, "%s/children.csv", out);
    int p[2];
    cr_assert(pipe(p) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        setenv("HUTONG_CONFIG", c->run.conf, 1);
        setenv("HUTONG_TODAY", TODAY, 1);
        setenv("HUTONG_LANG", "zh", 1);
        dup2(p[1], STDERR_FILENO);
        close(p[0]);
        execl(BUILDDIR "/hutongctl", "hutongctl", "export", "child", "--csv", path, "--purpose",
              "核对", (char *)NULL);
        _exit(127);
    }
    close(p[1]);
    *said = p[0];
    return pid;
}

static size_t files_in(const char *path)
{
    DIR *d = opendir(path);
    size_t n = 0;
    for (struct dirent *e; d && (e = readdir(d));)
        n += *e->d_name != '.';
    closedir(d);
    return n;
}

/* The server is held still while the file is there and its rows are asked for. */
static int stop_on_the_way(struct wire_county *c, const char *out, char *text, size_t room)
{
    int watch = inotify_init1(IN_CLOEXEC), said, status;
    char buf[1024];
    cr_assert(inotify_add_watch(watch, out, IN_CREATE) >= 0);
    pid_t pid = export_spawn(c, out, &said);
    cr_assert(read(watch, buf, sizeof buf) > 0);
    kill(c->run.pid, SIGSTOP);
    kill(pid, SIGINT);
    kill(c->run.pid, SIGCONT);
    size_t n = 0;
    for (ssize_t got; (got = read(said, text + n, room - 1 - n)) > 0;)
        n += (size_t)got;
    text[n] = '\0';
    waitpid(pid, &status, 0);
    close(said);
    close(watch);
    cr_assert(WIFEXITED(status), "it ends by itself");
    return WEXITSTATUS(status);
}

Test(many, export_stopped)
{
    struct wire_county c;
    char said[2048] = "";
    int code = 0;
    county_make(&c, NULL);
    for (int i = 0; i < 40; i++)
        county_child(&c, "王小雨", V1, "");
    const char *out = text_printf(c.ctx, "%s/out", c.run.dir);
    cr_assert(mkdir(out, 0700) == 0);
    for (int i = 0; i < 20 && code == 0; i++) { /* it may have been quicker */
        cr_assert(files_in(out) <= 1);
        code = stop_on_the_way(&c, out, said, sizeof said);
        if (code == 0)
            cr_assert(unlink(text_printf(c.ctx, "%s/children.csv", out)) == 0);
    }
    cr_assert_eq(code, 1, "%s", said);
    cr_assert(strstr(said, "已停止，没有留下文件") != NULL, "%s", said);
    cr_assert_eq(files_in(out), 0);
    county_drop(&c);
}
