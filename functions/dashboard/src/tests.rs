//! What the dashboard routes promise.
