/* The parts of a workbook that stand beside its sheets, and how any part is read. */
#ifndef HUTONG_XLSX_PART_H
#define HUTONG_XLSX_PART_H

#include <expat.h>
#include <zip.h>

#include "report/table_in.h"

struct xlsx_book {
    zip_t *zip;
    char *sheet; /* name in the archive of the first visible one */
    bool from_1904;
    /* shared strings: all in one block, each ended by NUL */
    char *text;
    size_t len, room;
    size_t *start;
    size_t nstring;
    bool *date_style; /* by index of cellXfs */
    size_t nstyle;
};

/* Opens the archive and reads everything but the sheet; closed with book's memory. */
int xlsx_book_open(struct table *, struct xlsx_book *book);

/* A part as a stream of XML. Handlers get the struct itself. */
struct xlsx_xml {
    struct table *table;
    const char *name;
    void *arg; /* of the handlers */
    zip_file_t *file;
    XML_Parser parser;
    uint64_t bytes, max;
    bool enough;
    int err;
};

struct xlsx_reader {
    XML_StartElementHandler start;
    XML_EndElementHandler end;
    XML_CharacterDataHandler chars;
    uint64_t max; /* bytes of XML */
};

/* HE_NOTFOUND when there is no such part. Freed with the table, or alone. */
int xlsx_xml_open(struct table *, zip_t *, const char *name, const struct xlsx_reader *, void *arg,
                  struct xlsx_xml **out);
/* The whole part at once. */
int xlsx_part_read(struct table *, zip_t *, const char *name, const struct xlsx_reader *, void *arg);
int xlsx_xml_step(struct xlsx_xml *);           /* the next bytes: 1 more to come, 0 the end */
void xlsx_xml_stop(struct xlsx_xml *, int err); /* called by handlers: enough, or a mistake */
const char *xlsx_name(const char *qualified);   /* without the prefix */
const char *xlsx_attr(const char **attrs, const char *name);
void xlsx_unescape(char *); /* _x000D_ and its like become what they mean, in place */

#endif
