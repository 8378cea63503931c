/*
 * Sends rows in order and takes what became of them. The server takes as many of a message as fit in
 * a piece of its time; the rest goes again. Blank rows, totals and rows whose cells a spreadsheet
 * spoiled are sent too, so that the job's mark and counts are those of the whole file.
 */
#include "ctl/import.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "report/table_write.h"

#define PIECE_ROWS  100
#define PIECE_BYTES 40000
#define BLANKS_MAX  1000 /* of one gap; formatted sheets have them by the hundred thousand */

const char *const import_outcomes[IMP_COUNT] = {"accepted", "incomplete", "unchanged", "rejected",
                                                "skipped"};

struct sender {
    struct import *im;
    void *mem; /* of the rows waiting */
    struct node *rows;
    size_t bytes;
};

static void take_rejected(struct import *im, const struct node *e)
{
    void *tmp = talloc_new(NULL);
    const char *cell[] = {text_printf(tmp, "%lld", (long long)node_num(e, "row", 0)),
                          node_text(e, "field"), node_text(e, "code"), node_text(e, "text")};
    if (im->rejects) {
        table_csv_row(im->rejects, cell, NELEM(cell), false);
        fflush(im->rejects);
    } else {
        out_say(_("第 %s 行：%s (%s)"), cell[0], cell[3] ? cell[3] : "", cell[2] ? cell[2] : "");
    }
    talloc_free(tmp);
}

static void take_answer(struct import *im, const struct node *answer)
{
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        const char *word = node_text_or(e, "outcome", "");
        size_t i = 0;
        while (i < IMP_COUNT && strcmp(word, import_outcomes[i]) != 0)
            i++;
        if (i < IMP_COUNT)
            im->count[i]++;
        if (i == IMP_REJECTED)
            take_rejected(im, e);
    }
}

static void forget(struct sender *s)
{
    talloc_free(s->mem);
    s->mem = talloc_new(s->im->c);
    s->rows = node_list(s->mem);
    s->bytes = 0;
}

/* The rows behind the first `taken` ones. */
static void keep_rest(struct sender *s, int64_t taken)
{
    void *old = s->mem;
    const struct node *e = node_first(s->rows);
    s->mem = talloc_new(s->im->c);
    s->rows = node_list(s->mem);
    for (; e; e = e->next)
        if (taken-- <= 0)
            node_copy(s->rows, NULL, e);
    talloc_free(old);
}

static int flush(struct sender *s)
{
    struct import *im = s->im;
    while (s->rows->n > 0) {
        struct node *answer, *b = ctl_body(im->c, NULL);
        int64_t last = node_num(s->rows->last, "row", 0);
        node_remove(b, "dry"); /* the job itself tries */
        node_int(b, "job", im->job);
        node_copy(b, "rows", s->rows);
        int r = ctl_call(im->c, OP_IMPORT_ROWS, b, &answer);
        if (r < 0)
            return r;
        int64_t taken = node_num(answer, "taken", 0);
        if (taken < 1)
            return import_say(HE_PROTOCOL, NULL);
        take_answer(im, answer);
        keep_rest(s, taken);
        talloc_free(b);
        ctl_forget(im->c);
        out_progress(_("导入 %lld/%lld 行，退回 %lld 行"), (long long)last, (long long)im->rows,
                     (long long)im->count[IMP_REJECTED]);
    }
    forget(s);
    return 0;
}

static struct node *add_row(struct sender *s, int64_t number)
{
    struct node *n = node_add_map(s->rows, NULL);
    node_int(n, "row", number);
    s->bytes += 16;
    return n;
}

static int full(struct sender *s)
{
    return s->rows->n >= PIECE_ROWS || s->bytes > PIECE_BYTES ? flush(s) : 0;
}

static int skip_blanks(struct sender *s, int64_t from, int64_t to)
{
    int r = 0;
    for (int64_t i = from; i < to && i < from + BLANKS_MAX && r == 0; i++) {
        if (i >= s->im->next)
            node_str(add_row(s, i), "skip", "blank");
        r = full(s);
    }
    return r;
}

static int send_row(struct sender *s, const struct table_row *row, int64_t number)
{
    const struct map_match *m = s->im->match;
    enum map_kind kind = map_kind(m, row);
    struct node *n = add_row(s, number);
    const char *path;
    if (kind != MAP_DATA) {
        node_str(n, "skip", kind == MAP_TOTAL ? "total" : "heading");
        return full(s);
    }
    const struct table_bad *bad = map_bad(m, row, &path);
    if (bad) {
        struct node *b = node_add_map(n, "bad");
        node_str(b, "field", path);
        node_str(b, "code", bad->code);
        node_str(b, "text", bad->text);
        return full(s);
    }
    struct node *v = node_add_map(n, "v");
    map_values(m, row, v);
    for (const struct node *e = node_first(v); e; e = e->next)
        s->bytes += strlen(e->key) + e->len + 8;
    return full(s);
}

int import_send(struct import *im)
{
    struct sender s = {.im = im};
    struct table *t;
    const struct table_row *row;
    char *problem = NULL;
    int64_t last = 0;
    forget(&s);
    int r = table_open(im->c, im->path, &im->opt, &t, &problem);
    while (r == 0 && (r = table_next(t, &row, &problem)) > 0) {
        int64_t number = row->number - im->match->heading;
        r = 0;
        if (number > 0)
            r = skip_blanks(&s, last + 1, number);
        if (r == 0 && number >= im->next && number > 0)
            r = send_row(&s, row, number);
        last = number > 0 ? number : 0;
    }
    if (problem)
        import_say(r, problem);
    if (r == 0)
        r = flush(&s);
    return r;
}
