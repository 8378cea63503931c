/* Terminal modes, signals and the grid. Painting is in paint.c, which sees struct terminal through
 * term_priv.h; terminfo is looked up here only. */
#include <config.h>

#include "base/err.h" /* before curses.h, which has an ERR of its own */
#include "tui/term_priv.h"

#define NCURSES_NOMACROS
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <talloc.h>
#include <term.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"

/* For the signal handlers: the terminal that is taken, and its pipe. */
static struct terminal *taken;
static volatile sig_atomic_t hung_up;
static int pipe_fds[2] = {-1, -1};

static const int caught[] = {SIGWINCH, SIGHUP, SIGTERM, SIGINT, SIGCONT};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static void on_signal(int sig)
{
    int keep = errno;
    unsigned char b = sig == SIGWINCH  ? TERM_EV_RESIZE
                      : sig == SIGCONT ? TERM_EV_CONTINUE
                                       : TERM_EV_HANGUP;
    if (b == TERM_EV_HANGUP)
        hung_up = 1;
    if (write(pipe_fds[1], &b, 1) < 0) { /* full: an event is waiting already */
    }
    errno = keep;
}

/* Only what is safe in a signal handler. */
static void give_back(struct terminal *t)
{
    if (write(t->fd, t->leave, t->leave_len) < 0) { /* the line is gone: nothing to restore */
    }
    tcsetattr(t->fd, TCSANOW, &t->saved);
}

static void on_crash(int sig)
{
    if (taken)
        give_back(taken);
    taken = NULL;
    signal(sig, SIG_DFL);
    raise(sig);
}

static void on_exit_restore(void)
{
    if (taken)
        give_back(taken);
    taken = NULL;
}

bool term_hung_up(void)
{
    return hung_up != 0;
}

/* A capability without its padding marks ($<5>): every terminal of today keeps up. */
static char *cap_text(void *ctx, const char *s)
{
    if (!s || s == (char *)-1)
        return NULL;
    char *out = talloc_strdup(ctx, s), *w = out;
    MUST(out);
    for (const char *r = s; *r;) {
        const char *end = r[0] == '$' && r[1] == '<' ? strchr(r, '>') : NULL;
        if (end)
            r = end + 1;
        else
            *w++ = *r++;
    }
    *w = '\0';
    return out;
}

static char *cap(void *ctx, const char *name)
{
    return cap_text(ctx, tigetstr(name));
}

static void cut_out(char *s, const char *part)
{
    char *at = strstr(s, part);
    if (at)
        memmove(at, at + strlen(part), strlen(at + strlen(part)) + 1);
}

/* Looks a terminal up: HE_NOTFOUND when it is unknown, HE_FORMAT when it cannot place its cursor. */
static int load_caps(struct terminal *t, const char *name)
{
    int err;
    if (setupterm(name, t->fd, &err) != OK || err != 1)
        return HE_NOTFOUND;
    t->clear = cap(t, "clear");
    t->cup = cap(t, "cup");
    t->cuf = cap(t, "cuf");
    t->el = cap(t, "el");
    t->attr_on[0] = cap(t, "bold");
    t->attr_on[1] = cap(t, "rev");
    t->attr_on[2] = cap(t, "smul");
    t->attr_off = cap(t, "sgr0");
    if (t->attr_off) { /* we never switch the character set, so need not switch it back */
        cut_out(t->attr_off, "\033(B");
        cut_out(t->attr_off, "\017");
    }
    const char *enter = cap(t, "smcup"), *leave = cap(t, "rmcup"), *rmkx = cap(t, "rmkx");
    t->wraps = tigetflag("am") == 1 && tigetflag("xenl") != 1;
    t->ti_rows = tigetnum("lines");
    t->ti_cols = tigetnum("cols");
    if (!t->cup || !t->clear || !t->attr_off)
        return HE_FORMAT;
    /* Keypad to digits, mouse reports off (a crashed program may have left them on). */
    t->enter = text_printf(t, "%s%s\033[?1000l\033[?2004h", enter ? enter : "", rmkx ? rmkx : "");
    t->leave =
        text_printf(t, "\033[?2004l%s%s%s", t->attr_off, leave ? leave : "", leave ? "" : t->clear);
    t->leave_len = strlen(t->leave);
    return 0;
}

const char *term_cup(struct terminal *t, int row, int col)
{
    const char *s = tiparm(t->cup, row, col);
    return s ? s : "";
}

