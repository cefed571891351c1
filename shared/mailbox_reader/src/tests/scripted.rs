//! A server that is played by a function: it gets each line of the client and returns what is sent back.

use crate::{Cursor, Limits, MailboxFailure, Poll, Session, poll};
use jiff::Timestamp;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

pub const SMALL: Limits = Limits {
    line_bytes: 4 * 1024,
    literal_bytes: 8 * 1024,
    conversation_bytes: 64 * 1024,
    lines: 500,
    header_bytes: 2 * 1024,
    mails: 20,
};

pub fn now() -> Timestamp {
    "2026-02-07T08:05:00Z".parse().unwrap()
}

/// Everything that the client has said, line by line.
pub type Heard = Arc<Mutex<Vec<String>>>;

/// Plays a server. `answer` gets a command without its tag; `{tag}` in what it returns stands for the tag, and nothing
/// at all for a server that hangs up.
pub fn play(
    greeting: &[u8],
    mut answer: impl FnMut(&str) -> Option<Vec<u8>> + Send + 'static,
) -> (DuplexStream, Heard) {
    let (client, server) = tokio::io::duplex(16 * 1024);
    let greeting = greeting.to_vec();
    let heard = Heard::default();
    let record = heard.clone();
    tokio::spawn(async move {
        let mut server = BufReader::new(server);
        let mut tag = String::new();
        let mut next = Some(greeting);
        while let Some(bytes) = next {
            if server.write_all(&bytes).await.is_err() {
                return;
            }
            let mut line = String::new();
            if !matches!(server.read_line(&mut line).await, Ok(1..)) {
                return;
            }
            let line = line.trim_end_matches(['\r', '\n']);
            record.lock().unwrap().push(line.to_owned());
            let command = match line.split_once(' ') {
                Some((word, command)) if is_tag(word) => {
                    tag = word.to_owned();
                    command
                }
                _ => line,
            };
            next = answer(command).map(|bytes| replaced(&bytes, tag.as_bytes()));
        }
    });
    (client, heard)
}

fn is_tag(word: &str) -> bool {
    word.strip_prefix('a').is_some_and(|number| number.parse::<u32>().is_ok())
}

fn replaced(bytes: &[u8], tag: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(5).position(|five| five == b"{tag}") {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(tag);
        rest = &rest[at + 5..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

/// Answers as an ordinary server with two new mails, 7 and 9, in its inbox.
pub fn ordinary(command: &str) -> String {
    let word = command.split(' ').take(2).collect::<Vec<_>>().join(" ").to_ascii_uppercase();
    let told = match word.as_str() {
        "CAPABILITY" => "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n".to_owned(),
        "LIST \"\"" => "* LIST (\\HasNoChildren) \"/\" INBOX\r\n".to_owned(),
        "EXAMINE \"INBOX\"" => {
            "* 2 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n* OK [UIDNEXT 12] next\r\n".to_owned()
        }
        "UID SEARCH" => "* SEARCH 9 7\r\n".to_owned(),
        "UID FETCH" => {
            [7, 9].map(|uid| if asks_for(command, uid) { mail(uid) } else { String::new() }).concat()
        }
        _ => String::new(),
    };
    format!("{told}{{tag}} OK done\r\n")
}

pub fn asks_for(command: &str, uid: u32) -> bool {
    let set = command.split(' ').nth(2).unwrap_or_default();
    set.split(',').any(|asked| asked == uid.to_string())
}

pub fn mail(uid: u32) -> String {
    let block = format!("Message-ID: <{uid}@firm.example>\r\nSubject: Re: hello\r\n\r\n");
    format!(
        "* {uid} FETCH (UID {uid} RFC822.SIZE 900 INTERNALDATE \"07-Feb-2026 08:04:00 +0000\" BODY[HEADER.FIELDS (FROM)]<0> {{{}}}\r\n{block})\r\n",
        block.len()
    )
}

/// A cursor of a mailbox that was connected yesterday and read up to UID 5 of its inbox.
pub fn cursor() -> Cursor {
    let stored = r#"{"v":1,"connected_at":"2026-02-06T08:00:00Z","folders":[{"name":"INBOX","role":"inbox","uid_validity":1,"next_uid":6,"read_at":"2026-02-07T08:00:00Z"}]}"#;
    serde_json::from_str(stored).unwrap()
}

/// Polls the inbox of a server that has logged us in. Returns what came of it, and how much was read and held at most.
pub async fn polled(
    answer: impl FnMut(&str) -> Option<Vec<u8>> + Send + 'static,
) -> (Result<Poll, MailboxFailure>, usize, usize) {
    let (stream, _) = play(b"* PREAUTH ready\r\n", answer);
    in_time(async {
        let mut session = Session::greet(stream, SMALL).await.unwrap();
        let result = poll(&mut session, &cursor(), now()).await;
        (result, session.bytes_read(), session.connection.bytes_held())
    })
    .await
}

/// Fails instead of waiting for ever. All work of this crate can be moved between threads.
pub async fn in_time<T>(work: impl Future<Output = T> + Send) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("the conversation never ends")
}

pub fn uids(poll: &Poll) -> Vec<u32> {
    poll.mails.iter().map(|mail| mail.headers.uid).collect()
}
