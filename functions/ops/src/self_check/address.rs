//! Checks the installation through its public address, as everybody reaches it: certificate, app, sign-in,
//! webhooks, tracking.

use super::CheckGroup::Address;
use super::finding::{Part, PartCheck};
use crate::App;
use application::ports::parts::{NotReached, PageSeen};
use http_api::only_this_machine_reaches;

type Seen = Result<PageSeen, NotReached>;

impl App {
    pub(super) async fn check_address(&self) -> Vec<PartCheck> {
        let (health, app, sign_up, webhooks, preview) = futures::join!(
            self.page("/health"),
            self.page("/"),
            self.page("/api/auth/signup"),
            self.page("/api/webhooks/whatsapp/self-check"),
            self.page("/preview/self-check"),
        );
        let reached = health.is_ok();
        vec![
            self.address_check(&health),
            self.certificate_check(&health),
            app_check(app, reached),
            function_check(Part::new("sign_in", Address, "Sign-in"), sign_up, (200, "auth"), reached),
            function_check(
                Part::new("webhooks", Address, "Webhooks of providers"),
                webhooks,
                (404, "provider_webhooks"),
                reached,
            ),
            function_check(
                Part::new("tracking", Address, "Preview pages and tracking"),
                preview,
                (404, "tracking"),
                reached,
            ),
        ]
    }

    async fn page(&self, path: &str) -> Seen {
        let late = || NotReached {
            why: format!("nothing came within {} s", self.look_takes.as_secs()),
            bad_certificate: false,
        };
        let page = tokio::time::timeout(self.look_takes, self.parts.page(path));
        page.await.unwrap_or_else(|_| Err(late()))
    }

    fn address_check(&self, health: &Seen) -> PartCheck {
        let (part, url) = (Part::new("address", Address, "Public address"), &self.public_url);
        match health {
            Ok(page) if page.status == 200 && page.is_ours && only_this_machine_reaches(url) => part.not_set_up(
                format!("{url} answers, and only this machine reaches it: with real providers nothing is sent."),
                "Start with the address that people use as `--url https://…`, or LEADFLOW_PUBLIC_URL: links in mails, webhooks \
                 and sign-ins carry it.",
            ),
            Ok(page) if page.status == 200 && page.is_ours => part.fine(format!("{url} answers.")),
            Ok(page) => part.broken(
                format!("Something other than this installation answers at {url}: {}.", page.status),
                "Point the domain at the stack's output DomainTarget, or deploy with the address that people use as \
                 `--parameter PublicUrl=…`. A proxy in front must pass on every path.",
            ),
            Err(NotReached { bad_certificate: true, .. }) => {
                part.broken(format!("{url} cannot be trusted: its certificate is refused."), "Fix the certificate, below.")
            }
            Err(NotReached { why, .. }) => part.broken(
                format!("{url} does not answer: {why}"),
                "The address that links in mails carry must reach this stack: point the domain's DNS record at the stack's output \
                 DomainTarget, or deploy with the right `--parameter PublicUrl=…`.",
            ),
        }
    }

    fn certificate_check(&self, health: &Seen) -> PartCheck {
        let (part, url) = (Part::new("certificate", Address, "Certificate"), &*self.public_url);
        let host = url.split("://").nth(1).unwrap_or(url);
        let local = only_this_machine_reaches(url);
        match health {
            _ if url.starts_with("http://") && local => part.not_set_up(
                "It needs none on this machine alone.",
                "Put a proxy with TLS in front before others reach it.",
            ),
            _ if url.starts_with("http://") => part.broken(
                format!("{url} is not encrypted: passwords can be read on the way."),
                "Put TLS in front, and set the public address to begin with https://.",
            ),
            Ok(_) => part.fine(format!("It is valid for {host}.")),
            Err(NotReached { bad_certificate: true, why }) => part.broken(
                format!("It is refused: {why}"),
                format!(
                    "The certificate of CertificateArn must be issued, not expired, and for {host}: `aws acm describe-certificate \
                     --certificate-arn …`. With a proxy in front it is the proxy's."
                ),
            ),
            Err(_) => part.broken("It could not be read: the address does not answer.", FIRST_THE_ADDRESS),
        }
    }
}

const FIRST_THE_ADDRESS: &str = "Fix the public address first.";

fn app_check(app: Seen, reached: bool) -> PartCheck {
    let part = Part::new("app_page", Address, "The app's page");
    let page = match app {
        Ok(page) => page,
        Err(error) => return unreached(part, error, "web", reached),
    };
    let text = String::from_utf8_lossy(&page.body);
    if page.status == 200 && text.contains("id=\"root\"") {
        part.fine("It loads.")
    } else if text.contains("not built") {
        part.broken(
            "The web app was not built when the functions were.",
            "Run `npm ci && npm run build` in web, then `cargo xtask deploy`, which does both unless told --skip-package.",
        )
    } else {
        unexpected_answer(part, page.status, "web")
    }
}

/// Checks that the function itself answers; what the request asks for need not exist.
fn function_check(part: Part, seen: Seen, (status, function): (u16, &str), reached: bool) -> PartCheck {
    match seen {
        Ok(page) if page.status == status && page.is_ours => {
            part.fine(format!("The function {function} answers."))
        }
        Ok(page) => unexpected_answer(part, page.status, function),
        Err(error) => unreached(part, error, function, reached),
    }
}

fn unexpected_answer(part: Part, status: u16, function: &str) -> PartCheck {
    let fix = match status {
        429 | 503 => format!(
            "Too much runs at once: see the alarm Throttles, and docs/OPERATIONS.md, \"How much at once\". Else the log of {function}."
        ),
        403 | 404 => {
            "The path does not reach this stack: a proxy in front must pass on every path. If there is none, deploy again.".to_owned()
        }
        _ => format!("Look at the log of the function {function}."),
    };
    part.broken(format!("It answers {status}."), fix)
}

fn unreached(part: Part, error: NotReached, function: &str, reached: bool) -> PartCheck {
    if reached {
        part.broken(
            format!("No answer: {}", error.why),
            format!("Look at the log of the function {function}."),
        )
    } else {
        part.broken("It was not reached: the public address does not answer.", FIRST_THE_ADDRESS)
    }
}
