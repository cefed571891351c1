//! Addresses, numbers and the LinkedIn page that a site shows, the most frequent first.

use super::html::Page;
use domain::contact::email_address::EmailAddress;

const MOST: usize = 10;
/// Endings that look like addresses in file names, such as `logo@2x.png`.
const FILES: [&str; 8] = [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".js"];
/// The digits of a phone number with its area code.
const DIGITS: std::ops::RangeInclusive<usize> = 9..=15;

#[derive(Default)]
pub(super) struct Contacts {
    emails: Vec<(String, usize)>,
    /// The numbers as they are written, with their digits.
    phones: Vec<((String, String), usize)>,
    linkedin: Vec<(String, usize)>,
}

impl Contacts {
    pub fn read(&mut self, page: &Page) {
        for link in &page.links {
            let href = link.href.as_str();
            if let Some(address) = without_prefix(href, "mailto:") {
                self.email(address.split('?').next().unwrap_or_default());
            } else if let Some(number) = without_prefix(href, "tel:") {
                self.phone(number);
            } else if let Some(page) = company_page(href) {
                count(&mut self.linkedin, page);
            }
        }
        for line in &page.lines {
            for word in line.split(|c: char| c.is_whitespace() || "<>()[]{},;:\"'|".contains(c)) {
                if word.contains('@') {
                    self.email(word.trim_matches(['.', '-', '!', '?']));
                }
            }
            for number in numbers(line) {
                self.phone(number);
            }
        }
    }

    fn email(&mut self, text: &str) {
        let text = text.trim().to_lowercase();
        let is_file = FILES.iter().any(|ending| text.ends_with(ending));
        if let Ok(address) = EmailAddress::parse_given(&text)
            && !is_file
        {
            count(&mut self.emails, address.as_str().to_owned());
        }
    }

    fn phone(&mut self, text: &str) {
        let text = text.split(';').next().unwrap_or_default().replace("%20", " ");
        let text = text.trim().trim_end_matches(['-', '.', '/', '(']).trim();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if !DIGITS.contains(&digits.len()) {
            return;
        }
        match self.phones.iter_mut().find(|((_, known), _)| *known == digits) {
            Some((_, times)) => *times += 1,
            None => self.phones.push(((text.to_owned(), digits), 1)),
        }
    }

    pub fn sorted(self) -> (Vec<String>, Vec<String>, Option<String>) {
        let phones = self.phones.into_iter().map(|((text, _), times)| (text, times)).collect();
        (most_frequent(self.emails), most_frequent(phones), most_frequent(self.linkedin).into_iter().next())
    }
}

fn count(counted: &mut Vec<(String, usize)>, value: String) {
    match counted.iter_mut().find(|(known, _)| *known == value) {
        Some((_, times)) => *times += 1,
        None => counted.push((value, 1)),
    }
}

fn most_frequent(mut counted: Vec<(String, usize)>) -> Vec<String> {
    // The sort is stable: among equals the first seen stays first.
    counted.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    counted.into_iter().map(|(value, _)| value).take(MOST).collect()
}

fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let begins = text.get(..prefix.len())?.eq_ignore_ascii_case(prefix);
    begins.then(|| &text[prefix.len()..])
}

/// The company's page at LinkedIn, without what follows its name.
fn company_page(href: &str) -> Option<String> {
    let (_, rest) = href.split_once("linkedin.com/company/")?;
    let name = rest.split(['/', '?', '#']).next().filter(|name| !name.is_empty())?;
    Some(format!("https://www.linkedin.com/company/{name}"))
}

/// Parts of a line that are written like phone numbers: they begin with `+`, `0` or a bracket, or are grouped as
/// American numbers are.
fn numbers(line: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_digit() || "+()-./ \u{a0}\u{2011}\u{2013}".contains(c);
    line.split(|c: char| !is_part(c)).map(str::trim).filter(|text| looks_like_number(text)).collect()
}

fn looks_like_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let groups: Vec<usize> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).map(str::len).collect();
    let is_american = matches!(groups.as_slice(), [3, 3, 4] | [1, 3, 3, 4] | [10]);
    // Dates and sums have dots and dashes, too, but neither this many digits nor this beginning.
    DIGITS.contains(&digits) && (text.starts_with(['+', '0', '(']) || is_american)
}

#[cfg(test)]
mod tests {
    use super::super::html::read_page;
    use super::*;

    #[test]
    fn contacts_come_from_links_and_text_most_frequent_first() {
        let mut contacts = Contacts::default();
        contacts.read(&read_page(
            "<p>Write to sales@acme.example, info@acme.example. Logo: logo@2x.png<p>Call (518)519-6001 or 790.683.8637
             <p>Since 2012-10-04 we sold 1,234,567,890 tiles, order 12345678
             <a href='MAILTO:Info@Acme.example?subject=x'>write</a><a href='tel:+49%2030%20901820'>call</a>
             <a href='https://de.linkedin.com/company/acme-roofs/?trk=x'>in</a><a href='https://linkedin.com/in/joe'>Joe</a>",
        ));
        contacts.read(&read_page("<p>Phone: 518 519 6001 · not@@an.address"));
        let (emails, phones, linkedin) = contacts.sorted();
        assert_eq!(emails, ["info@acme.example", "sales@acme.example"]);
        assert_eq!(phones, ["(518)519-6001", "+49 30 901820", "790.683.8637"]);
        assert_eq!(linkedin.as_deref(), Some("https://www.linkedin.com/company/acme-roofs"));
    }
}
