//! The order of a list: every row gets a number to sort by, and ties go by the time of creation.

use crate::listed::TextField;
use crate::query::Position;
use crate::text_column::{SetColumn, TextColumn};
use crate::{LeadColumns, NO_RATING, NO_REVIEWS, NO_TIME};
use domain::lead::custom_field::FieldKind;
use domain::lead::segment::ListField;
use domain::lead::stage::StageId;
use jiff::Timestamp;
use std::cmp::Ordering;

/// What the rows of a query are sorted by.
pub(crate) struct SortKeys<'a> {
    columns: &'a LeadColumns,
    by: By<'a>,
    now: Timestamp,
    /// The position behind which the page begins.
    after: Option<(Option<i64>, u128)>,
    descending: bool,
}

enum By<'a> {
    Created,
    Text(&'a TextColumn),
    Sizes(&'a TextColumn),
    Score,
    Temperature,
    Status,
    LostReason,
    Priority,
    DoNotContact,
    PossibleOptOut,
    Set(&'a SetColumn),
    Rating,
    Reviews,
    Times(&'a [i64]),
    Fit(&'a [Option<u8>]),
}

/// A row's place in the order; the smallest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) key: Option<i64>,
    pub(crate) id: u128,
    descending: bool,
}

impl Place {
    /// Whether rows with this key come behind the place, whatever their ids are.
    pub(crate) fn is_before(&self, key: Option<i64>) -> bool {
        self.cmp_keys(key).is_lt()
    }

    /// Rows without a value come last in either direction.
    fn cmp_keys(&self, key: Option<i64>) -> Ordering {
        let order = self.key.cmp(&key);
        self.key.is_none().cmp(&key.is_none()).then(if self.descending { order.reverse() } else { order })
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.id.cmp(&other.id);
        self.cmp_keys(other.key).then(if self.descending { order.reverse() } else { order })
    }
}
impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl LeadColumns {
    /// Makes ready the order of creation, which is that of the ids. New leads come behind all others as a rule, and a sort
    /// of what is sorted but for its end takes one pass.
    pub(crate) fn prepare_creation_order(&mut self) {
        let known = self.by_creation.len();
        if known == self.rows.len() {
            return;
        }
        let ids = &self.ids;
        self.by_creation.extend(known as u32..self.rows.len() as u32);
        let is_behind = |pair: &[u32]| ids[pair[0] as usize] < ids[pair[1] as usize];
        if !self.by_creation[known.saturating_sub(1)..].windows(2).all(is_behind) {
            self.by_creation.sort_by_key(|row| ids[*row as usize]);
        }
    }

    /// The rows in the order of creation or against it, behind the lead with this id; `prepare_creation_order` made it.
    pub(crate) fn in_order_of_creation(
        &self,
        after: Option<u128>,
        descending: bool,
    ) -> impl Iterator<Item = usize> {
        let id = |row: &u32| self.ids[*row as usize];
        let (from, to) = match (after, descending) {
            (None, _) => (0, self.by_creation.len()),
            (Some(after), false) => {
                (self.by_creation.partition_point(|row| id(row) <= after), self.by_creation.len())
            }
            (Some(after), true) => (0, self.by_creation.partition_point(|row| id(row) < after)),
        };
        let mut rows = self.by_creation[from..to].iter();
        std::iter::from_fn(move || if descending { rows.next_back() } else { rows.next() })
            .map(|row| *row as usize)
    }

    /// Makes ready what a field is sorted by: the order of its texts, or their sizes.
    pub(crate) fn prepare_sort(&mut self, field: ListField<'_>) {
        let column = match field {
            ListField::Fixed(field) if field.name == "tag" => {
                self.tags.prepare_order();
                None
            }
            ListField::Fixed(field) if field.name == "campaign" => {
                self.campaigns.prepare_order();
                None
            }
            ListField::Fixed(field) if field.name == "name" => Some(self.names()),
            ListField::Fixed(field) if field.name == "company_domain" => Some(self.company_domains()),
            ListField::Fixed(field) if field.name == "owner" => Some(&mut self.owners),
            ListField::Fixed(field) => {
                TextField::named(field.name).map(|text| &mut self.texts[text as usize])
            }
            ListField::Fit(_) => None,
            ListField::Custom(field) => {
                let column = self.custom.get_mut(&field.key);
                match column {
                    Some(column) if is_sized(&field.kind) => {
                        column.sizes(&field.kind);
                        None
                    }
                    column => column,
                }
            }
        };
        if let Some(column) = column {
            column.ranks();
        }
    }

    /// The keys by a field that `prepare_sort` made ready; by a fit they are the fits of all rows.
    pub(crate) fn sort_keys<'a>(
        &'a self,
        (field, fits): (ListField<'a>, Option<&'a [Option<u8>]>),
        descending: bool,
        now: Timestamp,
        after: Option<&Position>,
    ) -> SortKeys<'a> {
        let by = match field {
            ListField::Fixed(field) if field.name == "name" => {
                self.names.as_ref().map_or(By::Created, By::Text)
            }
            ListField::Fixed(field) if field.name == "company_domain" => {
                self.company_domains.as_ref().map_or(By::Created, By::Text)
            }
            ListField::Fixed(field) => match TextField::named(field.name) {
                Some(text) => By::Text(&self.texts[text as usize]),
                None => match field.name {
                    "score" => By::Score,
                    "temperature" => By::Temperature,
                    "status" => By::Status,
                    "lost_reason" => By::LostReason,
                    "stage_since" => By::Times(&self.stage_since),
                    "priority" => By::Priority,
                    "do_not_contact" => By::DoNotContact,
                    "possible_opt_out" => By::PossibleOptOut,
                    "tag" => By::Set(&self.tags),
                    "campaign" => By::Set(&self.campaigns),
                    "rating" => By::Rating,
                    "reviews" => By::Reviews,
                    "updated" => By::Times(&self.updated),
                    "follow_up" => By::Times(&self.follow_up),
                    "last_contacted" => By::Times(&self.last_contacted),
                    "owner" => By::Text(&self.owners),
                    _ => By::Created,
                },
            },
            ListField::Custom(field) => match self.custom.get(&field.key) {
                Some(column) if is_sized(&field.kind) => By::Sizes(column),
                Some(column) => By::Text(column),
                None => By::Created,
            },
            ListField::Fit(_) => fits.map_or(By::Created, By::Fit),
        };
        let mut keys = SortKeys { columns: self, by, now, after: None, descending };
        keys.after = after.map(|position| (keys.key_of(position), position.id));
        keys
    }
}

fn is_sized(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Number | FieldKind::Money { .. } | FieldKind::Date)
}

