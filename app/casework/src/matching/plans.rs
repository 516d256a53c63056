//! That looking and saving read by keys only: nothing grows with the registry. `examples/lookup` measures the same at a
//! million people.

use uuid::Uuid;

use super::sql::{COUNT_UP, FEATURES, HOLDERS, PLACES, PUT_KEYS, SIZES, TAKE_KEYS};
use crate::db::Arg;
use crate::households::search::BY_PERSON;
use crate::test_support::{each_engine, plan};

fn keys(count: usize) -> Vec<Arg> {
    (0..count).map(|key| Arg::from(i64::try_from(key).unwrap())).collect()
}

fn person(number: u128) -> Arg {
    Arg::from(Uuid::from_u128(number))
}

#[tokio::test]
async fn nothing_that_is_asked_while_looking_or_saving_reads_a_table_through() {
    each_engine(async |world| {
        let people: Vec<Arg> = (0..64).map(person).collect();
        let of_pairs =
            |each: &dyn Fn(usize) -> [Arg; 2]| (0..PLACES / 2).flat_map(each).collect::<Vec<Arg>>();
        let number = |place: usize| Arg::from(i64::try_from(place).unwrap());
        let statements = [
            ("sizes", SIZES, keys(PLACES)),
            ("holders", HOLDERS, keys(PLACES)),
            ("features", FEATURES, people),
            ("counting", COUNT_UP, of_pairs(&|place| [number(place), number(1)])),
            ("keys", PUT_KEYS, of_pairs(&|place| [number(place), person(7)])),
            ("taking keys", TAKE_KEYS, keys(PLACES).into_iter().chain([person(7)]).collect()),
            ("shown", BY_PERSON, vec![person(1), person(2)]),
        ];
        for (name, sql, args) in statements {
            let plan = plan(world, sql, args).await;
            // What the statement brings along itself is read through.
            let through = |line: &&String| {
                (line.starts_with("SCAN") && !line.contains("VALUES CLAUSE")) || line.contains("Seq Scan")
            };
            let wrong: Vec<&String> = plan.iter().filter(through).collect();
            assert!(wrong.is_empty(), "{name} on {:?}: {plan:#?}", world.db.kind());
        }
    })
    .await;
}
