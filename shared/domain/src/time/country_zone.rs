//! Time zones of countries: of most the only one, of the others all.

use crate::contact::country::Country;
use crate::time::time_zone::ZoneName;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The country's only time zone; none if the country alone does not tell the time (United States, Spain, Australia, …).
pub fn only_zone(country: Country) -> Option<ZoneName> {
    static INDEX: OnceLock<HashMap<Country, ZoneName>> = OnceLock::new();
    let entry = |line: &str| Some((Country::parse(line.get(..2)?)?, ZoneName::parse(line.get(3..)?)?));
    INDEX.get_or_init(|| ZONES.lines().filter_map(entry).collect()).get(&country).cloned()
}

/// The country's only time zone, or the one in which nearly everybody lives; none if a guess would often be
/// hours off (United States, Canada, Brazil, …).
pub fn main_zone(country: Country) -> Option<ZoneName> {
    const LIVE_IN_ONE: [&str; 7] = ["CL", "CN", "EC", "ES", "NZ", "PT", "UA"];
    match LIVE_IN_ONE.contains(&country.as_str()) {
        true => zones_of(country).first().cloned(),
        false => only_zone(country),
    }
}

/// Every time zone of the country, the most populous first. Of zones that agree all year one is named.
pub fn zones_of(country: Country) -> &'static [ZoneName] {
    static INDEX: OnceLock<HashMap<Country, Vec<ZoneName>>> = OnceLock::new();
    let entry = |line: &str| {
        let zones = line.get(3..)?.split(' ').map(ZoneName::parse).collect::<Option<_>>()?;
        Some((Country::parse(line.get(..2)?)?, zones))
    };
    let index = INDEX.get_or_init(|| SEVERAL.lines().chain(ZONES.lines()).filter_map(entry).collect());
    index.get(&country).map_or(&[], Vec::as_slice)
}

/// Countries with several clocks, from the same table, the most populous first.
const SEVERAL: &str = "\
AQ Antarctica/McMurdo Antarctica/Palmer Antarctica/Casey Antarctica/Davis Antarctica/DumontDUrville Antarctica/Mawson Antarctica/Syowa Antarctica/Troll
AU Australia/Sydney Australia/Brisbane Australia/Perth Australia/Adelaide Australia/Darwin Australia/Eucla Australia/Lord_Howe
BR America/Sao_Paulo America/Manaus America/Rio_Branco America/Noronha
CA America/Toronto America/Vancouver America/Edmonton America/Winnipeg America/Halifax America/Regina America/St_Johns America/Atikokan America/Blanc-Sablon America/Whitehorse
CD Africa/Kinshasa Africa/Lubumbashi
CL America/Santiago America/Punta_Arenas Pacific/Easter
CN Asia/Shanghai Asia/Urumqi
EC America/Guayaquil Pacific/Galapagos
ES Europe/Madrid Atlantic/Canary
FM Pacific/Pohnpei Pacific/Chuuk
GL America/Nuuk America/Danmarkshavn America/Thule
ID Asia/Jakarta Asia/Makassar Asia/Jayapura
KI Pacific/Tarawa Pacific/Kiritimati Pacific/Kanton
MN Asia/Ulaanbaatar Asia/Hovd
MX America/Mexico_City America/Tijuana America/Hermosillo America/Cancun America/Matamoros America/Ciudad_Juarez
NZ Pacific/Auckland Pacific/Chatham
PF Pacific/Tahiti Pacific/Marquesas Pacific/Gambier
PG Pacific/Port_Moresby Pacific/Bougainville
PT Europe/Lisbon Atlantic/Azores
RU Europe/Moscow Asia/Yekaterinburg Europe/Samara Asia/Krasnoyarsk Asia/Irkutsk Asia/Omsk Asia/Vladivostok Asia/Yakutsk Europe/Kaliningrad Asia/Magadan Asia/Kamchatka
UA Europe/Kyiv Europe/Simferopol
UM Pacific/Wake Pacific/Midway
US America/New_York America/Chicago America/Los_Angeles America/Denver America/Phoenix Pacific/Honolulu America/Anchorage America/Adak";

