//! Numbers about objections: how many complaints and appeals there were in a time, and what became of them in time.
//!
//! They are counts of what offices did and not of people, so small counts are shown: an office with one complaint that was not
//! answered is what they are read for. A complaint of the restricted queue is nobody's office here: it is counted for the
//! country only, so that the office complained about cannot find it by subtraction. To count one more thing: a column of a
//! statement here, its field, and its words on `/numbers/objections`.

use domain::role::{Right, Scope};
use time::{Date, Duration, Time};

use crate::db::{Arg, Sight};
use crate::error::{Error, Result};
use crate::{Actor, Casework, args};

/// A time, both days in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

/// Complaints of one category about one office; by the day on which they reached the service.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Complaints {
    /// The office; empty where none is named, and for the restricted queue.
    pub office: String,
    /// The category's code.
    pub category: String,
    /// How many came.
    pub received: i64,
    /// Of them acknowledged.
    pub acknowledged: i64,
    /// Of these in time.
    pub acknowledged_in_time: i64,
    /// Of them answered with a decision.
    pub resolved: i64,
    /// Of these in time.
    pub resolved_in_time: i64,
    /// Of them taken up again after they were closed.
    pub reopened: i64,
    /// Of them that went to the next level.
    pub escalated: i64,
}

/// Appeals against decisions of one office, by the day on which they reached the service.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Appeals {
    /// The office.
    pub office: String,
    /// How many came.
    pub lodged: i64,
    /// Of them looked at again by another officer.
    pub reconsidered: i64,
    /// Of these changed in favour of who appealed, in whole or in part.
    pub revised: i64,
    /// Of them that the tribunal decided.
    pub determined: i64,
    /// Of these changed by it.
    pub overturned: i64,
    /// Of these sent back to be decided again.
    pub remitted: i64,
}

/// Why the tribunal changed decisions or sent them back.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Reason {
    /// `domain::appeal::RemandReason`.
    pub code: String,
    /// How often.
    pub count: i64,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Objections {
    /// By office and category.
    pub complaints: Vec<Complaints>,
    /// By office.
    pub appeals: Vec<Appeals>,
    /// The most frequent first.
    pub reasons: Vec<Reason>,
}

/// What a scope sees of complaints: `$1` and `$2` bound the time, `$3` is the office or agency.
macro_rules! complaints_sql {
    ($office:literal, $which:literal) => {
        concat!(
            "SELECT ",
            $office,
            " AS office, category, COUNT(*) AS received,
                    COUNT(acknowledged_at) AS acknowledged,
                    COUNT(*) FILTER (WHERE acknowledged_at <= acknowledge_due_at) AS acknowledged_in_time,
                    COUNT(resolved_at) AS resolved,
                    COUNT(*) FILTER (WHERE resolved_at <= answer_due_at) AS resolved_in_time,
                    COUNT(*) FILTER (WHERE reopened > 0) AS reopened,
                    COUNT(*) FILTER (WHERE escalated > 0) AS escalated
             FROM complaint WHERE received_at >= $1 AND received_at < $2 AND ",
            $which,
            " GROUP BY 1, 2 ORDER BY 1, 2"
        )
    };
}

macro_rules! appeals_sql {
    ($which:literal) => {
        concat!(
            "SELECT office, COUNT(*) AS lodged, COUNT(reconsidered_at) AS reconsidered,
                    COUNT(*) FILTER (WHERE reconsidered IN ('revised', 'partly')) AS revised,
                    COUNT(determined_at) AS determined,
                    COUNT(*) FILTER (WHERE outcome IN ('allowed', 'varied')) AS overturned,
                    COUNT(*) FILTER (WHERE outcome = 'remitted') AS remitted
             FROM appeal WHERE lodged_at >= $1 AND lodged_at < $2 AND ",
            $which,
            " GROUP BY office ORDER BY office"
        )
    };
}

macro_rules! reasons_sql {
    ($which:literal) => {
        concat!(
            "SELECT reason.code, COUNT(*) AS count FROM appeal
             JOIN appeal_reason AS reason ON reason.household_id = appeal.household_id
                  AND reason.appeal_id = appeal.appeal_id
             WHERE appeal.lodged_at >= $1 AND appeal.lodged_at < $2 AND ",
            $which,
            " GROUP BY reason.code ORDER BY 2 DESC, 1"
        )
    };
}

/// The statements of a kind of scope: complaints, appeals, reasons.
pub(crate) fn statements(scope: &Scope) -> Option<[&'static str; 3]> {
    Some(match scope {
        Scope::National => [
            complaints_sql!("CASE WHEN sensitive THEN '' ELSE office END", "$3 = ''"),
            appeals_sql!("$3 = ''"),
            reasons_sql!("$3 = ''"),
        ],
        Scope::Agency(_) => [
            complaints_sql!(
                "office",
                "sensitive = FALSE AND office IN (SELECT code FROM office WHERE agency = $3)"
            ),
            appeals_sql!("office IN (SELECT code FROM office WHERE agency = $3)"),
            reasons_sql!("appeal.office IN (SELECT code FROM office WHERE agency = $3)"),
        ],
        Scope::Office(_) => [
            complaints_sql!("office", "sensitive = FALSE AND office = $3"),
            appeals_sql!("office = $3"),
            reasons_sql!("appeal.office = $3"),
        ],
        Scope::Provider(_) => return None,
    })
}

