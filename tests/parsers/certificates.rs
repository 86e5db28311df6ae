//! `Certificate::parse`, and what was written by it.

use zmq::ErrorKind;
use zmq::auth::Certificate;

use crate::random::{Input, Random, contains};
use crate::support::{TempPath, deadline};

/// The pair of keys in `zmq_curve`'s manual.
const PUBLIC: &str = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
const SECRET: &str = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

const OF_CERTIFICATES: [&[u8]; 26] = [
    b"\n",
    b"\n",
    b"\r\n",
    b"    ",
    b"\t",
    b" ",
    b"#",
    b"\"",
    b"'",
    b"=",
    b" = ",
    b"\0",
    b"\x0b",
    b"\xEF\xBB\xBF",
    b"\xC2\x85",
    b"metadata\n",
    b"curve\n",
    b"other\n",
    b"name = \"Ann\"\n",
    b"    public-key",
    b"    secret-key",
    b"public-key = \"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\"\n",
    b"secret-key = \"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs\"\n",
    b"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
    b"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
    "山é".as_bytes(),
];

#[test]
fn any_bytes_are_a_certificate_or_an_error() {
    let _deadline = deadline(120);
    let usual = format!(
        "# a comment\nmetadata\n    name = \"Ann # B\"\n    quoted = 'a\"b' # c\n    bare = x\ncurve\n    public-key = \
         \"{PUBLIC}\"\n    secret-key = \"{SECRET}\"\n"
    );
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut certificates, mut secrets, mut saved) = (0, 0, 0);
    for round in 0..60_000 {
        let text = match round % 4 {
            0 if round % 16 == 0 => random.bytes(300),
            0 => random.pieces(&OF_CERTIFICATES, 30),
            _ => {
                let mut text = usual.clone().into_bytes();
                random.mutate(&mut text, &OF_CERTIFICATES);
                text
            }
        };
        let shown = String::from_utf8_lossy(&text);
        let _input = Input(&shown);
        let certificate = match Certificate::parse(&text) {
            Ok(certificate) => certificate,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidArgument);
                let (said, shown) = (error.to_string(), format!("{error:?}"));
                assert!(!said.contains('\n'), "{said}");
                assert!(!said.contains(&SECRET[5..15]) && !shown.contains(&SECRET[5..15]), "{said} {shown}");
                continue;
            }
        };
        // Nothing is guessed: both keys stand there as they are.
        assert!(contains(&text, &certificate.public_key().to_z85()));
        certificates += 1;
        if let Some(secret_key) = certificate.secret_key() {
            assert!(contains(&text, &secret_key.to_z85()));
            if zmq::has("curve") {
                assert_eq!(zmq::curve_public(secret_key).unwrap(), *certificate.public_key());
            }
            secrets += 1;
        }
        assert_eq!(Certificate::parse(&text).unwrap(), certificate);

        // What others have written may be more than can be written; the rest comes back as it was.
        let mut writable = Certificate::from_keys(*certificate.public_key(), certificate.secret_key().cloned());
        for (name, value) in certificate.metadata() {
            let _ = writable.set_metadata(name, value);
            assert!(certificate.get(name).is_some());
        }
        if !random.one_in(50) {
            continue;
        }
        let (public, secret) = (TempPath::new(), TempPath::new());
        writable.save_public(public.path()).unwrap();
        let read = Certificate::load(public.path()).unwrap();
        assert_eq!(read.metadata(), writable.metadata());
        assert_eq!((read.public_key(), read.secret_key()), (writable.public_key(), None));
        if writable.secret_key().is_some() {
            writable.save_secret(secret.path()).unwrap();
            assert_eq!(Certificate::load(secret.path()).unwrap(), writable);
        }
        saved += 1;
    }
    // Else the test would say nothing.
    assert!(certificates > 5_000 && secrets > 2_000 && saved > 100, "{certificates} {secrets} {saved}");
}
