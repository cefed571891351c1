//! The whole installation with its environment: killed, fed invalid input, and cut off from its providers.

mod api_keys;
mod bad_input;
mod bound;
mod chats;
mod crash;
mod erased;
mod everywhere;
mod exported;
mod faults;
mod forecast;
mod grounded;
mod limits;
mod lived_log;
mod moments;
mod notices;
mod outage;
mod own_leads;
mod permissions;
mod process;
mod push;
mod restored;
mod routes;
mod sent_folder;
mod story;
mod trouble;
mod unknown_fields;
