//! A list from the upload to the dry run, on both engines.

use domain::lists::{CellFault, Column, DateOrder};

use super::*;
use crate::test_support::small::load_small_pack;
use crate::test_support::{
    OFFICE, World, administrator, counter_officer, each_engine, policy_officer, supervisor,
};

pub(super) const COLUMNS: &[Column] = &[
    Column::Household,
    Column::Relation,
    Column::Given,
    Column::Family,
    Column::Sex,
    Column::BirthDate,
    Column::Uin,
    Column::Village,
];

pub(super) fn mapping(columns: &[Column]) -> Mapping {
    Mapping {
        columns: columns.iter().enumerate().map(|(at, column)| (*column, at)).collect(),
        dates: DateOrder::DayMonthYear,
        village: String::new(),
        language: "fr".into(),
    }
}

pub(super) async fn upload(world: &World, bytes: &[u8]) -> ListId {
    let new = NewList {
        office: OFFICE.into(),
        partner: "Food for all".into(),
        agreement: "MoU-2026-7".into(),
        programme: String::new(),
    };
    let id = begin(world, &supervisor(), &new).await.unwrap();
    for (number, part) in (0..).zip(bytes.chunks(PART)) {
        add_part(world, &supervisor(), id, number, part.to_vec()).await.unwrap();
    }
    arrive(world, &supervisor(), id).await.unwrap();
    id
}

/// Uploads and reads a list; as it is then.
pub(super) async fn checked(world: &World, bytes: &[u8], mapping: &Mapping) -> List {
    let id = upload(world, bytes).await;
    let version = list(world, &supervisor(), id).await.unwrap().version;
    map(world, &supervisor(), id, version, &Reading::default(), mapping).await.unwrap();
    assert!(work(world).await.unwrap());
    list(world, &supervisor(), id).await.unwrap()
}

const LIST: &str = "hh;relation;prénom;nom;sexe;né le;nid;commune\n\
    1;chef;Awa;Diallo;F;05/02/1990;;P01-C1\n\
    1;fils;Moussa;Diallo;M;10/01/2024;;P01-C1\n\
    2;chef;Binta;Sow;F;31/02/1980;;P01-C1\n\
    2;fille;Ami;Sow;F;2015;;P01-C1\n\
    ;;Ngozi;Bello;x;1970;=A1;Nowhere\n\
    3;chef;Ali;Ka;M;1970;;P01-C1\n\
    3;chef;Omar;Ka;M;1990;;P01-C1\n";

#[tokio::test]
async fn a_dry_run_tells_each_fault_with_line_and_column_and_registers_nobody() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let id = upload(world, LIST.as_bytes()).await;
        let top = look(world, &supervisor(), id, &Reading::default()).await.unwrap().unwrap();
        assert_eq!((top.headings[2].as_str(), top.preview.len()), ("prénom", 5));
        let received = list(world, &supervisor(), id).await.unwrap();
        assert_eq!(
            (received.state, received.size),
            (ListState::Received, i64::try_from(LIST.len()).unwrap())
        );
        assert!(!work(world).await.unwrap(), "nobody has said how to read it");
        let reading = Reading::default();
        map(world, &supervisor(), id, received.version, &reading, &mapping(COLUMNS)).await.unwrap();
        let again = map(world, &supervisor(), id, received.version, &reading, &mapping(COLUMNS)).await;
        assert_eq!(again, Err(Error::Stale));
        assert!(work(world).await.unwrap());
        let read = list(world, &supervisor(), id).await.unwrap();
        assert_eq!((read.state, read.total, read.faulty), (ListState::Checked, 7, 5));
        assert_eq!((read.reading.separator, read.headings.len()), (Some(';'), 8));
        let told = errors(world, &supervisor(), id, 0, 100).await.unwrap();
        let told: Vec<_> = told.faults.iter().map(|fault| (fault.line, fault.column, fault.fault)).collect();
        assert_eq!(
            told,
            [
                (4, Some(5), CellFault::NoSuchDay),
                (5, None, CellFault::HouseholdHeld),
                (6, Some(6), CellFault::Formula),
                (6, Some(7), CellFault::NoSuchPlace),
                (7, None, CellFault::HouseholdHeld),
                (7, None, CellFault::TwoHeads),
                (8, None, CellFault::HouseholdHeld),
            ]
        );
        let some = errors(world, &supervisor(), id, 0, 3).await.unwrap();
        assert_eq!((some.faults.len(), some.more), (2, true), "a line is not torn in two");
        assert_eq!(errors(world, &supervisor(), id, 5, 3).await.unwrap().faults[0].line, 6);
        let people: Option<i64> = world.db.value("SELECT COUNT(*) FROM person", vec![]).await.unwrap();
        assert_eq!(people, Some(0));
        // Read otherwise, everything that was told before is gone.
        map(world, &supervisor(), id, read.version, &reading, &mapping(&COLUMNS[..6])).await.unwrap_err();
        let mut without = mapping(COLUMNS);
        without.columns.remove(&Column::Uin);
        map(world, &supervisor(), id, read.version, &reading, &without).await.unwrap();
        assert!(work(world).await.unwrap());
        let told = errors(world, &supervisor(), id, 0, 100).await.unwrap();
        assert!(!told.faults.iter().any(|fault| fault.fault == CellFault::Formula));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_with_its_place_and_can_be_read_otherwise() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let broken =
            "hh;relation;prénom;nom;sexe;né le;nid;commune\n1;chef;Awa;Diallo;F;1990;;P01-C1\n1;\"fils;Ali\n";
        let list = checked(world, broken.as_bytes(), &mapping(COLUMNS)).await;
        assert_eq!(list.state, ListState::Unreadable);
        let fault = list.fault.unwrap();
        assert_eq!((fault.problem, fault.row, fault.column), (FileProblem::Quote, Some(3), Some(1)));
        let kept: Option<i64> =
            world.db.value("SELECT COUNT(*) FROM partner_list_row", vec![]).await.unwrap();
        assert_eq!(kept, Some(0), "nothing half written");
        map(world, &supervisor(), list.id, list.version, &Reading::default(), &mapping(COLUMNS))
            .await
            .unwrap();
        super::cancel(world, &supervisor(), list.id, list.version + 1).await.unwrap();
        assert!(!work(world).await.unwrap());
        let parts: Option<i64> =
            world.db.value("SELECT COUNT(*) FROM partner_list_part", vec![]).await.unwrap();
        assert_eq!(parts, Some(0));
    })
    .await;
}

