//! One message on its way through the send pipeline: the ports it uses, the reads that its batch shares, and the writes
//! that wait until the whole batch was sent.

use crate::sending::cache::Cache;
use crate::sending::ports::SendPorts;
use crate::sending::writes::Writes;
use jiff::Timestamp;

pub(super) struct SendRun<'a> {
    pub ports: &'a SendPorts,
    pub cache: &'a mut Cache,
    pub writes: Writes,
}

impl<'a> SendRun<'a> {
    pub fn new(ports: &'a SendPorts, cache: &'a mut Cache) -> Self {
        Self { ports, cache, writes: Writes::default() }
    }

    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }
}
