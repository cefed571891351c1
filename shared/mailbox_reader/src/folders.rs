//! The mailbox's folders: which there are, which has which role, and what one is like when it is opened.

use crate::FolderName;
use crate::connection::Command;
use crate::mailbox_failure::MailboxFailure;
use crate::response::{Data, Listed};
use crate::session::Session;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};

/// What a folder is for, as the server marks it (RFC 6154).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FolderRole {
    Inbox,
    Sent,
    Junk,
    Drafts,
    Trash,
    All,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    pub name: FolderName,
    /// The role that the server gives it, or else the one that its name tells.
    pub role: Option<FolderRole>,
    marked: bool,
}

/// The state of a folder at the moment when it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Examined {
    pub mails: u32,
    /// Changes whenever the server numbers the folder's mails anew. Zero if the server does not say.
    pub uid_validity: u32,
    /// The number of the next mail to come, which a few old servers do not tell.
    pub uid_next: Option<u32>,
}

const SENT_NAMES: &[&str] = &[
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
    "envoyés",
    "éléments envoyés",
];
const JUNK_NAMES: &[&str] = &[
    "junk",
    "junk mail",
    "junk e-mail",
    "junk email",
    "spam",
    "bulk mail",
    "spamverdacht",
    "unerwünscht",
    "junk-e-mail",
    "correo no deseado",
    "lixo eletrônico",
    "lixo eletrónico",
    "posta indesiderata",
    "ongewenste e-mail",
    "courrier indésirable",
    "indésirables",
];
const LONGEST_NAME: usize = 1024;

impl Folder {
    fn of(listed: Listed) -> Option<Self> {
        let has = |attribute: &str| listed.attributes.iter().any(|known| known == attribute);
        let closed = has("\\noselect") || has("\\nonexistent");
        let wire = String::from_utf8(listed.name).ok()?;
        let unusable = wire.is_empty() || wire.len() > LONGEST_NAME || wire.contains(['\r', '\n', '\0']);
        if closed || unusable {
            return None;
        }
        let name = FolderName::from_wire(wire);
        let marks = [
            ("\\sent", FolderRole::Sent),
            ("\\junk", FolderRole::Junk),
            ("\\spam", FolderRole::Junk),
            ("\\drafts", FolderRole::Drafts),
            ("\\trash", FolderRole::Trash),
            ("\\all", FolderRole::All),
            ("\\allmail", FolderRole::All),
        ];
        let marked = marks.into_iter().find(|(mark, _)| has(mark)).map(|(_, role)| role);
        let called = || role_of_name(&name, listed.delimiter);
        let role = if name.is_inbox() { Some(FolderRole::Inbox) } else { marked.or_else(called) };
        Some(Self { name, role, marked: marked.is_some() })
    }
}

fn role_of_name(name: &FolderName, delimiter: Option<char>) -> Option<FolderRole> {
    let shown = name.to_string().to_lowercase();
    let last = delimiter.and_then(|delimiter| shown.rsplit(delimiter).next()).unwrap_or(&shown);
    if SENT_NAMES.contains(&last) {
        Some(FolderRole::Sent)
    } else {
        JUNK_NAMES.contains(&last).then_some(FolderRole::Junk)
    }
}

/// Returns the folders of a role. Names are no evidence where the server marks a folder.
pub fn folders_in_role(folders: &[Folder], role: FolderRole) -> impl Iterator<Item = &Folder> {
    let marked = folders.iter().any(|folder| folder.marked && folder.role == Some(role));
    folders.iter().filter(move |folder| folder.role == Some(role) && (folder.marked || !marked))
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Lists the folders that can be opened.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, MailboxFailure> {
        let special = self.has("SPECIAL-USE").await? && self.has("LIST-EXTENDED").await?;
        let words = if special { "\"\" \"*\" RETURN (SPECIAL-USE)" } else { "\"\" \"*\"" };
        let data = self.connection.run(Command::new("LIST", words)).await?.accepted()?;
        let listed = data.into_iter().filter_map(|data| match data {
            Data::Listed(listed) => Folder::of(listed),
            _ => None,
        });
        Ok(listed.collect())
    }

    /// Opens a folder to read it, and only that.
    pub async fn examine(&mut self, folder: &FolderName) -> Result<Examined, MailboxFailure> {
        let reply = self.connection.run(Command::new("EXAMINE", "").string(folder.as_wire())).await?;
        let unknown = ["nonexist", "not exist", "doesn't exist", "not found", "unknown mailbox", "no such"];
        let gone = reply.status.has_code(&["NONEXISTENT", "TRYCREATE", "CANNOT"]);
        if !reply.status.is_ok() && (gone || reply.status.mentions(&unknown)) {
            return Err(MailboxFailure::FolderNotFound(folder.to_string()));
        }
        let mut examined = Examined::default();
        for data in reply.accepted()? {
            match data {
                Data::Exists(mails) => examined.mails = mails,
                Data::Status(status) => {
                    let number = |name: &str| status.argument_of(name)?.trim().parse::<u32>().ok();
                    examined.uid_validity = number("UIDVALIDITY").unwrap_or(examined.uid_validity);
                    examined.uid_next = number("UIDNEXT").or(examined.uid_next);
                }
                _ => {}
            }
        }
        Ok(examined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(attributes: &[&str], name: &str) -> Option<Folder> {
        let attributes = attributes.iter().map(|text| (*text).to_owned()).collect();
        Folder::of(Listed { attributes, delimiter: Some('/'), name: name.as_bytes().to_vec() })
    }

    #[test]
    fn marked_folder_wins_over_one_that_is_only_called_so() {
        let folders: Vec<_> = [
            folder(&[], "inbox"),
            folder(&[], "Archive/Sent"),
            folder(&["\\sent"], "Postausgang"),
            folder(&[], "Envoy&AOk-s"),
            folder(&[], "Unerw&APw-nscht"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let named = |role| folders_in_role(&folders, role).map(|f| f.name.to_string()).collect::<Vec<_>>();
        assert_eq!(named(FolderRole::Sent), ["Postausgang"]);
        assert_eq!(named(FolderRole::Junk), ["Unerwünscht"]);
        assert_eq!(named(FolderRole::Inbox), ["INBOX"]);
        assert_eq!(folders_in_role(&folders[..2], FolderRole::Sent).count(), 1);
    }

    #[test]
    fn folders_that_cannot_be_opened_are_left_out() {
        assert_eq!(folder(&["\\noselect"], "[Gmail]"), None);
        assert_eq!(folder(&[], ""), None);
        assert_eq!(folder(&[], "a\rb"), None);
        assert_eq!(folder(&[], &"a".repeat(1025)), None);
    }
}
