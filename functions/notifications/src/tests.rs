//! What the notification routes promise.
