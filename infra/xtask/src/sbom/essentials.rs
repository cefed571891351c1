//! What the schema of CycloneDX 1.6 wants of the parts that we write, and what those want who look faults up by the list.

use serde_json::Value;
use std::collections::BTreeSet;

/// Names what is wrong with a document.
pub fn problems(document: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let mut check = |holds: bool, what: String| {
        if !holds {
            problems.push(what);
        }
    };
    check(
        document["bomFormat"] == "CycloneDX" && document["specVersion"] == "1.6",
        "another format".to_owned(),
    );
    check(document["version"].as_u64().is_some_and(|version| version > 0), "no version".to_owned());
    check(is_serial_number(text(document, "serialNumber")), "no serial number".to_owned());
    let product = &document["metadata"]["component"];
    check(is_component(product), "the product has no type, name or version".to_owned());
    let mut known = BTreeSet::from([text(product, "bom-ref")]);
    for component in list(document, "components") {
        let reference = text(component, "bom-ref");
        check(known.insert(reference), format!("{reference} stands there twice"));
        check(is_component(component), format!("{reference} has no type, name or version"));
        check(
            ["required", "excluded"].contains(&text(component, "scope")),
            format!("{reference} has another scope"),
        );
        let is_ours = component.get("purl").is_none();
        check(is_ours == reference.starts_with("own:"), format!("{reference} has no address"));
        check(is_ours || is_purl(text(component, "purl")), format!("{reference} has a wrong address"));
        check(is_ours || !list(component, "hashes").is_empty(), format!("{reference} has no digest"));
        check(list(component, "hashes").iter().all(is_digest), format!("{reference} has a wrong digest"));
        let licences = list(component, "licenses");
        let is_said = licences.len() == 1 && !text(&licences[0], "expression").is_empty();
        check(is_said, format!("{reference} says no licence"));
    }
    let mut told = BTreeSet::new();
    for dependency in list(document, "dependencies") {
        let reference = text(dependency, "ref");
        check(told.insert(reference), format!("what {reference} needs stands there twice"));
        let needs: Vec<&str> = list(dependency, "dependsOn").iter().filter_map(Value::as_str).collect();
        let is_once = needs.iter().collect::<BTreeSet<_>>().len() == needs.len();
        check(is_once, format!("{reference} needs one thing twice"));
        let unknown = needs.iter().find(|needed| !known.contains(**needed));
        check(unknown.is_none(), format!("{reference} needs {}, which is not there", unknown.unwrap_or(&"")));
    }
    check(told == known, "what is there, and what says what it needs, are not the same".to_owned());
    problems
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn is_component(component: &Value) -> bool {
    let has = |name: &str| !text(component, name).is_empty();
    ["application", "library"].contains(&text(component, "type"))
        && has("name")
        && has("version")
        && has("bom-ref")
}

fn is_serial_number(text: &str) -> bool {
    let Some(number) = text.strip_prefix("urn:uuid:") else { return false };
    number.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && number.split('-').all(is_hex)
}

fn is_purl(text: &str) -> bool {
    let named = text.strip_prefix("pkg:cargo/").or_else(|| text.strip_prefix("pkg:npm/"));
    let parts = named.and_then(|named| named.rsplit_once('@'));
    let plain = |part: &str| !part.is_empty() && !part.contains(['@', '+', ' ']);
    parts.is_some_and(|(name, version)| plain(name) && plain(version))
}

fn is_digest(hash: &Value) -> bool {
    let length = match text(hash, "alg") {
        "SHA-256" => 64,
        "SHA-512" => 128,
        _ => return false,
    };
    text(hash, "content").len() == length && is_hex(text(hash, "content"))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
