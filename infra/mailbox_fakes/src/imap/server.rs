//! The conversation after RFC 3501, as far as a client needs it that reads mail: strict, and without any command that
//! changes a mailbox.

use super::command::{self, Command, read_line, say};
use super::{ImapMailbox, ImapOffers, fetch};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::sync::{Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncWrite, BufReader};

/// The mailboxes behind a server.
pub trait ImapHost: Send + Sync {
    fn offers(&self) -> ImapOffers;

    /// Tells whether the user may log in.
    fn lets_in(&self, user: &str, password: &str) -> bool;

    /// Has work done on the user's mailbox.
    fn with_mailbox(&self, user: &str, work: &mut dyn FnMut(&mut ImapMailbox));

    /// Notes that the user has opened a folder.
    fn opened(&self, _user: &str, _folder: &str) {}

    /// Hears each command, without its tag and without any login.
    fn heard(&self, _command: &str) {}

    /// Returns the words of a refusal in the place of an answer to this command.
    fn refusal(&self, _command: &str) -> Option<String> {
        None
    }
    /// Hears of each mail that is handed out whole.
    fn handed_out(&self, _raw: &str) {}

    /// Tells why the connection breaks off instead of an answer to this command.
    fn breaks_off(&self, _command: &str) -> bool {
        false
    }
}

type Listener = Box<dyn Fn(&str) + Send>;

/// One mailbox at a server of its own, for a test.
pub struct ImapAccount {
    user: String,
    password: Mutex<String>,
    mailbox: Mutex<ImapMailbox>,
    heard: Mutex<Vec<String>>,
    listener: Mutex<Option<Listener>>,
    broken: Mutex<Option<String>>,
    refused: Mutex<Option<String>>,
}

