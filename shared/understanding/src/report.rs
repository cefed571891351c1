//! Delivery reports (RFC 3464, and RFC 6533 for addresses beyond ASCII) and abuse reports (RFC 5965): reads the
//! machine-readable parts, and the headers of the returned mail.

use crate::mail::{Mail, RETURNED, cut};

const TAG: &str = "x-leadflow-message";
const LONGEST_FIELD: usize = 1_000;
const MOST_RECIPIENTS: usize = 50;

/// The mail of ours that came back: what of it was readable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Its Message-ID without the angle brackets.
    pub id: Option<String>,
    /// Our own header.
    pub tag: Option<String>,
    pub to: Option<String>,
}

/// What a delivery report says of one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Recipient {
    pub action: String,
    pub status: String,
    pub diagnostic: String,
    pub address: String,
    /// The mailbox that refused the mail, where the report names another besides.
    pub refused_by: Option<String>,
}

pub(crate) fn recipients(mail: &Mail) -> Vec<Recipient> {
    let kinds = ["message/delivery-status", "message/global-delivery-status"];
    let Some(part) = mail.parts.iter().find(|part| kinds.contains(&part.kind.as_str())) else {
        return Vec::new();
    };
    let recipients = groups(&part.text).into_iter().filter(|group| {
        field(group, "action").is_some()
            || field(group, "final-recipient").is_some() && field(group, "status").is_some()
    });
    recipients
        .take(MOST_RECIPIENTS)
        .map(|group| {
            let named = ["original-recipient", "final-recipient", "x-actual-recipient"];
            let address = named
                .iter()
                .filter_map(|name| field(&group, name))
                .map(address_of)
                .find(|value| value.contains('@'));
            let last = field(&group, "final-recipient").map(address_of).filter(|value| value.contains('@'));
            Recipient {
                refused_by: last.filter(|last| address.as_ref() != Some(last)),
                action: first_word(field(&group, "action").unwrap_or("failed")).to_ascii_lowercase(),
                status: first_word(field(&group, "status").unwrap_or_default()).to_owned(),
                diagnostic: typed_value(field(&group, "diagnostic-code").unwrap_or_default()).to_owned(),
                address: address.unwrap_or_default(),
            }
        })
        .collect()
}

/// Reads a complaint. Of the types that an abuse report may have, only `abuse` is a person's complaint. One provider sends
/// the mail back with a header of its own, and no report.
pub(crate) fn complaint(mail: &Mail) -> Option<Returned> {
    let Some(part) = mail.part("message/feedback-report") else { return complaint_by_header(mail) };
    let groups = groups(&part.text);
    let kind = groups.iter().find_map(|group| field(group, "feedback-type"))?;
    if !is_complaint(kind) {
        return None;
    }
    let mut found = returned(mail);
    let stated = ["original-rcpt-to", "removal-recipient"]
        .iter()
        .find_map(|name| groups.iter().find_map(|group| field(group, name)))
        .map(address_of);
    found.to = found.to.or(stated);
    Some(found)
}

/// Whether a report of this type is a person's complaint or wish for no more.
fn is_complaint(kind: &str) -> bool {
    const TYPES: [&str; 4] = ["abuse", "complaint", "opt-out", "opt-out-list"];
    TYPES.iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// The type of a report that says nothing of what its recipient wants: that a mail failed authentication (RFC 6591), or is
/// no spam.
pub(crate) fn other_feedback(mail: &Mail) -> Option<String> {
    let part = mail.part("message/feedback-report")?;
    let kind = groups(&part.text).iter().find_map(|group| field(group, "feedback-type").map(str::to_owned));
    kind.filter(|kind| !is_complaint(kind))
}

fn complaint_by_header(mail: &Mail) -> Option<Returned> {
    let returned_mails = mail.parts.iter().filter(|part| RETURNED.contains(&part.kind.as_str()));
    let complainer = returned_mails
        .flat_map(|part| groups(&part.text).into_iter().take(1))
        .find_map(|group| field(&group, "x-hmxmroriginalrecipient").map(address_of))?;
    Some(Returned { to: Some(complainer), ..returned(mail) })
}

type Fields = Vec<(String, String)>;

/// Reads groups of fields by lower-case name; an empty line ends a group, a leading blank continues a field.
fn groups(text: &str) -> Vec<Fields> {
    let mut all: Vec<Fields> = vec![Vec::new()];
    for line in text.lines().take(2_000) {
        let is_empty = line.trim().is_empty();
        if is_empty && all.last().is_some_and(|group| !group.is_empty()) {
            all.push(Vec::new());
        }
        let Some(group) = all.last_mut().filter(|_| !is_empty) else { continue };
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                *value = cut(&format!("{value} {}", line.trim()), LONGEST_FIELD);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), cut(value.trim(), LONGEST_FIELD)));
        }
    }
    all
}

fn field<'a>(group: &'a [(String, String)], name: &str) -> Option<&'a str> {
    group
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

/// Strips the type of a value: `rfc822; ann@lead.test` → `ann@lead.test`.
fn typed_value(value: &str) -> &str {
    value.split_once(';').map_or(value, |(_, rest)| rest).trim()
}

pub(crate) fn address_of(value: &str) -> String {
    let value = typed_value(value);
    let value = value.split_once('<').map_or(value, |(_, rest)| rest);
    first_word(value.trim_matches(['<', '>', '"', ' '])).trim_end_matches(['>', ',', ';']).to_lowercase()
}

fn first_word(value: &str) -> &str {
    value.split_ascii_whitespace().next().unwrap_or_default()
}

