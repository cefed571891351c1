//! Actions that a user of the page, or a test, orders now. They happen at the next `run_due`.

use crate::agenda::Action;
use crate::config::Credentials;
use crate::sandbox::Sandbox;

impl Sandbox {
    /// The newest mail at an address.
    pub fn latest_mail(&self, address: &str) -> Option<usize> {
        self.world().mailboxes.get(&address.to_lowercase())?.last().copied()
    }

    /// The HTML (or text) body, subject and Message-ID of a mail.
    pub fn mail_content(&self, mail: usize) -> Option<(String, String, String)> {
        let world = self.world();
        let mail = world.mails.get(mail)?;
        let body = mail.html.clone().unwrap_or_else(|| mail.text.clone());
        Some((body, mail.subject.clone(), mail.message_id.clone()))
    }

    /// The links that a reader sees in a mail.
    pub fn mail_links(&self, mail: usize) -> Vec<String> {
        let world = self.world();
        world
            .mails
            .get(mail)
            .map(|mail| mail.visible_links().map(|link| link.url.clone()).collect())
            .unwrap_or_default()
    }

    pub fn open_mail(&self, mail: usize) {
        self.soon(mail, |_| Action::Open { mail });
    }

    pub fn click_link(&self, mail: usize, url: &str) {
        let url = url.to_owned();
        self.soon(mail, |who| Action::Click { who, mail: Some(mail), url });
    }

    pub fn reply_to_mail(&self, mail: usize, body: &str) {
        let body = body.to_owned();
        self.soon(mail, |_| Action::Reply { mail, body, stop: false });
    }

    pub fn write_from_elsewhere(&self, mail: usize, body: &str) {
        let body = body.to_owned();
        self.soon(mail, |_| Action::WriteElsewhere { mail, body });
    }

    pub fn ask_to_stop(&self, mail: usize) {
        let body = super::words::REMOVAL_REPLIES[0].to_owned();
        self.soon(mail, |_| Action::Reply { mail, body, stop: true });
    }

    pub fn unsubscribe_one_click(&self, mail: usize) {
        self.soon(mail, |_| Action::OneClickUnsubscribe { mail, tries: 0 });
    }

    pub fn unsubscribe_on_page(&self, mail: usize) {
        self.soon(mail, |_| Action::UnsubscribeOnPage { mail, tries: 0 });
    }

    pub fn bounce_mail(&self, mail: usize) {
        let (status, diagnostic) = ("5.1.1".to_owned(), "smtp; 550 5.1.1 user unknown".to_owned());
        self.soon(mail, |_| Action::Bounce { mail, status, diagnostic });
    }

    /// Takes a mail for spam. The provider that it went out by tells the app, if it was told where to.
    pub fn report_as_spam(&self, mail: usize) {
        self.soon(mail, |_| Action::Complain { mail });
    }

    pub fn send_auto_reply(&self, mail: usize, language: &str) {
        let back = Some(super::later(self.now(), 9 * 86_400));
        let language = language.to_owned();
        self.soon(mail, |_| Action::AutoReply { mail, language, back });
    }

    /// Loads the lead's preview page three times within ten minutes.
    pub fn view_preview_three_times(&self, mail: usize) {
        let known = self.world().mails.get(mail).map(|mail| mail.to.clone());
        let Some(who) = known else { return };
        let seen = self.world().life(&who).preview.clone();
        let preview = seen.or_else(|| self.preview_link(mail));
        let Some(url) = preview else { return };
        let now = self.now();
        for turn in 0..3 {
            let action = Action::Visit { who: who.clone(), url: url.clone(), seconds: 20, cta: turn == 2 };
            self.world().agenda.add(super::later(now, turn * 3), action);
        }
    }

    pub fn pay(&self, address: &str, link: Option<&str>) {
        let now = self.now();
        let action = Action::Pay { who: address.to_lowercase(), link: link.map(str::to_owned) };
        self.world().agenda.add(now, action);
    }

    /// Sends a text from a person's number to one of ours (the first one if none is named).
    pub fn text_us(&self, from: &str, to: Option<&str>, body: &str) {
        let ours = self
            .config()
            .credentials
            .twilio_numbers
            .first()
            .map_or(Credentials::TWILIO_NUMBER, String::as_str);
        let to = to.unwrap_or(ours).to_owned();
        let now = self.now();
        self.world().agenda.add(now, Action::SendText { from: from.to_owned(), to, body: body.to_owned() });
    }

    /// Opens a link in a text.
    pub fn tap_link(&self, number: &str, url: &str) {
        let now = self.now();
        let action = Action::Click { who: number.to_owned(), mail: None, url: url.to_owned() };
        self.world().agenda.add(now, action);
    }

    pub(crate) fn mail_is_for(&self, mail: usize, address: &str) -> bool {
        self.world().mails.get(mail).is_some_and(|mail| mail.to == address)
    }

    fn preview_link(&self, mail: usize) -> Option<String> {
        let world = self.world();
        let mail = world.mails.get(mail)?;
        let named = mail.content_links().find(|link| {
            link.url.contains("/preview/")
                || link.url.contains("/p/")
                || link.words.to_lowercase().contains("preview")
        });
        named.or_else(|| mail.content_links().next()).map(|link| link.url.clone())
    }

    fn soon(&self, mail: usize, action: impl FnOnce(String) -> Action) {
        let now = self.now();
        let mut world = self.world();
        if let Some(who) = world.mails.get(mail).map(|mail| mail.to.clone()) {
            world.agenda.add(now, action(who));
        }
    }
}
