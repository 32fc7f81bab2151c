//! A path that is accepted leads to the same host, as a browser resolves it, and after any number of decodings.
#![no_main]

use freshtag::draft::path::LocalPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(path) = LocalPath::parse(text) else {
        return;
    };
    // It is a header of its own.
    assert!(path.as_str().bytes().all(|byte| matches!(byte, b'!'..=b'~')));
    let mut bytes = path.as_str().as_bytes().to_vec();
    loop {
        assert!(stays(&bytes), "{bytes:?}");
        let decoded = decoded(&bytes);
        if decoded == bytes {
            break;
        }
        bytes = decoded;
    }
    assert_eq!(LocalPath::parse(path.as_str()).as_ref(), Ok(&path));
});

/// Whether a reference keeps scheme and host of its base, by the URL Standard §4.4: spaces and controls around it and all
/// tabs and line breaks in it are dropped; then it must begin with one slash, and `\` is a slash.
fn stays(reference: &[u8]) -> bool {
    let mut text: Vec<u8> =
        reference.iter().copied().filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r')).collect();
    while text.first().is_some_and(|byte| *byte <= b' ') {
        text.remove(0);
    }
    let slash = |byte: Option<&u8>| matches!(byte, Some(b'/' | b'\\'));
    slash(text.first()) && !slash(text.get(1))
}

/// Each `%` with two digits behind it as its byte.
fn decoded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        match digits.and_then(|digits| std::str::from_utf8(digits).ok()).filter(|_| bytes[at] == b'%') {
            Some(digits) => {
                out.push(u8::from_str_radix(digits, 16).unwrap());
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}
