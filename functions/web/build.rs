//! Embeds the app again when the packager names another build.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LEADFLOW_WEB_BUILD");
    let build = std::env::var("LEADFLOW_WEB_BUILD").unwrap_or_default();
    println!("cargo:rustc-env=LEADFLOW_WEB_BUILD={build}");
    // Creates the folder, so that its path is the same whether or not the app is built before this crate.
    if let Err(error) = std::fs::create_dir_all("../../web/dist") {
        println!("cargo:warning=web/dist cannot be created: {error}");
    }
}
