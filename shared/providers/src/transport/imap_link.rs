//! IMAP's lines on any stream. A server can neither keep us for long nor fill the memory, because only a bounded
//! amount is read.

use super::ImapFailure;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The most bytes of a whole conversation: the names of some thousand folders.
const MOST_BYTES: usize = 256 * 1024;
const LONGEST_NAME: usize = 1024;

pub(super) struct ImapLink<S> {
    stream: S,
    unread: Vec<u8>,
    read: usize,
    commands: u32,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> ImapLink<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, unread: Vec::new(), read: 0, commands: 0 }
    }

    /// Returns the stream without what was read from it and not yet used: nothing that came in the clear may count as
    /// sent under TLS.
    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    /// Reads the greeting. `PREAUTH` is refused: it would leave nothing to log in to, and no way to TLS.
    pub(super) async fn greeting(&mut self) -> Result<(), ImapFailure> {
        let line = self.line().await?;
        match line.strip_prefix("* ") {
            Some(rest) if starts_with(rest, "OK") => Ok(()),
            _ => Err(ImapFailure::broken(format!("greeted with {line:?}"))),
        }
    }

    /// Sends a command and returns the untagged lines before `OK`, without the stars. `NO` or `BAD` is a refusal.
    pub(super) async fn command(&mut self, command: &str) -> Result<Vec<String>, ImapFailure> {
        let tag = self.say(command).await?;
        self.answer(&tag).await
    }

    /// Sends a command whose second half the server asks for.
    pub(super) async fn command_in_two(
        &mut self,
        command: &str,
        second: &str,
    ) -> Result<Vec<String>, ImapFailure> {
        let tag = self.say(command).await?;
        let line = self.line().await?;
        if !line.starts_with('+') {
            return refusal(&tag, &line).map_or_else(|| Err(unexpected(&line)), Err);
        }
        self.write(&format!("{second}\r\n")).await?;
        self.answer(&tag).await
    }

    async fn say(&mut self, command: &str) -> Result<String, ImapFailure> {
        self.commands += 1;
        let tag = format!("a{}", self.commands);
        self.write(&format!("{tag} {command}\r\n")).await?;
        Ok(tag)
    }

    async fn write(&mut self, text: &str) -> Result<(), ImapFailure> {
        self.stream.write_all(text.as_bytes()).await.map_err(ImapFailure::broken)?;
        self.stream.flush().await.map_err(ImapFailure::broken)
    }

    async fn answer(&mut self, tag: &str) -> Result<Vec<String>, ImapFailure> {
        let mut told = Vec::new();
        loop {
            let line = self.line().await?;
            if let Some(untagged) = line.strip_prefix("* ") {
                if starts_with(untagged, "BYE") {
                    return Err(ImapFailure::broken(format!("hung up: {untagged:?}")));
                }
                told.push(untagged.to_owned());
            } else if let Some(refused) = refusal(tag, &line) {
                return Err(refused);
            } else if done(tag, &line).is_some_and(|rest| starts_with(rest, "OK")) {
                return Ok(told);
            } else {
                return Err(unexpected(&line));
            }
        }
    }

    /// Reads one line without its end. A folder's name that comes as a literal is put into it in quotes.
    async fn line(&mut self) -> Result<String, ImapFailure> {
        let mut line = self.raw_line().await?;
        while let Some((head, length)) = literal(&line) {
            if length > LONGEST_NAME {
                return Err(ImapFailure::broken("a folder's name without end"));
            }
            while self.unread.len() < length {
                self.read_more().await?;
            }
            let name: Vec<u8> = self.unread.drain(..length).collect();
            let name = quoted(&String::from_utf8_lossy(&name));
            let rest = self.raw_line().await?;
            line = format!("{head}{name}{rest}");
        }
        Ok(line)
    }

    async fn raw_line(&mut self) -> Result<String, ImapFailure> {
        let mut looked_at = 0;
        loop {
            if let Some(end) = self.unread[looked_at..].iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=looked_at + end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
            }
            looked_at = self.unread.len();
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> Result<(), ImapFailure> {
        let mut space = [0; 4096];
        let count = self.stream.read(&mut space).await.map_err(ImapFailure::broken)?;
        if count == 0 {
            return Err(ImapFailure::broken("hung up"));
        }
        self.read += count;
        if self.read > MOST_BYTES {
            return Err(ImapFailure::broken("said more than anybody reads"));
        }
        self.unread.extend_from_slice(&space[..count]);
        Ok(())
    }
}

/// Recognises a folder's line that ends in `{12}`: returns what stands before, and how many bytes follow.
fn literal(line: &str) -> Option<(&str, usize)> {
    if !starts_with(line.strip_prefix("* ")?, "LIST") {
        return None;
    }
    let (head, length) = line.strip_suffix('}')?.rsplit_once('{')?;
    Some((head, length.parse().ok()?))
}

/// Writes a quoted string. A text that cannot be one stays recognisable, and no command is made of it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn starts_with(line: &str, word: &str) -> bool {
    let first = line.split([' ', '\r']).next().unwrap_or_default();
    first.eq_ignore_ascii_case(word)
}

fn done<'a>(tag: &str, line: &'a str) -> Option<&'a str> {
    line.strip_prefix(tag)?.strip_prefix(' ')
}

fn refusal(tag: &str, line: &str) -> Option<ImapFailure> {
    let rest = done(tag, line)?;
    let refused = starts_with(rest, "NO") || starts_with(rest, "BAD");
    refused.then(|| ImapFailure::Refused(rest.to_owned()))
}

fn unexpected(line: &str) -> ImapFailure {
    ImapFailure::broken(format!("no answer of IMAP: {line:?}"))
}
