/*  What czmq makes of a certificate, and what it makes itself.
 *
 *      certificate load FILE           prints the keys, and each piece of metadata as name=[value]
 *      certificate save FILE [n v]...  writes FILE and FILE_secret, and prints the keys
 *      certificate store DIRECTORY KEY prints the metadata of who has that public key
 */
#include <czmq.h>

static void print(zcert_t *cert) {
    printf("%s\n%s\n", zcert_public_txt(cert), zcert_secret_txt(cert));
    zlist_t *names = zcert_meta_keys(cert);
    for (const char *name = zlist_first(names); name; name = zlist_next(names))
        printf("%s=[%s]\n", name, zcert_meta(cert, name));
    zlist_destroy(&names);
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    if (streq(argv[1], "load")) {
        zcert_t *cert = zcert_load(argv[2]);
        if (!cert)
            return 1;
        print(cert);
        zcert_destroy(&cert);
        return 0;
    }
    if (streq(argv[1], "save")) {
        zcert_t *cert = zcert_new();
        for (int at = 3; at + 1 < argc; at += 2)
            zcert_set_meta(cert, argv[at], "%s", argv[at + 1]);
        int failed = zcert_save(cert, argv[2]);
        print(cert);
        zcert_destroy(&cert);
        return failed ? 1 : 0;
    }
    if (streq(argv[1], "store") && argc == 4) {
        zcertstore_t *store = zcertstore_new(argv[2]);
        zcert_t *cert = zcertstore_lookup(store, argv[3]);
        if (cert)
            print(cert);
        zcertstore_destroy(&store);
        return cert ? 0 : 1;
    }
    return 2;
}
