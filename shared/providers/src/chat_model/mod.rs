//! `TextModel` through any server with the chat completions API that OpenAI made common (OpenAI, Azure, Groq, local
//! servers).

mod request;
mod response;

pub(crate) use request::completion;
pub(crate) use response::outcome;

#[cfg(test)]
mod tests;
