#include "tui/keytest.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"

enum { LINES = 16, ENTERS = 3 };

struct keytest {
    char *line[LINES]; /* newest first */
    int enters;
};

/* Bytes as a person can read them to somebody on the telephone: ESC [ 1 1 ~ */
static char *raw_shown(void *ctx, const struct key *key)
{
    char *s = talloc_strdup(ctx, "");
    for (int i = 0; i < key->raw_len; i++) {
        unsigned char b = key->raw[i];
        if (b == 0x1b)
            s = talloc_asprintf_append(s, "ESC ");
        else if (b > 0x20 && b < 0x7f)
            s = talloc_asprintf_append(s, "%c ", b);
        else
            s = talloc_asprintf_append(s, "%02X ", b);
        MUST(s);
    }
    return s;
}

static void keytest_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct keytest *k = s->state;
    char *what = text_printf(k, _("终端 %d 列 %d 行，编码 %s"), term_cols(f->term),
                             term_rows(f->term), conv_enc_name(term_enc(f->term)));
    (void)app;
    draw_title(f, _("按键测试"), what);
    talloc_free(what);
    draw_text(&f->view, 0, 0, ATTR_NORMAL,
              _("请按要试的键，下面显示收到了什么。连按三次回车退出。"));
    draw_text(&f->body, 0, 0, ATTR_NORMAL,
              _("能看清这八个字吗：中文测试𠅤䶮㛃𰀀"));
    for (int i = 0; i < LINES && k->line[i]; i++)
        draw_text(&f->body, 2 + i, 0, ATTR_NORMAL, k->line[i]);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              _("F1 到 F10 不灵的，可先按 Esc 再按数字：Esc 1 就是 F1，Esc 0 就是 F10。"));
    draw_caret(&f->body, 2, 0);
}

static void add_line(struct keytest *k, char *line)
{
    talloc_free(k->line[LINES - 1]);
    memmove(k->line + 1, k->line, sizeof(k->line) - sizeof(k->line[0]));
    k->line[0] = line;
}

static enum handled keytest_key(struct app *app, struct screen *s, const struct key *key,
                                enum action act)
{
    struct keytest *k = s->state;
    char *name = keys_name(k, key), *raw = raw_shown(name, key);
    const char *means = act != ACT_NONE ? _(action_info(act)->label) : "";
    char *line = text_printf(k, "%s", name);
    int pad = 28 - text_width(line, 2);
    line = talloc_asprintf_append(line, "%*s%s", pad > 1 ? pad : 1, "", means);
    pad = 40 - text_width(line, 2);
    line = talloc_asprintf_append(line, "%*s%s", pad > 1 ? pad : 1, "", raw);
    MUST(line);
    add_line(k, line);
    talloc_free(name);
    bool enter = key->kind == K_FUNC && key->code == KF_ENTER;
    k->enters = enter ? k->enters + 1 : 0;
    if (k->enters == ENTERS)
        app_close(app, s, 0);
    return KEY_TAKEN;
}

static const char *keytest_enabled(struct app *app, struct screen *s, enum action a)
{
    (void)app;
    (void)s;
    return action_info(a)->bar ? "" : NULL;
}

static const struct screen_ops keytest_ops = {
    .draw = keytest_draw,
    .key = keytest_key,
    .enabled = keytest_enabled,
};

void keytest_show(struct app *app)
{
    struct keytest *k = talloc_zero(app, struct keytest);
    MUST(k);
    app_modal(app, &keytest_ops, k);
    talloc_free(k);
}

int keytest_main(void)
{
    struct term_opts opts;
    struct app *app;
    const char *why;
    term_opts_from_env(&opts);
    int r = app_new(NULL, &opts, &app, &why);
    if (r != 0) {
        fprintf(stderr, "hutong: %s\n", why);
        return err_exit(r);
    }
    keytest_show(app);
    talloc_free(app);
    return 0;
}
