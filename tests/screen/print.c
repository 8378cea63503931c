/* Documents: preview, the printer of the terminal, the box; and what may never stand on paper. */
#include <config.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/io.h"
#include "base/text.h"
#include "rec/check.h"
#include "report/pdf.h"
#include "screen/county.h"
#include "tui/print_doc.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

static struct county_run county;

static void setup(void)
{
    county_start(&county);
}

static void teardown(void)
{
    county_stop(&county);
}

/* The file that the answer puts into the box. */
static char *to_box(struct harness *h, const char *answer, const char *begin)
{
    harness_send(h, "\0330");
    SEES(h, "PDF 存进取件箱");
    harness_send(h, answer);
    SEES(h, *answer == '2' ? ".pdf" : ".txt");
    const char *name = strstr(harness_text(h), begin);
    cr_assert(name != NULL, "%s", harness_text(h));
    return text_printf(county.ctx, "%s/box/gao/out/%.*s", county.run.dir, (int)strcspn(name, " \n"),
                       name);
}

/* What a viewer would find in the PDF. */
static char *pdf_words(const char *path)
{
    char *out = talloc_zero_size(county.ctx, 65536);
    FILE *f = popen(text_printf(county.ctx, "pdftotext -layout %s -", path), "r");
    cr_assert(f != NULL);
    cr_assert(fread(out, 1, 65535, f) > 0 && pclose(f) == 0, "%s", path);
    return out;
}

Test(print, card_to_terminal_and_box, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "gao", NULL);
    char *text;
    size_t n, len;
    harness_send(h, "=31\r");
    SEES(h, "共40条");
    harness_send(h, "6\r");
    SEES(h, "儿童关爱联系卡");
    harness_send(h, "1");
    SEES(h, "打印预览 > 儿童关爱联系卡");
    SEES(h, "照 护 人");
    harness_send(h, "\0330");
    SEES(h, "打印到哪里");
    harness_send(h, "1");
    SEES(h, "已送到本机打印机");
    const char *raw = harness_raw(h, &n);
    const char *on = memmem(raw, n, "\033[5i", 4), *off = memmem(raw, n, "\033[4i", 4);
    cr_assert(on != NULL && off != NULL && on < off);
    cr_assert(memmem(on, (size_t)(off - on), "12355", 5) != NULL);
    char *path = to_box(h, "3", "card-child-");
    cr_assert_eq(io_read_file(county.ctx, path, 65536, &text, &len), 0, "%s", path);
    cr_assert(strstr(text, "赵桂兰") || strstr(text, "马玉英"));
    cr_assert(strchr(text, PDF_STRONG) == NULL);
    text = pdf_words(to_box(h, "2", "card-child-"));
    cr_assert(strstr(text, "赵桂兰") || strstr(text, "马玉英"));
    cr_assert(strstr(text, "12355") != NULL);
    harness_stop(h);
}

