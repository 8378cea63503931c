/* The configuration file and the paths in it. */
#include "wire/place.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const char *full_path(const struct place *p, const char *path)
{
    const char *slash = strrchr(p->config, '/');
    if (path[0] == '/' || !slash)
        return path;
    char *s = talloc_asprintf(p, "%.*s/%s", (int)(slash - p->config), p->config, path);
    MUST(s);
    return s;
}

const char *place_path(const struct place *p, const struct conf_item *group, const char *key,
                       const char *dflt, struct conf_errors *errs)
{
    return full_path(p, group ? conf_text(group, key, dflt, errs) : dflt);
}

static void read_printers(struct place *p, const struct conf_item *print, struct conf_errors *errs)
{
    p->lp = place_path(p, print, "lp", "/usr/bin/lp", errs);
    p->queue = print ? conf_text(print, "queue", NULL, errs) : NULL;
    p->line_queue = print ? conf_text(print, "line_queue", NULL, errs) : NULL;
}

struct place *place_read(void *ctx, const char *config, struct conf_errors *errs)
{
    const char *env = getenv("HUTONG_CONFIG");
    struct place *p = talloc_zero(ctx, struct place);
    MUST(p);
    p->config = config ? config : env && *env ? env : HT_SYSCONFDIR "/hutong.conf";
    size_t before = errs->n;
    struct conf *c = conf_read(p, p->config, errs);
    if (!c) {
        talloc_free(p);
        return NULL;
    }
    p->root = conf_root(c);
    const struct conf_item *server = conf_get(p->root, "server");
    p->socket = place_path(p, server, "socket", "/run/hutong/socket", errs);
    p->forms = place_path(p, server, "forms_dir", HT_FORMS_DIR, errs);
    read_printers(p, conf_get(p->root, "print"), errs);
    if (errs->n == before)
        return p;
    talloc_free(p);
    return NULL;
}
