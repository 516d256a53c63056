//! How many registrations a second so many counters get through at once, the matcher's looks and race checks included.
//!
//! `counters [PEOPLE [COUNTERS [SECONDS]]]`, on SQLite and, where GUICHET_TEST_POSTGRES names one, on PostgreSQL
//! (`.ci/postgres`), in a registry of about so many people (none to begin with, eight counters, ten seconds). The medians of
//! three rounds on one database are printed, and how long one registration took.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement that cannot be made must stop")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use casework::db::Kind;
use casework::demo::accounts::PASSWORD;
use casework::demo::bulk;
use casework::matching::upkeep;
use casework::packs::{self, Loading};
use casework::staff::{self, SignIn};
use casework::test_support::demo_pack;
use casework::time::SystemClock;
use casework::{Actor, Casework, args, households};
use domain::pack::Pack;
use domain::registration::Registration;
use tokio::sync::Mutex;

const SEED: u64 = 23;
const ROUNDS: usize = 3;
/// Mean size of a drawn household, times ten.
const TEN_HOUSEHOLDS: u32 = 49;

fn main() {
    let mut asked = std::env::args().skip(1).map(|number| number.parse::<u32>().unwrap());
    let people = asked.next().unwrap_or(0);
    let counters = asked.next().unwrap_or(8);
    let length = Duration::from_secs(u64::from(asked.next().unwrap_or(10)));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite://{}", folder.path().join("bench.db").display());
        let mut places = vec![("SQLite", file)];
        places.extend(std::env::var("GUICHET_TEST_POSTGRES").ok().map(|url| ("PostgreSQL", url)));
        for (name, url) in places {
            let keys = folder.path().join(format!("{name}.keys"));
            let clock = Arc::new(SystemClock::default());
            let address = url.parse().unwrap();
            // Filled without waiting for the disk, and opened anew as a service has it.
            let casework = Casework::create_to_fill(&address, Some(&keys), clock.clone()).await.unwrap();
            let filled = fill(&casework, people).await;
            casework.db.close().await;
            let casework = Casework::open(&address, Some(&keys), clock).await.unwrap();
            measure(name, &casework, filled, counters, length).await;
            casework.db.close().await;
        }
    });
}

/// What was filled in.
struct Filled {
    pack: Arc<Pack>,
    actor: Actor,
    people: u32,
    /// Who comes to be registered.
    next: Vec<Registration>,
}

/// Fills a new database of about `people`.
async fn fill(casework: &Casework, people: u32) -> Filled {
    let loading = packs::load(casework, &Actor::command_line(), demo_pack()).await.unwrap();
    let Loading::InForce(pack) = loading else { panic!("the demo pack is faulty") };
    casework::demo::add_accounts(casework, &pack).await.unwrap();
    let SignIn::In(actor) = staff::sign_in(casework, "counter", PASSWORD).await.unwrap() else {
        panic!("the counter officer cannot sign in")
    };
    let count = people * 10 / TEN_HOUSEHOLDS;
    let (_, mut registry) =
        bulk::fill(casework, &pack, (count, SEED), u64::from(u32::MAX), |_| {}).await.unwrap();
    upkeep::count(casework).await.unwrap();
    casework::matching::scales::refresh(casework).await.unwrap();
    // PostgreSQL does this by itself after a while; the throw-away one has no such service.
    if casework.db.kind() == Kind::Postgres {
        casework.write(async |tx| tx.run("ANALYZE", args![]).await).await.unwrap();
    }
    let next = (0..60_000).map(|_| registry.next(casework.now())).collect();
    drop(registry);
    Filled { pack, actor: *actor, people, next }
}

async fn measure(name: &str, casework: &Casework, filled: Filled, counters: u32, length: Duration) {
    let Filled { pack, actor, people, next } = filled;
    packs::refresh(casework).await.unwrap();
    casework::matching::scales::refresh(casework).await.unwrap();
    let office = pack.offices[0].code.clone();
    let queue = Arc::new(Mutex::new(next.into_iter()));
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let tasks: Vec<_> = (0..counters)
            .map(|_| {
                let (casework, actor, office, queue) =
                    (casework.clone(), actor.clone(), office.clone(), queue.clone());
                tokio::spawn(async move {
                    let (mut times, mut refused) = (Vec::new(), 0_u32);
                    while began.elapsed() < length {
                        let Some(registration) = queue.lock().await.next() else { break };
                        let one = Instant::now();
                        match households::register::register(&casework, &actor, &office, &registration, None)
                            .await
                        {
                            Ok(_) => times.push(one.elapsed()),
                            Err(_) => refused += 1,
                        }
                    }
                    (times, refused)
                })
            })
            .collect();
        let (mut times, mut refused) = (Vec::new(), 0);
        for task in tasks {
            let (own, stopped) = task.await.unwrap();
            times.extend(own);
            refused += stopped;
        }
        let seconds = began.elapsed().as_secs_f64();
        times.sort_unstable();
        let at =
            |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
        let done = u32::try_from(times.len()).unwrap();
        rounds.push((f64::from(done) / seconds, at(50), at(99), refused));
    }
    rounds.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (rate, middle, slow, refused) = rounds[ROUNDS / 2];
    println!(
        "{name}, about {people} people, {counters} counters: {rate:.0} registrations a second, p50 {middle:.1} ms, \
         p99 {slow:.1} ms, {refused} stopped as registered already (median of {ROUNDS} rounds)"
    );
}
