//! `zmq_msg_t`, held inline.

use std::cell::{Cell, UnsafeCell};
use std::ffi::{CStr, c_int, c_void};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::sync::atomic::{AtomicU8, Ordering};

use zmq_sys as sys;

use super::check;
use crate::error::Errno;

/// Nobody reads or writes the flags of a message.
const FREE: u8 = 0;
/// Somebody does.
const LOCKED: u8 = 1;
/// The message has been copied, and what `zmq_msg_copy` then writes to the flags is there: it only reads them from now on (msg.cpp,
/// `msg_t::copy`), as all that takes `&self` does.
const COPIED: u8 = 2;

thread_local! {
    /// How many owners are being dropped on this thread, one inside the other.
    static OWNERS: Cell<u32> = const { Cell::new(0) };
}

/// Whether this thread is in the middle of dropping a message's owner: it may be libzmq's own, which must not wait for libzmq.
pub(crate) fn drops_an_owner() -> bool {
    OWNERS.with(Cell::get) > 0
}

/// One frame. Moving it moves the `zmq_msg_t` bitwise, as `msg_t::move` itself does (msg.cpp: `*this = src_`); a short
/// frame's bytes lie inside, so a slice of them borrows the message and cannot outlive the move.
pub(crate) struct RawMessage {
    msg: UnsafeCell<sys::zmq_msg_t>,
    /// Held while `zmq_msg_copy` may write the source's flags, and while they are read through `&self`: with it the type can
    /// be `Sync`. Nothing else that takes `&self` reads or writes the flags.
    flags: AtomicU8,
    content: Content,
}

/// What a message has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Nothing, so there is nothing to free, either: it was just made, or sent (msg.cpp, `msg_t::init`).
    Nothing,
    /// Bytes that were allocated for this message alone, and are not an owner's, a peer's or constant.
    Own,
    /// Whatever else.
    Other,
}

// SAFETY: nothing in a `zmq_msg_t` belongs to a thread; long content is counted with atomics, and its free function, whose
// owner is `Send`, may run on any thread.
unsafe impl Send for RawMessage {}
// SAFETY: through `&self` only the size, type and data pointer are read, which change only through `&mut self`, and the
// flags, which the first `clone` may change: every access to them through `&self` happens under `flags` or after that (see `locked`).
unsafe impl Sync for RawMessage {}

impl RawMessage {
    #[inline]
    pub(crate) fn new() -> Self {
        let mut message = Self::vacant();
        message.begin();
        message
    }

    /// Room for a message: to be initialised where it is, which spares a copy, or forgotten if that fails.
    #[inline(always)]
    fn room(content: Content) -> Self {
        Self { msg: UnsafeCell::new(sys::zmq_msg_t::uninit()), flags: AtomicU8::new(FREE), content }
    }

    /// Room for `begin`, `init_copy` or `share_into`: no message yet, so it must not be looked at, but to drop it is nothing.
    #[inline(always)]
    pub(crate) fn vacant() -> Self {
        Self::room(Content::Nothing)
    }

    /// Makes what is `vacant`, or has nothing, an empty message.
    #[inline(always)]
    pub(crate) fn begin(&mut self) {
        debug_assert_eq!(self.content, Content::Nothing, "there is nothing to free");
        // SAFETY: initialises the memory it is given, and never fails (msg.cpp, msg_t::init).
        unsafe { sys::zmq_msg_init(self.msg.get_mut()) };
    }

    /// What became of initialising `message`.
    #[inline(always)]
    fn initialised(message: Self, answer: c_int) -> Result<Self, Errno> {
        match check(answer) {
            Ok(_) => Ok(message),
            Err(errno) => {
                // It is no message, so it must not be closed.
                std::mem::forget(message);
                Err(errno)
            }
        }
    }

