//! Bounces: a delivery report, or a mail server's prose; for each recipient the class of what went wrong.
//!
//! A server's answer has a reply code (`550`), an enhanced code (`5.1.1`) and words, and they contradict each other in
//! practice. The words win where they are plain: `5.7.1 user does not exist` is a dead address, `5.1.1 refused, see the
//! block list` says something about us.

use crate::codes::codes;
use crate::lists::List;
use crate::mail::Mail;
use crate::mail_servers::{says, servers};
use crate::report::{self, Recipient, Returned};
use crate::said::Said;
use crate::spoken::addresses_in;
use crate::{Context, Kind, Rule, Understood};

codes! {
    /// What went wrong.
    pub enum BounceClass {
        HardUnknownUser = "hard_unknown_user",
        HardDomain = "hard_domain",
        SoftFull = "soft_full",
        SoftTemp = "soft_temp",
        SoftGreylist = "soft_greylist",
        BlockedPolicy = "blocked_policy",
        BlockedReputation = "blocked_reputation",
        AuthFailed = "auth_failed",
        TooLarge = "too_large",
        Challenge = "challenge",
        Unknown = "unknown",
    }
}

impl BounceClass {
    /// Whether the address is dead.
    pub fn is_hard(self) -> bool {
        matches!(self, Self::HardUnknownUser | Self::HardDomain)
    }

    /// Whether the cause may pass by itself.
    pub fn is_soft(self) -> bool {
        matches!(self, Self::SoftFull | Self::SoftTemp | Self::SoftGreylist)
    }

    /// Whether the cause is the sender or the mail rather than the address.
    pub fn is_blocked(self) -> bool {
        matches!(self, Self::BlockedPolicy | Self::BlockedReputation | Self::AuthFailed)
    }
}

/// One recipient of a mail that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The address in lower case; `None` if the bounce does not name it.
    pub address: Option<String>,
    /// The mailbox that refused the mail, where the bounce tells it apart from the address that the mail was for.
    pub refused_by: Option<String>,
    pub class: BounceClass,
    /// The enhanced code, or else the reply code.
    pub code: Option<String>,
    /// The server's words.
    pub words: String,
    /// Whether the server goes on trying: the mail may arrive yet.
    pub delayed: bool,
}

/// An enhanced status code such as `5.1.1`: class, subject, detail.
type Enhanced = (u16, u16, u16);

fn enhanced(text: &str) -> Option<Enhanced> {
    let mut parts = text.trim().trim_end_matches('.').split('.').map(|part| {
        let plain = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<u16>().ok()).flatten()
    });
    let code = (parts.next()??, parts.next()??, parts.next()??);
    (parts.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
}

/// The reply code and the enhanced code in a server's answer such as `550-5.1.1 No such user`.
fn codes_in(answer: &str) -> (Option<u16>, Option<Enhanced>) {
    let parts = || answer.split(|c: char| c.is_whitespace() || "-;:()[]<>,#'\"=/".contains(c)).take(2_000);
    let reply = parts().find_map(|part| {
        let code = part.parse::<u16>().ok().filter(|_| part.len() == 3)?;
        matches!(code, 421..=459 | 471 | 500..=559 | 570..=579).then_some(code)
    });
    (reply, parts().find_map(enhanced))
}

/// The class of a server's answer.
pub fn class_of_answer(answer: &str) -> BounceClass {
    let (reply, enhanced) = codes_in(answer);
    class_of(reply, enhanced, answer)
}

