//! The table of context options.

use std::ffi::c_int;

use zmq_sys as sys;

use crate::context::{Context, ThreadOption};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::option::table::IPV6;

/// An option of contexts: `zmq::IO_THREADS` and its like.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an option of contexts",
    label = "not an option of contexts",
    note = "for a default for the sockets that a context makes, use `setsockopt`"
)]
pub trait ContextOption {
    /// `i32`, or `bool` for a switch.
    type Value: ContextValue;

    #[doc(hidden)]
    const ROW: ContextRow;
}

/// The option can be set.
#[diagnostic::on_unimplemented(
    message = "the option `{Self}` cannot be set on a context",
    label = "`{Self}` can only be read, or is an option of sockets: as a default for those, use `setsockopt`"
)]
pub trait SettableInContext: ContextOption {}

/// The option can be read.
#[diagnostic::on_unimplemented(
    message = "the option `{Self}` cannot be read from a context",
    label = "`{Self}` can only be set, or is an option of sockets"
)]
pub trait GettableInContext: ContextOption {}

/// What the table says about an option of contexts.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct ContextRow {
    pub(crate) name: &'static str,
    pub(crate) number: c_int,
    min: c_int,
    max: c_int,
    when: When,
}

/// When, and how, an option can be set.
#[derive(Debug, Clone, Copy)]
enum When {
    /// At any time.
    Any,
    /// Before the first socket: libzmq takes it later, too, and does nothing.
    BeforeSockets,
    /// Before the first socket, after trying whether the system allows it.
    Thread(ThreadOption),
}

/// The types of the values of context options.
pub trait ContextValue: Copy {
    #[doc(hidden)]
    fn to_int(self) -> c_int;
    #[doc(hidden)]
    fn from_int(value: c_int) -> Self;
}

impl ContextValue for i32 {
    fn to_int(self) -> c_int {
        self
    }

    fn from_int(value: c_int) -> Self {
        value
    }
}

impl ContextValue for bool {
    fn to_int(self) -> c_int {
        c_int::from(self)
    }

    fn from_int(value: c_int) -> Self {
        value != 0
    }
}

macro_rules! context_options {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident($raw:ident $(= $draft:literal)?) as $value:ty: $access:ident $($method:ident)+,
        from $min:literal $(to $max:literal)?, $when:expr;
    )*) => {$(
        $(#[doc = $doc])+
        #[doc = ""]
        #[doc = concat!("C: `", stringify!($raw), "`", context_options!(@status $($draft)?), ".")]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the name is C's, and pyzmq's")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name;

        context_options!(@row $name($raw $(= $draft)?) as $value: $access $($method)+, $min $(to $max)?, $when, ($($doc)+));
    )*};

    (@number $raw:ident) => { sys::$raw };
    (@number $raw:ident $draft:literal) => { $draft };

    (@status) => { "" };
    (@status $draft:literal) => { ", a draft, which another version may change" };

    (@max) => { c_int::MAX };
    (@max $max:literal) => { $max };

    (@row $name:ident($raw:ident $(= $draft:literal)?) as $value:ty: $access:ident $($method:ident)+, $min:literal $(to $max:literal)?,
        $when:expr, $doc:tt) => {
        impl ContextOption for $name {
            type Value = $value;

            const ROW: ContextRow = ContextRow {
                name: stringify!($name),
                number: context_options!(@number $raw $($draft)?),
                min: $min,
                max: context_options!(@max $($max)?),
                when: $when,
            };
        }

        context_options!(@methods $access $name $value, $doc $($method)+);
    };

    (@methods rw $name:ident $value:ty, $doc:tt $get:ident $set:ident) => {
        context_options!(@get $name $value, $doc $get);
        context_options!(@set $name $value, $doc $set);
    };
    (@methods r $name:ident $value:ty, $doc:tt $get:ident) => { context_options!(@get $name $value, $doc $get); };
    (@methods w $name:ident $value:ty, $doc:tt $set:ident) => { context_options!(@set $name $value, $doc $set); };

    (@get $name:ident $value:ty, ($($doc:literal)+) $get:ident) => {
        impl GettableInContext for $name {}

        impl Context {
            #[doc = concat!("Reads the option [`", stringify!($name), "`](crate::", stringify!($name), ").")]
            #[doc = ""]
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = ""]
            #[doc = "As for [`get`](Self::get)."]
            pub fn $get(&self) -> Result<$value> {
                self.get($name)
            }
        }
    };
    (@set $name:ident $value:ty, ($($doc:literal)+) $set:ident) => {
        impl SettableInContext for $name {}

        impl Context {
            #[doc = concat!("Sets the option [`", stringify!($name), "`](crate::", stringify!($name), ").")]
            #[doc = ""]
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = ""]
            #[doc = "As for [`set`](Self::set)."]
            pub fn $set(&self, value: $value) -> Result<()> {
                self.set($name, value)
            }
        }
    };
}

