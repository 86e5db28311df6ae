//! A ZAP handler that does not answer as it should, or not at all: nobody comes in, and monitors say why.

use std::sync::atomic::Ordering;

use zmq::{Context, Event, Mechanism, ProtocolError};

use crate::exchange::bounce_fails;
use crate::handshakes::{
    Guests, Handler, Keys, Manner, ZAP, client, expect_event, expect_gone, expect_no_more, is_refused, serve, server,
    watch_handshakes,
};
use crate::support::deadline;

/// Keys for CURVE; `Err` where libzmq has none.
fn keys(mechanism: Mechanism) -> Result<Option<Keys>, ()> {
    if mechanism == Mechanism::Curve { Keys::new().map(Some).ok_or(()) } else { Ok(None) }
}

fn guests(keys: Option<&Keys>) -> Guests {
    Guests { curve: keys.map(|keys| keys.client.0), ..Guests::default() }
}

/// The server sees that the handler's answer is none.
fn protocol_error(mechanism: Mechanism, manner: Manner, expected: ProtocolError) {
    let Ok(keys) = keys(mechanism) else { return };
    let keys = keys.as_ref();
    let context = Context::new().unwrap();
    let handler = Handler::new(&context, guests(keys), manner);
    let (server, monitor, endpoint) = server(&context, "IDENT", |server| serve(server, mechanism, keys));
    let client = client(&context, mechanism, keys);
    is_refused(&server, &client, &endpoint);
    expect_event(&monitor, Event::HandshakeFailedProtocol(expected));
    assert!(handler.handled.load(Ordering::Relaxed) > 0);
}

/// The client is turned away for the moment: it is not told, and tries again.
fn status_300(mechanism: Mechanism) {
    let Ok(keys) = keys(mechanism) else { return };
    let keys = keys.as_ref();
    let context = Context::new().unwrap();
    let handler = Handler::new(&context, guests(keys), Manner::TemporaryFailure);
    let (server, monitor, endpoint) = server(&context, "IDENT", |server| serve(server, mechanism, keys));
    let client = client(&context, mechanism, keys);
    let client_monitor = watch_handshakes(&client);
    is_refused(&server, &client, &endpoint);
    expect_event(&monitor, Event::HandshakeFailedAuth { status: 300 });
    assert!(handler.handled.load(Ordering::Relaxed) > 0);
    drop(client);
    expect_no_more(&client_monitor);
}

/// The handler itself has failed, which both sides see.
fn status_500(mechanism: Mechanism) {
    let Ok(keys) = keys(mechanism) else { return };
    let keys = keys.as_ref();
    let context = Context::new().unwrap();
    let handler = Handler::new(&context, guests(keys), Manner::InternalError);
    let (server, monitor, endpoint) = server(&context, "IDENT", |server| serve(server, mechanism, keys));
    let client = client(&context, mechanism, keys);
    let client_monitor = watch_handshakes(&client);
    is_refused(&server, &client, &endpoint);
    expect_event(&monitor, Event::HandshakeFailedAuth { status: 500 });
    expect_event(&client_monitor, Event::HandshakeFailedAuth { status: 500 });
    assert!(handler.handled.load(Ordering::Relaxed) > 0);
    drop(client);
    expect_no_more(&client_monitor);
}

/// The handler has gone before anybody came.
fn no_handler(mechanism: Mechanism) {
    let Ok(keys) = keys(mechanism) else { return };
    let keys = keys.as_ref();
    let context = Context::new().unwrap();
    let handler = context.socket(zmq::REP).unwrap();
    handler.bind(ZAP).unwrap();
    let (server, monitor, endpoint) = server(&context, "IDENT", |server| {
        serve(server, mechanism, keys);
        server.require_security(mechanism).unwrap();
    });
    // Its end alone would take a moment.
    handler.unbind(ZAP).unwrap();
    let client = client(&context, mechanism, keys);
    is_refused(&server, &client, &endpoint);
    expect_event(&monitor, Event::HandshakeFailedNoDetail { errno: libc::EFAULT });
}

/// The handler is there, and does not answer: the client waits until it gives up.
fn no_answer(mechanism: Mechanism, manner: Manner) {
    let Ok(keys) = keys(mechanism) else { return };
    let keys = keys.as_ref();
    let context = Context::new().unwrap();
    let _handler = Handler::new(&context, guests(keys), manner);
    let (server, monitor, endpoint) = server(&context, "IDENT", |server| serve(server, mechanism, keys));
    let client = client(&context, mechanism, keys);
    client.connect(&endpoint).unwrap();
    bounce_fails(&server, &client);
    drop(client);
    expect_gone(&monitor);
}

