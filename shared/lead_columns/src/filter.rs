//! Which rows a rule selects: each condition gives a set of rows, and groups join the sets.

use crate::bits::Bits;
use crate::listed::{TextField, id_of, temperature_of, time};
use crate::text_column::{SetColumn, TextColumn, size_of};
use crate::{DO_NOT_CONTACT, HIGH, LeadColumns, NO_RATING, NO_REVIEWS, NO_TIME, POSSIBLE_OPT_OUT};
use domain::icp::Icp;
use domain::lead::custom_field::{CustomFields, FieldKind};
use domain::lead::score::{moving_points, temperature};
use domain::lead::segment::{FitField, ListField, SegmentCondition, SegmentRule, Test, day_of, days_of};
use domain::lead::stage::{LostReasonId, StageId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::cell::RefCell;
use std::rc::Rc;

/// The points of every row by one fit; none where it has no fit.
type Fits = Rc<[Option<u8>]>;

/// What a rule is read with.
pub(crate) struct Reading<'a> {
    pub(crate) fields: &'a CustomFields,
    /// The ICPs that the rule may name a fit with.
    icps: &'a [Icp],
    pub(crate) now: Timestamp,
    /// The fits that were computed already: a page may filter, sort and show by the same one.
    fits: RefCell<Vec<(FitField, Fits)>>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(fields: &'a CustomFields, icps: &'a [Icp], now: Timestamp) -> Self {
        Self { fields, icps, now, fits: RefCell::default() }
    }

    /// What an ICP's own rules are read with: they name no fit.
    pub(crate) fn within_icp(&self) -> Reading<'a> {
        Reading::new(self.fields, &[], self.now)
    }
}

impl LeadColumns {
    /// The rows of leads that the rule selects. A condition that names no field, or makes no sense, selects none.
    pub(crate) fn selected(&mut self, rule: &SegmentRule, with: &Reading<'_>) -> Bits {
        match rule {
            SegmentRule::All(rules) => {
                let mut rows = self.live.clone();
                for rule in rules {
                    rows.and(&self.selected(rule, with));
                }
                rows
            }
            SegmentRule::Any(rules) => self.any(rules, with),
            SegmentRule::None(rules) => {
                let mut rows = self.any(rules, with).not();
                rows.and(&self.live);
                rows
            }
            SegmentRule::If(condition) => {
                let mut rows = self.passing(condition, with);
                rows.and(&self.live);
                rows
            }
        }
    }

    fn any(&mut self, rules: &[SegmentRule], with: &Reading<'_>) -> Bits {
        let mut rows = Bits::none(self.ids.len());
        for rule in rules {
            rows.or(&self.selected(rule, with));
        }
        rows
    }

    pub(crate) fn passing(&mut self, condition: &SegmentCondition, with: &Reading<'_>) -> Bits {
        let rows = self.ids.len();
        let Some(field) = ListField::named(&condition.field, with.fields) else { return Bits::none(rows) };
        if !field.shape().has_test(&condition.test) {
            return Bits::none(rows);
        }
        // What is not something is whatever does not pass the opposite test, no value included.
        let opposite = match &condition.test {
            Test::IsNot(values) => Some(Test::Is(values.clone())),
            Test::Lacks(text) => Some(Test::Contains(text.clone())),
            Test::Filled(false) => Some(Test::Filled(true)),
            _ => None,
        };
        match opposite {
            Some(test) => {
                self.passing(&SegmentCondition { field: condition.field.clone(), test }, with).not()
            }
            None => self.passes(field, &condition.test, with),
        }
    }

    /// The fit of every row with the ICP that a field means; none has a fit with an ICP that is not there.
    pub(crate) fn fit(&mut self, field: FitField, with: &Reading<'_>) -> Rc<[Option<u8>]> {
        let known =
            with.fits.borrow().iter().find(|(known, _)| *known == field).map(|(_, fits)| fits.clone());
        if let Some(known) = known {
            return known;
        }
        let fits: Rc<[Option<u8>]> = match Icp::of_field(with.icps, field) {
            Some(icp) => self.fits(&icp.profile, with).into(),
            None => vec![None; self.ids.len()].into(),
        };
        with.fits.borrow_mut().push((field, fits.clone()));
        fits
    }

    fn passes(&mut self, field: ListField<'_>, test: &Test, with: &Reading<'_>) -> Bits {
        let rows = self.ids.len();
        match field {
            ListField::Fit(field) => {
                let wanted = Sizes::of(test);
                let fits = self.fit(field, with);
                Bits::of(&fits, |fit| fit.is_some_and(|fit| wanted.has(i64::from(fit) * 10_000)))
            }
            ListField::Custom(field) => match self.custom.get_mut(&field.key) {
                Some(column) => custom(column, &field.kind, test, with.now),
                None => Bits::none(rows),
            },
            ListField::Fixed(field) if field.name == "name" => text(self.names(), test),
            ListField::Fixed(field) if field.name == "company_domain" => text(self.company_domains(), test),
            ListField::Fixed(field) => match TextField::named(field.name) {
                Some(named) => text(&mut self.texts[named as usize], test),
                None => self.other(field.name, test, with.now),
            },
        }
    }

