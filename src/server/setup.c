/* Work on a stopped store: making one, bringing one back, checking one. */
#include "server/server.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/io.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/admin.h"

void setup_print(const struct conf_errors *errs)
{
    for (size_t i = 0; i < errs->n; i++)
        fprintf(stderr, "%s\n", errs->text[i]);
}

static int complain(int err, const char *problem)
{
    if (err < 0)
        fprintf(stderr, "hutongd: %s\n", problem ? problem : err_text(err));
    return err;
}

/* The same with a sentence of the store, which is ours to free. */
static int complain_of_store(int err, char **problem)
{
    complain(err, *problem);
    talloc_free(*problem);
    *problem = NULL;
    return err;
}

struct dict *setup_dict(void *ctx, const struct settings *s)
{
    struct conf_errors *errs = conf_errors_new(ctx);
    struct dict *d = rec_load_dict(ctx, s->place->forms, errs);
    if (!d)
        setup_print(errs);
    return d;
}

const struct roles *setup_roles(void *ctx, const struct settings *s, const struct dict *dict)
{
    struct conf_errors *errs = conf_errors_new(ctx);
    const struct roles *r = roles_load(ctx, s->roles_file, dict, errs);
    if (!r)
        setup_print(errs);
    return r;
}

struct first_user {
    const struct county *county;
    const char *login, *name;
    uint64_t uid;
    const char *const *roles;
};

static int add_first_user(struct txn *t, void *arg)
{
    const struct first_user *u = arg;
    struct store_who who = {.user = u->login,
                            .from = "hutongd",
                            .op = "init",
                            .source = "init",
                            .today = date_of_time(date_now())};
    void *tmp = talloc_new(NULL);
    int r = user_init(t, tmp, u->county, &who, u->login, u->uid, u->name, u->roles);
    talloc_free(tmp);
    return r;
}

/* The name of a passwd entry is what stands before the first comma of its comment. */
static const char *full_name(void *ctx, const struct passwd *pw)
{
    size_t n = pw->pw_gecos ? strcspn(pw->pw_gecos, ",") : 0;
    return n ? talloc_strndup(ctx, pw->pw_gecos, n) : talloc_strdup(ctx, pw->pw_name);
}

/* Who becomes the first user: the login named, or on a private server whoever makes it. */
static int first_user(void *ctx, const struct settings *s, const char *login,
                      struct first_user *out)
{
    static const char *const security[] = {"security_admin", NULL};
    struct passwd *pw = login ? getpwnam(login) : getpwuid(getuid());
    if (!pw && login)
        return complain(HE_NOTFOUND,
                        text_printf(ctx, _("本机没有登录名 %s，请先用 adduser 建立"), login));
    out->uid = pw ? pw->pw_uid : getuid();
    out->login = pw ? talloc_strdup(ctx, pw->pw_name) : text_printf(ctx, "uid%u", getuid());
    out->name = pw ? full_name(ctx, pw) : out->login;
    out->roles = s->private && !login ? NULL : security;
    return 0;
}

static int write_mark(void *ctx, const struct settings *s)
{
    static const char text[] = HAN_("试用数据：不得用于正式登记\n");
    return s->private ? io_write_file(text_printf(ctx, "%s/%s", s->data_dir, PRIVATE_MARK), text,
                                      sizeof text - 1, 0600)
                      : 0;
}

/* Opens the new store once, so that the first user is there before anybody can ask. */
static int init_users(void *ctx, struct settings *s, struct dict *dict, const struct roles *roles,
                      struct first_user *user)
{
    char *problem = NULL;
    struct store *store;
    int r = store_open(ctx, &s->store, dict, &store, &problem);
    if (r < 0)
        return complain_of_store(r, &problem);
    struct conf_errors *errs = conf_errors_new(ctx);
    void *own = talloc_new(NULL);
    user->county = county_open(own, store, dict, roles, &s->county, errs);
    if (!user->county) {
        setup_print(errs);
        r = HE_FORMAT;
    } else {
        r = complain(store_write(store, ctx, NULL, add_first_user, user, NULL), NULL);
    }
    store_close(&store);
    talloc_free(own);
    return r;
}

int setup_init(struct settings *s, const char *security_admin)
{
    void *ctx = talloc_new(NULL);
    struct first_user user = {0};
    char *problem = NULL;
    struct dict *dict = setup_dict(ctx, s);
    const struct roles *roles = dict ? setup_roles(ctx, s, dict) : NULL;
    int r = roles ? 0 : HE_FORMAT;
    if (r == 0 && !s->private && !security_admin)
        r = complain(HE_USAGE, _("请用 --security-admin 登录名 指定第一位安全管理员"));
    if (r == 0)
        r = first_user(ctx, s, security_admin, &user);
    if (r == 0)
        r = complain(io_make_dirs(s->data_dir, 0700), NULL);
    if (r == 0)
        r = complain_of_store(store_init(&s->store, dict, &problem), &problem);
    if (r == 0)
        r = complain(write_mark(ctx, s), NULL);
    if (r == 0)
        r = init_users(ctx, s, dict, roles, &user);
    if (r == 0)
        fprintf(stderr, _("hutongd: 已在 %s 建立空的登记数据，第一位用户是 %s\n"), s->data_dir,
                user.login);
    talloc_free(ctx);
    return r;
}

int setup_restore(struct settings *s, const char *from)
{
    char *problem = NULL;
    void *ctx = talloc_new(NULL);
    int r = complain_of_store(store_restore(from, &s->store, &problem), &problem);
    if (r == 0)
        r = complain(write_mark(ctx, s), NULL);
    if (r == 0)
        fprintf(stderr, _("hutongd: 已从 %s 恢复到 %s\n"), from, s->data_dir);
    talloc_free(ctx);
    return r;
}

int setup_recover(struct settings *s)
{
    char *problem = NULL;
    int r = complain_of_store(store_recover(&s->store, &problem), &problem);
    if (r == 0)
        fprintf(stderr, _("hutongd: 恢复完成，可以启动服务器\n"));
    return r;
}

static void print_fault(const char *sentence, void *arg)
{
    (void)arg;
    printf("%s\n", sentence);
}

int setup_verify(struct settings *s)
{
    void *ctx = talloc_new(NULL);
    struct dict *dict = setup_dict(ctx, s);
    int r = dict ? store_verify_stopped(&s->store, dict, print_fault, NULL) : HE_FORMAT;
    if (dict && r < 0)
        complain(r, NULL);
    if (r >= 0)
        fprintf(stderr, _("hutongd: 检查完毕，发现 %d 处问题\n"), r);
    talloc_free(ctx);
    return r > 0 ? HE_CORRUPT : r;
}
