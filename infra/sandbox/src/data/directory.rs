//! People and companies as all providers tell them. What a sample file says of one is told; the rest follows from the
//! name.

use crate::companies::{self, Company};
use crate::places::gazetteer;
use crate::seed::{Roll, Seed};

/// Facts follow from names alone: they are the same with every seed of the sandbox.
const FACTS: Seed = Seed(2026);

const WEBMAIL: [&str; 9] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "gmx.de",
    "aol.com",
    "mailinator.com",
];
const FIRST_NAMES: [&str; 16] = [
    "Ada", "Ben", "Carla", "Dario", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Liam",
    "Mara", "Nils", "Olga", "Pablo",
];
const LAST_NAMES: [&str; 16] = [
    "Abel", "Brandt", "Castro", "Dietz", "Ekström", "Ferreira", "Grant", "Hale", "Ivanov", "Jensen", "Kovac",
    "Lund", "Moreau", "Novak", "Okoro", "Petrov",
];
/// Titles with their seniority.
const TITLES: [(&str, &str); 12] = [
    ("Owner", "owner"),
    ("Founder", "founder"),
    ("Chief Executive Officer", "c_suite"),
    ("Managing Partner", "partner"),
    ("Vice President Sales", "vp"),
    ("Head of Marketing", "head"),
    ("Operations Director", "director"),
    ("Marketing Manager", "manager"),
    ("Office Manager", "manager"),
    ("Senior Account Executive", "senior"),
    ("Sales Representative", "entry"),
    ("Marketing Intern", "intern"),
];
const INDUSTRIES: [&str; 10] = [
    "construction",
    "retail",
    "hospitality",
    "accounting",
    "real estate",
    "information technology",
    "legal services",
    "marketing and advertising",
    "medical practice",
    "automotive",
];

#[derive(Debug, Clone)]
pub(super) struct Firm {
    pub name: String,
    pub domain: String,
    pub industry: String,
    pub employees: u64,
    pub phone: String,
    pub street: String,
    pub city: String,
    pub country: String,
    pub country_code: String,
    pub description: String,
}

#[derive(Debug, Clone)]
pub(super) struct Person {
    pub first: String,
    pub last: String,
    pub email: String,
    pub title: &'static str,
    pub level: &'static str,
    pub mobile: String,
    pub firm: Firm,
}

impl Firm {
    /// The company at a domain; none for those where everybody has an address.
    pub fn at(domain: &str) -> Option<Self> {
        let domain = domain.trim().to_lowercase();
        let domain = domain.strip_prefix("www.").unwrap_or(&domain);
        let is_domain =
            domain.contains('.') && !domain.contains([' ', '@', '/']) && !WEBMAIL.contains(&domain);
        if !is_domain {
            return None;
        }
        match companies::at_host(domain).first() {
            Some(row) => Some(Self::of_row(row)),
            None => {
                let word = domain.split('.').next().unwrap_or(domain);
                Some(Self::made(&capitalized(&word.replace('-', " ")), domain, None))
            }
        }
    }

    /// The company of this name; one that no sample file names has a website of its name.
    pub fn named(name: &str) -> Option<Self> {
        if let Some(row) = companies::named(name).filter(|row| !row.host.is_empty()) {
            return Some(Self::of_row(row));
        }
        let word: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        (word.len() > 2).then(|| Self::made(name.trim(), &format!("{word}.example"), None))
    }

    pub fn of_row(row: &Company) -> Self {
        Self::made(&row.company, &row.host, Some(row))
    }

    fn made(name: &str, domain: &str, row: Option<&Company>) -> Self {
        let mut roll = FACTS.roll(&["firm", domain]);
        let told =
            |text: fn(&Company) -> &str| row.map(text).filter(|text| !text.is_empty()).map(str::to_owned);
        let country = match told(|row| &row.country) {
            Some(named) => gazetteer::countries().iter().find(|country| country.name == named),
            None => Some(gazetteer::of_domain(domain)),
        };
        let country = country.unwrap_or(&gazetteer::countries()[0]);
        let place = roll.pick(&country.places);
        let industry = told(|row| &row.category).unwrap_or_else(|| (*roll.pick(&INDUSTRIES)).to_owned());
        let employees = match roll.below(10) {
            0..4 => roll.between(1, 10),
            4..7 => roll.between(11, 50),
            7..9 => roll.between(51, 200),
            _ => roll.between(201, 2_000),
        };
        let city = told(|row| &row.city).unwrap_or_else(|| place.name.to_owned());
        Self {
            name: name.to_owned(),
            domain: domain.to_owned(),
            description: format!("{name} is a company in {city} ({industry})."),
            industry,
            employees: employees.unsigned_abs(),
            phone: told(|row| &row.phone).unwrap_or_else(|| phone(&mut roll)),
            street: told(|row| &row.address)
                .unwrap_or_else(|| format!("{} Example Street", roll.between(1, 200))),
            city,
            country: country.name.to_owned(),
            country_code: country.code.to_owned(),
        }
    }

