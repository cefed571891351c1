//! A fresh stage for tests of one function: every port on an in-memory cloud, a clock that stands, seeded
//! ids, and a suite with one line a call.

mod access;
mod furnish;
mod mail_servers;
mod recorded_leads;
mod stage;
mod suite;

pub use furnish::written_consent;
pub use mail_servers::MailServers;
pub use recorded_leads::RecordedLeads;
pub use stage::Stage;
pub use suite::{Reply, Suite};
