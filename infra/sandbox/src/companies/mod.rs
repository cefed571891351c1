//! The companies and people that the fakes know beforehand: those of the sample files that users import. Everything else
//! about anybody follows from the name, so that all providers tell the same.

use std::collections::HashMap;
use std::sync::OnceLock;

/// A row of a sample file. Empty parts are not known.
#[derive(Debug, Default, Clone)]
pub(crate) struct Company {
    pub company: String,
    /// The host of the website, without `www.`.
    pub host: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phone: String,
    pub category: String,
    pub address: String,
    pub city: String,
    pub country: String,
    pub note: String,
}

struct Known {
    companies: Vec<Company>,
    by_host: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, usize>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut companies = read(include_str!("companies.csv"));
        companies.extend(read(include_str!("../../../../docs/samples/clinics.csv")));
        let mut by_host: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_name = HashMap::new();
        for (index, row) in companies.iter().enumerate() {
            if !row.host.is_empty() {
                by_host.entry(row.host.clone()).or_default().push(index);
            }
            by_name.entry(row.company.to_lowercase()).or_insert(index);
        }
        Known { companies, by_host, by_name }
    })
}

fn read(table: &str) -> Vec<Company> {
    let mut rows = table.lines().filter(|line| !line.is_empty()).map(cells);
    let names = rows.next().unwrap_or_default();
    let rows = rows.map(|row| {
        let field = |name: &str| {
            let at = names.iter().position(|known| known == name);
            at.and_then(|at| row.get(at)).map_or_else(String::new, |text| text.trim().to_owned())
        };
        let either =
            |one: &str, other: &str| Some(field(one)).filter(|text| !text.is_empty()).unwrap_or(field(other));
        let website = either("host", "website");
        let website = website.rsplit("://").next().unwrap_or_default().trim_end_matches('/');
        Company {
            company: either("company", "business_name"),
            host: website.strip_prefix("www.").unwrap_or(website).to_lowercase(),
            first_name: field("first_name"),
            last_name: field("last_name"),
            email: field("email").to_lowercase(),
            phone: field("phone"),
            category: field("category"),
            address: field("address"),
            city: field("city"),
            country: field("country"),
            note: field("note"),
        }
    });
    rows.collect()
}

/// The cells of a line, some of them in quotation marks. No cell of the samples has a line break.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().expect("there is one from the start").push(c),
        }
    }
    cells
}

/// The companies whose website is at this host, with or without `www.`.
pub(crate) fn at_host(host: &str) -> Vec<&'static Company> {
    let known = known();
    let host = host.strip_prefix("www.").unwrap_or(host);
    known.by_host.get(host).into_iter().flatten().map(|index| &known.companies[*index]).collect()
}

pub(crate) fn named(company: &str) -> Option<&'static Company> {
    let known = known();
    known.by_name.get(&company.trim().to_lowercase()).map(|index| &known.companies[*index])
}

pub(crate) fn all() -> &'static [Company] {
    &known().companies
}
