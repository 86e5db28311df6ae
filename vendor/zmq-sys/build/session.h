/* Included in front of each of libzmq's sources.

   4.3.5 aborts the process when a connection breaks while its socket is being closed in the middle of a message of several
   frames: session_base.cpp, `clean_pipes`, wants to throw away the rest of the message, which the pipe, being closed, no
   longer gives out (https://github.com/zeromq/libzmq/issues/3442). There is nothing left to throw away then, so the loop is
   left instead. The assertion is told from all others by its line, which no other file has one in; a test holds that. */
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

/* RSZMQ_PICK (<one of these lines>, …) is the first, with any other line the second. */
#define RSZMQ_LINE_233 ~, RSZMQ_LEAVE_LOOP
#define RSZMQ_SECOND(a, b, ...) b
#define RSZMQ_EXPAND(...) RSZMQ_SECOND (__VA_ARGS__)
#define RSZMQ_JOIN(a, b) a##b
#define RSZMQ_LINE(line) RSZMQ_JOIN (RSZMQ_LINE_, line)
#define errno_assert(x) RSZMQ_EXPAND (RSZMQ_LINE (__LINE__), RSZMQ_ERRNO_ASSERT, ~) (x)

#endif