/* A queue that is only a script: what lp was told, and what it got. */
Test(print, queues, .init = setup, .fini = teardown)
{
    char *text, *dir = county.run.dir, *lp = text_printf(county.ctx, "%s/lp", dir);
    const char *script = "#!/bin/sh\nd=${0%/lp}; echo \"$*\" >>$d/told; cat >$d/got-$3\n";
    size_t len;
    cr_assert_eq(io_write_file(lp, script, strlen(script), 0700), 0);
    FILE *conf = fopen(county.run.conf, "a");
    cr_assert(conf != NULL);
    fprintf(conf, "print = { lp = \"lp\"; queue = \"office\"; line_queue = \"dots\"; };\n");
    cr_assert_eq(fclose(conf), 0);
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=31\r");
    SEES(h, "共40条");
    harness_send(h, "6\r");
    SEES(h, "儿童关爱联系卡");
    harness_send(h, "1");
    SEES(h, "打印预览");
    harness_send(h, "\0330");
    SEES(h, "打印机（PDF）");
    harness_send(h, "1");
    SEES(h, "已送到打印队列 office");
    harness_send(h, "\0330");
    SEES(h, "打印到哪里");
    harness_send(h, "2");
    SEES(h, "已送到打印队列 dots");
    cr_assert_eq(
        io_read_file(county.ctx, text_printf(county.ctx, "%s/told", dir), 4096, &text, &len), 0);
    cr_assert(strstr(text, "-s -d office -t card-child-") && strstr(text, "-s -d dots -t card-"),
              "%s", text);
    char *got = pdf_words(text_printf(county.ctx, "%s/got-office", dir));
    cr_assert(strstr(got, "儿童关爱联系卡") != NULL, "%s", got);
    cr_assert_eq(
        io_read_file(county.ctx, text_printf(county.ctx, "%s/got-dots", dir), 65536, &text, &len),
        0);
    cr_assert(strstr(text, "儿童关爱联系卡") != NULL);
    io_write_file(lp, "#!/bin/sh\nexit 1\n", 17, 0700);
    harness_send(h, "\0330");
    SEES(h, "打印到哪里");
    harness_send(h, "1");
    SEES(h, "没有打成");
    harness_stop(h);
}

Test(print, roster_of_a_view, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=31\r");
    SEES(h, "共40条");
    harness_send(h, "\0339");
    SEES(h, "打印名册");
    harness_send(h, "dymc\r");
    SEES(h, "打印预览 > 儿童花名册");
    SEES(h, "共 40 人");
    cr_assert(strstr(harness_text(h), "电话") != NULL, "%s", harness_text(h));
    harness_send(h, "\033[C"); /* wider than the screen: the rest lies to the right */
    cr_assert(harness_wait_gone(h, "序号", HARNESS_MS), "%s", harness_text(h));
    SEES(h, "学校");
    harness_send(h, "\033[D");
    SEES(h, "序号");
    char *text = pdf_words(to_box(h, "2", "roster-child"));
    cr_assert(strstr(text, "儿童花名册") != NULL && strstr(text, "序号") != NULL, "%s", text);
    cr_assert(strstr(text, "阿依·") != NULL, "%s", text);
    harness_stop(h);
    struct node *ask = node_map(county.ctx);
    node_str(ask, "op", "print");
    const struct node *rows = node_get(county_call(&county, NULL, OP_AUDIT_LIST, ask), "rows");
    cr_assert(rows && rows->n == 1, "%s", node_json(county.ctx, rows));
    const char *row = node_json(county.ctx, node_first(rows));
    cr_assert(strstr(row, "gao") && strstr(row, "\"doc\":\"roster\"") && strstr(row, "\"view\":") &&
                  strstr(row, "\"rows\":40"),
              "%s", row);
}

/* figures first, then a leaf of each child, in one file. */
Test(print, booklet_of_a_list, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=31\r");
    SEES(h, "共40条");
    harness_send(h, "\0339");
    SEES(h, "打印名册");
    harness_send(h, "dyzc\r");
    SEES(h, "打印什么");
    harness_send(h, "1");
    SEES(h, "把 40 份印成一册");
    harness_send(h, "1");
    SEES(h, "统计表");
    SEES(h, "共 40 人");
    char *text = pdf_words(to_box(h, "2", "book-child"));
    size_t leaves = 0;
    for (const char *p = text; (p = strstr(p, "儿童关爱联系卡")); p++)
        leaves++;
    cr_assert_eq(leaves, 40, "%zu", leaves);
    cr_assert(strstr(text, "幸福一村") != NULL, "%s", text);
    harness_stop(h);
    struct node *ask = node_map(county.ctx);
    node_str(ask, "op", "print");
    node_int(ask, "limit", 100);
    cr_assert_eq(node_get(county_call(&county, NULL, OP_AUDIT_LIST, ask), "rows")->n, 40);
}

