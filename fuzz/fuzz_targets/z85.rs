//! `zmq::z85`: what is decoded is encoded to the same text again, and the other way round.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match zmq::z85::encode(data) {
        Ok(text) => assert_eq!(zmq::z85::decode(&text).expect("it was just encoded"), data),
        Err(_) => assert_ne!(data.len() % 4, 0),
    }
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(bytes) = zmq::z85::decode(text) {
            assert_eq!(zmq::z85::encode(&bytes).expect("groups of four"), text);
        }
    }
});
