//! Money for look-ups and models: what is done about reservations besides the work that makes them.

pub mod left_over;
