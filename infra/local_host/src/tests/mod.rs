//! The template and the code agree.

mod alarms;
mod gateway;
mod rights;
mod template;
