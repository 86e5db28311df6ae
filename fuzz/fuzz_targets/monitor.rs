//! What a monitor, and a proxy's control socket, say in frames: an event or an error that gives the frames back, as the format says.
#![no_main]

#[path = "input.rs"]
mod input;

use input::Input;
use libfuzzer_sys::fuzz_target;
use zmq::{Event, Message, MonitorEvent, ProxyStatistics};

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mut frames: Vec<Message> = Vec::new();
    while !input.is_empty() && frames.len() < 12 {
        frames.push(input.piece().into());
    }

    let fits = frames.len() == 8 && frames.iter().all(|frame| frame.len() == 8);
    assert_eq!(ProxyStatistics::from_frames(&frames).is_ok(), fits);

    let before = frames.clone();
    match (MonitorEvent::from_frames(frames), &before[..]) {
        (Ok(event), [number, endpoint]) => {
            assert_eq!(number.len(), 6);
            let (kind, value) = number.split_at(2);
            let kind = u16::from_ne_bytes(kind.try_into().expect("two bytes"));
            let value = u32::from_ne_bytes(value.try_into().expect("four bytes"));
            assert_eq!(event.event.as_raw(), i32::from(kind));
            assert_eq!(event.endpoint, String::from_utf8_lossy(endpoint));
            // A number that is not lost, whatever it stands for.
            match event.event {
                Event::HandshakeFailedProtocol(error) => assert_eq!(error.as_raw() as u32, value),
                Event::HandshakeFailedAuth { status } => assert_eq!(status, value),
                Event::ConnectRetried { interval } => assert_eq!(interval.as_millis(), u128::from(value)),
                Event::Connected { fd } | Event::Closed { fd } => assert_eq!(fd as u32, value),
                Event::Other { event, value: said } => assert_eq!((event, said), (kind, value)),
                _ => {}
            }
            let _ = format!("{event} {event:?}");
        }
        (Err(error), _) => {
            assert!(!matches!(&before[..], [number, _] if number.len() == 6), "{error}");
            assert_eq!(error.kind(), zmq::ErrorKind::InvalidArgument);
            assert_eq!(error.into_frames().expect("they come back"), before);
        }
        (Ok(event), _) => panic!("{event:?} of {before:?}"),
    }
});
