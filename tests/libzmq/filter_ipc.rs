//! Which processes may connect by `ipc`, on Linux.
#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "the ids are the system's")]

use zmq::{Context, Event, Pair, Result, Socket};

use crate::support::{Transport, deadline};
use crate::testutil::{bounce, silent, wait_for_event};

/// Two sockets, of which the bound one has the filter, and whether the other gets in.
fn filtered(set: impl FnOnce(&Socket<Pair>) -> Result<()>, gets_in: bool) {
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
    for socket in [&server, &client] {
        socket.set_linger(0).unwrap();
        socket.set_reconnect_ivl(-1).unwrap();
    }
    set(&server).unwrap();
    let monitor = server.monitor(zmq::EVENT_ACCEPTED | zmq::EVENT_ACCEPT_FAILED).unwrap();
    client.connect(&Transport::Ipc.bind(&server)).unwrap();
    let accepted = matches!(wait_for_event(&monitor, |_| true), Event::Accepted { .. });
    assert_eq!(accepted, gets_in);
    if gets_in {
        bounce(&server, &client);
    } else {
        // It is taken, and waits for a connection that is not tried again.
        let _ = client.try_send("not for you");
        silent(&server);
        assert!(server.try_send("nobody there").unwrap_err().is_again());
        silent(&client);
    }
}

fn user() -> u32 {
    // SAFETY: no preconditions.
    unsafe { libc::getuid() }
}

fn group() -> u32 {
    // SAFETY: no preconditions.
    unsafe { libc::getgid() }
}

/// The process's own group and the supplemental ones.
fn groups() -> Vec<u32> {
    let mut groups = [0; 100];
    // SAFETY: there is room for as many as it is told.
    let count = unsafe { libc::getgroups(100, groups.as_mut_ptr()) };
    let mut all = vec![group()];
    all.extend(&groups[..usize::try_from(count).expect("not more than a hundred")]);
    all
}

/// The lines of a table of the system, split into fields.
fn table(path: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| line.split(':').map(str::to_owned).collect()).collect()
}

/// Whether the system lists this user among the group's members, which is what libzmq asks (ipc_listener.cpp, `filter`).
fn is_member(group: u32) -> bool {
    let is = |field: Option<&String>, id: u32| field.is_some_and(|field| *field == id.to_string());
    let users = table("/etc/passwd");
    let Some(name) = users.iter().find(|line| is(line.get(2), user())).map(|line| &line[0]) else { return false };
    table("/etc/group").iter().any(|line| {
        is(line.get(2), group) && line.get(3).is_some_and(|members| members.split(',').any(|one| one == name))
    })
}

#[test]
fn no_filters() {
    let _deadline = deadline(30);
    filtered(|_| Ok(()), true);
}

#[test]
fn filter_with_process_owner_uid() {
    let _deadline = deadline(30);
    filtered(|server| server.set_ipc_filter_uid(user()), true);
}

#[test]
fn filter_with_possibly_nonexistent_uid() {
    let _deadline = deadline(30);
    filtered(|server| server.set_ipc_filter_uid(user() + 1), false);
}

#[test]
fn filter_with_process_owner_gid() {
    let _deadline = deadline(30);
    filtered(|server| server.set_ipc_filter_gid(group()), true);
}

/// Where there is none, the process's own group does as well.
#[test]
fn filter_with_supplemental_process_owner_gid() {
    let _deadline = deadline(30);
    let supplemental = groups().into_iter().find(|other| *other != group() && is_member(*other));
    filtered(|server| server.set_ipc_filter_gid(supplemental.unwrap_or_else(group)), true);
}

#[test]
fn filter_with_possibly_nonexistent_gid() {
    let _deadline = deadline(30);
    let stranger = groups().into_iter().max().expect("one at least") + 1;
    filtered(|server| server.set_ipc_filter_gid(stranger), false);
}

#[test]
fn filter_with_current_process_pid() {
    let _deadline = deadline(30);
    filtered(|server| server.set_ipc_filter_pid(std::process::id()), true);
}

#[test]
fn filter_with_possibly_nonexistent_pid() {
    let _deadline = deadline(30);
    filtered(|server| server.set_ipc_filter_pid(std::process::id() + 1), false);
}
