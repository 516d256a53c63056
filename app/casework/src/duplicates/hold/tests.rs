//! Stories about money that waits: told as a yes that waits, begun when the last pair is settled, once, and by whom.

use domain::household::Relation;
use domain::ids::AssessmentId;
use domain::letter::{Letter, Standing};
use domain::lifecycle::decision::Outcome;
use domain::lifecycle::enrolment::{EnrolmentState as S, ExitReason};
use domain::matching::Said;
use domain::name::PersonName;
use time::Duration;

use super::super::{pair, queue, say};
use super::*;
use crate::decisions::redo;
use crate::households::Distinct;
use crate::households::file::file;
use crate::households::merge::{Done, Plan, merge, undo};
use crate::households::moving::{Move, move_member};
use crate::households::register::register;
use crate::letters;
use crate::overrides::{let_begin, waits};
use crate::test_support::small::{POOR, assess, fill_in, load_small_pack, small_family};
use crate::test_support::{
    OFFICE, World, counter_officer, each_engine, officer_elsewhere, second_supervisor, supervisor,
};

async fn family(world: &World, form: u128, name: &str) -> HouseholdId {
    let mut registration = small_family(form);
    for member in &mut registration.members {
        member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
    }
    let distinct = Distinct { reason: "Two families of one village".into() };
    register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap();
    registration.id
}

/// Two families that look alike: four very likely pairs are open.
async fn look_alikes(world: &World) -> (HouseholdId, HouseholdId) {
    load_small_pack(world).await;
    (family(world, 1, "Sow").await, family(world, 2, "Sou").await)
}

async fn enrolment(world: &World, household: HouseholdId, programme: &str) -> Enrolment {
    let all = enrolments::list(world, &supervisor(), household).await.unwrap();
    all.into_iter().find(|one| one.programme == programme).unwrap()
}

async fn state(world: &World, household: HouseholdId, programme: &str) -> S {
    enrolment(world, household, programme).await.state
}

async fn standing(world: &World, household: HouseholdId, assessment: AssessmentId) -> Standing {
    let letter: Letter = letters::read(world, &supervisor(), household, assessment, "en").await.unwrap();
    let section = letter.sections.iter().find(|one| one.programme == "child-grant").unwrap();
    assert!(section.lines[0].amount.is_some(), "how much is told all the same");
    section.lines[0].standing
}

async fn pairs(world: &World, household: HouseholdId) -> Vec<Pair> {
    open_pairs(&mut world.db.read().await.unwrap(), household).await.unwrap()
}

async fn said(world: &World, actor: &Actor, one: &Pair, said: Said) -> Result<()> {
    let compared = pair(world, &supervisor(), one.person, one.other_person).await.unwrap();
    say(world, actor, &compared, said, "Looked at both").await
}

#[tokio::test]
async fn money_waits_and_is_told_as_a_yes_until_the_last_pair_is_settled() {
    each_engine(async |world| {
        let (_, household) = look_alikes(world).await;
        let assessment = assess(world, household, POOR).await;
        for (programme, expected) in [
            ("child-grant", S::Held),
            ("old-age-pension", S::Held),
            ("fee-waiver", S::Active),
            ("cash-transfer", S::Waiting),
        ] {
            assert_eq!(state(world, household, programme).await, expected, "{programme}");
        }
        assert_eq!(standing(world, household, assessment).await, Standing::Held);
        // The rules know nothing of it: a yes, in force, that comes out again to the same bytes.
        let held = enrolment(world, household, "child-grant").await;
        let all = decisions::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
        let decision = all.iter().find(|one| one.id == held.decision).unwrap();
        assert!(decision.outcome == Outcome::Award && decision.state.governs());
        assert!(redo(world, &supervisor(), household, decision.id).await.unwrap().is_same());

        let open = pairs(world, household).await;
        assert_eq!(open.len(), 4);
        let compared = pair(world, &supervisor(), open[0].person, open[0].other_person).await.unwrap();
        assert!(compared.holds_money);
        // Who granted it does not say that they are two.
        let own = said(world, &counter_officer(), &open[0], Said::NotSame).await;
        assert_eq!(own, Err(Error::Conflict(Conflict::SamePerson)));
        world.clock.advance(Duration::days(3));
        for (at, one) in open.iter().enumerate() {
            assert_eq!(state(world, household, "child-grant").await, S::Held, "{at} of 4 are settled");
            said(world, &supervisor(), one, Said::NotSame).await.unwrap();
        }
        let begun = enrolment(world, household, "child-grant").await;
        assert_eq!((begun.state, begun.since), (S::Onboarding, world.today()));
        assert_eq!(begun.review_on, held.review_on.map(|day| day + Duration::days(3)), "none of it is lost");
        assert_eq!(state(world, household, "old-age-pension").await, S::Onboarding);
        assert_eq!(standing(world, household, assessment).await, Standing::Award, "told in a new letter");
        assert_eq!(journal::verify(world).await.unwrap().first_break, None);
    })
    .await;
}

