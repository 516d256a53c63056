//! A registry as plain lists, without a database: for matching from files, with the truth beside.
//!
//! Columns are those that `guichet match` maps: names as they were typed, births as `YYYYMMDD` or, where only the year is
//! known, `YYYY`. [`write`] makes three files: `registry.csv` (everybody, once), `list.csv` (a partner's list: of every
//! two rows one is somebody of the registry written down anew, with none to three errors; the other is nobody of it), and
//! `truth.csv` (`left,right`: the rows of the two that are one person).

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use domain::identifier::IdentifierKind;
use domain::pack::Pack;
use domain::registration::Registration;
use time::OffsetDateTime;

use super::dice::Dice;
use super::errors::{self, Twin};
use super::registry::Registry;

/// The columns of a list of people.
pub const COLUMNS: &str =
    "id,household,given_name,family_name,full_name,birth_date,sex,identifier,phone,village,district";

/// One registered person of so many comes again in the list.
const LISTED: u32 = 20;

/// How many rows were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// People of the registry.
    pub people: u64,
    /// Rows of the list.
    pub listed: u64,
    /// Rows of the list who are in the registry.
    pub twins: u64,
}

/// Writes `households` households of the seed and a list about them into `folder`.
pub fn write(
    folder: &Path,
    pack: &Pack,
    (households, seed): (u32, u64),
    at: OffsetDateTime,
    progress: impl Fn(u64),
) -> std::io::Result<Written> {
    let open = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let (mut people, mut list, mut truth) = (open("registry.csv")?, open("list.csv")?, open("truth.csv")?);
    writeln!(people, "{COLUMNS}")?;
    writeln!(list, "{COLUMNS}")?;
    writeln!(truth, "left,right")?;
    let areas: Vec<&str> = pack.areas.leaves().map(|area| area.code.as_str()).collect();
    let mut registry = Registry::new(pack, seed, at.date());
    let mut dice = Dice::new(seed ^ 0x6c69_7374, 0);
    let mut written = Written::default();
    let mut wanted = 0_u32;
    for household in 0..households {
        let registration = registry.next(at);
        for person in &registration.members {
            written.people += 1;
            let own = errors::same(person, &registration.contact);
            row(&mut people, pack, &format!("R{}", written.people), &format!("H{household}"), &own)?;
            if dice.below(LISTED) == 0 {
                let count = dice.weighted(&[25, 40, 25, 10]);
                let twin =
                    errors::twin(person, &registration.contact, (count, dice.chance(50)), &areas, &mut dice);
                (written.listed, written.twins, wanted) = (written.listed + 1, written.twins + 1, wanted + 1);
                // A list says who lives together only where it knows: here, nobody.
                row(
                    &mut list,
                    pack,
                    &format!("L{}", written.listed),
                    &format!("B{}", written.listed),
                    &twin,
                )?;
                writeln!(truth, "R{},L{}", written.people, written.listed)?;
            }
        }
        if household % 10_000 == 0 {
            progress(u64::from(household));
        }
    }
    // As many again who are registered nowhere.
    while wanted > 0 {
        let registration = registry.next(at);
        for person in registration.members.iter().take(wanted as usize) {
            let own = errors::same(person, &registration.contact);
            (written.listed, wanted) = (written.listed + 1, wanted - 1);
            row(&mut list, pack, &format!("L{}", written.listed), &format!("B{}", written.listed), &own)?;
        }
    }
    people.flush()?;
    list.flush()?;
    truth.flush()?;
    Ok(written)
}

/// A person of a household as one line of the list.
fn row(out: &mut impl Write, pack: &Pack, id: &str, household: &str, twin: &Twin) -> std::io::Result<()> {
    let form = &twin.form;
    let district = pack.areas.path(&twin.area).iter().rev().nth(1).map_or("", |area| area.code.as_str());
    let number =
        form.identifiers.get(&IdentifierKind::Uin).or_else(|| form.identifiers.get(&IdentifierKind::Brn));
    let fields = [
        id,
        household,
        &form.given,
        &form.family,
        &form.one_name,
        &birth(twin),
        &form.sex,
        number.map_or("", String::as_str),
        &twin.phone,
        &twin.area,
        district,
    ];
    writeln!(out, "{}", fields.map(quoted).join(","))
}

