//! The reactions to an arriving message. Everything here only writes the agenda.

use jiff::{SignedDuration, Timestamp};

use super::persona::{Persona, PhonePersona};
use super::rhythm::{Rhythm, later};
use super::words;
use crate::agenda::Action;
use crate::mail::{Link, Mail};
use crate::places::gazetteer;
use crate::sandbox::Sandbox;
use crate::seed::Roll;
use crate::world::World;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

pub(crate) fn mail_arrived(sandbox: &Sandbox, world: &mut World, id: usize) {
    let mail = world.mails[id].clone();
    let life = world.life(&mail.to);
    life.received += 1;
    let received = life.received;
    if !sandbox.config().people || life.gone {
        return;
    }
    let rhythm = Rhythm::of_mail(sandbox.now(), sandbox.config().pace, &mail.to);
    let roll = sandbox.seed().roll(&["mail", &mail.to, &received.to_string()]);
    let mut plan = Plan { sandbox, world, mail: &mail, rhythm, roll, received };
    match sandbox.persona(&mail.to) {
        Persona::Silent | Persona::Blocking => {}
        Persona::Curious => plan.curious(),
        Persona::Keen => plan.keen(),
        Persona::Annoyed => plan.annoyed(),
        // A sender over HTTP learns only afterwards that an address does not exist.
        Persona::Bouncer | Persona::NoSuchUser | Persona::VanishedUser => plan.bounce(),
        Persona::OutOfOffice => plan.out_of_office(),
        Persona::Scanned => {
            let at = plan.rhythm.machine_after(plan.roll.between(2, 18));
            plan.world.agenda.add(at, Action::Scan { mail: id });
            plan.curious();
        }
    }
}

struct Plan<'a> {
    sandbox: &'a Sandbox,
    world: &'a mut World,
    mail: &'a Mail,
    rhythm: Rhythm,
    roll: Roll,
    received: u32,
}

impl Plan<'_> {
    fn curious(&mut self) {
        if !self.roll.percent(75) {
            return;
        }
        let opened = self.open_after(5 * 60, 6 * HOUR);
        if self.roll.percent(45)
            && let Some(url) = self.any_link()
        {
            let at = later(opened, self.roll.between(12, 90));
            self.click(at, url);
        }
    }

    fn keen(&mut self) {
        let opened = self.open_after(3 * 60, 3 * HOUR);
        if self.world.life(&self.mail.to).replied {
            return;
        }
        if self.received <= 2
            && let Some(url) = self.preview_link()
        {
            let first = later(opened, self.roll.between(20, 80));
            self.click(first, url);
        }
        let replies_at = 1 + self.sandbox.seed().roll(&["replies at", &self.mail.to]).below(3) as u32;
        if self.received >= replies_at {
            self.world.life(&self.mail.to).replied = true;
            let body = *self.roll.pick(&words::KEEN_REPLIES);
            let wait = self.roll.between(10 * 60, 100 * 60);
            let at = Rhythm { now: opened, ..self.rhythm_copy() }.after(wait, &mut self.roll);
            self.world.agenda.add(at, Action::Reply { mail: self.mail.id, body: body.into(), stop: false });
            if self.sandbox.seed().roll(&["pays", &self.mail.to]).percent(40) {
                let wait = self.roll.between(DAY, 4 * DAY);
                let at = Rhythm { now: at, ..self.rhythm_copy() }.after(wait, &mut self.roll);
                self.world.agenda.add(at, Action::Pay { who: self.mail.to.clone(), link: None });
            }
        }
    }

    fn annoyed(&mut self) {
        let patience = 1 + self.sandbox.seed().roll(&["patience", &self.mail.to]).below(2) as u32;
        if self.received < patience {
            return;
        }
        let opened = self.open_after(2 * 60, 4 * HOUR);
        self.world.life(&self.mail.to).gone = true;
        let at = later(opened, self.roll.between(8, 60));
        let mail = self.mail.id;
        let action = match self.sandbox.seed().roll(&["leaves by", &self.mail.to]).below(3) {
            0 if self.mail.one_click && self.mail.unsubscribe.is_some() => {
                Action::OneClickUnsubscribe { mail, tries: 0 }
            }
            1 if self.mail.unsubscribe_link().is_some() => Action::UnsubscribeOnPage { mail, tries: 0 },
            _ => {
                let body = *self.roll.pick(&words::REMOVAL_REPLIES);
                Action::Reply { mail, body: body.into(), stop: true }
            }
        };
        self.world.agenda.add(at, action);
    }

    fn bounce(&mut self) {
        const REASONS: [(&str, &str); 3] = [
            ("5.1.1", "smtp; 550 5.1.1 The email account that you tried to reach does not exist"),
            (
                "5.1.10",
                "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            ),
            ("5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is disabled"),
        ];
        let (status, diagnostic) = *self.sandbox.seed().roll(&["bounces with", &self.mail.to]).pick(&REASONS);
        let at = self.rhythm.machine_after(self.roll.between(60, 25 * 60));
        let action =
            Action::Bounce { mail: self.mail.id, status: status.into(), diagnostic: diagnostic.into() };
        self.world.agenda.add(at, action);
    }

    fn out_of_office(&mut self) {
        let now = self.rhythm.now;
        let mut person = self.sandbox.seed().roll(&["absence", &self.mail.to]);
        let days = person.between(4, 16);
        let life = self.world.life(&self.mail.to);
        let back = *life.away_until.get_or_insert_with(|| later(now, days * DAY));
        if now >= back {
            return self.curious();
        }
        let recently = |last: Timestamp| now.duration_since(last).as_secs() < 4 * DAY;
        if life.last_auto_reply.is_some_and(recently) {
            return;
        }
        let first_note = life.last_auto_reply.is_none();
        life.last_auto_reply = Some(now);
        let told = (!person.percent(20)).then_some(back);
        let domain = self.mail.to.rsplit('@').next().unwrap_or_default();
        let language = match gazetteer::of_domain(domain).language {
            "en" => *person.pick(&["en", "en", "en", "de", "fr", "es", "nl", "it", "pt"]),
            other => other,
        };
        let at = self.rhythm.machine_after(self.roll.between(3, 40));
        let action = Action::AutoReply { mail: self.mail.id, language: language.into(), back: told };
        self.world.agenda.add(at, action);
        if first_note && self.roll.percent(60) {
            let at = Rhythm { now: back, ..self.rhythm_copy() }.after(3 * HOUR, &mut self.roll);
            self.world.agenda.add(at, Action::Open { mail: self.mail.id });
        }
    }

    fn open_after(&mut self, least: i64, most: i64) -> Timestamp {
        let wait = self.roll.between(least, most);
        let at = self.rhythm.after(wait, &mut self.roll);
        self.world.agenda.add(at, Action::Open { mail: self.mail.id });
        at
    }

    fn click(&mut self, at: Timestamp, url: String) {
        let who = self.mail.to.clone();
        self.world.agenda.add(at, Action::Click { who, mail: Some(self.mail.id), url });
    }

    fn preview_link(&mut self) -> Option<String> {
        let is_preview = |link: &&Link| {
            link.url.contains("/preview/")
                || link.url.contains("/p/")
                || link.words.to_lowercase().contains("preview")
        };
        let link = self.mail.content_links().find(is_preview).or_else(|| self.mail.content_links().next());
        link.map(|link| link.url.clone())
    }

    fn any_link(&mut self) -> Option<String> {
        let links: Vec<&Link> = self.mail.content_links().collect();
        (!links.is_empty()).then(|| self.roll.pick(&links).url.clone())
    }

    fn rhythm_copy(&self) -> Rhythm {
        Rhythm { now: self.rhythm.now, pace: self.rhythm.pace, zone: self.rhythm.zone }
    }
}

