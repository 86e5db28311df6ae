//! Z85 (ZeroMQ RFC 32).

use zmq::{ErrorKind, z85};

use crate::support::deadline;

const BYTES: [u8; 8] = [0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b];
const TEXT: &str = "HelloWorld";

#[track_caller]
fn no_text_for(size: usize) {
    let error = z85::encode(&vec![0; size]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
}

#[track_caller]
fn no_bytes_for(text: &str) {
    let error = z85::decode(text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
}

macro_rules! tests {
    ($($name:ident: $body:expr;)*) => {$(
        #[test]
        fn $name() {
            let _deadline = deadline(30);
            $body;
        }
    )*};
}

tests! {
    encode_valid_success: assert_eq!(z85::encode(&BYTES).unwrap(), TEXT);
    // Four bytes at a time.
    encode_invalid_failure_1: no_text_for(1);
    encode_invalid_failure_42: no_text_for(42);
    decode_valid_success: assert_eq!(z85::decode(TEXT).unwrap(), BYTES);
    // Five characters at a time.
    decode_invalid_failure_indivisible_by_5_multiple_chars: no_bytes_for("01234567");
    decode_invalid_failure_indivisible_by_5_one_char: no_bytes_for("0");
    // The most that five characters can say, and one more than four bytes can ("%nSc0" is 0xffffffff).
    decode_invalid_failure_max: no_bytes_for("#####");
    decode_invalid_failure_above_limit: no_bytes_for("%nSc1");
    // A character that is none of the 85, between those that are, and on either side. libzmq's test has six characters here.
    decode_invalid_failure_char_within: { no_bytes_for("0000'"); no_bytes_for("####\u{4}7") };
    decode_invalid_failure_char_adjacent_below: { no_bytes_for("0000 "); no_bytes_for("####\u{10}0") };
    decode_invalid_failure_char_adjacent_above: { no_bytes_for("0000\u{7f}"); no_bytes_for("####\u{3}7") };
    encode_decode_roundtrip_min: assert_eq!(z85::decode(&z85::encode(&[0; 4]).unwrap()).unwrap(), [0; 4]);
    encode_decode_roundtrip_max: assert_eq!(z85::decode(&z85::encode(&[0xff; 4]).unwrap()).unwrap(), [0xff; 4]);
    decode_encode_roundtrip_regular: {
        let text = "r^/rM9M=rMToK)63O8dCvd9D<PY<7iGlC+{BiSnG";
        assert_eq!(z85::encode(&z85::decode(text).unwrap()).unwrap(), text);
    };
}
