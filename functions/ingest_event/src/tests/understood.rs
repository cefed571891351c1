//! What inbound mails and texts are understood as, and what follows: opt-outs in the subject alone, reactions, calendar
//! answers, quotations without marks, absence notes without headers, and bounces whose code and words disagree.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::lead::suppression_lookup::scopes_of;
use application::queue_messages::{IngestEvent, Queue};
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::score::score;
use domain::message::conversation::Folder;
use domain::message::failure_class::FailureClass;
use domain::message::identity::internet_id;
use domain::message::understanding::{DecidedBy, Intent, MeetingAnswer, ReplyKind, Understanding};
use domain::message::{Answered, Direction, Message, MessageState};
use domain::{AccountId, MessageId, StepId, UserId, WorkspaceId};
use jiff::Timestamp;
use test_stage::Stage;

/// What our mail to the lead says. Quoted below an answer it is not the lead's wish.
const OURS: &str = "Hi Ann,\n\ncould we show you our booking page?\n\n\
    If you would like me to stop emailing you, just say so.\n\nKim";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    inbound: AccountId,
    lead: Lead,
    key: EnrolmentKey,
    sent: Message,
    app: App,
}

/// What became of one mail.
struct Outcome {
    understood: Understanding,
    snippet: String,
    ended: Option<EndReason>,
    held: bool,
    /// Whether the conversation waits for a user.
    waits: bool,
    listed: bool,
    answered: Option<Answered>,
    lead: Lead,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let inbound = stage.inbound_mail(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let phone = PhoneNumber::try_from("+447400123456".to_owned()).ok();
        let lead = stage.lead(&workspace, "ann", |lead| lead.phone = phone).await;
        let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
        let now = stage.clock.now();
        let step = StepId::derived(now, &["first"]);
        let id = MessageId::derived(&lead.id, &["sent"]);
        let sent = Message {
            state: MessageState::Accepted,
            campaign: Some(campaign.id.clone()),
            step: Some(step),
            subject: "Quick question".to_owned(),
            text: OURS.to_owned(),
            to: "ann@one.example".to_owned(),
            accepted_at: Some(now),
            ..Message::blank(id, workspace.clone(), Direction::Out, Channel::Email, now)
        };
        let event = Event::system(EventKind::MessageAccepted, now);
        stage.ports.messages().create(&sent, &event).await.unwrap();
        let app = App::new(&stage.ports);
        Self { stage, workspace, inbound, lead, key, sent, app }
    }

    async fn takes_in(&self, raw: &str, received_at: Timestamp) {
        let mut event =
            relayed_mail(&self.stage, (&self.workspace, &self.inbound), "e-1", "ann@one.example", raw);
        if let IngestEvent::Webhook { received_at: at, .. } = &mut event {
            *at = received_at;
        }
        // Twice, as webhooks come.
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
    }

    async fn is_listed(&self) -> bool {
        let scopes = scopes_of(&self.lead);
        !self.stage.ports.suppressions().find(&self.workspace, &scopes).await.unwrap().is_empty()
    }

    async fn outcome(&self) -> Outcome {
        let ports = &self.stage.ports;
        let file = ports.leads().file(&self.workspace, &self.lead.id).await.unwrap();
        let inbound: Vec<_> = file.messages.iter().filter(|m| m.direction == Direction::In).collect();
        assert_eq!(inbound.len(), 1, "it is recorded once");
        let conversation = ports.conversations().get(&self.workspace, &self.lead.id).await.unwrap().unwrap();
        let state = ports.enrolments().get(&self.key).await.unwrap().state().clone();
        assert_eq!(conversation.understood, inbound[0].understood);
        Outcome {
            understood: inbound[0].understood.clone().unwrap(),
            snippet: conversation.snippet,
            waits: conversation.folder == Folder::Open,
            ended: match state {
                EnrolmentState::Ended { reason } => Some(reason),
                _ => None,
            },
            held: matches!(state, EnrolmentState::Held { reason: HoldReason::OutOfOffice, .. }),
            listed: self.is_listed().await,
            answered: ports.messages().get(&self.workspace, &self.sent.id).await.unwrap().answered,
            lead: file.lead,
        }
    }
}

