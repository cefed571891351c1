//! Serves the files of the single-page app, which are embedded. A path that is no file, no API and nothing that
//! programs ask for is a page of the app.

mod asked_page;
mod files;
mod get_app;
mod get_file;
mod serve_file;
#[cfg(test)]
mod tests;

use application::Ports;
use files::Files;
use http::HeaderValue;
use http_api::Access::Public;
use http_api::{Routes, routes};

pub struct App {
    files: Files,
    /// The content security policy of every answer.
    policy: HeaderValue,
}

impl App {
    pub fn new(ports: &impl Ports) -> Self {
        let pages = ports.pages().address();
        Self { files: Files::embedded(), policy: serve_file::policy(pages.as_deref()) }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new().add(Public, routes!(get_app::get_app)).add(Public, routes!(get_file::get_file))
}
