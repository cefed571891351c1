//! The rule for who may open a workspace in this installation.

/// The rule for who may open a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUpRule {
    /// Only the installation's owner may.
    First,
    /// After the installation's owner, everybody may.
    Open,
}
