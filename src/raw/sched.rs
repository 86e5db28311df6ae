//! Whether the system lets a thread have a scheduling policy, priority or CPU, found out on a thread of our own: libzmq asks
//! for them on its own threads and aborts the process on a refusal (thread.cpp, `applySchedulingParameters`).

use std::ffi::c_int;
#[cfg(unix)]
use std::ffi::c_void;
#[cfg(not(unix))]
use std::sync::Arc;
use std::sync::Mutex;

use crate::error::Errno;

/// Runs `f` on a thread that ends with it.
fn on_a_thread(f: impl FnOnce() -> Result<(), Errno> + Send + 'static) -> Result<(), Errno> {
    let thread = std::thread::Builder::new().name("zmq-trial".into()).spawn(f);
    let thread = thread.map_err(|error| Errno(error.raw_os_error().unwrap_or(libc::EAGAIN)))?;
    thread.join().unwrap_or(Err(Errno::INVALID))
}

/// Starts that many threads at once, as libzmq does, and ends them: libzmq aborts the process if it cannot start one (thread.cpp).
///
/// Not by `std::thread`: its threads ask for memory as they begin, and abort the process where there is none. These ask for
/// nothing but their stack, so what is left over by the last that could be started is still there for the rest of the process.
#[cfg(unix)]
pub(crate) fn try_threads(count: usize) -> Result<(), Errno> {
    /// Waits until the gate is open. On Linux, to lock it is a futex.
    extern "C" fn wait(gate: *mut c_void) -> *mut c_void {
        // SAFETY: the gate of the frame below, which joins this thread before it ends.
        let gate = unsafe { &*gate.cast::<Mutex<()>>() };
        drop(gate.lock());
        std::ptr::null_mut()
    }
    let gate = Mutex::new(());
    let closed = gate.lock();
    let mut threads = Vec::new();
    let mut tried = Ok(());
    while tried.is_ok() && threads.len() < count {
        if threads.try_reserve(1).is_err() {
            tried = Err(Errno(libc::ENOMEM));
            break;
        }
        let mut thread = std::mem::MaybeUninit::uninit();
        let gate = (&raw const gate).cast_mut().cast();
        // SAFETY: a null attribute asks for the default, as libzmq does; `gate` outlives the thread, which is joined below.
        tried = error_number(unsafe { libc::pthread_create(thread.as_mut_ptr(), std::ptr::null(), wait, gate) });
        if tried.is_ok() {
            // SAFETY: written by the call above, which succeeded.
            threads.push(unsafe { thread.assume_init() });
        }
    }
    drop(closed);
    for thread in threads {
        // SAFETY: started above, and joined only here, which is also why it cannot fail.
        unsafe { libc::pthread_join(thread, std::ptr::null_mut()) };
    }
    tried
}

/// Starts that many threads at once and ends them: libzmq aborts the process if it cannot start one (thread.cpp).
#[cfg(not(unix))]
pub(crate) fn try_threads(count: usize) -> Result<(), Errno> {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock();
    let mut threads = Vec::new();
    let mut tried = Ok(());
    while tried.is_ok() && threads.len() < count {
        let gate = Arc::clone(&gate);
        match std::thread::Builder::new().name("zmq-trial".into()).spawn(move || drop(gate.lock())) {
            Ok(thread) => threads.push(thread),
            Err(error) => tried = Err(Errno(error.raw_os_error().unwrap_or(libc::EAGAIN))),
        }
    }
    drop(closed);
    for thread in threads {
        let _ = thread.join();
    }
    tried
}

/// Does what libzmq's threads will do for `THREAD_SCHED_POLICY` and `THREAD_PRIORITY`; -1 is "as it is".
#[cfg(unix)]
pub(crate) fn try_scheduling(policy: c_int, priority: c_int) -> Result<(), Errno> {
    on_a_thread(move || {
        // SAFETY: no preconditions; the calling thread's own id.
        let this = unsafe { libc::pthread_self() };
        let mut current = 0;
        let mut param = std::mem::MaybeUninit::<libc::sched_param>::zeroed();
        // SAFETY: this thread is alive, and both pointers are to live memory of the right type.
        error_number(unsafe { libc::pthread_getschedparam(this, &mut current, param.as_mut_ptr()) })?;
        // SAFETY: written by the call above; zeros would do, too.
        let mut param = unsafe { param.assume_init() };
        let policy = if policy == -1 { current } else { policy };
        let nice = policy != libc::SCHED_FIFO && policy != libc::SCHED_RR;
        if nice {
            param.sched_priority = 0;
        } else if priority != -1 {
            param.sched_priority = priority;
        }
        // SAFETY: this thread is alive and `param` is initialised; the system checks the values.
        error_number(unsafe { libc::pthread_setschedparam(this, policy, &param) })?;
        if nice && priority > 0 { be_nicer() } else { Ok(()) }
    })
}

/// libzmq then also calls `nice(-20)`, and takes a refusal as a reason to abort.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn be_nicer() -> Result<(), Errno> {
    // SAFETY: no preconditions. On Linux a thread has its own nice value, and this one ends now.
    let refused = unsafe { libc::nice(-20) } == -1;
    // -1 is also the answer for a new nice value of -1, at which libzmq aborts just the same.
    if refused { Err(Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EPERM))) } else { Ok(()) }
}

/// Elsewhere the nice value is the process's, so it cannot be tried; only root may surely lower it.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn be_nicer() -> Result<(), Errno> {
    // SAFETY: no preconditions.
    if unsafe { libc::geteuid() } == 0 { Ok(()) } else { Err(Errno(libc::EPERM)) }
}

#[cfg(unix)]
fn error_number(answer: c_int) -> Result<(), Errno> {
    if answer == 0 { Ok(()) } else { Err(Errno(answer)) }
}

/// Windows ignores both options (thread.cpp).
#[cfg(not(unix))]
pub(crate) fn try_scheduling(_policy: c_int, _priority: c_int) -> Result<(), Errno> {
    on_a_thread(|| Ok(()))
}

/// Does what libzmq's threads will do for `THREAD_AFFINITY_CPU_ADD`.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn try_affinity(cpu: c_int) -> Result<(), Errno> {
    let Ok(cpu) = usize::try_from(cpu) else { return Err(Errno::INVALID) };
    if cpu >= libc::CPU_SETSIZE as usize {
        return Err(Errno::INVALID);
    }
    on_a_thread(move || {
        // SAFETY: a `cpu_set_t` is an array of integers, for which zeros are a value.
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        // SAFETY: `cpu` is below `CPU_SETSIZE`, checked above, so the bit lies inside the set.
        unsafe { libc::CPU_SET(cpu, &mut set) };
        // SAFETY: 0 is the calling thread, which ends now; the set lives and its size is given.
        let answer = unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set) };
        if answer == 0 {
            Ok(())
        } else {
            Err(Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL)))
        }
    })
}

/// Elsewhere libzmq is built without `ZMQ_HAVE_PTHREAD_SET_AFFINITY`, keeps the number and does nothing with it.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn try_affinity(cpu: c_int) -> Result<(), Errno> {
    if cpu < 0 { Err(Errno::INVALID) } else { Ok(()) }
}
