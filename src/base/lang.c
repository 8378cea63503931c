/* The language of the messages: Chinese unless asked otherwise. */
#include "base/lang.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* gettext knows one language a process; a server speaks to each session in its own. Chinese is what
 * stands in the source, so gettext is only asked for English. */
static _Thread_local enum lang now = LANG_ZH;

const char *lang_text(const char *s)
{
    return now == LANG_EN && *s ? gettext(s) : s;
}

void lang_use(enum lang lang)
{
    now = lang;
}

enum lang lang_now(void)
{
    return now;
}

const char *lang_word(enum lang lang)
{
    return lang == LANG_EN ? "en" : "zh";
}

enum lang lang_of(const char *word)
{
    return word && strncmp(word, "en", 2) == 0 ? LANG_EN : LANG_ZH;
}

/* HUTONG_LANG, else what the locale says. */
static enum lang wanted(void)
{
    static const char *const vars[] = {"HUTONG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < NELEM(vars); i++) {
        const char *v = getenv(vars[i]);
        if (v && *v)
            return lang_of(v);
    }
    return LANG_ZH;
}

/* The catalogue beside a program that is run where it was built, else the installed one. */
static const char *catalogue_dir(char path[], size_t size)
{
    ssize_t n = readlink("/proc/self/exe", path, size - 1);
    char *slash = n > 0 ? (path[n] = '\0', strrchr(path, '/')) : NULL;
    if (!slash || (size_t)(slash - path) + sizeof("/locale/en") > size)
        return HT_LOCALEDIR;
    strcpy(slash, "/locale/en");
    if (access(path, F_OK) != 0)
        return HT_LOCALEDIR;
    strcpy(slash, "/locale");
    return path;
}

void lang_setup(void)
{
    char path[4096];

    /* gettext looks at LANGUAGE only when the locale is not "C"; nothing else is taken from it. */
    setlocale(LC_MESSAGES, "C.UTF-8");
    setenv("LANGUAGE", "en", 1);
    bindtextdomain("hutong", catalogue_dir(path, sizeof(path)));
    bind_textdomain_codeset("hutong", "UTF-8");
    textdomain("hutong");
    lang_use(wanted());
}
