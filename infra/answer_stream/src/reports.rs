//! Bounces and spam complaints as mail servers write them, and what should follow from each.
//!
//! A line `=== what | kind | claims` begins a template. The claims: a class (`hard`, `soft`, `blocked`), `address` (a
//! bounce names the lead's address), `id` (the returned mail's Message-ID is read), `no-id` (there is none to be read),
//! `other-id` (a Message-ID that is not ours), `delayed`. Templates have gaps for `{to}`, `{id}` and `{us}`,
//! `{mail}` (the headers that every mail has), `{std}` (the same without a sender on the envelope), `{headers}` and `{headers-without-to}` (those of the returned mail).

use crate::figures::Figures;
use crate::item::LEAD;
use crate::reading::read_mail;
use std::path::Path;
use std::{fs, io};
use understanding::{Bounce, Understood};

const ID: &str = "018f2c7d-send@northbeam.example";

pub fn count(figures: &mut Figures, file: &Path, may_look: bool) -> io::Result<()> {
    let text = fs::read_to_string(file)?;
    for template in text.split("\n=== ").skip(1) {
        let (head, mail) = template.split_once('\n').unwrap_or((template, ""));
        let mut fields = head.split(" | ");
        let (what, kind, claims) = (fields.next(), fields.next(), fields.next());
        let (Some(what), Some(kind), Some(claims)) = (what, kind, claims) else {
            return Err(io::Error::other(format!("{}: {head}", file.display())));
        };
        let mail = filled(mail);
        let understood = read_mail(&mail, &[]);
        let broken: Vec<&str> = claims.split(' ').filter(|claim| !holds(claim, &understood)).collect();
        let right = understood.kind.code() == kind && broken.is_empty();
        figures.reports.entry(group(kind, claims).to_owned()).or_default().count(right);
        if !right && may_look {
            let (found, rule, returned) =
                (understood.kind.code(), understood.rule.code(), &understood.returned);
            let bounces = &understood.bounces;
            figures.wrong.push(format!(
                "report {what}: {kind} with {claims} read as {found} [{rule}] without {broken:?}: {returned:?} {bounces:?}"
            ));
        }
    }
    Ok(())
}

fn filled(template: &str) -> String {
    let headers = |to: &str| {
        format!(
            "Received: from out.northbeam.example (192.0.2.10) by mx.quarryside.example\nFrom: Ada Park <{{us}}>\n{to}\
             Subject: A quicker way to plan your week\nDate: Tue, 03 Mar 2026 10:12:33 +0100\n\
             Message-ID: <{{id}}>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8"
        )
    };
    let mail =
        "To: {us}\nDate: Tue, 03 Mar 2026 10:12:40 +0100\nMessage-ID: <report@mx.example>\nMIME-Version: 1.0";
    template
        .replace("{std}", "Return-Path: <>\n{mail}")
        .replace("{mail}", mail)
        .replace("{headers}", &headers("To: {to}\n"))
        .replace("{headers-without-to}", &headers(""))
        .replace("{to}", LEAD)
        .replace("{id}", ID)
        .replace("{us}", "ada@northbeam.example")
}

/// The kinds of reports that are counted apart.
fn group(kind: &str, claims: &str) -> &'static str {
    let has = |claim: &str| claims.split(' ').any(|other| other == claim);
    match kind {
        "complaint" if has("id") => "complaints acted upon",
        "bounce" if has("id") && !has("address") => "bounces with our id alone acted upon",
        "bounce" if has("id") => "bounces with id and address acted upon",
        "bounce" if has("address") && !has("no-id") && !has("other-id") => {
            "bounces with an address alone read"
        }
        _ => "not ours or no report, read as such",
    }
}

fn holds(claim: &str, understood: &Understood) -> bool {
    let bounces = &understood.bounces;
    let returned = understood.returned.as_ref();
    let id = returned.and_then(|mail| mail.id.as_deref());
    let is_to_lead = |bounce: &Bounce| bounce.address.as_deref() == Some(LEAD);
    match claim {
        "hard" => bounces.iter().any(|bounce| bounce.class.is_hard()),
        "soft" => bounces.iter().any(|bounce| bounce.class.is_soft()),
        "blocked" => bounces.iter().any(|bounce| bounce.class.is_blocked()),
        "delayed" => bounces.iter().any(|bounce| bounce.delayed),
        "address" => {
            bounces.iter().any(is_to_lead) || returned.and_then(|mail| mail.to.as_deref()) == Some(LEAD)
        }
        "id" => id == Some(ID),
        "no-id" => id.is_none(),
        "other-id" => id != Some(ID),
        "any" => true,
        _ => false,
    }
}
