//! The macro behind the option table.

/// Turns each row of the table into a constant, its methods and an entry of `ROWS`.
///
/// ```text
/// /// What it does, unit, default.                                   (a row without docs does not compile)
/// LINGER(ZMQ_LINGER) as Forever: rw linger set_linger, of all, since 2 1 0;
/// SUBSCRIBE(ZMQ_SUBSCRIBE) as Blob<0, { usize::MAX }>: w subscribe, of [Sub], since 2 0 0;
/// CURVE_SERVER(ZMQ_CURVE_SERVER) as Boolean: rw curve_server set_curve_server, of all, since 4 0 0, needs "curve";
/// PRIORITY(ZMQ_PRIORITY = 112) as Integer<0, 6>: rw priority set_priority, of all, since 4 3 4, needs "draft";
/// ```
///
/// With its number it is one of `zmq.h`'s drafts, which `zmq-sys` declares only if asked to.
///
/// `rw` has a getter and a setter, `r` only a getter (or no method, where a socket has one of its own), `w` only a setter; `of`
/// lists the kinds that have the option.
macro_rules! socket_options {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident($raw:ident $(= $draft:literal)?) as $codec:ty: $access:ident $($method:ident)*, of $kinds:tt,
        since $major:literal $minor:literal $patch:literal $(, needs $needs:literal $(and $also:literal)?)?;
    )*) => {
        $(
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!(
                "Of ", kinds_doc!($kinds), ". C: `", stringify!($raw), "`, ", socket_options!(@status $($draft)?), "since libzmq ",
                $major, ".", $minor, ".", $patch,
                $(", where [`has`](crate::has)`(\"", $needs, "\")`", $(" and `has(\"", $also, "\")`",)?)? "."
            )]
            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the name is C's, and pyzmq's")]
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub struct $name;

            impl SocketOption for $name {
                type Codec = $codec;

                const ROW: Row = Row {
                    name: stringify!($name),
                    number: socket_options!(@number $raw $($draft)?),
                    access: socket_options!(@access $access),
                    since: Version::new($major, $minor, $patch),
                    needs: &[$($needs $(, $also)?)?],
                    draft: socket_options!(@draft $($draft)?),
                    kinds: kind_set!($kinds),
                };
            }

            socket_options!(@kinds $name $kinds);
            socket_options!(@traits $access $name);
            socket_options!(@methods $access $kinds $name ($($doc)+) $($method)*);
        )*

        /// The table.
        pub(crate) const ROWS: &[Row] = &[$($name::ROW),*];
    };

    (@access rw) => { Access::ReadWrite };
    (@access r) => { Access::ReadOnly };
    (@access w) => { Access::WriteOnly };

    (@number $raw:ident) => { sys::$raw };
    (@number $raw:ident $draft:literal) => { $draft };

    (@draft) => { false };
    (@draft $draft:literal) => { true };

    (@status) => { "" };
    (@status $draft:literal) => { "a draft, which another version may change, " };

    (@kinds $name:ident all) => { impl<K: Kind> OptionOf<K> for $name {} };
    (@kinds $name:ident [$($kind:ident)*]) => {
        $(impl OptionOf<kind::$kind> for $name {})*
        impl OptionOf<kind::Dynamic> for $name {}
    };

    (@traits rw $name:ident) => { impl Gettable for $name {} impl Settable for $name {} };
    (@traits r $name:ident) => { impl Gettable for $name {} };
    (@traits w $name:ident) => { impl Settable for $name {} };

    (@methods rw $kinds:tt $name:ident $doc:tt $get:ident $set:ident) => {
        socket_options!(@get $kinds $name $doc $get);
        socket_options!(@set $kinds $name $doc $set);
    };
    (@methods r $kinds:tt $name:ident $doc:tt) => {};
    (@methods r $kinds:tt $name:ident $doc:tt $get:ident) => { socket_options!(@get $kinds $name $doc $get); };
    (@methods w $kinds:tt $name:ident $doc:tt $set:ident) => { socket_options!(@set $kinds $name $doc $set); };

    (@get $kinds:tt $name:ident ($($doc:literal)+) $get:ident) => {
        impl<K: Kind> Socket<K> {
            #[doc = concat!("Reads the option [`", stringify!($name), "`](crate::", stringify!($name), ").")]
            #[doc = ""]
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!("Of ", kinds_doc!($kinds), ".")]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = ""]
            #[doc = "As for [`get`](Self::get)."]
            pub fn $get(&self) -> Result<<<$name as SocketOption>::Codec as Codec>::Value>
            where
                $name: OptionOf<K>,
            {
                self.get($name)
            }
        }

        #[cfg(all(feature = "async", unix))]
        impl<K: Kind, R: crate::asynchronous::Runtime> crate::asynchronous::Socket<K, R> {
            #[doc = concat!("Reads the option [`", stringify!($name), "`](crate::", stringify!($name), ").")]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = ""]
            #[doc = "As for [`get`](Self::get)."]
            pub fn $get(&self) -> Result<<<$name as SocketOption>::Codec as Codec>::Value>
            where
                $name: OptionOf<K>,
            {
                self.get($name)
            }
        }
    };
    (@set $kinds:tt $name:ident ($($doc:literal)+) $set:ident) => {
        impl<K: Kind> Socket<K> {
            #[doc = concat!("Sets the option [`", stringify!($name), "`](crate::", stringify!($name), ").")]
            #[doc = ""]
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!("Of ", kinds_doc!($kinds), ".")]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = ""]
            #[doc = "As for [`set`](Self::set)."]
            pub fn $set<V>(&self, value: V) -> Result<()>
            where
                $name: OptionOf<K>,
                V: OptionValue<<$name as SocketOption>::Codec>,
            {
                self.set($name, value)
            }
        }

        #[cfg(all(feature = "async", unix))]
        impl<K: Kind, R: crate::asynchronous::Runtime> crate::asynchronous::Socket<K, R> {
            #[doc = concat!("Sets the option [`", stringify!($name), "`](crate::", stringify!($name), ").")]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = ""]
            #[doc = "As for [`set`](Self::set)."]
            pub fn $set<V>(&self, value: V) -> Result<()>
            where
                $name: OptionOf<K>,
                V: OptionValue<<$name as SocketOption>::Codec>,
            {
                self.set($name, value)
            }
        }
    };
}
pub(super) use socket_options;

/// The kinds that have an option, for its documentation.
macro_rules! kinds_doc {
    (all) => { "sockets of all kinds" };
    ([$first:ident $($kind:ident)*]) => {
        concat!("[`", stringify!($first), "`](crate::", stringify!($first), ")",
            $(", [`", stringify!($kind), "`](crate::", stringify!($kind), ")",)* " sockets")
    };
}
pub(super) use kinds_doc;
