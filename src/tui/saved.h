/*
 * Lists and tables kept under a name of one's own (forms/saved_view.form): the server keeps them for
 * their owner alone. What is kept is text, "word value" a line.
 *
 *   saved.c         asking, keeping, renaming, dropping
 *   list_saved.c    lists: kind "1"
 *   cross.c         tables of one's own: kind "2"
 */
#ifndef HUTONG_TUI_SAVED_H
#define HUTONG_TUI_SAVED_H

#include "tui/session.h"
#include "tui/tui.h"

struct saved {
    uint64_t id;
    const char *name, *spec;
};

struct saved_kind {
    const char *kind;  /* forms/codes/saved_view_kind.csv */
    const char *type;  /* of the records */
    const char *keep;  /* titles: "存成我的名单" */
    const char *open;  /* "我的名单" */
    const char *none;  /* "还没有存过名单。" */
    const char *again; /* "已经有这个名称的名单，换成现在的样子吗？" */
};

bool saved_may(const struct session *);
/* One's own, under ctx. */
size_t saved_all(struct app *, struct session *, void *ctx, const struct saved_kind *,
                 struct saved **);
/* Lets one be chosen; NULL: none. title NULL: the kind's. */
const struct saved *saved_pick(struct app *, struct session *, void *ctx, const struct saved_kind *,
                               const char *title);
/* Keeps spec under a name that is asked for; the name, under ctx, or NULL. */
char *saved_keep(struct app *, struct session *, void *ctx, const struct saved_kind *,
                 const char *name, const char *spec);
bool saved_rename(struct app *, struct session *, const struct saved_kind *);
bool saved_drop(struct app *, struct session *, const struct saved_kind *);
/* What is empty is left out. */
char *saved_spec(void *ctx, const char *const line[][2], size_t n);

#endif
