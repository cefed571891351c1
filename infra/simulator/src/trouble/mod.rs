//! Trouble: at the calls of functions, on the way to providers and back, with clocks and deliveries.

pub mod attempts;
pub mod blocked_senders;
pub mod brown_outs;
pub mod cloud_faults;
pub mod concurrent_requests;
pub mod disorder;
pub mod function_clock;
pub mod kind;
pub mod late_deliveries;
pub mod late_reports;
pub mod late_writes;
pub mod mailbox_faults;
pub mod provider_faults;
pub mod webhook_delivery;
