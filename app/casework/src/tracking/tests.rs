//! Stories about applicants: who gets in, who does not, and what they are shown.

use domain::lifecycle::Phrase;
use domain::track::Next;
use time::Duration;

use super::*;
use crate::households::register::Registered;
use crate::test_support::small::*;
use crate::test_support::{World, each_engine};

fn knock(registered: &Registered) -> Knock {
    Knock {
        reference: registered.reference.to_string().to_lowercase(),
        born: ["5".into(), "2".into(), "1990".into()],
        pin: registered.pin.as_ref().unwrap().reveal().to_owned(),
        address: "192.0.2.1".into(),
        kiosk: false,
    }
}

async fn enter(world: &World, knock: &Knock) -> Token {
    match open(world, knock, Limits::PUBLIC).await.unwrap() {
        Opened::In(token) => token,
        other => panic!("not let in: {other:?}"),
    }
}

#[tokio::test]
async fn an_applicant_sees_what_happened_and_what_is_next() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let token = enter(world, &knock(&registered)).await;
        let first = view(world, &token).await.unwrap();
        assert_eq!((first.shown.phrase, first.shown.next), (Phrase::Received, Next::WeAssess));
        assert!(!first.has_letter);
        assess(world, registered.household, POOR).await;
        let after = view(world, &token).await.unwrap();
        assert_eq!(after.shown.next, Next::WeSetUp);
        assert!(after.has_letter && after.shown.appeal_until.is_some());
        let grant = after.shown.lines.iter().find(|line| line.programme == "cash-transfer").unwrap();
        assert_eq!(grant.phrase, Phrase::WaitingList);
        for language in ["fr", "en"] {
            let Read::Letter(read) = letter(world, &token, language, false).await.unwrap() else {
                panic!("not read")
            };
            assert_eq!(read.language, language);
        }
        end(world, &token).await.unwrap();
        assert_eq!(view(world, &token).await.unwrap_err(), Error::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let right = knock(&registered);
        let wrong = [
            Knock { reference: "SP-0000-0000".into(), ..right.clone() },
            Knock { reference: "nonsense".into(), ..right.clone() },
            Knock { born: ["6".into(), "2".into(), "1990".into()], ..right.clone() },
            Knock { born: [String::new(), String::new(), "1990".into()], ..right.clone() },
            Knock { pin: "000000".into(), ..right.clone() },
            Knock { pin: "no".into(), ..right.clone() },
        ];
        for knock in &wrong {
            let opened = open(world, knock, Limits { reference: 50, address: 50 }).await.unwrap();
            assert_eq!(opened, Opened::Refused);
        }
        enter(world, &right).await;
    })
    .await;
}

#[tokio::test]
async fn tries_are_counted_for_the_reference_and_for_the_address() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let right = knock(&registered);
        let wrong = Knock { pin: "000000".into(), ..right.clone() };
        for _ in 0..5 {
            assert_eq!(open(world, &wrong, Limits::PUBLIC).await.unwrap(), Opened::Refused);
        }
        assert_eq!(open(world, &right, Limits::PUBLIC).await.unwrap(), Opened::TooMany, "even the right one");
        let elsewhere = Knock { address: "192.0.2.2".into(), ..right.clone() };
        assert_eq!(open(world, &elsewhere, Limits::PUBLIC).await.unwrap(), Opened::TooMany);
        world.clock.advance(Duration::HOUR);
        enter(world, &right).await;
        for n in 0..20 {
            let other =
                Knock { reference: format!("nobody {n}"), address: "192.0.2.9".into(), ..right.clone() };
            open(world, &other, Limits { reference: 1000, ..Limits::PUBLIC }).await.unwrap();
        }
        let full = Knock { address: "192.0.2.9".into(), ..right.clone() };
        assert_eq!(open(world, &full, Limits::PUBLIC).await.unwrap(), Opened::TooMany);
        world.clock.advance(Duration::hours(3));
        assert!(sweep(world).await.unwrap() >= 3);
    })
    .await;
}

#[tokio::test]
async fn a_visit_ends_by_itself_and_a_new_pin_ends_the_old() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let token = enter(world, &knock(&registered)).await;
        world.clock.advance(VISIT);
        assert_eq!(view(world, &token).await.unwrap_err(), Error::Forbidden);
        let officer = crate::test_support::counter_officer();
        let printed = letters::receipt(world, &officer, registered.household, "fr", true).await.unwrap();
        let old = knock(&registered);
        assert_eq!(open(world, &old, Limits::PUBLIC).await.unwrap(), Opened::Refused);
        let new = Knock { pin: printed.pin.unwrap().reveal().to_owned(), ..old };
        enter(world, &new).await;
        assert_eq!(printed.slip.reference, registered.reference.to_string());
        assert!(!printed.slip.officer.contains(' '), "a number, never a name");
    })
    .await;
}

