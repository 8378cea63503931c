/*
 * One message, one packet. SOCK_SEQPACKET keeps the borders, so there is no length to lie about and
 * no half message: a packet is whole, or refused and the connection with it.
 */
#include "wire/wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <talloc.h>
#include <time.h>

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Waits until fd is ready or `until` has passed (negative: for ever). A hang-up counts as ready. */
static int wait_ready(int fd, short events, int64_t until)
{
    for (;;) {
        int64_t left = until < 0 ? -1 : until - now_ms();
        if (until >= 0 && left < 0)
            left = 0;
        struct pollfd p = {.fd = fd, .events = events};
        int n = poll(&p, 1, (int)left);
        if (n > 0)
            return p.revents & POLLNVAL ? HE_UNREACHABLE : 0;
        if (n == 0)
            return HE_BUSY;
        if (errno != EINTR)
            return HE_UNREACHABLE;
    }
}

static int64_t deadline(int timeout_ms)
{
    return timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
}

static int send_packet(int fd, const char *bytes, size_t len, int64_t until)
{
    for (;;) {
        if (send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
            return 0;
        if (errno == EMSGSIZE)
            return HE_TOOBIG;
        if (errno != EAGAIN && errno != EINTR)
            return HE_UNREACHABLE;
        int r = wait_ready(fd, POLLOUT, until);
        if (r < 0)
            return r;
    }
}

int wire_send(int fd, const struct node *n, int timeout_ms)
{
    char *bytes;
    size_t len;
    void *tmp = talloc_new(NULL);
    node_encode(tmp, n, &bytes, &len);
    int r = len > WIRE_MAX ? HE_TOOBIG : send_packet(fd, bytes, len, deadline(timeout_ms));
    talloc_free(tmp);
    return r;
}

/*
 * Length of the next packet without taking it, so that a session holds no 64 KiB buffer while idle.
 * A peer that closed with our packets unread leaves ECONNRESET before its own last words: the error
 * is reported once, what it sent is read after it.
 */
static ssize_t next_length(int fd)
{
    bool reset = false;
    for (;;) {
        char byte;
        ssize_t n = recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
        if (n >= 0 || (errno != EINTR && (errno != ECONNRESET || reset)))
            return n;
        reset = errno == ECONNRESET;
    }
}

/* With no room for control data the kernel closes any descriptor that came along; a peer that sends
 * some is no client of ours. */
static int take_packet(int fd, char *buf, size_t len)
{
    struct iovec io = {.iov_base = buf, .iov_len = len};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
    ssize_t n;
    do
        n = recvmsg(fd, &m, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return HE_UNREACHABLE;
    if (m.msg_flags & MSG_CTRUNC)
        return HE_PROTOCOL;
    if (m.msg_flags & MSG_TRUNC)
        return HE_TOOBIG;
    return (size_t)n == len ? 0 : HE_PROTOCOL;
}

int wire_recv(void *ctx, int fd, struct node **out, int timeout_ms)
{
    int64_t until = deadline(timeout_ms);
    ssize_t len;
    while ((len = next_length(fd)) < 0) {
        if (errno != EAGAIN)
            return HE_UNREACHABLE;
        int r = wait_ready(fd, POLLIN, until);
        if (r < 0)
            return r;
    }
    if (len == 0)
        return HE_UNREACHABLE; /* the end, or an empty packet, which says as much */
    void *tmp = talloc_new(NULL);
    size_t room = len > WIRE_MAX ? 1 : (size_t)len;
    char *buf = talloc_size(tmp, room);
    MUST(buf);
    int r = take_packet(fd, buf, room);
    if (r == 0)
        r = node_decode(ctx, buf, room, out);
    talloc_free(tmp);
    return r;
}
