//! Tests of the verdict on each kind of visit.

use super::*;

const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15";

fn link(name: &str) -> Action {
    Action::Clicked { url: format!("https://offer.example/{name}") }
}

fn page() -> Action {
    Action::PreviewViewed { session: "s".to_owned() }
}

fn traits(user_agent: &str) -> Traits {
    let network = "203.0.113.9".parse().ok();
    Traits { method: "GET".to_owned(), user_agent: user_agent.to_owned(), network, ..Traits::default() }
}

fn seconds(count: i64) -> Option<SignedDuration> {
    Some(SignedDuration::from_secs(count))
}

fn rule(action: &Action, traits: &Traits, since_sent: Option<SignedDuration>) -> (Verdict, Rule) {
    let judged = judge(action, traits, since_sent, &[]);
    (judged.verdict, judged.rule)
}

#[test]
fn person_within_seconds_is_human() {
    let person = (Verdict::Human, Rule::NothingAgainstIt);
    for since in [seconds(5), seconds(1800), None] {
        assert_eq!(rule(&link("a"), &traits(BROWSER), since), person);
    }
    let beacon = Traits { method: "POST".to_owned(), fetched: true, ..traits(BROWSER) };
    assert_eq!(rule(&page(), &beacon, seconds(1)), person);
}

#[test]
fn browsers_of_people_are_human() {
    for agent in [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
         Version/18.1 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "Mozilla/5.0 Firefox/143.0",
        "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 \
         [FBAN/FBIOS;FBAV/440.0;FBBV/1;FBDV/iPhone14,5]",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [LinkedInApp]/9.29",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Snapchat/12.80",
        "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 Chrome/129.0 Mobile Safari/537.36 Viber/22.1",
        "Opera/9.80 (Android; Opera Mini/36.2/119; U; en) Presto/2.12.423 Version/12.16",
    ] {
        assert_eq!(rule(&link("a"), &traits(agent), seconds(300)).0, Verdict::Human, "{agent}");
        assert_eq!(rule(&page(), &traits(agent), None).0, Verdict::Human, "{agent}");
    }
}

#[test]
fn links_fetched_for_a_preview_are_no_click_and_no_view() {
    for agent in [
        "WhatsApp/2.24.21.79 A",
        "WhatsApp/2.2446.3 N",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
        "meta-externalfetcher/1.1",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Slack-ImgProxy (+https://api.slack.com/robots)",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 \
         Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)",
        "Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/)",
        "Iframely/1.3.1 (+https://iframely.com/docs/about)",
        "Embedly/0.2 (http://embed.ly/)",
        "Viber/13.3.0",
        "Snap URL Preview Service; bot; snapchat",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    ] {
        let preview = (Verdict::Preview, Rule::LinkPreview);
        assert_eq!(rule(&link("a"), &traits(agent), seconds(300)), preview, "{agent}");
        assert_eq!(rule(&page(), &traits(agent), None), preview, "{agent}");
    }
}

#[test]
fn programs_that_are_no_browser_are_machines() {
    for (agent, by) in [
        ("node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", Rule::RequestLibrary),
        ("axios/1.7.7", Rule::RequestLibrary),
        ("Dalvik/2.1.0 (Linux; U; Android 14)", Rule::RequestLibrary),
        ("CFNetwork/1498 Darwin/23.6.0", Rule::RequestLibrary),
        ("curl/8.5.0", Rule::RequestLibrary),
        ("python-requests/2.32", Rule::RequestLibrary),
        ("SomeApp/12 CFNetwork/1498 Darwin/23.6.0", Rule::NoBrowser),
        ("Fancy-Unknown-Client/3.1", Rule::NoBrowser),
        ("Mozilla/5.0", Rule::NoBrowser),
        ("Mozilla/5.0 (compatible; Unheard/1.0; +https://unheard.example)", Rule::Robot),
        ("Mozilla/5.0 (X11) help@unheard.example", Rule::Robot),
        ("Mimecast/1.0", Rule::ScannerProgram),
        ("", Rule::NoUserAgent),
        ("  ", Rule::NoUserAgent),
    ] {
        assert_eq!(rule(&link("a"), &traits(agent), seconds(300)), (Verdict::Scanner, by), "{agent}");
    }
}

#[test]
fn open_is_judged_by_what_loads_pictures() {
    let gmail = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
    let outlook = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)";
    for (agent, since, expected) in [
        (gmail, 60, (Verdict::Human, Rule::ImageProxy)),
        (gmail, 1, (Verdict::PrivacyProxy, Rule::TooSoon)),
        (outlook, 60, (Verdict::Human, Rule::NothingAgainstIt)),
        ("Mozilla/5.0", 60, (Verdict::PrivacyProxy, Rule::ApplePrivacy)),
        ("WhatsApp/2.24", 60, (Verdict::Preview, Rule::LinkPreview)),
    ] {
        assert_eq!(rule(&Action::Opened, &traits(agent), seconds(since)), expected, "{agent}");
    }
    let apple = Traits { network: "17.58.3.4".parse().ok(), ..traits(BROWSER) };
    assert_eq!(rule(&Action::Opened, &apple, seconds(60)), (Verdict::PrivacyProxy, Rule::PrivacyNetwork));
    assert_eq!(rule(&link("a"), &apple, seconds(60)).0, Verdict::Human);
}

