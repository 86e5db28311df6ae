"""Makes keys for CURVE: a directory with `public_keys` and `private_keys`, for a server and a client, or for whoever is named.
In Rust: generate_certificates.rs.

    python generate_certificates.py [directory] [name…]   # else: certificates, for server and client
    python generate_certificates.py --keypair             # one pair, as text, into no file

The server keeps its own secret file, and gets the public files of its clients; a client keeps its own secret file, and gets the
public file of the server. Nobody else may read a secret file, and none is ever overwritten.
"""

import os
import sys

import zmq
import zmq.auth


def generate(directory, names):
    public_keys, private_keys = os.path.join(directory, "public_keys"), os.path.join(directory, "private_keys")
    os.makedirs(public_keys, exist_ok=True)
    os.makedirs(private_keys, exist_ok=True)
    os.umask(0o077)  # pyzmq's secret files are as readable as others
    for name in names:
        # pyzmq writes both files into one directory, over those that are there.
        public_file = os.path.join(public_keys, f"{name}.key")
        secret_file = os.path.join(private_keys, f"{name}.key_secret")
        for file in [public_file, secret_file]:
            if os.path.exists(file):
                sys.exit(f"{file} is there already")
        made, _ = zmq.auth.create_certificates(private_keys, name, metadata={"name": name})
        os.rename(made, public_file)
        print(f"{name}: {public_file}, {secret_file}")


def main():
    if sys.argv[1:] == ["--keypair"]:
        public_key, secret_key = zmq.curve_keypair()
        # As in the files.
        print(f'public-key = "{public_key.decode()}"')
        print(f'secret-key = "{secret_key.decode()}"')
        return
    directory = sys.argv[1] if len(sys.argv) > 1 else "certificates"
    generate(directory, sys.argv[2:] or ["server", "client"])


main()
