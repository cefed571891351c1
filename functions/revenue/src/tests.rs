//! What the revenue routes promise.
