/* Included in front of each of libzmq's sources.

   4.3.5 loses the last messages of a socket that is closed with time to linger. It closes the connection as soon as it has
   taken the last message out of the queue, and does not ask where the bytes are (session_base.cpp, `pipe_terminated` and
   `process_term`):

   - In the engine. What the system does not take at once of the last batch, of up to OUT_BATCH_SIZE bytes, is freed with it.
   - In the system, for TCP. A connection that is closed while the peer's bytes wait in it unread is reset, and what has not
     been sent yet is dropped. A server that stops while requests still arrive loses replies so.

   Here the session waits until neither is so, the connection is gone, or the time to linger is over. It has begun to end by
   then, so that it takes nothing new; its timer holds one of the acknowledgements that its end waits for (own.hpp). What the
   peer sends after that, while the system is still sending, resets a connection as before.

   And it never ends a context if the peer had gone while the socket's queue was full, and the socket has time to linger, as
   receivers have too. The engine waits for somebody to receive what it has, and nobody will (stream_engine_base.cpp,
   `in_event_internal`). Here it ends as a connection that breaks does: when the socket is closed, or when the peer goes.

   All places are told from others by their lines, as in session.h. */
#if defined __cplusplus && !defined RSZMQ_CLOSING_H
#define RSZMQ_CLOSING_H

#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#if defined __linux__
#include <linux/sockios.h>
#endif

