//! The answer to a search: one place for an address, a page of places for "trade in city", or nothing.

use serde_json::{Map, Value, json};

use super::gazetteer::{self, Country, Place};
use crate::sandbox::Sandbox;
use crate::seed::Roll;

const NOTHING: &str = "Google hasn't returned any results for this query.";
const MOST_RESULTS: u64 = 60;

pub(crate) fn search(sandbox: &Sandbox, query: &str, start: u64) -> Value {
    let mut roll = sandbox.seed().roll(&["place", &gazetteer::plain(query)]);
    let mut answer = Map::new();
    answer.insert(
        "search_metadata".into(),
        json!({
            "id": roll.hex(24), "status": "Success",
            "created_at": sandbox.now().strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            "total_time_taken": 0.9,
        }),
    );
    answer.insert(
        "search_parameters".into(),
        json!({"engine": "google_maps", "type": "search", "q": query, "google_domain": "google.com", "hl": "en"}),
    );
    let found = gazetteer::locate(query);
    match (found, trade(query)) {
        (None, _) => {
            answer.insert("error".into(), NOTHING.into());
        }
        (Some((country, place)), Some(trade)) => {
            let total = 12 + roll.below(MOST_RESULTS - 12);
            let listed: Vec<Value> = (start..total.min(start + 20))
                .map(|index| {
                    let mut roll = sandbox.seed().roll(&["listing", &trade, place.name, &index.to_string()]);
                    let title = business_name(&trade, place, &mut roll);
                    entry(
                        Some(index - start + 1),
                        &title,
                        Some(&trade),
                        place.name,
                        country,
                        place,
                        &mut roll,
                    )
                })
                .collect();
            if listed.is_empty() {
                answer.insert("error".into(), NOTHING.into());
            } else {
                answer.insert("local_results".into(), listed.into());
            }
            if start + 20 < total {
                let next = format!("https://serpapi.com/search.json?engine=google_maps&start={}", start + 20);
                answer.insert("serpapi_pagination".into(), json!({"next": next}));
            }
        }
        (Some(_), None) if roll.percent(4) => {
            answer.insert("error".into(), NOTHING.into());
        }
        (Some((country, place)), None) => {
            let title = query.split(',').next().unwrap_or(query).trim();
            if roll.percent(70) {
                let one = entry(None, title, kind_of(title), query, country, place, &mut roll);
                answer.insert("place_results".into(), one);
            } else {
                let several = 2 + roll.below(2);
                let listed: Vec<Value> = (1..=several)
                    .map(|position| {
                        entry(Some(position), title, kind_of(title), query, country, place, &mut roll)
                    })
                    .collect();
                answer.insert("local_results".into(), listed.into());
            }
        }
    }
    Value::Object(answer)
}

/// The trade of a query such as `plumbers in Berlin`; None for other queries.
fn trade(query: &str) -> Option<String> {
    let (trade, place) = query.split_once(" in ")?;
    let is_trade = !trade.is_empty() && !query.contains(|c: char| c.is_ascii_digit()) && !trade.contains(',');
    (is_trade && place.len() < 60).then(|| trade.trim().trim_end_matches('s').to_owned())
}

fn business_name(trade: &str, place: &Place, roll: &mut Roll) -> String {
    const NAMES: [&str; 16] = [
        "Alder", "Birch", "Carver", "Dunn", "Ellis", "Faro", "Gable", "Harbour", "Iris", "Juniper", "Keel",
        "Linden", "Mason", "North", "Orchard", "Pioneer",
    ];
    let name = roll.pick(&NAMES);
    match roll.below(3) {
        0 => format!("{name} {trade}"),
        1 => format!("{name} & Sons {trade}"),
        _ => format!("{} {name} {trade}", place.name),
    }
}

fn entry(
    position: Option<u64>,
    title: &str,
    kind: Option<&str>,
    address: &str,
    country: &Country,
    place: &Place,
    roll: &mut Roll,
) -> Value {
    // The place is a few kilometres around the centre: no zone's border is that close to any of them.
    let mut near = |centre: f64| ((centre + (roll.unit() - 0.5) * 0.04) * 1e6).round() / 1e6;
    let (latitude, longitude) = (near(place.latitude), near(place.longitude));
    let cid = roll.next();
    let mut entry = json!({
        "title": title,
        "place_id": format!("ChIJ{}", roll.hex(23)),
        "data_id": format!("0x{}:0x{:x}", roll.hex(16), cid),
        "data_cid": cid.to_string(),
        "gps_coordinates": {"latitude": latitude, "longitude": longitude},
        "address": address,
        "country": country.name,
        "unclaimed_listing": roll.percent(10),
    });
    if roll.percent(80) {
        entry["rating"] = json!(((3.0 + roll.unit() * 2.0) * 10.0).round() / 10.0);
        entry["reviews"] = json!(roll.between(3, 900));
    }
    match (position, kind) {
        (Some(_), Some(kind)) => {
            entry["type"] = json!(kind);
            entry["types"] = json!([kind]);
        }
        (None, Some(kind)) => entry["type"] = json!([kind]),
        (_, None) => {}
    }
    if let Some(position) = position {
        let host: String = title.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        entry["position"] = json!(position);
        entry["phone"] = json!(local_phone(country, roll));
        entry["website"] = json!(format!("https://www.{host}.example"));
        entry["operating_hours"] = json!({"monday": "9\u{202f}AM\u{2013}5\u{202f}PM", "sunday": "Closed"});
    }
    entry
}

/// The trade that a name suggests; most names suggest none.
fn kind_of(title: &str) -> Option<&'static str> {
    const SIGNS: [(&str, &str); 16] = [
        ("dent", "Dental clinic"),
        ("plumb", "Plumber"),
        ("roof", "Roofing contractor"),
        ("law", "Law firm"),
        ("legal", "Law firm"),
        ("account", "Accounting firm"),
        ("restaurant", "Restaurant"),
        ("bakery", "Bakery"),
        ("gym", "Gym"),
        ("fitness", "Gym"),
        ("software", "Software company"),
        ("vet", "Veterinarian"),
        ("garage", "Auto repair shop"),
        ("realty", "Real estate agency"),
        ("clinic", "Medical clinic"),
        ("physio", "Physical therapy clinic"),
    ];
    let title = gazetteer::plain(title);
    SIGNS.iter().find(|(sign, _)| title.contains(&format!(" {sign}"))).map(|(_, kind)| *kind)
}

fn local_phone(country: &Country, roll: &mut Roll) -> String {
    match country.calling_code {
        "1" => format!("(202) 555-01{:02}", roll.below(100)),
        code => format!("+{code} 20 7946 0{:03}", roll.below(1000)),
    }
}
