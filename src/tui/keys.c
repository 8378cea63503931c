/* The byte-level decoder; tables of actions are in actions.c. */
#include "tui/keys.h"

#include <string.h>
#include <talloc.h>

#include "base/text.h"

enum { SEQ_MAX = 32, STRING_MAX = 256, PASTE_MAX = 64 * 1024, GUESS_MIN = 8 };

enum state {
    ST_GROUND,
    ST_ESC,    /* lone Esc: the prefix */
    ST_ESCESC, /* after Esc Esc was told: a '[' that follows belongs to Alt with an arrow */
    ST_CSI,
    ST_CSI_LINUX, /* ESC [ [ of the Linux console */
    ST_SS3,
    ST_STRING, /* OSC, DCS and the like up to BEL, ST or a control */
    ST_PASTE,
};

struct keys {
    enum state state;
    enum conv_enc enc;
    bool brackets; /* the terminal was seen to bracket pastes: no guessing */
    bool replay;
    bool after_cr; /* a LF right after it is the same key */
    unsigned char part[4];
    int part_len;
    char seq[SEQ_MAX + 1];
    int seq_len;
    char *paste;
    size_t paste_len;
    unsigned char raw[24];
    int raw_len;
    char *given; /* the text of the paste handed out last */
    struct key *queue;
    size_t head, tail, room;
};

struct keys *keys_new(void *ctx, enum conv_enc enc)
{
    struct keys *k = talloc_zero(ctx, struct keys);
    MUST(k);
    k->enc = enc;
    return k;
}

bool keys_prefix(const struct keys *k)
{
    return k->state == ST_ESC;
}

static struct key *emit(struct keys *k, enum key_kind kind, uint32_t code)
{
    if (k->tail == k->room) {
        if (k->head > 0) {
            memmove(k->queue, k->queue + k->head, (k->tail - k->head) * sizeof(*k->queue));
            k->tail -= k->head;
            k->head = 0;
        } else {
            k->room = k->room ? k->room * 2 : 16;
            k->queue = talloc_realloc(k, k->queue, struct key, k->room);
            MUST(k->queue);
        }
    }
    struct key *e = &k->queue[k->tail++];
    memset(e, 0, sizeof(*e));
    e->kind = kind;
    e->code = code;
    memcpy(e->raw, k->raw, sizeof(e->raw));
    e->raw_len = k->raw_len;
    k->raw_len = 0;
    return e;
}

bool keys_next(struct keys *k, struct key *out)
{
    TALLOC_FREE(k->given);
    if (k->head == k->tail) {
        k->head = k->tail = 0;
        return false;
    }
    *out = k->queue[k->head++];
    k->given = base_unconst(out->text);
    return true;
}

void keys_again(struct keys *k)
{
    if (k->head > 0)
        k->head--;
}

bool keys_take_ctrl(struct keys *k, char letter)
{
    for (size_t i = k->head; i < k->tail; i++) {
        if (k->queue[i].kind != K_CTRL || k->queue[i].code != (uint32_t)letter)
            continue;
        memmove(&k->queue[i], &k->queue[i + 1], (k->tail - i - 1) * sizeof(*k->queue));
        k->tail--;
        return true;
    }
    return false;
}

/* Raw bytes of a paste to clean UTF-8: line ends become LF, tabs blanks, other controls go. */
static char *paste_clean(struct keys *k, const char *bytes, size_t n)
{
    char *text = NULL;
    size_t len = 0, bad;
    if (k->enc == CONV_GB18030 && !k->replay) {
        if (conv_to_utf8(k, bytes, n, k->enc, &text, &len, &bad) != 0)
            text = talloc_strdup(k, "");
    } else {
        text = talloc_strndup(k, bytes, n);
    }
    MUST(text);
    char *w = text;
    for (const char *r = text; *r;) {
        const char *from = r;
        uint32_t cp = text_next(&r);
        if (cp == '\r' && *r == '\n')
            continue;
        if (cp == '\r' || cp == '\n')
            *w++ = '\n';
        else if (cp == '\t')
            *w++ = ' ';
        else if (cp >= 0x20 && cp != 0xFFFD && text_cp_allowed(cp, true))
            for (; from < r; from++)
                *w++ = *from;
    }
    *w = '\0';
    return text;
}

