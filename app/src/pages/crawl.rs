//! Every link followed and every button pressed, as everybody who may sign in: what a page shows a person is never refused to
//! the same person, and never leads nowhere.
//!
//! First all pages that can be reached from the start are read, without changing anything; then each button is pressed on a page
//! asked for afresh, with what its form holds by itself. Addresses that differ in ids only count as one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::StatusCode;

use super::access::{Crowd, Person};
use crate::test_support::{Browser, Reply};
use crate::words;

/// How many pages of one kind are read: two households may look different.
const OF_A_KIND: usize = 3;

/// One attribute of a tag, its entities resolved.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next().unwrap_or_default();
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&amp;", "&"))
}

fn is_set(tag: &str, name: &str) -> bool {
    tag.split('>')
        .next()
        .unwrap_or_default()
        .split(' ')
        .any(|part| part == name || part.starts_with(&format!("{name}=")))
}

/// A form as a browser would send it, one for each of its buttons.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Press {
    action: String,
    is_post: bool,
    fields: Vec<(String, String)>,
}

impl Press {
    /// The forms of a page.
    fn all(html: &str, page: &str) -> Vec<Self> {
        let mut found = Vec::new();
        for form in html.split("<form").skip(1) {
            let body = form.split("</form>").next().unwrap_or_default();
            let action = attribute(body, "action").unwrap_or_else(|| page.to_owned());
            let is_post = attribute(body, "method").is_some_and(|method| method == "post");
            let mut fields = Vec::new();
            for tag in body.split("<input").skip(1) {
                let kind = attribute(tag, "type").unwrap_or_default();
                let is_chosen = !matches!(kind.as_str(), "radio" | "checkbox") || is_set(tag, "checked");
                if let Some(name) = attribute(tag, "name").filter(|_| is_chosen) {
                    fields.push((name, attribute(tag, "value").unwrap_or_default()));
                }
            }
            for tag in body.split("<select").skip(1) {
                let options = tag.split("</select>").next().unwrap_or_default();
                let mut options = options.split("<option").skip(1);
                let first = options.clone().next();
                let chosen = options.find(|option| is_set(option, "selected")).or(first);
                if let (Some(name), Some(option)) = (attribute(tag, "name"), chosen) {
                    fields.push((name, attribute(option, "value").unwrap_or_default()));
                }
            }
            for tag in body.split("<textarea").skip(1) {
                let typed = tag.split_once('>').and_then(|(_, rest)| rest.split("</textarea>").next());
                fields
                    .extend(attribute(tag, "name").map(|name| (name, typed.unwrap_or_default().to_owned())));
            }
            for tag in body.split("<button").skip(1) {
                let own =
                    attribute(tag, "name").map(|name| (name, attribute(tag, "value").unwrap_or_default()));
                let fields = fields.iter().cloned().chain(own).collect();
                found.push(Self { action: action.clone(), is_post, fields });
            }
        }
        found
    }

    /// What tells it from others of its kind.
    fn kind(&self, page: &str) -> String {
        let told =
            self.fields.iter().filter(|(name, _)| matches!(name.as_str(), "act" | "go" | "answer" | "lang"));
        let told: Vec<String> = told.map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} → {} {}", kind(page), kind(&self.action), told.join(" "))
    }

    async fn send(&self, browser: &mut Browser) -> Reply {
        let fields: Vec<(&str, &str)> =
            self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if self.is_post {
            browser.post(&self.action, &fields).await
        } else {
            let query = crate::shell::address("", &fields);
            let path = self.action.split('?').next().unwrap_or_default();
            browser.get(&format!("{path}{query}")).await
        }
    }
}

/// Links of a page to this service.
fn links(html: &str, page: &str) -> Vec<String> {
    let path = page.split('?').next().unwrap_or_default();
    html.split("<a ")
        .skip(1)
        .filter_map(|tag| attribute(&format!(" {tag}"), "href"))
        .map(|href| if href.starts_with('?') { format!("{path}{href}") } else { href })
        .map(|href| href.split('#').next().unwrap_or_default().to_owned())
        .filter(|href| href.starts_with('/') && !href.starts_with("//"))
        .collect()
}