context_options! {
    /// How many threads do the input and output of the context's sockets: 1 by default, which is enough for a gigabyte per second.
    /// With 0, only `inproc` works. To be set before the first socket.
    IO_THREADS(ZMQ_IO_THREADS) as i32: rw io_threads set_io_threads, from 0, When::BeforeSockets;

    /// How many sockets the context can have at a time, those included that are closed and still have something to send: 1023 by
    /// default, 1 to 1048576; libzmq keeps some memory for each. To be set before the first socket.
    MAX_SOCKETS(ZMQ_MAX_SOCKETS) as i32: rw max_sockets set_max_sockets, from 1 to 1_048_576, When::BeforeSockets;

    /// How many sockets libzmq says a context can have at most: 65535. It takes more for [`MAX_SOCKETS`](crate::MAX_SOCKETS), unless
    /// it was built to use `select`.
    SOCKET_LIMIT(ZMQ_SOCKET_LIMIT) as i32: r socket_limit, from 0, When::Any;

    /// The priority of the context's threads: 1 to 99 for the policies that have priorities (`SCHED_FIFO`, `SCHED_RR`); for the others
    /// a value above 0 asks for the lowest nice value. Set the policy first. To be set before the first socket; refused if the system
    /// refuses it to this process.
    THREAD_PRIORITY(ZMQ_THREAD_PRIORITY) as i32: w set_thread_priority, from 0, When::Thread(ThreadOption::Priority);

    /// The scheduling policy of the context's threads, as the system numbers them (`SCHED_OTHER`, `SCHED_FIFO`, …); -1, the system's
    /// own, by default. To be set before the first socket; refused if the system refuses it to this process.
    THREAD_SCHED_POLICY(ZMQ_THREAD_SCHED_POLICY) as i32: rw thread_sched_policy set_thread_sched_policy, from 0,
        When::Thread(ThreadOption::Policy);

    /// The largest message the context is meant for, in bytes: `i32::MAX` by default. libzmq 4.3.5 keeps the number and does not enforce
    /// it; [`MAXMSGSIZE`](crate::MAXMSGSIZE) of a socket is enforced.
    MAX_MSGSZ(ZMQ_MAX_MSGSZ) as i32: rw max_msgsz set_max_msgsz, from 0, When::Any;

    /// The size of a `zmq_msg_t` in bytes: 64.
    MSG_T_SIZE(ZMQ_MSG_T_SIZE) as i32: r msg_t_size, from 0, When::Any;

    /// Lets the context's threads run on this CPU, counted from 0, in addition to those that were added before; on all if none was. To be
    /// set before the first socket; refused if the process may not run there.
    THREAD_AFFINITY_CPU_ADD(ZMQ_THREAD_AFFINITY_CPU_ADD) as i32: w add_thread_affinity_cpu, from 0,
        When::Thread(ThreadOption::Affinity);

    /// Takes a CPU back that was [added](crate::THREAD_AFFINITY_CPU_ADD). To be set before the first socket.
    THREAD_AFFINITY_CPU_REMOVE(ZMQ_THREAD_AFFINITY_CPU_REMOVE) as i32: w remove_thread_affinity_cpu, from 0, When::BeforeSockets;

    /// A number that the names of the context's threads begin with, to tell those of several contexts apart: with 7 they are
    /// `7/ZMQbg/IO/0` and so on. 0, none, by default. To be set before the first socket.
    THREAD_NAME_PREFIX(ZMQ_THREAD_NAME_PREFIX) as i32: rw thread_name_prefix set_thread_name_prefix, from 0, When::BeforeSockets;

    /// Whether closing waits: with `false`, sockets that are made from now on have a [`LINGER`](crate::LINGER) of 0 instead of for ever.
    /// `true` by default.
    BLOCKY(ZMQ_BLOCKY) as bool: rw blocky set_blocky, from 0, When::Any;

    /// Whether frames of more than 33 bytes that are received stay where the connection has read them, with others, in a buffer of
    /// [`IN_BATCH_SIZE`](crate::IN_BATCH_SIZE) that is freed with the last of them: `true` by default. With `false` each is copied into
    /// memory of its own, so that one that is kept holds nothing else. For sockets that are made from now on.
    ZERO_COPY_RECV(ZMQ_ZERO_COPY_RECV = 10) as bool: rw zero_copy_recv set_zero_copy_recv, from 0, When::Any;
}

