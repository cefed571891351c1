//! `TextModel` through Anthropic's Messages API.

mod request;
mod response;

pub(crate) use request::message;
pub(crate) use response::outcome;

#[cfg(test)]
mod tests;
