/* The field editor by keys alone: each row types into a new field and looks at text and result. */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/base.h"
#include "tui/edit.h"

/* Types bytes as a UTF-8 terminal sends them; the result of the last key. */
static enum handled type(struct edit *e, const char *bytes)
{
    struct keys *k = keys_new(NULL, CONV_UTF8);
    struct key key;
    enum handled h = KEY_IGNORED;
    keys_feed(k, bytes, strlen(bytes));
    while (keys_next(k, &key))
        h = edit_key(e, &key);
    talloc_free(k);
    return h;
}

#define LEFT     "\033[D"
#define HOME     "\033[H"
#define END      "\033[F"
#define DEL      "\033[3~"
#define BS       "\177"
#define PASTE(s) "\033[200~" s "\033[201~"

static const struct {
    struct edit_opts o;
    const char *stored, *keys, *want;
    enum handled last;
    bool problem;
} rows[] = {
    {{.cols = 10}, "", "王小雨", "王小雨", KEY_TAKEN, false},
    {{.cols = 10}, "", "王雨" LEFT "小", "王小雨", KEY_TAKEN, false},
    {{.cols = 10}, "", "王小雨" LEFT LEFT BS, "小雨", KEY_TAKEN, false},
    {{.cols = 10}, "", "王小雨" HOME DEL, "小雨", KEY_TAKEN, false},
    {{.cols = 10}, "", "ae\314\201x" LEFT BS, "ax", KEY_TAKEN, false}, /* é as two code points */
    {{.cols = 10}, "", "𠅤𪜀" BS, "𠅤", KEY_TAKEN, false},
    {{.cols = 10}, "", "阿依·古丽", "阿依·古丽", KEY_TAKEN, false},
    {{.cols = 10}, "", BS, "", KEY_TAKEN, false},
    {{.cols = 10}, "", "\r", "", KEY_IGNORED, false},
    {{.cols = 10}, "", "\t", "", KEY_IGNORED, false},
    {{.cols = 10}, "旧", "新\025", "旧", KEY_TAKEN, false},     /* Ctrl-U */
    {{.cols = 10}, "王小雨", HOME "\013", "", KEY_NEXT, false}, /* Ctrl-K */
    {{.cols = 10}, "王", "小雨\032", "王", KEY_TAKEN, false},   /* Ctrl-Z: typing is one */
    {{.cols = 10}, "王", "小" BS "雨\032\032", "王小", KEY_TAKEN, false},
    {{.cols = 10}, "王", "小" BS "雨\032\032\032\031\031\031", "王雨", KEY_TAKEN, false},
    {{.cols = 10}, "王", "\032", "王", KEY_IGNORED, false},
    {{.cols = 10, .max_chars = 3}, "", "王小雨多", "王小雨", KEY_TAKEN, true},
    {{.cols = 4, .max_chars = 3},
     "",
     "e\314\201e\314\201e\314\201",
     "e\314\201e\314\201e\314\201",
     KEY_TAKEN,
     false}, /* characters, not code points */
    {{.cols = 10, .max_chars = 4, .flags = EDIT_DIGITS | EDIT_AUTONEXT},
     "",
     "１2３4",
     "1234",
     KEY_NEXT,
     false},
    {{.cols = 10, .flags = EDIT_DIGITS}, "", "1a", "1", KEY_TAKEN, true},
    {{.cols = 10, .flags = EDIT_HALFWIDTH | EDIT_UPPER}, "", "ｘx、", "XX/", KEY_TAKEN, false},
    {{.cols = 10}, "", PASTE("  甲\r\n乙\t丙\033[A "), "甲 乙 丙[A", KEY_TAKEN, false},
    {{.cols = 10, .max_chars = 2}, "", PASTE("甲乙丙"), "甲乙", KEY_TAKEN, true},
    {{.cols = 10}, "", "a\342\200\256b", "ab", KEY_TAKEN, false}, /* no right-to-left override */
    {{.cols = 10, .rows = 3}, "", "甲\r乙", "甲\n乙", KEY_TAKEN, false},
    {{.cols = 10, .rows = 3}, "", PASTE("甲\r\n乙"), "甲\n乙", KEY_TAKEN, false},
    {{.cols = 10, .rows = 3}, "甲\n乙丙", "\033[Ax", "甲x\n乙丙", KEY_TAKEN, false},
    {{.cols = 10, .rows = 3}, "甲\n乙", "\033[A\033[A", "甲\n乙", KEY_IGNORED, false},
    {{.cols = 10, .rows = 3}, "甲\n乙", "\033[B", "甲\n乙", KEY_IGNORED, false},
    {{.cols = 7, .rows = 3}, "甲乙丙丁", "\033[Ax", "甲x乙丙丁", KEY_TAKEN, false}, /* soft break */
    {{.cols = 10, .rows = 3}, "甲乙\n丙丁", HOME "x", "甲乙\nx丙丁", KEY_TAKEN, false},
    {{.cols = 10, .rows = 3}, "甲乙\n丙丁", "\033[A" END "x", "甲乙x\n丙丁", KEY_TAKEN, false},
};

Test(edit, keys_make_text)
{
    for (size_t i = 0; i < NELEM(rows); i++) {
        struct edit *e = edit_new(NULL, &rows[i].o);
        edit_set(e, rows[i].stored);
        enum handled h = type(e, rows[i].keys);
        cr_assert_str_eq(edit_text(e), rows[i].want, "row %zu: %s", i, edit_text(e));
        cr_assert_eq(h, rows[i].last, "row %zu: %d", i, h);
        cr_assert((edit_problem(e) != NULL) == rows[i].problem, "row %zu", i);
        talloc_free(e);
    }
}

Test(edit, undo_has_an_end_and_replacing_can_be_undone)
{
    struct edit *e = edit_new(NULL, &(struct edit_opts){.cols = 8, .max_chars = 999});
    for (int i = 0; i < 150; i++)
        type(e, "a" LEFT);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(type(e, "\032"), KEY_TAKEN);
    cr_assert_eq(type(e, "\032"), KEY_IGNORED);
    cr_assert_eq(strlen(edit_text(e)), 50);
    edit_set(e, "爷爷");
    cr_assert(!edit_changed(e));
    edit_replace(e, "奶奶");
    cr_assert(edit_changed(e));
    type(e, "\032");
    cr_assert_str_eq(edit_text(e), "爷爷");
    talloc_free(e);
}
