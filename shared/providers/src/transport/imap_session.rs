//! One IMAP conversation: log in, find the folder of sent mail, look for one message, log out. Nothing is changed there.

use super::imap_link::{ImapLink, quoted, starts_with};
use super::{ImapFailure, ImapTarget, SentCopy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// The names of the sent folder, where no folder is marked as it. Letters beyond ASCII are in the wire's own spelling
/// (RFC 3501, 5.1.3).
const NAMES: [&str; 16] = [
    "sent",
    "sent items",
    "sent messages",
    "sent mail",
    "sent-mail",
    "gesendet",
    "gesendete elemente",
    "gesendete objekte",
    "enviados",
    "elementos enviados",
    "itens enviados",
    "posta inviata",
    "verzonden",
    "verzonden items",
    "envoy&aok-s",
    "&amk-l&aok-ments envoy&aok-s",
];
const FAREWELL: Duration = Duration::from_secs(1);
/// The most folders that are searched: several may be marked, or have such a name.
const MOST_FOLDERS: usize = 3;

/// Looks for the message, after the greeting, or after TLS.
pub(super) async fn find_sent<S: AsyncRead + AsyncWrite + Unpin + Send>(
    mut link: ImapLink<S>,
    target: &ImapTarget,
    message_id: &str,
) -> Result<SentCopy, ImapFailure> {
    if !is_plain(message_id) {
        return Err(ImapFailure::Refused("the message's id cannot be looked for".to_owned()));
    }
    log_in(&mut link, target).await?;
    let folders = sent_folders(&mut link).await?;
    let found = search(&mut link, &folders, message_id).await?;
    // The result stands: a farewell that is lost, or never comes, changes nothing.
    tokio::time::timeout(FAREWELL, link.command("LOGOUT")).await.ok();
    Ok(found)
}

/// Returns the response code, such as `[AUTHENTICATIONFAILED]`.
fn code_of(told: &str) -> String {
    let code = told.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let code =
        code.map(|(code, _)| code).filter(|code| code.bytes().all(|b| b.is_ascii_uppercase() || b == b'-'));
    code.filter(|code| code.len() <= 40).map_or_else(String::new, |code| format!(" [{code}]"))
}

pub(super) async fn capabilities<S: AsyncRead + AsyncWrite + Unpin + Send>(
    link: &mut ImapLink<S>,
) -> Result<Vec<String>, ImapFailure> {
    let told = link.command("CAPABILITY").await?;
    let lines = told.iter().filter(|line| starts_with(line, "CAPABILITY"));
    Ok(lines.flat_map(|line| line.split(' ').skip(1)).map(str::to_ascii_uppercase).collect())
}

async fn log_in<S: AsyncRead + AsyncWrite + Unpin + Send>(
    link: &mut ImapLink<S>,
    target: &ImapTarget,
) -> Result<(), ImapFailure> {
    let known = capabilities(link).await?;
    let has = |name: &str| known.iter().any(|known| known == name);
    let (user, password) = (target.username.as_str(), target.password.expose());
    let answered = if has("AUTH=PLAIN") {
        let secret = STANDARD.encode(format!("\0{user}\0{password}"));
        link.command_in_two("AUTHENTICATE PLAIN", &secret).await
    } else if has("LOGINDISABLED") {
        return Err(ImapFailure::Login("the server offers no way to log in that is known here".to_owned()));
    } else if is_plain(user) && is_plain(password) {
        link.command(&format!("LOGIN {} {}", quoted(user), quoted(password))).await
    } else {
        return Err(ImapFailure::Login("the server takes no such letters in a login".to_owned()));
    };
    match answered {
        Ok(_) => Ok(()),
        // The server is out of order for now; this tells nothing about the login.
        Err(ImapFailure::Refused(told)) if told.contains("[UNAVAILABLE]") => Err(ImapFailure::broken(told)),
        // The server's text is not passed on: it may repeat the login.
        Err(ImapFailure::Refused(told)) => {
            Err(ImapFailure::Login(format!("the server refuses the login{}", code_of(&told))))
        }
        Err(other) => Err(other),
    }
}

/// Returns the sent folders as they are written in a command.
async fn sent_folders<S: AsyncRead + AsyncWrite + Unpin + Send>(
    link: &mut ImapLink<S>,
) -> Result<Vec<String>, ImapFailure> {
    let known = capabilities(link).await?;
    if ["SPECIAL-USE", "LIST-EXTENDED"].iter().all(|name| known.iter().any(|known| known == name)) {
        let marked = folders(&link.command("LIST (SPECIAL-USE) \"\" \"*\"").await?, Folder::is_marked);
        if !marked.is_empty() {
            return Ok(marked);
        }
    }
    let told = link.command("LIST \"\" \"*\"").await?;
    let marked = folders(&told, Folder::is_marked);
    Ok(if marked.is_empty() { folders(&told, Folder::is_called_so) } else { marked })
}

fn folders(told: &[String], wanted: fn(&Folder) -> bool) -> Vec<String> {
    let listed = told.iter().filter_map(|line| Folder::read(line)).filter(wanted);
    listed.map(|folder| quoted(&folder.name)).take(MOST_FOLDERS).collect()
}

async fn search<S: AsyncRead + AsyncWrite + Unpin + Send>(
    link: &mut ImapLink<S>,
    folders: &[String],
    message_id: &str,
) -> Result<SentCopy, ImapFailure> {
    let mut opened = None;
    let mut refused = None;
    for folder in folders {
        match link.command(&format!("EXAMINE {folder}")).await {
            Ok(_) => {}
            Err(failure @ ImapFailure::Refused(_)) => {
                refused = Some(failure);
                continue;
            }
            Err(other) => return Err(other),
        }
        opened = Some(());
        let wanted = quoted(&format!("<{message_id}>"));
        let told = link.command(&format!("UID SEARCH HEADER Message-ID {wanted}")).await?;
        if told.iter().any(|line| finds(line)) {
            return Ok(SentCopy::Found);
        }
    }
    match (opened, refused) {
        (None, Some(failure)) => Err(failure),
        (None, None) => Ok(SentCopy::NoFolder),
        (Some(()), _) => Ok(SentCopy::NotFound),
    }
}

/// Tells whether a line such as `SEARCH 12 15` names a message.
fn finds(line: &str) -> bool {
    starts_with(line, "SEARCH") && line.split(' ').skip(1).any(|id| id.parse::<u32>().is_ok_and(|id| id > 0))
}

/// Tells whether a text may stand in quotes in a command.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

/// A listed folder: `LIST (\HasNoChildren \Sent) "/" "Sent Items"`.
#[derive(Debug, PartialEq, Eq)]
struct Folder {
    marks: Vec<String>,
    delimiter: Option<char>,
    name: String,
}

impl Folder {
    fn read(line: &str) -> Option<Self> {
        if !starts_with(line, "LIST") {
            return None;
        }
        let (marks, rest) = line.split_once(" (")?.1.split_once(") ")?;
        let (delimiter, name) = match rest.strip_prefix('"') {
            Some(_) => {
                let (delimiter, name) = word(rest)?;
                (delimiter.chars().next(), name)
            }
            None => (None, rest.strip_prefix("NIL").or_else(|| rest.strip_prefix("nil"))?),
        };
        let (name, _) = word(name.strip_prefix(' ')?)?;
        let marks: Vec<_> = marks.split(' ').map(str::to_ascii_lowercase).collect();
        let closed = marks.iter().any(|mark| mark == "\\noselect" || mark == "\\nonexistent");
        (!closed && !name.is_empty() && is_plain(&name)).then_some(Self { marks, delimiter, name })
    }

    fn is_marked(&self) -> bool {
        self.marks.iter().any(|mark| mark == "\\sent")
    }

    fn is_called_so(&self) -> bool {
        let last =
            self.delimiter.and_then(|delimiter| self.name.rsplit(delimiter).next()).unwrap_or(&self.name);
        NAMES.contains(&last.to_ascii_lowercase().as_str())
    }
}

/// Reads a quoted string or a bare word; returns what follows it, too.
fn word(text: &str) -> Option<(String, &str)> {
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find(' ').unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut word = String::new();
    let mut letters = inner.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((word, &inner[at + 1..])),
            '\\' => word.push(letters.next()?.1),
            plain => word.push(plain),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(line: &str) -> Option<(bool, bool, String)> {
        Folder::read(line).map(|folder| (folder.is_marked(), folder.is_called_so(), folder.name))
    }

    #[test]
    fn folders_are_read_as_servers_write_them() {
        let read = |line, marked, called, name: &str| {
            assert_eq!(folder(line), Some((marked, called, name.to_owned())), "{line}");
        };
        read(r#"LIST (\HasNoChildren \Sent) "/" "[Gmail]/Sent Mail""#, true, true, "[Gmail]/Sent Mail");
        read(r#"LIST (\HasNoChildren) "." INBOX.Sent"#, false, true, "INBOX.Sent");
        read(r#"list () NIL Gesendet"#, false, true, "Gesendet");
        read(r#"LIST (\Marked) "/" "Envoy&AOk-s""#, false, true, "Envoy&AOk-s");
        read(r#"LIST (\SENT) "\\" "a \"b\" c\\d""#, true, false, r#"a "b" c\d"#);
        read(r#"LIST () "/" "Absent""#, false, false, "Absent");
        for odd in [
            "LIST",
            "LIST (",
            r#"LIST () "/""#,
            r#"LIST () "/" """#,
            r#"LIST () "/" "open"#,
            r#"LIST () "/" "end\"#,
            r#"LIST (\Sent \Noselect) "/" Sent"#,
            "LIST (\\Sent) \"/\" \"a\rb\"",
            "LIST (\\Sent) \"/\" \"Gel\u{f6}scht\"",
            "LSUB (\\Sent) \"/\" Sent",
        ] {
            assert_eq!(folder(odd), None, "{odd}");
        }
    }

    #[test]
    fn only_a_message_number_counts_as_found() {
        assert!(finds("SEARCH 12") && finds("search 1 2 3"));
        for nothing in ["SEARCH", "SEARCH ", "SEARCH 0", "SEARCH x", "SEARCH -1", "OK 12", "ESEARCH 12"] {
            assert!(!finds(nothing), "{nothing}");
        }
    }
}
