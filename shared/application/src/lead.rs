//! The use cases of leads: they are changed, enriched, scored, paused, and kept from being written to.

pub mod address_closed;
pub mod campaign_line;
pub mod change;
pub mod company_hold;
pub mod deletion;
pub mod duplicate_search;
pub mod enrichment;
pub mod filter;
pub mod hot;
pub mod lead_copies;
pub mod list;
pub mod merging;
pub mod model_suppressions;
pub mod opening_line;
pub mod option_rename;
pub mod owner_change;
pub mod pause_lead;
pub mod preview_links;
pub mod quiet_leads;
pub mod routing;
pub mod rule_events;
pub mod rule_uses;
pub mod sight;
pub mod suppressing;
pub mod suppression_lookup;
pub mod temperature_job;
