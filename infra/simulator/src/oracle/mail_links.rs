//! Checks at rest that each mail names its sender and address, can be unsubscribed by one request, and links to
//! its own pages only.

use super::Oracle;
use super::raw::{Item, path, text};
use sandbox::{Observed, ObservedEmail};

/// What is kept of one message and whoever received it.
const THEIR_OWN: [&str; 4] = ["/u/", "/t/o/", "/t/c/", "/t/h/"];

pub fn at_rest(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let senders: Vec<&Item> = oracle.all("workspace").map(|(_, item)| item).collect();
    observed
        .emails
        .iter()
        .filter(|mail| !is_to_own_mailbox(mail))
        .filter_map(|mail| faults(&senders, mail))
        .collect()
}

/// What somebody sends to a mailbox of their own, to look at it, leads nowhere.
fn is_to_own_mailbox(mail: &ObservedEmail) -> bool {
    let domain = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    domain(&mail.recipient) == domain(&mail.from)
}

fn faults(senders: &[&Item], mail: &ObservedEmail) -> Option<String> {
    let tag = mail.tag.as_deref().filter(|tag| !tag.is_empty())?;
    let complains = |what: &str| Some(format!("{tag} to {} {what}", mail.recipient));
    let Some(way_out) = mail.unsubscribe.as_deref() else {
        return complains("has no way out that one request is enough for");
    };
    let Some(sender) = senders.iter().find(|sender| is_of(way_out, text(sender, "id"), tag)) else {
        return complains(&format!("can be left at {way_out}, which is not its own"));
    };
    let of_another = |link: &&String| {
        THEIR_OWN.iter().any(|page| link.contains(page)) && !is_of(link, text(sender, "id"), tag)
    };
    if let Some(link) = mail.links.iter().find(of_another) {
        return complains(&format!("leads to {link}, which is not its own"));
    }
    let named = ["name", "postal_address"].map(|name| path(sender, &["company", name]));
    if let Some(missing) = named.iter().find(|name| !mail.text.contains(**name)) {
        return complains(&format!("does not say {missing:?}, as whoever sends it does: {}", mail.text));
    }
    let shown = mail.links.iter().any(|link| link == way_out) && mail.text.contains(way_out);
    if shown { None } else { complains(&format!("does not show its way out, {way_out}: {}", mail.text)) }
}

/// A page of this message's own, in the workspace that sent it.
fn is_of(link: &str, workspace: &str, tag: &str) -> bool {
    THEIR_OWN.iter().any(|page| link.contains(&format!("{page}{workspace}/{tag}/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn mail() -> ObservedEmail {
        let out = "http://app.example/u/ws_1/msg_1/signed".to_owned();
        ObservedEmail {
            at: Timestamp::UNIX_EPOCH,
            message_id: String::new(),
            recipient: "pat1@x.example".to_owned(),
            from: "maya@northquay.example".to_owned(),
            tag: Some("msg_1".to_owned()),
            subject: String::new(),
            text: format!("Hello\n\n-- \nNorthquay\n1 Harbour Walk\nUnsubscribe: {out}\n"),
            in_reply_to: None,
            unsubscribe: Some(out.clone()),
            links: vec![out, "http://app.example/t/o/ws_1/msg_1/signed".to_owned()],
        }
    }

    #[test]
    fn mail_without_sender_or_unsubscribe_is_reported() {
        let sender = Item(serde_json::json!({
            "id": { "S": "ws_1" },
            "company": { "M": { "name": { "S": "Northquay" }, "postal_address": { "S": "1 Harbour Walk" } } },
        }));
        let fault = |mail: &ObservedEmail| faults(&[&sender], mail);
        assert_eq!(fault(&mail()), None);
        assert!(!is_to_own_mailbox(&mail()));
        let told = |change: &dyn Fn(&mut ObservedEmail)| {
            let mut mail = mail();
            change(&mut mail);
            fault(&mail).unwrap_or_default()
        };
        assert!(told(&|mail| mail.unsubscribe = None).contains("has no way out"));
        assert!(told(&|mail| mail.tag = Some("msg_2".to_owned())).contains("can be left at"));
        let of_another = "http://app.example/t/c/ws_1/msg_2/signed?u=x";
        assert!(told(&|mail| mail.links.push(of_another.to_owned())).contains("leads to"));
        assert!(told(&|mail| mail.text = mail.text.replace("1 Harbour Walk", "")).contains("does not say"));
        assert!(
            told(&|mail| mail.text = mail.text.replace("Unsubscribe", "").replace("/u/", ""))
                .contains("way out")
        );
    }
}
