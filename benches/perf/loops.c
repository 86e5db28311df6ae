/* What one operation costs, for counting instructions; `loops.rs` does the same in Rust. All of it happens on one thread, over `inproc`,
   where libzmq does least for a message, so a layer over it shows most. */
#include "zmq.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void *one, *two, *backend, *control;

static void send_bytes (const void *data, size_t size, int flags)
{
    zmq_msg_t message;
    int rc = zmq_msg_init_size (&message, size);
    assert (rc == 0);
    memcpy (zmq_msg_data (&message), data, size);
    rc = zmq_msg_send (&message, one, flags);
    assert (rc == (int) size);
}

static void receive (zmq_msg_t *message, size_t size)
{
    int rc = zmq_msg_recv (message, two, 0);
    assert (rc == (int) size);
    assert (zmq_msg_size (message) == size);
}

static void pass_on (void *none)
{
    int rc = zmq_proxy_steerable (two, backend, NULL, control);
    (void) none;
    assert (rc == 0);
}

int main (int argc, char **argv)
{
    assert (argc == 4);
    const char *operation = argv[1];
    const size_t size = strtoul (argv[2], NULL, 10);
    const unsigned long count = strtoul (argv[3], NULL, 10);
    const unsigned long most = 30000;
    void *context = zmq_ctx_new ();
    one = zmq_socket (context, ZMQ_PAIR);
    two = zmq_socket (context, ZMQ_PAIR);
    char *data = calloc (size, 1);
    zmq_msg_t message;
    int rc, none = 0;
    unsigned long i;
    rc = zmq_setsockopt (one, ZMQ_SNDHWM, &none, sizeof none);
    assert (rc == 0);
    rc = zmq_setsockopt (two, ZMQ_RCVHWM, &none, sizeof none);
    assert (rc == 0);
    rc = zmq_bind (one, "inproc://loop");
    assert (rc == 0);
    rc = zmq_connect (two, "inproc://loop");
    assert (rc == 0);
    zmq_msg_init (&message);
    if (strcmp (operation, "send") == 0) {
        for (i = 0; i < count; i++)
            send_bytes (data, size, 0);
    } else if (strcmp (operation, "recv") == 0) {
        for (i = 0; i < most; i++)
            send_bytes (data, size, 0);
        for (i = 0; i < count; i++)
            receive (&message, size);
    } else if (strcmp (operation, "recv_new") == 0) {
        for (i = 0; i < most; i++)
            send_bytes (data, size, 0);
        for (i = 0; i < count; i++) {
            zmq_msg_t frame;
            zmq_msg_init (&frame);
            rc = zmq_msg_recv (&frame, two, 0);
            assert (rc == (int) size);
            assert (zmq_msg_size (&frame) == size);
            zmq_msg_close (&frame);
        }
    } else if (strcmp (operation, "send_recv") == 0) {
        for (i = 0; i < count; i++) {
            send_bytes (data, size, 0);
            receive (&message, size);
        }
    } else if (strcmp (operation, "shared") == 0) {
        zmq_msg_t shared, copy;
        rc = zmq_msg_init_size (&shared, size);
        assert (rc == 0);
        memcpy (zmq_msg_data (&shared), data, size);
        for (i = 0; i < count; i++) {
            zmq_msg_init (&copy);
            rc = zmq_msg_copy (&copy, &shared);
            assert (rc == 0);
            rc = zmq_msg_send (&copy, one, 0);
            assert (rc == (int) size);
            receive (&message, size);
        }
        zmq_msg_close (&shared);
    } else if (strcmp (operation, "timed") == 0) {
        int second = 1000;
        rc = zmq_setsockopt (one, ZMQ_SNDTIMEO, &second, sizeof second);
        assert (rc == 0);
        rc = zmq_setsockopt (two, ZMQ_RCVTIMEO, &second, sizeof second);
        assert (rc == 0);
        for (i = 0; i < count; i++) {
            send_bytes (data, size, 0);
            receive (&message, size);
        }
    } else if (strcmp (operation, "proxy") == 0) {
        void *sink = zmq_socket (context, ZMQ_PAIR), *steering = zmq_socket (context, ZMQ_PAIR), *proxy;
        for (i = 0; i < count; i++)
            send_bytes (data, size, 0);
        backend = zmq_socket (context, ZMQ_PAIR);
        control = zmq_socket (context, ZMQ_PAIR);
        rc = zmq_setsockopt (backend, ZMQ_SNDHWM, &none, sizeof none);
        assert (rc == 0);
        rc = zmq_setsockopt (sink, ZMQ_RCVHWM, &none, sizeof none);
        assert (rc == 0);
        rc = zmq_bind (sink, "inproc://sink");
        assert (rc == 0);
        rc = zmq_connect (backend, "inproc://sink");
        assert (rc == 0);
        rc = zmq_bind (control, "inproc://control");
        assert (rc == 0);
        rc = zmq_connect (steering, "inproc://control");
        assert (rc == 0);
        proxy = zmq_threadstart (pass_on, NULL);
        for (i = 0; i < count; i++) {
            rc = zmq_msg_recv (&message, sink, 0);
            assert (rc == (int) size);
            assert (zmq_msg_size (&message) == size);
        }
        rc = zmq_send (steering, "TERMINATE", 9, 0);
        assert (rc == 9);
        zmq_threadclose (proxy);
        zmq_close (steering);
        zmq_close (sink);
        zmq_close (backend);
        zmq_close (control);
    } else if (strcmp (operation, "multipart") == 0 || strcmp (operation, "vectors") == 0) {
        zmq_msg_t frames[3];
        for (i = 0; i < count; i++) {
            int at;
            send_bytes (data, size, ZMQ_SNDMORE);
            send_bytes (data, size, ZMQ_SNDMORE);
            send_bytes (data, size, 0);
            for (at = 0; at < 3; at++) {
                zmq_msg_init (&frames[at]);
                rc = zmq_msg_recv (&frames[at], two, 0);
                assert (rc == (int) size);
                assert (zmq_msg_more (&frames[at]) == (at < 2));
            }
            for (at = 0; at < 3; at++)
                zmq_msg_close (&frames[at]);
        }
    } else if (strcmp (operation, "poll") == 0) {
        zmq_pollitem_t items[2] = {{one, 0, ZMQ_POLLIN, 0}, {two, 0, ZMQ_POLLIN, 0}};
        send_bytes (data, size, 0);
        for (i = 0; i < count; i++) {
            rc = zmq_poll (items, 2, 1000);
            assert (rc == 1);
            assert (items[0].revents == 0 && items[1].revents == ZMQ_POLLIN);
        }
    } else if (strcmp (operation, "get") == 0) {
        for (i = 0; i < count; i++) {
            int value;
            size_t length = sizeof value;
            rc = zmq_getsockopt (one, ZMQ_SNDHWM, &value, &length);
            assert (rc == 0 && value == 0);
        }
    } else
        assert (0);
    zmq_msg_close (&message);
    free (data);
    zmq_close (one);
    zmq_close (two);
    zmq_ctx_term (context);
    return 0;
}
