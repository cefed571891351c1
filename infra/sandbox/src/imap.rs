//! A mailbox's folders after RFC 3501, as far as a client needs that looks for a sent mail. Strict, and shows
//! what the mail server kept of what it accepted.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::doors::Provider;
use crate::sandbox::Sandbox;

const LONGEST_LINE: usize = 8_192;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Stranger,
    Known,
    /// The folder of sent mail is selected.
    InSent,
    /// Another folder is selected, which is empty.
    Elsewhere,
}

struct Session {
    sandbox: Sandbox,
    state: State,
}

enum Reply {
    Say(String),
    /// The rest of the command is requested first.
    AskLogin(String),
    Close(String),
}

impl Sandbox {
    /// Speaks IMAP on one connection until LOGOUT or its end.
    pub async fn serve_imap<S>(&self, stream: S) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let mut stream = BufReader::new(stream);
        if self.turns_away(Provider::Imap) {
            return say(&mut stream, "* BYE [UNAVAILABLE] down for maintenance\r\n").await;
        }
        say(&mut stream, "* OK sandbox.leadflow.test IMAP4rev1 ready\r\n").await?;
        let mut session = Session { sandbox: self.clone(), state: State::Stranger };
        while let Some(line) = read_line(&mut stream).await? {
            match session.command(&line) {
                Reply::Say(text) => say(&mut stream, &text).await?,
                Reply::Close(text) => return say(&mut stream, &text).await,
                Reply::AskLogin(tag) => {
                    say(&mut stream, "+ \r\n").await?;
                    let Some(secret) = read_line(&mut stream).await? else { return Ok(()) };
                    let answer = session.plain(&tag, &secret);
                    say(&mut stream, &answer).await?;
                }
            }
        }
        Ok(())
    }

    /// Accepts connections for ever; ends with the listener's error.
    pub async fn listen_imap(&self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            let sandbox = self.clone();
            tokio::spawn(async move {
                if let Err(error) = sandbox.serve_imap(stream).await {
                    tracing::debug!(%error, "IMAP connection ended");
                }
            });
        }
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    stream.flush().await
}

/// Reads one line without its CRLF; None at the end, or if the line is not valid in IMAP.
async fn read_line<S: AsyncBufRead + Unpin>(stream: &mut S) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await?;
    let text = line.strip_suffix(b"\r\n").filter(|text| text.len() <= LONGEST_LINE);
    Ok(text.and_then(|text| String::from_utf8(text.to_vec()).ok()))
}

impl Session {
    fn command(&mut self, line: &str) -> Reply {
        let Some((tag, rest)) = line.split_once(' ').filter(|(tag, _)| is_tag(tag)) else {
            return Reply::Say("* BAD a command has a tag\r\n".to_owned());
        };
        let Some(words) = words(rest) else { return bad(tag, "that is no command") };
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let Some((verb, arguments)) = words.split_first() else { return bad(tag, "that is no command") };
        match (verb.to_ascii_uppercase().as_str(), self.state) {
            ("CAPABILITY", _) if arguments.is_empty() => self.capability(tag),
            ("NOOP", _) if arguments.is_empty() => ok(tag, "", "nothing new"),
            ("LOGOUT", _) if arguments.is_empty() => {
                Reply::Close(format!("* BYE see you\r\n{tag} OK logged out\r\n"))
            }
            ("AUTHENTICATE", State::Stranger) => match arguments {
                [mechanism] if mechanism.eq_ignore_ascii_case("PLAIN") && self.takes_plain() => {
                    Reply::AskLogin(tag.to_owned())
                }
                _ => Reply::Say(format!("{tag} NO [CANNOT] no such mechanism\r\n")),
            },
            ("LOGIN", State::Stranger) => match arguments {
                [user, password] => Reply::Say(self.log_in(tag, user, password)),
                _ => bad(tag, "LOGIN wants user and password"),
            },
            ("LIST", State::Known | State::InSent | State::Elsewhere) => self.list(tag, arguments),
            ("EXAMINE", State::Known | State::InSent | State::Elsewhere) => self.examine(tag, arguments),
            ("UID", State::InSent | State::Elsewhere) => self.search(tag, arguments),
            _ => bad(tag, "not now, or not here"),
        }
    }

    fn takes_plain(&self) -> bool {
        self.sandbox.config().imap.auth_plain
    }

    fn capability(&self, tag: &str) -> Reply {
        let rules = &self.sandbox.config().imap;
        let plain = if rules.auth_plain { " AUTH=PLAIN" } else { "" };
        let marks = if rules.special_use { " LIST-EXTENDED SPECIAL-USE" } else { "" };
        ok(tag, &format!("* CAPABILITY IMAP4rev1{plain}{marks}\r\n"), "that is all")
    }

