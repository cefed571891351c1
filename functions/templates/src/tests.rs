//! What the template routes promise.
