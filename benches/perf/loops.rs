//! What one operation costs, for counting instructions; `loops.c` does the same in C. All of it happens on one thread, over `inproc`, where
//! libzmq does least for a message, so a layer over it shows most.

use zmq::{Context, Message, Result};

/// As many messages wait where only receiving is counted.
const MOST: usize = 30_000;

/// The operations: the first few are counted with messages of several sizes.
pub(crate) const OPERATIONS: [&str; 6] = ["send", "recv", "send_recv", "multipart", "poll", "get"];

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
        "send_recv" => {
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
