#include "screen/fake_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "rec/check.h"
#include "wire/wire.h"

enum { MS = 20000 };

struct fake {
    const char *dir, *play;
    struct dict *dict;
    int log;
    struct node *draft; /* key → body */
    struct node *done;  /* the kept answer of the change whose reply was lost */
    bool lost_once, conflict_once;
    void *ctx; /* of one request */
    const struct node *body;
    struct node *out;
};

static bool plays(const struct fake *f, const char *word)
{
    const char *at = strstr(f->play, word);
    return at && (at == f->play || at[-1] == ' ') && strchr(" ", at[strlen(word)]);
}

/* --- canned data --- */

static const char *const child17[][3] = {
    {"name", "王小雨", "王小雨"},
    {"id_no", "320681201603120025", "320681201603120025"},
    {"sex", "2", "女"},
    {"birth_date", "2016-03-12", "2016-03-12"},
    {"ethnicity", "01", "汉族"},
    {"village", "320681101201", "汇龙镇 幸福一村"},
    {"live_addr", "幸福一村3组12号", "幸福一村3组12号"},
    {"father", "21", "王强"},
    {"father.name", "王强", "王强"},
    {"father.phone", "13800000001", "13800000001"},
    {"mother", "22", "李梅"},
    {"mother.name", "李梅", "李梅"},
};

static const char *const person21[][3] = {
    {"name", "王强", "王强"},
    {"phone", "13800000001", "13800000001"},
    {"out_working", "1", "是"},
};

static void put_record(struct fake *f, const char *const rows[][3], size_t n, int id)
{
    struct node *v = node_add_map(f->out, "v"), *show = node_add_map(f->out, "show");
    node_int(f->out, "id", id);
    node_int(f->out, "version", f->conflict_once ? 4 : 3);
    for (size_t i = 0; i < n; i++) {
        bool newer = f->conflict_once && strcmp(rows[i][0], "live_addr") == 0;
        node_str(v, rows[i][0], newer ? "幸福一村5组8号" : rows[i][1]);
        node_str(show, rows[i][0], newer ? "幸福一村5组8号" : rows[i][2]);
    }
    node_str(node_add_list(f->out, "can"), NULL, "change");
}

static void put_change(struct fake *f)
{
    struct node *c = node_add_map(f->out, "change");
    node_int(c, "id", 5);
    node_str(c, "state", "3");
    node_str(node_add_list(c, "marks"), NULL, "live_addr");
    node_str(c, "return_reason", "住址没有写门牌");
    node_str(node_add_map(c, "proposed"), "live_addr", "幸福一村");
}

static int get(struct fake *f)
{
    if (strcmp(node_text_or(f->body, "type", ""), "person") == 0) {
        put_record(f, person21, NELEM(person21), 21);
    } else {
        put_record(f, child17, NELEM(child17), 17);
        put_change(f);
    }
    return 0;
}

static int areas(struct fake *f)
{
    static const char *const rows[][3] = {{"320681101000", "汇龙镇", "汇龙镇"},
                                          {"320681102000", "南阳镇", "南阳镇"},
                                          {"320681101201", "幸福一村", "汇龙镇 幸福一村"},
                                          {"320681101202", "幸福二村", "汇龙镇 幸福二村"}};
    struct node *list = node_add_list(f->out, "rows");
    const char *below = node_text_or(f->body, "below", ""), *words = node_text(f->body, "words");
    for (size_t i = 0; i < NELEM(rows); i++) {
        bool village = strcmp(rows[i][0] + 9, "000") != 0;
        if (words ? !strstr(rows[i][1], words) : village != (*below != '\0'))
            continue;
        struct node *n = node_add_map(list, NULL);
        node_str(n, "code", rows[i][0]);
        node_str(n, "name", rows[i][1]);
        node_str(n, "title", rows[i][2]);
    }
    return 0;
}

static int find(struct fake *f)
{
    struct node *list = node_add_list(f->out, "rows");
    if (!strstr("王强wangqiang", node_text_or(f->body, "words", "?")))
        return 0;
    struct node *n = node_add_map(list, NULL), *v = node_add_map(n, "v");
    node_int(n, "id", 21);
    node_str(v, "name", "王强");
    node_str(v, "phone", "13800000001");
    return 0;
}

/* --- checking and saving --- */

