//! The send pipeline: a message is read, planned, admitted, claimed and sent once, and its outcome is recorded. A message that
//! may have gone out is never repeated blindly. `docs/ENGINE.md` tells the whole; `claim` explains one attempt.

mod draft;
pub mod due_tick;
pub mod test_send;
pub mod uncertain;

mod account;
mod account_health;
mod account_mail;
mod admission;
mod attempt;
mod batch;
mod bulk_message;
mod cache;
mod claim;
mod compose;
mod context;
mod decide;
mod evidence;
mod groups;
mod hold_race;
mod mailbox;
mod message_outcome;
mod missing_values;
mod one_off;
mod ports;
mod preflight;
mod provider_answer;
mod provider_match;
mod ready;
mod reconcile;
mod record;
mod run;
mod sent;
mod step;
mod task_step;
mod test_mail;
mod transitions;
mod writes;

pub(crate) use account_health::note_blocked;
pub use account_mail::{ADDRESS_ASKED, FORGOTTEN, INVITED};
pub use admission::caps::{DAY, cap_queue, domain_bucket, workspace_bucket, workspace_room};
pub use batch::send_batch;
pub use compose::{ComposeError, Composed};
pub(crate) use compose::{Thread, author_of, render_mail, thread_of};
pub use one_off::queue::queue_one_off;
pub use ports::SendPorts;
pub use sent::{BEGINS_WITHIN, CLAIM_LASTS, STOPPED_WAIT, Sent, UNCERTAIN_AFTER};
