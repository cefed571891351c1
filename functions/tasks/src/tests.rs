//! What the task routes promise.
