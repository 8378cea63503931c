#include "server/wire_county.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/idno.h"
#include "base/text.h"
#include "store/store_admin.h"

void county_make(struct wire_county *c, const char *forms)
{
    memset(c, 0, sizeof *c);
    c->ctx = talloc_new(NULL);
    run_make_forms(&c->run, forms, COUNTY_CONF);
    cr_assert_eq(run_start(&c->run, NULL), 0, "%s", c->run.said);
    c->boss = county_hello(c, NULL);
    county_divisions(c);
}

void county_drop(struct wire_county *c)
{
    close(c->boss);
    run_drop(&c->run);
    talloc_free(c->ctx);
}

static void wait_job(struct wire_county *c, int64_t job)
{
    time_t end = time(NULL) + 20;
    while (time(NULL) < end) {
        const struct node *list = county_do(c, c->boss, "job.list", NULL);
        for (const struct node *e = node_first(node_get(list, "rows")); e; e = e->next)
            if (node_num(e, "id", 0) == job) {
                int64_t state = node_num(e, "state", -1);
                cr_assert(state == JOB_WAITING || state == JOB_RUNNING || state == JOB_DONE, "%s",
                          c->raw);
                if (state == JOB_DONE)
                    return;
            }
    }
    cr_assert(false, "job %lld does not end: %s", (long long)job, c->raw);
}

void county_divisions(struct wire_county *c)
{
    static const char *const rows[][2] = {
        {"320681000000", "启东市"}, {"320681100000", "汇龙镇"}, {"320681100201", "幸福村"},
        {"320681100202", "光明村"}, {"320681101000", "南阳镇"}, {"320681101201", "元北村"},
        {"320684000000", "海门区"}, {"320684100000", "海门镇"}, {"320684100201", "江边村"},
    };
    struct node *b = node_map(c->ctx), *list = node_add_list(b, "rows");
    for (size_t i = 0; i < NELEM(rows); i++) {
        struct node *row = node_add_map(list, NULL);
        node_str(row, "code", rows[i][0]);
        node_str(row, "name", rows[i][1]);
    }
    wait_job(c, node_num(county_do(c, c->boss, "division.load", b), "job", 0));
}

void county_user(struct wire_county *c, const char *login, const char *role, const char *division,
                 int64_t school)
{
    county_do(c, c->boss, "user.add",
              county_body(c->ctx, "login=%s|name=%s|role=%s|division=%s|#school=%lld", login, login,
                          role, division, (long long)school));
}

int county_hello(struct wire_county *c, const char *user)
{
    int fd = run_dial(&c->run);
    struct node *b = run_hello_body(&c->run, c->ctx), *answer = NULL;
    node_str(b, "today", TODAY);
    if (user)
        node_str(b, "as", user);
    const char *err = run_call(&c->run, c->ctx, fd, "hello", b, &answer);
    cr_assert_str_eq(err, "OK", "%s: %s %s", user, err, node_text_or(answer, "text", ""));
    return fd;
}

static void body_list(struct node *b, const char *key, char *items, bool numbers)
{
    struct node *list = node_add_list(b, key);
    char *save = NULL;
    for (char *s = strtok_r(items, ",", &save); s; s = strtok_r(NULL, ",", &save)) {
        if (numbers)
            node_int(list, NULL, strtoll(s, NULL, 10));
        else
            node_str(list, NULL, s);
    }
}

static void body_part(struct node *b, char *part)
{
    char *value = strchr(part, '=');
    if (value)
        *value++ = '\0';
    if (*part == '?') {
        node_bool(b, part + 1, true);
    } else if (*part == '#') {
        node_int(b, part + 1, strtoll(value, NULL, 10));
    } else if (*part == '*' || *part == '@') {
        body_list(b, part + 1, value, *part == '@');
    } else if (strncmp(part, "v.", 2) == 0 || strncmp(part, "d.", 2) == 0) {
        const char *key = *part == 'v' ? "v" : "draft";
        struct node *v = base_unconst(node_get(b, key));
        node_str(v ? v : node_add_map(b, key), part + 2, value && *value ? value : NULL);
    } else {
        node_str(b, part, value);
    }
}

struct node *county_body(void *ctx, const char *fmt, ...)
{
    struct node *b = node_map(ctx);
    va_list ap;
    va_start(ap, fmt);
    char *text = talloc_vasprintf(ctx, fmt, ap), *save = NULL;
    va_end(ap);
    for (char *part = strtok_r(text, "|", &save); part; part = strtok_r(NULL, "|", &save))
        body_part(b, part);
    return b;
}

const char *county_ask(struct wire_county *c, int fd, const char *op, struct node *body,
                       const struct node **out)
{
    struct node *answer = NULL;
    const char *err = run_call(&c->run, c->ctx, fd, op, body, &answer);
    c->text = node_text_or(answer, "text", "");
    c->raw = answer ? node_json(c->ctx, answer) : "";
    if (out)
        *out = node_get(answer, "body");
    return err;
}

const struct node *county_do(struct wire_county *c, int fd, const char *op, struct node *body)
{
    const struct node *out = NULL;
    const char *err = county_ask(c, fd, op, body, &out);
    cr_assert_str_eq(err, "OK", "%s %s: %s", op, body ? node_json(c->ctx, body) : "", c->raw);
    return out;
}

const char *county_idno(void *ctx, const char *birth, int serial)
{
    char *id = text_printf(ctx, "320681%.4s%.2s%.2s%03d0", birth, birth + 5, birth + 8, serial);
    static const int w[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += w[i] * (id[i] - '0');
    id[17] = "10X98765432"[sum % 11];
    return id;
}

int64_t county_child(struct wire_county *c, const char *name, const char *village, const char *more)
{
    struct node *b = county_body(
        c->ctx, "type=child|v.name=%s|v.village=%s|?direct|?confirm_all|%s", name, village, more);
    return node_num(county_do(c, c->boss, "rec.add", b), "id", 0);
}

static char *read_all(void *ctx, FILE *f)
{
    char *all = talloc_strdup(ctx, ""), buf[4096];
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        all = talloc_strndup_append_buffer(all, buf, n);
    return all;
}

int county_ctl(struct wire_county *c, const char *user, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *args = talloc_vasprintf(c->ctx, fmt, ap);
    va_end(ap);
    const char *line =
        text_printf(c->ctx,
                    "cd '%s' && HUTONG_CONFIG='%s' HUTONG_TODAY=" TODAY
                    " %s%s HUTONG_LANG=zh '" BUILDDIR "/hutongctl' %s 2>&1",
                    c->run.dir, c->run.conf, user ? "HUTONG_USER=" : "", user ? user : "", args);
    FILE *f = popen(line, "r");
    cr_assert(f != NULL);
    c->text = read_all(c->ctx, f);
    int status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

char *county_file(struct wire_county *c, const char *name)
{
    FILE *f = fopen(text_printf(c->ctx, "%s/%s", c->run.dir, name), "r");
    char *text = f ? read_all(c->ctx, f) : NULL;
    if (f)
        fclose(f);
    return text;
}
