//! How fast and how surely somebody is found among a million people while another counter registers: p50 and p99 of one
//! look, and how often the right person is among the five that are shown, with one error and with two and no identifier. Also
//! how many of the very likely ones share no key whose count a save moves: two counters that save such a pair in one moment
//! would not notice one another.
//!
//! `lookup [PEOPLE [ENGINE]]`, on SQLite and, where GUICHET_TEST_POSTGRES names one, on PostgreSQL (`.ci/postgres`).
//! GUICHET_BENCH_MISSES=1 prints who was not found.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement that cannot be made must stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use casework::db::Kind;
use casework::demo::accounts::PASSWORD;
use casework::demo::{bulk, dice::Dice, errors};
use casework::matching::{Asked, Candidate, candidates, keyer, record, upkeep};
use casework::packs::{self, Loading};
use casework::staff::{self, SignIn};
use casework::test_support::demo_pack;
use casework::time::SystemClock;
use casework::{Actor, Casework, args, households};
use domain::household::{Contact, Person};
use domain::matching::keys::{MOST_ROWS, keys, query_keys};
use domain::matching::{Band, Features, score};
use domain::pack::Pack;
use domain::phone::Phone;
use domain::registration::{ContactForm, Registration};

const SEED: u64 = 11;
/// Looks of each kind.
const LOOKS: u64 = 4_000;
/// Households that were never registered, to see what is shown of others.
const STRANGERS: usize = 800;
/// Mean size of a drawn household, times ten.
const TEN_HOUSEHOLDS: u32 = 49;

fn main() {
    let people = std::env::args().nth(1).map_or(1_000_000, |people| people.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite://{}", folder.path().join("bench.db").display());
        let mut places = vec![("SQLite", file)];
        places.extend(std::env::var("GUICHET_TEST_POSTGRES").ok().map(|url| ("PostgreSQL", url)));
        if let Some(only) = std::env::args().nth(2) {
            places.retain(|(name, _)| name.eq_ignore_ascii_case(&only));
        }
        for (name, url) in places {
            let keys = folder.path().join(format!("{name}.keys"));
            let clock = Arc::new(SystemClock::default());
            let address = url.parse().unwrap();
            // Filled without waiting for the disk, and opened anew as a service has it.
            let casework = Casework::create_to_fill(&address, Some(&keys), clock.clone()).await.unwrap();
            let filled = fill(name, &casework, people).await;
            casework.db.close().await;
            let casework = Casework::open(&address, Some(&keys), clock).await.unwrap();
            measure(name, &casework, filled).await;
            casework.db.close().await;
        }
    });
}

/// What was filled in.
struct Filled {
    pack: Arc<Pack>,
    actor: Actor,
    sampled: Vec<bulk::Sampled>,
    /// Who comes next to be registered.
    next: Vec<Registration>,
}

