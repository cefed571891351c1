//! What the inbox routes promise.
