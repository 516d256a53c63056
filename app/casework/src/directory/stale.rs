//! Entries at which nobody has looked for longer than the pack allows: a task for who keeps them.
//!
//! The provider is asked where somebody of it can sign in, else the supervisor of the nearest office that serves the place.
//! The task ends when a keeper says that all is right, or what is not.

use domain::ids::HouseholdId;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use domain::task::Priority;
use sha2::{Digest, Sha256};
use time::Duration;
use uuid::Uuid;

use super::{Spot, all};
use crate::db::Tx;
use crate::error::Result;
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args};

/// The noun of a place, as subject of its task.
pub const SUBJECT: &str = "place";
/// What the task is.
const KIND: &str = "verify_place";
/// How long the keeper has.
const WITHIN: Duration = Duration::days(10);
/// Tasks opened in one round.
const BATCH: usize = 100;

/// The id of a place as subject of a task: of its code, which is no id.
pub fn id(code: &str) -> Uuid {
    let hash = Sha256::digest(format!("place:{code}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

/// The place that a task is about, by its id.
pub fn of_task<'p>(pack: &'p Pack, subject: &Subject) -> Option<&'p str> {
    let mut places = pack.directory.places.iter().map(|place| place.code.as_str());
    (subject.kind == SUBJECT).then(|| places.find(|code| id(code) == subject.id)).flatten()
}

/// Opens the tasks that are wanting; how many. Run now and then.
pub async fn round(cw: &Casework) -> Result<usize> {
    let cw = &cw.acting(&Actor::system());
    let Ok(pack) = cw.pack() else { return Ok(0) };
    let today = cw.today();
    let mut view = cw.db.read().await?;
    let stale = all(&mut view, &pack).await?.into_iter().filter(|spot| spot.is_stale(&pack, today));
    let live: Vec<(Uuid,)> = view
        .all(
            "SELECT subject_id FROM task WHERE household_id = $1 AND subject_kind = $2
             AND state IN ('open', 'assigned', 'in_progress', 'on_hold')",
            args![Uuid::nil(), SUBJECT],
        )
        .await?;
    let wanting: Vec<Spot> =
        stale.filter(|spot| !live.contains(&(id(&spot.place.code),))).take(BATCH).collect();
    drop(view);
    let count = wanting.len();
    for spot in wanting {
        let pack = pack.clone();
        cw.write(async move |tx| {
            let Some(scope) = keeper(tx, &pack, &spot).await? else { return Ok(()) };
            let task = NewTask {
                household_id: HouseholdId::new(Uuid::nil()),
                kind: KIND.into(),
                subject: Subject::new(SUBJECT, id(&spot.place.code)),
                needs: if matches!(scope, Scope::Provider(_)) {
                    Right::WorkTasks
                } else {
                    Right::KeepDirectory
                },
                scope,
                priority: Priority::Normal,
                due_at: tx.now() + WITHIN,
                instructions: spot.place.code.clone(),
            };
            tasks::open(tx, &Actor::system(), task).await.map(drop)
        })
        .await?;
    }
    Ok(count)
}

/// Who is asked to look.
async fn keeper(tx: &mut Tx, pack: &Pack, spot: &Spot) -> Result<Option<Scope>> {
    let provider = Scope::Provider(spot.provider.code.clone());
    if !crate::staff::of_scope(tx, &provider).await?.is_empty() {
        return Ok(Some(provider));
    }
    let path = pack.areas.path(&spot.place.area);
    let office = path.iter().find_map(|area| pack.offices.iter().find(|office| office.area == area.code));
    Ok(office.map(|office| Scope::Office(office.code.clone())))
}

/// Somebody looked: what was asked of keepers is done.
pub(super) async fn looked(tx: &mut Tx, actor: &Actor, code: &str) -> Result<()> {
    let nobody = HouseholdId::new(Uuid::nil());
    tasks::complete_about(tx, actor, nobody, &Subject::new(SUBJECT, id(code))).await.map(drop)
}
