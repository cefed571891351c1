//! Lists of countries in requests.

use domain::contact::country::Country;
use http_api::FieldErrors;

/// Reads a list of countries, each once; each fault is named by its place. None if there are too many.
pub fn countries(
    given: &[String],
    field: &str,
    most: usize,
    errors: &mut FieldErrors,
) -> Option<Vec<Country>> {
    if given.len() > most {
        errors.add(field, format!("must be at most {most}"));
        return None;
    }
    let mut read = Vec::new();
    for (place, country) in given.iter().enumerate() {
        let country = Country::from_name(country).ok_or("is not a country code such as GB");
        let country = errors.take(&format!("{field}[{place}]"), country);
        read.extend(country.filter(|country| !read.contains(country)));
    }
    Some(read)
}
