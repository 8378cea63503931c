#include "tui/encoding.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"
#include "base/text.h"

static const char *const words[] = {"utf-8", "gb18030", "gbk", "gb2312"};

static bool known(const char *word)
{
    for (size_t i = 0; i < NELEM(words); i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return strcasecmp(word, "utf8") == 0;
}

static const char *answer_file(void *ctx)
{
    const char *home = getenv("HOME");
    return home && *home == '/' ? text_printf(ctx, "%s/.hutong-terminal", home) : NULL;
}

/* What was answered before, or NULL. */
static const char *answered(void *ctx)
{
    const char *path = answer_file(ctx);
    char *word;
    size_t len;
    if (!path || io_read_file(ctx, path, 64, &word, &len) != 0)
        return NULL;
    word = text_clean(ctx, word, 0, NULL);
    return known(word) ? word : NULL;
}

/* Not being able to keep it costs the same question next time, no more. */
static void keep_answer(void *ctx, const char *word)
{
    const char *path = answer_file(ctx);
    if (path)
        (void)io_write_file(path, word, strlen(word), 0600);
}

/* ASCII carries the question: the Han below it are the very thing that may not be readable. */
static const char *const lines[] = {
    "Hutong - first sign-in from this terminal / Di yi ci deng lu",
    "",
    "Can you read these four characters?  Neng kan qing xia mian si ge zi ma?",
    "",
    HAN_("        中文测试      能看清按 1，乱码按 2"),
    "",
    "  1   yes, clear      (neng kan qing)",
    "  2   no, garbled     (luan ma)",
};

static void draw(struct app *app, struct screen *s, const struct frame *f)
{
    (void)app;
    (void)s;
    for (size_t i = 0; i < NELEM(lines); i++)
        draw_text(&f->body, (int)i + 2, 4, ATTR_NORMAL, lines[i]);
    draw_caret(&f->body, 11, 6);
}

static enum handled key(struct app *app, struct screen *s, const struct key *k, enum action act)
{
    int digit = keys_digit(k);
    (void)act;
    if (digit == 1 || digit == 2)
        app_close(app, s, digit);
    return KEY_TAKEN;
}

static const struct screen_ops ops = {.draw = draw, .key = key};

static int ask(void *ctx, struct term_opts *opts, const char **why)
{
    struct app *app;
    opts->enc = CONV_UTF8;
    opts->two_byte = false;
    int r = app_new(ctx, opts, &app, why);
    if (r < 0)
        return r;
    int digit = app_modal(app, &ops, NULL);
    talloc_free(app);
    if (digit == HE_CANCELLED)
        return *why = _("已取消"), HE_CANCELLED;
    if (digit == 2)
        opts->enc = CONV_GB18030;
    keep_answer(ctx, digit == 2 ? "gb18030" : "utf-8");
    return 0;
}

int encoding_choose(void *ctx, const char *word, struct term_opts *opts, const char **why)
{
    const char *env = getenv("HUTONG_TERM_ENCODING");
    bool again = word && strcmp(word, "ask") == 0;
    if (!word && env && *env)
        word = env;
    if (!word)
        word = answered(ctx);
    if (word && !again && !known(word)) {
        *why = text_printf(ctx, _("不认识的汉字编码 %s，请用 utf-8 或 gb18030"), word);
        return HE_USAGE;
    }
    if (word && !again)
        setenv("HUTONG_TERM_ENCODING", word, 1);
    term_opts_from_env(opts);
    return word && !again ? 0 : ask(ctx, opts, why);
}

void encoding_forget(struct app *app)
{
    const char *path = answer_file(app);
    if (path)
        unlink(path);
    app_message(app, _("下次登录会重新问一次汉字编码。"));
}
