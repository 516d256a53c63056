//! Handing messages over: taken by one server, given to the gateway, recorded.
//!
//! Each of the three is a step of its own, and the server may die after any of them. A message that was taken and not
//! recorded is taken again when its claim has run out, and is handed over under the same key: the gateway sends one message
//! for each key. So none is lost and none is sent twice, however many servers there are and whenever they die.
//!
//! The way out is a [`Carrier`]; this crate names no protocol. To add one: implement it where the protocol is known, and put it
//! into [`Carriers`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::ids::HouseholdId;
use domain::lifecycle::{By, Guard};
use domain::notice::{Channel, NoticeEvent as E, NoticeState, TRIES, wait_after};
use domain::pack::Pack;
use time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::compose::{Body, compose};
use super::row::{NoticeRow, notice_query};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::Event;
use crate::{Actor, Casework, Keys, args};

/// Messages looked at in one round.
const BATCH: i64 = 200;
/// Messages on their way at once.
const AT_ONCE: usize = 8;
/// After how long a message goes on paper for which no gateway is set up.
const PAPER_AFTER: Duration = Duration::hours(1);

/// How long a message waits that met a fault of ours.
const AFTER_A_FAULT: Duration = Duration::minutes(10);

/// Messages that are due.
pub(super) const DUE: &str = "SELECT household_id, notice_id FROM notice
     WHERE state IN ('queued', 'failed', 'sending') AND next_at <= $1 ORDER BY next_at, notice_id LIMIT $2";

/// A message on its way.
#[derive(Clone)]
pub struct Parcel {
    /// The gateway sends one message for each key.
    pub key: String,
    /// To whom: a number, an address.
    pub to: String,
    /// What it says.
    pub text: String,
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parcel({})", self.key)
    }
}

/// What became of a message that was taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// What the gateway calls it; empty when it said nothing.
    pub reference: String,
}

/// Why a message was not taken over, by a code of the program: `unreachable`, `timeout`, `refused`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It may go later, or it is not known whether it went.
    Later(&'static str),
    /// It will never go: no such number.
    Never(&'static str),
}

/// What a carrier answers.
pub type Carrying<'a> = Pin<Box<dyn Future<Output = Result<Carried, Trouble>> + Send + 'a>>;

/// A way out of the house.
pub trait Carrier: Send + Sync + std::fmt::Debug {
    /// Hands a message over. Whoever gets a key that was there already sends nothing and answers as before.
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Carrying<'a>;
}

/// The ways out that are set up.
#[derive(Clone)]
pub struct Carriers {
    /// For text messages.
    pub sms: Option<Arc<dyn Carrier>>,
    /// For mail.
    pub email: Option<Arc<dyn Carrier>>,
    /// How long a server keeps what it took before another may take it: longer than a carrier waits for an answer.
    pub lease: Duration,
    /// Thousandths for waits after failures; see [`wait_after`].
    pub jitter: fn() -> u16,
}

impl std::fmt::Debug for Carriers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Carriers").field("sms", &self.sms).field("email", &self.email).finish_non_exhaustive()
    }
}

impl Default for Carriers {
    /// No way out but paper.
    fn default() -> Self {
        Self { sms: None, email: None, lease: Duration::minutes(2), jitter: || rand::random_range(0..=1000) }
    }
}

impl Carriers {
    fn of(&self, way: Channel) -> Option<Arc<dyn Carrier>> {
        match way {
            Channel::Sms => self.sms.clone(),
            Channel::Email => self.email.clone(),
            Channel::Print => None,
        }
    }
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Handed over.
    pub sent: u64,
    /// Not taken over, to be tried again.
    pub failed: u64,
    /// Put into a print queue, given up or too late.
    pub ended: u64,
}

impl Done {
    /// Whether anything was done.
    pub fn any(self) -> bool {
        self != Self::default()
    }

    fn count(&mut self, state: NoticeState) {
        match state {
            NoticeState::Sent | NoticeState::Delivered => self.sent += 1,
            NoticeState::Failed => self.failed += 1,
            NoticeState::ToPrint | NoticeState::GivenUp | NoticeState::Expired => self.ended += 1,
            _ => {}
        }
    }
}