    fn plain(&mut self, tag: &str, secret: &str) -> String {
        let decoded = STANDARD.decode(secret).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        match decoded.as_deref().map(|text| text.split('\0').collect::<Vec<_>>()).as_deref() {
            Some(["", user, password]) => self.log_in(tag, user, password),
            _ => format!("{tag} BAD PLAIN wants identity, user and password\r\n"),
        }
    }

    fn log_in(&mut self, tag: &str, user: &str, password: &str) -> String {
        let known = &self.sandbox.config().credentials;
        if user != known.smtp_user || password != self.sandbox.secrets().smtp_password {
            return format!("{tag} NO [AUTHENTICATIONFAILED] invalid credentials\r\n");
        }
        self.state = State::Known;
        format!("{tag} OK logged in\r\n")
    }

    fn list(&self, tag: &str, arguments: &[&str]) -> Reply {
        let rules = &self.sandbox.config().imap;
        let only_marked = match arguments {
            ["(SPECIAL-USE)", "", "*"] if rules.special_use => true,
            ["", "*"] => false,
            _ => return bad(tag, "LIST wants a reference and a pattern"),
        };
        let mut told = String::new();
        if !only_marked {
            told.push_str("* LIST (\\HasNoChildren) \"/\" INBOX\r\n");
        }
        let mark = if rules.special_use { " \\Sent" } else { "" };
        let folder = &rules.sent_folder;
        told.push_str(&format!("* LIST (\\HasNoChildren{mark}) \"/\" {{{}}}\r\n{folder}\r\n", folder.len()));
        ok(tag, &told, "listed")
    }

    fn examine(&mut self, tag: &str, arguments: &[&str]) -> Reply {
        self.state = match arguments {
            [folder] if *folder == self.sandbox.config().imap.sent_folder => State::InSent,
            [folder] if folder.eq_ignore_ascii_case("INBOX") => State::Elsewhere,
            [_] => {
                self.state = State::Known;
                return Reply::Say(format!("{tag} NO [NONEXISTENT] no such folder\r\n"));
            }
            _ => return bad(tag, "EXAMINE wants a folder"),
        };
        let count = if self.state == State::InSent { self.sandbox.world().sent.len() } else { 0 };
        let told =
            format!("* FLAGS (\\Seen)\r\n* {count} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] valid\r\n");
        ok(tag, &told, "[READ-ONLY] opened")
    }

    fn search(&self, tag: &str, arguments: &[&str]) -> Reply {
        let [search, header, name, wanted] = arguments else {
            return bad(tag, "UID SEARCH HEADER name text");
        };
        let known = search.eq_ignore_ascii_case("SEARCH")
            && header.eq_ignore_ascii_case("HEADER")
            && name.eq_ignore_ascii_case("Message-ID");
        if !known {
            return bad(tag, "that cannot be searched for here");
        }
        let world = self.sandbox.world();
        let kept = if self.state == State::InSent { world.sent.as_slice() } else { &[] };
        let fits = |id: &String| format!("<{id}>").to_lowercase().contains(&wanted.to_lowercase());
        let found = kept.iter().enumerate().filter(|(_, id)| fits(id));
        let found: String = found.map(|(at, _)| format!(" {}", at + 1)).collect();
        ok(tag, &format!("* SEARCH{found}\r\n"), "searched")
    }
}

fn ok(tag: &str, told: &str, text: &str) -> Reply {
    Reply::Say(format!("{told}{tag} OK {text}\r\n"))
}

fn bad(tag: &str, why: &str) -> Reply {
    Reply::Say(format!("{tag} BAD {why}\r\n"))
}

fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Splits words and quoted strings, with one blank between two. Literals are not supported.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        let word = match rest.strip_prefix('"') {
            Some(quoted) => {
                let mut word = String::new();
                let mut letters = quoted.char_indices();
                let end = loop {
                    match letters.next()? {
                        (at, '"') => break at,
                        (_, '\\') => word.push(letters.next().filter(|(_, c)| "\"\\".contains(*c))?.1),
                        (_, plain) if plain.is_ascii() && !plain.is_control() => word.push(plain),
                        _ => return None,
                    }
                };
                rest = &quoted[end + 1..];
                word
            }
            None => {
                let end = rest.find(' ').unwrap_or(rest.len());
                let word = &rest[..end];
                if word.is_empty() || !word.bytes().all(|b| b.is_ascii_graphic() && !b"\"{}".contains(&b)) {
                    return None;
                }
                rest = &rest[end..];
                word.to_owned()
            }
        };
        words.push(word);
        match rest.strip_prefix(' ') {
            Some(more) => rest = more,
            None if rest.is_empty() => return Some(words),
            None => return None,
        }
    }
}