static void emit_paste(struct keys *k, const char *bytes, size_t n, bool guessed)
{
    char *text = paste_clean(k, bytes, n);
    struct key *e = emit(k, K_PASTE, 0);
    e->text = text;
    e->guessed = guessed;
}

static void paste_byte(struct keys *k, unsigned char b)
{
    static const char end[] = "\033[201~";
    size_t mark = sizeof(end) - 1;
    if (k->paste_len < PASTE_MAX + mark)
        k->paste[k->paste_len++] = (char)b;
    else /* full: keep the last bytes so that the end mark is still found */
        memmove(k->paste + PASTE_MAX, k->paste + PASTE_MAX + 1, mark - 1),
            k->paste[PASTE_MAX + mark - 1] = (char)b;
    if (k->paste_len < mark || memcmp(k->paste + k->paste_len - mark, end, mark) != 0)
        return;
    k->state = ST_GROUND;
    k->brackets = true;
    emit_paste(k, k->paste, k->paste_len - mark, false);
    talloc_free(k->paste);
    k->paste = NULL;
}

static void start_paste(struct keys *k)
{
    k->state = ST_PASTE;
    k->paste = talloc_array(k, char, PASTE_MAX + 8);
    k->paste_len = 0;
    MUST(k->paste);
}

static void func(struct keys *k, enum key_func f)
{
    if (f == KF_NONE)
        emit(k, K_UNKNOWN, 0);
    else
        emit(k, K_FUNC, f);
}

/* vt220 numbers: ESC [ n ~ */
static enum key_func tilde_key(int n)
{
    static const unsigned char map[] = {
        [1] = KF_HOME,    [2] = KF_INS,     [3] = KF_DEL,     [4] = KF_END,      [5] = KF_PGUP,
        [6] = KF_PGDN,    [7] = KF_HOME,    [8] = KF_END,     [11] = KF_F1,      [12] = KF_F1 + 1,
        [13] = KF_F1 + 2, [14] = KF_F1 + 3, [15] = KF_F1 + 4, [17] = KF_F1 + 5,  [18] = KF_F1 + 6,
        [19] = KF_F1 + 7, [20] = KF_F1 + 8, [21] = KF_F1 + 9, [23] = KF_F1 + 10, [24] = KF_F1 + 11,
    };
    return n > 0 && (size_t)n < NELEM(map) ? (enum key_func)map[n] : KF_NONE;
}

static enum key_func letter_key(char c)
{
    switch (c) {
    case 'A':
        return KF_UP;
    case 'B':
        return KF_DOWN;
    case 'C':
        return KF_RIGHT;
    case 'D':
        return KF_LEFT;
    case 'H':
        return KF_HOME;
    case 'F':
        return KF_END;
    case 'Z':
        return KF_BACKTAB;
    case 'P':
    case 'Q':
    case 'R':
    case 'S':
        return KF_F1 + (enum key_func)(c - 'P');
    default:
        return KF_NONE;
    }
}

/* A number at s, capped; *s is moved past it and one following ';'. */
static int seq_number(const char **s)
{
    int n = 0;
    for (; **s >= '0' && **s <= '9'; ++*s)
        n = n < 10000 ? n * 10 + (**s - '0') : n;
    if (**s == ';')
        ++*s;
    return n;
}

/* ESC [ parameters and final byte are in k->seq. */
static void csi_done(struct keys *k)
{
    char last = k->seq[k->seq_len - 1];
    const char *s = k->seq;
    k->state = ST_GROUND;
    if (*s == '?') { /* DECRPM: does the terminal know bracketed paste? */
        s++;
        if (seq_number(&s) == 2004 && *s >= '1' && *s <= '4' && last == 'y')
            k->brackets = true;
        k->raw_len = 0;
        return;
    }
    bool plain = strspn(s, "0123456789;") == (size_t)k->seq_len - 1;
    int a = seq_number(&s), b = seq_number(&s);
    if (!plain)
        emit(k, K_UNKNOWN, 0);
    else if (last == '~' && a == 200)
        start_paste(k);
    else if (last == '~')
        func(k, tilde_key(a));
    else if (last == 'R' && a > 1) { /* 1;nR is F3 with a modifier */
        struct key *e = emit(k, K_REPORT, 0);
        e->row = a;
        e->col = b;
    } else if (k->seq_len > 1 && (last == 'P' || last == 'Q' || last == 'R' || last == 'S'))
        func(k, a == 1 ? letter_key(last) : KF_NONE);
    else if (last >= 'P' && last <= 'S') /* bare: SCO F4 … or F1 …: nobody can tell */
        emit(k, K_UNKNOWN, 0);
    else
        func(k, letter_key(last));
}

