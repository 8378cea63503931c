/* Every screen a person may open has a short number and pinyin initials (交易码): "=31", "=etdj". */
#ifndef HUTONG_TUI_JUMP_H
#define HUTONG_TUI_JUMP_H

#include "tui/session.h"

struct jump {
    const char *code, *alias, *label, *help;
    const char *type;                             /* a list of this type, or */
    void (*open)(struct app *, struct session *); /* … this screen */
};

/* Those one may use, by number; under ctx. */
struct jump *jump_list(void *ctx, const struct session *, size_t *n);
void jump_go(struct app *, struct session *, const struct jump *);
/* Asks for a number or initials and goes there. */
void jump_ask(struct app *, struct session *);
/* '=' or ':' in a list or menu, full-width too. */
bool jump_key(const struct key *);

#endif
