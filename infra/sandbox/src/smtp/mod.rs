//! A mail server after RFC 5321, over any stream: strict, and it keeps what it accepts.

mod address;
mod session;

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::doors::Provider;
use crate::sandbox::Sandbox;
use session::{Session, Step};

/// Commands may be 512 octets long, AUTH's base64 up to 12,288.
const LONGEST_COMMAND: usize = 12_288;
const LONGEST_LINE: usize = 1_000;
const IDLE: Duration = Duration::from_secs(300);

impl Sandbox {
    /// Speaks SMTP on one connection until QUIT or its end.
    pub async fn serve_smtp<S>(&self, stream: S) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let mut stream = BufReader::new(stream);
        if self.turns_away(Provider::Smtp) {
            return say(&mut stream, "421 4.3.2 sandbox.leadflow.test is down for maintenance").await;
        }
        say(&mut stream, "220 sandbox.leadflow.test ESMTP ready").await?;
        let mut session = Session::new(self.clone());
        loop {
            let line = match read_line(&mut stream, LONGEST_COMMAND).await? {
                Line::Whole(line) => line,
                Line::TooLong => {
                    say(&mut stream, "500 5.5.2 line too long").await?;
                    continue;
                }
                Line::BareNewline => return say(&mut stream, "521 5.5.2 bare <LF> received").await,
                Line::End => return Ok(()),
                Line::Idle => return say(&mut stream, "421 4.4.2 timeout").await,
            };
            match session.command(&line) {
                Step::Say(reply) => say(&mut stream, &reply).await?,
                Step::Close(reply) => return say(&mut stream, &reply).await,
                Step::TakeMessage => {
                    say(&mut stream, "354 go ahead, end with <CRLF>.<CRLF>").await?;
                    match take_message(&mut stream, self.config().smtp.size_limit).await? {
                        Some(message) => match session.message(message) {
                            Some(reply) => say(&mut stream, &reply).await?,
                            None => return Ok(()),
                        },
                        None => return Ok(()),
                    }
                }
            }
        }
    }

    /// Accepts connections for ever; ends with the listener's error.
    pub async fn listen_smtp(&self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            let sandbox = self.clone();
            tokio::spawn(async move {
                if let Err(error) = sandbox.serve_smtp(stream).await {
                    tracing::debug!(%error, "SMTP connection ended");
                }
            });
        }
    }
}

enum Line {
    Whole(Vec<u8>),
    TooLong,
    BareNewline,
    End,
    Idle,
}

/// The content after DATA with its dots unstuffed, or the reason for its refusal.
pub(crate) enum Content {
    Message(Vec<u8>),
    Refused(&'static str),
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, reply: &str) -> io::Result<()> {
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Reads one line without its CRLF. Longer ones are read to their end and dropped.
async fn read_line<S: AsyncBufReadExt + Unpin>(stream: &mut S, limit: usize) -> io::Result<Line> {
    let mut line = Vec::new();
    let read = match timeout(IDLE, stream.read_until(b'\n', &mut line)).await {
        Ok(read) => read?,
        Err(_) => return Ok(Line::Idle),
    };
    if read == 0 || line.last() != Some(&b'\n') {
        return Ok(Line::End);
    }
    if line.len() > limit {
        return Ok(Line::TooLong);
    }
    line.pop();
    if line.pop_if(|last| *last == b'\r').is_none() {
        return Ok(Line::BareNewline);
    }
    Ok(Line::Whole(line))
}

/// Reads to the lone dot; None if the connection ends before it. A refused message is still read to its end.
async fn take_message<S: AsyncBufReadExt + Unpin>(
    stream: &mut S,
    limit: usize,
) -> io::Result<Option<Content>> {
    let mut message = Vec::new();
    let mut refused = None;
    loop {
        let line = match read_line(stream, LONGEST_LINE).await? {
            Line::Whole(line) => line,
            Line::TooLong => {
                refused.get_or_insert("550 5.6.0 maximum allowed line length is 998 octets");
                continue;
            }
            Line::BareNewline => {
                refused.get_or_insert("550 5.6.11 bare line feeds are illegal");
                continue;
            }
            Line::End | Line::Idle => return Ok(None),
        };
        if line == b"." {
            return Ok(Some(refused.map_or(Content::Message(message), Content::Refused)));
        }
        let line = line.strip_prefix(b".").unwrap_or(&line);
        if message.len() + line.len() + 2 > limit {
            refused.get_or_insert("552 5.3.4 message exceeds the size limit");
            message.clear();
        }
        if refused.is_none() {
            message.extend_from_slice(line);
            message.extend_from_slice(b"\r\n");
        }
    }
}
