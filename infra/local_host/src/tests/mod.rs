//! What is deployed and what is written are the same, and requests arrive as API Gateway hands them on.

mod gateway;
mod template;
