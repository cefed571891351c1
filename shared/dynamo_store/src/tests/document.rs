//! Compares the table's document with `keys`.

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/TABLE.md");

#[test]
fn table_document_is_up_to_date() {
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(committed == crate::table_doc(), "docs/TABLE.md is stale: run `cargo xtask generate`");
}

#[test]
fn table_document_contains_no_sample_id() {
    let doc = crate::table_doc();
    let ulid =
        |word: &str| word.len() == 26 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let left: Vec<&str> = doc.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| ulid(word)).collect();
    assert!(left.is_empty(), "{left:?}");
}
