//! Collects what a provider told, and reads what is known of a subject: empty texts, placeholders and texts of only
//! spaces are no values.

use crate::wire::excerpt;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::placeholder::{
    is_placeholder_of_country, is_placeholder_of_name, is_placeholder_of_phone, is_placeholder_of_text,
};

#[derive(Default)]
pub(crate) struct Found(DataFound);

impl Found {
    pub fn with(mut self, field: DataField, value: Option<impl AsRef<str>>) -> Self {
        let value = value
            .map(|text| excerpt(text.as_ref()))
            .filter(|text| !text.is_empty() && !is_missing(field, text));
        if let Some(value) = value {
            self.0.values.entry(field).or_insert(value);
        }
        self
    }

    /// Notes how sure the provider is, if it says so in a number from 0 to 100.
    pub fn sure(mut self, confidence: Option<f64>) -> Self {
        let sure = confidence.filter(|sure| (0.0..=100.0).contains(sure));
        self.0.confidence = sure.map(|sure| sure.round() as u8);
        self
    }

    /// Returns what was told; `None` if that is nothing.
    pub fn any(self) -> Option<DataFound> {
        (!self.0.values.is_empty()).then_some(self.0)
    }
}

fn is_missing(field: DataField, text: &str) -> bool {
    match field {
        DataField::FullName => is_placeholder_of_name(text),
        DataField::Country => is_placeholder_of_country(text),
        DataField::MobilePhone | DataField::CompanyPhone => is_placeholder_of_phone(text),
        _ => is_placeholder_of_text(text),
    }
}

/// Returns a part of the subject without spaces around it, if there is anything.
pub(crate) fn known(part: &Option<String>) -> Option<&str> {
    part.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// Returns the first and last name, or the two ends of the whole one.
pub(crate) fn names(subject: &DataSubject) -> Option<(&str, &str)> {
    if let (Some(first), Some(last)) = (known(&subject.first_name), known(&subject.last_name)) {
        return Some((first, last));
    }
    let (first, last) = known(&subject.full_name)?.split_once(char::is_whitespace)?;
    Some((first, last.trim()))
}

/// Returns the company's domain in lower case, without `www.`.
pub(crate) fn domain(subject: &DataSubject) -> Option<String> {
    let domain = known(&subject.domain)?.to_lowercase();
    let domain = domain.strip_prefix("www.").unwrap_or(&domain);
    Some(domain.to_owned()).filter(|domain| domain.contains('.'))
}

/// Returns the name in a person's LinkedIn address: `ann-lee` of `https://www.linkedin.com/in/ann-lee/`.
pub(crate) fn linkedin_handle(subject: &DataSubject) -> Option<&str> {
    let (_, rest) = known(&subject.linkedin_url)?.split_once("linkedin.com/in/")?;
    rest.split(['/', '?', '#']).next().filter(|handle| !handle.is_empty())
}

/// Returns the address of a LinkedIn page: some providers tell only its end, or leave out the scheme.
pub(crate) fn linkedin_url(told: Option<&str>) -> Option<String> {
    let told = told.map(str::trim).filter(|told| !told.is_empty())?;
    Some(match told.split_once("linkedin.com/") {
        Some((_, path)) => format!("https://www.linkedin.com/{path}"),
        None if told.starts_with("in/") || told.starts_with("company/") => {
            format!("https://www.linkedin.com/{told}")
        }
        None if !told.contains(['/', ':', ' ']) => format!("https://www.linkedin.com/in/{told}"),
        None => return None,
    })
}

/// Returns the address of a website that is told as a domain.
pub(crate) fn website(told: Option<&str>) -> Option<String> {
    let told = told.map(str::trim).filter(|told| told.contains('.') && !told.contains(' '))?;
    Some(if told.contains("://") { told.to_owned() } else { format!("https://{told}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_texts_are_no_values() {
        let found = Found::default().with(DataField::City, Some("  ")).with(DataField::Country, None::<&str>);
        assert_eq!(found.sure(Some(80.0)).any(), None);
        let found =
            Found::default().with(DataField::City, Some(" New \n York ")).sure(Some(101.0)).any().unwrap();
        assert_eq!((found.values[&DataField::City].as_str(), found.confidence), ("New York", None));
    }

    #[test]
    fn placeholders_are_no_values() {
        let told = [
            (DataField::FullName, "N/A"),
            (DataField::City, "Unknown"),
            (DataField::CompanyName, "-"),
            (DataField::CompanyPhone, "0"),
            (DataField::JobTitle, "null"),
        ];
        let found =
            told.into_iter().fold(Found::default(), |found, (field, text)| found.with(field, Some(text)));
        assert_eq!(found.any(), None);
        let found = Found::default().with(DataField::FullName, Some("Jennifer Null")).any().unwrap();
        assert_eq!(found.values[&DataField::FullName], "Jennifer Null");
    }

    #[test]
    fn parts_of_a_subject_are_read_however_they_are_written() {
        let some = |text: &str| Some(text.to_owned());
        let subject = DataSubject {
            full_name: some(" Ann van Dyke "),
            domain: some("WWW.Acme.example"),
            linkedin_url: some("http://de.linkedin.com/in/ann-lee/?x=1"),
            ..DataSubject::default()
        };
        assert_eq!(names(&subject), Some(("Ann", "van Dyke")));
        assert_eq!(domain(&subject).as_deref(), Some("acme.example"));
        assert_eq!(linkedin_handle(&subject), Some("ann-lee"));
        let parts = DataSubject { first_name: some("Ann"), last_name: some("Lee"), ..subject };
        assert_eq!(names(&parts), Some(("Ann", "Lee")));
        assert_eq!(names(&DataSubject { full_name: some("Ann"), ..DataSubject::default() }), None);
    }

    #[test]
    fn addresses_are_told_in_many_ways() {
        for told in ["linkedin.com/in/ann-lee", "http://www.linkedin.com/in/ann-lee", "in/ann-lee", "ann-lee"]
        {
            assert_eq!(
                linkedin_url(Some(told)).as_deref(),
                Some("https://www.linkedin.com/in/ann-lee"),
                "{told}"
            );
        }
        assert_eq!(
            linkedin_url(Some("company/acme")).as_deref(),
            Some("https://www.linkedin.com/company/acme")
        );
        assert_eq!(linkedin_url(Some("https://other.example/x")), None);
        assert_eq!(website(Some("acme.example")).as_deref(), Some("https://acme.example"));
        assert_eq!(website(Some("n/a")), None);
    }
}