/// `wait` is the time until the number sends it.
pub(crate) fn text_arrived(sandbox: &Sandbox, world: &mut World, id: usize, wait: SignedDuration) {
    let leaves = sandbox.now() + wait;
    let text = world.texts[id].clone();
    let life = world.life(&text.to);
    life.received += 1;
    let received = life.received;
    let mut roll = sandbox.seed().roll(&["text", &text.to, &received.to_string()]);
    let persona = sandbox.phone_persona(&text.to);
    let failure = match persona {
        PhonePersona::Unreachable => Some(if text.chat { 131026 } else { 30003 }),
        PhonePersona::Landline => Some(30006),
        PhonePersona::Filtered if !text.chat => Some(30007),
        _ => None,
    };
    report_statuses(world, &text.sid, id, leaves, failure, text.service_sid.is_some(), &mut roll);
    if !sandbox.config().people || failure.is_some() || world.life(&text.to).gone {
        return;
    }
    let rhythm = Rhythm::of_phone(leaves, sandbox.config().pace, &text.to);
    let wait = roll.between(60, 90 * 60);
    let read = rhythm.after(wait, &mut roll);
    world.agenda.add(read, Action::ReadText { text: id });
    let answer =
        |body: &str| Action::SendText { from: text.to.clone(), to: text.from.clone(), body: body.into() };
    let link = crate::mail::bare_links(&text.body).into_iter().next();
    match (persona, link) {
        (PhonePersona::Stopper, _) => {
            world.life(&text.to).gone = true;
            let word = *roll.pick(&["STOP", "Stop", "stop", "STOP", "UNSUBSCRIBE"]);
            world.agenda.add(later(read, roll.between(5, 60)), answer(word));
        }
        (PhonePersona::Keen, _) if !world.life(&text.to).replied => {
            world.life(&text.to).replied = true;
            let words = *roll.pick(&words::KEEN_TEXTS);
            world.agenda.add(later(read, roll.between(40, 600)), answer(words));
        }
        (PhonePersona::Curious | PhonePersona::Keen, Some(link)) if roll.percent(60) => {
            let at = later(read, roll.between(5, 40));
            world.agenda.add(at, Action::Click { who: text.to.clone(), mail: None, url: link.url });
        }
        _ => {}
    }
}

/// Plans its status reports: usually in order, sometimes not, sometimes one of them twice.
fn report_statuses(
    world: &mut World,
    sid: &str,
    id: usize,
    now: Timestamp,
    failure: Option<u32>,
    by_service: bool,
    roll: &mut Roll,
) {
    let last = match failure {
        None => "delivered",
        Some(_) if world.texts[id].chat => "failed",
        Some(_) => "undelivered",
    };
    let mut statuses = vec!["sent", last];
    if !world.texts[id].chat {
        statuses.insert(0, "sending");
    }
    if by_service {
        statuses.insert(0, "queued");
    }
    let mut at = now;
    let mut moments: Vec<Timestamp> = Vec::new();
    for _ in &statuses {
        at = later(at, roll.between(1, 6));
        moments.push(at);
    }
    if roll.percent(12) {
        let end = moments.len() - 1;
        moments.swap(end, end - 1);
    }
    let twice = roll.percent(8);
    for (status, at) in statuses.iter().zip(moments) {
        let is_last = *status == last;
        let token = format!("{sid}-{status}");
        let error_code = failure.filter(|_| is_last);
        let action = Action::TextStatus { text: id, status: (*status).into(), error_code, token };
        if is_last && twice {
            world.agenda.add(later(at, 9), action.clone());
        }
        world.agenda.add(at, action);
    }
}