#[test]
fn zap_protocol_error_wrong_version_null() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Null, Manner::WrongVersion, ProtocolError::ZAP_BAD_VERSION);
}

#[test]
fn zap_protocol_error_wrong_request_id_null() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Null, Manner::WrongRequestId, ProtocolError::ZAP_BAD_REQUEST_ID);
}

#[test]
fn zap_protocol_error_wrong_status_invalid_null() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Null, Manner::InvalidStatus, ProtocolError::ZAP_INVALID_STATUS_CODE);
}

#[test]
fn zap_protocol_error_too_many_parts_null() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Null, Manner::TooManyParts, ProtocolError::ZAP_MALFORMED_REPLY);
}

#[test]
fn zap_wrong_status_temporary_failure_null() {
    let _deadline = deadline(60);
    status_300(Mechanism::Null);
}

#[test]
fn zap_wrong_status_internal_error_null() {
    let _deadline = deadline(60);
    status_500(Mechanism::Null);
}

#[test]
fn zap_unsuccessful_no_handler_started_null() {
    let _deadline = deadline(60);
    no_handler(Mechanism::Null);
}

#[test]
fn zap_unsuccessful_disconnect_null() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Null, Manner::Disconnect);
}

#[test]
fn zap_unsuccessful_do_not_recv_null() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Null, Manner::DoNotReceive);
}

#[test]
fn zap_unsuccessful_do_not_send_null() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Null, Manner::DoNotSend);
}

#[test]
fn zap_protocol_error_wrong_version_plain() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Plain, Manner::WrongVersion, ProtocolError::ZAP_BAD_VERSION);
}

#[test]
fn zap_protocol_error_wrong_request_id_plain() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Plain, Manner::WrongRequestId, ProtocolError::ZAP_BAD_REQUEST_ID);
}

#[test]
fn zap_protocol_error_wrong_status_invalid_plain() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Plain, Manner::InvalidStatus, ProtocolError::ZAP_INVALID_STATUS_CODE);
}

#[test]
fn zap_protocol_error_too_many_parts_plain() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Plain, Manner::TooManyParts, ProtocolError::ZAP_MALFORMED_REPLY);
}

#[test]
fn zap_wrong_status_temporary_failure_plain() {
    let _deadline = deadline(60);
    status_300(Mechanism::Plain);
}

#[test]
fn zap_wrong_status_internal_error_plain() {
    let _deadline = deadline(60);
    status_500(Mechanism::Plain);
}

#[test]
fn zap_unsuccessful_no_handler_started_plain() {
    let _deadline = deadline(60);
    no_handler(Mechanism::Plain);
}

#[test]
fn zap_unsuccessful_disconnect_plain() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Plain, Manner::Disconnect);
}

#[test]
fn zap_unsuccessful_do_not_recv_plain() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Plain, Manner::DoNotReceive);
}

#[test]
fn zap_unsuccessful_do_not_send_plain() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Plain, Manner::DoNotSend);
}

#[test]
fn zap_protocol_error_wrong_version_curve() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Curve, Manner::WrongVersion, ProtocolError::ZAP_BAD_VERSION);
}

#[test]
fn zap_protocol_error_wrong_request_id_curve() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Curve, Manner::WrongRequestId, ProtocolError::ZAP_BAD_REQUEST_ID);
}

#[test]
fn zap_protocol_error_wrong_status_invalid_curve() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Curve, Manner::InvalidStatus, ProtocolError::ZAP_INVALID_STATUS_CODE);
}

#[test]
fn zap_protocol_error_too_many_parts_curve() {
    let _deadline = deadline(60);
    protocol_error(Mechanism::Curve, Manner::TooManyParts, ProtocolError::ZAP_MALFORMED_REPLY);
}

#[test]
fn zap_wrong_status_temporary_failure_curve() {
    let _deadline = deadline(60);
    status_300(Mechanism::Curve);
}

#[test]
fn zap_wrong_status_internal_error_curve() {
    let _deadline = deadline(60);
    status_500(Mechanism::Curve);
}

#[test]
fn zap_unsuccessful_no_handler_started_curve() {
    let _deadline = deadline(60);
    no_handler(Mechanism::Curve);
}

#[test]
fn zap_unsuccessful_disconnect_curve() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Curve, Manner::Disconnect);
}

#[test]
fn zap_unsuccessful_do_not_recv_curve() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Curve, Manner::DoNotReceive);
}

#[test]
fn zap_unsuccessful_do_not_send_curve() {
    let _deadline = deadline(60);
    no_answer(Mechanism::Curve, Manner::DoNotSend);
}
