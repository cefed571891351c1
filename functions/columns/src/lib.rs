//! Serves `/api/columns`. Say here in one line what its routes are for.

#[cfg(test)]
mod tests;

use http_api::Routes;

application::ports! {
    pub struct App {}
}

pub fn routes() -> Routes<App> {
    Routes::new().group("/api/columns")
}