static void put_same(struct fake *f)
{
    struct node *list = node_add_list(f->out, "same");
    const struct node *v = node_get(f->body, "v");
    if (plays(f, "same") && node_text(v, "id_no")) {
        struct node *n = node_add_map(list, NULL);
        node_int(n, "id", 17);
        node_str(n, "title", "王小雨");
        node_str(n, "village_title", "幸福一村");
        node_str(n, "why", "same_id");
    }
    if (plays(f, "sibling") && node_text(v, "father.name")) {
        struct node *n = node_add_map(list, NULL);
        node_int(n, "id", 17);
        node_str(n, "title", "王小雨");
        node_str(n, "why", "sibling");
    }
}

/* The rules of the record itself; linked ones are not looked at. */
static struct findings *judge(struct fake *f)
{
    const struct form *form = dict_form(f->dict, node_text_or(f->body, "type", "child"));
    struct rec *r = rec_new(f->ctx, form);
    struct findings *fs = findings_new(f->ctx);
    struct rec_env env = {.today = {2026, 11, 22}};
    if (node_num(f->body, "id", 0))
        for (size_t i = 0; i < NELEM(child17); i++)
            if (!strchr(child17[i][0], '.'))
                rec_set(r, child17[i][0], child17[i][1]);
    rec_take(r, node_get(f->body, "v"), &env, fs);
    rec_check(r, &env, fs);
    if (plays(f, "warn") && !node_first(node_get(f->body, "confirmed")))
        findings_add(fs, 'W', "live_addr", "odd_addr", "住址和村名对不上，核对一下。");
    findings_to_node(f->out, "findings", fs);
    return fs;
}

static int check(struct fake *f)
{
    judge(f);
    put_same(f);
    if (node_text(node_get(f->body, "v"), "father.phone") && node_num(f->body, "id", 0)) {
        struct node *n = node_add_map(node_add_list(f->out, "touched"), NULL);
        node_int(n, "id", 18);
        node_str(n, "title", "王小月");
    }
    return 0;
}

static int conflict(struct fake *f)
{
    struct node *n = node_add_map(node_add_list(f->out, "conflict"), NULL);
    f->conflict_once = true;
    node_str(n, "field", "live_addr");
    node_str(n, "was", "幸福一村3组12号");
    node_str(n, "theirs", "幸福一村5组8号");
    node_str(n, "mine", node_text(node_get(f->body, "v"), "live_addr"));
    node_str(n, "who", "李明");
    node_str(n, "when", "2026-11-22 10:42");
    return HE_CONFLICT;
}

static int save(struct fake *f)
{
    const char *draft = node_text(f->body, "draft");
    if (plays(f, "full"))
        return HE_FULL;
    if (plays(f, "conflict") && !f->conflict_once)
        return conflict(f);
    struct findings *fs = judge(f);
    if (findings_count(fs, 'E') || findings_count(fs, 'W'))
        return HE_RULE;
    if (draft)
        node_remove(f->draft, draft);
    node_int(f->out, "id", node_num(f->body, "id", 99));
    node_int(f->out, "version", 5);
    return 0;
}

/* --- drafts --- */

static int draft_get(struct fake *f)
{
    const struct node *d = node_get(f->draft, node_text_or(f->body, "key", ""));
    if (!d)
        return HE_NOTFOUND;
    node_int(node_copy(f->out, "draft", d), "time", 1795318920);
    return 0;
}

static int draft_list(struct fake *f)
{
    struct node *rows = node_add_list(f->out, "rows");
    for (const struct node *e = node_first(f->draft); e; e = e->next)
        node_str(node_add_map(rows, NULL), "key", e->key);
    return 0;
}

static void keep_drafts(struct fake *f)
{
    char *path = text_printf(f->ctx, "%s/drafts", f->dir), *bytes;
    size_t len;
    node_encode(f->ctx, f->draft, &bytes, &len);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    MUST(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
    close(fd);
}

static void read_drafts(struct fake *f)
{
    char path[256], bytes[65536];
    snprintf(path, sizeof path, "%s/drafts", f->dir);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, bytes, sizeof bytes) : 0;
    if (n <= 0 || node_decode(f->dict, bytes, (size_t)n, &f->draft) != 0)
        f->draft = node_map(f->dict);
    if (fd >= 0)
        close(fd);
}

