//! Gives the dependencies of every crate's tests one set of features.
//!
//! Cargo builds a dependency once for each set of features that is asked of it. `cargo test -p leads` and `cargo test
//! --workspace` ask for different sets, and so would each build the AWS SDK anew, which takes minutes. The manifest of this
//! crate names what the whole workspace asks for; every crate has it among its development dependencies, by way of
//! `local_cloud` or directly. It holds no code, and nothing that is deployed depends on it.
