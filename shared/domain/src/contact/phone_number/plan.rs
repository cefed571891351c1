//! Numbering plans, compiled from the phonenumber crate's metadata when their calling code is first met.

use super::pattern::Pattern;
use crate::contact::country::Country;
use phonenumber::metadata::{DATABASE, Descriptor, Metadata};
use std::sync::OnceLock;

/// The numbering plan of one calling code (such as 1 or 44).
pub(super) struct Plan {
    territories: Vec<Territory>,
}

pub(super) struct Territory {
    /// The ISO code of the country, or `001` for a code that belongs to none.
    pub id: String,
    pub code: u16,
    code_text: String,
    /// The trunk prefix, dialled before an area code within the country.
    trunk: String,
    /// Other prefixes that may stand before a number, such as the choice of a carrier.
    before: Option<Pattern>,
    idd: Option<Pattern>,
    leading: Option<Pattern>,
    general: Rule,
    kinds: Vec<Rule>,
    ordinary: Vec<Rule>,
    higher_rate: Vec<Rule>,
}

struct Rule {
    /// Possible lengths: bit n is set if a number may have n digits.
    lengths: u32,
    pattern: Pattern,
}

impl Rule {
    fn of(descriptor: &Descriptor) -> Self {
        let lengths = descriptor.possible_length().iter().fold(0, |bits, n| bits | 1u32 << (*n).min(31));
        Self { lengths, pattern: Pattern::new(descriptor.national_number().as_str()) }
    }

    fn allows(&self, national: &str) -> bool {
        let possible = self.lengths == 0 || national.len() < 32 && self.lengths & (1 << national.len()) != 0;
        possible && self.pattern.begins(national)
    }
}

impl Territory {
    fn of(metadata: &Metadata) -> Self {
        let kinds = metadata.descriptors();
        let rules = |kinds: &[Option<&Descriptor>]| kinds.iter().copied().flatten().map(Rule::of).collect();
        let ordinary = rules(&[kinds.mobile(), kinds.fixed_line()]);
        let higher_rate = rules(&[kinds.premium_rate(), kinds.shared_cost(), kinds.personal_number()]);
        let mut kinds: Vec<Rule> = [
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
        ]
        .into_iter()
        .flatten()
        .map(Rule::of)
        .collect();
        // If fixed and mobile numbers cannot be told apart, they are one rule.
        kinds.dedup_by(|a, b| a.lengths == b.lengths && a.pattern.source() == b.pattern.source());
        Self {
            id: metadata.id().to_owned(),
            code: metadata.country_code(),
            code_text: metadata.country_code().to_string(),
            trunk: metadata.national_prefix().unwrap_or("").to_owned(),
            before: metadata.national_prefix_for_parsing().map(|p| Pattern::new(p.as_str())),
            idd: metadata.international_prefix().map(|p| Pattern::new(p.as_str())),
            leading: metadata.leading_digits().map(|p| Pattern::new(p.as_str())),
            general: Rule::of(metadata.descriptors().general()),
            kinds,
            ordinary,
            higher_rate,
        }
    }

    /// The trunk prefix, dialled before an area code within the country; empty if there is none.
    pub(super) fn trunk(&self) -> &str {
        &self.trunk
    }

    pub(super) fn allows(&self, national: &str) -> bool {
        self.general.allows(national) && self.kinds.iter().any(|kind| kind.allows(national))
    }

    /// Whether a minute to this number costs more than one to a phone, and part of it goes to whoever has the number. Where
    /// the plan does not tell such a number from a phone's, it is taken for a phone's.
    pub(super) fn has_higher_rate(&self, national: &str) -> bool {
        let is_one_of = |rules: &[Rule]| rules.iter().any(|rule| rule.allows(national));
        is_one_of(&self.higher_rate) && !is_one_of(&self.ordinary)
    }

    /// The number without its trunk prefix; none if more than that prefix may have to go.
    pub(super) fn significant<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let rest = digits.strip_prefix(self.trunk.as_str()).filter(|_| !self.trunk.is_empty());
        match (rest, self.before.as_ref().and_then(|before| before.length_at_start(digits))) {
            (None, None) => Some(digits),
            (Some(rest), None) => Some(rest).filter(|rest| !rest.starts_with(&self.trunk)),
            (Some(rest), Some(length)) if length == self.trunk.len() => {
                Some(rest).filter(|rest| !rest.starts_with(&self.trunk))
            }
            _ => None,
        }
    }

    /// Whether nothing but the trunk prefix stands before the number.
    pub(super) fn has_plain_start(&self, digits: &str) -> bool {
        let before = self.before.as_ref().and_then(|before| before.length_at_start(digits));
        before.is_none_or(|length| length == self.trunk.len())
    }

    /// Whether the digits begin with the territory's calling code.
    pub(super) fn is_dialled(&self, digits: &str) -> bool {
        digits.starts_with(&self.code_text)
    }

    /// Whether the digits begin like a call abroad.
    pub(super) fn dials_abroad(&self, digits: &str) -> bool {
        self.idd.as_ref().is_some_and(|idd| idd.begins(digits))
    }
}

impl Plan {
    /// The territory that a number belongs to, and whether it is valid there.
    pub(super) fn owner_of(&self, national: &str) -> Option<(&Territory, bool)> {
        if let [only] = self.territories.as_slice() {
            return Some((only, only.allows(national)));
        }
        self.territories.iter().find_map(|territory| match &territory.leading {
            Some(leading) => leading.begins(national).then(|| (territory, territory.allows(national))),
            None => territory.allows(national).then_some((territory, true)),
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
pub(super) fn of_region(region: Country) -> Option<&'static Territory> {
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
    let plan = of_code(codes[place(region.as_str().as_bytes())?])?;
    plan.territories.iter().find(|territory| territory.id == region.as_str())
}
