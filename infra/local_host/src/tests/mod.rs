//! What is deployed and what is written are the same.

mod template;
