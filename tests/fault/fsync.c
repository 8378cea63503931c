/* The n-th fsync fails, for every n: the process ends at once, and what it acknowledged is there. */
#include "server/store_box.h"

#define PUTS 12

static int fd_ack;

static void put_until_failure(struct box *b)
{
    char byte = 'x';
    box_open(b);
    for (int i = 0; i < PUTS; i++) {
        box_put(b, b->child, 0, "name=甲|village=320681001001");
        if (write(fd_ack, &byte, 1) != 1)
            _exit(2);
    }
    store_close(&b->s);
}

static int count_fn(struct txn *t, void *arg)
{
    uint64_t n;
    (void)arg;
    int err = txn_count(t, dict_form(txn_dict(t), "child"), &n);
    return err ? err : (int)n;
}

Test(fault, fsync)
{
    struct box b;
    int ended = 0, acked = 0, n = 1;
    box_new(&b);
    store_close(&b.s);
    for (bool done = false; !done; n++) {
        int fd[2];
        char byte;
        cr_assert_eq(pipe(fd), 0);
        fd_ack = fd[1];
        b.conf.fault = text_printf(b.ctx, "fsync_fail=%d", n);
        int status = box_fork(put_until_failure, &b);
        close(fd[1]);
        while (read(fd[0], &byte, 1) == 1)
            acked++;
        close(fd[0]);
        cr_assert(WIFEXITED(status), "fsync %d: status %d", n, status);
        done = WEXITSTATUS(status) == 0; /* fewer than n were needed */
        cr_assert(done || WEXITSTATUS(status) == 70, "fsync %d: exit %d", n, WEXITSTATUS(status));
        ended += !done;
        b.conf.fault = NULL;
        box_open(&b);
        cr_assert_geq(store_read(b.s, count_fn, NULL), acked, "after fsync %d", n);
        store_close(&b.s);
    }
    cr_assert_gt(ended, PUTS, "only %d fsyncs could fail", ended);
    cr_assert_eq(store_verify_stopped(&b.conf, b.dict, NULL, NULL), 0);
    box_free(&b);
}
