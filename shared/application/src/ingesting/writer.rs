//! The writer of a mail that a mailing list, a group or a form passes on. Such a mail comes from the list's address, which may
//! be one of our own, and names its writer elsewhere: `Reply-To`, `X-Original-Sender`, or the name before "via".

use crate::ports::provider_events::InboundEmail;
use domain::contact::email_address::EmailAddress;
use domain::workspace::own_addresses::OwnAddresses;
use std::borrow::Cow;

/// The headers in which a list names the writer, the surest first.
const WRITERS: [&str; 4] = ["x-original-from", "x-original-sender", "x-original-reply-to", "reply-to"];
const LISTS: [&str; 5] = ["list-id", "list-post", "mailing-list", "x-google-group-id", "x-mailman-version"];
/// What the address of a program begins with that writes for a person, such as a form on a website.
const NOBODY: [&str; 6] = ["noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply"];
const MOST_NAMED: usize = 5;

/// Returns the mail as from its writer, wherever a list, a group or a form has put its own address in their place.
pub(crate) fn from_its_writer<'a>(mail: &'a InboundEmail, own: &OwnAddresses) -> Cow<'a, InboundEmail> {
    let Some(from) = mail.from.as_deref().and_then(|from| EmailAddress::parse(from).ok()) else {
        return Cow::Borrowed(mail);
    };
    if !is_passed_on(mail, &from, own) {
        return Cow::Borrowed(mail);
    }
    let Some(writer) = writer(mail, &from, own) else { return Cow::Borrowed(mail) };
    let mut mail = mail.clone();
    mail.mail.from_name = name_before_via(&mail.mail.from_name).unwrap_or_default();
    mail.mail.from = writer.to_string();
    mail.from = Some(writer.to_string());
    Cow::Owned(mail)
}

/// Whether the sender's address stands for another's: it is ours, the list's or a program's.
fn is_passed_on(mail: &InboundEmail, from: &EmailAddress, own: &OwnAddresses) -> bool {
    let is_by_list = LISTS.iter().any(|name| mail.mail.header(name).is_some());
    let is_via = name_before_via(&mail.mail.from_name).is_some();
    let names_a_writer = WRITERS[..3].iter().any(|name| mail.mail.header(name).is_some());
    own.is_near(from)
        || is_by_list && (is_via || is_list_address(mail, from))
        || is_via && names_a_writer
        || is_nobody(from)
}

/// Tells whether a program writes from this address, which no person reads.
pub(crate) fn is_nobody(address: &EmailAddress) -> bool {
    NOBODY.iter().any(|name| address.local_part().starts_with(name))
}

fn writer(mail: &InboundEmail, from: &EmailAddress, own: &OwnAddresses) -> Option<EmailAddress> {
    let is_theirs =
        |address: &EmailAddress| address != from && !own.is_near(address) && !is_list_address(mail, address);
    let named = WRITERS.iter().filter_map(|name| mail.mail.header(name)).flat_map(addresses);
    named.chain(spelled_within(from)).find(is_theirs)
}

/// Whether the headers say that this is the list's own address.
fn is_list_address(mail: &InboundEmail, address: &EmailAddress) -> bool {
    let posts = mail.mail.header("list-post").map(addresses).unwrap_or_default();
    let names = mail.mail.header("mailing-list").unwrap_or_default();
    let names = names.split([' ', ';']).filter_map(|word| EmailAddress::parse(word).ok());
    let id = mail.mail.header("list-id").unwrap_or_default().to_ascii_lowercase();
    let id = id.rsplit_once('<').map_or(id.as_str(), |(_, rest)| rest).trim_end_matches('>');
    posts.iter().any(|post| post == address)
        || names.into_iter().any(|name| name == *address)
        || id == address.as_str().replace('@', ".")
}

/// The addresses that a header names, with or without names and angle brackets.
fn addresses(value: &str) -> Vec<EmailAddress> {
    let words = value.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"'));
    words
        .filter(|word| word.contains('@'))
        .filter_map(|word| EmailAddress::parse(word).ok())
        .take(MOST_NAMED)
        .collect()
}

/// The address that some lists spell within their own, `nora=lindt.example@groups.example`.
fn spelled_within(from: &EmailAddress) -> Option<EmailAddress> {
    let local = from.local_part().split('+').find(|part| part.contains('='))?;
    let (name, domain) = local.rsplit_once('=')?;
    EmailAddress::parse(&format!("{name}@{domain}")).ok()
}

