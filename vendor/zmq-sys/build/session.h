/* Included in front of each of libzmq's sources.

   4.3.5 aborts the process when a connection breaks while its socket is being closed in the middle of a message of several
   frames: session_base.cpp, `clean_pipes`, wants to throw away the rest of the message, which the pipe, being closed, no
   longer gives out (https://github.com/zeromq/libzmq/issues/3442). There is nothing left to throw away then, so the loop is
   left instead.

   And it never ends a context if a message was sent over a connection that somebody else had made, after that broke and before the
   socket heard of it: `process_term` waits for the messages of a session that has no engine any more and, unlike one that connects,
   never gets another. Nothing is waited for then, as where the socket did hear of it.

   Both are told from all others by their lines, which no other file has these words in; a test holds that. */
#if defined __cplusplus && !defined RSZMQ_SESSION_H
#define RSZMQ_SESSION_H

#include "err.hpp"

#undef errno_assert

#define RSZMQ_ERRNO_ASSERT(x)                                                  \
    do {                                                                       \
        if (unlikely (!(x))) {                                                 \
            const char *errstr = strerror (errno);                             \
            fprintf (stderr, "%s (%s:%d)\n", errstr, __FILE__, __LINE__);      \
            fflush (stderr);                                                   \
            zmq::zmq_abort (errstr);                                           \
        }                                                                      \
    } while (false)

#define RSZMQ_LEAVE_LOOP(x)                                                    \
    if (unlikely (!(x)))                                                       \
    break

#define RSZMQ_FAIL(x)                                                          \
    if (unlikely (!(x)))                                                       \
    return -1

/* RSZMQ_PICK (<one of these lines>, …) is the first, with any other line the second. */
#define RSZMQ_LINE_233 ~, RSZMQ_LEAVE_LOOP
/* See engine.h. */
#define RSZMQ_LINE_422 ~, RSZMQ_FAIL
#define RSZMQ_LINE_170 ~, RSZMQ_FAIL
#define RSZMQ_TERMINATE_509 ~, terminate (linger_ != 0 && (_engine || _active)); (void)
#define RSZMQ_SECOND(a, b, ...) b
#define RSZMQ_EXPAND(...) RSZMQ_SECOND (__VA_ARGS__)
#define RSZMQ_JOIN(a, b) a##b
#define RSZMQ_LINE(line) RSZMQ_JOIN (RSZMQ_LINE_, line)
#define errno_assert(x) RSZMQ_EXPAND (RSZMQ_LINE (__LINE__), RSZMQ_ERRNO_ASSERT, ~) (x)
/* `_pipe->terminate (linger_ != 0)`, whose argument is left over. */
#define RSZMQ_TERMINATE(line) RSZMQ_JOIN (RSZMQ_TERMINATE_, line)
#define terminate RSZMQ_EXPAND (RSZMQ_TERMINATE (__LINE__), terminate, ~)

#endif
