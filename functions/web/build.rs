//! Embeds the app anew when the packager says that it has another build.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LEADFLOW_WEB_BUILD");
    let build = std::env::var("LEADFLOW_WEB_BUILD").unwrap_or_default();
    println!("cargo:rustc-env=LEADFLOW_WEB_BUILD={build}");
    // Whether the app is built before or after this crate: a folder that is there has a path that stays the same.
    if let Err(error) = std::fs::create_dir_all("../../web/dist") {
        println!("cargo:warning=web/dist cannot be created: {error}");
    }
}
