//! Companies, which are counted from the addresses of leads.

use super::*;

#[test]
fn companies_are_counted_by_the_domains_of_their_peoples_addresses() {
    let with = |number: u64, email: &str, company: &str| {
        lead(number, |lead| {
            lead.email = EmailAddress::parse(email).ok();
            lead.company = Some(company.to_owned()).filter(|company| !company.is_empty());
        })
    };
    let mut ann = with(1, "ann@quay.example", "Quay");
    ann.updated_at = now();
    ann.status = StageId::WON;
    let ben = with(2, "Ben@QUAY.example", "Quay Ltd");
    let cas = with(3, "cas@quay.example", "");
    let free = with(4, "dan@gmail.com", "Dan's");
    let gone = with(5, "eve@other.example", "Other");
    let none = lead(6, |_| {});
    let mut columns = columns(&[ann, ben, cas, free, gone.clone(), none]);
    columns.remove(&gone.id, 2);
    let found = columns.companies(now());
    assert_eq!(found.len(), 1);
    let quay = &found[0];
    assert_eq!((quay.domain.as_str(), quay.name.as_deref(), quay.leads), ("quay.example", Some("Quay"), 3));
    assert_eq!((quay.in_status(StageId::WON), quay.in_status(StageId::NEW)), (1, 2));
    assert_eq!(columns.company("QUAY.example", now()).as_ref(), Some(quay));
    assert_eq!(columns.company("other.example", now()), None);
    assert_eq!(columns.company("gmail.com", now()), None);
    // A lead that moves to another company is counted there.
    let mut moved = with(2, "ben@new.example", "New");
    moved.rev = 2;
    put(&mut columns, &moved);
    assert_eq!(columns.company("quay.example", now()).map(|quay| quay.leads), Some(2));
    assert_eq!(columns.company("new.example", now()).and_then(|new| new.name), Some("New".to_owned()));
}
