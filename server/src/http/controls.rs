//! What no keyboard types: U+0000 and other control characters, in every field of every page, in addresses and queries, on
//! both engines. PostgreSQL keeps no U+0000 in text; that must be nobody's "something went wrong".

use casework::test_support::small::load_small_pack;
use casework::test_support::{OFFICE, each_engine};
use domain::role::{Role, Scope};

use super::crawl::{crawled, supervisor};
use super::host::Reach;
use super::visitor::{Visitor, service};

const JUNK: &str = "a\u{0}b\u{1}\u{85}\u{7f}";

/// The fields of the forms of a page: name, value, and whether one types into it.
fn fields(page: &str) -> Vec<(String, String, bool)> {
    let tags = page.split('<').filter(|tag| {
        ["input ", "textarea ", "select ", "button "].iter().any(|start| tag.starts_with(start))
    });
    let of = |tag: &str, name: &str| {
        let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
        Some(rest.split('"').next()?.to_owned())
    };
    tags.filter_map(|tag| {
        let typed =
            tag.starts_with("textarea") || tag.contains("type=\"text\"") || tag.contains("type=\"tel\"");
        Some((of(tag, "name")?, of(tag, "value").unwrap_or_default(), typed))
    })
    .collect()
}

#[tokio::test]
async fn no_field_and_no_address_with_control_characters_is_a_fault_of_ours() {
    each_engine(async |world| {
        let (app, addresses) = crawled(world, &Reach::Loopback).await;
        let mut faults = Vec::new();
        let mut sent = 0;
        let nation = Visitor::with_role(&app, world, "admin", Role::Administrator, Scope::National).await;
        for mut visitor in [Visitor::new(&app), supervisor(&app, world).await, nation] {
            for path in addresses.iter().filter(|path| !path.contains("sign-out")) {
                let page = visitor.get(path).await;
                let fields = fields(&page.body);
                let junk: Vec<(&str, &str)> =
                    fields.iter().map(|(name, _, _)| (name.as_str(), JUNK)).collect();
                let typed: Vec<(&str, &str)> = fields
                    .iter()
                    .map(|(name, value, typed)| (name.as_str(), if *typed { JUNK } else { value.as_str() }))
                    .collect();
                let mut replies = vec![
                    visitor.post(path, &junk).await,
                    visitor.post(path, &typed).await,
                    visitor.get(&app::shell::address(path, &junk)).await,
                    visitor.get(&format!("{path}?after=%00&lang=%00&next=%00&name=%00&language=%00")).await,
                ];
                // An id of the address, too.
                let parts: Vec<&str> = path.split('/').collect();
                for place in 1..parts.len() {
                    let mut parts = parts.clone();
                    parts[place] = "%00x";
                    replies.push(visitor.get(&parts.join("/")).await);
                    replies.push(visitor.post(&parts.join("/"), &junk).await);
                }
                sent += fields.len();
                faults.extend(
                    replies
                        .iter()
                        .filter(|reply| reply.status.is_server_error())
                        .map(|reply| format!("{path}: {}", reply.status)),
                );
            }
        }
        assert!(sent > 60, "only {sent} fields were found");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn a_name_with_a_control_character_is_kept_without_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let app = service(world, &Reach::Loopback);
        let here = Scope::Office(OFFICE.into());
        let mut officer = Visitor::with_role(&app, world, "officer", Role::CounterOfficer, here).await;
        let begun = officer.post("/households/new", &[("name", "Ami\u{0}na Diallo")]).await;
        assert_eq!(begun.status, 303, "{}", begun.body);
        let contact = begun.header("location").to_owned();
        let version = officer.get(&contact).await.between(r#"name="version" value=""#, "\"");
        let typed =
            [("directions", "Behind\u{0} the\u{1b} kiosk"), ("version", version.as_str()), ("go", "later")];
        let kept = officer.post(&contact, &typed).await;
        assert_eq!(kept.status, 303, "{}", kept.body);
        let page = officer.get(&contact).await.body;
        assert!(page.contains("Behind  the  kiosk") || page.contains("Behind the kiosk"), "{page}");
        assert!(!page.contains(['\u{0}', '\u{1b}']));
    })
    .await;
}
