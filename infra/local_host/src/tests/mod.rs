//! The template and the code agree.

mod gateway;
mod template;
