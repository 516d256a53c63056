//! The journal for auditors: the walk over all chains from a page, and the registry's own chain.
//!
//! A file's chain is read where the file is, by `households::history`; an auditor may open every file of the scope.

use domain::role::{Right, Scope};

use super::{Entry, Event, REGISTRY, Report, entries, record, verify};
use crate::error::Result;
use crate::{Actor, Casework};

/// Walks all chains, as `guichet verify` does; who asked and what was found is told in the registry's own chain.
pub async fn audit(cw: &Casework, actor: &Actor) -> Result<Report> {
    actor.require(Right::ReadJournal, &Scope::National)?;
    let report = verify(cw).await?;
    let event = Event::new("journal.verified")
        .number("entries", i64::try_from(report.entries).unwrap_or(i64::MAX))
        .code("outcome", if report.first_break.is_none() { "whole" } else { "broken" });
    record(cw, actor, REGISTRY, event).await?;
    Ok(report)
}

/// The registry's own chain, the newest first, before `before`, at most `limit`: what was done that is nobody's case.
pub async fn of_registry(
    cw: &Casework,
    actor: &Actor,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>> {
    actor.require(Right::ReadJournal, &Scope::National)?;
    let mut view = cw.db.read().await?;
    entries(&mut view, REGISTRY, before, limit.min(500)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;
    use crate::error::Error;
    use crate::test_support::{auditor, each_engine, policy_officer, supervisor};

    #[tokio::test]
    async fn an_auditor_walks_the_chains_and_reads_the_registrys_own() {
        each_engine(async |world| {
            for number in 0..3 {
                let event = Event::new("backup.made").number("rows", number);
                record(world, &Actor::command_line(), REGISTRY, event).await.unwrap();
            }
            assert_eq!(audit(world, &supervisor()).await, Err(Error::Forbidden));
            assert_eq!(of_registry(world, &policy_officer(), None, 2).await.unwrap_err(), Error::Forbidden);
            let report = audit(world, &auditor()).await.unwrap();
            assert_eq!((report.entries, report.first_break), (3, None));
            let page = of_registry(world, &auditor(), None, 2).await.unwrap();
            let kinds: Vec<_> = page.iter().map(|entry| entry.kind.as_str()).collect();
            assert_eq!(kinds, ["journal.verified", "backup.made"]);
            let rest = of_registry(world, &auditor(), Some(page[1].seq), 10).await.unwrap();
            assert_eq!(rest.len(), 2);
            world
                .write(async |tx| {
                    tx.run("UPDATE journal SET kind = 'backup.unmade' WHERE seq = 2", args![]).await
                })
                .await
                .unwrap();
            assert!(audit(world, &auditor()).await.unwrap().first_break.is_some());
        })
        .await;
    }
}
