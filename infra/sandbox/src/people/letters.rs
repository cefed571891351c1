//! Mails that people and their servers send back: replies with quotes, out-of-office replies, bounces after
//! RFC 3464.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{display_name, words};
use crate::mail::Mail;
use crate::seed::Roll;

/// A mail with sender, recipient and raw message.
pub(super) struct Letter {
    /// The Message-ID without angle brackets.
    pub message_id: String,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub raw: String,
}

/// A reply by a person. Some come from programs whose headers look like a machine's but are not.
pub(super) fn reply(mail: &Mail, body: &str, at: Timestamp, roll: &mut Roll) -> Letter {
    let subject = answer_subject(&mail.subject);
    let program = *roll.pick(&[
        "X-Mailer: Apple Mail (2.3774.300.61.1.2)\r\n",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\n",
        "",
        "User-Agent: Mozilla Thunderbird\r\n",
    ]);
    let quoted = quote(mail);
    let text = format!("{body}\n\n{}\n", quoted);
    let (message_id, mut raw) = head(mail, &mail.to, mail.answer_address(), &subject, at, roll);
    raw.push_str(program);
    if roll.percent(50) {
        raw.push_str("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        raw.push_str(&wrapped(&text));
    } else {
        let boundary = format!("=_{}", roll.hex(24));
        let html = format!(
            "<div dir=\"ltr\">{}</div><br><div class=\"gmail_quote\"><blockquote>{}</blockquote></div>",
            escape(body),
            escape(&mail.text).replace('\n', "<br>")
        );
        raw.push_str(&format!("Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n"));
        for (kind, part) in [("plain", &text), ("html", &html)] {
            raw.push_str(&format!(
                "--{boundary}\r\nContent-Type: text/{kind}; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
                wrapped(part)
            ));
        }
        raw.push_str(&format!("--{boundary}--\r\n"));
    }
    Letter { message_id, from: mail.to.clone(), to: mail.answer_address().to_owned(), subject, raw }
}

/// A mail that the person writes from another address, to ours and not as a reply: nothing in its headers names a mail.
pub(super) fn elsewhere(mail: &Mail, body: &str, at: Timestamp, roll: &mut Roll) -> Letter {
    let (local, domain) = mail.to.split_once('@').unwrap_or((&mail.to, "sandbox.test"));
    let from = format!("{local}@private-{domain}");
    let (ours, our_domain) = mail.answer_address().split_once('@').unwrap_or(("replies", "sandbox.test"));
    let to = format!("{}@{our_domain}", ours.split('+').next().unwrap_or(ours));
    let message_id = format!("{}@private-{domain}", roll.hex(24));
    let raw = format!(
        "From: {} <{from}>\r\nTo: <{to}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{message_id}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        encoded_word(&display_name(&mail.to)),
        encoded_word("Your message"),
        rfc2822(at),
        wrapped(body),
    );
    Letter { message_id, from, to, subject: "Your message".to_owned(), raw }
}

/// An out-of-office reply, marked as different systems mark it; one in five says so in the subject only.
pub(super) fn auto_reply(
    mail: &Mail,
    language: &str,
    back: Option<Timestamp>,
    at: Timestamp,
    roll: &mut Roll,
) -> Letter {
    let date = back.map(|back| back.to_zoned(TimeZone::UTC).date());
    let (prefix, body) = words::absence(language, date);
    let subject = format!("{prefix}{}", mail.subject);
    let marks = *roll.pick(&[
        "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n",
        "Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\nX-Autoreply: yes\r\n",
        "Auto-Submitted: auto-replied (vacation)\r\n",
        "X-Autorespond: yes\r\nPrecedence: auto_reply\r\n",
        "",
    ]);
    let (message_id, mut raw) = head(mail, &mail.to, mail.answer_address(), &subject, at, roll);
    raw.push_str(marks);
    raw.push_str("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    raw.push_str(&wrapped(&body));
    Letter { message_id, from: mail.to.clone(), to: mail.answer_address().to_owned(), subject, raw }
}

/// A delivery status notification, sent to the envelope's sender.
pub(super) fn bounce(mail: &Mail, status: &str, diagnostic: &str, at: Timestamp, roll: &mut Roll) -> Letter {
    let domain = mail.to.rsplit('@').next().unwrap_or("sandbox.test");
    let from = format!("mailer-daemon@{domain}");
    let to = if mail.return_path.is_empty() { mail.from.clone() } else { mail.return_path.clone() };
    let subject = "Undelivered Mail Returned to Sender".to_owned();
    let boundary = format!("=_{}", roll.hex(24));
    let message_id = format!("{}@{domain}", roll.hex(20));
    let raw = format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{message_id}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         Your message could not be delivered to one or more recipients.\r\n\r\n<{recipient}>: {diagnostic}\r\n\r\n\
         --{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.{domain}\r\nArrival-Date: {arrival}\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nOriginal-Recipient: rfc822; {recipient}\r\nAction: failed\r\n\
         Status: {status}\r\nRemote-MTA: dns; mx.{domain}\r\nDiagnostic-Code: {diagnostic}\r\n\r\n\
         --{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n--{boundary}--\r\n",
        date = rfc2822(at),
        arrival = rfc2822(mail.at),
        recipient = mail.to,
        headers = mail.headers,
    );
    Letter { message_id, from, to, subject, raw }
}

/// The Message-ID, and the headers that every mail has.
fn head(
    mail: &Mail,
    from: &str,
    to: &str,
    subject: &str,
    at: Timestamp,
    roll: &mut Roll,
) -> (String, String) {
    let domain = from.rsplit('@').next().unwrap_or("sandbox.test");
    let mut references = mail.references.clone();
    references.push(mail.message_id.clone());
    let references: Vec<String> = references.iter().map(|id| format!("<{id}>")).collect();
    let message_id = format!("{}@{domain}", roll.hex(24));
    let headers = format!(
        "From: {} <{from}>\r\nTo: <{to}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{message_id}>\r\n\
         In-Reply-To: <{}>\r\nReferences: {}\r\nMIME-Version: 1.0\r\n",
        encoded_word(&display_name(from)),
        encoded_word(subject),
        rfc2822(at),
        mail.message_id,
        references.join("\r\n "),
    );
    (message_id, headers)
}

fn answer_subject(subject: &str) -> String {
    let already = subject.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("re:"));
    if already { subject.to_owned() } else { format!("Re: {subject}") }
}

fn quote(mail: &Mail) -> String {
    let sender = mail.from_name.as_deref().unwrap_or(&mail.from);
    let mut quoted =
        format!("On {}, {sender} <{}> wrote:\n", mail.at.strftime("%a, %d %b %Y at %H:%M"), mail.from);
    for line in mail.text.lines() {
        quoted.push_str(&format!("> {line}\n"));
    }
    quoted
}

fn encoded_word(text: &str) -> String {
    if text.is_ascii() {
        return text.replace(['\r', '\n'], " ");
    }
    let letters: Vec<char> = text.chars().collect();
    let words: Vec<String> = letters
        .chunks(15)
        .map(|chunk| format!("=?UTF-8?B?{}?=", STANDARD.encode(chunk.iter().collect::<String>())))
        .collect();
    words.join("\r\n ")
}

/// The text in base64, in lines of 76 characters.
fn wrapped(text: &str) -> String {
    let encoded = STANDARD.encode(text.replace('\n', "\r\n"));
    let mut lines = String::with_capacity(encoded.len() + encoded.len() / 38);
    for chunk in encoded.as_bytes().chunks(76) {
        lines.push_str(&String::from_utf8_lossy(chunk));
        lines.push_str("\r\n");
    }
    lines
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
