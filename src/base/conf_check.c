/*
 * The grammar of libconfig 1.5, read so that one mistake does not hide the next: after a mistake
 * the reader goes on at the next `name =` or bracket. What was understood is put together anew:
 * brackets closed, second settings of a name and stray words left out, every word on its line.
 */
#include "base/conf_scan.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

#define CHECK_DEPTH_MAX 32

/* The names of the groups that are open, innermost last. */
struct conf_seen {
    const char *name;
    size_t len;
    int line;
};

struct conf_check {
    struct conf_scan s;
    struct conf_seen *seen; /* talloc array */
    size_t n_seen;
    char closers[CHECK_DEPTH_MAX]; /* that the open brackets wait for */
    size_t depth;
    bool unclosed; /* the group before ended where the next began */
};

static void check_value(struct conf_check *c, const struct conf_token *name, bool joins);

/* --- what is put together --- */

static void mend_add(struct conf_check *c, int line, const char *text, size_t len)
{
    struct conf_mended *m = c->s.out;

    if (!m->text)
        return;
    for (; m->line < line; m->line++)
        m->text = talloc_strdup_append_buffer(m->text, "\n");
    m->text = talloc_strndup_append_buffer(m->text, text, len);
    m->text = talloc_strdup_append_buffer(m->text, " ");
    MUST(m->text);
}

static void mend_mark(struct conf_check *c, char mark)
{
    mend_add(c, 0, &mark, 1);
}

/* A value that cannot be taken as written; its word, so far as it is one. */
static void mend_wrong(struct conf_check *c, const struct conf_token *t)
{
    bool word = t->type == CT_NAME || t->type == CT_NUMBER;
    char *text =
        talloc_asprintf(NULL, "\"%c%.*s\"", CONF_MENDED, word ? (int)t->len : 0, word ? t->at : "");

    MUST(text);
    mend_add(c, t->line, text, strlen(text));
    talloc_free(text);
}

static size_t mend_len(const struct conf_check *c)
{
    return c->s.out->text ? strlen(c->s.out->text) : 0;
}

/* Leaves out what was put together since the text had this length. */
static void mend_drop(struct conf_check *c, size_t len)
{
    struct conf_mended *m = c->s.out;

    if (!m->text)
        return;
    for (const char *p = m->text + len; *p; p++)
        m->line -= *p == '\n';
    m->text[len] = '\0';
    m->text = talloc_realloc(m, m->text, char, len + 1); /* appending goes by the block's size */
    MUST(m->text);
}

/* --- the grammar --- */

static void check_next(struct conf_check *c)
{
    conf_scan_next(&c->s);
}

static bool check_is(const struct conf_check *c, char mark)
{
    return c->s.tok.type == CT_MARK && c->s.tok.mark == mark;
}

static bool check_is_closer(const struct conf_check *c)
{
    return check_is(c, '}') || check_is(c, ']') || check_is(c, ')');
}

static bool check_is_opener(const struct conf_check *c)
{
    return check_is(c, '{') || check_is(c, '[') || check_is(c, '(');
}

static bool check_starts_value(const struct conf_check *c)
{
    return c->s.tok.type == CT_STRING || c->s.tok.type == CT_NUMBER || c->s.tok.type == CT_BOOL ||
           check_is_opener(c);
}

/* A word with = or : behind it. */
static bool check_is_setting(const struct conf_check *c)
{
    const char *p = c->s.p + strspn(c->s.p, " \t");

    return c->s.tok.type == CT_NAME && (*p == '=' || *p == ':');
}

/*
 * What a bracket does that is not the one waited for: true when an outer bracket waits for it, so
 * that the one opened on open_line was never closed; else it is one too many and skipped.
 */
static bool check_stray_closer(struct conf_check *c, int open_line)
{
    char mark = c->s.tok.mark;

    if (c->depth > 1 && memchr(c->closers, mark, c->depth - 1)) {
        conf_scan_error(&c->s, open_line, _("这一行打开的括号没有配对的 %c"),
                        c->closers[c->depth - 1]);
        return true;
    }
    conf_scan_error(&c->s, c->s.tok.line, _("多了一个 %c"), mark);
    check_next(c);
    return false;
}