/// Taken from the public-domain zone table of the time zone database; zones that agree all year count as one. The table
/// does not know Kosovo, which keeps the clock of Belgrade.
const ZONES: &str = "\
AD Europe/Andorra
AE Asia/Dubai
AF Asia/Kabul
AG America/Antigua
AI America/Anguilla
AL Europe/Tirane
AM Asia/Yerevan
AO Africa/Luanda
AR America/Argentina/Buenos_Aires
AS Pacific/Pago_Pago
AT Europe/Vienna
AW America/Aruba
AX Europe/Mariehamn
AZ Asia/Baku
BA Europe/Sarajevo
BB America/Barbados
BD Asia/Dhaka
BE Europe/Brussels
BF Africa/Ouagadougou
BG Europe/Sofia
BH Asia/Bahrain
BI Africa/Bujumbura
BJ Africa/Porto-Novo
BL America/St_Barthelemy
BM Atlantic/Bermuda
BN Asia/Brunei
BO America/La_Paz
BQ America/Kralendijk
BS America/Nassau
BT Asia/Thimphu
BW Africa/Gaborone
BY Europe/Minsk
BZ America/Belize
CC Indian/Cocos
CF Africa/Bangui
CG Africa/Brazzaville
CH Europe/Zurich
CI Africa/Abidjan
CK Pacific/Rarotonga
CM Africa/Douala
CO America/Bogota
CR America/Costa_Rica
CU America/Havana
CV Atlantic/Cape_Verde
CW America/Curacao
CX Indian/Christmas
CY Asia/Nicosia
CZ Europe/Prague
DE Europe/Berlin
DJ Africa/Djibouti
DK Europe/Copenhagen
DM America/Dominica
DO America/Santo_Domingo
DZ Africa/Algiers
EE Europe/Tallinn
EG Africa/Cairo
EH Africa/El_Aaiun
ER Africa/Asmara
ET Africa/Addis_Ababa
FI Europe/Helsinki
FJ Pacific/Fiji
FK Atlantic/Stanley
FO Atlantic/Faroe
FR Europe/Paris
GA Africa/Libreville
GB Europe/London
GD America/Grenada
GE Asia/Tbilisi
GF America/Cayenne
GG Europe/Guernsey
GH Africa/Accra
GI Europe/Gibraltar
GM Africa/Banjul
GN Africa/Conakry
GP America/Guadeloupe
GQ Africa/Malabo
GR Europe/Athens
GS Atlantic/South_Georgia
GT America/Guatemala
GU Pacific/Guam
GW Africa/Bissau
GY America/Guyana
HK Asia/Hong_Kong
HN America/Tegucigalpa
HR Europe/Zagreb
HT America/Port-au-Prince
HU Europe/Budapest
IE Europe/Dublin
IL Asia/Jerusalem
IM Europe/Isle_of_Man
IN Asia/Kolkata
IO Indian/Chagos
IQ Asia/Baghdad
IR Asia/Tehran
IS Atlantic/Reykjavik
IT Europe/Rome
JE Europe/Jersey
JM America/Jamaica
JO Asia/Amman
JP Asia/Tokyo
KE Africa/Nairobi
KG Asia/Bishkek
KH Asia/Phnom_Penh
KM Indian/Comoro
KN America/St_Kitts
KP Asia/Pyongyang
KR Asia/Seoul
KW Asia/Kuwait
KY America/Cayman
KZ Asia/Almaty
LA Asia/Vientiane
LB Asia/Beirut
LC America/St_Lucia
LI Europe/Vaduz
LK Asia/Colombo
LR Africa/Monrovia
LS Africa/Maseru
LT Europe/Vilnius
LU Europe/Luxembourg
LV Europe/Riga
LY Africa/Tripoli
MA Africa/Casablanca
MC Europe/Monaco
MD Europe/Chisinau
ME Europe/Podgorica
MF America/Marigot
MG Indian/Antananarivo
MH Pacific/Majuro
MK Europe/Skopje
ML Africa/Bamako
MM Asia/Yangon
MO Asia/Macau
MP Pacific/Saipan
MQ America/Martinique
MR Africa/Nouakchott
MS America/Montserrat
MT Europe/Malta
MU Indian/Mauritius
MV Indian/Maldives
MW Africa/Blantyre
MY Asia/Kuala_Lumpur
MZ Africa/Maputo
NA Africa/Windhoek
NC Pacific/Noumea
NE Africa/Niamey
NF Pacific/Norfolk
NG Africa/Lagos
NI America/Managua
NL Europe/Amsterdam
NO Europe/Oslo
NP Asia/Kathmandu
NR Pacific/Nauru
NU Pacific/Niue
OM Asia/Muscat
PA America/Panama
PE America/Lima
PH Asia/Manila
PK Asia/Karachi
PL Europe/Warsaw
PM America/Miquelon
PN Pacific/Pitcairn
PR America/Puerto_Rico
PS Asia/Hebron
PW Pacific/Palau
PY America/Asuncion
QA Asia/Qatar
RE Indian/Reunion
RO Europe/Bucharest
RS Europe/Belgrade
RW Africa/Kigali
SA Asia/Riyadh
SB Pacific/Guadalcanal
SC Indian/Mahe
SD Africa/Khartoum
SE Europe/Stockholm
SG Asia/Singapore
SH Atlantic/St_Helena
SI Europe/Ljubljana
SJ Arctic/Longyearbyen
SK Europe/Bratislava
SL Africa/Freetown
SM Europe/San_Marino
SN Africa/Dakar
SO Africa/Mogadishu
SR America/Paramaribo
SS Africa/Juba
ST Africa/Sao_Tome
SV America/El_Salvador
SX America/Lower_Princes
SY Asia/Damascus
SZ Africa/Mbabane
TC America/Grand_Turk
TD Africa/Ndjamena
TF Indian/Kerguelen
TG Africa/Lome
TH Asia/Bangkok
TJ Asia/Dushanbe
TK Pacific/Fakaofo
TL Asia/Dili
TM Asia/Ashgabat
TN Africa/Tunis
TO Pacific/Tongatapu
TR Europe/Istanbul
TT America/Port_of_Spain
TV Pacific/Funafuti
TW Asia/Taipei
TZ Africa/Dar_es_Salaam
UG Africa/Kampala
UY America/Montevideo
UZ Asia/Tashkent
VA Europe/Vatican
VC America/St_Vincent
VE America/Caracas
VG America/Tortola
VI America/St_Thomas
VN Asia/Ho_Chi_Minh
VU Pacific/Efate
WF Pacific/Wallis
WS Pacific/Apia
XK Europe/Belgrade
YE Asia/Aden
YT Indian/Mayotte
ZA Africa/Johannesburg
ZM Africa/Lusaka
ZW Africa/Harare";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_zone_exists_and_countries_with_several_have_none() {
        for line in ZONES.lines() {
            let country = Country::parse(&line[..2]).unwrap();
            assert!(only_zone(country).is_some(), "{line}");
        }
        let zone = |code: &str| only_zone(Country::parse(code).unwrap()).map(|z| z.to_string());
        assert_eq!(zone("GB").as_deref(), Some("Europe/London"));
        assert_eq!(zone("DE").as_deref(), Some("Europe/Berlin"));
        assert_eq!(zone("XK").as_deref(), Some("Europe/Belgrade"));
        assert_eq!(zone("US"), None);
        assert_eq!(zone("AU"), None);
        assert_eq!(zone("ES"), None);
        assert_eq!(main_zone(Country::parse("ES").unwrap()).unwrap().as_str(), "Europe/Madrid");
        assert_eq!(main_zone(Country::parse("US").unwrap()), None);
        for line in SEVERAL.lines() {
            let zones = zones_of(Country::parse(&line[..2]).unwrap());
            assert!(zones.len() > 1 && zones.len() == line[3..].split(' ').count(), "{line}");
        }
    }

    #[test]
    fn zones_of_every_inhabited_country_are_known() {
        let without: Vec<_> = Country::all().filter(|country| zones_of(*country).is_empty()).collect();
        assert!(without.iter().all(|country| ["BV", "HM"].contains(&country.as_str())), "{without:?}");
    }
}