#[tokio::test]
async fn lists_are_for_the_supervisor_of_the_office() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let id = upload(world, LIST.as_bytes()).await;
        for other in [counter_officer(), policy_officer(), administrator()] {
            assert_eq!(list(world, &other, id).await, Err(Error::Forbidden));
            assert_eq!(super::lists(world, &other).await, Err(Error::Forbidden));
            assert_eq!(super::cancel(world, &other, id, 2).await, Err(Error::Forbidden));
        }
        let elsewhere = crate::test_support::actor(
            77,
            domain::role::Role::Supervisor,
            Scope::Office(crate::test_support::OTHER_OFFICE.into()),
        );
        assert_eq!(list(world, &elsewhere, id).await, Err(Error::NotFound));
        assert_eq!(super::lists(world, &elsewhere).await.unwrap(), []);
        assert_eq!(super::lists(world, &supervisor()).await.unwrap().len(), 1);
        assert_eq!(add_part(world, &elsewhere, id, 0, vec![1]).await, Err(Error::NotFound));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stops_in_the_middle_loses_its_claim_and_another_reads_on() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let mut text = String::from("name,born,village\n");
        for n in 0..1200 {
            let name: String = "abcdefghij".chars().cycle().skip(n).take(4).collect();
            text.push_str("Awa");
            text.push_str(&name);
            text.push_str(" Diallo,1990,P01-C1\n");
        }
        let id = upload(world, text.as_bytes()).await;
        let columns = [Column::Full, Column::BirthDate, Column::Village];
        map(world, &supervisor(), id, 2, &Reading::default(), &mapping(&columns)).await.unwrap();
        // Another server has claimed it, and written the first block.
        let sql = "UPDATE partner_list SET claim = $1, claim_until = $2 WHERE list_id = $3";
        let (claim, until) = (Uuid::from_u128(5), world.now() + ::time::Duration::minutes(5));
        world.write(async move |tx| tx.run(sql, args![claim, until, id]).await).await.unwrap();
        assert!(!work(world).await.unwrap(), "it is somebody else's for now");
        world.clock.advance(::time::Duration::minutes(6));
        assert!(work(world).await.unwrap());
        let read = list(world, &supervisor(), id).await.unwrap();
        assert_eq!((read.state, read.total, read.faulty), (ListState::Checked, 1200, 0));
        let rows: Option<i64> =
            world.db.value("SELECT COUNT(*) FROM partner_list_row", vec![]).await.unwrap();
        assert_eq!(rows, Some(1200));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_never_came_whole_is_given_up() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let new = NewList {
            office: OFFICE.into(),
            partner: "Food for all".into(),
            agreement: "MoU".into(),
            programme: String::new(),
        };
        let id = begin(world, &supervisor(), &new).await.unwrap();
        add_part(world, &supervisor(), id, 0, b"name,born\n".to_vec()).await.unwrap();
        work(world).await.unwrap();
        assert_eq!(list(world, &supervisor(), id).await.unwrap().state, ListState::Receiving);
        world.clock.advance(::time::Duration::hours(3));
        work(world).await.unwrap();
        assert_eq!(list(world, &supervisor(), id).await.unwrap().state, ListState::Cancelled);
        let late = add_part(world, &supervisor(), id, 1, vec![1]).await;
        assert_eq!(late, Err(Error::Conflict(Conflict::State)));
        let strange = NewList { programme: "none".into(), ..new };
        assert_eq!(begin(world, &supervisor(), &strange).await, Err(Error::Invalid("list.programme")));
    })
    .await;
}
