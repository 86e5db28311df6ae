//! The device by hand, by TIPC.

use crate::exchange::tipc;
use crate::reqrep_device::device;
use crate::support::deadline;

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    let Some((dealer, dealer_name)) = tipc() else { return };
    let Some((router, router_name)) = tipc() else { return };
    device((&dealer, Some(&dealer_name)), (&router, Some(&router_name)));
}