static const char *field_text(void *arg, void *ctx, struct form_path p)
{
    (void)arg;
    (void)ctx;
    return strcmp(p.field->name, "remark") == 0 ? "" : "很长很长的一段话要分行";
}

static const char *word_text(void *arg, void *ctx, const char *word)
{
    (void)arg;
    (void)ctx;
    return word;
}

/* Every shipped document loads, fits its paper, and is neutral. */
Test(print, shipped_documents)
{
    static const char *const never[] = {"留守", "困境", "问题家庭", "差"};
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    struct dict *dict = rec_load_dict(ctx, SRCDIR "/forms", errs);
    const char **names = doc_names(ctx, SRCDIR "/forms/print");
    cr_assert(dict != NULL && names[0] != NULL);
    for (size_t i = 0; names[i]; i++) {
        struct doc *d;
        char *problem, *save = NULL;
        struct doc_source src = {field_text, word_text, NULL};
        cr_assert_eq(doc_load(ctx, SRCDIR "/forms/print", names[i], dict, &d, &problem), 0, "%s",
                     problem);
        char *text = doc_fill(ctx, d, d->type ? dict_form(dict, d->type) : NULL, &src, "x\n");
        for (size_t k = 0; k < NELEM(never); k++)
            cr_assert(strstr(text, never[k]) == NULL, "%s: %s", names[i], never[k]);
        for (const char *c = text; *c;) {
            uint32_t cp = text_next(&c);
            cr_assert(cp < 0x80 || !text_cp_ambiguous(cp), "%s: U+%04X", names[i], (unsigned)cp);
        }
        for (char *l = strtok_r(text, "\n\f", &save); l; l = strtok_r(NULL, "\n\f", &save))
            cr_assert(text_width(l, 2) <= d->width + 24, "%s: %s", names[i], l);
    }
    talloc_free(ctx);
}

Test(print, templates)
{
    static const struct {
        const char *text, *out; /* out NULL: refused */
    } cases[] = {
        {"title: t\ntype: child\n---\n[{name:6}]\n", "[很长 ~]\n"},
        {"title: t\ntype: child\n---\na {name:8+} b\n", "a 很长很长 b\n  的一段话\n  要分行\n"},
        {"title: t\ntype: child\n---\n? x {remark}\n? y {name:4}\n", "y 很 ~\n"},
        {"title: t\nrows: 2\n---\n1\n2\n3\n===\n4\n", "1\n2\n\f3\n\f4\n"},
        {"title: t\n---\n{=today} {{\n{=table}\n", NULL},
        {"title: t\ntype: child\n---\n{nosuch}\n", NULL},
        {"title: t\ntype: child\n---\n{name:0}\n", NULL},
        {"type: child\n---\nx\n", NULL},
        {"title: t\nsize: 3\n---\nx\n", NULL},
    };
    void *ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    struct dict *dict = rec_load_dict(ctx, SRCDIR "/forms", errs);
    char dir[] = "/tmp/printXXXXXX";
    cr_assert(dict != NULL && mkdtemp(dir) != NULL);
    char *path = talloc_asprintf(ctx, "%s/x.print", dir);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct doc *d;
        char *problem;
        struct doc_source src = {field_text, word_text, NULL};
        cr_assert_eq(io_write_file(path, cases[i].text, strlen(cases[i].text), 0600), 0);
        int r = doc_load(ctx, dir, "x", dict, &d, &problem);
        cr_assert((r == 0) == (cases[i].out != NULL), "%zu: %d %s", i, r, problem);
        if (r == 0)
            cr_assert_str_eq(doc_fill(ctx, d, dict_form(dict, "child"), &src, "x\n"), cases[i].out,
                             "%zu", i);
        else
            cr_assert(strncmp(problem, "x.print:", 8) == 0, "%s", problem);
    }
    remove(path);
    remove(dir);
    talloc_free(ctx);
}
