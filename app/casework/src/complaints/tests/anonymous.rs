//! Anonymous means no link to a person: whoever hands it in, from wherever, nothing of them is kept anywhere.

use super::*;
use crate::test_support::each_engine;

#[tokio::test]
async fn the_table_itself_keeps_nobody() {
    each_engine(async |world| {
        hire_all(world).await;
        let anonymous = complaint(Category::Information, Identity::Anonymous);
        let id = lodge(world, &Actor::applicant(), &anonymous).await.unwrap().id;
        for sql in [
            "UPDATE complaint SET who = told WHERE household_id = $1",
            "UPDATE complaint SET about = told WHERE household_id = $1",
            "UPDATE complaint SET about_hash = told WHERE household_id = $1",
            "UPDATE complaint SET entered_by = household_id WHERE household_id = $1",
        ] {
            assert!(world.write(async move |tx| tx.run(sql, args![id]).await).await.is_err(), "{sql}");
        }
    })
    .await;
}
