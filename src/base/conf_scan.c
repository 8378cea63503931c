/* The words of a libconfig file, with the mistakes that can be seen in a single word. */
#include "base/conf_scan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"

static const char conf_name_chars[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-*";

bool conf_line_broken(const struct conf_mended *m, int line)
{
    for (size_t i = 0; i < talloc_array_length(m->broken); i++)
        if (m->broken[i] == line)
            return true;
    return false;
}

static void conf_scan_say(struct conf_scan *, int line, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

static void conf_scan_say(struct conf_scan *s, int line, const char *fmt, va_list ap)
{
    if (conf_line_broken(s->out, line))
        return;
    char *text = talloc_vasprintf(NULL, _(fmt), ap);
    MUST(text);
    conf_error(s->errs, s->file, line, "%s", text);
    talloc_free(text);
}

void conf_scan_error(struct conf_scan *s, int line, const char *fmt, ...)
{
    size_t n = talloc_array_length(s->out->broken);
    va_list ap;

    va_start(ap, fmt);
    conf_scan_say(s, line, fmt, ap);
    va_end(ap);
    s->out->broken = talloc_realloc(s->out, s->out->broken, int, n + 1);
    MUST(s->out->broken);
    s->out->broken[n] = line;
}

void conf_scan_wrong(struct conf_scan *s, int line, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    conf_scan_say(s, line, fmt, ap);
    va_end(ap);
    s->wrong = true;
}

static void conf_skip_line(struct conf_scan *s)
{
    s->p += strcspn(s->p, "\n");
}

static void conf_skip_block(struct conf_scan *s)
{
    int start = s->line;

    for (s->p += 2; *s->p && strncmp(s->p, "*/", 2) != 0; s->p++)
        s->line += *s->p == '\n';
    if (*s->p)
        s->p += 2;
    else
        conf_scan_error(s, start, _("注释 /* 没有结束，请在注释末尾加 */"));
}

static void conf_skip_blanks(struct conf_scan *s)
{
    for (;;) {
        if (*s->p == '#' || strncmp(s->p, "//", 2) == 0)
            conf_skip_line(s);
        else if (strncmp(s->p, "/*", 2) == 0)
            conf_skip_block(s);
        else if (*s->p == '\n' || *s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\f')
            s->line += *s->p++ == '\n';
        else
            return;
    }
}

/* A text may not go over the end of its line: a forgotten quote would swallow the lines below. */
static void conf_take_string(struct conf_scan *s)
{
    s->tok.type = CT_STRING;
    for (s->p++; *s->p && *s->p != '\n' && *s->p != '"'; s->p++)
        if (*s->p == '\\' && s->p[1] && s->p[1] != '\n')
            s->p++;
    s->p += *s->p == '"'; /* conf_scan_torn has taken out lines that end within a text */
}

static bool conf_is_float(const char *word)
{
    char *end;
    bool hex = strpbrk(word, "xX") != NULL;

    strtod(word, &end);
    return !hex && *end == '\0' && strpbrk(word, ".eE") &&
           strspn(word, "+-.0123456789eE") == strlen(word);
}

/*
 * libconfig turns a whole number beyond 32 bits into another number without a word, and drops
 * leading zeros; codes of divisions and people are such numbers. With the suffix L it holds 64
 * bits.
 */
static void conf_judge_number(struct conf_scan *s, const char *word)
{
    char *end;
    const char *digits = word + strspn(word, "+-");
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');

    errno = 0;
    long long v = strtoll(word, &end, hex ? 16 : 10);
    bool lost = errno == ERANGE;
    if (end != word && strspn(end, "L") == strlen(end) && strlen(end) <= 2) {
        bool narrow = *end == '\0';
        if (hex)
            lost = lost || (narrow && v > UINT32_MAX);
        else
            lost = lost || (narrow && (v > INT32_MAX || v < INT32_MIN));
        if (lost || (!hex && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9'))
            conf_scan_wrong(s, s->line, _("数字 %s 会被读错：代码和号码请加引号，写成 \"%s\""),
                            word, word);
        return;
    }
    if (!conf_is_float(word))
        conf_scan_wrong(s, s->line, _("“%s” 不是数字：请加引号，写成 \"%s\""), word, word);
}

static void conf_take_number(struct conf_scan *s)
{
    size_t n = strspn(s->p + 1, "0123456789+-.abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") +
               1;
    char *word = talloc_strndup(NULL, s->p, n);

    MUST(word);
    s->tok.type = CT_NUMBER;
    s->p += n;
    conf_judge_number(s, word);
    talloc_free(word);
}

static void conf_take_name(struct conf_scan *s)
{
    size_t n = strspn(s->p, conf_name_chars);

    s->tok.type = CT_NAME;
    if ((n == 4 && strncasecmp(s->p, "true", n) == 0) ||
        (n == 5 && strncasecmp(s->p, "false", n) == 0))
        s->tok.type = CT_BOOL;
    s->p += n;
}

/* Chinese and full-width characters outside quotes: nearly always a mark of the input method. */
static void conf_take_foreign(struct conf_scan *s)
{
    size_t n = 1;

    s->tok.type = CT_BAD;
    s->wrong = true;
    while (((unsigned char)s->p[n] & 0xc0) == 0x80)
        n++;
    if ((unsigned char)*s->p >= 0x80)
        conf_scan_wrong(s, s->line, _("引号外不能有 “%.*s”：标点请用半角，文字请加引号"), (int)n,
                        s->p);
    else if (*s->p == '@')
        conf_scan_error(s, s->line, _("不支持 @include，请把内容写进这个文件"));
    else if ((unsigned char)*s->p < 0x20 || *s->p == 0x7f)
        conf_scan_wrong(s, s->line, _("有不可见的控制字符，请删去"));
    else
        conf_scan_wrong(s, s->line, _("这里不能有 “%c”"), *s->p);
    for (s->p += n; (unsigned char)*s->p >= 0x80;)
        s->p++;
}

/* The end of the line at p, and whether it comes within a text; *block: within a comment. */
static const char *conf_line_end(const char *p, bool *block, bool *torn)
{
    bool text = false;

    for (; *p && *p != '\n'; p++) {
        bool pair = p[1] && p[1] != '\n';
        if (*block) {
            *block = strncmp(p, "*/", 2) != 0;
            p += !*block;
        } else if (text) {
            if (*p == '\\' && pair)
                p++;
            else
                text = *p != '"';
        } else if (*p == '#' || strncmp(p, "//", 2) == 0) {
            p += strcspn(p, "\n");
            break;
        } else if (strncmp(p, "/*", 2) == 0) {
            *block = true;
            p++;
        } else {
            text = *p == '"';
        }
    }
    *torn = text;
    return p;
}

/* Of a line whose texts cannot be told from the rest only the brackets stand. */
static void conf_blank_line(char *p, const char *end)
{
    bool closed = false;

    for (; p < end; p++) {
        bool comma = *p == ',' && closed;
        if (*p == ' ')
            continue;
        closed = strchr("}])", *p) != NULL;
        if (!closed && !comma && !strchr("{[(", *p))
            *p = ' ';
    }
}

char *conf_scan_torn(struct conf_scan *s, const char *text)
{
    char *copy = NULL;
    const char *p = text;
    bool block = false, torn;

    for (int line = 1; *p; line++) {
        const char *end = conf_line_end(p, &block, &torn);
        if (torn) {
            conf_scan_error(s, line, _("引号没有配对：这一行少了一个 \""));
            copy = copy ? copy : talloc_strdup(s->out, text);
            MUST(copy);
            conf_blank_line(copy + (p - text), copy + (end - text));
        }
        p = end + (*end == '\n');
    }
    return copy;
}

void conf_scan_next(struct conf_scan *s)
{
    conf_skip_blanks(s);
    s->wrong = false;
    s->tok = (struct conf_token){.type = CT_END, .line = s->line, .at = s->p};
    unsigned char c = (unsigned char)*s->p;
    if (c == '\0')
        return;
    if (strchr("=:;,{}[]()", c)) {
        s->tok.type = CT_MARK;
        s->tok.mark = *s->p++;
    } else if (c == '"') {
        conf_take_string(s);
    } else if ((c >= '0' && c <= '9') || strchr("+-.", c)) {
        conf_take_number(s);
    } else if (c != '_' && c != '-' && strchr(conf_name_chars, c)) {
        conf_take_name(s);
    } else {
        conf_take_foreign(s);
    }
    s->tok.len = (size_t)(s->p - s->tok.at);
}
