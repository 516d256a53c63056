//! Every route of the whole assembly, asked and sent to, by a stranger and by somebody signed in: what each answer must carry
//! (OWASP ASVS 5.0, chapters 3.2–3.4), and that no form is taken from another site (3.5).

use axum::Router;
use casework::test_support::small::{POOR, decided_family, load_small_pack};
use casework::test_support::{OFFICE, World};
use domain::role::{Role, Scope};

use super::host::Reach;
use super::visitor::{Reply, Visitor, filled, routes, service};

fn https() -> Reach {
    Reach::Https { authority: "guichet.example".into() }
}

/// A family with decisions, the service over it, and the addresses of its routes.
pub(super) async fn crawled(world: &World, reach: &Reach) -> (Router, Vec<String>) {
    load_small_pack(world).await;
    let (registered, assessment) = decided_family(world, POOR).await;
    let app = service(world, reach);
    let (household, assessment) = (registered.household.to_string(), assessment.to_string());
    let known = [("household", household.as_str()), ("assessment", assessment.as_str())];
    let mut addresses: Vec<String> = routes(&app).iter().map(|path| filled(path, &known)).collect();
    addresses.extend(["/nowhere".to_owned(), "/assets/nothing.css".to_owned()]);
    // Last, so that somebody stays signed in for all the others.
    addresses.sort_by_key(|path| path.contains("sign-out"));
    (app, addresses)
}

pub(super) async fn supervisor(app: &Router, world: &World) -> Visitor {
    Visitor::with_role(app, world, "supervisor", Role::Supervisor, Scope::Office(OFFICE.into())).await
}

/// What is wrong with an answer.
fn faults(path: &str, reply: &Reply, https: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            faults.push(format!("{path} ({}): {what}", reply.status));
        }
    };
    must(!reply.status.is_server_error(), "a fault of ours");
    must(reply.header("x-content-type-options") == "nosniff", "nosniff");
    must(reply.header("x-frame-options") == "DENY", "framing");
    must(reply.header("referrer-policy") == "same-origin", "referrer");
    must(reply.header("cross-origin-resource-policy") == "same-origin", "resource policy");
    must(reply.header("permissions-policy").contains("geolocation=()"), "permissions");
    must(
        reply.header("strict-transport-security").contains("max-age=63072000") == https,
        "transport security",
    );
    must(reply.header("cross-origin-opener-policy").is_empty() != https, "opener policy");
    for teller in ["server", "x-powered-by"] {
        must(reply.header(teller).is_empty(), "what runs here is nobody's business");
    }
    let policy = reply.header("content-security-policy");
    for part in [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        must(policy.contains(part), part);
    }
    must(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'),
        "a loose policy",
    );
    let is_file = ["/assets/", "/pkg/", "/favicon"].iter().any(|start| path.starts_with(start));
    must(reply.header("cache-control") == "no-store" || is_file && reply.status == 200, "kept by a cache");

    let kind = reply.header("content-type");
    must(!kind.starts_with("text/") || kind.contains("charset=utf-8"), "character set");
    if kind.starts_with("text/html") {
        let nonce =
            policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
        must(nonce.len() == 32, "a nonce of 128 bits");
        let own = format!("nonce=\"{nonce}\"");
        let is_own = |tag: &str| tag.split('>').next().is_some_and(|tag| tag.contains(&own));
        must(reply.body.split("<script").skip(1).all(is_own), "a script without the nonce");
        must(!reply.body.contains(" style=\"") && !reply.body.contains("<style"), "a style in the page");
        let handlers = [" onclick=", " onload=", " onsubmit=", " onchange=", " onerror=", "javascript:"];
        must(!handlers.iter().any(|handler| reply.body.contains(handler)), "a script in an attribute");
    }
    for set in reply.headers.get_all("set-cookie") {
        let set = set.to_str().unwrap_or_default();
        let strict = set.contains("; SameSite=Lax") || set.contains("; SameSite=Strict");
        must(set.contains("; HttpOnly") && strict && set.contains("; Path=/"), set);
        must(!set.contains("Domain="), set);
        must(set.contains("; Secure") == https, set);
        must(set.starts_with("__Host-") == https || set.starts_with("lang="), set);
    }
    faults
}

async fn crawl(reach: Reach) {
    let world = World::sqlite().await;
    let (app, addresses) = crawled(&world, &reach).await;
    let mut faulty = Vec::new();
    let mut nonces = std::collections::BTreeSet::new();
    let mut asked = 0;
    for mut visitor in [Visitor::new(&app), supervisor(&app, &world).await] {
        for path in &addresses {
            for reply in [visitor.get(&format!("{path}?lang=en")).await, visitor.post(path, &[]).await] {
                faulty.extend(faults(path, &reply, reach.is_https()));
                nonces.insert(reply.header("content-security-policy").to_owned());
                asked += 1;
            }
        }
    }
    assert!(faulty.is_empty(), "{} faults:\n{}", faulty.len(), faulty.join("\n"));
    assert_eq!(nonces.len(), asked, "a nonce was used twice");
}

#[tokio::test]
async fn every_answer_of_every_route_is_guarded_on_this_machine() {
    crawl(Reach::Loopback).await;
}

#[tokio::test]
async fn every_answer_of_every_route_is_guarded_behind_tls() {
    crawl(https()).await;
}

#[tokio::test]
async fn no_form_of_any_route_is_taken_from_another_site() {
    let world = World::sqlite().await;
    let (app, addresses) = crawled(&world, &Reach::Loopback).await;
    let mut visitor = supervisor(&app, &world).await;
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:8000")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ];
    for path in &addresses {
        for headers in elsewhere {
            let reply = visitor.post_from(path, &[("login", "x"), ("password", "y")], headers).await;
            assert_eq!(reply.status, 403, "{path} {headers:?}: {}", reply.body);
        }
    }
    let still = visitor.get("/account").await;
    assert_eq!(still.status, 200, "signed out from elsewhere: {}", still.body);
}

#[tokio::test]
async fn a_session_of_before_signing_in_is_worth_nothing_after() {
    let world = World::sqlite().await;
    let (app, _) = crawled(&world, &Reach::Loopback).await;
    let mut first = supervisor(&app, &world).await;
    // Somebody has put a cookie of their own, and then the cookie of another's session, into the browser.
    let mut planted = first.clone();
    planted.post("/sign-out", &[]).await;
    let typed = [("login", "supervisor"), ("password", super::visitor::PHRASE)];
    let mut thief = planted.clone();
    assert_eq!(planted.post("/sign-in", &typed).await.status, 303);
    assert_eq!(planted.get("/account").await.status, 200);
    assert_eq!(thief.get("/account").await.status, 303, "the id of before was taken over");
    assert_eq!(first.get("/account").await.status, 303, "the id of the session that ended came back");
}
