//! What the import routes promise.