    fn other(&mut self, name: &str, test: &Test, now: Timestamp) -> Bits {
        let rows = self.ids.len();
        match name {
            "status" => {
                let wanted = numbers(test, |code| StageId::parse(code).map(StageId::number));
                Bits::of(&self.status, |stage| wanted.as_ref().is_none_or(|wanted| wanted.contains(stage)))
            }
            "lost_reason" => {
                let wanted = numbers(test, |code| LostReasonId::parse(code).map(LostReasonId::number));
                Bits::of(&self.lost_reasons, |reason| {
                    let reason = reason.checked_sub(1);
                    reason.is_some_and(|reason| wanted.as_ref().is_none_or(|wanted| wanted.contains(&reason)))
                })
            }
            "priority" => {
                let wanted = [is(test, "normal"), is(test, "high")];
                Bits::of(&self.flags, |flags| wanted[usize::from(flags & HIGH != 0)])
            }
            "do_not_contact" => {
                let wanted = [is(test, "no"), is(test, "yes")];
                Bits::of(&self.flags, |flags| wanted[usize::from(flags & DO_NOT_CONTACT != 0)])
            }
            "possible_opt_out" => {
                let wanted = [is(test, "no"), is(test, "yes")];
                Bits::of(&self.flags, |flags| wanted[usize::from(flags & POSSIBLE_OPT_OUT != 0)])
            }
            "owner" => self.owned(test),
            "tag" => several(&self.tags, test),
            "campaign" => several(&self.campaigns, test),
            "rating" => {
                let wanted = Sizes::of(test);
                Bits::of(&self.ratings, |rating| *rating != NO_RATING && wanted.has(i64::from(*rating)))
            }
            "reviews" => {
                let wanted = Sizes::of(test);
                Bits::of(&self.reviews, |count| {
                    *count != NO_REVIEWS && wanted.has(i64::from(*count) * 10_000)
                })
            }
            "score" => {
                let wanted = Sizes::of(test);
                let mut rows = Bits::all(rows);
                rows.keep(|row| wanted.has(i64::from(self.score(row, now)) * 10_000));
                rows
            }
            "temperature" => {
                let wanted = [is(test, "cold"), is(test, "warm"), is(test, "hot")];
                let mut rows = Bits::all(rows);
                rows.keep(|row| wanted[self.temperature_at(row, now)]);
                rows
            }
            "stage_since" => timed(&self.stage_since, test, now),
            "created" => timed(&self.created, test, now),
            "updated" => timed(&self.updated, test, now),
            "follow_up" => timed(&self.follow_up, test, now),
            "last_contacted" => timed(&self.last_contacted, test, now),
            _ => Bits::none(rows),
        }
    }

    /// The rows whose owner is one that the test names by id; `none` stands for no owner.
    fn owned(&mut self, test: &Test) -> Bits {
        let Test::Is(values) = test else { return self.owners.rows_filled() };
        let ulid = |id: &str| id.rsplit('_').next().unwrap_or_default().to_lowercase();
        let wanted: Vec<String> = values.iter().map(|id| ulid(id.trim())).collect();
        let mut rows = self.owners.rows_with(|owner| wanted.iter().any(|wanted| wanted == owner));
        if wanted.iter().any(|id| id == "none") {
            rows.or(&self.owners.rows_without());
        }
        rows
    }

    /// The score of a row's lead at a time.
    pub(crate) fn score(&self, row: usize, now: Timestamp) -> u8 {
        let moving = match self.moving_at[row] {
            0 => 0,
            at => moving_points(&self.moving[at as usize - 1].engagement(), now),
        };
        self.standing[row].saturating_add(moving).min(100)
    }

    pub(crate) fn temperature_at(&self, row: usize, now: Timestamp) -> usize {
        let hot_since = match self.moving_at[row] {
            0 => None,
            at => self.moving[at as usize - 1].hot_since.and_then(time),
        };
        temperature(self.score(row, now), temperature_of(self.temperature[row]), hot_since, now) as usize
    }

    /// The id of a row's lead.
    pub(crate) fn id(&self, row: usize) -> domain::LeadId {
        id_of(self.ids[row])
    }
}

/// The numbers of the codes that a test asks for; none if it asks for any.
fn numbers(test: &Test, number: impl Fn(&str) -> Option<u8>) -> Option<Vec<u8>> {
    let Test::Is(values) = test else { return None };
    Some(values.iter().filter_map(|value| number(value.trim())).collect())
}

fn is(test: &Test, word: &str) -> bool {
    match test {
        Test::Is(values) => values.iter().any(|value| value.trim().eq_ignore_ascii_case(word)),
        _ => true,
    }
}

