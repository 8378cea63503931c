/* On the first screen: villages (townships for the county) by the work they owe, most first. */
#ifndef HUTONG_TUI_HOME_PLACES_H
#define HUTONG_TUI_HOME_PLACES_H

#include "tui/draw.h"
#include "tui/session.h"

enum { HOME_PLACES_MAX = 8 };

struct home_places {
    struct node *mem; /* the answer, NULL: not asked yet */
    const struct node *views, *rows;
    bool late; /* it would have taken long: Enter on the heading asks again and waits */
    bool towns;
    int64_t max;
};

/* Some post looks after more than one village. */
bool home_places_wanted(const struct session *);
/* patient: as long as it takes. The answer hangs under ctx. */
void home_places_load(struct app *, struct session *, void *ctx, struct home_places *,
                      bool patient);
bool home_places_any(const struct home_places *);
size_t home_places_n(const struct home_places *); /* at most HOME_PLACES_MAX */
void home_places_draw_head(const struct home_places *, const struct region *line);
void home_places_draw(const struct home_places *, const struct region *line, size_t i);
/* Which of the owed lists, then that list within the place. */
void home_places_open(struct app *, struct session *, const struct home_places *, size_t i);

#endif
