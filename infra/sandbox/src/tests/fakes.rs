//! The fake of a new provider, as `cargo xtask new-provider` makes it: it accepts what each kind of sender
//! asks for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::fixture::world;
use super::newcomer::Refused;
use crate::{Sandbox, fakes};

/// The tests of a mail provider's fake; those of an SMS provider's are in its own folder.
#[path = "."]
mod by_mail {
    use super::{Refused, takes_what_is_right};

    #[path = "newcomer/email.rs"]
    mod take;

    #[test]
    fn email_fake_accepts_valid_mail_and_names_faults() {
        assert_eq!(take::NUMBER, None);
        takes_what_is_right(take::accept, &take::sample(), take::faults());
    }
}

/// The tests of a WhatsApp provider's fake.
#[path = "."]
mod on_whatsapp {
    use super::{Refused, takes_what_is_right};

    #[path = "newcomer/whatsapp.rs"]
    mod take;

    #[test]
    fn whatsapp_fake_accepts_valid_messages_and_names_faults() {
        takes_what_is_right(take::accept, &take::sample(), take::faults());
    }
}

type Accept = fn(&Sandbox, &[u8]) -> Result<String, Refused>;

fn takes_what_is_right(accept: Accept, right: &Value, faults: Vec<(&'static str, Value, &'static str)>) {
    let world = world();
    accept(&world.sandbox, right.to_string().as_bytes()).unwrap();
    for (field, value, code) in faults {
        let mut body = right.clone();
        body[field] = value;
        let refused = accept(&world.sandbox, body.to_string().as_bytes()).unwrap_err();
        assert_eq!(refused.code, code, "{field}");
    }
    let observed = world.sandbox.observed();
    assert_eq!(observed.emails.len() + observed.sms.len(), 1);
}

#[test]
fn fakes_have_distinct_names_and_numbers() {
    let names: BTreeSet<&str> = fakes::all().map(|fake| fake.name()).collect();
    assert_eq!(names.len(), fakes::all().count());
    let numbers = || fakes::all().filter_map(|fake| fake.number());
    assert_eq!(numbers().collect::<BTreeSet<_>>().len(), numbers().count());
    let known = crate::Credentials::demo();
    assert!(
        numbers().all(|number| !known.is_chat(number) && !known.twilio_numbers.contains(&number.to_owned()))
    );
}
