/* What user.c and post.c share; private to them. */
#ifndef HUTONG_WORK_USER_H
#define HUTONG_WORK_USER_H

#include "work/admin.h"
#include "work/county.h"

#define MANAGE "user.manage"

struct change {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor; /* NULL: a new store's first users */
    const struct store_who *who;
    struct node *out;
};

/* Puts the sentence into the answer; err. */
int change_say(const struct change *, int err, const char *text);
/* The day of body[key] as canonical text, NULL for none; *bad a sentence. */
const char *change_day(const struct change *, const struct node *body, const char *key,
                       const char **bad);
const char *change_got(const struct rec *, const char *field); /* "" for none */
/*
 * Takes those of body["v"] that are named for into (a user or a post) as their fields say; the others are
 * for who comes next (more, NULL: nobody). NULL when all is well, else a sentence.
 */
const char *change_values(const struct change *, const struct node *body, const char *const names[],
                          const char *const more[], struct rec *into);
/* What a post says of itself besides its place and days. */
extern const char *const post_values[];
/* The user that body["login"] names, who is not the administrator himself. */
int change_user(const struct change *, const struct node *body, struct rec **user);

struct posts {
    struct rec **post;
    size_t n;
};

/* Every post of a user, past ones too. */
int posts_of(const struct change *, uint64_t user, struct posts *);
/* The post that body asks for; NULL when it may be, else a sentence. more: see change_values. */
const char *post_make(const struct change *, const struct node *body, uint64_t user,
                      const char *const more[], struct rec **out);

#endif