/* False when the group has the name already. */
static bool check_remember(struct conf_check *c, size_t base, const struct conf_token *name)
{
    for (size_t i = base; i < c->n_seen; i++)
        if (c->seen[i].len == name->len && memcmp(c->seen[i].name, name->at, name->len) == 0) {
            conf_scan_wrong(&c->s, name->line, _("“%.*s” 写了两次（第 %d 行已有）"), (int)name->len,
                            name->at, c->seen[i].line);
            return false;
        }
    if (c->n_seen == talloc_array_length(c->seen)) {
        c->seen = talloc_realloc(NULL, c->seen, struct conf_seen, c->n_seen * 2);
        MUST(c->seen);
    }
    c->seen[c->n_seen++] = (struct conf_seen){name->at, name->len, name->line};
    return true;
}

static void check_setting(struct conf_check *c, size_t base)
{
    struct conf_token name = c->s.tok;
    size_t start = mend_len(c);
    bool keep = check_remember(c, base, &name);

    mend_add(c, name.line, name.at, name.len);
    mend_mark(c, '=');
    check_next(c);
    if (check_is(c, '=') || check_is(c, ':')) {
        check_next(c);
    } else {
        conf_scan_error(&c->s, name.line, _("“%.*s” 后面缺少 ="), (int)name.len, name.at);
        if (!check_starts_value(c)) {
            mend_drop(c, start);
            return;
        }
    }
    check_value(c, &name, true);
    mend_mark(c, ';');
    if (!keep)
        mend_drop(c, start);
    if (check_is(c, ';') || check_is(c, ','))
        check_next(c);
}

/* Settings up to closer, or to the end of the file when closer is NUL. */
static void check_settings(struct conf_check *c, char closer, int open_line)
{
    size_t base = c->n_seen;

    while (c->s.tok.type != CT_END && !(closer && check_is(c, closer))) {
        if (c->s.tok.type == CT_NAME) {
            check_setting(c, base);
        } else if (check_is_closer(c)) {
            if (check_stray_closer(c, open_line))
                break;
        } else if (check_is(c, '{') && closer == '}' && c->depth > 1 &&
                   c->closers[c->depth - 2] == ')') {
            c->unclosed = true; /* the next of a list of groups */
            break;
        } else if (check_starts_value(c)) {
            struct conf_token here = c->s.tok;
            size_t start = mend_len(c);
            conf_scan_error(&c->s, here.line, _("这里应当是 “项名 = 值”"));
            check_value(c, &here, true);
            mend_drop(c, start);
        } else {
            if (c->s.tok.type == CT_MARK)
                conf_scan_error(&c->s, c->s.tok.line, _("这里不应有 %c"), c->s.tok.mark);
            check_next(c);
        }
    }
    c->n_seen = base;
    if (closer && (c->s.tok.type == CT_END || c->unclosed))
        conf_scan_error(&c->s, open_line, _("这一行打开的 { 没有配对的 }"));
    else if (closer && check_is(c, closer))
        check_next(c);
}

static void check_element(struct conf_check *c, char closer, enum conf_token_type *first)
{
    struct conf_token here = c->s.tok;

    if (closer == ']' && check_is_opener(c))
        conf_scan_error(&c->s, here.line, _("[ ] 里只能放文字或数字，放别的请用 ( )"));
    if (closer == ']' && *first != CT_END && *first != here.type && here.type != CT_NAME)
        conf_scan_wrong(&c->s, here.line, _("[ ] 里的各项应当都是文字或都是数字"));
    if (*first != CT_END)
        mend_mark(c, ',');
    if (*first == CT_END || here.type != CT_NAME)
        *first = here.type;
    check_value(c, &here, false);
}

static void check_list(struct conf_check *c, char closer, int open_line)
{
    enum conf_token_type first = CT_END;
    bool comma = true; /* an element may come now */
    bool any = false;

    while (c->s.tok.type != CT_END && !check_is(c, closer)) {
        if (check_is_closer(c)) {
            if (check_stray_closer(c, open_line))
                return;
        } else if (check_is_setting(c)) {
            conf_scan_error(&c->s, open_line, _("这一行打开的括号没有配对的 %c"), closer);
            return;
        } else if (check_is(c, ',') || check_is(c, ';')) {
            if (check_is(c, ';'))
                conf_scan_wrong(&c->s, c->s.tok.line, _("列表各项之间用逗号，不用分号"));
            else if (comma)
                conf_scan_wrong(&c->s, c->s.tok.line, _("多了一个逗号"));
            comma = true;
            check_next(c);
        } else {
            if (!comma && !c->unclosed)
                conf_scan_wrong(&c->s, c->s.tok.line, _("这一项前面缺少逗号"));
            c->unclosed = false;
            check_element(c, closer, &first);
            comma = false;
            any = true;
        }
    }
    if (c->s.tok.type == CT_END) {
        conf_scan_error(&c->s, open_line, _("这一行打开的括号没有配对的 %c"), closer);
        return;
    }
    if (any && comma)
        conf_scan_wrong(&c->s, c->s.tok.line, _("最后一项后面多了逗号，请删去"));
    check_next(c);
}