/// A family with a telephone on which messages may say something.
async fn reachable(world: &World) -> Registered {
    let mut family = small_family(1);
    family.contact.phone = Some(domain::phone::Phone::parse("+257 79 123 456").unwrap());
    family.contact.safe_contact = false;
    register_family(world, &family).await
}

/// What the worker sends: the newest code to the household, as its message would show it.
async fn sent_code(world: &World, token: &Token) -> String {
    codes::round(world).await.unwrap();
    let (id, sealed): (Uuid, Vec<u8>) = world
        .db
        .one("SELECT call_id, code FROM tracking_call WHERE handle = $1", args![token.hash()])
        .await
        .unwrap()
        .unwrap();
    world.keys.open_text(&codes::place(id), &sealed).unwrap()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.db.value(sql, args![]).await.unwrap().unwrap_or(0)
}

#[tokio::test]
async fn who_has_no_pin_comes_in_with_a_code_to_the_telephone_on_file() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = reachable(world).await;
        let right = Knock { pin: String::new(), ..knock(&registered) };
        let codes::Asked::OnItsWay(handle) = codes::ask(world, &right, Limits::PUBLIC).await.unwrap() else {
            panic!("not sent")
        };
        let code = sent_code(world, &handle).await;
        assert_eq!(count(world, "SELECT COUNT(*) FROM notice WHERE kind = 'code'").await, 1);
        let wrong = if code == "00000" { "11111" } else { "00000" };
        let refused = codes::open(world, &handle, wrong, &right, Limits::PUBLIC).await.unwrap();
        assert_eq!(refused, Opened::Refused);
        let Opened::In(token) = codes::open(world, &handle, &code, &right, Limits::PUBLIC).await.unwrap()
        else {
            panic!("not let in")
        };
        assert!(visitor(world, &token).await.unwrap().confirmed);
        let again = codes::open(world, &handle, &code, &right, Limits::PUBLIC).await.unwrap();
        assert_eq!(again, Opened::Refused, "it is good once");
    })
    .await;
}

#[tokio::test]
async fn asking_for_a_code_tells_nothing_and_only_the_holder_gets_one() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = reachable(world).await;
        let right = Knock { pin: String::new(), ..knock(&registered) };
        let wrong = [
            Knock { reference: "SP-0000-0000".into(), ..right.clone() },
            Knock { born: ["6".into(), "2".into(), "1990".into()], ..right.clone() },
        ];
        for knock in &wrong {
            let codes::Asked::OnItsWay(handle) = codes::ask(world, knock, Limits::PUBLIC).await.unwrap()
            else {
                panic!("told apart")
            };
            // Even the code of nobody opens nothing.
            let code = sent_code(world, &handle).await;
            let opened = codes::open(world, &handle, &code, knock, Limits::PUBLIC).await.unwrap();
            assert_eq!(opened, Opened::Refused);
        }
        assert_eq!(count(world, "SELECT COUNT(*) FROM notice WHERE kind = 'code'").await, 0);
        // One of the three of this hour was asked for with a wrong birth.
        for _ in 0..2 {
            codes::ask(world, &right, Limits::PUBLIC).await.unwrap();
        }
        assert_eq!(codes::ask(world, &right, Limits::PUBLIC).await.unwrap(), codes::Asked::TooMany);
        world.clock.advance(Duration::HOUR);
        let codes::Asked::OnItsWay(handle) = codes::ask(world, &right, Limits::PUBLIC).await.unwrap() else {
            panic!("not sent")
        };
        let code = sent_code(world, &handle).await;
        world.clock.advance(Duration::minutes(15));
        let late = codes::open(world, &handle, &code, &right, Limits::PUBLIC).await.unwrap();
        assert_eq!(late, Opened::Refused, "after a quarter of an hour");
    })
    .await;
}

