/* Included in front of each of libzmq's sources.

   4.3.5 takes some of what networks, and a process that is full, answer for faults of its own, and aborts the process:

   - a connection that is being made and that a router or firewall refuses as "protocol unreachable" (ICMP 3, code 2), which is
     ENOPROTOOPT (tcp_connecter.cpp and ws_connecter.cpp, `connect`); by way of a SOCKS proxy, and by ipc, any error but a few
     (socks_connecter.cpp, ipc_connecter.cpp). What it does not expect is turned into EHOSTUNREACH, which it does.
   - a connection that the system has given up, where the last that was heard of it is EACCES or EOPNOTSUPP (tcp.cpp,
     `tcp_write`): "prohibited" by IPv6, or a source route that failed. That becomes ECONNRESET.
   - a connection from a network interface by its name, `tcp://eth0:0;host:port`, which is looked up in the I/O thread, while the
     process has no descriptor or memory left (ip_resolver.cpp, `resolve_nic_name`). It survives EINVAL there. */
#ifndef RSZMQ_NETWORK_H
#define RSZMQ_NETWORK_H

#include <errno.h>
#include <sys/types.h>
#include <sys/socket.h>

static inline int rszmq_getsockopt (int socket, int level, int option, void *value, socklen_t *size)
{
    const int answer = getsockopt (socket, level, option, value, size);
    if (answer == 0 && level == SOL_SOCKET && option == SO_ERROR) {
        int *const error = (int *) value;
        switch (*error) {
            case 0:
            case ECONNREFUSED:
            case ECONNRESET:
            case ETIMEDOUT:
            case EHOSTUNREACH:
            case ENETUNREACH:
            case ENETDOWN:
                break;
            default:
                *error = EHOSTUNREACH;
        }
    }
    return answer;
}

static inline ssize_t rszmq_send (int socket, const void *data, size_t size, int flags)
{
    const ssize_t sent = send (socket, data, size, flags);
    if (sent == -1 && (errno == EACCES || errno == EOPNOTSUPP || errno == EMSGSIZE || errno == ENOMEM))
        errno = ECONNRESET;
    return sent;
}

/* libzmq has methods of these names, too; they are renamed everywhere. */
#define getsockopt rszmq_getsockopt
#define send rszmq_send

#if defined ZMQ_HAVE_IFADDRS
#include <ifaddrs.h>

static inline int rszmq_getifaddrs (struct ifaddrs **addresses)
{
    const int answer = getifaddrs (addresses);
    if (answer != 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
        errno = EINVAL;
    return answer;
}

#define getifaddrs rszmq_getifaddrs
#endif

#endif