/// The writer's name in `'Nora Lindt' via Vertrieb`.
fn name_before_via(name: &str) -> Option<String> {
    let (before, list) = name.rsplit_once(" via ")?;
    let before = before.trim().trim_matches(['\'', '"', '’', '‘', ' ']);
    (!before.is_empty() && !list.trim().is_empty()).then(|| before.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use understanding::Mail;

    const GROUP: &str = "vertrieb@kontor.example";
    const NORA: &str = "nora@lindt.example";

    fn mail(from: (&str, &str), headers: &[(&str, &str)]) -> InboundEmail {
        let named = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        InboundEmail {
            from: Some(from.1.to_owned()),
            to: Vec::new(),
            internet_id: None,
            in_reply_to: None,
            references: Vec::new(),
            mail: Mail {
                from: from.1.to_owned(),
                from_name: from.0.to_owned(),
                headers: headers.iter().map(named).collect(),
                ..Default::default()
            },
        }
    }

    fn written_by(from: (&str, &str), headers: &[(&str, &str)]) -> (String, String) {
        let own = OwnAddresses::of_mailboxes([&EmailAddress::parse("replies@kontor.example").unwrap()]);
        let mail = mail(from, headers);
        let mail = from_its_writer(&mail, &own);
        assert_eq!(mail.from.as_deref(), Some(mail.mail.from.as_str()));
        (mail.mail.from.clone(), mail.mail.from_name.clone())
    }

    fn nora() -> (String, String) {
        (NORA.to_owned(), "Nora Lindt".to_owned())
    }

    #[test]
    fn mail_of_our_own_group_is_from_the_person_that_it_names() {
        let via = ("'Nora Lindt' via Vertrieb", GROUP);
        for header in ["X-Original-From", "X-Original-Sender", "Reply-To"] {
            let named = format!("Nora Lindt <{NORA}>");
            assert_eq!(written_by(via, &[(header, &named)]), nora(), "{header}");
        }
        let both = [("Reply-To", "vertrieb@kontor.example, Nora <nora@lindt.example>")];
        assert_eq!(written_by(via, &both), nora(), "the group's own address is passed over");
    }

    #[test]
    fn list_of_another_company_names_its_writer_too() {
        let via = ("Nora Lindt via Praxis", "praxis@lists.example");
        let list = ("List-Id", "Praxis <praxis.lists.example>");
        assert_eq!(written_by(via, &[list, ("Reply-To", NORA)]), nora());
        let to_list = [list, ("Reply-To", "praxis@lists.example"), ("X-Original-From", NORA)];
        assert_eq!(written_by(via, &to_list), nora(), "answers go to the person and not to the list");
        let spelled = ("Nora Lindt via groups", "nora=lindt.example@groups.example");
        assert_eq!(written_by(spelled, &[("List-Post", "<mailto:praxis@groups.example>")]), nora());
    }

    #[test]
    fn person_who_writes_through_a_list_under_their_own_address_stays() {
        let list = ("List-Id", "<praxis.lindt.example>");
        let own = ("Nora Lindt", NORA);
        assert_eq!(written_by(own, &[list, ("Reply-To", "praxis@lindt.example")]), nora());
        assert_eq!(written_by(own, &[("Reply-To", "other@lindt.example")]), nora());
        let named = ("Nora via Lindt", NORA);
        assert_eq!(written_by(named, &[("Reply-To", "other@lindt.example")]).0, NORA, "a name is no list");
    }

    #[test]
    fn form_writes_for_the_person_who_is_answered() {
        let form = ("Website", "no-reply@forms.example");
        assert_eq!(written_by(form, &[("Reply-To", NORA)]).0, NORA);
        assert_eq!(written_by(form, &[]).0, "no-reply@forms.example");
    }

    #[test]
    fn own_mail_that_names_nobody_else_stays_ours() {
        let colleague = ("Kim Berg", "kim@kontor.example");
        let headers = [("Reply-To", "replies+x@kontor.example"), ("List-Id", "<vertrieb.kontor.example>")];
        assert_eq!(written_by(colleague, &headers).0, "kim@kontor.example");
    }
}
