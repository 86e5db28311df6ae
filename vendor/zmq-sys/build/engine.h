/* Included in front of each of libzmq's sources.

   4.3.5 aborts the process in connections that end, or are made again, at the wrong moment; every peer can bring that
   about, and honest ones do by accident:

   - stream_engine_base.cpp, `out_event`: a connection broke while the socket's queue was full, so that the rest of what
     came is still to be read. A PING in it is answered, and the socket's own heartbeat is sent, over a connection that
     is gone. There is nobody to send to then, so nothing is sent.
   - stream_engine_base.cpp, `restart_input`: a connection was given up by its heartbeat while the queue was full, and
     has been made again. When there is room again, the new one is told to go on with what it has not begun. It does not
     need to be told.
   - stream_engine_base.cpp, `out_event`: an empty message is to be sent as plain bytes, of which it has none; a ROUTER
     with ROUTER_RAW and PROBE_ROUTER does that. The next message is taken.
   - stream_engine_base.cpp, `zap_msg_available`: the authenticator answers when the connection that it is about has been
     made again, and the new one has not heard from its peer yet. The answer is thrown away.
   - stream_engine_base.cpp, `pull_and_encode`: a socket with HEARTBEAT_IVL, and a peer by WebSocket that asks for `ZWS2.0`,
     which has no mechanism to encode with. What is to be sent is sent as it is.
   - zmtp_engine.cpp and ws_engine.cpp, `process_routing_id_msg`: a peer says its routing id while the socket is being
     closed. For a newer ZMTP libzmq knows of that (stream_engine_base.cpp, `mechanism_ready`).
   - router.cpp, `identify_peer`: a peer has taken a routing id that libzmq would make up for the next one. They count
     upwards, so a ROUTER or REP can be counted up to one by making connections. The next that is free is taken.

   - fq.cpp, `recvpipe`: a peer sends a message of several frames to a socket with CONFLATE, which keeps the last that came, and
     may be received from between two. libzmq has no such messages for these sockets; here each frame is a message.

   And in four places it forgets something:

   - pipe.cpp, `read`: the name that the authenticator gave a peer comes before its messages, and is counted as written, but not as
     read. With RCVHWM 1 there is never room for more.
   - dist.cpp, `has_pipe`: an XPUB with XPUB_MANUAL asks whether a subscriber is still there by what its pipe says, which may be gone.
   - dbuffer.hpp, `write`: a socket with CONFLATE forgets, and leaks, what comes while somebody looks whether anything is there.
     That may be the last message, or the word that the connection ends, which is waited for then.
   - socket_base.cpp, `event`: to tell a monitor something changes errno. By that curve_mechanism_base.cpp, `decode`, says that a
     message has been changed on its way; the engine takes it for a full queue then, and keeps the connection for ever.

   All are told from others by their lines, as in session.h. */
#if defined __cplusplus && !defined RSZMQ_ENGINE_H
#define RSZMQ_ENGINE_H

#include <errno.h>

#include "err.hpp"
#include "wire.hpp"

#undef zmq_assert

