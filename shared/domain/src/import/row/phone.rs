//! A row's phone number.

use super::{BadPhoneCell, Building};
use crate::contact::phone_number::{BadPhone, PhoneNumber};
use crate::import::clean;
use crate::placeholder::is_placeholder_of_phone;

impl Building<'_> {
    /// Reads a number as one of the country that the row names or that a user chose, else as one that is likely of the
    /// import's country.
    fn phone(&self, text: &str) -> Result<PhoneNumber, BadPhone> {
        let options = self.mapper.options;
        match (self.place, options.default_country) {
            (Some(country), _) => PhoneNumber::parse_of(text, country),
            (None, Some(country)) if options.country_chosen => PhoneNumber::parse_answered(text, country),
            (None, country) => PhoneNumber::parse(text, country),
        }
    }

    pub(super) fn take_phone(&mut self, column: Option<usize>) -> BadPhoneCell {
        let row = self.row;
        let mut bad = None;
        if let Some(column) = column {
            let text = clean::line(row.field(column));
            if !text.is_empty() && !is_placeholder_of_phone(&text) {
                let whole = self.phone(&text);
                let found = whole.or_else(|why| {
                    let parts = || clean::phones(&text);
                    let several = parts().nth(1).is_some();
                    let part = several.then(|| parts().find_map(|part| self.phone(part).ok()));
                    part.flatten().ok_or(why)
                });
                match found {
                    Ok(number) => {
                        if self.has_another(&text, &number) {
                            self.warn(self.header(column), "holds several numbers: the first is used");
                            self.keep_custom(self.header(column), &text);
                        }
                        self.lead.phone = Some(number);
                        self.keep_extension(column, &text);
                        return None;
                    }
                    Err(why) => bad = Some((clean::limited(&text, 100).0.to_owned(), why)),
                }
            }
        }
        for &spare in &self.mapper.spare_phones {
            let text = clean::line(row.field(spare));
            if text.is_empty() || is_placeholder_of_phone(&text) {
                continue;
            }
            if let Ok(number) = self.phone(&text) {
                self.lead.phone = Some(number);
                self.keep_extension(spare, &text);
                if let (Some((text, why)), Some(column)) = (&bad, column) {
                    let from = self.header(spare);
                    self.warn(self.header(column), format!("'{text}' {why}: the number in '{from}' is used"));
                    self.lead.phone_unparsed = Some(text.clone());
                }
                return None;
            }
        }
        bad
    }

    /// Whether the cell has a number besides the one that is used.
    fn has_another(&self, text: &str, used: &PhoneNumber) -> bool {
        let parts: Vec<&str> = clean::phones(text).collect();
        parts.len() > 1 && parts.iter().filter_map(|part| self.phone(part).ok()).any(|number| number != *used)
    }

    /// Keeps an extension as a custom field: it is no use for texts, but for callers.
    fn keep_extension(&mut self, column: usize, text: &str) {
        if let Some(extension) = PhoneNumber::extension(text) {
            let header = format!("{} extension", self.header(column));
            self.keep_custom(&header, &extension);
        }
    }
}
