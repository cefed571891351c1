//! IMAP's lines on any stream: commands go out with a tag, answers come in until the line with that tag. A server can
//! neither fill the memory nor talk for ever: nothing is allocated because it announces it, and `Limits` bounds what
//! is read. Time is bounded by the caller, who drops the future; a connection whose command was dropped is not used
//! again, because its next answer would belong to that command.

use crate::Limits;
use crate::mailbox_failure::{MailboxFailure, excerpt};
use crate::response::{Data, Status, StatusKind};
use crate::value_parser::Part;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The one command that a server may ask on after everything was said: to tell an error.
pub(crate) const AUTHENTICATE: &str = "AUTHENTICATE";
pub(crate) const LOGIN: &str = "LOGIN";
const READ_AT_ONCE: usize = 8 * 1024;
/// The most literals of one answer. A mail's headers are one; names of their fields may be others.
const MOST_LITERALS: usize = 100;

pub(crate) struct Connection<S> {
    stream: S,
    limits: Limits,
    held: Vec<u8>,
    used: usize,
    bytes: usize,
    lines: usize,
    commands: u32,
    /// True while a command has no complete answer.
    unanswered: bool,
}

/// A command with its arguments. A text that cannot stand in quotes goes as a literal, for which the server has to ask.
pub(crate) struct Command {
    name: &'static str,
    /// Before each piece but the first, the server asks for it.
    pieces: Vec<Vec<u8>>,
}

impl Command {
    /// Begins a command. `words` stand behind its name as they are.
    pub(crate) fn new(name: &'static str, words: &str) -> Self {
        let space = if words.is_empty() { "" } else { " " };
        Self { name, pieces: vec![format!("{name}{space}{words}").into_bytes()] }
    }

    pub(crate) fn word(mut self, word: &str) -> Self {
        self.pieces.last_mut().expect("a command begins with its name").extend_from_slice(word.as_bytes());
        self
    }

    pub(crate) fn string(mut self, text: &str) -> Self {
        let plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        let last = self.pieces.last_mut().expect("a command begins with its name");
        if plain {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            last.extend_from_slice(format!(" \"{escaped}\"").as_bytes());
        } else {
            last.extend_from_slice(format!(" {{{}}}", text.len()).as_bytes());
            self.pieces.push(text.as_bytes().to_vec());
        }
        self
    }

    fn is_login(&self) -> bool {
        matches!(self.name, AUTHENTICATE | LOGIN)
    }

    /// Adds what the server asks for after the command itself: a secret of `AUTHENTICATE`.
    pub(crate) fn when_asked(mut self, answer: String) -> Self {
        self.pieces.push(answer.into_bytes());
        self
    }
}

/// The whole answer to a command.
pub(crate) struct Reply {
    pub(crate) data: Vec<Data>,
    pub(crate) status: Status,
    /// What the server asked for although everything was said: an error of `AUTHENTICATE XOAUTH2`.
    pub(crate) asked_again: Option<Vec<u8>>,
    command: &'static str,
}

impl Reply {
    pub(crate) fn accepted(self) -> Result<Vec<Data>, MailboxFailure> {
        if self.status.is_ok() { Ok(self.data) } else { Err(self.status.refusal(self.command)) }
    }
}

enum Line {
    Untagged(Data),
    Asks(Vec<u8>),
    Done(Status),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(crate) fn new(stream: S, limits: Limits) -> Self {
        Self { stream, limits, held: Vec::new(), used: 0, bytes: 0, lines: 0, commands: 0, unanswered: false }
    }

    /// Returns the stream if nothing was sent ahead: what came in the clear may not count as sent under TLS.
    pub(crate) fn into_stream(self) -> Result<S, MailboxFailure> {
        match &self.held[self.used..] {
            [] => Ok(self.stream),
            ahead => Err(MailboxFailure::NotImap(excerpt(ahead))),
        }
    }

