/* Included in front of each of libzmq's sources.

   4.3.5 loses messages when the sender of an `ipc` connection closes it while the receiver's queue is full. The end of a Unix
   socket is reported before its data is read (EPOLLHUP). The engine stops looking at the socket then (stream_engine_base.cpp,
   `in_event_internal`), and when there is room again it takes what it had read, and drops what the socket still has
   (`restart_input`; https://github.com/zeromq/libzmq/issues/4660). Here it reads on, until there is nothing more, or no room
   again. The two places are told from all others by their lines, where no other file has these words; a test holds that. */
#if defined __cplusplus && !defined RSZMQ_STREAM_H
#define RSZMQ_STREAM_H

/* Fills the decoder's buffer, which is empty, from a socket that nobody looks at any more. */
#define RSZMQ_READ_ON                                                          \
    (_io_error && [this] {                                                     \
        size_t size = 0;                                                       \
        _decoder->get_buffer (&_inpos, &size);                                 \
        const int got = read (_inpos, size);                                   \
        if (got > 0) {                                                         \
            _insize = static_cast<size_t> (got);                               \
            _decoder->resize_buffer (_insize);                                 \
        }                                                                      \
        return got > 0;                                                        \
    }())

/* Between two messages: `while (_insize > 0)`. */
#define RSZMQ_SIZE (_insize > 0 || RSZMQ_READ_ON) && _insize
/* Within a message: `rc = _decoder->decode (_inpos, _insize, processed);` */
#define RSZMQ_DECODE                                                           \
    decode (_inpos, _insize, processed);                                       \
    while (rc == 0 && RSZMQ_READ_ON)                                           \
    rc = _decoder->decode

#define RSZMQ_SIZE_411 ~, RSZMQ_SIZE
#define RSZMQ_DECODE_413 ~, RSZMQ_DECODE
#define RSZMQ_PICK_SECOND(a, b, ...) b
#define RSZMQ_PICK(...) RSZMQ_PICK_SECOND (__VA_ARGS__)
#define RSZMQ_AT_JOIN(name, line) name##line
#define RSZMQ_AT(name, line) RSZMQ_AT_JOIN (name, line)
#define _insize RSZMQ_PICK (RSZMQ_AT (RSZMQ_SIZE_, __LINE__), _insize, ~)
#define decode RSZMQ_PICK (RSZMQ_AT (RSZMQ_DECODE_, __LINE__), decode, ~)

#endif
