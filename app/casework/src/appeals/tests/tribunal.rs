//! Before the tribunal and after it.

use domain::appeal::{ConflictReason, Finding, Hearing, IssueOutcome, RemandReason};
use domain::lifecycle::decision::Outcome;
use domain::role::Role;
use time::Duration;
use time::macros::date;

use crate::appeals::testing::*;
use crate::appeals::*;
use crate::db::Kind;
use crate::decisions::Decision;
use crate::enrolments;
use crate::error::Conflict;
use crate::test_support::small::{POOR, assess};
use crate::test_support::{
    World, actor, counter_officer, each_engine, second_counter_officer, supervisor, tribunal_member,
};

/// An appeal that the agency upheld and answered: it waits for a day.
async fn ready(world: &World) -> (HouseholdId, Decision, AppealId) {
    let (household, refused) = refused(world).await;
    let id = appealed(world, household, &refused).await;
    let own = answers(world, household, id, Finding::Upheld).await;
    let state = reconsider(world, &second_counter_officer(), at(world, household, id).await, own).await;
    assert_eq!(state, Ok(AppealState::Forwarded));
    assert!(live_task(world, household, "answer_appeal").await.is_some());
    let now = at(world, household, id).await;
    assert_eq!(respond(world, &counter_officer(), now, "Stands.").await, Err(Error::Forbidden));
    respond(world, &supervisor(), now, "The roof was not seen.").await.unwrap();
    (household, refused, id)
}

fn told(issue: &Issue, outcome: IssueOutcome) -> Determination {
    Determination {
        issue: issue.id,
        outcome,
        remedy: matches!(outcome, IssueOutcome::Allowed).then(help),
        note: "There is no roof.".into(),
        reasons: vec![RemandReason::FactsMissing],
    }
}

#[tokio::test]
async fn a_changed_award_is_paid_from_the_day_of_the_decision_that_was_wrong() {
    each_engine(async |world| {
        let (household, refused, id) = ready(world).await;
        let member = tribunal_member();
        let now = async || at(world, household, id).await;
        let in_days = |days: i64| world.now() + Duration::days(days);
        let room = (in_days(13), Hearing::InPerson, "Room 2".to_owned());
        assert_eq!(list(world, &member, now().await, room).await, Err(Error::Invalid("appeal.notice")));
        let room = (in_days(15), Hearing::InPerson, "Room 2".to_owned());
        assert_eq!(
            list(world, &supervisor(), now().await, room.clone()).await,
            Err(Error::Forbidden),
            "the agency lists nothing"
        );
        list(world, &member, now().await, room.clone()).await.unwrap();
        postpone(world, &member, now().await, "The mother is ill.").await.unwrap();
        adjourn(world, &member, now().await, "The clinic must write first.").await.unwrap();
        resume(world, &member, now().await).await.unwrap();
        list(world, &member, now().await, room).await.unwrap();
        let early = hear(world, &member, now().await).await;
        assert_eq!(early, Err(Error::Conflict(Conflict::State)), "the day has not come");
        world.clock.advance(Duration::days(15));
        let second = actor(81, Role::TribunalMember, Scope::National);
        assert_eq!(hear(world, &second, now().await).await, Err(Error::Conflict(Conflict::Held)));
        hear(world, &member, now().await).await.unwrap();

        let issue = read(world, household, id).await.1.remove(0);
        let bare = Determination { remedy: None, ..told(&issue, IssueOutcome::Allowed) };
        let missing = determine(world, &member, now().await, (vec![bare], "Because.".into())).await;
        assert_eq!(missing, Err(Error::Invalid("appeal.remedy")));
        let allowed = (vec![told(&issue, IssueOutcome::Allowed)], "There is no roof.".to_owned());
        assert_eq!(
            determine(world, &counter_officer(), now().await, allowed.clone()).await,
            Err(Error::Forbidden)
        );
        determine(world, &member, now().await, allowed).await.unwrap();
        tribunal::issue(world, &member, now().await).await.unwrap();
        let by_member = after::implement(world, &member, now().await).await;
        assert_eq!(by_member, Err(Error::Forbidden), "the tribunal carries nothing out");
        after::implement(world, &supervisor(), now().await).await.unwrap();

        let (appeal, issues) = read(world, household, id).await;
        assert_eq!((appeal.state, appeal.outcome.as_str()), (AppealState::Implemented, "allowed"));
        let made = decision(world, household, "room-help").await;
        assert_eq!(issues[0].new_decision(), Some(made.id));
        assert_eq!((made.outcome, made.supersedes), (Outcome::Award, Some(refused.id)));
        assert_eq!(made.decided_by, member.staff_id.uuid());
        let mut view = world.db.read().await.unwrap();
        let all = enrolments::of_household(&mut view, household).await.unwrap();
        let own = all.iter().find(|one| one.decision == made.id).unwrap();
        assert!(own.is_running() && own.since == date!(2026 - 11 - 02), "{own:?}");
        drop(view);
        // And a month later it is closed by itself.
        world.clock.advance(Duration::days(40));
        crate::clocks::run_due(world).await.unwrap();
        assert_eq!(read(world, household, id).await.0.state, AppealState::Closed);
    })
    .await;
}

