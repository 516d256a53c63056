//! Compares deciding by the column with deciding one household after the other.

use domain::answers::Answers;
use domain::decide::{Decided, ProgrammeDecision};
use domain::program::Program;
use domain::simulate::{Kept, LineOutcome, Seen, Snapshot, outcomes};
use time::Date;

/// The lines of a household decided alone, in the words of a simulation.
fn alone(household: usize, answers: &Answers, decided: &Decided) -> Vec<LineOutcome> {
    let mut ids: Vec<&str> = answers.members.iter().map(|member| member.id.as_str()).collect();
    ids.sort_unstable();
    let line = |decision: &ProgrammeDecision| LineOutcome {
        household,
        programme: decision.programme.clone(),
        member: decision.member.as_ref().map(|id| ids.iter().position(|known| known == id).unwrap()),
        verdict: decision.verdict,
        reasons: decision
            .reasons
            .iter()
            .map(|reason| Seen {
                origin: reason.origin,
                id: reason.leaf.clone(),
                met: reason.met,
                decisive: reason.decisive,
            })
            .collect(),
        minor: decision.amount.as_ref().map(|amount| amount.minor),
        priority: decision.priority.as_ref().map(|priority| priority.value),
    };
    decided.programmes.iter().map(line).collect()
}

/// Fails where a household is decided otherwise in a snapshot than alone.
pub fn compare(program: &Program, families: &[Answers], day: Date) {
    let mut snapshot = Snapshot::new(&Kept::of([program]));
    for family in families {
        snapshot.push(family);
    }
    snapshot.finish();
    let together = outcomes(program, &snapshot, day);
    let one_by_one =
        families.iter().enumerate().flat_map(|(at, family)| alone(at, family, &program.decide(family, day)));
    let one_by_one: Vec<LineOutcome> = one_by_one.collect();
    for (together, alone) in together.iter().zip(&one_by_one) {
        assert_eq!(together, alone, "{:#?}", families[alone.household]);
    }
    assert_eq!(together.len(), one_by_one.len());
}
