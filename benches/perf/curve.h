/* libzmq's throughput programs can use CURVE, its latency programs cannot; with this included first they do, with the same keys. */
#include <zmq.h>
#include <stdlib.h>

static int curve_bind (void *socket, const char *endpoint)
{
    const char secret[] = "{X}#>t#jRGaQ}gMhv=30r(Mw+87YGs+5%kh=i@f8";
    const int server = 1;
    if (zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret)
        || zmq_setsockopt (socket, ZMQ_CURVE_SERVER, &server, sizeof server))
        abort ();
    return zmq_bind (socket, endpoint);
}

static int curve_connect (void *socket, const char *endpoint)
{
    const char public_key[] = "<n^oA}I:66W+*ds3tAmi1+KJzv-}k&fC2aA5Bj0K";
    const char secret[] = "9R9bV}[6z6DC-%$!jTVTKvWc=LEL{4i4gzUe$@Zx";
    const char server[] = "DX4nh=yUn{-9ugra0X3Src4SU-4xTgqxcYY.+<SH";
    if (zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret)
        || zmq_setsockopt (socket, ZMQ_CURVE_PUBLICKEY, public_key, sizeof public_key)
        || zmq_setsockopt (socket, ZMQ_CURVE_SERVERKEY, server, sizeof server))
        abort ();
    return zmq_connect (socket, endpoint);
}

#define zmq_bind curve_bind
#define zmq_connect curve_connect