/// The outcome of a mail from the lead that answers ours.
async fn answered(headers: &str, body: &str) -> Outcome {
    answered_at("2026-11-27T10:00:00Z".parse().unwrap(), headers, body).await
}

async fn answered_at(received_at: Timestamp, headers: &str, body: &str) -> Outcome {
    let scene = Scene::new().await;
    let answers = internet_id(&scene.sent.id, "northquay.example");
    let raw = format!(
        "From: Ann Lund <ann@one.example>\r\nTo: kim@northquay.example\r\nMessage-ID: <1@one.example>\r\n\
         In-Reply-To: <{answers}>\r\nMIME-Version: 1.0\r\n{}\r\n{}",
        headers.replace('\n', "\r\n"),
        body.replace('\n', "\r\n")
    );
    scene.takes_in(&raw, received_at).await;
    scene.outcome().await
}

const PLAIN: &str = "Content-Type: text/plain; charset=utf-8\n";

async fn said(subject: &str, body: &str) -> Outcome {
    answered(&format!("Subject: {subject}\n{PLAIN}"), body).await
}

#[tokio::test]
async fn opt_out_in_the_subject_alone_is_suppressed() {
    for subject in ["unsubscribe", "Abmelden", "Re: remove me", "Please unsubscribe me", "Désinscription"] {
        for body in ["", "-- \nAnn Lund\nOne Ltd"] {
            let outcome = said(subject, body).await;
            assert_eq!(outcome.understood.kind, ReplyKind::OptOut, "{subject}: {:?}", outcome.understood);
            assert_eq!((outcome.ended, outcome.listed), (Some(EndReason::OptedOut), true), "{subject}");
        }
    }
}

#[tokio::test]
async fn subject_that_speaks_of_unsubscribing_is_a_persons_when_the_mail_says_yes() {
    let outcome =
        said("Re: Unsubscribe rates in your industry", "Interesting, tell me more. Call me tomorrow.").await;
    assert_eq!(outcome.understood.kind, ReplyKind::Person, "{:?}", outcome.understood);
    assert_eq!((outcome.listed, outcome.answered), (false, Some(Answered::Positive)));
}

#[tokio::test]
async fn answer_without_words_stops_and_is_not_positive() {
    for body in ["", "\n\n", "> Hi Ann,\n> could we show you our booking page?\n"] {
        let outcome = said("Re: Quick question", body).await;
        assert_eq!(outcome.ended, Some(EndReason::Replied), "{body}");
        assert_eq!((outcome.listed, outcome.answered), (false, None), "{body}: {:?}", outcome.understood);
    }
}

#[tokio::test]
async fn answer_without_a_sign_of_interest_is_neutral() {
    for body in ["Got it.", "Thanks for your mail.", "We are a bakery in Leeds."] {
        let outcome = said("Re: Quick question", body).await;
        assert_eq!((outcome.understood.intent, outcome.answered), (Some(Intent::Neutral), None), "{body}");
    }
}

#[tokio::test]
async fn refusal_counts_against_its_message_and_suppresses_nothing() {
    for body in ["No thanks, we are not interested.", "Nein danke, kein Interesse."] {
        let outcome = said("Re: Quick question", body).await;
        assert_eq!(outcome.answered, Some(Answered::Refusal), "{body}: {:?}", outcome.understood);
        assert!(!outcome.listed);
    }
}

