//! What the settings routes promise.
