//! What households said, kept in blocks between simulations.

use domain::simulate::{BLOCK, Said, Stored};
use uuid::Uuid;

use super::*;

/// The kept blocks, by the household from which each goes; as `casework` keeps them.
#[derive(Default)]
struct Shelf(BTreeMap<Uuid, Vec<u8>>);

impl Shelf {
    /// What some households say now.
    fn say(&mut self, mut changes: BTreeMap<Uuid, Option<Said>>) {
        while let Some(first) = changes.keys().next().copied() {
            let from = self.0.range(..=first).next_back().map_or(Uuid::nil(), |(from, _)| *from);
            let until = self.0.keys().find(|next| **next > from).copied();
            let later = until.map_or_else(BTreeMap::new, |until| changes.split_off(&until));
            let block =
                self.0.remove(&from).map_or_else(Stored::default, |bytes| Stored::read(&bytes).unwrap());
            for (at, piece) in block.with(&changes).iter().enumerate() {
                assert!((1..=BLOCK).contains(&piece.households()));
                self.0.insert(if at == 0 { from } else { piece.first().unwrap() }, piece.bytes());
            }
            changes = later;
        }
    }

    fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::new(&Kept::of([&pack().program]));
        for bytes in self.0.values() {
            snapshot.take(&Stored::read(bytes).unwrap());
        }
        snapshot.finish();
        snapshot
    }
}

fn said(family: &Answers) -> Said {
    Said::of(&pack().form, family.clone())
}

fn same(shelf: &Shelf, everybody: &BTreeMap<Uuid, Answers>) {
    let (kept, told) =
        (shelf.snapshot(), snapshot(&[pack()], &everybody.values().cloned().collect::<Vec<_>>()));
    assert_eq!((kept.households(), kept.people()), (told.households(), told.people()));
    for household in 0..told.households() {
        assert_eq!(kept.answers(household), told.answers(household), "household {household}");
    }
}

#[test]
fn blocks_tell_what_every_household_says_last() {
    let mut dice = Dice(5, 40);
    let families = dice.families(2600);
    let mut number = Dice(9, 1);
    let mut somebody = || Uuid::from_u128(u128::from(u64::try_from(number.below(usize::MAX)).unwrap()) << 64);
    let mut everybody: BTreeMap<Uuid, Answers> = BTreeMap::new();
    let mut shelf = Shelf::default();
    // More than one block holds, in three goes.
    for many in families.chunks(900) {
        let new: BTreeMap<Uuid, Answers> = many.iter().map(|family| (somebody(), family.clone())).collect();
        shelf.say(new.iter().map(|(id, family)| (*id, Some(said(family)))).collect());
        everybody.extend(new);
        same(&shelf, &everybody);
    }
    assert!(shelf.0.len() > 1);
    // Some say something else, some nothing any more.
    let ids: Vec<Uuid> = everybody.keys().copied().collect();
    let (mut changes, fresh) = (BTreeMap::new(), dice.families(60));
    for (at, family) in fresh.iter().enumerate() {
        let id = ids[at * 41];
        changes.insert(id, if at % 3 == 0 { None } else { Some(said(family)) });
        if at % 3 == 0 {
            everybody.remove(&id);
        } else {
            everybody.insert(id, family.clone());
        }
    }
    shelf.say(changes);
    same(&shelf, &everybody);
    // And nobody any more.
    shelf.say(everybody.keys().map(|id| (*id, None)).collect());
    assert!(shelf.0.is_empty());
}

#[test]
fn free_text_is_not_kept() {
    let question =
        pack().form.questions.iter().find(|question| question.kind == domain::form::Kind::Text).unwrap();
    let text = Answer::Value(Value::Text("behind the mill".into()));
    let mut family = Dice(3, 40).families(1).remove(0);
    family.household.insert(question.id.clone(), text);
    let block =
        Stored::default().with(&BTreeMap::from([(Uuid::from_u128(7), Some(said(&family)))])).remove(0);
    assert!(!String::from_utf8_lossy(&block.bytes()).contains("behind the mill"));
}

#[test]
fn what_is_no_block_is_not_read() {
    let changes = Dice(3, 40).families(9);
    let changes =
        changes.iter().zip(1..).map(|(family, id)| (Uuid::from_u128(id), Some(said(family)))).collect();
    let bytes = Stored::default().with(&changes).remove(0).bytes();
    assert_eq!(Stored::read(&bytes).unwrap().bytes(), bytes);
    for length in (0..bytes.len()).step_by(61) {
        assert!(Stored::read(&bytes[..length]).is_err(), "{length} of {} bytes", bytes.len());
    }
    let more = [bytes.as_slice(), b" "].concat();
    assert!(Stored::read(&more).is_err());
}
