//! Stories about assessments: begun, filled in by two hands, submitted twice, decided.

use domain::form::Kind;
use domain::form::raw::{FieldError, RawAnswer};
use domain::lifecycle::assessment::AssessmentState;
use domain::lifecycle::decision::{DecisionState, Outcome};
use domain::lifecycle::enrolment::EnrolmentState;
use domain::lifecycle::referral::ReferralState;
use domain::value::Value;

use super::*;
use crate::decisions::{self, Decision};
use crate::error::Conflict;
use crate::households::consents;
use crate::households::file::file;
use crate::test_support::small::*;
use crate::test_support::{
    World, counter_officer, demo_pack, each_engine, officer_elsewhere, second_counter_officer,
};
use crate::{clocks, enrolments, letters, packs, referrals, tasks};
use domain::household::ConsentGiven;

async fn count(world: &World, sql: &'static str) -> i64 {
    world.db.value(sql, vec![]).await.unwrap().unwrap()
}

async fn all_decisions(world: &World, household: HouseholdId) -> Vec<Decision> {
    decisions::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap()
}

fn of<'d>(decisions: &'d [Decision], programme: &str) -> &'d Decision {
    decisions.iter().find(|one| one.programme == programme).unwrap()
}

#[tokio::test]
async fn an_assessment_is_begun_once_and_gone_on_with() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let household = register_family(world, &small_family(1)).await.household;
        let first = start(world, &counter_officer(), household).await.unwrap();
        let second = start(world, &second_counter_officer(), household).await.unwrap();
        assert_eq!((first.resumed, second.resumed), (false, true));
        assert_eq!(first.assessment, second.assessment);
        assert_eq!(start(world, &officer_elsewhere(), household).await, Err(Error::Forbidden));
        let nobody = HouseholdId::new(Uuid::from_u128(99));
        assert_eq!(start(world, &counter_officer(), nobody).await, Err(Error::NotFound));
        let sitting = open(world, &counter_officer(), household, first.assessment).await.unwrap();
        let area = sitting.answers.household.get("area").and_then(|answer| answer.value()).cloned();
        assert_eq!(area, Some(Value::Text("P01-C1".into())), "the register answers");
        assert_eq!(sitting.answers.members.len(), 4);
        // One clock to decide by, from first contact.
        let clocks = clocks::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
        assert_eq!(clocks.iter().map(|clock| clock.kind.as_str()).collect::<Vec<_>>(), ["decide"]);
    })
    .await;
}

#[tokio::test]
async fn a_page_says_what_is_wrong_and_keeps_what_is_right() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let household = register_family(world, &small_family(1)).await.household;
        let id = start(world, &counter_officer(), household).await.unwrap().assessment;
        let input = |typed: &[(&str, &str)], version, leave| PageInput {
            page: page("income"),
            typed: raw(typed),
            version,
            leave,
        };
        let bad = [("income_month", "-5"), ("rooms", "two")];
        let saved = save_page(world, &counter_officer(), household, id, input(&bad, 0, false)).await.unwrap();
        let Saved::Rejected(state) = saved else { panic!("saved") };
        assert_eq!(state.errors.get("income_month"), Some(&FieldError::Constraint));
        assert_eq!(state.errors.get("rooms"), Some(&FieldError::NotANumber));
        // Leaving keeps what is right.
        let half = [("income_month", "20"), ("rooms", "two")];
        let left = save_page(world, &counter_officer(), household, id, input(&half, 0, true)).await.unwrap();
        assert_eq!(left, Saved::Left);
        let sitting = open(world, &counter_officer(), household, id).await.unwrap();
        assert!(sitting.answers.household.contains_key("income_month"));
        assert!(!sitting.answers.household.contains_key("rooms"));
        assert_eq!(sitting.version(&page("income")), 1);
        let unknown = PageInput { page: page("nowhere"), typed: raw(&[]), version: 0, leave: false };
        let unknown = save_page(world, &counter_officer(), household, id, unknown).await;
        assert_eq!(unknown, Err(Error::NotFound));
        assert_eq!(
            submit(world, &counter_officer(), household, id).await.unwrap(),
            Submitted::Incomplete { left: sitting.left() }
        );
    })
    .await;
}

