/* hutongctl: the program. */
#include <sys/stat.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "ctl/ctl.h"

int main(int argc, char **argv)
{
    struct ctl *c = talloc_zero(NULL, struct ctl);
    MUST(c);
    umask(0077);
    lang_setup();
    out_start(c, argc, argv);
    int r = ctl_run(c, argc, argv);
    int end = out_finish();
    talloc_free(c);
    if (r == 0 && end < 0)
        r = end;
    return r > 0 ? r : err_exit(r);
}
