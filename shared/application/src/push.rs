//! Push: pages get a ticket, open a connection with it, and are told what has changed.

pub mod connect;
pub mod tell;
