/*
 * Printed documents: text templates of forms/print (the format stands in forms/print/README).
 *
 *   print_doc.h print_doc.c  reading a template, filling it in
 *   print.c                  which document, values from the server, roster of a list
 *   print_book.c             a booklet of a list
 *   print_view.c             preview with page breaks
 *   print_out.c              where it goes: printer of the terminal, queues of CUPS, the box
 */
#ifndef HUTONG_TUI_PRINT_H
#define HUTONG_TUI_PRINT_H

#include "report/pdf.h"
#include "tui/session.h"

struct list;

/* One document, ready. */
struct paper {
    const char *title;             /* on the preview */
    const char *name;              /* of a file made of it, without its ending */
    const char *text;              /* pages end with form feeds, headings begin with PDF_STRONG */
    const struct pdf_table *table; /* what the PDF shows in place of the text; NULL: the text */
};

/* Is there a document for records of this type? */
bool print_any(const struct session *, const char *type);
/* The whole list as a roster with a neutral title. */
void print_roster(struct app *, struct list *);
/* A page of figures and the document of every record of the list, or of the marked ones. */
void print_book(struct app *, struct list *);
/* Which document for a type (NULL: a roster); NULL when given up or there is none. */
struct doc *print_choose(struct app *, struct session *, void *ctx, const char *type);
/* The document of one record, noted as printed; NULL after a message. */
char *print_fill(struct app *, struct session *, void *ctx, const struct doc *, const char *type,
                 uint64_t id);
/* The same of forms/print/NAME.print. */
char *print_fill_by(struct app *, struct session *, void *ctx, const char *name, const char *type,
                    uint64_t id);
/* Preview of a document, from which it is printed. */
void print_paper(struct app *, struct session *, const struct paper *);
/* The same for text alone. */
void print_view(struct app *, struct session *, const char *title, const char *name,
                const char *text);

/* --- print_out.c --- */
/* Asks where to and sends it there; says what became of it. */
void print_send(struct app *, struct session *, const struct paper *);

#endif
