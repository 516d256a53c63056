//! Simulation: a whole registry decided by an old and by a new pack, and what changes for whom.
//!
//! [`Snapshot`] keeps what households said in columns, by blocks. A block is read for a program (`block`), its slots
//! filled by the same compiled nodes that decide one household, all rows of a node at once (`eval`, `column`; scores in
//! `quick`; what both packs work out alike once, `shared`), every programme decided for every row (`decide`, `settle`), and counted (`groups`, `tally`). What money and
//! places suffice for is worked out from the counts (`queue`); `report` puts all of it in words and figures.
//!
//! There is no second rule language here: what a node, an amount, a fact or a score is, is asked of the engine. The order
//! of links, exclusions and caps is written a second time, by the row; [`outcomes`] lets a test hold both together.
//! `asking` is for synthetic registries; `stored` is how blocks are kept between simulations.
//! An unknown or a fault never counts as eligible. The same snapshot and packs give the same report, whatever the threads.

mod asking;
mod block;
mod column;
mod decide;
mod eval;
mod groups;
mod needed;
mod outcomes;
pub(crate) mod queue;
mod quick;
mod report;
mod settle;
mod shared;
mod snapshot;
mod stored;
mod tally;

pub use asking::Asking;
pub use groups::By;
pub use outcomes::{LineOutcome, Seen, outcomes};
pub use queue::BudgetResult;
pub use report::{GroupReport, Named, Places, ProgrammeReport, ReasonCount, Report, SideReport};
pub use snapshot::{BLOCK, Kept, Snapshot};
pub use stored::{NoBlock, Said, Stored};
pub use tally::Of;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use time::Date;

use crate::definitions::ProgrammeDef;
use crate::expr::Level;
use crate::num::Num;
use crate::pack::Pack;
use crate::value::Value;
use block::Reading;
use decide::Decision;
use groups::Groups;
use needed::Needed;
use queue::Budgets;
use report::Sizes;
use tally::{Homes, Side, Tally};

/// What the new pack changes against the old one for everybody in the snapshot, on a day; on so many threads.
pub fn simulate(old: &Pack, new: &Pack, snapshot: &Snapshot, as_of: Date, threads: usize) -> Report {
    let packs = [old, new];
    let places = Homeland::new(old, snapshot);
    let mut groups = Groups::new(&old.program, &places.roots);
    let means = means(old, snapshot, &groups, as_of, threads);
    groups.divide(means.iter().flatten().flatten().copied().collect());
    let ids = programme_ids(packs);
    let sides: Vec<[Side<'_>; 2]> = ids.iter().map(|id| packs.map(|pack| side(pack, id, as_of))).collect();
    let alike = shared::shared(&old.program, &new.program, as_of);
    let parts = in_threads(threads, |next| {
        let readings =
            packs.map(|pack| Reading::new(&pack.program, snapshot, Needed::of(&pack.program), as_of));
        let mut tallies: Vec<Tally> = ids.iter().map(|_| Tally::new(groups.names.len())).collect();
        let mut people_in: Sizes = vec![[0, 0]; groups.names.len()];
        while let Some(number) = next(snapshot.blocks.len()) {
            let block = &snapshot.blocks[number];
            let first = readings[0].load(block, None);
            let second = readings[1].load(block, Some((&first, &alike)));
            let views = [first, second];
            let decisions = [Decision::of(&views[0]), Decision::of(&views[1])];
            let (areas, codes) = places.of(snapshot, number, &groups);
            let of = groups.of(&views[0], &areas, &means[number]);
            for (household, of) in of.iter().enumerate() {
                let people = views[0].block.members_of(household).len() as u64;
                for group in [0].into_iter().chain(of.iter().map(|group| usize::from(*group))) {
                    people_in[group] = [people_in[group][0] + 1, people_in[group][1] + people];
                }
            }
            let homes = Homes { first: number * BLOCK, groups: &of, areas: &codes };
            for (tally, sides) in tallies.iter_mut().zip(&sides) {
                tally.count(sides, [&decisions[0], &decisions[1]], &homes);
            }
        }
        (tallies, people_in)
    });
    let mut whole: Vec<Tally> = ids.iter().map(|_| Tally::new(groups.names.len())).collect();
    let mut people_in: Sizes = vec![[0, 0]; groups.names.len()];
    for (tallies, part) in parts {
        whole.iter_mut().zip(tallies).for_each(|(whole, tally)| whole.add(tally));
        for (size, part) in people_in.iter_mut().zip(part) {
            *size = [size[0] + part[0], size[1] + part[1]];
        }
    }
    let programmes = ids.iter().zip(&sides).zip(whole);
    Report {
        as_of,
        households: snapshot.households() as u64,
        people: snapshot.people() as u64,
        old: Named::of(old),
        new: Named::of(new),
        quintile_of: groups.measure.clone(),
        disability_by: groups::DISABILITY,
        programmes: programmes
            .map(|((id, sides), tally)| report::programme(id, sides, &tally, &groups, &people_in))
            .collect(),
    }
}

/// Every programme of either pack: in the old one's order, then what is new.
fn programme_ids(packs: [&Pack; 2]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let ids = packs.iter().flat_map(|pack| pack.definitions().programmes.iter().map(|def| def.id.clone()));
    ids.filter(|id| seen.insert(id.clone())).collect()
}

fn side<'p>(pack: &'p Pack, id: &str, as_of: Date) -> Side<'p> {
    let programmes: &'p [ProgrammeDef] = &pack.definitions().programmes;
    let place = programmes.iter().position(|def| def.id == id);
    let budgets = place.map(|place| Budgets::new(&programmes[place], &pack.areas, as_of));
    Side { program: &pack.program, place, budgets: budgets.unwrap_or_default() }
}

