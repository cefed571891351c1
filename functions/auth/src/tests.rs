//! What the door promises.
