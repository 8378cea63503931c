/* The English screens: the catalogue is found beside the program and reaches every part. */
#include <config.h>

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

Test(english, first_screen_list_and_form)
{
    struct county_run county;
    county_start(&county);
    struct harness *h = county_screen(&county, "gao", NULL); /* makes the box and the environment */
    harness_stop(h);
    static const char *const argv[] = {BUILDDIR "/hutong", NULL};
    county.env[3] = "HUTONG_LANG=en";
    h = harness_start(county.ctx, &(struct harness_opts){.argv = argv, .env = county.env});
    SEES(h, "10 Today");
    SEES(h, "Child director");
    harness_send(h, "=31\r");
    SEES(h, "31 Child > Children of the village");
    SEES(h, "Born on");
    SEES(h, "2Edit 3Copy 4Exit");
    harness_send(h, "5\r");
    SEES(h, "Read only");
    SEES(h, "Female");
    harness_stop(h);
    county_stop(&county);
}