#[tokio::test]
async fn a_letter_needs_the_code_where_there_is_a_telephone() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = reachable(world).await;
        assess(world, registered.household, POOR).await;
        let token = enter(world, &knock(&registered)).await;
        assert!(
            matches!(letter(world, &token, "en", false).await.unwrap(), Read::Letter(_)),
            "no messages go out"
        );
        assert!(matches!(letter(world, &token, "en", true).await.unwrap(), Read::NeedsCode));
        let codes::Asked::OnItsWay(handle) = codes::ask_on_visit(world, &token).await.unwrap() else {
            panic!("not sent")
        };
        let code = sent_code(world, &handle).await;
        assert!(!codes::confirm(world, &token, &Token::from_cookie("other"), &code).await.unwrap());
        assert!(codes::confirm(world, &token, &handle, &code).await.unwrap());
        assert!(matches!(letter(world, &token, "en", true).await.unwrap(), Read::Letter(_)));
        // A telephone that others look at is sent nothing: the PIN has to do.
        let safe = "UPDATE contact SET safe_contact = $1 WHERE household_id = $2";
        let household = registered.household;
        world.write(async move |tx| tx.run(safe, args![true, household]).await).await.unwrap();
        let careful = enter(world, &knock(&registered)).await;
        assert!(matches!(letter(world, &careful, "en", true).await.unwrap(), Read::Letter(_)));
    })
    .await;
}

#[tokio::test]
async fn the_holder_is_told_after_five_failures_and_nobody_of_what_does_not_exist() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let right = knock(&registered);
        for reference in [right.reference.clone(), "SP-0000-0000".into()] {
            let wrong = Knock { reference, pin: "000000".into(), ..right.clone() };
            for _ in 0..6 {
                open(world, &wrong, Limits::PUBLIC).await.unwrap();
            }
        }
        let calls = "SELECT COUNT(*) FROM tracking_call WHERE purpose = 'alarm'";
        assert_eq!(count(world, calls).await, 2, "the same is written for both");
        codes::round(world).await.unwrap();
        codes::round(world).await.unwrap();
        assert_eq!(count(world, "SELECT COUNT(*) FROM notice WHERE kind = 'tries'").await, 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM journal WHERE kind = 'tracking.locked'").await, 1);
        world.clock.advance(Duration::HOUR);
        sweep(world).await.unwrap();
        assert_eq!(count(world, "SELECT COUNT(*) FROM tracking_call").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_visit_at_a_machine_for_many_ends_when_nobody_touches_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = register_family(world, &small_family(1)).await;
        let token = enter(world, &Knock { kiosk: true, ..knock(&registered) }).await;
        for _ in 0..5 {
            world.clock.advance(Duration::seconds(80));
            view(world, &token).await.unwrap();
        }
        world.clock.advance(Duration::seconds(90));
        assert_eq!(view(world, &token).await.unwrap_err(), Error::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_is_answered_and_the_time_to_decide_runs_on() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, _) = decided_family(world, Typed { paper: "", ..POOR }).await;
        let token = enter(world, &knock(&registered)).await;
        let before = view(world, &token).await.unwrap();
        assert!(before.may_answer && before.shown.next == Next::YouBring);
        assert_eq!(answers::answer(world, &token, "  ", vec![]).await, Err(Error::Invalid("answer.missing")));
        let long = "x".repeat(answers::LONGEST + 1);
        assert_eq!(
            answers::answer(world, &token, &long, vec![]).await,
            Err(Error::Invalid("answer.too_long"))
        );
        let paper = crate::attachments::File::read("card.pdf", b"%PDF-1.4\n%%EOF\n".to_vec()).unwrap();
        answers::answer(world, &token, "The card is with my sister.", vec![paper]).await.unwrap();
        let after = view(world, &token).await.unwrap();
        assert_eq!((after.shown.next, after.shown.phrase), (Next::WeAssess, Phrase::BeingChecked));
        assert!(after.shown.happened.iter().any(|event| event.what == domain::track::Happened::Answered));
        let officer = crate::test_support::counter_officer();
        let told = answers::of(world, &officer, registered.household).await.unwrap();
        assert_eq!((told.len(), told[0].text.as_str()), (1, "The card is with my sister."));
        let file = &told[0].files[0];
        let opened = answers::file(world, &officer, registered.household, told[0].id, file.id).await.unwrap();
        assert_eq!(opened.body.as_slice(), b"%PDF-1.4\n%%EOF\n");
        let stranger = crate::test_support::officer_elsewhere();
        assert!(answers::of(world, &stranger, registered.household).await.is_err());
        let open = "SELECT COUNT(*) FROM task WHERE kind = 'read_answer' AND state = 'open'";
        assert_eq!(count(world, open).await, 1);
        let running = "SELECT COUNT(*) FROM clock WHERE kind = 'decide' AND state = 'running'";
        assert_eq!(count(world, running).await, 1, "it stood still while we waited");
        // The next look at the household reads it.
        assess(world, registered.household, POOR).await;
        assert_eq!(count(world, open).await, 0);
        assert!(!view(world, &token).await.unwrap().may_answer);
        let late = answers::answer(world, &token, "One more thing", vec![]).await;
        assert_eq!(late, Err(Error::Conflict(crate::error::Conflict::State)));
    })
    .await;
}

