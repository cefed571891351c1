//! What a server says, as values: the answers that a reader of mail uses. Everything else is passed over.

use crate::mailbox_failure::{MailboxFailure, excerpt};
use crate::value_parser::{Part, ValueParser};
use jiff::Timestamp;
use jiff::fmt::strtime;

const BUSY: [&str; 7] = [
    "too many",
    "try again later",
    "temporar",
    "throttled",
    "rate limit",
    "bandwidth limits",
    "maximum number of connections",
];

const MOST_CAPABILITIES: usize = 200;
/// The most attributes of a folder that are looked at.
const MOST_ATTRIBUTES: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusKind {
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

/// An answer such as `NO [AUTHENTICATIONFAILED] Wrong password`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) kind: StatusKind,
    /// What stands in brackets, in capitals: the code and its argument.
    pub(crate) code: Option<(String, String)>,
    pub(crate) text: String,
}

impl Status {
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(line);
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let kind = match word.to_ascii_uppercase().as_str() {
            "OK" => StatusKind::Ok,
            "NO" => StatusKind::No,
            "BAD" => StatusKind::Bad,
            "BYE" => StatusKind::Bye,
            "PREAUTH" => StatusKind::PreAuth,
            _ => return None,
        };
        let coded = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let code = coded.map(|(code, _)| {
            let (name, argument) = code.split_once(' ').unwrap_or((code, ""));
            (name.to_ascii_uppercase(), argument.to_ascii_uppercase())
        });
        Some(Self { kind, code, text: rest.to_owned() })
    }

    pub(crate) fn argument_of(&self, name: &str) -> Option<&str> {
        self.code.as_ref().filter(|(code, _)| code == name).map(|(_, argument)| argument.as_str())
    }

    pub(crate) fn has_code(&self, names: &[&str]) -> bool {
        self.code.as_ref().is_some_and(|(code, _)| names.contains(&code.as_str()))
    }

    /// Tells whether the server's text has one of these words, which are given in small letters.
    pub(crate) fn mentions(&self, words: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    }

    /// Tells whether the server says that it will be otherwise later.
    pub(crate) fn is_busy(&self) -> bool {
        self.has_code(&["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED"]) || self.mentions(&BUSY)
    }

    pub(crate) fn is_ok(&self) -> bool {
        self.kind == StatusKind::Ok
    }

    pub(crate) fn refusal(&self, command: &'static str) -> MailboxFailure {
        if self.is_busy() {
            return MailboxFailure::Busy;
        }
        if self.mentions(&["authenticated but not connected", "not enabled for imap"]) {
            return MailboxFailure::ImapSwitchedOff;
        }
        MailboxFailure::Refused { command, said: excerpt(self.text.as_bytes()) }
    }
}

/// A folder as it is listed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The attributes, such as `\sent`, in small letters.
    pub(crate) attributes: Vec<String>,
    pub(crate) delimiter: Option<char>,
    pub(crate) name: Vec<u8>,
}

/// What a fetch told of one mail. Values that were not asked for, or cannot be read, are missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fetched {
    pub(crate) uid: Option<u32>,
    pub(crate) size_bytes: Option<u64>,
    pub(crate) received_at: Option<Timestamp>,
    pub(crate) section: Option<Vec<u8>>,
}

/// An untagged answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Data {
    Status(Status),
    Capabilities(Vec<String>),
    Listed(Listed),
    Found(Vec<u32>),
    Exists(u32),
    Fetched(Fetched),
    /// A fetch that cannot be read: what it was about stays unknown.
    BrokenFetch,
    Other,
}

impl Data {
    /// Reads what follows the star.
    pub(crate) fn read(parts: &[Part]) -> Result<Self, MailboxFailure> {
        let mut parser = ValueParser::new(parts);
        if let Some(status) = Status::read(parser.rest()) {
            return Ok(Self::Status(status));
        }
        let not_imap = || MailboxFailure::NotImap(excerpt(ValueParser::new(parts).rest()));
        let word = parser.word().ok_or_else(not_imap)?;
        parser.skip_spaces();
        if let Ok(number) = word.parse() {
            let kind = parser.word().ok_or_else(not_imap)?;
            return Ok(match kind.as_str() {
                "EXISTS" => Self::Exists(number),
                "FETCH" => fetched(&mut parser).map_or(Self::BrokenFetch, Self::Fetched),
                _ => Self::Other,
            });
        }
        Ok(match word.as_str() {
            "CAPABILITY" => Self::Capabilities(words(parser.rest())),
            "LIST" | "XLIST" => listed(&mut parser).map_or(Self::Other, Self::Listed),
            "SEARCH" => Self::Found(found(&mut parser).ok_or_else(not_imap)?),
            _ => Self::Other,
        })
    }
}

