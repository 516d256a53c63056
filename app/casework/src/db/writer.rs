//! The unit of work: how anything is changed.
//!
//! Units run on one thread of their own, away from the request that asked, so that a browser hanging up cannot leave
//! one half done. On SQLite they queue for the only writer there can be; those that wait together share one commit
//! (and one fsync), each inside its savepoint, and all are answered after the commit. On PostgreSQL each is its own
//! SERIALIZABLE transaction, run again when the engine says so. SERIALIZABLE rather than row locks, because then a
//! check inside a unit ("no such person yet") means the same on both engines: it sees the world as if it were alone.
//!
//! A unit may therefore run more than once: it must not do anything but talk to its `Tx`.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use tokio::sync::{RwLock, Semaphore, mpsc, oneshot};

use super::sight::Sight;
use super::tx::{Conn, Tx};
use crate::error::{Conflict, Error, Outage, Result};
use crate::ids::Ids;
use crate::time::Clock;

/// How many units may wait. More than that is an overload and is told as one.
const QUEUE: usize = 1024;
/// How many units share one commit on SQLite.
const GROUP: usize = 64;
/// How often PostgreSQL may ask for a unit to be run again before the person is told to try later.
const ATTEMPTS: u32 = 12;
/// After so many attempts a unit runs alone on this server, so that those who meet get through one after the other.
const ALONE_AFTER: u32 = 2;
/// How long a unit waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the writer thread needs besides the connection.
#[derive(Clone)]
pub(super) struct Context {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
}

pub(super) enum Engine {
    Sqlite(SqlitePool),
    Postgres { pool: PgPool, connections: usize },
}

enum Message {
    Unit(Box<dyn Unit>),
    Close(oneshot::Sender<()>),
}

/// The sending half of the queue.
pub(super) struct Writer(mpsc::Sender<Message>);

impl Writer {
    /// Starts the thread. `open` connects on that thread's own runtime, so that the writer outlives the caller's.
    pub async fn start<O>(context: Context, open: O) -> Result<Self>
    where
        O: AsyncFnOnce() -> Result<Engine> + Send + 'static,
    {
        let (sender, jobs) = mpsc::channel(QUEUE);
        let (opened, is_open) = oneshot::channel();
        let thread = move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(cause) => {
                    return drop(opened.send(Err(Error::Setup(format!("cannot start a thread: {cause}")))));
                }
            };
            tokio::task::LocalSet::new().block_on(&runtime, async move {
                match open().await {
                    Err(error) => drop(opened.send(Err(error))),
                    Ok(engine) => {
                        drop(opened.send(Ok(())));
                        match engine {
                            Engine::Sqlite(pool) => serve_sqlite(&context, pool, jobs).await,
                            Engine::Postgres { pool, connections } => {
                                serve_postgres(&context, pool, connections, jobs).await;
                            }
                        }
                    }
                }
            });
        };
        std::thread::Builder::new()
            .name("guichet-writer".into())
            .spawn(thread)
            .map_err(|cause| Error::Setup(format!("cannot start a thread: {cause}")))?;
        is_open.await.map_err(|_| Error::Unavailable(Outage::Down))??;
        Ok(Self(sender))
    }

    /// Queues a unit and waits for its answer. Dropping this future loses the answer, never half of the work.
    pub async fn write<T, F>(&self, sight: Sight, work: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let unit = Message::Unit(Box::new(Work { sight, body: work, done: None, reply }));
        match self.0.send_timeout(unit, PATIENCE).await {
            Ok(()) => answer.await.map_err(|_| Error::Unavailable(Outage::Down))?,
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => Err(Error::Unavailable(Outage::Overload)),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(Error::Unavailable(Outage::Down)),
        }
    }

    /// Finishes what is queued and closes the connections.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.send(Message::Close(done)).await.is_ok() {
            // An error means the thread is gone, and with it the connections.
            let _ = closed.await;
        }
    }
}

/// A unit of work without its types, so that a queue can hold it.
trait Unit: Send {
    fn attempt<'a>(&'a mut self, tx: &'a mut Tx) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;
    fn answer(self: Box<Self>, outcome: Result<()>);
    fn sight(&self) -> &Sight;
}

