//! The send pipeline against every port on an in-memory cloud: each message comes from the queue and goes through
//! `send_message` to a provider that answers what a test says.

#![cfg(test)]

mod account_mail;
mod away;
mod blocked;
mod calendar;
mod caps;
mod claims;
mod closed;
mod companies;
mod consent;
mod deleted_leads;
mod digest;
mod drafts;
mod held;
mod hours;
mod keyed;
mod kinds;
mod late;
mod ledger;
mod left;
mod limits;
mod mailboxes;
mod many;
mod merged_leads;
mod missing_values;
mod moved;
mod one_off;
mod opening_lines;
mod outage;
mod pauses;
mod permits;
mod read_before_send;
mod reply_address;
mod scene;
mod senders;
mod sent_folder;
mod side_by_side;
mod steps;
mod suppressions;
mod tracking;
mod uncertain;
mod variants;
mod versions;
mod whatsapp;