/// Fills a new database of about `people`.
async fn fill(name: &str, casework: &Casework, people: u32) -> Filled {
    let loading = packs::load(casework, &Actor::command_line(), demo_pack()).await.unwrap();
    let Loading::InForce(pack) = loading else { panic!("the demo pack is faulty") };
    casework::demo::add_accounts(casework, &pack).await.unwrap();
    let SignIn::In(actor) = staff::sign_in(casework, "counter", PASSWORD).await.unwrap() else {
        panic!("the counter officer cannot sign in")
    };
    let began = Instant::now();
    let every = u64::from(people).div_ceil(LOOKS).max(1);
    let count = people * 10 / TEN_HOUSEHOLDS;
    let (sampled, mut registry) = bulk::fill(casework, &pack, (count, SEED), every, |_| {}).await.unwrap();
    println!("{name}: about {people} people filled in {:.0} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    upkeep::count(casework).await.unwrap();
    casework::matching::scales::refresh(casework).await.unwrap();
    println!("{name}: values counted in {:.1} s", began.elapsed().as_secs_f64());

    // PostgreSQL does this by itself after a while; the throw-away one has no such service.
    if casework.db.kind() == Kind::Postgres {
        casework.write(async |tx| tx.run("ANALYZE", args![]).await).await.unwrap();
    }
    let next = (0..20_000).map(|_| registry.next(casework.now())).collect();
    drop(registry);
    Filled { pack, actor: *actor, sampled, next }
}

/// Looks everybody of the sample up while somebody registers.
async fn measure(name: &str, casework: &Casework, filled: Filled) {
    let Filled { pack, actor, sampled, mut next } = filled;
    let strangers = next.split_off(next.len() - STRANGERS);
    packs::refresh(casework).await.unwrap();
    casework::matching::scales::refresh(casework).await.unwrap();

    // One writer registers for as long as it is looked.
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let office = pack.offices[0].code.clone();
    let writer = tokio::spawn({
        let (casework, actor, stop, written) =
            (casework.clone(), actor.clone(), stop.clone(), written.clone());
        async move {
            for registration in next {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                if households::register::register(&casework, &actor, &office, &registration, None)
                    .await
                    .is_ok()
                {
                    written.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    });
    let areas: Vec<&str> = pack.areas.leaves().map(|area| area.code.as_str()).collect();
    let began = Instant::now();
    let mut times = Vec::new();
    for (what, errors, with_identifier, least) in
        [("one error", 1, true, 0.995), ("two errors, no identifier", 2, false, 0.97)]
    {
        let mut dice = Dice::new(SEED, u64::from(with_identifier));
        let (mut found, mut asked_for) = (0_u32, 0_u32);
        let (mut very_likely, mut unnoticed) = (0_u32, 0_u32);
        let mut missed = Missed::default();
        for one in &sampled {
            let twin = errors::twin(&one.person, &one.contact, (errors, with_identifier), &areas, &mut dice);
            let contact =
                ContactForm { area: twin.area.clone(), phone: twin.phone.clone(), ..ContactForm::default() };
            let Some(asked) = Asked::typed(&twin.form, &contact, &pack, casework.today()) else { continue };
            let look = Instant::now();
            let shown = candidates(casework, &actor, &asked).await.unwrap();
            times.push(look.elapsed());
            asked_for += 1;
            let hit = shown.iter().find(|shown| shown.found.person == one.id);
            found += u32::from(hit.is_some());
            if hit.is_some_and(|hit| hit.band == Band::VeryLikely)
                && let Ok(typed) = twin.form.validate(casework.today())
            {
                very_likely += 1;
                let phone = Phone::parse(&twin.phone).ok();
                let told = Contact { area: twin.area.clone(), phone, ..one.contact.clone() };
                let sides = [(&one.person, &one.contact), (&typed, &told)];
                if !notice_one_another(casework, &actor, &pack, sides).await {
                    unnoticed += 1;
                    println!("  unnoticed: {:?}", twin.errors);
                }
            }
            if hit.is_none() {
                missed.note(casework, &pack, one, &asked, &shown, &twin.errors).await;
            }
        }
        let recall = f64::from(found) / f64::from(asked_for);
        println!("{name}: recall@5 with {what}: {recall:.4} of {asked_for} (at least {least})");
        println!("  not found: {missed:?}");
        println!("  {unnoticed} of {very_likely} very likely ones share no key whose count moves");
    }
    new_people(name, casework, &actor, &pack, &strangers).await;
    let seconds = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 1000).min(times.len() - 1)];
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{name}: one look p50 {:.2} ms, p99 {:.2} ms (at most 20), beside {:.0} registrations a second",
        milliseconds(at(500)),
        milliseconds(at(990)),
        f64::from(written.load(Ordering::Relaxed)) / seconds
    );
    println!("  peers: pg_trgm 68 / 528 ms, FTS5 trigram 176 / 375 ms, Splink 574 / 610 ms");
}

/// What an officer is shown while people who were never registered are.
async fn new_people(name: &str, casework: &Casework, actor: &Actor, pack: &Pack, strangers: &[Registration]) {
    let (mut people, mut asked_about, mut bands) = (0_u32, 0_u32, BTreeMap::<String, u32>::new());
    for household in strangers {
        for person in &household.members {
            let asked = Asked::from(record(person, &household.contact, pack));
            let shown = candidates(casework, actor, &asked).await.unwrap();
            people += 1;
            asked_about += u32::from(!shown.is_empty());
            for one in shown {
                *bands.entry(format!("{:?}", one.band)).or_insert(0) += 1;
            }
        }
    }
    let share = f64::from(asked_about) / f64::from(people);
    println!("{name}: of {people} new people {share:.4} are asked about; shown in all: {bands:?}");
}

/// Why those who were not shown were not.
#[derive(Debug, Default)]
struct Missed {
    /// They share no key that is read.
    no_key: u32,
    /// They were weighed, and are below every band; how many of them from 0.1, 0.05, 0.02 and 0.005 on, and below.
    below: [u32; 5],
    /// Of those below: nobody else was shown.
    alone: u32,
    /// Five others are likelier, or so many share rarer keys that they were not weighed.
    crowded: u32,
}

impl Missed {
    async fn note(
        &mut self,
        casework: &Casework,
        pack: &Pack,
        one: &bulk::Sampled,
        asked: &Asked,
        shown: &[Candidate],
        errors: &[&str],
    ) {
        let (keyer, scales) = (keyer(&casework.keys), casework.scales().await.unwrap());
        let own = Features::of(&record(&one.person, &one.contact, pack), &keyer);
        let typed = Features::of(asked.record(), &keyer);
        let scored = score(&scales.model, &scales.counts, &typed.view(), &own.view(), scales.prior());
        let theirs: BTreeSet<i64> = keys(&own, &keyer)
            .into_iter()
            .flat_map(|pair| [Some(pair.key.0), pair.twin.map(|twin| twin.0)])
            .flatten()
            .collect();
        let read = query_keys(&typed, &keyer);
        let shares = read.iter().any(|pair| {
            theirs.contains(&pair.key.0) || pair.twin.is_some_and(|twin| theirs.contains(&twin.0))
        });
        let why = if !shares {
            self.no_key += 1;
            "no key"
        } else if scored.band() == Band::Unlikely {
            let step = [0.1, 0.05, 0.02, 0.005].iter().position(|least| scored.probability >= *least);
            self.below[step.unwrap_or(4)] += 1;
            self.alone += u32::from(shown.is_empty());
            "below"
        } else {
            self.crowded += 1;
            "crowded"
        };
        if std::env::var_os("GUICHET_BENCH_MISSES").is_some() {
            eprintln!(
                "{why} {:.4} {:?} {:?} {errors:?}",
                scored.probability,
                one.person.name,
                asked.record()
            );
        }
    }
}

/// Whether two people share a key whose count moves with every save.
async fn notice_one_another(
    casework: &Casework,
    actor: &Actor,
    pack: &Pack,
    sides: [(&Person, &Contact); 2],
) -> bool {
    let keyer = keyer(&casework.keys);
    let [own, other] = sides.map(|(person, contact)| {
        let features = Features::of(&record(person, contact, pack), &keyer);
        keys(&features, &keyer).into_iter().map(|pair| pair.key.0).collect::<BTreeSet<i64>>()
    });
    for key in own.intersection(&other) {
        let n: Option<i64> = casework
            .acting(actor)
            .db
            .value("SELECT n FROM key_size WHERE key = $1", args![*key])
            .await
            .unwrap();
        if n.is_some_and(|n| n < i64::try_from(MOST_ROWS).unwrap()) {
            return true;
        }
    }
    false
}