#[tokio::test]
async fn reaction_by_mail_stops_and_raises_no_score() {
    let gmail = |emoji: &str| {
        format!(
            "--b\n{PLAIN}\n{emoji} Ann reacted via Gmail <https://mail.example/r>\n--b\n\
             Content-Type: text/vnd.google.email-reaction+json; charset=utf-8\n\n{{\"emoji\":\"{emoji}\",\"version\":1}}\n\
             --b--\n"
        )
    };
    for emoji in ["👎", "👍", "❤️"] {
        let outcome = answered(
            "Subject: Re: Quick question\nContent-Type: multipart/alternative; boundary=b\n",
            &gmail(emoji),
        )
        .await;
        assert_eq!(outcome.understood.kind, ReplyKind::Reaction, "{emoji}");
        assert_eq!((outcome.snippet.as_str(), outcome.ended), (emoji, Some(EndReason::Replied)));
        assert_eq!((outcome.listed, outcome.answered), (false, None), "{emoji}");
        assert!(outcome.lead.engagement.raw_score() < f64::EPSILON && outcome.lead.engagement.heat.is_none());
    }
}

fn calendar(method: &str, more: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nPRODID:-//Calendar//EN\nVERSION:2.0\nMETHOD:{method}\nBEGIN:VEVENT\n\
         UID:meeting-1\nDTSTART:20261204T100000Z\nDTEND:20261204T103000Z\nSUMMARY:Intro\n{more}END:VEVENT\nEND:VCALENDAR\n"
    )
}

async fn calendar_answered(subject: &str, method: &str, more: &str) -> Outcome {
    let headers =
        format!("Subject: {subject}\nContent-Type: text/calendar; method={method}; charset=utf-8\n");
    answered(&headers, &calendar(method, more)).await
}

#[tokio::test]
async fn accepted_meeting_is_booked() {
    let attendee = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@one.example\n";
    let outcome = calendar_answered("Accepted: Intro", "REPLY", attendee).await;
    assert_eq!(outcome.understood.meeting.unwrap().answer, MeetingAnswer::Accepted);
    assert_eq!((outcome.ended, outcome.listed), (Some(EndReason::Booked), false));
    assert_eq!(outcome.snippet, "Accepted: Intro");
}

#[tokio::test]
async fn declined_meeting_stops_and_is_not_positive() {
    let attendee = "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@one.example\n";
    let outcome = calendar_answered("Declined: Intro", "REPLY", attendee).await;
    assert_eq!((outcome.ended, outcome.answered), (Some(EndReason::Replied), None));
}

#[tokio::test]
async fn proposed_time_is_kept() {
    let outcome = calendar_answered("New Time Proposed: Intro", "COUNTER", "").await;
    let meeting = outcome.understood.meeting.unwrap();
    assert_eq!(meeting.answer, MeetingAnswer::Proposed);
    assert_eq!(meeting.time, "2026-12-04T10:00:00Z".parse().ok());
    assert_eq!((outcome.ended, outcome.listed), (Some(EndReason::Replied), false));
}

/// Our own words about stopping are known word for word.
#[tokio::test]
async fn our_own_words_quoted_without_marks_are_no_opt_out() {
    for (yes, attribution) in [
        ("Yes, please call me tomorrow.", "From: Kim\nSent: Friday\nTo: Ann\nSubject: Quick question\n"),
        ("Ja gerne, rufen Sie mich an.", "Von: Kim\nGesendet: Freitag\nAn: Ann\nBetreff: Quick question\n"),
        (
            "Kyllä kiitos, soittakaa minulle.",
            "Lähettäjä: Kim\nLähetetty: perjantai\nVastaanottaja: Ann\nAihe: Quick question\n",
        ),
        ("Ano, zavolejte mi.", "Odesláno: pátek\nKomu: Ann\nPředmět: Quick question\n"),
        ("Yes, sounds good.", ""),
    ] {
        let outcome = said("Re: Quick question", &format!("{yes}\n\n{attribution}\n{OURS}\n")).await;
        assert_eq!(outcome.understood.kind, ReplyKind::Person, "{yes}: {:?}", outcome.understood);
        assert_eq!((outcome.snippet.as_str(), outcome.listed), (yes, false), "{yes}");
    }
}

