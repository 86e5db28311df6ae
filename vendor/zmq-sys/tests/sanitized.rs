//! The sanitizers see what happens in libzmq and in Rust, each error in a process of its own: for `.ci/sanitizers`, which says at build
//! time which one is built in. Without one there is nothing to see.

use std::process::Command;

/// `address`, or `thread`.
const SANITIZER: Option<&str> = option_env!("RSZMQ_SANITIZER");

/// Runs `error` in a child, which a sanitizer has to end with words like these.
fn is_found(sanitizer: &str, test: &str, words: &[&str], error: impl FnOnce()) {
    const CHILD: &str = "RSZMQ_SANITIZED_CHILD";
    if SANITIZER != Some(sanitizer) {
        return println!("skipped: not built with the {sanitizer} sanitizer");
    }
    if std::env::var_os(CHILD).is_some() {
        return error();
    }
    let program = std::env::current_exe().expect("the test knows its own program");
    let output =
        Command::new(program).args([test, "--exact", "--nocapture"]).env(CHILD, "1").output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "the error was not found: {said}");
    for word in words {
        assert!(said.contains(word), "{word:?} was not said: {said}");
    }
}

#[test]
fn an_overflow_in_libzmq() {
    is_found("address", "an_overflow_in_libzmq", &["heap-buffer-overflow", "zmq_utils.cpp"], || {
        // On the heap, where what is behind it is watched.
        let data = vec![1_u8; 60].into_boxed_slice();
        let mut text = [0; 81];
        // Not sound: it reads 64 bytes, and only 60 are there.
        // SAFETY: none, this is the error that has to be found.
        unsafe { zmq_sys::zmq_z85_encode(text.as_mut_ptr(), data.as_ptr(), 64) };
        std::hint::black_box(&text);
    });
}

#[test]
fn an_overflow_in_rust() {
    is_found("address", "an_overflow_in_rust", &["heap-buffer-overflow", "sanitized.rs"], || {
        let data = std::hint::black_box(vec![1_u8; 60]);
        let past = data.as_ptr().wrapping_add(60);
        // SAFETY: none, this is the error that has to be found: the byte after the last.
        std::hint::black_box(unsafe { *past });
    });
}

#[test]
fn a_leak_in_libzmq() {
    is_found("address", "a_leak_in_libzmq", &["LeakSanitizer", "zmq_ctx_new"], || {
        let made = std::thread::spawn(|| {
            // SAFETY: takes nothing; what it makes is never freed, which is the error that has to be found.
            let context = unsafe { zmq_sys::zmq_ctx_new() };
            std::hint::black_box(context).is_null()
        });
        assert!(!made.join().expect("no panic"));
    });
}

#[test]
fn a_race_in_rust() {
    is_found("thread", "a_race_in_rust", &["data race", "sanitized.rs"], || {
        static mut COUNT: u64 = 0;
        let threads = [(); 2].map(|()| {
            std::thread::spawn(|| {
                for _ in 0..1000 {
                    // SAFETY: none, this is the error that has to be found.
                    unsafe { COUNT += 1 };
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    });
}

#[test]
fn a_race_in_libzmq() {
    is_found("thread", "a_race_in_libzmq", &["data race", "zmq_utils.cpp"], || {
        static mut TEXT: [std::ffi::c_char; 81] = [0; 81];
        let threads = [(); 2].map(|()| {
            std::thread::spawn(|| {
                let data = [1_u8; 64];
                for _ in 0..1000 {
                    let text = (&raw mut TEXT).cast();
                    // SAFETY: none, this is the error that has to be found: both write to the same place.
                    unsafe { zmq_sys::zmq_z85_encode(text, data.as_ptr(), 64) };
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    });
}