impl ImapAccount {
    pub fn new(user: &str, password: &str) -> Self {
        Self {
            user: user.to_owned(),
            password: Mutex::new(password.to_owned()),
            mailbox: Mutex::new(ImapMailbox::new("Sent")),
            heard: Mutex::default(),
            listener: Mutex::default(),
            broken: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    pub fn mailbox(&self) -> std::sync::MutexGuard<'_, ImapMailbox> {
        locked(&self.mailbox)
    }

    pub fn change_password(&self, password: &str) {
        password.clone_into(&mut locked(&self.password));
    }

    /// Returns the commands that were given so far, by their first words.
    pub fn commands(&self) -> Vec<String> {
        locked(&self.heard).clone()
    }

    /// Has each command told from now on.
    pub fn listen(&self, listener: impl Fn(&str) + Send + 'static) {
        *locked(&self.listener) = Some(Box::new(listener));
    }

    /// Breaks the connection off at the next command that begins like this.
    pub fn break_off_at(&self, command: &str) {
        *locked(&self.broken) = Some(command.to_owned());
    }
}

impl ImapAccount {
    /// Refuses each command that has these words in it; with none, refuses nothing any more.
    pub fn refuse(&self, words: Option<&str>) {
        *locked(&self.refused) = words.map(str::to_owned);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ImapHost for ImapAccount {
    fn offers(&self) -> ImapOffers {
        ImapOffers::default()
    }

    fn lets_in(&self, user: &str, password: &str) -> bool {
        user == self.user && password == *locked(&self.password)
    }

    fn with_mailbox(&self, _: &str, work: &mut dyn FnMut(&mut ImapMailbox)) {
        work(&mut self.mailbox());
    }

    fn heard(&self, command: &str) {
        locked(&self.heard).push(command.to_owned());
        if let Some(listener) = &*locked(&self.listener) {
            listener(command);
        }
    }

    fn refusal(&self, command: &str) -> Option<String> {
        let is_refused = locked(&self.refused).as_ref().is_some_and(|words| command.contains(words));
        is_refused.then(|| "this message cannot be opened".to_owned())
    }

    fn breaks_off(&self, command: &str) -> bool {
        locked(&self.broken).take_if(|start| command.starts_with(start.as_str())).is_some()
    }
}

/// Speaks IMAP on one connection until LOGOUT or its end.
pub async fn serve_imap<S>(host: &dyn ImapHost, stream: S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut stream = BufReader::new(stream);
    say(&mut stream, "* OK mailbox.test IMAP4rev1 ready\r\n").await?;
    let mut session = Session { host, user: None, open: None };
    while let Some(read) = command::read(&mut stream).await? {
        let command = match read {
            Ok(command) => command,
            Err(tag) => {
                say(&mut stream, &format!("{tag} BAD that is no command\r\n")).await?;
                continue;
            }
        };
        let shown = shown(&command);
        host.heard(&shown);
        if host.breaks_off(&shown) {
            return Ok(());
        }
        if let Some(words) = host.refusal(&shown) {
            say(&mut stream, &format!("{} NO {words}\r\n", command.tag)).await?;
            continue;
        }
        match session.answer(&command) {
            Reply::Say(text) => say(&mut stream, &text).await?,
            Reply::Close(text) => return say(&mut stream, &text).await,
            Reply::AskLogin => {
                say(&mut stream, "+ \r\n").await?;
                let Some(secret) = read_line(&mut stream).await? else { return Ok(()) };
                let answer = session.plain(&command.tag, &secret);
                say(&mut stream, &answer).await?;
            }
        }
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let is_login = command.words[0].eq_ignore_ascii_case("LOGIN");
    if is_login { "LOGIN".to_owned() } else { command.words.join(" ") }
}

struct Session<'a> {
    host: &'a dyn ImapHost,
    user: Option<String>,
    /// The folder that is open.
    open: Option<String>,
}

enum Reply {
    Say(String),
    /// The rest of the command is asked for first.
    AskLogin,
    Close(String),
}

impl Session<'_> {
    fn answer(&mut self, Command { tag, words }: &Command) -> Reply {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (verb, arguments) = (words[0].to_ascii_uppercase(), &words[1..]);
        match (verb.as_str(), arguments, self.user.is_some()) {
            ("CAPABILITY", [], _) => self.capability(tag),
            ("NOOP", [], _) => ok(tag, "", "nothing new"),
            ("LOGOUT", [], _) => Reply::Close(format!("* BYE see you\r\n{tag} OK logged out\r\n")),
            ("AUTHENTICATE", [mechanism], false) => {
                let is_known = mechanism.eq_ignore_ascii_case("PLAIN") && self.host.offers().auth_plain;
                if is_known { Reply::AskLogin } else { no(tag, "[CANNOT] no such mechanism") }
            }
            ("LOGIN", [user, password], false) => Reply::Say(self.log_in(tag, user, password)),
            ("LIST", arguments, true) => self.list(tag, arguments),
            ("EXAMINE", [folder], true) => self.examine(tag, folder),
            ("UID", [what, arguments @ ..], true) => self.uid(tag, what, arguments),
            _ => bad(tag, "not now, or not here"),
        }
    }

    fn capability(&self, tag: &str) -> Reply {
        let offers = self.host.offers();
        let plain = if offers.auth_plain { " AUTH=PLAIN" } else { "" };
        let marks = if offers.special_use { " LIST-EXTENDED SPECIAL-USE" } else { "" };
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
        if !self.host.lets_in(user, password) {
            return format!("{tag} NO [AUTHENTICATIONFAILED] invalid credentials\r\n");
        }
        self.user = Some(user.to_owned());
        format!("{tag} OK logged in\r\n")
    }

    fn work<T>(&self, work: impl FnOnce(&mut ImapMailbox) -> T) -> Option<T> {
        let (mut work, mut done) = (Some(work), None);
        self.host.with_mailbox(self.user.as_deref()?, &mut |mailbox| {
            done = work.take().map(|work| work(mailbox));
        });
        done
    }

    /// Lists all folders. Names come as literals, which a client has to understand.
    fn list(&self, tag: &str, arguments: &[&str]) -> Reply {
        let special_use = self.host.offers().special_use;
        let is_known = match arguments {
            ["", "*"] => true,
            ["", "*", "RETURN", "(SPECIAL-USE)"] => special_use,
            _ => false,
        };
        if !is_known {
            return bad(tag, "LIST wants a reference and a pattern");
        }
        let line = |folder: &super::Folder| {
            let mark = folder.mark.as_deref().filter(|_| special_use);
            let mark = mark.map_or_else(String::new, |mark| format!(" {mark}"));
            let super::Folder { name, .. } = folder;
            format!("* LIST (\\HasNoChildren{mark}) \"/\" {{{}}}\r\n{name}\r\n", name.len())
        };
        let told = self.work(|mailbox| mailbox.folders.iter().map(line).collect::<String>());
        ok(tag, &told.unwrap_or_default(), "listed")
    }

    fn examine(&mut self, tag: &str, name: &str) -> Reply {
        let told = self.work(|mailbox| {
            let folder = mailbox.find(name)?;
            Some(format!(
                "* FLAGS (\\Seen)\r\n* {} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {}] valid\r\n\
                 * OK [UIDNEXT {}] next\r\n",
                folder.mails.len(),
                folder.uid_validity,
                folder.uid_next
            ))
        });
        self.open = None;
        let Some(told) = told.flatten() else { return no(tag, "[NONEXISTENT] no such folder") };
        self.open = Some(name.to_owned());
        self.host.opened(self.user.as_deref().unwrap_or_default(), name);
        ok(tag, &told, "[READ-ONLY] opened")
    }

    fn uid(&self, tag: &str, what: &str, arguments: &[&str]) -> Reply {
        let Some(open) = &self.open else { return bad(tag, "no folder is open") };
        let mut whole = Vec::new();
        let told = self.work(|mailbox| {
            let folder = mailbox.find(open)?;
            match (what.to_ascii_uppercase().as_str(), arguments) {
                ("SEARCH", words) => fetch::search(folder, words),
                ("FETCH", [set, items]) => {
                    whole = fetch::handed_out(folder, set, items);
                    fetch::fetch(folder, set, items)
                }
                _ => None,
            }
        });
        whole.iter().for_each(|raw| self.host.handed_out(raw));
        match told.flatten() {
            Some(told) => ok(tag, &told, "done"),
            None => bad(tag, "that cannot be asked here"),
        }
    }
}

fn ok(tag: &str, told: &str, text: &str) -> Reply {
    Reply::Say(format!("{told}{tag} OK {text}\r\n"))
}

fn no(tag: &str, why: &str) -> Reply {
    Reply::Say(format!("{tag} NO {why}\r\n"))
}

fn bad(tag: &str, why: &str) -> Reply {
    Reply::Say(format!("{tag} BAD {why}\r\n"))
}