const char *term_cuf(struct terminal *t, int n)
{
    const char *s = t->cuf ? tiparm(t->cuf, n) : NULL;
    return s ? s : "";
}

static void set_raw(struct terminal *t)
{
    struct termios raw = t->saved;
    raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON |
                               IXOFF | INPCK);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(t->fd, TCSADRAIN, &raw);
    term_send(t, t->enter, strlen(t->enter));
}

static void blank_grid(struct cell *g, int cells)
{
    static const struct cell blank = {.text = " ", .width = 1};
    for (int i = 0; i < cells; i++)
        g[i] = blank;
}

/* Reads the size of the window and makes both grids anew. */
static void take_size(struct terminal *t)
{
    struct winsize w = {0};
    if (ioctl(t->fd, TIOCGWINSZ, &w) != 0 || w.ws_row == 0 || w.ws_col == 0) {
        w.ws_row = t->ti_rows > 0 ? (unsigned short)t->ti_rows : 24;
        w.ws_col = t->ti_cols > 0 ? (unsigned short)t->ti_cols : 80;
    }
    t->rows = w.ws_row < TERM_MAX_ROWS ? w.ws_row : TERM_MAX_ROWS;
    t->cols = w.ws_col < TERM_MAX_COLS ? w.ws_col : TERM_MAX_COLS;
    talloc_free(t->want);
    talloc_free(t->have);
    t->want = talloc_array(t, struct cell, (unsigned)(t->rows * t->cols));
    t->have = talloc_array(t, struct cell, (unsigned)(t->rows * t->cols));
    MUST(t->want && t->have);
    blank_grid(t->want, t->rows * t->cols);
    t->caret_row = t->caret_col = 0;
    term_forget(t);
}

static void catch_signals(bool on)
{
    struct sigaction sa = {.sa_handler = on ? on_signal : SIG_DFL};
    sigemptyset(&sa.sa_mask);
    for (size_t i = 0; i < NELEM(caught); i++)
        sigaction(caught[i], &sa, NULL);
    sa.sa_handler = on ? on_crash : SIG_DFL;
    for (size_t i = 0; i < NELEM(fatal); i++)
        sigaction(fatal[i], &sa, NULL);
    signal(SIGTSTP, on ? SIG_IGN : SIG_DFL);
    signal(SIGPIPE, on ? SIG_IGN : SIG_DFL);
}

static int term_destroy(struct terminal *t)
{
    if (taken == t)
        on_exit_restore();
    catch_signals(false);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    pipe_fds[0] = pipe_fds[1] = -1;
    del_curterm(cur_term);
    return 0;
}

static int find_caps(struct terminal *t, const char *name)
{
    const char *chain[] = {name, "xterm-256color", "xterm", "vt100"};
    int r = HE_NOTFOUND;
    for (size_t i = 0; i < NELEM(chain) && r == HE_NOTFOUND; i++)
        if (chain[i] && *chain[i])
            r = load_caps(t, chain[i]);
    return r; /* a known one that cannot (dumb) is not tried as another */
}

int term_open(void *ctx, const struct term_opts *opts, struct terminal **out, const char **why)
{
    static bool at_exit;
    MUST(!taken);
    struct terminal *t = talloc_zero(ctx, struct terminal);
    MUST(t);
    t->fd = opts->fd;
    t->enc = opts->enc;
    t->two_byte = opts->two_byte;
    t->amb = 2;
    if (tcgetattr(t->fd, &t->saved) != 0) {
        *why = _("要在终端里运行，请用 ssh 登录后再启动");
        talloc_free(t);
        return HE_IO;
    }
    if (find_caps(t, opts->name) != 0 || pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0) {
        *why = _("不认识这种终端，请把环境变量 TERM 设成 xterm 或 vt100 再试");
        talloc_free(t);
        return HE_NOTFOUND;
    }
    hung_up = 0;
    taken = t;
    talloc_set_destructor(t, term_destroy);
    catch_signals(true);
    if (!at_exit)
        atexit(on_exit_restore);
    at_exit = true;
    set_raw(t);
    take_size(t);
    *out = t;
    return 0;
}

/* "zh_CN.GB18030" → its codeset. */
static const char *codeset_of(const char *locale)
{
    const char *dot = locale ? strchr(locale, '.') : NULL;
    return dot ? dot + 1 : "";
}