#[tokio::test]
async fn two_officers_on_one_page_do_not_overwrite_each_other() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let household = register_family(world, &small_family(1)).await.household;
        let id = start(world, &counter_officer(), household).await.unwrap().assessment;
        let typed = |income: &'static str| PageInput {
            page: page("income"),
            typed: raw(&[("income_month", income), ("rooms", "2")]),
            version: 0,
            leave: false,
        };
        let (one, two) = (counter_officer(), second_counter_officer());
        let (first, second) = tokio::join!(
            save_page(world, &one, household, id, typed("20")),
            save_page(world, &two, household, id, typed("30"))
        );
        let outcomes = [first, second];
        assert!(outcomes.contains(&Ok(Saved::Next)) && outcomes.contains(&Err(Error::Stale)), "{outcomes:?}");
        // Another page is not disturbed.
        let paper = PageInput {
            page: page("documents"),
            typed: raw(&[("document_birth_paper", "yes")]),
            version: 0,
            leave: false,
        };
        assert_eq!(save_page(world, &two, household, id, paper).await, Ok(Saved::Next));
    })
    .await;
}

#[tokio::test]
async fn a_family_leaves_with_everything_decided() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, id) = decided_family(world, POOR).await;
        let household = registered.household;
        let decisions = all_decisions(world, household).await;
        let outcomes: Vec<(&str, Outcome)> =
            decisions.iter().map(|one| (one.programme.as_str(), one.outcome)).collect();
        assert!(decisions.iter().all(|one| one.state == DecisionState::InForce), "{outcomes:?}");
        assert_eq!(of(&decisions, "child-grant").outcome, Outcome::Award);
        assert_eq!(of(&decisions, "child-grant").amount_minor, Some(8000), "40 for each of two");
        assert_eq!(of(&decisions, "old-age-pension").outcome, Outcome::Award);
        assert_eq!(of(&decisions, "cash-transfer").outcome, Outcome::WaitingList);
        assert_eq!(of(&decisions, "fee-waiver").outcome, Outcome::Award, "the pension opens it");
        assert_eq!(of(&decisions, "room-help").outcome, Outcome::NotEligible, "four in two rooms");
        let training: Vec<_> = decisions.iter().filter(|one| one.programme == "skills-training").collect();
        assert_eq!(training.iter().filter(|one| one.outcome == Outcome::Award).count(), 1);

        let mut view = world.db.read().await.unwrap();
        let enrolments = enrolments::of_household(&mut view, household).await.unwrap();
        let state = |programme: &str| enrolments.iter().find(|one| one.programme == programme).unwrap().state;
        assert_eq!(state("child-grant"), EnrolmentState::Onboarding);
        assert_eq!(state("fee-waiver"), EnrolmentState::Active);
        assert_eq!(state("cash-transfer"), EnrolmentState::Waiting);
        assert_eq!(enrolments.len(), 4);
        let referrals = referrals::of_household(&mut view, household).await.unwrap();
        assert_eq!(referrals.len(), 1);
        assert_eq!(
            (referrals[0].state, referrals[0].place.as_deref()),
            (ReferralState::Requested, Some("PLC-01"))
        );
        let clocks = clocks::of_household(&mut view, household).await.unwrap();
        let running: Vec<&str> =
            clocks.iter().filter(|clock| clock.ended_at.is_none()).map(|clock| clock.kind.as_str()).collect();
        assert_eq!(running, ["referral_seen", "referral_answer", "appeal"], "decided in time; soonest first");
        assert_eq!(tasks::of_household(&mut view, household).await.unwrap(), []);
        drop(view);
        assert_eq!(count(world, "SELECT COUNT(*) FROM letter").await, 1);
        let state = list(world, &counter_officer(), household).await.unwrap()[0].state;
        assert_eq!(state, AssessmentState::Accepted);
        let again = submit(world, &counter_officer(), household, id).await.unwrap();
        assert_eq!(again, Submitted::Decided { again: true });
    })
    .await;
}

