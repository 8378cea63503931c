/* How dict.c reads form files: what field.c, section.c, view.c and rule.c share. Private to this
 * room. */
#ifndef HUTONG_FORM_LOAD_H
#define HUTONG_FORM_LOAD_H

#include "form/form.h"

struct load_pool; /* texts packed together: a talloc header for each would weigh more than the text
                   */

struct load {
    struct dict *dict;
    struct form *form;        /* the one being read */
    const struct conf **conf; /* by form->pos; NULL when the file could not be read */
    struct load_pool *pool;
    void *tmp; /* freed when loading ends */
    struct conf_errors *errs;
};

#define LOAD_POOL_STEP 16384
struct load_pool *load_pool_new(void *ctx, size_t step);       /* grows by step bytes */
const char *load_pool_text(struct load_pool *, const char *s); /* NULL stays NULL */

/* A text of group, kept by the dictionary; NULL when missing or empty. */
const char *load_text(struct load *, const struct conf_item *group, const char *key);
/* The same, missing is a mistake; never NULL. */
const char *load_need(struct load *, const struct conf_item *group, const char *key);
/* The identifier `name` of a group; "" when it is no identifier (a mistake already noted). */
const char *load_name(struct load *, const struct conf_item *group);
bool load_is_name(const char *s);
/* A whole number within lo and hi; 0 when missing or wrong. */
int load_int(struct load *, const struct conf_item *group, const char *key, int lo, int hi);
/* The list root[key]; NULL when missing or no list. */
const struct conf_item *load_list(struct load *, const char *key);
/* The line of group[key], of group itself when the key is missing. */
const struct conf_item *load_at(const struct conf_item *group, const char *key);
/* A path of the form being read; false when it leads nowhere (noted at item). */
bool load_path(struct load *, const struct conf_item *item, const char *text,
               struct form_path *out);
/* Was the file not to be read, or not all of it? Then that it lacks something says nothing. */
bool load_is_dim(const struct load *, const struct form *);
/* An own field by name; NULL noted at item. */
const struct form_field *load_own_field(struct load *, const struct conf_item *item,
                                        const char *name);
/* The class "A" … "D" of group[key]; dflt when missing. */
enum form_class load_class(struct load *, const struct conf_item *group, const char *key,
                           enum form_class dflt);

/* "，是不是“label”？" for a word that nobody knows, or ""; names is NULL-terminated. */
const char *load_near(void *ctx, const char *word, const char *const names[]);

void field_load(struct load *);    /* names and properties */
void field_resolve(struct load *); /* what they say of each other, of tables and of other forms */
void section_load(struct load *);
void view_load(struct load *); /* default columns and views */
void rule_load(struct load *);

/* Makes form_field quick; the names must not change any more. */
void form_index_names(void *ctx, struct form *);

#endif