#[tokio::test]
async fn what_goes_back_is_decided_again_by_somebody_else_and_not_before_it_is_carried_out() {
    each_engine(async |world| {
        let (household, _, id) = ready(world).await;
        let member = tribunal_member();
        let now = async || at(world, household, id).await;
        on_paper(world, &member, now().await, "All are agreed.").await.unwrap();
        let issue = read(world, household, id).await.1.remove(0);
        let uncoded = Determination { reasons: vec![], ..told(&issue, IssueOutcome::Remitted) };
        let refused = determine(world, &member, now().await, (vec![uncoded], "Why.".into())).await;
        assert_eq!(refused, Err(Error::Invalid("appeal.reason")));
        let back = (vec![told(&issue, IssueOutcome::Remitted)], "Ask about the roof.".to_owned());
        determine(world, &member, now().await, back).await.unwrap();
        // Nobody issues it: it goes out by itself.
        world.clock.advance(Duration::days(12));
        crate::clocks::run_due(world).await.unwrap();
        assert_eq!(read(world, household, id).await.0.state, AppealState::Issued);
        let task = live_task(world, household, "decide_again").await.unwrap();
        let own = tasks::claim(world, &counter_officer(), task.id).await;
        assert_eq!(own, Err(Error::Conflict(Conflict::TookPart)));
        tasks::claim(world, &second_counter_officer(), task.id).await.unwrap();
        let early = after::implement(world, &supervisor(), now().await).await;
        assert_eq!(early, Err(Error::Conflict(Conflict::State)), "nothing was decided again");
        assess(world, household, POOR).await;
        after::implement(world, &supervisor(), now().await).await.unwrap();
        let (appeal, issues) = read(world, household, id).await;
        assert_eq!(appeal.state, AppealState::Implemented);
        assert_eq!(issues[0].new_decision(), Some(decision(world, household, "room-help").await.id));
        let mut view = world.db.read().await.unwrap();
        assert_eq!(shape::reasons(&mut view, household, id).await.unwrap()[0].1, "facts_missing");
    })
    .await;
}