struct Work<F, T> {
    sight: Sight,
    body: F,
    done: Option<T>,
    reply: oneshot::Sender<Result<T>>,
}

impl<F, T> Unit for Work<F, T>
where
    F: AsyncFn(&mut Tx) -> Result<T> + Send,
    T: Send,
{
    fn attempt<'a>(&'a mut self, tx: &'a mut Tx) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>> {
        Box::pin(async move {
            self.done = None;
            self.done = Some((self.body)(tx).await?);
            Ok(())
        })
    }

    fn sight(&self) -> &Sight {
        &self.sight
    }

    fn answer(self: Box<Self>, outcome: Result<()>) {
        let Self { done, reply, .. } = *self;
        let answer =
            outcome.and_then(|()| done.ok_or_else(|| Error::internal("a unit of work without answer")));
        // Nobody may be waiting any more; the work is done all the same.
        let _ = reply.send(answer);
    }
}

/// Runs a unit, turning a panic into an error so that it takes nobody else with it.
async fn attempt(unit: &mut Box<dyn Unit>, tx: &mut Tx) -> Result<()> {
    let outcome = {
        let mut running = unit.attempt(tx);
        poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(cx))) {
            Ok(poll) => poll,
            Err(_) => Poll::Ready(Err(Error::internal("a unit of work panicked"))),
        })
        .await
    };
    match (outcome, tx.failure()) {
        // The use case swallowed the engine's error: what it did is not whole.
        (Ok(()), Some(error)) => Err(error.clone()),
        (outcome, _) => outcome,
    }
}

async fn serve_sqlite(context: &Context, pool: SqlitePool, mut jobs: mpsc::Receiver<Message>) {
    let mut waiting = Vec::with_capacity(GROUP);
    let mut closing = None;
    while closing.is_none() && jobs.recv_many(&mut waiting, GROUP).await > 0 {
        let mut units = Vec::with_capacity(waiting.len());
        for message in waiting.drain(..) {
            match message {
                Message::Unit(unit) if closing.is_none() => units.push(unit),
                Message::Unit(unit) => unit.answer(Err(Error::Unavailable(Outage::Down))),
                Message::Close(done) => closing = Some(done),
            }
        }
        if !units.is_empty() {
            commit_group(context, &pool, units).await;
        }
    }
    jobs.close();
    pool.close().await;
    if let Some(done) = closing {
        let _ = done.send(());
    }
}

/// Runs the units of one group, each in a savepoint, and answers after the commit. When one of them takes the
/// transaction down with it (a full disk makes SQLite roll everything back), the others run again, each alone.
async fn commit_group(context: &Context, pool: &SqlitePool, units: Vec<Box<dyn Unit>>) {
    let mut tx = match begin_sqlite(context, pool).await {
        Ok(tx) => tx,
        Err(error) => return units.into_iter().for_each(|unit| unit.answer(Err(error.clone()))),
    };
    let mut outcomes: Vec<(Box<dyn Unit>, Result<()>)> = Vec::with_capacity(units.len());
    let mut units = units.into_iter();
    let mut is_dead = false;
    for mut unit in units.by_ref() {
        tx.turn(context.clock.now());
        let (outcome, alive) = in_savepoint(&mut unit, &mut tx).await;
        outcomes.push((unit, outcome));
        if !alive {
            is_dead = true;
            break;
        }
    }
    if is_dead {
        drop(tx);
        for (unit, outcome) in outcomes {
            match outcome {
                Ok(()) => commit_alone(context, pool, unit).await,
                Err(error) => unit.answer(Err(error)),
            }
        }
        for unit in units {
            commit_alone(context, pool, unit).await;
        }
        return;
    }
    let committed = tx.commit().await;
    for (unit, outcome) in outcomes {
        unit.answer(outcome.and_then(|()| committed.clone()));
    }
}

