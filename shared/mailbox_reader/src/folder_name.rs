//! Folder names. IMAP spells letters beyond ASCII in a UTF-7 of its own (RFC 3501, 5.1.3). A name is kept and sent as
//! the server wrote it, and decoded only to be shown: no server then has to recognise a spelling of ours.

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use serde::{Deserialize, Serialize};
use std::fmt;

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);
const INBOX: &str = "INBOX";

/// A folder's name as the server writes it. `Display` shows it as people read it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FolderName(String);

impl FolderName {
    pub fn inbox() -> Self {
        Self(INBOX.to_owned())
    }

    /// Takes the server's own spelling. INBOX alone is the same in any case.
    pub fn from_wire(name: impl Into<String>) -> Self {
        let name = name.into();
        if name.eq_ignore_ascii_case(INBOX) { Self::inbox() } else { Self(name) }
    }

    pub fn as_wire(&self) -> &str {
        &self.0
    }

    /// Tells whether people call the folder so.
    pub fn is_called(&self, shown: &str) -> bool {
        self.0 == shown || self.to_string() == shown || (self.is_inbox() && shown.eq_ignore_ascii_case(INBOX))
    }

    pub fn is_inbox(&self) -> bool {
        self.0 == INBOX
    }
}

impl fmt::Display for FolderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decode(&self.0).unwrap_or_else(|| self.0.clone()))
    }
}

/// Decodes a name, or returns nothing where it is no such UTF-7: it is then plain UTF-8.
fn decode(wire: &str) -> Option<String> {
    let mut plain = String::new();
    let mut rest = wire;
    while let Some((before, shifted)) = rest.split_once('&') {
        let (code, after) = shifted.split_once('-')?;
        plain.push_str(before);
        if code.is_empty() {
            plain.push('&');
        } else {
            let bytes = BASE64.decode(code).ok()?;
            let units = bytes.chunks(2).map(|pair| match pair {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            plain.push_str(&String::from_utf16(&units.collect::<Option<Vec<u16>>>()?).ok()?);
        }
        rest = after;
    }
    plain.push_str(rest);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(wire: &str) -> String {
        FolderName::from_wire(wire).to_string()
    }

    #[test]
    fn names_beyond_ascii_are_shown_as_people_read_them() {
        assert_eq!(shown("Entw&APw-rfe"), "Entwürfe");
        assert_eq!(shown("&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"), "Отправленные");
        assert_eq!(shown("&2D3cjA-"), "\u{1f48c}");
        assert_eq!(shown("A &- B/&U,BTFw-"), "A & B/台北");
        assert_eq!(shown("[Gmail]/Sent Mail"), "[Gmail]/Sent Mail");
    }

    #[test]
    fn names_that_are_no_utf7_are_shown_as_they_are() {
        for odd in ["R&D", "&AP-x", "&!!-", "Gelöscht", "&2D0-", "&"] {
            assert_eq!(shown(odd), odd);
        }
    }

    #[test]
    fn inbox_is_one_folder_in_any_case() {
        assert_eq!(FolderName::from_wire("inbox"), FolderName::inbox());
        assert_ne!(FolderName::from_wire("sent"), FolderName::from_wire("Sent"));
    }
}
