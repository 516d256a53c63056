//! The proposals that wait: for who may approve them, and one's own.
//!
//! The index holds what is not decided, by `state IN ('waiting', 'returned')`; a statement must say so in the same words for
//! SQLite to use it.

use domain::role::Right;

use super::shape::{Proposal, ProposalRow, opened, proposal_query};
use crate::error::{Error, Result};
use crate::paging::{AT_MOST, After, Page, keyed, scoped_sql};
use crate::{Actor, Casework, args};

/// What waits for a second person in the scopes where the actor approves, the soonest due first. Those that the actor
/// prepared are among them: the page shows them without a button. Of this kind; of all when it is empty.
pub async fn waiting(
    cw: &Casework,
    actor: &Actor,
    kind: &str,
    after: Option<After>,
    limit: usize,
) -> Result<Page<Proposal>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::Approve)?;
    let limit = limit.min(AT_MOST);
    let mut proposals = Vec::new();
    for scope in actor.scopes(Right::Approve) {
        let sql = scoped_sql!(
            scope,
            proposal_query!(""),
            "proposal.state IN ('waiting', 'returned') AND proposal.state = 'waiting' AND (proposal.due_at, proposal.id) > ($3, $4)
             AND ($6 = '' OR proposal.kind = $6) ORDER BY proposal.due_at, proposal.id LIMIT $5"
        );
        let mut args = keyed(scope, after, limit);
        args.push(kind.into());
        let rows: Vec<ProposalRow> = cw.db.all(sql, args).await?;
        for row in rows {
            proposals.push(opened(&cw.keys, row)?);
        }
    }
    Ok(Page::merged(proposals, limit, |proposal| (proposal.due_at, proposal.id.uuid())))
}

/// What the actor prepared and is not decided yet, the newest first.
pub async fn mine(cw: &Casework, actor: &Actor) -> Result<Vec<Proposal>> {
    let cw = &cw.acting(actor);
    let me = actor.account().ok_or(Error::Forbidden)?;
    let rows: Vec<ProposalRow> = cw
        .db
        .all(
            proposal_query!(
                "WHERE proposal.prepared_by = $1 AND proposal.state IN ('waiting', 'returned')
                 ORDER BY proposal.id DESC LIMIT 200"
            ),
            args![me],
        )
        .await?;
    rows.into_iter().map(|row| opened(&cw.keys, row)).collect()
}
