use axum::http::StatusCode;
use casework::test_support::small::{POOR, decided_family, load_small_pack, register_family, small_family};

use crate::test_support::{as_auditor, as_counter_officer, as_provider_officer, version, world};
use crate::words::Lang;

fn between<'h>(html: &'h str, start: &str, end: &str) -> &'h str {
    html.split(start).nth(1).unwrap_or_else(|| panic!("no {start}: {html}")).split(end).next().unwrap()
}

#[tokio::test]
async fn an_officer_sees_what_the_provider_will_see_and_sends() {
    let world = world().await;
    load_small_pack(&world).await;
    let household = register_family(&world, &small_family(1)).await.household;
    let mut officer = as_counter_officer(&world).await;
    let file = format!("/households/{household}/referrals");
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{file}?lang={}", lang.code())).await.assert_page(lang);
    }
    assert!(officer.get(&file).await.html.contains("/services?for="));
    let look = officer.get(&format!("/services?for={household}&area=P01-C1")).await.html;
    let new = format!("{file}/new?place=PLC-01");
    assert!(look.contains(&format!("href=\"{new}\"")), "{look}");
    let who = officer.get(&new).await.html;
    assert!(who.contains("Who goes?"), "{who}");
    let person = between(&who, "name=\"person\" type=\"radio\" value=\"", "\"").to_owned();
    let preview = officer.get(&format!("{new}&person={person}")).await.html;
    for words in ["What the provider will see", "Awa Diallo", "1990", "has agreed that"] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    for secret in ["Moussa", "1956", "Blue door"] {
        assert!(!between(&preview, "id=\"seen\"", "<form").contains(secret), "{secret}: {preview}");
    }
    let form = between(&preview, "name=\"form\" value=\"", "\"").to_owned();
    let typed = [
        ("form", form.as_str()),
        ("place", "PLC-01"),
        ("person", &person),
        ("basis", "consent"),
        ("urgent", "yes"),
    ];
    let sent = officer.post(&format!("{file}/new"), &typed).await;
    assert!(sent.location.ends_with("?done=sent"), "{} {}", sent.status, sent.html);
    let again = officer.post(&format!("{file}/new"), &typed).await;
    assert_eq!(again.location, sent.location, "sent twice it is one");
    let page = officer.get(&sent.location).await.html;
    for words in ["Provider asked", "Urgent", "To take along", "North School", "Consent of the household"] {
        assert!(page.contains(words), "{words}: {page}");
    }

    let here = sent.location.split('?').next().unwrap().to_owned();
    let nothing = officer.post(&here, &[("act", "cancel"), ("version", &version(&page))]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut auditor = as_auditor(&world).await;
    assert!(!auditor.get(&here).await.html.contains("<form method=\"post\" action=\"/households"));
    let now = version(&page);
    let off = officer.post(&here, &[("act", "cancel"), ("cancel", "not_wanted"), ("version", &now)]).await;
    assert_eq!(off.location, format!("{here}?done=cancel"));
    let mut provider = as_provider_officer(&world).await;
    assert!(!provider.get("/referrals").await.html.contains("Awa"));
}

#[tokio::test]
async fn without_consent_an_officer_says_why_in_words() {
    let world = world().await;
    load_small_pack(&world).await;
    let mut family = small_family(1);
    family.consent.agencies = vec!["msp".into()];
    let household = register_family(&world, &family).await.household;
    let mut officer = as_counter_officer(&world).await;
    let new = format!("/households/{household}/referrals/new");
    let preview = officer.get(&format!("{new}?place=PLC-01&person=all")).await.html;
    assert!(preview.contains("has not agreed that") && preview.contains("name=\"reason\""), "{preview}");
    let form = between(&preview, "name=\"form\" value=\"", "\"").to_owned();
    let mut typed = vec![
        ("form", form.as_str()),
        ("place", "PLC-01"),
        ("person", "all"),
        ("basis", "override"),
        ("words", "Now"),
    ];
    let refused = officer.post(&new, &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["#reason", "#words"] {
        assert!(refused.html.contains(&format!("href=\"{field}\"")), "{field}: {}", refused.html);
    }
    typed[4].1 = "The mother cannot speak; her brother brought her.";
    typed.push(("reason", "cannot_consent"));
    let sent = officer.post(&new, &typed).await;
    assert!(sent.location.ends_with("?done=sent"), "{}", sent.html);
    let page = officer.get(&sent.location).await.html;
    assert!(
        page.contains("Without consent: The person cannot consent")
            && page.contains("her brother brought her")
    );
}

#[tokio::test]
async fn a_provider_takes_somebody_and_the_counter_notes_that_it_happened() {
    let world = world().await;
    load_small_pack(&world).await;
    let (registered, _) = decided_family(&world, POOR).await;
    let mut provider = as_provider_officer(&world).await;
    let list = provider.get("/referrals").await.html;
    let one = format!("/referrals/{}", between(&list, "href=\"/referrals/", "\""));
    for lang in [Lang::Fr, Lang::En] {
        provider.get(&format!("{one}?lang={}", lang.code())).await.assert_page(lang);
    }
    let html = provider.get(&one).await.html;
    assert!(html.contains("Awa Diallo") && html.contains("1990") && !html.contains("/households/"), "{html}");
    let without = provider.post(&one, &[("act", "reject"), ("version", &version(&html))]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (act, field, value) in [("accept", "", ""), ("begin", "", ""), ("complete", "outcome", "given")] {
        let now = version(&provider.get(&one).await.html);
        let typed = [("act", act), ("version", now.as_str()), (field, value)];
        assert_eq!(provider.post(&one, &typed).await.location, format!("{one}?done={act}"), "{act}");
        let twice = provider.post(&one, &typed).await;
        assert_eq!(twice.status, StatusCode::CONFLICT, "pressed twice");
    }
    assert!(provider.get("/referrals?part=done").await.html.contains("Done, not confirmed"));
    let mut officer = as_counter_officer(&world).await;
    let referral = one.rsplit('/').next().unwrap();
    let here = format!("/households/{}/referrals/{referral}", registered.household);
    let page = officer.get(&here).await.html;
    assert!(page.contains("did you get it?"), "{page}");
    let said = officer.post(&here, &[("act", "say"), ("said", "yes"), ("version", &version(&page))]).await;
    assert_eq!(said.location, format!("{here}?done=yes"));
    assert_eq!(provider.get(&one).await.status, StatusCode::NOT_FOUND, "the access has ended");
}