#[tokio::test]
async fn who_declares_a_conflict_sees_and_decides_nothing_of_it_any_more() {
    each_engine(async |world| {
        let (household, _, id) = ready(world).await;
        let member = tribunal_member();
        let now = async || at(world, household, id).await;
        take(world, &member, now().await).await.unwrap();
        assert_eq!(read(world, household, id).await.0.member, Some(member.staff_id.uuid()));
        assert_eq!(desk::desk(world, &member).await.unwrap().tribunal.len(), 1);
        declare_conflict(world, &member, (household, id), ConflictReason::Kin).await.unwrap();
        assert_eq!(read(world, household, id).await.0.member, None, "it is nobody's");
        assert_eq!(take(world, &member, now().await).await, Err(Error::NotFound));
        assert_eq!(on_paper(world, &member, now().await, "So.").await, Err(Error::NotFound));
        assert!(matches!(bundle::bundle(world, &member, household, id).await, Err(Error::NotFound)));
        assert!(desk::desk(world, &member).await.unwrap().tribunal.is_empty());
        let other = actor(81, Role::TribunalMember, Scope::National);
        take(world, &other, now().await).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_tribunal_sees_the_files_before_it_and_no_other() {
    each_engine(async |world| {
        let (household, refused) = refused(world).await;
        let member = tribunal_member();
        let id = appealed(world, household, &refused).await;
        assert!(matches!(bundle::show(world, &member, household, id).await, Err(Error::NotFound)));
        let count = async || {
            let own = world.casework.acting(&member);
            let of = async |sql| own.db.value::<i64>(sql, args![]).await.unwrap().unwrap();
            (of("SELECT COUNT(*) FROM appeal").await, of("SELECT COUNT(*) FROM decision").await)
        };
        let is_policed = world.db.kind() == Kind::Postgres;
        if is_policed {
            assert_eq!(count().await, (0, 0), "it is not before the tribunal yet");
        }
        let own = answers(world, household, id, Finding::Upheld).await;
        reconsider(world, &second_counter_officer(), at(world, household, id).await, own).await.unwrap();
        if is_policed {
            assert_eq!(count().await, (1, 0), "the appeal; the file only through it");
        }
        let papers = bundle::bundle(world, &member, household, id).await.unwrap();
        assert_eq!(papers.papers.len(), 1);
        assert!(papers.papers[0].letter.is_some() && !papers.journal.is_empty());
        // Other work of the offices is none of theirs.
        let work = tasks::available(world, &member, &tasks::Filter::default(), None, 10).await.unwrap();
        assert!(work.tasks.is_empty());
        let file = crate::households::file::file(world, &member, household).await;
        assert!(matches!(file, Err(Error::Forbidden)), "what is before it, not the whole file");
    })
    .await;
}

#[tokio::test]
async fn what_was_decided_is_put_right_set_aside_and_taken_further() {
    each_engine(async |world| {
        let (household, _, id) = ready(world).await;
        let member = tribunal_member();
        let now = async || at(world, household, id).await;
        on_paper(world, &member, now().await, "All are agreed.").await.unwrap();
        let issue = read(world, household, id).await.1.remove(0);
        let stays = (vec![told(&issue, IssueOutcome::Dismissed)], "It stands.".to_owned());
        determine(world, &member, now().await, stays.clone()).await.unwrap();
        tribunal::issue(world, &member, now().await).await.unwrap();
        correct(world, &member, now().await, "The date is the third.").await.unwrap();
        let me = Actor::applicant();
        act(world, &me, now().await, Act::AskReasons("Why?".into())).await.unwrap();
        set_aside(world, &member, now().await, "The mother was not told.").await.unwrap();
        let (appeal, issues) = read(world, household, id).await;
        assert_eq!((appeal.state, appeal.outcome.as_str()), (AppealState::ReadyToList, ""));
        assert_eq!(issues[0].outcome(), None);
        on_paper(world, &member, now().await, "All are agreed.").await.unwrap();
        determine(world, &member, now().await, stays).await.unwrap();
        tribunal::issue(world, &member, now().await).await.unwrap();
        act(world, &me, now().await, Act::GoFurther("To the High Court.".into())).await.unwrap();
        assert_eq!(read(world, household, id).await.0.state, AppealState::Further);
        let mut view = world.db.read().await.unwrap();
        let notes = shape::notes(&mut view, household, id).await.unwrap();
        let events: Vec<&str> = notes.iter().map(|note| note.event.as_str()).collect();
        assert_eq!(events, ["on_paper", "correct", "ask_reasons", "set_aside", "on_paper", "go_further"]);
    })
    .await;
}
