//! What links in messages and public pages promise.
