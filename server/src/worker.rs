//! What happens by itself, at the side of the pages: a pack that another process loaded, changes of the rules whose day has come, clocks that run out, sessions that ended, the journal's daily
//! checkpoint. Each step asks the injected clock and may run on several servers at once; what one has done, another
//! finds done. To add a chore: a line in [`round`].

use std::time::Duration;

use casework::notices::Carriers;
use casework::{
    Casework, budgets, clocks, complaints, directory, duplicates, employment, idempotency, journal, life,
    lists, matching, notices, packs, policy, sessions, snapshot, staff, tracking,
};
use time::macros::time;

/// Between two rounds. Deadlines are days; a minute late is in time.
const PAUSE: Duration = Duration::from_mins(1);

/// Between two looks for what somebody waits for: an officer before the page of a list, an applicant for a code.
const GLANCE: Duration = Duration::from_secs(2);

/// When offices are written to about what waits there.
const MORNING: time::Time = time!(7:00);

/// Goes round until it is dropped. Lists of partners and messages take long and go their own way, so that no clock waits for
/// them; so do codes, which wait for no clock.
pub async fn run(casework: Casework, carriers: Carriers) {
    tokio::join!(
        chores(&casework),
        partner_lists(&casework),
        codes(&casework),
        messages(&casework, &carriers)
    );
}

/// Hands over what is due, and looks for more.
async fn messages(casework: &Casework, carriers: &Carriers) {
    let mut reminded = None;
    loop {
        let here = casework.here(casework.now());
        if carriers.email.is_some() && here.time() >= MORNING && reminded != Some(here.date()) {
            note("offices with messages to print", notices::office::remind(casework).await);
            reminded = Some(here.date());
        }
        match notices::deliver::round(casework, carriers).await {
            Ok(done) if done.any() => {}
            Ok(_) => tokio::time::sleep(GLANCE).await,
            Err(error) => {
                tracing::warn!(%error, "messages wait; they are looked at again");
                tokio::time::sleep(GLANCE).await;
            }
        }
    }
}

async fn chores(casework: &Casework) {
    loop {
        round(casework).await;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Codes that somebody waits for with a telephone in the hand.
async fn codes(casework: &Casework) {
    loop {
        note("codes of applicants", tracking::codes::round(casework).await);
        tokio::time::sleep(GLANCE).await;
    }
}

/// One step of one list after the other.
async fn partner_lists(casework: &Casework) {
    loop {
        match lists::work(casework).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(GLANCE).await,
            Err(error) => {
                tracing::warn!(%error, "a list stopped; it is tried again when its claim has run out");
                tokio::time::sleep(GLANCE).await;
            }
        }
    }
}

/// Every chore once. One that fails is logged and does not keep the others from their turn.
async fn round(casework: &Casework) {
    note("pack in force", packs::refresh(casework).await);
    note("changes of the rules", policy::put_due_in_force(casework).await);
    note("budgets of the pack in force", budgets::follow::lines(casework).await);
    note("lists of the budgets", budgets::follow::lists(casework).await);
    note("places that are free", budgets::offers::round(casework).await);
    note("clocks of awards", life::watch::round(casework).await);
    note("late records of conditions", life::judge::round(casework).await);
    note("entries of the directory that nobody looked at", directory::stale::round(casework).await);
    note("boards", employment::board::round(casework).await);
    note("clocks", clocks::run_due(casework).await);
    note("sessions", sessions::delete_expired(casework).await);
    note("tries to sign in", staff::forget_tries(casework).await);
    note("visits of applicants", tracking::sweep(casework).await);
    note("visits of complainants", complaints::own::sweep(casework).await);
    note("messages that came in", notices::inbound::sweep(casework).await);
    note("repeated requests", idempotency::forget_old(casework).await);
    if casework.pack().is_ok() {
        note("keys and counts of the matcher", matching::upkeep::round(casework).await);
    }
    note("answers in columns", snapshot::round(casework).await);
    note("possible duplicates", duplicates::find::round(casework).await);
    note("what officers said of pairs", matching::learning::round(casework).await);
    // Some minutes after midnight, so that no server with a slow clock still writes into the day that is closed.
    if casework.now().time() >= time!(0:05) {
        note("journal checkpoint", journal::checkpoint(casework).await);
    }
}

fn note<T: std::fmt::Debug>(chore: &str, outcome: casework::Result<T>) {
    match outcome {
        Ok(done) => tracing::debug!(chore, ?done),
        Err(error) => tracing::warn!(chore, %error, "a chore failed; it is tried again in the next round"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use casework::test_support::each_engine;

    #[tokio::test]
    async fn a_round_clears_ended_sessions_and_seals_the_day() {
        each_engine(async |world| {
            sessions::create(world, b"some id", None, vec![]).await.unwrap();
            world.clock.advance(time::Duration::days(2));
            round(world).await;
            let count = async |sql| world.db.value::<i64>(sql, vec![]).await.unwrap();
            assert_eq!(count("SELECT COUNT(*) FROM session").await, Some(0));
            assert_eq!(count("SELECT COUNT(*) FROM journal_checkpoint").await, Some(1));
        })
        .await;
    }
}
