//! Deals: they follow their leads, and are read with them.

pub mod follow_lead;
pub mod with_leads;