fn class_of(reply: Option<u16>, enhanced: Option<Enhanced>, answer: &str) -> BounceClass {
    use BounceClass::{
        AuthFailed, BlockedPolicy, BlockedReputation, Challenge, HardDomain, HardUnknownUser, SoftFull,
        SoftGreylist, SoftTemp, TooLarge,
    };
    let text = answer.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // An address has several words, which would part those of a phrase.
    let spoken =
        addresses_in(&text).iter().fold(text.clone(), |text, address| text.replace(address.as_str(), " "));
    let said = Said::read(&spoken);
    let says = |list: &str| says(&text, list) || in_a_language(&said, list);
    let (subject, detail) = enhanced.map_or((0, 0), |code| (code.1, code.2));
    let class = reply.map(|code| code / 100).or(enhanced.map(|code| code.0));
    if says("no_user_surely") {
        return HardUnknownUser;
    }
    if says("too_large") || matches!((subject, detail), (2, 3) | (3, 4)) && !says("full") && !says("no_user")
    {
        return TooLarge;
    }
    if says("greylist") {
        return SoftGreylist;
    }
    if matches!((subject, detail), (4, 5) | (7, 508 | 700..=749) | (2, 121 | 122) | (1, 90))
        || says("our_limit")
    {
        return SoftTemp;
    }
    if matches!((subject, detail), (7, 23..=27 | 29 | 30 | 32 | 509 | 515)) || says("unauthenticated") {
        return AuthFailed;
    }
    let blocked = says("reputation");
    if !blocked && (says("full") || (subject, detail) == (2, 2) && !says("no_user")) {
        return SoftFull;
    }
    if class == Some(4) || class.is_none() && says("delayed") && !says("no_user") && !says("no_domain") {
        return SoftTemp;
    }
    if says("challenge") {
        return Challenge;
    }
    if blocked {
        return BlockedReputation;
    }
    if says("sender") {
        return BlockedPolicy;
    }
    if says("loop") {
        return SoftTemp;
    }
    if says("no_user") && !says("policy") {
        return HardUnknownUser;
    }
    if says("no_domain") {
        return HardDomain;
    }
    match (subject, detail) {
        (1, 1 | 3 | 6 | 10) | (2, 1) if !says("policy") => HardUnknownUser,
        (1, 2) => HardDomain,
        (4, 1) if text.contains("recipient") => HardUnknownUser,
        (4, 4 | 7 | 1 | 6) | (4, 2 | 3) => SoftTemp,
        (7, 606..=649) => BlockedReputation,
        (1, 8) | (6 | 7, _) => BlockedPolicy,
        _ => by_words(says, reply, (subject, detail)),
    }
}

/// Whether the answer says this in a language other than that of the protocol; the lists stand in the language files.
fn in_a_language(said: &Said<'_>, list: &str) -> bool {
    let list = match list {
        "no_user" => List::BounceNoUser,
        "full" => List::BounceFull,
        "refused" => List::BounceRefused,
        "delayed" => List::BounceDelayed,
        _ => return false,
    };
    said.has(list)
}

fn by_words(says: impl Fn(&str) -> bool, reply: Option<u16>, code: (u16, u16)) -> BounceClass {
    if says("policy") {
        BounceClass::BlockedPolicy
    } else if says("no_user") {
        BounceClass::HardUnknownUser
    } else if says("refused") {
        BounceClass::BlockedPolicy
    } else if matches!(reply, Some(550 | 551 | 553))
        && matches!(code, (5, 0) | (0, 0) | (1, 0))
        && says("vague_no")
    {
        BounceClass::HardUnknownUser
    } else if says("temporary") || says("delayed") {
        BounceClass::SoftTemp
    } else if says("after_data") {
        // What is refused once it was sent is refused for what it says, or for who sent it.
        BounceClass::BlockedPolicy
    } else {
        BounceClass::Unknown
    }
}

pub(crate) fn bounce(mail: &Mail, context: &Context<'_>) -> Option<Understood> {
    let told = report::recipients(mail);
    let failed: Vec<&Recipient> = told
        .iter()
        .filter(|recipient| ["failed", "delayed", "expired"].contains(&recipient.action.as_str()))
        .collect();
    if !failed.is_empty() && is_from_a_server(mail) {
        let prose = prose_of(mail);
        let bounces = failed
            .iter()
            .map(|recipient| reported(recipient, &prose, failed.len(), mail, context))
            .collect::<Vec<_>>();
        let words = bounces.first().map(|bounce| bounce.words.clone()).unwrap_or_default();
        let delivered = told.iter().filter(|told| !failed.contains(told)).map(|told| told.address.clone());
        let delivered = delivered.filter(|address| !address.is_empty()).collect();
        return Some(Understood { delivered, ..found(Rule::DeliveryReport, &words, bounces, mail) });
    }
    if !told.is_empty() && failed.is_empty() {
        // It says that the mail was delivered or relayed.
        return None;
    }
    in_prose(mail, context)
}

fn found(rule: Rule, words: &str, bounces: Vec<Bounce>, mail: &Mail) -> Understood {
    let returned = Some(report::returned(mail)).filter(|returned| *returned != Returned::default());
    Understood { bounces, returned, ..Understood::new(Kind::Bounce, rule, words) }
}

/// Whether a server sent it: a colleague who passes a bounce on is a person.
fn is_from_a_server(mail: &Mail) -> bool {
    let subject = mail.subject.trim_start().to_lowercase();
    let passed_on = ["fw:", "fwd:", "wg:", "tr:", "rv:", "doorst:", "i:", "enc:", "re:", "aw:"]
        .iter()
        .any(|start| subject.starts_with(start));
    mail.header_has("content-type", "multipart/report") || is_daemon(mail) || !passed_on
}

