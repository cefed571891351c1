use super::*;
use crate::contact::email_address::EmailAddress;
use crate::ids::{LeadId, WorkspaceId};
use jiff::Timestamp;

#[test]
fn filled_in_means_a_value_where_there_was_none() {
    let at = Timestamp::UNIX_EPOCH;
    let nobody = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
    let named = |name: &str| Lead { first_name: Some(name.to_owned()), ..nobody.clone() };
    assert!(is_filled_in(&nobody, &named("Ann")));
    assert!(is_filled_in(&named(" "), &named("Ann")), "a space is no name");
    assert!(!is_filled_in(&named("Ann"), &named("Anna")), "there was one");
    assert!(!is_filled_in(&named("Ann"), &nobody));
    let email = EmailAddress::parse("ann@one.example").ok();
    assert!(is_filled_in(&named("Ann"), &Lead { email, ..named("Ann") }));
    let column = |value: &str| Lead {
        custom: BTreeMap::from([("Deal Stage".to_owned(), value.to_owned())]),
        ..nobody.clone()
    };
    assert!(is_filled_in(&nobody, &column("won")) && is_filled_in(&column(""), &column("won")));
    assert!(!is_filled_in(&column("lost"), &column("won")) && !is_filled_in(&nobody, &column(" ")));
}
