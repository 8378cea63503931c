/* A directory of its own for a test, removed with everything in it when the context goes. */
#ifndef HUTONG_TEST_TMPDIR_H
#define HUTONG_TEST_TMPDIR_H

#include <criterion/criterion.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

static int tmpdir_remove(char *dir)
{
    char *const roots[] = {dir, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

    for (FTSENT *e; walk && (e = fts_read(walk));)
        if (e->fts_info != FTS_D)
            remove(e->fts_path);
    if (walk)
        fts_close(walk);
    return 0;
}

static char *tmpdir_new(void *ctx)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = talloc_asprintf(ctx, "%s/hutong-XXXXXX", tmp ? tmp : "/tmp");

    cr_assert(mkdtemp(dir) != NULL);
    talloc_set_destructor(dir, tmpdir_remove);
    return dir;
}

#endif
