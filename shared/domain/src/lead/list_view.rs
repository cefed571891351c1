//! A saved view of the lead list: which leads it shows, in which order, with which columns. It is its owner's, or shared
//! with the workspace.

use crate::ids::{LeadViewId, UserId, WorkspaceId};
use crate::lead::custom_field::CustomFields;
use crate::lead::filter::LeadFilter;
use crate::lead::segment::ListField;
use crate::workspace::user::Role;
use jiff::Timestamp;

/// The most private views of a user.
pub const MOST_PRIVATE_VIEWS: usize = 50;
/// The most shared views of a workspace.
pub const MOST_SHARED_VIEWS: usize = 100;
/// The most characters of a view's name.
pub const LONGEST_VIEW_NAME: usize = 80;
/// The column that shows what comes next for a lead. It is no field: the app puts it together from tasks and replies.
pub const NEXT_STEP: &str = "next_step";
/// The most columns of a view.
pub const MOST_COLUMNS: usize = 30;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadListView {
    pub id: LeadViewId,
    pub workspace: WorkspaceId,
    /// The user who made it.
    pub owner: UserId,
    pub name: String,
    /// Whether the whole workspace sees it.
    pub shared: bool,
    /// The place among the views, by which they are listed before their names.
    pub position: u32,
    /// The leads that it shows; the segment is in it.
    pub filter: LeadFilter,
    /// The name of the field that the leads are sorted by.
    pub sort: Option<String>,
    pub order: Option<SortOrder>,
    /// The names of the fields that are shown, in their order.
    pub columns: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

crate::codes! {
    /// The direction in which a list is sorted.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum SortOrder {
        Ascending = "asc",
        Descending = "desc",
    }
}

impl LeadListView {
    /// Tells whether the user sees the view.
    pub fn is_seen_by(&self, user: &UserId) -> bool {
        self.shared || self.owner == *user
    }

    /// Tells whether a user who sees the view may change or delete it: the owner, and admins where it is shared.
    pub fn may_be_changed_by(&self, user: &UserId, role: Role) -> bool {
        self.owner == *user || self.shared && role >= Role::Admin
    }

    /// Each invalid part of what the view shows, and what was expected. Whether its segment is there is not known here.
    pub fn faults(&self, fields: &CustomFields) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        for (part, why) in self.filter.faults() {
            let dot = if part.is_empty() { "" } else { "." };
            faults.push((format!("filter{dot}{part}"), why.to_owned()));
        }
        let unknown = |name: &str| format!("names '{name}', which is not a field");
        if let Some(sort) = self.sort.as_deref().filter(|sort| ListField::named(sort, fields).is_none()) {
            faults.push(("sort".to_owned(), unknown(sort)));
        }
        if self.columns.len() > MOST_COLUMNS {
            faults.push(("columns".to_owned(), format!("are at most {MOST_COLUMNS}")));
        }
        for (at, column) in self.columns.iter().enumerate() {
            if column != NEXT_STEP && ListField::named(column, fields).is_none() {
                faults.push((format!("columns[{at}]"), unknown(column)));
            } else if self.columns[..at].contains(column) {
                faults.push((format!("columns[{at}]"), format!("names '{column}' a second time")));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use ulid::Ulid;

    fn view() -> LeadListView {
        LeadListView {
            id: LeadViewId::new(Ulid(1)),
            workspace: WorkspaceId::new(Ulid(2)),
            owner: UserId::new(Ulid(3)),
            name: "Mine".to_owned(),
            shared: false,
            position: 0,
            filter: LeadFilter::default(),
            sort: Some("score".to_owned()),
            order: Some(SortOrder::Descending),
            columns: vec!["company".to_owned(), "score".to_owned()],
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            rev: 0,
        }
    }

    fn faulty(view: &LeadListView) -> Vec<String> {
        let fields = CustomFields::none(view.workspace.clone());
        view.faults(&fields).into_iter().map(|(part, _)| part).collect()
    }

    #[test]
    fn view_names_each_part_that_is_wrong() {
        assert_eq!(faulty(&view()), Vec::<String>::new());
        let columns = ["company", "shoe_size", "company", "custom.Gone"].map(str::to_owned).to_vec();
        let filter = LeadFilter { q: Some("q".repeat(201)), ..LeadFilter::default() };
        let odd = LeadListView { sort: Some("luck".to_owned()), columns, filter, ..view() };
        assert_eq!(faulty(&odd), ["filter.q", "sort", "columns[1]", "columns[2]", "columns[3]"]);
        let wide = LeadListView { columns: vec!["company".to_owned(); 31], ..view() };
        assert_eq!(faulty(&wide)[0], "columns");
    }

    #[test]
    fn view_may_show_what_comes_next_for_a_lead_and_not_sort_by_it() {
        let columns = vec!["company".to_owned(), NEXT_STEP.to_owned()];
        assert_eq!(faulty(&LeadListView { columns, ..view() }), Vec::<String>::new());
        assert_eq!(faulty(&LeadListView { sort: Some(NEXT_STEP.to_owned()), ..view() }), ["sort"]);
    }

    #[test]
    fn private_view_is_its_owners_and_a_shared_one_is_admins_too() {
        let (owner, other) = (UserId::new(Ulid(3)), UserId::new(Ulid(4)));
        assert!(view().is_seen_by(&owner) && !view().is_seen_by(&other));
        assert!(!view().may_be_changed_by(&other, Role::Owner));
        let shared = LeadListView { shared: true, ..view() };
        assert!(shared.is_seen_by(&other) && shared.may_be_changed_by(&owner, Role::Rep));
        assert!(shared.may_be_changed_by(&other, Role::Admin));
        assert!(!shared.may_be_changed_by(&other, Role::Manager));
    }
}
