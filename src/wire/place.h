/*
 * Where things are: the few words of hutong.conf that every program needs. The file is that of
 * --config, else HUTONG_CONFIG, else $sysconfdir/hutong/hutong.conf. A path in it that does not begin
 * with '/' is meant from the file's own directory.
 */
#ifndef HUTONG_WIRE_PLACE_H
#define HUTONG_WIRE_PLACE_H

#include "base/conf.h"

struct place {
    const char *config; /* the file */
    const char *socket; /* of hutongd */
    const char *forms;  /* directory of the data dictionary */
    /* the printers of the office, NULL where none is named: CUPS queues for PDF and for plain text */
    const char *lp, *queue, *line_queue;
    const struct conf_item *root; /* for the server, which reads the rest */
};

/* config: of the command line, or NULL. Mistakes to errs, NULL then. */
struct place *place_read(void *ctx, const char *config, struct conf_errors *errs);
/* A path of the configuration: group[key] or dflt, made absolute. */
const char *place_path(const struct place *, const struct conf_item *group, const char *key,
                       const char *dflt, struct conf_errors *errs);

#endif
