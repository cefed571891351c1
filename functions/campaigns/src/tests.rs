//! What the sequence and campaign routes promise.
