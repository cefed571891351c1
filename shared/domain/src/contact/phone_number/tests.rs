//! How people write numbers, and that the quick parser agrees with the full one.

use super::*;
use proptest::prelude::*;

fn country(code: &str) -> Option<Country> {
    Country::parse(code)
}

#[test]
fn number_of_a_higher_rate_is_told_from_a_phones() {
    let costs_more = |text: &str| PhoneNumber::parse(text, None).unwrap().has_higher_rate();
    for dear in ["+19002345678", "+449012345678", "+448712345678", "+499001234567", "+33891234567"] {
        assert!(costs_more(dear), "{dear}");
    }
    for phone in [
        "+12125550110",
        "+18002345678",
        "+442074960351",
        "+447911123456",
        "+493012345678",
        "+33612345678",
        "+525512345678",
    ] {
        assert!(!costs_more(phone), "{phone}");
    }
}

#[test]
fn number_may_be_in_its_country_alone_or_in_those_that_share_its_code() {
    let may = |text: &str, code: &str| {
        PhoneNumber::parse(text, None).unwrap().may_be_in(Country::parse(code).unwrap())
    };
    assert!(may("+442074960351", "GB") && !may("+442074960351", "US"));
    assert!(may("+12125550110", "US") && !may("+12125550110", "JM") && may("+18765550110", "JM"));
    assert!(!may("+18765550110", "US"), "a number of the same code in another country");
    assert!(!may("+447624123456", "GB"), "the Isle of Man is a country of its own here");
    for country in Country::all() {
        assert!(
            !PhoneNumber::parse("+881612345678", None).is_ok_and(|satellite| satellite.may_be_in(country))
        );
    }
}