#[tokio::test]
async fn answer_below_a_line_about_our_words_is_kept_whole() {
    let below =
        said("Re: Quick question", "On your website you wrote:\n\nPlease remove me from your list.\n").await;
    assert_eq!((below.understood.kind, below.listed), (ReplyKind::OptOut, true), "{:?}", below.understood);
    let question = said("Re: Quick question", "In your mail you wrote:\n\nCan guests pay by card?\n").await;
    assert_eq!(question.understood.kind, ReplyKind::Person);
    assert!(question.snippet.contains("Can guests pay by card?"), "{}", question.snippet);
}

#[tokio::test]
async fn absence_note_without_headers_holds() {
    for (subject, body, dated) in [
        ("Re: Quick question", "I am out of the office until Monday 7 December 2026.", true),
        ("Automatische Antwort", "Ich bin bis 06.12.2026 nicht im Büro.", true),
        ("自动回复: Quick question", "您好，我正在休假，将于2026年12月7日返回办公室。", true),
        ("Otomatik yanıt", "7 Aralık 2026 tarihine kadar ofis dışındayım.", true),
    ] {
        let outcome = said(subject, body).await;
        assert_eq!(outcome.understood.kind, ReplyKind::OutOfOffice, "{subject}: {:?}", outcome.understood);
        assert_eq!(outcome.understood.returns_on.is_some(), dated, "{subject}");
        assert_eq!((outcome.ended, outcome.held), (None, true), "{subject}");
    }
}

#[tokio::test]
async fn person_who_apologises_for_an_absence_is_no_absence_note() {
    let outcome =
        said("Re: Quick question", "Sorry, I was on holiday last week. Yes, please call me tomorrow.").await;
    assert_eq!((outcome.understood.kind, outcome.answered), (ReplyKind::Person, Some(Answered::Positive)));
}

#[tokio::test]
async fn wish_for_a_later_day_makes_a_task_for_that_day() {
    let scene = Scene::new().await;
    let raw = "From: ann@one.example\r\nTo: kim@northquay.example\r\nSubject: Re: Quick question\r\n\
               Message-ID: <1@one.example>\r\n\r\nPlease contact me again on 12 January 2027.\r\n";
    scene.takes_in(raw, "2026-11-27T10:00:00Z".parse().unwrap()).await;
    let file = scene.stage.ports.leads().file(&scene.workspace, &scene.lead.id).await.unwrap();
    assert_eq!(file.tasks.len(), 1, "{:?}", scene.outcome().await.understood);
    assert!(file.tasks[0].due_at.to_string().starts_with("2027-01-12T"), "{:?}", file.tasks[0]);
}

#[tokio::test]
async fn machine_that_says_thank_you_ends_nothing() {
    let outcome = answered(
        &format!(
            "Subject: [Ticket 4711] We have received your request\nAuto-Submitted: auto-replied\n{PLAIN}"
        ),
        "Thank you for contacting us. Your ticket number is 4711.",
    )
    .await;
    assert_eq!(outcome.understood.kind, ReplyKind::AutoAcknowledgement, "{:?}", outcome.understood);
    assert_eq!((outcome.ended, outcome.held, outcome.listed), (None, false, false));
}

#[tokio::test]
async fn conversation_waits_after_an_answer_and_not_after_an_opt_out_or_a_machine() {
    let receipt = format!("Subject: We have received your request\nAuto-Submitted: auto-replied\n{PLAIN}");
    let outcomes = [
        (said("Re: Quick question", "How much is it?").await, true),
        (said("unsubscribe", "").await, false),
        (said("Automatische Antwort", "Ich bin bis 06.12.2026 nicht im Büro.").await, false),
        (answered(&receipt, "Thank you for contacting us. Your ticket number is 4711.").await, false),
    ];
    for (outcome, waits) in outcomes {
        assert_eq!(outcome.waits, waits, "{:?}", outcome.understood);
    }
}

