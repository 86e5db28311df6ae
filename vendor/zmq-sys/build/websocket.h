/* Included in front of each of libzmq's sources.

   4.3.5 loses what a SUB or XSUB subscribes to by WebSocket with CURVE. The sender puts it into the encrypted message as
   ZMTP 3.1 has it, the command "SUBSCRIBE" or "CANCEL" (ws_engine.cpp, `select_protocol`: `downgrade_sub` is false), and the
   receiver does not look what a command is (`process_command_message`), so session_base.cpp, `push_msg`, drops it. With NULL
   and PLAIN, ws_encoder.cpp sends a message that begins with 1 or 0, as ZMTP 3.0 and RFC 45 have it.

   Here both ends are mended, so that either understands one that is not:

   - it is sent as with the other mechanisms, which every receiver takes for what it is;
   - a publisher knows the commands.

   The lines are told from others as in session.h. */
#if defined __cplusplus && !defined RSZMQ_WEBSOCKET_H
#define RSZMQ_WEBSOCKET_H

#include <stddef.h>
#include <string.h>

#define RSZMQ_PICK_SECOND(a, b, ...) b
#define RSZMQ_PICK(...) RSZMQ_PICK_SECOND (__VA_ARGS__)
#define RSZMQ_PASTE_BOTH(a, b) a##b
#define RSZMQ_PASTE(a, b) RSZMQ_PASTE_BOTH (a, b)

/* `select_protocol`: by names of their own, since these are macros below. */
namespace zmq
{
class curve_client_t;
class curve_server_t;
}
typedef zmq::curve_client_t rszmq_curve_client_t;
typedef zmq::curve_server_t rszmq_curve_server_t;
#define RSZMQ_CLIENT(session, options, downgrade_sub)                          \
    rszmq_curve_client_t (session, options, true)
#define RSZMQ_SERVER(session, peer, options, downgrade_sub)                    \
    rszmq_curve_server_t (session, peer, options, true)
#define RSZMQ_CLIENT_224 ~, RSZMQ_CLIENT
#define RSZMQ_SERVER_221 ~, RSZMQ_SERVER
#define curve_client_t                                                         \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_CLIENT_, __LINE__), curve_client_t, ~)
#define curve_server_t                                                         \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_SERVER_, __LINE__), curve_server_t, ~)

/* `decode_and_push`, of a command that is neither a ping nor a pong nor a close, with which nothing is done there. Other kinds
   of sockets have no use for it, and would take it for a message. As in zmtp_engine.cpp, `process_command_message`. */
template <typename Message, typename Options>
static inline void rszmq_tell_subscription (Message *msg_, const Options &options_)
{
    /* ZMQ_PUB and ZMQ_XPUB. */
    if (options_.type != 1 && options_.type != 9)
        return;
    const size_t subscribe_size = Message::sub_cmd_name_size;
    const size_t cancel_size = Message::cancel_cmd_name_size;
    if (msg_->size () >= subscribe_size && memcmp (msg_->data (), "\x9SUBSCRIBE", subscribe_size) == 0)
        msg_->set_flags (Message::subscribe);
    else if (msg_->size () >= cancel_size && memcmp (msg_->data (), "\6CANCEL", cancel_size) == 0)
        msg_->set_flags (Message::cancel);
}
#define RSZMQ_COMMAND(message) rszmq_tell_subscription (message, _options)
#define RSZMQ_COMMAND_904 ~, RSZMQ_COMMAND
#define process_command_message                                                \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_COMMAND_, __LINE__), process_command_message, ~)

#endif
