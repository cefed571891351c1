//! The single-page app's files, embedded. Whatever is no file and no API is a place inside the app.

mod files;
mod serve_file;
#[cfg(test)]
mod tests;

use application::Ports;
use files::Files;
use http_api::Access::Public;
use http_api::{Routes, axum, routes, utoipa};

pub struct App {
    files: Files,
    /// Only then may browsers be told to use nothing else.
    https: bool,
}

impl App {
    pub fn new(ports: &Ports) -> Self {
        Self { files: Files::embedded(), https: ports.public_url.starts_with("https://") }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new().add(Public, routes!(serve_file::get_app)).add(Public, routes!(serve_file::get_file))
}
