//! That drawing, and finding a place on a list, read by keys only: nothing grows with the registry.

use uuid::Uuid;

use super::follow::WAITING;
use super::list::{AHEAD, NEXT};
use super::offers::{LAPSED, RUN_OUT, STIRRED};
use crate::args;
use crate::db::Arg;
use crate::test_support::{each_engine, plan};

#[tokio::test]
async fn neither_drawing_nor_a_place_on_a_list_reads_a_table_through() {
    each_engine(async |world| {
        let (day, id) = (world.today(), Uuid::nil());
        let ahead = args!["cash-transfer", "*", 5_i64, 1_i64, day, id, 100_i64];
        let line = line_query!(
            "WHERE programme = $1 AND area = $2 AND in_force = TRUE AND from_date <= $3 AND until_date >= $3
             ORDER BY from_date DESC LIMIT 1"
        );
        let taking = "UPDATE budget_line SET taken_places = taken_places + 1 WHERE budget_id = $1 AND taken_places < places";
        let statements: [(&str, &str, Vec<Arg>, &str); 8] = [
            ("ahead", AHEAD, ahead, "enrolment_list"),
            ("next", NEXT, args!["cash-transfer", "*"], "enrolment_list"),
            ("stirred", STIRRED, args![day, 10_i64], "budget_line_stirred"),
            ("lapsed", LAPSED, args![day, 10_i64], "enrolment_offer"),
            ("run out", RUN_OUT, args![day, 10_i64], "enrolment_list_until"),
            ("waiting", WAITING, args!["cash-transfer", id, 10_i64], "enrolment_waiting"),
            ("line", line, args!["cash-transfer", "*", day], "budget_line_of"),
            ("taking", taking, args![id], ""),
        ];
        for (name, sql, args, index) in statements {
            let plan = plan(world, sql, args).await;
            let wrong = |line: &&String| {
                line.starts_with("SCAN enrolment")
                    // A partial index holds only what is looked for.
                    || (line.starts_with("SCAN budget_line") && !line.contains("budget_line_stirred"))
                    || line.contains("Seq Scan")
                    || line.contains("TEMP B-TREE")
            };
            let wrong: Vec<&String> = plan.iter().filter(wrong).collect();
            assert!(wrong.is_empty(), "{name} on {:?}: {plan:#?}", world.db.kind());
            assert!(plan.iter().any(|line| line.contains(index)), "{name}: {plan:#?}");
        }
    })
    .await;
}