fn is_daemon(mail: &Mail) -> bool {
    let from = mail.from.to_lowercase();
    let name = mail.from_name.to_lowercase();
    let raw = mail.header("from").unwrap_or_default().to_lowercase();
    let local = from.split('@').next().unwrap_or_default();
    servers().senders.iter().any(|known| {
        local == known || name.contains(known.as_str()) || from.is_empty() && raw.contains(known.as_str())
    }) || from.starts_with("microsoftexchange")
}

fn has_null_sender(mail: &Mail) -> bool {
    mail.header("return-path").is_some_and(|path| path == "<>" || path.is_empty())
}

fn reported(recipient: &Recipient, prose: &str, count: usize, mail: &Mail, context: &Context<'_>) -> Bounce {
    let status = enhanced(&recipient.status);
    let (reply, in_answer) = codes_in(&recipient.diagnostic);
    let vague = status.is_none_or(|code| (code.1, code.2) == (0, 0));
    let code = in_answer.filter(|_| vague || reply.is_some()).or(status).or(in_answer);
    let mut class = class_of(reply, code, &recipient.diagnostic);
    if recipient.action == "delayed" && !class.is_soft() {
        class = BounceClass::SoftTemp;
    }
    // The prose is about all recipients: it helps where there is one.
    if class == BounceClass::Unknown && count == 1 {
        let whole = class_of(reply, code, &format!("{} {prose}", recipient.diagnostic));
        class = if whole == BounceClass::Unknown && status.is_some_and(|code| code.0 == 4) {
            BounceClass::SoftTemp
        } else {
            whole
        };
    }
    let words =
        if recipient.diagnostic.is_empty() { telling_line(prose) } else { recipient.diagnostic.clone() };
    let address = Some(recipient.address.clone()).filter(|address| !address.is_empty());
    Bounce {
        address: address.or_else(|| address_in(prose, mail, context)),
        refused_by: recipient.refused_by.clone(),
        class,
        code: code.map(|(a, b, c)| format!("{a}.{b}.{c}")).or(reply.map(|code| code.to_string())),
        words: words.chars().take(200).collect(),
        delayed: recipient.action == "delayed",
    }
}

/// The text of a bounce up to the mail that it returns.
fn prose_of(mail: &Mail) -> String {
    const MOST: usize = 12_000;
    let text = mail.plain();
    let text = &text[..text.floor_char_boundary(MOST)];
    let lower = text.to_ascii_lowercase();
    let end =
        servers().copies.iter().filter_map(|start| lower.find(start.as_str())).filter(|at| *at > 20).min();
    text[..end.unwrap_or(text.len())].to_owned()
}

/// A bounce without a machine-readable part.
fn in_prose(mail: &Mail, context: &Context<'_>) -> Option<Understood> {
    let failed_header = mail.header("x-failed-recipients").map(report::address_of);
    let prose = prose_of(mail);
    let subject = Said::read(&mail.subject);
    let subject_says = subject.has(List::BounceSubjects);
    let said = Said::read(&prose);
    let phrase = said.hits(List::BouncePhrases).next();
    let lower = prose.to_lowercase();
    let body_says = phrase.is_some()
        || says(&lower, "prose")
        || says(&lower, "no_user")
        || said.has(List::BounceNoUser)
        || said.has(List::BounceFull);
    let by_machine = is_daemon(mail) || has_null_sender(mail);
    let reports = mail.header_has("content-type", "report-type=delivery-status")
        || mail.header_has("content-type", "report-type=\"delivery-status");
    let auto =
        mail.header("auto-submitted").is_some_and(|value| !value.to_ascii_lowercase().starts_with("no"));
    // What a mail server sends of its own to nobody in return is a bounce, in whatever words it names an address of ours.
    let names_another = || address_in(&prose, mail, context).is_some();
    let is_receipt = mail.header_has("content-type", "disposition-notification");
    let asks = said.has(List::ChallengePhrases) || subject.has(List::ChallengePhrases);
    // An answering machine has the null sender, too: then the body must speak of a delivery.
    let absent = said.has(List::AbsencePhrases) || subject.has(List::AbsenceSubjects);
    let is_bounce = failed_header.is_some()
        || is_daemon(mail) && (subject_says || body_says)
        || by_machine && body_says && (subject_says || !absent)
        || has_null_sender(mail) && subject_says && !absent
        || is_daemon(mail) && has_null_sender(mail) && !absent && !is_receipt && !asks && names_another()
        || subject_says
            && body_says
            && (auto || is_from_a_server(mail) && mail.header("in-reply-to").is_none())
        || reports && (subject_says || body_says);
    if !is_bounce {
        return None;
    }
    let address = failed_header
        .clone()
        .filter(|address| address.contains('@'))
        .or_else(|| address_in(&prose, mail, context));
    let words = telling_line(&prose);
    let (reply, code) = codes_in(&prose);
    let class = class_of(reply, code, &prose);
    let code = code.map(|(a, b, c)| format!("{a}.{b}.{c}")).or(reply.map(|code| code.to_string()));
    let rule = if failed_header.is_some() { Rule::FailedRecipients } else { Rule::BounceWording };
    let sentence = if words.is_empty() { mail.subject.clone() } else { words.clone() };
    let delayed = (says(&lower, "delayed") || said.has(List::BounceDelayed)) && class.is_soft();
    let each = bounce_of_each_recipient(&prose, mail, context, delayed);
    let bounces = if each.len() > 1 {
        each
    } else {
        vec![Bounce { address, refused_by: None, class, code, words, delayed }]
    };
    Some(found(rule, &sentence, bounces, mail))
}

