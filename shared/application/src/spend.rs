//! Money for look-ups and models: single calls that are paid, caps that tell, and what is done about reservations that are left over.

pub mod caps;
pub mod left_over;
pub mod paid_call;
