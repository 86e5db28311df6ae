/* One thread that sends to itself, for counting instructions; `inproc_loop` in programs.rs is the same in Rust. */
#include "zmq.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int main (int argc, char **argv)
{
    assert (argc == 3);
    const size_t size = strtoul (argv[1], NULL, 10);
    const unsigned long count = strtoul (argv[2], NULL, 10);
    void *context = zmq_ctx_new ();
    void *one = zmq_socket (context, ZMQ_PAIR), *two = zmq_socket (context, ZMQ_PAIR);
    char *data = calloc (size, 1);
    zmq_msg_t received;
    int rc = zmq_bind (one, "inproc://loop");
    assert (rc == 0);
    rc = zmq_connect (two, "inproc://loop");
    assert (rc == 0);
    zmq_msg_init (&received);
    for (unsigned long i = 0; i < count; i++) {
        zmq_msg_t message;
        rc = zmq_msg_init_size (&message, size);
        assert (rc == 0);
        memcpy (zmq_msg_data (&message), data, size);
        rc = zmq_msg_send (&message, one, 0);
        assert (rc == (int) size);
        rc = zmq_msg_recv (&received, two, 0);
        assert (rc == (int) size);
        assert (zmq_msg_size (&received) == size);
    }
    zmq_msg_close (&received);
    free (data);
    zmq_close (one);
    zmq_close (two);
    zmq_ctx_term (context);
    return 0;
}
