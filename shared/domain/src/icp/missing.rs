//! Which fields of a lead may be without a value that somebody could find out.

use crate::lead::segment::{FieldShape, ListField};

/// Tells whether no value in a field means that the value is not known. A lead without an owner or a tag has none, which
/// is known; and one that was never contacted was not contacted within the last month.
pub fn may_be_missing(field: ListField<'_>) -> bool {
    match (field, field.shape()) {
        (ListField::Fit(_), _) => false,
        (ListField::Custom(_), _) => true,
        (_, FieldShape::Text) => true,
        (ListField::Fixed(fixed), FieldShape::Number) => fixed.name != "score",
        _ => false,
    }
}
