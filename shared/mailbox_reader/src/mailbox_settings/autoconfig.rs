//! The settings in a file of Mozilla's autoconfig, which many domains serve at `autoconfig.<domain>`, and which exists
//! for most providers in a database of Mozilla's. Servers without encryption are left out.

use super::{MailServer, MailboxSettings, Security, SignIn, split};
use roxmltree::{Document, Node, ParsingOptions};

const MOST_BYTES: usize = 256 * 1024;
const MOST_NODES: u32 = 10_000;

/// Returns the settings of an address that such a file tells, if it names servers for both reading and sending.
pub fn settings_of_autoconfig(address: &str, xml: &str) -> Option<MailboxSettings> {
    let address = address.trim();
    let (local_part, domain) = split(address)?;
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document =
        (xml.len() <= MOST_BYTES).then(|| Document::parse_with_options(xml, options).ok()).flatten()?;
    let provider = document.root_element().children().find(|node| node.has_tag_name("emailProvider"))?;
    let filled = |text: &str| {
        let text = text.replace("%EMAILADDRESS%", address).replace("%EMAILLOCALPART%", local_part);
        text.replace("%EMAILDOMAIN%", &domain)
    };
    let best = |tag: &str, kind: &str| {
        let nodes = provider.children().filter(|node| node.has_tag_name(tag));
        let servers = nodes.filter(|node| node.attribute("type") == Some(kind)).filter_map(|node| {
            let username = text_of(&node, "username").map_or_else(|| address.to_owned(), &filled);
            Some((server(&node, &filled)?, username, sign_in(&node)))
        });
        servers.min_by_key(|(server, ..)| server.security == Security::StartTls)
    };
    let (imap, imap_username, sign_in) = best("incomingServer", "imap")?;
    let (smtp, smtp_username, _) = best("outgoingServer", "smtp")?;
    let help = provider.children().filter(|node| node.has_tag_name("documentation"));
    let mut help = help.filter_map(|node| node.attribute("url")).filter(|url| url.starts_with("https://"));
    Some(MailboxSettings {
        provider: text_of(&provider, "displayName").filter(|name| !name.is_empty()).map(str::to_owned),
        imap,
        smtp,
        imap_username,
        smtp_username,
        sign_in,
        is_off_at_first: false,
        help_url: help.next().map(str::to_owned),
    })
}

fn text_of<'a>(node: &Node<'a, 'a>, tag: &str) -> Option<&'a str> {
    node.children().find(|child| child.has_tag_name(tag))?.text().map(str::trim)
}

fn server(node: &Node, filled: &impl Fn(&str) -> String) -> Option<MailServer> {
    let host = filled(text_of(node, "hostname")?).to_ascii_lowercase();
    let is_name =
        host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    let security = match text_of(node, "socketType")? {
        "SSL" => Security::Tls,
        "STARTTLS" => Security::StartTls,
        _ => return None,
    };
    let port = text_of(node, "port")?.parse().ok().filter(|port| *port != 0)?;
    is_name.then_some(MailServer { host, port, security })
}

fn sign_in(node: &Node) -> SignIn {
    let ways = node.children().filter(|child| child.has_tag_name("authentication"));
    let ways: Vec<&str> = ways.filter_map(|child| child.text()).map(str::trim).collect();
    let only_oauth = ways.contains(&"OAuth2") && !ways.iter().any(|way| way.starts_with("password"));
    if only_oauth { SignIn::Oauth } else { SignIn::Password }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(imap: &str, smtp: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="firm.example">
            <domain>firm.example</domain><displayName>Firm Mail</displayName>{imap}
            <incomingServer type="pop3"><hostname>pop.firm.example</hostname></incomingServer>{smtp}
            <documentation url="http://firm.example/"/><documentation url="https://firm.example/mail"/>
            </emailProvider></clientConfig>"#
        )
    }

    fn server(tag: &str, host: &str, port: &str, socket: &str, user: &str, way: &str) -> String {
        let kind = if tag == "incomingServer" { "imap" } else { "smtp" };
        format!(
            "<{tag} type=\"{kind}\"><hostname>{host}</hostname><port>{port}</port><socketType>{socket}</socketType>\
             <username>{user}</username><authentication>{way}</authentication></{tag}>"
        )
    }

    fn imap(host: &str, port: &str, socket: &str) -> String {
        server("incomingServer", host, port, socket, "%EMAILLOCALPART%", "password-cleartext")
    }

    fn smtp() -> String {
        server("outgoingServer", "smtp.%EMAILDOMAIN%", "465", "SSL", "%EMAILADDRESS%", "password-cleartext")
    }

    #[test]
    fn file_of_a_domain_names_its_encrypted_servers() {
        let servers = [
            imap("plain.firm.example", "143", "plain"),
            imap("mail.firm.example", "143", "STARTTLS"),
            imap("IMAP.%EMAILDOMAIN%", "993", "SSL"),
        ];
        let settings =
            settings_of_autoconfig("maya@Firm.example", &file(&servers.concat(), &smtp())).unwrap();
        let tls = |host: &str, port| MailServer { host: host.to_owned(), port, security: Security::Tls };
        assert_eq!(settings.imap, tls("imap.firm.example", 993));
        assert_eq!(settings.smtp, tls("smtp.firm.example", 465));
        assert_eq!(settings.imap_username, "maya");
        assert_eq!(settings.smtp_username, "maya@Firm.example");
        assert_eq!(settings.provider.as_deref(), Some("Firm Mail"));
        assert_eq!(settings.help_url.as_deref(), Some("https://firm.example/mail"));
        assert_eq!(settings.sign_in, SignIn::Password);
        let oauth = server("incomingServer", "imap.firm.example", "993", "SSL", "x", "OAuth2");
        let settings = settings_of_autoconfig("maya@firm.example", &file(&oauth, &smtp())).unwrap();
        assert_eq!(settings.sign_in, SignIn::Oauth);
    }

    #[test]
    fn file_that_names_no_usable_server_proposes_nothing() {
        let none =
            |xml: &str| assert_eq!(settings_of_autoconfig("maya@firm.example", xml), None, "{xml:.300}");
        none("");
        none("<html><body>not found</body></html>");
        none(&file(&imap("imap.firm.example", "993", "plain"), &smtp()));
        none(&file(&imap("imap.firm.example", "0", "SSL"), &smtp()));
        none(&file(&imap("imap.firm.example/x", "993", "SSL"), &smtp()));
        none(&file(&imap("localhost", "993", "SSL"), &smtp()));
        none(&file(&imap("imap.firm.example", "993", "SSL"), ""));
        let entity = "<!DOCTYPE a [<!ENTITY b \"c\">]>";
        none(
            &file(&imap("imap.firm.example", "993", "SSL"), &smtp())
                .replace("<clientConfig", &format!("{entity}<clientConfig")),
        );
        none(&format!("{}{}", "<a>".repeat(30_000), "</a>".repeat(30_000)));
        none(&"<a>".repeat(80_000));
        none(&format!("<a>{}</a>", "x".repeat(300_000)));
    }

    #[test]
    fn deeply_nested_file_overflows_no_stack() {
        let nested = format!("{}{}", "<a>".repeat(9_000), "</a>".repeat(9_000));
        let small_stack = std::thread::Builder::new().stack_size(256 * 1024);
        let reading =
            small_stack.spawn(move || settings_of_autoconfig("maya@firm.example", &nested)).unwrap();
        assert_eq!(reading.join().unwrap(), None);
    }
}
