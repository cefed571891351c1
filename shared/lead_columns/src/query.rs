//! A page of the list.

use crate::LeadColumns;
use crate::filter::Reading;
use crate::sort::Place;
use crate::words::{Words, each_word};
use domain::icp::Icp;
use domain::lead::custom_field::CustomFields;
use domain::lead::segment::{FitField, ListField, SegmentRule};
use domain::{LeadId, mutant};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a page is asked for.
#[derive(Debug)]
pub struct ListQuery<'a> {
    pub rule: &'a SegmentRule,
    /// Words that the lead must have, each at the beginning of one of its words.
    pub words: &'a str,
    pub sort: ListField<'a>,
    pub descending: bool,
    pub limit: usize,
    /// The last lead of the page before.
    pub after: Option<&'a Position>,
    /// The instant as of which scores are computed and days are counted.
    pub now: Timestamp,
    pub fields: &'a CustomFields,
    /// The ICPs whose fits the query may name.
    pub icps: &'a [Icp],
    /// The fits that rows show.
    pub shown_fits: &'a [FitField],
}

/// The place of a lead in the order of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub(crate) number: Option<i64>,
    pub(crate) text: Option<String>,
    pub(crate) id: u128,
}

/// A page: the leads in their order, the number of all that match, and where the next page begins.
#[derive(Debug)]
pub struct Page {
    pub leads: Vec<LeadId>,
    /// The rows of the leads in the columns; they stay valid until the columns change.
    pub rows: Vec<usize>,
    /// The fits that were asked for, of each of the leads.
    pub fits: Vec<Vec<Option<u8>>>,
    pub total: usize,
    /// The last lead, if more follow.
    pub next: Option<Position>,
}

impl LeadColumns {
    /// Reads a page. It takes the columns for itself, because it makes orders and lower-case forms when they are first
    /// needed, and keeps them.
    pub fn page(&mut self, query: &ListQuery<'_>) -> Page {
        let with = Reading::new(query.fields, query.icps, query.now);
        let mut matching = self.selected(query.rule, &with);
        self.search(&mut matching, query.words);
        self.prepare_sort(query.sort);
        let sorting = match query.sort {
            ListField::Fit(field) => Some(self.fit(field, &with)),
            _ => None,
        };
        let shown: Vec<_> = query.shown_fits.iter().map(|field| self.fit(*field, &with)).collect();
        let keys = self.sort_keys((query.sort, sorting.as_deref()), query.descending, query.now, query.after);
        let limit = query.limit.max(1);
        let mut best = Best::new(limit + 1);
        let mut total = 0;
        for row in matching.rows() {
            total += 1;
            let place = keys.place(row);
            if keys.is_on_page(&place) {
                best.meet(place, row);
            }
        }
        let mut best = best.in_order();
        let more = best.len() > limit;
        best.truncate(limit);
        let last = if mutant!("page_repeats_last_row") { best.iter().nth_back(1) } else { best.last() };
        let next = last.filter(|_| more).map(|(place, row)| keys.position(place, *row));
        let rows: Vec<usize> = best.iter().map(|(_, row)| *row).collect();
        let fits = rows.iter().map(|row| shown.iter().map(|fits| fits[*row]).collect()).collect();
        Page { leads: rows.iter().map(|row| self.id(*row)).collect(), rows, fits, total, next }
    }

    /// Keeps the rows of leads that have all the words. Digits alone are looked for within phone numbers, too.
    fn search(&mut self, rows: &mut crate::bits::Bits, asked: &str) {
        let digits: String = asked.chars().filter(char::is_ascii_digit).collect();
        let is_number =
            digits.len() >= 4 && asked.chars().all(|c| c.is_ascii_digit() || "+-/(). ".contains(c));
        if is_number {
            // Within the country a number begins with a zero that its full form does not have.
            let digits = digits.trim_start_matches('0').to_owned();
            let phones = &mut self.texts[crate::TextField::Phone as usize];
            rows.and(&phones.rows_with(|phone| phone.contains(&digits)));
            return;
        }
        let mut wanted = Vec::new();
        each_word(asked, |word| wanted.push(word.to_owned()));
        if wanted.is_empty() {
            return;
        }
        if self.words.is_none() {
            self.words = Some(Words::of(self));
        }
        if let Some(words) = &self.words {
            wanted.iter().for_each(|word| words.keep_meant(rows, word));
        }
    }
}

/// The first rows in an order, of all that are met. It holds twice as many before it drops the later half, so that each
/// row costs a comparison.
struct Best {
    wanted: usize,
    rows: Vec<(Place, usize)>,
    /// The last place that still counts, once there are enough.
    worst: Option<Place>,
}

impl Best {
    fn new(wanted: usize) -> Self {
        Self { wanted, rows: Vec::new(), worst: None }
    }

    fn meet(&mut self, place: Place, row: usize) {
        if self.worst.is_some_and(|worst| place > worst) {
            return;
        }
        self.rows.push((place, row));
        if self.rows.len() >= (self.wanted * 2).max(1_024) {
            let (_, (worst, _), _) = self.rows.select_nth_unstable(self.wanted - 1);
            self.worst = Some(*worst);
            self.rows.truncate(self.wanted);
        }
    }

    fn in_order(mut self) -> Vec<(Place, usize)> {
        self.rows.sort_unstable();
        self.rows.truncate(self.wanted);
        self.rows
    }
}
