/* The English screens: the catalogue is found beside the program and reaches every part, and the
 * server's sentences come in the language of the session. */
#include <config.h>

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

static struct harness *english(struct county_run *county, const char *user, const char *first)
{
    struct harness *h = county_screen(county, user, NULL); /* makes the box and the environment */
    harness_stop(h);
    static const char *const argv[] = {BUILDDIR "/hutong", NULL};
    county->env[3] = "HUTONG_LANG=en";
    h = harness_start(county->ctx, &(struct harness_opts){.argv = argv, .env = county->env});
    SEES(h, first);
    return h;
}

Test(english, first_screen_list_and_form)
{
    struct county_run county;
    county_start(&county);
    struct harness *h = english(&county, "gao", "10 Today");
    SEES(h, "Child director)");
    harness_send(h, "=31\r");
    SEES(h, "31 Child > Children of the village");
    SEES(h, "Born on");
    SEES(h, "2Edit 3Copy 4Exit");
    harness_send(h, "5\r");
    SEES(h, "Read only");
    SEES(h, "Female");
    harness_send(h, "\024Visits\r"); /* what rules wrote is said in English too */
    SEES(h, "a visit every month, not visited since");
    harness_stop(h);
    county_stop(&county);
}

/* Help, a mistake of the field, a rule of the form and the server's word: no sentence is Chinese. */
Test(english, help_and_rules)
{
    static const char *const steps[][2] = {
        {"=31\r", "Children of the village"},
        {"\033\066", "Name"}, /* Esc 6: new */
        {"", "As in the household register. Keep the dot"},
        {"\0331", "rare characters"},
        {"\0333", "Ctrl-T sections"},
        {"\xE7\x8E\x8B\xE5\xB0\x8F\xE5\xB0\x8F\r", "The 18 digits of the household register"},
        {"110101201801010012\r", "should end in 3"},
        {"\033[A\025", "The 18 digits"},
        {"\r\r2005-01-01", "As in the household register; pinyin"},
        {"\0330", "The child is 18 or older; no file is opened any more"},
    };
    struct county_run county;
    county_start(&county);
    struct harness *h = english(&county, "gao", "10 Today");
    for (size_t i = 0; i < NELEM(steps); i++) {
        harness_send(h, steps[i][0]);
        SEES(h, steps[i][1]);
    }
    harness_stop(h);
    county_stop(&county);
}
