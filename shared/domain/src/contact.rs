//! How a lead is reached: e-mail addresses, phone numbers, countries, and the channels that use them.

pub mod channel;
pub mod chat_recipient;
pub mod country;
pub mod email_address;
pub mod phone_number;
