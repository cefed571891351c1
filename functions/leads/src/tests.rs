//! What the lead routes promise.