#[tokio::test]
async fn that_they_are_one_settles_nothing_before_the_records_are_one() {
    each_engine(async |world| {
        let (_, household) = look_alikes(world).await;
        assess(world, household, POOR).await;
        let open = pairs(world, household).await;
        for one in &open {
            said(world, &supervisor(), one, Said::Same).await.unwrap();
        }
        assert_eq!(state(world, household, "child-grant").await, S::Held);
        let (waiting, _) = queue(world, &supervisor()).await.unwrap();
        assert_eq!(
            waiting.iter().filter(|one| one.to_merge).count(),
            4,
            "they wait in the queue to be merged"
        );
        // Not one after all: it can still be said, by somebody who did not grant the money.
        let own = said(world, &counter_officer(), &open[0], Said::NotSame).await;
        assert_eq!(own, Err(Error::Conflict(Conflict::SamePerson)));
        for one in &open {
            said(world, &supervisor(), one, Said::SameHousehold).await.unwrap();
        }
        assert_eq!(state(world, household, "child-grant").await, S::Onboarding);
        assert_eq!(
            said(world, &supervisor(), &open[0], Said::Same).await,
            Err(Error::Stale),
            "it is settled"
        );
        assert!(queue(world, &supervisor()).await.unwrap().0.is_empty());
    })
    .await;
}

/// All of one record are those of the other, in the order they stand in.
async fn plan(world: &World, survivor: HouseholdId, gives: HouseholdId) -> Plan {
    let stay = file(world, &supervisor(), survivor).await.unwrap();
    let give = file(world, &supervisor(), gives).await.unwrap();
    let pairs = stay.present().zip(give.present());
    let plan = Plan {
        survivor,
        survivor_version: stay.version,
        gives,
        gives_version: give.version,
        pairs: pairs.map(|(stays, gives)| merge::Pair { gives: gives.id, stays: stays.id }).collect(),
        joining: vec![],
        whole: true,
        keep: vec![],
        reason: "The mother came twice".into(),
    };
    let doubles = merge::weigh(world, &supervisor(), &plan).await.unwrap().doubles;
    assert!(
        doubles.iter().all(|one| one.own.programme == "fee-waiver"),
        "what waits is no double: {doubles:?}"
    );
    let keep = doubles.iter().map(|one| merge::Keep {
        stays: one.own.id.uuid(),
        ends: one.comes.id.uuid(),
        from: world.today(),
    });
    Plan { keep: keep.collect(), ..plan }
}

async fn agreed(world: &World, asked: Done) -> Uuid {
    match asked {
        Done::Now(id) => id,
        Done::Waits(proposal) => {
            merge::approve(world, &second_supervisor(), proposal, 1, "Seen".into()).await.unwrap()
        }
    }
}

async fn grants(world: &World, household: HouseholdId) -> Vec<(S, Option<ExitReason>)> {
    let all = enrolments::list(world, &supervisor(), household).await.unwrap();
    let mut grants: Vec<_> = all
        .into_iter()
        .filter(|one| one.programme == "child-grant")
        .map(|one| (one.state, one.exit_reason))
        .collect();
    grants.sort_unstable();
    grants
}

#[tokio::test]
async fn a_merge_lets_it_begin_once_and_its_undoing_asks_again() {
    each_engine(async |world| {
        let (first, second) = look_alikes(world).await;
        let assessment = assess(world, first, POOR).await;
        assess(world, second, POOR).await;
        assert_eq!(grants(world, first).await, [(S::Held, None)]);
        let asked = merge(world, &supervisor(), plan(world, first, second).await).await.unwrap();
        let id = agreed(world, asked).await;
        let once = [(S::Onboarding, None), (S::Exited, Some(ExitReason::Duplicate))];
        assert_eq!(grants(world, first).await, once);
        assert_eq!(standing(world, first, assessment).await, Standing::Award);
        assert!(queue(world, &supervisor()).await.unwrap().0.is_empty(), "nobody is asked about one person");

        let version = file(world, &supervisor(), first).await.unwrap().version;
        let undone = undo(world, &supervisor(), second, id, version, "They are cousins").await.unwrap();
        agreed(world, undone).await;
        assert_eq!(grants(world, first).await, [(S::Onboarding, None)], "what began goes on");
        assert_eq!(grants(world, second).await, [(S::Held, None)], "it is open again whether they are one");
        for one in pairs(world, second).await {
            said(world, &supervisor(), &one, Said::NotSame).await.unwrap();
        }
        assert_eq!(grants(world, second).await, [(S::Onboarding, None)]);
        assert_eq!(journal::verify(world).await.unwrap().first_break, None);
    })
    .await;
}

