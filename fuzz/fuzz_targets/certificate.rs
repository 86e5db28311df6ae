//! `Certificate::parse`: any bytes are a certificate or an error, and neither of the two tells the secret key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zmq::auth::Certificate;

fuzz_target!(|data: &[u8]| {
    let certificate = match Certificate::parse(data) {
        Ok(certificate) => certificate,
        Err(error) => {
            assert_eq!(error.kind(), zmq::ErrorKind::InvalidArgument);
            // One line for a log, whatever is in the file.
            assert!(!error.to_string().contains('\n'), "{error}");
            return;
        }
    };
    assert_eq!(Certificate::parse(data).expect("it was one just now"), certificate);
    for (name, _) in certificate.metadata() {
        assert!(certificate.get(name).is_some());
    }
    if let Some(secret_key) = certificate.secret_key() {
        assert_eq!(zmq::curve_public(secret_key).expect("with CURVE"), *certificate.public_key());
        // Metadata are whatever the file says, so only what was made of the keys counts.
        let keys = Certificate::from_keys(*certificate.public_key(), Some(secret_key.clone()));
        assert!(!format!("{keys:?}").contains(&secret_key.to_z85()));
    }
});