static void check_bracket(struct conf_check *c)
{
    char closer = check_is(c, '{') ? '}' : check_is(c, '[') ? ']' : ')';
    int line = c->s.tok.line;

    if (c->depth == CHECK_DEPTH_MAX) {
        conf_scan_error(&c->s, line, _("括号套得太深"));
        mend_wrong(c, &c->s.tok);
        c->s.p += strlen(c->s.p);
        check_next(c);
        return;
    }
    c->closers[c->depth++] = closer;
    mend_add(c, line, closer == '}' ? "{" : "(", 1); /* ( ) holds what [ ] holds and more */
    check_next(c);
    if (closer == '}')
        check_settings(c, closer, line);
    else
        check_list(c, closer, line);
    mend_mark(c, closer == '}' ? '}' : ')');
    c->depth--;
}

/* joins: texts that follow each other are one text; in a list that is a forgotten comma. */
static void check_value(struct conf_check *c, const struct conf_token *name, bool joins)
{
    enum conf_token_type type = c->s.tok.type;

    if (check_is_opener(c)) {
        check_bracket(c);
        return;
    }
    if (type == CT_MARK || type == CT_END || check_is_setting(c)) {
        conf_scan_wrong(&c->s, name->line, _("“%.*s” 缺少值"), (int)name->len, name->at);
        mend_wrong(c, &(struct conf_token){.type = CT_BAD, .line = name->line});
        if (check_is(c, '=') || check_is(c, ':'))
            check_next(c);
        return;
    }
    if (type == CT_NAME)
        conf_scan_wrong(&c->s, c->s.tok.line, _("“%.*s” 请加引号，写成 \"%.*s\""),
                        (int)c->s.tok.len, c->s.tok.at, (int)c->s.tok.len, c->s.tok.at);
    do {
        if (c->s.wrong)
            mend_wrong(c, &c->s.tok);
        else
            mend_add(c, c->s.tok.line, c->s.tok.at, c->s.tok.len);
        check_next(c);
    } while (joins && type == CT_STRING && c->s.tok.type == CT_STRING);
}

/* Chinese Windows saves as GB18030 unless told otherwise; one message is enough for a file. */
static bool check_encoding(const char *file, const char *text, struct conf_errors *errs)
{
    int line = 1;

    for (const char *p = text; *p; line++) {
        size_t n = strcspn(p, "\n");
        if (!text_valid(p, n)) {
            conf_error(errs, file, line, _("不是 UTF-8 编码，请另存为 “UTF-8（无 BOM）”"));
            return false;
        }
        p += n + (p[n] == '\n');
    }
    return true;
}

static void check_file(const char *file, const char *text, struct conf_mended *out,
                       struct conf_errors *errs)
{
    struct conf_check c = {.s = {.file = file, .line = 1, .errs = errs, .out = out}};
    char *whole = conf_scan_torn(&c.s, text);

    c.s.p = whole ? whole : text;
    c.seen = talloc_array(NULL, struct conf_seen, 64);
    MUST(c.seen);
    check_next(&c);
    check_settings(&c, '\0', 1);
    talloc_free(c.seen);
}

struct conf_mended *conf_scan_check(void *ctx, const char *file, const char *text,
                                    struct conf_errors *errs)
{
    size_t before = errs->n;
    struct conf_mended *m = talloc_zero(ctx, struct conf_mended);

    MUST(m);
    if (!check_encoding(file, text, errs)) {
        talloc_free(m);
        return NULL;
    }
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) {
        conf_error(errs, file, 1, _("文件开头有 BOM 标记，请另存为 “UTF-8（无 BOM）”"));
        text += 3;
    }
    check_file(file, text, m, errs);
    if (errs->n == before)
        return m;
    m->text = talloc_strdup(m, ""); /* only a file with mistakes pays for a second reading */
    m->line = 1;
    check_file(file, text, m, conf_errors_new(m));
    return m;
}
