/*  A client of ZMTP that Kerberos knows, and that then sends what libzmq's own never would.
 *
 *      raw PORT clear|empty in|after
 *
 *  The token is not encrypted, or it is and has nothing in it. It comes in place of the last command of the handshake, or
 *  after it. When the server closes the connection, it says `left alone`.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int server;
static unsigned char bytes[65536];

static void fail(const char *what, unsigned long number) {
    fprintf(stderr, "%s: %lx\n", what, number);
    exit(1);
}

static void take(void *to, size_t length) {
    for (char *at = to; length;) {
        ssize_t count = read(server, at, length);
        if (count <= 0)
            fail("read", errno);
        at += count;
        length -= count;
    }
}

static void give(const void *from, size_t length) {
    if (write(server, from, length) != (ssize_t) length)
        fail("write", errno);
}

/* The body of a command, in `bytes`. */
static size_t take_command(void) {
    unsigned char flags;
    take(&flags, 1);
    unsigned char digits[8];
    size_t count = flags & 2 ? 8 : 1, length = 0;
    take(digits, count);
    for (size_t at = 0; at < count; at++)
        length = length << 8 | digits[at];
    if (length > sizeof bytes)
        fail("length", length);
    take(bytes, length);
    return length;
}

/* A command with its name, which has its length in front, and a token. */
static void give_command(const char *name, gss_buffer_t token) {
    size_t named = strlen(name), length = token ? named + 4 + token->length : 0;
    if (length > 65535)
        fail("length", length);
    unsigned char head[9] = {6, 0, 0, 0, 0, 0, 0, length >> 8, length};
    give(head, sizeof head);
    if (!token)
        return;
    unsigned char size[4] = {0, 0, token->length >> 8, token->length};
    give(name, named);
    give(size, sizeof size);
    give(token->value, token->length);
}

static void give_message(gss_ctx_id_t context, int encrypt, const char *text, size_t length) {
    OM_uint32 minor, major;
    int is_encrypted;
    gss_buffer_desc plain = {length, (void *) text}, wrapped;
    major = gss_wrap(&minor, context, encrypt, GSS_C_QOP_DEFAULT, &plain, &is_encrypted, &wrapped);
    if (major != GSS_S_COMPLETE || is_encrypted != encrypt)
        fail("gss_wrap", major);
    give_command("\x07MESSAGE", &wrapped);
    gss_release_buffer(&minor, &wrapped);
}

static gss_name_t name(const char *text, gss_OID kind) {
    OM_uint32 minor;
    gss_buffer_desc buffer = {strlen(text), (void *) text};
    gss_name_t imported = GSS_C_NO_NAME;
    OM_uint32 major = gss_import_name(&minor, &buffer, kind, &imported);
    if (major != GSS_S_COMPLETE)
        fail("gss_import_name", major);
    return imported;
}

int main(int argc, char **argv) {
    static const unsigned char greeting[64] = "\xff\0\0\0\0\0\0\0\1\x7f\3\0GSSAPI";
    /* The first byte is libzmq's: this is a command. */
    static const char ready[] = "\2\5READY\13Socket-Type\0\0\0\4PUSH";

    if (argc != 4)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    gss_name_t me = name("client@RSZMQ.TEST", (gss_OID) GSS_KRB5_NT_PRINCIPAL_NAME);
    gss_name_t service = name("zmq@localhost", GSS_C_NT_HOSTBASED_SERVICE);
    OM_uint32 minor, major;
    gss_cred_id_t credentials;
    major = gss_acquire_cred(&minor, me, 0, GSS_C_NO_OID_SET, GSS_C_INITIATE, &credentials, NULL, NULL);
    if (major != GSS_S_COMPLETE)
        fail("gss_acquire_cred", major);

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(server, (struct sockaddr *) &address, sizeof address) != 0)
        fail("connect", errno);
    give(greeting, sizeof greeting);
    take(bytes, sizeof greeting);

    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc theirs = {0, NULL}, ours = {0, NULL};
    for (;;) {
        major = gss_init_sec_context(&minor, credentials, &context, service, GSS_C_NO_OID,
                                     GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG, 0, NULL, &theirs, NULL, &ours, NULL, NULL);
        if (GSS_ERROR(major))
            fail("gss_init_sec_context", major);
        if (ours.length)
            give_command("\x08INITIATE", &ours);
        if (major == GSS_S_COMPLETE)
            break;
        size_t length = take_command();
        if (length < 13)
            fail("length", length);
        theirs.value = bytes + 13;
        theirs.length = length - 13;
    }
    /* libzmq's client has an empty one here, too. The answer is the server's READY. */
    give_command("", NULL);
    take_command();

    int is_late = strcmp(argv[3], "after") == 0;
    if (is_late)
        give_message(context, 1, ready, sizeof ready - 1);
    if (strcmp(argv[2], "empty") == 0)
        give_message(context, 1, "", 0);
    else if (is_late)
        give_message(context, 0, "\0not for everyone", 17);
    else
        give_message(context, 0, ready, sizeof ready - 1);

    /* What the server says until then is of no interest. */
    ssize_t count;
    while ((count = read(server, bytes, sizeof bytes)) > 0)
        ;
    if (count < 0 && errno != ECONNRESET)
        fail("read", errno);
    puts("left alone");
    return 0;
}
