/* Included in front of each of libzmq's sources.

   4.3.5 aborts the process when an ipc listener cannot accept a connection because the process has no descriptor or
   memory left for it (ipc_listener.cpp, `accept`); a tcp listener just tries again (tcp_listener.cpp). Of the errors
   that say so it knows ENFILE for both, so for a Unix socket the others are turned into that one.

   Both try again at once, and report it each time: a hundred thousand events a second, which a monitor that is not read keeps.
   So each try that fails takes a millisecond. */
#ifndef RSZMQ_ACCEPT_H
#define RSZMQ_ACCEPT_H

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

static inline int rszmq_accept4 (int listener, struct sockaddr *address, socklen_t *size, int flags)
{
    const int accepted = accept4 (listener, address, size, flags);
    if (accepted == -1 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
        const int cause = errno;
        const struct timespec pause = {0, 1000000};
        nanosleep (&pause, NULL);
        struct sockaddr_storage own;
        socklen_t own_size = sizeof own;
        const int known = getsockname (listener, (struct sockaddr *) &own, &own_size);
        errno = known == 0 && own.ss_family == AF_UNIX ? ENFILE : cause;
    }
    return accepted;
}

#define accept4(listener, address, size, flags) rszmq_accept4 (listener, address, size, flags)

#endif
