//! The SMTP conversation: which command is allowed when, and its answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Content;
use super::address::{is_valid, path_and_parameters};
use crate::doors::{Provider, Refusal};
use crate::sandbox::Sandbox;

const MOST_RECIPIENTS: usize = 100;
const MOST_MISTAKES: u32 = 20;

pub(super) enum Step {
    Say(String),
    Close(String),
    TakeMessage,
}

pub(super) struct Session {
    sandbox: Sandbox,
    greeted: bool,
    login: Login,
    envelope: Option<Envelope>,
    mistakes: u32,
}

enum Login {
    No,
    AwaitsPlain,
    AwaitsUser,
    AwaitsPassword { user: String },
    Yes { user: String },
}

#[derive(Default)]
struct Envelope {
    from: String,
    to: Vec<String>,
    eight_bit: bool,
    /// SMTPUTF8 was given: addresses and headers may have characters beyond ASCII.
    utf8: bool,
}

impl Session {
    pub fn new(sandbox: Sandbox) -> Self {
        Self { sandbox, greeted: false, login: Login::No, envelope: None, mistakes: 0 }
    }

    pub fn command(&mut self, line: &[u8]) -> Step {
        let Ok(line) = std::str::from_utf8(line) else {
            return self.mistake("500 5.5.2 commands are ASCII or UTF-8");
        };
        let carries_an_address = ["MAIL ", "RCPT "]
            .iter()
            .any(|verb| line.get(..verb.len()).is_some_and(|said| said.eq_ignore_ascii_case(verb)));
        if !line.is_ascii() && !carries_an_address {
            return self.mistake("500 5.5.2 only addresses may have letters beyond ASCII");
        }
        if !matches!(self.login, Login::No | Login::Yes { .. }) {
            return self.login_answer(line);
        }
        if line.len() > 510 && !line.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case("AUTH")) {
            return self.mistake("500 5.5.2 line too long");
        }
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let argument = argument.trim_end();
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.hello(argument, true),
            "HELO" => self.hello(argument, false),
            "AUTH" => self.auth(argument),
            "MAIL" => self.mail(argument),
            "RCPT" => self.rcpt(argument),
            "DATA" => self.data(argument),
            "RSET" => {
                self.envelope = None;
                say("250 2.0.0 forgotten")
            }
            "NOOP" => say("250 2.0.0 still here"),
            "HELP" => say("214 2.0.0 see RFC 5321"),
            "VRFY" => say("252 2.1.5 cannot verify, but will try to deliver"),
            "QUIT" => Step::Close("221 2.0.0 bye".into()),
            "STARTTLS" | "EXPN" | "TURN" | "ETRN" | "BDAT" => self.mistake("502 5.5.1 not implemented"),
            _ => self.mistake("500 5.5.1 unknown command"),
        }
    }

    fn hello(&mut self, name: &str, extended: bool) -> Step {
        if name.is_empty() || name.contains(' ') {
            return self.mistake("501 5.5.4 EHLO wants one domain or address literal");
        }
        self.greeted = true;
        self.envelope = None;
        if !extended {
            return say("250 sandbox.leadflow.test");
        }
        let size = self.sandbox.config().smtp.size_limit;
        let auth = if self.sandbox.config().smtp.auth_in_clear { "250-AUTH PLAIN LOGIN\r\n" } else { "" };
        let utf8 = if self.sandbox.config().smtp.utf8 { "250-SMTPUTF8\r\n" } else { "" };
        Step::Say(format!(
            "250-sandbox.leadflow.test at your service\r\n250-SIZE {size}\r\n250-8BITMIME\r\n250-PIPELINING\r\n{utf8}{auth}250 ENHANCEDSTATUSCODES"
        ))
    }

    fn auth(&mut self, argument: &str) -> Step {
        if !self.greeted || self.envelope.is_some() {
            return self.mistake("503 5.5.1 not now");
        }
        if matches!(self.login, Login::Yes { .. }) {
            return self.mistake("503 5.5.1 already signed in");
        }
        if !self.sandbox.config().smtp.auth_in_clear {
            return self.mistake("538 5.7.11 encryption is required for this mechanism");
        }
        let (mechanism, initial) = argument.split_once(' ').unwrap_or((argument, ""));
        match (mechanism.to_ascii_uppercase().as_str(), initial) {
            ("PLAIN", "") => {
                self.login = Login::AwaitsPlain;
                say("334 ")
            }
            ("PLAIN", response) => self.plain(response),
            ("LOGIN", "") => {
                self.login = Login::AwaitsUser;
                say("334 VXNlcm5hbWU6")
            }
            ("LOGIN", user) => self.login_user(user),
            _ => self.mistake("504 5.7.4 unknown authentication mechanism"),
        }
    }

    fn login_answer(&mut self, line: &str) -> Step {
        if line == "*" {
            self.login = Login::No;
            return say("501 5.7.0 authentication cancelled");
        }
        match std::mem::replace(&mut self.login, Login::No) {
            Login::AwaitsPlain => self.plain(line),
            Login::AwaitsUser => self.login_user(line),
            Login::AwaitsPassword { user } => match decode(line) {
                Some(password) => self.sign_in(&user, &password),
                None => self.mistake("501 5.5.2 not base64"),
            },
            Login::No | Login::Yes { .. } => self.mistake("503 5.5.1 not now"),
        }
    }

    fn plain(&mut self, response: &str) -> Step {
        let Some(decoded) = decode(response) else { return self.mistake("501 5.5.2 not base64") };
        let parts: Vec<&str> = decoded.split('\0').collect();
        match parts.as_slice() {
            [_, user, password] => self.sign_in(user, password),
            _ => self.mistake("501 5.5.2 PLAIN wants identity, user and password"),
        }
    }

    fn login_user(&mut self, response: &str) -> Step {
        let Some(user) = decode(response) else { return self.mistake("501 5.5.2 not base64") };
        self.login = Login::AwaitsPassword { user };
        say("334 UGFzc3dvcmQ6")
    }

    fn sign_in(&mut self, user: &str, password: &str) -> Step {
        if self.sandbox.is_mail_login(user, password) {
            self.login = Login::Yes { user: user.to_owned() };
            say("235 2.7.0 signed in")
        } else {
            self.mistake("535 5.7.8 username and password not accepted")
        }
    }

    fn mail(&mut self, argument: &str) -> Step {
        if !self.greeted {
            return self.mistake("503 5.5.1 EHLO first");
        }
        if self.sandbox.config().smtp.auth_required && !matches!(self.login, Login::Yes { .. }) {
            return self.mistake("530 5.7.0 authentication required");
        }
        if self.envelope.is_some() {
            return self.mistake("503 5.5.1 nested MAIL");
        }
        let Some((from, parameters)) = path_and_parameters(argument, "FROM:") else {
            return self.mistake("501 5.5.4 syntax: MAIL FROM:<address>");
        };
        let (mut eight_bit, mut utf8) = (false, false);
        for parameter in parameters {
            if parameter.eq_ignore_ascii_case("SMTPUTF8") && self.sandbox.config().smtp.utf8 {
                utf8 = true;
                continue;
            }
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match (name.to_ascii_uppercase().as_str(), value.to_ascii_uppercase().as_str()) {
                ("SIZE", size) => match size.parse::<usize>() {
                    Ok(size) if size > self.sandbox.config().smtp.size_limit => {
                        return say("552 5.3.4 message exceeds the size limit");
                    }
                    Ok(_) => {}
                    Err(_) => return self.mistake("501 5.5.4 SIZE is a number"),
                },
                ("BODY", "8BITMIME") => eight_bit = true,
                ("BODY", "7BIT") => {}
                _ => return self.mistake("555 5.5.4 unknown MAIL parameter"),
            }
        }
        if !from.is_ascii() && !utf8 {
            return self.mistake("553 5.6.7 such a sender wants SMTPUTF8");
        }
        if !from.is_empty() && !is_valid(from) {
            return self.mistake("553 5.1.7 sender address is not valid");
        }
        match self.sandbox.admit(Provider::Smtp) {
            Ok(()) => {}
            Err(Refusal::Outage) => return Step::Close("421 4.3.2 down for maintenance".into()),
            Err(Refusal::OutOfCredit) => return say("550 5.4.5 daily sending limit exceeded"),
            Err(Refusal::RateLimited { .. }) => return say("450 4.2.1 sending too quickly, slow down"),
        }
        self.envelope = Some(Envelope { from: from.to_owned(), eight_bit, utf8, ..Envelope::default() });
        say("250 2.1.0 sender ok")
    }

    fn rcpt(&mut self, argument: &str) -> Step {
        let Some(envelope) = &mut self.envelope else { return self.mistake("503 5.5.1 MAIL first") };
        let Some((to, parameters)) = path_and_parameters(argument, "TO:") else {
            return self.mistake("501 5.5.4 syntax: RCPT TO:<address>");
        };
        if !parameters.is_empty() {
            return self.mistake("555 5.5.4 unknown RCPT parameter");
        }
        if !to.is_ascii() && !envelope.utf8 {
            return self.mistake("553 5.6.7 such a recipient wants SMTPUTF8");
        }
        if !is_valid(to) {
            return self.mistake("501 5.1.3 recipient address is not valid");
        }
        if envelope.to.len() >= MOST_RECIPIENTS {
            return say("452 4.5.3 too many recipients");
        }
        match self.sandbox.recipient_refusal(to) {
            Some(refusal) => Step::Say(refusal),
            None => {
                envelope.to.push(to.to_owned());
                say("250 2.1.5 recipient ok")
            }
        }
    }

    fn data(&mut self, argument: &str) -> Step {
        if !argument.is_empty() {
            return self.mistake("501 5.5.4 DATA takes no argument");
        }
        match &self.envelope {
            None => self.mistake("503 5.5.1 MAIL first"),
            Some(envelope) if envelope.to.is_empty() => self.mistake("554 5.5.1 no valid recipients"),
            Some(_) => Step::TakeMessage,
        }
    }

    /// The answer to the final dot; None if it gets lost together with the connection.
    pub fn message(&mut self, content: Content) -> Option<String> {
        let envelope = self.envelope.take().unwrap_or_default();
        let message = match content {
            Content::Message(message) => message,
            Content::Refused(reply) => return Some(reply.into()),
        };
        if !envelope.eight_bit && !message.is_ascii() {
            return Some("554 5.6.3 8-bit data, but BODY=8BITMIME was not asked for".into());
        }
        if !envelope.utf8 && !head(&message).is_ascii() {
            return Some("550 5.6.7 Header holds unencoded 8-bit characters".into());
        }
        let user = match &self.login {
            Login::Yes { user } => user,
            _ => &envelope.from,
        };
        match self.sandbox.submit_mail(user, (&envelope.from, &envelope.to), &message) {
            Ok(id) if !self.sandbox.answer_is_lost(Provider::Smtp) => {
                Some(format!("250 2.0.0 Ok: queued as {id}"))
            }
            Ok(_) => None,
            Err(refusal) => Some(refusal.into()),
        }
    }

    fn mistake(&mut self, reply: &str) -> Step {
        self.mistakes += 1;
        if self.mistakes > MOST_MISTAKES {
            return Step::Close("421 4.7.0 too many mistakes".into());
        }
        say(reply)
    }
}

fn say(reply: &str) -> Step {
    Step::Say(reply.to_owned())
}

fn head(message: &[u8]) -> &[u8] {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(message.len());
    &message[..end]
}

fn decode(base64: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(base64.trim()).ok()?).ok()
}