/// Takes what is due and hands it over, eight at a time. Several servers may do it at once.
pub async fn round(cw: &Casework, carriers: &Carriers) -> Result<Done> {
    let Ok(pack) = cw.pack() else { return Ok(Done::default()) };
    let cw = &cw.acting(&Actor::system());
    let due: Vec<(Uuid, Uuid)> = cw.db.all(DUE, args![cw.now(), BATCH]).await?;
    let (mut done, mut under_way, mut due) = (Done::default(), JoinSet::new(), due.into_iter());
    loop {
        while under_way.len() < AT_ONCE
            && let Some((household, id)) = due.next()
        {
            let (cw, carriers, pack) = (cw.clone(), carriers.clone(), pack.clone());
            under_way.spawn(async move {
                let household = HouseholdId::new(household);
                let sent = send(&cw, &carriers, &pack, household, id).await;
                // One that cannot even be written is a fault of ours; it must not come up every second.
                if matches!(sent, Err(Error::Internal(_) | Error::NotFound)) {
                    postpone(&cw, household, id).await?;
                }
                sent
            });
        }
        match under_way.join_next().await {
            None => return Ok(done),
            Some(Ok(Ok(Some(state)))) => done.count(state),
            // Another server was faster, or it waits.
            Some(Ok(Ok(None) | Err(Error::Stale))) => {}
            // One that cannot be sent must not hold up the others.
            Some(Ok(Err(error))) => tracing::warn!(%error, "a message"),
            Some(Err(cause)) => tracing::error!(%cause, "a message that was under way"),
        }
    }
}

/// Lets a message wait that met a fault of ours, whoever has it.
async fn postpone(cw: &Casework, household: HouseholdId, id: Uuid) -> Result<()> {
    cw.write(async move |tx| {
        tx.run(
            "UPDATE notice SET next_at = $1, trouble = 'fault', version = version + 1
             WHERE household_id = $2 AND notice_id = $3 AND state IN ('queued', 'failed', 'sending')",
            args![tx.now() + AFTER_A_FAULT, household, id],
        )
        .await
        .map(drop)
    })
    .await
}

/// Takes one message, hands it over and records it; where it stands then, `None` when there was nothing to do.
async fn send(
    cw: &Casework,
    carriers: &Carriers,
    pack: &Arc<Pack>,
    household: HouseholdId,
    id: Uuid,
) -> Result<Option<NoticeState>> {
    let taken = {
        let (keys, pack, carriers) = (cw.keys.clone(), pack.clone(), carriers.clone());
        cw.write(async move |tx| take(tx, &keys, &pack, &carriers, household, id).await).await?
    };
    let (row, parcel, carrier) = match taken {
        Taken::Ours { row, parcel, carrier } => (row, parcel, carrier),
        Taken::Settled(state) => return Ok(Some(state)),
        Taken::Nothing => return Ok(None),
    };
    let outcome = carrier.carry(&parcel).await;
    let jitter = (carriers.jitter)();
    cw.write(async move |tx| record(tx, household, id, row, &outcome, jitter).await).await.map(Some)
}

/// What taking a message came to.
enum Taken {
    /// It is ours to hand over: the version it has now.
    Ours { row: i64, parcel: Parcel, carrier: Arc<dyn Carrier> },
    /// It goes another way, or nowhere.
    Settled(NoticeState),
    /// It is another's, or waits.
    Nothing,
}

async fn read(tx: &mut Tx, household: HouseholdId, id: Uuid) -> Result<Option<NoticeRow>> {
    tx.one(notice_query!("WHERE household_id = $1 AND notice_id = $2"), args![household, id]).await
}

async fn take(
    tx: &mut Tx,
    keys: &Keys,
    pack: &Pack,
    carriers: &Carriers,
    household: HouseholdId,
    id: Uuid,
) -> Result<Taken> {
    let Some(mut row) = read(tx, household, id).await? else { return Ok(Taken::Nothing) };
    let now = tx.now();
    let is_due = matches!(row.state, NoticeState::Queued | NoticeState::Failed | NoticeState::Sending);
    if !is_due || row.next_at > now {
        return Ok(Taken::Nothing);
    }
    if row.expires_at.is_some_and(|end| end <= now) {
        row.step(tx, By::System, E::Expire, &[Guard::TermPassed]).await?;
        return Ok(Taken::Settled(row.state));
    }
    if row.body.is_none() {
        compose(tx, keys, pack, &mut row).await?;
    }
    let way = row.way()?.unwrap_or(Channel::Print);
    let Some(carrier) = carriers.of(way) else {
        return on_paper(tx, row, way).await;
    };
    let morning = pack.about.quiet.after(tx.here(now));
    if !row.kind.is_awaited() && morning > now {
        row.next_at = morning.to_offset(time::UtcOffset::UTC);
        row.keep(tx).await?;
        return Ok(Taken::Nothing);
    }
    let Some(Body { to: Some(to), text }) = Body::open(keys, &row)? else {
        return on_paper(tx, row, Channel::Print).await;
    };
    row.tries += 1;
    row.next_at = now + carriers.lease;
    row.step(tx, By::System, E::Claim, &[Guard::TermPassed]).await?;
    let parcel = Parcel { key: row.key(), to, text };
    Ok(Taken::Ours { row: row.version, parcel, carrier })
}

