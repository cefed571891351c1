//! The dependencies in a crate's manifest.

/// Names below `[dependencies]` and `[build-dependencies]`, with their lines.
pub fn dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut names = Vec::new();
    for (number, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line == "[dependencies]" || line == "[build-dependencies]";
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let end = line.find(['.', ' ', '=']).unwrap_or(line.len());
            names.push((number + 1, &line[..end]));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dev_dependencies_are_left_out() {
        let manifest = "[package]\nname = \"leads\"\n\n[dependencies]\ndomain.workspace = true\n# why\ntokio = { workspace = true }\n\n[dev-dependencies]\nproptest.workspace = true\n";
        assert_eq!(dependencies(manifest), [(5, "domain"), (7, "tokio")]);
    }
}
