//! Third parties, a folder each: pure translation between our values and their wire, and the transports that carry it.

pub mod transport;
