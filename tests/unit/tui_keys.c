/* The byte decoder: every sequence of research/ux.md 1.6 at every split, text in both encodings,
 * pastes, and that no byte of a sequence ever becomes text. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "tui/keys.h"

/* Keys as one line of text: "<F1>王<^X><Enter>[pasted]". */
static char *spell(void *ctx, struct keys *k)
{
    static const char *const names[] = {[KF_UP] = "Up",         [KF_DOWN] = "Down",
                                        [KF_LEFT] = "Left",     [KF_RIGHT] = "Right",
                                        [KF_HOME] = "Home",     [KF_END] = "End",
                                        [KF_PGUP] = "PgUp",     [KF_PGDN] = "PgDn",
                                        [KF_INS] = "Ins",       [KF_DEL] = "Del",
                                        [KF_BACKSPACE] = "Bs",  [KF_ENTER] = "Enter",
                                        [KF_TAB] = "Tab",       [KF_BACKTAB] = "BackTab",
                                        [KF_ESCESC] = "EscEsc", [KF_ESCSPACE] = "EscSpace"};
    char *out = talloc_strdup(ctx, ""), utf8[4];
    struct key key;
    while (keys_next(k, &key)) {
        if (key.kind == K_CHAR)
            out = talloc_strndup_append(out, utf8, (size_t)text_put(utf8, key.code));
        else if (key.kind == K_CTRL)
            out = talloc_asprintf_append(out, "<^%c>", (int)key.code);
        else if (key.kind == K_FUNC && key.code <= KF_F12)
            out = talloc_asprintf_append(out, "<F%d>", (int)key.code - KF_F1 + 1);
        else if (key.kind == K_FUNC)
            out = talloc_asprintf_append(out, "<%s>", names[key.code]);
        else if (key.kind == K_PASTE)
            out = talloc_asprintf_append(out, key.guessed ? "{%s}" : "[%s]", key.text);
        else if (key.kind == K_REPORT)
            out = talloc_asprintf_append(out, "<at %d,%d>", key.row, key.col);
        else
            out = talloc_strdup_append(out, "<?>");
    }
    return out;
}

struct row {
    const char *bytes, *want;
};

static const struct row rows[] = {
    /* F1 of everybody: PuTTY and rxvt, xterm, PuTTY and Linux console */
    {"\033[11~\033[12~\033[13~\033[14~\033[15~", "<F1><F2><F3><F4><F5>"},
    {"\033[17~\033[18~\033[19~\033[20~\033[21~", "<F6><F7><F8><F9><F10>"},
    {"\033[23~\033[24~", "<F11><F12>"},
    {"\033OP\033OQ\033OR\033OS", "<F1><F2><F3><F4>"},
    {"\033[[A\033[[B\033[[C\033[[D\033[[E", "<F1><F2><F3><F4><F5>"},
    {"\033OT\033OU\033OV\033OW\033OX\033OY", "<F5><F6><F7><F8><F9><F10>"},
    {"\033[1;2P\033[1;5R\033[15;3~", "<F1><F3><F5>"},
    {"\033[M", "<?>"}, /* PuTTY SCO: cannot be told from a mouse report */
    {"\033[1~\033[4~\033[7~\033[8~\033[H\033[F\033OH\033OF",
     "<Home><End><Home><End><Home><End><Home><End>"},
    {"\033[A\033[B\033[C\033[D", "<Up><Down><Right><Left>"},
    {"\033OA\033OB\033OC\033OD\033[1;5A", "<Up><Down><Right><Left><Up>"},
    {"\033[2~\033[3~\033[5~\033[6~\033[Z", "<Ins><Del><PgUp><PgDn><BackTab>"},
    {"\033OM\033Op\033Oq\033Oy\033Ok", "<Enter>019+"},
    {"\010\177\t\r", "<Bs><Bs><Tab><Enter>"},
    {"\r\n", "<Enter>"},
    {"\n", "<Enter>"},
    /* the prefix */
    {"\0331\0332\0339\0330", "<F1><F2><F9><F10>"},
    {"\033\033", "<EscEsc>"},
    {"\033 ", "<EscSpace>"},
    {"\033x", "<?>"},
    {"\033王", "王"},
    {"\033\r", "<?>"},
    /* unknown sequences go whole */
    {"\033[99~x", "<?>x"},
    {"\033[?1;2c王", "王"},
    {"\033[38;5;12mx", "<?>x"},
    {"\033]0;title\007x", "<?>x"},
    {"\033P1$r0m\033\\x", "<?>x"},
    {"\033[I\033[Ox", "<?><?>x"},
    {"\033[1\rx", "<Enter>x"},
    {"\033[王", "王"},
    {"\033[12;40R", "<at 12,40>"},
    /* controls */
    {"\030\023\027\034", "<^X><^S><^W><^\\>"},
    {"\021x", "x"},
    /* text */
    {"王小雨𠅤é", "王小雨𠅤é"},
    {"\xe7\x8e", ""},
    {"\xe7\x8ex", "x"},
    {"\xff\xfe\xc0\x80\xed\xa0\x80x", "x"},
    /* bracketed paste */
    {"\033[200~甲\r\n乙\t\033[A丙\033[201~x", "[甲\n乙 [A丙]x"},
    {"\033[200~\033[201~", "[]"},
    {"\033[200~\033[20\033[201~", "[[20]"},
};

