//! A saved view as the API shows it and takes it.

use crate::App;
use application::StoreError;
use domain::lead::custom_field::CustomFields;
use domain::lead::filter::LeadFilter;
use domain::lead::list_view::{
    LONGEST_VIEW_NAME, LeadListView, MOST_PRIVATE_VIEWS, MOST_SHARED_VIEWS, SortOrder,
};
use domain::lead::segment::is_custom;
use domain::{LeadViewId, SegmentId, UserId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ViewView {
    pub id: LeadViewId,
    pub name: String,
    /// Whether the whole workspace sees it.
    pub shared: bool,
    /// The user who made it.
    pub owner: UserId,
    /// The place by which views are listed, before their names.
    pub position: u32,
    /// The filter without its segment.
    pub filter: LeadFilter,
    pub segment: Option<SegmentId>,
    /// The name of the field that the leads are sorted by.
    pub sort: Option<String>,
    pub order: Option<SortOrder>,
    /// The names of the fields that are shown, in their order.
    pub columns: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

impl From<LeadListView> for ViewView {
    fn from(view: LeadListView) -> Self {
        let mut filter = view.filter;
        Self {
            id: view.id,
            name: view.name,
            shared: view.shared,
            owner: view.owner,
            position: view.position,
            segment: filter.segment.take(),
            filter,
            sort: view.sort,
            order: view.order,
            columns: view.columns,
            created_at: view.created_at,
            updated_at: view.updated_at,
            rev: view.rev,
        }
    }
}

impl App {
    /// Tidies and checks a view that is about to be saved. What it has from `before` is not checked again: a column whose
    /// field was deleted since does not stand in the way of another name.
    pub async fn check_view(
        &self,
        caller: &Caller,
        view: &mut LeadListView,
        before: Option<&LeadListView>,
    ) -> ApiResult<()> {
        let mut errors = FieldErrors::default();
        view.name = errors.required("name", &view.name, LONGEST_VIEW_NAME);
        let names_custom = view.columns.iter().chain(&view.sort).any(|name| is_custom(name));
        let fields = match names_custom {
            true => self.custom_fields.get(&caller.workspace).await?,
            false => CustomFields::none(caller.workspace.clone()),
        };
        let has_same_filter = before.is_some_and(|before| before.filter == view.filter);
        let is_known = |part: &str| match part.split(['.', '[']).next() {
            Some("columns") => before.is_some_and(|before| before.columns == view.columns),
            Some("sort") => before.is_some_and(|before| before.sort == view.sort),
            _ => has_same_filter,
        };
        for (part, why) in view.faults(&fields).into_iter().filter(|(part, _)| !is_known(part)) {
            errors.add(part, why);
        }
        if !has_same_filter {
            self.check_filter(caller, &view.filter, &mut errors).await?;
        }
        errors.finish()?;
        if before.is_some_and(|before| before.shared == view.shared) {
            return Ok(());
        }
        let known = self.lead_views.list(&caller.workspace, &view.owner).await?;
        let (most, whose) = match view.shared {
            true => (MOST_SHARED_VIEWS, "A workspace has at most 100 shared views."),
            false => (MOST_PRIVATE_VIEWS, "A user has at most 50 private views."),
        };
        if known.iter().filter(|other| other.shared == view.shared).count() >= most {
            return Err(ApiError::conflict("too_many_views", format!("{whose} Delete one first.")));
        }
        Ok(())
    }

    async fn check_filter(
        &self,
        caller: &Caller,
        filter: &LeadFilter,
        errors: &mut FieldErrors,
    ) -> ApiResult<()> {
        match self.lists.check(&caller.workspace, filter).await {
            Ok(()) => Ok(()),
            Err(StoreError::BadQuery(faults)) => {
                for fault in faults {
                    let is_segment = fault.path == "segment";
                    let field = if is_segment { fault.path } else { format!("filter.{}", fault.path) };
                    errors.add(field, fault.why);
                }
                Ok(())
            }
            Err(other) => Err(other.into()),
        }
    }
}

/// Returns the segment that a request names beside its filter, or within it.
pub fn one_segment(beside: Option<SegmentId>, within: Option<SegmentId>) -> ApiResult<Option<SegmentId>> {
    if beside.is_some() && within.is_some() && beside != within {
        return Err(ApiError::invalid("segment", "is another one than that of the filter"));
    }
    Ok(beside.or(within))
}