static void ss3_done(struct keys *k, char last)
{
    k->state = ST_GROUND;
    if (last >= 'p' && last <= 'y')
        emit(k, K_CHAR, (uint32_t)('0' + last - 'p'));
    else if (last >= 'j' && last <= 'o')
        emit(k, K_CHAR, (uint32_t)("*+,-./"[last - 'j']));
    else if (last >= 'a' && last <= 'd') /* rxvt: Ctrl with an arrow */
        func(k, letter_key((char)(last - 'a' + 'A')));
    else if (last == 'M')
        func(k, KF_ENTER);
    else if (last >= 'P' && last <= '[') /* PuTTY VT100+ goes on to F12 = ESC O [ */
        func(k, KF_F1 + (enum key_func)(last - 'P'));
    else
        func(k, letter_key(last));
}

static void ground_byte(struct keys *k, unsigned char b);

/* Inside CSI or SS3. A control or a byte of a Chinese character ends the sequence unfinished. */
static void seq_byte(struct keys *k, unsigned char b)
{
    if (b < 0x20 || b >= 0x7f) {
        k->state = ST_GROUND;
        k->raw_len = 0;
        ground_byte(k, b);
        return;
    }
    if (k->state == ST_CSI_LINUX) {
        k->state = ST_GROUND;
        func(k, b >= 'A' && b <= 'E' ? KF_F1 + (enum key_func)(b - 'A') : KF_NONE);
        return;
    }
    if (k->state == ST_CSI && k->seq_len == 0 && b == '[') {
        k->state = ST_CSI_LINUX;
        return;
    }
    if (k->seq_len < SEQ_MAX) {
        k->seq[k->seq_len++] = (char)b;
        k->seq[k->seq_len] = '\0';
    }
    if (k->state == ST_CSI && b >= 0x40)
        k->seq_len < SEQ_MAX ? csi_done(k) : (k->state = ST_GROUND, func(k, KF_NONE));
    else if (k->state == ST_SS3 && b != ';' && !(b >= '0' && b <= '9'))
        ss3_done(k, (char)b);
}

static void start_seq(struct keys *k, enum state st)
{
    k->state = st;
    k->seq_len = 0;
}

/* The byte after Esc; next is the byte behind it in the same read, 0 when there is none yet. */
static void esc_byte(struct keys *k, unsigned char b, unsigned char next)
{
    if (b == '[' || b == 'O') {
        start_seq(k, b == '[' ? ST_CSI : ST_SS3);
    } else if (b == ']' || b == 'P' || b == 'X' || b == '^' || b == '_') {
        start_seq(k, ST_STRING);
    } else if (b == 0x1b) {
        if (next == '[' || next == 'O') { /* Alt with a function key: Esc Esc [ A */
            k->state = ST_ESC;
            return;
        }
        k->state = ST_ESCESC;
        func(k, KF_ESCESC);
    } else {
        k->state = ST_GROUND;
        if (b >= '0' && b <= '9')
            func(k, KF_F1 + (enum key_func)(b == '0' ? 9 : b - '1'));
        else if (b == ' ')
            func(k, KF_ESCSPACE);
        else if (b >= 0x80) /* no terminal sequence has such a byte: the person types on */
            ground_byte(k, b);
        else
            emit(k, K_UNKNOWN, 0);
    }
}

static void control_byte(struct keys *k, unsigned char b)
{
    bool same_key = b == '\n' && k->after_cr;
    k->after_cr = b == '\r';
    if (b == 0x1b)
        k->state = ST_ESC;
    else if (b == 8 || b == 127)
        func(k, KF_BACKSPACE);
    else if ((b == '\r' || b == '\n') && !same_key)
        func(k, KF_ENTER);
    else if (b == '\t')
        func(k, KF_TAB);
    else if (b == 0 || b == 0x11 || b == '\n') /* ^@ belongs to input methods, ^Q to flow control */
        k->raw_len = 0;
    else
        emit(k, K_CTRL, (uint32_t)(b + '@'));
}

