// Every country, found by its name, its code, or another name that people write.
import { countryName } from "./country-name";

const CODES =
  "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/** Names that are in use beside the one that is shown. */
const ALSO: Record<string, string[]> = {
  AE: ["UAE"],
  CI: ["Ivory Coast"],
  CZ: ["Czech Republic"],
  GB: ["UK", "Britain", "England", "Scotland", "Wales", "Northern Ireland"],
  KR: ["South Korea"],
  MM: ["Burma"],
  NL: ["Holland"],
  TR: ["Turkey"],
  US: ["USA", "America"],
};

export interface Country {
  code: string;
  name: string;
}

/** The text without case, accents and apostrophes. */
const plain = (text: string) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f'’.]/g, "")
    .toLowerCase()
    .trim();

interface Listed extends Country {
  /** What the country is found by, the name that is shown first. */
  by: string[];
}

let listed: Listed[] | undefined;

function all(): Listed[] {
  if (listed) return listed;
  const own = new Intl.DisplayNames([navigator.language || "en"], { type: "region" });
  listed = CODES.split(" ")
    .map((code) => {
      const name = countryName(code);
      const names = [name, own.of(code) ?? name, ...(ALSO[code] ?? [])];
      return { code, name, by: [...new Set(names.map(plain))] };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
  return listed;
}

/** How well the country suits what was typed, from 0 (not at all) to 4 (its code, or one of its names). */
function likeness({ code, by }: Listed, typed: string): number {
  if (code.toLowerCase() === typed || by.includes(typed)) return 4;
  if (by.some((name) => name.startsWith(typed))) return 3;
  if (by.some((name) => name.split(/[\s(&-]+/).some((word) => word.startsWith(typed)))) return 2;
  return by.some((name) => typed.length > 2 && name.includes(typed)) ? 1 : 0;
}

/** The countries that suit what was typed, the best first; all of them by name, if nothing was. */
export function findCountries(text: string): Country[] {
  const typed = plain(text);
  if (!typed) return all();
  return all()
    .map((country) => ({ country, points: likeness(country, typed) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ country }) => country);
}

/** The country that this is a code or a full name of. */
export function exactCountry(text: string): Country | undefined {
  const typed = plain(text);
  return typed ? all().find((country) => likeness(country, typed) === 4) : undefined;
}
