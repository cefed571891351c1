//! The composition root: a function's configuration, its SDK clients, and every port filled.

mod aws_client;
mod blobs;
mod bus;
mod config;
mod connect;
mod pages;
mod parts;
mod queues;
mod random_ids;
mod secret;
mod signing;
mod start;
mod system_mail;
mod vault;

pub use aws_client::sdk_config;
pub use config::{BadConfig, Config};
pub use connect::{Connected, Outside, connect};
pub use random_ids::RandomIds;
pub use secret::{new_secret_text, read_secret_text, read_sign_in_clients, with_sign_in_clients};
pub use start::start;
pub use vault::SealedVault;

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
