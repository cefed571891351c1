//! Who may open a workspace in this installation.

/// Who may open a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUpRule {
    /// The installation's owner, and nobody after them.
    First,
    /// Everybody after the installation's owner.
    Open,
}
