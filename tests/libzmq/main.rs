//! What libzmq's own tests ask of it, asked of this crate: a module for each of them, named after its file without `test_`.
//!
//! README.md has the table: every C++ file and test function, and its counterpart here or the reason why there is none.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

// What they share
mod testutil;

// a to h
mod abstract_ipc;
mod address_tipc;
mod ancillaries;
mod app_meta;
mod base85;
mod bind_after_connect_tcp;
mod bind_src_address;
mod capabilities;
mod conflate;
mod connect_delay_tipc;
mod connect_resolve;
mod connect_rid;
mod ctx_destroy;
mod ctx_options;
mod diffserv;
mod disconnect_inproc;
mod filter_ipc;
mod fork;
mod getsockopt_memset;
mod heartbeats;
mod hwm;
mod hwm_pubsub;

// i to r
mod exchange;
mod immediate;
mod inproc_connect;
mod invalid_rep;
mod iov;
mod ipc_wildcard;
mod issue_566;
mod last_endpoint;
mod many_sockets;
mod metadata;
mod mock_pub_sub;
mod monitor;
mod msg_ffn;
mod msg_flags;
mod msg_init;
mod pair_inproc;
mod pair_ipc;
mod pair_tcp;
mod pair_tcp_cap_net_admin;
mod pair_tipc;
mod probe_router;