#[tokio::test]
async fn conversation_waits_no_more_after_an_unsubscribe_by_the_link() {
    let scene = Scene::new().await;
    let raw = "From: ann@one.example\r\nTo: kim@northquay.example\r\nSubject: Re: Quick question\r\n\
               Message-ID: <1@one.example>\r\n\r\nHow much is it?\r\n";
    scene.takes_in(raw, scene.stage.clock.now()).await;
    assert!(scene.outcome().await.waits);
    let event = IngestEvent::Unsubscribed {
        workspace: scene.workspace.clone(),
        lead: scene.lead.id.clone(),
        message: Some(scene.sent.id.clone()),
        to: None,
        event_id: "u-1".to_owned(),
        at: scene.stage.clock.now(),
    };
    ingest(&scene.app.ports, &event).await.unwrap();
    assert!(!scene.outcome().await.waits);
}

async fn came_back(lines: &[(&str, &str, &str, &str)]) -> (Scene, Message) {
    let scene = Scene::new().await;
    let told: String = lines
        .iter()
        .map(|(address, action, status, answer)| {
            format!(
                "Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n\
                 Diagnostic-Code: smtp; {answer}\r\n\r\n"
            )
        })
        .collect();
    let raw = format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: replies@northquay.example\r\nSubject: Undelivered Mail\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{told}\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nX-Leadflow-Message: {}\r\n--b--\r\n",
        scene.sent.id
    );
    scene.takes_in(&raw, scene.stage.clock.now()).await;
    let sent = scene.stage.ports.messages().get(&scene.workspace, &scene.sent.id).await.unwrap();
    (scene, sent)
}

#[tokio::test]
async fn plain_words_of_a_bounce_win_over_its_code() {
    for (status, answer, class, listed) in [
        ("5.7.1", "550 5.7.1 no such user here", FailureClass::HardUnknownUser, true),
        (
            "5.1.1",
            "550 5.1.1 refused, your server is on our block list, see spamhaus",
            FailureClass::BlockedReputation,
            false,
        ),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", FailureClass::HardUnknownUser, true),
        ("5.2.2", "552 5.2.2 mailbox full", FailureClass::SoftFull, false),
    ] {
        let (scene, sent) = came_back(&[("ann@one.example", "failed", status, answer)]).await;
        assert_eq!(sent.failure.unwrap().class, class, "{answer}");
        assert_eq!(scene.is_listed().await, listed, "{answer}");
    }
}

#[tokio::test]
async fn line_of_another_recipient_says_nothing_about_the_lead() {
    let dead = ("colleague@one.example", "failed", "5.1.1", "550 5.1.1 user unknown");
    for lines in [
        vec![dead, ("ann@one.example", "delivered", "2.0.0", "250 ok")],
        vec![("ann@one.example", "relayed", "2.0.0", "250 ok"), dead],
        vec![dead, ("other@one.example", "failed", "5.1.1", "550 5.1.1 user unknown")],
    ] {
        let (scene, sent) = came_back(&lines).await;
        assert_eq!((sent.state, scene.is_listed().await), (MessageState::Accepted, false), "{lines:?}");
    }
}

#[tokio::test]
async fn delayed_mail_has_not_come_back() {
    let (scene, sent) =
        came_back(&[("ann@one.example", "delayed", "4.4.1", "connection timed out, will be retried")]).await;
    assert_eq!((sent.state, scene.is_listed().await), (MessageState::Accepted, false));
}

/// A stranger can write such words.
#[tokio::test]
async fn bounce_in_prose_that_names_the_address_alone_lists_nobody() {
    let scene = Scene::new().await;
    let raw = "From: Mail Delivery Subsystem <mailer-daemon@mx.example>\r\nTo: kim@northquay.example\r\n\
               Subject: Undeliverable: your message\r\nReturn-Path: <>\r\n\r\n\
               Delivery to ann@one.example failed: 550 5.1.1 user unknown\r\n";
    scene.takes_in(raw, scene.stage.clock.now()).await;
    let sent = scene.stage.ports.messages().get(&scene.workspace, &scene.sent.id).await.unwrap();
    assert_eq!((sent.state, scene.is_listed().await), (MessageState::Accepted, false), "{:?}", sent.failure);
}

