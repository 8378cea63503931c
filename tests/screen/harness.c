#include <config.h>

#include "screen/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "base/base.h"
#include "base/conv.h"
#include "base/text.h"

enum { RAW_MAX = 64 * 1024, QUIET_MS = 25 };

struct harness {
    int fd, pid;
    bool gb, silent, gone; /* gone: the program closed its side */
    int status;            /* -1 while it runs */
    VTerm *vt;
    VTermScreen *screen;
    unsigned char part[4]; /* of a GB18030 character */
    int part_len;
    bool escape; /* inside an escape sequence, whose bytes are ASCII */
    size_t bytes;
    struct timespec last;
    char raw[RAW_MAX];
    size_t raw_len;
    char *text;
};

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void write_all(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t w = write(fd, s, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return;
        s += w;
        n -= (size_t)w;
    }
}

/* What the terminal answers (cursor reports) goes to the program as input. */
static void answer(const char *s, size_t n, void *user)
{
    struct harness *h = user;
    if (!h->silent)
        write_all(h->fd, s, n);
}

static void run_child(const struct harness_opts *o)
{
    setenv("TERM", o->term ? o->term : "xterm-256color", 1);
    setenv("HUTONG_TERM_ENCODING", o->gb18030 ? "GB18030" : "UTF-8", 1);
    for (const char *const *e = o->env; e && *e; e++)
        putenv(base_unconst(*e));
    execvp(o->argv[0], base_unconst(o->argv));
    _exit(127);
}

static int harness_free(struct harness *h)
{
    if (h->status < 0) {
        close(h->fd); /* a hangup */
        h->fd = -1;
        if (harness_wait_exit(h, 2000) < 0) {
            kill(h->pid, SIGKILL);
            waitpid(h->pid, &h->status, 0);
        }
    }
    if (h->fd >= 0)
        close(h->fd);
    vterm_free(h->vt);
    return 0;
}

struct harness *harness_start(void *ctx, const struct harness_opts *o)
{
    struct winsize w = {.ws_row = (unsigned short)(o->rows ? o->rows : 24),
                        .ws_col = (unsigned short)(o->cols ? o->cols : 80)};
    struct harness *h = talloc_zero(ctx, struct harness);
    MUST(h);
    h->gb = o->gb18030;
    h->silent = o->silent;
    h->status = -1;
    h->vt = vterm_new(w.ws_row, w.ws_col);
    vterm_set_utf8(h->vt, 1);
    h->screen = vterm_obtain_screen(h->vt);
    vterm_screen_enable_altscreen(h->screen, 1);
    vterm_screen_reset(h->screen, 1);
    vterm_output_set_callback(h->vt, answer, h);
    h->pid = forkpty(&h->fd, NULL, NULL, &w);
    MUST(h->pid >= 0);
    if (h->pid == 0)
        run_child(o);
    fcntl(h->fd, F_SETFD, FD_CLOEXEC);
    talloc_set_destructor(h, harness_free);
    return h;
}

void harness_stop(struct harness *h)
{
    talloc_free(h);
}

int harness_pid(const struct harness *h)
{
    return h->pid;
}

/* GB18030 bytes as UTF-8 to libvterm; ambiguous characters as wide ones, as such terminals show
 * them. */
static void gb_byte(struct harness *h, unsigned char b)
{
    char out[4];
    if (h->part_len == 0 && b < 0x80) {
        out[0] = (char)b;
        vterm_input_write(h->vt, out, 1);
        return;
    }
    h->part[h->part_len++] = b;
    uint32_t cp = conv_gb18030_char(h->part, h->part_len);
    if (cp == 0 && h->part_len < 4)
        return;
    h->part_len = 0;
    if (cp == 0xB7)
        cp = 0x30FB;
    else if (cp == UINT32_MAX || text_cp_ambiguous(cp))
        cp = 0x3013;
    vterm_input_write(h->vt, out, (size_t)text_put(out, cp));
}

/* Takes what comes within ms; false when nothing came. */
static bool pump(struct harness *h, int ms)
{
    char buf[8192];
    struct pollfd p = {.fd = h->fd, .events = POLLIN};
    if (h->fd < 0 || h->gone || poll(&p, 1, ms) <= 0)
        return false;
    ssize_t n = read(h->fd, buf, sizeof(buf));
    if (n <= 0) {
        h->gone = true;
        return false;
    }
    h->bytes += (size_t)n;
    clock_gettime(CLOCK_MONOTONIC, &h->last);
    size_t keep = (size_t)n < RAW_MAX - h->raw_len ? (size_t)n : RAW_MAX - h->raw_len;
    memcpy(h->raw + h->raw_len, buf, keep);
    h->raw_len += keep;
    if (h->gb)
        for (ssize_t i = 0; i < n; i++)
            gb_byte(h, (unsigned char)buf[i]);
    else
        vterm_input_write(h->vt, buf, (size_t)n);
    return true;
}

void harness_send_raw(struct harness *h, const char *bytes, size_t n)
{
    write_all(h->fd, bytes, n);
}

void harness_send(struct harness *h, const char *utf8)
{
    char *gb = NULL;
    size_t n = strlen(utf8);
    if (h->gb && conv_from_utf8(h, utf8, n, CONV_GB18030, "?", &gb, &n) == 0)
        write_all(h->fd, gb, n);
    else
        write_all(h->fd, utf8, n);
    talloc_free(gb);
}

void harness_resize(struct harness *h, int rows, int cols)
{
    struct winsize w = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    vterm_set_size(h->vt, rows, cols);
    ioctl(h->fd, TIOCSWINSZ, &w);
}

void harness_hangup(struct harness *h)
{
    close(h->fd);
    h->fd = -1;
}

