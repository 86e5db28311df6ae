//! Sets of bits that have names: what C has as an `int` of flags.

/// What such sets have in common; the names are those of constants in scope, one that is several bits before these.
macro_rules! bit_set {
    ($set:ident($raw:ty): $($name:ident)*) => {
        impl $set {
            /// Nothing: what pyzmq's 0 is.
            pub const NONE: Self = Self(0);

            /// The number, as `zmq.h` has it: for C code, and for logs.
            #[inline]
            pub const fn as_raw(self) -> $raw {
                self.0
            }

            /// The set that has the number in `zmq.h`; bits without a name here are kept.
            #[inline]
            pub const fn from_raw(raw: $raw) -> Self {
                Self(raw)
            }

            /// Whether all of `other` is in the set.
            #[inline]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether nothing is in the set.
            #[inline]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }
        }

        impl std::ops::BitOr for $set {
            type Output = Self;

            #[inline]
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl std::ops::BitOrAssign for $set {
            #[inline]
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl std::ops::BitAnd for $set {
            type Output = Self;

            #[inline]
            fn bitand(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }

        /// What is in the one and not in the other.
        impl std::ops::Sub for $set {
            type Output = Self;

            #[inline]
            fn sub(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }

        /// The names of what is in the set, as `POLLIN | POLLOUT`; `NONE` for nothing.
        impl std::fmt::Debug for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut rest = *self;
                let mut separator = "";
                $(if rest.contains($name) {
                    write!(f, "{separator}{}", stringify!($name))?;
                    rest = rest - $name;
                    separator = " | ";
                })*
                match (rest.0, separator) {
                    (0, "") => f.write_str("NONE"),
                    (0, _) => Ok(()),
                    (rest, separator) => write!(f, "{separator}{rest:#x}"),
                }
            }
        }
    };
}
pub(crate) use bit_set;
