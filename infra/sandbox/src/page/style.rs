//! The look.
pub(super) const CSS: &str = "";
