/*
 * The form screen alone, against a played server, for tests and pictures:
 *   form_app DIR FORMS PLAY TYPE [id=17] [sibling=17] [change=5] [draft=KEY] [field=PATH] [readonly]
 * Ends with "saved N" on the terminal. AGAIN=1 opens the form twice, as a person would.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "rec/check.h"
#include "screen/fake_server.h"
#include "tui/session.h"
#include "tui/tui.h"

static void read_ask(struct form_ask *ask, int n, char **word)
{
    for (int i = 0; i < n; i++) {
        const char *v = strchr(word[i], '=');
        if (strncmp(word[i], "id=", 3) == 0)
            ask->id = strtoull(v + 1, NULL, 10);
        else if (strncmp(word[i], "sibling=", 8) == 0)
            ask->sibling_of = strtoull(v + 1, NULL, 10);
        else if (strncmp(word[i], "change=", 7) == 0)
            ask->change = strtoull(v + 1, NULL, 10);
        else if (strncmp(word[i], "draft=", 6) == 0)
            ask->draft = v + 1;
        else if (strncmp(word[i], "field=", 6) == 0)
            ask->field = v + 1;
        else if (strcmp(word[i], "readonly") == 0)
            ask->readonly = true;
    }
}

static struct session *sign_in(void *ctx, char **argv)
{
    char path[256];
    const char *why;
    struct session *s;
    struct conf_errors *errs = conf_errors_new(ctx);
    snprintf(path, sizeof path, "%s/hutong.conf", argv[1]);
    FILE *f = fopen(path, "w");
    MUST(f != NULL);
    fprintf(f, "server = { socket = \"%s/socket\"; forms_dir = \"%s\"; };\n", argv[1], argv[2]);
    fclose(f);
    struct dict *dict = rec_load_dict(ctx, argv[2], errs);
    if (!dict) {
        fprintf(stderr, "%s\n", errs->text[0]);
        exit(2);
    }
    fake_server_start(argv[1], dict, argv[3]);
    struct place *place = place_read(ctx, path, errs);
    MUST(place != NULL);
    int r = session_open(ctx, place, &s, &why);
    if (r < 0) {
        fprintf(stderr, "%s\n", why);
        exit(2);
    }
    return s;
}

int main(int argc, char **argv)
{
    void *ctx = talloc_new(NULL);
    struct form_ask ask = {0};
    struct term_opts opts = {.fd = 0};
    struct app *app;
    const char *why;
    uint64_t saved = 0;
    if (argc < 5)
        return 2;
    ask.type = argv[4];
    read_ask(&ask, argc - 5, argv + 5);
    struct session *s = sign_in(ctx, argv);
    term_opts_from_env(&opts);
    opts.name = getenv("TERM");
    if (app_new(ctx, &opts, &app, &why) != 0) {
        fprintf(stderr, "%s\n", why);
        return 2;
    }
    s->app = app;
    for (int i = getenv("AGAIN") ? 2 : 1; i > 0; i--)
        form_open(app, s, &ask, &saved);
    talloc_free(app);
    talloc_free(ctx);
    printf("saved %llu\n", (unsigned long long)saved);
    return 0;
}
