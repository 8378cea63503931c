/*
 * Printed documents: text templates of forms/print (the format stands in forms/print/README).
 *
 *   print_doc.h print_doc.c  reading a template, filling it in
 *   print.c                  which document, values from the server, roster of a list
 *   print_view.c             preview with page breaks; where it goes
 */
#ifndef HUTONG_TUI_PRINT_H
#define HUTONG_TUI_PRINT_H

#include "tui/session.h"

struct list;

/* Is there a document for records of this type? */
bool print_any(const struct session *, const char *type);
/* The whole list as a roster with a neutral title. */
void print_roster(struct app *, struct list *);
/* Preview of text whose pages end with form feeds; rows: lines of a page. name: of a file made of it. */
void print_view(struct app *, struct session *, const char *title, const char *name,
                const char *text);

#endif