/* ---- reading the screen ---- */

static char *cell_text(char *out, const VTermScreenCell *c)
{
    char utf8[4];
    if (c->chars[0] == 0)
        return talloc_strdup_append(out, " ");
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c->chars[i]; i++)
        out = talloc_strndup_append(out, utf8, (size_t)text_put(utf8, c->chars[i]));
    return out;
}

static int screen_rows(struct harness *h)
{
    int rows, cols;
    vterm_get_size(h->vt, &rows, &cols);
    return rows;
}

static char *row_text(struct harness *h, char *out, int row)
{
    int rows, cols;
    VTermScreenCell c;
    vterm_get_size(h->vt, &rows, &cols);
    size_t start = strlen(out), end;
    for (int col = 0; col<cols; col += c.width> 0 ? c.width : 1) {
        vterm_screen_get_cell(h->screen, (VTermPos){row, col}, &c);
        out = cell_text(out, &c);
    }
    for (end = strlen(out); end > start && out[end - 1] == ' ';)
        end--;
    out[end] = '\0';
    return out;
}

const char *harness_row(struct harness *h, int row)
{
    talloc_free(h->text);
    h->text = row_text(h, talloc_strdup(h, ""), row);
    return h->text;
}

const char *harness_text(struct harness *h)
{
    talloc_free(h->text);
    h->text = talloc_strdup(h, "");
    for (int row = 0; row < screen_rows(h); row++)
        h->text = talloc_strdup_append(row_text(h, h->text, row), "\n");
    return h->text;
}

char harness_attr(struct harness *h, int row, int col)
{
    VTermScreenCell c;
    vterm_screen_get_cell(h->screen, (VTermPos){row, col}, &c);
    return c.attrs.reverse ? 'r' : c.attrs.bold ? 'b' : c.attrs.underline ? 'u' : '.';
}

void harness_cursor(struct harness *h, int *row, int *col)
{
    VTermPos pos;
    vterm_state_get_cursorpos(vterm_obtain_state(h->vt), &pos);
    *row = pos.row;
    *col = pos.col;
}

/* ---- waiting ---- */

struct wanted {
    const char *needle;
    bool gone;
    int row, col; /* row -1: anywhere; needle NULL: the cursor */
};

static bool is_there(struct harness *h, const struct wanted *w)
{
    int row, col;
    if (!w->needle) {
        harness_cursor(h, &row, &col);
        return row == w->row && col == w->col;
    }
    const char *text = w->row < 0 ? harness_text(h) : harness_row(h, w->row);
    return (strstr(text, w->needle) != NULL) != w->gone;
}

static bool wait_for(struct harness *h, const struct wanted *w, int ms)
{
    int64_t until = now_ms() + ms;
    while (!is_there(h, w)) {
        int left = (int)(until - now_ms());
        if (left <= 0 || (!pump(h, left) && h->gone))
            return is_there(h, w);
    }
    return true;
}

bool harness_wait(struct harness *h, const char *needle, int ms)
{
    return wait_for(h, &(struct wanted){.needle = needle, .row = -1}, ms);
}

bool harness_wait_gone(struct harness *h, const char *needle, int ms)
{
    return wait_for(h, &(struct wanted){.needle = needle, .row = -1, .gone = true}, ms);
}

bool harness_wait_row(struct harness *h, int row, const char *needle, int ms)
{
    return wait_for(h, &(struct wanted){.needle = needle, .row = row}, ms);
}

bool harness_wait_cursor(struct harness *h, int row, int col, int ms)
{
    return wait_for(h, &(struct wanted){.row = row, .col = col}, ms);
}

void harness_settle(struct harness *h)
{
    while (pump(h, QUIET_MS)) {
    }
}

int harness_wait_exit(struct harness *h, int ms)
{
    int64_t until = now_ms() + ms;
    while (h->status < 0) {
        pump(h, 5); /* its last output must not block it */
        if (waitpid(h->pid, &h->status, WNOHANG) == h->pid)
            break;
        h->status = -1;
        if (now_ms() > until)
            return -1;
        if (h->fd < 0 || h->gone)
            poll(NULL, 0, 1);
    }
    while (pump(h, 0)) {
    }
    return h->status;
}

/* ---- counting and dumping ---- */

size_t harness_bytes(const struct harness *h)
{
    return h->bytes;
}

double harness_last(const struct harness *h)
{
    return (double)h->last.tv_sec + (double)h->last.tv_nsec / 1e9;
}

void harness_bytes_reset(struct harness *h)
{
    h->bytes = 0;
}

const char *harness_raw(const struct harness *h, size_t *n)
{
    *n = h->raw_len;
    return h->raw;
}

void harness_dump(struct harness *h, FILE *f)
{
    int rows, cols, row, col;
    VTermScreenCell c;
    vterm_get_size(h->vt, &rows, &cols);
    for (row = 0; row < rows; row++) {
        const char *now = "";
        for (col = 0; col<cols; col += c.width> 0 ? c.width : 1) {
            vterm_screen_get_cell(h->screen, (VTermPos){row, col}, &c);
            const char *want = c.attrs.reverse     ? "7"
                               : c.attrs.bold      ? "1"
                               : c.attrs.underline ? "4"
                                                   : "";
            if (strcmp(now, want) != 0)
                fprintf(f, "\033[m%s%s%s", *want ? "\033[" : "", want, *want ? "m" : "");
            now = want;
            char *s = cell_text(talloc_strdup(h, ""), &c);
            fputs(s, f);
            talloc_free(s);
        }
        fputs(*now ? "\033[m\n" : "\n", f);
    }
    harness_cursor(h, &row, &col);
    fprintf(f, "\033[%d;%dH", row + 1, col + 1);
}
