//! What can go wrong on purpose: a closure that sees every call before and after it takes effect.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::wire::Service;

/// When the injector is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing has happened yet: a fault here leaves no effect, except `LoseResponse`.
    Before,
    /// The effect is durable: a fault here changes only what the caller hears.
    After,
}

/// The call an injector decides about.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    pub service: Service,
    pub operation: &'a str,
    pub principal: &'a str,
    /// ARN of the first resource the call touches.
    pub resource: &'a str,
    pub body: &'a [u8],
}

#[derive(Debug, Clone)]
pub enum Fault {
    /// Answer with this AWS error.
    Fail { status: u16, code: String, message: String },
    /// Answer with the service's own throttling error.
    Throttle,
    /// A transaction loses against another one (other operations: ignored).
    TransactionConflict,
    /// Do it, and let the connection break before the answer arrives.
    LoseResponse,
    /// Messages sent by this call become visible this much later (`Before` a send only).
    DelayVisibility(Duration),
}

type Injector = dyn Fn(Moment, &Call<'_>) -> Option<Fault> + Send + Sync;

/// The installed injector; none by default.
#[derive(Default)]
pub struct Faults(RwLock<Option<Arc<Injector>>>);

impl Faults {
    pub fn inject(&self, injector: impl Fn(Moment, &Call<'_>) -> Option<Fault> + Send + Sync + 'static) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(injector));
    }

    pub fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn ask(&self, moment: Moment, call: &Call<'_>) -> Option<Fault> {
        let injector = self.0.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        injector(moment, call)
    }
}