// A socket option of the same name is in the other table, so this one is only methods there.
context_options! {
    @row IPV6(ZMQ_IPV6) as bool: rw ipv6 set_ipv6, 0, When::Any,
    (" Whether sockets that are made from now on use IPv6: `false` by default.")
}

impl Context {
    /// Sets an option: `context.set(zmq::IO_THREADS, 4)`. Each option also has a method.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a value out of range, and for an option that had to be set before the
    /// first socket; [`PermissionDenied`](crate::ErrorKind::PermissionDenied) and what else the system answers for those of threads;
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated).
    ///
    /// C: `zmq_ctx_set`.
    #[doc(alias = "zmq_ctx_set")]
    pub fn set<O: SettableInContext>(&self, option: O, value: O::Value) -> Result<()> {
        let _ = option;
        let (row, value) = (O::ROW, value.to_int());
        let refuse = |help: String| Err(Error::invalid(Operation::ContextSet, help).with_target(row.name));
        if !(row.min..=row.max).contains(&value) {
            return refuse(match row.max {
                c_int::MAX => format!("{value} is out of range: at least {}", row.min),
                max => format!("{value} is out of range: {} to {max}", row.min),
            });
        }
        match row.when {
            When::BeforeSockets | When::Thread(_) if self.has_started() => {
                refuse("it is too late: the context has made a socket, which starts its threads".into())
            }
            When::Thread(kind) => self.set_thread_option(row.name, row.number, kind, value),
            When::Any | When::BeforeSockets => {
                self.set_raw(row.name, row.number, value).map_err(|error| match (row.number, error.kind()) {
                    (sys::ZMQ_THREAD_AFFINITY_CPU_REMOVE, ErrorKind::InvalidArgument) => {
                        error.with_help(format!("CPU {value} was not added"))
                    }
                    _ => error,
                })
            }
        }
    }

    /// Reads an option: `context.get(zmq::IO_THREADS)`. Each option also has a method.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated).
    ///
    /// C: `zmq_ctx_get`.
    #[doc(alias = "zmq_ctx_get")]
    pub fn get<O: GettableInContext>(&self, option: O) -> Result<O::Value> {
        let _ = option;
        let row = O::ROW;
        match self.get_raw(row.name, row.number) {
            // The default is -1, which is also how failure looks; libzmq says EINVAL for an option it does not know.
            Err(error) if row.number == sys::ZMQ_THREAD_SCHED_POLICY && !error.is_terminated() => {
                Ok(O::Value::from_int(-1))
            }
            value => value.map(O::Value::from_int),
        }
    }
}
