/* Files that leave the county (decision 9): below the township a figure of one to four would tell of
 * single children. The server merges them, not the program that writes the file. */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "work/stat_in.h"

enum { SMALL = 4 };

/* Whether a village of one's own, or one whose children one may take out as well. */
static bool may_take(const struct stat_out *o, const char *code)
{
    const char **own = actor_areas(o->ctx, o->actor, "report.read");

    for (; *own; own++)
        if (strcmp(*own, code) == 0)
            return true;
    return actor_covers(o->actor, "export.run", code);
}

bool stat_merges(const struct stat_out *o, const char *code, bool total, const char *division)
{
    bool rest = !total && !*code;

    if (!o || (!o->outside && !o->file))
        return false;
    code = total || rest ? division : code;
    if (area_level(code) < (rest ? AREA_TOWN : AREA_VILLAGE))
        return false;
    return o->outside || !may_take(o, code);
}

bool stat_is_small(int64_t v)
{
    return v > 0 && v <= SMALL;
}

void stat_merge(struct stat_answer *a, const struct report *r, const struct stat_out *o)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t c = 0; c < r->ncolumn; c++) {
            int64_t *v = &a->row[i].v[c];

            if (!stat_merges(o, a->row[i].code, a->row[i].total, a->division))
                continue;
            if (r->column[c].kind == REPORT_FORMULA && r->column[c].down.n)
                *v = STAT_NONE; /* a quotient would tell what it is made of */
            else if (stat_is_small(*v))
                *v = STAT_SMALL;
        }
}
