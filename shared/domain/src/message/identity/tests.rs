use super::*;
use crate::ids::LeadId;
use jiff::Timestamp;

fn message(name: &str) -> MessageId {
    MessageId::derived(&LeadId::derived(Timestamp::UNIX_EPOCH, &["lead"]), &[name])
}

#[test]
fn internet_id_is_stable_and_leads_back_to_its_message() {
    let id = internet_id(&message("a"), "Mail.Example.com");
    assert_eq!(id, internet_id(&message("a"), "mail.example.com"));
    assert!(id.ends_with("@mail.example.com") && id.is_ascii() && !id.contains('<'));
    assert_eq!(message_of(&id), Some(message("a")));
    assert_eq!(message_of(&id.to_uppercase()), Some(message("a")));
    assert_eq!(message_of("0100018f-abc@email.amazonses.com"), None);
    let base = EmailAddress::parse("replies@example.com").unwrap();
    let address = reply_address(&base, &message("a")).unwrap();
    assert!(address.as_str().starts_with("replies+") && address.local_part().len() <= 64);
    let long = EmailAddress::parse("a-very-long-mailbox-name@example.com").unwrap();
    assert_eq!(reply_address(&long, &message("a")), None);
}

#[test]
fn prefixes_of_many_languages_are_removed() {
    for subject in [
        "Re: Your menu",
        "RE:Your menu",
        "AW: Re: Your menu",
        "Re[2]: Your menu",
        "Re(3): Your menu",
        "SV:  Antw: Your menu",
        "RV: WG:Your menu",
        "Fwd: Fw: Your menu",
        "回复：Your menu",
        "Odp: Your menu",
        " Your menu ",
    ] {
        assert_eq!(base_subject(subject), "Your menu", "{subject}");
    }
    assert_eq!(base_subject("Offer: Re: tables"), "Offer: Re: tables");
    assert_eq!(base_subject("12:30 at the Café: ok?"), "12:30 at the Café: ok?");
    assert_eq!(reply_subject("re: AW: Your menu"), "Re: Your menu");
    assert!(same_subject("Re: Your  Menu", "your menu"));
    assert!(!same_subject("Re: Your menu", "Your invoice"));
}

#[test]
fn candidates_are_token_first_then_the_newest_reference() {
    let ours = |name: &str| internet_id(&message(name), "m.test");
    let base = EmailAddress::parse("replies@m.test").unwrap();
    let token_address = reply_address(&base, &message("token")).unwrap();
    let headers = AnswerHeaders {
        recipients: vec!["boss@m.test".to_owned(), "x+nothing@m.test".to_owned(), token_address.to_string()],
        in_reply_to: format!("<{}>", ours("b")),
        references: format!("<{}>\r\n <stranger@ses.test> <{}>", ours("a"), ours("b")),
    };
    let found: Vec<(MatchRule, String)> = candidates(&headers)
        .into_iter()
        .map(|c| (c.rule, c.message.map_or(c.internet_id, |message| message.to_string())))
        .collect();
    assert_eq!(
        found,
        [
            (MatchRule::ReplyToken, message("token").to_string()),
            (MatchRule::InReplyTo, message("b").to_string()),
            (MatchRule::Reference, "stranger@ses.test".to_owned()),
            (MatchRule::Reference, message("a").to_string()),
        ]
    );
    assert!(candidates(&AnswerHeaders::default()).is_empty());
}
