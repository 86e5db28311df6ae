//! Makes keys for CURVE: a directory with `public_keys` and `private_keys`, for a server and a client, or for whoever is named.
//!
//! ```sh
//! cargo run --example generate_certificates [directory] [name…]   # else: certificates, for server and client
//! cargo run --example generate_certificates -- --keypair          # one pair, as text, into no file
//! ```
//!
//! The server keeps its own secret file, and gets the public files of its clients; a client keeps its own secret file, and gets the
//! public file of the server. Nobody else may read a secret file, and none is ever overwritten.
//!
//! In Python: `python/generate_certificates.py`.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

use zmq::auth::Certificate;

fn generate(directory: &Path, names: &[&str]) -> Result<(), Box<dyn Error>> {
    let [public_keys, private_keys] = ["public_keys", "private_keys"].map(|name| directory.join(name));
    fs::create_dir_all(&public_keys)?;
    fs::create_dir_all(&private_keys)?;
    for name in names {
        // With both files in one directory: `zmq::auth::create_certificates`.
        let mut certificate = Certificate::new()?;
        certificate.set_metadata("name", name)?; // for whoever opens the file, and the server's messages
        let public_file = public_keys.join(format!("{name}.key"));
        let secret_file = private_keys.join(format!("{name}.key_secret"));
        certificate.save_secret(&secret_file)?;
        certificate.save_public(&public_file)?;
        println!("{name}: {}, {}", public_file.display(), secret_file.display());
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["--keypair"] => {
            let (public_key, secret_key) = zmq::curve_keypair()?;
            // As in the files.
            println!("public-key = \"{public_key}\"");
            println!("secret-key = \"{}\"", secret_key.to_z85()); // asked for by name: it is not printed by accident
            Ok(())
        }
        [] => generate(Path::new("certificates"), &["server", "client"]),
        [directory] => generate(Path::new(directory), &["server", "client"]),
        [directory, ref names @ ..] => generate(Path::new(directory), names),
    }
}