/// Message-ID, our tag and recipient of the returned mail: from the mail itself, whole or headers only, else from where
/// a report or its prose names them. A mail with our tag goes before others, such as the report that it came in.
pub(crate) fn returned(mail: &Mail) -> Returned {
    let parts = mail.parts.iter().filter(|part| RETURNED.contains(&part.kind.as_str()));
    let found: Vec<Returned> = parts.map(|part| identity(&part.text)).collect();
    let text = mail.plain();
    let mut best = most_telling(found).unwrap_or_else(|| copied(&text));
    if best.id.is_none() && best.tag.is_none() {
        best.id = reported_id(mail).or_else(|| labelled_id(&text));
    }
    best
}

/// The mail with our tag, or else the first with an id, or with a recipient.
fn most_telling(found: Vec<Returned>) -> Option<Returned> {
    let tells = [
        |one: &Returned| one.tag.is_some(),
        |one: &Returned| one.id.is_some(),
        |one: &Returned| one.to.is_some(),
    ];
    tells.iter().find_map(|tells| found.iter().find(|one| tells(one)).cloned())
}

/// The id of the returned mail where a field of the report or a header of the bounce states it.
fn reported_id(mail: &Mail) -> Option<String> {
    let kinds = ["message/delivery-status", "message/global-delivery-status", "message/feedback-report"];
    let reports = mail.parts.iter().filter(|part| kinds.contains(&part.kind.as_str()));
    let states = |name: &str| name.ends_with("message-id") || name.ends_with("messageid");
    let in_report = reports
        .flat_map(|part| groups(&part.text))
        .flatten()
        .find(|(name, _)| states(name))
        .and_then(|(_, value)| id_in(&value));
    let of_original = |name: &str| {
        states(name) && ["original", "failed", "returned"].iter().any(|word| name.contains(word))
    };
    in_report.or_else(|| {
        mail.headers.iter().find(|(name, _)| of_original(name)).and_then(|(_, value)| id_in(value))
    })
}

/// The id behind a label in prose, `Message-ID: <…>`, or one that stands in angle brackets and is no address.
fn labelled_id(text: &str) -> Option<String> {
    const LABELS: [&str; 8] = [
        "message-id",
        "message id",
        "messageid",
        "nachrichten-id",
        "id de message",
        "id de mensaje",
        "bericht-id",
        "identyfikator wiadomości",
    ];
    let lines = || text.lines().take(2_000);
    let labelled = lines().enumerate().find_map(|(at, line)| {
        let lower = line.to_lowercase();
        let label = LABELS.iter().find_map(|label| Some(lower.find(label)? + label.len()))?;
        let behind = lower.get(label..)?;
        // The value may stand in the next line.
        let next = || lines().nth(at + 1).and_then(id_in);
        let start = line.len().checked_sub(behind.len())?;
        id_in(line.get(start..)?)
            .or_else(|| behind.trim_matches([':', ' ', '=']).is_empty().then(next).flatten())
    });
    labelled.or_else(|| lines().find_map(bracketed_id))
}

/// The first word with an at sign.
fn id_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || "<>[]()\"',;".contains(c));
    words
        .map(|word| word.trim_matches([':', '.']))
        .find(|word| word.contains('@'))
        .map(|word| cut(word, LONGEST_FIELD))
}

/// Something in angle brackets that has so many letters and digits before the at sign that no person has such an address.
fn bracketed_id(line: &str) -> Option<String> {
    const SHORTEST: usize = 20;
    let values = line.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    values
        .filter(|value| {
            value.split_once('@').is_some_and(|(local, domain)| {
                local.len() >= SHORTEST
                    && domain.contains('.')
                    && !local.contains(['+', '='])
                    && local.bytes().any(|b| b.is_ascii_digit())
            })
        })
        .map(|value| cut(value, LONGEST_FIELD))
        .next()
}

/// The headers of a returned mail that stands in the text of the bounce.
fn copied(text: &str) -> Returned {
    const MOST_PLACES: usize = 24;
    let start = text.lines().scan(0, |at, line| {
        let here = *at;
        *at += line.len() + 1;
        Some((here, line))
    });
    let headers =
        ["return-path:", "received:", "message-id:", "mime-version:", "from:", "date:", "to:", "subject:"];
    let places = start.take(3_000).filter(|(_, line)| {
        let line = line.trim_start_matches(['>', ' ']).to_ascii_lowercase();
        headers.iter().any(|header| line.starts_with(header)) && !line.ends_with(':')
    });
    most_telling(places.take(MOST_PLACES).map(|(at, _)| identity(&text[at..])).collect()).unwrap_or_default()
}

fn identity(text: &str) -> Returned {
    let text: String =
        text.lines().take(200).map(|line| format!("{}\n", line.trim_start_matches("> "))).collect();
    let text = text.trim_start();
    let groups = groups(text);
    // A mail that has only another mail for its content is the envelope of that one.
    let is_envelope = |group: &[(String, String)]| {
        field(group, "content-type")
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("message/rfc822"))
            && field(group, "message-id").is_some()
    };
    let envelopes = groups.iter().take(3).take_while(|group| is_envelope(group)).count();
    let find = |name: &str| groups.iter().skip(envelopes).take(4).find_map(|group| field(group, name));
    let id = find("message-id")
        .map(|id| first_word(id.trim_matches(['<', '>', ' '])).trim_end_matches('>').to_owned());
    Returned {
        id: id.filter(|id| !id.is_empty()),
        tag: find(TAG).map(|tag| tag.trim().to_owned()),
        to: find("to").map(address_of).filter(|to| to.contains('@')),
    }
}