    /// The size as providers tell it, in eight steps.
    pub fn size(&self) -> &'static str {
        match self.employees {
            0..=10 => "1-10",
            11..=50 => "11-50",
            51..=200 => "51-200",
            201..=500 => "201-500",
            501..=1_000 => "501-1000",
            1_001..=5_000 => "1001-5000",
            5_001..=10_000 => "5001-10000",
            _ => "10001+",
        }
    }

    pub fn page(&self) -> String {
        format!("linkedin.com/company/{}", slug(&self.name))
    }

    /// The people who work there: those of the sample files first.
    pub fn staff(&self) -> Vec<Person> {
        let mut staff: Vec<Person> = Vec::new();
        for row in companies::at_host(&self.domain).into_iter().filter(|row| !row.last_name.is_empty()) {
            staff.push(Person::at(&row.first_name, &row.last_name, Self::of_row(row)));
        }
        let mut roll = FACTS.roll(&["staff", &self.domain]);
        for _ in 0..1 + roll.below(self.employees.min(5)) {
            let (first, last) = (*roll.pick(&FIRST_NAMES), *roll.pick(&LAST_NAMES));
            if !staff.iter().any(|known| known.last == last) {
                staff.push(Person::at(first, last, self.clone()));
            }
        }
        staff
    }
}

impl Person {
    /// The person of this name at a company: everybody whom somebody asks about works there.
    pub fn at(first: &str, last: &str, firm: Firm) -> Self {
        let (first, last) = (capitalized(first.trim()), capitalized(last.trim()));
        let mut roll = FACTS.roll(&["person", &first.to_lowercase(), &last.to_lowercase(), &firm.domain]);
        let (title, level) = *roll.pick(&TITLES);
        let row = companies::at_host(&firm.domain).into_iter().find(|row| {
            row.first_name.eq_ignore_ascii_case(&first) && row.last_name.eq_ignore_ascii_case(&last)
        });
        let made = || format!("{}.{}@{}", slug(&first), slug(&last), firm.domain);
        let email = row.map(|row| row.email.clone()).filter(|email| !email.is_empty()).unwrap_or_else(made);
        Self { first, last, email, title, level, mobile: phone(&mut roll), firm }
    }

    pub fn of_email(email: &str) -> Option<Self> {
        let email = email.trim().to_lowercase();
        if let Some(row) = companies::all().iter().find(|row| row.email == email && !row.last_name.is_empty())
        {
            return Some(Self::at(&row.first_name, &row.last_name, Firm::of_row(row)));
        }
        let (local, domain) = email.split_once('@')?;
        let local = local.split('+').next().unwrap_or(local);
        let (first, last) = local.split_once(['.', '_', '-'])?;
        let is_name =
            [first, last].iter().all(|name| name.len() > 1 && name.bytes().all(|b| b.is_ascii_lowercase()));
        if !is_name {
            return None;
        }
        let person = Self::at(first, last, Firm::at(domain)?);
        (person.email == email).then_some(person)
    }

    /// The person with this name in the address of a profile.
    pub fn of_handle(handle: &str) -> Option<Self> {
        let handle = handle.trim().to_lowercase();
        let rows = companies::all().iter().filter(|row| !row.last_name.is_empty());
        let of_row = |row: &Company| Self::at(&row.first_name, &row.last_name, Firm::of_row(row));
        if let Some(row) =
            rows.into_iter().find(|row| handle_of(&row.first_name, &row.last_name, &row.host) == handle)
        {
            return Some(of_row(row));
        }
        let (first, rest) = handle.split_once('-')?;
        let last = rest.split('-').next()?;
        if first.len() < 2 || last.len() < 2 {
            return None;
        }
        let mut roll = FACTS.roll(&["employer", &handle]);
        let row = roll.pick(companies::all());
        Some(Self::at(first, last, Firm::of_row(row)))
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// What the gaps of providers are drawn by.
    pub fn key(&self) -> String {
        format!("{} {}", self.name().to_lowercase(), self.firm.domain)
    }

    pub fn handle(&self) -> String {
        handle_of(&self.first, &self.last, &self.firm.domain)
    }

    pub fn id(&self) -> String {
        FACTS.roll(&["id", &self.key()]).hex(24)
    }

    /// The name with only the ends of the surname, as for those who have not paid.
    pub fn masked_surname(&self) -> String {
        let letters: Vec<char> = self.last.chars().collect();
        match letters.as_slice() {
            [first, .., last] if letters.len() > 2 => {
                format!("{first}{}{last}", "*".repeat(letters.len() - 2))
            }
            _ => "*".repeat(letters.len()),
        }
    }
}

fn handle_of(first: &str, last: &str, domain: &str) -> String {
    let number = FACTS.roll(&["handle", &first.to_lowercase(), &last.to_lowercase(), domain]).hex(6);
    format!("{}-{}-{number}", slug(first), slug(last))
}

fn slug(name: &str) -> String {
    let plain = gazetteer::plain(name);
    let words: Vec<String> = plain
        .split_whitespace()
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect())
        .collect();
    words.join("-")
}

fn capitalized(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split(' ').map(word).collect::<Vec<String>>().join(" ")
}

fn phone(roll: &mut Roll) -> String {
    format!("+1202555{:04}", 100 + roll.below(100))
}
