/*
 * server: hutongd. Listens, knows who is there, checks every right in one place, hands requests to
 * work and store. Knows no rule of the business itself.
 *
 *   hutongd.c        options, main
 *   server.h         this
 *   settings.c       conf/hutong.conf, read strictly
 *   setup.c          --init --restore --recover --verify: work on a stopped store
 *   serve.c          opening, signals, reloading, ending
 *   listen.c         the socket; accepting and refusing connections
 *   peer.c           what one user (uid) may use up: connections, requests, rows of refusals
 *   session.c        one connection, one thread
 *   dispatch.c       a request: decode, right, transaction, answer
 *   call.h           what a handler gets
 *   op_table.c       request → handler
 *   op_session.c op_record.c op_list.c op_child.c op_draft.c op_import.c op_export.c op_admin.c
 *   op_stat.c op_agreement.c op_sweep.c
 *                    the handlers: thin, one function a request; bodies stand above each
 *
 * Threads: main accepts and takes signals; each session has its own; the store has its writer.
 * srv->lock guards the lists of sessions and peers and is never held during a request. Every
 * request holds srv->rules for reading; a reload of roles and parameters holds it for writing.
 */
#ifndef HUTONG_SERVER_H
#define HUTONG_SERVER_H

#include <pthread.h>
#include <sys/types.h>

#include "wire/place.h"
#include "wire/wire.h"
#include "work/work.h"

struct limits {
    int sessions, sessions_per_user;
    int requests_per_second; /* of one user; more are made to wait */
    int hello_ms;            /* from accepting to a good hello */
    int frame_ms;            /* to take or give one packet */
    int stop_ms;             /* for running requests when the server ends */
    int idle_lock_minutes;   /* told to the screens */
};

struct settings {
    struct place *place;
    const char *data_dir, *roles_file;
    struct store_conf store;
    struct county_conf county;
    struct limits limits;
    bool private;       /* a server for trying and testing */
    bool act_as, today; /* HUTONG_USER, HUTONG_TODAY: private servers only */
    int log_level;
};

/* Reads the file of config (NULL: see place.h). All mistakes to errs; NULL then. */
struct settings *settings_read(void *ctx, const char *config, struct conf_errors *errs);
/* May this data directory be served so: one made by a production configuration is never private.
 * HE_RULE with *problem. */
int settings_check_data(void *ctx, const struct settings *, char **problem);
#define PRIVATE_MARK "PRIVATE" /* file in data_dir, made by --init of a private configuration */

struct peer {
    struct peer *next;
    uid_t uid;
    int connections;
    double tokens; /* requests it may make now */
    int64_t filled_ms;
    int64_t refused_s; /* time of the last audit row of a refusal */
    unsigned refused;  /* since then, without a row */
};

struct session;

struct server {
    struct settings *set;
    struct store *store;
    struct dict *dict;
    struct county *county;
    int64_t started;
    int lfd;
    int wake; /* eventfd: a session ended */
    pthread_mutex_t lock;
    pthread_cond_t calm; /* a request ended */
    pthread_rwlock_t rules;
    struct session *sessions;
    struct peer *peers;
    int connections;
    unsigned long requests;
};

struct session {
    struct session *next;
    struct server *srv;
    int fd;
    struct peer *peer;
    uid_t uid;
    const char *login; /* of uid, read once */
    const char *user;  /* the Hutong user: login, or who he acts as */
    uint64_t user_uid; /* uid, or ACTOR_ANY_UID */
    uint64_t user_id;  /* the user's record, from hello on */
    struct actor *actor; /* as last loaded, NULL; good while actor_stamp and roles stay the same */
    uint64_t actor_stamp;
    const struct roles *actor_roles;
    const char *from, *program;
    struct date today; /* y == 0: the server's */
    uint64_t nonce;    /* of hello; with a request's seq its request number */
    unsigned typed;    /* searches while typing: one row for all */
    bool greeted;
    bool running, ended; /* under srv->lock */
    const char *reason;  /* why it ended, for the log */
};

int serve(struct settings *);

/* Each prints what is wrong to stderr and returns 0 or HE_*. */
int setup_init(struct settings *, const char *security_admin);
int setup_restore(struct settings *, const char *from);
int setup_recover(struct settings *);
int setup_verify(struct settings *);
/* Dictionary and roles; NULL after printing all mistakes. */
struct dict *setup_dict(void *ctx, const struct settings *);
const struct roles *setup_roles(void *ctx, const struct settings *, const struct dict *);
void setup_print(const struct conf_errors *);

int listen_open(const char *path, char **problem);
/* Takes one connection. HE_LIMIT when descriptors or memory have run out: wait a little. */
int listen_accept(struct server *);

/* Under srv->lock. NULL when this user has his share of connections. */
struct peer *peer_join(struct server *, uid_t uid);
void peer_leave(struct peer *);
/* Milliseconds this request has to wait (0: none); takes the token. */
int peer_wait_ms(struct server *, struct peer *);
/* Is an audit row of a refusal due? *n refusals stand behind it. At most one a minute. */
bool peer_refusal_due(struct server *, struct peer *, unsigned *n);

/* Starts a thread for fd and owns it, also on failure. */
int session_start(struct server *, int fd, uid_t uid, struct peer *);
/* Ends the other sessions of the same user and nonce: they start no request any more. */
void session_fence_others(struct session *);
/* Waits until none of them runs one; HE_BUSY after ms. */
int session_wait_others(struct session *, int ms);
/* Under no lock: ends all after the requests that run; hard: cuts the lines. */
void session_end_all(struct server *, bool hard);

/* One request; false when the connection has to end (s->reason says why). */
bool dispatch(struct session *, void *ctx, const struct node *request);
void dispatch_answer(struct session *, void *ctx, int64_t seq, int err, const char *text,
                     const struct node *body);

/* NULL, or why nothing may be changed now. */
const char *server_readonly(const struct server *);

#endif
