//! The preview page of a campaign: which lead sees it, what its blocks say, until when, and how a draft is shown.

use super::*;
use application::lead::preview_links::DraftLink;
use domain::campaign::page_blocks::{CampaignPage, PageBlock, PageQuestion, PageQuote};
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::{CampaignId, UserId};

fn blocks() -> Vec<PageBlock> {
    let quote = |text: &str, by: &str| PageQuote { text: text.to_owned(), by: by.to_owned() };
    vec![
        PageBlock::Hero { headline: "Fewer calls for {{ company }}".to_owned(), text: String::new() },
        PageBlock::Proof {
            heading: "What others say".to_owned(),
            quotes: vec![
                quote("It <b>works</b>", "A clinic in {{ city }}"),
                quote("Dear {{ job_title }}", "Nobody"),
            ],
        },
        PageBlock::Video {
            heading: "See it at work".to_owned(),
            url: "https://video.example/watch?v=1".to_owned(),
        },
        PageBlock::Calendar { label: "Book a quarter of an hour".to_owned() },
        PageBlock::Faq {
            heading: String::new(),
            items: vec![PageQuestion { question: "How long?".to_owned(), answer: "A week.".to_owned() }],
        },
    ]
}

impl Scene {
    async fn campaign(&self, name: &str) -> Campaign {
        let stage = &self.suite.stage;
        let sequence = stage.sequence(&self.suite.workspace, Channel::Email, &["Hello"]).await;
        let campaign = stage.campaign(name, &sequence, CampaignState::Active, |_| {}).await;
        stage.enrolment(&campaign, &sequence, &self.lead.id).await;
        campaign
    }

    fn page_of(&self, campaign: &CampaignId, blocks: Vec<PageBlock>) -> CampaignPage {
        CampaignPage {
            campaign: campaign.clone(),
            workspace: self.suite.workspace.clone(),
            blocks,
            closes_on: None,
            by: None,
            updated_at: self.suite.stage.clock.now(),
            rev: 0,
        }
    }

    async fn save(&self, page: &CampaignPage) {
        let event = Event::system(EventKind::CampaignChanged, self.suite.stage.clock.now());
        self.suite.stage.ports.previews().save_campaign_page(page, &event).await.unwrap();
    }

    async fn shown(&self) -> String {
        let page = self.get(&format!("/preview/{}", self.token().await)).await;
        page.expect(200).as_str().unwrap().to_owned()
    }

    fn draft_link(&self, campaign: &CampaignId, lead: Option<&LeadId>) -> DraftLink {
        DraftLink {
            workspace: self.suite.workspace.clone(),
            campaign: campaign.clone(),
            by: UserId::derived(self.suite.stage.clock.now(), &["ada"]),
            lead: lead.cloned(),
            until: self.suite.stage.clock.now().as_millisecond() + 60_000,
        }
    }
}