/// The score as it is before and after, and once a user has said what the answer meant.
#[tokio::test]
async fn refusal_and_empty_answer_leave_the_score_until_they_turn_out_to_be_a_yes() {
    for body in ["Thanks, but we are not interested.", "", "Not interested"] {
        let scene = Scene::new().await;
        let now = scene.stage.clock.now();
        let before = score(&scene.lead, now).total;
        scene.answer(body).await;
        let lead = scene.stage.ports.leads().get(&scene.workspace, &scene.lead.id).await.unwrap();
        assert_eq!((score(&lead, now).total, lead.engagement.messages), (before, 1), "{body}");
        scene.is_corrected(ReplyKind::Person, Some(Intent::Interested)).await;
        let lead = scene.stage.ports.leads().get(&scene.workspace, &scene.lead.id).await.unwrap();
        assert!(score(&lead, now).total > before, "{body}");
    }
    let scene = Scene::new().await;
    let now = scene.stage.clock.now();
    let before = score(&scene.lead, now).total;
    scene.answer("Yes, please call me tomorrow.").await;
    let lead = scene.stage.ports.leads().get(&scene.workspace, &scene.lead.id).await.unwrap();
    assert!(score(&lead, now).total > before);
    scene.is_corrected(ReplyKind::Person, Some(Intent::NotInterested)).await;
    let lead = scene.stage.ports.leads().get(&scene.workspace, &scene.lead.id).await.unwrap();
    assert_eq!(score(&lead, now).total, before, "the no takes back what the yes gave");
}

#[tokio::test]
async fn declined_invitation_leaves_the_score_and_an_accepted_one_raises_it() {
    for (answer, warms) in [("DECLINED", false), ("ACCEPTED", true)] {
        let scene = Scene::new().await;
        let now = scene.stage.clock.now();
        let before = score(&scene.lead, now).total;
        let raw = format!(
            "From: ann@one.example\r\nTo: kim@northquay.example\r\nSubject: Re: Quick question\r\n\
             Message-ID: <1@one.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n\
             BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T100000Z\r\n\
             ATTENDEE;PARTSTAT={answer}:mailto:ann@one.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
        );
        scene.takes_in(&raw, now).await;
        let lead = scene.outcome().await.lead;
        assert_eq!(score(&lead, now).total > before, warms, "{answer}");
    }
}

impl Scene {
    async fn is_corrected(&self, kind: ReplyKind, intent: Option<Intent>) {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead.id).await.unwrap();
        let inbound = file.messages.iter().find(|m| m.direction == Direction::In).unwrap();
        let event = IngestEvent::Corrected {
            workspace: self.workspace.clone(),
            message: inbound.id.clone(),
            understood: Box::new(inbound.understood.clone().unwrap().corrected(kind, intent)),
            user: UserId::derived(Timestamp::UNIX_EPOCH, &["kim"]),
            at: self.stage.clock.now(),
        };
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
    }

    async fn answer(&self, body: &str) {
        let answers = internet_id(&self.sent.id, "northquay.example");
        let raw = format!(
            "From: ann@one.example\r\nTo: kim@northquay.example\r\nSubject: Re: Quick question\r\n\
             Message-ID: <1@one.example>\r\nIn-Reply-To: <{answers}>\r\n\r\n{body}\r\n"
        );
        self.takes_in(&raw, self.stage.clock.now()).await;
    }
}

#[tokio::test]
async fn correction_to_opt_out_suppresses_and_credits_the_message_anew() {
    let scene = Scene::new().await;
    scene.answer("Yes, please call me tomorrow.").await;
    assert_eq!(scene.outcome().await.answered, Some(Answered::Positive));
    scene.is_corrected(ReplyKind::OptOut, None).await;
    let sent = scene.stage.ports.messages().get(&scene.workspace, &scene.sent.id).await.unwrap();
    assert_eq!((sent.answered, sent.opted_out), (None, true));
    assert!(scene.is_listed().await);
}

