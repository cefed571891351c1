use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::fixture::world;
use crate::places::gazetteer::{countries, locate};
use crate::{Credentials, Provider};

fn path(query: &str) -> String {
    let query = serde_urlencoded::to_string([("q", query)]).unwrap();
    format!(
        "/serpapi/search.json?engine=google_maps&type=search&{query}&api_key={}",
        Credentials::SERPAPI_KEY
    )
}

#[test]
fn every_zone_exists_and_fits_its_longitude() {
    assert!(countries().len() >= 60);
    let winter: Timestamp = "2026-01-15T00:00:00Z".parse().unwrap();
    for country in countries() {
        assert!(!country.places.is_empty(), "{}", country.name);
        for place in &country.places {
            let zone = TimeZone::get(place.zone).unwrap();
            let offset = f64::from(zone.to_offset(winter).seconds()) / 3600.0;
            let by_sun = place.longitude / 15.0;
            assert!((offset - by_sun).abs() < 3.5, "{} {} {offset} {by_sun}", place.name, place.zone);
        }
    }
}

#[test]
fn addresses_are_located_as_people_write_them() {
    for (address, zone) in [
        (
            "Stichting de Roo, Bryanstraat 3, 1996OC, Winneweer, Egmond aan Zee, Netherlands",
            "Europe/Amsterdam",
        ),
        (
            "55613 Rachel Highway Suite 516, Lutzshire, CA 47779, Camposton, United States",
            "America/Los_Angeles",
        ),
        ("0822 Perry Haven Suite 446, West Timothy, TN 52191", "America/Chicago"),
        ("690 Johnson Gardens, East Brenda, NT, 7657, Australia", "Australia/Darwin"),
        ("Flat 67 0 Connie Subway, St. Joseph, WA, 2388, Australia", "Australia/Perth"),
        ("USCGC Kirby, FPO AP 10351, Comptonmouth, United States", "America/New_York"),
        ("Calle Mayor 1, Las Palmas, España", "Atlantic/Canary"),
        ("Hauptstr. 1, München", "Europe/Berlin"),
        ("02/22, Dara Chowk, Anantapur-180334, Navi Mumbai, India", "Asia/Kolkata"),
        ("12 King St, Halifax, NS B3H 1A1", "America/Halifax"),
    ] {
        assert_eq!(locate(address).map(|(_, place)| place.zone), Some(zone), "{address}");
    }
    assert!(locate("somewhere over the rainbow").is_none());
}

#[tokio::test]
async fn place_is_found_at_the_same_spot_each_time() {
    let world = world();
    let query = path("Alder Dental, Hauptstr. 1, Berlin, Germany");
    let (status, first) = world.get(&query).await;
    assert_eq!(status, 200);
    let spot = |body: &serde_json::Value| {
        let one = if body["place_results"].is_object() {
            &body["place_results"]
        } else {
            &body["local_results"][0]
        };
        one["gps_coordinates"].clone()
    };
    assert!((spot(&first)["latitude"].as_f64().unwrap() - 52.52).abs() < 0.03, "{first}");
    assert_eq!(spot(&first), spot(&world.get(&query).await.1));
    let (status, nothing) = world.get(&path("nowhere at all")).await;
    assert_eq!(status, 200);
    assert_eq!(nothing["error"], "Google hasn't returned any results for this query.");
    let (_, many) = world.get(&path("dentists in Amsterdam")).await;
    assert!(many["local_results"].as_array().unwrap().len() >= 12);
}

#[tokio::test]
async fn places_refuse_malformed_requests_wrong_keys_and_excess() {
    let world = world();
    let key = Credentials::SERPAPI_KEY;
    let (status, body) = world.get(&format!("/serpapi/search.json?engine=google_maps&api_key={key}")).await;
    assert_eq!((status, &body["error"]), (400, &"Missing query `q` parameter.".into()));
    assert_eq!(world.get("/serpapi/search.json?engine=google_maps&q=x&api_key=no").await.0, 401);
    assert_eq!(world.get(&format!("/serpapi/search.json?engine=bing&q=x&api_key={key}")).await.0, 400);
    for wrong in ["&ll=@52.5,13.4", "&ll=@52.5,13.4,14z&location=Berlin", "&location=Berlin", "&start=7"] {
        assert_eq!(world.get(&(path("x") + wrong)).await.0, 400, "{wrong}");
    }
    assert_eq!(world.get(&(path("Berlin") + "&ll=@52.5,13.4,14z")).await.0, 200);
    world.sandbox.set_out_of_credit(Provider::Serpapi, true);
    let (status, body) = world.get(&path("Berlin")).await;
    assert_eq!(status, 429);
    assert!(body["error"].as_str().unwrap().contains("run out of searches"));
    world.sandbox.set_outage(Provider::Serpapi, true);
    assert_eq!(world.get(&path("Berlin")).await.0, 503);
}