    /// Makes what is `vacant`, or has nothing, a copy of `data`; `false` if there is no memory for it.
    /// (Not a `Result` of a message: to move one costs as much again as all the rest.)
    #[inline(always)]
    pub(crate) fn init_copy(&mut self, data: &[u8]) -> bool {
        // SAFETY: initialises the memory it is given.
        if unsafe { sys::zmq_msg_init_size(self.msg.get_mut(), data.len()) } == -1 {
            return false;
        }
        self.content = Content::Own;
        // SAFETY: there are `data.len()` bytes at `data_ptr`, just allocated, and nothing else refers to them yet.
        unsafe { self.data_ptr().copy_from_nonoverlapping(data.as_ptr(), data.len()) };
        true
    }

    /// A frame of `size` zeros.
    pub(crate) fn with_size(size: usize) -> Result<Self, Errno> {
        let message = Self::with_uninit(size)?;
        // SAFETY: `with_uninit` allocated `size` bytes at `data_ptr`, and nothing else refers to them yet.
        unsafe { message.data_ptr().write_bytes(0, size) };
        Ok(message)
    }

    /// The caller writes all bytes before anyone can read them.
    fn with_uninit(size: usize) -> Result<Self, Errno> {
        let message = Self::room(Content::Own);
        // SAFETY: initialises the memory it is given.
        let answer = unsafe { sys::zmq_msg_init_size(message.msg.get(), size) };
        Self::initialised(message, answer)
    }

    /// Makes it a frame of `size` bytes that are still to be written, in place of what it was. On an error it has nothing.
    #[inline(always)]
    pub(crate) fn rebuild_uninit(&mut self, size: usize) -> Result<&mut [MaybeUninit<u8>], Errno> {
        if self.content != Content::Nothing {
            *self = Self::new();
        }
        // SAFETY: initialises the memory it is given, which held nothing that would have to be freed.
        if unsafe { sys::zmq_msg_init_size(self.msg.get_mut(), size) } == -1 {
            let errno = Errno::last();
            // It may have been begun.
            // SAFETY: as above.
            unsafe { sys::zmq_msg_init(self.msg.get_mut()) };
            return Err(errno);
        }
        self.content = Content::Own;
        // SAFETY: `size` bytes at `data_ptr`, just allocated, that nothing else refers to; a `MaybeUninit` need not be written.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.data_ptr().cast(), size) })
    }

    /// A frame over bytes that stay for ever.
    pub(crate) fn from_static(data: &'static [u8]) -> Result<Self, Errno> {
        // SAFETY: without a free function libzmq never writes to or frees the bytes, and they live for ever.
        unsafe { Self::init_data(data.as_ptr().cast_mut(), data.len(), None, std::ptr::null_mut()) }
    }

    /// A frame over the bytes of `vec`, which is freed by whoever closes the last copy of the frame.
    pub(crate) fn from_vec(vec: Vec<u8>) -> Result<Self, Errno> {
        unsafe extern "C" fn free(data: *mut c_void, capacity: *mut c_void) {
            // SAFETY: `from_vec` gave these away: the start and the capacity of a `Vec<u8>`. Its length does not matter to
            // free it. libzmq calls this once (msg.cpp, msg_t::close).
            drop(unsafe { Vec::<u8>::from_raw_parts(data.cast(), 0, capacity.addr()) });
        }
        let mut vec = ManuallyDrop::new(vec);
        let capacity = std::ptr::without_provenance_mut(vec.capacity());
        // SAFETY: the bytes are `vec`'s, which nobody drops but `free`; they are plain memory, so any thread may.
        let message = unsafe { Self::init_data(vec.as_mut_ptr(), vec.len(), Some(free), capacity) };
        if message.is_err() {
            // Without a message they are ours again.
            drop(ManuallyDrop::into_inner(vec));
        }
        message
    }

