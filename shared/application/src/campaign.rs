//! The use cases of campaigns and their enrolments: enrol, launch, pause, resume, roll out, explain.

pub mod auto_enrol;
pub mod capacity_booking;
pub mod due_step;
pub mod enrol;
pub mod enrol_jobs;
pub mod enrol_ports;
pub mod late_messages;
pub mod launch;
pub mod launch_checks;
pub mod mailbox_choice;
pub mod missing_values;
pub mod pause;
pub mod planning_context;
pub mod quota_booking;
pub mod release_held;
pub mod resume;
pub mod rollout;
pub mod simulation;
pub mod skip_step;
pub mod unenrol;
pub mod version_sent;
pub mod why;
