//! The table of countries, with lines of `code|English name|other names…`.

use crate::text_match::folded;
use std::collections::HashMap;
use std::sync::OnceLock;

static TABLE: &str = include_str!("names.txt");

struct Index {
    names: Vec<Option<&'static str>>,
    by_name: HashMap<String, [u8; 2]>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index { names: vec![None; 26 * 26], by_name: HashMap::new() };
        for line in TABLE.lines() {
            let mut parts = line.split('|');
            let Some(&[a, b]) = parts.next().map(str::as_bytes) else { continue };
            let names: Vec<&'static str> = parts.collect();
            if let Some(place) = place([a, b]) {
                index.names[place] = names.first().copied();
            }
            for name in names {
                index.by_name.entry(folded(name)).or_insert([a, b]);
            }
        }
        index
    })
}

fn place(code: [u8; 2]) -> Option<usize> {
    let letter = |b: u8| b.is_ascii_uppercase().then(|| usize::from(b - b'A'));
    Some(letter(code[0])? * 26 + letter(code[1])?)
}

pub(super) fn english(code: [u8; 2]) -> Option<&'static str> {
    index().names[place(code)?]
}

pub(super) fn find(text: &str) -> Option<[u8; 2]> {
    if text.len() > 100 {
        return None;
    }
    index().by_name.get(&folded(text)).copied()
}

pub(super) fn codes() -> impl Iterator<Item = [u8; 2]> {
    TABLE.lines().filter_map(|line| line.as_bytes().first_chunk::<2>().copied())
}
