//! The lead that a prospect becomes, and what is known of a prospect in a lead's fields.

use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::Lead;
use domain::lead::attributes::LeadText;
use domain::lead::data_field::{DataField, DataSubject};
use domain::prospect::Prospect;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;

type Values = BTreeMap<DataField, String>;

/// Makes a lead of what a provider told. A value that is masked is left out.
pub(super) fn lead_of(
    (id, workspace): (LeadId, &WorkspaceId),
    values: &Values,
    masked: &[DataField],
    home: Country,
    at: Timestamp,
) -> Lead {
    let mut lead = Lead::blank(id, workspace.clone(), at);
    let value = |field: DataField| {
        let known = values.get(&field).filter(|_| !masked.contains(&field));
        known.map(|text| text.trim()).filter(|text| !text.is_empty())
    };
    if let Some(name) = value(DataField::FullName) {
        let (first, last) = name.split_once(char::is_whitespace).map_or((name, None), |(f, l)| (f, Some(l)));
        put(&mut lead, LeadText::FirstName, Some(first));
        put(&mut lead, LeadText::LastName, last);
    }
    for (text, field) in [
        (LeadText::Company, DataField::CompanyName),
        (LeadText::JobTitle, DataField::JobTitle),
        (LeadText::Website, DataField::CompanyWebsite),
        (LeadText::Linkedin, DataField::LinkedinUrl),
        (LeadText::Address, DataField::CompanyAddress),
        (LeadText::City, DataField::City),
        (LeadText::Category, DataField::Industry),
    ] {
        put(&mut lead, text, value(field));
    }
    lead.country = value(DataField::Country).and_then(Country::from_name);
    lead.email = value(DataField::Email).and_then(|text| EmailAddress::parse_given(text).ok());
    let region = Some(lead.country.unwrap_or(home));
    let number = |field| value(field).and_then(|text| PhoneNumber::parse(text, region).ok());
    lead.phone = number(DataField::MobilePhone).or_else(|| number(DataField::CompanyPhone));
    lead
}

fn put(lead: &mut Lead, text: LeadText, value: Option<&str>) {
    let value = value.map(|value| value.trim().chars().take(text.longest()).collect::<String>());
    *text.value_mut_in(lead) = value.filter(|value| !value.is_empty() && !text.is_missing_in(value));
}

/// Returns what the provider is asked about a prospect that it found.
pub(super) fn subject_of(prospect: &Prospect) -> DataSubject {
    let told = |field: DataField| {
        let known = prospect.value(field).filter(|_| !prospect.masked.contains(&field));
        known.map(str::to_owned)
    };
    DataSubject {
        provider_id: prospect.provider_id.clone(),
        full_name: told(DataField::FullName),
        linkedin_url: told(DataField::LinkedinUrl),
        company: told(DataField::CompanyName),
        domain: told(DataField::CompanyWebsite).as_deref().and_then(domain_of),
        ..DataSubject::default()
    }
}

/// Returns the domain of a website, without `www.`.
pub(super) fn domain_of(website: &str) -> Option<String> {
    let host = website.split("://").last()?.split(['/', '?', '#', ':']).next()?.trim().to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    host.contains('.').then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lead_has_what_the_provider_told_and_nothing_that_is_masked() {
        let values: Values = [
            (DataField::FullName, "Ann van der Lee"),
            (DataField::Email, "Ann@Acme.example"),
            (DataField::CompanyPhone, "(214) 555-0101"),
            (DataField::Country, "United States"),
            (DataField::Industry, "construction"),
        ]
        .into_iter()
        .map(|(field, text)| (field, text.to_owned()))
        .collect();
        let at = Timestamp::UNIX_EPOCH;
        let ids = || (LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]));
        let home = Country::parse("DE").unwrap();
        let (id, workspace) = ids();
        let lead = lead_of((id, &workspace), &values, &[], home, at);
        assert_eq!(
            (lead.first_name.as_deref(), lead.last_name.as_deref()),
            (Some("Ann"), Some("van der Lee"))
        );
        assert_eq!(lead.email.unwrap().as_str(), "ann@acme.example");
        assert_eq!(lead.phone.unwrap().as_str(), "+12145550101", "the number is one of the lead's country");
        assert_eq!(lead.category.as_deref(), Some("construction"));
        let (id, workspace) = ids();
        let masked = lead_of((id, &workspace), &values, &[DataField::FullName, DataField::Email], home, at);
        assert_eq!((masked.first_name, masked.email), (None, None));
    }
}
