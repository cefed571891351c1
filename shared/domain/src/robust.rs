//! Properties of everything that reads text from outside: no input makes it panic.

use crate::lead::opening_line::check::accept;
use crate::message::identity::{AnswerHeaders, base_subject, candidates};
use crate::message::mail_body::{End, Footer, MailParts, mail_body};
use crate::message::sms::{is_start_word, sms_segments};
use crate::sequence::merge_fields::MergeContext;
use crate::sequence::render::{Escaping, check, render};
use proptest::prelude::*;

/// Pieces that look like what the readers look for, mixed with arbitrary text.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        ".{0,12}",
        "[0-9]{1,6}[./ -][0-9]{1,3}[./ -]?[0-9]{0,5}",
        prop::sample::select(vec![
            "until ",
            "8th September",
            "On ",
            " wrote:\n",
            "> ",
            "\n\n",
            "-- \n",
            "https://a.test/(",
            "{{ ",
            " }}",
            "{% if ",
            " %}",
            "first_name",
            "Re:",
            "Re[",
            "AW：",
            "remove me",
            "dont ",
            "5.1.1",
            "550-",
            "Status: ",
            "Final-Recipient: rfc822;",
            "\r\n ",
            "<a@b.test>",
            "İ",
            "ß",
            "\u{301}",
            "'",
            "*",
            "|",
            "From:",
            "To:",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_reader_panic(a in text(), b in text()) {
        base_subject(&a);
        candidates(&AnswerHeaders { recipients: vec![a.clone()], in_reply_to: b.clone(), references: a.clone() });
        is_start_word(&a);
        sms_segments(&a);
        prop_assert!(accept(&a, &[]).is_err());
        let refused = check(&a).is_err_and(|error| matches!(error, crate::sequence::render::TemplateError::Syntax { .. }));
        let rendered = render(&a, &MergeContext::default().with("first_name", &b), Escaping::Html);
        prop_assert!(!refused || rendered.is_err());
        let rewrite = |link: &str| link.to_owned();
        let footer = Footer { company: &b, postal_address: &b, unsubscribe_url: None };
        let body = mail_body(&a, &MailParts { rewrite: &rewrite, pixel_url: None, hidden_url: None, end: End::Footer(footer) });
        prop_assert!(!body.html.contains("<script"));
    }
}
