//! What libzmq's own tests ask of it, asked of this crate: a module for each of them, named after its file without `test_`.
//!
//! README.md has the table: every C++ file and test function, and its counterpart here or the reason why there is none.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/table.rs"]
mod tables;

mod table;

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
mod busy_poll;
mod capabilities;
mod channel;
mod client_server;
mod conflate;
mod connect_delay_tipc;
mod connect_resolve;
mod connect_rid;
mod ctx_destroy;
mod ctx_options;
mod dgram;
mod diffserv;
mod disconnect_inproc;
mod disconnect_msg;
mod filter_ipc;
mod fork;
mod getsockopt_memset;
mod heartbeats;
mod hello_msg;
mod hiccup_msg;
mod hwm;
mod hwm_pubsub;

// i to r
mod crowd;
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
mod peer;
mod poller;
mod probe_router;
mod proxy;
mod proxy_hwm;
mod proxy_single_socket;
mod proxy_steerable;
mod proxy_terminate;
mod pub_invert_matching;
mod pubsub;
mod pubsub_topics_count;
mod radio_dish;
mod rebind_ipc;
mod reconnect_ivl;
mod reconnect_options;
mod req_correlate;
mod req_relaxed;
mod reqrep_device;
mod reqrep_device_tipc;
mod reqrep_inproc;
mod reqrep_ipc;
mod reqrep_tcp;
mod reqrep_tipc;

// r to z
mod expect;
mod handshakes;
#[path = "../support/kerberos.rs"]
#[allow(dead_code, reason = "each test program uses its own part of it")]
mod kerberos;
mod router_handover;
mod router_mandatory;
mod router_mandatory_hwm;
mod router_mandatory_tipc;
mod router_notify;
mod scatter_gather;
mod security_curve;
mod security_gssapi;
mod security_no_zap_handler;
mod security_null;
mod security_plain;
mod security_zap;
mod setsockopt;
mod shutdown_stress;
mod shutdown_stress_tipc;
mod socket_null;
mod sockopt_hwm;
mod socks;
mod sodium;
mod spec_dealer;
mod spec_pushpull;
mod spec_rep;
mod spec_req;
mod spec_router;
mod srcfd;
mod stream;
mod stream_disconnect;
mod stream_empty;
mod stream_exceeds_buffer;
mod stream_timeout;
mod sub_forward;
mod sub_forward_tipc;
mod system;
mod tcp_accept_filter;
mod term_endpoint;
mod term_endpoint_tipc;
mod thread_safe;
mod timeo;
mod timers;
mod unbind_wildcard;
mod use_fd;
mod ws_transport;
mod wss_transport;
mod xpub_manual;
mod xpub_manual_last_value;
mod xpub_nodrop;
mod xpub_topic;
mod xpub_verbose;
mod xpub_welcome_msg;
mod xsub_verbose;
mod zmq_poll_fd;
mod zmq_ppoll_fd;
mod zmq_ppoll_signals;
