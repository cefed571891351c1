//! Debian's Dovecot, 2.3 or 2.4, as a server for one test: its own folder, no port, started and ended by the test. Most
//! tests talk to its `imap` program through pipes, which has logged in the mailbox's owner already; `LoginServer` is the
//! whole server, with passwords and TLS, at a socket in the file system.

use crate::tests::scripted::in_time;
use crate::{Limits, Session};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use tempfile::TempDir;
use tokio::io::Join;
use tokio::net::UnixStream;
use tokio::net::unix::pipe::{Receiver, Sender};

const IMAP: &str = "/usr/lib/dovecot/imap";
const DOVECOT: &str = "/usr/sbin/dovecot";
/// The user `nobody`, for whom root works: Dovecot reads no mail as root.
const NOBODY: u32 = 65534;

/// How a version of Dovecot wants its settings written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// Debian 12.
    V23,
    /// Debian 13.
    V24,
}

/// Finds the server, and says loudly on the terminal if it is not there.
fn installed() -> Option<Dialect> {
    let asked = Command::new(DOVECOT).arg("--version").output();
    let version =
        asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let known = [("2.3.", Dialect::V23), ("2.4.", Dialect::V24)];
    let dialect = known.into_iter().find(|(start, _)| version.starts_with(start) && Path::new(IMAP).exists());
    if dialect.is_none() {
        let found =
            if version.is_empty() { "is not installed" } else { "is of a version that is unknown here" };
        let line = format!("SKIPPED: Dovecot {found}, so no real IMAP server was tested (dovecot-imapd)\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    dialect.map(|(_, dialect)| dialect)
}

fn user_of_this_process() -> (u32, u32) {
    let this = fs::metadata("/proc/self").unwrap();
    (this.uid(), this.gid())
}

/// One mailbox on a real server.
pub struct Dovecot {
    /// The server's processes of open sessions, which end with the test.
    children: Mutex<Vec<Child>>,
    folder: TempDir,
}

pub type Pipes = Join<Receiver, Sender>;

impl Dovecot {
    /// Makes an empty mailbox with an inbox and folders for junk and sent mail.
    pub fn new() -> Option<Self> {
        let server = Self { folder: tempfile::tempdir().unwrap(), children: Mutex::default() };
        server.write_config(installed()?, "");
        Some(server)
    }

    fn write_config(&self, dialect: Dialect, more: &str) {
        let path = self.folder.path().display().to_string();
        let (uid, gid) = match user_of_this_process() {
            (0, _) => (NOBODY, NOBODY),
            own => own,
        };
        let mail = self.folder.path().join("mail");
        fs::create_dir(&mail).unwrap();
        if user_of_this_process().0 == 0 {
            chown(&mail, Some(uid), Some(gid)).unwrap();
            chown(self.folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let mails = match dialect {
            Dialect::V23 => format!("mail_location = maildir:{path}/mail\n"),
            Dialect::V24 => format!(
                "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\nmail_driver = maildir\n\
                 mail_path = {path}/mail\nimport_environment {{\n  USER = maya\n  HOME = {path}\n}}\n"
            ),
        };
        let config = format!(
            "{mails}protocols = imap\nbase_dir = {path}/run\nstate_dir = {path}/run\n\
             mail_uid = {uid}\nmail_gid = {gid}\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nmail_fsync = never\n\
             namespace inbox {{\n  inbox = yes\n  separator = /\n  mailbox Sent {{\n    auto = create\n    \
             special_use = \\Sent\n  }}\n  mailbox Spam {{\n    special_use = \\Junk\n  }}\n}}\n{more}"
        );
        fs::write(self.config(), config).unwrap();
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("dovecot.conf")
    }

    fn imap(&self) -> Command {
        let mut command = Command::new(IMAP);
        command.arg("-c").arg(self.config()).env_clear();
        command.env("USER", "maya").env("HOME", self.folder.path()).env("PATH", "/usr/bin:/bin");
        command.stderr(Stdio::null());
        command
    }

    /// Connects to the mailbox.
    pub async fn session(&self) -> Session<Pipes> {
        self.session_within(Limits::default()).await
    }

    pub async fn session_within(&self, limits: Limits) -> Session<Pipes> {
        let mut child = self.imap().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = Receiver::from_owned_fd(child.stdout.take().unwrap().into()).unwrap();
        let input = Sender::from_owned_fd(child.stdin.take().unwrap().into()).unwrap();
        self.children.lock().unwrap().push(child);
        let pipes = tokio::io::join(output, input);
        in_time(Session::greet(pipes, limits)).await.unwrap()
    }

    /// Gives commands as the mailbox's owner, at once and each with its success, and returns what was answered.
    pub fn run(&self, commands: &[impl AsRef<str> + Sync]) -> String {
        let mut child = self.imap().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut output = child.stdout.take().unwrap();
        let mut told = String::new();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for (number, command) in commands.iter().map(AsRef::as_ref).enumerate() {
                    input.write_all(format!("c{number} {command}\r\n").as_bytes()).unwrap();
                }
                input.write_all(b"end LOGOUT\r\n").unwrap();
            });
            output.read_to_string(&mut told).unwrap();
        });
        assert!(child.wait().unwrap().success());
        for number in 0..commands.len() {
            assert!(told.contains(&format!("\nc{number} OK")), "command {number} fails: {told}");
        }
        told
    }

    /// Delivers mails to a folder, all at once, as if they had come at this time of 7 February 2026.
    pub fn deliver(&self, folder: &str, time: &str, message_ids: &[&str]) {
        let mails = message_ids.iter().map(|id| dated(time, &mail(id))).collect::<String>();
        self.run(&[format!("APPEND \"{folder}\"{mails}")]);
    }
}