#[tokio::test]
async fn what_waits_to_be_sent_is_found_by_index() {
    each_engine(async |world| {
        let plan = crate::test_support::plan(world, codes::UNSENT, args![10_i64]).await;
        assert!(plan.iter().any(|step| step.contains("tracking_call_unsent")), "{plan:?}");
    })
    .await;
}

#[tokio::test]
async fn a_new_number_holds_after_three_days_and_the_old_one_is_told() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = reachable(world).await;
        let (household, officer) = (registered.household, crate::test_support::counter_officer());
        let token = enter(world, &knock(&registered)).await;
        let number = |text| domain::phone::Phone::parse(text).unwrap();
        let on_file = async || {
            let mut view = world.db.read().await.unwrap();
            let contact =
                crate::households::people::contact(&mut view, &world.keys, household).await.unwrap();
            contact.phone.unwrap().reveal().to_owned()
        };
        let told = async || count(world, "SELECT COUNT(*) FROM notice WHERE kind = 'change'").await;
        let same = phone::ask(world, &token, &number("+257 79123456")).await;
        assert_eq!(same, Err(Error::Invalid("phone.same")));
        let first = phone::ask(world, &token, &number("+257 61000001")).await.unwrap();
        assert_eq!((first, told().await), (world.now() + phone::WAIT, 1));
        // Stopped by the household, and once by its office.
        phone::keep(world, &token).await.unwrap();
        phone::ask(world, &token, &number("+257 61000002")).await.unwrap();
        let elsewhere = crate::test_support::officer_elsewhere();
        assert!(phone::keep_for(world, &elsewhere, household).await.is_err());
        phone::keep_for(world, &officer, household).await.unwrap();
        let token = again(world, &registered, phone::WAIT + Duration::MINUTE).await;
        assert_eq!(on_file().await, "+25779123456");
        assert_eq!(phone::numbers(world, &token).await.unwrap().waits, None);
        // The third holds, not before its time.
        phone::ask(world, &token, &number("+257 61000003")).await.unwrap();
        let token = again(world, &registered, phone::WAIT - Duration::MINUTE).await;
        assert_eq!(on_file().await, "+25779123456");
        let waits = phone::numbers(world, &token).await.unwrap().waits.unwrap();
        assert!(waits.0.ends_with("03") && !waits.0.contains("61"), "{waits:?}");
        let token = again(world, &registered, Duration::minutes(2)).await;
        assert_eq!(on_file().await, "+25761000003");
        let fourth = phone::ask(world, &token, &number("+257 61000004")).await;
        assert_eq!(fourth, Err(Error::Invalid("phone.too_many")));
        // It is found by the new number, and the journal holds neither.
        let asked = domain::search::Query::Phone(number("61000003"));
        let found = crate::households::search::search(world, &officer, &asked).await.unwrap();
        assert_eq!(found.found.len(), 1);
        let detail: Vec<(String,)> =
            world.db.all("SELECT detail FROM journal WHERE file_id = $1", args![household]).await.unwrap();
        assert!(detail.iter().all(|(text,)| !text.contains("610000") && !text.contains("79123")));
        assert_eq!(crate::journal::verify(world).await.unwrap().first_break, None);
    })
    .await;
}

/// A while later, the clocks seen to, in again.
async fn again(world: &World, registered: &Registered, later: Duration) -> Token {
    world.clock.advance(later);
    crate::clocks::run_due(world).await.unwrap();
    enter(world, &knock(registered)).await
}

#[tokio::test]
async fn a_number_changed_at_the_counter_is_not_changed_by_what_waited() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let registered = reachable(world).await;
        let officer = crate::test_support::counter_officer();
        let token = enter(world, &knock(&registered)).await;
        let number = |text| domain::phone::Phone::parse(text).unwrap();
        phone::ask(world, &token, &number("+257 61000001")).await.unwrap();
        let file = crate::households::file::file(world, &officer, registered.household).await.unwrap();
        let contact = domain::household::Contact { phone: Some(number("+257 62000002")), ..file.contact };
        crate::households::edit::change_contact(world, &officer, file.id, file.version, &contact)
            .await
            .unwrap();
        again(world, &registered, phone::WAIT + Duration::MINUTE).await;
        let file = crate::households::file::file(world, &officer, registered.household).await.unwrap();
        assert_eq!(file.contact.phone, contact.phone);
    })
    .await;
}
