//! Rust sources without their tests and comments.

/// Whether the whole file exists for tests only.
pub fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.starts_with("infra/test_stage/")
}

/// The lines before an inline test module, with their numbers. Tests stand last in a file.
pub fn shipped(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let inline = lines.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].trim_end().ends_with('{')
    });
    let end = inline.unwrap_or(lines.len());
    lines.into_iter().take(end).enumerate().map(|(number, line)| (number + 1, line))
}

/// The shipped lines without comments that take a whole line.
pub fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    shipped(text).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_leaves_out_tests_and_comments() {
        let text = "//! What for.\nfn a() {}\n// Why.\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert_eq!(shipped(text).count(), 3);
        assert_eq!(code(text).collect::<Vec<_>>(), [(2, "fn a() {}")]);
        assert_eq!(shipped("#[cfg(test)]\nmod tests;\nfn a() {}\n").count(), 3);
        assert!(is_test("functions/leads/src/tests.rs") && is_test("shared/domain/src/tests/window.rs"));
        assert!(!is_test("infra/xtask/src/test/mod.rs"));
    }
}