fn text(column: &mut TextColumn, test: &Test) -> Bits {
    match test {
        Test::Is(values) => {
            let wanted: Vec<String> = values.iter().map(|value| value.trim().to_lowercase()).collect();
            column.rows_with(|text| wanted.iter().any(|wanted| wanted == text))
        }
        Test::Contains(part) => {
            let part = part.to_lowercase();
            let part = memchr::memmem::Finder::new(&part);
            column.rows_with(|text| part.find(text.as_bytes()).is_some())
        }
        Test::StartsWith(part) => {
            let part = part.trim_start().to_lowercase();
            column.rows_with(|text| text.starts_with(&part))
        }
        _ => column.rows_filled(),
    }
}

fn custom(column: &mut TextColumn, kind: &FieldKind, test: &Test, now: Timestamp) -> Bits {
    match (kind, test) {
        (_, Test::Filled(_)) => column.rows_filled(),
        (FieldKind::Text | FieldKind::Url | FieldKind::Choice { .. } | FieldKind::Person, _) => {
            text(column, test)
        }
        (FieldKind::Check, _) => {
            let wanted = [is(test, "no"), is(test, "yes")];
            column.rows_with(|text| wanted[usize::from(text == "yes")] && matches!(text, "yes" | "no"))
        }
        (FieldKind::Choices { .. }, Test::Is(values) | Test::HasAll(values)) => {
            let wanted: Vec<String> = values.iter().map(|value| value.trim().to_lowercase()).collect();
            let all = matches!(test, Test::HasAll(_));
            column.rows_with(|text| {
                let mut has = wanted.iter().map(|wanted| text.split("; ").any(|own| own == wanted));
                if all { has.all(|has| has) } else { has.any(|has| has) }
            })
        }
        (FieldKind::Number | FieldKind::Money { .. } | FieldKind::Date, Test::Is(values)) => {
            let wanted: Vec<i64> = values.iter().filter_map(|value| size_of(kind, value)).collect();
            column.rows_of_size(kind, |size| wanted.contains(&size))
        }
        (FieldKind::Date, _) => {
            let Some((from, to)) = days_of(test, day_of(now)) else { return Bits::none(column.rows()) };
            let day = |day: Date| size_of(kind, &day.to_string()).unwrap_or(0);
            let (low, high) = (from.map_or(i64::MIN, day), to.map_or(i64::MAX, day));
            column.rows_of_size(kind, |size| (low..=high).contains(&size))
        }
        (FieldKind::Number | FieldKind::Money { .. }, _) => {
            let (low, high) = match test {
                Test::AtLeast(value) => (size_of(kind, value).unwrap_or(i64::MAX), i64::MAX),
                Test::AtMost(value) => (i64::MIN, size_of(kind, value).unwrap_or(i64::MIN)),
                _ => return Bits::none(column.rows()),
            };
            column.rows_of_size(kind, |size| (low..=high).contains(&size))
        }
        _ => Bits::none(column.rows()),
    }
}

fn several(column: &SetColumn, test: &Test) -> Bits {
    let (Test::Is(values) | Test::HasAll(values)) = test else {
        return column.rows_with(|_| true, |members| members > 0);
    };
    let bare = |text: &str| text.trim().rsplit("campaign_").next().unwrap_or_default().to_lowercase();
    let wanted: Vec<String> = values.iter().map(|value| bare(value)).collect();
    let is_wanted = |text: &str| wanted.iter().any(|wanted| *wanted == text.to_lowercase());
    if matches!(test, Test::Is(_)) {
        return column.rows_with(is_wanted, |members| members > 0);
    }
    let distinct: std::collections::BTreeSet<&String> = wanted.iter().collect();
    column.rows_with(is_wanted, |members| members == distinct.len())
}

/// The numbers that pass a test, in ten-thousandths.
enum Sizes {
    OneOf(Vec<i64>),
    Between(i64, i64),
}

impl Sizes {
    /// A number that cannot be read lets nothing pass.
    fn of(test: &Test) -> Self {
        let size = |text: &str| size_of(&FieldKind::Number, text);
        match test {
            Test::Is(values) => Self::OneOf(values.iter().filter_map(|value| size(value)).collect()),
            Test::AtLeast(value) => Self::Between(size(value).unwrap_or(i64::MAX), i64::MAX),
            Test::AtMost(value) => Self::Between(i64::MIN, size(value).unwrap_or(i64::MIN)),
            _ => Self::Between(i64::MIN, i64::MAX),
        }
    }

    fn has(&self, size: i64) -> bool {
        match self {
            Self::OneOf(sizes) => sizes.contains(&size),
            Self::Between(low, high) => (*low..=*high).contains(&size),
        }
    }
}

fn timed(times: &[i64], test: &Test, now: Timestamp) -> Bits {
    let Some((from, to)) = days_of(test, day_of(now)) else { return Bits::of(times, |at| *at != NO_TIME) };
    let start =
        |day: Date| day.to_zoned(TimeZone::UTC).map_or(i64::MAX, |at| at.timestamp().as_microsecond());
    let low = from.map_or(NO_TIME + 1, start);
    let end = to.map_or(i64::MAX, |day| day.tomorrow().map_or(i64::MAX, start));
    Bits::of(times, |at| *at >= low && *at < end && *at != NO_TIME && time(*at).is_some())
}
