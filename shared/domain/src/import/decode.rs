//! Decodes a file's bytes into text, chunk by chunk; a character may straddle two chunks.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, GB18030, ISO_8859_2, KOI8_R, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, X_MAC_CYRILLIC,
};

/// A longer line is decoded where the chunk ends, even if that cuts one of its characters.
const MAX_WAITING: usize = 256 * 1024;

/// An encoding that files of leads come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

/// The known encodings with the names that they are stored and chosen by. Where nothing tells them apart, an earlier
/// one is guessed.
const KNOWN: [(&str, Encoding); 17] = [
    ("utf-8", Encoding::UTF_8),
    ("utf-16le", Encoding::UTF_16LE),
    ("utf-16be", Encoding::UTF_16BE),
    ("windows-1252", Encoding(WINDOWS_1252)),
    ("windows-1250", Encoding(WINDOWS_1250)),
    ("iso-8859-2", Encoding(ISO_8859_2)),
    ("windows-1251", Encoding(WINDOWS_1251)),
    ("koi8-r", Encoding(KOI8_R)),
    ("windows-1253", Encoding(WINDOWS_1253)),
    ("windows-1254", Encoding(WINDOWS_1254)),
    ("macintosh", Encoding(MACINTOSH)),
    ("x-mac-cyrillic", Encoding(X_MAC_CYRILLIC)),
    ("shift_jis", Encoding(SHIFT_JIS)),
    ("euc-jp", Encoding(EUC_JP)),
    ("gb18030", Encoding(GB18030)),
    ("big5", Encoding(BIG5)),
    ("euc-kr", Encoding(EUC_KR)),
];

impl Encoding {
    pub const UTF_8: Self = Self(UTF_8);
    pub const UTF_16LE: Self = Self(UTF_16LE);
    pub const UTF_16BE: Self = Self(UTF_16BE);

    pub fn all() -> impl Iterator<Item = Self> {
        KNOWN.into_iter().map(|(_, encoding)| encoding)
    }

    /// Returns the encoding of this WHATWG name, whatever its case; none if files are not read in it.
    pub fn parse(name: &str) -> Option<Self> {
        KNOWN.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, encoding)| encoding)
    }

    /// Returns the encoding that a stored format names; an unknown name is read as UTF-8.
    pub(super) fn named(name: &str) -> Self {
        Self::parse(name).unwrap_or(Self::UTF_8)
    }

    pub fn name(self) -> &'static str {
        KNOWN.into_iter().find(|(_, known)| *known == self).map_or("utf-8", |(name, _)| name)
    }

    pub(super) fn is_utf16(self) -> bool {
        self == Self::UTF_16LE || self == Self::UTF_16BE
    }

    /// Whether a byte above 0x7f is one of several of its character.
    pub(super) fn is_multi_byte(self) -> bool {
        !self.0.is_single_byte()
    }

    /// Returns the text of these bytes; none if they are not text in this encoding.
    pub(super) fn text_of(self, bytes: &[u8]) -> Option<String> {
        self.0.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
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
        if self == Self::UTF_8 {
            return utf8(tail, bytes, is_last, out);
        }
        let whole = if is_last { bytes.len() } else { self.whole_characters(bytes) };
        out.push_str(&self.0.decode_without_bom_handling(&bytes[..whole]).0);
        tail.extend_from_slice(&bytes[whole..]);
    }

    /// Returns the length up to which no character is cut.
    fn whole_characters(self, bytes: &[u8]) -> usize {
        if self.is_utf16() {
            return self.whole_units(bytes);
        }
        if !self.is_multi_byte() {
            return bytes.len();
        }
        // A line break is never a part of a character in these encodings.
        let after_line = memchr::memrchr2(b'\n', b'\r', bytes).map_or(0, |place| place + 1);
        if bytes.len() - after_line > MAX_WAITING { bytes.len() } else { after_line }
    }

    /// Returns the length up to the last complete character of UTF-16: an odd byte or the first half of a surrogate pair
    /// waits.
    fn whole_units(self, bytes: &[u8]) -> usize {
        let even = bytes.len() & !1;
        let Some([a, b]) = even.checked_sub(2).map(|start| [bytes[start], bytes[start + 1]]) else {
            return 0;
        };
        let high = if self == Self::UTF_16LE { b } else { a };
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