#[tokio::test]
async fn correction_from_opt_out_credits_anew_and_lifts_nothing() {
    let scene = Scene::new().await;
    scene.answer("Please remove me from your list.").await;
    assert!(scene.is_listed().await);
    scene.is_corrected(ReplyKind::Person, Some(Intent::Interested)).await;
    let sent = scene.stage.ports.messages().get(&scene.workspace, &scene.sent.id).await.unwrap();
    assert_eq!((sent.answered, sent.opted_out), (Some(Answered::Positive), false));
    assert!(scene.is_listed().await, "only a user lifts a suppression");
}

#[tokio::test]
async fn correction_of_an_absence_note_to_an_answer_stops() {
    let scene = Scene::new().await;
    scene.answer("I am out of the office until Monday 7 December 2026.").await;
    assert!(scene.outcome().await.held);
    scene.is_corrected(ReplyKind::Person, None).await;
    assert!(!scene.stage.ports.enrolments().get(&scene.key).await.unwrap().is_active());
    let lead = scene.stage.ports.leads().get(&scene.workspace, &scene.lead.id).await.unwrap();
    assert_eq!(lead.away, None);
}

/// Words that no rule knows.
const UNSURE: &str = "The partners sat down with it on Monday.";

impl Scene {
    async fn reads_with_ai(&self) {
        let mut workspace = self.stage.ports.workspaces().get(&self.workspace).await.unwrap();
        workspace.ai_reads_answers = true;
        let event = Event::system(EventKind::SettingsChanged, self.stage.clock.now());
        self.stage.ports.workspaces().save(&workspace, &event).await.unwrap();
    }

    async fn drafts_answers(&self) {
        let mut workspace = self.stage.ports.workspaces().get(&self.workspace).await.unwrap();
        workspace.ai_drafts_answers = true;
        let event = Event::system(EventKind::SettingsChanged, self.stage.clock.now());
        self.stage.ports.workspaces().save(&workspace, &event).await.unwrap();
    }

    async fn inbound_message(&self) -> Message {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead.id).await.unwrap();
        file.messages.into_iter().find(|m| m.direction == Direction::In).unwrap()
    }

    async fn is_read_by_a_model(&self, kind: ReplyKind, intent: Option<Intent>) {
        let message = self.inbound_message().await;
        let rules = Understanding::by_rule(ReplyKind::Person, "no_sign", UNSURE);
        let event = IngestEvent::ReadByModel {
            workspace: self.workspace.clone(),
            message: message.id,
            understood: Box::new(rules.read_by_model(kind, intent, "language_model", UNSURE)),
            at: self.stage.clock.now(),
        };
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
    }
}

#[tokio::test]
async fn model_is_asked_about_an_unsure_answer_once_it_has_stopped_and_only_if_switched_on() {
    let scene = Scene::new().await;
    scene.answer(UNSURE).await;
    assert_eq!(scene.outcome().await.ended, Some(EndReason::Replied));
    assert!(scene.stage.messages(Queue::Ai).is_empty(), "it is off at first");

    for (text, asks) in [
        (UNSURE, true),
        ("Yes, please call me tomorrow.", false),
        ("Please remove me from your list.", false),
        ("ok", false),
    ] {
        let scene = Scene::new().await;
        scene.reads_with_ai().await;
        scene.answer(text).await;
        assert!(!scene.stage.ports.enrolments().get(&scene.key).await.unwrap().is_active(), "{text}");
        let asked = scene.stage.messages(Queue::Ai);
        assert_eq!(!asked.is_empty(), asks, "{text}: {asked:?}");
        for question in asked {
            assert_eq!(question["message"], scene.inbound_message().await.id.as_str());
        }
    }
}