#[tokio::test]
async fn a_double_submit_decides_once() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let household = register_family(world, &small_family(1)).await.household;
        let id = start(world, &counter_officer(), household).await.unwrap().assessment;
        fill_in(world, household, id, POOR).await;
        let (one, two) = (counter_officer(), second_counter_officer());
        let (first, second) =
            tokio::join!(submit(world, &one, household, id), submit(world, &two, household, id));
        let outcomes = [first.unwrap(), second.unwrap()];
        assert!(outcomes.contains(&Submitted::Decided { again: false }), "{outcomes:?}");
        assert!(outcomes.contains(&Submitted::Decided { again: true }), "{outcomes:?}");
        assert_eq!(count(world, "SELECT COUNT(*) FROM receipt").await, 1);
        let twice = "SELECT COUNT(*) FROM decision WHERE number > 1";
        assert_eq!(count(world, twice).await, 0);
        assert_eq!(count(world, "SELECT COUNT(*) FROM enrolment").await, 4);
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_asked_for_and_then_decided() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let typed = Typed { paper: "", ..POOR };
        let (registered, first) = decided_family(world, typed).await;
        let household = registered.household;
        let grant = of(&all_decisions(world, household).await, "child-grant").clone();
        assert_eq!(grant.outcome, Outcome::NeedsInformation);
        let kinds = async || -> Vec<(String, bool)> {
            let mut view = world.db.read().await.unwrap();
            let clocks = clocks::of_household(&mut view, household).await.unwrap();
            let mut kinds: Vec<_> = clocks
                .into_iter()
                .filter(|clock| clock.ended_at.is_none())
                .map(|clock| (clock.kind, clock.paused_at.is_some()))
                .collect();
            kinds.retain(|(kind, _)| !kind.starts_with("referral_"));
            kinds.sort();
            kinds
        };
        let told = |list: &[(&str, bool)]| {
            list.iter().map(|(kind, paused)| ((*kind).to_owned(), *paused)).collect::<Vec<_>>()
        };
        assert_eq!(kinds().await, told(&[("appeal", false), ("decide", true), ("info_request", false)]));
        let letter = letters::read(world, &counter_officer(), household, first, "fr").await.unwrap();
        assert_eq!(letter.missing.len(), 1, "{:?}", letter.missing);
        assert!(letter.objection.bring_by.is_some());

        // A week later the paper is there. What was answered still holds.
        world.clock.advance(time::Duration::days(7));
        let second = start(world, &counter_officer(), household).await.unwrap().assessment;
        assert_ne!(first, second);
        let sitting = open(world, &counter_officer(), household, second).await.unwrap();
        assert!(sitting.answers.household.contains_key("income_month"));
        fill_in(world, household, second, POOR).await;
        submit(world, &counter_officer(), household, second).await.unwrap();
        let decisions = all_decisions(world, household).await;
        let granted = of(&decisions, "child-grant");
        assert_eq!((granted.outcome, granted.number), (Outcome::Award, 2));
        assert_eq!(granted.supersedes, Some(grant.id));
        let old = decisions.iter().find(|one| one.id == grant.id).unwrap();
        assert_eq!(old.state, DecisionState::Replaced);
        assert_eq!(kinds().await, told(&[("appeal", false), ("appeal", false)]));
        assert_eq!(count(world, "SELECT COUNT(*) FROM enrolment").await, 4, "none of them twice");
        let states = list(world, &counter_officer(), household).await.unwrap();
        assert_eq!(states[1].state, AssessmentState::Superseded);
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_fails_is_neither_yes_nor_no() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let typed = Typed { rooms: "0", ..POOR };
        let (registered, _) = decided_family(world, typed).await;
        let help = of(&all_decisions(world, registered.household).await, "room-help").clone();
        assert_eq!((help.state, help.verdict.as_str()), (DecisionState::Drafted, "fault"));
        let mut view = world.db.read().await.unwrap();
        let tasks = tasks::of_household(&mut view, registered.household).await.unwrap();
        assert_eq!(tasks.len(), 1);
        assert_eq!((tasks[0].kind.as_str(), tasks[0].subject.id), ("look_at_fault", help.id.uuid()));
    })
    .await;
}

