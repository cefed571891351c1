//! The fakes of declared providers, one line each.

use axum::Router;

use crate::config::RateLimit;
use crate::sandbox::Sandbox;
use crate::world::Text;

const FAKES: &[&dyn Fake] = &[
    #[cfg(test)]
    &crate::tests::newcomer::Newcomer,
];

pub(crate) trait Fake: Sync {
    /// The name of the provider's folder. Its routes are under it.
    fn name(&self) -> &'static str;

    fn routes(&self) -> Router<Sandbox>;

    /// The documented limits of the real provider.
    fn limits(&self) -> &'static [RateLimit];

    /// The fake's number in E.164, whose texts people reply to. A fake for mail has none.
    fn number(&self) -> Option<&'static str>;

    /// The webhook's body with the status of a text that the fake accepted.
    fn report(&self, text: &Text, status: &str, code: Option<u32>) -> String;

    /// The webhook's body with a text that a person sends to its number.
    fn written(&self, sid: &str, from: &str, body: &str) -> String;

    /// The headers that sign a webhook. `now` is in seconds since 1970.
    fn signed(&self, body: &str, now: i64) -> Vec<(&'static str, String)>;
}

pub(crate) fn routes() -> Router<Sandbox> {
    let nest = |all: Router<Sandbox>, fake: &&dyn Fake| all.nest(&format!("/{}", fake.name()), fake.routes());
    FAKES.iter().fold(Router::new(), nest)
}

#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static dyn Fake> {
    FAKES.iter().copied()
}

pub(crate) fn named(name: &str) -> Option<&'static dyn Fake> {
    FAKES.iter().copied().find(|fake| fake.name() == name)
}

pub(crate) fn of_number(number: &str) -> Option<&'static dyn Fake> {
    FAKES.iter().copied().find(|fake| fake.number() == Some(number))
}