/// Counts the objections of a time for the actor's offices, or for the country. `Forbidden` for who may see no numbers.
pub async fn objections(cw: &Casework, actor: &Actor, period: Period) -> Result<Objections> {
    actor.require_anywhere(Right::SeeNumbers)?;
    // What is counted is nobody's to read row by row: who sees how much of it is settled by the statements.
    let cw = &cw.seen_with(Sight::system());
    let mut view = cw.db.read().await?;
    let start = |day: Date| view.here(view.now()).replace_date(day).replace_time(Time::MIDNIGHT);
    let (from, until) = (start(period.from), start(period.until.saturating_add(Duration::DAY)));
    let mut scopes: Vec<&Scope> = actor.scopes(Right::SeeNumbers).collect();
    if scopes.contains(&&Scope::National) {
        scopes = vec![&Scope::National];
    }
    let mut found = Objections::default();
    for scope in scopes {
        let Some([complaints, appeals, reasons]) = statements(scope) else { return Err(Error::Forbidden) };
        let given = || -> Vec<Arg> { args![from, until, scope.code().unwrap_or_default()] };
        found.complaints.extend(view.all::<Complaints>(complaints, given()).await?);
        found.appeals.extend(view.all::<Appeals>(appeals, given()).await?);
        for reason in view.all::<Reason>(reasons, given()).await? {
            match found.reasons.iter_mut().find(|one| one.code == reason.code) {
                Some(one) => one.count += reason.count,
                None => found.reasons.push(reason),
            }
        }
    }
    // Two grants may reach the same office.
    found.complaints.sort_by(|a, b| (&a.office, &a.category).cmp(&(&b.office, &b.category)));
    found.complaints.dedup_by(|a, b| a.office == b.office && a.category == b.category);
    found.appeals.sort_by(|a, b| a.office.cmp(&b.office));
    found.appeals.dedup_by(|a, b| a.office == b.office);
    found.reasons.sort_by(|a, b| b.count.cmp(&a.count).then(a.code.cmp(&b.code)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use domain::appeal::Channel as How;
    use domain::complaint::form::Written;
    use domain::complaint::{Category, Channel};
    use uuid::Uuid;

    use super::*;
    use crate::appeals::{Against, NewAppeal, contestable, lodge as appeal};
    use crate::complaints::{NewComplaint, lodge};
    use crate::test_support::small::{POOR, decided_family, load_small_pack};
    use crate::test_support::{
        OFFICE, OTHER_OFFICE, World, auditor, counter_officer, each_engine, ombudsman, plan, supervisor,
    };

    async fn complained(world: &World, number: u128, category: Category, office: &str) {
        let written = Written {
            category: category.code().into(),
            what: "Nothing came in October.".into(),
            identity: "anonymous".into(),
            ..Written::default()
        };
        let new = NewComplaint {
            form: Uuid::from_u128(number),
            channel: Channel::Public,
            statement: written.validate().unwrap(),
            office: office.into(),
            household: None,
            reference: String::new(),
            language: "en".into(),
            received_on: None,
            files: Vec::new(),
        };
        lodge(world, &Actor::applicant(), &new).await.unwrap();
    }

    #[tokio::test]
    async fn objections_are_counted_for_who_answers_for_them_and_the_restricted_queue_for_no_office() {
        each_engine(async |world| {
            load_small_pack(world).await;
            for (number, category, office) in [
                (1, Category::ServiceQuality, OFFICE),
                (2, Category::ServiceQuality, OFFICE),
                (3, Category::Abuse, OFFICE),
                (4, Category::ServiceQuality, OTHER_OFFICE),
            ] {
                complained(world, number, category, office).await;
            }
            let (registered, _) = decided_family(world, POOR).await;
            let applicant = Actor::applicant();
            let contested = contestable(world, &applicant, registered.household).await.unwrap();
            let contested = contested[0].decision.as_ref().unwrap().id;
            let new = NewAppeal {
                id: domain::ids::AppealId::new(Uuid::from_u128(9)),
                channel: How::Online,
                received_on: None,
                against: vec![Against::Decision(contested)],
                grounds: "We have no cattle.".into(),
                wants_hearing: false,
                late_reason: String::new(),
                complaint: None,
            };
            appeal(world, &Actor::applicant(), registered.household, new).await.unwrap();
            let today = world.today();
            let period = Period { from: today, until: today };
            let count = |found: &Objections| -> Vec<(String, String, i64)> {
                let all = found.complaints.iter();
                all.map(|one| (one.office.clone(), one.category.clone(), one.received)).collect()
            };
            let own = objections(world, &supervisor(), period).await.unwrap();
            assert_eq!(count(&own), [(OFFICE.into(), Category::ServiceQuality.code().into(), 2)]);
            assert_eq!(own.appeals.iter().map(|one| one.lodged).sum::<i64>(), 1);
            for reader in [auditor(), ombudsman()] {
                let all = objections(world, &reader, period).await.unwrap();
                assert_eq!(all.complaints.iter().map(|one| one.received).sum::<i64>(), 4);
                let hidden =
                    all.complaints.iter().find(|one| one.category == Category::Abuse.code()).unwrap();
                assert_eq!(hidden.office, "", "no office learns of it by subtraction");
            }
            let before = today - Duration::DAY;
            let none = objections(world, &auditor(), Period { from: before, until: before }).await.unwrap();
            assert_eq!(none, Objections::default());
            let refused = objections(world, &counter_officer(), period).await;
            assert_eq!(refused, Err(Error::Forbidden));
        })
        .await;
    }

    #[tokio::test]
    async fn objections_are_found_by_their_day() {
        each_engine(async |world| {
            for sql in statements(&Scope::National).unwrap() {
                let now = world.now();
                let steps = plan(world, sql, args![now, now, ""]).await;
                assert!(steps.iter().any(|step| step.contains("_by_day")), "{sql}: {steps:?}");
            }
        })
        .await;
    }
}