/// The outcome of the unit, and whether the transaction is still there for the next.
async fn in_savepoint(unit: &mut Box<dyn Unit>, tx: &mut Tx) -> (Result<()>, bool) {
    if let Err(error) = tx.run("SAVEPOINT unit", vec![]).await {
        return (Err(error), false);
    }
    let outcome = attempt(unit, tx).await;
    tx.turn(tx.now());
    let ended = match outcome {
        Ok(()) => tx.run("RELEASE unit", vec![]).await.map(drop),
        Err(_) => match tx.run("ROLLBACK TO unit", vec![]).await {
            Ok(_) => tx.run("RELEASE unit", vec![]).await.map(drop),
            Err(error) => Err(error),
        },
    };
    match (outcome, ended) {
        (Ok(()), Err(error)) => (Err(error), false),
        (outcome, ended) => (outcome, ended.is_ok()),
    }
}

async fn commit_alone(context: &Context, pool: &SqlitePool, mut unit: Box<dyn Unit>) {
    let outcome = match begin_sqlite(context, pool).await {
        Err(error) => Err(error),
        Ok(mut tx) => match attempt(&mut unit, &mut tx).await {
            Ok(()) => tx.commit().await,
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        },
    };
    unit.answer(outcome);
}

async fn begin_sqlite(context: &Context, pool: &SqlitePool) -> Result<Tx> {
    let tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    Ok(Tx::new(Conn::Sqlite(tx), &*context.clock, context.ids.clone()))
}

async fn serve_postgres(
    context: &Context,
    pool: PgPool,
    connections: usize,
    mut jobs: mpsc::Receiver<Message>,
) {
    let free = Arc::new(Semaphore::new(connections));
    let together = Arc::new(RwLock::new(()));
    let mut closing = None;
    // Waiting for a free connection before taking from the queue keeps the rest in the bounded queue.
    while let Ok(place) = free.clone().acquire_owned().await {
        match jobs.recv().await {
            None => break,
            Some(Message::Close(done)) => {
                closing = Some(done);
                break;
            }
            Some(Message::Unit(unit)) => {
                let (context, pool, together) = (context.clone(), pool.clone(), together.clone());
                tokio::task::spawn_local(async move {
                    commit_postgres(&context, &pool, &together, unit).await;
                    drop(place);
                });
            }
        }
    }
    jobs.close();
    // All places free: every unit that was taken is answered.
    drop(free.acquire_many(u32::try_from(connections).unwrap_or(u32::MAX)).await);
    pool.close().await;
    if let Some(done) = closing {
        let _ = done.send(());
    }
}

async fn commit_postgres(context: &Context, pool: &PgPool, together: &RwLock<()>, mut unit: Box<dyn Unit>) {
    let mut outcome = Err(Error::Unavailable(Outage::Contention));
    let mut was_taken = false;
    for tried in 1..=ATTEMPTS {
        outcome = if tried <= ALONE_AFTER {
            let _shared = together.read().await;
            run_postgres(context, pool, &mut unit).await
        } else {
            let _alone = together.write().await;
            run_postgres(context, pool, &mut unit).await
        };
        let again = match &outcome {
            // Under SERIALIZABLE a race for one key may show as a duplicate key: the second look finds the row.
            Err(Error::Conflict(Conflict::Taken)) => !std::mem::replace(&mut was_taken, true),
            Err(error) => error.is_retryable(),
            Ok(()) => false,
        };
        if !again {
            break;
        }
        let pause = u64::from(rand::random_range(1..=4 * tried * tried));
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    unit.answer(outcome);
}

async fn run_postgres(context: &Context, pool: &PgPool, unit: &mut Box<dyn Unit>) -> Result<()> {
    // The text is ours; what `sight` puts in is quoted there.
    let begin = unit.sight().begin("BEGIN ISOLATION LEVEL SERIALIZABLE", context.clock.now());
    let tx = pool.begin_with(AssertSqlSafe(begin)).await?;
    let mut tx = Tx::new(Conn::Postgres(tx), &*context.clock, context.ids.clone());
    match attempt(unit, &mut tx).await {
        Ok(()) => tx.commit().await,
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}
