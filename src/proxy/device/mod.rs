//! Proxies in threads and processes of their own: pyzmq's devices.

#[cfg(unix)]
mod process;
mod thread;

#[cfg(unix)]
pub use process::{ProcessProxy, RunningProcess, run_process_proxies};
pub use thread::{RunningProxy, ThreadProxy};
