//! An ICP as the API shows it, and the checks of what a request says of one.

use crate::App;
use domain::icp::{Icp, IcpProfile, IcpRule, IcpWeight};
use domain::lead::custom_field::CustomFields;
use domain::{IcpId, UserId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IcpView {
    pub id: IcpId,
    pub name: String,
    pub rules: Vec<IcpRule>,
    pub weights: Vec<IcpWeight>,
    pub threshold: u8,
    /// Whether it is the one that the field `fit` of the lead list means.
    pub main: bool,
    /// The field of the lead list that holds the fit with this ICP.
    pub field: String,
    /// The number of the rules, weights and threshold that were saved last, from 1 on.
    pub version: u32,
    /// The user who made it; none if a program did.
    pub by: Option<UserId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

impl IcpView {
    /// Shows an ICP of those that the workspace has.
    pub fn of(icp: Icp, all: &[Icp]) -> Self {
        let main = Icp::main_of(all).is_some_and(|main| main.id == icp.id);
        Self { main, ..icp.into() }
    }
}

impl From<Icp> for IcpView {
    fn from(icp: Icp) -> Self {
        let field = icp.field();
        let IcpProfile { rules, weights, threshold } = icp.profile;
        Self {
            id: icp.id,
            name: icp.name,
            rules,
            weights,
            threshold,
            main: icp.main,
            field,
            version: icp.version,
            by: icp.by,
            created_at: icp.created_at,
            updated_at: icp.updated_at,
            rev: icp.rev,
        }
    }
}

/// The refusal of a name that another one of the known ICPs has.
pub fn name_taken(known: &[Icp], name: &str) -> ApiError {
    let taken = ApiError::invalid("name", "is taken by another ICP");
    let name = Icp::folded_name(name);
    match known.iter().find(|other| Icp::folded_name(&other.name) == name) {
        Some(other) => taken.existing(&other.id),
        None => taken,
    }
}

impl App {
    /// Checks a profile: each fault has its place, such as `rules[1].rule.all[0]`. Returns the fields that it names.
    pub async fn check_profile(
        &self,
        caller: &Caller,
        profile: &IcpProfile,
        errors: &mut FieldErrors,
    ) -> ApiResult<CustomFields> {
        let fields = self.fields_of(caller, profile).await?;
        for fault in profile.faults(&fields) {
            errors.add(fault.path, fault.why);
        }
        Ok(fields)
    }

    /// Reads the workspace's custom fields, if the profile names any.
    pub async fn fields_of(&self, caller: &Caller, profile: &IcpProfile) -> ApiResult<CustomFields> {
        Ok(match profile.names_custom_fields() {
            true => self.custom_fields.get(&caller.workspace).await?,
            false => CustomFields::none(caller.workspace.clone()),
        })
    }
}
