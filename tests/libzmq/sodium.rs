//! CURVE keys: made, and found from one another.

use zmq::{CurvePublicKey, CurveSecretKey, ErrorKind, curve_keypair, curve_public};

use crate::support::deadline;

#[test]
fn curve_keypair_always_succeeds() {
    let _deadline = deadline(30);
    match curve_keypair() {
        Ok((public, secret)) => {
            assert_eq!(public.to_z85().len(), 40);
            assert_eq!(curve_public(&secret).unwrap(), public);
            assert_ne!(curve_keypair().unwrap().0, public, "each time another");
        }
        Err(error) => {
            assert!(!zmq::has("curve"), "{error}");
            assert_eq!(error.kind(), ErrorKind::NotSupported);
        }
    }
}

#[test]
fn curve_public_of_a_valid_key() {
    let _deadline = deadline(30);
    let public: CurvePublicKey = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID".parse().unwrap();
    let secret: CurveSecretKey = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs".parse().unwrap();
    match curve_public(&secret) {
        Ok(belongs) => assert_eq!(belongs, public),
        Err(error) => assert!(!zmq::has("curve"), "{error}"),
    }
}

/// A key that is none does not get as far as `curve_public`.
#[track_caller]
fn is_no_key(text: &str) {
    assert_eq!(text.parse::<CurveSecretKey>().unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn curve_public_invalid_short() {
    let _deadline = deadline(30);
    is_no_key("42");
}

#[test]
fn curve_public_invalid_long() {
    let _deadline = deadline(30);
    is_no_key("0123456789012345678901234567890123456789.");
}
