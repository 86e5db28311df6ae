/* Included in front of each of libzmq's sources.

   4.3.5 aborts the process when a socket is closed, or disconnected, whose SOCKS proxy has failed it: the descriptor was given back
   then, is taken for one that it still has, and is given back again (socks_connecter.cpp, `error` and, in
   stream_connecter_base.cpp, `process_term`). Here it is forgotten when it is given back, as everywhere else.

   Told from others by its line, as in session.h. */
#if defined __cplusplus && !defined RSZMQ_SOCKS_H
#define RSZMQ_SOCKS_H

#define RSZMQ_PICK_SECOND(a, b, ...) b
#define RSZMQ_PICK(...) RSZMQ_PICK_SECOND (__VA_ARGS__)
#define RSZMQ_PASTE_BOTH(a, b) a##b
#define RSZMQ_PASTE(a, b) RSZMQ_PASTE_BOTH (a, b)

/* `rm_fd (_handle)`, whose argument is left over. */
#define RSZMQ_RM_FD_237 ~, rm_handle (); (void)
#define rm_fd RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_RM_FD_, __LINE__), rm_fd, ~)

#endif
