/* A look-up in the server's records: words on top, what they find below, as one types. */
#ifndef HUTONG_TUI_PICK_FIND_H
#define HUTONG_TUI_PICK_FIND_H

#include "tui/session.h"

struct find_row {
    const char *code; /* in front; may be NULL */
    const char *label;
    const char *hint; /* behind; may be NULL */
    uint64_t id;
};

struct finder {
    const char *title, *hint; /* hint: for row 23 */
    void *arg;
    /* The rows that words find, under ctx; *rows stays NULL when there are none. */
    size_t (*query)(struct app *, void *arg, void *ctx, const char *words, struct find_row **rows);
    /* Enter on a row: true ends with it, false asks again (a level deeper). NULL: always true. */
    bool (*take)(void *arg, const struct find_row *);
};

/* The row taken, its texts under ctx; false when cancelled. */
bool find_run(struct app *, void *ctx, const struct finder *, struct find_row *out);

/* As pick_area and pick_record, with what to show for the choice under ctx. */
bool find_area(struct app *, struct session *, void *ctx, const char *under, struct find_row *out);
/* Any place of the country (code table region of GB/T 2260), a village of the county, 境外 海上 流动. */
bool find_region(struct app *, struct session *, void *ctx, struct find_row *out);
bool find_record(struct app *, struct session *, void *ctx, const char *type, const char *title,
                 struct find_row *out);
/* The rows of one question, for words typed into a field: at most max. */
size_t find_areas(struct app *, struct session *, void *ctx, const char *below, const char *words,
                  size_t max, struct find_row **rows);
size_t find_regions(struct app *, struct session *, void *ctx, const char *words, size_t max,
                    struct find_row **rows);
size_t find_records(struct app *, struct session *, void *ctx, const char *type, const char *words,
                    size_t max, struct find_row **rows);

#endif