#[test]
fn numbers_are_read_as_files_carry_them() {
    for (text, region, expected) in [
        ("(518)519-6001", "US", "+15185196001"),
        ("790.683.8637x94026", "US", "NotValid"),
        ("(534)719-2832x764", "US", "+15347192832"),
        ("001-903-405-6413x95376", "US", "+19034056413"),
        ("+1-645-414-6270", "US", "+16454146270"),
        ("011 44 20 7946 0000", "US", "+442079460000"),
        ("12015550123", "US", "+12015550123"),
        ("201-555-0123", "US", "+12015550123"),
        ("02074960351", "GB", "+442074960351"),
        ("020 7946 0999", "GB", "+442079460999"),
        ("+44(0)20 7946 0999", "US", "+442079460999"),
        ("+31(0)20-5551505", "US", "+31205551505"),
        ("+33 (0)4 77 39 33 63", "DE", "+33477393363"),
        ("01 30 75 11 63", "FR", "+33130751163"),
        ("0478-384-837", "AU", "+61478384837"),
        ("0491 570 006", "AU", "+61491570006"),
        ("0011 44 20 7946 0000", "AU", "+442079460000"),
        ("0502014620", "DE", "+49502014620"),
        ("(07484) 77718", "DE", "+49748477718"),
        ("0049 30 12345678", "US", "+493012345678"),
        ("+34925288200", "ES", "+34925288200"),
        ("09868282880", "IN", "+919868282880"),
        ("9198765432", "IN", "+919198765432"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("+39 02 1234 5678", "US", "+390212345678"),
        ("(11) 91234-5678", "BR", "+5511912345678"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("03-1234-5678", "JP", "+81312345678"),
        ("123", "US", "NotValid"),
        ("12345", "", "NoCountry"),
        ("", "US", "Empty"),
        ("1-800-FLOWERS", "US", "NotANumber"),
        ("+999 123 4567", "US", "NotANumber"),
        ("+1 123 456 7890", "US", "NotValid"),
    ] {
        let parsed = match PhoneNumber::parse(text, country(region)) {
            Ok(number) => number.to_string(),
            Err(why) => format!("{why:?}"),
        };
        assert_eq!(parsed, expected, "{text} in {region}");
    }
}

/// Spellings by WhatsApp and by people.
#[test]
fn every_spelling_of_a_number_has_the_same_subscriber() {
    for (written, dialled, subscriber) in [
        ("+553187654321", "+5531987654321", "+5531987654321"),
        ("+5531987654321", "+5531987654321", "+5531987654321"),
        ("+557178654321", "+5571978654321", "+5571978654321"),
        ("+5511912345678", "+5511912345678", "+5511912345678"),
        ("+551132345678", "+551132345678", "+551132345678"),
        ("+5215512345678", "+525512345678", "+525512345678"),
        ("+525512345678", "+525512345678", "+525512345678"),
        ("+5491123456789", "+5491123456789", "+541123456789"),
        ("+541123456789", "+541123456789", "+541123456789"),
        ("+5493874567890", "+5493874567890", "+543874567890"),
        ("+12065550101", "+12065550101", "+12065550101"),
    ] {
        let number = PhoneNumber::try_from(written.to_owned()).unwrap();
        assert_eq!((number.as_str(), &*number.subscriber()), (dialled, subscriber), "{written}");
        assert_eq!(PhoneNumber::parse(written, None).unwrap(), number, "{written}");
    }
    assert_eq!(PhoneNumber::parse("+52 1 55 1234 5678", None).unwrap().as_str(), "+525512345678");
    assert_eq!(PhoneNumber::parse("011 15 2345-6789", country("AR")).unwrap().subscriber(), "+541123456789");
}

#[test]
fn number_names_country_and_zone_only_if_certain() {
    let of = |text: &str| PhoneNumber::parse(text, None).unwrap();
    assert_eq!(of("+442079460999").country(), country("GB"));
    assert_eq!(of("+12125550123").country(), country("US"));
    assert_eq!(of("+14165550123").country(), country("CA"));
    let zones = |text| of(text).zones().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(zones("+442079460999"), ["Europe/London"]);
    assert_eq!(zones("+12125550123"), ["America/New_York"]);
    assert_eq!(zones("+80012345678"), Vec::<String>::new());
    assert_eq!(of("+80012345678").country(), None);
}

const REGIONS: [&str; 24] = [
    "US", "CA", "GB", "DE", "FR", "NL", "AU", "IN", "ES", "IT", "BR", "MX", "AR", "JE", "BS", "RU", "KZ",
    "JP", "CL", "SG", "NZ", "ZA", "SE", "CH",
];

/// The crate removes a calling code even from a valid national number that begins with its digits (an Indian
/// mobile in 91…); there our answer is the better one.
fn is_national_although_it_begins_with_the_code(digits: &str, region: Country) -> bool {
    plan::of_region(region).is_some_and(|home| home.is_dialled(digits) && home.allows(digits))
}

fn agree(quick: Option<Result<PhoneNumber, BadPhone>>, thorough: Result<PhoneNumber, BadPhone>) -> bool {
    quick.is_none_or(|quick| quick.ok() == thorough.ok())
}

#[test]
fn quick_parser_agrees_with_the_full_one_on_every_countrys_examples() {
    for metadata in phonenumber::metadata::DATABASE.iter() {
        let kinds = metadata.descriptors();
        for descriptor in [kinds.mobile()] {
            let Some(example) = descriptor.and_then(|d| d.example()) else { continue };
            let digits = format!("{}{example}", metadata.country_code());
            assert!(
                agree(quickly_international(&digits), parse_with_metadata(&format!("+{digits}"), None)),
                "{digits}"
            );
            if let Some(region) = country(metadata.id()) {
                for text in [example.to_owned(), format!("0{example}"), format!("1{example}"), digits] {
                    if is_national_although_it_begins_with_the_code(&text, region) {
                        continue;
                    }
                    let (quick, thorough) =
                        (quickly_national(&text, region), parse_with_metadata(&text, Some(region)));
                    assert!(agree(quick.clone(), thorough.clone()), "{text} {region} {quick:?} {thorough:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn quick_parser_agrees_with_the_full_one_on_national_numbers(digits in "[0-9]{4,14}", region in proptest::sample::select(&REGIONS[..])) {
        let region = country(region).unwrap();
        prop_assume!(!is_national_although_it_begins_with_the_code(&digits, region));
        let (quick, thorough) = (quickly_national(&digits, region), parse_with_metadata(&digits, Some(region)));
        prop_assert!(agree(quick.clone(), thorough.clone()), "{digits} {region} {quick:?} {thorough:?}");
    }

    #[test]
    fn quick_parser_agrees_with_the_full_one_on_international_numbers(
        code in proptest::sample::select(&["1", "44", "49", "31", "61", "33", "34", "39", "7", "91", "55", "54", "590"][..]),
        rest in "0?[1-9][0-9]{6,10}",
    ) {
        let digits = format!("{code}{rest}");
        let (quick, thorough) = (quickly_international(&digits), parse_with_metadata(&format!("+{digits}"), None));
        prop_assert!(agree(quick.clone(), thorough.clone()), "{digits} {quick:?} {thorough:?}");
    }

    #[test]
    fn accepted_number_parses_to_itself(
        text in "\\PC{0,24}|[-+0-9 ().x/]{0,24}",
        region in proptest::sample::select(&REGIONS[..]),
    ) {
        if let Ok(number) = PhoneNumber::parse(&text, country(region)) {
            prop_assert_eq!(PhoneNumber::parse(number.as_str(), None), Ok(number.clone()), "{}", text);
        }
    }
}

#[test]
fn codes_of_a_single_country_match_the_metadata() {
    let database = &*phonenumber::metadata::DATABASE;
    for code in 1..1000u16 {
        let Some(regions) = database.region(&code) else { continue };
        let only = if let [only] = regions[..] { country(only) } else { None };
        assert_eq!(calling_codes::only_country(&format!("{code}0000000")), only, "{code}");
    }
}
