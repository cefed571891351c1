//! Golden requests, recorded answers and every error by class.

mod look_ups;
mod verification;
