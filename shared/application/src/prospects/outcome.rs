//! What became of prospects that were to be added.

/// What became of a prospect, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AddOutcome {
    /// It is a lead now.
    Added,
    /// It was a lead already.
    Already,
    /// It is a deleted lead, which can be restored.
    Deleted,
    /// It was a lead and was erased: it is not added again.
    Erased,
    /// The address, the number or the company is on the suppression list.
    Suppressed,
    /// The provider has no address of it.
    NoAddress,
    /// A cap leaves too little for it.
    OverCap,
    /// Another request is adding it.
    BeingAdded,
    /// The provider may have charged an answer that did not arrive. It is not asked again within a month.
    AnswerLost,
    /// The provider could not be asked. Nothing was charged.
    NotAsked,
}