/// Reads a list of capabilities, which name some dozen at servers that mean well. A line of single letters would take
/// twenty times its own memory.
pub(crate) fn words(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text).to_ascii_uppercase();
    text.split(' ').filter(|word| !word.is_empty()).take(MOST_CAPABILITIES).map(str::to_owned).collect()
}

/// Reads the numbers of a search. What stands in a list behind them, such as `(MODSEQ 5)`, is no number.
fn found(parser: &mut ValueParser) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    loop {
        parser.skip_spaces();
        match parser.peek() {
            None | Some(b'(') => return Some(numbers),
            Some(_) => numbers.push(parser.number().filter(|number| *number > 0)?),
        }
    }
}

fn listed(parser: &mut ValueParser) -> Option<Listed> {
    let mut attributes = Vec::new();
    parser.take(b'(')?;
    loop {
        parser.skip_spaces();
        if parser.take(b')').is_some() {
            break;
        }
        let attribute = parser.atom()?;
        if attributes.len() < MOST_ATTRIBUTES {
            attributes.push(String::from_utf8_lossy(attribute).to_ascii_lowercase());
        }
    }
    parser.skip_spaces();
    let delimiter = parser.string()?.and_then(|text| Some(char::from(*text.first()?)));
    parser.skip_spaces();
    // A name without quotes may hold brackets and, from some servers, even spaces and the word NIL.
    let name = match parser.peek()? {
        b'"' | b'{' => parser.string()??,
        _ => parser.rest().to_vec(),
    };
    Some(Listed { attributes, delimiter, name })
}

fn fetched(parser: &mut ValueParser) -> Option<Fetched> {
    let mut fetched = Fetched::default();
    parser.skip_spaces();
    parser.take(b'(')?;
    loop {
        parser.skip_spaces();
        if parser.take(b')').is_some() {
            return Some(fetched);
        }
        let name = parser.item_name()?;
        parser.skip_spaces();
        match name.as_str() {
            "UID" => fetched.uid = Some(parser.number().filter(|uid| *uid > 0)?),
            "RFC822.SIZE" => fetched.size_bytes = Some(parser.number()?),
            "INTERNALDATE" => fetched.received_at = parser.string()?.and_then(|text| received_at(&text)),
            name if name.starts_with("BODY[") => fetched.section = Some(parser.string()?.unwrap_or_default()),
            _ => parser.skip_value()?,
        }
    }
}