    pub(crate) fn bytes_read(&self) -> usize {
        self.bytes
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    #[cfg(test)]
    pub(crate) fn bytes_held(&self) -> usize {
        self.held.capacity()
    }

    pub(crate) fn bytes_left(&self) -> usize {
        self.limits.conversation_bytes - self.bytes
    }

    pub(crate) async fn greeting(&mut self) -> Result<Status, MailboxFailure> {
        let line = self.line(self.limits.line_bytes).await?;
        let status = line.strip_prefix(b"* ").and_then(Status::read);
        match status {
            Some(status) if matches!(status.kind, StatusKind::Ok | StatusKind::PreAuth) => Ok(status),
            Some(status) if status.kind == StatusKind::Bye => {
                Err(MailboxFailure::HungUp(excerpt(status.text.as_bytes())))
            }
            _ => Err(MailboxFailure::NotImap(excerpt(&line))),
        }
    }

    /// Sends a command and reads everything up to its end.
    pub(crate) async fn run(&mut self, command: Command) -> Result<Reply, MailboxFailure> {
        if std::mem::replace(&mut self.unanswered, true) {
            return Err(MailboxFailure::GivenUp);
        }
        self.commands += 1;
        let tag = format!("a{}", self.commands);
        let mut pieces = command.pieces.iter();
        let mut next = pieces.next().map(|first| [tag.as_bytes(), b" ", first].concat());
        let (mut data, mut capabilities, mut asked_again) = (Vec::new(), None, None);
        loop {
            if let Some(piece) = next.take() {
                self.write(&piece).await?;
            }
            // What a server says about a login may repeat the password.
            let answer = self.answer(&tag, command.name).await;
            match answer
                .map_err(|failure| if command.is_login() { failure.without_text() } else { failure })?
            {
                Line::Untagged(Data::Other) => {}
                // One list is kept: many would take more memory than their bytes.
                Line::Untagged(told @ Data::Capabilities(_)) => capabilities = Some(told),
                Line::Untagged(told) => data.push(told),
                Line::Asks(text) => match pieces.next() {
                    Some(piece) => next = Some(piece.clone()),
                    None if command.name == AUTHENTICATE && asked_again.is_none() => {
                        asked_again = Some(text);
                        next = Some(Vec::new());
                    }
                    None if command.is_login() => return Err(MailboxFailure::NotImap(String::new())),
                    None => return Err(MailboxFailure::NotImap(excerpt(&text))),
                },
                Line::Done(status) => {
                    self.unanswered = false;
                    data.extend(capabilities);
                    return Ok(Reply { data, status, asked_again, command: command.name });
                }
            }
        }
    }

    async fn answer(&mut self, tag: &str, command: &str) -> Result<Line, MailboxFailure> {
        let mut parts = self.parts().await?;
        let Some(Part::Text(first)) = parts.first_mut() else {
            return Err(MailboxFailure::NotImap(String::new()));
        };
        if let Some(text) = first.strip_prefix(b"+") {
            return Ok(Line::Asks(text.trim_ascii_start().to_vec()));
        }
        if first.starts_with(b"* ") {
            first.drain(..2);
            return match Data::read(&parts)? {
                Data::Status(status) if status.kind == StatusKind::Bye && command != "LOGOUT" => {
                    Err(MailboxFailure::HungUp(excerpt(status.text.as_bytes())))
                }
                data => Ok(Line::Untagged(data)),
            };
        }
        let told = first.strip_prefix(tag.as_bytes()).and_then(|rest| rest.strip_prefix(b" "));
        let status = told.and_then(Status::read);
        let fits = |status: &Status| matches!(status.kind, StatusKind::Ok | StatusKind::No | StatusKind::Bad);
        match status.filter(fits) {
            Some(status) => Ok(Line::Done(status)),
            None => Err(MailboxFailure::NotImap(excerpt(first))),
        }
    }

    async fn write(&mut self, text: &[u8]) -> Result<(), MailboxFailure> {
        let whole = [text, b"\r\n"].concat();
        let written = async {
            self.stream.write_all(&whole).await?;
            self.stream.flush().await
        };
        written.await.map_err(|error| MailboxFailure::of_stream(&error))
    }

    /// Reads one answer: a line, or several with literals between them.
    async fn parts(&mut self) -> Result<Vec<Part>, MailboxFailure> {
        let mut parts = Vec::new();
        let mut left = self.limits.line_bytes;
        loop {
            let line = self.line(left).await?;
            left -= line.len();
            // What a server tells people may end like a literal, and is none.
            let length = if parts.is_empty() && is_told_people(&line) { None } else { literal(&line)? };
            let Some((mark, length)) = length else {
                parts.push(Part::Text(line));
                return Ok(parts);
            };
            if length > self.limits.literal_bytes || parts.len() >= 2 * MOST_LITERALS {
                return Err(MailboxFailure::TooMuch("a literal"));
            }
            parts.push(Part::Text(line[..=mark].to_vec()));
            parts.push(Part::Literal(self.exactly(length).await?));
        }
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>, MailboxFailure> {
        while self.held.len() - self.used < length {
            self.read_more().await?;
        }
        let bytes = self.held[self.used..][..length].to_vec();
        self.used += length;
        Ok(bytes)
    }

    /// Reads one line without its end.
    async fn line(&mut self, longest: usize) -> Result<Vec<u8>, MailboxFailure> {
        let mut looked_at = 0;
        loop {
            let unread = &self.held[self.used..];
            let end = unread[looked_at..].iter().position(|byte| *byte == b'\n').map(|end| looked_at + end);
            if end.unwrap_or(unread.len()) > longest {
                return Err(MailboxFailure::TooMuch("a line"));
            }
            if let Some(end) = end {
                let line = unread[..end].strip_suffix(b"\r").unwrap_or(&unread[..end]).to_vec();
                self.used += end + 1;
                self.lines += 1;
                if self.lines > self.limits.lines {
                    return Err(MailboxFailure::TooMuch("lines"));
                }
                if line.contains(&0) {
                    return Err(MailboxFailure::NotImap(excerpt(&line)));
                }
                return Ok(line);
            }
            looked_at = unread.len();
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> Result<(), MailboxFailure> {
        let left = self.bytes_left();
        if left == 0 {
            return Err(MailboxFailure::TooMuch("a conversation"));
        }
        self.held.drain(..std::mem::take(&mut self.used));
        let most = u64::try_from(left.min(READ_AT_ONCE)).expect("a few kilobytes");
        let read = (&mut self.stream).take(most).read_buf(&mut self.held).await;
        match read {
            Ok(0) => Err(MailboxFailure::HungUp(String::new())),
            Ok(count) => {
                self.bytes += count;
                Ok(())
            }
            Err(error) => Err(MailboxFailure::of_stream(&error)),
        }
    }
}

/// Tells a status line and a request to go on from what may hold a literal.
fn is_told_people(line: &[u8]) -> bool {
    match line.strip_prefix(b"* ") {
        Some(rest) => Status::read(rest).is_some(),
        None => true,
    }
}

/// Finds the `{12}` at the end of a line: where it begins, and how many bytes follow.
fn literal(line: &[u8]) -> Result<Option<(usize, usize)>, MailboxFailure> {
    let Some(inner) = line.strip_suffix(b"}") else { return Ok(None) };
    let Some(mark) = inner.iter().rposition(|byte| *byte == b'{') else { return Ok(None) };
    let digits = &inner[mark + 1..];
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    let length = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    length.map(|length| Some((mark, length))).ok_or(MailboxFailure::TooMuch("a literal"))
}