#[tokio::test]
async fn without_a_consent_nobody_is_told() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let mut family = small_family(1);
        family.consent.agencies = vec!["msp".into()];
        let household = register_family(world, &family).await.household;
        assess(world, household, POOR).await;
        let mut view = world.db.read().await.unwrap();
        let referrals = referrals::of_household(&mut view, household).await.unwrap();
        assert_eq!(referrals[0].state, ReferralState::Draft);
        let tasks = tasks::of_household(&mut view, household).await.unwrap();
        assert_eq!(tasks[0].kind, "send_referral");
        drop(view);
        let (officer, id) = (counter_officer(), referrals[0].id);
        let early = referrals::send(world, &officer, household, id).await;
        assert_eq!(early, Err(Error::Invalid("consent.missing")));
        // They agree at the counter.
        let file = file(world, &officer, household).await.unwrap();
        let consent = ConsentGiven { agencies: vec!["labour".into()], ..family.consent.clone() };
        let head = file.members[0].id;
        consents::give(world, &officer, household, file.version, head, &consent).await.unwrap();
        referrals::send(world, &officer, household, id).await.unwrap();
        let mut view = world.db.read().await.unwrap();
        assert_eq!(
            referrals::of_household(&mut view, household).await.unwrap()[0].state,
            ReferralState::Requested
        );
        let tasks = tasks::of_household(&mut view, household).await.unwrap();
        assert_eq!(tasks[0].state, domain::task::TaskState::Completed);
    })
    .await;
}

#[tokio::test]
async fn a_referral_that_is_not_sent_says_why_and_leaves_no_task() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let mut family = small_family(1);
        family.consent.agencies = vec!["msp".into()];
        let household = register_family(world, &family).await.household;
        assess(world, household, POOR).await;
        let mut view = world.db.read().await.unwrap();
        let id = referrals::of_household(&mut view, household).await.unwrap()[0].id;
        let task = tasks::of_household(&mut view, household).await.unwrap().remove(0);
        drop(view);
        let officer = counter_officer();
        tasks::claim(world, &officer, task.id).await.unwrap();
        let ticked = tasks::complete(world, &officer, task.id, task.version + 1).await;
        assert_eq!(ticked, Err(Error::Conflict(Conflict::State)), "it ends with the referral");
        let waiting = referrals::to_send(world, &officer, household, id).await.unwrap().unwrap();
        assert!(waiting.may && !waiting.is_agreed && !waiting.can_go() && waiting.place.is_some());
        assert_eq!((waiting.name.as_str(), waiting.agency.as_str()), ("Awa Diallo", "labour"));
        assert_eq!(
            referrals::call_off(world, &officer_elsewhere(), household, id, "no_consent").await,
            Err(Error::Forbidden)
        );
        assert_eq!(
            referrals::call_off(world, &officer, household, id, "mood").await,
            Err(Error::Invalid("reason.missing"))
        );
        referrals::call_off(world, &officer, household, id, "no_consent").await.unwrap();
        let mut view = world.db.read().await.unwrap();
        assert_eq!(
            referrals::of_household(&mut view, household).await.unwrap()[0].state,
            ReferralState::Cancelled
        );
        let tasks = tasks::of_household(&mut view, household).await.unwrap();
        assert_eq!(tasks[0].state, domain::task::TaskState::Completed);
        drop(view);
        assert!(referrals::to_send(world, &officer, household, id).await.unwrap().is_none());
        let sent = referrals::send(world, &officer, household, id).await;
        assert_eq!(sent, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}

