//! What the e-mail routes promise.
