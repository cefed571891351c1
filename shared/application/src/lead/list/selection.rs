//! What a query for leads selects: the conditions of its filter, its rule and its segment's rule, read with the custom
//! fields that they name. This is the one place where a segment's id becomes its rule.
//!
//! Whatever names a segment or a field that is not there is refused as a whole. To pass over the condition would select
//! leads that nobody meant: within a group of which none may match, all of them.

use super::narrowed::narrowed;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::icps::IcpStore;
use crate::ports::leads::LeadQuery;
use crate::ports::segments::SegmentStore;
use crate::ports::store::{StoreError, StoreResult, found};
use domain::WorkspaceId;
use domain::icp::Icp;
use domain::lead::custom_field::CustomFields;
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::lead::segment::{FitField, ListField, RuleFault, SegmentRule, is_custom};

/// The most values of a query's filter: each of them is compared with the texts of every lead.
const MOST_VALUES: usize = 1_000;

/// A query's rule, and the custom fields of the workspace as far as the query names any.
pub(super) struct Selection {
    pub(super) rule: SegmentRule,
    pub(super) fields: CustomFields,
    /// The ICPs of the workspace, if the query names a fit.
    pub(super) icps: Vec<Icp>,
}

/// The stores that hold what a query may name.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) segments: &'a dyn SegmentStore,
    pub(super) custom_fields: &'a dyn CustomFieldStore,
    pub(super) icps: &'a dyn IcpStore,
}

impl Named<'_> {
    pub(super) async fn selection(
        self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        query: &LeadQuery,
    ) -> StoreResult<Selection> {
        let filter = &query.filter;
        let segment = self.segment_rule(workspace, filter).await?;
        let named = [filter.rule.as_ref(), segment.as_ref()];
        let columns = query.columns.iter().map(String::as_str);
        let shown_fits = columns.clone().any(|name| FitField::named(name).is_some());
        let rule_fits = |rule: &SegmentRule| rule.fits().collect::<Vec<_>>();
        let own_fits = filter.rule.as_ref().map(rule_fits).unwrap_or_default();
        let segment_fits = segment.as_ref().map(rule_fits).unwrap_or_default();
        let sort_fit: Vec<FitField> = FitField::named(query.sort.field()).into_iter().collect();
        let fits = [("rule", &own_fits), ("segment", &segment_fits), ("sort", &sort_fit)];
        let icps = match shown_fits || fits.iter().any(|(_, fits)| !fits.is_empty()) {
            true => self.icps.list(workspace).await?,
            false => Vec::new(),
        };
        let by_icp = icps.iter().any(|icp| icp.profile.names_custom_fields());
        let names_custom = by_icp
            || named.into_iter().flatten().any(SegmentRule::names_custom_fields)
            || columns.chain([query.sort.field()]).any(is_custom);
        let fields = match names_custom {
            true => self.custom_fields.get(workspace).await?,
            false => CustomFields::none(workspace.clone()),
        };
        let mut faults = Vec::new();
        if filter.values() > MOST_VALUES {
            faults.push(fault_at("", format!("has at most {MOST_VALUES} values")));
        }
        if let Some(rule) = &filter.rule {
            faults.extend(
                rule.faults_of_joined(&fields)
                    .into_iter()
                    .map(|fault| RuleFault { path: below_rule(&fault.path), why: fault.why }),
            );
        }
        for (path, fits) in fits {
            if let Some(missing) = fits.iter().find(|field| Icp::of_field(&icps, **field).is_none()) {
                faults.push(fault_at(path, missing_icp(*missing).to_owned()));
            }
        }
        if let Some(fault) = segment.iter().flat_map(|rule| rule.faults(&fields)).next() {
            let place = if fault.path.is_empty() { String::new() } else { format!(" at {}", fault.path) };
            faults.push(fault_at("segment", format!("cannot be used: its rule{place} {}", fault.why)));
        }
        if ListField::named(query.sort.field(), &fields).is_none() {
            faults.push(fault_at("sort", "is not a column that leads can be sorted by".to_owned()));
        }
        if !faults.is_empty() {
            return Err(StoreError::BadQuery(faults));
        }
        let own = filter.as_rule();
        let rule = match segment {
            Some(segment) => own.and(segment),
            None => own,
        };
        Ok(Selection { rule: narrowed(rule, scope), fields, icps })
    }

    /// Reads the rule of the filter's segment; none if it names no segment.
    pub(super) async fn segment_rule(
        self,
        workspace: &WorkspaceId,
        filter: &LeadFilter,
    ) -> StoreResult<Option<SegmentRule>> {
        let Some(id) = &filter.segment else { return Ok(None) };
        match found(self.segments.get(workspace, id).await)? {
            Some(segment) => Ok(Some(segment.rule)),
            None => {
                let why = "does not exist; it may have been deleted".to_owned();
                Err(StoreError::BadQuery(vec![fault_at("segment", why)]))
            }
        }
    }
}

/// Returns the faults of a filter's own rule, which is joined with no other.
pub(super) fn faults_of_own_rule(filter: &LeadFilter, fields: &CustomFields) -> Vec<RuleFault> {
    let faults = filter.rule.iter().flat_map(|rule| rule.faults(fields));
    faults.map(|fault| RuleFault { path: below_rule(&fault.path), why: fault.why }).collect()
}

fn missing_icp(field: FitField) -> &'static str {
    match field {
        FitField::Main => "names the fit, but no ICP is the workspace's main one",
        FitField::Of(_) => "names the fit with an ICP that does not exist; it may have been deleted",
    }
}

fn fault_at(path: &str, why: String) -> RuleFault {
    RuleFault { path: path.to_owned(), why }
}

fn below_rule(path: &str) -> String {
    if path.is_empty() { "rule".to_owned() } else { format!("rule.{path}") }
}
