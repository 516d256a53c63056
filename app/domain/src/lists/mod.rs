//! Lists from partners: which column of a sheet is what, what a row says of a person, and how a list goes its way.
//!
//! Nothing here reads a file: casework gives the rows of a sheet as cells ([`Cell`]), whatever it was kept in.
//! [`columns`] says which column is what, [`dates`] reads births as other systems write them, [`row`] makes of a row
//! an [`Entry`] or says what is wrong with which cell, and [`course`] is the lifecycle. The command line that matches
//! two lists reads dates by the same [`dates`]. To add a column: a value in [`Column`] with its usual headings in
//! [`columns`], what becomes of it in [`row`], and its word with the page.

pub mod columns;
pub mod course;
pub mod dates;
pub mod row;

pub use columns::{Column, Mapping, MappingFault};
pub use course::{Category, Choice, ListState, Outcome};
pub use dates::DateOrder;
pub use row::{Cell, CellFault, Entry, Places, RowReader};

/// Most rows of a list.
pub const MOST_ROWS: u32 = 1_000_000;

/// Most columns that are read.
pub const MOST_COLUMNS: usize = 200;

/// Longest text of a cell, in characters.
pub const LONGEST_CELL: usize = 1000;

/// Rows that are drawn to be checked by hand.
pub const SAMPLE: u32 = 50;
