//! Domains where the public can have an address: webmail and internet providers, which are no companies.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

/// First the names that have many endings, a line each and continued on indented lines: `aol: at ch com`. Then all
/// other domains. Both are sorted.
static LIST: &str = include_str!("free_mail.txt");

/// The labels before a university's domain under which its students and former students have their addresses.
const STUDENTS: [&str; 18] = [
    "alum",
    "alumni",
    "alumno",
    "alumnos",
    "aluno",
    "alunos",
    "estudiante",
    "estudiantes",
    "etu",
    "etud",
    "etudiant",
    "etudiants",
    "stud",
    "student",
    "studenten",
    "studenti",
    "students",
    "studmail",
];

/// Whether this is a free-mail domain, where the public can have an address, or a subdomain of one.
pub fn is_free_mail(domain: &str) -> bool {
    static DOMAINS: OnceLock<HashSet<Cow<'static, str>>> = OnceLock::new();
    let domains = DOMAINS.get_or_init(|| domains().collect());
    let Some((first, parent)) = domain.split_once('.') else { return false };
    if domains.contains(domain) || parent.contains('.') && STUDENTS.contains(&first) {
        return true;
    }
    let mut rest = parent;
    while let Some((_, parent)) = rest.split_once('.') {
        if domains.contains(rest) {
            return true;
        }
        rest = parent;
    }
    false
}

fn domains() -> impl Iterator<Item = Cow<'static, str>> {
    let mut name = None;
    LIST.lines().flat_map(move |line| {
        if !line.starts_with(' ') {
            name = line.split_once(": ").map(|(name, _)| name);
        }
        let (name, words) = (name, line.split_once(": ").map_or(line, |(_, endings)| endings));
        words.split_whitespace().map(move |word| match name {
            Some(name) => Cow::Owned(format!("{name}.{word}")),
            None => Cow::Borrowed(word),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::email_address::EmailAddress;

    #[test]
    fn list_is_sorted_and_names_each_domain_once() {
        let (families, others) = LIST.split_at(LIST.rfind(": ").unwrap());
        let names: Vec<&str> = families.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
        assert!(names.is_sorted(), "{names:?}");
        let others: Vec<&str> = others.lines().skip(1).skip_while(|line| line.starts_with(' ')).collect();
        let others: Vec<&str> = others.iter().flat_map(|line| line.split_whitespace()).collect();
        assert!(others.is_sorted());
        let all: Vec<_> = domains().collect();
        assert!(all.len() > 5_000, "{}", all.len());
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        for domain in &all {
            let address = EmailAddress::parse(&format!("a@{domain}"));
            assert_eq!(address.as_ref().map(EmailAddress::domain).ok(), Some(domain.as_ref()), "{domain}");
        }
    }

    #[test]
    fn internet_provider_or_webmail_is_no_company() {
        let domains = "vodafone.de kabelmail.de ewe.net mailbox.org gmx.eu a1.net aon.at hispeed.ch bbox.fr club-internet.fr \
            planet.nl tele2.nl scarlet.be proximus.be hotmail.se live.dk outlook.com.br yahoo.com.tw yahoo.co.nz tin.it \
            fastwebnet.it o2.co.uk eircom.net att.net windstream.net telus.net videotron.ca docomo.ne.jp softbank.ne.jp \
            nate.com kakao.com bk.ru ukr.net abv.bg email.cz azet.sk freemail.hu walla.co.il sapo.pt 139.com duck.com \
            privaterelay.appleid.com netcologne.de bredband.net online.no kolumbus.fi mail.telepac.pt otenet.gr \
            vodafone.nl m-net.de t.ht.hr twc.com \
            sunrise.net bluemail.com kabel-bw.de wilhelm-tel.de bouygtel.fr kos.net mail.tele.dk eirmail.ie internode.on.net \
            telkomsa.net iinet.net.au fibertel.com.ar cantv.net rediffmail.com netvigator.com biglobe.ne.jp zaq.ne.jp";
        for domain in domains.split_whitespace() {
            assert!(is_free_mail(domain), "{domain}");
        }
    }

    #[test]
    fn part_of_a_provider_and_students_of_a_university_are_no_company() {
        for domain in [
            "nyc.rr.com",
            "abc.biglobe.ne.jp",
            "pp.inet.fi",
            "stud.uni-north.example",
            "alumni.harbour.example",
        ] {
            assert!(is_free_mail(domain), "{domain}");
        }
        for domain in [
            "stud.example",
            "uni-north.example",
            "harbour.example",
            "mygmail.com",
            "gmail.com.example",
            "com",
            "",
        ] {
            assert!(!is_free_mail(domain), "{domain}");
        }
    }
}
