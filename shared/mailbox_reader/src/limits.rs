//! What a server may say to us at most. Its address was typed in by a user, so every byte from it is hostile: each
//! bound is looked at before memory is taken, and a mailbox that breaks one is refused in words.

/// The bounds of one conversation and of one poll. The defaults are right for a function with 256 MB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest line without its literals. A search that finds 20,000 mails needs 220 KB.
    pub line_bytes: usize,
    /// The longest literal: the part of a mail, or a folder's name, that comes with its length before it.
    pub literal_bytes: usize,
    /// The most bytes of a whole conversation, and so the most that is ever held.
    pub conversation_bytes: usize,
    /// The most lines of a whole conversation, so that a flood of short ones ends, too.
    pub lines: usize,
    /// The most header bytes of one mail. What is longer is cut.
    pub header_bytes: usize,
    /// The most mails that one poll reports.
    pub mails: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line_bytes: 256 * 1024,
            literal_bytes: 1024 * 1024,
            conversation_bytes: 8 * 1024 * 1024,
            lines: 100_000,
            header_bytes: 32 * 1024,
            mails: 200,
        }
    }
}