    /// A frame over the bytes that `owner` shows; the owner is dropped by whoever closes the last copy of the frame, on
    /// whichever thread that is. It is boxed first, so that bytes inside it do not move.
    ///
    /// If its `drop` panics the process aborts, since the panic may not cross C (`extern "C"` functions abort).
    pub(crate) fn from_owner<T: AsRef<[u8]> + Send + 'static>(owner: T) -> Result<Self, Errno> {
        unsafe extern "C" fn free<T>(_data: *mut c_void, owner: *mut c_void) {
            OWNERS.with(|owners| owners.set(owners.get() + 1));
            // SAFETY: `from_owner` gave this box away, and libzmq calls this once (msg.cpp, msg_t::close).
            drop(unsafe { Box::from_raw(owner.cast::<T>()) });
            OWNERS.with(|owners| owners.set(owners.get() - 1));
        }
        let owner = Box::into_raw(Box::new(owner));
        // SAFETY: just made by `Box::into_raw`. Asked once: an owner that answers otherwise the second time is no danger.
        let data = unsafe { &*owner }.as_ref();
        // SAFETY: the bytes live as long as `owner`, which is untouched until `free`; `T: Send`, so any thread may drop it.
        // They are never written to: they are not its own.
        let message =
            unsafe { Self::init_data(data.as_ptr().cast_mut(), data.len(), Some(free::<T>), owner.cast::<c_void>()) };
        if message.is_err() {
            // SAFETY: without a message the box is still ours.
            drop(unsafe { Box::from_raw(owner) });
        }
        // A WebSocket's client masks what it sends in its place, unless that is shared (ws_encoder.cpp, `size_ready`), and the
        // owner may not be the only one. What has been copied counts as shared.
        message.map(|message| message.share())
    }

    /// # Safety
    ///
    /// `size` bytes at `data` stay readable until `free(data, hint)` is called, for ever if it is `None`; `free` may be
    /// called on any thread, once.
    unsafe fn init_data(data: *mut u8, size: usize, free: sys::zmq_free_fn, hint: *mut c_void) -> Result<Self, Errno> {
        let message = Self::room(Content::Other);
        // SAFETY: initialises the memory it is given; the rest is the caller's promise. A slice's pointer is never null. If
        // it fails, libzmq has taken nothing.
        let answer = unsafe { sys::zmq_msg_init_data(message.msg.get(), data.cast(), size, free, hint) };
        Self::initialised(message, answer)
    }

    /// For a call that changes the message.
    #[inline]
    pub(crate) fn as_mut_ptr(&mut self) -> *mut sys::zmq_msg_t {
        *self.flags.get_mut() = FREE;
        self.msg.get_mut()
    }

    /// For a call that receives into the message: the bytes are then whoever's.
    #[inline]
    pub(crate) fn as_recv_ptr(&mut self) -> *mut sys::zmq_msg_t {
        self.content = Content::Other;
        *self.flags.get_mut() = FREE;
        self.msg.get_mut()
    }

    /// Notes that it was sent, which left an empty frame.
    #[inline(always)]
    pub(crate) fn sent(&mut self) {
        self.content = Content::Nothing;
    }

    #[inline]
    fn data_ptr(&self) -> *mut u8 {
        // SAFETY: the message is *initialised*, so it has data; the call only reads it in spite of its signature
        // (msg.cpp, msg_t::data).
        unsafe { sys::zmq_msg_data(self.msg.get()) }.cast()
    }

    #[inline]
    pub(crate) fn size(&self) -> usize {
        // SAFETY: the message is *initialised*; the call only reads it.
        unsafe { sys::zmq_msg_size(self.msg.get()) }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        let data = self.data_ptr();
        // SAFETY: the message has `size` readable bytes at `data`, never null; they stay while it is borrowed, and nobody
        // writes to them: `bytes_mut` takes `&mut self` and gives out only bytes that no other message shares.
        unsafe { std::slice::from_raw_parts(data, self.size()) }
    }

    /// The bytes to write to, unless they are, or may be, somebody else's too.
    pub(crate) fn bytes_mut(&mut self) -> Option<&mut [u8]> {
        if self.content != Content::Own || self.shared() {
            return None;
        }
        let (data, size) = (self.data_ptr(), self.size());
        // SAFETY: as in `bytes`; they are its own: the bytes were allocated for this message, the flag that no copy of it was
        // made, and `&mut self` that no slice of them is alive.
        Some(unsafe { std::slice::from_raw_parts_mut(data, size) })
    }

    /// Runs `f` while no other thread writes the flags; `copies` says that it has copied the message, `false` that it has only read them.
    #[inline]
    fn locked<R>(&self, copies: bool, f: impl FnOnce(*mut sys::zmq_msg_t) -> R) -> R {
        // Looked at first: an exchange that fails costs as much as one that does not.
        if self.flags.load(Ordering::Acquire) == COPIED {
            return f(self.msg.get());
        }
        loop {
            match self.flags.compare_exchange_weak(FREE, LOCKED, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => break,
                Err(COPIED) => return f(self.msg.get()),
                Err(_) => std::hint::spin_loop(),
            }
        }
        let answer = f(self.msg.get());
        self.flags.store(if copies { COPIED } else { FREE }, Ordering::Release);
        answer
    }

    #[inline]
    pub(crate) fn more(&self) -> bool {
        // SAFETY: the message is *initialised*, and the flags it reads are locked.
        self.locked(false, |msg| unsafe { sys::zmq_msg_more(msg) } == 1)
    }

    /// As `more`, where nobody else can see the message.
    #[inline]
    pub(crate) fn more_mut(&mut self) -> bool {
        // SAFETY: the message is *initialised*; `&mut self`, so the flags need no lock.
        unsafe { sys::zmq_msg_more(self.msg.get_mut()) == 1 }
    }

    pub(crate) fn shared(&mut self) -> bool {
        // SAFETY: the message is *initialised*; `&mut self`, so the flags need no lock.
        unsafe { sys::zmq_msg_get(self.msg.get_mut(), sys::ZMQ_SHARED) == 1 }
    }

    /// The descriptor the message came in on, or -1.
    pub(crate) fn source_fd(&self) -> c_int {
        // SAFETY: the message is *initialised*; this property reads the metadata, not the flags.
        unsafe { sys::zmq_msg_get(self.msg.get(), sys::ZMQ_SRCFD) }
    }

    pub(crate) fn property(&self, name: &CStr) -> Option<&CStr> {
        // SAFETY: the message is *initialised*; the call looks the name up in metadata that never changes.
        let value = unsafe { sys::zmq_msg_gets(self.msg.get(), name.as_ptr()) };
        if value.is_null() {
            return None;
        }
        // SAFETY: not null, so a NUL-terminated string that the metadata owns, which the message holds a count of.
        Some(unsafe { CStr::from_ptr(value) })
    }

    /// A copy that shares the bytes, if they are more than fit inside a `zmq_msg_t`.
    pub(crate) fn share(&self) -> Self {
        let mut copy = Self::vacant();
        self.share_into(&mut copy);
        copy
    }

    /// Makes what is `vacant`, or has nothing, a copy that shares the bytes.
    #[inline]
    pub(crate) fn share_into(&self, copy: &mut Self) {
        let to = copy.msg.get_mut();
        // SAFETY: initialises the memory it is given, which holds nothing that would have to be freed.
        unsafe { sys::zmq_msg_init(to) };
        // SAFETY: both are *initialised*. The source's flags are written if it was not shared yet, which is why they are
        // locked; its counts are atomics.
        let answer = self.locked(true, |msg| unsafe { sys::zmq_msg_copy(to, msg) });
        debug_assert_eq!(answer, 0, "zmq_msg_copy fails only for a message that is not initialised");
        copy.content = Content::Other;
        // What was written to the flags is in the copy's, too.
        *copy.flags.get_mut() = COPIED;
    }
}

impl Drop for RawMessage {
    #[inline]
    fn drop(&mut self) {
        if self.content == Content::Nothing {
            return;
        }
        // SAFETY: the message is *initialised*, and this is the only call that closes it.
        let answer = unsafe { sys::zmq_msg_close(self.msg.get_mut()) };
        debug_assert_eq!(answer, 0, "zmq_msg_close fails only for a message that is not initialised");
    }
}
