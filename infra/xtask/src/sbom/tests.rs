//! A list of a small tree: what stands in it, what does not, and which faults of a list are found.

use super::*;

const LOCK: &str = r#"
version = 4

[[package]]
name = "toml"
version = "1.2.2+spec-1.1.0"
checksum = "1111111111111111111111111111111111111111111111111111111111111111"

[[package]]
name = "derive"
version = "1.0.0"
checksum = "2222222222222222222222222222222222222222222222222222222222222222"

[[package]]
name = "quote"
version = "1.0.0"
checksum = "3333333333333333333333333333333333333333333333333333333333333333"

[[package]]
name = "checker"
version = "1.0.0"
checksum = "4444444444444444444444444444444444444444444444444444444444444444"

[[package]]
name = "bootstrap"
version = "0.1.0"
"#;

fn package(name: &str, version: &str, kind: &str, source: Option<&str>) -> Value {
    json!({ "id": name, "name": name, "version": version, "license": "MIT/Apache-2.0", "source": source,
        "targets": [{ "kind": [kind] }] })
}

fn metadata() -> Value {
    let registry = Some("registry");
    let edge = |to: &str, kind: Value| json!({ "pkg": to, "dep_kinds": [{ "kind": kind, "target": null }] });
    json!({
        "packages": [
            package("bootstrap", "0.1.0", "bin", None),
            package("xtask", "0.1.0", "bin", None),
            package("toml", "1.2.2+spec-1.1.0", "lib", registry),
            package("derive", "1.0.0", "proc-macro", registry),
            package("quote", "1.0.0", "lib", registry),
            package("checker", "1.0.0", "lib", registry),
        ],
        "resolve": { "nodes": [
            { "id": "bootstrap", "deps": [edge("toml", Value::Null), edge("checker", json!("dev"))] },
            { "id": "xtask", "deps": [] },
            { "id": "toml", "deps": [edge("derive", Value::Null), edge("checker", json!("build"))] },
            { "id": "derive", "deps": [edge("quote", Value::Null)] },
            { "id": "quote", "deps": [] },
            { "id": "checker", "deps": [] },
        ]},
    })
}

fn web() -> Value {
    let sha = format!("sha512-{}==", "A".repeat(86));
    let one = |version: &str, needs: Value| json!({ "version": version, "license": "MIT", "integrity": sha, "dependencies": needs });
    json!({ "packages": {
        "": { "version": "0.1.0", "license": "MIT", "dependencies": { "@ui/list": "1.0.0" } },
        "node_modules/@ui/list": one("1.0.0", json!({ "scroll": "^1", "tests": "1" })),
        "node_modules/@ui/list/node_modules/scroll": one("1.5.0", json!({})),
        "node_modules/scroll": one("2.0.0", json!({ "@ui/list": "1" })),
        "node_modules/tests": { "version": "1.0.0", "dev": true, "license": "MIT" },
    }})
}

fn small() -> Value {
    let of_rust = crates::components(&metadata(), LOCK).unwrap();
    assembled("0.1.0", of_rust, packages::components(&web()).unwrap())
}

fn part<'a>(document: &'a Value, list: &str, key: &str, reference: &str) -> Option<&'a Value> {
    document[list].as_array().unwrap().iter().find(|part| part[key] == reference)
}

fn component<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    part(document, "components", "bom-ref", reference)
}

fn needs<'a>(document: &'a Value, reference: &str) -> &'a Value {
    &part(document, "dependencies", "ref", reference).unwrap()["dependsOn"]
}

#[test]
fn shipped_crates_are_listed_with_address_licence_and_digest_and_those_of_tests_are_not() {
    let document = small();
    assert_eq!(essentials::problems(&document), [""; 0]);
    let toml = component(&document, "pkg:cargo/toml@1.2.2%2Bspec-1.1.0").unwrap();
    assert_eq!(toml["purl"], toml["bom-ref"]);
    assert_eq!((&toml["version"], &toml["scope"]), (&json!("1.2.2+spec-1.1.0"), &json!("required")));
    assert_eq!(toml["licenses"], json!([{ "expression": "MIT OR Apache-2.0" }]));
    assert_eq!(toml["hashes"], json!([{ "alg": "SHA-256", "content": "1".repeat(64) }]));
    for macros in ["pkg:cargo/derive@1.0.0", "pkg:cargo/quote@1.0.0"] {
        assert_eq!(component(&document, macros).unwrap()["scope"], "excluded", "{macros}");
    }
    assert_eq!(component(&document, "pkg:cargo/checker@1.0.0"), None);
    let ours = component(&document, "own:bootstrap").unwrap();
    assert_eq!(ours.get("purl"), None, "another's crate may have that name");
    assert_eq!(needs(&document, "own:bootstrap"), &json!(["pkg:cargo/toml@1.2.2%2Bspec-1.1.0"]));
    assert_eq!(needs(&document, PRODUCT), &json!(["own:bootstrap", "own:leadflow-web", "own:xtask"]));
}

#[test]
fn package_of_the_web_app_needs_the_version_that_lies_nearest() {
    let document = small();
    assert_eq!(needs(&document, "own:leadflow-web"), &json!(["pkg:npm/%40ui/list@1.0.0"]));
    assert_eq!(needs(&document, "pkg:npm/%40ui/list@1.0.0"), &json!(["pkg:npm/scroll@1.5.0"]));
    assert_eq!(needs(&document, "pkg:npm/scroll@2.0.0"), &json!(["pkg:npm/%40ui/list@1.0.0"]));
    let list = component(&document, "pkg:npm/%40ui/list@1.0.0").unwrap();
    assert_eq!((&list["name"], &list["hashes"][0]["alg"]), (&json!("@ui/list"), &json!("SHA-512")));
    assert_eq!(component(&document, "pkg:npm/tests@1.0.0"), None);
}

#[test]
fn same_tree_makes_the_same_list_and_another_one_another_number() {
    assert_eq!(small(), small());
    let mut other = metadata();
    other["packages"][2]["license"] = json!("ISC");
    let of_rust = crates::components(&other, LOCK).unwrap();
    let other = assembled("0.1.0", of_rust, packages::components(&web()).unwrap());
    assert_ne!(small()["serialNumber"], other["serialNumber"]);
}

#[test]
fn crate_without_a_digest_is_refused() {
    let lock = LOCK.replace("checksum = \"3", "sum = \"3");
    let refused = crates::components(&metadata(), &lock).unwrap_err();
    assert_eq!(refused.to_string(), "quote 1.0.0 has no digest in Cargo.lock");
}

#[test]
fn faults_of_a_list_are_named() {
    let with = |path: &str, value: Value| {
        let mut document = small();
        *document.pointer_mut(path).unwrap() = value;
        essentials::problems(&document)
    };
    for (path, value) in [
        ("/specVersion", json!("1.4")),
        ("/serialNumber", json!("urn:uuid:1")),
        ("/metadata/component/version", json!("")),
        ("/components/3/bom-ref", json!("own:xtask")),
        ("/components/3/version", json!("")),
        ("/components/3/hashes", json!([])),
        ("/components/3/hashes/0/content", json!("00")),
        ("/components/3/licenses", json!([])),
        ("/components/3/purl", json!("pkg:cargo/derive")),
        ("/components/3/scope", json!("shipped")),
        ("/dependencies/1/dependsOn", json!(["pkg:cargo/gone@1.0.0"])),
        ("/dependencies/0/ref", json!("own:other")),
    ] {
        assert!(!with(path, value.clone()).is_empty(), "{path} {value}");
    }
}
