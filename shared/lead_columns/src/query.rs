//! A page of the list.

use crate::LeadColumns;
use crate::bits::Bits;
use crate::filter::Reading;
use crate::listed::bits_of;
use crate::sort::{Place, SortKeys};
use crate::words::{Words, each_word};
use domain::icp::Icp;
use domain::lead::custom_field::CustomFields;
use domain::lead::segment::{FitField, ListField, SegmentRule};
use domain::lead::stage::StageId;
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

impl Position {
    /// The place of a lead in the order of creation, which is that of the ids.
    pub fn by_creation(lead: &LeadId) -> Self {
        Self { number: Some(0), text: None, id: bits_of(lead) }
    }
}

/// A page: the leads in their order, the number of all that match, and where the next page begins.
#[derive(Debug, Default)]
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
        let matching = self.matching(query, &with);
        let total = matching.count();
        // Where few rows match, looking at them alone is less than passing over the others.
        let is_walked = is_by_creation(query.sort) && total * 16 >= self.ids.len();
        if is_walked {
            self.prepare_creation_order();
        }
        self.in_order(query, &with, |columns, keys, groups| {
            let mut group = Group::new(query.limit);
            if is_walked {
                group.total = total;
                let rows = columns.in_order_of_creation(query.after.map(|after| after.id), query.descending);
                let found = rows.filter(|row| matching.has(*row)).take(query.limit.max(1) + 1);
                found.for_each(|row| group.best.meet(keys.place(row), row));
            } else {
                matching.rows().for_each(|row| group.meet(keys, row));
            }
            groups.push(group);
        })
        .pop()
        .unwrap_or_default()
    }

    /// Reads the first page of each stage at once, over the rows that match: one pass for all stages. Of won and lost leads
    /// those count that `closed` selects, too.
    pub fn board(&mut self, query: &ListQuery<'_>, stages: &[StageId], closed: &SegmentRule) -> Vec<Page> {
        let with = Reading::new(query.fields, query.icps, query.now);
        let matching = self.matching(query, &with);
        let recent = self.selected(closed, &with);
        let mut places = [None; 256];
        for (place, stage) in stages.iter().enumerate() {
            places[usize::from(stage.number())] = Some(place);
        }
        self.in_order(query, &with, |columns, keys, groups| {
            groups.extend(stages.iter().map(|_| Group::new(query.limit)));
            for row in matching.rows() {
                let number = columns.status[row];
                let Some(place) = places[usize::from(number)] else { continue };
                if !StageId::numbered(number).is_closed() || recent.has(row) {
                    groups[place].meet(keys, row);
                }
            }
        })
    }

    /// Returns the rows of those of these leads that match. Of won and lost leads those count that `closed` selects, too.
    pub fn selected_of(&mut self, query: &ListQuery<'_>, closed: &SegmentRule, ids: &[LeadId]) -> Vec<usize> {
        let with = Reading::new(query.fields, query.icps, query.now);
        let matching = self.matching(query, &with);
        let recent = self.selected(closed, &with);
        let rows = ids.iter().filter_map(|id| self.rows.get(&self.ids, bits_of(id))).map(|row| row as usize);
        let is_met = |row: &usize| {
            let is_closed = StageId::numbered(self.status[*row]).is_closed();
            matching.has(*row) && (!is_closed || recent.has(*row))
        };
        rows.filter(is_met).collect()
    }

    /// Returns the rows of leads that are neither won nor lost.
    pub fn open_rows(&self) -> impl Iterator<Item = usize> {
        let is_open = |row: &usize| !StageId::numbered(self.status[*row]).is_closed();
        self.live.rows().filter(is_open)
    }

    /// The rows that the query selects.
    fn matching(&mut self, query: &ListQuery<'_>, with: &Reading<'_>) -> Bits {
        let mut matching = self.selected(query.rule, with);
        self.search(&mut matching, query.words);
        matching
    }

    /// Makes a page of each group of rows that `fill` makes, in the query's order.
    fn in_order(
        &mut self,
        query: &ListQuery<'_>,
        with: &Reading<'_>,
        fill: impl FnOnce(&Self, &SortKeys<'_>, &mut Vec<Group>),
    ) -> Vec<Page> {
        self.prepare_sort(query.sort);
        let sorting = match query.sort {
            ListField::Fit(field) => Some(self.fit(field, with)),
            _ => None,
        };
        let shown: Vec<_> = query.shown_fits.iter().map(|field| self.fit(*field, with)).collect();
        let keys = self.sort_keys((query.sort, sorting.as_deref()), query.descending, query.now, query.after);
        let mut groups = Vec::new();
        fill(self, &keys, &mut groups);
        let page = |group: Group| {
            let limit = query.limit.max(1);
            let mut best = group.best.in_order();
            let more = best.len() > limit;
            best.truncate(limit);
            let last = if mutant!("page_repeats_last_row") { best.iter().nth_back(1) } else { best.last() };
            let next = last.filter(|_| more).map(|(place, row)| keys.position(place, *row));
            let rows: Vec<usize> = best.iter().map(|(_, row)| *row).collect();
            let fits = rows.iter().map(|row| shown.iter().map(|fits| fits[*row]).collect()).collect();
            Page {
                leads: rows.iter().map(|row| self.id(*row)).collect(),
                rows,
                fits,
                total: group.total,
                next,
            }
        };
        groups.into_iter().map(page).collect()
    }

    /// Keeps the rows of leads that have all the words. Digits alone are looked for within phone numbers, too.
    fn search(&mut self, rows: &mut Bits, asked: &str) {
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

fn is_by_creation(sort: ListField<'_>) -> bool {
    matches!(sort, ListField::Fixed(field) if field.name == "created")
}

/// Rows that make a page: how many they are, and the first of them.
struct Group {
    best: Best,
    total: usize,
}

impl Group {
    fn new(limit: usize) -> Self {
        Self { best: Best::new(limit.max(1) + 1), total: 0 }
    }

    fn meet(&mut self, keys: &SortKeys<'_>, row: usize) {
        self.total += 1;
        let key = keys.key(row);
        if self.best.worst.is_some_and(|worst| worst.is_before(key)) {
            return;
        }
        let place = keys.place_of(row, key);
        if keys.is_on_page(&place) {
            self.best.meet(place, row);
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
