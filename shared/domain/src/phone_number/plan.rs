//! Numbering plans compiled from the phonenumber crate's metadata, each once, when its calling code is first met.

use phonenumber::metadata::{DATABASE, Descriptor, Metadata};
use regex::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// What one calling code (such as 1 or 44) allows.
pub(super) struct Plan {
    territories: Vec<Territory>,
}

pub(super) struct Territory {
    /// ISO code, or `001` for a code that belongs to no country.
    pub id: String,
    pub code: u16,
    code_text: String,
    /// Digit dialled before an area code within the country; None where it is more than one plain digit.
    pub trunk: Option<&'static str>,
    idd: Option<Regex>,
    leading: Option<Regex>,
    general: Rule,
    kinds: Vec<Rule>,
}

struct Rule {
    /// Bit n: a number of n digits is possible.
    lengths: u32,
    pattern: Option<Regex>,
}

impl Rule {
    fn of(descriptor: &Descriptor) -> Self {
        let lengths = descriptor.possible_length().iter().fold(0, |bits, n| bits | 1u32 << (*n).min(31));
        Self { lengths, pattern: anchored(descriptor.national_number().as_str()) }
    }

    fn allows(&self, national: &str) -> bool {
        let possible = self.lengths == 0 || national.len() < 32 && self.lengths & (1 << national.len()) != 0;
        possible && self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(national))
    }
}

/// The crate's own cache of compiled patterns holds a hundred: a file of ten countries would compile for every row.
fn anchored(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})")).ignore_whitespace(true).unicode(false).build().ok()
}

impl Territory {
    fn of(metadata: &Metadata) -> Self {
        let kinds = metadata.descriptors();
        let kinds = [
            kinds.mobile(),
            kinds.fixed_line(),
            kinds.toll_free(),
            kinds.premium_rate(),
            kinds.shared_cost(),
            kinds.voip(),
            kinds.personal_number(),
            kinds.pager(),
            kinds.uan(),
            kinds.voicemail(),
        ];
        let prefix = metadata.national_prefix().unwrap_or("");
        let parsing = metadata.national_prefix_for_parsing().map_or("", |p| p.as_str());
        let trunk = match (prefix, parsing) {
            ("", "") => Some(""),
            ("0", "0" | "") => Some("0"),
            ("1", "1" | "") => Some("1"),
            _ => None,
        };
        Self {
            id: metadata.id().to_owned(),
            code: metadata.country_code(),
            code_text: metadata.country_code().to_string(),
            trunk: trunk.filter(|_| metadata.national_prefix_transform_rule().is_none()),
            idd: metadata.international_prefix().and_then(|p| anchored(p.as_str())),
            leading: metadata.leading_digits().and_then(|p| anchored(p.as_str())),
            general: Rule::of(metadata.descriptors().general()),
            kinds: kinds.into_iter().flatten().map(Rule::of).collect(),
        }
    }

    pub(super) fn allows(&self, national: &str) -> bool {
        self.general.allows(national) && self.kinds.iter().any(|kind| kind.allows(national))
    }

    /// The digits begin with its calling code.
    pub(super) fn is_dialled(&self, digits: &str) -> bool {
        digits.starts_with(&self.code_text)
    }

    /// The digits begin as a call abroad does.
    pub(super) fn dials_abroad(&self, digits: &str) -> bool {
        self.idd.as_ref().is_some_and(|idd| idd.is_match(digits))
    }
}

impl Plan {
    /// Whose number it is.
    pub(super) fn territory_of(&self, national: &str) -> Option<&Territory> {
        if let [only] = self.territories.as_slice() {
            return Some(only);
        }
        self.territories.iter().find(|territory| match &territory.leading {
            Some(leading) => leading.is_match(national),
            None => territory.allows(national),
        })
    }
}

/// The plan of a calling code, if it exists.
pub(super) fn of_code(code: u16) -> Option<&'static Plan> {
    static PLANS: [OnceLock<Option<Plan>>; 1000] = [const { OnceLock::new() }; 1000];
    let compile = || {
        let territories: Vec<Territory> = DATABASE.by_code(&code)?.into_iter().map(Territory::of).collect();
        Some(Plan { territories })
    };
    PLANS.get(usize::from(code))?.get_or_init(compile).as_ref()
}

/// The calling code at the start of an international number, with what follows it.
pub(super) fn split(digits: &str) -> Option<(u16, &str)> {
    if digits.starts_with('0') {
        return None;
    }
    (1..=3).find_map(|length| {
        let code = digits.get(..length)?.parse().ok()?;
        of_code(code).map(|_| (code, &digits[length..]))
    })
}

/// The territory of an ISO code.
pub(super) fn of_region(region: [u8; 2]) -> Option<&'static Territory> {
    static CODES: OnceLock<Vec<u16>> = OnceLock::new();
    let place = |id: &[u8]| match id {
        [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => {
            Some(usize::from(a - b'A') * 26 + usize::from(b - b'A'))
        }
        _ => None,
    };
    let codes = CODES.get_or_init(|| {
        let mut codes = vec![0; 26 * 26];
        for metadata in DATABASE.iter() {
            if let Some(place) = place(metadata.id().as_bytes()) {
                codes[place] = metadata.country_code();
            }
        }
        codes
    });
    let plan = of_code(codes[place(&region)?])?;
    plan.territories.iter().find(|territory| territory.id.as_bytes() == region)
}
