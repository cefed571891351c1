//! The table: every store port on DynamoDB, and the reader of its stream.

mod accounts;
mod answer_drafts;
mod api_keys;
mod auto_enrols;
mod breakers;
mod bulk_messages;
mod calls;
mod campaigns;
mod change;
mod change_log;
mod columns;
mod commissions;
mod companies;
mod consent_item;
mod conversations;
mod custom_fields;
mod deals;
mod deleted_leads;
mod digests;
mod dismissed_duplicates;
mod due;
mod enrolment_item;
mod enrolments;
mod errors;
mod icps;
mod imports;
mod inbound_records;
mod invitations;
mod item;
mod key_hashes;
mod keys;
mod lead_access;
mod lead_erasing;
mod lead_file;
mod lead_item;
mod lead_keys;
mod lead_merges;
mod lead_views;
mod leads;
mod limits;
mod log_entry;
mod logins;
mod long_text;
mod mailbox_readings;
mod messages;
mod notification_choices;
mod notifications;
mod pages;
mod preview_pages;
mod prompts;
mod prospects;
mod push;
mod push_devices;
mod query;
mod quotas;
mod revenue;
mod revenue_items;
mod routing;
mod schedules;
mod segments;
mod sequences;
mod slack;
mod spend;
mod stages;
mod stats;
mod stream_positions;
mod suppressions;
mod table;
mod table_doc;
mod targets;
mod tasks;
mod templates;
mod times;
mod trigger_rules;
mod users;
mod workspaces;
mod write;

pub use table::{IndexDefinition, Table, TableDefinition, definition};
pub use table_doc::table_doc;

#[cfg(test)]
mod tests;

/// The shape of the stored items. It is raised when items that are stored can no longer be read; an installation on one
/// machine then refuses the data of the former shape.
pub const STORED_SHAPE: u32 = 7;
