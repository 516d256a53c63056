//! The statements that ask for many keys at once. Their texts are static, so they have a fixed number of places; what is
//! left over is filled with a repetition ([`padded`]).

/// Places of a list, and twice the places of a list of pairs.
pub(super) const PLACES: usize = 64;

/// `$1 … $64`
macro_rules! places {
    () => {
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
         $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, \
         $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, \
         $63, $64"
    };
}

/// `($1, $2), … ($63, $64)`
macro_rules! pairs {
    () => {
        "($1, $2), ($3, $4), ($5, $6), ($7, $8), ($9, $10), ($11, $12), ($13, $14), ($15, $16), ($17, $18), \
         ($19, $20), ($21, $22), ($23, $24), ($25, $26), ($27, $28), ($29, $30), ($31, $32), ($33, $34), \
         ($35, $36), ($37, $38), ($39, $40), ($41, $42), ($43, $44), ($45, $46), ($47, $48), ($49, $50), \
         ($51, $52), ($53, $54), ($55, $56), ($57, $58), ($59, $60), ($61, $62), ($63, $64)"
    };
}

/// How often each of some keys was given out.
pub(super) const SIZES: &str = concat!("SELECT key, n FROM key_size WHERE key IN (", places!(), ")");

/// Who has one of some keys. Only asked of keys that at most 300 people have.
pub(super) const HOLDERS: &str =
    concat!("SELECT key, person_id FROM match_key WHERE key IN (", places!(), ")");

/// Everything that is or was known of some people.
pub(super) const FEATURES: &str = concat!(
    "SELECT person_id, seq, household_id, features FROM match_feature WHERE person_id IN (",
    places!(),
    ")"
);

/// Who lives in some households now.
pub(super) const MEMBERS: &str = concat!(
    "SELECT household_id, person_id FROM membership WHERE until_date IS NULL AND household_id IN (",
    places!(),
    ") ORDER BY household_id, person_id"
);

/// Moves the counts of some keys, those that are not too large yet, and gives the new counts. The pairs are key and how
/// many more; 0 leaves a place unused.
pub(super) const COUNT_UP: &str = concat!(
    "INSERT INTO key_size (key, n) SELECT column1, column2 FROM (VALUES ",
    pairs!(),
    ") AS given WHERE column2 > 0 \
     ON CONFLICT (key) DO UPDATE SET n = key_size.n + excluded.n WHERE key_size.n <= 300 RETURNING key, n"
);

/// Gives keys to people.
pub(super) const PUT_KEYS: &str =
    concat!("INSERT INTO match_key (key, person_id) VALUES ", pairs!(), " ON CONFLICT DO NOTHING");

/// Takes some keys from a person ($65).
pub(super) const TAKE_KEYS: &str =
    concat!("DELETE FROM match_key WHERE key IN (", places!(), ") AND person_id = $65 RETURNING key");

/// Fills the places of a list by repeating its last one; `None` for an empty list.
pub(super) fn padded<T: Copy>(some: &[T], places: usize) -> Option<Vec<T>> {
    let last = *some.last()?;
    let mut all = some.to_vec();
    all.resize(places, last);
    Some(all)
}