pub fn mail(message_id: &str) -> String {
    format!(
        "Message-ID: <{message_id}>\r\nFrom: lead@firm.example\r\nSubject: Re: hello\r\n\r\nYes, please.\r\n"
    )
}

pub fn append(folder: &str, time: &str, mail: &str) -> String {
    format!("APPEND \"{folder}\"{}", dated(time, mail))
}

fn dated(time: &str, mail: &str) -> String {
    format!(" \"07-Feb-2026 {time}:00 +0000\" {{{}+}}\r\n{mail}", mail.len())
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        for child in self.children.get_mut().unwrap() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// The whole server: its master process, its login processes, TLS with a certificate for `mail.firm.example`.
pub struct LoginServer {
    mailbox: Dovecot,
    master: Child,
}

pub const PASSWORD: &str = "correct horse";

impl LoginServer {
    pub fn start() -> Option<Self> {
        let dialect = installed()?;
        let mailbox = Dovecot { folder: tempfile::tempdir().unwrap(), children: Mutex::default() };
        let path = mailbox.folder.path().to_owned();
        certificate(&path);
        let names = |option: &str| {
            let output = Command::new("id").arg(option).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        let (user, group) = match user_of_this_process() {
            (0, _) => ("nobody".to_owned(), "nogroup".to_owned()),
            _ => (names("-un"), names("-gn")),
        };
        let show = path.display();
        let logins = match dialect {
            Dialect::V23 => format!(
                "ssl_cert = <{show}/cert.pem\nssl_key = <{show}/key.pem\n\
                 passdb {{\n  driver = passwd-file\n  args = {show}/users\n}}\n\
                 userdb {{\n  driver = static\n  args = home={show}\n}}\n"
            ),
            Dialect::V24 => format!(
                "ssl_server_cert_file = {show}/cert.pem\nssl_server_key_file = {show}/key.pem\n\
                 passdb passwd-file {{\n  passwd_file_path = {show}/users\n}}\n\
                 userdb static {{\n  fields {{\n    home = {show}\n  }}\n}}\n"
            ),
        };
        let no_port = "{\n    port = 0\n  }\n";
        let config = format!(
            "{logins}log_path = /dev/stderr\nssl = required\nauth_failure_delay = 0\n\
             default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
             service imap-login {{\n  chroot =\n  inet_listener imap {no_port}  inet_listener imaps {no_port}  \
             unix_listener {show}/imap {{\n    mode = 0666\n  }}\n}}\nservice anvil {{\n  chroot =\n}}\n"
        );
        mailbox.write_config(dialect, &config);
        fs::write(path.join("users"), format!("maya:{{PLAIN}}{PASSWORD}::::::\n")).unwrap();
        fs::set_permissions(path.join("users"), fs::Permissions::from_mode(0o644)).unwrap();
        let mut command = Command::new(DOVECOT);
        let mut master =
            command.arg("-F").arg("-c").arg(mailbox.config()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(master.stderr.take().unwrap());
        let mut told = String::new();
        while !told.contains("starting up") {
            assert!(log.read_line(&mut told).unwrap() > 0, "Dovecot does not start: {told}");
        }
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Some(Self { mailbox, master })
    }

    pub async fn connect(&self) -> UnixStream {
        in_time(UnixStream::connect(self.mailbox.folder.path().join("imap"))).await.unwrap()
    }

    /// Returns the server's certificate, which nobody but the test trusts.
    pub fn certificate(&self) -> PathBuf {
        self.mailbox.folder.path().join("cert.pem")
    }
}

fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=mail.firm.example", "-addext", "subjectAltName=DNS:mail.firm.example"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

impl Drop for LoginServer {
    fn drop(&mut self) {
        // The master ends its processes when it is told to end, and only then.
        Command::new("kill").arg(self.master.id().to_string()).status().ok();
        self.master.wait().ok();
    }
}
