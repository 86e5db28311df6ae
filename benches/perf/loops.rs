//! What one operation costs, for counting instructions; `loops.c` does the same in C. All of it happens on one thread, over `inproc`, where
//! libzmq does least for a message, so a layer over it shows most.

use zmq::{Context, Message, Result};

/// As many messages wait where only receiving is counted.
const MOST: usize = 30_000;

/// The operations: all but the last two are counted with messages of several sizes.
pub(crate) const OPERATIONS: [&str; 11] =
    ["send", "recv", "recv_new", "send_recv", "shared", "timed", "multipart", "vectors", "proxy", "poll", "get"];

/// Does the operation so many times.
pub(crate) fn run(operation: &str, size: usize, count: usize) -> Result<()> {
    let context = Context::new()?;
    let (one, two) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    one.set_sndhwm(0)?;
    two.set_rcvhwm(0)?;
    one.bind("inproc://loop")?;
    two.connect("inproc://loop")?;
    let data = vec![0; size];
    let mut message = Message::new();
    match operation {
        "send" => {
            for _ in 0..count {
                one.send(&data[..])?;
            }
        }
        "recv" => {
            for _ in 0..MOST {
                one.send(&data[..])?;
            }
            for _ in 0..count {
                two.recv_into(&mut message)?;
                assert_eq!(message.len(), size);
            }
        }
        "recv_new" => {
            for _ in 0..MOST {
                one.send(&data[..])?;
            }
            for _ in 0..count {
                assert_eq!(two.recv()?.len(), size);
            }
        }
        "send_recv" => {
            for _ in 0..count {
                one.send(&data[..])?;
                two.recv_into(&mut message)?;
                assert_eq!(message.len(), size);
            }
        }
        "shared" => {
            let shared = Message::from(&data[..]);
            for _ in 0..count {
                one.send(&shared)?;
                two.recv_into(&mut message)?;
                assert_eq!(message.len(), size);
            }
        }
        "timed" => {
            one.set_sndtimeo(1000)?;
            two.set_rcvtimeo(1000)?;
            for _ in 0..count {
                one.send(&data[..])?;
                two.recv_into(&mut message)?;
                assert_eq!(message.len(), size);
            }
        }
        "multipart" => {
            for _ in 0..count {
                one.send_multipart([&data[..], &data[..], &data[..]])?;
                let frames: [Message; 3] = two.recv_frames()?;
                assert!(frames.iter().all(|frame| frame.len() == size));
            }
        }
        "vectors" => {
            let parts = vec![&data[..]; 3];
            for _ in 0..count {
                one.send_multipart(&parts)?;
                let frames = two.recv_multipart()?;
                assert!(frames.len() == 3 && frames.iter().all(|frame| frame.len() == size));
            }
        }
        "proxy" => {
            for _ in 0..count {
                one.send(&data[..])?;
            }
            let [backend, sink] = [context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?];
            backend.set_sndhwm(0)?;
            sink.set_rcvhwm(0)?;
            sink.bind("inproc://sink")?;
            backend.connect("inproc://sink")?;
            let [control, steering] = [context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?];
            control.bind("inproc://control")?;
            steering.connect("inproc://control")?;
            let proxy = std::thread::spawn(move || zmq::proxy_steerable(&two, &backend, &control));
            for _ in 0..count {
                sink.recv_into(&mut message)?;
                assert_eq!(message.len(), size);
            }
            steering.send("TERMINATE")?;
            proxy.join().expect("the proxy does not panic")?;
        }
        "poll" => {
            let mut poller = zmq::Poller::new();
            poller.register(&one, zmq::POLLIN)?;
            poller.register(&two, zmq::POLLIN)?;
            one.send(&data[..])?;
            for _ in 0..count {
                let ready = poller.poll(1000)?;
                assert!(!ready.contains(&one) && ready.readable(&two));
            }
        }
        "get" => {
            for _ in 0..count {
                assert_eq!(one.get(zmq::SNDHWM)?, 0);
            }
        }
        other => panic!("there is no operation {other}"),
    }
    Ok(())
}

/// The same as `send_recv` in a task of tokio.
pub(crate) async fn tokio_send_recv(size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let (one, two) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    one.bind("inproc://loop")?;
    two.connect("inproc://loop")?;
    let data = vec![1; size];
    let mut message = Message::new();
    for _ in 0..count {
        one.send(&data[..]).await?;
        two.recv_into(&mut message).await?;
        assert_eq!(message.len(), size);
    }
    Ok(())
}
