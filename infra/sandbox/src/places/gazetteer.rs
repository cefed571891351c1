//! Countries with their main places, and the matching of addresses to them.

use std::sync::OnceLock;

pub(crate) struct Country {
    pub code: &'static str,
    pub name: &'static str,
    names: Vec<String>,
    pub calling_code: &'static str,
    pub language: &'static str,
    /// The country's places; most people live in the first.
    pub places: Vec<Place>,
}

pub(crate) struct Place {
    pub name: &'static str,
    names: Vec<String>,
    pub latitude: f64,
    pub longitude: f64,
    pub zone: &'static str,
    region: &'static str,
}

pub(crate) fn countries() -> &'static [Country] {
    static COUNTRIES: OnceLock<Vec<Country>> = OnceLock::new();
    COUNTRIES.get_or_init(|| parse(include_str!("gazetteer.txt")))
}

fn parse(table: &'static str) -> Vec<Country> {
    let mut countries: Vec<Country> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        match *line.split('|').collect::<Vec<_>>().as_slice() {
            ["C", code, name, others, calling_code, language] => {
                let names = std::iter::once(name).chain(others.split(';')).map(plain);
                let names = names.filter(|name| !name.trim().is_empty()).collect();
                countries.push(Country { code, name, names, calling_code, language, places: Vec::new() });
            }
            ["P", names, latitude, longitude, zone, region] => {
                let place = Place {
                    name: names.split(';').next().unwrap_or(names),
                    names: names.split(';').map(plain).collect(),
                    latitude: latitude.parse().expect("the table's latitudes are numbers"),
                    longitude: longitude.parse().expect("the table's longitudes are numbers"),
                    zone,
                    region,
                };
                countries.last_mut().expect("the table names a country before its places").places.push(place);
            }
            _ => unreachable!("the table has two kinds of lines: {line}"),
        }
    }
    countries
}

/// The country and place of an address; the country's main place if the address names no known one.
pub(crate) fn locate(address: &str) -> Option<(&'static Country, &'static Place)> {
    let text = plain(address);
    let country =
        named_country(&text).or_else(|| country_by_region(address)).or_else(|| country_by_place(&text))?;
    Some((country, place_in(country, address, &text)))
}

/// The country of a mail domain's ending; most of `.com` is in the United States.
pub(crate) fn of_domain(domain: &str) -> &'static Country {
    let ending = domain.rsplit('.').next().unwrap_or_default().to_uppercase();
    let code = if ending == "UK" { "GB" } else { ending.as_str() };
    countries().iter().find(|country| country.code == code).unwrap_or(&countries()[0])
}

/// The country of a number in E.164: the longest calling code that fits.
pub(crate) fn of_number(number: &str) -> &'static Country {
    let digits = number.trim_start_matches('+');
    countries()
        .iter()
        .filter(|country| digits.starts_with(country.calling_code))
        .max_by_key(|country| country.calling_code.len())
        .unwrap_or(&countries()[0])
}

/// The country that is named last, since addresses end with it.
fn named_country(text: &str) -> Option<&'static Country> {
    let last = |country: &Country| country.names.iter().filter_map(|name| text.rfind(name.as_str())).max();
    countries()
        .iter()
        .filter_map(|country| Some((last(country)?, country)))
        .max_by_key(|(at, _)| *at)
        .map(|(_, c)| c)
}

/// The country whose region code stands in capitals before the post code, such as `…, NV 12345` and
/// `…, TAS, 2634`.
fn country_by_region(address: &str) -> Option<&'static Country> {
    let words: Vec<&str> = address.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let pair = words.windows(2).rev().find(|pair| {
        let capitals = (2..=3).contains(&pair[0].len()) && pair[0].bytes().all(|b| b.is_ascii_uppercase());
        capitals && pair[1].bytes().any(|b| b.is_ascii_digit())
    })?;
    let code = match pair[1] {
        zip if zip.len() >= 5 && zip.bytes().take(5).all(|b| b.is_ascii_digit()) => "US",
        zip if zip.len() == 4 && zip.bytes().all(|b| b.is_ascii_digit()) => "AU",
        zip if zip.as_bytes()[0].is_ascii_alphabetic() => "CA",
        _ => return None,
    };
    let country = countries().iter().find(|country| country.code == code)?;
    let known =
        country.places.iter().any(|place| place.region == pair[0]) || matches!(pair[0], "AA" | "AE" | "AP");
    known.then_some(country)
}

fn country_by_place(text: &str) -> Option<&'static Country> {
    let mentions = |country: &&Country| {
        country.places.iter().any(|place| place.names.iter().any(|name| text.contains(name.as_str())))
    };
    countries().iter().find(mentions)
}

fn place_in(country: &'static Country, address: &str, text: &str) -> &'static Place {
    let by_region = || {
        let words: Vec<&str> = address.split([' ', ',', '(', ')']).collect();
        country.places.iter().find(|place| !place.region.is_empty() && words.contains(&place.region))
    };
    let by_name = || {
        let longest = |place: &Place| {
            place.names.iter().filter(|name| text.contains(name.as_str())).map(String::len).max()
        };
        country
            .places
            .iter()
            .filter_map(|place| Some((longest(place)?, place)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, place)| place)
    };
    by_region().or_else(by_name).unwrap_or(&country.places[0])
}

/// The text in lower case without accents, every run of other characters as one space, with a space at both
/// ends.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 2);
    plain.push(' ');
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ă' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' | 'č' => 'c',
            'ș' | 'š' => 's',
            'ț' => 't',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        };
        if c != ' ' || !plain.ends_with(' ') {
            plain.push(c);
        }
    }
    if !plain.ends_with(' ') {
        plain.push(' ');
    }
    plain
}
