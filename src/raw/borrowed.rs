//! Telling what a message is made of: the compiler knows, so that nothing is left of the questions.

/// The bytes, if that is what `T` is: a `&[u8]` or a `&str`, of whatever lifetime.
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

/// The `M`, if `T` is a `&` to one, of whatever lifetime.
///
/// # Safety
///
/// There is no lifetime in `M`: else it could be one with another that is found.
#[inline(always)]
pub(crate) unsafe fn shown<T, M: 'static>(value: &T) -> Option<&M> {
    if typeid::of::<T>() == typeid::of::<&M>() {
        // SAFETY: but for its lifetime, which is that of `value` at least, `T` is this very type.
        return Some(unsafe { *std::ptr::from_ref(value).cast::<&M>() });
    }
    None
}

/// The `M`, if `T` is that or a `&mut` to one, of whatever lifetime.
///
/// # Safety
///
/// There is no lifetime in `M`: else it could be one with another that is found.
#[inline(always)]
pub(crate) unsafe fn this_or_borrowed<T, M: 'static>(value: &mut T) -> Option<&mut M> {
    let this = typeid::of::<T>();
    if this == typeid::of::<M>() {
        // SAFETY: `T` is `M`.
        return Some(unsafe { &mut *std::ptr::from_mut(value).cast::<M>() });
    }
    if this == typeid::of::<&mut M>() {
        // SAFETY: but for its lifetime, which is that of `value` at least, `T` is this very type.
        return Some(unsafe { &mut **std::ptr::from_mut(value).cast::<&mut M>() });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{borrowed_bytes, shown, this_or_borrowed};

    #[test]
    fn only_what_it_is_and_what_borrows_it() {
        let mut text = String::from("text");
        // SAFETY: there is no lifetime in a `String`, as in all that follows.
        assert_eq!(unsafe { this_or_borrowed::<_, String>(&mut text) }.unwrap(), "text");
        let mut lent = &mut text;
        // SAFETY: as above.
        unsafe { this_or_borrowed::<_, String>(&mut lent) }.unwrap().push('s');
        assert_eq!(text, "texts");
        let mut shown = &text;
        // SAFETY: as above.
        assert!(unsafe { this_or_borrowed::<_, String>(&mut shown) }.is_none());
        // SAFETY: as above.
        assert!(unsafe { this_or_borrowed::<_, Vec<u8>>(&mut text) }.is_none());
    }

    #[test]
    fn only_what_shows_it() {
        let mut text = String::from("text");
        let lent = &text;
        // SAFETY: there is no lifetime in a `String`, as in all that follows.
        assert_eq!(unsafe { shown::<_, String>(&lent) }.unwrap(), "text");
        // SAFETY: as above.
        assert!(unsafe { shown::<_, Vec<u8>>(&lent) }.is_none());
        // SAFETY: as above.
        assert!(unsafe { shown::<_, String>(&text) }.is_none());
        let lent = &mut text;
        // SAFETY: as above.
        assert!(unsafe { shown::<_, String>(&lent) }.is_none());
    }

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