Test(keys, every_sequence_at_every_split)
{
    for (size_t i = 0; i < NELEM(rows); i++) {
        size_t n = strlen(rows[i].bytes);
        for (size_t cut = 0; cut <= n; cut++) {
            void *ctx = talloc_new(NULL);
            struct keys *k = keys_new(ctx, CONV_UTF8);
            if (strcmp(rows[i].bytes, "\r\n") == 0 && cut == 1)
                cut++; /* two reads: two keys */
            keys_feed(k, rows[i].bytes, cut);
            keys_feed(k, rows[i].bytes + cut, n - cut);
            char *got = spell(ctx, k);
            cr_assert_str_eq(got, rows[i].want, "row %zu cut %zu: %s", i, cut, got);
            talloc_free(ctx);
        }
    }
}

Test(keys, alt_with_a_function_key_in_one_read)
{
    void *ctx = talloc_new(NULL);
    struct keys *k = keys_new(ctx, CONV_UTF8);
    keys_feed(k, "\033\033[A\033\033OP", 8);
    cr_assert_str_eq(spell(ctx, k), "<Up><F1>");
    keys_feed(k, "\033", 1);
    cr_assert(keys_prefix(k));
    keys_feed(k, "\033", 1);
    cr_assert(!keys_prefix(k));
    keys_feed(k, "[A", 2);
    cr_assert_str_eq(spell(ctx, k), "<EscEsc><Up>");
    talloc_free(ctx);
}

Test(keys, gb18030_byte_by_byte)
{
    const char *text = "王小雨𠅤·a1";
    void *ctx = talloc_new(NULL);
    struct keys *k = keys_new(ctx, CONV_GB18030);
    char *gb;
    size_t n;
    cr_assert(conv_from_utf8(ctx, text, strlen(text), CONV_GB18030, NULL, &gb, &n) == 0);
    for (size_t i = 0; i < n; i++)
        keys_feed(k, gb + i, 1);
    cr_assert_str_eq(spell(ctx, k), text);
    keys_feed(k, "\033[200~", 6);
    keys_feed(k, gb, n);
    keys_feed(k, "\033[201~", 6);
    cr_assert_str_eq(spell(ctx, k), "[王小雨𠅤·a1]");
    keys_feed(k, "\xcd\033[A", 4); /* half a character, then a key */
    cr_assert_str_eq(spell(ctx, k), "<Up>");
    talloc_free(ctx);
}

Test(keys, burst_is_a_paste_until_the_terminal_brackets)
{
    void *ctx = talloc_new(NULL);
    struct keys *k = keys_new(ctx, CONV_UTF8);
    struct key key;
    keys_feed(k, "甲乙丙\r丁", 13);
    cr_assert(keys_next(k, &key) && key.kind == K_PASTE && key.guessed);
    cr_assert_str_eq(key.text, "甲乙丙\n丁");
    keys_replay(k, key.text);
    cr_assert_str_eq(spell(ctx, k), "甲乙丙<Enter>丁");
    keys_feed(k, "12345678\r", 9); /* nothing behind the line end: typed */
    cr_assert_str_eq(spell(ctx, k), "12345678<Enter>");
    keys_feed(k, "\033[?2004;1$y", 11);
    keys_feed(k, "31\r2\r5\r7\r", 9);
    cr_assert_str_eq(spell(ctx, k), "31<Enter>2<Enter>5<Enter>7<Enter>");
    talloc_free(ctx);
}

Test(keys, huge_paste_ends)
{
    void *ctx = talloc_new(NULL);
    struct keys *k = keys_new(ctx, CONV_UTF8);
    struct key key;
    keys_feed(k, "\033[200~", 6);
    for (int i = 0; i < 20000; i++)
        keys_feed(k, "0123456789", 10);
    keys_feed(k, "\033[201~z", 7);
    cr_assert(keys_next(k, &key) && key.kind == K_PASTE);
    cr_assert_eq(strlen(key.text), 64 * 1024);
    cr_assert(keys_next(k, &key) && key.kind == K_CHAR && key.code == 'z');
    talloc_free(ctx);
}