#[tokio::test]
async fn another_person_lets_it_begin_with_a_reason() {
    each_engine(async |world| {
        let (_, household) = look_alikes(world).await;
        let id = assessments::start(world, &counter_officer(), household).await.unwrap().assessment;
        fill_in(world, household, id, POOR).await;
        // A supervisor sat at the counter and decided.
        assessments::submit(world, &supervisor(), household, id).await.unwrap();
        let held = enrolment(world, household, "child-grant").await;
        let decision = held.decision;
        let ask =
            async |actor: &Actor, reason: &str| let_begin(world, actor, household, decision, reason).await;
        assert_eq!(ask(&counter_officer(), "The child is ill").await, Err(Error::Forbidden));
        assert_eq!(ask(&officer_elsewhere(), "The child is ill").await, Err(Error::Forbidden));
        let own = ask(&supervisor(), "The child is ill").await;
        assert_eq!(own, Err(Error::Conflict(Conflict::SamePerson)));
        assert_eq!(ask(&second_supervisor(), " ").await, Err(Error::Invalid("reason.missing")));
        let may =
            async |actor: &Actor| waits(world, actor, household, decision).await.unwrap().unwrap().may_begin;
        assert!(
            !may(&counter_officer()).await && !may(&supervisor()).await && may(&second_supervisor()).await
        );
        assert_eq!(state(world, household, "child-grant").await, S::Held, "nothing was half done");
        ask(&second_supervisor(), "The child is ill").await.unwrap();
        let begun = enrolment(world, household, "child-grant").await;
        assert_eq!((begun.state, begun.begun_despite.as_str()), (S::Onboarding, "The child is ill"));
        assert_eq!(state(world, household, "old-age-pension").await, S::Held, "and nothing else begins");
        assert_eq!(standing(world, household, id).await, Standing::Award);
        assert_eq!(ask(&second_supervisor(), "Again").await, Err(Error::Conflict(Conflict::State)));
        let mut view = world.db.read().await.unwrap();
        let entries = journal::entries(&mut view, household, None, 20).await.unwrap();
        let told = entries.iter().find(|one| one.kind == "enrolment.begun_despite").unwrap();
        assert_eq!(told.staff_id, Some(second_supervisor().staff_id.uuid()));
        drop(view);
        // The question stays open, and settled later it changes nothing of what runs.
        for one in pairs(world, household).await {
            said(world, &second_supervisor(), &one, Said::NotSame).await.unwrap();
        }
        assert_eq!(enrolment(world, household, "child-grant").await, begun);
        assert_eq!(state(world, household, "old-age-pension").await, S::Onboarding);
    })
    .await;
}

#[tokio::test]
async fn what_is_only_possible_holds_nothing_and_what_runs_goes_on() {
    each_engine(async |world| {
        let (_, household) = look_alikes(world).await;
        let weigh = async |probability: f64| {
            world
                .write(async move |tx| {
                    tx.run("UPDATE possible_duplicate SET probability = $1", args![probability]).await
                })
                .await
                .unwrap()
        };
        weigh(0.94).await;
        assess(world, household, POOR).await;
        assert_eq!(state(world, household, "child-grant").await, S::Onboarding);
        weigh(0.99).await;
        assess(world, household, POOR).await;
        assert_eq!(state(world, household, "child-grant").await, S::Onboarding, "assessed again");
        // For the other family the question is the same; weighed anew it is none, and the next assessment lets it begin.
        let other = small_family(1).id;
        assess(world, other, POOR).await;
        assert_eq!(state(world, other, "child-grant").await, S::Held);
        weigh(0.5).await;
        assess(world, other, POOR).await;
        assert_eq!(state(world, other, "child-grant").await, S::Onboarding);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_one_person_waits_where_they_move_to_and_begins_there() {
    each_engine(async |world| {
        let (_, from) = look_alikes(world).await;
        let mut aunt = small_family(3);
        aunt.members.truncate(1);
        aunt.members[0].name = PersonName::parse("Zeinab", "Traore", "").unwrap();
        aunt.members[0].birth = domain::birth::Birth::Date(time::macros::date!(1971 - 12 - 30));
        let aunt = register(world, &counter_officer(), OFFICE, &aunt, None).await.unwrap();
        assess(world, from, POOR).await;
        let home = file(world, &supervisor(), from).await.unwrap();
        let pension = enrolment(world, from, "old-age-pension").await;
        let grandmother = home.members.iter().find(|one| Some(one.id.uuid()) == pension.person).unwrap().id;
        let open = pairs(world, from).await;
        let hers = open.iter().find(|one| one.person == grandmother || one.other_person == grandmother);
        said(world, &supervisor(), hers.unwrap(), Said::Same).await.unwrap();
        let moving =
            Move { member: grandmother, to: aunt.reference, relation: Relation::Parent, on: world.today() };
        move_member(world, &supervisor(), from, home.version, &moving).await.unwrap();
        assert_eq!(state(world, aunt.household, "old-age-pension").await, S::Held);
        let follows = pairs(world, aunt.household).await;
        assert_eq!(follows.len(), 1, "{follows:?}");
        said(world, &supervisor(), &follows[0], Said::NotSame).await.unwrap();
        assert_eq!(state(world, aunt.household, "old-age-pension").await, S::Onboarding);
        assert_eq!(state(world, from, "child-grant").await, S::Held, "the others are asked about still");
    })
    .await;
}
