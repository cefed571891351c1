//! A robots file (RFC 9309): the rules of the group that names us, else of the group for all. The longest rule that fits
//! a path decides; where two are as long, the one that allows.

use crate::transport::WebAddress;

/// Our name in robots files.
const OURS: &str = "leadflow";
const MOST_RULES: usize = 2_000;

#[derive(Debug, Default)]
pub(super) struct Robots {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    allows: bool,
    pattern: String,
}

impl Robots {
    /// The bytes that are read of the file.
    pub const LARGEST: usize = 512 * 1024;

    pub fn parse(text: &str) -> Self {
        let (mut ours, mut all) = (None::<Vec<Rule>>, Vec::new());
        let (mut for_us, mut for_all, mut in_rules) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((field, value)) = line.split_once(':') else { continue };
            let (field, value) = (field.trim().to_ascii_lowercase(), value.trim());
            match field.as_str() {
                "user-agent" => {
                    if in_rules {
                        (for_us, for_all, in_rules) = (false, false, false);
                    }
                    let name = value.split('/').next().unwrap_or_default().trim();
                    for_us |= name.eq_ignore_ascii_case(OURS);
                    for_all |= name == "*";
                    if for_us {
                        ours.get_or_insert_default();
                    }
                }
                "allow" | "disallow" => {
                    in_rules = true;
                    let rule = || Rule { allows: field == "allow", pattern: value.to_owned() };
                    // An empty rule says nothing.
                    if !value.is_empty() {
                        if let Some(ours) = ours.as_mut().filter(|ours| for_us && ours.len() < MOST_RULES) {
                            ours.push(rule());
                        }
                        if for_all && all.len() < MOST_RULES {
                            all.push(rule());
                        }
                    }
                }
                _ => {}
            }
        }
        Self { rules: ours.unwrap_or(all) }
    }

    pub fn allows(&self, address: &WebAddress) -> bool {
        let path = match address.query() {
            Some(query) => format!("{}?{query}", address.path()),
            None => address.path().to_owned(),
        };
        let fitting = self.rules.iter().filter(|rule| fits(&rule.pattern, &path));
        fitting.max_by_key(|rule| (rule.pattern.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }
}

/// Whether a pattern with `*` and a closing `$` fits the beginning of the path.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    match (to_the_end, last) {
        (false, _) => true,
        (true, None) => rest.is_empty(),
        // The last part may come again further on, at the very end.
        (true, Some(last)) => rest.is_empty() || rest.ends_with(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(robots: &str, path: &str) -> bool {
        let address = WebAddress::parse(&format!("https://acme.example{path}")).unwrap();
        Robots::parse(robots).allows(&address)
    }

    #[test]
    fn longest_rule_that_fits_decides() {
        let file = "User-agent: *\nDisallow: /private\nAllow: /private/team # ours\nDisallow: /*.pdf$\nDisallow: /*?q=";
        for (path, expected) in [
            ("/", true),
            ("/about", true),
            ("/private", false),
            ("/private/other", false),
            ("/private/team", true),
            ("/menu.pdf", false),
            ("/menu.pdfs", true),
            ("/a.pdf/b.pdf", false),
            ("/search?q=x", false),
            ("/search?r=x", true),
        ] {
            assert_eq!(allows(file, path), expected, "{path}");
        }
        assert!(allows("User-agent: *\nDisallow: /a\nAllow: /a", "/a"), "the one that allows");
        assert!(!allows("User-agent: *\nDisallow: /", "/"));
        assert!(allows("User-agent: *\nDisallow:", "/"));
        assert!(allows("<html>not a robots file: at all</html>", "/"));
    }

    #[test]
    fn group_that_names_us_outranks_the_group_for_all() {
        let file = "User-agent: *\nDisallow: /\n\nUser-agent: otherbot\nUser-agent: LeadFlow/1.0\nDisallow: /shop\n\nUser-agent: third\nDisallow: /about";
        assert!(allows(file, "/about"));
        assert!(!allows(file, "/shop/1"));
        assert!(!allows("User-agent: otherbot\nDisallow:\n\nUser-agent: *\nDisallow: /", "/"));
        assert!(allows("User-agent: leadflow\n\nUser-agent: *\nAllow: /x\n", "/about"));
    }
}
