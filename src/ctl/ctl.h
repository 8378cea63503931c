/*
 * ctl: hutongctl, batch work for administrators and scripts. One row of the table in commands.c makes
 * a command; its usage text is its grammar. The requests are those of the screens, so rights and
 * rules are the same. Data goes to stdout, everything else to stderr; exit codes are design.md 8's.
 *
 *   ctl.h            this: the command table's row, what a command gets
 *   commands.c       the table
 *   hutongctl.c      main: exit code
 *   run.c            finds the command, reads the arguments, connects
 *   args.h args.c    arguments by the grammar of a usage text
 *   help.c           usage, help, did you mean
 *   out.h out.c      tables, CSV and JSON on stdout; sentences on stderr
 *   body.c           bodies of requests: ids, values, findings that come back
 *   cmd_forms.c cmd_division.c cmd_user.c cmd_admin.c    forms; divisions; users and posts; machine
 *   cmd_sweep.c cmd_sweep_table.c     sweeps: acts, tables
 *   cmd_agreement.c cmd_national.c    agreements; the national system
 *   cmd_list.c cmd_show.c cmd_save.c cmd_child.c         records
 *   cmd_import.c import_send.c import_first.c import_file.c cmd_export.c   files; import.h between them
 *   cmd_report.c                                         statistics
 */
#ifndef HUTONG_CTL_H
#define HUTONG_CTL_H

#include "ctl/args.h"
#include "ctl/out.h"
#include "rec/check.h"
#include "wire/client.h"
#include "wire/place.h"

struct ctl;

enum ctl_flag {
    CTL_WRITE = 1,   /* takes --reason and --dry-run */
    CTL_DATA = 2,    /* takes --json and --csv */
    CTL_OFFLINE = 4, /* needs no server; connects itself if at all */
    CTL_JSON = 8,    /* takes --json */
};

struct command {
    const char *name;    /* "user add" */
    const char *usage;   /* its grammar: see args.h */
    const char *help;    /* one sentence */
    const char *example; /* a line or more, may be NULL */
    unsigned flags;
    int (*run)(struct ctl *); /* 0, HE_*, or CTL_SOME */
};
extern const struct command commands[]; /* ends with an empty name */

#define CTL_SOME 1 /* done, but some rows were refused: exit code 1 */

struct ctl {
    const struct command *cmd;
    struct args *args;
    const char *config; /* of the command line, or NULL */
    struct place *place;
    struct dict *dict;
    struct client *client;
    struct node *me;
    void *received; /* answers; loops let them go with ctl_forget */
    enum out_format format;
};

/* --- run.c --- */
int ctl_run(struct ctl *, int argc, char **argv); /* the whole; 0, CTL_SOME, HE_* */
/* Each prints its sentence to stderr and returns HE_*. */
int ctl_place(struct ctl *);   /* reads the configuration */
int ctl_dict(struct ctl *);    /* loads the forms */
int ctl_connect(struct ctl *); /* says hello */
/* A form by name, with a sentence when there is none. */
int ctl_form(struct ctl *, const char *type, const struct form **);
/* One request; on an error prints the sentence (and the findings of a refused save). */
int ctl_call(struct ctl *, enum wire_op, struct node *body, struct node **answer);
/* The same without a word. *text is the sentence. */
int ctl_try(struct ctl *, enum wire_op, struct node *body, struct node **answer, const char **text);
void ctl_forget(struct ctl *);                    /* frees all answers received so far */
int ctl_dict_read(struct ctl *, const char *dir); /* forms of another directory */
struct date ctl_today(const struct ctl *);        /* the server's business date */

/* --- body.c --- */
struct node *ctl_body(struct ctl *, const char *type); /* {type, why, dry, source} */
/* Adds id, or key when the word is no short number. */
void ctl_put_id(struct node *body, const char *word);
/* What people read in a table; files keep the code. */
const char *ctl_label(struct ctl *, const char *type, const char *field, const char *code);
/* A number; HE_USAGE with a sentence. */
int ctl_number(const char *what, const char *word, int64_t *out);
/* The number of an option, under this key; nothing when it is not given. */
int ctl_put_option(struct ctl *, struct node *body, const char *key, const char *option);
/* Argument i, which must be a number. */
int ctl_put_argument(struct ctl *, struct node *body, const char *key, const char *what, size_t i);
/* The arguments from the given one on as numbers of body.ids. */
int ctl_put_ids(struct ctl *, struct node *body, size_t from, const char *what);
/* field=value words from argument `from` on into body.v; an empty value clears the field. */
int ctl_put_values(struct ctl *, struct node *body, size_t from);
/* "a,b" as a list of texts. */
void ctl_put_words(struct node *body, const char *key, const char *words);
void ctl_put_text(struct node *body, const char *key, const char *text); /* not when NULL */
/* Prints findings and conflicts of an answer to stderr. */
void ctl_print_findings(struct ctl *, const struct node *answer);
/* Rows that were left out, each with its reason; true when there are any. */
bool ctl_print_skipped(const struct node *answer);
/* What was done: JSON when asked for, and in words. */
void ctl_print_done(struct ctl *, const struct node *answer, const char *words);
/* One request and ctl_print_done. */
int ctl_act(struct ctl *, enum wire_op, struct node *body, const char *words);
/* What a write answered: id on stdout when asked for, else a sentence on stderr. */
void ctl_print_saved(struct ctl *, const struct node *answer, bool id);

/* --- help.c --- */
void help_all(FILE *);
void help_command(FILE *, const struct command *);
/* Commands that begin with this word; false when there are none. */
bool help_group(FILE *, const char *word);
const char *help_nearest(const char *word); /* name of a command, or NULL */
/* The whole grammar of a command: its usage and what its flags add. */
char *command_grammar(void *ctx, const struct command *);

#endif
