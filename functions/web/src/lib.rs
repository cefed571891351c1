//! The single-page app's files, embedded. Whatever is no file and no API is a place inside the app.

mod files;
mod get_app;
mod get_file;
mod serve_file;
#[cfg(test)]
mod tests;

use application::Ports;
use files::Files;
use http_api::Access::Public;
use http_api::{Routes, routes};

pub struct App {
    files: Files,
}

impl App {
    pub fn new(_: &impl Ports) -> Self {
        Self { files: Files::embedded() }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new().add(Public, routes!(get_app::get_app)).add(Public, routes!(get_file::get_file))
}
