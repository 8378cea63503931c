/* The socket: any local user may connect, the kernel says who he is, a full house is told so. */
#include "server/server.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "base/io.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/text.h"

#define BACKLOG 512

static int refuse(int fd, char **problem, const char *path, const char *what)
{
    *problem = text_printf(NULL, _("不能在 %s 监听：%s"), path, what);
    if (fd >= 0)
        close(fd);
    return HE_IO;
}

/* A socket file left by a killed server is taken away; one that answers belongs to someone. */
static bool in_use(const struct sockaddr_un *a)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int r = connect(fd, (const struct sockaddr *)a, sizeof *a);
    bool used = r == 0 || errno == EAGAIN;
    close(fd);
    return used;
}

int listen_open(const char *path, char **problem)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        return refuse(-1, problem, path, _("路径太长"));
    strcpy(a.sun_path, path);
    char dir[sizeof a.sun_path];
    strcpy(dir, path);
    if (io_make_dirs(dirname(dir), 0755) < 0)
        return refuse(-1, problem, path, _("目录建不了"));
    if (in_use(&a))
        return refuse(-1, problem, path, _("另一个服务器正在使用这个路径"));
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || chmod(path, 0666) < 0 ||
        listen(fd, BACKLOG) < 0)
        return refuse(fd, problem, path, strerror(errno));
    return fd;
}

/* Tells a peer why he cannot stay; request number 0 means the connection itself. */
static void turn_away(int fd, int err, const char *text)
{
    void *ctx = talloc_new(NULL);
    struct node *n = node_map(ctx);
    node_int(n, "seq", 0);
    node_str(n, "err", err_name(err));
    node_str(n, "text", text);
    (void)wire_send(fd, n, 0);
    close(fd);
    talloc_free(ctx);
}

/* Root and nobody are no persons; a private server in a container may well be root's. */
static bool is_person(const struct server *srv, uid_t uid)
{
    return srv->set->private || (uid != 0 && uid != 65534 && uid != (uid_t)-1);
}

static struct peer *admit(struct server *srv, uid_t uid, const char **text)
{
    struct peer *p = NULL;
    pthread_mutex_lock(&srv->lock);
    if (srv->connections >= srv->set->limits.sessions)
        *text = _("同时登录的人太多，请稍后再试");
    else if (!(p = peer_join(srv, uid)))
        *text = _("您同时打开的连接太多，请先退出不用的窗口");
    else
        srv->connections++;
    pthread_mutex_unlock(&srv->lock);
    return p;
}

int listen_accept(struct server *srv)
{
    int fd = accept4(srv->lfd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM ? HE_LIMIT
                                                                                         : 0;
    struct ucred cred;
    socklen_t len = sizeof cred;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0 || !is_person(srv, cred.uid)) {
        log_warn("connection.refused", "uid=%d reason=no_person", (int)cred.uid);
        turn_away(fd, HE_DENIED, _("请用您本人的登录名进入"));
        return 0;
    }
    const char *text;
    struct peer *p = admit(srv, cred.uid, &text);
    if (!p) {
        log_debug("connection.refused", "uid=%u reason=limit", cred.uid);
        turn_away(fd, HE_BUSY, text);
        return 0;
    }
    return session_start(srv, fd, cred.uid, p);
}