/// An address without what only says which one of many, or how far a list was read.
fn kind(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_id = |part: &&str| part.len() > 15 && part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    // What stands behind one of these names is one of many.
    let many = ["programmes", "conditions", "figures", "links", "services"];
    let mut before = "";
    let path: Vec<&str> = path
        .split('/')
        .map(|part| {
            let of_many = many.contains(&before) && part != "new";
            before = part;
            if of_many || is_id(&part) { "…" } else { part }
        })
        .collect();
    let query = query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if matches!(name, "after" | "before") || is_id(&value) { name } else { pair }
    });
    format!("{}?{}", path.join("/"), query.collect::<Vec<_>>().join("&"))
}

/// What is wrong with an answer to somebody who was offered it.
fn refused(reply: &Reply, person: &Person) -> Option<String> {
    let to = reply.location.as_str();
    let is_refused = matches!(reply.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
        || reply.status.is_server_error()
        || reply.status == StatusCode::METHOD_NOT_ALLOWED
        || person.role.is_some() && to.starts_with("/sign-in?next=");
    is_refused.then(|| format!("{} {to}", reply.status))
}

/// Reads everything that can be reached; the forms found, by what tells them apart, with the page they stand on.
async fn read(person: &mut Person, wrong: &mut Vec<String>) -> BTreeMap<String, (String, Press)> {
    let mut queue = VecDeque::from(["/".to_owned(), "/track".to_owned()]);
    let (mut seen, mut kinds) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    let mut forms = BTreeMap::new();
    while let Some(address) = queue.pop_front() {
        let count = kinds.entry(kind(&address)).or_default();
        if *count >= OF_A_KIND || !seen.insert(address.clone()) {
            continue;
        }
        *count += 1;
        let reply = person.browser.get(&address).await;
        if let Some(why) = refused(&reply, person) {
            wrong.push(format!("{} is led to {address}: {why}", person.name));
            continue;
        }
        if reply.status == StatusCode::SEE_OTHER {
            queue.push_back(reply.location);
            continue;
        }
        if reply.html.contains(words::ENGLISH) {
            wrong.push(format!("{}: {address}: a mark of the words is shown", person.name));
        }
        queue.extend(links(&reply.html, &address));
        for press in Press::all(&reply.html, &address) {
            forms.entry(press.kind(&address)).or_insert_with(|| (address.clone(), press));
        }
    }
    forms
}

#[tokio::test]
async fn nobody_is_shown_what_is_refused() {
    let mut crowd = Crowd::gather().await;
    let mut wrong = Vec::new();
    let mut people = std::mem::take(&mut crowd.people);
    let mut all = Vec::new();
    for person in &mut people {
        all.push(read(person, &mut wrong).await);
    }
    let pages: usize = all.iter().map(BTreeMap::len).sum();
    assert!(pages > 150, "only {pages} buttons found: is the reader broken?");
    // Reading first, for everybody: what is pressed changes what others see.
    for (person, forms) in people.iter_mut().zip(all) {
        for (kind, (page, _)) in forms {
            // As it stands now; what somebody did meanwhile may have taken the button away.
            let now = person.browser.get(&page).await;
            let Some(press) =
                Press::all(&now.html, &page).into_iter().find(|press| press.kind(&page) == kind)
            else {
                continue;
            };
            let reply = press.send(&mut person.browser).await;
            if let Some(why) = refused(&reply, person) {
                wrong.push(format!("{} presses {kind}: {why}", person.name));
            }
            if let Some(login) = person.login.as_deref().filter(|_| press.action.contains("sign-out")) {
                person.browser = Browser::signed_in(&crowd.world, login).await;
            } else if reply.status == StatusCode::SEE_OTHER {
                let next = person.browser.get(&reply.location).await;
                if let Some(why) = refused(&next, person) {
                    wrong.push(format!(
                        "{} presses {kind} and is led to {}: {why}",
                        person.name, reply.location
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
