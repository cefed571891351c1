//! Decodes a file's bytes into text, chunk by chunk; a character may straddle two chunks.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Encoding {
    /// The encoding by its WHATWG name; an unknown name is read as UTF-8.
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "utf-16le" => Self::Utf16Le,
            "utf-16be" => Self::Utf16Be,
            "windows-1252" => Self::Windows1252,
            _ => Self::Utf8,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// Appends the text of `tail` and `bytes`; what may be the beginning of a character stays in `tail`.
    pub(super) fn decode(self, tail: &mut Vec<u8>, bytes: &[u8], is_last: bool, out: &mut String) {
        let joined;
        let bytes = if tail.is_empty() {
            bytes
        } else {
            joined = [tail.as_slice(), bytes].concat();
            tail.clear();
            &joined
        };
        match self {
            Self::Windows1252 => out.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0),
            Self::Utf8 => utf8(tail, bytes, is_last, out),
            Self::Utf16Le | Self::Utf16Be => {
                let whole = if is_last { bytes.len() } else { self.whole_units(bytes) };
                let encoding = if self == Self::Utf16Le { UTF_16LE } else { UTF_16BE };
                out.push_str(&encoding.decode_without_bom_handling(&bytes[..whole]).0);
                tail.extend_from_slice(&bytes[whole..]);
            }
        }
    }

    /// The length up to the last complete character: an odd byte or the first half of a surrogate pair waits.
    fn whole_units(self, bytes: &[u8]) -> usize {
        let even = bytes.len() & !1;
        let Some([a, b]) = even.checked_sub(2).map(|start| [bytes[start], bytes[start + 1]]) else {
            return 0;
        };
        let high = if self == Self::Utf16Le { b } else { a };
        if (0xd8..0xdc).contains(&high) { even - 2 } else { even }
    }
}

/// Decodes UTF-8; an invalid byte is read as Windows-1252, because such a file may be plain ASCII for its first megabyte.
fn utf8(tail: &mut Vec<u8>, mut bytes: &[u8], is_last: bool, out: &mut String) {
    loop {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return out.push_str(text),
            Err(error) => error,
        };
        let (good, rest) = bytes.split_at(error.valid_up_to());
        out.push_str(&String::from_utf8_lossy(good));
        let bad = match error.error_len() {
            Some(length) => length,
            None if is_last => rest.len(),
            None => return tail.extend_from_slice(rest),
        };
        out.push_str(&WINDOWS_1252.decode_without_bom_handling(&rest[..bad]).0);
        bytes = &rest[bad..];
    }
}