impl SortKeys<'_> {
    pub(crate) fn place(&self, row: usize) -> Place {
        self.place_of(row, self.key(row))
    }

    /// The place of a row whose key is known.
    pub(crate) fn place_of(&self, row: usize, key: Option<i64>) -> Place {
        Place { key, id: self.columns.ids[row], descending: self.descending }
    }

    /// Whether a place lies behind the position that the page follows.
    pub(crate) fn is_on_page(&self, place: &Place) -> bool {
        self.after.is_none_or(|(key, id)| *place > Place { key, id, descending: self.descending })
    }

    /// What a row is sorted by; none comes last.
    pub(crate) fn key(&self, row: usize) -> Option<i64> {
        let of = self.columns;
        match &self.by {
            By::Created => Some(0),
            By::Text(column) => by_number(column, row, |at| i64::from(column.known_ranks()[at])),
            By::Sizes(column) => column.known_size(column.number_of(row)),
            By::Score => Some(i64::from(of.score(row, self.now))),
            By::Temperature => Some(of.temperature_at(row, self.now) as i64),
            By::Status => {
                let stage = StageId::numbered(of.status[row]);
                Some(i64::from(stage.reach()) * 256 + i64::from(stage.number()))
            }
            By::LostReason => Some(of.lost_reasons[row]).filter(|reason| *reason > 0).map(i64::from),
            By::Priority => Some(i64::from(of.flags[row] & crate::HIGH)),
            By::DoNotContact => Some(i64::from(of.flags[row] & crate::DO_NOT_CONTACT)),
            By::PossibleOptOut => Some(i64::from(of.flags[row] & crate::POSSIBLE_OPT_OUT)),
            By::Set(column) => {
                let number = column.number_of(row);
                (number > 0).then(|| i64::from(column.joined().known_ranks()[number as usize - 1]))
            }
            By::Rating => Some(of.ratings[row]).filter(|rating| *rating != NO_RATING).map(i64::from),
            By::Reviews => Some(of.reviews[row]).filter(|count| *count != NO_REVIEWS).map(i64::from),
            By::Fit(fits) => fits.get(row).copied().flatten().map(i64::from),
            By::Times(times) => Some(times[row]).filter(|at| *at != NO_TIME),
        }
    }

    /// The position of a row, by which the next page finds its beginning: the text itself instead of its place, as places
    /// change when texts come in.
    pub(crate) fn position(&self, place: &Place, row: usize) -> Position {
        let text = match &self.by {
            By::Text(column) => column.get(row).map(str::to_lowercase),
            By::Set(column) => {
                let number = Some(column.number_of(row)).filter(|number| *number > 0);
                number.map(|number| column.joined().pool.text(number).to_owned())
            }
            _ => None,
        };
        Position { number: place.key.filter(|_| text.is_none()), text, id: place.id }
    }

    fn key_of(&self, position: &Position) -> Option<i64> {
        match (&self.by, &position.text) {
            (By::Text(column), Some(text)) => Some(i64::from(column.rank_of(text))),
            (By::Set(column), Some(text)) => Some(i64::from(column.joined().rank_of(text))),
            (By::Text(_) | By::Set(_), None) => None,
            _ => position.number,
        }
    }
}

fn by_number(column: &TextColumn, row: usize, key: impl Fn(usize) -> i64) -> Option<i64> {
    let number = column.number_of(row);
    (number > 0).then(|| key(number as usize - 1))
}