void term_opts_from_env(struct term_opts *o)
{
    static const char *const vars[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *set = getenv("HUTONG_TERM_ENCODING");
    for (size_t i = 0; i < NELEM(vars) && !(set && *set); i++) {
        const char *v = getenv(vars[i]);
        if (v && *v)
            set = *codeset_of(v) ? codeset_of(v) : "UTF-8";
    }
    o->fd = STDIN_FILENO;
    o->name = getenv("TERM");
    o->enc = set && strncasecmp(set, "gb", 2) == 0 ? CONV_GB18030 : CONV_UTF8;
    o->two_byte = set && (strcasecmp(set, "gbk") == 0 || strcasecmp(set, "gb2312") == 0);
}

int term_rows(const struct terminal *t)
{
    return t->rows;
}

int term_cols(const struct terminal *t)
{
    return t->cols;
}

bool term_too_small(const struct terminal *t)
{
    return t->rows < TERM_MIN_ROWS || t->cols < TERM_MIN_COLS;
}

int term_amb_width(const struct terminal *t)
{
    return t->amb;
}

enum conv_enc term_enc(const struct terminal *t)
{
    return t->enc;
}

int term_fd(const struct terminal *t)
{
    return t->fd;
}

int term_event_fd(const struct terminal *t)
{
    (void)t;
    return pipe_fds[0];
}

unsigned term_events(struct terminal *t)
{
    unsigned char b[64];
    unsigned mask = 0;
    ssize_t n;
    while ((n = read(pipe_fds[0], b, sizeof(b))) > 0)
        for (ssize_t i = 0; i < n; i++)
            mask |= b[i];
    if (mask & TERM_EV_CONTINUE)
        set_raw(t);
    if (mask & (TERM_EV_RESIZE | TERM_EV_CONTINUE))
        take_size(t);
    return mask;
}

int term_read(struct terminal *t, char *buf, size_t room)
{
    ssize_t n;
    do
        n = read(t->fd, buf, room);
    while (n < 0 && errno == EINTR && !hung_up);
    if (n > 0)
        return (int)n;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : HE_IO;
}

void term_clear(struct terminal *t)
{
    blank_grid(t->want, t->rows * t->cols);
}

void term_caret(struct terminal *t, int row, int col)
{
    t->caret_row = row < 0 ? 0 : row >= t->rows ? t->rows - 1 : row;
    t->caret_col = col < 0 ? 0 : col >= t->cols ? t->cols - 1 : col;
}

/* Half of a wide character that is written over leaves a blank in its other half. */
static void split_wide(struct cell *row, int cols, int col)
{
    if (row[col].width == 0 && col > 0)
        blank_grid(&row[col - 1], 1);
    if (row[col].width == 2 && col + 1 < cols)
        blank_grid(&row[col + 1], 1);
}

static void set_cell(struct terminal *t, int row, int col, int width, unsigned attr, const char *s,
                     size_t n)
{
    struct cell *r = &t->want[row * t->cols];
    struct cell c = {.width = (uint8_t)width, .attr = (uint8_t)attr};
    if (n >= sizeof(c.text))
        n = sizeof(c.text) - 1;
    while (n > 1 && !text_valid(s, n))
        n--;
    memcpy(c.text, s, n);
    split_wide(r, t->cols, col);
    if (width == 2)
        split_wide(r, t->cols, col + 1);
    r[col] = c;
    if (width == 2)
        r[col + 1] = (struct cell){.attr = (uint8_t)attr};
}

int term_put(struct terminal *t, int row, int col, int cols, unsigned attr, const char *text)
{
    int used = 0;
    if (row < 0 || row >= t->rows || col < 0)
        return 0;
    if (cols > t->cols - col)
        cols = t->cols - col;
    for (size_t at = 0; text[at];) {
        size_t next = text_cluster_next(text, at);
        const char *p = text + at;
        char s[64];
        size_t n = next - at < sizeof(s) ? next - at : sizeof(s) - 1;
        memcpy(s, p, n);
        s[n] = '\0';
        uint32_t cp = text_next(&p);
        int w = text_width(s, t->amb);
        if (!text_cp_allowed(cp, false) && w > 0) { /* what cannot be stored can still be met */
            w = 1;
            strcpy(s, "?");
        } else if (w == 0) { /* a mark without its letter */
            memmove(s + 1, s, n < sizeof(s) - 1 ? n + 1 : n);
            s[0] = ' ';
            s[sizeof(s) - 1] = '\0';
            w = 1;
        }
        if (used + w > cols)
            break;
        set_cell(t, row, col + used, w > 2 ? 2 : w, attr, s, strlen(s));
        used += w > 2 ? 2 : w;
        at = next;
    }
    return used;
}