static int me(struct fake *f)
{
    node_int(f->out, "id", 1);
    node_str(f->out, "login", "ligl");
    node_str(f->out, "name", "李桂兰");
    node_str(f->out, "today", "2026-11-22");
    node_str(f->out, "classes", "ABC");
    struct node *p = node_add_map(node_add_list(f->out, "posts"), NULL);
    node_str(p, "role", "director");
    node_str(p, "label", "儿童主任");
    node_str(p, "area", "320681101201");
    node_str(p, "title", "汇龙镇 幸福一村");
    node_str(node_add_list(f->out, "may"), NULL, "child.*");
    return 0;
}

static int serve(struct fake *f, enum wire_op op)
{
    switch (op) {
    case OP_HELLO:
        return me(f);
    case OP_REC_GET:
    case OP_REC_OPEN:
        return get(f);
    case OP_REC_CHECK:
        return check(f);
    case OP_REC_ADD:
    case OP_REC_SET:
        return save(f);
    case OP_REC_FIND:
        return find(f);
    case OP_AREA_LIST:
        return areas(f);
    case OP_DRAFT_PUT:
        node_copy(f->draft, node_text(f->body, "key"), node_get(f->body, "draft"));
        return 0;
    case OP_DRAFT_DROP:
        node_remove(f->draft, node_text(f->body, "key"));
        return 0;
    case OP_DRAFT_GET:
        return draft_get(f);
    case OP_DRAFT_LIST:
        return draft_list(f);
    case OP_OUTCOME:
        if (!f->done)
            return HE_NOTFOUND;
        node_copy(f->out, "id", node_get(f->done, "id"));
        return 0;
    default:
        return HE_PROTOCOL;
    }
}

/* One request; false when the connection is to end without an answer. */
static bool answer(struct fake *f, int fd, const struct node *req)
{
    enum wire_op op = wire_op_find(node_text(req, "op"));
    struct node *a = node_map(f->ctx);
    char *line = text_printf(f->ctx, "%s\n", node_json(f->ctx, req));
    MUST(write(f->log, line, strlen(line)) == (ssize_t)strlen(line));
    f->body = node_get(req, "body");
    node_int(a, "seq", node_num(req, "seq", 0));
    struct node *out = node_map(f->ctx);
    f->out = out;
    bool lose = (plays(f, "lost") || plays(f, "unsaved")) && !f->lost_once &&
                (op == OP_REC_ADD || op == OP_REC_SET);
    if (lose && plays(f, "unsaved")) {
        f->lost_once = true;
        return false;
    }
    int r = serve(f, op);
    keep_drafts(f);
    if (lose) {
        f->lost_once = true;
        f->done = node_copy(node_map(f->dict), "done", out);
        return false;
    }
    node_str(a, "err", err_name(r));
    if (r < 0)
        node_str(a, "text", err_text(r));
    node_copy(a, "body", out);
    return wire_send(fd, a, MS) == 0;
}

static void run(struct fake *f, int listener, int parent)
{
    struct pollfd p[3] = {{listener, POLLIN, 0}, {parent, POLLIN, 0}, {-1, POLLIN, 0}};
    while (poll(p, 3, -1) > 0 && !p[1].revents) {
        if (p[0].revents & POLLIN) {
            if (p[2].fd >= 0)
                close(p[2].fd);
            p[2].fd = accept(listener, NULL, NULL);
            continue;
        }
        struct node *req;
        f->ctx = talloc_new(NULL);
        if (wire_recv(f->ctx, p[2].fd, &req, MS) != 0 || !answer(f, p[2].fd, req)) {
            close(p[2].fd);
            p[2].fd = -1;
        }
        talloc_free(f->ctx);
    }
}

void fake_server_start(const char *dir, struct dict *dict, const char *play)
{
    struct fake f = {.dir = dir, .play = play, .dict = dict};
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char path[256];
    int alive[2], fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "%s/socket", dir);
    unlink(a.sun_path);
    MUST(fd >= 0 && pipe(alive) == 0);
    MUST(bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 8) == 0);
    pid_t pid = fork();
    MUST(pid >= 0);
    if (pid) { /* the reading end closes when this process ends */
        close(alive[0]);
        close(fd);
        return;
    }
    close(alive[1]);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    snprintf(path, sizeof path, "%s/log", dir);
    f.log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    MUST(f.log >= 0);
    read_drafts(&f);
    close(0);
    close(1);
    close(2);
    run(&f, fd, alive[0]);
    _exit(0);
}
