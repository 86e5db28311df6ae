//! What can be sent as one message of several frames.

use crate::message::Message;

/// What [`send_multipart`](crate::Socket::send_multipart) takes: arrays, slices, vectors and tuples of whatever a
/// [`Message`] is made from.
///
/// A tuple may mix borrowed and owned parts of different types:
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let context = zmq::Context::new()?;
/// # let (a, b) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
/// # a.bind("inproc://parts")?;
/// # b.connect("inproc://parts")?;
/// let body = vec![0u8; 100_000];
/// a.send_multipart(("topic", 7u64.to_be_bytes(), body))?;
/// a.send_multipart(["topic1", "Hello Subscribers!"])?;
/// a.send_multipart(vec![vec![1u8], vec![2, 3]])?;
/// # assert_eq!(b.recv_multipart()?.len(), 3);
/// # assert_eq!(b.recv_multipart()?, ["topic1", "Hello Subscribers!"]);
/// # assert_eq!(b.recv_multipart()?, [&[1u8][..], &[2, 3]]);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as the frames of a message",
    label = "not a list of frames",
    note = "send_multipart takes arrays, slices, `Vec`s and tuples of &str, String, &[u8], Vec<u8>, Message, …; \
            for a single frame use `send`"
)]
pub trait IntoMultipart {
    /// The frames, in order.
    type Frames: Iterator<Item = Message>;

    /// The frames, in order.
    fn into_frames(self) -> Self::Frames;

    /// Gives the frames to `f`, all of them made before: what makes them may panic, or use the socket that they are for.
    #[doc(hidden)]
    fn with_frames<R>(self, f: impl FnOnce(&mut [Message]) -> R) -> R
    where
        Self: Sized,
    {
        f(&mut self.into_frames().collect::<Vec<_>>())
    }
}

impl<T: Into<Message>, const N: usize> IntoMultipart for [T; N] {
    type Frames = std::iter::Map<std::array::IntoIter<T, N>, fn(T) -> Message>;

    fn into_frames(self) -> Self::Frames {
        self.into_iter().map(Into::into)
    }

    /// Made where they are sent from, which spares an allocation and moving them.
    #[inline]
    fn with_frames<R>(self, f: impl FnOnce(&mut [Message]) -> R) -> R {
        let mut frames: [Message; N] = std::array::from_fn(|_| Message::vacant());
        frames.iter_mut().zip(self).for_each(|(frame, part)| frame.fill(part));
        f(&mut frames)
    }
}

impl<T: Into<Message>> IntoMultipart for Vec<T> {
    type Frames = std::iter::Map<std::vec::IntoIter<T>, fn(T) -> Message>;

    fn into_frames(self) -> Self::Frames {
        self.into_iter().map(Into::into)
    }
}

/// Clones each element first: cheap for `&str`, `&[u8]` and [`Message`].
impl<'a, T: Clone + Into<Message>> IntoMultipart for &'a [T] {
    type Frames = std::iter::Map<std::slice::Iter<'a, T>, fn(&'a T) -> Message>;

    fn into_frames(self) -> Self::Frames {
        self.iter().map(|part| part.clone().into())
    }

    #[inline]
    fn with_frames<R>(self, f: impl FnOnce(&mut [Message]) -> R) -> R {
        /// As many frames need no allocation.
        const FEW: usize = 4;
        if self.len() > FEW {
            return f(&mut self.into_frames().collect::<Vec<_>>());
        }
        let mut frames: [Message; FEW] = std::array::from_fn(|_| Message::vacant());
        frames.iter_mut().zip(self).for_each(|(frame, part)| frame.fill_of(part));
        f(&mut frames[..self.len()])
    }
}

impl<'a, T: Clone + Into<Message>, const N: usize> IntoMultipart for &'a [T; N] {
    type Frames = <&'a [T] as IntoMultipart>::Frames;

    fn into_frames(self) -> Self::Frames {
        self[..].into_frames()
    }

    #[inline]
    fn with_frames<R>(self, f: impl FnOnce(&mut [Message]) -> R) -> R {
        self[..].with_frames(f)
    }
}

impl<'a, T: Clone + Into<Message>> IntoMultipart for &'a Vec<T> {
    type Frames = <&'a [T] as IntoMultipart>::Frames;

    fn into_frames(self) -> Self::Frames {
        self[..].into_frames()
    }

    #[inline]
    fn with_frames<R>(self, f: impl FnOnce(&mut [Message]) -> R) -> R {
        self[..].with_frames(f)
    }
}

macro_rules! tuples {
    ($($count:literal: $($part:ident)+;)+) => {$(
        impl<$($part: Into<Message>),+> IntoMultipart for ($($part,)+) {
            type Frames = std::array::IntoIter<Message, $count>;

            #[allow(non_snake_case, reason = "the parts are named as their types")]
            fn into_frames(self) -> Self::Frames {
                let ($($part,)+) = self;
                [$($part.into()),+].into_iter()
            }

            #[inline]
            #[allow(non_snake_case, reason = "as above")]
            fn with_frames<R>(self, f: impl FnOnce(&mut [Message]) -> R) -> R {
                let ($($part,)+) = self;
                let mut frames: [Message; $count] = std::array::from_fn(|_| Message::vacant());
                let mut places = frames.iter_mut();
                $(if let Some(frame) = places.next() {
                    frame.fill($part);
                })+
                f(&mut frames)
            }
        }
    )+};
}

tuples! {
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
}
