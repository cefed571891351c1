//! One message on its way through the send pipeline: the ports it uses, the reads that its batch shares, the breakers that
//! its group shares, and the writes that wait until the whole batch was sent.

use crate::sending::admission::breaker::Breakers;
use crate::sending::cache::Cache;
use crate::sending::ports::SendPorts;
use crate::sending::writes::Writes;
use jiff::Timestamp;

pub(super) struct SendRun<'a> {
    pub ports: &'a SendPorts,
    pub cache: &'a Cache,
    pub breakers: &'a mut Breakers,
    pub writes: Writes,
}

impl<'a> SendRun<'a> {
    pub fn new(ports: &'a SendPorts, cache: &'a Cache, breakers: &'a mut Breakers) -> Self {
        Self { ports, cache, breakers, writes: Writes::default() }
    }

    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }
}