/// What prose says of each of several recipients, as far as it says something: from the line that names one to the line
/// that names the next.
fn bounce_of_each_recipient(prose: &str, mail: &Mail, context: &Context<'_>, delayed: bool) -> Vec<Bounce> {
    const MOST: usize = 20;
    let recipients: Vec<String> =
        addresses_in(prose).into_iter().filter(|address| is_recipient(address, mail, context)).collect();
    let lines: Vec<&str> = prose.lines().collect();
    let names = |line: &str| {
        let lower = line.to_lowercase();
        recipients.iter().filter(|address| lower.contains(address.as_str())).cloned().collect::<Vec<_>>()
    };
    let named: Vec<(usize, Vec<String>)> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| (at, names(line)))
        .filter(|(_, names)| !names.is_empty())
        .collect();
    let mut bounces: Vec<Bounce> = Vec::new();
    for (number, (at, names)) in named.iter().enumerate().take(MOST) {
        let end = named.get(number + 1).map_or(lines.len(), |(next, _)| *next);
        let answer = lines[*at..end].join("\n");
        let (reply, code) = codes_in(&answer);
        let class = class_of(reply, code, &answer);
        for address in names {
            let is_told = bounces.iter().any(|known| known.address.as_ref() == Some(address));
            if class == BounceClass::Unknown || is_told {
                continue;
            }
            bounces.push(Bounce {
                address: Some(address.clone()),
                refused_by: None,
                class,
                code: code.map(|(a, b, c)| format!("{a}.{b}.{c}")).or(reply.map(|code| code.to_string())),
                words: telling_line(&answer),
                delayed: delayed && class.is_soft(),
            });
        }
    }
    bounces
}

/// The line with the server's answer.
fn telling_line(prose: &str) -> String {
    let lines: Vec<&str> = prose.lines().take(400).map(str::trim).filter(|line| !line.is_empty()).collect();
    let has_code = |line: &&&str| matches!(codes_in(line), (Some(_), _) | (_, Some(_)));
    let speaks = |line: &&&str| {
        let lower = line.to_lowercase();
        ["no_user", "full", "reputation", "policy", "no_domain"].iter().any(|list| says(&lower, list))
    };
    let line = lines.iter().find(has_code).or_else(|| lines.iter().find(speaks)).or(lines.first());
    line.map(|line| line.chars().take(200).collect()).unwrap_or_default()
}

/// The address that a bounce is about: one of those that we wrote to, else the first that is neither ours nor a server's.
fn address_in(prose: &str, mail: &Mail, context: &Context<'_>) -> Option<String> {
    let named = addresses_in(prose);
    let is_addressee =
        |address: &&String| context.addressees.iter().any(|known| known.eq_ignore_ascii_case(address));
    if let Some(known) = named.iter().find(is_addressee) {
        return Some(known.clone());
    }
    let other = named.into_iter().find(|address| is_recipient(address, mail, context));
    other.or_else(|| report::returned(mail).to.filter(|to| !is_ours(to, mail, context)))
}

fn is_ours(address: &str, mail: &Mail, context: &Context<'_>) -> bool {
    context.our_addresses.iter().any(|known| known.eq_ignore_ascii_case(address))
        || mail.to.iter().any(|known| known.eq_ignore_ascii_case(address))
        || mail.from.eq_ignore_ascii_case(address)
}

/// Whether an address in a bounce is neither ours nor a server's.
fn is_recipient(address: &str, mail: &Mail, context: &Context<'_>) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    let of_server = ["postmaster", "mailer-daemon", "abuse", "support", "helpdesk", "noc"].contains(&local);
    // The id of a mail in angle brackets looks like an address, too.
    let is_id = local.len() >= 26 && local.bytes().any(|b| b.is_ascii_digit()) && !local.contains(['.', '_']);
    !of_server && !is_id && !is_ours(address, mail, context)
}
