//! Requests that may come twice: the second time the first answer is given.
//!
//! Over a bad line a browser or another system asks again without knowing whether the first request arrived. With a key
//! (a UUIDv7 of the form or of the sender) a unit of work runs once; its answer is kept sealed for [`KEPT`]. Where the
//! key is the id of the row that is made (a registration's form id), the row itself does that and this is not needed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use time::Duration;
use uuid::Uuid;

use crate::crypt::Place;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::{Actor, Casework, args};

/// How long an answer is kept.
pub const KEPT: Duration = Duration::days(7);

impl Casework {
    /// [`Casework::write`], once per key. `Conflict(Taken)` when somebody else, or another use case, used the key.
    pub async fn write_once<T, F>(
        &self,
        actor: &Actor,
        use_case: &'static str,
        key: Uuid,
        work: F,
    ) -> Result<T>
    where
        F: AsyncFn(&mut Tx) -> Result<T> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let (keys, staff) = (self.keys.clone(), actor.staff_id);
        let place = Place { table: "idempotency", column: "answer", row: key, agency: "" };
        self.acting(actor).write(async move |tx| {
            let kept: Option<(Uuid, String, Vec<u8>)> =
                tx.one("SELECT staff_id, use_case, answer FROM idempotency WHERE key = $1", args![key]).await?;
            if let Some((owner, purpose, answer)) = kept {
                if owner != staff.uuid() || purpose != use_case {
                    return Err(Error::Conflict(Conflict::Taken));
                }
                return serde_json::from_slice(&keys.open(&place, &answer)?).map_err(Error::internal);
            }
            let answer = work(tx).await?;
            let sealed = keys.seal(&place, &serde_json::to_vec(&answer).map_err(Error::internal)?)?;
            tx.run(
                "INSERT INTO idempotency (key, staff_id, use_case, answer, created_at) VALUES ($1, $2, $3, $4, $5)",
                args![key, staff, use_case, sealed, tx.now()],
            )
            .await?;
            Ok(answer)
        })
        .await
    }
}

/// Removes answers older than [`KEPT`]; how many. To be run now and then.
pub async fn forget_old(cw: &Casework) -> Result<u64> {
    cw.write(async |tx| {
        tx.run("DELETE FROM idempotency WHERE created_at <= $1", args![tx.now() - KEPT]).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{counter_officer, each_engine, supervisor};

    #[tokio::test]
    async fn a_repeated_request_gets_the_first_answer_and_changes_nothing() {
        each_engine(async |world| {
            let key = Uuid::from_u128(99);
            let ask = async |actor: Actor, n: i64| {
                world
                    .write_once(&actor, "count", key, async move |tx| {
                        crate::meta::set(tx, "n", &n.to_string()).await?;
                        Ok(n)
                    })
                    .await
            };
            assert_eq!(ask(counter_officer(), 1).await, Ok(1));
            assert_eq!(ask(counter_officer(), 2).await, Ok(1));
            assert_eq!(crate::meta::get(&world.db, "n").await.unwrap().as_deref(), Some("1"));
            assert_eq!(ask(supervisor(), 3).await, Err(Error::Conflict(Conflict::Taken)));
            world.clock.advance(KEPT);
            assert_eq!(forget_old(world).await, Ok(1));
            assert_eq!(ask(counter_officer(), 4).await, Ok(4));
        })
        .await;
    }

    #[tokio::test]
    async fn two_at_once_with_one_key_run_once() {
        each_engine(async |world| {
            let ask = async || {
                let actor = counter_officer();
                world.write_once(&actor, "draw", Uuid::from_u128(1), async |tx| Ok(tx.new_id::<Uuid>())).await
            };
            let (one, two) = tokio::join!(ask(), ask());
            assert_eq!(one.unwrap(), two.unwrap());
        })
        .await;
    }
}