/// Runs the same work on some threads, which share out the numbers below a limit between them.
fn in_threads<T: Send>(
    threads: usize,
    work: impl Fn(&mut dyn FnMut(usize) -> Option<usize>) -> T + Sync,
) -> Vec<T> {
    let taken = AtomicUsize::new(0);
    let run = || {
        let mut next = |limit: usize| {
            let number = taken.fetch_add(1, Ordering::Relaxed);
            (number < limit).then_some(number)
        };
        work(&mut next)
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (1..threads.max(1)).map(|_| scope.spawn(run)).collect();
        let mut results = vec![run()];
        results.extend(
            running
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause))),
        );
        results
    })
}

/// The measure of means of every household under the old pack, by block.
fn means(
    old: &Pack,
    snapshot: &Snapshot,
    groups: &Groups,
    as_of: Date,
    threads: usize,
) -> Vec<Vec<Option<Num>>> {
    let node = groups.measure.as_ref().and_then(|name| old.program.scope().names.get(name));
    let node = node.map(crate::expr::typing::Binding::node);
    let parts = in_threads(threads, |next| {
        let needed = Needed::of_nodes(&old.program, &node.iter().collect::<Vec<_>>());
        let reading = Reading::new(&old.program, snapshot, needed, as_of);
        let mut found = Vec::new();
        while let Some(number) = next(snapshot.blocks.len()) {
            found.push((number, groups.means(&reading.load(&snapshot.blocks[number], None))));
        }
        found
    });
    let mut all: BTreeMap<usize, Vec<Option<Num>>> = parts.into_iter().flatten().collect();
    (0..snapshot.blocks.len()).map(|number| all.remove(&number).unwrap_or_default()).collect()
}

/// Where households live: the codes of the snapshot's areas and their highest areas.
struct Homeland {
    roots: BTreeMap<String, String>,
    column: Option<usize>,
    values: Vec<Value>,
}

impl Homeland {
    fn new(pack: &Pack, snapshot: &Snapshot) -> Self {
        // Of a country that is itself an area, the areas directly inside it.
        let mut highest: BTreeSet<&str> = pack.areas.roots().map(|area| area.code.as_str()).collect();
        while let (1, Some(only)) = (highest.len(), highest.first()) {
            let inside: BTreeSet<&str> = pack.areas.children(only).map(|area| area.code.as_str()).collect();
            if inside.is_empty() {
                break;
            }
            highest = inside;
        }
        let root = |code: &str| {
            let path = pack.areas.path(code);
            let found = path.iter().find(|area| highest.contains(area.code.as_str()));
            found.map(|area| area.code.clone())
        };
        let roots =
            pack.areas.all().filter_map(|area| Some((area.code.clone(), root(&area.code)?))).collect();
        let column = snapshot.column(Level::Household, "area");
        let values = column.map(|(_, dictionary)| dictionary.values.clone()).unwrap_or_default();
        Self { roots, column: column.map(|(place, _)| place), values }
    }

    /// The highest area's place and the code of each household of a block.
    fn of<'s>(
        &'s self,
        snapshot: &Snapshot,
        number: usize,
        groups: &Groups,
    ) -> (Vec<Option<usize>>, Vec<Option<&'s str>>) {
        let block = &snapshot.blocks[number];
        let value = |household: usize| {
            let code = block.household[self.column?].at(household);
            self.values.get(code.checked_sub(snapshot::VALUES)? as usize)
        };
        let households = 0..block.households();
        let areas = households.clone().map(|household| groups.area(value(household)?)).collect();
        let codes = households.map(|household| match value(household)? {
            Value::Text(code) | Value::Choice(code) => Some(code.as_str()),
            _ => None,
        });
        (areas, codes.collect())
    }
}
