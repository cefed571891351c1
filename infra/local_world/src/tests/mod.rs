//! The whole installation with its world, as it is killed and as it is fed badly.

mod bad_input;
mod bound;
mod chats;
mod crash;
mod erased;
mod everywhere;
mod faults;
mod limits;
mod moments;
mod outage;
mod permissions;
mod process;
mod replay;
mod restored;
mod routes;
mod sent_folder;
mod story;
mod trouble;
mod unknown_fields;