static inline int64_t rszmq_now_ms ()
{
    struct timespec now = {0, 0};
    clock_gettime (CLOCK_MONOTONIC, &now);
    return static_cast<int64_t> (now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

/* How much the system has not sent, or does not know to have arrived. */
static inline int rszmq_in_system (int descriptor_)
{
    int size = 0;
#if defined __linux__
    if (ioctl (descriptor_, SIOCOUTQ, &size) != 0)
        return 0;
#elif defined SO_NWRITE
    socklen_t length = sizeof size;
    if (getsockopt (descriptor_, SOL_SOCKET, SO_NWRITE, &size, &length) != 0)
        return 0;
#elif defined FIONWRITE
    if (ioctl (descriptor_, FIONWRITE, &size) != 0)
        return 0;
#endif
    return size;
}

/* Whether closing this connection now loses something, of which so much is still in the engine. */
static inline bool rszmq_would_lose (int descriptor_, size_t in_engine_)
{
    struct pollfd state = {descriptor_, POLLOUT, 0};
    if (poll (&state, 1, 0) == 1 && (state.revents & (POLLERR | POLLHUP | POLLNVAL)))
        return false; /* The connection is gone, and all that was in it. */
    if (in_engine_ > 0)
        return true;
    struct sockaddr_storage own;
    socklen_t own_size = sizeof own;
    if (getsockname (descriptor_, reinterpret_cast<struct sockaddr *> (&own), &own_size) != 0)
        return false;
    if (own.ss_family != AF_INET && own.ss_family != AF_INET6)
        return false; /* What a Unix socket has taken is the receiver's. */
    int unread = 0;
    return ioctl (descriptor_, FIONREAD, &unread) == 0 && unread > 0 && rszmq_in_system (descriptor_) > 0;
}

/* i_engine.hpp: of other engines nothing is known. */
#define RSZMQ_RESTART_OUTPUT_47                                                \
    ~, rszmq_would_lose (bool *) {}                                            \
    virtual bool rszmq_gave_up ()                                              \
    {                                                                          \
        return false;                                                          \
    }                                                                          \
    virtual void restart_output
/* stream_engine_base.hpp, and .cpp. Before the handshake is over there is nothing of the socket's in the engine. */
#define RSZMQ_RESTART_OUTPUT_43                                                \
    ~, rszmq_would_lose (bool *answer_) ZMQ_FINAL;                             \
    bool rszmq_gave_up () ZMQ_FINAL;                                           \
    void restart_output
#define RSZMQ_RESTART_OUTPUT_377                                               \
    ~, rszmq_would_lose (bool *answer_)                                        \
    {                                                                          \
        const bool shakes_hands =                                              \
          _has_handshake_stage                                                 \
          && (_handshaking                                                     \
              || (_mechanism && _mechanism->status () != mechanism_t::ready)); \
        *answer_ =                                                             \
          !_io_error && !shakes_hands && ::rszmq_would_lose (_s, _outsize);    \
    }                                                                          \
    bool zmq::stream_engine_base_t::rszmq_gave_up ()                           \
    {                                                                          \
        const bool gives_up = _io_error;                                       \
        if (gives_up)                                                          \
            error (connection_error); /* With which it is gone. */             \
        return gives_up;                                                       \
    }                                                                          \
    void zmq::stream_engine_base_t::restart_output
/* stream_engine_base.cpp, `in_event_internal`: the peer has gone. */
#define RSZMQ_IO_ERROR_249                                                     \
    ~, _io_error = true;                                                       \
    if (_session->rszmq_ends () && rszmq_gave_up ())                           \
        return false;                                                          \
    _io_error

/* session_base.hpp: what a session knows of its end, and does. */
#define RSZMQ_PENDING_117                                                      \
    ~, _pending;                                                               \
                                                                               \
  public:                                                                      \
    bool rszmq_ends () const                                                   \
    {                                                                          \
        return _pending || is_terminating ();                                  \
    }                                                                          \
                                                                               \
  private:                                                                     \
    enum                                                                       \
    {                                                                          \
        rszmq_timer_id = 0x21                                                  \
    };                                                                         \
    int64_t rszmq_until = 0;                                                   \
    int rszmq_pause = 0;                                                       \
    bool rszmq_holds = false;                                                  \
    bool rszmq_linger (int ms_)                                                \
    {                                                                          \
        const int64_t end = ms_ < 0 ? INT64_MAX : rszmq_now_ms () + ms_;       \
        rszmq_until = ms_ == 0 ? 0 : end;                                      \
        return true;                                                           \
    }                                                                          \
    bool rszmq_waits ()                                                        \
    {                                                                          \
        bool would_lose = false;                                               \
        if (_engine && rszmq_until != 0 && rszmq_now_ms () < rszmq_until)      \
            _engine->rszmq_would_lose (&would_lose);                           \
        if (would_lose && rszmq_pause == 0) {                                  \
            rszmq_pause = 1;                                                   \
            add_timer (rszmq_pause, rszmq_timer_id);                           \
        }                                                                      \
        return would_lose;                                                     \
    }                                                                          \
    void rszmq_hold ()                                                         \
    {                                                                          \
        if (rszmq_waits () || rszmq_pause != 0) {                              \
            register_term_acks (1);                                            \
            rszmq_holds = true;                                                \
        }                                                                      \
    }                                                                          \
    void rszmq_look ()                                                         \
    {                                                                          \
        if (rszmq_waits ()) {                                                  \
            rszmq_pause = rszmq_pause < 128 ? 2 * rszmq_pause : 128;           \
            add_timer (rszmq_pause, rszmq_timer_id);                           \
            return;                                                            \
        }                                                                      \
        rszmq_pause = 0;                                                       \
        if (rszmq_holds)                                                       \
            unregister_term_ack (); /* With which the session may be gone. */  \
        else if (_engine) {                                                    \
            _engine->terminate ();                                             \
            _engine = NULL;                                                    \
        }                                                                      \
    }                                                                          \
    bool rszmq_unused

/* session_base.cpp, `process_term`: `zmq_assert (!_pending);`, and where there are no messages any more. */
#define RSZMQ_PENDING_485 ~, (rszmq_linger (linger_) && _pending)
/* Its engine, if the peer has gone: `engine_error` has looked for the delimiter then. */
#define RSZMQ_ENGINE_514 ~, (_engine && (_engine->rszmq_gave_up () || true))
#define RSZMQ_OWN_491 ~, rszmq_hold (); own_t
/* `pipe_terminated`: of a STREAM, which closes one connection and may not hear for long that the session wants to end, and of a
   socket that is closed. */
#define RSZMQ_ENGINE_259 ~, _engine && rszmq_linger (options.linger.load ()) && !rszmq_waits ()
#define RSZMQ_PENDING_270 ~, rszmq_hold (); _pending
/* `engine_error`: nothing is left that a new connection would be made for. */
#define RSZMQ_ACTIVE_458 ~, _active && !is_terminating () && rszmq_pause == 0
/* `timer_event`: the time to linger is over, unless it is our timer. */
#define RSZMQ_ASSERT_526 ~, RSZMQ_LINGER_TIMER
#define RSZMQ_LINGER_TIMER(x)                                                  \
    if (id_ == rszmq_timer_id) {                                               \
        rszmq_look ();                                                         \
        return;                                                                \
    }                                                                          \
    rszmq_linger (0)

#define RSZMQ_PICK_SECOND(a, b, ...) b
#define RSZMQ_PICK(...) RSZMQ_PICK_SECOND (__VA_ARGS__)
#define RSZMQ_PASTE_BOTH(a, b) a##b
#define RSZMQ_PASTE(a, b) RSZMQ_PASTE_BOTH (a, b)
#define _io_error RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_IO_ERROR_, __LINE__), _io_error, ~)
#define restart_output                                                         \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_RESTART_OUTPUT_, __LINE__), restart_output, ~)
#define _pending RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_PENDING_, __LINE__), _pending, ~)
#define own_t RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_OWN_, __LINE__), own_t, ~)
#define _engine RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_ENGINE_, __LINE__), _engine, ~)
#define _active RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_ACTIVE_, __LINE__), _active, ~)

#endif