/// No gateway leads there: it waits a while for one, then goes on paper. What somebody sits waiting for is given up at once:
/// they are told that nothing came by nothing coming.
async fn on_paper(tx: &mut Tx, mut row: NoticeRow, way: Channel) -> Result<Taken> {
    if row.state == NoticeState::Sending {
        // It was taken when there was a gateway, which may have it: the office is to look.
        "no_gateway".clone_into(&mut row.trouble);
        give_up(tx, &mut row).await?;
        return Ok(Taken::Settled(row.state));
    }
    if way != Channel::Print {
        "no_gateway".clone_into(&mut row.trouble);
        let until = row.made_at + PAPER_AFTER;
        if until > tx.now() && !row.kind.is_awaited() {
            row.next_at = until;
            row.keep(tx).await?;
            return Ok(Taken::Nothing);
        }
    }
    let event = if row.kind.is_awaited() { E::Abandon } else { E::Paper };
    row.step(tx, By::System, event, &[]).await?;
    row.tell(tx, &Actor::system(), ended(&row)).await?;
    Ok(Taken::Settled(row.state))
}

/// The message goes on paper, or, where that is worth nothing, nowhere.
async fn give_up(tx: &mut Tx, row: &mut NoticeRow) -> Result<()> {
    let event = if row.kind.is_awaited() { E::Abandon } else { E::GiveUp };
    row.step(tx, By::System, event, &[]).await?;
    row.tell(tx, &Actor::system(), ended(row)).await
}

fn ended(row: &NoticeRow) -> Event {
    let event = if row.state == NoticeState::ToPrint { "notice.on_paper" } else { "notice.given_up" };
    Event::new(event).code("trouble", &row.trouble)
}

/// Records what the carrier answered. Nothing when the claim had run out and another server took it: that one records.
async fn record(
    tx: &mut Tx,
    household: HouseholdId,
    id: Uuid,
    version: i64,
    outcome: &Result<Carried, Trouble>,
    jitter: u16,
) -> Result<NoticeState> {
    let mut row = read(tx, household, id).await?.ok_or(Error::NotFound)?;
    if row.version != version {
        return Err(Error::Stale);
    }
    match outcome {
        Ok(carried) => {
            row.gateway_ref.clone_from(&carried.reference);
            row.trouble.clear();
            row.sent_at = Some(tx.now());
            row.step(tx, By::System, E::Send, &[]).await?;
            let told = Event::new("notice.sent").code("channel", &row.channel);
            row.tell(tx, &Actor::system(), told).await?;
        }
        Err(Trouble::Later(code)) if row.tries < TRIES => {
            (*code).clone_into(&mut row.trouble);
            row.next_at = tx.now() + wait_after(row.tries, jitter);
            row.step(tx, By::System, E::Fail, &[]).await?;
        }
        Err(Trouble::Later(code) | Trouble::Never(code)) => {
            (*code).clone_into(&mut row.trouble);
            give_up(tx, &mut row).await?;
        }
    }
    Ok(row.state)
}

/// What a gateway says later of a message it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// It arrived.
    Delivered,
    /// It did not and will not.
    Undelivered,
}

/// Takes note of a delivery report on the message with this key. Whether it was news: a report may come twice, and before the
/// handing over is recorded.
pub async fn report(cw: &Casework, key: &str, report: Report) -> Result<bool> {
    let cw = &cw.acting(&Actor::system());
    let (id, round) = match key.get(..36) {
        Some(id) => (Uuid::try_parse(id).ok(), key.get(36..).unwrap_or_default().to_owned()),
        None => (None, String::new()),
    };
    let Some(id) = id else { return Ok(false) };
    cw.write(async move |tx| {
        let found: Option<NoticeRow> = tx.one(notice_query!("WHERE notice_id = $1"), args![id]).await?;
        let Some(mut row) = found else { return Ok(false) };
        let is_ours = row.key().get(36..).unwrap_or_default() == round;
        if !is_ours || !matches!(row.state, NoticeState::Sending | NoticeState::Sent) {
            return Ok(false);
        }
        if row.state == NoticeState::Sending {
            row.sent_at = Some(tx.now());
            row.step(tx, By::System, E::Send, &[]).await?;
            let told = Event::new("notice.sent").code("channel", &row.channel);
            row.tell(tx, &Actor::system(), told).await?;
        }
        match report {
            Report::Delivered => {
                row.delivered_at = Some(tx.now());
                row.trouble.clear();
                row.step(tx, By::System, E::Deliver, &[]).await?;
            }
            Report::Undelivered => {
                "undelivered".clone_into(&mut row.trouble);
                give_up(tx, &mut row).await?;
            }
        }
        Ok(true)
    })
    .await
}
