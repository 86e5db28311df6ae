//! Telling borrowed bytes from all else that a message is made of.

/// The bytes, if that is what `T` is: a `&[u8]` or a `&str`, of whatever lifetime. Which of them it is the compiler knows, so that nothing
/// is left of the question.
#[inline(always)]
pub(crate) fn borrowed_bytes<T>(value: &T) -> Option<&[u8]> {
    let this = typeid::of::<T>();
    if this == typeid::of::<&[u8]>() {
        // SAFETY: but for its lifetime, which is that of `value` at least, `T` is this very type.
        return Some(unsafe { *std::ptr::from_ref(value).cast::<&[u8]>() });
    }
    if this == typeid::of::<&str>() {
        // SAFETY: as above.
        let text = unsafe { *std::ptr::from_ref(value).cast::<&str>() };
        return Some(text.as_bytes());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::borrowed_bytes;

    #[test]
    fn only_bytes_and_text_that_are_borrowed() {
        let (bytes, text) = (vec![1u8, 2], String::from("text"));
        assert_eq!(borrowed_bytes(&&bytes[..]), Some(&[1, 2][..]));
        assert_eq!(borrowed_bytes(&text.as_str()), Some(&b"text"[..]));
        assert_eq!(borrowed_bytes(&"constant"), Some(&b"constant"[..]));
        assert_eq!(borrowed_bytes(&&bytes), None);
        assert_eq!(borrowed_bytes(&bytes), None);
        assert_eq!(borrowed_bytes(&text), None);
        assert_eq!(borrowed_bytes(&[1u8, 2]), None);
        assert_eq!(borrowed_bytes(&&[1i8, 2][..]), None);
    }
}