/// A birth as the lists write it.
pub fn birth(twin: &Twin) -> String {
    let form = &twin.form;
    let two = |text: &str| format!("{text:0>2}");
    if form.birth_day.is_empty() {
        return form.birth_year.clone();
    }
    format!("{}{}{}", form.birth_year, two(&form.birth_month), two(&form.birth_day))
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// The columns of a file of corrupted twins: whom they are, and what was done to them.
pub const TWIN_COLUMNS: &str = "household_id,member,errors,with_identifier,made,given_name,family_name,full_name,birth_date,sex,uin,brn,phone,village";

/// The corrupted twins of one household as lines of such a file: for each member one with one error, and one with two and
/// no identifier. `member` counts from 1, in the order of registration.
pub fn twins(registration: &Registration, areas: &[&str], dice: &mut Dice) -> String {
    let mut lines = String::new();
    for (place, person) in registration.members.iter().enumerate() {
        for (count, with_identifier) in [(1, true), (2, false)] {
            let twin = errors::twin(person, &registration.contact, (count, with_identifier), areas, dice);
            let number = |kind| twin.form.identifiers.get(&kind).map_or("", String::as_str);
            let fields: [&str; 14] = [
                &registration.id.to_string(),
                &(place + 1).to_string(),
                &count.to_string(),
                if with_identifier { "yes" } else { "no" },
                &twin.errors.join(" "),
                &twin.form.given,
                &twin.form.family,
                &twin.form.one_name,
                &birth(&twin),
                &twin.form.sex,
                number(IdentifierKind::Uin),
                number(IdentifierKind::Brn),
                &twin.phone,
                &twin.area,
            ];
            let _ = writeln!(lines, "{}", fields.map(quoted).join(","));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use time::macros::datetime;

    use super::*;
    use crate::test_support::demo_pack;

    #[test]
    fn three_lists_that_fit_each_other_the_same_for_a_seed() {
        let pack = Pack::load(&demo_pack()).unwrap();
        let at = datetime!(2026-11-22 8:00 UTC);
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [first, second] =
            folders.each_ref().map(|folder| write(folder.path(), &pack, (400, 9), at, |_| {}).unwrap());
        assert_eq!(first, second);
        let read =
            |folder: usize, name: &str| std::fs::read_to_string(folders[folder].path().join(name)).unwrap();
        for name in ["registry.csv", "list.csv", "truth.csv"] {
            assert_eq!(read(0, name), read(1, name));
        }
        assert_eq!(first.listed, 2 * first.twins);
        let (registry, list) = (read(0, "registry.csv"), read(0, "list.csv"));
        assert_eq!(registry.lines().count() as u64, first.people + 1);
        assert_eq!(list.lines().count() as u64, first.listed + 1);
        let sex_of = |text: &str| -> HashMap<String, String> {
            let cells = |line: &str| line.split(',').map(ToOwned::to_owned).collect::<Vec<_>>();
            text.lines().skip(1).map(cells).map(|cells| (cells[0].clone(), cells[6].clone())).collect()
        };
        let (left, right) = (sex_of(&registry), sex_of(&list));
        let truth = read(0, "truth.csv");
        let pairs: Vec<(&str, &str)> =
            truth.lines().skip(1).filter_map(|line| line.split_once(',')).collect();
        assert_eq!(pairs.len() as u64, first.twins);
        let agree = pairs.iter().filter(|(a, b)| left[*a] == right[*b]).count();
        assert!(agree * 10 > pairs.len() * 9, "{agree} of {}", pairs.len());
    }
}