#[tokio::test]
async fn draft_is_asked_for_where_a_person_answered_and_the_workspace_wants_it() {
    let scene = Scene::new().await;
    scene.answer("Yes, please call me tomorrow.").await;
    assert!(scene.stage.messages(Queue::Ai).is_empty(), "it is off at first");
    for (text, asks) in [
        ("Yes, please call me tomorrow.", true),
        ("How much is it?", true),
        ("Please remove me from your list.", false),
        ("No thanks, we are not interested.", false),
        ("I am out of the office until Monday 7 December 2026.", false),
    ] {
        let scene = Scene::new().await;
        scene.drafts_answers().await;
        scene.answer(text).await;
        let asked = scene.stage.messages(Queue::Ai);
        let message = scene.inbound_message().await;
        // Each message is delivered twice, and the second order makes no second draft.
        assert_eq!(!asked.is_empty(), asks, "{text}: {:?} {asked:?}", message.understood);
        assert!(asked.iter().all(|order| order["answered"] == message.id.as_str()), "{asked:?}");
    }
}

#[tokio::test]
async fn absence_note_that_a_user_corrects_to_an_answer_is_drafted_too() {
    let scene = Scene::new().await;
    scene.drafts_answers().await;
    scene.answer("I am out of the office until Monday 7 December 2026.").await;
    scene.is_corrected(ReplyKind::Person, None).await;
    let asked = scene.stage.messages(Queue::Ai);
    assert!(!asked.is_empty());
    assert_eq!(asked[0]["answered"], scene.inbound_message().await.id.as_str());
}

#[tokio::test]
async fn reading_of_a_model_is_shown_and_credits_the_message() {
    let scene = Scene::new().await;
    scene.answer(UNSURE).await;
    assert_eq!(scene.outcome().await.answered, None);
    scene.is_read_by_a_model(ReplyKind::Person, Some(Intent::Interested)).await;
    let outcome = scene.outcome().await;
    assert_eq!(
        (outcome.understood.by, outcome.understood.intent),
        (DecidedBy::Model, Some(Intent::Interested))
    );
    assert_eq!(outcome.answered, Some(Answered::Positive));
    assert!(outcome.waits && !outcome.listed);
}

#[tokio::test]
async fn opt_out_that_a_model_hears_waits_for_a_user_and_lists_nobody() {
    let scene = Scene::new().await;
    scene.answer(UNSURE).await;
    scene.is_read_by_a_model(ReplyKind::PossibleOptOut, None).await;
    let outcome = scene.outcome().await;
    assert_eq!(outcome.understood.kind, ReplyKind::PossibleOptOut);
    assert!(!outcome.listed && outcome.waits && outcome.lead.opt_out_hold.is_some());
}

#[tokio::test]
async fn reading_of_a_model_changes_nothing_that_rules_or_a_user_have_decided() {
    let scene = Scene::new().await;
    scene.answer("Please remove me from your list.").await;
    scene.is_read_by_a_model(ReplyKind::Person, Some(Intent::Interested)).await;
    let outcome = scene.outcome().await;
    assert_eq!((outcome.understood.kind, outcome.understood.by), (ReplyKind::OptOut, DecidedBy::Rules));
    assert!(outcome.listed && outcome.answered.is_none());

    let scene = Scene::new().await;
    scene.answer(UNSURE).await;
    let mut message = scene.inbound_message().await;
    let said = message.understood.take().unwrap().corrected(ReplyKind::Person, Some(Intent::Later));
    message.understood = Some(said);
    let event = Event::system(EventKind::UnderstandingCorrected, scene.stage.clock.now());
    scene.stage.ports.messages().save(&message, &event).await.unwrap();
    scene.is_read_by_a_model(ReplyKind::OptOut, None).await;
    let understood = scene.inbound_message().await.understood.unwrap();
    assert_eq!((understood.by, understood.intent), (DecidedBy::User, Some(Intent::Later)));
    assert!(!scene.is_listed().await);
}
