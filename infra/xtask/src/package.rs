//! The deployed binaries, each in the folder that the template names, measured against what Lambda takes.

use crate::process::{cargo, find, read, run};
use crate::tree::root;
use crate::web::Web;
use anyhow::{Context, Result, bail};
use clap::Args;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// The root manifest's profile for what is deployed.
const PROFILE: &str = "deploy";
/// Zipped. What is larger starts slower.
const LARGEST: u64 = 5_000_000;
/// The C library of the runtime `provided.al2023`.
const GLIBC: (u32, u32) = (2, 34);

#[derive(Args)]
pub struct PackageArguments {
    /// Measures nothing against bounds: `bench` does that, after it has measured all else.
    #[arg(long)]
    pub unchecked: bool,
}

pub fn package(arguments: &PackageArguments) -> Result<()> {
    let functions = functions()?;
    let mut command = cargo();
    command.env("LEADFLOW_WEB_BUILD", web_build()?);
    command.args(["build", "--profile", PROFILE, "--locked", "--bins"]);
    for name in &functions {
        command.args(["--package", name]);
    }
    run(&mut command)?;
    let built = read(cargo().args(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&built)?;
    let target =
        Path::new(metadata["target_directory"].as_str().context("cargo has a target folder")?).to_owned();
    let mut problems = Vec::new();
    for name in &functions {
        let binary = fs::read(target.join(PROFILE).join(name)).with_context(|| name.clone())?;
        let folder = root().join("target/lambda").join(name);
        fs::create_dir_all(&folder)?;
        let bootstrap = folder.join("bootstrap");
        write_executable(&bootstrap, &binary)?;
        let zipped = zipped_size(&binary)?;
        println!("{name:<20} {:>5.2} MB, zipped {:>5.2} MB", binary.len() as f64 / 1e6, zipped as f64 / 1e6);
        if zipped > LARGEST {
            problems.push(format!("{name} is {:.2} MB zipped", zipped as f64 / 1e6));
        }
        if let Some(needed) = needed_glibc(&bootstrap)?
            && needed > GLIBC
        {
            problems.push(format!(
                "{name} needs GLIBC {}.{}, Lambda has {}.{}",
                needed.0, needed.1, GLIBC.0, GLIBC.1
            ));
        }
    }
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    println!(
        "{} functions under target/lambda. Built here: deploy with Architecture={architecture}",
        functions.len()
    );
    if find("readelf").is_none() {
        println!("skipped the C library check: install binutils for readelf");
    }
    if problems.is_empty() || arguments.unchecked { Ok(()) } else { bail!("{}", problems.join("; ")) }
}

/// Builds the web app where Node is there, and names the build: its entry names every file by its content.
fn web_build() -> Result<String> {
    match Web::find() {
        Ok(web) => {
            web.install()?;
            web.build()?;
        }
        Err(missing) => println!("packaged without a fresh web app: {missing}"),
    }
    let entry = fs::read(root().join("web/dist/index.html")).unwrap_or_default();
    Ok(format!("{:016x}", digest(&entry)))
}

/// FNV-1a: tells builds apart, protects nothing.
fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn functions() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("functions"))? {
        let entry = entry?;
        if entry.path().join("src/main.rs").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn write_executable(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// As the deploy tool zips: deflated, with the archive's two entries.
fn zipped_size(bytes: &[u8]) -> Result<u64> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64 + 150)
}

/// The newest C library version that the binary asks for, where `readelf` is there to tell.
fn needed_glibc(binary: &Path) -> Result<Option<(u32, u32)>> {
    let Some(readelf) = find("readelf") else { return Ok(None) };
    Ok(newest_glibc(&read(Command::new(readelf).args(["--version-info", "--wide"]).arg(binary))?))
}

fn newest_glibc(versions: &str) -> Option<(u32, u32)> {
    let named = versions.split("GLIBC_").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let mut parts = rest[..end].split('.').map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??))
    });
    named.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let text =
            "0x0010:   Name: GLIBC_2.9  Flags: none\n0x0020:   Name: GLIBC_2.34  Flags\n  Name: GLIBC_2.2.5 ";
        assert_eq!(newest_glibc(text), Some((2, 34)));
        assert_eq!(newest_glibc("none"), None);
    }

    #[test]
    fn a_zip_is_smaller_than_what_it_holds() {
        assert!(zipped_size(&[7; 10_000]).unwrap() < 500);
    }

    #[test]
    fn every_function_is_found() {
        let names = functions().unwrap();
        assert!(names.len() > 20 && names.contains(&"send_message".to_owned()));
    }
}