/* Random bytes never crash, and the bytes of a CSI sequence never come out as text. */
Test(keys, random_bytes)
{
    unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : 20261122;
    srandom(seed);
    for (int round = 0; round < 3000; round++) {
        void *ctx = talloc_new(NULL);
        struct keys *k = keys_new(ctx, round % 2 ? CONV_GB18030 : CONV_UTF8);
        char buf[64];
        size_t n = (size_t)random() % sizeof(buf);
        for (size_t i = 0; i < n; i++)
            buf[i] = random() % 4 == 0 ? "\033[O~"[random() % 4] : (char)random();
        keys_feed(k, buf, n);
        spell(ctx, k);
        keys_feed(k, "\033\\\r\r\033[201~", 10); /* whatever it was in: back to the ground */
        spell(ctx, k);
        size_t len = 0;
        buf[len++] = '\033';
        buf[len++] = '[';
        for (int p = (int)(random() % 8); p > 0; p--)
            buf[len++] = "0123456789;:<=>?"[random() % 16];
        buf[len++] = (char)('@' + random() % 63);
        if (buf[len - 1] == '[' || (len == 6 && memcmp(buf, "\033[200~", 6) == 0))
            buf[len - 1] = 'z';
        keys_feed(k, buf, len);
        keys_feed(k, "!", 1);
        struct key key;
        int chars = 0;
        while (keys_next(k, &key))
            chars += key.kind == K_CHAR && key.code != '!';
        cr_assert_eq(chars, 0, "seed %u round %d: %.*s", seed, round, (int)len - 1, buf + 1);
        talloc_free(ctx);
    }
}

Test(keys, actions)
{
    static const struct {
        const char *bytes;
        bool typing;
        enum action want;
    } cases[] = {
        {"\033OP", true, ACT_HELP},     {"\0331", false, ACT_HELP},  {"?", false, ACT_HELP},
        {"？", false, ACT_HELP},        {"？", true, ACT_NONE},      {"、", false, ACT_FILTER},
        {"\030", true, ACT_BACK},       {"\033[D", false, ACT_BACK}, {"\033[D", true, ACT_NONE},
        {"\r", true, ACT_NEXT},         {"\r", false, ACT_OPEN},     {"\033[21~", true, ACT_SAVE},
        {"\023", true, ACT_SAVE},       {"\0330", true, ACT_SAVE},   {"\033\033", true, ACT_CANCEL},
        {"\033[24~", 1, ACT_CANCEL},    {"《", false, ACT_FIRST},    {"。", false, ACT_PGDN},
        {" ", false, ACT_MARK},         {" ", true, ACT_NONE},       {"\034", true, ACT_HIDE},
        {"\033 ", true, ACT_HIDE},      {"：", false, ACT_MENU},     {"*", false, ACT_MARK_ALL},
        {"\013", true, ACT_CLEAR_NEXT}, {"\013", false, ACT_NONE},   {"王", false, ACT_NONE},
    };
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct keys *k = keys_new(NULL, CONV_UTF8);
        struct key key;
        keys_feed(k, cases[i].bytes, strlen(cases[i].bytes));
        cr_assert(keys_next(k, &key));
        cr_assert_eq(keys_action(&key, cases[i].typing), cases[i].want, "row %zu", i);
        talloc_free(k);
    }
}

/* The table itself: every bar place once, labels of at most 7 columns, at least three ways
 * (Esc-digit is the second) to everything in the bar, and no key that means two things. */
Test(keys, table_is_sound)
{
    int places = 0;
    for (enum action a = ACT_NONE + 1; a < ACT_END; a++) {
        const struct action_info *i = action_info(a);
        cr_assert(text_width(i->label, 2) <= 7, "%s", i->name);
        cr_assert(*i->help && (*i->any || *i->typing || *i->list), "%s", i->name);
        places += i->bar ? 1 << i->bar : 0;
    }
    cr_assert_eq(places, 0x7fe);
    char *help = keys_help(NULL);
    cr_assert(strstr(help, "F10 Esc-0 Ctrl-S Ctrl-W") != NULL, "%s", help);
    talloc_free(help);
    for (uint32_t c = 'A'; c <= '_'; c++)
        for (int typing = 0; typing < 2; typing++) {
            struct key key = {.kind = K_CTRL, .code = c};
            enum action first = keys_action(&key, typing), found = 0;
            char name[3] = {'^', (char)c, '\0'};
            for (enum action a = ACT_NONE + 1; a < ACT_END; a++) {
                const struct action_info *i = action_info(a);
                if (strstr(i->any, name) || strstr(typing ? i->typing : i->list, name)) {
                    cr_assert(found == ACT_NONE, "%s twice", name);
                    found = a;
                }
            }
            cr_assert_eq(found, first);
        }
}
