//! What the operation routes promise.
