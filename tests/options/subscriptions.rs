//! Options of PUB, XPUB and SUB, as seen by their peers.

use std::time::Duration;

use zmq::{Context, Socket};

use crate::support::{Transport, deadline, eventually};

const QUIET: Duration = Duration::from_millis(150);

fn xpub_and_sub(context: &Context, set: impl Fn(&Socket<zmq::Xpub>)) -> (Socket<zmq::Xpub>, String) {
    let xpub = context.socket(zmq::XPUB).unwrap();
    set(&xpub);
    let endpoint = Transport::Tcp.bind(&xpub);
    (xpub, endpoint)
}

fn sub(context: &Context, endpoint: &str, topic: &str) -> Socket<zmq::Sub> {
    let sub = context.socket(zmq::SUB).unwrap();
    sub.connect(endpoint).unwrap();
    sub.subscribe(topic).unwrap();
    sub
}

#[test]
fn a_subscription_counts_as_often_as_it_was_made() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (xpub, endpoint) = xpub_and_sub(&context, |_| {});
    let sub = sub(&context, &endpoint, "a");
    assert_eq!(xpub.recv().unwrap(), b"\x01a"[..]);
    sub.subscribe("a").unwrap();
    sub.unsubscribe("a").unwrap();
    sub.unsubscribe("never").unwrap();
    // In order, so nothing came before it.
    sub.subscribe("b").unwrap();
    assert_eq!(xpub.recv().unwrap(), b"\x01b"[..]);
    xpub.send("apple").unwrap();
    assert_eq!(sub.recv_string().unwrap(), "apple");
    sub.unsubscribe("a").unwrap();
    assert_eq!(xpub.recv().unwrap(), b"\0a"[..]);
}

#[test]
fn verbose_passes_on_what_is_not_new() {
    let _deadline = deadline(30);
    for (verbose, verboser) in [(false, false), (true, false), (true, true)] {
        let context = Context::new().unwrap();
        let (xpub, endpoint) = xpub_and_sub(&context, |xpub| {
            xpub.set_xpub_verbose(verbose).unwrap();
            if verboser {
                xpub.set_xpub_verboser(true).unwrap();
            }
        });
        let first = sub(&context, &endpoint, "a");
        assert_eq!(xpub.recv().unwrap(), b"\x01a"[..]);
        let second = sub(&context, &endpoint, "a");
        if verbose {
            assert_eq!(xpub.recv().unwrap(), b"\x01a"[..]);
        }
        // A second subscription of its own, to know that the first has arrived.
        second.subscribe("b").unwrap();
        assert_eq!(xpub.recv().unwrap(), b"\x01b"[..]);
        second.unsubscribe("a").unwrap();
        if verboser {
            assert_eq!(xpub.recv().unwrap(), b"\0a"[..]);
        }
        first.unsubscribe("a").unwrap();
        assert_eq!(xpub.recv().unwrap(), b"\0a"[..]);
    }
}

#[test]
fn the_program_can_decide_what_a_subscription_does() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (xpub, endpoint) = xpub_and_sub(&context, |xpub| xpub.set_xpub_manual(true).unwrap());
    let sub = sub(&context, &endpoint, "A");
    assert_eq!(xpub.recv().unwrap(), b"\x01A"[..]);
    xpub.subscribe("XA").unwrap();
    xpub.send("A").unwrap();
    xpub.send("XA").unwrap();
    // The subscriber looks at the topics, too, so it has to want what it gets.
    sub.subscribe("XA").unwrap();
    assert_eq!(xpub.recv().unwrap(), b"\x01XA"[..]);
    xpub.send("XA again").unwrap();
    let first = sub.recv_string().unwrap();
    assert!(first == "XA" || first == "XA again", "{first}");
    sub.subscribe("end").unwrap();
    assert_eq!(xpub.recv().unwrap(), b"\x01end"[..]);
    xpub.unsubscribe("XA").unwrap();
    xpub.subscribe("end").unwrap();
    xpub.send("XA no more").unwrap();
    xpub.send("end").unwrap();
    let rest: Vec<_> = std::iter::repeat_with(|| sub.recv_string().unwrap()).take_while(|text| text != "end").collect();
    assert!(!rest.contains(&"XA no more".to_owned()), "{rest:?}");
}

#[test]
fn a_new_subscriber_is_welcomed() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (xpub, endpoint) = xpub_and_sub(&context, |xpub| xpub.set_xpub_welcome_msg("welcome").unwrap());
    let wants = sub(&context, &endpoint, "wel");
    assert_eq!(xpub.recv().unwrap(), b"\x01wel"[..]);
    assert_eq!(wants.recv_string().unwrap(), "welcome");
    let other = sub(&context, &endpoint, "other");
    assert_eq!(xpub.recv().unwrap(), b"\x01other"[..]);
    assert!(other.recv_timeout(QUIET).unwrap_err().is_again());
    xpub.set_xpub_welcome_msg("").unwrap();
    let late = sub(&context, &endpoint, "");
    assert_eq!(xpub.recv().unwrap(), b"\x01"[..]);
    assert!(late.recv_timeout(QUIET).unwrap_err().is_again());

    let publisher = context.socket(zmq::PUB).unwrap();
    publisher.set_xpub_welcome_msg("welcome").unwrap();
    let reader = sub(&context, &Transport::Tcp.bind(&publisher), "");
    // A PUB that is left alone does not notice who has come.
    let text = eventually("the welcome", || {
        publisher.events().unwrap();
        reader.try_recv().unwrap()
    });
    assert_eq!(text, b"welcome"[..]);
}

#[test]
fn nodrop_says_that_a_subscriber_is_slow() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let xpub = context.socket(zmq::XPUB).unwrap();
    xpub.set_sndhwm(1).unwrap();
    let endpoint = Transport::Inproc.bind(&xpub);
    let slow = context.socket(zmq::SUB).unwrap();
    slow.set_rcvhwm(1).unwrap();
    slow.connect(&endpoint).unwrap();
    slow.subscribe("").unwrap();
    assert_eq!(xpub.recv().unwrap(), b"\x01"[..]);
    xpub.set_xpub_nodrop(true).unwrap();
    let sent = (0..10).take_while(|_| xpub.try_send("x").is_ok()).count();
    assert_eq!(sent, 2);
    assert!(xpub.try_send("x").unwrap_err().error.is_again());
    xpub.set_xpub_nodrop(false).unwrap();
    xpub.try_send("dropped for the slow one").unwrap();
}

#[test]
fn matching_can_be_inverted() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let xpub = context.socket(zmq::XPUB).unwrap();
    xpub.set_invert_matching(true).unwrap();
    let endpoint = Transport::Tcp.bind(&xpub);
    let sub = context.socket(zmq::SUB).unwrap();
    sub.set_invert_matching(true).unwrap();
    sub.connect(&endpoint).unwrap();
    sub.subscribe("noise").unwrap();
    assert_eq!(xpub.recv().unwrap(), b"\x01noise"[..]);
    xpub.send("noise and more").unwrap();
    xpub.send("news").unwrap();
    assert_eq!(sub.recv_string().unwrap(), "news");
}
