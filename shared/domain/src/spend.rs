//! Money that look-ups and models cost. A price list says what each call costs; a budget is what was spent
//! and what is reserved for something that has a cap. Money is reserved before a call and settled after it, so that workers side by side cannot
//! spend more than the cap.

mod ai_use;
mod budget;
mod price;
mod reservation;
mod settings;
mod usd;

pub use ai_use::{AiUse, AiUseOfDay, ModelTokens, ModelUse};
pub use budget::{Budget, BudgetScope, Tally};
pub use price::{CallKind, CallPrice, ModelPrice, PriceList};
pub use reservation::{Booking, BookingOutcome, Reservation, Reserving, SpendLimit};
pub use settings::SpendSettings;
pub use usd::Usd;