#[tokio::test]
async fn lead_sees_the_blocks_of_the_campaign_that_enrolled_it_last() {
    let scene = scene().await;
    scene.offer().await;
    let first = scene.campaign("spring").await;
    assert!(
        scene.shown().await.contains("could take bookings"),
        "the standard page, while the campaign has none"
    );
    scene.save(&scene.page_of(&first.id, blocks())).await;
    let text = scene.shown().await;
    for part in [
        "<h1>Fewer calls for Linden &lt;Physio&gt;</h1>",
        "It &lt;b&gt;works&lt;/b&gt;",
        "A clinic in Bristol",
        "See it at work",
        "https://video.example/watch?v=1",
        "video.example",
        ">Book a quarter of an hour</a>",
        "https://cal.example/maya",
        "<summary>How long?</summary>",
        "Do not contact me again",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    for absent in ["could take bookings", "Dear", "Get started", "id=\"block-0\""] {
        assert!(!text.contains(absent), "{absent} is in {text}");
    }
    scene.suite.stage.advance(SignedDuration::from_hours(1));
    let second = scene.campaign("summer").await;
    assert!(scene.shown().await.contains("Fewer calls"), "the later campaign has no page of its own");
    let hero = PageBlock::Hero { headline: "Summer".to_owned(), text: "First.\n\nSecond.".to_owned() };
    scene.save(&scene.page_of(&second.id, vec![hero])).await;
    let text = scene.shown().await;
    assert!(
        text.contains("<h1>Summer</h1><p class=\"lead\">First.</p><p class=\"lead\">Second.</p>"),
        "{text}"
    );
}

#[tokio::test]
async fn page_of_a_campaign_closes_after_its_last_day() {
    let scene = scene().await;
    let campaign = scene.campaign("spring").await;
    let today = campaign.day(scene.suite.stage.clock.now());
    let last = today.tomorrow().unwrap();
    scene.save(&CampaignPage { closes_on: Some(last), ..scene.page_of(&campaign.id, blocks()) }).await;
    let closes = last.strftime("It closes on %-d %B %Y").to_string();
    assert!(scene.shown().await.contains(&closes), "{closes}");
    scene.suite.stage.advance(SignedDuration::from_hours(48));
    let path = format!("/preview/{}", scene.token().await);
    assert_eq!(scene.get(&path).await.status.as_u16(), 410);
}

#[tokio::test]
async fn only_button_of_a_company_without_links_leads_to_its_website() {
    let scene = scene().await;
    let campaign = scene.campaign("spring").await;
    let workspaces = scene.suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&scene.suite.workspace).await.unwrap();
    workspace.company.website = Some("https://northquay.example".to_owned());
    let event = Event::system(EventKind::CampaignChanged, scene.suite.stage.clock.now());
    workspaces.save(&workspace, &event).await.unwrap();
    let label = String::new();
    let buttons = vec![PageBlock::Payment { label: label.clone() }, PageBlock::Calendar { label }];
    scene.save(&scene.page_of(&campaign.id, buttons)).await;
    let text = scene.shown().await;
    let buttons = text.split("class=\"act\"").skip(1).collect::<Vec<_>>();
    assert!(buttons.len() == 1 && buttons[0].starts_with(" data-cta=\"website\""), "{buttons:?}");
}

#[tokio::test]
async fn draft_is_shown_to_a_frame_of_the_app_and_counts_nothing() {
    let scene = scene().await;
    let campaign = scene.campaign("spring").await;
    let (link, keys) = (scene.draft_link(&campaign.id, Some(&scene.lead.id)), scene.suite.stage.ports.keys());
    assert_eq!(scene.get(&link.path(&keys)).await.status.as_u16(), 404, "there is no draft yet");
    let until = scene.suite.stage.clock.now() + SignedDuration::from_hours(1);
    let draft = scene.page_of(&campaign.id, blocks());
    scene.suite.stage.ports.previews().put_draft(&draft, &link.by, until).await.unwrap();
    let page = scene.get(&link.path(&keys)).await;
    let policy = header(&page, "content-security-policy").to_owned();
    assert!(policy.starts_with("sandbox;") && policy.contains("frame-ancestors 'self'"), "{policy}");
    assert_eq!(header(&page, "x-frame-options"), "SAMEORIGIN");
    let text = page.expect(200).as_str().unwrap().to_owned();
    for part in ["Fewer calls for Linden", "id=\"block-0\"", "href=\"#\""] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("<script") && !text.contains("data-preview-token"), "{text}");
    let made_up = scene.get(&scene.draft_link(&campaign.id, None).path(&keys)).await.expect(200);
    assert!(made_up.as_str().unwrap().contains("Fewer calls for Example Garden Café"));
    assert!(scene.taken_in().is_empty());
}

#[tokio::test]
async fn draft_is_hidden_from_those_without_its_signature_and_after_its_time() {
    let scene = scene().await;
    let campaign = scene.campaign("spring").await;
    let (link, keys) = (scene.draft_link(&campaign.id, None), scene.suite.stage.ports.keys());
    let until = scene.suite.stage.clock.now() + SignedDuration::from_hours(9);
    let draft = scene.page_of(&campaign.id, blocks());
    scene.suite.stage.ports.previews().put_draft(&draft, &link.by, until).await.unwrap();
    let path = link.path(&keys);
    let longer = path.replace(&format!("until={}", link.until), &format!("until={}", link.until + 1));
    let with_lead = format!("{path}&lead={}", scene.lead.id);
    let unsigned = path.split("&signature").next().unwrap().to_owned();
    for other in [longer, with_lead, format!("{unsigned}&signature=x")] {
        assert_eq!(scene.get(&other).await.status.as_u16(), 404, "{other}");
    }
    scene.get(&path).await.expect(200);
    scene.suite.stage.advance(SignedDuration::from_mins(2));
    assert_eq!(scene.get(&path).await.status.as_u16(), 404);
}
