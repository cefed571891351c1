//! Simulated people: their personas, their plans when a message arrives, and their actions.

mod act;
mod browse;
mod by_hand;
mod letters;
mod persona;
mod plan;
mod rhythm;
mod words;

pub(crate) use act::act;
pub(crate) use persona::display_name;
pub use persona::{Persona, PhonePersona};
pub(crate) use plan::{mail_arrived, text_arrived};
pub(crate) use rhythm::later;
