/* A template of forms/print and the text made from it. */
#ifndef HUTONG_TUI_PRINT_DOC_H
#define HUTONG_TUI_PRINT_DOC_H

#include "form/form.h"

enum { PAPER_AMB = 2 }; /* columns of an ambiguous character on paper */

struct doc {
    const char *name;  /* of the file, without .print */
    const char *title; /* neutral: no category of a child stands on paper that leaves the office */
    const char *type;  /* record type; NULL: a roster of any list */
    int width, rows;   /* of the paper, in columns and lines; rows 0: one endless page */
    bool official;     /* identity numbers in full: agreements and official forms only */
    const char **line; /* NULL-terminated body */
};

/* What a document asks for while it is filled in. Answers live as long as ctx. */
struct doc_source {
    /* The text of a field for people, "" when empty; masked is what a print must not show in full. */
    const char *(*field)(void *arg, void *ctx, struct form_path);
    /* today name login place title total */
    const char *(*word)(void *arg, void *ctx, const char *word);
    void *arg;
};

/* HE_NOTFOUND, HE_FORMAT with *problem "card.print:7: …" under ctx. */
int doc_load(void *ctx, const char *dir, const char *name, const struct dict *, struct doc **,
             char **problem);
/* Names of the documents of dir in order, NULL-terminated. */
const char **doc_names(void *ctx, const char *dir);
/* Lines ended by line feeds, pages by form feeds; headings begin with PDF_STRONG (report/pdf.h). A roster's {=table} line gives table as it is. */
char *doc_fill(void *ctx, const struct doc *, const struct form *, const struct doc_source *,
               const char *table);
/* text in exactly cols columns, as draw_cols does it. */
char *doc_cols(void *ctx, const char *text, int cols);

#endif