/// Reads ` 7-Feb-2026 09:05:00 +0100`.
fn received_at(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.trim();
    strtime::parse("%d-%b-%Y %H:%M:%S %z", text).ok()?.to_timestamp().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Data, MailboxFailure> {
        Data::read(&[Part::Text(line.as_bytes().to_vec())])
    }

    #[test]
    fn statuses_keep_their_code_and_argument() {
        let status = Status::read(b"ok [UidNext 44] Predicted").unwrap();
        assert!(status.is_ok());
        assert_eq!(status.argument_of("UIDNEXT"), Some("44"));
        assert!(Status::read(b"NO").is_some_and(|status| status.code.is_none()));
        assert!(Status::read(b"BAD [open").is_some_and(|status| status.code.is_none()));
        assert!(Status::read(b"OKAY x").is_none());
    }

    #[test]
    fn folders_are_read_as_servers_write_them() {
        let name = |line: &str| match read(line).unwrap() {
            Data::Listed(listed) => String::from_utf8(listed.name).unwrap(),
            other => format!("{other:?}"),
        };
        assert_eq!(name(r#"LIST (\HasNoChildren \Sent) "/" "[Gmail]/Sent Mail""#), "[Gmail]/Sent Mail");
        assert_eq!(name(r#"list () NIL Gesendet"#), "Gesendet");
        assert_eq!(name(r#"LIST (\Marked) "/" [Gmail]/Alle (neu)"#), "[Gmail]/Alle (neu)");
        assert_eq!(name(r#"LIST (\SENT) "\\" "a \"b\" c\\d""#), r#"a "b" c\d"#);
        for odd in ["LIST", "LIST (", r#"LIST () "/""#, r#"LIST () "/" "open"#, r#"LIST ((a)) "/" a"#] {
            assert_eq!(read(odd).unwrap(), Data::Other, "{odd}");
        }
    }

    #[test]
    fn fetches_are_read_with_items_that_nobody_asked_for() {
        let line = r#"12 fetch (Flags (\Seen $x) Uid 7 X-ODD ((a "b)") nil) rfc822.size 99 internaldate " 7-Feb-2026 09:05:00 +0100" BODY[HEADER.FIELDS (TO)]<0> "To: a" )"#;
        let Data::Fetched(fetched) = read(line).unwrap() else { panic!("no fetch") };
        assert_eq!((fetched.uid, fetched.size_bytes), (Some(7), Some(99)));
        assert_eq!(fetched.received_at, Some("2026-02-07T08:05:00Z".parse().unwrap()));
        assert_eq!(fetched.section.as_deref(), Some(&b"To: a"[..]));
        assert_eq!(
            read(r#"1 FETCH (UID 1 INTERNALDATE "soon")"#).unwrap(),
            Data::Fetched(Fetched { uid: Some(1), ..Fetched::default() })
        );
        for odd in [
            "1 FETCH",
            "1 FETCH (UID x)",
            "1 FETCH (UID 0)",
            "1 FETCH (UID 1",
            "1 FETCH UID 1",
            "1 FETCH (BODY[ ",
        ] {
            assert_eq!(read(odd).unwrap(), Data::BrokenFetch, "{odd}");
        }
    }

    #[test]
    fn endless_words_are_cut() {
        let Data::Capabilities(told) =
            read(&format!("CAPABILITY IMAP4rev1{}", " a".repeat(100_000))).unwrap()
        else {
            panic!("no capabilities")
        };
        assert_eq!((told.len(), told[0].as_str()), (MOST_CAPABILITIES, "IMAP4REV1"));
        let line = format!(r#"LIST (\Sent{}) "/" Sent"#, " a".repeat(100_000));
        let Data::Listed(listed) = read(&line).unwrap() else { panic!("no folder") };
        assert_eq!((listed.attributes.len(), listed.name.as_slice()), (MOST_ATTRIBUTES, &b"Sent"[..]));
    }

    #[test]
    fn searches_return_only_message_numbers() {
        assert_eq!(read("SEARCH 12 7 (MODSEQ 5)").unwrap(), Data::Found(vec![12, 7]));
        assert_eq!(read("search ").unwrap(), Data::Found(Vec::new()));
        for odd in ["SEARCH x", "SEARCH 0", "SEARCH -1", "SEARCH 5000000000"] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn damaged_answers_are_read_or_refused_and_never_panic() {
        let whole = [
            r#"12 FETCH (UID 7 RFC822.SIZE 9 INTERNALDATE "07-Feb-2026 08:04:00 +0000" FLAGS (\Seen) BODY[]<0> {"#,
            r#"LIST (\HasNoChildren \Sent) "/" "Sent \"it\"ems""#,
            "SEARCH 1 22 333 (MODSEQ 4)",
            "OK [UIDVALIDITY 3857529045] UIDs valid",
            "CAPABILITY IMAP4rev1 AUTH=PLAIN",
        ];
        for line in whole {
            for at in 0..=line.len() {
                let (before, after) = line.as_bytes().split_at(at);
                let without = after.get(1..).unwrap_or_default();
                let damages: [&[u8]; 9] = [b"", b"(", b")", b"[", b"]", b"\"", b"\\", b"{", b"\xff"];
                for damage in damages {
                    for rest in [after, without, &[]] {
                        let text = Part::Text([before, damage, rest].concat());
                        let parts = [text, Part::Literal(b"a literal".to_vec()), Part::Text(b")".to_vec())];
                        drop(Data::read(&parts));
                        drop(Data::read(&parts[..1]));
                    }
                }
            }
        }
    }
}