#define RSZMQ_ASSERT(x)                                                        \
    do {                                                                       \
        if (unlikely (!(x))) {                                                 \
            fprintf (stderr, "Assertion failed: %s (%s:%d)\n", #x, __FILE__,   \
                     __LINE__);                                                \
            fflush (stderr);                                                   \
            zmq::zmq_abort (#x);                                               \
        }                                                                      \
    } while (false)

#define RSZMQ_RETURN(x)                                                        \
    if (unlikely (!(x)))                                                       \
    return

#define RSZMQ_RETURN_TRUE(x)                                                   \
    if (unlikely (!(x)))                                                       \
    return true

#define RSZMQ_NEXT(x)                                                          \
    if (unlikely (!(x)))                                                       \
    continue

#define RSZMQ_THROW_AWAY(x)                                                    \
    if (unlikely (!(x))) {                                                     \
        msg_t rszmq_late;                                                      \
        rszmq_late.init ();                                                    \
        while (_session->read_zap_msg (&rszmq_late) == 0)                      \
            ;                                                                  \
        rszmq_late.close ();                                                   \
        return;                                                                \
    }

#define RSZMQ_PULL(x)                                                          \
    if (unlikely (!(x)))                                                       \
    return pull_msg_from_session (msg_)

#define RSZMQ_PICK_SECOND(a, b, ...) b
#define RSZMQ_PICK(...) RSZMQ_PICK_SECOND (__VA_ARGS__)
#define RSZMQ_PASTE_BOTH(a, b) a##b
#define RSZMQ_PASTE(a, b) RSZMQ_PASTE_BOTH (a, b)

/* stream_engine_base.cpp: `out_event`, `out_event`, `restart_input`, `zap_msg_available`,
   `pull_and_encode`. */
#define RSZMQ_ASSERT_310 ~, RSZMQ_RETURN
#define RSZMQ_ASSERT_338 ~, RSZMQ_338
#define RSZMQ_ASSERT_396 ~, RSZMQ_RETURN_TRUE
#define RSZMQ_ASSERT_487 ~, RSZMQ_487
#define RSZMQ_ASSERT_603 ~, RSZMQ_PULL
/* There are others in these lines (generic_mtrie_impl.hpp, object.cpp), which ask for something else. */
#define RSZMQ_OTHER_SECOND(a, b, ...) b
#define RSZMQ_OTHER(...) RSZMQ_OTHER_SECOND (__VA_ARGS__)
#define RSZMQ_338(x) RSZMQ_OTHER (RSZMQ_338_##x, RSZMQ_ASSERT, ~) (x)
#define RSZMQ_338_n ~, RSZMQ_NEXT, ~
#define RSZMQ_487(x) RSZMQ_OTHER (RSZMQ_487_##x, RSZMQ_ASSERT, ~) (x)
#define RSZMQ_487__mechanism ~, RSZMQ_THROW_AWAY, ~
#define zmq_assert(x)                                                          \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_ASSERT_, __LINE__), RSZMQ_ASSERT, ~) (x)

/* pipe.cpp: `read`, of a delimiter, and before it of a credential. */
static inline bool rszmq_true ()
{
    return true;
}
static inline bool rszmq_false ()
{
    return false;
}
#define RSZMQ_DELIMITER_193                                                    \
    ~, is_delimiter ()                                                         \
      || (_conflate && (msg_->reset_flags (msg_t::more), false)) || rszmq_false
#define is_delimiter                                                           \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_DELIMITER_, __LINE__), is_delimiter, ~)
#define RSZMQ_CREDENTIAL_184                                                   \
    ~, is_credential () && (_msgs_read++,                                      \
      _lwm > 0 && _msgs_read % _lwm == 0                                       \
        ? send_activate_write (_peer, _msgs_read)                              \
        : (void) 0, true) && rszmq_true
#define is_credential                                                          \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_CREDENTIAL_, __LINE__), is_credential, ~)

/* dbuffer.hpp: `write`, which waits for the look. */
template <typename M> static inline bool rszmq_lock (M &mutex_)
{
    mutex_.lock ();
    return true;
}
#define RSZMQ_TRY_LOCK_53 ~, try_lock () || rszmq_lock (_sync) || rszmq_false
#define try_lock RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_TRY_LOCK_, __LINE__), try_lock, ~)

/* socket_base.cpp: `event`. */
struct rszmq_errno_t
{
    const int value;
    rszmq_errno_t () : value (errno) {}
    ~rszmq_errno_t () { errno = value; }
};
#define RSZMQ_LOCK_1943                                                        \
    ~, rszmq_errno_t rszmq_errno;                                              \
    scoped_lock_t
#define scoped_lock_t                                                          \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_LOCK_, __LINE__), scoped_lock_t, ~)

/* dist.cpp: `std::size_t claimed_index = _pipes.index (pipe_)`, which is not done. */
template <typename A, typename P>
static inline size_t rszmq_find (A &array_, const P *item_)
{
    size_t at = 0;
    while (at != array_.size () && array_[at] != item_)
        at++;
    return at;
}
#define RSZMQ_INDEX_39                                                         \
    ~, claimed_index = rszmq_find (_pipes, pipe_);                             \
    std::size_t rszmq_unused;                                                  \
    if (false)                                                                 \
    rszmq_unused
#define claimed_index                                                          \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_INDEX_, __LINE__), claimed_index, ~)

/* router.cpp: `identify_peer`, twice. */
#define RSZMQ_PUT_FREE(at, number)                                             \
    do                                                                         \
        (put_uint32) (at, number);                                             \
    while (has_out_pipe (blob_t (buf, sizeof buf)))
#define RSZMQ_PUT(at, number) (put_uint32) (at, number)
#define RSZMQ_PUT_457 ~, RSZMQ_PUT_FREE
#define RSZMQ_PUT_480 ~, RSZMQ_PUT_FREE
#define put_uint32(at, number)                                                 \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_PUT_, __LINE__), RSZMQ_PUT, ~) (at, number)

#endif