#[test]
fn machine_is_recognised_by_headers_network_and_time() {
    let by = |change: fn(&mut Traits), since: i64| {
        let mut changed = traits(BROWSER);
        change(&mut changed);
        rule(&link("a"), &changed, seconds(since))
    };
    assert_eq!(by(|t| t.prefetch = true, 60), (Verdict::Prefetch, Rule::PrefetchHeader));
    assert_eq!(by(|t| t.fetched = true, 60), (Verdict::Prefetch, Rule::NoNavigation));
    assert_eq!(by(|t| t.part = true, 60), (Verdict::Scanner, Rule::PartOfPage));
    assert_eq!(by(|t| t.method = "HEAD".to_owned(), 60), (Verdict::Scanner, Rule::Method));
    assert_eq!(by(|t| t.signed_in = true, 60), (Verdict::OwnTeam, Rule::SignedIn));
    assert_eq!(by(|_| {}, 1), (Verdict::Scanner, Rule::TooSoon));
    let security: fn(&mut Traits) = |t| t.network = "67.231.145.8".parse().ok();
    assert_eq!(by(security, 600), (Verdict::Scanner, Rule::SecurityNetwork));
    let cloud: fn(&mut Traits) = |t| t.network = "52.16.1.2".parse().ok();
    assert_eq!(by(cloud, 30), (Verdict::Scanner, Rule::CloudAtTheGate));
    assert_eq!(by(cloud, 90).0, Verdict::Human);
    assert_eq!(
        rule(&Action::HiddenLinkFollowed, &traits(BROWSER), None),
        (Verdict::Scanner, Rule::HiddenLink)
    );
    assert_eq!(judge(&link("a"), &traits("WhatsApp/2.24"), None, &[]).named, Some("WhatsApp"));
}

#[test]
fn own_network_is_remembered_though_the_address_is_not() {
    let office: Vec<NetworkRange> = vec!["203.0.113.8/29".parse().unwrap()];
    let came = traits(BROWSER);
    assert_eq!(judge(&link("a"), &came, None, &office).rule, Rule::OwnNetwork);
    let stored = came.to_store(&office);
    assert_eq!(stored.network.map(|network| network.to_string()).as_deref(), Some("203.0.113.0/24"));
    assert_eq!(judge(&link("a"), &stored, None, &office).rule, Rule::OwnNetwork);
    assert_eq!(judge(&link("a"), &stored, None, &[]).verdict, Verdict::Human, "the network was removed");
    let neighbour = Traits { network: "203.0.113.200".parse().ok(), ..traits(BROWSER) }.to_store(&office);
    assert_eq!(judge(&link("a"), &neighbour, None, &office).verdict, Verdict::Human);
    let whole: Vec<NetworkRange> = vec!["203.0.112.0/22".parse().unwrap()];
    assert_eq!(judge(&link("a"), &neighbour, None, &whole).rule, Rule::OwnNetwork, "added after the visit");
}

struct Came {
    id: &'static str,
    millis: i64,
    action: Action,
    traits: Traits,
}

fn came(id: &'static str, millis: i64, action: Action, user_agent: &str) -> Came {
    Came { id, millis, action, traits: traits(user_agent) }
}

fn among(came: &[Came]) -> Vec<Rule> {
    let visit = |came: &'_ Came| -> (Timestamp, Judged) {
        let at = Timestamp::from_millisecond(1_800_000_000_000 + came.millis).unwrap();
        (at, judge(&came.action, &came.traits, seconds(300), &[]))
    };
    let visits: Vec<Visit<'_>> = came
        .iter()
        .map(|came| {
            let (at, alone) = visit(came);
            Visit { id: came.id, at, action: &came.action, traits: &came.traits, alone }
        })
        .collect();
    visits.iter().map(|visit| judge_among(visit, &visits).rule).collect()
}

#[test]
fn several_links_at_once_are_a_machines_the_first_included() {
    let (quick, burst, person) = (Rule::LinksWithinASecond, Rule::LinksInBurst, Rule::NothingAgainstIt);
    let at = |a: i64, b: i64, c: i64| {
        among(&[
            came("1", a, link("a"), BROWSER),
            came("2", b, link("b"), BROWSER),
            came("3", c, link("c"), BROWSER),
        ])
    };
    assert_eq!(at(0, 400, 60_000), [quick, quick, person]);
    assert_eq!(at(0, 4_000, 8_000), [burst; 3]);
    assert_eq!(at(0, 8_000, 60_000), [person; 3]);
}

#[test]
fn person_right_after_a_preview_is_one_click() {
    let preview = |id, at, name| came(id, at, link(name), "WhatsApp/2.24");
    let rules = among(&[
        preview("1", 0, "a"),
        preview("2", 100, "b"),
        preview("3", 200, "c"),
        came("4", 900, link("a"), BROWSER),
        came("5", 3_000, link("a"), BROWSER),
        came("6", 60_000, link("a"), BROWSER),
    ]);
    let looked = Rule::LinkPreview;
    assert_eq!(
        rules,
        [looked, looked, looked, Rule::NothingAgainstIt, Rule::SameClick, Rule::NothingAgainstIt]
    );
}

#[test]
fn follower_of_the_hidden_link_is_a_machine_in_all_its_clicks() {
    let mut other = came("4", 300_000, link("b"), BROWSER);
    other.traits.network = "198.51.100.1".parse().ok();
    let rules = among(&[
        came("1", 0, link("a"), BROWSER),
        came("2", 200_000, Action::HiddenLinkFollowed, BROWSER),
        came("3", 400_000, link("c"), BROWSER),
        other,
    ]);
    let followed = Rule::FollowedHiddenLink;
    assert_eq!(rules, [followed, Rule::HiddenLink, followed, Rule::NothingAgainstIt]);
}
