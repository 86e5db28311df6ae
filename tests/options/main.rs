//! Socket options: the table against the linked library, every value there and back, what is refused, and what it does.

#[path = "../support/mod.rs"]
mod support;

mod curve;
mod delivery;
mod draft;
mod limits;
mod refused;
mod round_trip;
mod routing;
mod subscriptions;
mod walk;