/* One more byte of a multi-byte character. True when the byte was used. */
static bool part_byte(struct keys *k, unsigned char b)
{
    uint32_t cp;
    if (k->enc == CONV_GB18030 && !k->replay) {
        k->part[k->part_len++] = b;
        cp = conv_gb18030_char(k->part, k->part_len);
        if (cp == 0 && k->part_len < 4)
            return true;
    } else {
        unsigned char lead = k->part_len ? k->part[0] : b;
        int need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        bool good = k->part_len ? (b & 0xc0) == 0x80 : lead >= 0xc2 && lead <= 0xf4;
        k->part[k->part_len++] = b;
        if (good && k->part_len < need)
            return true;
        char s[5] = {0};
        memcpy(s, k->part, (size_t)k->part_len);
        const char *p = s;
        cp = good && text_valid(s, (size_t)k->part_len) ? text_next(&p) : UINT32_MAX;
    }
    bool used = cp != UINT32_MAX || k->part_len == 1;
    k->part_len = 0;
    if (cp != UINT32_MAX && cp >= 0xa0)
        emit(k, K_CHAR, cp);
    else
        k->raw_len = 0;
    return used;
}

static void ground_byte(struct keys *k, unsigned char b)
{
    if (b < 0x20 || b == 0x7f)
        k->part_len = 0;
    if ((k->part_len || b >= 0x80) && part_byte(k, b)) {
        k->after_cr = false;
        return;
    }
    if (b < 0x20 || b == 0x7f) {
        control_byte(k, b);
        return;
    }
    k->after_cr = false;
    if (b < 0x80)
        emit(k, K_CHAR, b);
    else
        part_byte(k, b);
}

/* Ends at BEL, at ST, and, so that a stray Esc ] cannot swallow a whole evening, at any control. */
static void string_byte(struct keys *k, unsigned char b)
{
    if (b == 0x1b) {
        k->state = ST_ESC;
    } else if (b < 0x20 || ++k->seq_len > STRING_MAX) {
        k->state = ST_GROUND;
        emit(k, K_UNKNOWN, 0);
    }
}

static void feed_byte(struct keys *k, unsigned char b, unsigned char next)
{
    if (k->raw_len < (int)sizeof(k->raw))
        k->raw[k->raw_len++] = b;
    switch (k->state) {
    case ST_ESCESC:
        k->state = ST_GROUND;
        if (b == '[')
            start_seq(k, ST_CSI);
        else
            ground_byte(k, b);
        break;
    case ST_GROUND:
        ground_byte(k, b);
        break;
    case ST_ESC:
        esc_byte(k, b, next);
        break;
    case ST_CSI:
    case ST_CSI_LINUX:
    case ST_SS3:
        seq_byte(k, b);
        break;
    case ST_STRING:
        string_byte(k, b);
        break;
    case ST_PASTE:
        paste_byte(k, b);
        break;
    }
}

/*
 * A terminal without bracketed paste sends a paste as a burst: at least eight bytes in one read, a
 * line end among them with text behind it, and no key but line ends and tabs. Fast typing on a slow
 * line can look the same, so this holds only until the terminal proves to bracket pastes, and
 * screens without a text field take such a paste as keys.
 */
static bool looks_pasted(const struct keys *k, const char *s, size_t n)
{
    bool line_end = false, after = false;
    if (k->brackets || k->replay || k->state != ST_GROUND || n < GUESS_MIN)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)s[i];
        if (b == '\r' || b == '\n')
            line_end = true;
        else if ((b < 0x20 && b != '\t') || b == 0x7f)
            return false;
        else
            after = after || line_end;
    }
    return after;
}

void keys_feed(struct keys *k, const char *bytes, size_t n)
{
    k->after_cr = false;
    if (looks_pasted(k, bytes, n)) {
        k->part_len = 0;
        emit_paste(k, bytes, n, true);
        return;
    }
    for (size_t i = 0; i < n; i++)
        feed_byte(k, (unsigned char)bytes[i], i + 1 < n ? (unsigned char)bytes[i + 1] : 0);
}

void keys_replay(struct keys *k, const char *utf8)
{
    char *copy = talloc_strdup(k, utf8);
    MUST(copy);
    k->replay = true;
    keys_feed(k, copy, strlen(copy));
    k->replay = false;
    talloc_free(copy);
}