#[tokio::test]
async fn one_sitting_is_one_entry_of_the_journal() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let household = register_family(world, &small_family(1)).await.household;
        let (one, two) = (counter_officer(), second_counter_officer());
        let id = start(world, &one, household).await.unwrap().assessment;
        let opened = async || {
            let mut view = world.db.read().await.unwrap();
            let all = crate::journal::entries(&mut view, household, None, 100).await.unwrap();
            all.iter().filter(|entry| entry.kind == "assessment.opened").count()
        };
        for _ in 0..30 {
            open(world, &one, household, id).await.unwrap();
            world.clock.advance(time::Duration::SECOND);
        }
        assert_eq!(opened().await, 1, "page after page");
        open(world, &two, household, id).await.unwrap();
        assert_eq!(opened().await, 2, "another person");
        world.clock.advance(time::Duration::minutes(29));
        let typed = raw(&[("income_month", "20")]);
        let input = PageInput { page: page("income"), typed, version: 0, leave: true };
        save_page(world, &one, household, id, input).await.unwrap();
        world.clock.advance(time::Duration::minutes(29));
        open(world, &one, household, id).await.unwrap();
        assert_eq!(opened().await, 2, "working all the time");
        world.clock.advance(time::Duration::minutes(31));
        open(world, &one, household, id).await.unwrap();
        assert_eq!(opened().await, 3, "after a pause");
        // The file's own openings are told each time.
        let files = async || {
            let mut view = world.db.read().await.unwrap();
            let all = crate::journal::entries(&mut view, household, None, 100).await.unwrap();
            all.iter().filter(|entry| entry.kind == "file.opened").count()
        };
        for _ in 0..3 {
            file(world, &one, household).await.unwrap();
        }
        assert_eq!(files().await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_decided_assessment_takes_no_more_pages() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, id) = decided_family(world, POOR).await;
        let input = PageInput {
            page: page("income"),
            typed: raw(&[("income_month", "1"), ("rooms", "1")]),
            version: 1,
            leave: false,
        };
        let late = save_page(world, &counter_officer(), registered.household, id, input).await;
        assert_eq!(late, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}

/// The demo pack from the door to the letter: all that may be left unknown is, so nothing is granted that rests on it.
#[tokio::test]
async fn a_whole_country_is_assessed_with_nothing_known() {
    each_engine(async |world| {
        let loaded = packs::load(world, &Actor::command_line(), demo_pack()).await.unwrap();
        assert!(matches!(loaded, packs::Loading::InForce(_)));
        let mut family = small_family(1);
        family.contact.area = "P01-D1-C1".into();
        family.consent.words = "registration-2026".into();
        let household = register_family(world, &family).await.household;
        let officer = counter_officer();
        let id = start(world, &officer, household).await.unwrap().assessment;
        let mut rounds = 0;
        loop {
            let sitting = open(world, &officer, household, id).await.unwrap();
            let progress = sitting.progress();
            let Some(page) = progress.pages().into_iter().find(|page| progress.count(page).left > 0) else {
                break;
            };
            let logic = sitting.page(&page).unwrap();
            let typed = logic.questions().iter().map(|question| {
                let typing = &question.typing;
                let option = typing.options.first().cloned();
                let raw = match typing.kind {
                    _ if typing.dont_know => {
                        RawAnswer { state: Some("dont_know".into()), ..RawAnswer::default() }
                    }
                    Kind::Bool => RawAnswer::typed("no"),
                    _ => RawAnswer::typed(option.unwrap_or_else(|| "1".into())),
                };
                (question.id.clone(), raw)
            });
            let input =
                PageInput { typed: typed.collect(), version: sitting.version(&page), page, leave: false };
            let saved = save_page(world, &officer, household, id, input).await.unwrap();
            assert_eq!(saved, Saved::Next);
            rounds += 1;
            assert!(rounds < 200, "the form does not end");
        }
        let submitted = submit(world, &officer, household, id).await.unwrap();
        assert_eq!(submitted, Submitted::Decided { again: false });
        let decisions = all_decisions(world, household).await;
        assert!(decisions.iter().any(|one| one.outcome == Outcome::NeedsInformation));
        for language in ["en", "fr", "ar"] {
            let letter = letters::read(world, &officer, household, id, language).await.unwrap();
            assert!(letter.sections.len() >= 12 && !letter.missing.is_empty());
            let text = serde_json::to_string(&letter).unwrap();
            assert!(!text.contains(".short") && !text.contains("programme."), "{text}");
        }
        assert!(decisions::redo(world, &officer, household, decisions[0].id).await.unwrap().is_same());
    })
    .await;
}
