//! libzmq's perf programs with `zmq`, whose libzmq is 4.3.4.

use std::time::Instant;

fn main() -> Result<(), zmq::Error> {
    let arguments: Vec<String> = std::env::args().collect();
    let (endpoint, size, count) =
        (&arguments[2], arguments[3].parse::<usize>().unwrap(), arguments[4].parse::<usize>().unwrap());
    let context = zmq::Context::new();
    let data = vec![0u8; size];
    let mut message = zmq::Message::new();
    match arguments[1].as_str() {
        "local_thr" => {
            let pull = context.socket(zmq::PULL)?;
            pull.bind(endpoint)?;
            pull.recv(&mut message, 0)?;
            let started = Instant::now();
            for _ in 1..count {
                pull.recv(&mut message, 0)?;
                assert_eq!(message.len(), size);
            }
            println!("mean throughput: {:.0} [msg/s]", count as f64 / started.elapsed().as_secs_f64());
        }
        "remote_thr" => {
            let push = context.socket(zmq::PUSH)?;
            push.connect(endpoint)?;
            for _ in 0..count {
                push.send(&data[..], 0)?;
            }
        }
        "local_lat" => {
            let rep = context.socket(zmq::REP)?;
            rep.bind(endpoint)?;
            for _ in 0..count {
                rep.recv(&mut message, 0)?;
                rep.send(std::mem::replace(&mut message, zmq::Message::new()), 0)?;
            }
        }
        "remote_lat" => {
            let req = context.socket(zmq::REQ)?;
            req.connect(endpoint)?;
            let mut message = zmq::Message::from(data);
            let started = Instant::now();
            for _ in 0..count {
                req.send(std::mem::replace(&mut message, zmq::Message::new()), 0)?;
                req.recv(&mut message, 0)?;
            }
            println!("average latency: {:.3} [us]", started.elapsed().as_secs_f64() * 1e6 / count as f64 / 2.0);
        }
        other => panic!("there is no program {other}"),
    }
    Ok(())
}
