//! Ids and tokens from the operating system's randomness, with their time from the clock.

use application::{Clock, Ids};
use std::sync::Arc;
use ulid::Ulid;

pub struct RandomIds {
    clock: Arc<dyn Clock>,
}

impl RandomIds {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl Ids for RandomIds {
    fn next(&self) -> Ulid {
        let mut random = [0; 16];
        self.secret_bytes(&mut random[6..]);
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        Ulid::from_parts(millis, u128::from_be_bytes(random))
    }

    fn secret_bytes(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives randomness or nothing here is safe");
    }
}
